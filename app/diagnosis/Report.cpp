// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"

#include "app/base/Encoding.h"
#include "app/diagnosis/ReportParts.h"
#include "app/http/Http2Names.h"

#include <QtCore/QJsonArray>
#include <QtCore/QDateTime>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype columns = 80;

QJsonArray headersJson(const Headers &headers, const Sanitiser &clean)
{
    QJsonArray array;
    for (const HeaderField &field : headers)
        array.append(QJsonArray{displayText(field.name), clean.header(field)});
    return array;
}

QJsonObject timingsJson(const Timings &timings)
{
    QJsonObject json;
    const std::pair<const char *, double> phases[] = {{"dns", timings.dns},   {"connect", timings.connect},
                                                      {"tls", timings.tls},   {"send", timings.send},
                                                      {"wait", timings.wait}, {"receive", timings.receive},
                                                      {"total", timings.total}};
    for (const auto &[name, value] : phases) {
        if (value >= 0)
            json.insert(QLatin1StringView(name), value);
    }
    json.insert("unit"_L1, u"ms"_s);
    return json;
}

QJsonObject tlsJson(const TlsInfo &tls)
{
    QJsonArray chain;
    for (const CertificateInfo &certificate : tls.chain)
        chain.append(certificate.subject);
    QJsonObject json{{"protocol"_L1, tls.protocol}, {"cipher"_L1, tls.cipher}, {"verified"_L1, tls.verified}, {"chain"_L1, chain}};
    if (!tls.alpn.isEmpty())
        json.insert("alpn"_L1, tls.alpn);
    if (!tls.alert.isEmpty())
        json.insert("alert"_L1, tls.alert);
    if (!tls.errors.isEmpty())
        json.insert("errors"_L1, QJsonArray::fromStringList(tls.errors));
    if (tls.verificationSkipped)
        json.insert("verificationSkipped"_L1, true);
    if (tls.clientCertificateOffered)
        json.insert("clientCertificateOffered"_L1, true);
    if (tls.clientCertificateRequested)
        json.insert("clientCertificateRequested"_L1, *tls.clientCertificateRequested);
    if (tls.clientCertificateSent)
        json.insert("clientCertificateSent"_L1, true);
    if (!tls.clientCertificateSubject.isEmpty())
        json.insert("clientCertificate"_L1, tls.clientCertificateSubject);
    if (!tls.events.isEmpty())
        json.insert("events"_L1, QJsonArray::fromStringList(tls.events));
    return json;
}

// The frames by name and size: their payload is in the headers and bodies, and would carry secrets in disguise.
QJsonObject http2Json(const Http2Facts &facts, const Sanitiser &clean)
{
    constexpr qsizetype mostFrames = 200;
    QJsonArray frames;
    for (const Http2Frame &frame : facts.frames.first(std::min(facts.frames.size(), mostFrames))) {
        QJsonObject json{{"sent"_L1, frame.sent},
                         {"type"_L1, http2FrameName(frame.type)},
                         {"flags"_L1, QJsonArray::fromStringList(http2FlagNames(frame.type, frame.flags))},
                         {"stream"_L1, qint64(frame.stream)},
                         {"bytes"_L1, qint64(frame.length)}};
        if (const QString text = http2FrameText(frame); !text.isEmpty())
            json.insert("text"_L1, clean.text(text));
        frames.append(json);
    }
    QJsonObject json{{"stream"_L1, qint64(facts.stream)},
                     {"requestFields"_L1, headersJson(facts.requestFields, clean)},
                     {"responseFields"_L1, headersJson(facts.responseFields, clean)},
                     {"frames"_L1, frames},
                     {"framesLeftOut"_L1, facts.framesLeftOut + facts.frames.size() - frames.size()}};
    if (facts.resetCode)
        json.insert("reset"_L1, http2ErrorName(*facts.resetCode));
    return json;
}

