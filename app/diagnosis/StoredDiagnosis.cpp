// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/StoredDiagnosis.h"

#include <QtCore/QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The enumerator of an id; the first for one that is not known.
template <typename Enum>
Enum byId(const QJsonValue &value, QString (*id)(Enum), Enum last)
{
    const QString wanted = value.toString();
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        if (id(static_cast<Enum>(i)) == wanted)
            return static_cast<Enum>(i);
    }
    return Enum{};
}

bool isOfRequest(EvidencePart part)
{
    return part == EvidencePart::RequestLine || part == EvidencePart::RequestHeader || part == EvidencePart::RequestBody || part == EvidencePart::Token;
}

QStringList textsOf(const QJsonValue &value)
{
    QStringList list;
    for (const QJsonValue &item : value.toArray())
        list.append(item.toString());
    return list;
}

// Texts of a diagnosis are masked already; what the redactor has learned since is masked as well.
class DiagnosisWriter
{
public:
    DiagnosisWriter(const RedactedTrace &trace, const Redactor &redactor) : m_trace(trace), m_redactor(redactor) {}

    QJsonObject write(const Diagnosis &diagnosis)
    {
        QJsonArray findings;
        for (const Finding &finding : diagnosis.findings)
            findings.append(write(finding));
        QJsonArray checklist;
        for (const ChecklistItem &item : diagnosis.checklist)
            checklist.append(QJsonObject{{"step"_L1, checklistStepId(item.step)}, {"verdict"_L1, stepVerdictId(item.verdict)}, {"note"_L1, clean(item.note)}});
        QJsonArray probes;
        for (const ProbeRecord &probe : diagnosis.probes)
            probes.append(QJsonObject{{"id"_L1, probe.id}, {"exchange"_L1, probe.exchange}, {"why"_L1, clean(probe.why)}, {"concluded"_L1, clean(probe.concluded)}});
        QJsonArray logs;
        for (const LogSummary &log : diagnosis.logs) {
            QJsonArray matches;
            for (const QString &line : log.matches)
                matches.append(Redactor::logLine(clean(line)));
            logs.append(QJsonObject{{"name"_L1, log.name}, {"format"_L1, log.format}, {"entries"_L1, log.entries}, {"matches"_L1, matches}, {"note"_L1, clean(log.note)}});
        }
        const Outcome &outcome = diagnosis.outcome;
        return {{"outcome"_L1, QJsonObject{{"status"_L1, outcome.status}, {"kind"_L1, outcomeKindId(outcome.kind)}, {"url"_L1, cleanUrl(outcome.url)}, {"method"_L1, outcome.method}}},
                {"summary"_L1, clean(diagnosis.summary)},
                {"findings"_L1, findings},
                {"checklist"_L1, checklist},
                {"probes"_L1, probes},
                {"logs"_L1, logs}};
    }

private:
    QString clean(const QString &text) const { return m_redactor.text(text); }
    QString cleanUrl(const QString &url) const { return QString::fromUtf8(m_redactor.url(url.toUtf8())); }

    QJsonObject write(const Finding &finding) const
    {
        // The words of these two hold the name of a variable or "null" where a secret should be; see ReportParts.
        const bool isHarmless = finding.cause == "unresolved-variable"_L1 || finding.cause == "placeholder-token"_L1;
        const auto words = [&](const QString &text) { return isHarmless ? text : clean(text); };
        QJsonArray evidence;
        for (const Evidence &item : finding.evidence) {
            ByteRange range;
            if (item.exchange >= 0 && item.exchange < m_trace.maps.size()) {
                const RedactedTrace::Maps &maps = m_trace.maps.at(item.exchange);
                range = (isOfRequest(item.part) ? maps.request : maps.response).map(item.range);
            }
            QJsonObject json{{"exchange"_L1, item.exchange}, {"part"_L1, evidencePartId(item.part)}, {"name"_L1, QString::fromUtf8(item.name)}, {"text"_L1, words(item.text)}};
            if (!range.isEmpty())
                json.insert("range"_L1, QJsonArray{qint64(range.begin), qint64(range.end)});
            evidence.append(json);
        }
        QJsonArray fixes;
        for (const Fix &fix : finding.fixes)
            fixes.append(QJsonObject{{"id"_L1, fix.id}, {"title"_L1, words(fix.title)}, {"detail"_L1, words(fix.detail)}, {"snippet"_L1, clean(fix.snippet)}, {"forServerOwner"_L1, fix.forServerOwner}});
        return {{"cause"_L1, finding.cause},
                {"verdict"_L1, verdictId(finding.verdict)},
                {"step"_L1, checklistStepId(finding.step)},
                {"note"_L1, finding.role == FindingRole::Note},
                {"title"_L1, words(finding.title)},
                {"summary"_L1, words(finding.summary)},
                {"explanation"_L1, words(finding.explanation)},
                {"evidence"_L1, evidence},
                {"fixes"_L1, fixes},
                {"sources"_L1, QJsonArray::fromStringList(finding.sources)},
                {"weight"_L1, finding.weight}};
    }

