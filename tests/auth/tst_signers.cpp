// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/Concealed.h"
#include "app/auth/schemes/EdgeGrid.h"
#include "app/auth/schemes/Hawk.h"
#include "app/auth/schemes/MessageSignature.h"
#include "app/auth/schemes/OAuth1.h"
#include "app/base/AsymmetricKey.h"
#include "app/base/Encoding.h"
#include "tests/auth/StartFlow.h"
#include "tests/auth/Vectors.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

// The schemes that sign a request and need no answer: worked examples of their papers, and refused input. That servers
// accept them is tested in tests/peers.

namespace {

class GivenRandom final : public Random
{
public:
    QByteArray given;
    QByteArray bytes(qsizetype count) override { return given.isEmpty() ? QByteArray(count, '\x5a') : given.left(count); }
};

const QByteArray edKey = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"_ba; // RFC 9421 B.1.4

struct Fixture
{
    FixedClock clock{1'618'884'473'000};
    GivenRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    const AuthScheme *scheme;

    explicit Fixture(const QString &id, const QString &url = u"https://example.com/"_s) : scheme(findScheme(id))
    {
        request.url = Url::parse(url).value();
        request.headers.append("Host"_ba, request.url.hostHeader(), HeaderSource::Default);
        for (const SchemeField &field : scheme->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, field.defaultValue);
        }
    }
    std::unique_ptr<AuthFlow> start()
    {
        return startFlow(*scheme, *this);
    }
    SendStep send()
    {
        Step step = start()->next(nullptr);
        if (auto *failed = std::get_if<FailedStep>(&step))
            qWarning() << failed->error.message;
        return std::get<SendStep>(step);
    }
};

QByteArray derived(const SendStep &step, const QString &name)
{
    for (const DerivationLine &line : step.derivation) {
        if (line.name == name)
            return line.value;
    }
    return {};
}

} // namespace

