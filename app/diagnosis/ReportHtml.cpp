// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Report.h"

#include "app/diagnosis/ReportParts.h"

#include <QtCore/QDateTime>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The page may not load or run anything, whatever stands in it.
constexpr auto pageHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>%1</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
pre, code { font: 13px/1.45 ui-monospace, monospace; }
pre { border: 1px solid #8888; border-radius: 6px; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #8888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
.summary { font-size: 1.1rem; font-weight: 600; } .quiet { opacity: .75; } li { overflow-wrap: anywhere; }
</style>
</head>
<body>
)"_L1;

QString tagged(QLatin1StringView tag, const QString &text)
{
    return u"<%1>%2</%1>\n"_s.arg(tag, text.toHtmlEscaped());
}

QString htmlList(QLatin1StringView tag, const QStringList &items)
{
    if (items.isEmpty())
        return {};
    QString out = u"<%1>\n"_s.arg(tag);
    for (const QString &item : items)
        out += tagged("li"_L1, item);
    return out + u"</%1>\n"_s.arg(tag);
}

QString findingHtml(const Finding &finding, qsizetype exchanges, const Sanitiser &clean)
{
    QString out = tagged("h2"_L1, clean.of(finding, finding.title));
    out += u"<p class=\"quiet\">%1 <code>%2</code>, %3%4</p>\n"_s.arg(
        finding.role == FindingRole::Note ? u"Note"_s : u"Cause"_s, finding.cause.toHtmlEscaped(),
        verdictId(finding.verdict),
        finding.sources.isEmpty() ? QString()
                                  : u" (%1)"_s.arg(finding.sources.join(u", "_s).toHtmlEscaped()));
    out += tagged("p"_L1, clean.of(finding, finding.explanation));
    QStringList evidence;
    for (const Evidence &one : finding.evidence)
        evidence << u"%1: %2"_s.arg(evidencePlaceText(one, exchanges), clean.of(finding, one.text));
    if (!evidence.isEmpty())
        out += tagged("h3"_L1, u"How this is known"_s) + htmlList("ul"_L1, evidence);
    if (finding.fixes.isEmpty())
        return out;
    out += tagged("h3"_L1, u"What to do"_s) + u"<ol>\n"_s;
    for (const Fix &fix : finding.fixes) {
        QString text = clean.of(finding, fix.title);
        if (!fix.detail.isEmpty())
            text += u". "_s + clean.of(finding, fix.detail);
        out += u"<li>%1%2</li>\n"_s.arg(
            text.toHtmlEscaped(),
            fix.snippet.isEmpty() ? QString() : u"\n"_s + tagged("pre"_L1, clean.of(finding, fix.snippet)));
    }
    return out + u"</ol>\n"_s;
}

QString checklistHtml(const Diagnosis &diagnosis, const Sanitiser &clean)
{
    QString out =
        tagged("h2"_L1, u"Checklist"_s) + u"<table>\n<tr><th>step</th><th>verdict</th><th>note</th></tr>\n"_s;
    for (const ChecklistItem &item : diagnosis.checklist)
        out += u"<tr><td>%1</td><td>%2</td><td>%3</td></tr>\n"_s.arg(checklistStepTitle(item.step),
                                                                     stepVerdictId(item.verdict),
                                                                     clean.text(item.note).toHtmlEscaped());
    return out + u"</table>\n"_s;
}

QString originHtml(const Diagnosis &diagnosis, const Sanitiser &clean)
{
    QString out;
    for (const LogSummary &log : diagnosis.logs) {
        QStringList matches;
        for (const QString &match : log.matches)
            matches << clean.text(match);
        out += tagged("h2"_L1, u"Server's log %1"_s.arg(log.name)) +
               tagged("p"_L1, u"%1. %2"_s.arg(log.format, log.note)) + htmlList("ul"_L1, matches);
    }
    if (const std::optional<Recording> &recording = diagnosis.recording) {
        out += tagged("h2"_L1, u"Recording"_s) +
               tagged("p"_L1, u"%1, log.entries[%2] of %3. What it cannot tell:"_s.arg(
                                  clean.text(recording->source), QString::number(recording->entry),
                                  QString::number(recording->entries))) +
               htmlList("ul"_L1, recording->limits);
    }
    return out;
}

} // namespace

QString reportHtml(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor)
{
    const Sanitiser clean(trace, redactor, false);
    const QString title = u"Why the server said %1"_s.arg(
        diagnosis.outcome.status > 0 ? QString::number(diagnosis.outcome.status) : u"nothing"_s);
    QString out = QString(pageHead).arg(title);
    out += tagged("h1"_L1, title);
    out += u"<p><code>%1</code></p>\n"_s.arg(
        (diagnosis.outcome.method + u' ' + clean.url(diagnosis.outcome.url.toUtf8())).toHtmlEscaped());
    const Finding *primary = diagnosis.primary();
    out += u"<p class=\"summary\">%1</p>\n"_s.arg(
        (primary ? clean.of(*primary, diagnosis.summary) : clean.text(diagnosis.summary)).toHtmlEscaped());
    out += u"<p class=\"quiet\">Secrets are masked in this report.</p>\n"_s;
    for (const Finding &finding : diagnosis.findings)
        out += findingHtml(finding, trace.exchanges.size(), clean);
    out += checklistHtml(diagnosis, clean);
    QStringList probes;
    for (const ProbeRecord &probe : diagnosis.probes)
        probes << u"%1 (exchange %2): %3"_s.arg(probe.id)
                      .arg(probe.exchange + 1)
                      .arg(clean.text(probe.concluded));
    if (!probes.isEmpty())
        out += tagged("h2"_L1, u"Probes"_s) + htmlList("ul"_L1, probes);
    out += originHtml(diagnosis, clean);
    out += tagged("h2"_L1, u"Exchanges"_s);
    for (qsizetype i = 0; i < trace.exchanges.size(); ++i) {
        const Exchange &exchange = trace.exchanges.at(i);
        out += tagged(
            "h3"_L1,
            u"%1. %2, %3"_s.arg(i + 1).arg(
                exchangeRoleId(exchange.role),
                QDateTime::fromMSecsSinceEpoch(exchange.startedAtMs, Qt::UTC).toString(Qt::ISODateWithMs)));
        out += tagged("pre"_L1, exchangeText(exchange, clean));
    }
    return out + u"</body>\n</html>\n"_s;
}

} // namespace realmscope
