// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Diagnoser.h"

#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/diagnosis/Checklist.h"
#include "app/diagnosis/Facts.h"
#include "app/diagnosis/Knowledge.h"
#include "app/diagnosis/ServerNotes.h"
#include "app/diagnosis/probes/Probe.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rule.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype mostCauses = 6;

struct Judged
{
    Finding finding;
    RuleKind kind = RuleKind::Cause;
};

bool isAtLeastAsSure(const Finding &a, const Finding &b) { return int(a.verdict) <= int(b.verdict); }

void addMeaning(Finding &finding, const KnowledgeMatch &match)
{
    finding.explanation += match.evidence.part == EvidencePart::Log ? u" %1 tells more: %2"_s.arg(match.vendor, match.meaning)
                                                                   : u" %1 says it with this code: %2"_s.arg(match.vendor, match.meaning);
    const bool isQuoted = std::ranges::any_of(finding.evidence, [&](const Evidence &one) {
        return one.part == match.evidence.part
            && (one.range.isEmpty() ? one.text == match.evidence.text : one.range.begin == match.evidence.range.begin);
    });
    if (!isQuoted)
        finding.evidence.append(match.evidence);
    finding.fixes.append(advice(u"vendor-advice"_s, match.fix, match.link));
    finding.sources.append(match.link);
}

// A vendor's own code outweighs what a rule concludes from general words, and speaks where no rule does.
void applyKnowledge(const Facts &facts, QList<Judged> &all)
{
    if (facts.isRefusedTunnel() || (facts.kind == OutcomeKind::Accepted && !facts.body.isJson()))
        return;
    for (const KnowledgeMatch &match : knowledgeOf(facts)) {
        const bool isContradicted = match.cause == u"no-credentials-sent" && facts.hasCertainCredential();
        if (isContradicted || (facts.kind == OutcomeKind::Accepted && match.cause != u"error-in-success"))
            continue;
        const auto rule = std::ranges::find_if(allRules(), [&](const Rule &one) { return one.id == match.cause; });
        if (rule == allRules().end())
            continue;
        const double weight = rule->kind == RuleKind::Fallback ? weight::Default + 16 : weight::Said + 2;
        const Verdict verdict = match.isProven ? Verdict::Proven : Verdict::Likely;
        const auto judged = std::ranges::find_if(all, [&](const Judged &one) { return one.finding.cause == match.cause; });
        if (judged != all.end()) {
            judged->finding.verdict = std::min(judged->finding.verdict, verdict);
            judged->finding.weight = std::max(judged->finding.weight, weight);
            addMeaning(judged->finding, match);
            continue;
        }
        Finding finding = makeFinding(verdict, weight, match.meaning.chopped(match.meaning.endsWith(u'.') ? 1 : 0), match.evidence.text,
                                      match.evidence.part == EvidencePart::Log ? u"The entry of this request in the server's log says so."_s
                                                                               : u"The answer holds an error code that %1 documents."_s.arg(match.vendor));
        finding.cause = rule->id;
        finding.step = rule->step;
        finding.sources = rule->sources;
        addMeaning(finding, match);
        all.append({finding, rule->kind});
    }
}

QList<Judged> evaluateAll(const Facts &facts)
{
    QList<Judged> all;
    for (const Rule &rule : allRules()) {
        if (facts.isRefusedTunnel() && rule.kind == RuleKind::Cause)
            continue; // the causes are those of servers
        static const QStringList aboutWholeHeader{u"authorization-stripped"_s, u"missing-challenge"_s, u"malformed-challenge"_s};
        if (facts.headersIncomplete && aboutWholeHeader.contains(rule.id))
            continue;
        std::optional<Finding> finding = rule.evaluate(facts);
        if (!finding)
            continue;
        finding->cause = rule.id;
        finding->step = rule.step;
        finding->sources = rule.sources;
        all.append({*finding, rule.kind});
    }
    applyKnowledge(facts, all);
    std::ranges::stable_sort(all, [](const Judged &a, const Judged &b) {
        if (a.finding.verdict != b.finding.verdict)
            return int(a.finding.verdict) < int(b.finding.verdict);
        return a.finding.weight > b.finding.weight;
    });
    return all;
}