class tst_Signers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // --- OAuth 1.0a

    void oauth1BaseString()
    {
        // RFC 5849 section 3.4.1.1
        Request request;
        request.method = "post"_ba;
        request.url = Url::parse(u"http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"_s).value();
        request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded; charset=utf-8"_ba);
        request.body = "c2&a3=2+q"_ba;
        const OAuth1Parameters own{{"oauth_consumer_key", "9djdj82h48djs9d2"}, {"oauth_token", "kkk9d7dh3k39sjv7"}, {"oauth_signature_method", "HMAC-SHA1"},
                                   {"oauth_timestamp", "137131201"}, {"oauth_nonce", "7d8f3e4a"}};
        QCOMPARE(realmscope::oauth1BaseString(request, oauth1RequestParameters(request) + own),
                 "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"
                 "oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26"
                 "oauth_token%3Dkkk9d7dh3k39sjv7");
    }
    void oauth1BaseUri()
    {
        // RFC 5849 section 3.4.1.2
        QCOMPARE(realmscope::oauth1BaseUri(Url::parse(u"http://EXAMPLE.COM:80/r%20v/X"_s).value(), "/r%20v/X"_ba), "http://example.com/r%20v/X");
        QCOMPARE(realmscope::oauth1BaseUri(Url::parse(u"https://www.example.net:8080/"_s).value(), "/"_ba), "https://www.example.net:8080/");
    }
    void oauth1Photos()
    {
        // RFC 5849 section 1.2: hex nonces only come out here, so the nonce is another and the signature is compared by its base string.
        const QByteArray base = "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH"
                                "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131202%26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal"_ba;
        QCOMPARE(hmac(HashAlgorithm::Sha1, oauth1Key("kd94hf93k423kf44", "pfkkdhi9sl3r4s00"), base).toBase64(), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
        Fixture f(u"oauth1"_s, u"http://photos.example.net/photos?file=vacation.jpg&size=original"_s);
        f.clock.set(137'131'202'000);
        f.values.setText(u"consumer-key"_s, u"dpf43f3p2l4k3l03"_s);
        f.values.setText(u"token"_s, u"nnch734d00sl2jdk"_s);
        f.values.setText(u"version"_s, u"false"_s);
        f.values.setSecret(u"consumer-secret"_s, Secret("kd94hf93k423kf44"));
        f.values.setSecret(u"token-secret"_s, Secret("pfkkdhi9sl3r4s00"));
        const SendStep step = f.send();
        QCOMPARE(derived(step, u"signature base string"_s).replace("5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", "chapoH"), base);
        QVERIFY(step.request.headers.value("Authorization").startsWith("OAuth oauth_consumer_key=\"dpf43f3p2l4k3l03\", "));
    }
    void oauth1Placement()
    {
        Fixture f(u"oauth1"_s, u"http://example.com/a?b=c"_s);
        f.values.setText(u"consumer-key"_s, u"key"_s);
        f.values.setText(u"signature-method"_s, u"PLAINTEXT"_s);
        f.values.setSecret(u"consumer-secret"_s, Secret("djr9rjt0jd78jf88"));
        f.values.setSecret(u"token-secret"_s, Secret("jjd999tj88uiths3"));
        f.values.setText(u"realm"_s, u"Photos"_s);
        // RFC 5849 section 2.1: the plaintext signature
        const QByteArray signature = "oauth_signature=\"djr9rjt0jd78jf88%26jjd999tj88uiths3\""_ba;
        QVERIFY(f.send().request.headers.value("Authorization").startsWith("OAuth realm=\"Photos\", oauth_consumer_key"));
        QVERIFY(f.send().request.headers.value("Authorization").endsWith(signature));
        f.values.setText(u"location"_s, u"query"_s);
        QVERIFY(f.send().request.effectiveTarget().startsWith("/a?b=c&oauth_consumer_key=key&oauth_nonce="));
        QVERIFY(!f.send().request.headers.contains("Authorization"));
        f.values.setText(u"location"_s, u"body"_s);
        f.request.method = "POST"_ba;
        f.request.body = "x=1"_ba;
        QVERIFY(std::holds_alternative<FailedStep>(f.start()->next(nullptr))); // no form
        f.request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded"_ba);
        f.request.headers.append("Content-Length"_ba, "3"_ba);
        const SendStep step = f.send();
        QVERIFY(step.request.body.startsWith("x=1&oauth_consumer_key=key&"));
        QCOMPARE(step.request.headers.value("Content-Length"), QByteArray::number(step.request.body.size()));
    }
    void oauth1BodyHash()
    {
        // OAuth Request Body Hash draft 4, section 3.2 and its appendix: SHA-1 of "Hello World!"
        Fixture f(u"oauth1"_s, u"http://www.example.com/resource"_s);
        f.request.method = "PUT"_ba;
        f.request.body = "Hello World!"_ba;
        f.values.setText(u"consumer-key"_s, u"consumer"_s);
        f.values.setText(u"body-hash"_s, u"true"_s);
        QVERIFY(f.send().request.headers.value("Authorization").contains("oauth_body_hash=\"Lve95gjOVATpfV8EL5X4nxwjKHE%3D\""));
    }

    // --- Hawk

    void hawkExamples()
    {
        // README of hawk, "Protocol example"
        HawkInput input;
        input.key = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn"_ba;
        input.timestamp = "1353832234"_ba;
        input.nonce = "j4h3g2"_ba;
        input.method = "GET"_ba;
        input.target = "/resource/1?b=1&a=2"_ba;
        input.host = "example.com"_ba;
        input.port = 8000;
        input.ext = "some-app-ext-data"_ba;
        QCOMPARE(hawkNormalized("header"_ba, input), "hawk.1.header\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\n\nsome-app-ext-data\n");
        QCOMPARE(hawkMac("header"_ba, input), "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=");
        input.method = "POST"_ba;
        input.payloadHash = hawkPayloadHash(HashAlgorithm::Sha256, "text/plain"_ba, "Thank you for flying Hawk");
        QCOMPARE(input.payloadHash, "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=");
        QCOMPARE(hawkMac("header"_ba, input), "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=");
    }
    void hawkClock()
    {
        Fixture f(u"hawk"_s, u"http://example.com/"_s);
        f.values.setText(u"id"_s, u"a"_s);
        f.values.setSecret(u"key"_s, Secret("k"));
        const auto flow = f.start();
        QVERIFY(std::get<SendStep>(flow->next(nullptr)).request.headers.value("Authorization").contains("ts=\"1618884473\""));
        Exchange refused;
        refused.response.status = 401;
        // printf 'hawk.1.ts\n1618880000\n' | openssl dgst -sha256 -hmac k -binary | base64
        refused.response.headers.append("WWW-Authenticate"_ba, "Hawk ts=\"1618880000\", tsm=\"AAAA\", error=\"Stale timestamp\""_ba);
        const Step unproven = flow->next(&refused);
        QVERIFY(std::holds_alternative<DoneStep>(unproven)); // anybody could have said that time
        refused.response.headers.set("WWW-Authenticate"_ba,
                                     "Hawk ts=\"1618880000\", tsm=\"XLVxAEk2/OXLL2Ru0R1qPJ5Awpyp6QkuZqdXHxkh1+k=\", error=\"Stale timestamp\""_ba);
        const auto again = f.start();
        (void)again->next(nullptr);
        const Step step = again->next(&refused);
        QVERIFY(std::holds_alternative<SendStep>(step));
        QVERIFY(std::get<SendStep>(step).request.headers.value("Authorization").contains("ts=\"1618880000\""));
        // Remembered for the next request.
        QVERIFY(f.send().request.headers.value("Authorization").contains("ts=\"1618880000\""));
    }
    void hawkBewitIsForGet()
    {
        Fixture f(u"hawk"_s, u"http://example.com/a"_s);
        f.values.setText(u"id"_s, u"a"_s);
        f.values.setSecret(u"key"_s, Secret("k"));
        f.values.setText(u"location"_s, u"query"_s);
        QVERIFY(f.send().request.effectiveTarget().startsWith("/a?bewit="));
        f.request.method = "POST"_ba;
        QVERIFY(std::holds_alternative<FailedStep>(f.start()->next(nullptr)));
    }

    // --- JWT made here

    void jwt()
    {
        Fixture f(u"jwt"_s);
        f.values.setSecret(u"key"_s, Secret("secret"));
        f.values.setText(u"claims"_s, u"{\"sub\": \"alice\", \"exp\": 1}"_s);
        f.values.setText(u"header"_s, u"{\"kid\": \"k1\"}"_s);
        const QByteArray value = f.send().request.headers.value("Authorization");
        QVERIFY(value.startsWith("Bearer "));
        const DecodedJwt token = *decodeJwt(value.mid(7));
        QCOMPARE(token.claims.value("sub"_L1).toString(), u"alice"_s);
        QCOMPARE(token.claims.value("exp"_L1).toInt(), 1); // the user's own stays
        QCOMPARE(token.claims.value("iat"_L1).toInt(), 1'618'884'473);
        QCOMPARE(token.header.value("kid"_L1).toString(), u"k1"_s);
        f.values.setText(u"location"_s, u"query"_s);
        f.values.setText(u"name"_s, u"access_token"_s);
        QVERIFY(f.send().request.effectiveTarget().startsWith("/?access_token=ey"));
        QCOMPARE(f.scheme->credentialHeaders(f.values), QList<QByteArray>{"access_token"});
    }

    // --- HTTP Message Signatures

    // The request of RFC 9421 section B.2.
    static Request rfc9421Request()
    {
        Request request;
        request.method = "POST"_ba;
        request.url = Url::parse(u"https://example.com/foo?param=Value&Pet=dog"_s).value();
        request.headers.append("Host"_ba, "example.com"_ba);
        request.headers.append("Date"_ba, "Tue, 20 Apr 2021 02:07:55 GMT"_ba);
        request.headers.append("Content-Type"_ba, "application/json"_ba);
        request.headers.append("Content-Length"_ba, "18"_ba);
        request.body = "{\"hello\": \"world\"}"_ba;
        return request;
    }
    void rfc9421_data()
    {
        QTest::addColumn<QString>("algorithm");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("keyId");
        QTest::addColumn<QString>("components");
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("signature");
        QTest::newRow("B.2.5 HMAC") << u"hmac-sha256"_s << "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="_ba
                                    << u"test-shared-secret"_s << u"date @authority content-type"_s
                                    << "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n"
                                       "\"@signature-params\": (\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\""_ba
                                    << "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="_ba;
        QTest::newRow("B.2.6 Ed25519") << u"ed25519"_s << edKey << u"test-key-ed25519"_s << u"date, @method, @path, @authority, content-type, content-length"_s
                                       << "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n"
                                          "\"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \"@path\" "
                                          "\"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\""_ba
                                       << "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="_ba;
    }
    void rfc9421()
    {
        QFETCH(QString, algorithm);
        QFETCH(QByteArray, key);
        QFETCH(QString, keyId);
        QFETCH(QString, components);
        QFETCH(QByteArray, signature);
        Fixture f(u"http-signature"_s);
        f.request = rfc9421Request();
        f.values.setText(u"algorithm"_s, algorithm);
        f.values.setText(u"key-encoding"_s, u"base64"_s);
        f.values.setText(u"key-id"_s, keyId);
        f.values.setText(u"components"_s, components);
        f.values.setText(u"send-algorithm"_s, u"false"_s);
        f.values.setSecret(u"key"_s, Secret(key));
        const SendStep step = f.send();
        QTEST(derived(step, u"signature base"_s), "base");
        QCOMPARE(step.request.headers.value("Signature"), "sig1=:" + signature + ':');
        const QByteArray parameters = derived(step, u"signature base"_s);
        QCOMPARE(step.request.headers.value("Signature-Input"), "sig1=" + parameters.mid(parameters.lastIndexOf("\": ") + 3));
    }
    void derivedComponents_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("component");
        QTest::addColumn<QByteArray>("line");
        // RFC 9421 sections 2.2.1 to 2.2.8
        const auto row = [](const char *name, const char *url, const QString &component, const char *line) {
            QTest::newRow(name) << QString::fromLatin1(url) << component << QByteArray(line);
        };
        row("target-uri", "https://www.example.com/path?param=value", u"@target-uri"_s, "\"@target-uri\": https://www.example.com/path?param=value");
        row("authority", "https://www.EXAMPLE.com:443/path", u"@authority"_s, "\"@authority\": www.example.com");
        row("scheme", "http://www.example.com/path", u"@scheme"_s, "\"@scheme\": http");
        row("request-target", "https://www.example.com/path?param=value", u"@request-target"_s, "\"@request-target\": /path?param=value");
        row("path", "https://www.example.com/path?param=value", u"@path"_s, "\"@path\": /path");
        row("query", "https://www.example.com/path?param=value&foo=bar&baz=bat%2Dman", u"@query"_s, "\"@query\": ?param=value&foo=bar&baz=bat%2Dman");
        row("no query", "https://www.example.com/path", u"@query"_s, "\"@query\": ?");
        row("query-param", "https://www.example.com/path?param=value&foo=bar&baz=batman&qux=", u"@query-param;name=\"baz\""_s, "\"@query-param\";name=\"baz\": batman");
        row("query-param, empty", "https://www.example.com/path?param=value&qux=", u"@query-param;name=\"qux\""_s, "\"@query-param\";name=\"qux\": ");
        row("query-param, encoded", "https://www.example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace",
            u"@query-param;name=\"bar\""_s, "\"@query-param\";name=\"bar\": with%20plus%20whitespace");
        row("query-param, name to encode", "https://www.example.com/parameters?bar=1&fa%C3%A7ade%22%3A%20=something",
            u"@query-param;name=\"fa%C3%A7ade%22%3A%20\""_s, "\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\": something");
        row("query-param, name written plainly", "https://www.example.com/parameters?a%20b=1", u"@query-param;name=\"a b\""_s, "\"@query-param\";name=\"a%20b\": 1");
    }
    void derivedComponents()
    {
        QFETCH(QString, url);
        QFETCH(QString, component);
        Request request;
        request.url = Url::parse(url).value();
        SignatureParameters parameters;
        parameters.components = parseComponents(component).value();
        const QByteArray base = signatureBase(request, parameters).value();
        QTEST(base.left(base.indexOf('\n')), "line");
    }
    // RFC 9421 sections 2.1.1, 2.1.2 and 2.1.3, their own examples.
    void structuredHeaders_data()
    {
        QTest::addColumn<QString>("component");
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("as it is") << u"example-dict"_s << "\"example-dict\": a=1,    b=2;x=1;y=2,   c=(a   b   c), d"_ba;
        QTest::newRow("strict") << u"example-dict;sf"_s << "\"example-dict\";sf: a=1, b=2;x=1;y=2, c=(a b c), d"_ba;
        QTest::newRow("member a") << u"example-dict;key=\"a\""_s << "\"example-dict\";key=\"a\": 1"_ba;
        QTest::newRow("member d") << u"example-dict;key=\"d\""_s << "\"example-dict\";key=\"d\": ?1"_ba;
        QTest::newRow("member b") << u"example-dict;key=\"b\""_s << "\"example-dict\";key=\"b\": 2;x=1;y=2"_ba;
        QTest::newRow("member c") << u"example-dict;key=\"c\""_s << "\"example-dict\";key=\"c\": (a b c)"_ba;
        QTest::newRow("as bytes") << u"example-header;bs"_s << "\"example-header\";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"_ba;
    }
    void structuredHeaders()
    {
        QFETCH(QString, component);
        Request request;
        request.url = Url::parse(u"https://www.example.com/"_s).value();
        request.headers.append("Example-Dict"_ba, "a=1,    b=2;x=1;y=2,   c=(a   b   c), d"_ba);
        request.headers.append("Example-Header"_ba, "value, with, lots"_ba);
        request.headers.append("Example-Header"_ba, "of, commas"_ba);
        SignatureParameters parameters;
        parameters.components = parseComponents(component).value();
        const Result<QByteArray> base = signatureBase(request, parameters);
        QVERIFY2(base, base ? "" : qPrintable(base.error().message));
        QTEST(base->left(base->indexOf('\n')), "line");
    }

    // RFC 9421 section 2.5: what is not understood is an error.
    void parametersThatDoNotBelong_data()
    {
        QTest::addColumn<QString>("component");
        for (const QString &component : {u"@method;req"_s, u"@method;foo"_s, u"@path;a=1"_s, u"@query-param;name=\"a\";b"_s, u"@status"_s, u"accept;sf;bs"_s, u"accept;tr"_s, u"accept;key=\"a\""_s})
            QTest::newRow(qPrintable(component)) << component;
    }
    void parametersThatDoNotBelong()
    {
        QFETCH(QString, component);
        Request request;
        request.url = Url::parse(u"https://www.example.com/?a=1"_s).value();
        request.headers.append("Accept"_ba, "*/*"_ba);
        SignatureParameters parameters;
        parameters.components = parseComponents(component).value();
        QVERIFY(!signatureBase(request, parameters));
    }

    void acceptSignature()
    {
        // RFC 9421 section 5.1
        const auto members = parseAcceptSignature("sig1=(\"@method\" \"@target-uri\" \"@authority\" \"content-digest\" \"cache-control\")"
                                                 ";keyid=\"test-key-rsa-pss\";created;tag=\"app-123\""_ba);
        QCOMPARE(members.size(), 1);
        const WantedSignature *wanted = &members.first();
        QCOMPARE(wanted->components.size(), 5);
        QVERIFY(wanted->created && !wanted->expires);
        QCOMPARE(wanted->tag, "app-123");
        QVERIFY(parseAcceptSignature("sig1=@method"_ba).isEmpty());
        QVERIFY(parseAcceptSignature("sig1=(\"@method\""_ba).isEmpty());

        Fixture f(u"http-signature"_s);
        f.values.setSecret(u"key"_s, Secret(edKey));
        f.values.setText(u"components"_s, u"@method"_s);
        const auto flow = f.start();
        (void)flow->next(nullptr);
        Exchange refused;
        refused.response.status = 401;
        refused.response.headers.append("Accept-Signature"_ba, "mine=(\"@path\");created;tag=\"t\""_ba);
        const Step step = flow->next(&refused);
        QVERIFY(std::holds_alternative<SendStep>(step));
        QVERIFY(std::get<SendStep>(step).request.headers.value("Signature-Input").startsWith("mine=(\"@path\");created=1618884473;tag=\"t\""));
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&refused))); // once
    }
    // RFC 9421 section 5.2: the values that the server gives are the ones to use, and what can't be made is passed over.
    void acceptSignatureIsMet_data()
    {
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<QByteArray>("input"); // how Signature-Input begins; empty: nothing is sent
        QTest::newRow("nonce of the server") << "a=(\"@path\");nonce=\"b3k2pp5k7z\""_ba << "a=(\"@path\");nonce=\"b3k2pp5k7z\""_ba;
        QTest::newRow("the first can't be made") << "a=(\"@status\"), b=(\"@path\")"_ba << "b=(\"@path\")"_ba;
        QTest::newRow("another algorithm") << "a=(\"@path\");alg=\"hmac-sha256\", b=(\"@method\");alg=\"ed25519\""_ba << "b=(\"@method\");keyid=\"mine\";alg=\"ed25519\""_ba;
        QTest::newRow("another key") << "a=(\"@path\");keyid=\"theirs\""_ba << QByteArray();
        QTest::newRow("nothing that can be read") << "a=@path"_ba << QByteArray();
    }
    void acceptSignatureIsMet()
    {
        QFETCH(QByteArray, accept);
        QFETCH(QByteArray, input);
        Fixture f(u"http-signature"_s);
        f.values.setSecret(u"key"_s, Secret(edKey));
        f.values.setText(u"components"_s, u"@method"_s);
        f.values.setText(u"key-id"_s, u"mine"_s);
        const auto flow = f.start();
        (void)flow->next(nullptr);
        Exchange refused;
        refused.response.status = 403;
        refused.response.headers.append("Accept-Signature"_ba, accept);
        const Step step = flow->next(&refused);
        QCOMPARE(std::holds_alternative<SendStep>(step), !input.isEmpty());
        if (!input.isEmpty()) {
            const QByteArray made = std::get<SendStep>(step).request.headers.value("Signature-Input");
            QVERIFY2(made.startsWith(input), made.constData());
        } else {
            QVERIFY(!std::get<DoneStep>(step).note.isEmpty());
        }
    }
    void contentDigest()
    {
        // RFC 9530 section 2: of {"hello": "world"} and a line end
        Fixture f(u"http-signature"_s);
        f.request.method = "POST"_ba;
        f.request.body = "{\"hello\": \"world\"}\n"_ba;
        f.values.setSecret(u"key"_s, Secret(edKey));
        QCOMPARE(f.send().request.headers.value("Content-Digest"), "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
    }

    // --- draft-cavage

    void cavage()
    {
        // printf '(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT' |
        //   openssl dgst -sha256 -hmac shared -binary | base64
        Fixture f(u"cavage"_s, u"https://example.com/foo?param=value&pet=dog"_s);
        f.request.method = "POST"_ba;
        f.request.headers.append("Date"_ba, "Sun, 05 Jan 2014 21:31:40 GMT"_ba);
        f.values.setText(u"key-id"_s, u"Test"_s);
        f.values.setText(u"algorithm"_s, u"hmac-sha256"_s);
        f.values.setText(u"headers"_s, u"(request-target) host date"_s);
        f.values.setSecret(u"key"_s, Secret("shared"));
        QCOMPARE(f.send().request.headers.value("Authorization"),
                 "Signature keyId=\"Test\",algorithm=\"hmac-sha256\",headers=\"(request-target) host date\",signature=\"rAfamP3qNckKYAAHm/r1+VXmBjnn10wABgS/Mb5lCmU=\"");
        f.values.setText(u"location"_s, u"signature"_s);
        QVERIFY(f.send().request.headers.value("Signature").startsWith("keyId=\"Test\","));
    }

    // --- EdgeGrid

    void edgeGrid_data()
    {
        QTest::addColumn<int>("index");
        QFile file(vectorsPath(u"third-party/edgegrid-test_data.json"_s));
        if (!file.open(QIODevice::ReadOnly)) {
            QTest::newRow("no test data") << -1;
            return;
        }
        const QJsonArray tests = QJsonDocument::fromJson(file.readAll()).object().value("tests"_L1).toArray();
        for (int i = 0; i < tests.size(); ++i) {
            // "POST inside limit" has the same request as "Post uses passed-max-body" and another signature, over no body.
            const QString name = tests.at(i).toObject().value("testName"_L1).toString();
            if (name != "POST inside limit"_L1)
                QTest::newRow(qPrintable(name)) << i;
        }
    }
    void edgeGrid()
    {
        QFETCH(int, index);
        if (index < 0)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because Akamai's test data is not there (REALMSCOPE_VECTORS)");
        QFile file(vectorsPath(u"third-party/edgegrid-test_data.json"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject data = QJsonDocument::fromJson(file.readAll()).object();
        const QJsonObject test = data.value("tests"_L1).toArray().at(index).toObject();
        const QJsonObject given = test.value("request"_L1).toObject();
        const auto text = [&](QLatin1StringView name) { return data.value(name).toString().toUtf8(); };
        EdgeGridInput input;
        input.clientToken = text("client_token"_L1);
        input.accessToken = text("access_token"_L1);
        input.clientSecret = text("client_secret"_L1);
        input.timestamp = text("timestamp"_L1);
        input.nonce = text("nonce"_L1);
        input.maxBody = data.value("max_body"_L1).toInt();
        for (const QJsonValue &name : data.value("headers_to_sign"_L1).toArray())
            input.signedHeaders << name.toString().toUtf8();
        Request request;
        request.method = given.value("method"_L1).toString().toUtf8();
        request.url = Url::parse(data.value("base_url"_L1).toString().chopped(1) + given.value("path"_L1).toString()).value();
        request.body = given.value("data"_L1).toString().toUtf8();
        for (const QJsonValue &header : given.value("headers"_L1).toArray()) {
            const QJsonObject one = header.toObject();
            for (auto it = one.begin(); it != one.end(); ++it)
                request.headers.append(it.key().toUtf8(), it.value().toString().toUtf8());
        }
        QCOMPARE(signEdgeGrid(request, input).authorization, test.value("expectedAuthorization"_L1).toString().toUtf8());
    }

    // --- WSSE, VAPID, ASAP

    void wsse()
    {
        // Atom Authentication, "The WSSE UsernameToken" (M. Pilgrim, 2003)
        Fixture f(u"wsse"_s);
        f.random.given = QByteArray::fromHex("d36e316282959a9ed4c89851497a717f");
        f.clock.set(QDateTime::fromString(u"2003-12-15T14:43:07Z"_s, Qt::ISODate).toMSecsSinceEpoch());
        f.values.setText(u"username"_s, u"bob"_s);
        f.values.setText(u"nonce-form"_s, u"written"_s);
        f.values.setSecret(u"password"_s, Secret("taadtaadpstcsm"));
        const Request request = f.send().request;
        QCOMPARE(request.headers.value("X-WSSE"),
                 "UsernameToken Username=\"bob\", PasswordDigest=\"quR/EWLAV4xLf9Zqyw4pDmfV9OY=\", Nonce=\"d36e316282959a9ed4c89851497a717f\", "
                 "Created=\"2003-12-15T14:43:07Z\"");
        QCOMPARE(request.headers.value("Authorization"), "WSSE profile=\"UsernameToken\"");
    }
    void vapid()
    {
        Fixture f(u"vapid"_s, u"https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"_s);
        // RFC 7515 section A.3.1
        f.values.setSecret(u"private-key"_s, Secret("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
        f.values.setText(u"subject"_s, u"mailto:push@example.com"_s);
        const QByteArray value = f.send().request.headers.value("Authorization");
        QVERIFY(value.startsWith("vapid t=ey"));
        const DecodedJwt token = *decodeJwt(value.mid(8, value.indexOf(',') - 8));
        QCOMPARE(token.claims.value("aud"_L1).toString(), u"https://push.example.net"_s); // RFC 8292 section 2
        const QByteArray key = *decodeBase64Url(value.mid(value.indexOf("k=") + 2));
        QCOMPARE(key.size(), 65);
        QCOMPARE(encodeBase64Url(key.mid(1, 32)), "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        const AsymmetricKey publicKey = AsymmetricKey::ec("P-256"_ba, key.mid(1, 32), key.mid(33)).value();
        QVERIFY(publicKey.verify({SignatureForm::EcdsaRaw, HashAlgorithm::Sha256}, token.signedPart, token.signature));
    }
    void asap()
    {
        Fixture f(u"asap"_s);
        f.values.setText(u"issuer"_s, u"svc"_s);
        f.values.setText(u"key-id"_s, u"svc/key1"_s);
        f.values.setText(u"audience"_s, u"a, b"_s);
        f.values.setText(u"algorithm"_s, u"ES256"_s);
        f.values.setSecret(u"private-key"_s, Secret(R"({"kty":"EC","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})"));
        const DecodedJwt token = *decodeJwt(f.send().request.headers.value("Authorization").mid(7));
        QCOMPARE(token.header.value("kid"_L1).toString(), u"svc/key1"_s);
        QCOMPARE(token.claims.value("aud"_L1).toArray(), (QJsonArray{u"a"_s, u"b"_s}));
        QCOMPARE(token.claims.value("exp"_L1).toInt() - token.claims.value("iat"_L1).toInt(), 60);
        QVERIFY(!token.claims.value("jti"_L1).toString().isEmpty());
    }

    // RFC 9729 section 3.3: the worked example, a signature input of 32 bytes 01.
    void concealedContentOfTheRfc()
    {
        const QByteArray expected = QByteArray::fromHex(
            "20202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
            "48545450"
            "20436f6e6365616c65642041757468656e7469636174696f6e"
            "00"
            "0101010101010101010101010101010101010101010101010101010101010101");
        QCOMPARE(concealedContent(QByteArray(32, 1)), expected);
    }
    // Section 3.1 field by field: scheme, key ID, key, "https", host, port, realm; lengths as RFC 9000 section 16 has them
    // (its appendix A.1: 37 is 25, 15293 is 7bbd).
    void concealedContextByHand()
    {
        const Url url = *Url::parse(u"https://[::1]:8443/a?b"_s);
        const QByteArray head = "0807"
                                "02" "6b31"
                                "03" "010203"
                                "05" "6874747073";
        QCOMPARE(concealedContext(0x0807, "k1", QByteArray("\1\2\3"), url, "r"), QByteArray::fromHex(head + "05" "5b3a3a315d" "20fb" "01" "72"));
        const QByteArray longRealm(15293, 'r');
        QCOMPARE(concealedContext(0x0807, "k1", QByteArray("\1\2\3"), url, longRealm),
                 QByteArray::fromHex(head + "05" "5b3a3a315d" "20fb" "7bbd") + longRealm);
    }

    // --- Refused input

    void refused_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QByteArray>("secretField");
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<QString>("says");
        using Map = QMap<QString, QString>;
        const auto row = [](const char *name, const QString &scheme, const Map &texts, const QByteArray &field, const QByteArray &secret, const QString &says) {
            QTest::newRow(name) << scheme << texts << field << secret << says;
        };
        const QByteArray publicPem = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"_ba;
        row("oauth1 without key", u"oauth1"_s, {}, "consumer-secret"_ba, "x"_ba, u"Client key"_s);
        row("oauth1 RSA without PEM", u"oauth1"_s, {{u"consumer-key"_s, u"k"_s}, {u"signature-method"_s, u"RSA-SHA1"_s}}, "private-key"_ba, "x"_ba, u"no PEM"_s);
        row("oauth1 RSA with Ed25519", u"oauth1"_s, {{u"consumer-key"_s, u"k"_s}, {u"signature-method"_s, u"RSA-SHA256"_s}}, "private-key"_ba, edKey, u"needs RSA"_s);
        row("hawk without id", u"hawk"_s, {}, "key"_ba, "k"_ba, u"Key ID"_s);
        row("hawk id with a quote", u"hawk"_s, {{u"id"_s, u"a\"b"_s}}, "key"_ba, "k"_ba, u"quote"_s);
        row("hawk bewit without expiry", u"hawk"_s, {{u"id"_s, u"a"_s}, {u"location"_s, u"query"_s}, {u"expires"_s, u"soon"_s}}, "key"_ba, "k"_ba, u"soon"_s);
        row("jwt without key", u"jwt"_s, {}, "key"_ba, {}, u"Key"_s);
        row("jwt claims no JSON", u"jwt"_s, {{u"claims"_s, u"{\"sub\": }"_s}}, "key"_ba, "k"_ba, u"no JSON"_s);
        row("jwt claims an array", u"jwt"_s, {{u"claims"_s, u"[1]"_s}}, "key"_ba, "k"_ba, u"no object"_s);
        row("jwt own alg", u"jwt"_s, {{u"header"_s, u"{\"alg\": \"none\"}"_s}}, "key"_ba, "k"_ba, u"alg"_s);
        row("jwt lifetime no number", u"jwt"_s, {{u"lifetime"_s, u"1h"_s}}, "key"_ba, "k"_ba, u"1h"_s);
        row("jwt RS256 with a secret", u"jwt"_s, {{u"algorithm"_s, u"RS256"_s}}, "key"_ba, "k"_ba, u"no PEM"_s);
        row("jwt RS256 with Ed25519", u"jwt"_s, {{u"algorithm"_s, u"RS256"_s}}, "key"_ba, edKey, u"RS256 needs"_s);
        row("jwt secret not Base64", u"jwt"_s, {{u"key-encoding"_s, u"base64"_s}}, "key"_ba, "!"_ba, u"not Base64"_s);
        row("http-signature public key", u"http-signature"_s, {}, "key"_ba, publicPem, u"public key"_s);
        row("http-signature other key", u"http-signature"_s, {{u"algorithm"_s, u"rsa-pss-sha512"_s}}, "key"_ba, edKey, u"does not go with"_s);
        row("http-signature missing header", u"http-signature"_s, {{u"components"_s, u"x-nothing"_s}}, "key"_ba, edKey, u"no header x-nothing"_s);
        row("http-signature unknown component", u"http-signature"_s, {{u"components"_s, u"@status"_s}}, "key"_ba, edKey, u"@status"_s);
        row("http-signature twice", u"http-signature"_s, {{u"components"_s, u"@path @path"_s}}, "key"_ba, edKey, u"twice"_s);
        row("http-signature quote open", u"http-signature"_s, {{u"components"_s, u"\"@path"_s}}, "key"_ba, edKey, u"can't be read"_s);
        row("http-signature query-param without name", u"http-signature"_s, {{u"components"_s, u"@query-param"_s}}, "key"_ba, edKey, u"says no name"_s);
        row("cavage missing header", u"cavage"_s, {{u"key-id"_s, u"k"_s}, {u"algorithm"_s, u"ed25519"_s}, {u"headers"_s, u"x-nothing"_s}}, "key"_ba, edKey, u"no header x-nothing"_s);
        row("cavage created without hs2019", u"cavage"_s, {{u"key-id"_s, u"k"_s}, {u"algorithm"_s, u"ed25519"_s}, {u"headers"_s, u"(created)"_s}}, "key"_ba, edKey, u"hs2019"_s);
        row("edgegrid token with semicolon", u"edgegrid"_s, {{u"client-token"_s, u"a;b"_s}, {u"access-token"_s, u"a"_s}}, "client-secret"_ba, "x"_ba, u"semicolon"_s);
        row("wsse without password", u"wsse"_s, {{u"username"_s, u"a"_s}}, "password"_ba, {}, u"Password"_s);
        row("vapid RSA-less key", u"vapid"_s, {}, "private-key"_ba, edKey, u"P-256"_s);
        row("vapid contact", u"vapid"_s, {{u"subject"_s, u"me"_s}}, "private-key"_ba, "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"_ba, u"mailto"_s);
        row("concealed with a shared secret", u"concealed"_s, {{u"key-id"_s, u"a"_s}}, "private-key"_ba, R"({"kty":"oct","k":"c2VjcmV0LXNlY3JldA"})"_ba, u"Concealed"_s);
        row("concealed with a public key", u"concealed"_s, {{u"key-id"_s, u"a"_s}}, "private-key"_ba, publicPem, u"Concealed"_s);
        row("asap key ID of another", u"asap"_s, {{u"issuer"_s, u"a"_s}, {u"key-id"_s, u"b/1"_s}, {u"audience"_s, u"c"_s}}, "private-key"_ba, edKey, u"does not begin"_s);
    }
    void refused()
    {
        using Map = QMap<QString, QString>;
        QFETCH(QString, scheme);
        QFETCH(Map, texts);
        QFETCH(QByteArray, secretField);
        QFETCH(QByteArray, secret);
        QFETCH(QString, says);
        Fixture f(scheme);
        for (auto it = texts.cbegin(); it != texts.cend(); ++it)
            f.values.setText(it.key(), it.value());
        if (!secret.isEmpty())
            f.values.setSecret(QString::fromLatin1(secretField), Secret(secret));
        const Step step = f.start()->next(nullptr);
        QVERIFY(std::holds_alternative<FailedStep>(step));
        const Error &error = std::get<FailedStep>(step).error;
        QVERIFY2(error.message.contains(says), qPrintable(error.message));
        QVERIFY(!error.action.isEmpty());
        QVERIFY(secret.size() < 8 || !error.message.contains(QString::fromUtf8(secret)));
    }
};

QTEST_APPLESS_MAIN(tst_Signers)
#include "tst_signers.moc"