// What the jar decided; a value is never part of it.
QJsonArray cookiesJson(const QList<CookieVerdict> &cookies, const Sanitiser &clean)
{
    QJsonArray array;
    for (const CookieVerdict &cookie : cookies) {
        QJsonObject json{{"decision"_L1, cookieDecisionId(cookie.decision)},
                         {"name"_L1, displayText(cookie.name)},
                         {"domain"_L1, cookie.domain},
                         {"hostOnly"_L1, cookie.hostOnly},
                         {"path"_L1, displayText(cookie.path)},
                         {"secure"_L1, cookie.secure},
                         {"httpOnly"_L1, cookie.httpOnly}};
        if (cookie.sameSite != SameSite::Default)
            json.insert("sameSite"_L1, sameSiteText(cookie.sameSite));
        if (cookie.expiresAt)
            json.insert("expires"_L1, QDateTime::fromSecsSinceEpoch(*cookie.expiresAt, Qt::UTC).toString(Qt::ISODate));
        if (!cookie.reasonId.isEmpty()) {
            json.insert("reasonId"_L1, cookie.reasonId);
            json.insert("reason"_L1, clean.text(cookie.reason));
        }
        QJsonArray deviations;
        for (const CookieDeviation &deviation : cookie.deviations)
            deviations.append(QJsonObject{{"id"_L1, deviation.id}, {"text"_L1, clean.text(deviation.text)}});
        if (!deviations.isEmpty())
            json.insert("deviations"_L1, deviations);
        array.append(json);
    }
    return array;
}

QJsonObject exchangeJson(const Exchange &exchange, const Sanitiser &clean)
{
    QJsonObject json;
    json.insert("role"_L1, exchangeRoleId(exchange.role));
    if (!exchange.label.isEmpty())
        json.insert("label"_L1, clean.text(exchange.label));
    if (!exchange.probeId.isEmpty())
        json.insert("probe"_L1, exchange.probeId);
    json.insert("url"_L1, clean.url(exchange.request.url.toString().toUtf8()));
    json.insert("request"_L1, QJsonObject{{"line"_L1, requestLine(exchange, clean)},
                                          {"headers"_L1, headersJson(exchange.request.headers, clean)},
                                          {"bytes"_L1, exchange.rawRequest.size()},
                                          {"bodyBytes"_L1, exchange.request.bodySize()}});
    if (exchange.hasResponse()) {
        QJsonObject response{{"status"_L1, exchange.response.status},
                             {"reason"_L1, displayText(exchange.response.reason)},
                             {"headers"_L1, headersJson(exchange.response.headers, clean)},
                             {"bodyBytes"_L1, exchange.response.body.size()},
                             {"complete"_L1, exchange.response.complete}};
        if (isTextType(exchange.response) && !exchange.response.body.isEmpty())
            response.insert("bodyText"_L1, clean.bytes(textHead(exchange.response)));
        json.insert("response"_L1, response);
    }
    json.insert("timings"_L1, timingsJson(exchange.timings));
    const ConnectionInfo &connection = exchange.connection;
    QJsonObject connectionJson{{"id"_L1, qint64(connection.id)},
                               {"reused"_L1, connection.reused},
                               {"local"_L1, connection.localAddress},
                               {"peer"_L1, connection.peerAddress},
                               {"protocol"_L1, connection.protocol}};
    if (!connection.proxy.isEmpty())
        connectionJson.insert("proxy"_L1, connection.proxy);
    json.insert("connection"_L1, connectionJson);
    if (exchange.http2)
        json.insert("http2"_L1, http2Json(*exchange.http2, clean));
    if (exchange.tls)
        json.insert("tls"_L1, tlsJson(*exchange.tls));
    QJsonArray anomalies;
    for (const Anomaly &anomaly : exchange.anomalies)
        anomalies.append(QJsonObject{{"id"_L1, anomaly.id}, {"text"_L1, clean.text(anomaly.text)}});
    json.insert("anomalies"_L1, anomalies);
    QJsonArray derivation;
    for (const DerivationLine &line : exchange.derivation)
        derivation.append(QJsonObject{{"name"_L1, line.name}, {"value"_L1, clean.derived(line)}});
    if (!derivation.isEmpty())
        json.insert("derivation"_L1, derivation);
    QJsonArray decisions;
    for (const Decision &decision : exchange.decisions)
        decisions.append(clean.text(decision.text));
    if (!decisions.isEmpty())
        json.insert("decisions"_L1, decisions);
    if (!exchange.cookies.isEmpty())
        json.insert("cookies"_L1, cookiesJson(exchange.cookies, clean));
    if (exchange.error)
        json.insert("error"_L1, QJsonObject{{"code"_L1, errorCodeId(exchange.error->code)}, {"message"_L1, clean.text(exchange.error->message)}});
    return json;
}

QJsonArray exchangesJson(const Trace &trace, const Sanitiser &clean)
{
    QJsonArray array;
    for (const Exchange &exchange : trace.exchanges)
        array.append(exchangeJson(exchange, clean));
    return array;
}

