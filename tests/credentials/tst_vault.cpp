// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The vault: its bytes beside those of another implementation, every byte of it changed, and its files under kills, full disks, folders
// that can't be written, and other programs. What those programs do is done by further runs of this one (main() below).
#include "app/credentials/PassphraseStrength.h"
#include "app/credentials/SecretResolver.h"
#include "app/credentials/VaultStore.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtCore/QtEndian>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>
#include <cstdio>

#include <sodium.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

const VaultCost cheap{1, 8}; // libsodium's least
const auto passphrase = u"Seven-Otters"_s;
constexpr uid_t nobody = 65534;

Secret secretOf(const QString &text) { return Secret::fromString(text); }

// Gives these bytes, in order.
class FixedRandom final : public Random
{
public:
    explicit FixedRandom(QByteArray bytes) : m_bytes(std::move(bytes)) {}
    QByteArray bytes(qsizetype count) override
    {
        const QByteArray some = m_bytes.first(count);
        m_bytes.remove(0, count);
        return some;
    }

private:
    QByteArray m_bytes;
};

QByteArray countingBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 96; ++i)
        bytes += char(i);
    return bytes;
}

// What stands in vault-v1.base64.
struct Entry
{
    QString key;
    QString label;
    QByteArray secret;
};
const QList<Entry> &vectorEntries()
{
    static const QList<Entry> entries{{u"7b0c/password"_s, u"alice"_s, "Quartz-58"},
                                      {u"7b0c/token"_s, u"alice"_s, ""},
                                      {u"zz/\u00e9"_s, u"Z\u00fcrich"_s, QByteArray("\0\xff\n", 3)}};
    return entries;
}
const auto vectorPassphrase = u"correct horse \u00e9\u20ac"_s;
const VaultCost vectorCost{2, 1024};

