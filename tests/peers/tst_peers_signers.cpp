// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/base/AsymmetricKey.h"
#include "app/runner/Runner.h"
#include "tests/runner/FakeTransport.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

// Requests that our schemes sign, verified by the reference libraries on npm: as it is, and changed on the way.
class tst_PeersSigners : public QObject
{
    Q_OBJECT
private:
    QProcess m_verifier;
    QProcess m_oauthlib;
    QString m_whyNot;
    QMap<QString, QByteArray> m_privatePem;
    QMap<QString, QByteArray> m_publicPem;
    QByteArray m_otherRsaPem;
    SystemClock m_clock;
    SystemRandom m_random;
    // For a library that takes text alone.
    class Letters final : public Random
    {
    public:
        QByteArray bytes(qsizetype count) override
        {
            QByteArray made = m_system.bytes(count);
            for (char &c : made)
                c = char('a' + uchar(c) % 26);
            return made;
        }

    private:
        SystemRandom m_system;
    };
    Letters m_letters;
    bool m_randomLetters = false;

    QByteArray verify(const QJsonObject &request) { return verify(m_verifier, request); }
    static QByteArray verify(QProcess &verifier, const QJsonObject &request)
    {
        verifier.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        while (!verifier.canReadLine()) {
            if (!verifier.waitForReadyRead(20'000))
                return "no answer: " + verifier.readAllStandardError();
        }
        return verifier.readLine().trimmed();
    }
    static QByteArray openssl(const QStringList &words, const QByteArray &input = {})
    {
        QProcess process;
        process.start(u"openssl"_s, words);
        process.write(input);
        process.closeWriteChannel();
        return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    }

    // A request as a scheme sends it first; `why` says why there is none.
    Request sign(const QString &scheme, const QMap<QString, QString> &texts, const QMap<QString, QString> &secrets, const QString &method, const QString &url,
                 const QByteArray &body, const Headers &own, QString *why)
    {
        AuthMemory memory;
        AuthContext context;
        context.clock = &m_clock;
        context.random = m_randomLetters ? static_cast<Random *>(&m_letters) : &m_random;
        context.memory = &memory;
        context.request.method = method.toLatin1();
        context.request.url = Url::parse(url).value();
        context.request.body = body;
        context.request.headers.append("Host"_ba, context.request.url.hostHeader(), HeaderSource::Default);
        for (const HeaderField &field : own)
            context.request.headers.append(field.name, field.value, field.source);
        const AuthScheme *found = findScheme(scheme);
        for (const SchemeField &field : found->fields()) {
            if (field.kind != FieldKind::Secret)
                context.values.setText(field.id, texts.value(field.id, field.defaultValue));
        }
        for (const auto &[id, text] : secrets.asKeyValueRange())
            context.values.setSecret(id, text.startsWith("pem:"_L1) ? Secret(m_privatePem[text.mid(4)]) : Secret::fromString(text));
        const Step step = found->start(std::move(context))->next(nullptr);
        if (std::holds_alternative<SendStep>(step))
            return std::get<SendStep>(step).request;
        *why = std::holds_alternative<FailedStep>(step) ? std::get<FailedStep>(step).error.message : u"nothing to send"_s;
        return {};
    }
    // For the verifier: what goes over the wire.
    static void putInto(QJsonObject &request, const Request &made)
    {
        QJsonArray headers;
        for (const HeaderField &field : made.headers)
            headers.append(QJsonArray{QString::fromUtf8(field.name), QString::fromUtf8(field.value)});
        request[u"headers"_s] = headers;
        request[u"method"_s] = QString::fromUtf8(made.method);
        request[u"target"_s] = QString::fromUtf8(made.effectiveTarget());
        request[u"url"_s] = QString::fromUtf8(made.url.scheme.toUtf8() + "://" + made.url.hostHeader() + made.effectiveTarget());
        request[u"body"_s] = QString::fromLatin1(made.body.toBase64());
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        const QString modules = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers/node_modules"_s;
        if (node.isEmpty() || !QFile::exists(modules) || QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
            m_whyNot = u"REALMSCOPE-TEST-SKIPPED, because node, its packages or openssl are not installed (packaging/test.sh does it)"_s;
            return;
        }
        // Beside the modules, so that import() finds them too.
        const QString script = QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/peers/verify.cjs"_s;
        QFile::remove(script);
        QVERIFY(QFile::copy(QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/verify.cjs"_s, script));
        QStringList command{script};
        QProcess version;
        version.start(node, {u"--version"_s});
        version.waitForFinished(10'000);
        if (version.readAllStandardOutput().startsWith("v18")) // where the global is not there by itself
            command.prepend(u"--experimental-global-webcrypto"_s);
        m_verifier.start(node, command);
        QVERIFY(m_verifier.waitForStarted());
        const QMap<QString, QStringList> kinds{{u"rsa"_s, {u"-algorithm"_s, u"RSA"_s, u"-pkeyopt"_s, u"rsa_keygen_bits:2048"_s}},
                                               {u"p256"_s, {u"-algorithm"_s, u"EC"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s}},
                                               {u"p384"_s, {u"-algorithm"_s, u"EC"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-384"_s}},
                                               {u"ed25519"_s, {u"-algorithm"_s, u"ED25519"_s}}};
        for (const auto &[name, words] : kinds.asKeyValueRange()) {
            m_privatePem[name] = openssl(QStringList{u"genpkey"_s} + words);
            m_publicPem[name] = openssl({u"pkey"_s, u"-pubout"_s}, m_privatePem[name]);
            QVERIFY(!m_publicPem[name].isEmpty());
        }
        m_otherRsaPem = openssl({u"pkey"_s, u"-pubout"_s}, openssl(QStringList{u"genpkey"_s} + kinds[u"rsa"_s]));
        QVERIFY(!m_otherRsaPem.isEmpty());

        QProcess python;
        python.start(u"/usr/bin/python3"_s, {u"-c"_s, u"import oauthlib.oauth1, jwt"_s});
        if (python.waitForFinished(30'000) && python.exitCode() == 0) {
            m_oauthlib.start(u"/usr/bin/python3"_s, {QString::fromUtf8(REALMSCOPE_SOURCE_DIR) + u"/tests/peers/oauth1_verify.py"_s});
            QVERIFY(m_oauthlib.waitForStarted());
        }
    }
    void cleanupTestCase()
    {
        for (QProcess *verifier : {&m_verifier, &m_oauthlib}) {
            verifier->closeWriteChannel();
            if (verifier->state() != QProcess::NotRunning && !verifier->waitForFinished(5000))
                verifier->kill();
        }
    }

    void init() { m_randomLetters = false; }

    void signedAndChanged_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QMap<QString, QString>>("secrets"); // "pem:rsa" is that key
        QTest::addColumn<QJsonObject>("keys");               // what the library needs
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        using Map = QMap<QString, QString>;
        const auto row = [](const char *name, const QString &scheme, const Map &texts, const Map &secrets, const QJsonObject &keys,
                            const QString &method = u"GET"_s, const QString &url = u"http://127.0.0.1:8080/path/to?b=2&a=1"_s, const QByteArray &body = {},
                            const QByteArray &type = {}) {
            QTest::newRow(name) << scheme << texts << secrets << keys << method << url << body << type;
        };
        const QByteArray form = "application/x-www-form-urlencoded"_ba;
        const Map aws{{u"access-key-id"_s, u"AKID"_s}, {u"region"_s, u"eu-west-1"_s}, {u"service"_s, u"execute-api"_s}};
        const Map awsSecret{{u"secret-access-key"_s, u"top/secret+key"_s}};
        const QJsonObject awsKeys{{u"id"_s, u"AKID"_s}, {u"secret"_s, u"top/secret+key"_s}, {u"region"_s, u"eu-west-1"_s}, {u"service"_s, u"execute-api"_s}};
        row("sigv4 get", u"aws-sigv4"_s, aws, awsSecret, awsKeys);
        row("sigv4 encoded path", u"aws-sigv4"_s, aws, awsSecret, awsKeys, u"GET"_s, u"http://127.0.0.1:8080/a%20b/c+d?x=%20y"_s);
        row("sigv4 plus in the query", u"aws-sigv4"_s, aws, awsSecret, awsKeys, u"GET"_s, u"http://127.0.0.1:8080/a?x=a+b&y=%2B"_s);
        row("sigv4 post", u"aws-sigv4"_s, aws, awsSecret, awsKeys, u"POST"_s, u"http://127.0.0.1:8080/"_s, "{\"a\": 1}"_ba, "application/json"_ba);
        Map s3 = aws;
        s3[u"service"_s] = u"s3"_s;
        QJsonObject s3Keys = awsKeys;
        s3Keys[u"service"_s] = u"s3"_s;
        // Temporary credentials: the library puts the token in by itself.
        Map session = awsSecret;
        session[u"session-token"_s] = u"FwoGZXIvYXdz//token+with/every=="_s;
        const auto withToken = [&](QJsonObject keys) {
            keys[u"sessionToken"_s] = session.value(u"session-token"_s);
            return keys;
        };
        row("sigv4 session token", u"aws-sigv4"_s, aws, session, withToken(awsKeys), u"POST"_s, u"http://127.0.0.1:8080/a?x=1"_s, "{\"a\": 1}"_ba, "application/json"_ba);
        row("sigv4 s3 session token", u"aws-sigv4"_s, s3, session, withToken(s3Keys), u"GET"_s, u"http://127.0.0.1:8080/bucket/key"_s);
        Map chunked = s3;
        chunked[u"payload"_s] = u"streaming"_s;
        QJsonObject chunkedKeys = s3Keys;
        chunkedKeys[u"chunked"_s] = true;
        const auto chunkedRow = [&](const char *name, qsizetype size) {
            QByteArray bytes;
            while (bytes.size() < size)
                bytes += "line " + QByteArray::number(bytes.size()) + '\n';
            row(name, u"aws-sigv4"_s, chunked, awsSecret, chunkedKeys, u"PUT"_s, u"http://127.0.0.1:8080/bucket/big.txt"_s, bytes.first(size), "text/plain"_ba);
        };
        chunkedRow("sigv4 chunks", 150'000);
        chunkedRow("sigv4 chunks, the last one full", 2 * 65536);
        chunkedRow("sigv4 chunks, one byte", 1);
        chunkedRow("sigv4 chunks, no body", 0);
        row("sigv4 chunks, session token", u"aws-sigv4"_s, chunked, session, withToken(chunkedKeys), u"PUT"_s, u"http://127.0.0.1:8080/bucket/a"_s, "abc"_ba, "text/plain"_ba);
        row("sigv4 s3", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/a%20b//c"_s);
        row("sigv4 s3, characters that a URL need not encode", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/it's(1)!*@:$,;=&.txt"_s);
        s3[u"location"_s] = u"query"_s;
        s3Keys[u"presigned"_s] = true;
        row("sigv4 s3 presigned", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/key?versionId=1"_s);
        row("sigv4 s3 presigned, session token", u"aws-sigv4"_s, s3, session, withToken(s3Keys), u"GET"_s, u"http://127.0.0.1:8080/bucket/key?versionId=1"_s);

        const Map hawk{{u"id"_s, u"h1"_s}, {u"ext"_s, u"some data"_s}};
        const QJsonObject hawkKeys{{u"id"_s, u"h1"_s}, {u"secret"_s, u"werxhqb98"_s}};
        row("hawk", u"hawk"_s, hawk, {{u"key"_s, u"werxhqb98"_s}}, hawkKeys);
        Map hawkPayload = hawk;
        hawkPayload[u"payload"_s] = u"true"_s;
        QJsonObject hawkPayloadKeys = hawkKeys;
        hawkPayloadKeys[u"payload"_s] = true;
        row("hawk payload", u"hawk"_s, hawkPayload, {{u"key"_s, u"werxhqb98"_s}}, hawkPayloadKeys, u"POST"_s, u"http://127.0.0.1:8080/p"_s, "hello"_ba, "text/plain; charset=utf-8"_ba);
        Map bewit = hawk;
        bewit[u"location"_s] = u"query"_s;
        QJsonObject bewitKeys = hawkKeys;
        bewitKeys[u"bewit"_s] = true;
        row("hawk bewit", u"hawk"_s, bewit, {{u"key"_s, u"werxhqb98"_s}}, bewitKeys);

        const Map oauth{{u"consumer-key"_s, u"ck"_s}, {u"token"_s, u"tk"_s}};
        const Map oauthSecrets{{u"consumer-secret"_s, u"c s&"_s}, {u"token-secret"_s, u"t+s"_s}};
        for (const QString &method : {u"HMAC-SHA1"_s, u"HMAC-SHA256"_s, u"HMAC-SHA512"_s}) {
            for (const QString &place : {u"header"_s, u"query"_s, u"body"_s}) {
                Map texts = oauth;
                texts[u"signature-method"_s] = method;
                texts[u"location"_s] = place;
                const QJsonObject keys{{u"id"_s, u"ck"_s}, {u"secret"_s, u"c s&"_s}, {u"tokenSecret"_s, u"t+s"_s}, {u"place"_s, place}};
                row(qPrintable(u"oauth1 %1 in the %2"_s.arg(method, place)), u"oauth1"_s, texts, oauthSecrets, keys, u"POST"_s,
                    u"http://127.0.0.1:8080/photos?size=a%20b"_s, "f=x+y&g=%C3%A9"_ba, form);
            }
        }

        for (const QString &method : {u"RSA-SHA1"_s, u"RSA-SHA256"_s, u"RSA-SHA512"_s}) {
            Map texts = oauth;
            texts[u"signature-method"_s] = method;
            row(qPrintable(u"oauth1 %1"_s.arg(method)), u"oauth1"_s, texts, {{u"private-key"_s, u"pem:rsa"_s}, {u"token-secret"_s, u"t+s"_s}},
                {{u"id"_s, u"ck"_s}, {u"secret"_s, QString()}, {u"pem"_s, u"pem:rsa"_s}, {u"place"_s, u"header"_s}}, u"POST"_s, u"http://127.0.0.1:8080/photos?size=a%20b"_s, "f=x+y"_ba, form);
        }

        const auto jwt = [&](const char *name, const QString &algorithm, const QString &key) {
            const bool isSecret = key.startsWith("secret"_L1);
            QJsonObject keys{{u"algorithm"_s, algorithm}, {u"audience"_s, u"api"_s}};
            keys[isSecret ? u"secret"_s : u"pem"_s] = key;
            row(name, u"jwt"_s, {{u"algorithm"_s, algorithm}, {u"claims"_s, u"{\"aud\": \"api\", \"name\": \"é\"}"_s}}, {{u"key"_s, key}}, keys);
        };
        jwt("jwt HS256", u"HS256"_s, u"secret-that-is-long-enough-for-hs256"_s);
        jwt("jwt RS256", u"RS256"_s, u"pem:rsa"_s);
        jwt("jwt PS256", u"PS256"_s, u"pem:rsa"_s);
        jwt("jwt ES256", u"ES256"_s, u"pem:p256"_s);
        jwt("jwt EdDSA", u"EdDSA"_s, u"pem:ed25519"_s);

        const auto message = [&](const char *name, const QString &algorithm, const QString &key) {
            QJsonObject keys{{u"algorithm"_s, algorithm}, {u"id"_s, u"k1"_s}};
            keys[key.startsWith("pem:"_L1) ? u"pem"_s : u"secret"_s] = key;
            row(name, u"http-signature"_s, {{u"algorithm"_s, algorithm}, {u"key-id"_s, u"k1"_s}, {u"components"_s, u"@method @target-uri @authority @path @query content-type content-digest"_s}},
                {{u"key"_s, key}}, keys, u"POST"_s, u"http://127.0.0.1:8080/path/to?b=2"_s, "{\"a\": 1}"_ba, "application/json"_ba);
        };
        message("http-signature hmac", u"hmac-sha256"_s, u"shared"_s);
        message("http-signature rsa-pss", u"rsa-pss-sha512"_s, u"pem:rsa"_s);
        message("http-signature rsa v1.5", u"rsa-v1_5-sha256"_s, u"pem:rsa"_s);
        message("http-signature p256", u"ecdsa-p256-sha256"_s, u"pem:p256"_s);
        message("http-signature p384", u"ecdsa-p384-sha384"_s, u"pem:p384"_s);
        message("http-signature ed25519", u"ed25519"_s, u"pem:ed25519"_s);

        row("http-signature, every parameter", u"http-signature"_s,
            {{u"algorithm"_s, u"ed25519"_s}, {u"key-id"_s, u"k1"_s}, {u"components"_s, u"@method content-digest"_s}, {u"digest"_s, u"sha-512"_s}, {u"expires"_s, u"60"_s}, {u"nonce"_s, u"true"_s},
             {u"tag"_s, u"a \"tag\" \\ of ours"_s}, {u"label"_s, u"proxy_sig.1*-x"_s}},
            {{u"key"_s, u"pem:ed25519"_s}}, {{u"algorithm"_s, u"ed25519"_s}, {u"id"_s, u"k1"_s}, {u"pem"_s, u"pem:ed25519"_s}, {u"label"_s, u"proxy_sig.1*-x"_s}},
            u"POST"_s, u"http://127.0.0.1:8080/"_s, "{\"a\": 1}"_ba, "application/json"_ba);
        row("http-signature, no parameter", u"http-signature"_s,
            {{u"algorithm"_s, u"ed25519"_s}, {u"components"_s, u"@method"_s}, {u"created"_s, u"false"_s}, {u"send-algorithm"_s, u"false"_s}},
            {{u"key"_s, u"pem:ed25519"_s}}, {{u"algorithm"_s, u"ed25519"_s}, {u"pem"_s, u"pem:ed25519"_s}});

        const auto cavage = [&](const char *name, const QString &algorithm, const QString &key) {
            QJsonObject keys;
            keys[key.startsWith("pem:"_L1) ? u"pem"_s : u"secret"_s] = key;
            row(name, u"cavage"_s, {{u"algorithm"_s, algorithm}, {u"key-id"_s, u"k1"_s}, {u"headers"_s, u"(request-target) host date"_s}}, {{u"key"_s, key}}, keys);
        };
        cavage("cavage hmac", u"hmac-sha256"_s, u"shared"_s);
        cavage("cavage rsa", u"rsa-sha256"_s, u"pem:rsa"_s);

        cavage("cavage rsa-sha512", u"rsa-sha512"_s, u"pem:rsa"_s);
        cavage("cavage hmac-sha512", u"hmac-sha512"_s, u"shared"_s);
        cavage("cavage ecdsa-sha256", u"ecdsa-sha256"_s, u"pem:p256"_s);

        // What http-signature does not know.
        const auto cavage12 = [&](const char *name, const QString &algorithm, const QString &key, bool isNamed) {
            QJsonObject keys{{u"kind"_s, u"cavage12"_s}, {u"id"_s, u"k1"_s}, {u"algorithm"_s, algorithm}, {u"says"_s, isNamed ? algorithm : u"hs2019"_s}};
            keys[key.startsWith("pem:"_L1) ? u"pem"_s : u"secret"_s] = key;
            const QString headers = isNamed ? u"(request-target) host date"_s : u"(request-target) (created) (expires) host"_s;
            row(name, u"cavage"_s, {{u"algorithm"_s, algorithm}, {u"key-id"_s, u"k1"_s}, {u"headers"_s, headers}, {u"hs2019"_s, isNamed ? u"false"_s : u"true"_s}}, {{u"key"_s, key}}, keys);
        };
        cavage12("cavage rsa-pss-sha512", u"rsa-pss-sha512"_s, u"pem:rsa"_s, true);
        cavage12("cavage ed25519", u"ed25519"_s, u"pem:ed25519"_s, true);
        cavage12("cavage hs2019, rsa", u"rsa-pss-sha512"_s, u"pem:rsa"_s, false);
        cavage12("cavage hs2019, ed25519", u"ed25519"_s, u"pem:ed25519"_s, false);
        cavage12("cavage hs2019, hmac", u"hmac-sha256"_s, u"shared"_s, false);

        row("edgegrid get", u"edgegrid"_s, {{u"client-token"_s, u"akab-c"_s}, {u"access-token"_s, u"akab-a"_s}}, {{u"client-secret"_s, u"SOMESECRET"_s}},
            {{u"secret"_s, u"SOMESECRET"_s}});
        row("edgegrid post", u"edgegrid"_s, {{u"client-token"_s, u"akab-c"_s}, {u"access-token"_s, u"akab-a"_s}}, {{u"client-secret"_s, u"SOMESECRET"_s}},
            {{u"secret"_s, u"SOMESECRET"_s}}, u"POST"_s, u"http://127.0.0.1:8080/p"_s, "x=1"_ba, form);

        row("edgegrid, headers signed", u"edgegrid"_s, {{u"client-token"_s, u"akab-c"_s}, {u"access-token"_s, u"akab-a"_s}, {u"signed-headers"_s, u"X-Test2, X-Test1, X-Absent"_s}},
            {{u"client-secret"_s, u"SOMESECRET"_s}},
            {{u"secret"_s, u"SOMESECRET"_s}, {u"signed"_s, QJsonArray{u"X-Test2"_s, u"X-Test1"_s}}, {u"change"_s, u"X-Test1"_s},
             {u"headers"_s, QJsonArray{QJsonArray{u"X-Test1"_s, u"\"  some \t text  \" with   spaces"_s}, QJsonArray{u"x-test2"_s, u"1"_s}, QJsonArray{u"X-Test3"_s, u"not signed"_s}}}},
            u"POST"_s, u"http://127.0.0.1:8080/p?q=1"_s, "{}"_ba, "application/json"_ba);

        const auto asap = [&](const char *name, const QString &algorithm, const QString &key, const QString &audience) {
            row(name, u"asap"_s, {{u"issuer"_s, u"billing"_s}, {u"key-id"_s, u"billing/key-1.pem"_s}, {u"audience"_s, audience}, {u"algorithm"_s, algorithm}},
                {{u"private-key"_s, key}}, {{u"id"_s, u"billing/key-1.pem"_s}, {u"audience"_s, u"ledger"_s}, {u"pem"_s, key}});
        };
        asap("asap RS256", u"RS256"_s, u"pem:rsa"_s, u"ledger"_s);
        asap("asap RS512, two audiences", u"RS512"_s, u"pem:rsa"_s, u"other, ledger"_s);
        asap("asap ES256", u"ES256"_s, u"pem:p256"_s, u"ledger"_s);

        row("vapid", u"vapid"_s, {{u"subject"_s, u"mailto:push@example.com"_s}}, {{u"private-key"_s, u"pem:p256"_s}},
            {{u"id"_s, u"mailto:push@example.com"_s}, {u"pem"_s, u"pem:p256"_s}}, u"POST"_s, u"http://127.0.0.1:8080/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"_s);

        row("wsse, nonce as written", u"wsse"_s, {{u"username"_s, u"alice"_s}, {u"nonce-form"_s, u"written"_s}}, {{u"password"_s, u"Opal-73-riv\u00e9r"_s}},
            {{u"id"_s, u"alice"_s}, {u"secret"_s, u"Opal-73-riv\u00e9r"_s}});
        row("wsse, nonce decoded", u"wsse"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Opal-73-riv\u00e9r"_s}},
            {{u"id"_s, u"alice"_s}, {u"secret"_s, u"Opal-73-riv\u00e9r"_s}, {u"decoded"_s, true}});
        row("wsse, nonce of any bytes decoded", u"wsse"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Opal-73-river"_s}},
            {{u"id"_s, u"alice"_s}, {u"secret"_s, u"Opal-73-river"_s}, {u"bytes"_s, true}});
    }
    void signedAndChanged()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        using Map = QMap<QString, QString>;
        QFETCH(QString, scheme);
        QFETCH(Map, texts);
        QFETCH(Map, secrets);
        QFETCH(QJsonObject, keys);
        QFETCH(QString, method);
        QFETCH(QString, url);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);

        Headers own;
        if (!type.isEmpty())
            own.append("Content-Type"_ba, type, HeaderSource::User);
        for (const QJsonValue &more : keys.value("headers"_L1).toArray())
            own.append(more[0].toString().toUtf8(), more[1].toString().toUtf8(), HeaderSource::User);
        m_randomLetters = keys.contains("decoded"_L1);
        QString why;
        const Request made = sign(scheme, texts, secrets, method, url, body, own, &why);
        QVERIFY2(why.isEmpty(), qPrintable(why));

        QJsonObject request = keys;
        if (scheme == "vapid"_L1)
            request[u"privatePem"_s] = QString::fromLatin1(m_privatePem[request.value("pem"_L1).toString().mid(4)]);
        if (request.value("pem"_L1).toString().startsWith("pem:"_L1))
            request[u"pem"_s] = QString::fromLatin1(m_publicPem[request.value("pem"_L1).toString().mid(4)]);
        if (!request.contains("kind"_L1))
            request[u"kind"_s] = scheme == "aws-sigv4"_L1 ? u"sigv4"_s : scheme;
        putInto(request, made);
        QCOMPARE(verify(request), "ok");

        // Another method, or for what does not sign the method a byte of its value: refused.
        QJsonObject changed = request;
        static const QMap<QString, QByteArray> places{{u"jwt"_s, "Authorization"}, {u"asap"_s, "Authorization"}, {u"vapid"_s, "Authorization"}, {u"wsse"_s, "X-WSSE"}};
        if (const QByteArray place = places.value(scheme); !place.isEmpty()) {
            QJsonArray other;
            for (const HeaderField &field : made.headers) {
                QByteArray value = field.value;
                if (field.is(place)) {
                    const qsizetype at = scheme == "wsse"_L1 ? value.indexOf("Digest=\"") + 10 : (scheme == "vapid"_L1 ? value.indexOf(',') : value.size()) - 5;
                    value[at] = value.at(at) == 'A' ? 'B' : 'A';
                }
                other.append(QJsonArray{QString::fromUtf8(field.name), QString::fromUtf8(value)});
            }
            changed[u"headers"_s] = other;
        } else if (keys.contains("bewit"_L1)) {
            changed[u"target"_s] = request.value("target"_L1).toString().replace(u"a=1"_s, u"a=2"_s);
        } else {
            changed[u"method"_s] = method == "GET"_L1 ? u"DELETE"_s : u"PATCH"_s;
        }
        QVERIFY2(verify(changed).startsWith("refused"), "a changed request was taken for good");

        // And with another key; or what else is covered changed.
        const auto refuses = [&](const QString &name, const QJsonValue &value) {
            QJsonObject other = request;
            other[name] = value;
            return other != request && verify(other).startsWith("refused");
        };
        for (const QString &name : {u"secret"_s, u"sessionToken"_s}) {
            if (!request.value(name).toString().isEmpty())
                QVERIFY2(refuses(name, request.value(name).toString() + u'x'), qPrintable(name));
        }
        if (const QByteArray name = keys.value("change"_L1).toString().toUtf8(); !name.isEmpty()) {
            QJsonArray other;
            for (const HeaderField &field : made.headers)
                other.append(QJsonArray{QString::fromUtf8(field.name), QString::fromUtf8(field.is(name) ? field.value + 'x' : field.value)});
            QVERIFY(refuses(u"headers"_s, other));
        }
        if (keys.contains("chunked"_L1) && !body.isEmpty()) {
            QByteArray other = made.body;
            const qsizetype at = other.lastIndexOf("\r\n0;chunk-signature") - 1; // the last byte of what was sent
            other[at] = other.at(at) == 'A' ? 'B' : 'A';
            QVERIFY(refuses(u"body"_s, QString::fromLatin1(other.toBase64())));
        }
    }

    // RFC 9421, one component at a time: what it covers can't be changed, and what it does not cover can.
    void messageComponent_data()
    {
        QTest::addColumn<QString>("component");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QList<QByteArray>>("lines");    // of the header Example, which is not sent without
        QTest::addColumn<QStringList>("covered");        // "old -> new", in the URL, the method or the header's lines
        QTest::addColumn<QStringList>("notCovered");
        const QString url = u"http://127.0.0.1:8080/path/to?b=2&a=x%20y"_s;
        using Lines = QList<QByteArray>;
        QTest::newRow("@method") << u"@method"_s << url << Lines{} << QStringList{u"GET -> PUT"_s} << QStringList{u"/to -> /from"_s};
        QTest::newRow("@scheme") << u"@scheme"_s << url << Lines{} << QStringList{u"http: -> https:"_s} << QStringList{u"/to -> /from"_s, u"GET -> PUT"_s};
        QTest::newRow("@authority") << u"@authority"_s << url << Lines{} << QStringList{u":8080 -> :8081"_s} << QStringList{u"http: -> https:"_s, u"/to -> /from"_s};
        QTest::newRow("@request-target") << u"@request-target"_s << url << Lines{} << QStringList{u"/to -> /from"_s, u"b=2 -> b=3"_s} << QStringList{u":8080 -> :8081"_s, u"GET -> PUT"_s};
        QTest::newRow("@target-uri") << u"@target-uri"_s << url << Lines{} << QStringList{u"/to -> /from"_s, u"b=2 -> b=3"_s, u":8080 -> :8081"_s, u"http: -> https:"_s} << QStringList{u"GET -> PUT"_s};
        QTest::newRow("@path") << u"@path"_s << url << Lines{} << QStringList{u"/to -> /from"_s} << QStringList{u"b=2 -> b=3"_s, u":8080 -> :8081"_s};
        QTest::newRow("@path, none") << u"@path"_s << u"http://127.0.0.1:8080?b=2"_s << Lines{} << QStringList{u"?b -> /a?b"_s} << QStringList{u"b=2 -> b=3"_s};
        QTest::newRow("@query") << u"@query"_s << url << Lines{} << QStringList{u"b=2 -> b=3"_s, u"x%20y -> x+y"_s} << QStringList{u"/to -> /from"_s};
        QTest::newRow("@query, none") << u"@query"_s << u"http://127.0.0.1:8080/path"_s << Lines{} << QStringList{u"/path -> /path?a"_s} << QStringList{u"/path -> /to"_s};
        QTest::newRow("@query-param") << u"@query-param;name=\"a\""_s << url << Lines{} << QStringList{u"a=x%20y -> a=x%20z"_s} << QStringList{u"b=2 -> b=3"_s, u"/to -> /from"_s, u"x%20y -> x+y"_s};
        // The query of RFC 9421 section 2.2.8, where each value is written in another way.
        const QString encoded = u"http://127.0.0.1:8080/parameters?var=this%20is%20a%20big%0Avalue&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something"_s;
        QTest::newRow("@query-param, line end") << u"@query-param;name=\"var\""_s << encoded << Lines{} << QStringList{u"big%0A -> big%0D"_s} << QStringList{u"with+plus -> without"_s};
        QTest::newRow("@query-param, plus") << u"@query-param;name=\"bar\""_s << encoded << Lines{} << QStringList{u"with+plus -> with%2Bplus"_s} << QStringList{u"big%0A -> big%0D"_s, u"with+plus -> with%20plus"_s};
        QTest::newRow("@query-param, encoded name") << u"@query-param;name=\"fa%C3%A7ade%22%3A%20\""_s << encoded << Lines{} << QStringList{u"something -> anything"_s} << QStringList{u"big%0A -> big%0D"_s};
        QTest::newRow("@query-param, empty") << u"@query-param;name=\"e\""_s << u"http://127.0.0.1:8080/?e&f=1"_s << Lines{} << QStringList{u"?e -> ?e=1"_s} << QStringList{u"f=1 -> f=2"_s};

        const Lines dictionary{"a=1,    b=2;x=1;y=2,   c=(a   b   c), d"_ba};
        QTest::newRow("a header") << u"example"_s << url << dictionary << QStringList{u"a=1 -> a=2"_s, u",    b -> , b"_s} << QStringList{u"/to -> /from"_s};
        QTest::newRow("sf") << u"example;sf"_s << url << dictionary << QStringList{u"a=1 -> a=2"_s, u"b   c -> c   b"_s} << QStringList{u",    b -> , b"_s, u"a   b -> a b"_s};
        QTest::newRow("sf, two lines") << u"example;sf"_s << url << Lines{"a=?1,  b=:AQI=:"_ba, "c=1.50"_ba} << QStringList{u"c=1.50 -> c=1.51"_s, u"a=?1 -> a=?0"_s} << QStringList{u"a=?1 -> a"_s, u"c=1.50 -> c=1.5"_s};
        QTest::newRow("sf, a list") << u"example;sf"_s << url << Lines{"\"one, two\",   tok;q=0.50"_ba} << QStringList{u"one -> on"_s} << QStringList{u"0.50 -> 0.5"_s};
        QTest::newRow("key") << u"example;key=\"b\""_s << url << dictionary << QStringList{u"b=2 -> b=3"_s, u"y=2 -> y=3"_s} << QStringList{u"a=1 -> a=2"_s, u"c= -> e="_s};
        QTest::newRow("key of a list") << u"example;key=\"c\""_s << url << dictionary << QStringList{u"b   c -> c   b"_s} << QStringList{u"a=1 -> a=2"_s, u"b   c -> b c"_s};
        QTest::newRow("key that says yes") << u"example;key=\"d\""_s << url << dictionary << QStringList{u", d -> , d=?0"_s} << QStringList{u", d -> , d=?1"_s};
        QTest::newRow("bs") << u"example;bs"_s << url << Lines{"value, with, lots"_ba, "of, commas \xC3\xA9"_ba} << QStringList{u"lots -> few"_s, u"of, -> of"_s} << QStringList{u"/to -> /from"_s};
    }
    void messageComponent()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        QFETCH(QString, component);
        QFETCH(QString, url);
        QFETCH(QList<QByteArray>, lines);
        QFETCH(QStringList, covered);
        QFETCH(QStringList, notCovered);
        Headers own;
        for (const QByteArray &line : lines)
            own.append("Example"_ba, line, HeaderSource::User);
        QString why;
        const Request made = sign(u"http-signature"_s, {{u"algorithm"_s, u"ed25519"_s}, {u"key-id"_s, u"k1"_s}, {u"components"_s, component}}, {{u"key"_s, u"pem:ed25519"_s}},
                                  u"GET"_s, url, {}, own, &why);
        QVERIFY2(why.isEmpty(), qPrintable(why));
        QJsonObject request{{u"kind"_s, u"http-signature"_s}, {u"algorithm"_s, u"ed25519"_s}, {u"id"_s, u"k1"_s}, {u"pem"_s, QString::fromLatin1(m_publicPem[u"ed25519"_s])}};
        putInto(request, made);
        QCOMPARE(verify(request), "ok");
        const auto change = [&](const QString &words) {
            const qsizetype at = words.indexOf(u" -> "_s);
            const QString before = words.left(at), after = words.mid(at + 4);
            QJsonObject other = request;
            for (const QString &member : {u"method"_s, u"url"_s})
                other[member] = request.value(member).toString().replace(before, after);
            QJsonArray headers;
            for (const HeaderField &field : made.headers) {
                const QString value = QString::fromUtf8(field.value);
                headers.append(QJsonArray{QString::fromUtf8(field.name), field.is("Example") ? QString(value).replace(before, after) : value});
            }
            other[u"headers"_s] = headers;
            return other == request ? "nothing was changed: "_ba + words.toUtf8() : verify(other);
        };
        for (const QString &words : covered)
            QVERIFY2(change(words) == "refused: the signature is not right", qPrintable(words + u": "_s + QString::fromUtf8(change(words))));
        for (const QString &words : notCovered)
            QVERIFY2(change(words) == "ok", qPrintable(words + u": "_s + QString::fromUtf8(change(words))));
    }

    // OAuth 1.0a as the server of a protected resource sees it (oauthlib): what it says it saw is what was meant.
    void oauth1Resource_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QString>("seen"); // [[name, value]…], sorted
        using Map = QMap<QString, QString>;
        const QByteArray form = "application/x-www-form-urlencoded"_ba;
        const QString url = u"http://127.0.0.1:8080/photos?size=a%20b"_s;
        for (const QString &method : {u"HMAC-SHA1"_s, u"HMAC-SHA256"_s, u"HMAC-SHA512"_s, u"RSA-SHA1"_s, u"RSA-SHA256"_s, u"RSA-SHA512"_s, u"PLAINTEXT"_s}) {
            for (const QString &place : {u"header"_s, u"query"_s, u"body"_s})
                QTest::newRow(qPrintable(method + u" in the "_s + place)) << Map{{u"signature-method"_s, method}, {u"location"_s, place}} << url << "f=x+y&g=%C3%A9"_ba << form
                                                                           << u"[[\"f\",\"x y\"],[\"g\",\"é\"],[\"size\",\"a b\"]]"_s;
        }
        QTest::newRow("a realm") << Map{{u"realm"_s, u"http://photos.example.net/"_s}} << url << "f=x"_ba << form << u"[[\"f\",\"x\"],[\"size\",\"a b\"]]"_s;
        QTest::newRow("no version") << Map{{u"version"_s, u"false"_s}} << url << "f=x"_ba << form << u"[[\"f\",\"x\"],[\"size\",\"a b\"]]"_s;
        // RFC 5849 section 3.4.1.3.1.
        QTest::newRow("the same name more than once") << Map{} << u"http://127.0.0.1:8080/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"_s << "c2&a3=2+q"_ba << form
                                                      << u"[[\"a2\",\"r b\"],[\"a3\",\"2 q\"],[\"a3\",\"a\"],[\"b5\",\"=%3D\"],[\"c2\",\"\"],[\"c@\",\"\"]]"_s;
        QTest::newRow("the same name, in another order") << Map{} << u"http://127.0.0.1:8080/request?a=z&a=b&a=z&A=1"_s << "a=c&a=%20"_ba << form
                                                         << u"[[\"A\",\"1\"],[\"a\",\" \"],[\"a\",\"b\"],[\"a\",\"c\"],[\"a\",\"z\"],[\"a\",\"z\"]]"_s;
        QTest::newRow("body hash") << Map{{u"body-hash"_s, u"true"_s}} << url << "{\"a\": \"é\"}"_ba << "application/json"_ba << u"[[\"size\",\"a b\"]]"_s;
        QTest::newRow("body hash, none for a form") << Map{{u"body-hash"_s, u"true"_s}} << url << "f=x"_ba << form << u"[[\"f\",\"x\"],[\"size\",\"a b\"]]"_s;
        QTest::newRow("body not covered") << Map{} << url << "{\"a\": 1}"_ba << "application/json"_ba << u"[[\"size\",\"a b\"]]"_s;
    }
    void oauth1Resource()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        if (m_oauthlib.state() == QProcess::NotRunning)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because python3-oauthlib is not installed (packaging/test.sh does it)");
        using Map = QMap<QString, QString>;
        QFETCH(Map, texts);
        QFETCH(QString, url);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);
        QFETCH(QString, seen);
        const QString method = texts.value(u"signature-method"_s);
        texts.insert({{u"consumer-key"_s, u"ck"_s}, {u"token"_s, u"t k"_s}});
        // oauthlib decodes what stands in a query or form twice, which only the secrets of PLAINTEXT show.
        const bool isPlain = method == "PLAINTEXT"_L1 && texts.value(u"location"_s) != "header"_L1;
        const QString secret = isPlain ? u"cs"_s : u"c s&%"_s, tokenSecret = isPlain ? u"ts"_s : u"t+s"_s;
        Map secrets{{u"consumer-secret"_s, secret}, {u"token-secret"_s, tokenSecret}};
        if (method.startsWith("RSA"_L1))
            secrets = {{u"private-key"_s, u"pem:rsa"_s}, {u"token-secret"_s, u"t+s"_s}};
        Headers own;
        own.append("Content-Type"_ba, type, HeaderSource::User);
        QString why;
        const Request made = sign(u"oauth1"_s, texts, secrets, u"POST"_s, url, body, own, &why);
        QVERIFY2(why.isEmpty(), qPrintable(why));
        const bool isHashed = texts.value(u"body-hash"_s) == "true"_L1 && type == "application/json"; // the draft: not of a form
        QJsonObject request{{u"id"_s, u"ck"_s}, {u"secret"_s, secret}, {u"tokenId"_s, u"t k"_s}, {u"tokenSecret"_s, tokenSecret}, {u"bodyHash"_s, isHashed},
                            {u"pem"_s, QString::fromLatin1(m_publicPem[u"rsa"_s])}};
        putInto(request, made);
        const QByteArray said = verify(m_oauthlib, request);
        QVERIFY2(said.startsWith("ok "), said.constData());
        QCOMPARE(QJsonDocument::fromJson(said.mid(3)), QJsonDocument::fromJson(seen.toUtf8()));

        // Another secret of the client or the token, another token; a parameter, the method, the body changed on the way.
        const auto with = [&](const QString &name, const QString &value) {
            QJsonObject other = request;
            other[name] = value;
            return other == request ? "nothing was changed"_ba : verify(m_oauthlib, other);
        };
        QCOMPARE(with(u"tokenId"_s, u"tk"_s), "refused: resource_owner"_ba);
        if (method.startsWith("RSA"_L1)) {
            QCOMPARE(with(u"pem"_s, QString::fromLatin1(m_otherRsaPem)), "refused: signature"_ba);
        } else {
            QCOMPARE(with(u"secret"_s, secret + u'.'), "refused: signature"_ba);
            QCOMPARE(with(u"tokenSecret"_s, tokenSecret + u'.'), "refused: signature"_ba);
        }
        if (method != "PLAINTEXT"_L1) { // which covers nothing
            QCOMPARE(with(u"method"_s, u"PUT"_s), "refused: signature"_ba);
            QCOMPARE(with(u"url"_s, request.value("url"_L1).toString() + u"&a=z"_s), "refused: signature"_ba);
        }
        const QString changed = QString::fromLatin1((made.body + ' ').toBase64());
        if (isHashed)
            QVERIFY(with(u"body"_s, changed).startsWith("refused: body hash"));
        else if (type == "application/json")
            QCOMPARE(with(u"body"_s, changed), said);
    }

    // A message signature over what another scheme and the cookie jar have put into the request.
    void together()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        FakeTransport transport([](const Request &) { return FakeTransport::response(200, {{"Set-Cookie", "sid=7f1c"}}); });
        Runner runner(transport, m_clock, m_random);
        RunCredential signature;
        signature.profile = CredentialProfile::create(u"signing"_s, u"http-signature"_s);
        signature.profile.origins = QStringList{u"http://127.0.0.1:8080"_s};
        for (const SchemeField &field : findScheme(u"http-signature"_s)->fields())
            signature.values.setText(field.id, field.defaultValue);
        signature.values.setText(u"algorithm"_s, u"ed25519"_s);
        signature.values.setText(u"key-id"_s, u"k1"_s);
        signature.values.setSecret(u"key"_s, Secret(m_privatePem[u"ed25519"_s]));
        RunJob job;
        job.spec.url = u"http://127.0.0.1:8080/path"_s;
        job.credential.emplace();
        job.credential->profile = CredentialProfile::create(u"staff"_s, u"basic"_s);
        job.credential->profile.origins = signature.profile.origins;
        job.credential->values.setText(u"username"_s, u"alice"_s);
        job.credential->values.setSecret(u"password"_s, Secret("Quartz-58"));
        job.cookies = std::make_shared<CookieJar>();
        signature.values.setText(u"components"_s, u"@method @target-uri authorization"_s); // the cookie comes with the first answer
        for (const bool isFirst : {true, false}) {
            if (!isFirst)
                signature.values.setText(u"components"_s, u"@method @target-uri authorization cookie"_s);
            job.credential->together = {signature};
            const std::unique_ptr<Run> run(runner.start(job));
            QSignalSpy finished(run.get(), &Run::finished);
            QVERIFY(finished.wait(10'000));
            QVERIFY2(!run->trace().error, qPrintable(run->trace().error ? run->trace().error->message : QString()));
        }
        const Request made = transport.requests.last();
        QCOMPARE(made.headers.value("Authorization"), "Basic YWxpY2U6UXVhcnR6LTU4"_ba); // RFC 7617: Base64 of "alice:Quartz-58"
        QJsonObject request{{u"kind"_s, u"http-signature"_s}, {u"algorithm"_s, u"ed25519"_s}, {u"id"_s, u"k1"_s},
                            {u"pem"_s, QString::fromLatin1(m_publicPem[u"ed25519"_s])}, {u"method"_s, u"GET"_s},
                            {u"target"_s, u"/path"_s}, {u"url"_s, job.spec.url}, {u"body"_s, QString()}};
        const auto headersWith = [&made](const QByteArray &name, const QByteArray &value) {
            QJsonArray headers;
            for (const HeaderField &field : made.headers)
                headers.append(QJsonArray{QString::fromUtf8(field.name), QString::fromUtf8(field.is(name) ? value : field.value)});
            return headers;
        };
        request[u"headers"_s] = headersWith({}, {});
        QCOMPARE(verify(request), "ok");
        request[u"headers"_s] = headersWith("Authorization", "Basic Ym9iOlF1YXJ0ei01OA==");
        QVERIFY(verify(request).startsWith("refused"));
        request[u"headers"_s] = headersWith("Cookie", "sid=other");
        QVERIFY(verify(request).startsWith("refused"));
    }

    // RFC 9421 section 4.3: two signatures of one request, each with its label and key.
    void severalLabels()
    {
        if (!m_whyNot.isEmpty())
            QSKIP(qPrintable(m_whyNot));
        FakeTransport transport([](const Request &) { return FakeTransport::response(200); });
        Runner runner(transport, m_clock, m_random);
        RunJob job;
        job.spec.url = u"http://127.0.0.1:8080/path"_s;
        job.credential.emplace();
        job.credential->profile = CredentialProfile::create(u"staff"_s, u"basic"_s);
        job.credential->profile.origins = QStringList{u"http://127.0.0.1:8080"_s};
        job.credential->values.setText(u"username"_s, u"alice"_s);
        job.credential->values.setSecret(u"password"_s, Secret("Quartz-58"));
        for (const QString &name : {u"ed25519"_s, u"p256"_s}) {
            RunCredential signature;
            signature.profile = CredentialProfile::create(u"signing by "_s + name, u"http-signature"_s);
            signature.profile.origins = job.credential->profile.origins;
            for (const SchemeField &field : findScheme(u"http-signature"_s)->fields())
                signature.values.setText(field.id, field.defaultValue);
            signature.values.setText(u"algorithm"_s, name == "p256"_L1 ? u"ecdsa-p256-sha256"_s : name);
            signature.values.setText(u"key-id"_s, name);
            signature.values.setText(u"label"_s, u"by-"_s + name);
            signature.values.setText(u"components"_s, u"@method authorization"_s);
            signature.values.setSecret(u"key"_s, Secret(m_privatePem[name]));
            job.credential->together.push_back(signature);
        }
        const std::unique_ptr<Run> run(runner.start(job));
        QSignalSpy finished(run.get(), &Run::finished);
        QVERIFY(finished.wait(10'000));
        QVERIFY2(!run->trace().error, qPrintable(run->trace().error ? run->trace().error->message : QString()));
        const Request made = transport.requests.last();
        for (const QString &name : {u"ed25519"_s, u"p256"_s}) {
            QJsonObject request{{u"kind"_s, u"http-signature"_s}, {u"algorithm"_s, name == "p256"_L1 ? u"ecdsa-p256-sha256"_s : name}, {u"id"_s, name},
                                {u"pem"_s, QString::fromLatin1(m_publicPem[name])}};
            putInto(request, made);
            QCOMPARE(verify(request), "ok");
            request[u"method"_s] = u"PUT"_s;
            QVERIFY(verify(request).startsWith("refused"));
        }
    }
};

QTEST_GUILESS_MAIN(tst_PeersSigners)
#include "tst_peers_signers.moc"
