// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Random.h"
#include "app/diagnosis/Report.h"
#include "app/http/Codec.h"
#include "app/http/SocketTransport.h"
#include "app/interop/CurlCommand.h"
#include "app/interop/HarFile.h"
#include "app/practice/PracticeServer.h"
#include "app/runner/Runner.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// How often each trace is mutated: REALMSCOPE_MUTATIONS, else this. More traces, as HAR files: the folder of REALMSCOPE_TRACES. Without optimisation a diagnosis takes four times as long.
#ifdef NDEBUG
constexpr int usualMutations = 1000;
#else
constexpr int usualMutations = 200;
#endif
constexpr quint32 seed = 20261124;

// --------------------------------------------------------------------------------------------------------- mutating
class Mutator
{
public:
    explicit Mutator(quint32 number) : m_random(number) {}

    Trace mutate(Trace trace)
    {
        if (trace.exchanges.isEmpty())
            return trace;
        Exchange &exchange = trace.exchanges[pick(trace.exchanges.size())];
        Headers request = exchange.request.headers;
        Headers response = exchange.response.headers;
        QByteArray body = exchange.response.body.all();
        QByteArray requestBody = exchange.request.body;
        int status = exchange.response.status;
        const int changes = 1 + int(pick(3));
        for (int i = 0; i < changes; ++i) {
            switch (pick(10)) {
            case 0:
                drop(request);
                break;
            case 1:
                drop(response);
                break;
            case 2:
                duplicate(pick(2) == 0 ? request : response);
                break;
            case 3:
                shuffle(pick(2) == 0 ? request : response);
                break;
            case 4:
                body = otherWords(body);
                break;
            case 5:
                reword(response);
                break;
            case 6:
                body = otherCharset(body, response);
                break;
            case 7:
                body.truncate(pick(body.size() + 1));
                break;
            case 8:
                status = status == 0 ? 0 : QList<int>{200, 204, 302, 400, 401, 403, 404, 407, 419, 429, 500, 503}.at(pick(12));
                break;
            default:
                flip(pick(2) == 0 ? body : requestBody);
                break;
            }
        }
        rebuild(exchange, request, requestBody, response, body, status);
        return trace;
    }

private:
    qsizetype pick(qsizetype below) { return below <= 0 ? 0 : qsizetype(m_random.bounded(quint32(below))); }

    void drop(Headers &headers)
    {
        if (!headers.isEmpty())
            headers.removeAt(pick(headers.size()));
    }
    void duplicate(Headers &headers)
    {
        if (!headers.isEmpty())
            headers.append(headers.at(pick(headers.size())));
    }
    void shuffle(Headers &headers)
    {
        for (qsizetype i = headers.size() - 1; i > 0; --i)
            std::swap(headers[i], headers[pick(i + 1)]);
    }
    QByteArray otherWords(QByteArray text)
    {
        static const QList<QByteArray> words{"denied", "nope", "abgelaufen", "expired", "invalid", "token", "locked", "scope", "signature", "", "\"", "%s", "\xff\xfe", "not found"};
        const QList<QByteArray> parts = text.split(' ');
        if (parts.size() < 2)
            return words.at(pick(words.size())) + text;
        QByteArrayList changed = parts;
        changed[pick(changed.size())] = words.at(pick(words.size()));
        return changed.join(' ');
    }
    void reword(Headers &headers)
    {
        if (headers.isEmpty())
            return;
        HeaderField &field = headers[pick(headers.size())];
        QByteArray value = otherWords(field.value);
        value.replace('\r', ' ').replace('\n', ' ').replace('\0', ' ');
        field.value = value;
    }
    QByteArray otherCharset(const QByteArray &body, Headers &response)
    {
        const QString text = QString::fromUtf8(body);
        if (pick(2) == 0) {
            response.set("Content-Type", "text/html; charset=iso-8859-1");
            return (text + u" é ü ß"_s).toLatin1();
        }
        response.set("Content-Type", "application/json; charset=utf-16");
        return QByteArray(reinterpret_cast<const char *>(text.utf16()), text.size() * 2);
    }
    void flip(QByteArray &bytes)
    {
        if (!bytes.isEmpty())
            bytes[pick(bytes.size())] = char(m_random.bounded(256));
    }

