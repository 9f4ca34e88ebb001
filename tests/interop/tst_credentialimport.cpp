// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/interop/CredentialImport.h"
#include "tests/http/Certificates.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QStandardPaths>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;
using Map = QMap<QString, QString>;

namespace {

// RFC 7519 section 3.1: iss joe, exp 1300819380.
const QByteArray rfcJwt = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

QString inWords(const ImportedProfile &profile)
{
    QStringList words{profile.profile.schemeId};
    for (const auto &[id, value] : profile.profile.fields.asKeyValueRange())
        words << id + u'=' + value;
    for (const auto &[id, value] : profile.secrets.asKeyValueRange())
        words << id + u'!' + value.revealText();
    words << u"to "_s + profile.profile.origins.join(u',');
    if (!profile.missing.isEmpty())
        words << u"lacks "_s + profile.missing.join(u',');
    return words.join(u' ');
}

} // namespace

class tst_CredentialImport : public QObject
{
    Q_OBJECT
private:
    realmscope::test::Certificates m_certificates;

private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because openssl is not installed");
        QCOMPARE(m_certificates.make(), QString());
    }

    void understood_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("profiles");
        const auto row = [](const char *name, const QByteArray &text, const QStringList &profiles) { QTest::newRow(name) << text << profiles; };
        const QString aladdin = u"basic username=Aladdin password!open sesame to "_s; // RFC 7617 section 2
        row("Authorization, Basic", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", {aladdin + u" lacks Sent to"_s});
        row("only its value", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n", {aladdin + u" lacks Sent to"_s});
        row("as curl's -H", "-H 'Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='", {aladdin + u" lacks Sent to"_s});
        row("among other headers", "GET / HTTP/1.1\r\nHost: a.example\r\nauthorization: bearer mF_9.B5f-4.1JqM\r\nAccept: */*\r\n", {u"bearer token!mF_9.B5f-4.1JqM to  lacks Sent to"_s});
        row("another word", "Authorization: Token 0123456789abcdef", {u"bearer prefix=Token token!0123456789abcdef to  lacks Sent to"_s});
        row("key header", "X-API-Key: abc123", {u"api-key location=header name=X-API-Key key!abc123 to  lacks Sent to"_s});
        row("JWT", rfcJwt, {u"bearer token!"_s + QString::fromLatin1(rfcJwt) + u" to  lacks Sent to"_s});
        row("known maker", "ghp_0123456789abcdefghij0123456789abcdef", {u"bearer token!ghp_0123456789abcdefghij0123456789abcdef to https://api.github.com"_s});
        row("curl -u", "curl -u alice:Quartz-58 https://api.example.com:8443/x", {u"basic username=alice password!Quartz-58 to https://api.example.com:8443"_s});
        row("curl with a header", "$ curl -H 'Authorization: Bearer mF_9.B5f-4.1JqM' \\\n  https://api.example.com/x", {u"bearer token!mF_9.B5f-4.1JqM to https://api.example.com"_s});
        row("curl with both kinds of proxy", "curl -x http://proxy.example:3128 -U bob:Amber-19 --digest -u alice:Quartz-58 http://a.example/",
            {u"digest username=alice password!Quartz-58 to http://a.example"_s, u"basic username=bob password!Amber-19 to http://proxy.example:3128"_s});
        row(".netrc", "machine api.example.com login alice password Quartz-58\nmachine b.example\n\tlogin bob\n\tpassword \"two words\"\ndefault login anonymous password x\n",
            {u"basic username=alice password!Quartz-58 to https://api.example.com"_s, u"basic username=bob password!two words to https://b.example"_s});
        // The names of AWS's own documentation of the file.
        row("AWS file", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nregion = eu-west-1\n\n[profile other]\naws_access_key_id=AKIAI44QH8DHBEXAMPLE\n"
            "aws_secret_access_key=je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\naws_session_token=AQoEXAMPLE==\n[role]\nrole_arn=arn:aws:iam::123456789012:role/x\n",
            {u"aws-sigv4 access-key-id=AKIAIOSFODNN7EXAMPLE region=eu-west-1 secret-access-key!wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY to https://*.amazonaws.com"_s,
             u"aws-sigv4 access-key-id=AKIAI44QH8DHBEXAMPLE secret-access-key!je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY session-token!AQoEXAMPLE== to https://*.amazonaws.com"_s});
        row("AWS variables", "export AWS_ACCESS_KEY_ID=\"ASIAIOSFODNN7EXAMPLE\"\nexport AWS_SECRET_ACCESS_KEY=\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"\nexport AWS_SESSION_TOKEN=\"IQoJ==\"\n",
            {u"aws-sigv4 access-key-id=ASIAIOSFODNN7EXAMPLE secret-access-key!wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY session-token!IQoJ== to https://*.amazonaws.com"_s});
        row("AWS process", R"j({"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalr", "SessionToken": "IQoJ=="})j",
            {u"aws-sigv4 access-key-id=ASIAIOSFODNN7EXAMPLE secret-access-key!wJalr session-token!IQoJ== to https://*.amazonaws.com"_s});
        // RFC 6749 section 5.1
        row("token endpoint", R"j({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"})j",
            {u"bearer token!2YotnFZFEjr1zCsicMWpAA to  lacks Sent to"_s});
        row("issuer", "https://login.example.com/realms/a/.well-known/openid-configuration",
            {u"oauth2 client-auth=none grant=authorization_code issuer=https://login.example.com/realms/a to  lacks Client ID,Sent to"_s});
        row("issuer, RFC 8414 section 3.1", "https://example.com/.well-known/oauth-authorization-server/issuer1",
            {u"oauth2 client-auth=none grant=authorization_code issuer=https://example.com/issuer1 to  lacks Client ID,Sent to"_s});
        row("metadata", R"j({"issuer":"https://server.example.com","authorization_endpoint":"https://server.example.com/authorize","token_endpoint":"https://server.example.com/token"})j",
            {u"oauth2 client-auth=none grant=authorization_code issuer=https://server.example.com to  lacks Client ID,Sent to"_s});
    }
    void understood()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, profiles);
        const Result<CredentialImport> imported = importCredentials(text);
        QVERIFY2(imported, imported ? "" : qPrintable(imported.error().message));
        QStringList got;
        for (const ImportedProfile &profile : imported->profiles) {
            got << inWords(profile);
            QVERIFY(!profile.profile.name.isEmpty());
            const AuthScheme *scheme = findScheme(profile.profile.schemeId);
            QVERIFY(scheme);
            // A form can be drawn from it: every field is the scheme's, secrets are secret ones.
            for (const QString &id : profile.profile.fields.keys() + profile.secrets.keys()) {
                const QList<SchemeField> fields = scheme->fields();
                const auto field = std::ranges::find(fields, id, &SchemeField::id);
                QVERIFY2(field != fields.end(), qPrintable(id));
                QCOMPARE(field->kind == FieldKind::Secret, profile.secrets.contains(id));
            }
            for (const QString &origin : profile.profile.origins)
                QVERIFY(validateOriginPattern(origin));
        }
        QCOMPARE(got, profiles);
        for (const QString &remark : imported->remarks) {
            for (const ImportedProfile &profile : imported->profiles) {
                for (const Secret &secret : profile.secrets)
                    QVERIFY(!remark.contains(secret.revealText()));
            }
        }
    }

    void files_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("missing");
        QTest::newRow("certificate with its key beside it") << u"client.pem"_s << u"client-certificate"_s << u"Sent to"_s;
        QTest::newRow("certificate alone") << u"lonely.pem"_s << u"client-certificate"_s << u"Private key,Sent to"_s;
        QTest::newRow("both in one file") << u"both.pem"_s << u"client-certificate"_s << u"Sent to"_s;
        QTest::newRow("PKCS#12") << u"client.p12"_s << u"client-certificate"_s << u"Passphrase of the key,Sent to"_s;
        QTest::newRow("private key") << u"server.key"_s << u"jwt"_s << u"Claims,Sent to"_s;
        QTest::newRow("encrypted private key") << u"client.enc.key"_s << u"jwt"_s << u"Passphrase of the key,Algorithm,Claims,Sent to"_s;
    }
    void files()
    {
        QFETCH(QString, file);
        QFETCH(QString, scheme);
        QFETCH(QString, missing);
        QFile::copy(m_certificates.path(u"client.pem"_s), m_certificates.path(u"lonely.pem"_s));
        QFile both(m_certificates.path(u"both.pem"_s));
        QVERIFY(both.open(QIODevice::WriteOnly));
        both.write(m_certificates.read(u"client.pem"_s) + m_certificates.read(u"client.key"_s));
        both.close();
        (void)m_certificates.openssl(u"pkcs12 -export -in client.pem -inkey client.key -passout pass:sesame -out client.p12"_s);
        const Result<CredentialImport> imported = importCredentialFile(m_certificates.path(file));
        QVERIFY2(imported, imported ? "" : qPrintable(imported.error().message));
        QCOMPARE(imported->profiles.size(), 1);
        const ImportedProfile &profile = imported->profiles.first();
        QCOMPARE(profile.profile.schemeId, scheme);
        QCOMPARE(profile.missing.join(u','), missing);
        if (scheme == "jwt"_L1) {
            QCOMPARE(profile.profile.fields.value(u"algorithm"_s), file == "server.key"_L1 ? u"ES256"_s : u"RS256"_s); // P-256
            QCOMPARE(profile.secrets.value(u"key"_s).revealBytes(), m_certificates.read(file).trimmed());
        } else {
            QCOMPARE(profile.profile.fields.value(u"certificate-file"_s), m_certificates.path(file));
            QCOMPARE(profile.profile.fields.value(u"key-file"_s), file == "client.pem"_L1 ? m_certificates.path(u"client.key"_s) : QString());
        }
    }

    void serviceAccount()
    {
        QJsonObject json{{u"type"_s, u"service_account"_s}, {u"client_email"_s, u"robot@project.iam.gserviceaccount.com"_s}, {u"private_key_id"_s, u"k1"_s},
                         {u"private_key"_s, QString::fromLatin1(m_certificates.read(u"server.key"_s))}, {u"token_uri"_s, u"https://oauth2.googleapis.com/token"_s}};
        const Result<CredentialImport> imported = importCredentials(QJsonDocument(json).toJson());
        QVERIFY(imported);
        const ImportedProfile &profile = imported->profiles.first();
        QCOMPARE(profile.profile.schemeId, u"oauth2"_s);
        QCOMPARE(profile.profile.fields.value(u"grant"_s), u"jwt_bearer"_s);
        QCOMPARE(profile.profile.fields.value(u"token-url"_s), u"https://oauth2.googleapis.com/token"_s);
        QCOMPARE(profile.secrets.value(u"key"_s).revealBytes(), m_certificates.read(u"server.key"_s));
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << ""_ba << u"there is nothing in it"_s;
        QTest::newRow("prose") << "Dear all, please find the key below"_ba << u"no credential in it that is understood"_s;
        QTest::newRow("one word") << "hunter2"_ba << u"no credential in it that is understood"_s;
        QTest::newRow("signed header") << "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"x\""_ba << u"good for one request only"_s;
        QTest::newRow("broken JSON") << R"({"access_token": "x")"_ba << u"the JSON can't be read"_s;
        QTest::newRow("other JSON") << R"({"a": 1})"_ba << u"no credential in it that is understood"_s;
        QTest::newRow("broken .netrc") << "machine a.example login alice password"_ba << u"line 1"_s;
        QTest::newRow("open quote") << "curl -u 'alice:x https://a.example/"_ba << u"quote"_s;
        QTest::newRow("curl without one") << "curl https://a.example/"_ba << u"has no credential"_s;
        QTest::newRow("AWS settings") << "[default]\naws_access_key_id=\nregion=eu-west-1\n"_ba << u"no access key of AWS"_s;
        QTest::newRow("pasted certificate") << "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"_ba << u"stays in its file"_s;
        QTest::newRow("broken key") << "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"_ba << u"private key"_s;
        QTest::newRow("file that is not there") << "@/nonexistent/x"_ba << u"can't be read"_s;
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const Result<CredentialImport> imported = text.startsWith('@') ? importCredentialFile(QString::fromLatin1(text.mid(1))) : importCredentials(text);
        QVERIFY(!imported);
        QVERIFY2(imported.error().message.contains(says), qPrintable(imported.error().message));
        QVERIFY(!imported.error().action.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_CredentialImport)
#include "tst_credentialimport.moc"