// A 400, a redirect or even a 200 becomes a refusal when a rule shows that it is one.
OutcomeKind raisedKind(const Facts &facts, const QList<Judged> &all)
{
    const bool isQuiet = facts.kind == OutcomeKind::NotAuthentication || facts.kind == OutcomeKind::Accepted;
    const bool isShown = std::ranges::any_of(all, [](const Judged &one) {
        return one.finding.verdict != Verdict::Possible && one.finding.cause != u"not-authentication"
            && one.kind != RuleKind::Aside;
    });
    if (!isQuiet || !isShown)
        return facts.kind;
    return facts.status == 404 ? OutcomeKind::HiddenDenial : OutcomeKind::Unauthorized;
}

QList<Finding> rank(const QList<Judged> &all, OutcomeKind kind)
{
    const bool isQuiet = kind == OutcomeKind::NotAuthentication || kind == OutcomeKind::Accepted;
    QList<Finding> causes;
    QList<Finding> notes;
    for (const Judged &one : all) {
        const bool isFinerThere = std::ranges::any_of(all, [&](const Judged &other) {
            return &other != &one && other.kind == RuleKind::Cause && isAtLeastAsSure(other.finding, one.finding);
        });
        const bool isAnyThere = std::ranges::any_of(all, [&](const Judged &other) {
            return &other != &one && other.kind != RuleKind::Aside && isAtLeastAsSure(other.finding, one.finding);
        });
        if (one.finding.cause == u"not-authentication") {
            const bool isSettled = kind != OutcomeKind::NotAuthentication && kind != OutcomeKind::ConnectionFailed;
            if (!isSettled && !(kind == OutcomeKind::ConnectionFailed && isFinerThere))
                causes.append(one.finding);
            continue;
        }
        if (isQuiet)
            continue; // accuse nobody of what did not happen
        if (one.kind == RuleKind::Fallback && isFinerThere)
            continue;
        Finding finding = one.finding;
        if (one.kind == RuleKind::Aside && isAnyThere) {
            finding.role = FindingRole::Note;
            notes.append(finding);
            continue;
        }
        causes.append(finding);
    }
    if (!causes.isEmpty() && causes.first().verdict == Verdict::Proven)
        causes.removeIf([](const Finding &finding) { return finding.verdict == Verdict::Possible; });
    while (causes.size() > mostCauses)
        causes.removeLast();
    return causes + notes;
}

// What the server's owner can look at, for the server that was recognised; before the general advice.
void addServerHelp(const Facts &facts, QList<Finding> &findings)
{
    for (Finding &finding : findings) {
        qsizetype at = 0;
        while (at < finding.fixes.size() && !finding.fixes.at(at).forServerOwner)
            ++at;
        for (const ServerHelp &help : serverHelp(facts, finding.cause)) {
            Fix fix = ownerFix(u"%1: %2"_s.arg(help.server, help.title), help.link, help.snippet);
            fix.id = u"server-setting"_s;
            finding.fixes.insert(at++, fix);
        }
    }
}

QString sentence(const Finding &finding)
{
    QString text = finding.summary;
    if (text.isEmpty() || text == finding.title)
        text = finding.title;
    else if (!(text.at(0).isUpper() && text.endsWith(u'.')))
        text = finding.title + u": "_s + text;
    return text.endsWith(u'.') ? text : text + u'.';
}

QString summaryOf(const Facts &facts, const Diagnosis &diagnosis)
{
    if (const Finding *primary = diagnosis.primary())
        return sentence(*primary);
    if (facts.isFailedLogin())
        return u"The login failed, so the request was not sent: %1."_s.arg(facts.trace.error->message);
    if (diagnosis.outcome.kind == OutcomeKind::Accepted)
        return u"The server accepted the request (%1)."_s.arg(facts.status);
    if (diagnosis.outcome.kind == OutcomeKind::ConnectionFailed)
        return u"No answer came from the server."_s;
    return u"The server answered %1, and nothing shows why."_s.arg(facts.status);
}

QList<ProbeRecord> probeRecords(const Facts &facts)
{
    QList<ProbeRecord> records;
    for (qsizetype i = 0; i < facts.trace.exchanges.size(); ++i) {
        const Exchange &exchange = facts.trace.exchanges.at(i);
        if (exchange.role != ExchangeRole::Probe)
            continue;
        ProbeRecord record{exchange.probeId, int(i), {}, {}};
        if (const Probe *probe = findProbe(exchange.probeId)) {
            record.why = probe->why;
            const ProbeFact *fact = facts.probe(QLatin1StringView(exchange.probeId.toLatin1()));
            if (fact && fact->exchange == int(i))
                record.concluded = probe->conclude(facts, *fact);
        }
        if (record.concluded.isEmpty() && exchange.hasResponse())
            record.concluded = u"inconclusive: the server answered %1"_s.arg(exchange.response.status);
        else if (record.concluded.isEmpty())
            record.concluded = exchange.error ? u"inconclusive: there was no answer (%1)"_s.arg(exchange.error->message)
                                              : u"inconclusive: there was no answer"_s;
        records.append(record);
    }
    return records;
}

