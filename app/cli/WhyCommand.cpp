// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"
#include "app/cli/HarTarget.h"
#include "app/cli/Outcome.h"
#include "app/cli/Target.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/diagnosis/Report.h"

#include <QtCore/QDateTime>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class WhyCommand final : public Command
{
public:
    WhyCommand(const CliStreams &streams, std::function<void(int)> done) : Command(streams, std::move(done)), m_session(streams) {}

    void start(const ParsedLine &line) override
    {
        m_line = line;
        m_session.takeVaultOptions(line);
        if (!readOptions())
            return;
        if (const QString har = harName(); !har.isEmpty()) {
            explainHar(har);
            return;
        }
        const Result<Target> target = readTarget(line, streams(), m_session);
        if (!target) {
            fail(target.error(), target.error().code == ErrorCode::InvalidInput ? ExitStatus::Usage : ExitStatus::Failed);
            return;
        }
        m_target = *target;
        const Redactor redactor = redactorFor(target->job);
        for (const QString &warning : target->warnings)
            warn(redactor.text(warning));
        resolveTarget(*target, m_session, this, [this](const Result<RunJob> &job) {
            if (job)
                run(*job);
            else
                fail(job.error());
        });
    }

private:
    bool readOptions()
    {
        const QString probe = m_line.has(u"probe"_s) ? m_line.value(u"probe"_s) : u"safe"_s;
        if (probe != "safe"_L1 && probe != "none"_L1) {
            fail(u"--probe can't be \"%1\""_s.arg(probe), u"Use none or safe."_s, ExitStatus::Usage);
            return false;
        }
        m_options.probes = probe == "safe"_L1;
        m_options.garbage = m_line.has(u"garbage"_s);
        m_options.direct = m_line.has(u"direct"_s);
        if (m_line.has(u"max-probes"_s)) {
            bool ok = false;
            m_options.maxProbes = m_line.value(u"max-probes"_s).toInt(&ok);
            if (!ok || m_options.maxProbes < 0 || m_options.maxProbes > 50) {
                fail(u"--max-probes can't be \"%1\""_s.arg(m_line.value(u"max-probes"_s)), u"Use a number from 0 to 50."_s, ExitStatus::Usage);
                return false;
            }
        }
        if (m_line.has(u"now"_s)) {
            const QDateTime now = QDateTime::fromString(m_line.value(u"now"_s), Qt::ISODateWithMs);
            if (!now.isValid()) {
                fail(u"--now can't be \"%1\""_s.arg(m_line.value(u"now"_s)), u"Write it as 2026-11-24T12:00:00Z."_s, ExitStatus::Usage);
                return false;
            }
            m_nowMs = now.toMSecsSinceEpoch();
        }
        const QString report = m_line.value(u"report"_s);
        if (!report.isEmpty() && !isReportName(report)) {
            fail(u"the report's kind is not known: %1"_s.arg(report), u"Let its name end with .md, .html, .json or .har."_s, ExitStatus::Usage);
            return false;
        }
        for (const QString &path : m_line.values(u"log"_s)) {
            if (!QFileInfo(path).isFile() || !QFileInfo(path).isReadable()) {
                fail({ErrorCode::FileUnreadable, u"the log can't be read: %1"_s.arg(path), {}, u"Check its path and permissions."_s});
                return false;
            }
        }
        return true;
    }

    // --har FILE, or a target that ends with .har; each may have #INDEX behind it.
    [[nodiscard]] QString harName() const
    {
        if (m_line.has(u"har"_s))
            return m_line.value(u"har"_s);
        const QString word = m_line.isCurl ? QString() : m_line.words.value(0);
        const bool isHar = word.section(u'#', 0, 0).endsWith(".har"_L1, Qt::CaseInsensitive) && !word.contains("://"_L1);
        return isHar ? word : QString();
    }

    void explainHar(const QString &word)
    {
        const bool isAlone = !m_line.isCurl && m_line.words.size() == (m_line.has(u"har"_s) ? 0 : 1);
        if (!isAlone || m_line.has(u"profile"_s) || m_line.has(u"header"_s) || m_line.has(u"request"_s) || m_line.has(u"data"_s) || m_line.has(u"user"_s)) {
            fail(u"nothing is sent for a recording, so no request and no profile goes with it: %1"_s.arg(word), u"Name the HAR file alone."_s, ExitStatus::Usage);
            return;
        }
        const Result<OpenedHar> har = openHar(word);
        if (!har) {
            fail(har.error(), har.error().code == ErrorCode::InvalidInput ? ExitStatus::Usage : ExitStatus::Failed);
            return;
        }
        if (m_line.value(u"probe"_s) == "safe"_L1 || m_line.has(u"garbage"_s) || m_line.has(u"direct"_s))
            warn(u"nothing is sent for a recording: there are no probes"_s);
        DiagnosisContext context;
        context.recording = har->recording;
        const qint64 recordedAtMs = har->trace.final()->startedAtMs;
        context.nowMs = m_nowMs.value_or(recordedAtMs > 0 ? recordedAtMs : m_session.clock().nowMs());
        if (!readLogs(context))
            return;
        show(har->trace, diagnose(har->trace, context));
    }

    void run(const RunJob &job)
    {
        m_redactor = redactorFor(job);
        m_context = contextOf(job, m_nowMs.value_or(m_session.clock().nowMs()));
        m_job = job;
        attend(m_session, m_target.profilesPath);
        if (m_line.has(u"log"_s)) {
            runBeforeLogs();
            return;
        }
        investigate(m_options, [this] { showInvestigation(); });
        m_investigation->start();
    }

    // The log is read between the request and the probes: an entry of a probe looks like one of the request.
    void runBeforeLogs()
    {
        InvestigationOptions alone = m_options;
        alone.probes = false;
        investigate(alone, [this] {
            QTimer::singleShot(logSettleMs, this, [this, trace = m_investigation->trace()] {
                if (!readLogs(m_context))
                    return;
                investigate(m_options, [this] { showInvestigation(); });
                m_investigation->startFrom(trace);
            });
        });
        m_investigation->start();
    }

    void investigate(const InvestigationOptions &options, const std::function<void()> &then)
    {
        if (m_investigation)
            m_investigation.release()->deleteLater(); // it may be the sender of the signal at hand
        m_investigation = std::make_unique<Investigation>(m_session.runner(), m_job, m_context, options);
        connect(m_investigation.get(), &Investigation::finished, this, then);
        if (streams().onInterrupt)
            streams().onInterrupt([this] { m_investigation->cancel(); });
    }

    // Of a large log, the end. False: it failed, and said so.
    bool readLogs(DiagnosisContext &context)
    {
        for (const QString &path : m_line.values(u"log"_s)) {
            const Result<ServerLog> log = openServerLog(path);
            if (!log) {
                fail(log.error());
                return false;
            }
            if (log->isEndOnly)
                warn(u"only the end of the log is read: %1"_s.arg(path));
            context.logs.append(*log);
        }
        return true;
    }

    void showInvestigation() { show(m_investigation->trace(), m_investigation->diagnosis()); }

    void explain(const Trace &trace, const Diagnosis &diagnosis)
    {
        print(explainText(trace, diagnosis, m_redactor));
        if (const Exchange *final = trace.final()) {
            for (const Anomaly &anomaly : final->anomalies)
                note(u"the answer is not as it should be: %1"_s.arg(m_redactor.text(anomaly.text)));
        }
    }

    void show(const Trace &trace, const Diagnosis &diagnosis)
    {
        m_redactor.learnFrom(trace);
        if (m_line.has(u"json"_s))
            print(diagnosisToJson(trace, diagnosis, m_redactor, m_line.has(u"reveal"_s)));
        else
            explain(trace, diagnosis);
        const Exchange *final = trace.final();
        std::optional<Error> failure = failureOf(trace);
        if (!failure && final && final->error)
            failure = final->error; // the answer is not whole
        if (failure) {
            Error shown = *failure;
            shown.message = m_redactor.text(shown.message);
            shown.detail = m_redactor.text(shown.detail);
            complain(shown);
        }
        if (m_line.has(u"report"_s)) {
            if (const Result<void> written = saveReport(m_line.value(u"report"_s), trace, diagnosis, m_redactor); !written) {
                fail(written.error());
                return;
            }
        }
        const Result<QString> kept = writeCookieJar(m_target, m_session.clock().nowMs());
        if (!kept) {
            fail(kept.error());
            return;
        }
        if (!kept->isEmpty())
            warn(*kept);
        finish(exitStatusFor(trace, diagnosis));
    }

    ParsedLine m_line;
    Target m_target;
    CliSession m_session;
    InvestigationOptions m_options;
    DiagnosisContext m_context;
    RunJob m_job;
    std::optional<qint64> m_nowMs;
    Redactor m_redactor;
    std::unique_ptr<Investigation> m_investigation;
};

