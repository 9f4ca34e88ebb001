// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

Diagnosis diagnosisOf(const QByteArray &request, const QByteArray &response)
{
    Trace trace;
    trace.exchanges.append(makeExchange(request, response));
    DiagnosisContext context;
    context.nowMs = fixtureNow * 1000;
    return diagnose(trace, context);
}

const Finding *findingOf(const Diagnosis &diagnosis, const QString &cause)
{
    const auto found = std::ranges::find_if(diagnosis.findings, [&](const Finding &finding) { return finding.cause == cause; });
    return found == diagnosis.findings.end() ? nullptr : &*found;
}

QString stepsOf(const Diagnosis &diagnosis)
{
    QStringList steps;
    for (const ChecklistItem &item : diagnosis.checklist)
        steps.append(checklistStepId(item.step) + u'=' + stepVerdictId(item.verdict));
    return steps.join(u' ');
}

} // namespace

class DiagnoserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSurestIsFirstAndNotesAreLast()
    {
        // Two mistakes in one request, and a challenge that is malformed besides.
        const Diagnosis diagnosis = diagnosisOf("GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {{token}}\n\n",
                                                "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"a\n\n");
        QVERIFY(diagnosis.primary());
        bool hasNote = false;
        int surest = 0;
        for (const Finding &finding : diagnosis.findings) {
            if (finding.role == FindingRole::Note) {
                hasNote = true;
                continue;
            }
            QVERIFY2(!hasNote, "a cause stands behind a note");
            QVERIFY2(int(finding.verdict) >= surest, "a surer cause stands behind a less sure one");
            surest = int(finding.verdict);
        }
    }

    void aProvenCauseSilencesThePossibleOnes()
    {
        const Diagnosis diagnosis = diagnosisOf("GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer undefined\nCookie: sid=old\n\n",
                                                "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n\n");
        QVERIFY(diagnosis.primary());
        QCOMPARE(diagnosis.primary()->verdict, Verdict::Proven);
        for (const Finding &finding : diagnosis.findings)
            QVERIFY2(finding.verdict != Verdict::Possible || finding.role == FindingRole::Note, qPrintable(finding.cause));
    }

    void aServersMistakeIsANoteBesideACause()
    {
        const Diagnosis diagnosis = diagnosisOf("GET /me HTTP/1.1\nHost: api.example\n\n", "HTTP/1.1 401 Unauthorized\n\n");
        QVERIFY(diagnosis.primary());
        QCOMPARE(diagnosis.primary()->cause, u"no-credentials-sent"_s);
        const Finding *missing = findingOf(diagnosis, u"missing-challenge"_s);
        QVERIFY(missing);
        QCOMPARE(missing->role, FindingRole::Note);
    }

    void theServersCodeOutweighsAGuess()
    {
        // The token has the marks of an ID token; the server says that the scope is what it misses.
        const Diagnosis diagnosis = diagnosisOf(
            "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"aud\":\"shop\",\"nonce\":\"n1\",\"exp\":1895530000}}\n\n",
            "HTTP/1.1 403 Forbidden\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"orders\"\n\n");
        QVERIFY(diagnosis.primary());
        QCOMPARE(diagnosis.primary()->cause, u"insufficient-scope"_s);
    }

    void theBytesContradictTheServersWords()
    {
        // "missing", says the server, of a header that was sent: it got lost, and nobody forgot it.
        const Diagnosis diagnosis = diagnosisOf(
            "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"sub\":\"ann\",\"exp\":1895530000}}\n\n",
            "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"message\": \"No Authorization header was found\"}");
        QVERIFY(diagnosis.primary());
        QVERIFY(diagnosis.primary()->cause != u"no-credentials-sent"_s);
        QVERIFY(!findingOf(diagnosis, u"no-credentials-sent"_s));
    }

    void kindOfOutcome_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QString>("kind");
        const QByteArray plain = "GET /me HTTP/1.1\nHost: api.example\n\n";
        const QByteArray token = "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer 57ab9921\n\n";
        QTest::newRow("200") << token << "HTTP/1.1 200 OK\n\nhello"_ba << u"accepted"_s;
        QTest::newRow("304") << token << "HTTP/1.1 304 Not Modified\n\n"_ba << u"accepted"_s;
        QTest::newRow("401") << token << "HTTP/1.1 401 Unauthorized\n\n"_ba << u"unauthorized"_s;
        QTest::newRow("403") << token << "HTTP/1.1 403 Forbidden\n\n"_ba << u"forbidden"_s;
        QTest::newRow("407") << plain << "HTTP/1.1 407 Proxy Authentication Required\nProxy-Authenticate: Basic realm=p\n\n"_ba << u"proxy-authentication"_s;
        QTest::newRow("429") << token << "HTTP/1.1 429 Too Many Requests\n\n"_ba << u"rate-limited"_s;
        QTest::newRow("a plain 400") << token << "HTTP/1.1 400 Bad Request\nContent-Type: text/plain\n\nmissing parameter date"_ba << u"not-authentication"_s;
        QTest::newRow("a 400 that refuses the token") << token << "HTTP/1.1 400 Bad Request\nWWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"token expired\"\n\n"_ba << u"unauthorized"_s;
        QTest::newRow("404") << token << "HTTP/1.1 404 Not Found\n\n"_ba << u"not-authentication"_s;
        QTest::newRow("500") << token << "HTTP/1.1 500 Internal Server Error\n\n"_ba << u"not-authentication"_s;
        QTest::newRow("302 to a sign-in page") << plain << "HTTP/1.1 302 Found\nLocation: /login?next=/me\n\n"_ba << u"login-redirect"_s;
        QTest::newRow("302 to the next page") << token << "HTTP/1.1 302 Found\nLocation: /me/1\n\n"_ba << u"accepted"_s;
        QTest::newRow("no answer") << token << QByteArray() << u"connection-failed"_s;
    }
    void kindOfOutcome()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        QFETCH(QString, kind);
        const Diagnosis diagnosis = diagnosisOf(request, response);
        QCOMPARE(outcomeKindId(diagnosis.outcome.kind), kind);
        QVERIFY(!diagnosis.summary.isEmpty());
        if (kind == u"accepted"_s)
            QVERIFY(!diagnosis.primary());
    }

    void theSameTraceGivesTheSameDiagnosis()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"exp\":1795500000}}\n\n",
                                            "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\n\n"));
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        Redactor redactor;
        redactor.learnFrom(trace);
        const QByteArray once = QJsonDocument(diagnosisToJson(trace, diagnose(trace, context), redactor)).toJson();
        const QByteArray twice = QJsonDocument(diagnosisToJson(trace, diagnose(trace, context), redactor)).toJson();
        QCOMPARE(once, twice);
    }

    void anEmptyTraceIsNoAccusation()
    {
        const Diagnosis diagnosis = diagnose(Trace(), DiagnosisContext());
        QCOMPARE(diagnosis.outcome.kind, OutcomeKind::ConnectionFailed);
        QCOMPARE(diagnosis.checklist.size(), 9);
        QVERIFY(!diagnosis.primary() || diagnosis.primary()->cause == u"not-authentication"_s);
    }

    void checklist_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QString>("steps"); // those that matter
        QTest::newRow("nothing was sent")
            << "GET /me HTTP/1.1\nHost: a.example\n\n"_ba << "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"a\"\n\n"_ba
            << u"sent=problem understood=not-run correct=not-run fresh=not-run retest=not-run"_s;
        QTest::newRow("wrong scheme")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n"_ba
            << "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n\n"_ba << u"understood=problem"_s;
        QTest::newRow("the token expired")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Bearer {jwt:{\"exp\":1795500000}}\n\n"_ba
            << "HTTP/1.1 401 Unauthorized\nDate: Tue, 24 Nov 2026 14:20:00 GMT\nWWW-Authenticate: Bearer error=\"invalid_token\"\n\n"_ba
            << u"sent=passed understood=passed fresh=problem reauthenticate=needs-you"_s;
        QTest::newRow("a scope is missing")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Bearer {jwt:{\"exp\":1895530000}}\n\n"_ba
            << "HTTP/1.1 403 Forbidden\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"w\"\n\n"_ba
            << u"sent=passed understood=passed correct=passed fresh=passed allowed=problem"_s;
        QTest::newRow("accepted")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n"_ba << "HTTP/1.1 200 OK\n\nhello"_ba
            << u"sent=passed understood=passed correct=passed fresh=passed stale-state=passed reauthenticate=passed allowed=passed server-side=passed retest=passed"_s;
        QTest::newRow("the server failed")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n"_ba << "HTTP/1.1 500 Internal Server Error\n\n"_ba
            << u"server-side=problem"_s;
        QTest::newRow("no answer")
            << "GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n"_ba << QByteArray()
            << u"sent=not-run understood=not-run correct=not-run fresh=not-run stale-state=not-run retest=not-run"_s;
    }
    void checklist()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        QFETCH(QString, steps);
        const Diagnosis diagnosis = diagnosisOf(request, response);
        const QString all = stepsOf(diagnosis);
        QCOMPARE(diagnosis.checklist.size(), 9);
        const QList<ChecklistStep> order{ChecklistStep::Sent, ChecklistStep::Understood, ChecklistStep::Correct, ChecklistStep::Fresh,
                                         ChecklistStep::StaleState, ChecklistStep::Reauthenticate, ChecklistStep::Allowed,
                                         ChecklistStep::ServerSide, ChecklistStep::Retest};
        for (qsizetype i = 0; i < 9; ++i) {
            QCOMPARE(diagnosis.checklist.at(i).step, order.at(i));
            QVERIFY(!diagnosis.checklist.at(i).note.isEmpty());
        }
        const QStringList there = all.split(u' ');
        for (const QString &step : steps.split(u' '))
            QVERIFY2(there.contains(step), qPrintable(step + u" is not in "_s + all));
    }

    void aProbeIsRecordedWithWhatItShowed()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n",
                                            "HTTP/1.1 403 Forbidden\n\n"));
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\n\n", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"a\"\n\n", ExchangeRole::Probe));
        trace.exchanges.last().probeId = u"anonymous"_s;
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        const Diagnosis diagnosis = diagnose(trace, context);
        QCOMPARE(diagnosis.outcome.status, 403);
        QCOMPARE(diagnosis.probes.size(), 1);
        QCOMPARE(diagnosis.probes.first().id, u"anonymous"_s);
        QCOMPARE(diagnosis.probes.first().exchange, 1);
        QVERIFY(!diagnosis.probes.first().why.isEmpty());
        QVERIFY(!diagnosis.probes.first().concluded.isEmpty());
        QCOMPARE(diagnosis.primary()->cause, u"permission-denied"_s);
    }
};

QTEST_GUILESS_MAIN(DiagnoserTest)
#include "tst_diagnoser.moc"