    // Through the real writer and reader, so that positions are right again.
    static void rebuild(Exchange &exchange, const Headers &request, const QByteArray &requestBody, const Headers &response, const QByteArray &body, int status)
    {
        exchange.request.headers = request;
        exchange.request.body = requestBody;
        const SerializedRequest serialized = serializeRequest(exchange.request);
        exchange.request = serialized.request;
        exchange.rawRequest = RecordedBytes(serialized.head + requestBody);
        if (status == 0)
            return;
        QByteArray raw = "HTTP/1.1 " + QByteArray::number(status) + " X\r\n";
        for (const HeaderField &field : response)
            raw += field.name + ": " + field.value + "\r\n";
        raw += "\r\n" + body;
        ResponseParser parser(exchange.request.method);
        parser.feed(raw);
        parser.finish();
        exchange.response = parser.response();
        exchange.response.encodedBody = RecordedBytes(parser.takeBody());
        exchange.response.body = exchange.response.encodedBody;
        exchange.rawResponse = RecordedBytes(raw);
        exchange.bodyOffset = parser.bodyOffset();
        exchange.anomalies = parser.anomalies();
    }

    QRandomGenerator m_random;
};

// ------------------------------------------------------------------------- what a proven cause needs, seen without rules
// The bytes of a trace as plain lower-case text, and a few things read out of them by the simplest means there are.
struct Seen
{
    Seen(const Trace &trace, qint64 nowMs) : final(trace.final()), now(nowMs / 1000)
    {
        for (const Exchange &exchange : trace.exchanges) {
            received += exchange.rawResponse.all().toLower() + '\n';
            received += exchange.rawResponse.all().toLower().replace('\0', "") + '\n'; // UTF-16, read by the simplest means
            if (exchange.error)
                received += exchange.error->message.toUtf8().toLower() + '\n';
            if (exchange.tls)
                received += exchange.tls->alert.toUtf8().toLower() + '\n';
            wasRedirected |= &exchange != final && exchange.response.status / 100 == 3;
            isRefused |= exchange.response.status >= 400;
        }
        if (trace.error)
            received += trace.error->message.toUtf8().toLower();
        if (!final)
            return;
        sent = final->rawRequest.all();
        status = final->response.status;
        for (const HeaderField &field : final->request.headers) {
            if (field.name.toLower() == "authorization")
                authorization.append(field.value);
        }
    }
    [[nodiscard]] bool says(std::initializer_list<const char *> words) const
    {
        return std::ranges::any_of(words, [&](const char *word) { return received.contains(word); });
    }
    [[nodiscard]] bool sends(std::initializer_list<const char *> words) const
    {
        return std::ranges::any_of(words, [&](const char *word) { return sent.toLower().contains(word); });
    }
    // A number of the token's second part.
    [[nodiscard]] double claim(const char *name) const
    {
        for (const QByteArray &part : sent.split('.')) {
            const QByteArray start = part.left(part.indexOf('\r') < 0 ? part.size() : part.indexOf('\r'));
            const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromBase64(start, QByteArray::Base64UrlEncoding)).object();
            if (json.contains(QLatin1StringView(name)))
                return json.value(QLatin1StringView(name)).toDouble();
        }
        return 0;
    }
    [[nodiscard]] QByteArray basic() const
    {
        return authorization.isEmpty() ? QByteArray() : QByteArray::fromBase64(authorization.first().mid(authorization.first().indexOf(' ') + 1).trimmed());
    }

    const Exchange *final;
    qint64 now;
    QByteArray sent;
    QByteArray received;
    QList<QByteArray> authorization;
    int status = 0;
    bool wasRedirected = false;
    bool isRefused = false;
};