    const RedactedTrace &m_trace;
    const Redactor &m_redactor;
};

Finding readFinding(const QJsonObject &json, const Trace &trace)
{
    Finding finding;
    finding.cause = json.value("cause"_L1).toString();
    finding.verdict = byId(json.value("verdict"_L1), verdictId, Verdict::Possible);
    finding.step = byId(json.value("step"_L1), checklistStepId, ChecklistStep::Retest);
    finding.role = json.value("note"_L1).toBool() ? FindingRole::Note : FindingRole::Cause;
    finding.title = json.value("title"_L1).toString();
    finding.summary = json.value("summary"_L1).toString();
    finding.explanation = json.value("explanation"_L1).toString();
    for (const QJsonValue &value : json.value("evidence"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        Evidence evidence;
        evidence.exchange = std::clamp(item.value("exchange"_L1).toInt(), -1, static_cast<int>(trace.exchanges.size()) - 1);
        evidence.part = byId(item.value("part"_L1), evidencePartId, EvidencePart::Log);
        evidence.name = item.value("name"_L1).toString().toUtf8();
        evidence.text = item.value("text"_L1).toString();
        const QJsonArray range = item.value("range"_L1).toArray();
        const qint64 begin = range.at(0).toInteger(-1);
        const qint64 end = range.at(1).toInteger(-1);
        if (evidence.exchange >= 0 && begin >= 0 && begin < end) {
            const Exchange &exchange = trace.exchanges.at(evidence.exchange);
            if (end <= (isOfRequest(evidence.part) ? exchange.rawRequest : exchange.rawResponse).size())
                evidence.range = {qsizetype(begin), qsizetype(end)};
        }
        finding.evidence.append(evidence);
    }
    for (const QJsonValue &value : json.value("fixes"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        Fix fix;
        fix.id = item.value("id"_L1).toString();
        fix.title = item.value("title"_L1).toString();
        fix.detail = item.value("detail"_L1).toString();
        fix.snippet = item.value("snippet"_L1).toString();
        fix.forServerOwner = item.value("forServerOwner"_L1).toBool();
        finding.fixes.append(fix);
    }
    finding.sources = textsOf(json.value("sources"_L1));
    finding.weight = json.value("weight"_L1).toDouble();
    return finding;
}

} // namespace

QJsonObject storeDiagnosis(const Diagnosis &diagnosis, const RedactedTrace &trace, const Redactor &redactor)
{
    return DiagnosisWriter(trace, redactor).write(diagnosis);
}

Diagnosis restoreDiagnosis(const QJsonObject &json, const Trace &trace)
{
    Diagnosis diagnosis;
    const QJsonObject outcome = json.value("outcome"_L1).toObject();
    diagnosis.outcome.status = outcome.value("status"_L1).toInt();
    diagnosis.outcome.kind = byId(outcome.value("kind"_L1), outcomeKindId, OutcomeKind::ConnectionFailed);
    diagnosis.outcome.url = outcome.value("url"_L1).toString();
    diagnosis.outcome.method = outcome.value("method"_L1).toString();
    diagnosis.summary = json.value("summary"_L1).toString();
    for (const QJsonValue &value : json.value("findings"_L1).toArray())
        diagnosis.findings.append(readFinding(value.toObject(), trace));
    for (const QJsonValue &value : json.value("checklist"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        diagnosis.checklist.append({byId(item.value("step"_L1), checklistStepId, ChecklistStep::Retest),
                                    byId(item.value("verdict"_L1), stepVerdictId, StepVerdict::NotRun), item.value("note"_L1).toString()});
    }
    for (const QJsonValue &value : json.value("probes"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        const int exchange = item.value("exchange"_L1).toInt(-1);
        diagnosis.probes.append({item.value("id"_L1).toString(), exchange < trace.exchanges.size() ? exchange : -1, item.value("why"_L1).toString(),
                                 item.value("concluded"_L1).toString()});
    }
    for (const QJsonValue &value : json.value("logs"_L1).toArray()) {
        const QJsonObject item = value.toObject();
        diagnosis.logs.append({item.value("name"_L1).toString(), item.value("format"_L1).toString(), item.value("entries"_L1).toInt(),
                               textsOf(item.value("matches"_L1)), item.value("note"_L1).toString()});
    }
    return diagnosis;
}

} // namespace realmscope
