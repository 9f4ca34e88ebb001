// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/DigestMath.h"
#include "tests/auth/StartFlow.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

namespace {

// Gives the bytes it was told, so that an RFC's cnonce can be reproduced.
class FixedRandom final : public Random
{
public:
    explicit FixedRandom(QByteArray bytes = "0123456789abcdef"_ba) : m_bytes(std::move(bytes)) {}
    QByteArray bytes(qsizetype count) override { return m_bytes.leftJustified(count, 'x', true); }

private:
    QByteArray m_bytes;
};

Exchange answerWith(const Request &request, int status, QList<std::pair<QByteArray, QByteArray>> headers)
{
    Exchange exchange;
    exchange.request = request;
    exchange.response.status = status;
    for (const auto &[name, value] : headers)
        exchange.response.headers.append(name, value);
    exchange.response.complete = true;
    return exchange;
}

struct Fixture
{
    FixedClock clock{1'700'000'000'000};
    FixedRandom random;
    AuthMemory memory;
    Request request;
    FieldValues values;

    Fixture()
    {
        request.url = Url::parse(u"http://example.org/dir/index.html"_s).value();
        values.setText(u"username"_s, u"Mufasa"_s);
        values.setSecret(u"password"_s, Secret("Circle of Life"));
    }
    std::unique_ptr<AuthFlow> start()
    {
        return startFlow(*findScheme(u"digest"_s), *this);
    }
};

Challenge sentIn(const Step &step)
{
    const auto *send = std::get_if<SendStep>(&step);
    return send ? parseCredentials(send->request.headers.value("Authorization")) : Challenge{};
}

} // namespace

