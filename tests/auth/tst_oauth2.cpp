// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/auth/Jwt.h"
#include "app/auth/SchemeRegistry.h"
#include "app/auth/oauth2/AuthorizationRequest.h"
#include "app/auth/oauth2/DpopProof.h"
#include "app/auth/oauth2/OAuth2Flow.h"
#include "app/auth/oauth2/ServerMetadata.h"
#include "app/auth/oauth2/TokenResponse.h"
#include "app/auth/schemes/Placement.h"
#include "app/base/Encoding.h"
#include "tests/auth/StartFlow.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

// The OAuth 2.0 flow fed with exchanges from a table: examples of the RFCs, and what servers do wrong. That real servers take
// its requests is tested in tests/peers.

namespace {

using Pairs = QList<std::pair<QByteArray, QByteArray>>;

Response answered(int status, const QByteArray &body, const Headers &headers = {{"Content-Type", "application/json"}})
{
    Response response;
    response.status = status;
    response.headers = headers;
    response.body = response.encodedBody = RecordedBytes(body);
    response.complete = true;
    return response;
}

const QByteArray goodToken = "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"tGzv3JOkF0XG5Qx2TlKWIA\"}"_ba; // RFC 6749 5.1

// One profile; each flow is one Send.
struct Session
{
    FixedClock clock{1'700'000'000'000};
    SystemRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    std::unique_ptr<AuthFlow> flow;

    Session()
    {
        request.url = Url::parse(u"https://api.example.com/photos?size=big"_s).value();
        request.headers.append("Host"_ba, "api.example.com"_ba, HeaderSource::Default);
        for (const SchemeField &field : findScheme(u"oauth2"_s)->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, field.defaultValue);
        }
        values.setText(u"token-url"_s, u"https://server.example.com/token"_s);
        values.setText(u"client-id"_s, u"s6BhdRkqt3"_s);
        values.setSecret(u"client-secret"_s, Secret("7Fjfp0ZBr1KtDRbnfVdmIw"));
    }

    Step start()
    {
        flow = startFlow(*findScheme(u"oauth2"_s), *this);
        return flow->next(nullptr);
    }
    // The answer to a step that sends.
    Step answer(const Step &step, const Response &response)
    {
        Exchange exchange;
        exchange.request = std::get<SendStep>(step).request;
        exchange.role = std::get<SendStep>(step).role;
        exchange.response = response;
        return flow->next(&exchange);
    }
    Step answer(const QString &text)
    {
        flow->supply(text);
        return flow->next(nullptr);
    }
};

const SendStep *sent(const Step &step, const char *to)
{
    const auto *send = std::get_if<SendStep>(&step);
    if (const auto *failed = std::get_if<FailedStep>(&step))
        qWarning() << failed->error.message << failed->error.action;
    return send && send->request.url.toString() == QLatin1StringView(to) ? send : nullptr;
}

QString failure(const Step &step)
{
    const auto *failed = std::get_if<FailedStep>(&step);
    return failed ? failed->error.message : u"(no failure)"_s;
}

QByteArray item(const SendStep &step, QByteArrayView name)
{
    for (const auto &[key, value] : formPairs(step.request.body)) {
        if (key == name)
            return value;
    }
    return {};
}

QByteArray queryItem(const QUrl &url, QByteArrayView name)
{
    for (const auto &[key, value] : formPairs(url.query(QUrl::FullyEncoded).toLatin1())) {
        if (key == name)
            return value;
    }
    return {};
}

constexpr auto tokenUrl = "https://server.example.com/token";
constexpr auto apiUrl = "https://api.example.com/photos?size=big";

} // namespace