QByteArray vectorFile()
{
    QFile file(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/credentials/vault-v1.base64"));
    return file.open(QIODevice::ReadOnly) ? QByteArray::fromBase64(file.readAll()) : QByteArray();
}

QByteArray withChecksum(QByteArray file) // as somebody would who changes it on purpose
{
    file.chop(32);
    QByteArray sum(32, '\0');
    crypto_generichash(reinterpret_cast<uchar *>(sum.data()), 32, reinterpret_cast<const uchar *>(file.constData()), size_t(file.size()), nullptr, 0);
    return file + sum;
}

QByteArray contentsOfFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

// ---- one call at a time

template <typename T>
Result<T> wait(const std::function<void(QObject *, std::function<void(const Result<T> &)>)> &start)
{
    std::optional<Result<T>> result;
    QObject context;
    start(&context, [&](const Result<T> &r) { result = r; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 60'000))
        return Error{ErrorCode::TotalTimeout, u"no answer"_s, {}, {}};
    return *result;
}

Result<void> unlock(VaultStore &store, const QString &text)
{
    return wait<void>([&](QObject *context, auto done) { store.unlock(secretOf(text), context, done); });
}
Result<void> create(VaultStore &store, const QString &text)
{
    return wait<void>([&](QObject *context, auto done) { store.create(secretOf(text), context, done); });
}
Result<void> change(VaultStore &store, const QString &from, const QString &to)
{
    return wait<void>([&](QObject *context, auto done) { store.changePassphrase(secretOf(from), secretOf(to), context, done); });
}
Result<void> write(SecretStore &store, const QString &key, const QString &value)
{
    return wait<void>([&](QObject *context, auto done) { store.write(key, u"label"_s, secretOf(value), context, done); });
}
Result<void> removeKey(SecretStore &store, const QString &key)
{
    return wait<void>([&](QObject *context, auto done) { store.remove(key, context, done); });
}
Result<Secret> readKey(SecretStore &store, const QString &key)
{
    return wait<Secret>([&](QObject *context, auto done) { store.read(key, context, done); });
}
QString readText(SecretStore &store, const QString &key) // or the id of the error
{
    const Result<Secret> secret = readKey(store, key);
    return secret ? secret->revealText() : errorCodeId(secret.error().code);
}
QString codeOf(const Result<void> &result) { return result ? u"done"_s : errorCodeId(result.error().code); }
VaultFacts factsOf(VaultStore &store)
{
    std::optional<VaultFacts> facts;
    QObject context;
    store.examine(&context, [&](const VaultFacts &f) { facts = f; });
    [[maybe_unused]] const bool came = QTest::qWaitFor([&] { return facts.has_value(); }, 10'000);
    return facts.value_or(VaultFacts());
}

// Every call fails, as a keychain's may.
class BrokenStore final : public SecretStore
{
public:
    explicit BrokenStore(SecretStore &inner) : m_inner(inner) {}
    bool failsToWrite = false;
    bool changesWhatItReads = false;
    void read(const QString &key, QObject *context, ReadCallback callback) override
    {
        m_inner.read(key, context, [this, callback](const Result<Secret> &secret) {
            callback(secret && changesWhatItReads ? Result<Secret>(Secret("something else")) : secret);
        });
    }
    void write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback) override
    {
        if (failsToWrite)
            QMetaObject::invokeMethod(context, [callback] { callback(Error{ErrorCode::SecretStoreFailed, u"no"_s, {}, {}}); }, Qt::QueuedConnection);
        else
            m_inner.write(key, label, secret, context, callback);
    }
    void remove(const QString &key, QObject *context, DoneCallback callback) override { m_inner.remove(key, context, callback); }

private:
    SecretStore &m_inner;
};

QString program() { return QCoreApplication::applicationFilePath(); }

} // namespace

class tst_Vault : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // ---- the bytes

    void opensTheFileOfTheFirstVersion()
    {
        const QByteArray file = vectorFile();
        QCOMPARE(file.size(), 4296);
        const Result<VaultKey> key = unlockVault(file, secretOf(vectorPassphrase));
        QVERIFY(key);
        const Result<VaultContents> contents = openVault(file, *key);
        QVERIFY(contents);
        QCOMPARE(contents->count(), vectorEntries().size());
        for (const Entry &entry : vectorEntries()) {
            QVERIFY(contents->find(entry.key));
            QCOMPARE(contents->find(entry.key)->revealBytes(), entry.secret);
            QCOMPARE(contents->label(entry.key), entry.label);
        }
    }

    void writesTheBytesOfTheFirstVersion()
    {
        FixedRandom random(countingBytes());
        const Result<VaultKey> key = makeVaultKey(secretOf(vectorPassphrase), vectorCost, random);
        QVERIFY(key);
        VaultContents contents;
        for (qsizetype i = vectorEntries().size(); i-- > 0;) { // the order does not matter
            const Entry &entry = vectorEntries().at(i);
            const Result<VaultContents> more = contents.with(entry.key, entry.label, Secret(entry.secret));
            QVERIFY(more);
            contents = *more;
        }
        const Result<QByteArray> file = sealVault(contents, *key, random);
        QVERIFY(file);
        QCOMPARE(file->toHex(), vectorFile().toHex());
    }

    void anotherImplementationReadsAndWritesIt()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        VaultStore store(path, cheap);
        QVERIFY(create(store, passphrase));
        QJsonObject expected;
        for (int i = 0; i < 100; ++i) {
            const QString value = u"w\u00ebrt-%1-"_s.arg(i) + QString(i * 3, u'x');
            QVERIFY(write(store, u"key/%1"_s.arg(i), value));
            expected.insert(u"key/%1"_s.arg(i), QJsonArray{u"label"_s, QString::fromLatin1(value.toUtf8().toHex())});
        }
        QByteArray out;
        if (peer({u"read"_s, path}, passphrase.toUtf8(), &out) == 77)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because python3-argon2 or python3-pycryptodome is not installed");
        QCOMPARE(QJsonDocument::fromJson(out).object(), expected);

        const QString other = dir.filePath(u"other"_s);
        const QByteArray random = SystemRandom().bytes(96);
        const QJsonObject wanted{{u"passphrase"_s, vectorPassphrase}, {u"passes"_s, 3}, {u"memory"_s, 64}, {u"random"_s, QString::fromLatin1(random.toHex())},
                                 {u"entries"_s, expected}};
        QCOMPARE(peer({u"write"_s, other}, QJsonDocument(wanted).toJson()), 0);
        VaultStore second(other, cheap);
        QVERIFY(unlock(second, vectorPassphrase));
        for (int i = 0; i < 100; ++i)
            QCOMPARE(readText(second, u"key/%1"_s.arg(i)), u"w\u00ebrt-%1-"_s.arg(i) + QString(i * 3, u'x'));
    }

    // ---- changed bytes

    void everyChangedByteIsNoticed()
    {
        const QByteArray file = vectorFile();
        const Result<VaultKey> key = unlockVault(file, secretOf(vectorPassphrase));
        QVERIFY(key);
        for (qsizetype i = 0; i < file.size(); ++i) {
            for (const int difference : {0x01, 0x80, 0xff}) {
                QByteArray changed = file;
                changed[i] = char(changed.at(i) ^ difference);
                // Told to be damaged without the passphrase, with the right one and with a wrong one: never "wrong passphrase".
                const Result<VaultCost> checked = checkVault(changed);
                QVERIFY2(!checked && checked.error().code == ErrorCode::SecretStoreDamaged, qPrintable(u"byte %1"_s.arg(i)));
                const Result<VaultKey> unlocked = unlockVault(changed, secretOf(vectorPassphrase));
                QVERIFY2(!unlocked && unlocked.error().code == ErrorCode::SecretStoreDamaged, qPrintable(u"byte %1"_s.arg(i)));
                QVERIFY2(!openVault(changed, *key), qPrintable(u"byte %1"_s.arg(i)));
            }
        }
    }

    void everyLengthIsNoticed()
    {
        const QByteArray file = vectorFile();
        for (qsizetype size = 0; size < file.size(); ++size) {
            const Result<VaultCost> checked = checkVault(file.first(size));
            QVERIFY2(!checked && checked.error().code == ErrorCode::SecretStoreDamaged, qPrintable(u"%1 bytes"_s.arg(size)));
        }
        for (const QByteArray &more : {file + '\0', file + file, '\0' + file})
            QVERIFY(!checkVault(more));
    }

    // Somebody who changes a byte and makes the checksum right again has no more from it.
    void everyChangedByteWithARightChecksumIsNoticed()
    {
        FixedRandom random(countingBytes());
        const Result<VaultKey> key = makeVaultKey(secretOf(passphrase), cheap, random);
        QVERIFY(key);
        const Result<VaultContents> contents = VaultContents().with(u"a"_s, u"b"_s, Secret("c"));
        const Result<QByteArray> file = sealVault(*contents, *key, random);
        QVERIFY(file && unlockVault(*file, secretOf(passphrase)));
        for (qsizetype i = 0; i < file->size() - 32; ++i) {
            QByteArray changed = *file;
            changed[i] = char(changed.at(i) ^ 0x01);
            changed = withChecksum(changed);
            const Result<VaultKey> unlocked = i < 120 ? unlockVault(changed, secretOf(passphrase)) : *key;
            const Result<VaultContents> opened = unlocked ? openVault(changed, *unlocked) : unlocked.error();
            QVERIFY2(!opened, qPrintable(u"byte %1"_s.arg(i)));
        }
    }

    void theKeyOfAnotherVaultOpensNothing()
    {
        SystemRandom random;
        const Result<VaultKey> one = makeVaultKey(secretOf(passphrase), cheap, random);
        const Result<VaultKey> two = makeVaultKey(secretOf(passphrase), cheap, random);
        QVERIFY(one && two);
        const Result<QByteArray> first = sealVault({}, *one, random);
        const Result<QByteArray> second = sealVault(*VaultContents().with(u"k"_s, {}, Secret("v")), *two, random);
        QVERIFY(first && second);
        QVERIFY(*first != *sealVault({}, *one, random)); // a nonce is used once
        // The contents of one behind the head of the other.
        const QByteArray mixed = withChecksum(first->first(120) + second->sliced(120));
        const Result<VaultKey> unlocked = unlockVault(mixed, secretOf(passphrase));
        QVERIFY(unlocked);
        const Result<VaultContents> opened = openVault(mixed, *unlocked);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::SecretStoreDamaged);
    }

    void aFileCanNotAskForAllTheMemory_data()
    {
        QTest::addColumn<quint32>("passes");
        QTest::addColumn<quint32>("memoryKib");
        QTest::newRow("100 GB") << 3u << 100u * 1024 * 1024;
        QTest::newRow("4 TB") << 1u << 0xffffffffu;
        QTest::newRow("passes without an end") << 0xffffffffu << 8u;
        QTest::newRow("17 passes") << 17u << 8u;
        QTest::newRow("no pass") << 0u << 8u;
        QTest::newRow("no memory") << 1u << 0u;
    }
    void aFileCanNotAskForAllTheMemory()
    {
        QFETCH(quint32, passes);
        QFETCH(quint32, memoryKib);
        QByteArray file = vectorFile();
        qToLittleEndian<quint32>(passes, file.data() + 20);
        qToLittleEndian<quint32>(memoryKib, file.data() + 24);
        const Result<VaultKey> key = unlockVault(withChecksum(file), secretOf(vectorPassphrase));
        QVERIFY(!key);
        QCOMPARE(key.error().code, ErrorCode::LimitExceeded);
        SystemRandom random;
        QVERIFY(!makeVaultKey(secretOf(passphrase), {passes, memoryKib}, random));
    }

    void aNewerVersionIsSaidToBeOne()
    {
        QByteArray file = vectorFile();
        file[16] = 2;
        const Result<VaultKey> key = unlockVault(withChecksum(file), secretOf(vectorPassphrase));
        QVERIFY(!key);
        QCOMPARE(key.error().code, ErrorCode::Unsupported);
    }

    void theSizeTellsLittle()
    {
        SystemRandom random;
        const Result<VaultKey> key = makeVaultKey(secretOf(passphrase), cheap, random);
        QVERIFY(key);
        const auto sizeWith = [&](qsizetype secret) { return sealVault(*VaultContents().with(u"k"_s, u"l"_s, Secret(QByteArray(secret, 'x'))), *key, random)->size(); };
        QCOMPARE(sizeWith(4000), sizeWith(0));
        QCOMPARE(sizeWith(4000 + 4096), sizeWith(0) + 4096);
        for (qsizetype secret = 4060; secret < 4100; ++secret) // around the edge nothing is lost
            QCOMPARE(openVault(*sealVault(*VaultContents().with(u"k"_s, u"l"_s, Secret(QByteArray(secret, 'x'))), *key, random), *key)->find(u"k"_s)->size(), secret);
    }

    void tooMuchIsRefused()
    {
        const QByteArray half(40 * 1024 * 1024, 'x');
        const Result<VaultContents> one = VaultContents().with(u"a"_s, {}, Secret(half));
        QVERIFY(one);
        const Result<VaultContents> two = one->with(u"b"_s, {}, Secret(half));
        QVERIFY(!two);
        QCOMPARE(two.error().code, ErrorCode::LimitExceeded);
        QVERIFY(!VaultContents().with(QString(70'000, u'k'), {}, Secret("v")));
    }

    // ---- the store

    void keepsSecretsOverARestart()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"deep/er/vault"_s);
        {
            VaultStore store(path, cheap);
            QCOMPARE(store.state(), VaultState::NoFile);
            QCOMPARE(readText(store, u"a"_s), u"secret-not-found"_s);
            QCOMPARE(codeOf(write(store, u"a"_s, u"1"_s)), u"secret-store-unavailable"_s);
            QCOMPARE(codeOf(unlock(store, passphrase)), u"secret-store-unavailable"_s);
            QCOMPARE(codeOf(create(store, {})), u"invalid-input"_s);
            QVERIFY(!QFile::exists(path));
            QVERIFY(create(store, passphrase));
            QCOMPARE(store.state(), VaultState::Unlocked);
            QVERIFY(write(store, u"a"_s, u"Quartz-58"_s));
            QVERIFY(write(store, u"b"_s, u"1"_s));
            QVERIFY(write(store, u"b"_s, u"2"_s));
            QVERIFY(write(store, u"c"_s, u"3"_s));
            QVERIFY(removeKey(store, u"c"_s));
            QVERIFY(removeKey(store, u"never there"_s));
            QCOMPARE(codeOf(create(store, passphrase)), u"secret-store-failed"_s); // not over the one that is there
        }
        VaultStore store(path, cheap);
        QCOMPARE(store.state(), VaultState::Locked);
        QCOMPARE(readText(store, u"a"_s), u"secret-store-locked"_s);
        QCOMPARE(codeOf(unlock(store, u"seven-otters"_s)), u"wrong-passphrase"_s);
        QCOMPARE(store.state(), VaultState::Locked);
        QVERIFY(unlock(store, passphrase));
        QCOMPARE(readText(store, u"a"_s), u"Quartz-58"_s);
        QCOMPARE(readText(store, u"b"_s), u"2"_s);
        QCOMPARE(readText(store, u"c"_s), u"secret-not-found"_s);
        store.lock();
        QCOMPARE(store.state(), VaultState::Locked);
        QCOMPARE(readText(store, u"a"_s), u"secret-store-locked"_s);
        for (const QString &name : {path, path + u".bak"_s, path + u".lock"_s}) {
            struct stat info{};
            QVERIFY2(::stat(QFile::encodeName(name).constData(), &info) == 0, qPrintable(name));
            QCOMPARE(info.st_mode & 0777u, 0600u);
            QVERIFY(!contentsOfFile(name).contains("Quartz-58"));
        }
        QCOMPARE(QDir(QFileInfo(path).path()).entryList(QDir::Files, QDir::Name), (QStringList{u"vault"_s, u"vault.bak"_s, u"vault.lock"_s}));
    }

    void whatCameTooEarlyGoesOnAfterThePassphrase()
    {
        QTemporaryDir dir;
        VaultStore store(dir.filePath(u"vault"_s), cheap);
        store.setWaitsForPassphrase(true);
        QSignalSpy wanted(&store, &VaultStore::passphraseWanted);
        QSignalSpy ended(&store, &VaultStore::waitingEnded);
        std::optional<bool> isWritten;
        store.write(u"a"_s, {}, Secret("1"), this, [&](const Result<void> &r) { isWritten = bool(r); });
        QTRY_COMPARE(wanted.count(), 1);
        QVERIFY(!isWritten);
        QVERIFY(create(store, passphrase)); // there was none: it is made
        QTRY_VERIFY(isWritten.has_value());
        QVERIFY(*isWritten);
        QCOMPARE(ended.count(), 1);
        store.lock();

        QString first, second;
        store.read(u"a"_s, this, [&](const Result<Secret> &r) { first = r ? r->revealText() : errorCodeId(r.error().code); });
        store.read(u"b"_s, this, [&](const Result<Secret> &r) { second = r ? r->revealText() : errorCodeId(r.error().code); });
        QTRY_VERIFY(wanted.count() >= 2);
        QCOMPARE(codeOf(unlock(store, u"wrong"_s)), u"wrong-passphrase"_s);
        QVERIFY(store.isWaiting()); // one may try again
        QVERIFY(first.isEmpty());
        QVERIFY(unlock(store, passphrase));
        QTRY_COMPARE(first, u"1"_s);
        QTRY_COMPARE(second, u"secret-not-found"_s);

        store.lock();
        first.clear();
        second.clear();
        QObject tab;
        store.read(u"a"_s, &tab, [&](const Result<Secret> &r) { first = r ? u"read"_s : errorCodeId(r.error().code); });
        store.read(u"a"_s, this, [&](const Result<Secret> &r) { second = r ? u"read"_s : errorCodeId(r.error().code); });
        store.giveUpWaitingFor(&tab);
        QTRY_COMPARE(first, u"cancelled"_s);
        QVERIFY(store.isWaiting());
        store.giveUpWaiting();
        QTRY_COMPARE(second, u"secret-store-locked"_s);
        QVERIFY(!store.isWaiting());
        QCOMPARE(store.state(), VaultState::Locked);
    }

    void noAnswerComesToWhoIsGone()
    {
        QTemporaryDir dir;
        VaultStore store(dir.filePath(u"vault"_s), cheap);
        QVERIFY(create(store, passphrase));
        int answers = 0;
        {
            QObject gone;
            store.write(u"a"_s, {}, Secret("kept"), &gone, [&](const Result<void> &) { ++answers; });
            store.read(u"a"_s, &gone, [&](const Result<Secret> &) { ++answers; });
        }
        QCOMPARE(readText(store, u"a"_s), u"kept"_s); // but what was to be written is
        QCOMPARE(answers, 0);
    }

    void lockingStopsAnUnlockingUnderWay()
    {
        QTemporaryDir dir;
        VaultStore store(dir.filePath(u"vault"_s), cheap);
        QVERIFY(create(store, passphrase));
        store.lock();
        std::optional<ErrorCode> code;
        store.unlock(secretOf(passphrase), this, [&](const Result<void> &r) { code = r ? ErrorCode::InvalidInput : r.error().code; });
        store.lock(); // the screen was locked meanwhile
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::Cancelled);
        QCOMPARE(store.state(), VaultState::Locked);
    }

    // With the cost that people have: the event loop goes on all the time.
    void theEventLoopGoesOnWhileAKeyIsDerived()
    {
        QTemporaryDir dir;
        VaultStore store(dir.filePath(u"vault"_s));
        QVERIFY(create(store, passphrase));
        store.lock();
        QElapsedTimer all, since;
        qint64 longest = 0;
        QTimer tick;
        connect(&tick, &QTimer::timeout, this, [&] {
            longest = std::max(longest, since.restart());
        });
        tick.start(1);
        all.start();
        since.start();
        QVERIFY(unlock(store, passphrase));
        const qint64 taken = all.elapsed();
        longest = std::max(longest, since.elapsed());
        QVERIFY2(taken > 50, "Argon2id over 256 MiB takes longer");
        QVERIFY2(longest < taken / 2, qPrintable(u"%1 of %2 ms"_s.arg(longest).arg(taken)));
    }

    void changedPassphraseOpensTheFileAndTheBackupAlone()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        VaultStore store(path, cheap);
        QVERIFY(create(store, passphrase));
        QVERIFY(write(store, u"a"_s, u"1"_s));
        QVERIFY(write(store, u"a"_s, u"2"_s));
        QCOMPARE(codeOf(change(store, u"wrong"_s, u"next"_s)), u"wrong-passphrase"_s);
        QCOMPARE(codeOf(change(store, passphrase, {})), u"invalid-input"_s);
        QVERIFY(unlock(store, passphrase)); // still the old one
        QVERIFY(change(store, passphrase, u"Next-Otters"_s));
        QCOMPARE(readText(store, u"a"_s), u"2"_s);
        QVERIFY(write(store, u"b"_s, u"3"_s));
        for (const QString &name : {path, path + u".bak"_s}) {
            const QByteArray file = contentsOfFile(name);
            const Result<VaultKey> old = unlockVault(file, secretOf(passphrase));
            QVERIFY2(!old && old.error().code == ErrorCode::WrongPassphrase, qPrintable(name));
            QVERIFY2(unlockVault(file, secretOf(u"Next-Otters"_s)), qPrintable(name));
        }
    }

    void anotherProgramChangesThePassphrase()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        VaultStore one(path, cheap), two(path, cheap);
        QVERIFY(create(one, passphrase));
        QVERIFY(write(one, u"a"_s, u"1"_s));
        QVERIFY(unlock(two, passphrase));
        QVERIFY(change(two, passphrase, u"Next-Otters"_s));
        QCOMPARE(readText(one, u"a"_s), u"secret-store-locked"_s); // not "damaged"
        QCOMPARE(one.state(), VaultState::Locked);
        QVERIFY(unlock(one, u"Next-Otters"_s));
        QCOMPARE(readText(one, u"a"_s), u"1"_s);
        // With somebody to ask it goes on after the new passphrase.
        QVERIFY(change(two, u"Next-Otters"_s, u"Third-Otters"_s));
        one.setWaitsForPassphrase(true);
        QSignalSpy wanted(&one, &VaultStore::passphraseWanted);
        std::optional<bool> isWritten;
        one.write(u"b"_s, {}, Secret("2"), this, [&](const Result<void> &r) { isWritten = bool(r); });
        QTRY_COMPARE(wanted.count(), 1);
        QVERIFY(unlock(one, u"Third-Otters"_s));
        QTRY_VERIFY(isWritten.has_value());
        QVERIFY(*isWritten);
        QCOMPARE(readText(two, u"b"_s), u"2"_s);
    }

    void aDamagedVaultComesBackFromItsBackup()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        VaultStore store(path, cheap);
        QVERIFY(create(store, passphrase));
        QVERIFY(write(store, u"a"_s, u"1"_s));
        QVERIFY(write(store, u"b"_s, u"2"_s));
        QByteArray bytes = contentsOfFile(path);
        bytes[1000] = char(bytes.at(1000) ^ 4);
        QVERIFY(writeFile(path, bytes));
        QCOMPARE(readText(store, u"a"_s), u"secret-store-damaged"_s);
        QCOMPARE(codeOf(write(store, u"c"_s, u"3"_s)), u"secret-store-damaged"_s); // and never saved over it
        QCOMPARE(contentsOfFile(path), bytes);
        store.lock();
        const Result<void> refused = unlock(store, passphrase);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::SecretStoreDamaged);
        QVERIFY(refused.error().message.contains(path));
        const VaultFacts facts = factsOf(store);
        QVERIFY(facts.exists && facts.problem && facts.hasBackup && facts.isBackupIntact);
        QVERIFY(wait<void>([&](QObject *context, auto done) { store.restoreBackup(context, done); }));
        QVERIFY(unlock(store, passphrase));
        QCOMPARE(readText(store, u"a"_s), u"1"_s);
        QCOMPARE(readText(store, u"b"_s), u"secret-not-found"_s); // saved after the backup
        QCOMPARE(contentsOfFile(path + u".damaged"_s), bytes);      // for whoever can do more with it

        // Gone altogether.
        QVERIFY(QFile::remove(path));
        store.lock();
        QCOMPARE(store.state(), VaultState::Locked);
        QCOMPARE(codeOf(unlock(store, passphrase)), u"secret-store-damaged"_s);
        QCOMPARE(codeOf(create(store, passphrase)), u"secret-store-failed"_s); // a new one would hide the backup
        QVERIFY(wait<void>([&](QObject *context, auto done) { store.restoreBackup(context, done); }));
        QVERIFY(unlock(store, passphrase));

        // Both damaged: nothing is touched.
        QVERIFY(writeFile(path, "x"));
        QVERIFY(writeFile(path + u".bak"_s, "y"));
        QCOMPARE(codeOf(wait<void>([&](QObject *context, auto done) { store.restoreBackup(context, done); })), u"secret-store-damaged"_s);
        QCOMPARE(contentsOfFile(path), "x");
    }

    void aLinkToTheVaultStaysALink()
    {
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkdir(u"synchronised"_s));
        {
            VaultStore store(dir.filePath(u"synchronised/vault"_s), cheap);
            QVERIFY(create(store, passphrase));
        }
        const QString link = dir.filePath(u"vault"_s);
        QVERIFY(QFile::link(dir.filePath(u"synchronised/vault"_s), link));
        VaultStore store(link, cheap);
        QVERIFY(unlock(store, passphrase));
        QVERIFY(write(store, u"a"_s, u"1"_s));
        QVERIFY(QFileInfo(link).isSymLink());
        QVERIFY(contentsOfFile(link) == contentsOfFile(dir.filePath(u"synchronised/vault"_s)));
    }

    // ---- what other processes, kills and disks do

    void twoHundredKillsLoseNothing()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        {
            VaultStore store(path, cheap);
            QVERIFY(create(store, passphrase));
            QVERIFY(write(store, u"first"_s, u"Quartz-58"_s));
        }
        int duringASave = 0;
        qint64 known = 0;
        for (int round = 0; round < 200; ++round) {
            QProcess process;
            process.start(program(), {u"--write"_s, path, u"counter"_s, QString::number(known + 1), u"1000000"_s});
            QVERIFY(process.waitForStarted());
            QVERIFY(process.waitForReadyRead(30'000)); // one was acknowledged
            ::usleep(QRandomGenerator::global()->bounded(30'000u));
            QCOMPARE(::kill(pid_t(process.processId()), SIGKILL), 0);
            QVERIFY(process.waitForFinished());
            QList<QByteArray> lines = process.readAllStandardOutput().split('\n');
            lines.removeLast(); // empty, or cut off by the kill
            const qint64 acknowledged = lines.last().toLongLong();
            QVERIFY(acknowledged > known);
            duringASave += QFile::exists(path + u".new"_s) ? 1 : 0;

            const QByteArray file = contentsOfFile(path);
            const Result<VaultKey> key = unlockVault(file, secretOf(passphrase));
            QVERIFY2(key, qPrintable(key ? QString() : key.error().message + key.error().detail));
            const Result<VaultContents> contents = openVault(file, *key);
            QVERIFY(contents);
            QCOMPARE(contents->find(u"first"_s)->revealText(), u"Quartz-58"_s);
            known = contents->find(u"counter"_s)->revealText().toLongLong();
            QVERIFY2(known == acknowledged || known == acknowledged + 1, qPrintable(u"%1 after %2"_s.arg(known).arg(acknowledged)));
            QVERIFY(checkVault(contentsOfFile(path + u".bak"_s))); // the backup is whole as well, at each moment
        }
        QVERIFY2(duringASave > 0, "no kill came while a file was being written: the test tests nothing");
        qInfo("%d of 200 kills came while the new file was being written; %lld saves", duringASave, static_cast<long long>(known));
        VaultStore store(path, cheap);
        QVERIFY(unlock(store, passphrase));
        QVERIFY(write(store, u"last"_s, u"1"_s)); // what the kills left is in nobody's way
        QCOMPARE(QDir(dir.path()).entryList(QDir::Files, QDir::Name), (QStringList{u"vault"_s, u"vault.bak"_s, u"vault.lock"_s}));
    }

    void twoProcessesAtOnceLoseNothing()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        VaultStore store(path, cheap);
        QVERIFY(create(store, passphrase));
        constexpr int many = 60;
        std::vector<std::unique_ptr<QProcess>> processes;
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
            processes.push_back(std::make_unique<QProcess>());
            processes.back()->start(program(), {u"--fill"_s, path, name, QString::number(many)});
        }
        for (int i = 0; i < many; ++i) // and this one
            QVERIFY(write(store, u"here/%1"_s.arg(i), QString::number(i)));
        for (const auto &process : processes) {
            QVERIFY(process->state() == QProcess::NotRunning || process->waitForFinished(60'000));
            QCOMPARE(process->exitStatus(), QProcess::NormalExit);
            QCOMPARE(process->exitCode(), 0);
        }
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s, u"here"_s}) {
            for (int i = 0; i < many; ++i)
                QCOMPARE(readText(store, u"%1/%2"_s.arg(name).arg(i)), QString::number(i));
        }
    }

    // A limit of the file's size ends a write in the middle, as a full disk does.
    void aWriteThatEndsInTheMiddleLosesNothing()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        {
            VaultStore store(path, cheap);
            QVERIFY(create(store, passphrase));
            QVERIFY(write(store, u"first"_s, u"Quartz-58"_s));
        }
        const QByteArray before = contentsOfFile(path);
        for (const int limit : {0, 1, 100, 4096, int(before.size()) - 1}) {
            QByteArray out;
            QCOMPARE(again({u"--limited"_s, path, QString::number(limit)}, &out), 3);
            QCOMPARE(out, "file-unwritable");
            QCOMPARE(contentsOfFile(path), before);
            QVERIFY(!QFile::exists(path + u".new"_s));
        }
        QByteArray out;
        QCOMPARE(again({u"--limited"_s, path, QString::number(before.size())}, &out), 0); // and with one byte more it fits
    }

    void aFullDiskLosesNothing()
    {
        QTemporaryDir dir;
        if (::mount("tmpfs", QFile::encodeName(dir.path()).constData(), "tmpfs", 0, "size=32k") != 0)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because no small disk can be mounted here (it takes root)");
        const auto unmount = qScopeGuard([&] { ::umount(QFile::encodeName(dir.path()).constData()); });
        const QString path = dir.filePath(u"vault"_s);
        VaultStore store(path, cheap);
        QVERIFY(create(store, passphrase));
        int written = 0;
        Result<void> last;
        while (written < 100 && (last = write(store, u"key/%1"_s.arg(written), QString(1000, u'x'))))
            ++written;
        QVERIFY(!last);
        QCOMPARE(last.error().code, ErrorCode::FileUnwritable);
        QVERIFY(written > 0);
        for (int i = 0; i < written; ++i)
            QCOMPARE(readText(store, u"key/%1"_s.arg(i)), QString(1000, u'x'));
        QVERIFY(checkVault(contentsOfFile(path)));
    }

    void aFolderThatCanNotBeWrittenLosesNothing()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"vault"_s);
        {
            VaultStore store(path, cheap);
            QVERIFY(create(store, passphrase));
            QVERIFY(write(store, u"first"_s, u"Quartz-58"_s));
        }
        const QByteArray before = contentsOfFile(path);
        // Root may write anywhere: the other process becomes nobody, whose file this is in a folder that it may only read.
        const bool isRoot = ::geteuid() == 0;
        if (isRoot) {
            for (const QString &name : {path, path + u".bak"_s, path + u".lock"_s})
                QCOMPARE(::chown(QFile::encodeName(name).constData(), nobody, nobody), 0);
        }
        QVERIFY(::chmod(QFile::encodeName(dir.path()).constData(), 0555) == 0);
        const auto back = qScopeGuard([&] { ::chmod(QFile::encodeName(dir.path()).constData(), 0700); });
        QByteArray out;
        QCOMPARE(again({isRoot ? u"--as-nobody"_s : u"--as-it-is"_s, path}, &out), 3);
        QCOMPARE(out, "Quartz-58 file-unwritable"); // reading goes, writing says why it does not
        QCOMPARE(contentsOfFile(path), before);
    }

    // ---- from one place to another

    void secretsMoveBetweenPlaces_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        const QList<SecretPlace> places{SecretPlace::Keychain, SecretPlace::Memory, SecretPlace::Vault};
        for (const SecretPlace from : places) {
            for (const SecretPlace to : places) {
                if (from != to)
                    QTest::addRow("%s to %s", qPrintable(secretPlaceId(from)), qPrintable(secretPlaceId(to))) << int(from) << int(to);
            }
        }
    }
    void secretsMoveBetweenPlaces()
    {
        QFETCH(int, from);
        QFETCH(int, to);
        QTemporaryDir dir;
        MemoryStore keychain, memory;
        VaultStore vault(dir.filePath(u"vault"_s), cheap);
        QVERIFY(create(vault, passphrase));
        const SecretStores stores{&keychain, &memory, {}, &vault};
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"oauth2"_s);
        profile.place = SecretPlace(from);
        profile.secretFields = {u"password"_s, u"refresh-token"_s};
        for (const QString &field : std::as_const(profile.secretFields))
            QVERIFY(write(*stores.at(profile.place), profile.secretKey(field), field + u"-value"_s));
        const Result<CredentialProfile> moved =
            wait<CredentialProfile>([&](QObject *context, auto done) { copyProfileSecrets(profile, SecretPlace(to), stores, context, done); });
        QVERIFY(moved);
        QCOMPARE(moved->place, SecretPlace(to));
        QCOMPARE(CredentialProfile::fromJson(moved->toJson())->place, SecretPlace(to));
        for (const QString &field : std::as_const(profile.secretFields)) {
            QCOMPARE(readText(*stores.at(SecretPlace(to)), profile.secretKey(field)), field + u"-value"_s);
            QCOMPARE(readText(*stores.at(SecretPlace(from)), profile.secretKey(field)), field + u"-value"_s); // until the profile is saved
        }
        QVERIFY(wait<void>([&](QObject *context, auto done) { removeProfileSecrets(profile, stores, context, done); }));
        for (const QString &field : std::as_const(profile.secretFields)) {
            QCOMPARE(readText(*stores.at(SecretPlace(from)), profile.secretKey(field)), u"secret-not-found"_s);
            QCOMPARE(readText(*stores.at(SecretPlace(to)), profile.secretKey(field)), field + u"-value"_s);
        }
    }

    void aMoveThatFailsLeavesTheOldPlaceAlone_data()
    {
        QTest::addColumn<bool>("failsToWrite");
        QTest::newRow("it can't be written") << true;
        QTest::newRow("what is read back is something else") << false;
    }
    void aMoveThatFailsLeavesTheOldPlaceAlone()
    {
        QFETCH(bool, failsToWrite);
        MemoryStore keychain, inner, memory;
        BrokenStore vault(inner);
        vault.failsToWrite = failsToWrite;
        vault.changesWhatItReads = !failsToWrite;
        const SecretStores stores{&keychain, &memory, {}, &vault};
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.secretFields = {u"password"_s};
        QVERIFY(write(keychain, profile.secretKey(u"password"_s), u"Quartz-58"_s));
        const Result<CredentialProfile> moved =
            wait<CredentialProfile>([&](QObject *context, auto done) { copyProfileSecrets(profile, SecretPlace::Vault, stores, context, done); });
        QVERIFY(!moved);
        QVERIFY(moved.error().message.contains(u"alice"_s));
        QCOMPARE(readText(keychain, profile.secretKey(u"password"_s)), u"Quartz-58"_s);
        QCOMPARE(readText(inner, profile.secretKey(u"password"_s)), u"secret-not-found"_s); // no copy stays behind
    }

    void strengthIsByWhatPeopleGuess()
    {
        QCOMPARE(passphraseStrength({}).score, 0);
        for (const QString &weak : {u"password"_s, u"123456"_s, u"qwertyuiop"_s, u"P@ssw0rd"_s, u"realmscope"_s})
            QVERIFY2(passphraseStrength(secretOf(weak)).score <= 1, qPrintable(weak));
        for (const QString &strong : {u"kV8#tq!zR2mLp0x"_s, u"gravel-otter-lemon-violin-seventy"_s, QString(u"ju7Ty"_s).repeated(200)})
            QVERIFY2(!passphraseStrength(secretOf(strong)).isWeak(), qPrintable(strong.left(40)));
        QVERIFY(passphraseStrength(secretOf(u"kV8#tq!zR2mLp0x"_s)).bits > passphraseStrength(secretOf(u"kV8#tq!zR2"_s)).bits);
    }

