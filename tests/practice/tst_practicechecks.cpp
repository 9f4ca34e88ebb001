// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Random.h"
#include "app/practice/DigestKeeper.h"
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

QTEST_GUILESS_MAIN(PracticeChecksTest)
#include "tst_practicechecks.moc"
