// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Random.h"
#include "app/practice/DigestKeeper.h"
#include "app/practice/PracticeProof.h"
#include "app/practice/PracticeToken.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

// The server's half of Digest and of token checks, against the examples in the RFCs.
class PracticeChecksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void digestResponses_data();
    void digestResponses();
    void digestNonceLives();
    void tokenOfRfc7515();
    void tokens_data();
    void tokens();
    void proofOfRfc9449_data();
    void proofOfRfc9449();
    void proofs_data();
    void proofs();
};

namespace {

// RFC 7616 section 3.9.1
DigestPolicy mufasa()
{
    DigestPolicy policy;
    policy.realm = "http-auth@example.org";
    policy.algorithms = {"SHA-256", "MD5"};
    policy.users.insert("Mufasa", "Circle of Life");
    return policy;
}

QByteArray mufasaAnswers(const QByteArray &algorithm, const QByteArray &response,
                         const QByteArray &uri = "/dir/index.html", const QByteArray &user = "Mufasa")
{
    return "username=\"" + user + "\", realm=\"http-auth@example.org\", uri=\"" + uri + "\", algorithm=" + algorithm
        + ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
          "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\""
        + response + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}

} // namespace

void PracticeChecksTest::digestResponses_data()
{
    const QByteArray md5 = "8ca523f5e9506fed4657c9700eebdbec";
    const QByteArray sha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
    QTest::addColumn<QByteArray>("credentials");
    QTest::addColumn<QString>("judgement");
    // The nonce is the RFC's, not one that was issued here: "stale" says that all else is right.
    QTest::newRow("MD5") << mufasaAnswers("MD5", md5) << u"stale"_s;
    QTest::newRow("SHA-256") << mufasaAnswers("SHA-256", sha256) << u"stale"_s;
    QTest::newRow("wrong response") << mufasaAnswers("MD5", "00" + md5.mid(2)) << u"response"_s;
    QTest::newRow("response of the other algorithm") << mufasaAnswers("SHA-256", md5) << u"response"_s;
    QTest::newRow("other uri") << mufasaAnswers("MD5", md5, "/dir/other.html") << u"uri"_s;
    QTest::newRow("unknown user") << mufasaAnswers("MD5", md5, "/dir/index.html", "Scar") << u"user"_s;
    QTest::newRow("not offered") << mufasaAnswers("SHA-512-256", md5) << u"algorithm"_s;
    QTest::newRow("no response") << QByteArray("username=\"Mufasa\", realm=\"r\", nonce=\"n\", uri=\"/\"")
                                 << u"malformed"_s;
    QTest::newRow("nothing") << QByteArray() << u"malformed"_s;
    QTest::newRow("only commas") << QByteArray(",,,=,\"") << u"malformed"_s;
}

void PracticeChecksTest::digestResponses()
{
    QFETCH(QByteArray, credentials);
    QFETCH(QString, judgement);
    DigestKeeper keeper;
    QCOMPARE(keeper.judge(credentials, "GET", "/dir/index.html", {}, mufasa(), 1000), judgement);
}

void PracticeChecksTest::digestNonceLives()
{
    // Without qop, RFC 2069 style: response = MD5(MD5(a:r:b) ":" nonce ":" MD5("GET:/")), by md5sum(1).
    DigestPolicy policy;
    policy.realm = "r";
    policy.algorithms = {"MD5"};
    policy.users.insert("a", "b");
    policy.nonceSeconds = 60;
    policy.oneUse = true;

    class OneNonce final : public Random
    {
    public:
        QByteArray bytes(qsizetype count) override { return QByteArray(count, 'A'); }
    } random;
    DigestKeeper keeper;
    const QByteArray nonce = keeper.issueNonce(random, 1000);
    QCOMPARE(nonce, "QUFBQUFBQUFBQUFBQUFBQUFB");
    const QByteArray answer = "username=\"a\", realm=\"r\", nonce=\"" + nonce
        + "\", uri=\"/\", response=\"a1271bdaa8e0e69fc27453bb16746d96\"";
    QCOMPARE(keeper.judge(answer, "GET", "/", {}, policy, 1060), u"ok"_s);
    QCOMPARE(keeper.judge(answer, "GET", "/", {}, policy, 1060), u"stale"_s); // used
    QCOMPARE(keeper.issueNonce(random, 1000), nonce);
    QCOMPARE(keeper.judge(answer, "GET", "/", {}, policy, 1061), u"stale"_s); // old
    QCOMPARE(keeper.judge(answer, "POST", "/", {}, policy, 1000), u"response"_s);
}