private:
    static int peer(const QStringList &arguments, const QByteArray &in, QByteArray *out = nullptr)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(u"/usr/bin/python3"_s, QStringList{QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/credentials/vault_peer.py")} + arguments);
        process.write(in);
        process.closeWriteChannel();
        if (!process.waitForFinished(60'000))
            return -1;
        if (out)
            *out = process.readAllStandardOutput();
        return process.exitCode();
    }

    static int again(const QStringList &arguments, QByteArray *out)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(program(), arguments);
        if (!process.waitForFinished(30'000))
            return -1;
        *out = process.readAllStandardOutput().trimmed();
        return process.exitCode();
    }
};

namespace {

int say(const QString &text, int status)
{
    std::printf("%s\n", qPrintable(text));
    std::fflush(stdout);
    return status;
}

// What another program does with the vault at `path`; 3: it was refused.
int beAnotherProgram(const QStringList &arguments)
{
    const QString what = arguments.at(1);
    const QString path = arguments.at(2);
    if (what == "--as-nobody"_L1 && ::setuid(nobody) != 0)
        return say(u"setuid"_s, 4);
    VaultStore store(path, cheap);
    if (const Result<void> unlocked = unlock(store, passphrase); !unlocked)
        return say(errorCodeId(unlocked.error().code), 4);
    if (what == "--write"_L1) { // one number after the other, until it is killed
        for (qint64 i = arguments.at(4).toLongLong(); i < arguments.at(5).toLongLong(); ++i) {
            if (!write(store, arguments.at(3), QString::number(i)))
                return say(u"not written"_s, 3);
            say(QString::number(i), 0);
        }
        return 0;
    }
    if (what == "--fill"_L1) {
        for (int i = 0; i < arguments.at(4).toInt(); ++i) {
            if (!write(store, u"%1/%2"_s.arg(arguments.at(3)).arg(i), QString::number(i)))
                return 3;
        }
        return 0;
    }
    QString known;
    if (what == "--limited"_L1) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{rlim_t(arguments.at(3).toULong()), rlim_t(arguments.at(3).toULong())};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    } else {
        known = readText(store, u"first"_s) + u' ';
    }
    const Result<void> written = write(store, u"second"_s, u"2"_s);
    // Standard output may be a file with a limit, so it is told by a pipe alone.
    return written ? say(known + u"done"_s, 0) : say(known + errorCodeId(written.error().code), 3);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() > 2 && QStringList{u"--write"_s, u"--fill"_s, u"--limited"_s, u"--as-nobody"_s, u"--as-it-is"_s}.contains(arguments.at(1)))
        return beAnotherProgram(arguments);
    tst_Vault test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_vault.moc"
