// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

// "Scheme token68" or "Scheme name=value;name=value", one a challenge, joined by " | ".
QByteArray summary(const ChallengeList &list)
{
    QList<QByteArray> parts;
    for (const Challenge &challenge : list.challenges) {
        QByteArray part = challenge.scheme;
        if (!challenge.token68.isEmpty())
            part += ' ' + challenge.token68;
        QList<QByteArray> params;
        for (const AuthParam &param : challenge.params)
            params << param.name + '=' + param.value;
        if (!params.isEmpty())
            part += ' ' + params.join(';');
        parts << part;
    }
    return parts.join(" | ");
}

qsizetype problemCount(const ChallengeList &list)
{
    qsizetype count = list.problems.size();
    for (const Challenge &challenge : list.challenges)
        count += challenge.problems.size();
    return count;
}

} // namespace

class tst_Challenge : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parse_data()
    {
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<int>("problems");
        const auto row = [](const char *name, QList<QByteArray> lines, const char *expected, int problems = 0) {
            QTest::newRow(name) << lines << QByteArray(expected) << problems;
        };
        row("nothing", {""}, "");
        row("scheme alone", {"Negotiate"}, "Negotiate");
        row("basic", {"Basic realm=\"simple\""}, "Basic realm=simple");
        // RFC 9110 section 11.6.1, the example
        row("rfc 9110", {"Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\""},
            "Basic realm=simple | Newauth realm=apps;type=1;title=Login to \"apps\"");
        // RFC 7616 section 3.9.1
        row("rfc 7616, two lines",
            {"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
             "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
             "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5, nonce=\"7ypf\""},
            "Digest realm=http-auth@example.org;qop=auth, auth-int;algorithm=SHA-256;"
            "nonce=7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v;opaque=FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
            " | Digest realm=http-auth@example.org;qop=auth, auth-int;algorithm=MD5;nonce=7ypf");
        // RFC 6750 section 3
        row("rfc 6750", {"Bearer realm=\"example\", error=\"invalid_token\", error_description=\"The access token expired\""},
            "Bearer realm=example;error=invalid_token;error_description=The access token expired");
        row("token68", {"Negotiate YIIBhwYGKwYBBQUCoIIBezCCAXeg"}, "Negotiate YIIBhwYGKwYBBQUCoIIBezCCAXeg");
        row("token68 with padding, then another", {"Negotiate YII==, Basic realm=\"x\""}, "Negotiate YII== | Basic realm=x");
        row("NTLM and Negotiate in one line", {"Negotiate, NTLM"}, "Negotiate | NTLM");
        row("Bearer and DPoP in one line",
            {"Bearer realm=\"api\", DPoP algs=\"ES256 RS256\", error=\"use_dpop_nonce\""},
            "Bearer realm=api | DPoP algs=ES256 RS256;error=use_dpop_nonce");
        row("scheme without parameters before one with", {"Bearer, Basic realm=\"x\""}, "Bearer | Basic realm=x");
        row("white space around equals", {"Basic realm = \"x\" , charset = \"UTF-8\""}, "Basic realm=x;charset=UTF-8");
        row("empty list elements", {",, Basic realm=\"x\",,charset=UTF-8,"}, "Basic realm=x;charset=UTF-8");
        row("comma and equals inside quotes", {"Basic realm=\"a, b=c\""}, "Basic realm=a, b=c");
        row("scheme case is kept", {"bAsIc realm=\"x\""}, "bAsIc realm=x");
        row("obs-fold", {"Digest realm=\"x\",\r\n nonce=\"y\""}, "Digest realm=x;nonce=y");
        row("nonce with equals in quotes", {"Digest nonce=\"abc==\""}, "Digest nonce=abc==");
        row("quoted pair", {"Basic realm=\"a\\\\b\\\"c\""}, "Basic realm=a\\b\"c");
        row("empty realm in quotes", {"Basic realm=\"\""}, "Basic realm=");
        row("tokens that should be quoted are fine", {"Digest algorithm=\"MD5-sess\", stale=\"false\""},
            "Digest algorithm=MD5-sess;stale=false");
        row("UTF-8 in a realm", {"Basic realm=\"caf\xc3\xa9\""}, "Basic realm=caf\xc3\xa9");
        // What servers get wrong
        row("unterminated quote", {"Basic realm=\"open"}, "Basic realm=open", 1);
        row("unescaped quotes in a realm", {"Basic realm=\"my \"inner\" site\""}, "Basic realm=my \"inner\" site", 2);
        row("unquoted value with spaces", {"Basic realm=My Site"}, "Basic realm=My Site", 1);
        row("missing comma", {"Bearer realm=\"a\" error=\"b\""}, "Bearer realm=a;error=b", 1);
        row("no value", {"Basic realm="}, "Basic realm=", 1);
        row("no scheme", {"realm=\"x\""}, " realm=x", 1);
        row("colon after the scheme", {"Bearer: realm=\"x\""}, "Bearer realm=x", 1);
        row("unquoted nonce with equals", {"Digest nonce=abc==, realm=\"x\""}, "Digest nonce=abc==;realm=x", 1);
        row("semicolons instead of commas", {"Basic realm=\"x\"; charset=\"UTF-8\""}, "Basic realm=x;charset=UTF-8", 2);
        row("stands twice", {"Basic realm=\"a\", realm=\"b\""}, "Basic realm=a;realm=b", 1);
        row("an equals sign alone is no token68", {"Basic: =, realm=\"x\""}, "Basic realm=x", 2);
        row("junk only", {"\"??\""}, " ", 2);
    }
    void parse()
    {
        QFETCH(QList<QByteArray>, lines);
        QFETCH(QByteArray, expected);
        QFETCH(int, problems);
        const ChallengeList list = parseChallenges(lines);
        if (qstrcmp(QTest::currentDataTag(), "junk only") == 0) {
            QVERIFY(!list.isWellFormed()); // whatever is made of it, it is not taken for a challenge
            QVERIFY(list.find("Basic") == nullptr);
            return;
        }
        QCOMPARE(summary(list), expected);
        QCOMPARE(problemCount(list) > 0, problems > 0);
        QCOMPARE(list.isWellFormed(), problems == 0);
    }

    void positionsPointAtTheBytes()
    {
        const QByteArray line = "Basic realm=\"a\", Bearer error=\"invalid_token\", scope=read";
        const ChallengeList list = parseChallenges({"Negotiate", line});
        QCOMPARE(list.challenges.size(), 3);
        const Challenge &bearer = list.challenges.at(2);
        QCOMPARE(bearer.line, 1);
        QCOMPARE(line.sliced(bearer.range.begin, bearer.range.size()), "Bearer error=\"invalid_token\", scope=read");
        const AuthParam *error = bearer.param("ERROR");
        QVERIFY(error);
        QCOMPARE(line.sliced(error->range.begin, error->range.size()), "error=\"invalid_token\"");
        QCOMPARE(line.sliced(error->valueRange.begin, error->valueRange.size()), "invalid_token");
        const AuthParam *scope = bearer.param("scope");
        QVERIFY(scope);
        QCOMPARE(line.sliced(scope->valueRange.begin, scope->valueRange.size()), "read");
    }

    void malformedPartsHavePositions()
    {
        const QByteArray line = "Basic realm=My Site, charset=\"UTF-8";
        const ChallengeList list = parseChallenges({line});
        QCOMPARE(list.challenges.size(), 1);
        QCOMPARE(list.challenges.first().problems.size(), 2);
        const ByteRange first = list.challenges.first().problems.at(0).range;
        QCOMPARE(line.sliced(first.begin, first.size()), "My Site");
        const ByteRange second = list.challenges.first().problems.at(1).range;
        QCOMPARE(line.sliced(second.begin, second.size()), "\"UTF-8");
    }

    void everyByteStringEnds()
    {
        // Bounded and seeded: no input may hang, crash or give a range outside its line.
        quint32 state = 12345;
        const auto random = [&](quint32 n) { return (state = state * 1664525u + 1013904223u) % n; };
        const QByteArray alphabet = "Basic Digest,=\"\\ \t\r\n:;realmnonce{}\x80\xff/+";
        for (int i = 0; i < 20000; ++i) {
            QByteArray line;
            for (quint32 n = random(40); n > 0; --n)
                line += alphabet.at(qsizetype(random(quint32(alphabet.size()))));
            const ChallengeList list = parseChallenges({line});
            for (const Challenge &challenge : list.challenges) {
                QVERIFY(challenge.range.begin >= 0 && challenge.range.end <= line.size());
                for (const AuthParam &param : challenge.params)
                    QVERIFY(param.range.begin >= 0 && param.range.end <= line.size()
                            && param.valueRange.end <= line.size());
                for (const ChallengeProblem &problem : challenge.problems)
                    QVERIFY(problem.range.begin >= 0 && problem.range.end <= line.size());
            }
            (void)parseCredentials(line);
        }
    }

    void credentials_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("scheme");
        QTest::addColumn<QByteArray>("token68");
        QTest::addColumn<bool>("clean");
        QTest::newRow("basic") << "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba << "Basic"_ba
                               << "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba << true;
        QTest::newRow("one padding") << "Basic dXNlcjo="_ba << "Basic"_ba << "dXNlcjo="_ba << true;
        QTest::newRow("bearer") << "Bearer mF_9.B5f-4.1JqM"_ba << "Bearer"_ba << "mF_9.B5f-4.1JqM"_ba << true;
        QTest::newRow("bare token") << "mF_9.B5f-4.1JqM"_ba << ""_ba << "mF_9.B5f-4.1JqM"_ba << true;
        QTest::newRow("scheme alone") << "Bearer"_ba << "Bearer"_ba << ""_ba << true;
        QTest::newRow("doubled") << "Bearer Bearer abc"_ba << "Bearer"_ba << "Bearer abc"_ba << false;
        QTest::newRow("quoted token") << "Bearer \"abc\""_ba << "Bearer"_ba << "\"abc\""_ba << false;
        QTest::newRow("variable") << "Bearer {{token}}"_ba << "Bearer"_ba << "{{token}}"_ba << false;
        QTest::newRow("bare variable") << "{{token}}"_ba << ""_ba << "{{token}}"_ba << true;
        QTest::newRow("header name inside") << "Authorization: Bearer abc"_ba << ""_ba << "Authorization: Bearer abc"_ba
                                            << true;
        QTest::newRow("clear basic") << "Basic alice:secret"_ba << "Basic"_ba << "alice:secret"_ba << false;
    }
    void credentials()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, scheme);
        QFETCH(QByteArray, token68);
        QFETCH(bool, clean);
        const Challenge got = parseCredentials(value);
        QCOMPARE(got.scheme, scheme);
        QCOMPARE(got.token68, token68);
        QCOMPARE(got.problems.isEmpty(), clean);
    }

    void digestCredentials()
    {
        // RFC 7616 section 3.9.1
        const Challenge got = parseCredentials(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=MD5, "
            "nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
            "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
        QCOMPARE(got.scheme, "Digest");
        QCOMPARE(got.value("username"), "Mufasa");
        QCOMPARE(got.value("nc"), "00000001");
        QCOMPARE(got.value("response"), "8ca523f5e9506fed4657c9700eebdbec");
        QVERIFY(got.problems.isEmpty());
    }

    void quoting() { QCOMPARE(quoteString("a\"b\\c"), "\"a\\\"b\\\\c\""); }
};

QTEST_APPLESS_MAIN(tst_Challenge)
#include "tst_challenge.moc"