// What has to be there when the cause is said to be proven: necessary, whatever a rule thinks. Causes that are not here are
// only held to their evidence.
const QHash<QString, std::function<bool(const Seen &)>> &necessities()
{
    static const QHash<QString, std::function<bool(const Seen &)>> map{
        {u"no-credentials-sent"_s, [](const Seen &s) { return s.authorization.isEmpty() && (s.status == 401 || s.says({"missing", "required", "not authenticated", "log in", "login", "no "})); }},
        {u"unresolved-variable"_s, [](const Seen &s) { return s.sends({"{", "$", "<", "%7b", "%3c", "%24"}) || s.basic().contains('{') || s.basic().contains('$') || s.basic().contains('<') || s.says({"variable", "{{"}); }},
        {u"placeholder-token"_s, [](const Seen &s) { return s.sends({"null", "undefined", "none", "false", "true", "object", "nan", "nil", "your", "xxx", "token", "changeme", "todo"}) || !s.authorization.isEmpty(); }},
        {u"redirect-dropped-credentials"_s, [](const Seen &s) { return s.wasRedirected && s.authorization.isEmpty(); }},
        {u"scheme-prefix-doubled"_s, [](const Seen &s) { return !s.authorization.isEmpty() && s.authorization.first().trimmed().count(' ') >= 1; }},
        {u"scheme-prefix-missing"_s, [](const Seen &s) { return !s.authorization.isEmpty(); }},
        {u"header-name-in-value"_s, [](const Seen &s) { return !s.authorization.isEmpty() && s.sends({"authorization:"}); }},
        {u"wrong-scheme"_s, [](const Seen &s) { return (s.status == 401 || s.status == 400) && (!s.authorization.isEmpty() || s.says({"www-authenticate"})); }},
        {u"login-redirect"_s, [](const Seen &s) { return s.wasRedirected || s.status / 100 == 3; }},
        {u"login-page-returned"_s, [](const Seen &s) { return s.says({"<form", "<input", "<meta", "<html", "text/html"}); }},
        {u"error-in-success"_s, [](const Seen &s) { return s.status / 100 == 2; }},
        {u"credentials-rejected"_s, [](const Seen &) { return false; }}, // no client can know
        {u"session-expired"_s, [](const Seen &s) { return s.sends({"cookie:"}); }},
        {u"sigv4-mismatch"_s, [](const Seen &s) { return s.sends({"aws4", "x-amz-"}); }},
        {u"token-wrong-audience"_s, [](const Seen &s) { return s.says({"aud"}); }},
        {u"token-wrong-issuer"_s, [](const Seen &s) { return s.says({"iss"}); }},
        {u"proxy-auth-required"_s, [](const Seen &s) { return s.status == 407; }},
        {u"dpop-nonce-required"_s, [](const Seen &s) { return s.says({"use_dpop_nonce"}); }},
        {u"basic-not-encoded"_s, [](const Seen &s) { return !s.authorization.isEmpty() && s.authorization.first().contains(':'); }},
        {u"basic-malformed"_s, [](const Seen &s) { return !s.authorization.isEmpty() && s.authorization.first().toLower().startsWith("basic"); }},
        {u"percent-encoded-credential"_s, [](const Seen &s) { return s.basic().contains('%') || s.sends({"%"}); }},
        {u"token-expired"_s, [](const Seen &s) { return s.says({"expire", "exp", "too old", "lifetime", "abgelaufen"}) || (s.claim("exp") > 0 && s.claim("exp") < double(s.now) + 60) || s.sends({"expires", "exp="}); }},
        {u"token-not-yet-valid"_s, [](const Seen &s) { return s.says({"not yet", "nbf", "before", "future", "iat", "issued"}) || s.claim("nbf") > double(s.now) - 86400 || s.claim("iat") > double(s.now) - 86400; }},
        {u"insufficient-scope"_s, [](const Seen &s) { return s.says({"scope"}); }},
        {u"rate-limited"_s, [](const Seen &s) { return s.status == 429 || s.says({"limit", "too many", "throttl", "quota", "retry-after"}); }},
        {u"account-locked"_s, [](const Seen &s) { return s.says({"lock", "disabled", "suspend", "captcha", "inactive", "blocked", "deactivat", "banned", "too many"}); }},
        {u"preflight-refused"_s, [](const Seen &s) { return s.sent.startsWith("OPTIONS"); }},
        {u"cors-not-allowed"_s, [](const Seen &s) { return s.sent.startsWith("OPTIONS"); }},
        {u"digest-stale-nonce"_s, [](const Seen &s) { return s.says({"stale", "nonce"}); }},
        {u"client-certificate-required"_s, [](const Seen &s) { return s.says({"certificate", "cert"}); }},
        {u"sigv4-session-token-missing"_s, [](const Seen &s) { return s.sends({"asia"}) && !s.sends({"x-amz-security-token"}); }},
        {u"oauth-invalid-client"_s, [](const Seen &s) { return s.says({"client"}); }},
        {u"oauth-invalid-grant"_s, [](const Seen &s) { return s.says({"grant", "code", "token"}); }},
        {u"oauth-invalid-scope"_s, [](const Seen &s) { return s.says({"scope"}); }},
        {u"sso-required"_s, [](const Seen &s) { return s.says({"sso", "saml", "single sign", "mfa", "2fa", "otp", "two-factor", "multi-factor"}); }},
        {u"csrf-token-missing"_s, [](const Seen &s) { return s.says({"csrf", "xsrf", "forgery", "expired", "crumb", "authenticity", "cookie check", "nonce", "badtoken"}) || s.status == 419; }},
        {u"malformed-challenge"_s, [](const Seen &s) { return s.says({"www-authenticate"}); }},
        {u"ntlm-connection-not-kept"_s, [](const Seen &s) { return !s.authorization.isEmpty() && (s.authorization.first().startsWith("NTLM") || s.authorization.first().startsWith("Negotiate")); }},
    };
    return map;
}

