// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/diagnosis/TraceBuilder.h"

#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Notes for the server's owner: each where RFC or CWE calls it a fault, and its twin where it is none.
class ServerNotesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void notes_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("isThere");
        const auto row = [](const char *name, const QString &id, bool isThere, const QByteArray &request, const QByteArray &response, const QString &scheme = u"https"_s) {
            QTest::newRow(name) << request << response << scheme << id << isThere;
        };
        const QByteArray plain = "GET /me HTTP/1.1\nHost: api.example\n";
        const QByteArray bearer = "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer 57ab9921de77c1\n";
        const QByteArray key = "GET /me HTTP/1.1\nHost: api.example\nX-Api-Key: 57ab9921de77c1d0\n";

        const auto forbidden = u"status-403-for-401"_s;
        row("403 to nobody, with a challenge", forbidden, true, plain, "HTTP/1.1 403 Forbidden\nWWW-Authenticate: Bearer\n");
        row("403 to nobody, in words", forbidden, true, plain, "HTTP/1.1 403 Forbidden\nContent-Type: application/json\n\n{\"message\":\"Missing access token\"}");
        row("403 to somebody", forbidden, false, bearer, "HTTP/1.1 403 Forbidden\nWWW-Authenticate: Bearer error=\"insufficient_scope\"\n");
        row("403 to nobody, a closed path", forbidden, false, plain, "HTTP/1.1 403 Forbidden\n");

        const auto unauthorized = u"status-401-for-403"_s;
        row("401 for want of a scope", unauthorized, true, bearer, "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"write\"\n");
        row("401 for a bad token", unauthorized, false, bearer, "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\n");

        const auto leaks = u"error-text-leaks"_s;
        row("Python", leaks, true, bearer, "HTTP/1.1 500 Error\nContent-Type: text/plain\n\nTraceback (most recent call last):\n  File \"/srv/app/main.py\", line 3");
        row("Java", leaks, true, bearer, "HTTP/1.1 401 Unauthorized\nContent-Type: text/plain\n\njava.lang.NullPointerException\n\tat com.example.Auth.check(Auth.java:31)");
        row("SQL", leaks, true, bearer, "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"message\":\"SQLSTATE[42S02]: Base table or view not found\"}");
        row("which user names there are", leaks, true, "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Basic {basic:ann:Hedge-17}\n",
            "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"message\":\"User not found\"}");
        row("one text for both", leaks, false, "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Basic {basic:ann:Hedge-17}\n",
            "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"message\":\"Invalid user name or password\"}");
        row("a page that tells of Python, accepted", leaks, false, bearer, "HTTP/1.1 200 OK\nContent-Type: text/plain\n\nTraceback (most recent call last):");

        const auto cacheable = u"cacheable-refusal"_s;
        row("a refusal for an hour", cacheable, true, bearer, "HTTP/1.1 401 Unauthorized\nCache-Control: public, max-age=3600\nWWW-Authenticate: Bearer\n");
        row("a refusal not to be stored", cacheable, false, bearer, "HTTP/1.1 401 Unauthorized\nCache-Control: no-store, max-age=3600\nWWW-Authenticate: Bearer\n");
        row("a refusal that has ended", cacheable, false, bearer, "HTTP/1.1 401 Unauthorized\nCache-Control: max-age=0\nWWW-Authenticate: Bearer\n");

        const auto clear = u"basic-over-http"_s;
        const QByteArray basic = "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Basic {basic:ann:Hedge-17}\n";
        row("Basic over http", clear, true, basic, "HTTP/1.1 200 OK\n", u"http"_s);
        row("Basic is asked for over http", clear, true, plain, "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"x\"\n", u"http"_s);
        row("Basic over https", clear, false, basic, "HTTP/1.1 200 OK\n");
        row("Basic to this computer", clear, false, "GET /me HTTP/1.1\nHost: 127.0.0.1:8080\nAuthorization: Basic {basic:ann:Hedge-17}\n", "HTTP/1.1 200 OK\n", u"http"_s);

        const auto url = u"token-in-url"_s;
        row("a token in the query", url, true, "GET /me?access_token=57ab9921de77c1 HTTP/1.1\nHost: api.example\n", "HTTP/1.1 200 OK\n");
        row("a signed URL", url, false, "GET /f?X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404&X-Amz-Credential=AKIA HTTP/1.1\nHost: s3.example\n", "HTTP/1.1 200 OK\n");
        row("an ordinary query", url, false, "GET /me?page=2 HTTP/1.1\nHost: api.example\nAuthorization: Bearer 57ab9921de77c1\n", "HTTP/1.1 200 OK\n");

        const auto longLived = u"long-lived-token"_s;
        row("a year", longLived, true, "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"iat\":1795530000,\"exp\":1827066000}}\n", "HTTP/1.1 200 OK\n");
        row("for ever", longLived, true, "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"sub\":\"ann\"}}\n", "HTTP/1.1 200 OK\n");
        row("an hour", longLived, false, "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"iat\":1795530000,\"exp\":1795533600}}\n", "HTTP/1.1 200 OK\n");

        const auto vary = u"missing-vary"_s;
        row("public, with Authorization", vary, true, bearer, "HTTP/1.1 200 OK\nCache-Control: public, max-age=60\n");
        row("public, and it varies", vary, false, bearer, "HTTP/1.1 200 OK\nCache-Control: public, max-age=60\nVary: Accept, authorization\n");
        // RFC 9111 section 3.5: max-age alone does not let a shared cache store it.
        row("max-age, with Authorization", vary, false, bearer, "HTTP/1.1 200 OK\nCache-Control: max-age=60\n");
        row("max-age, with a key in a header", vary, true, key, "HTTP/1.1 200 OK\nCache-Control: max-age=60\n");
        row("private", vary, false, key, "HTTP/1.1 200 OK\nCache-Control: private, max-age=60\n");
        row("the site repeated", vary, true, "GET /me HTTP/1.1\nHost: api.example\nOrigin: https://shop.example\n", "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://shop.example\n");
        row("the site repeated, and it varies", vary, false, "GET /me HTTP/1.1\nHost: api.example\nOrigin: https://shop.example\n",
            "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://shop.example\nVary: Origin\n");

        const auto control = u"missing-cache-control"_s;
        row("a key, and nothing said", control, true, key, "HTTP/1.1 200 OK\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\n");
        row("a key, and nothing to judge by", control, false, key, "HTTP/1.1 200 OK\n");
        const QByteArray token = "POST /token HTTP/1.1\nHost: login.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_id=shop";
        row("a token that may be stored", control, true, token, "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"access_token\":\"57ab9921de77c1\",\"token_type\":\"Bearer\"}");
        row("a token not to be stored", control, false, token,
            "HTTP/1.1 200 OK\nCache-Control: no-store\nContent-Type: application/json\n\n{\"access_token\":\"57ab9921de77c1\",\"token_type\":\"Bearer\"}");
    }
    void notes()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        QFETCH(QString, scheme);
        QFETCH(QString, id);
        Trace trace;
        trace.exchanges.append(makeExchange(request, response, ExchangeRole::Final, scheme));
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        const Diagnosis diagnosis = diagnose(trace, context);
        const auto found = std::ranges::find_if(diagnosis.findings, [&](const Finding &finding) { return finding.cause == id; });
        QTEST(found != diagnosis.findings.end(), "isThere");
        if (found == diagnosis.findings.end())
            return;
        QCOMPARE(found->role, FindingRole::Note);
        QVERIFY(!found->evidence.isEmpty() && !found->fixes.isEmpty() && !found->sources.isEmpty() && !found->explanation.isEmpty());
        for (const Evidence &evidence : found->evidence)
            QVERIFY(!evidence.text.contains(u"57ab9921de77c1"_s) && !evidence.text.contains(u"Hedge-17"_s));
    }

    // Only what the scheme itself found out says it; the answer stays accepted.
    void serverThatProvesNothing()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: api.example\nAuthorization: Hawk id=\"a\"\n", "HTTP/1.1 200 OK\nServer-Authorization: Hawk mac=\"x\", hash=\"y\"\n"));
        const auto isNoted = [&trace] {
            const Diagnosis diagnosis = diagnose(trace, {});
            const bool noted = std::ranges::any_of(diagnosis.findings, [](const Finding &finding) { return finding.cause == "server-proof-wrong"_L1 && finding.role == FindingRole::Note; });
            return diagnosis.outcome.kind == OutcomeKind::Accepted && noted;
        };
        trace.exchanges.last().decisions.append({DecisionKind::Note, u"the server proved that it knows the key"_s});
        QVERIFY(!isNoted());
        trace.exchanges.last().decisions.append({DecisionKind::ServerProofWrong, u"Server-Authorization does not match"_s});
        QVERIFY(isNoted());
    }

    // A note never turns an accepted request into a refused one.
    void notesAccuseNobody()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me?access_token=57ab9921de77c1 HTTP/1.1\nHost: api.example\n", "HTTP/1.1 200 OK\n"));
        const Diagnosis diagnosis = diagnose(trace, {});
        QVERIFY(!diagnosis.findings.isEmpty());
        QCOMPARE(diagnosis.outcome.kind, OutcomeKind::Accepted);
        QVERIFY(!diagnosis.primary());
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::ServerNotesTest)
#include "tst_servernotes.moc"