// What was found in each log. An entry that is not there is worth knowing: the request may never have come there.
QList<LogSummary> logSummaries(const Facts &facts)
{
    QList<LogSummary> summaries;
    for (qsizetype i = 0; i < facts.context.logs.size(); ++i) {
        const ServerLog &log = facts.context.logs.at(i);
        LogSummary summary{log.name, log.formatTitle(), int(log.entries.size()), {}, {}};
        for (const LogMatch &match : facts.logMatches) {
            if (match.log != int(i))
                continue;
            const LogEntry &entry = log.entries.at(match.entry);
            summary.matches.append(u"line %1: %2 (by %3)"_s.arg(entry.line).arg(Redactor::logLine(displayText(entry.shown.toUtf8())), match.because));
        }
        if (log.entries.isEmpty())
            summary.note = u"It is empty."_s;
        else if (summary.matches.isEmpty())
            summary.note = u"None of its %1 entries belongs to this request: by the server's clock it was made at %2. It is the log of another server or "
                           "of another day, or the request was answered before it came there."_s.arg(log.entries.size()).arg(utcTime(facts.now()));
        summaries.append(summary);
    }
    return summaries;
}

// The last gate: rules take care not to print a secret; words of a server may echo one.
void redact(Diagnosis &diagnosis, const Redactor &redactor)
{
    for (Finding &finding : diagnosis.findings) {
        // These two print the name of a variable, or "null": the text that stands where a secret should be.
        if (finding.cause == u"unresolved-variable" || finding.cause == u"placeholder-token")
            continue;
        for (QString *text : {&finding.title, &finding.summary, &finding.explanation})
            *text = redactor.text(*text);
        for (Evidence &evidence : finding.evidence)
            evidence.text = redactor.text(evidence.text);
        for (Fix &fix : finding.fixes) {
            for (QString *text : {&fix.title, &fix.detail, &fix.snippet})
                *text = redactor.text(*text);
        }
    }
    for (ProbeRecord &probe : diagnosis.probes)
        probe.concluded = redactor.text(probe.concluded);
    for (LogSummary &log : diagnosis.logs) {
        for (QString &match : log.matches)
            match = redactor.text(match);
    }
}

} // namespace

DiagnosisContext contextOf(const RunJob &job, qint64 nowMs)
{
    DiagnosisContext context;
    context.nowMs = nowMs;
    context.settings = job.spec.settings;
    if (job.credential)
        context.profile = job.credential->profile;
    const RunCredential *certificate = clientCertificateOf(job);
    if (certificate && context.settings.clientCertificateFile.isEmpty())
        context.settings.clientCertificateFile = certificate->values.text(u"certificate-file"_s);
    return context;
}

Diagnosis diagnose(const Trace &trace, const DiagnosisContext &context)
{
    const Facts facts(trace, context);
    Redactor redactor;
    learnCredentialNames(trace, redactor);
    redactor.learnFrom(trace);

    Diagnosis diagnosis;
    const QList<Judged> all = evaluateAll(facts);
    diagnosis.outcome.kind = raisedKind(facts, all);
    diagnosis.outcome.status = facts.status;
    if (facts.final) {
        diagnosis.outcome.method = QString::fromLatin1(facts.request().method);
        diagnosis.outcome.url = QString::fromUtf8(redactor.url(facts.request().url.toString().toUtf8()));
    }
    diagnosis.findings = rank(all, diagnosis.outcome.kind);
    addServerHelp(facts, diagnosis.findings);
    diagnosis.findings += serverNotes(facts, diagnosis.findings);
    diagnosis.probes = probeRecords(facts);
    diagnosis.recording = context.recording;
    diagnosis.logs = logSummaries(facts);
    redact(diagnosis, redactor);
    diagnosis.checklist = makeChecklist(facts, diagnosis.outcome.kind, diagnosis.findings);
    diagnosis.summary = summaryOf(facts, diagnosis);
    return diagnosis;
}

} // namespace realmscope