QJsonObject findingJson(const Finding &finding, const Sanitiser &clean)
{
    QJsonArray evidence;
    for (const Evidence &one : finding.evidence) {
        QJsonObject json{{"exchange"_L1, one.exchange}, {"part"_L1, evidencePartId(one.part)}};
        if (!one.name.isEmpty())
            json.insert("name"_L1, displayText(one.name));
        json.insert("text"_L1, clean.of(finding, one.text));
        if (!one.range.isEmpty())
            json.insert("bytes"_L1, QJsonArray{one.range.begin, one.range.end});
        evidence.append(json);
    }
    QJsonArray fixes;
    for (const Fix &fix : finding.fixes) {
        QJsonObject json{{"id"_L1, fix.id}, {"title"_L1, clean.of(finding, fix.title)}, {"automatic"_L1, fix.automatic}};
        if (!fix.detail.isEmpty())
            json.insert("detail"_L1, clean.of(finding, fix.detail));
        if (!fix.snippet.isEmpty())
            json.insert("snippet"_L1, clean.of(finding, fix.snippet));
        if (fix.forServerOwner)
            json.insert("forServerOwner"_L1, true);
        fixes.append(json);
    }
    QJsonObject json{{"cause"_L1, finding.cause},
                     {"verdict"_L1, verdictId(finding.verdict)},
                     {"step"_L1, checklistStepId(finding.step)},
                     {"title"_L1, clean.of(finding, finding.title)},
                     {"summary"_L1, clean.of(finding, finding.summary)},
                     {"explanation"_L1, clean.of(finding, finding.explanation)},
                     {"evidence"_L1, evidence},
                     {"fixes"_L1, fixes},
                     {"sources"_L1, QJsonArray::fromStringList(finding.sources)}};
    if (finding.role == FindingRole::Note)
        json.insert("role"_L1, u"note"_s);
    return json;
}

QJsonObject recordingJson(const Recording &recording, const Sanitiser &clean)
{
    QJsonArray others;
    for (const QString &other : recording.others)
        others.append(clean.text(other));
    return {{"source"_L1, clean.text(recording.source)},
            {"entry"_L1, recording.entry},
            {"entries"_L1, recording.entries},
            {"others"_L1, others},
            {"limits"_L1, QJsonArray::fromStringList(recording.limits)},
            {"mayLackCredentials"_L1, recording.mayLackCredentials}};
}

QJsonArray logsJson(const QList<LogSummary> &logs, const Sanitiser &clean)
{
    QJsonArray array;
    for (const LogSummary &log : logs) {
        QJsonArray matches;
        for (const QString &match : log.matches)
            matches.append(clean.text(match));
        array.append(QJsonObject{{"file"_L1, log.name}, {"format"_L1, log.format}, {"entries"_L1, log.entries}, {"matches"_L1, matches}, {"note"_L1, log.note}});
    }
    return array;
}

// Words into lines of at most `columns`, the first with `first` before it, the others with as many spaces.
QString wrapped(const QString &text, const QString &first, qsizetype indent)
{
    QString out;
    const QStringList paragraphs = text.split(u'\n');
    for (qsizetype i = 0; i < paragraphs.size(); ++i) {
        QString line = i == 0 ? first.leftJustified(indent) : QString(indent, u' ');
        bool isEmpty = true;
        for (const QString &word : paragraphs.at(i).split(u' ', Qt::SkipEmptyParts)) {
            if (!isEmpty && line.size() + 1 + word.size() > columns) {
                out += line + u'\n';
                line = QString(indent, u' ');
                isEmpty = true;
            }
            line += (isEmpty ? QString() : u" "_s) + word;
            isEmpty = false;
        }
        out += line + u'\n';
    }
    return out;
}

QString indented(const QString &text, qsizetype indent)
{
    QString out;
    for (const QString &line : text.split(u'\n'))
        out += QString(indent, u' ') + line + u'\n';
    return out;
}

QString verdictWords(const Finding &finding)
{
    switch (finding.verdict) {
    case Verdict::Proven:
        return u"proven"_s;
    case Verdict::Likely:
        return u"likely, not proven"_s;
    case Verdict::Possible:
        break;
    }
    return u"possible, nothing surer is known"_s;
}