std::vector<OptionSpec> whyOptions()
{
    std::vector<OptionSpec> list = targetOptions();
    list.insert(list.begin(),
                {{"json", 0, nullptr, "as JSON (realmscope.diagnosis/1)"},
                 {"probe", 0, "none|safe", "extra requests that tell causes apart (default: safe)"},
                 {"max-probes", 0, "N", "at most so many extra requests (default: 6)"},
                 {"garbage", 0, nullptr, "allow one request with a made-up credential"},
                 {"direct", 0, nullptr, "allow one request that goes around the proxy"},
                 {"report", 0, "FILE", "write a sanitised report: .md, .html, .json or .har (the exchanges)"},
                 {"har", 0, "FILE[#N]", "explain entry N of a recording, offline; without N the last refusal in it"},
                 {"log", 0, "FILE", "look for the request in this log of the server; repeatable"},
                 {"now", 0, "RFC3339", "take this for the local clock"},
                 {"reveal", 0, nullptr, "do not mask secrets in the output"}});
    return list;
}

} // namespace

CommandEntry whyCommand()
{
    return {"why", "runs a request and explains why it was refused", "[OPTIONS] curl … | URL | FILE.http[#NAME] | FILE.har[#N]",
            "Runs a request, diagnoses the outcome and explains it. Extra requests are safe ones (GET, HEAD, OPTIONS) to the\n"
            "same origin, at most six. After the word curl, everything is read as curl reads it. A HAR file, as browsers, Charles\n"
            "and mitmproxy save it, is explained without sending anything.",
            whyOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new WhyCommand(streams, std::move(done)); }};
}

} // namespace realmscope
