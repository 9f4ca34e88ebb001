// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/ProfileStore.h"
#include "app/credentials/SecretResolver.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Profiles : public QObject
{
    Q_OBJECT
private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(tst_Profiles)
#include "tst_profiles.moc"