QString mark(StepVerdict verdict)
{
    switch (verdict) {
    case StepVerdict::Passed:
        return u"ok"_s;
    case StepVerdict::Problem:
        return u"!!"_s;
    case StepVerdict::CantTell:
        return u"?"_s;
    case StepVerdict::NeedsYou:
        return u"you"_s;
    case StepVerdict::NotRun:
        break;
    }
    return u"-"_s;
}

QString causeText(const Finding &finding, qsizetype exchanges, const Sanitiser &clean)
{
    QString out = wrapped(clean.of(finding, finding.explanation), {}, 0);
    if (!finding.evidence.isEmpty())
        out += u"\nHow this is known\n"_s;
    for (const Evidence &one : finding.evidence)
        out += wrapped(u"%1: %2"_s.arg(evidencePlaceText(one, exchanges), clean.of(finding, one.text)), u"  - "_s, 4);
    if (!finding.fixes.isEmpty())
        out += u"\nWhat to do\n"_s;
    int number = 0;
    for (const Fix &fix : finding.fixes) {
        QString text = clean.of(finding, fix.title);
        if (!fix.detail.isEmpty())
            text += (text.endsWith(u'.') ? u" "_s : u". "_s) + clean.of(finding, fix.detail);
        out += wrapped(text, u"  %1. "_s.arg(++number), 5);
        if (!fix.snippet.isEmpty())
            out += indented(clean.of(finding, fix.snippet), 7);
    }
    return out;
}

// What the title leaves open, as a sentence of its own. Rules that quote the server use the words of an evidence.
QString summarySentence(const Finding &finding)
{
    const bool isQuote = std::ranges::any_of(finding.evidence, [&](const Evidence &one) {
        return one.text == finding.summary && (one.part == EvidencePart::ResponseBody || one.part == EvidencePart::ResponseHeader);
    });
    QString text = isQuote ? u"The server says: "_s + finding.summary : finding.summary;
    text[0] = text.at(0).toUpper();
    return text.endsWith(u'.') ? text : text + u'.';
}

QString recordingText(const Recording &recording, const Sanitiser &clean)
{
    QString out = wrapped(u"Out of the recording %1: log.entries[%2] of %3."_s.arg(clean.text(recording.source), QString::number(recording.entry), QString::number(recording.entries)), u"  "_s, 2);
    if (!recording.others.isEmpty())
        out += wrapped(u"Other refusals in it, which FILE#NUMBER chooses: %1."_s.arg(clean.text(recording.others.join(u"; "_s))), u"  "_s, 2);
    return out;
}

QString logText(const LogSummary &log, const Sanitiser &clean)
{
    QString out = u"\nIn the server's log %1 (%2)\n"_s.arg(log.name, log.format);
    for (const QString &match : log.matches)
        out += wrapped(clean.text(match), u"  - "_s, 4);
    if (!log.note.isEmpty())
        out += wrapped(log.note, u"  "_s, 2);
    return out;
}

// Server-supplied text is plain text: nothing of it may become markup in a report.
QString escaped(QString text)
{
    static const QString special = u"\\`*_{}[]<>#|!"_s;
    QString out;
    for (const QChar c : text) {
        if (c == u'\n' || c == u'\r') {
            out += u' ';
            continue;
        }
        if (special.contains(c))
            out += u'\\';
        out += c;
    }
    return out;
}

QString fenced(const QString &text)
{
    QString fence = u"```"_s;
    while (text.contains(fence))
        fence += u'`';
    return fence + u"text\n"_s + text + (text.endsWith(u'\n') ? QString() : u"\n"_s) + fence + u"\n\n"_s;
}

} // namespace

