// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/ProfileStore.h"
#include "app/credentials/SecretResolver.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Profiles : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_config;
private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_config.path())); } // approvals of this test are not this person's

    void origins_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char *pattern, const char *url, bool allowed) {
            QTest::addRow("%s <- %s", pattern, url) << QString::fromUtf8(pattern) << QString::fromUtf8(url) << allowed;
        };
        row("https://api.example.com", "https://api.example.com/me", true);
        row("https://api.example.com", "https://API.EXAMPLE.com:443/", true);
        row("https://api.example.com/", "https://api.example.com/", true);
        row("https://api.example.com", "http://api.example.com/", false);
        row("https://api.example.com", "https://api.example.com:8443/", false);
        row("https://api.example.com", "https://api.example.com.evil.test/", false);
        row("https://api.example.com", "https://evil-api.example.com/", false);
        row("https://api.example.com", "https://example.com/", false);
        row("https://api.example.com", "https://api.examp1e.com/", false);
        row("https://api.example.com", "https://api.example.com./", false);
        row("https://api.example.com", "https://api\u0435xample.com/", false); // Cyrillic e
        row("https://api.example.com", "https://\u0430pi.example.com/", false);
        row("https://api.example.com:8443", "https://api.example.com:8443/", true);
        row("https://api.example.com:8443", "https://api.example.com/", false);
        row("https://*.example.com", "https://api.example.com/", true);
        row("https://*.example.com", "https://a.b.example.com/", true);
        row("https://*.example.com", "https://example.com/", false);
        row("https://*.example.com", "https://evilexample.com/", false);
        row("https://*.example.com", "https://example.com.evil.test/", false);
        row("https://*.example.com", "http://api.example.com/", false);
        row("https://*.example.com", "https://api.example.com:444/", false);
        row("http://127.0.0.1:*", "http://127.0.0.1:1/", true);
        row("http://127.0.0.1:*", "http://127.0.0.1/", true);
        row("http://127.0.0.1:*", "http://127.0.0.2:1/", false);
        row("http://127.0.0.1:*", "https://127.0.0.1:1/", false);
        row("http://localhost:3000", "http://localhost:3000/", true);
        row("http://localhost:3000", "http://127.0.0.1:3000/", false);
        row("http://[::1]:8080", "http://[::1]:8080/", true);
        row("http://[::1]:8080", "http://[::2]:8080/", false);
        row("https://b\u00fccher.example", "https://xn--bcher-kva.example/", true);
        row("https://*.example.com", "https://.example.com/", false);
        row("https://*.example.com", "https://a..example.com/", false);
        // Patterns that say nothing allow nothing.
        row("", "https://api.example.com/", false);
        row("*", "https://api.example.com/", false);
        row("https://*", "https://api.example.com/", false);
        row("https://*.com", "https://example.com/", false);
        row("https://api.*.com", "https://api.example.com/", false);
        row("api.example.com", "https://api.example.com/", false);
        row("https://alice@api.example.com", "https://api.example.com/", false);
        row("https://api.example.com/path", "https://api.example.com/path", false);
        row("ftp://api.example.com", "https://api.example.com/", false);
        row("https://api.example.com?x", "https://api.example.com/", false);
    }
    void origins()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, url);
        QFETCH(bool, allowed);
        CredentialProfile profile = CredentialProfile::create(u"p"_s, u"basic"_s);
        profile.origins = QStringList{pattern};
        const Result<Url> parsed = Url::parse(url);
        if (!parsed) { // a host that does not even parse is not reached either
            QVERIFY(!allowed);
            return;
        }
        QCOMPARE(profile.allows(parsed->origin()), allowed);
        profile.origins.clear();
        QVERIFY(!profile.allows(parsed->origin()));
    }

    void storeRoundTrip()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"profiles.json"_s);
        ProfileStore store(path);
        QVERIFY(store.load());
        QVERIFY(store.profiles().isEmpty());
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.fields.insert(u"username"_s, u"alice"_s);
        profile.origins = QStringList{u"https://api.example.com"_s};
        QSignalSpy changed(&store, &ProfileStore::changed);
        QVERIFY(store.put(profile));
        QCOMPARE(changed.size(), 1);
        QVERIFY(!store.put(CredentialProfile::create(u"alice"_s, u"bearer"_s))); // the name is taken
        QVERIFY(!store.put(CredentialProfile::create(u"  "_s, u"bearer"_s)));
        QVERIFY(store.save());

        ProfileStore again(path);
        QVERIFY(again.load());
        QCOMPARE(again.profiles().size(), 1);
        QCOMPARE(again.findByName(u"alice"_s)->fields.value(u"username"_s), u"alice"_s);
        QCOMPARE(again.findByName(u"alice"_s)->origins, profile.origins);
        QVERIFY(again.remove(profile.id));
        QVERIFY(!again.remove(profile.id));
    }

    void unknownMembersSurvive()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"profiles.json"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\":\"realmscope.profiles/9\",\"team\":\"blue\",\"profiles\":[{\"id\":\"1\",\"name\":\"a\",\"scheme\":\"basic\",\"colour\":\"red\"}]}");
        file.close();
        ProfileStore store(path);
        QVERIFY(store.load());
        QVERIFY(store.put(CredentialProfile::create(u"b"_s, u"basic"_s)));
        QVERIFY(store.save());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(root.value("team"_L1).toString(), u"blue"_s);
        QCOMPARE(root.value("profiles"_L1)[0].toObject().value("colour"_L1).toString(), u"red"_s);
        QCOMPARE(root.value("profiles"_L1).toArray().size(), 2);
    }

    void damagedFileIsNeverOverwritten_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no JSON") << "{\"profiles\": [\n  oops"_ba;
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("a list") << "[]"_ba;
        QTest::newRow("profile without a name") << "{\"profiles\":[{\"id\":\"1\",\"scheme\":\"basic\"}]}"_ba;
    }
    void damagedFileIsNeverOverwritten()
    {
        QFETCH(QByteArray, bytes);
        QTemporaryDir dir;
        const QString path = dir.filePath(u"profiles.json"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        file.close();
        ProfileStore store(path);
        const Result<void> loaded = store.load();
        QVERIFY(!loaded);
        QVERIFY(loaded.error().message.contains(path));
        QVERIFY(store.put(CredentialProfile::create(u"b"_s, u"basic"_s)));
        QVERIFY(!store.save());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), bytes);
    }

    void secretsGoToTheStoreOnly()
    {
        MemoryStore memory;
        MemoryStore keychain;
        const SecretStores stores{&keychain, &memory};
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.fields.insert(u"username"_s, u"alice"_s);
        profile.place = SecretPlace::Memory;
        std::optional<CredentialProfile> stored;
        storeProfileSecrets(profile, {{u"password"_s, Secret("canary-4711")}}, stores, this,
                            [&](const Result<CredentialProfile> &result) { stored = result.value(); });
        QTRY_VERIFY(stored);
        QCOMPARE(stored->secretFields, QStringList{u"password"_s});
        QVERIFY(!QJsonDocument(stored->toJson()).toJson().contains("canary"));

        std::optional<FieldValues> values;
        resolveProfile(*stored, stores, this, [&](const Result<FieldValues> &result) { values = result.value(); });
        QTRY_VERIFY(values);
        QCOMPARE(values->secret(u"password"_s).revealText(), u"canary-4711"_s);
        QCOMPARE(values->text(u"charset"_s), u"utf-8"_s); // the scheme's default

        QVERIFY(!stored->expiresAt);

        // In the other store there is nothing.
        stored->place = SecretPlace::Keychain;
        std::optional<Error> error;
        resolveProfile(*stored, stores, this, [&](const Result<FieldValues> &result) { error = result.error(); });
        QTRY_VERIFY(error);
        QCOMPARE(error->code, ErrorCode::SecretNotFound);
        QVERIFY(error->message.contains(u"alice"_s) && error->message.contains(u"Password"_s));
    }

    // A token that tells its end: the profile knows it without asking the keychain.
    void endOfATokenIsKept()
    {
        MemoryStore memory;
        MemoryStore keychain;
        const SecretStores stores{&keychain, &memory};
        const auto store = [&](const CredentialProfile &profile, QByteArrayView token) {
            std::optional<CredentialProfile> stored;
            storeProfileSecrets(profile, {{u"token"_s, Secret(token)}}, stores, this,
                                [&](const Result<CredentialProfile> &result) { stored = result.value(); });
            return QTest::qWaitFor([&] { return stored.has_value(); }) ? *stored : profile;
        };
        // RFC 7519 section 3.1: exp is 1300819380.
        const CredentialProfile jwt = store(CredentialProfile::create(u"api"_s, u"bearer"_s),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        QCOMPARE(jwt.expiresAt, std::optional<qint64>(1300819380));
        QCOMPARE(CredentialProfile::fromJson(jwt.toJson())->expiresAt, jwt.expiresAt);
        const CredentialProfile opaque = store(jwt, "mF_9.B5f-4.1JqM");
        QVERIFY(!opaque.expiresAt);
        QVERIFY(!opaque.toJson().contains("expires"_L1));
        QCOMPARE(expiryText(1300819380, 1300819380 - 720), u"expires in 12 min"_s);
        QCOMPARE(expiryText(1300819380, 1300819380 + 3 * 3600), u"expired 3 h ago"_s);
    }

    void unknownSchemeIsSaid()
    {
        MemoryStore memory;
        std::optional<Error> error;
        resolveProfile(CredentialProfile::create(u"x"_s, u"quantum"_s), {&memory, &memory}, this,
                       [&](const Result<FieldValues> &result) { error = result.error(); });
        QTRY_VERIFY(error);
        QCOMPARE(error->code, ErrorCode::Unsupported);
    }

    // ---- Secrets that are kept elsewhere

    void referenceText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("written"); // again; null: it is refused
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("part");
        const auto row = [](const QString &text, const QString &written, const QString &what, const QString &part) {
            QTest::newRow(qPrintable(text)) << text << written << what << part;
        };
        row(u"env:API_TOKEN"_s, u"env:API_TOKEN"_s, u"API_TOKEN"_s, {});
        row(u"env: API_TOKEN "_s, u"env:API_TOKEN"_s, u"API_TOKEN"_s, {});
        row(u"env:CREDENTIALS#data.password"_s, u"env:CREDENTIALS#data.password"_s, u"CREDENTIALS"_s, u"data.password"_s);
        row(u"file:~/.tokens/api key"_s, u"file:~/.tokens/api key"_s, u"~/.tokens/api key"_s, {});
        row(u"file:a#1"_s, u"file:a#1"_s, u"a"_s, u"1"_s);
        row(u"file:a#b c"_s, u"file:a#b c#"_s, u"a#b c"_s, {}); // no part: it has a space
        row(u"file:a#b#"_s, u"file:a#b#"_s, u"a#b"_s, {});
        row(u"command:pass show \"api/alice smith\"#1"_s, u"command:pass show \"api/alice smith\"#1"_s, u"pass show \"api/alice smith\""_s, u"1"_s);
        row(u"command:aws configure export-credentials#SecretAccessKey"_s, u"command:aws configure export-credentials#SecretAccessKey"_s,
            u"aws configure export-credentials"_s, u"SecretAccessKey"_s);
        for (const QString &bad : {u""_s, u"API_TOKEN"_s, u"env:"_s, u"env:$API_TOKEN"_s, u"env:1A"_s, u"env:A B"_s, u"file:"_s, u"file: "_s, u"file:#1"_s, u"command:"_s,
                                   u"command:\"\""_s, u"command:a\nb"_s, u"command:./keys.sh"_s, u"command:bin/keys"_s, u"vault:x"_s})
            row(bad, {}, {}, {});
    }
    void referenceText()
    {
        QFETCH(QString, text);
        QFETCH(QString, written);
        QFETCH(QString, what);
        QFETCH(QString, part);
        const Result<SecretReference> reference = SecretReference::parse(text);
        QCOMPARE(bool(reference), !written.isNull());
        if (!reference) {
            QVERIFY(!reference.error().message.isEmpty() && !reference.error().action.isEmpty());
            return;
        }
        QCOMPARE(reference->what, what);
        QCOMPARE(reference->part, part);
        QCOMPARE(reference->toString(), written);
        QCOMPARE(*SecretReference::parse(written), *reference);
    }

    void partOfText_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("part");
        QTest::addColumn<QByteArray>("secret"); // null: an error
        QTest::newRow("all") << "s3cret"_ba << QString() << "s3cret"_ba;
        QTest::newRow("line ends at the end") << "s3cret\r\n\n"_ba << QString() << "s3cret"_ba;
        QTest::newRow("spaces are kept") << " s3cret \n"_ba << QString() << " s3cret "_ba;
        QTest::newRow("several lines") << "-----BEGIN\nabc\n"_ba << QString() << "-----BEGIN\nabc"_ba;
        QTest::newRow("first line") << "s3cret\r\nuser: alice\n"_ba << u"1"_s << "s3cret"_ba;
        QTest::newRow("second line") << "a\nb"_ba << u"2"_s << "b"_ba;
        QTest::newRow("no such line") << "a\nb"_ba << u"3"_s << QByteArray();
        QTest::newRow("line 0") << "a"_ba << u"0"_s << QByteArray();
        QTest::newRow("empty line") << "a\n\nb"_ba << u"2"_s << QByteArray();
        QTest::newRow("member") << R"({"SecretAccessKey": "wJal/x+y=", "Version": 1})"_ba << u"SecretAccessKey"_s << "wJal/x+y="_ba;
        QTest::newRow("deeper, and an index") << R"({"data": [{"password": "p\u00e9"}]})"_ba << u"data.0.password"_s << "p\xc3\xa9"_ba;
        QTest::newRow("number") << R"({"pin": 4711})"_ba << u"pin"_s << "4711"_ba;
        QTest::newRow("no such member") << R"({"a": "b"})"_ba << u"password"_s << QByteArray();
        QTest::newRow("member is no text") << R"({"a": {}})"_ba << u"a"_s << QByteArray();
        QTest::newRow("empty member") << R"({"a": ""})"_ba << u"a"_s << QByteArray();
        QTest::newRow("no JSON") << "s3cret"_ba << u"a"_s << QByteArray();
        QTest::newRow("nothing") << "\n"_ba << QString() << QByteArray();
    }
    void partOfText()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, part);
        QFETCH(QByteArray, secret);
        const Result<Secret> taken = partOfSecret(text, part);
        QCOMPARE(bool(taken), !secret.isNull());
        if (taken)
            QCOMPARE(taken->revealBytes(), secret);
        else
            QVERIFY(!taken.error().message.contains(u"s3cret"_s) && !taken.error().action.isEmpty());
    }

    void fetched_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QByteArray>("secret"); // null: an error
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QString &reference, const QByteArray &secret, const QString &says = {}) {
            QTest::newRow(name) << reference << secret << says;
        };
        row("variable", u"env:REALMSCOPE_TEST_SECRET"_s, "from the environment"_ba);
        row("no variable", u"env:REALMSCOPE_TEST_NOTHING"_s, {}, u"REALMSCOPE_TEST_NOTHING is not set"_s);
        row("file", u"file:secret.txt"_s, "from a file\n"_ba);
        row("no file", u"file:nothing.txt"_s, {}, u"there is no file"_s);
        row("folder", u"file:."_s, {}, u"there is no file"_s);
        row("pipe", u"file:pipe"_s, {}, u"there is no file"_s); // it would wait for a writer
        row("too large", u"file:large.bin"_s, {}, u"too large"_s);
        row("command", u"command:printf \"a b\""_s, "a b"_ba);
        row("command, no shell", u"command:printf $HOME;id"_s, "$HOME;id"_ba);
        row("command in the home folder", u"command:pwd"_s, QFile::encodeName(QDir(QDir::homePath()).canonicalPath()) + '\n');
        row("no program", u"command:no-such-program-here x"_s, {}, u"can't be started: no-such-program-here"_s);
        row("failing", u"command:sh -c \"echo no such entry >&2; echo s3cret; exit 3\""_s, {}, u"sh ended with status 3: no such entry"_s);
        row("ended by a signal", u"command:sh -c \"kill -9 $$\""_s, {}, u"by a signal"_s);
        row("too much", u"command:head -c 3000000 /dev/zero"_s, {}, u"too much"_s);
        row("waits for nobody", u"command:cat"_s, ""_ba); // its input is closed
    }
    void fetched()
    {
        QFETCH(QString, reference);
        QFETCH(QByteArray, secret);
        QFETCH(QString, says);
        const QTemporaryDir dir;
        const auto write = [&dir](const QString &name, const QByteArray &bytes) {
            QFile file(dir.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        QVERIFY(write(u"secret.txt"_s, "from a file\n") && write(u"large.bin"_s, QByteArray(2 * 1024 * 1024, 'x')));
        QCOMPARE(QProcess::execute(u"mkfifo"_s, {dir.filePath(u"pipe"_s)}), 0);
        qputenv("REALMSCOPE_TEST_SECRET", "from the environment");
        std::optional<Result<Secret>> got;
        QObject context;
        fetchReference(*SecretReference::parse(reference), dir.path(), &context, [&got](const Result<Secret> &result) { got = result; });
        QTRY_VERIFY_WITH_TIMEOUT(got.has_value(), 10'000);
        QCOMPARE(bool(*got), !secret.isNull());
        if (*got) {
            QCOMPARE((*got)->revealBytes(), secret);
        } else {
            QVERIFY2(got->error().message.contains(says), qPrintable(got->error().message));
            QVERIFY(!got->error().message.contains(u"s3cret"_s) && !got->error().action.isEmpty());
        }
    }
    void aCommandEndsWithItsContext()
    {
        const QTemporaryDir dir;
        auto context = std::make_unique<QObject>();
        bool isCalled = false;
        fetchReference(*SecretReference::parse(u"command:sh -c \"echo $$ > %1/pid; exec sleep 600\""_s.arg(dir.path())), dir.path(), context.get(), [&isCalled](const Result<Secret> &) { isCalled = true; });
        QFile pid(dir.filePath(u"pid"_s));
        QTRY_VERIFY(pid.size() > 0);
        QVERIFY(pid.open(QIODevice::ReadOnly));
        const QString process = u"/proc/"_s + QString::fromLatin1(pid.readAll().trimmed());
        QVERIFY(QFile::exists(process));
        context.reset();
        QTRY_VERIFY(!QFile::exists(process));
        QVERIFY(!isCalled);
    }

    void resolvedFromElsewhere()
    {
        const QTemporaryDir dir;
        QFile script(dir.filePath(u"keys.sh"_s));
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write("#!/bin/sh\necho run >> \"$(dirname $0)/runs\"\necho '{\"AccessKeyId\": \"AKID\", \"SecretAccessKey\": \"wJal\", \"SessionToken\": \"FwoG\"}'\n");
        script.close();
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        MemoryStore memory;
        CredentialProfile profile = CredentialProfile::create(u"aws"_s, u"aws-sigv4"_s);
        profile.references.insert(u"secret-access-key"_s, *SecretReference::parse(u"command:%1#SecretAccessKey"_s.arg(script.fileName())));
        profile.references.insert(u"session-token"_s, *SecretReference::parse(u"command:%1#SessionToken"_s.arg(script.fileName())));
        const SecretStores stores{&memory, &memory, dir.path()};
        std::optional<Result<FieldValues>> values;
        resolveProfile(profile, stores, this, [&](const Result<FieldValues> &result) { values = result; });
        QTRY_VERIFY(values.has_value());
        QVERIFY2(*values, qPrintable(*values ? QString() : values->error().message));
        QCOMPARE((*values)->secret(u"secret-access-key"_s).revealBytes(), "wJal"_ba);
        QCOMPARE((*values)->secret(u"session-token"_s).revealBytes(), "FwoG"_ba);
        QFile runs(dir.filePath(u"runs"_s));
        QVERIFY(runs.open(QIODevice::ReadOnly));
        QCOMPARE(runs.readAll(), "run\n"_ba); // once for both

        profile.references.insert(u"session-token"_s, *SecretReference::parse(u"command:%1#Token"_s.arg(script.fileName())));
        values.reset();
        resolveProfile(profile, stores, this, [&](const Result<FieldValues> &result) { values = result; });
        QTRY_VERIFY(values.has_value());
        QVERIFY(!*values);
        for (const QString &part : {u"aws"_s, u"Session token"_s, u"keys.sh#Token"_s})
            QVERIFY2(values->error().message.contains(part, Qt::CaseInsensitive), qPrintable(values->error().message));

        // What is stored here by hand is no reference any more.
        std::optional<CredentialProfile> stored;
        storeProfileSecrets(profile, {{u"session-token"_s, Secret("typed")}}, stores, this, [&](const Result<CredentialProfile> &result) { stored = *result; });
        QTRY_VERIFY(stored.has_value());
        QVERIFY(stored->references.contains(u"secret-access-key"_s) && !stored->references.contains(u"session-token"_s));
        QCOMPARE(stored->secretFields, QStringList{u"session-token"_s});
        QCOMPARE(withoutReferences({{u"secret-access-key"_s, Secret("a")}, {u"session-token"_s, Secret("b")}}, *stored).keys(), QStringList{u"session-token"_s});
        const CredentialProfile again = *CredentialProfile::fromJson(stored->toJson());
        QCOMPARE(again.references, stored->references);
        QCOMPARE(again.secretFields, stored->secretFields);
    }

    // ---- What another program wrote into profiles.json is used only once somebody here agreed

    void approvals_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<bool>("approved");
        QTest::newRow("nothing") << QByteArray() << QByteArray() << true;
        QTest::newRow("another name") << "\"name\": \"api\""_ba << "\"name\": \"the api\""_ba << true;
        QTest::newRow("another origin") << "api.example.com"_ba << "api.examp1e.com"_ba << false;
        QTest::newRow("one more origin") << "\"https://api.example.com\""_ba << "\"https://api.example.com\", \"https://evil.example\""_ba << false;
        QTest::newRow("another command") << "pass show api"_ba << "sh -c id"_ba << false;
        QTest::newRow("another field") << "\"alice\""_ba << "\"mallory\""_ba << false;
        QTest::newRow("another scheme") << "\"basic\""_ba << "\"digest\""_ba << false;
    }
    void approvals()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(bool, approved);
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"profiles.json"_s);
        const QString approvalsPath = dir.filePath(u"config/approved.json"_s);
        CredentialProfile profile = CredentialProfile::create(u"api"_s, u"basic"_s);
        profile.fields.insert(u"username"_s, u"alice"_s);
        profile.origins = QStringList{u"https://api.example.com"_s};
        profile.references.insert(u"password"_s, *SecretReference::parse(u"command:pass show api"_s));
        {
            ProfileStore store(path);
            store.setApprovalsPath(approvalsPath);
            QVERIFY(store.put(profile) && store.save());
        }
        QCOMPARE(QFile::permissions(approvalsPath) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray before = file.readAll();
        QByteArray after = before;
        if (!from.isEmpty()) {
            QVERIFY(before.contains(from));
            after.replace(from, to);
        }
        file.resize(0);
        file.seek(0);
        file.write(after);
        file.close();

        ProfileStore store(path);
        store.setApprovalsPath(approvalsPath);
        QVERIFY(store.load());
        const CredentialProfile read = *store.findById(profile.id);
        QCOMPARE(read.approved, approved);
        MemoryStore memory;
        std::optional<Error> error;
        if (!approved) {
            resolveProfile(read, {&memory, &memory, dir.path()}, this, [&](const Result<FieldValues> &result) {
                if (!result)
                    error = result.error();
            });
            QTRY_VERIFY(error.has_value());
            QCOMPARE(error->code, ErrorCode::ProfileNotApproved);
            // Saving something else does not approve it; approving does.
            QVERIFY(store.put(CredentialProfile::create(u"other"_s, u"basic"_s)) && store.save());
            QVERIFY(store.load());
            QVERIFY(!store.findById(profile.id)->approved);
            QVERIFY(store.approve(profile.id) && store.save());
        }
        QVERIFY(store.load());
        QVERIFY(store.findById(profile.id)->approved);

        // The same file elsewhere, a clone for instance, was approved by nobody; by a link to it, it is the same.
        QVERIFY(QDir(dir.path()).mkpath(u"clone"_s) && QFile::copy(path, dir.filePath(u"clone/profiles.json"_s)));
        ProfileStore clone(dir.filePath(u"clone/profiles.json"_s));
        clone.setApprovalsPath(approvalsPath);
        QVERIFY(clone.load());
        QVERIFY(!clone.findById(profile.id)->approved);
        QVERIFY(QFile::link(dir.path(), dir.filePath(u"link"_s)));
        ProfileStore linked(dir.filePath(u"link/profiles.json"_s));
        linked.setApprovalsPath(approvalsPath);
        QVERIFY(linked.load());
        QVERIFY(linked.findById(profile.id)->approved);
    }
    void approvalsThatCantBeWritten()
    {
        const QTemporaryDir dir;
        QFile blocker(dir.filePath(u"file"_s));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        ProfileStore store(dir.filePath(u"profiles.json"_s));
        store.setApprovalsPath(dir.filePath(u"file/approved.json"_s));
        CredentialProfile profile = CredentialProfile::create(u"api"_s, u"bearer"_s);
        profile.references.insert(u"token"_s, *SecretReference::parse(u"env:API_TOKEN"_s));
        QVERIFY(store.put(profile));
        const Result<void> saved = store.save();
        QVERIFY(!saved);
        QVERIFY(saved.error().message.contains(u"approved"_s));
        QVERIFY(QFile::exists(store.path())); // the profiles themselves are
    }

    void whatGoesTogetherCanBeTakenOut()
    {
        const QTemporaryDir dir;
        ProfileStore store(dir.filePath(u"profiles.json"_s));
        store.setApprovalsPath({});
        CredentialProfile profile = CredentialProfile::create(u"api"_s, u"basic"_s);
        profile.together = QStringList{u"another"_s};
        QVERIFY(store.put(profile) && store.save() && store.load());
        profile = store.profiles().first();
        QCOMPARE(profile.together.size(), 1);
        profile.together.clear();
        QVERIFY(store.put(profile) && store.save() && store.load());
        QVERIFY(store.profiles().first().together.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_Profiles)
#include "tst_profiles.moc"
