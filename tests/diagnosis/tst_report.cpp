// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

QList<RuleCase> allCases()
{
    const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases"));
    QList<RuleCase> cases;
    QString error;
    for (const QString &name : dir.entryList({u"*.txt"_s}, QDir::Files))
        cases += readRuleCases(dir.filePath(name), &error);
    return cases;
}

} // namespace

class ReportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // What the cases send as passwords, keys and tokens is in no report, as it stands or as Base64.
    void noReportHoldsASecret()
    {
        const QStringList canaries{u"Hedge-17"_s, u"Hedge%2B17"_s, u"57ab9921de"_s, u"8c2d11f0aa93e7b4"_s, u"9944b09199c62bcf"_s, u"green hedge"_s,
                                   QString::fromLatin1(QByteArray("ann:Hedge-17").toBase64()), QString::fromLatin1(QByteArray("shop:Hedge-17").toBase64()),
                                   QString::fromLatin1(QByteArray("made-up-signature-of-a-fixture").toBase64(QByteArray::Base64UrlEncoding))};
        const QList<RuleCase> cases = allCases();
        QVERIFY(cases.size() > 100);
        for (const RuleCase &one : cases) {
            const Diagnosis diagnosis = diagnose(one.trace, one.context);
            Redactor redactor;
            redactor.learnFrom(one.trace);
            const QByteArray json = QJsonDocument(diagnosisToJson(one.trace, diagnosis, redactor)).toJson();
            const QStringList outputs{QString::fromUtf8(json), reportMarkdown(one.trace, diagnosis, redactor),
                                      reportHtml(one.trace, diagnosis, redactor), explainText(one.trace, diagnosis, redactor),
                                      QString::fromUtf8(QJsonDocument(traceToHar(one.trace, redactor)).toJson())};
            for (const QString &output : outputs) {
                QVERIFY(!output.isEmpty());
                for (const QString &canary : canaries)
                    QVERIFY2(!output.contains(canary), qPrintable(one.cause + u", "_s + one.name + u": "_s + canary + u'\n' + output));
            }
        }
    }

    void theReportNamesCauseEvidenceAndExchanges()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\n\n",
                                            "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm=\"api\"\n\n"));
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        const Diagnosis diagnosis = diagnose(trace, context);
        Redactor redactor;
        redactor.learnFrom(trace);
        const QString report = reportMarkdown(trace, diagnosis, redactor);
        for (const auto &part : {u"`wrong-scheme`"_s, u"proven"_s, u"GET /me"_s, u"WWW-Authenticate"_s, u"## Checklist"_s, u"## Exchanges"_s, u"RFC 9110"_s})
            QVERIFY2(report.contains(part), qPrintable(part + u" is not in\n"_s + report));
    }

    // Words of a server are text: they make no headings, links or tags in the report.
    void wordsOfTheServerStayText()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\nAuthorization: Bearer 57ab9921de77c1\n\n",
                                            "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n"
                                            "{\"message\": \"invalid token <script>alert(1)</script> [click](http://evil.example)\"}"));
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        const Diagnosis diagnosis = diagnose(trace, context);
        Redactor redactor;
        redactor.learnFrom(trace);
        const QString report = reportMarkdown(trace, diagnosis, redactor);
        const QString prose = report.left(report.indexOf(u"## Exchanges"_s));
        QVERIFY(!prose.contains(u"<script>"_s));
        QVERIFY(!prose.contains(u"[click](http"_s));
        const QString html = reportHtml(trace, diagnosis, redactor);
        QVERIFY(html.contains(u"&lt;script&gt;alert(1)"_s)); // it is there, as text
        QVERIFY(!html.contains(u"<script"_s));
    }

    void theHtmlReportIsWholeAndNeedsNothing()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\nAuthorization: Basic {basic:ann:Hedge-17}\nX-Odd: \"><img src=x>\n\n",
                                            "HTTP/1.1 401 No<b>pe\nWWW-Authenticate: Bearer realm=\"</pre><a href='http://evil.example'>\"\n\n"));
        DiagnosisContext context;
        context.nowMs = fixtureNow * 1000;
        const Diagnosis diagnosis = diagnose(trace, context);
        Redactor redactor;
        redactor.learnFrom(trace);
        const QString html = reportHtml(trace, diagnosis, redactor);
        for (const auto &part : {u"<code>wrong-scheme</code>"_s, u"proven"_s, u"GET /me"_s, u"<h2>Checklist</h2>"_s, u"<h2>Exchanges</h2>"_s, u"RFC 9110"_s, u"default-src 'none'"_s})
            QVERIFY2(html.contains(part), qPrintable(part + u" is not in\n"_s + html));
        for (const auto &markup : {u"<img"_s, u"<a "_s, u"<b>"_s, u"<link"_s, u"url("_s})
            QVERIFY2(!html.contains(markup), qPrintable(markup + u" is in\n"_s + html));
        QCOMPARE(html.count(u"<pre>"_s), html.count(u"</pre>"_s));
    }

    // The members that the HAR 1.2 specification does not mark as optional.
    void theHarIsWhole()
    {
        const auto has = [](const QJsonObject &object, const QStringList &members) {
            return std::ranges::all_of(members, [&object](const QString &member) { return object.contains(member); });
        };
        for (const RuleCase &one : allCases()) {
            const QJsonObject log = traceToHar(one.trace, Redactor()).value("log"_L1).toObject();
            QCOMPARE(log.value("version"_L1).toString(), u"1.2"_s);
            QVERIFY(has(log.value("creator"_L1).toObject(), {u"name"_s, u"version"_s}));
            QCOMPARE(log.value("entries"_L1).toArray().size(), one.trace.exchanges.size());
            for (const QJsonValue &value : log.value("entries"_L1).toArray()) {
                const QJsonObject entry = value.toObject();
                QVERIFY(has(entry, {u"startedDateTime"_s, u"time"_s, u"request"_s, u"response"_s, u"cache"_s, u"timings"_s}));
                QVERIFY(has(entry.value("request"_L1).toObject(), {u"method"_s, u"url"_s, u"httpVersion"_s, u"cookies"_s, u"headers"_s, u"queryString"_s, u"headersSize"_s, u"bodySize"_s}));
                QVERIFY(has(entry.value("response"_L1).toObject(), {u"status"_s, u"statusText"_s, u"httpVersion"_s, u"cookies"_s, u"headers"_s, u"content"_s, u"redirectURL"_s, u"headersSize"_s, u"bodySize"_s}));
                QVERIFY(has(entry.value("response"_L1).toObject().value("content"_L1).toObject(), {u"size"_s, u"mimeType"_s}));
                QVERIFY(has(entry.value("timings"_L1).toObject(), {u"send"_s, u"wait"_s, u"receive"_s}));
            }
        }
    }
    void theDerivationIsInTheJson()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\n\n", "HTTP/1.1 401 Unauthorized\n\n"));
        trace.exchanges.last().derivation = {{u"string to sign"_s, "GET\n/me"_ba, false}, {u"signing key"_s, "0123456789abcdef0123"_ba, true}};
        const auto lines = [&trace](bool reveal) {
            return traceToJson(trace, Redactor(), reveal).value("exchanges"_L1).toArray().first().toObject().value("derivation"_L1).toArray();
        };
        QCOMPARE(lines(false).at(0).toObject().value("value"_L1).toString(), u"GET\n/me"_s);
        QVERIFY(!lines(false).at(1).toObject().value("value"_L1).toString().contains(u"0123"_s));
        QCOMPARE(lines(true).at(1).toObject().value("value"_L1).toString(), u"0123456789abcdef0123"_s);
    }
    void theHarSaysWhatWentOver()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("POST /me?q=a%20b&flag HTTP/1.1\nHost: a.example\nCookie: theme=dark; lang=de\nContent-Type: application/json\nContent-Length: 7\n\n{\"a\":1}",
                                            "HTTP/1.1 401 Unauthorized\nX-Two: 1\nX-Two: 2\nLocation: /login\nContent-Type: text/plain\n\nk\xc3\xa4se"));
        trace.exchanges.append(makeExchange("GET /latin HTTP/1.1\nHost: a.example\n\n", "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=iso-8859-1\n\nk\xe4se"));
        const QJsonArray entries = traceToHar(trace, Redactor()).value("log"_L1).toObject().value("entries"_L1).toArray();
        const QJsonObject request = entries.at(0).toObject().value("request"_L1).toObject();
        QCOMPARE(request.value("method"_L1).toString(), u"POST"_s);
        QVERIFY(request.value("url"_L1).toString().endsWith(u"/me?q=a%20b&flag"_s));
        QCOMPARE(request.value("queryString"_L1).toArray(), (QJsonArray{QJsonObject{{u"name"_s, u"q"_s}, {u"value"_s, u"a b"_s}}, QJsonObject{{u"name"_s, u"flag"_s}, {u"value"_s, QString()}}}));
        QCOMPARE(request.value("cookies"_L1).toArray().size(), 2);
        QCOMPARE(request.value("postData"_L1).toObject().value("text"_L1).toString(), u"{\"a\":1}"_s);
        QCOMPARE(request.value("postData"_L1).toObject().value("mimeType"_L1).toString(), u"application/json"_s);
        const QJsonObject response = entries.at(0).toObject().value("response"_L1).toObject();
        QCOMPARE(response.value("status"_L1).toInt(), 401);
        QCOMPARE(response.value("headers"_L1).toArray().size(), 4);
        QCOMPARE(response.value("redirectURL"_L1).toString(), u"/login"_s);
        QCOMPARE(response.value("content"_L1).toObject().value("text"_L1).toString(), u"k\u00e4se"_s);
        const QJsonObject content = entries.at(1).toObject().value("response"_L1).toObject().value("content"_L1).toObject();
        QCOMPARE(content.value("encoding"_L1).toString(), u"base64"_s);
        QCOMPARE(QByteArray::fromBase64(content.value("text"_L1).toString().toLatin1()), "k\xe4se"_ba);
    }
    // Also where bytes that are no UTF-8 have to be written in Base64.
    void theHarEchoesNoSecret()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me?access_token=57ab9921de77c1aa HTTP/1.1\nHost: a.example\n\n",
                                            "HTTP/1.1 401 Unauthorized\nContent-Type: text/html\n\n\xe4 57ab9921de77c1aa is not valid"));
        const QJsonObject har = traceToHar(trace, Redactor());
        QVERIFY(!QJsonDocument(har).toJson().contains("57ab9921de77c1aa"));
        const QJsonObject content = har.value("log"_L1).toObject().value("entries"_L1).toArray().first().toObject().value("response"_L1).toObject().value("content"_L1).toObject();
        const QByteArray bytes = QByteArray::fromBase64(content.value("text"_L1).toString().toLatin1());
        QVERIFY(bytes.contains("is not valid") && !bytes.contains("57ab9921de77c1aa"));
        QVERIFY(QJsonDocument(traceToHar(trace, Redactor(), true)).toJson().contains("57ab9921de77c1aa"));
    }

    void saveReport_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("start"); // empty: it is refused
        QTest::newRow("Markdown") << u"a.md"_s << "# "_ba;
        QTest::newRow("HTML") << u"a.HTML"_s << "<!DOCTYPE html>"_ba;
        QTest::newRow("JSON") << u"a.json"_s << "{"_ba;
        QTest::newRow("HAR") << u"a.har"_s << "{\n    \"log\""_ba;
        QTest::newRow("no ending") << u"report"_s << QByteArray();
        QTest::newRow("another") << u"a.pdf"_s << QByteArray();
        QTest::newRow("no such folder") << u"nowhere/a.md"_s << QByteArray();
    }
    void saveReport()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, start);
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\n\n", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"a\"\n\nno"));
        const QTemporaryDir dir;
        const QString path = dir.filePath(name);
        const Result<void> saved = realmscope::saveReport(path, trace, diagnose(trace, {}), Redactor());
        QCOMPARE(bool(saved), !start.isEmpty());
        if (!saved) {
            QVERIFY(!QFile::exists(path));
            QVERIFY(saved.error().message.contains(path) && !saved.error().action.isEmpty());
            return;
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith(start));
    }

    void theJsonHasItsPublicShape()
    {
        Trace trace;
        trace.exchanges.append(makeExchange("GET /me HTTP/1.1\nHost: a.example\n\n", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"a\"\n\nno"));
        DiagnosisContext context;
        const Diagnosis diagnosis = diagnose(trace, context);
        const QJsonObject json = diagnosisToJson(trace, diagnosis, Redactor());
        QCOMPARE(json.value("schema"_L1).toString(), u"realmscope.diagnosis/1"_s);
        QCOMPARE(json.value("outcome"_L1).toObject().value("status"_L1).toInt(), 401);
        QCOMPARE(json.value("outcome"_L1).toObject().value("kind"_L1).toString(), u"unauthorized"_s);
        const QJsonObject finding = json.value("findings"_L1).toArray().first().toObject();
        for (const auto &member : {"cause"_L1, "verdict"_L1, "step"_L1, "title"_L1, "explanation"_L1, "evidence"_L1, "fixes"_L1, "sources"_L1})
            QVERIFY2(finding.contains(member), member.latin1());
        QCOMPARE(json.value("checklist"_L1).toArray().size(), 9);
        const QJsonObject exchange = json.value("exchanges"_L1).toArray().first().toObject();
        QCOMPARE(exchange.value("request"_L1).toObject().value("line"_L1).toString(), u"GET /me HTTP/1.1"_s);
        QCOMPARE(exchange.value("response"_L1).toObject().value("status"_L1).toInt(), 401);
        QCOMPARE(exchange.value("response"_L1).toObject().value("bodyBytes"_L1).toInt(), 2);
    }
};

QTEST_GUILESS_MAIN(ReportTest)
#include "tst_report.moc"