QJsonObject diagnosisToJson(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor, bool reveal)
{
    const Sanitiser clean(trace, redactor, reveal);
    const Finding *primary = diagnosis.primary();
    QJsonArray findings;
    for (const Finding &finding : diagnosis.findings)
        findings.append(findingJson(finding, clean));
    QJsonArray checklist;
    for (const ChecklistItem &item : diagnosis.checklist)
        checklist.append(QJsonObject{{"step"_L1, checklistStepId(item.step)},
                                     {"verdict"_L1, stepVerdictId(item.verdict)},
                                     {"note"_L1, clean.text(item.note)}});
    QJsonArray probes;
    for (const ProbeRecord &probe : diagnosis.probes)
        probes.append(QJsonObject{{"id"_L1, probe.id}, {"exchange"_L1, probe.exchange}, {"why"_L1, probe.why},
                                  {"concluded"_L1, clean.text(probe.concluded)}});
    QJsonObject json{{"schema"_L1, u"realmscope.diagnosis/1"_s},
                     {"outcome"_L1, QJsonObject{{"status"_L1, diagnosis.outcome.status},
                                                {"kind"_L1, outcomeKindId(diagnosis.outcome.kind)},
                                                {"url"_L1, clean.url(diagnosis.outcome.url.toUtf8())},
                                                {"method"_L1, diagnosis.outcome.method}}},
                     {"summary"_L1, primary ? clean.of(*primary, diagnosis.summary) : clean.text(diagnosis.summary)},
                     {"findings"_L1, findings},
                     {"checklist"_L1, checklist},
                     {"probes"_L1, probes},
                     {"exchanges"_L1, exchangesJson(trace, clean)}};
    if (diagnosis.recording)
        json.insert("recording"_L1, recordingJson(*diagnosis.recording, clean));
    if (!diagnosis.logs.isEmpty())
        json.insert("logs"_L1, logsJson(diagnosis.logs, clean));
    if (trace.error)
        json.insert("error"_L1, QJsonObject{{"code"_L1, errorCodeId(trace.error->code)}, {"message"_L1, clean.text(trace.error->message)}});
    return json;
}

QJsonObject traceToJson(const Trace &trace, const Redactor &redactor, bool reveal)
{
    const Sanitiser clean(trace, redactor, reveal);
    QJsonObject json{{"schema"_L1, u"realmscope.trace/1"_s}, {"exchanges"_L1, exchangesJson(trace, clean)}};
    if (trace.error)
        json.insert("error"_L1, QJsonObject{{"code"_L1, errorCodeId(trace.error->code)}, {"message"_L1, clean.text(trace.error->message)}});
    return json;
}

QString explainText(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor)
{
    const Sanitiser clean(trace, redactor, false);
    const Finding *primary = diagnosis.primary();
    QString out;
    if (primary) {
        out += wrapped(clean.of(*primary, primary->title), {}, 0);
        out += u"(%1; %2)\n\n"_s.arg(verdictWords(*primary), primary->cause);
    } else {
        out += wrapped(clean.text(diagnosis.summary), {}, 0) + u'\n';
    }

    out += u"What happened\n"_s;
    if (diagnosis.recording)
        out += recordingText(*diagnosis.recording, clean);
    for (const Exchange &exchange : trace.exchanges) {
        QString line = u"%1 %2 -> %3"_s.arg(QString::fromLatin1(exchange.request.method),
                                            clean.url(exchange.request.url.toString().toUtf8()), statusText(exchange));
        if (exchange.role != ExchangeRole::Final)
            line += u" (%1)"_s.arg(exchange.label.isEmpty() ? exchangeRoleId(exchange.role) : clean.text(exchange.label));
        out += wrapped(line, u"  - "_s, 4);
    }
    if (trace.error)
        out += wrapped(clean.text(trace.error->message), u"  - "_s, 4);
    if (primary && !primary->summary.isEmpty())
        out += wrapped(clean.of(*primary, summarySentence(*primary)), u"  "_s, 2);

    if (primary)
        out += u'\n' + causeText(*primary, trace.exchanges.size(), clean);

    QString others;
    QString notes;
    for (const Finding &finding : diagnosis.findings) {
        if (&finding == primary)
            continue;
        QString &list = finding.role == FindingRole::Note ? notes : others;
        const QString mark = finding.role == FindingRole::Note ? finding.cause : u"%1; %2"_s.arg(verdictId(finding.verdict), finding.cause);
        list += wrapped(u"%1 (%2)"_s.arg(clean.of(finding, finding.title), mark), u"  - "_s, 4);
    }
    const bool isSettled = primary && primary->verdict == Verdict::Proven;
    if (!others.isEmpty())
        out += (isSettled ? u"\nWhat else was noticed\n"_s : u"\nIt could also be\n"_s) + others;
    if (!notes.isEmpty())
        out += u"\nBesides, for the owner of the server\n"_s + notes;

    if (!diagnosis.probes.isEmpty())
        out += u"\nWhat was tried\n"_s;
    for (const ProbeRecord &probe : diagnosis.probes)
        out += wrapped(u"%1: %2"_s.arg(probe.id, clean.text(probe.concluded)), u"  - "_s, 4);

    for (const LogSummary &log : diagnosis.logs)
        out += logText(log, clean);
    if (diagnosis.recording) {
        out += u"\nWhat the recording cannot tell\n"_s;
        for (const QString &limit : diagnosis.recording->limits)
            out += wrapped(limit, u"  - "_s, 4);
    }

    if (primary || diagnosis.outcome.kind != OutcomeKind::Accepted) {
        out += u"\nChecklist\n"_s;
        for (const ChecklistItem &item : diagnosis.checklist)
            out += wrapped(u"%1: %2"_s.arg(checklistStepTitle(item.step), clean.text(item.note)),
                           u"  %1"_s.arg(mark(item.verdict).leftJustified(4)), 6);
    }
    return out;
}