class tst_Digest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void vectors_data()
    {
        QTest::addColumn<QByteArray>("algorithm");
        QTest::addColumn<QString>("username");
        QTest::addColumn<QString>("password");
        QTest::addColumn<QByteArray>("realm");
        QTest::addColumn<QByteArray>("nonce");
        QTest::addColumn<QByteArray>("uri");
        QTest::addColumn<QByteArray>("cnonce");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QByteArray>("userhash");
        const QByteArray realm = "http-auth@example.org";
        const QByteArray nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        const QByteArray cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        QTest::newRow("RFC 2617 section 3.5")
            << "MD5"_ba << u"Mufasa"_s << u"Circle Of Life"_s << "testrealm@host.com"_ba
            << "dcd98b7102dd2f0e8b11d0f600bfb0c093"_ba << "/dir/index.html"_ba << "0a4f113b"_ba
            << "6629fae49393a05397450978507c4ef1"_ba << QByteArray();
        QTest::newRow("RFC 7616 section 3.9.1 MD5") << "MD5"_ba << u"Mufasa"_s << u"Circle of Life"_s << realm << nonce
                                                    << "/dir/index.html"_ba << cnonce
                                                    << "8ca523f5e9506fed4657c9700eebdbec"_ba << QByteArray();
        QTest::newRow("RFC 7616 section 3.9.1 SHA-256")
            << "SHA-256"_ba << u"Mufasa"_s << u"Circle of Life"_s << realm << nonce << "/dir/index.html"_ba << cnonce
            << "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"_ba << QByteArray();
        QTest::newRow("RFC 7616 section 3.9.2, erratum 4897")
            << "SHA-512-256"_ba << u"J\u00e4s\u00f8n Doe"_s << u"Secret, or not?"_s << "api@example.org"_ba
            << "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"_ba << "/doe.json"_ba
            << "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"_ba
            << "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"_ba
            << "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"_ba;
    }
    void vectors()
    {
        QFETCH(QByteArray, algorithm);
        QFETCH(QString, username);
        QFETCH(QString, password);
        QFETCH(QByteArray, realm);
        QFETCH(QByteArray, nonce);
        QFETCH(QByteArray, uri);
        QFETCH(QByteArray, cnonce);
        QFETCH(QByteArray, response);
        QFETCH(QByteArray, userhash);
        const QByteArray user = username.toUtf8();
        const QByteArray pass = password.toUtf8();
        DigestInput input;
        input.algorithm = digestAlgorithm(algorithm).value();
        input.username = user;
        input.realm = realm;
        input.nonce = nonce;
        input.cnonce = cnonce;
        input.nc = "00000001";
        input.qop = "auth";
        input.method = "GET";
        input.uri = uri;
        input.password = pass;
        QCOMPARE(computeDigest(input).response, response);
        if (!userhash.isEmpty())
            QCOMPARE(digestUserhash(input.algorithm, user, realm), userhash);
    }

    void unknownAlgorithm()
    {
        QVERIFY(!digestAlgorithm("SHA-1"));
        QVERIFY(digestAlgorithm("sha-256-SESS")->session);
        QCOMPARE(digestAlgorithm("sha-256-SESS")->name, "SHA-256-sess");
        QVERIFY(digestAlgorithm("")->name.isEmpty());
    }

    // Expected values by an independent tool: openssl dgst over the strings of RFC 7616 section 3.4, for example
    //   m() { printf %s "$1" | openssl dgst -md5 -r | cut -d' ' -f1; }
    //   m "$(m "$(m alice:r:pw):n0:c0"):n0:00000001:c0:auth-int:$(m "POST:/x:$(m body)")"
    void sessionAuthIntAndLegacy()
    {
        DigestInput input;
        input.username = "alice";
        input.realm = "r";
        input.nonce = "n0";
        input.cnonce = "c0";
        input.nc = "00000001";
        input.method = "POST";
        input.uri = "/x";
        input.password = "pw";
        input.entityBody = "body";
        input.algorithm = digestAlgorithm("MD5-sess").value();
        input.qop = "auth-int";
        QCOMPARE(computeDigest(input).response, "47a7a9de9240aab75ccd853b43b3f2d4"_ba);
        input.algorithm = digestAlgorithm("").value();
        input.qop = {};
        QCOMPARE(computeDigest(input).response, "08584c6c7c496953638e30e6152b8707"_ba);
        input.algorithm = digestAlgorithm("SHA-512-256-sess").value();
        input.qop = "auth";
        QCOMPARE(computeDigest(input).response, "0f04bcd2765dc851120cde41e53484059eb2acec12930eafd96de3049f04b98b"_ba);
    }

    void answersAChallenge()
    {
        Fixture f;
        auto flow = f.start();
        const Step first = flow->next(nullptr);
        QVERIFY(std::holds_alternative<SendStep>(first));
        QVERIFY(!std::get<SendStep>(first).carriesCredential);
        QVERIFY(!std::get<SendStep>(first).request.headers.contains("Authorization"));

        const Exchange refused = answerWith(f.request, 401,
                                            {{"WWW-Authenticate",
                                              "Digest realm=\"r\", nonce=\"n1\", opaque=\"op\", qop=\"auth, auth-int\", algorithm=MD5"}});
        const Step second = flow->next(&refused);
        QVERIFY(std::holds_alternative<SendStep>(second));
        QVERIFY(std::get<SendStep>(second).carriesCredential);
        const Challenge sent = sentIn(second);
        QCOMPARE(sent.value("username"), "Mufasa");
        QCOMPARE(sent.value("opaque"), "op");
        QCOMPARE(sent.value("qop"), "auth");
        QCOMPARE(sent.value("nc"), "00000001");
        QCOMPARE(sent.value("uri"), "/dir/index.html");
        QVERIFY(!sent.param("qop")->quoted); // RFC 7616 section 3.4: qop, nc and algorithm are not quoted
        QVERIFY(!sent.param("nc")->quoted);
        QVERIFY(!sent.param("algorithm")->quoted);
        QVERIFY(!std::get<SendStep>(second).derivation.isEmpty());

        const Exchange good = answerWith(f.request, 200, {});
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&good)));
    }

    void wrongPasswordIsSentOnce()
    {
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        const QByteArray challenge = "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"";
        Exchange refused = answerWith(f.request, 401, {{"WWW-Authenticate", challenge}});
        QVERIFY(std::holds_alternative<SendStep>(flow->next(&refused)));
        // A new nonce alone is no reason to try again: servers renew it with each 401.
        refused = answerWith(f.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\""}});
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&refused)));
        QVERIFY(f.memory.values.value(u"digest"_s).toMap().isEmpty());
    }

    void staleIsAnsweredOnce()
    {
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        const Exchange first = answerWith(f.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""}});
        (void)flow->next(&first);
        const Exchange stale = answerWith(f.request, 401,
                                          {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=TRUE"}});
        const Step again = flow->next(&stale);
        QVERIFY(std::holds_alternative<SendStep>(again));
        QCOMPARE(sentIn(again).value("nonce"), "n2");
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&stale)));
    }

    void strongestIsChosen_data()
    {
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::addColumn<QByteArray>("algorithm");
        const auto d = [](const char *algorithm) {
            return "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""
                + (*algorithm ? ", algorithm=" + QByteArray(algorithm) : QByteArray());
        };
        QTest::newRow("weak first") << QList<QByteArray>{d("MD5"), d("SHA-256"), d("SHA-512-256")} << "SHA-512-256"_ba;
        QTest::newRow("in one line") << QList<QByteArray>{d("SHA-256") + ", " + d("MD5")} << "SHA-256"_ba;
        QTest::newRow("unknown ones are passed over") << QList<QByteArray>{d("SHA-1024"), d("MD5")} << "MD5"_ba;
        QTest::newRow("session") << QList<QByteArray>{d("SHA-256-sess")} << "SHA-256-sess"_ba;
        QTest::newRow("none named") << QList<QByteArray>{d("")} << QByteArray();
        QTest::newRow("beside Basic") << QList<QByteArray>{"Basic realm=\"r\"", d("MD5")} << "MD5"_ba;
    }
    void strongestIsChosen()
    {
        QFETCH(QList<QByteArray>, lines);
        QFETCH(QByteArray, algorithm);
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        Exchange refused = answerWith(f.request, 401, {});
        for (const QByteArray &line : lines)
            refused.response.headers.append("WWW-Authenticate"_ba, line);
        const Step step = flow->next(&refused);
        QVERIFY(std::holds_alternative<SendStep>(step));
        QCOMPARE(sentIn(step).value("algorithm"), algorithm);
    }

    void whatCantBeAnsweredIsSaid_data()
    {
        QTest::addColumn<QByteArray>("challenge");
        QTest::newRow("no digest") << "Basic realm=\"r\""_ba;
        QTest::newRow("algorithm") << "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-1"_ba;
        QTest::newRow("qop") << "Digest realm=\"r\", nonce=\"n\", qop=\"other\""_ba;
        QTest::newRow("no nonce") << "Digest realm=\"r\""_ba;
    }
    void whatCantBeAnsweredIsSaid()
    {
        QFETCH(QByteArray, challenge);
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        const Exchange refused = answerWith(f.request, 401, {{"WWW-Authenticate", challenge}});
        const Step step = flow->next(&refused);
        QVERIFY(std::holds_alternative<DoneStep>(step));
        QVERIFY(std::get<DoneStep>(step).challengeNotAnswered);
        QVERIFY(!std::get<DoneStep>(step).note.isEmpty());
    }

    void userhashAndCharset()
    {
        Fixture f;
        f.values.setText(u"username"_s, u"J\u00e4s\u00f8n Doe"_s);
        auto flow = f.start();
        (void)flow->next(nullptr);
        Exchange refused = answerWith(f.request, 401,
                                      {{"WWW-Authenticate", "Digest realm=\"api@example.org\", nonce=\"n\", qop=\"auth\", "
                                                            "algorithm=SHA-512-256, charset=UTF-8, userhash=true"}});
        Step step = flow->next(&refused);
        // RFC 7616 section 3.9.2, erratum 4897
        QCOMPARE(sentIn(step).value("username"), "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
        QCOMPARE(sentIn(step).value("userhash"), "true");

        Fixture g;
        g.values.setText(u"username"_s, u"J\u00e4s\u00f8n Doe"_s);
        flow = g.start();
        (void)flow->next(nullptr);
        refused = answerWith(g.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", charset=UTF-8"}});
        step = flow->next(&refused);
        // RFC 7616 section 3.4: username* in the form of RFC 8187
        QCOMPARE(sentIn(step).value("username*"), "UTF-8''J%C3%A4s%C3%B8n%20Doe");
        QVERIFY(!sentIn(step).has("username"));
    }

    void nextnonceIsUsedAtOnce()
    {
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        const Exchange refused = answerWith(f.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""}});
        (void)flow->next(&refused);
        const Exchange good = answerWith(f.request, 200, {{"Authentication-Info", "nextnonce=\"n2\", qop=auth"}});
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&good)));

        auto later = f.start();
        const Step first = later->next(nullptr);
        QVERIFY(std::get<SendStep>(first).carriesCredential);
        QCOMPARE(sentIn(first).value("nonce"), "n2");
        QCOMPARE(sentIn(first).value("nc"), "00000001");
    }

    void nonceCountGoesUp()
    {
        Fixture f;
        auto flow = f.start();
        (void)flow->next(nullptr);
        const Exchange refused = answerWith(f.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""}});
        (void)flow->next(&refused);
        const Exchange good = answerWith(f.request, 200, {});
        (void)flow->next(&good);
        auto later = f.start();
        QCOMPARE(sentIn(later->next(nullptr)).value("nc"), "00000002");
        // The remembered nonce is refused: one answer to the new one.
        const Exchange renewed = answerWith(f.request, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n9\", qop=\"auth\""}});
        const Step again = later->next(&renewed);
        QCOMPARE(sentIn(again).value("nonce"), "n9");
        QCOMPARE(sentIn(again).value("nc"), "00000001");
        QVERIFY(std::holds_alternative<DoneStep>(later->next(&renewed)));
    }

    void proxyHeaders()
    {
        Fixture f;
        auto flow = startFlow(*findScheme(u"digest"_s), f, true);
        (void)flow->next(nullptr);
        const Exchange refused = answerWith(f.request, 407, {{"Proxy-Authenticate", "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""}});
        const Step step = flow->next(&refused);
        QVERIFY(std::get<SendStep>(step).request.headers.contains("Proxy-Authorization"));
        QVERIFY(!std::get<SendStep>(step).request.headers.contains("Authorization"));
    }
};

QTEST_APPLESS_MAIN(tst_Digest)
#include "tst_digest.moc"