class tst_OAuth2 : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // --- numbers of the RFCs

    void pkceChallengeOfRfc7636()
    {
        QCOMPARE(pkceChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"_ba), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"_ba);
    }

    void metadataUrls_data()
    {
        QTest::addColumn<QString>("issuer");
        QTest::addColumn<QStringList>("urls");
        QTest::newRow("RFC 8414 section 3.1, with a path")
            << u"https://example.com/issuer1"_s
            << QStringList{u"https://example.com/issuer1/.well-known/openid-configuration"_s,
                           u"https://example.com/.well-known/oauth-authorization-server/issuer1"_s,
                           u"https://example.com/.well-known/openid-configuration/issuer1"_s};
        QTest::newRow("without a path") << u"https://example.com/"_s
                                        << QStringList{u"https://example.com/.well-known/openid-configuration"_s,
                                                       u"https://example.com/.well-known/oauth-authorization-server"_s};
        QTest::newRow("as it is") << u"https://example.com/.well-known/openid-configuration"_s
                                  << QStringList{u"https://example.com/.well-known/openid-configuration"_s};
    }
    void metadataUrls()
    {
        QFETCH(QString, issuer);
        QFETCH(QStringList, urls);
        QCOMPARE(realmscope::metadataUrls(issuer), urls);
    }

    void resourceMetadataUrlOfRfc9728()
    {
        QCOMPARE(resourceMetadataUrls(Url::parse(u"https://resource.example.com/resource1"_s).value()),
                 (QStringList{u"https://resource.example.com/.well-known/oauth-protected-resource/resource1"_s,
                              u"https://resource.example.com/.well-known/oauth-protected-resource"_s}));
    }

    void accessTokenHashOfRfc9449()
    {
        // Section 7.1, figure 13: the token and the ath of its proof.
        AuthMemory memory;
        const FixedClock clock(1'562'262'618'000);
        SystemRandom random;
        const Result<DpopKey> key = dpopKey("ES256"_ba, {}, {}, memory);
        QVERIFY(key);
        const Result<DpopProof> proof = makeDpopProof(
            *key, {"GET"_ba, Url::parse(u"https://resource.example.org/protectedresource?a=b#c"_s).value(), "eyJ7S_zG.eyJH0-Z.HX4w-7v"_ba,
                   Secret("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")},
            clock, random);
        QVERIFY(proof);
        const std::optional<DecodedJwt> jwt = decodeJwt(proof->jwt);
        QVERIFY(jwt);
        QCOMPARE(jwt->claims.value("ath"_L1).toString(), u"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"_s);
        QCOMPARE(jwt->claims.value("htu"_L1).toString(), u"https://resource.example.org/protectedresource"_s);
        QCOMPARE(jwt->claims.value("htm"_L1).toString(), u"GET"_s);
        QCOMPARE(jwt->claims.value("nonce"_L1).toString(), u"eyJ7S_zG.eyJH0-Z.HX4w-7v"_s);
        QCOMPARE(jwt->claims.value("iat"_L1).toInteger(), 1'562'262'618);
        QCOMPARE(jwt->header.value("typ"_L1).toString(), u"dpop+jwt"_s);
        QVERIFY(!jwt->header.value("jwk"_L1).toObject().contains("d"_L1));
        QCOMPARE(verifyJws(proof->jwt, jwt->header.value("jwk"_L1).toObject()).verdict, JwsVerdict::Valid);
    }

    // --- client credentials, and what every grant shares

    void clientCredentials()
    {
        Session session;
        session.values.setText(u"scope"_s, u"read  write"_s);
        session.values.setText(u"resource"_s, u"https://a.example https://b.example"_s);
        session.values.setText(u"token-parameters"_s, u"# a remark\n\ntenant=blue one"_s);
        Step step = session.start();
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(send->role, ExchangeRole::Token);
        QCOMPARE(send->request.method, "POST"_ba);
        QVERIFY(send->namedByProfile);
        // RFC 6749 section 2.3.1.
        QCOMPARE(send->request.headers.value("Authorization"), "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"_ba);
        QCOMPARE(send->request.headers.value("Content-Type"), "application/x-www-form-urlencoded"_ba);
        QCOMPARE(send->request.headers.value("Content-Length").toInt(), send->request.body.size());
        QCOMPARE(formPairs(send->request.body), (Pairs{{"grant_type"_ba, "client_credentials"_ba}, {"scope"_ba, "read write"_ba},
                                                       {"resource"_ba, "https://a.example"_ba}, {"resource"_ba, "https://b.example"_ba},
                                                       {"tenant"_ba, "blue one"_ba}}));
        step = session.answer(step, answered(200, goodToken));
        send = sent(step, apiUrl);
        QVERIFY(send);
        QCOMPARE(send->role, ExchangeRole::Final);
        QCOMPARE(send->request.headers.value("Authorization"), "Bearer 2YotnFZFEjr1zCsicMWpAA"_ba);
        QVERIFY(std::holds_alternative<DoneStep>(session.answer(step, answered(200, "[]"))));

        // The next Send has the token already.
        QVERIFY(sent(session.start(), apiUrl));
        const TokenStatus status = tokenStatus(session.memory, session.clock.nowSeconds());
        QCOMPARE(status.state, TokenState::Valid);
        QCOMPARE(*status.expiresAt, session.clock.nowSeconds() + 3600);
        QCOMPARE(status.scope, u"read  write"_s);
    }

    void clientAuthentication_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QByteArray>("authorization");
        QTest::addColumn<QByteArray>("idInForm");
        QTest::addColumn<QByteArray>("secretInForm");
        // "a b" and "p%s+ w&r=d": printf 'a+b:p%%25s%%2B+w%%26r%%3Dd' | base64
        QTest::newRow("basic") << u"client_secret_basic"_s << "Basic YStiOnAlMjVzJTJCK3clMjZyJTNEZA=="_ba << QByteArray() << QByteArray();
        QTest::newRow("basic raw") << u"client_secret_basic_raw"_s << "Basic YSBiOnAlcysgdyZyPWQ="_ba << QByteArray() << QByteArray();
        QTest::newRow("post") << u"client_secret_post"_s << QByteArray() << "a b"_ba << "p%s+ w&r=d"_ba;
        QTest::newRow("none") << u"none"_s << QByteArray() << "a b"_ba << QByteArray();
        QTest::newRow("certificate") << u"tls_client_auth"_s << QByteArray() << "a b"_ba << QByteArray();
    }
    void clientAuthentication()
    {
        QFETCH(QString, method);
        QFETCH(QByteArray, authorization);
        QFETCH(QByteArray, idInForm);
        QFETCH(QByteArray, secretInForm);
        Session session;
        session.values.setText(u"client-auth"_s, method);
        session.values.setText(u"client-id"_s, u"a b"_s);
        session.values.setSecret(u"client-secret"_s, Secret("p%s+ w&r=d"));
        const Step step = session.start();
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(send->request.headers.value("Authorization"), authorization);
        QCOMPARE(item(*send, "client_id"), idInForm);
        QCOMPARE(item(*send, "client_secret"), secretInForm);
    }

    void assertionForClient()
    {
        Session session;
        session.values.setText(u"client-auth"_s, u"client_secret_jwt"_s);
        const Step step = session.start();
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(item(*send, "client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"_ba); // RFC 7523 section 2.2
        JoseKey key;
        key.symmetric = session.values.secret(u"client-secret"_s);
        QCOMPARE(verifyJws(item(*send, "client_assertion"), key).verdict, JwsVerdict::Valid);
        const std::optional<DecodedJwt> jwt = decodeJwt(item(*send, "client_assertion"));
        QCOMPARE(jwt->claims.value("iss"_L1).toString(), u"s6BhdRkqt3"_s);
        QCOMPARE(jwt->claims.value("sub"_L1).toString(), u"s6BhdRkqt3"_s);
        QCOMPARE(jwt->claims.value("aud"_L1).toString(), QString::fromLatin1(tokenUrl));
        QVERIFY(*jwt->time(u"exp"_s) > session.clock.nowSeconds());
        QVERIFY(!jwt->claims.value("jti"_L1).toString().isEmpty());
    }

    void grantsInTheForm_data()
    {
        QTest::addColumn<QString>("grant");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QMap<QString, QString>>("secrets");
        QTest::addColumn<Pairs>("form");
        using Map = QMap<QString, QString>;
        QTest::newRow("password, RFC 6749 section 4.3.2") << u"password"_s << Map{{u"username"_s, u"johndoe"_s}} << Map{{u"password"_s, u"A3ddj3w"_s}}
            << Pairs{{"grant_type"_ba, "password"_ba}, {"username"_ba, "johndoe"_ba}, {"password"_ba, "A3ddj3w"_ba}};
        QTest::newRow("refresh token, RFC 6749 section 6") << u"refresh_token"_s << Map{} << Map{{u"refresh-token"_s, u"tGzv3JOkF0XG5Qx2TlKWIA"_s}}
            << Pairs{{"grant_type"_ba, "refresh_token"_ba}, {"refresh_token"_ba, "tGzv3JOkF0XG5Qx2TlKWIA"_ba}};
        QTest::newRow("JWT, RFC 7523 section 2.1") << u"jwt_bearer"_s << Map{} << Map{{u"assertion"_s, u"eyJhbGciOiJFUzI1NiJ9.eyJpc3Mi.J9l-ZhwP"_s}}
            << Pairs{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:jwt-bearer"_ba}, {"assertion"_ba, "eyJhbGciOiJFUzI1NiJ9.eyJpc3Mi.J9l-ZhwP"_ba}};
        // printf '<saml/>' | base64: PHNhbWwvPg==
        QTest::newRow("SAML as XML, RFC 7522 section 2.1") << u"saml2_bearer"_s << Map{} << Map{{u"assertion"_s, u"<saml/>"_s}}
            << Pairs{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:saml2-bearer"_ba}, {"assertion"_ba, "PHNhbWwvPg"_ba}};
        QTest::newRow("exchange, RFC 8693 section 2.3") << u"token_exchange"_s << Map{{u"resource"_s, u"https://backend.example.com/api"_s}}
            << Map{{u"subject-token"_s, u"accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC"_s}}
            << Pairs{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:token-exchange"_ba},
                     {"subject_token"_ba, "accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC"_ba},
                     {"subject_token_type"_ba, "urn:ietf:params:oauth:token-type:access_token"_ba},
                     {"resource"_ba, "https://backend.example.com/api"_ba}};
    }
    void grantsInTheForm()
    {
        QFETCH(QString, grant);
        using Map = QMap<QString, QString>;
        QFETCH(Map, texts);
        QFETCH(Map, secrets);
        QFETCH(Pairs, form);
        Session session;
        session.values.setText(u"grant"_s, grant);
        for (const auto &[id, value] : texts.asKeyValueRange())
            session.values.setText(id, value);
        for (const auto &[id, value] : secrets.asKeyValueRange())
            session.values.setSecret(id, Secret::fromString(value));
        const Step step = session.start();
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(formPairs(send->request.body), form);
        QVERIFY(sent(session.answer(step, answered(200, goodToken)), apiUrl));
    }

    void tokenInOtherPlaces()
    {
        Session session;
        session.values.setText(u"location"_s, u"query"_s);
        Step step = session.start();
        step = session.answer(step, answered(200, goodToken));
        QVERIFY(sent(step, "https://api.example.com/photos?size=big&access_token=2YotnFZFEjr1zCsicMWpAA")); // RFC 6750 section 2.3
        QVERIFY(!std::get<SendStep>(step).request.headers.contains("Authorization"));

        session.values.setText(u"location"_s, u"body"_s);
        step = session.start();
        QVERIFY(failure(session.answer(step, answered(200, goodToken))).contains(u"in the body of a form only"_s));
        session.request.method = "POST"_ba;
        session.request.headers.append("Content-Type"_ba, "application/x-www-form-urlencoded"_ba, HeaderSource::User);
        session.request.headers.append("Content-Length"_ba, "3"_ba, HeaderSource::Default);
        session.request.body = "a=1"_ba;
        step = session.start();
        QCOMPARE(std::get<SendStep>(step).request.body, "a=1&access_token=2YotnFZFEjr1zCsicMWpAA"_ba);
        QCOMPARE(std::get<SendStep>(step).request.headers.value("Content-Length"), "39"_ba);
    }

    // --- answers of the token endpoint

    void badTokenAnswers_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("says");
        const QByteArray json = "application/json"_ba;
        QTest::newRow("invalid_client") << 401 << json << "{\"error\":\"invalid_client\",\"error_description\":\"no such secret\"}"_ba
                                        << u"the token endpoint said no: invalid_client (no such secret)"_s;
        QTest::newRow("error with 200") << 200 << json << "{\"error\":\"bad_verification_code\"}"_ba << u"the token endpoint said no: bad_verification_code"_s;
        QTest::newRow("HTML") << 200 << "text/html"_ba << "<!doctype html><p>Log in</p>"_ba << u"the token endpoint answered 200 with an HTML page, not with a token"_s;
        QTest::newRow("nothing") << 404 << json << ""_ba << u"the token endpoint answered 404 with nothing, not with a token"_s;
        QTest::newRow("no token") << 200 << json << "{}"_ba << u"the token endpoint answered 200 with something else, not with an access_token"_s;
        QTest::newRow("an array") << 200 << json << "[1]"_ba << u"the token endpoint answered 200 with something else, not with a token"_s;
        QTest::newRow("other type") << 200 << json << "{\"access_token\":\"x\",\"token_type\":\"mac\"}"_ba << u"the token is of the type \"mac\", which can't be sent"_s;
    }
    void badTokenAnswers()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(QString, says);
        Session session;
        const Step step = session.start();
        const Step end = session.answer(step, answered(status, body, {{"Content-Type", type}}));
        QCOMPARE(failure(end), says);
        QVERIFY(!std::get<FailedStep>(end).error.action.isEmpty());
        QCOMPARE(tokenStatus(session.memory, session.clock.nowSeconds()).state, TokenState::None); // nobody waits for this flow
    }

    void toleratedTokenAnswers()
    {
        Session session;
        Step step = session.start();
        // As GitHub answers without being asked for JSON; and a number as a text, as some servers write it.
        step = session.answer(step, answered(200, "access_token=gho_16C7e42F&scope=repo&token_type=bearer"_ba, {{"Content-Type", "application/x-www-form-urlencoded"}}));
        QCOMPARE(std::get<SendStep>(step).request.headers.value("Authorization"), "Bearer gho_16C7e42F"_ba);
        session.memory = {};
        step = session.start();
        step = session.answer(step, answered(200, "{\"access_token\":\"x\",\"expires_in\":\"60\"}"_ba));
        QVERIFY(sent(step, apiUrl));
        QCOMPARE(*tokenStatus(session.memory, session.clock.nowSeconds()).expiresAt, session.clock.nowSeconds() + 60);
    }

    void expiryOfJwtByServersClock()
    {
        // The server's clock is an hour ahead; its token, good for ten minutes, is good for ten minutes here as well.
        Session session;
        const qint64 theirs = session.clock.nowSeconds() + 3600;
        const QByteArray claims = encodeBase64Url("{\"exp\":" + QByteArray::number(theirs + 600) + '}');
        const QByteArray token = encodeBase64Url("{\"alg\":\"none\"}") + "." + claims + ".";
        const Step step = session.start();
        QVERIFY(sent(session.answer(step, answered(200, "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\"}",
                                                   {{"Content-Type", "application/json"}, {"Date", formatHttpDate(theirs)}})), apiUrl));
        QCOMPARE(*tokenStatus(session.memory, session.clock.nowSeconds()).expiresAt, session.clock.nowSeconds() + 600);
    }

    // --- the life of a token

    void renewedBeforeItExpires()
    {
        Session session;
        session.values.setText(u"grant"_s, u"password"_s);
        session.values.setText(u"username"_s, u"johndoe"_s);
        session.values.setSecret(u"password"_s, Secret("A3ddj3w"));
        Step step = session.start();
        session.answer(step, answered(200, goodToken));
        QVERIFY(session.memory.renewedFields.value(u"refresh-token"_s).equals(Secret("tGzv3JOkF0XG5Qx2TlKWIA")));
        session.memory.renewedFields.clear();

        session.clock.set(session.clock.nowMs() + 3'569'000); // 31 s left
        QVERIFY(sent(session.start(), apiUrl));
        session.clock.set(session.clock.nowMs() + 2'000);
        QCOMPARE(tokenStatus(session.memory, session.clock.nowSeconds()).state, TokenState::Expiring);
        step = session.start();
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(item(*send, "grant_type"), "refresh_token"_ba);
        QCOMPARE(item(*send, "refresh_token"), "tGzv3JOkF0XG5Qx2TlKWIA"_ba);
        // Rotation: the new one counts from now on, and has to be stored.
        step = session.answer(step, answered(200, "{\"access_token\":\"second\",\"token_type\":\"bearer\",\"expires_in\":10,\"refresh_token\":\"rotated\"}"_ba));
        QCOMPARE(std::get<SendStep>(step).request.headers.value("Authorization"), "Bearer second"_ba);
        QVERIFY(session.memory.renewedFields.value(u"refresh-token"_s).equals(Secret("rotated")));
        step = session.start();
        QCOMPARE(item(std::get<SendStep>(step), "refresh_token"), "rotated"_ba);
        // A dead one: the grant begins anew, once.
        step = session.answer(step, answered(400, "{\"error\":\"invalid_grant\"}"_ba));
        send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(item(*send, "grant_type"), "password"_ba);
        QCOMPARE(failure(session.answer(step, answered(400, "{\"error\":\"invalid_grant\"}"_ba))), u"the token endpoint said no: invalid_grant"_s);
        QCOMPARE(tokenStatus(session.memory, session.clock.nowSeconds()).state, TokenState::Dead);
    }

    void otherErrorsKeepTheRefreshToken()
    {
        Session session;
        session.values.setText(u"grant"_s, u"refresh_token"_s);
        session.values.setSecret(u"refresh-token"_s, Secret("r1"));
        const Step step = session.start();
        QVERIFY(failure(session.answer(step, answered(503, "{\"error\":\"temporarily_unavailable\"}"_ba))).contains("temporarily_unavailable"_L1));
        QCOMPARE(item(std::get<SendStep>(session.start()), "refresh_token"), "r1"_ba);
    }

    void keptTokenThatTheServerNoLongerTakes()
    {
        Session session;
        Step step = session.start();
        session.answer(step, answered(200, "{\"access_token\":\"first\",\"token_type\":\"Bearer\"}"_ba));
        step = session.start();
        // Refused for another reason: nothing is sent again.
        QVERIFY(std::holds_alternative<DoneStep>(session.answer(step, answered(401, "", {{"WWW-Authenticate", "Bearer error=\"insufficient_scope\""}}))));
        step = session.start();
        step = session.answer(step, answered(401, "", {{"WWW-Authenticate", "Bearer realm=\"x\", error=\"invalid_token\""}}));
        QVERIFY(sent(step, tokenUrl));
        step = session.answer(step, answered(200, "{\"access_token\":\"second\",\"token_type\":\"Bearer\"}"_ba));
        QCOMPARE(std::get<SendStep>(step).request.headers.value("Authorization"), "Bearer second"_ba);
        // A fresh one that is refused too is the answer.
        QVERIFY(std::holds_alternative<DoneStep>(session.answer(step, answered(401, "", {{"WWW-Authenticate", "Bearer error=\"invalid_token\""}}))));
    }

    void oneGetsTheTokenTheOthersWait()
    {
        Session session;
        const Step first = session.start();
        QVERIFY(sent(first, tokenUrl));
        const std::unique_ptr<AuthFlow> firstFlow = std::move(session.flow);
        const Step second = session.start();
        QVERIFY(std::holds_alternative<WaitStep>(second));
        QCOMPARE(tokenStatus(session.memory, session.clock.nowSeconds()).state, TokenState::Refreshing);
        QVERIFY(std::holds_alternative<WaitStep>(session.flow->next(nullptr)));
        Exchange exchange;
        exchange.request = std::get<SendStep>(first).request;
        exchange.response = answered(200, goodToken);
        QVERIFY(sent(firstFlow->next(&exchange), apiUrl));
        QVERIFY(sent(session.flow->next(nullptr), apiUrl)); // without a request of its own

        // And a flow that is given up does not leave the others waiting.
        session.memory = {};
        QVERIFY(sent(session.start(), tokenUrl));
        session.flow.reset();
        QVERIFY(sent(session.start(), tokenUrl));
    }

    void otherSettingsVoidTheToken()
    {
        Session session;
        const Step step = session.start();
        session.answer(step, answered(200, goodToken));
        QVERIFY(sent(session.start(), apiUrl));
        session.values.setText(u"scope"_s, u"more"_s);
        QVERIFY(sent(session.start(), tokenUrl));
    }

    // --- metadata

    void endpointsOutOfMetadata()
    {
        Session session;
        session.values.setText(u"token-url"_s, {});
        session.values.setText(u"issuer"_s, u"https://login.example.com/t1"_s);
        Step step = session.start();
        QVERIFY(sent(step, "https://login.example.com/t1/.well-known/openid-configuration"));
        QVERIFY(!std::get<SendStep>(step).carriesCredential);
        step = session.answer(step, answered(404, "no"));
        QVERIFY(sent(step, "https://login.example.com/.well-known/oauth-authorization-server/t1"));
        step = session.answer(step, answered(200, "{\"issuer\":\"https://login.example.com/t1\",\"token_endpoint\":\"https://tokens.example.com/t\"}"_ba));
        const SendStep *send = sent(step, "https://tokens.example.com/t");
        QVERIFY(send);
        QVERIFY(send->namedByProfile); // by way of the issuer
        QVERIFY(sent(session.answer(step, answered(200, goodToken)), apiUrl));
    }

    void metadataOfAnother()
    {
        Session session;
        session.values.setText(u"token-url"_s, {});
        session.values.setText(u"issuer"_s, u"https://login.example.com"_s);
        const Step step = session.start();
        const Step end = session.answer(step, answered(200, "{\"issuer\":\"https://evil.example\",\"token_endpoint\":\"https://evil.example/t\"}"_ba));
        QCOMPARE(failure(end),
                 u"the metadata is of another issuer: \"https://evil.example\" instead of \"https://login.example.com\""_s);
    }

    void resourceNamesItsServer()
    {
        Session session;
        session.values.setText(u"token-url"_s, {});
        session.request.url = Url::parse(u"https://api.example.com/photos"_s).value();
        Step step = session.start();
        QVERIFY(sent(step, "https://api.example.com/photos"));
        QVERIFY(!std::get<SendStep>(step).carriesCredential);
        QCOMPARE(std::get<SendStep>(step).role, ExchangeRole::Challenge);
        step = session.answer(step, answered(401, "", {{"WWW-Authenticate", "Bearer resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource\""}}));
        QVERIFY(sent(step, "https://api.example.com/.well-known/oauth-protected-resource"));
        step = session.answer(step, answered(200, "{\"resource\":\"https://api.example.com\",\"authorization_servers\":[\"https://login.example.com\"]}"_ba));
        QVERIFY(sent(step, "https://login.example.com/.well-known/openid-configuration"));
        step = session.answer(step, answered(200, "{\"issuer\":\"https://login.example.com\",\"token_endpoint\":\"https://login.example.com/t\"}"_ba));
        const SendStep *send = sent(step, "https://login.example.com/t");
        QVERIFY(send);
        QVERIFY(!send->namedByProfile); // the API named it, not the user: the profile's origins decide
    }

    // --- the browser

    void authorizationCode()
    {
        Session session;
        session.values.setText(u"grant"_s, u"authorization_code"_s);
        session.values.setText(u"client-auth"_s, u"none"_s);
        session.values.setText(u"authorization-url"_s, u"https://server.example.com/authorize?tenant=1"_s);
        session.values.setText(u"scope"_s, u"openid photos"_s);
        session.values.setText(u"authorization-parameters"_s, u"prompt=login"_s);
        Step step = session.start();
        QVERIFY(std::holds_alternative<ListenStep>(step));
        QCOMPARE(std::get<ListenStep>(step).redirectUri, QUrl(u"http://127.0.0.1/callback"_s));
        step = session.answer(u"http://127.0.0.1:51004/callback"_s);
        QVERIFY(std::holds_alternative<OpenBrowserStep>(step));
        const QUrl url = std::get<OpenBrowserStep>(step).url;
        QVERIFY(url.toString().startsWith("https://server.example.com/authorize?tenant=1&response_type=code&"_L1));
        QCOMPARE(queryItem(url, "client_id"), "s6BhdRkqt3"_ba);
        QCOMPARE(queryItem(url, "redirect_uri"), "http://127.0.0.1:51004/callback"_ba);
        QCOMPARE(queryItem(url, "scope"), "openid photos"_ba);
        QCOMPARE(queryItem(url, "code_challenge_method"), "S256"_ba);
        QCOMPARE(queryItem(url, "prompt"), "login"_ba);
        const QByteArray state = queryItem(url, "state");
        QVERIFY(state.size() >= 32 && !queryItem(url, "nonce").isEmpty());
        step = session.answer(u"http://127.0.0.1:51004/callback?code=SplxlOBeZQQYbYS6WxSbIA&state="_s + QString::fromLatin1(state));
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(item(*send, "grant_type"), "authorization_code"_ba);
        QCOMPARE(item(*send, "code"), "SplxlOBeZQQYbYS6WxSbIA"_ba);
        QCOMPARE(item(*send, "redirect_uri"), "http://127.0.0.1:51004/callback"_ba);
        QCOMPARE(pkceChallenge(item(*send, "code_verifier")), queryItem(url, "code_challenge"));
        QVERIFY(sent(session.answer(step, answered(200, goodToken)), apiUrl));
    }

    void idTokenOfAnotherLogin()
    {
        struct Case
        {
            const char *claims; // besides the nonce
            QString says;       // empty: taken
        };
        const QString otherClient = u"the ID token is for another client: aud is not s6BhdRkqt3"_s;
        for (const auto &[claims, says] : {Case{R"("aud":"s6BhdRkqt3")", {}}, Case{R"("aud":["x","s6BhdRkqt3"])", {}}, Case{R"("aud":"x")", otherClient}, Case{R"("x":1)", otherClient},
                                           Case{R"("nonce":"other","aud":"s6BhdRkqt3")", u"the ID token does not hold the nonce of this request"_s}}) {
            Session session;
            session.values.setText(u"client-id"_s, u"s6BhdRkqt3"_s);
            session.values.setText(u"grant"_s, u"authorization_code"_s);
            session.values.setText(u"authorization-url"_s, u"https://server.example.com/authorize"_s);
            session.values.setText(u"scope"_s, u"openid"_s);
            session.start();
            const Step browser = session.answer(u"http://127.0.0.1:51004/callback"_s);
            const QUrl url = std::get<OpenBrowserStep>(browser).url;
            const Step step = session.answer(u"http://127.0.0.1:51004/callback?code=c&state="_s + QString::fromLatin1(queryItem(url, "state")));
            const QByteArray nonce = QByteArray(claims).contains("nonce") ? QByteArray() : "\"nonce\":\"" + queryItem(url, "nonce") + "\",";
            const QByteArray idToken = encodeBase64Url("{\"alg\":\"none\"}") + '.' + encodeBase64Url('{' + nonce + claims + '}') + '.';
            const Step end = session.answer(step, answered(200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"" + idToken + "\"}"));
            if (says.isEmpty())
                QVERIFY(sent(end, apiUrl));
            else
                QCOMPARE(failure(end), says);
        }
    }

    void badAuthorizationAnswers_data()
    {
        QTest::addColumn<QString>("query"); // %1: the state
        QTest::addColumn<QString>("says");
        QTest::newRow("refused") << u"error=access_denied&error_description=The+user+said+no&state=%1"_s
                                 << u"the authorization endpoint said no: access_denied (The user said no)"_s;
        QTest::newRow("no state") << u"code=x"_s << u"the answer of the browser has no state"_s;
        QTest::newRow("other state") << u"code=x&state=y"_s << u"the answer of the browser has another state than the request"_s;
        QTest::newRow("error of somebody else") << u"error=access_denied&state=y"_s << u"the answer of the browser has another state than the request"_s;
        QTest::newRow("no code") << u"state=%1&foo=bar"_s << u"the browser came back without a code and without an error"_s;
        QTest::newRow("no iss") << u"code=x&state=%1"_s << u"the answer does not say which issuer it comes from, though the server promises that it does"_s;
        QTest::newRow("other iss") << u"code=x&state=%1&iss=https%3A%2F%2Fevil.example"_s
                                   << u"the answer comes from another issuer: \"https://evil.example\" instead of \"https://server.example.com\""_s;
    }
    void badAuthorizationAnswers()
    {
        QFETCH(QString, query);
        QFETCH(QString, says);
        const bool isAboutIssuer = says.contains("issuer"_L1);
        const AuthorizationSecrets secrets{"the-state"_ba, {}, {}};
        const Result<AuthorizationAnswer> answer =
            readAuthorizationAnswer(u"http://127.0.0.1/callback?"_s + query.replace("%1"_L1, "the-state"_L1), secrets,
                                    isAboutIssuer ? u"https://server.example.com"_s : QString(), isAboutIssuer);
        QVERIFY(!answer);
        QCOMPARE(answer.error().message, says);
    }

    void issuerNamedAsPromised()
    {
        const AuthorizationSecrets secrets{"s"_ba, {}, {}};
        const Result<AuthorizationAnswer> answer =
            readAuthorizationAnswer(u"http://127.0.0.1/cb?code=x&state=s&iss=https%3A%2F%2Fserver.example.com"_s, secrets, u"https://server.example.com"_s, true);
        QVERIFY(answer);
        QCOMPARE(answer->code, "x"_ba);
    }

    void pushedAuthorizationRequest()
    {
        Session session;
        session.values.setText(u"grant"_s, u"authorization_code"_s);
        session.values.setText(u"authorization-url"_s, u"https://server.example.com/authorize"_s);
        session.values.setText(u"par"_s, u"true"_s);
        session.values.setText(u"par-url"_s, u"https://server.example.com/par"_s);
        session.start();
        Step step = session.answer(u"http://127.0.0.1:51004/callback"_s);
        const SendStep *send = sent(step, "https://server.example.com/par");
        QVERIFY(send);
        QCOMPARE(item(*send, "response_type"), "code"_ba);
        QVERIFY(send->request.headers.value("Authorization").startsWith("Basic "));
        // RFC 9126 section 2.2
        step = session.answer(step, answered(201, "{\"request_uri\":\"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c\",\"expires_in\":60}"_ba));
        QVERIFY(std::holds_alternative<OpenBrowserStep>(step));
        QCOMPARE(std::get<OpenBrowserStep>(step).url.toString(QUrl::FullyEncoded),
                 u"https://server.example.com/authorize?client_id=s6BhdRkqt3&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c"_s);
    }

    void implicitGrant()
    {
        Session session;
        session.values.setText(u"grant"_s, u"implicit"_s);
        session.values.setText(u"client-auth"_s, u"none"_s);
        session.values.setText(u"authorization-url"_s, u"https://server.example.com/authorize"_s);
        session.start();
        Step step = session.answer(u"http://127.0.0.1:5/callback"_s);
        const QUrl url = std::get<OpenBrowserStep>(step).url;
        QCOMPARE(queryItem(url, "response_type"), "token"_ba);
        QVERIFY(queryItem(url, "code_challenge").isEmpty());
        step = session.answer(u"http://127.0.0.1:5/callback#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=example_ignored&expires_in=3600&state="_s
                              + QString::fromLatin1(queryItem(url, "state")));
        QCOMPARE(failure(step), u"the token is of the type \"example_ignored\", which can't be sent"_s);
        step = session.start();
        step = session.answer(u"http://127.0.0.1:5/callback"_s);
        step = session.answer(u"http://127.0.0.1:5/callback#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&expires_in=3600&state="_s
                              + QString::fromLatin1(queryItem(std::get<OpenBrowserStep>(step).url, "state")));
        const SendStep *send = sent(step, apiUrl);
        QVERIFY(send);
        QCOMPARE(send->request.headers.value("Authorization"), "Bearer 2YotnFZFEjr1zCsicMWpAA"_ba);
    }

    // --- the device

    void deviceCode()
    {
        Session session;
        session.values.setText(u"grant"_s, u"device_code"_s);
        session.values.setText(u"client-auth"_s, u"none"_s);
        session.values.setText(u"device-url"_s, u"https://server.example.com/device_authorization"_s);
        Step step = session.start();
        QVERIFY(sent(step, "https://server.example.com/device_authorization"));
        // RFC 8628 section 3.2
        step = session.answer(step, answered(200, "{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\",\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://example.com/device\",\"verification_uri_complete\":\"https://example.com/device?user_code=WDJB-MJHT\",\"expires_in\":20,\"interval\":5}"_ba));
        const auto *wait = std::get_if<WaitStep>(&step);
        QVERIFY(wait);
        QCOMPARE(wait->ms, 5000);
        QCOMPARE(wait->userCode, u"WDJB-MJHT"_s);
        QCOMPARE(wait->url, QUrl(u"https://example.com/device?user_code=WDJB-MJHT"_s));
        step = session.flow->next(nullptr);
        const SendStep *send = sent(step, tokenUrl);
        QVERIFY(send);
        QCOMPARE(item(*send, "grant_type"), "urn:ietf:params:oauth:grant-type:device_code"_ba);
        QCOMPARE(item(*send, "device_code"), "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"_ba);
        session.clock.set(session.clock.nowMs() + 5000);
        step = session.answer(step, answered(400, "{\"error\":\"slow_down\"}"_ba));
        QCOMPARE(std::get<WaitStep>(step).ms, 10'000); // section 3.5: five seconds more
        step = session.flow->next(nullptr);
        step = session.answer(step, answered(400, "{\"error\":\"authorization_pending\"}"_ba));
        QCOMPARE(std::get<WaitStep>(step).ms, 10'000);
        session.clock.set(session.clock.nowMs() + 10'000);
        step = session.flow->next(nullptr);
        QCOMPARE(failure(session.answer(step, answered(400, "{\"error\":\"authorization_pending\"}"_ba))), u"nobody entered the code WDJB-MJHT in time"_s);
    }

    // --- DPoP

    void dpopNonces()
    {
        Session session;
        session.values.setText(u"dpop"_s, u"ES256"_s);
        Step step = session.start();
        const auto claimsOf = [](const Step &from) { return decodeJwt(std::get<SendStep>(from).request.headers.value("DPoP"))->claims; };
        QCOMPARE(claimsOf(step).value("htu"_L1).toString(), QString::fromLatin1(tokenUrl));
        QVERIFY(!claimsOf(step).contains("nonce"_L1));
        // RFC 9449 section 8
        step = session.answer(step, answered(400, "{\"error\":\"use_dpop_nonce\"}"_ba, {{"Content-Type", "application/json"}, {"DPoP-Nonce", "n1"}}));
        QVERIFY(sent(step, tokenUrl));
        QCOMPARE(claimsOf(step).value("nonce"_L1).toString(), u"n1"_s);
        step = session.answer(step, answered(200, "{\"access_token\":\"bound\",\"token_type\":\"DPoP\",\"expires_in\":60}"_ba));
        QVERIFY(sent(step, apiUrl));
        QCOMPARE(std::get<SendStep>(step).request.headers.value("Authorization"), "DPoP bound"_ba);
        QVERIFY(!claimsOf(step).contains("nonce"_L1)); // the nonce of another server
        QCOMPARE(claimsOf(step).value("htu"_L1).toString(), u"https://api.example.com/photos"_s);
        // section 9
        step = session.answer(step, answered(401, "", {{"WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""}, {"DPoP-Nonce", "n2"}}));
        QCOMPARE(claimsOf(step).value("nonce"_L1).toString(), u"n2"_s);
        // Once: a server that asks again and again is not followed.
        QVERIFY(std::holds_alternative<DoneStep>(session.answer(step, answered(401, "", {{"WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""}, {"DPoP-Nonce", "n3"}}))));
        // The key stays for the run, so the token goes on.
        const Step again = session.start();
        QVERIFY(sent(again, apiUrl));
        QCOMPARE(claimsOf(again).value("nonce"_L1).toString(), u"n3"_s);
    }

    // RFC 9110 section 7.1: the address of a request is the one that its Host names.
    void dpopFollowsHost()
    {
        Session session;
        session.values.setText(u"dpop"_s, u"ES256"_s);
        session.request.headers.set("Host"_ba, "www.example.org:8443"_ba, HeaderSource::User);
        Step step = session.answer(session.start(), answered(200, "{\"access_token\":\"bound\",\"token_type\":\"DPoP\",\"expires_in\":60}"_ba));
        QVERIFY(sent(step, apiUrl));
        const std::optional<DecodedJwt> proof = decodeJwt(std::get<SendStep>(step).request.headers.value("DPoP"));
        QCOMPARE(proof->claims.value("htu"_L1).toString(), u"https://www.example.org:8443/photos"_s);
        session.request.headers.set("Host"_ba, "not a host"_ba, HeaderSource::User);
        QVERIFY(failure(session.start()).contains(u"host"_s));
    }

    // --- refused input

    void refusedInput_data()
    {
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QMap<QString, QString>>("secrets");
        QTest::addColumn<QString>("says");
        using Map = QMap<QString, QString>;
        QTest::newRow("no client") << Map{{u"client-id"_s, {}}} << Map{} << u"OAuth 2.0: Client ID is empty"_s;
        QTest::newRow("no secret") << Map{} << Map{{u"client-secret"_s, {}}} << u"OAuth 2.0: Client secret is empty"_s;
        QTest::newRow("no key") << Map{{u"client-auth"_s, u"private_key_jwt"_s}} << Map{} << u"OAuth 2.0: Private key is empty"_s;
        QTest::newRow("no subject token") << Map{{u"grant"_s, u"token_exchange"_s}} << Map{} << u"OAuth 2.0: Subject token is empty"_s;
        QTest::newRow("no assertion") << Map{{u"grant"_s, u"saml2_bearer"_s}} << Map{} << u"OAuth 2.0: Assertion is empty"_s;
        QTest::newRow("unknown grant") << Map{{u"grant"_s, u"magic"_s}} << Map{} << u"OAuth 2.0: Grant can't be \"magic\""_s;
        QTest::newRow("token URL") << Map{{u"token-url"_s, u"ftp://x/"_s}} << Map{} << u"OAuth 2.0: Token URL is no http(s) URL: ftp://x/"_s;
        QTest::newRow("redirect URI") << Map{{u"grant"_s, u"authorization_code"_s}, {u"redirect-uri"_s, u"callback"_s}} << Map{}
                                      << u"OAuth 2.0: the redirect URI is no URI: callback"_s;
        QTest::newRow("fragment") << Map{{u"grant"_s, u"authorization_code"_s}, {u"redirect-uri"_s, u"http://127.0.0.1/#x"_s}} << Map{}
                                  << u"OAuth 2.0: the redirect URI has a fragment"_s;
        QTest::newRow("parameters") << Map{{u"token-parameters"_s, u"a=1\nnonsense"_s}} << Map{}
                                    << u"OAuth 2.0: line 2 of Token parameters has no name and = before the value"_s;
        QTest::newRow("seconds") << Map{{u"refresh-before"_s, u"soon"_s}} << Map{} << u"OAuth 2.0: \"soon\" is not a number of seconds"_s;
        QTest::newRow("line end") << Map{{u"client-id"_s, u"a\r\nb"_s}} << Map{} << u"OAuth 2.0: Client ID holds a control character at position 2"_s;
    }
    void refusedInput()
    {
        using Map = QMap<QString, QString>;
        QFETCH(Map, texts);
        QFETCH(Map, secrets);
        QFETCH(QString, says);
        Session session;
        for (const auto &[id, value] : texts.asKeyValueRange())
            session.values.setText(id, value);
        for (const auto &[id, value] : secrets.asKeyValueRange())
            session.values.setSecret(id, Secret::fromString(value));
        const Step step = session.start();
        QCOMPARE(failure(step), says);
        QVERIFY(!std::get<FailedStep>(step).error.action.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_OAuth2)
#include "tst_oauth2.moc"