void PracticeChecksTest::tokenOfRfc7515()
{
    // RFC 7515 appendix A.1
    const QByteArray token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                             "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
                             "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    TokenPolicy policy;
    policy.key = QByteArray::fromBase64("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                                        QByteArray::Base64UrlEncoding);
    policy.issuer = u"joe"_s;
    QCOMPARE(judgePracticeToken(token, policy, 1300819379), u"ok"_s);
    QCOMPARE(judgePracticeToken(token, policy, 1300819380), u"expired"_s);
    policy.issuer = u"jane"_s;
    QCOMPARE(judgePracticeToken(token, policy, 1300819379), u"issuer"_s);
    policy.key = "another key";
    QCOMPARE(judgePracticeToken(token, policy, 1300819379), u"signature"_s);
    QCOMPARE(judgePracticeToken(token.left(60), policy, 1300819379), u"malformed"_s);
    QCOMPARE(judgePracticeToken("a.b.c", policy, 1300819379), u"malformed"_s);
    QCOMPARE(judgePracticeToken({}, policy, 1300819379), u"malformed"_s);
}

void PracticeChecksTest::tokens_data()
{
    QTest::addColumn<QJsonObject>("claims");
    QTest::addColumn<QString>("judgement");
    const QJsonObject good{{u"iss"_s, u"i"_s}, {u"aud"_s, u"api"_s}, {u"exp"_s, u"now+60"_s}, {u"scope"_s, u"a b"_s}};
    const auto with = [&](const QString &name, const QJsonValue &value) {
        QJsonObject claims = good;
        claims.insert(name, value);
        return claims;
    };
    QTest::newRow("good") << good << u"ok"_s;
    QTest::newRow("expired") << with(u"exp"_s, u"now-1"_s) << u"expired"_s;
    QTest::newRow("expires now") << with(u"exp"_s, u"now"_s) << u"expired"_s;
    QTest::newRow("early") << with(u"nbf"_s, u"now+1"_s) << u"early"_s;
    QTest::newRow("from now on") << with(u"nbf"_s, u"now"_s) << u"ok"_s;
    QTest::newRow("audience") << with(u"aud"_s, u"other"_s) << u"audience"_s;
    QTest::newRow("audiences") << with(u"aud"_s, QJsonArray{u"other"_s, u"api"_s}) << u"ok"_s;
    QTest::newRow("scope") << with(u"scope"_s, u"ab"_s) << u"scope"_s;
    QTest::newRow("ID token") << with(u"nonce"_s, u"x"_s) << u"type"_s;
    QTest::newRow("bound") << with(u"cnf"_s, QJsonObject{{u"jkt"_s, u"x"_s}}) << u"bound"_s;
}

void PracticeChecksTest::tokens()
{
    QFETCH(QJsonObject, claims);
    QFETCH(QString, judgement);
    const Result<QByteArray> token = makePracticeToken({{u"claims"_s, claims}}, "key", 5000);
    QVERIFY(token);
    QCOMPARE(judgePracticeToken(*token, {"key", u"i"_s, u"api"_s, u"a"_s}, 5000), judgement);
}

// RFC 9449 section 7.1. Its access token is no JWT, so that what it is bound to can't be seen: "binding" says that all else is right.
void PracticeChecksTest::proofOfRfc9449_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<qint64>("now");
    QTest::addColumn<QByteArray>("nonce");
    QTest::addColumn<QString>("judgement");
    const QString address = u"https://resource.example.org/protectedresource"_s;
    const QByteArray token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    const qint64 now = 1562262618;
    QTest::newRow("as it is") << QByteArray("GET") << address << token << now << QByteArray() << u"binding"_s;
    QTest::newRow("port written") << QByteArray("GET") << u"https://resource.example.org:443/protectedresource"_s << token << now << QByteArray() << u"binding"_s;
    QTest::newRow("five minutes later") << QByteArray("GET") << address << token << now + 300 << QByteArray() << u"binding"_s;
    QTest::newRow("old") << QByteArray("GET") << address << token << now + 301 << QByteArray() << u"time"_s;
    QTest::newRow("ahead") << QByteArray("GET") << address << token << now - 301 << QByteArray() << u"time"_s;
    QTest::newRow("other method") << QByteArray("POST") << address << token << now << QByteArray() << u"method"_s;
    QTest::newRow("other path") << QByteArray("GET") << QString(address + u's') << token << now << QByteArray() << u"address"_s;
    QTest::newRow("other scheme") << QByteArray("GET") << u"http://resource.example.org/protectedresource"_s << token << now << QByteArray() << u"address"_s;
    QTest::newRow("no nonce") << QByteArray("GET") << address << token << now << QByteArray("abc") << u"nonce"_s;
    QTest::newRow("other token") << QByteArray("GET") << address << QByteArray(token + 'x') << now << QByteArray() << u"hash"_s;
}