QString reportMarkdown(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor)
{
    const Sanitiser clean(trace, redactor, false);
    QString out = u"# Why the server said %1\n\n"_s.arg(diagnosis.outcome.status > 0 ? QString::number(diagnosis.outcome.status) : u"nothing"_s);
    out += escaped(diagnosis.outcome.method + u' ' + clean.url(diagnosis.outcome.url.toUtf8())) + u"\n\n"_s;
    const Finding *primary = diagnosis.primary();
    out += u"**%1**\n\n"_s.arg(escaped(primary ? clean.of(*primary, diagnosis.summary) : clean.text(diagnosis.summary)));
    out += u"Secrets are masked in this report.\n\n"_s;
    for (const Finding &finding : diagnosis.findings) {
        out += u"## %1\n\n"_s.arg(escaped(clean.of(finding, finding.title)));
        out += u"%1 `%2`, %3%4\n\n"_s.arg(finding.role == FindingRole::Note ? u"Note"_s : u"Cause"_s, finding.cause, verdictId(finding.verdict),
                                          finding.sources.isEmpty() ? QString() : u" (%1)"_s.arg(escaped(finding.sources.join(u", "_s))));
        out += escaped(clean.of(finding, finding.explanation)) + u"\n\n"_s;
        for (const Evidence &one : finding.evidence)
            out += u"- %1: %2\n"_s.arg(evidencePlaceText(one, trace.exchanges.size()), escaped(clean.of(finding, one.text)));
        out += u'\n';
        int number = 0;
        for (const Fix &fix : finding.fixes) {
            out += u"%1. %2%3\n"_s.arg(++number).arg(escaped(clean.of(finding, fix.title)),
                                                      fix.detail.isEmpty() ? QString() : u". "_s + escaped(clean.of(finding, fix.detail)));
            if (!fix.snippet.isEmpty())
                out += u'\n' + fenced(clean.of(finding, fix.snippet));
        }
        out += u'\n';
    }
    out += u"## Checklist\n\n| step | verdict | note |\n| --- | --- | --- |\n"_s;
    for (const ChecklistItem &item : diagnosis.checklist)
        out += u"| %1 | %2 | %3 |\n"_s.arg(checklistStepTitle(item.step), stepVerdictId(item.verdict), escaped(clean.text(item.note)));
    out += u'\n';
    if (!diagnosis.probes.isEmpty())
        out += u"## Probes\n\n"_s;
    for (const ProbeRecord &probe : diagnosis.probes)
        out += u"- %1 (exchange %2): %3\n"_s.arg(probe.id).arg(probe.exchange + 1).arg(escaped(clean.text(probe.concluded)));
    for (const LogSummary &log : diagnosis.logs) {
        out += u"\n## Server's log %1\n\n%2. %3\n\n"_s.arg(escaped(log.name), escaped(log.format), escaped(log.note));
        for (const QString &match : log.matches)
            out += u"- %1\n"_s.arg(escaped(clean.text(match)));
    }
    if (diagnosis.recording) {
        out += u"\n## Recording\n\n%1, log.entries[%2] of %3. What it cannot tell:\n\n"_s.arg(
            escaped(clean.text(diagnosis.recording->source)), QString::number(diagnosis.recording->entry), QString::number(diagnosis.recording->entries));
        for (const QString &limit : diagnosis.recording->limits)
            out += u"- %1\n"_s.arg(escaped(limit));
    }
    out += u"\n## Exchanges\n\n"_s;
    for (qsizetype i = 0; i < trace.exchanges.size(); ++i) {
        const Exchange &exchange = trace.exchanges.at(i);
        out += u"### %1. %2, %3\n\n"_s.arg(i + 1).arg(exchangeRoleId(exchange.role),
                                                      QDateTime::fromMSecsSinceEpoch(exchange.startedAtMs, Qt::UTC).toString(Qt::ISODateWithMs));
        out += fenced(exchangeText(exchange, clean));
    }
    return out;
}

} // namespace realmscope
