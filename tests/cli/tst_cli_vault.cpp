// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The vault on the command line: each command is a program of its own, so each finds the vault locked.
#include "app/cli/Cli.h"
#include "app/credentials/ProfileStore.h"
#include "app/credentials/VaultStore.h"
#include "app/practice/PracticeServer.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <optional>

using namespace Qt::StringLiterals;
using namespace realmscope;

class CliVaultTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_server.start());
        m_door = m_server.addresses().value(u"base"_s) + u"/locked-door"_s; // alice, Quartz-58
        qputenv("VAULT_TEST_PASS", "Seven-Otters");
        qputenv("VAULT_TEST_WRONG", "Eight-Otters");
        qputenv("VAULT_TEST_NEXT", "Nine-Otters-Swim");
    }
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void secretsOfAProfileAreInTheVault()
    {
        const QStringList add{u"profile"_s, u"add"_s, u"door"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, m_server.addresses().value(u"base"_s),
                              u"--field"_s, u"username=alice"_s, u"--store"_s, u"vault"_s, u"--secret-stdin"_s};
        const Ran without = run(add + m_pass, "Quartz-58");
        QCOMPARE(without.status, 1);
        QVERIFY2(without.err.contains("realmscope-cli vault create"), without.err.constData());
        QVERIFY(run({u"profile"_s, u"list"_s}).out.isEmpty());
        QCOMPARE(run({u"vault"_s, u"status"_s}).status, 0);

        const Ran created = run(QStringList{u"vault"_s, u"create"_s} + m_pass);
        QVERIFY2(created.status == 0 && created.out.contains(vaultPath().toUtf8()), created.err.constData());
        QCOMPARE(run(QStringList{u"vault"_s, u"create"_s} + m_pass).status, 1);
        QCOMPARE(run(add + m_pass, "Quartz-58").status, 0);
        QVERIFY(run({u"profile"_s, u"show"_s, u"door"_s}).out.contains("password (in the vault)"));
        for (const QString &path : {vaultPath(), m_dir->filePath(u"ws/profiles.json"_s)})
            QVERIFY2(!contents(path).contains("Quartz-58"), qPrintable(path));

        QCOMPARE(run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_door} + m_pass).status, 0);
        QCOMPARE(run(QStringList{u"why"_s, u"--profile"_s, u"door"_s} + m_pass + QStringList{m_door}).status, 0);
        QCOMPARE(run(QStringList{u"profile"_s, u"test"_s, u"door"_s, m_door} + m_pass).status, 0);
        QVERIFY(run(QStringList{u"vault"_s, u"check"_s} + m_pass).out.contains("holds 1 secret\n"));
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--secret-stdin"_s} + m_pass, "another").status, 0); // stays there
        QVERIFY(run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_door} + m_pass).status >= 3);
        QCOMPARE(run(QStringList{u"profile"_s, u"remove"_s, u"door"_s} + m_pass).status, 0);
        QVERIFY(run(QStringList{u"vault"_s, u"check"_s} + m_pass).out.contains("holds 0 secrets\n"));
        QVERIFY(m_keychain.isEmptyOf(u"Quartz-58"_s));
    }

    void thePassphraseIsAskedFor()
    {
        fill();
        QStringList answers{u"wrong"_s, u"Seven-Otters"_s};
        int asked = 0;
        const auto ask = [&](const QString &question) -> Result<Secret> {
            ++asked;
            return question.contains(u"not shown"_s) && !answers.isEmpty() ? Result<Secret>(Secret::fromString(answers.takeFirst()))
                                                                         : Error{ErrorCode::InvalidInput, u"no answer"_s, {}, {}};
        };
        const Ran once = run({u"send"_s, u"--profile"_s, u"door"_s, m_door}, {}, ask);
        QVERIFY2(once.status == 0, once.err.constData());
        QCOMPARE(asked, 2);
        QCOMPARE(once.err.count("this is not the passphrase of the vault"), 1);

        answers = {u"a"_s, u"b"_s, u"c"_s, u"Seven-Otters"_s};
        asked = 0;
        QCOMPARE(run({u"send"_s, u"--profile"_s, u"door"_s, m_door}, {}, ask).status, 1);
        QCOMPARE(asked, 3);
        answers = {QString()}; // Return alone
        const Ran given = run({u"send"_s, u"--profile"_s, u"door"_s, m_door}, {}, ask);
        QCOMPARE(given.status, 1);
        QVERIFY2(given.err.contains("stays locked"), given.err.constData());
        const Ran nobody = run({u"send"_s, u"--profile"_s, u"door"_s, m_door});
        QCOMPARE(nobody.status, 1);
        QVERIFY2(nobody.err.contains("locked") && nobody.err.contains("--vault-passphrase-file"), nobody.err.constData());

        answers = {u"Eleven-Otters-Swim"_s, u"Eleven-Otters-Swam"_s};
        const Ran different = run(QStringList{u"vault"_s, u"change-passphrase"_s} + m_pass, {}, ask);
        QCOMPARE(different.status, 2);
        QVERIFY2(different.err.contains("not the same"), different.err.constData());
        QCOMPARE(run(QStringList{u"vault"_s, u"check"_s} + m_pass).status, 0);
    }

    void wrongAndDamagedAreToldApart()
    {
        fill();
        const QStringList send{u"send"_s, u"--profile"_s, u"door"_s, m_door};
        const Ran wrong = run(send + QStringList{u"--vault-passphrase-env"_s, u"VAULT_TEST_WRONG"_s});
        QCOMPARE(wrong.status, 1);
        QVERIFY2(wrong.err.contains("not the passphrase") && !wrong.err.contains("damaged"), wrong.err.constData());
        QVERIFY(!wrong.err.contains("Eight-Otters"));
        QFile file(vaultPath());
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(2000) && file.write("x", 1) == 1);
        file.close();
        const Ran damaged = run(send + m_pass);
        QCOMPARE(damaged.status, 1);
        QVERIFY2(damaged.err.contains("damaged") && damaged.err.contains("restore-backup") && !damaged.err.contains("not the passphrase"), damaged.err.constData());
        const Ran status = run({u"vault"_s, u"status"_s, u"--json"_s});
        QCOMPARE(status.status, 1);
        const QJsonObject json = QJsonDocument::fromJson(status.out).object();
        QCOMPARE(json.value("schema"_L1).toString(), u"realmscope.vault/1"_s);
        QCOMPARE(json.value("state"_L1).toString(), u"secret-store-damaged"_s);
        QCOMPARE(json.value("backup"_L1).toString(), u"intact"_s);
        QCOMPARE(run({u"vault"_s, u"restore-backup"_s}).status, 0);
        QCOMPARE(run(QStringList{u"vault"_s, u"check"_s} + m_pass).status, 0); // as it was before the last save
        QVERIFY(QFile::exists(vaultPath() + u".damaged"_s));
    }

    void secretsMoveThereAndBack()
    {
        fill(u"keychain"_s);
        fill(u"keychain"_s, u"second"_s);
        QCOMPARE(run(QStringList{u"profile"_s, u"move"_s, u"--all"_s, u"--store"_s, u"vault"_s, u"--vault-passphrase-env"_s, u"VAULT_TEST_WRONG"_s}).status, 1);
        QCOMPARE(run({u"send"_s, u"--profile"_s, u"door"_s, m_door}).status, 0); // still in the keychain
        const Ran all = run(QStringList{u"profile"_s, u"move"_s, u"--all"_s, u"--store"_s, u"vault"_s} + m_pass);
        QVERIFY2(all.status == 0 && all.out == "door is kept in the vault\nsecond is kept in the vault\n", (all.out + all.err).constData());
        QVERIFY(m_keychain.isEmptyOf(u"Quartz-58"_s));
        QVERIFY(run(QStringList{u"vault"_s, u"check"_s} + m_pass).out.contains("holds 2 secrets"));
        QCOMPARE(run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_door} + m_pass).status, 0);
        QCOMPARE(run(QStringList{u"profile"_s, u"move"_s, u"--all"_s, u"--store"_s, u"vault"_s} + m_pass).out, "nothing to move\n");
        QCOMPARE(run(QStringList{u"profile"_s, u"move"_s, u"door"_s, u"--store"_s, u"keychain"_s} + m_pass).status, 0);
        QVERIFY(run(QStringList{u"vault"_s, u"check"_s} + m_pass).out.contains("holds 1 secret\n"));
        QCOMPARE(run({u"send"_s, u"--profile"_s, u"door"_s, m_door}).status, 0);
        // With other changes, and with a new secret.
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--store"_s, u"vault"_s, u"--name"_s, u"gate"_s} + m_pass).status, 0);
        QCOMPARE(run(QStringList{u"send"_s, u"--profile"_s, u"gate"_s, m_door} + m_pass).status, 0);
        QVERIFY(m_keychain.isEmptyOf(u"Quartz-58"_s));
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"gate"_s, u"--store"_s, u"keychain"_s, u"--secret-stdin"_s} + m_pass, "Quartz-58").status, 0);
        QCOMPARE(run({u"send"_s, u"--profile"_s, u"gate"_s, m_door}).status, 0);
        QVERIFY(run(QStringList{u"vault"_s, u"check"_s} + m_pass).out.contains("holds 1 secret\n"));
    }

    void passphraseIsChanged()
    {
        fill();
        const QStringList next{u"--new-passphrase-env"_s, u"VAULT_TEST_NEXT"_s};
        QCOMPARE(run(QStringList{u"vault"_s, u"change-passphrase"_s, u"--vault-passphrase-env"_s, u"VAULT_TEST_WRONG"_s} + next).status, 1);
        const Ran changed = run(QStringList{u"vault"_s, u"change-passphrase"_s} + m_pass + next);
        QVERIFY2(changed.status == 0, changed.err.constData());
        QCOMPARE(run(QStringList{u"vault"_s, u"check"_s} + m_pass).status, 1);
        QCOMPARE(run({u"send"_s, u"--profile"_s, u"door"_s, m_door, u"--vault-passphrase-env"_s, u"VAULT_TEST_NEXT"_s}).status, 0);
    }

    void whatCanNotBeIsSaid_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("nothing") << QStringList{u"vault"_s} << QByteArray("status, create, check");
        QTest::newRow("unknown word") << QStringList{u"vault"_s, u"open"_s} << QByteArray("unknown word \"open\"");
        QTest::newRow("passphrase as an argument") << QStringList{u"vault"_s, u"check"_s, u"Seven-Otters"_s} << QByteArray("can read arguments");
        QTest::newRow("unknown store") << QStringList{u"profile"_s, u"move"_s, u"--all"_s, u"--store"_s, u"shoebox"_s} << QByteArray("no store called \"shoebox\"");
        QTest::newRow("memory") << QStringList{u"profile"_s, u"move"_s, u"--all"_s, u"--store"_s, u"memory"_s} << QByteArray("ends at once");
        QTest::newRow("names and all") << QStringList{u"profile"_s, u"move"_s, u"a"_s, u"--all"_s, u"--store"_s, u"vault"_s} << QByteArray("names or --all");
        QTest::newRow("two sources") << QStringList{u"vault"_s, u"create"_s, u"--vault-passphrase-stdin"_s, u"--vault-passphrase-env"_s, u"X"_s} << QByteArray("several sources");
        QTest::newRow("standard input twice") << QStringList{u"vault"_s, u"change-passphrase"_s, u"--vault-passphrase-stdin"_s, u"--new-passphrase-stdin"_s}
                                              << QByteArray("standard input can't be both");
        QTest::newRow("nobody to ask") << QStringList{u"vault"_s, u"create"_s} << QByteArray("--vault-passphrase-file");
    }
    void whatCanNotBeIsSaid()
    {
        QFETCH(QStringList, words);
        QFETCH(QByteArray, says);
        const Ran ran = run(words, "x");
        QCOMPARE(ran.status, 2);
        QVERIFY2(ran.err.contains(says), ran.err.constData());
        QVERIFY(!ran.err.contains("Seven-Otters"));
    }

    // The program itself, with the cost that people have and the user's own folder.
    void theProgramUsesTheUsersFolder()
    {
        const auto program = [this](const QStringList &words, const QByteArray &input) {
            QProcess process;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(u"HOME"_s, m_dir->path());
            environment.remove(u"XDG_DATA_HOME"_s);
            environment.remove(u"XDG_CONFIG_HOME"_s);
            process.setProcessEnvironment(environment);
            process.start(QStringLiteral(REALMSCOPE_CLI), words);
            process.write(input);
            process.closeWriteChannel();
            return process.waitForFinished(60'000) ? process.exitCode() : -1;
        };
        QCOMPARE(program({u"vault"_s, u"create"_s, u"--vault-passphrase-stdin"_s}, "Seven-Otters\n"), 0);
        QVERIFY(QFile::exists(m_dir->filePath(u".local/share/realmscope/vault"_s)));
        QCOMPARE(program(QStringList{u"profile"_s, u"add"_s, u"door"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, m_server.addresses().value(u"base"_s), u"--field"_s,
                                     u"username=alice"_s, u"--store"_s, u"vault"_s, u"--secret-stdin"_s} + m_pass, "Quartz-58"), 0);
        QCOMPARE(program(QStringList{u"vault"_s, u"check"_s, u"--vault-passphrase-stdin"_s}, "wrong"), 1);
        QCOMPARE(program(QStringList{u"vault"_s, u"check"_s} + m_pass, {}), 0);
    }

private:
    // Shows what is in it.
    class Keychain final : public SecretStore
    {
    public:
        void read(const QString &key, QObject *context, ReadCallback callback) override { m_inner.read(key, context, std::move(callback)); }
        void write(const QString &key, const QString &label, const Secret &secret, QObject *context, DoneCallback callback) override
        {
            m_values.insert(key, secret.revealText());
            m_inner.write(key, label, secret, context, std::move(callback));
        }
        void remove(const QString &key, QObject *context, DoneCallback callback) override
        {
            m_values.remove(key);
            m_inner.remove(key, context, std::move(callback));
        }
        [[nodiscard]] bool isEmptyOf(const QString &value) const { return !m_values.values().contains(value); }

    private:
        MemoryStore m_inner;
        QHash<QString, QString> m_values;
    };

    struct Ran
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
    };

    Ran run(const QStringList &arguments, const QByteArray &input = {}, const std::function<Result<Secret>(const QString &)> &askSecret = {})
    {
        Ran ran;
        std::optional<int> status;
        VaultStore vault(vaultPath(), {1, 8}); // as a program that was just started
        CliStreams streams;
        streams.out = [&](const QByteArray &bytes) { ran.out += bytes; };
        streams.err = [&](const QByteArray &bytes) { ran.err += bytes; };
        streams.readStandardInput = [&] { return input; };
        streams.keychain = &m_keychain;
        streams.vault = &vault;
        streams.askSecret = askSecret;
        QStringList words = arguments;
        if (words.first() != "vault"_L1)
            words += QStringList{u"--workspace"_s, m_dir->filePath(u"ws"_s)};
        runCli(words, streams, [&](int code) { status = code; });
        if (!QTest::qWaitFor([&] { return status.has_value(); }, 30'000))
            qFatal("the command does not end");
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        ran.status = *status;
        return ran;
    }

    void fill(const QString &store = u"vault"_s, const QString &name = u"door"_s)
    {
        if (!QFile::exists(vaultPath()))
            QCOMPARE(run(QStringList{u"vault"_s, u"create"_s} + m_pass).status, 0);
        QCOMPARE(run(QStringList{u"profile"_s, u"add"_s, name, u"--scheme"_s, u"basic"_s, u"--origin"_s, m_server.addresses().value(u"base"_s), u"--field"_s,
                                 u"username=alice"_s, u"--store"_s, store, u"--secret-stdin"_s} + m_pass, "Quartz-58").status, 0);
    }

    [[nodiscard]] QString vaultPath() const { return m_dir->filePath(u"data/vault"_s); }
    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    const QStringList m_pass{u"--vault-passphrase-env"_s, u"VAULT_TEST_PASS"_s};
    std::unique_ptr<QTemporaryDir> m_dir;
    Keychain m_keychain;
    SystemClock m_clock;
    SystemRandom m_random;
    PracticeServer m_server{m_clock, m_random};
    QString m_door;
};

QTEST_GUILESS_MAIN(CliVaultTest)
#include "tst_cli_vault.moc"