void PracticeChecksTest::proofOfRfc9449()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QString, address);
    QFETCH(const QByteArray, token);
    QFETCH(const qint64, now);
    QFETCH(const QByteArray, nonce);
    const QByteArray proof =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFV"
        "ZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19."
        "eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJj"
        "ZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9."
        "2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    const ProofPolicy policy{{}, nonce};
    QTEST(judgePracticeProof({proof, token, method, address}, policy, now), "judgement");
    QByteArray broken = proof;
    broken[broken.size() - 10] = broken.at(broken.size() - 10) == 'A' ? 'B' : 'A';
    QCOMPARE(judgePracticeProof({broken, token, method, address}, policy, now), u"signature"_s);
    QCOMPARE(judgePracticeProof({proof.left(300), token, method, address}, policy, now), u"malformed"_s);
    QCOMPARE(judgePracticeProof({{}, token, method, address}, policy, now), u"malformed"_s);
}

// The key of RFC 7515 appendix A.3; its thumbprint (RFC 7638) was made with Python's hashlib.
void PracticeChecksTest::proofs_data()
{
    QTest::addColumn<QString>("thumbprint");
    QTest::addColumn<QString>("judgement");
    QTest::newRow("bound to it") << u"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"_s << u"ok"_s;
    QTest::newRow("bound to another") << u"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"_s << u"binding"_s;
}

void PracticeChecksTest::proofs()
{
    QFETCH(const QString, thumbprint);
    const QJsonObject jwk{{u"kty"_s, u"EC"_s},
                          {u"crv"_s, u"P-256"_s},
                          {u"x"_s, u"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"_s},
                          {u"y"_s, u"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"_s},
                          {u"d"_s, u"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"_s}};
    const Result<AsymmetricKey> key = practiceProofKey(jwk);
    QVERIFY(key);
    const ProofPolicy policy{*key, "n-1"};
    const qint64 now = 1'764'000'000;
    const QJsonObject bound{{u"cnf"_s, QJsonObject{{u"jkt"_s, thumbprint}}}};
    const Result<QByteArray> token = makePracticeToken({{u"claims"_s, bound}}, "key", now);
    QVERIFY(token);
    const QString address = u"http://api.example/a"_s;
    const QJsonObject claims{{u"htm"_s, u"GET"_s}, {u"htu"_s, address}, {u"iat"_s, u"now"_s}, {u"nonce"_s, u"n-1"_s}};
    const Result<QByteArray> proof = makePracticeProof(claims, policy, *token, now);
    QVERIFY(proof);
    QTEST(judgePracticeProof({*proof, *token, "GET", address}, policy, now), "judgement");
    QVERIFY(!practiceProofKey({{u"crv"_s, u"P-256"_s}, {u"x"_s, u"AAAA"_s}}));
}

QTEST_GUILESS_MAIN(PracticeChecksTest)
#include "tst_practicechecks.moc"
