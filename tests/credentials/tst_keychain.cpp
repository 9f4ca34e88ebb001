// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Runs within with-keyring.sh: a private D-Bus session with a real gnome-keyring in a throw-away HOME. Writes and reads
// are done by separate runs of this program, as after a restart.
#include "app/credentials/KeychainStore.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtDBus/QDBusArgument>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusMetaType>
#include <QtTest/QTest>

#include <functional>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

const auto service = u"Realmscope test"_s;

QString readOnce(const QString &key, ErrorCode *code = nullptr)
{
    KeychainStore store(service);
    std::optional<Result<Secret>> result;
    QObject context;
    store.read(key, &context, [&](const Result<Secret> &r) { result = r; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 15'000))
        return u"no answer"_s;
    if (!*result) {
        if (code)
            *code = result->error().code;
        return {};
    }
    return result->value().revealText();
}

bool writeOnce(const QString &key, const QString &value)
{
    KeychainStore store(service);
    std::optional<bool> ok;
    QObject context;
    store.write(key, u"label"_s, Secret::fromString(value), &context, [&](const Result<void> &r) { ok = bool(r); });
    return QTest::qWaitFor([&] { return ok.has_value(); }, 15'000) && *ok;
}

// A secret as the Secret Service takes it: session, parameters, value, content type.
struct PlainSecret
{
    QDBusObjectPath session;
    QByteArray parameters, value;
    QString contentType;
};
QDBusArgument &operator<<(QDBusArgument &out, const PlainSecret &secret)
{
    out.beginStructure();
    out << secret.session << secret.parameters << secret.value << secret.contentType;
    out.endStructure();
    return out;
}
const QDBusArgument &operator>>(const QDBusArgument &in, PlainSecret &secret)
{
    in.beginStructure();
    in >> secret.session >> secret.parameters >> secret.value >> secret.contentType;
    in.endStructure();
    return in;
}

} // namespace
Q_DECLARE_METATYPE(PlainSecret)
namespace {

// With the password that with-keyring.sh gave the keyring; gnome-keyring has a call of its own for that. Starts the service when
// it does not run.
bool unlock()
{
    qDBusRegisterMetaType<PlainSecret>();
    const auto ask = [](const QString &interface, const QString &method, const QVariantList &words) {
        QDBusMessage message = QDBusMessage::createMethodCall(u"org.freedesktop.secrets"_s, u"/org/freedesktop/secrets"_s, interface, method);
        message.setArguments(words);
        return QDBusConnection::sessionBus().call(message);
    };
    const QDBusMessage session = ask(u"org.freedesktop.Secret.Service"_s, u"OpenSession"_s, {u"plain"_s, QVariant::fromValue(QDBusVariant(QString()))});
    if (session.type() != QDBusMessage::ReplyMessage)
        return false;
    const PlainSecret secret{session.arguments().at(1).value<QDBusObjectPath>(), {}, "test", u"text/plain"_s};
    const QDBusMessage done = ask(u"org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"_s, u"UnlockWithMasterPassword"_s,
                                  {QVariant::fromValue(QDBusObjectPath(u"/org/freedesktop/secrets/aliases/default"_s)), QVariant::fromValue(secret)});
    if (done.type() != QDBusMessage::ReplyMessage)
        qWarning("%s", qPrintable(done.errorMessage()));
    return done.type() == QDBusMessage::ReplyMessage;
}

QByteArray call(const QStringList &words)
{
    QProcess process;
    process.start(u"gdbus"_s, QStringList{u"call"_s, u"--session"_s} + words);
    return process.waitForFinished(10'000) ? process.readAllStandardOutput() : QByteArray();
}

// How often `one` succeeds for 0 … count-1, with 32 of them under way at a time. -1: some did not answer.
int many(int count, const std::function<void(int, std::function<void(bool)>)> &one)
{
    int next = 0, ended = 0, good = 0;
    std::function<void()> more = [&] {
        if (next == count)
            return;
        one(next++, [&](bool ok) {
            ++ended;
            good += ok;
            more();
        });
    };
    for (int i = 0; i < 32; ++i)
        more();
    return QTest::qWaitFor([&] { return ended == count; }, 120'000) ? good : -1;
}

QString keyOf(int i) { return u"many/%1"_s.arg(i); }
QString valueOf(int i) { return u"secret %1 \u00e9 "_s.arg(i) + QString(i % 300, u'x'); }

int again(const QStringList &arguments, QByteArray *out = nullptr, const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment())
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(), arguments);
    if (!process.waitForFinished(30'000))
        return -1;
    if (out)
        *out = process.readAllStandardOutput().trimmed();
    return process.exitCode();
}

} // namespace

class tst_Keychain : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (qEnvironmentVariableIsEmpty("REALMSCOPE_KEYRING"))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gnome-keyring-daemon or dbus-run-session is not installed");
    }

    void survivesARestart()
    {
        const QString canary = u"canary \u00e9\u20ac\n\t\"quoted\""_s;
        QCOMPARE(again({u"--write"_s, u"restart/password"_s, canary}), 0);
        QByteArray read;
        QCOMPARE(again({u"--read"_s, u"restart/password"_s}, &read), 0);
        QCOMPARE(QByteArray::fromHex(read), canary.toUtf8());
    }

    void removedIsNotFound()
    {
        QVERIFY(writeOnce(u"gone/token"_s, u"x"_s));
        KeychainStore store(service);
        std::optional<bool> removed;
        store.remove(u"gone/token"_s, this, [&](const Result<void> &r) { removed = bool(r); });
        QTRY_VERIFY_WITH_TIMEOUT(removed.has_value(), 15'000);
        QVERIFY(*removed);
        ErrorCode code = ErrorCode::Parse;
        QCOMPARE(readOnce(u"gone/token"_s, &code), QString());
        QCOMPARE(code, ErrorCode::SecretNotFound);
        removed.reset();
        store.remove(u"gone/token"_s, this, [&](const Result<void> &r) { removed = bool(r); });
        QTRY_VERIFY_WITH_TIMEOUT(removed.has_value(), 15'000);
        QVERIFY(*removed); // a missing key is no error
    }

    void aThousandSecrets()
    {
        KeychainStore store(service);
        QObject context;
        const qsizetype others = 1; // of survivesARestart()
        QCOMPARE(many(1000, [&](int i, const std::function<void(bool)> &ended) {
            store.write(keyOf(i), u"label"_s, Secret::fromString(valueOf(i)), &context, [ended](const Result<void> &r) { ended(bool(r)); });
        }), 1000);
        QCOMPARE(many(1000, [&](int i, const std::function<void(bool)> &ended) {
            store.read(keyOf(i), &context, [ended, i](const Result<Secret> &r) { ended(r && r->revealText() == valueOf(i)); });
        }), 1000);
        QProcess tool; // another program sees what they are, and nothing that is secret is among what they are found by
        tool.start(u"secret-tool"_s, {u"search"_s, u"--all"_s, u"server"_s, service});
        QVERIFY(tool.waitForFinished(30'000));
        const QByteArray attributes = tool.readAllStandardError(), items = tool.readAllStandardOutput();
        QCOMPARE(items.count("secret = "), 1000 + others);
        QVERIFY2(attributes.contains("attribute.user = many/999"), attributes.last(500).constData());
        QVERIFY(!attributes.contains("secret 999") && !attributes.contains(valueOf(999).toUtf8().toBase64()));
        QCOMPARE(items.count("label = " + service.toUtf8()), 1000 + others);
        QCOMPARE(many(1000, [&](int i, const std::function<void(bool)> &ended) {
            store.remove(keyOf(i), &context, [ended](const Result<void> &r) { ended(bool(r)); });
        }), 1000);
        ErrorCode code = ErrorCode::Parse;
        QCOMPARE(readOnce(keyOf(999), &code), QString());
        QCOMPARE(code, ErrorCode::SecretNotFound);
    }

    void stateIsAvailable()
    {
        KeychainStore store(service);
        std::optional<KeychainState> state;
        store.checkState(this, [&](KeychainState s) { state = s; });
        QTRY_VERIFY_WITH_TIMEOUT(state.has_value(), 15'000);
        QCOMPARE(*state, KeychainState::Available);
    }

    void noServiceIsSaidFast()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"unix:path=/nonexistent"_s);
        QElapsedTimer timer;
        timer.start();
        QByteArray out;
        QCOMPARE(again({u"--read"_s, u"any"_s}, &out, environment), 1);
        QCOMPARE(out, "secret-store-unavailable");
        QVERIFY(timer.elapsed() < 10'000);
    }

    // Nobody is there to answer the keyring's prompt, as when the user closes it.
    void lockedIsSaid()
    {
        QVERIFY(writeOnce(u"locked/password"_s, u"behind the lock"_s));
        const QString path = u"/org/freedesktop/secrets"_s;
        QVERIFY(!call({u"-d"_s, u"org.freedesktop.secrets"_s, u"-o"_s, path, u"-m"_s, u"org.freedesktop.Secret.Service.Lock"_s,
                       u"['/org/freedesktop/secrets/aliases/default']"_s}).isEmpty());
        KeychainStore store(service);
        std::optional<KeychainState> state;
        store.checkState(this, [&](KeychainState s) { state = s; });
        QTRY_VERIFY_WITH_TIMEOUT(state.has_value(), 15'000);
        QCOMPARE(*state, KeychainState::Locked);
        ErrorCode code = ErrorCode::Parse;
        QCOMPARE(readOnce(u"locked/password"_s, &code), QString());
        QCOMPARE(code, ErrorCode::SecretStoreLocked);
        QVERIFY(!writeOnce(u"locked/other"_s, u"x"_s));
        QVERIFY(unlock());
        QCOMPARE(readOnce(u"locked/password"_s), u"behind the lock"_s);
    }

    // The service dies while secrets are being written: each write says yes or no, and what it said yes to is there afterwards.
    void serviceIsKilledMidWay()
    {
        const QByteArray pid = call({u"-d"_s, u"org.freedesktop.DBus"_s, u"-o"_s, u"/"_s, u"-m"_s, u"org.freedesktop.DBus.GetConnectionUnixProcessID"_s, u"org.freedesktop.secrets"_s});
        const QString number = QString::fromLatin1(pid).remove(u"(uint32 "_s).remove(u",)"_s).trimmed();
        QVERIFY2(number.toInt() > 0, pid.constData());
        KeychainStore store(service, 20'000);
        QObject context;
        QList<bool> said(300, false);
        QStringList words;
        int yes = 0;
        const int good = many(300, [&](int i, const std::function<void(bool)> &ended) {
            store.write(keyOf(i), u"label"_s, Secret::fromString(valueOf(i)), &context, [&, i, ended](const Result<void> &r) {
                said[i] = bool(r);
                if (!r)
                    words << r.error().message;
                else if (++yes == 100)
                    QProcess::execute(u"kill"_s, {u"-9"_s, number});
                ended(bool(r));
            });
        });
        QVERIFY2(good >= 100 && good < 300, qPrintable(QString::number(good))); // it did die in the middle
        words.removeDuplicates();
        for (const QString &word : std::as_const(words))
            QVERIFY2(word.contains(u"keychain"_s), qPrintable(word));
        QVERIFY(unlock()); // starts it again with what is on the disk; this program goes on with that one
        for (int i = 0; i < 300; ++i) {
            ErrorCode code = ErrorCode::Cancelled;
            if (said.at(i))
                QVERIFY2(readOnce(keyOf(i), &code) == valueOf(i), qPrintable(u"%1: %2"_s.arg(i).arg(errorCodeId(code))));
        }
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--write"_L1)
        return writeOnce(arguments.value(2), arguments.value(3)) ? 0 : 1;
    if (arguments.value(1) == "--read"_L1) {
        ErrorCode code = ErrorCode::Parse;
        const QString value = readOnce(arguments.value(2), &code);
        QTextStream(stdout) << (value.isNull() ? errorCodeId(code) : QString::fromLatin1(value.toUtf8().toHex())) << '\n';
        return value.isNull() ? 1 : 0;
    }
    tst_Keychain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keychain.moc"
