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
    QString m_whyNot;
    QMap<QString, QByteArray> m_privatePem;
    QMap<QString, QByteArray> m_publicPem;
    SystemClock m_clock;
    SystemRandom m_random;

    QByteArray verify(const QJsonObject &request)
    {
        m_verifier.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        while (!m_verifier.canReadLine()) {
            if (!m_verifier.waitForReadyRead(20'000))
                return "no answer: " + m_verifier.readAllStandardError();
        }
        return m_verifier.readLine().trimmed();
    }
    static QByteArray openssl(const QStringList &words, const QByteArray &input = {})
    {
        QProcess process;
        process.start(u"openssl"_s, words);
        process.write(input);
        process.closeWriteChannel();
        return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
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
    }
    void cleanupTestCase()
    {
        m_verifier.closeWriteChannel();
        if (m_verifier.state() != QProcess::NotRunning && !m_verifier.waitForFinished(5000))
            m_verifier.kill();
    }

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
        row("sigv4 s3", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/a%20b//c"_s);
        row("sigv4 s3, characters that a URL need not encode", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/it's(1)!*@:$,;=&.txt"_s);
        s3[u"location"_s] = u"query"_s;
        s3Keys[u"presigned"_s] = true;
        row("sigv4 s3 presigned", u"aws-sigv4"_s, s3, awsSecret, s3Keys, u"GET"_s, u"http://127.0.0.1:8080/bucket/key?versionId=1"_s);

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

        const auto cavage = [&](const char *name, const QString &algorithm, const QString &key) {
            QJsonObject keys;
            keys[key.startsWith("pem:"_L1) ? u"pem"_s : u"secret"_s] = key;
            row(name, u"cavage"_s, {{u"algorithm"_s, algorithm}, {u"key-id"_s, u"k1"_s}, {u"headers"_s, u"(request-target) host date"_s}}, {{u"key"_s, key}}, keys);
        };
        cavage("cavage hmac", u"hmac-sha256"_s, u"shared"_s);
        cavage("cavage rsa", u"rsa-sha256"_s, u"pem:rsa"_s);

        const auto cavage12 = [&](const char *name, const QString &algorithm, const QString &key, const QString &hash, bool isNamed, bool isPss = false) {
            QJsonObject keys{{u"kind"_s, u"cavage12"_s}, {u"hash"_s, hash}, {u"pss"_s, isPss}, {u"says"_s, isNamed ? algorithm : u"hs2019"_s}};
            keys[key.startsWith("pem:"_L1) ? u"pem"_s : u"secret"_s] = key;
            const QString headers = isNamed ? u"(request-target) host date"_s : u"(request-target) (created) (expires) host"_s;
            row(name, u"cavage"_s, {{u"algorithm"_s, algorithm}, {u"key-id"_s, u"k1"_s}, {u"headers"_s, headers}, {u"hs2019"_s, isNamed ? u"false"_s : u"true"_s}}, {{u"key"_s, key}}, keys);
        };
        cavage12("cavage rsa-sha512", u"rsa-sha512"_s, u"pem:rsa"_s, u"sha512"_s, true);
        cavage12("cavage rsa-pss-sha512", u"rsa-pss-sha512"_s, u"pem:rsa"_s, u"sha512"_s, true, true);
        cavage12("cavage hmac-sha512", u"hmac-sha512"_s, u"shared"_s, u"sha512"_s, true);
        cavage12("cavage ecdsa-sha256", u"ecdsa-sha256"_s, u"pem:p256"_s, u"sha256"_s, true);
        cavage12("cavage ed25519", u"ed25519"_s, u"pem:ed25519"_s, {}, true);
        cavage12("cavage hs2019, rsa", u"rsa-pss-sha512"_s, u"pem:rsa"_s, u"sha512"_s, false, true);
        cavage12("cavage hs2019, ed25519", u"ed25519"_s, u"pem:ed25519"_s, {}, false);

        row("edgegrid get", u"edgegrid"_s, {{u"client-token"_s, u"akab-c"_s}, {u"access-token"_s, u"akab-a"_s}}, {{u"client-secret"_s, u"SOMESECRET"_s}},
            {{u"secret"_s, u"SOMESECRET"_s}});
        row("edgegrid post", u"edgegrid"_s, {{u"client-token"_s, u"akab-c"_s}, {u"access-token"_s, u"akab-a"_s}}, {{u"client-secret"_s, u"SOMESECRET"_s}},
            {{u"secret"_s, u"SOMESECRET"_s}}, u"POST"_s, u"http://127.0.0.1:8080/p"_s, "x=1"_ba, form);

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
        row("wsse, nonce decoded", u"wsse"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Opal-73-river"_s}},
            {{u"id"_s, u"alice"_s}, {u"secret"_s, u"Opal-73-river"_s}, {u"decoded"_s, true}});
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

        AuthMemory memory;
        AuthContext context;
        context.clock = &m_clock;
        context.random = &m_random;
        context.memory = &memory;
        context.request.method = method.toLatin1();
        context.request.url = Url::parse(url).value();
        context.request.body = body;
        context.request.headers.append("Host"_ba, context.request.url.hostHeader(), HeaderSource::Default);
        if (!type.isEmpty())
            context.request.headers.append("Content-Type"_ba, type, HeaderSource::User);
        const AuthScheme *found = findScheme(scheme);
        for (const SchemeField &field : found->fields()) {
            if (field.kind != FieldKind::Secret)
                context.values.setText(field.id, texts.value(field.id, field.defaultValue));
        }
        for (const auto &[id, text] : secrets.asKeyValueRange())
            context.values.setSecret(id, text.startsWith("pem:"_L1) ? Secret(m_privatePem[text.mid(4)]) : Secret::fromString(text));
        const Step step = found->start(std::move(context))->next(nullptr);
        QVERIFY2(std::holds_alternative<SendStep>(step), std::holds_alternative<FailedStep>(step) ? qPrintable(std::get<FailedStep>(step).error.message) : "");
        const Request made = std::get<SendStep>(step).request;

        QJsonObject request = keys;
        if (scheme == "vapid"_L1)
            request[u"privatePem"_s] = QString::fromLatin1(m_privatePem[request.value("pem"_L1).toString().mid(4)]);
        if (request.value("pem"_L1).toString().startsWith("pem:"_L1))
            request[u"pem"_s] = QString::fromLatin1(m_publicPem[request.value("pem"_L1).toString().mid(4)]);
        QJsonArray headers;
        for (const HeaderField &field : made.headers)
            headers.append(QJsonArray{QString::fromUtf8(field.name), QString::fromUtf8(field.value)});
        if (!request.contains("kind"_L1))
            request[u"kind"_s] = scheme == "aws-sigv4"_L1 ? u"sigv4"_s : scheme;
        request[u"method"_s] = method;
        request[u"target"_s] = QString::fromUtf8(made.effectiveTarget());
        request[u"url"_s] = QString::fromUtf8(made.url.scheme.toUtf8() + "://" + made.url.hostHeader() + made.effectiveTarget());
        request[u"headers"_s] = headers;
        request[u"body"_s] = QString::fromLatin1(made.body.toBase64());
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
};

QTEST_GUILESS_MAIN(tst_PeersSigners)
#include "tst_peers_signers.moc"
