// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// GET /private, 401, sent at 14:20:00 UTC from port 53412; the server's clock stands as `date` says.
Trace refusal(const QByteArray &date = "Tue, 24 Nov 2026 14:20:00 GMT", const QByteArray &more = {})
{
    Trace trace;
    trace.exchanges.append(makeExchange("GET /private?x=1 HTTP/1.1\nHost: files.example\nAuthorization: Basic {basic:ann:Hedge-17}\n" + more,
                                        "HTTP/1.1 401 Unauthorized\nDate: " + date + "\nWWW-Authenticate: Basic realm=\"files\"\n"));
    trace.exchanges.first().connection.localAddress = u"127.0.0.1:53412"_s;
    trace.exchanges.first().timings.total = 20;
    return trace;
}

QList<int> matchedLines(const QByteArray &log, const Trace &trace = refusal(), std::optional<qint64> offset = 0)
{
    const QList<ServerLog> logs{readServerLog(u"server.log"_s, log)};
    QList<int> lines;
    for (const LogMatch &match : matchLogs(logs, *trace.final(), offset))
        lines.append(logs.first().entries.at(match.entry).line);
    return lines;
}

Diagnosis diagnoseWith(const QByteArray &log, const Trace &trace = refusal())
{
    DiagnosisContext context;
    context.nowMs = fixtureNow * 1000;
    context.logs.append(readServerLog(u"server.log"_s, log));
    return diagnose(trace, context);
}

} // namespace

class ServerLogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // One line a format, as the servers' documentation shows them or as they wrote it.
    void formats_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::addColumn<qint64>("seconds");
        const qint64 at = fixtureNow;
        QTest::newRow("common") << "127.0.0.1 - ann [24/Nov/2026:14:20:00 +0000] \"GET /private?x=1 HTTP/1.1\" 401 381"_ba << u"access"_s << "GET"_ba << "/private?x=1"_ba << 401 << at;
        QTest::newRow("combined, other zone") << "127.0.0.1 - - [24/Nov/2026:15:20:00 +0100] \"GET /private HTTP/2.0\" 401 179 \"-\" \"curl/8.5.0\""_ba << u"access"_s << "GET"_ba << "/private"_ba << 401 << at;
        QTest::newRow("Apache error") << "[Tue Nov 24 14:20:00.123456 2026] [auth_basic:error] [pid 91:tid 140] [client 127.0.0.1:53412] AH01617: user ann: authentication failure for \"/private\": Password Mismatch"_ba
                                      << u"apache-error"_s << ""_ba << ""_ba << 0 << at;
        QTest::newRow("Apache 2.2 error") << "[Tue Nov 24 14:20:00 2026] [error] [client 127.0.0.1] user bob not found: /private"_ba << u"apache-error"_s << ""_ba << ""_ba << 0 << at;
        QTest::newRow("nginx error") << "2026/11/24 14:20:00 [error] 12#12: *7 user \"ann\": password mismatch, client: 127.0.0.1, server: _, request: \"GET /private?x=1 HTTP/1.1\", host: \"files.example\""_ba
                                     << u"nginx-error"_s << "GET"_ba << "/private?x=1"_ba << 0 << at;
        QTest::newRow("Caddy") << "{\"level\":\"error\",\"ts\":1795530000.0321,\"logger\":\"http.log.access\",\"msg\":\"handled request\",\"request\":{\"remote_ip\":\"127.0.0.1\",\"remote_port\":\"53412\",\"proto\":\"HTTP/1.1\",\"method\":\"GET\",\"host\":\"files.example\",\"uri\":\"/private?x=1\",\"headers\":{\"Accept\":[\"*/*\"]}},\"bytes_read\":0,\"user_id\":\"\",\"duration\":0.0003,\"size\":0,\"status\":401,\"resp_headers\":{\"Server\":[\"Caddy\"]}}"_ba
                               << u"caddy"_s << "GET"_ba << "/private?x=1"_ba << 401 << at;
        QTest::newRow("pino") << "{\"level\":30,\"time\":1795530000012,\"pid\":1,\"req\":{\"id\":4,\"method\":\"GET\",\"url\":\"/private\"},\"res\":{\"statusCode\":401},\"msg\":\"request completed\"}"_ba << u"json"_s << "GET"_ba
                              << "/private"_ba << 401 << at;
        QTest::newRow("logstash") << "{\"@timestamp\":\"2026-11-24T14:20:00.500Z\",\"message\":\"token rejected\",\"http_method\":\"GET\",\"path\":\"/private\",\"status_code\":\"401\"}"_ba << u"json"_s << "GET"_ba << "/private"_ba << 401 << at;
        QTest::newRow("HAProxy") << "Nov 24 14:20:00 lb haproxy[19]: 127.0.0.1:53412 [24/Nov/2026:14:20:00.012] fe be/<NOSRV> 0/-1/-1/-1/0 401 112 - - PR-- 1/1/0/0/0 0/0 \"GET /private?x=1 HTTP/1.1\""_ba
                                 << u"haproxy"_s << "GET"_ba << "/private?x=1"_ba << 401 << at;
        QTest::newRow("squid") << "1795530000.123      0 127.0.0.1 TCP_DENIED/407 3912 GET http://files.example/private - HIER_NONE/- text/html"_ba << u"squid"_s << "GET"_ba << "http://files.example/private"_ba << 407 << at;
        QTest::newRow("plain text") << "2026-11-24T14:20:00Z WARN auth: GET /private refused: token of another tenant"_ba << u"text"_s << "GET"_ba << "/private"_ba << 0 << at;
        QTest::newRow("log4j") << "2026-11-24 14:20:00,123 ERROR [main] o.e.Filter - Invalid token for /private"_ba << u"text"_s << ""_ba << ""_ba << 0 << at;
    }
    void formats()
    {
        QFETCH(QByteArray, line);
        const ServerLog log = readServerLog(u"x.log"_s, line + '\n');
        QCOMPARE(log.entries.size(), 1);
        const LogEntry &entry = log.entries.first();
        QTEST(logFormatId(entry.format), "format");
        QTEST(entry.method, "method");
        QTEST(entry.target, "target");
        QTEST(entry.status, "status");
        QVERIFY(entry.timeMs);
        QTEST(*entry.timeMs / 1000, "seconds");
    }

    void iisFieldsStandInAComment()
    {
        const ServerLog log = readServerLog(u"u_ex261124.log"_s,
                                            "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-24 14:00:00\r\n"
                                            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
                                            "2026-11-24 14:20:00 10.0.0.4 GET /private x=1 443 - 10.0.0.9 curl/8.5.0 - 401 3 5 12\r\n");
        QCOMPARE(log.entries.size(), 1);
        const LogEntry &entry = log.entries.first();
        QCOMPARE(logFormatId(entry.format), u"iis"_s);
        QCOMPARE(entry.target, "/private?x=1"_ba);
        QCOMPARE(entry.line, 5);
        QVERIFY(entry.hasZone);
        QCOMPARE(*entry.timeMs, fixtureNow * 1000);
        QVERIFY(entry.message.contains(u"401.3"_s));
    }

    void onlyItsOwnEntryBelongs()
    {
        const QByteArray log = "127.0.0.1 - - [24/Nov/2026:14:19:00 +0000] \"GET /private HTTP/1.1\" 401 1\n"   // a minute before
                               "127.0.0.1 - - [24/Nov/2026:14:20:00 +0000] \"GET /private2 HTTP/1.1\" 401 1\n"  // another path
                               "127.0.0.1 - - [24/Nov/2026:14:20:00 +0000] \"POST /private HTTP/1.1\" 401 1\n"  // another method
                               "127.0.0.1 - - [24/Nov/2026:14:20:00 +0000] \"GET /private HTTP/1.1\" 200 1\n"   // another status
                               "127.0.0.1 - - [24/Nov/2026:14:20:00 +0000] \"GET /priv%61te?x=1 HTTP/1.1\" 401 1\n";
        QCOMPARE(matchedLines(log), QList<int>{5});
    }

    void theClockOfTheServerCounts()
    {
        const QByteArray log = "127.0.0.1 - - [24/Nov/2026:14:26:40 +0000] \"GET /private HTTP/1.1\" 401 1\n";
        QCOMPARE(matchedLines(log, refusal(), 0), QList<int>{});
        QCOMPARE(matchedLines(log, refusal(), 400), QList<int>{1});
    }

    void aLogWithoutZoneIsComparedByItsMinutes()
    {
        const QByteArray wrong = "2026/11/24 15:23:00 [error] 1#1: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private HTTP/1.1\"\n";
        const QByteArray right = "2026/11/24 15:20:00 [error] 1#1: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private HTTP/1.1\"\n";
        const QByteArray nepal = "2026/11/24 20:05:00 [error] 1#1: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private HTTP/1.1\"\n";
        const QByteArray otherDay = "2026/11/22 14:20:00 [error] 1#1: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private HTTP/1.1\"\n";
        QCOMPARE(matchedLines(wrong + right + nepal + otherDay), (QList<int>{2, 3}));
    }

    void thePortOfTheClientIsEnough()
    {
        const QByteArray log = "[Tue Nov 24 14:20:00.1 2026] [core:error] [pid 1] [client 127.0.0.1:53412] something about no path\n"
                               "[Tue Nov 24 14:20:00.1 2026] [core:error] [pid 1] [client 127.0.0.1:53413] something about no path\n";
        QCOMPARE(matchedLines(log), QList<int>{1});
    }

    void aRequestIdIsEnough()
    {
        const Trace trace = refusal("Tue, 24 Nov 2026 14:20:00 GMT", "X-Request-Id: 7f3c2a90-11de\n");
        QCOMPARE(matchedLines("req=7f3c2a90-11de token of another tenant\nreq=7f3c2a90-11df fine\n", trace), QList<int>{1});
    }

    void theLogProvesAWrongPassword()
    {
        const QByteArray line = "[Tue Nov 24 14:20:00.123456 2026] [auth_basic:error] [pid 91:tid 140] [client 127.0.0.1:53412] AH01617: user ann: authentication failure for \"/private\": Password Mismatch";
        const Diagnosis without = diagnoseWith({});
        QVERIFY(without.primary() && without.primary()->verdict != Verdict::Proven);
        const Diagnosis with = diagnoseWith(line);
        QCOMPARE(with.primary()->cause, u"credentials-rejected"_s);
        QCOMPARE(with.primary()->verdict, Verdict::Proven);
        const bool isQuoted = std::ranges::any_of(with.primary()->evidence, [](const Evidence &one) { return one.part == EvidencePart::Log && one.text.contains(u"Password Mismatch"_s); });
        QVERIFY(isQuoted);
        QCOMPARE(with.logs.first().matches.size(), 1);
    }

    // Only the nearest in time: the same request may have been made a moment before, with another end.
    void theEntryOfTheRequestBeforeIsNotTaken()
    {
        const QByteArray before = "2026/11/24 14:19:58 [error] 12#12: *6 user \"bob\" was not found in \"/etc/users\", client: 127.0.0.1, request: \"GET /private?x=1 HTTP/1.1\", host: \"files.example\"\n";
        const QByteArray own = "2026/11/24 14:20:00 [error] 12#12: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private?x=1 HTTP/1.1\", host: \"files.example\"\n";
        QCOMPARE(matchedLines(before + own), QList<int>{2});
    }

    // Probes ask for the same a moment later; where nothing tells their entries apart, the first one is the request's.
    void theEntryOfAProbeIsNotTaken()
    {
        const QByteArray line = "127.0.0.1 - - [24/Nov/2026:14:20:00 +0000] \"GET /private?x=1 HTTP/1.1\" 401 12\n";
        Trace trace = refusal();
        Exchange probe = trace.exchanges.first();
        probe.role = ExchangeRole::Probe;
        probe.probeId = u"anonymous"_s;
        probe.connection.localAddress = u"127.0.0.1:53499"_s;
        trace.exchanges.append(probe);
        QCOMPARE(diagnoseWith(line + line, trace).logs.first().matches.size(), 1);
        QVERIFY(diagnoseWith(line + line, trace).logs.first().matches.first().startsWith(u"line 1:"_s));
        QCOMPARE(diagnoseWith(line + line, refusal()).logs.first().matches.size(), 2); // a middle layer may log it too
        // The port of the probe tells whose entry it is.
        const QByteArray words = "[Tue Nov 24 14:20:00.1 2026] [auth_basic:error] [pid 91] [client 127.0.0.1:%1] AH01617: user ann: authentication failure for \"/private\": Password Mismatch\n";
        QVERIFY(diagnoseWith(QByteArray(words).replace("%1", "53499"), trace).logs.first().matches.isEmpty());
        QCOMPARE(diagnoseWith(QByteArray(words).replace("%1", "53412"), trace).logs.first().matches.size(), 1);
    }

    void theEntryOfAnotherHostIsNotTaken()
    {
        QCOMPARE(matchedLines("2026/11/24 14:20:00 [error] 12#12: *7 user \"ann\": password mismatch, client: 127.0.0.1, request: \"GET /private?x=1 HTTP/1.1\", host: \"other.example\"\n"), QList<int>{});
    }

    void anotherRequestsEntryProvesNothing()
    {
        const Diagnosis diagnosis = diagnoseWith("[Tue Nov 24 14:20:00.1 2026] [auth_basic:error] [pid 91] [client 127.0.0.1:9] AH01617: user bob: authentication failure for \"/other\": Password Mismatch");
        QVERIFY(diagnosis.primary()->verdict != Verdict::Proven);
        QVERIFY(diagnosis.logs.first().matches.isEmpty());
        QVERIFY(diagnosis.logs.first().note.contains(u"2026-11-24 14:20:00 UTC"_s));
    }

    // Another user at the same moment, on the same path.
    void theEntryOfAnotherUserProvesNothing()
    {
        const QByteArray line = "2026/11/24 14:20:00 [error] 12#12: *7 user \"%1\": password mismatch, client: 10.9.8.7, server: _, request: \"GET /private?x=1 HTTP/1.1\", host: \"files.example\"";
        QCOMPARE(diagnoseWith(QByteArray(line).replace("%1", "ann")).logs.first().matches.size(), 1);
        const Diagnosis diagnosis = diagnoseWith(QByteArray(line).replace("%1", "bob"));
        QVERIFY(diagnosis.logs.first().matches.isEmpty());
        QVERIFY(!diagnosis.primary() || diagnosis.primary()->verdict != Verdict::Proven);
    }

    void theLogNamesAnotherCause_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("cause");
        QTest::newRow("Apache: authorization") << "[Tue Nov 24 14:20:00.1 2026] [authz_core:error] [pid 91] [client 127.0.0.1:53412] AH01631: user ann: authorization failure for \"/private\": "_ba << u"permission-denied"_s;
        QTest::newRow("Apache: scheme") << "[Tue Nov 24 14:20:00.1 2026] [auth_digest:error] [pid 91] [client 127.0.0.1:53412] AH01782: client used wrong authentication scheme `Basic': /private"_ba << u"wrong-scheme"_s;
        QTest::newRow("nginx: user") << "2026/11/24 14:20:00 [error] 12#12: *7 user \"ann\" was not found in \"/etc/nginx/users\", client: 127.0.0.1, server: _, request: \"GET /private?x=1 HTTP/1.1\", host: \"files.example\""_ba << u"credentials-rejected"_s;
        QTest::newRow("IIS: list of the file") << "#Fields: date time cs-method cs-uri-stem sc-status sc-substatus sc-win32-status\n2026-11-24 14:20:00 GET /private 401 3 5"_ba << u"permission-denied"_s;
        QTest::newRow("IIS: locked") << "#Fields: date time cs-method cs-uri-stem sc-status sc-substatus sc-win32-status\n2026-11-24 14:20:00 GET /private 401 1 1909"_ba << u"account-locked"_s;
        QTest::newRow("plain: locked") << "2026-11-24T14:20:00Z WARN auth: GET /private refused: account locked after 5 failures"_ba << u"account-locked"_s;
    }
    void theLogNamesAnotherCause()
    {
        QFETCH(QByteArray, line);
        const Diagnosis diagnosis = diagnoseWith(line);
        QVERIFY(diagnosis.primary());
        QTEST(diagnosis.primary()->cause, "cause");
        QVERIFY(diagnosis.primary()->verdict != Verdict::Possible);
    }

    // A log holds what was sent as well.
    void nothingSecretOfALogIsShown()
    {
        Trace trace = refusal();
        const QByteArray log = "2026-11-24T14:20:00Z GET /private refused: Basic YW5uOkhlZGdlLTE3 is wrong, password=Hedge-17, /private?access_token=57ab9921de77c1d0\n";
        const Diagnosis diagnosis = diagnoseWith(log, trace);
        QCOMPARE(diagnosis.logs.first().matches.size(), 1);
        const QString all = explainText(trace, diagnosis, {}) + reportMarkdown(trace, diagnosis, {}) + reportHtml(trace, diagnosis, {})
            + QString::fromUtf8(QJsonDocument(diagnosisToJson(trace, diagnosis, {})).toJson());
        for (const auto &secret : {u"YW5uOkhlZGdlLTE3"_s, u"Hedge-17"_s, u"57ab9921de77c1d0"_s})
            QVERIFY2(!all.contains(secret), qPrintable(secret));
        // Nor what others sent.
        const QByteArray others = "2026-11-24T14:20:00Z GET /private refused: db_password=Birch-99 Authorization: Bearer 7f3a9c1d22 Cookie: sid=5e8d7c6b\n";
        const Diagnosis seen = diagnoseWith(others, trace);
        QCOMPARE(seen.logs.first().matches.size(), 1);
        const QString shown = explainText(trace, seen, {}) + reportMarkdown(trace, seen, {}) + QString::fromUtf8(QJsonDocument(diagnosisToJson(trace, seen, {})).toJson());
        for (const auto &secret : {u"Birch-99"_s, u"7f3a9c1d22"_s, u"5e8d7c6b"_s})
            QVERIFY2(!shown.contains(secret), qPrintable(secret));
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::ServerLogTest)
#include "tst_serverlog.moc"