// A proven cause has to point at something that is still there: a header of that name, or bytes inside of the message.
bool isHeldByEvidence(const Finding &finding, const Trace &trace)
{
    return std::ranges::any_of(finding.evidence, [&](const Evidence &one) {
        if (one.exchange < 0 || one.exchange >= trace.exchanges.size())
            return one.range.isEmpty(); // about no exchange: an error before anything was sent
        const Exchange &exchange = trace.exchanges.at(one.exchange);
        if (one.part == EvidencePart::RequestHeader || one.part == EvidencePart::ResponseHeader) {
            const Headers &headers = one.part == EvidencePart::RequestHeader ? exchange.request.headers : exchange.response.headers;
            return headers.contains(one.name) || !exchange.decisions.isEmpty() || !exchange.cookies.isEmpty();
        }
        const bool isRequest = one.part == EvidencePart::RequestLine || one.part == EvidencePart::RequestBody || one.part == EvidencePart::Token;
        return one.range.end <= (isRequest ? exchange.rawRequest : exchange.rawResponse).size();
    });
}

// What is wrong with a diagnosis of a mutated trace; empty: nothing.
QString problemOf(const Trace &trace, const Diagnosis &diagnosis, qint64 nowMs)
{
    if (diagnosis.checklist.size() != 9)
        return u"the checklist has not nine steps"_s;
    const Seen seen(trace, nowMs);
    for (const Finding &finding : diagnosis.findings) {
        for (const Evidence &one : finding.evidence) {
            if (one.range.isEmpty() || one.exchange < 0 || one.exchange >= trace.exchanges.size())
                continue;
            const Exchange &exchange = trace.exchanges.at(one.exchange);
            const bool isRequest = one.part == EvidencePart::RequestLine || one.part == EvidencePart::RequestHeader || one.part == EvidencePart::RequestBody
                || one.part == EvidencePart::Token;
            if (one.range.begin < 0 || one.range.end > (isRequest ? exchange.rawRequest : exchange.rawResponse).size())
                return finding.cause + u": evidence outside of the message"_s;
        }
        if (finding.verdict != Verdict::Proven || finding.role == FindingRole::Note)
            continue;
        if (!seen.isRefused && seen.status >= 200 && seen.status < 300 && diagnosis.outcome.kind == OutcomeKind::Accepted)
            return finding.cause + u": proven, and the request was accepted"_s;
        if (!isHeldByEvidence(finding, trace))
            return finding.cause + u": proven without evidence in the trace"_s;
        const auto necessity = necessities().constFind(finding.cause);
        if (necessity != necessities().constEnd() && !necessity.value()(seen))
            return finding.cause + u": proven, and the bytes contradict it"_s;
    }
    return {};
}

} // namespace

// Servers say things in their own way, and recordings come damaged: whatever is done to a trace, there is an answer, and
// nothing is called proven that the trace does not show.
class RobustnessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases"));
        for (const QString &name : dir.entryList({u"*.txt"_s}, QDir::Files)) {
            QString error;
            m_cases += readRuleCases(dir.filePath(name), &error);
        }
        QVERIFY(m_cases.size() > 150);
        addRooms();
        addRecordings(qEnvironmentVariable("REALMSCOPE_TRACES"));
    }

    // The oracle itself: it finds a proof that does not hold.
    void theCheckFindsAWrongProof()
    {
        const auto found = std::ranges::find_if(m_cases, [](const RuleCase &one) { return one.cause == u"proxy-auth-required" && one.isCause; });
        QVERIFY(found != m_cases.end());
        Diagnosis diagnosis = diagnose(found->trace, found->context);
        QVERIFY2(problemOf(found->trace, diagnosis, found->context.nowMs).isEmpty(), qPrintable(problemOf(found->trace, diagnosis, found->context.nowMs)));
        diagnosis.findings.first().cause = u"dpop-nonce-required"_s;
        diagnosis.findings.first().verdict = Verdict::Proven;
        QVERIFY(!problemOf(found->trace, diagnosis, found->context.nowMs).isEmpty());
    }

    // In parts, so that each stays well below the time that Qt Test gives a function.
    void everyMutationHasAnAnswer_data()
    {
        QTest::addColumn<qsizetype>("from");
        for (qsizetype from = 0; from < m_cases.size(); from += casesInAPart)
            QTest::addRow("from %lld on", static_cast<long long>(from)) << from;
    }
    void everyMutationHasAnAnswer()
    {
        QFETCH(qsizetype, from);
        const qsizetype end = std::min(from + casesInAPart, m_cases.size());
        bool isGiven = false;
        const int given = qEnvironmentVariableIntValue("REALMSCOPE_MUTATIONS", &isGiven);
        const int mutations = isGiven ? given : usualMutations;
        std::mutex mutex;
        QStringList problems;
        std::atomic<qsizetype> next{from};
        const auto work = [&] {
            for (qsizetype i = next++; i < end; i = next++) {
                const RuleCase &one = m_cases.at(i);
                for (int number = 0; number < mutations; ++number) {
                    const Trace trace = Mutator(seed + quint32(i) * 100'000 + quint32(number)).mutate(one.trace);
                    const Diagnosis diagnosis = diagnose(trace, one.context);
                    m_proven += diagnosis.primary() && diagnosis.primary()->verdict == Verdict::Proven ? 1 : 0;
                    const QString problem = problemOf(trace, diagnosis, one.context.nowMs);
                    if (problem.isEmpty())
                        continue;
                    const std::scoped_lock lock(mutex);
                    problems.append(u"%1 (%2), mutation %3: %4"_s.arg(one.cause, one.name, QString::number(number), problem));
                }
            }
        };
        std::vector<std::thread> threads;
        for (unsigned n = std::max(1u, std::thread::hardware_concurrency()); n > 0; --n)
            threads.emplace_back(work);
        for (std::thread &thread : threads)
            thread.join();
        QVERIFY2(problems.isEmpty(), qPrintable(u"%1 problems:\n"_s.arg(problems.size()) + problems.mid(0, 20).join(u'\n')));
    }

    // Else the search for wrong proofs would have had nothing to look at.
    void manyMutationsWereProven()
    {
        qInfo("%lld traces, %ld mutations proven", static_cast<long long>(m_cases.size()), m_proven.load());
        QVERIFY(m_proven > m_cases.size());
    }

    // The reports of a few, because they take text of the server further.
    void reportsOfMutations()
    {
        for (qsizetype i = 0; i < m_cases.size(); i += 7) {
            const RuleCase &one = m_cases.at(i);
            for (quint32 number = 0; number < 4; ++number) {
                const Trace trace = Mutator(seed + quint32(i) * 31 + number).mutate(one.trace);
                const Diagnosis diagnosis = diagnose(trace, one.context);
                QVERIFY(!explainText(trace, diagnosis, {}).isEmpty());
                QVERIFY(reportHtml(trace, diagnosis, {}).endsWith(u"</html>\n"_s));
                QVERIFY(!diagnosisToJson(trace, diagnosis, {}).isEmpty());
            }
        }
    }

private:
    // What the practice range answers to the failing request of each room.
    void addRooms()
    {
        const SystemClock clock;
        SystemRandom random;
        PracticeServer server(clock, random);
        QVERIFY(server.start());
        SocketTransport transport(clock);
        Runner runner(transport, clock, random);
        for (const Room &room : server.rooms()) {
            const Result<CurlCommand> command = parseCurl(room.curl);
            QVERIFY(command);
            RunJob job;
            job.spec = command->spec;
            job.literal = true;
            job.cookies = command->cookies;
            if (!command->schemeId.isEmpty()) {
                RunCredential credential;
                credential.profile = CredentialProfile::create({}, command->schemeId);
                credential.profile.origins = {Url::parse(command->spec.url).value().origin().toString()};
                credential.values = command->values;
                job.credential = credential;
            }
            const std::unique_ptr<Run> run(runner.start(job));
            QSignalSpy finished(run.get(), &Run::finished);
            QVERIFY(finished.wait(20'000));
            RuleCase one;
            one.cause = u"room "_s + room.id;
            one.name = room.title;
            one.trace = run->trace();
            one.context.nowMs = clock.nowMs();
            m_cases.append(one);
        }
        QVERIFY(m_cases.size() > 300);
    }

    // HAR files of a folder, as `realmscope-cli send --reveal --save-har` writes them: requests to other servers than ours.
    void addRecordings(const QString &folder)
    {
        if (folder.isEmpty())
            return;
        const qsizetype before = m_cases.size();
        for (const QFileInfo &info : QDir(folder).entryInfoList({u"*.har"_s}, QDir::Files)) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const Result<HarFile> har = readHar(file.readAll(), info.fileName());
            if (!har) // a request that was never sent leaves an archive without entries
                continue;
            const int index = chooseHarEntry(*har);
            RuleCase one;
            one.cause = u"recording"_s;
            one.name = info.fileName();
            one.trace = harTrace(*har, index);
            one.context.nowMs = one.trace.exchanges.last().startedAtMs;
            m_cases.append(one);
        }
        QVERIFY2(m_cases.size() > before, "no recording in the folder of REALMSCOPE_TRACES");
        qInfo("%lld recordings", static_cast<long long>(m_cases.size() - before));
    }

    static constexpr qsizetype casesInAPart = 20;

    QList<RuleCase> m_cases;
    std::atomic<long> m_proven{0};
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::RobustnessTest)
#include "tst_robustness.moc"
