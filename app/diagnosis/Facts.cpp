// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Facts.h"

#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/diagnosis/SameAnswer.h"

#include <QtCore/QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isSignInUrl(const Url &url)
{
    // A whole segment of the path: "/blog/login-tips" is about it, and no login.
    static const QRegularExpression path(
        u"(^|/)(_?([a-z]{1,20}[-_])?(log[-_]?in|sign[-_]?in|sign[-_]?on|log[-_]?on)([-_](form|page|required|screen))?(\\.[a-z]{2,5})?|sso|saml2?|authorize|oauth2?/auth|cas|adfs|wayf|challenge)(/|$)"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (path.match(QString::fromLatin1(url.path)).hasMatch())
        return true;
    if (!url.query)
        return false;
    static constexpr std::array keys{"samlrequest", "relaystate"};
    const QList<NamedValue> items = splitForm(*url.query);
    return std::ranges::any_of(items, [](const NamedValue &item) {
        return std::ranges::any_of(keys, [&](const char *key) { return item.name.toLower() == key; });
    });
}

QByteArray withoutSlash(QByteArray path)
{
    while (path.endsWith('/'))
        path.chop(1);
    return path;
}

bool saysSignIn(const QString &text)
{
    static const QRegularExpression words(u"\\b(sign[ -]?in|log[ -]?in|log[ -]?on|sign[ -]?on|login|anmelden|anmeldung|connexion)\\b"_s,
                                          QRegularExpression::CaseInsensitiveOption);
    return words.match(text).hasMatch();
}

} // namespace

Facts::Facts(const Trace &givenTrace, const DiagnosisContext &givenContext)
    : trace(givenTrace), context(givenContext)
{
    finalIndex = trace.finalIndex();
    final = trace.final();
    localNow = context.nowMs / 1000;
    if (final) {
        status = final->response.status;
        readRequest();
        readResponse();
        readTime();
        readToken();
        readLogs();
    }
    readProbes();
    decideKind();
}

const Request &Facts::request() const
{
    static const Request none;
    return final ? final->request : none;
}

const Response &Facts::response() const
{
    static const Response none;
    return final ? final->response : none;
}

void Facts::readRequest()
{
    for (const HeaderField &field : final->request.headers) {
        if (field.is("Authorization"))
            authorizations.append(readAuthorization(field));
        else if (field.is("Proxy-Authorization"))
            proxyAuthorizations.append(readAuthorization(field));
    }
    for (const SentCredential &sent : findCredentials(*final, context.profile)) {
        if (sent.place == CredentialPlace::Body)
            bodyCredentials.append(sent);
        else if (sent.place == CredentialPlace::Cookie)
            cookies.append(sent);
        if (sent.place != CredentialPlace::Body && sent.place != CredentialPlace::ProxyAuthorization)
            credentials.append(sent);
    }
    const QByteArray content = final->request.body;
    if (!content.isEmpty() && content.size() < 256 * 1024 && !content.trimmed().startsWith('{')) {
        form = splitForm(content);
        isTokenRequest = std::ranges::any_of(form, [](const NamedValue &item) { return item.name == "grant_type"; });
    } else if (content.trimmed().startsWith('{')) {
        const QJsonObject object = QJsonDocument::fromJson(content).object();
        isTokenRequest = object.contains("grant_type"_L1);
    }
    const QByteArray query = final->request.url.query.value_or(QByteArray());
    if (query.startsWith("grant_type=") || query.contains("&grant_type="))
        isTokenRequest = true;
    const bool hasPassword = std::ranges::any_of(bodyCredentials, [](const SentCredential &sent) {
        return sent.name.toLower().contains("pass") || sent.name.toLower() == "pwd";
    });
    isLoginRequest = hasPassword && !isTokenRequest;
}

void Facts::readResponse()
{
    const Headers &headers = final->response.headers;
    headersIncomplete = final->error && final->bodyOffset < 0;
    if (!headersIncomplete) { // a challenge that broke off may be any other one
        challenges = parseChallenges(headers.values("WWW-Authenticate"));
        proxyChallenges = parseChallenges(headers.values("Proxy-Authenticate"));
    }
    body = readBody(final->response);
    words = collectServerWords(*final, finalIndex, challenges, body);
    for (const Challenge &challenge : challenges.challenges) {
        if (const AuthParam *error = challenge.param("error"); error && errorCode.isEmpty()) {
            errorCode = QString::fromLatin1(error->value).toLower();
            errorEvidence = responseHeader("WWW-Authenticate", u"error=\"%1\""_s.arg(errorCode));
        }
    }
    if (errorCode.isEmpty() && body.isJson() && (status >= 400 || isFailedLogin())) {
        const QString error = body.object().value("error"_L1).toString();
        static const QRegularExpression codeWord(u"^[a-z][a-z_]{2,40}$"_s);
        if (codeWord.match(error).hasMatch()) {
            errorCode = error;
            errorEvidence = {finalIndex, EvidencePart::ResponseBody, "error", u"error: \"%1\""_s.arg(error),
                             findInBody(*final, error.toUtf8())};
        }
    }
    if (status >= 300 && status < 400 && headers.contains("Location")) {
        const Result<Url> target = final->request.url.resolve(headers.value("Location"));
        if (target) {
            location = *target;
            const bool isSamePage = target->host == final->request.url.host
                && withoutSlash(target->path) == withoutSlash(final->request.url.path)
                && final->request.method == "GET";
            locationIsLogin = !isSamePage && isSignInUrl(*target);
            for (const std::optional<QByteArray> &part : {target->query, target->fragment}) {
                for (const NamedValue &item : splitForm(part.value_or(QByteArray()))) {
                    if (item.name == "error" && errorCode.isEmpty()) {
                        errorCode = QString::fromLatin1(item.value).toLower();
                        errorEvidence = responseHeader("Location", u"error=%1"_s.arg(errorCode));
                    } else if (item.name == "error_description") {
                        words.append({displayText(item.value),
                                      responseHeader("Location", u"error_description=\"%1\""_s.arg(displayText(item.value)))});
                    }
                }
            }
        }
    }
}

void Facts::readTime()
{
    if (final->startedAtMs > 0)
        localNow = (final->startedAtMs + qint64(std::max(0.0, final->timings.total))) / 1000;
    const Headers &headers = final->response.headers;
    bool hasAge = false;
    const qint64 age = headers.value("Age").trimmed().toLongLong(&hasAge);
    const QByteArray cache = headers.value("X-Cache").toLower() + headers.value("CF-Cache-Status").toLower()
        + headers.value("X-Cache-Status").toLower();
    fromCache = (hasAge && age > 0) || cache.contains("hit");
    if (const std::optional<qint64> date = parseHttpDate(headers.value("Date"))) {
        serverNow = *date + (hasAge && age > 0 ? age : 0);
        clockOffset = *serverNow - localNow;
    }
    // A fresh answer to a probe tells the clock better than a stored one.
    if (fromCache || !serverNow) {
        for (const Exchange &exchange : trace.exchanges) {
            if (exchange.role != ExchangeRole::Probe || exchange.response.headers.contains("Age"))
                continue;
            if (const std::optional<qint64> date = parseHttpDate(exchange.response.headers.value("Date"))) {
                serverNow = *date;
                if (exchange.startedAtMs > 0)
                    clockOffset = *date - (exchange.startedAtMs + qint64(std::max(0.0, exchange.timings.total))) / 1000;
            }
        }
    }
}

void Facts::readToken()
{
    const auto take = [&](const QByteArray &text, Evidence where) {
        if (token && token->jwt)
            return;
        const std::optional<DecodedJwt> jwt = decodeJwt(text.trimmed());
        if (!token || jwt)
            token = TokenFact{text, std::move(where), jwt};
    };
    if (const AuthorizationLine *line = authorization()) {
        const bool takesToken = line->scheme.isEmpty() || line->is("Bearer") || line->is("DPoP") || line->is("Token")
            || line->is("JWT") || (line->jwt && !line->basic);
        if (takesToken && !line->credentials.trimmed().isEmpty()) {
            QByteArray text = line->credentials.trimmed();
            if (const qsizetype space = text.indexOf(' '); space > 0 && isKnownAuthScheme(text.left(space)))
                text = text.mid(space + 1).trimmed(); // "Bearer Bearer …"
            take(text, {finalIndex, EvidencePart::RequestHeader, "Authorization", {}, line->credentialsRange()});
        }
    }
    for (const SentCredential &sent : credentials) {
        if (sent.place == CredentialPlace::Authorization || sent.place == CredentialPlace::Certificate)
            continue;
        if (decodeJwt(sent.value))
            take(sent.value, credential(sent, {}));
        else if (sent.place == CredentialPlace::Query && sent.name == "access_token")
            take(sent.value, credential(sent, {}));
    }
}

void Facts::readLogs()
{
    QList<const Exchange *> probesSent;
    for (const Exchange &exchange : trace.exchanges) {
        if (exchange.role == ExchangeRole::Probe)
            probesSent.append(&exchange);
    }
    logMatches = matchLogs(context.logs, *final, clockOffset, probesSent);
    for (const LogMatch &match : logMatches) {
        const ServerLog &log = context.logs.at(match.log);
        const LogEntry &entry = log.entries.at(match.entry);
        if (entry.message.isEmpty())
            continue;
        const QString message = Redactor::logLine(displayText(entry.message.toUtf8()));
        const ServerWord word{message, {finalIndex, EvidencePart::Log, log.name.toUtf8(),
                                              u"%1, line %2: %3"_s.arg(log.name, QString::number(entry.line), message.simplified().left(240)), {}}, logFormatId(entry.format)};
        logWords.append(word);
        words.append(word);
    }
}

void Facts::readProbes()
{
    for (qsizetype i = 0; i < trace.exchanges.size(); ++i) {
        const Exchange &exchange = trace.exchanges.at(i);
        if (exchange.role != ExchangeRole::Probe || exchange.probeId.isEmpty() || !exchange.hasResponse())
            continue;
        // A server that is too busy for the probe says nothing about the request.
        const bool isTurnedAway = exchange.response.status == 429 || exchange.response.status == 503;
        if (isTurnedAway && exchange.response.status != status)
            continue;
        ProbeFact fact{exchange.probeId, int(i), &exchange, final && sameAnswer(exchange.response, final->response)};
        probes.removeIf([&](const ProbeFact &other) { return other.id == fact.id; }); // the last answer counts
        probes.append(fact);
    }
}

bool Facts::isFailedLogin() const
{
    return trace.error && trace.error->code == ErrorCode::AuthFailed && final && final->role != ExchangeRole::Final;
}

void Facts::decideKind()
{
    decideKindByAnswer();
    // What a leg of the login answered is no answer to the request.
    if (kind == OutcomeKind::Accepted && trace.error && final->role != ExchangeRole::Final)
        kind = isFailedLogin() ? OutcomeKind::Unauthorized : OutcomeKind::NotAuthentication;
}

void Facts::decideKindByAnswer()
{
    if (!final || status == 0) {
        kind = OutcomeKind::ConnectionFailed;
        return;
    }
    if (isRefusedTunnel())
        return;
    switch (status) {
    case 401:
    case 440: // IIS: login time-out
    case 498: // ArcGIS: invalid token
    case 499: // ArcGIS: token required (nginx never sends its own 499)
        kind = OutcomeKind::Unauthorized;
        return;
    case 407:
        kind = OutcomeKind::ProxyAuthentication;
        return;
    case 403:
    case 419: // Laravel: page expired, the CSRF token
        kind = OutcomeKind::Forbidden;
        return;
    case 429:
        kind = OutcomeKind::RateLimited;
        return;
    case 511: // RFC 6585 section 6: a captive portal
        kind = OutcomeKind::LoginPage;
        return;
    default:
        break;
    }
    if (status >= 300 && status < 400) {
        kind = locationIsLogin ? OutcomeKind::LoginRedirect : OutcomeKind::Accepted;
        // Redirects without an end lead to no answer.
        if (kind == OutcomeKind::Accepted && context.settings.followRedirects && final->hasDecision(DecisionKind::RedirectNotFollowed))
            kind = OutcomeKind::NotAuthentication;
        return;
    }
    if (status >= 200 && status < 300) {
        kind = OutcomeKind::Accepted;
        const Exchange &first = trace.exchanges.first();
        const bool askedForLogin = isSignInUrl(first.request.url);
        const bool cameByRedirect = std::ranges::any_of(
            trace.exchanges, [](const Exchange &exchange) { return exchange.role == ExchangeRole::Redirect; });
        if (body.isHtml && body.hasPasswordField && !askedForLogin
            && (saysSignIn(body.title) || saysSignIn(body.text.left(300))
                || (cameByRedirect && isSignInUrl(final->request.url))))
            kind = OutcomeKind::LoginPage;
        else if (body.leadsToSignIn && !askedForLogin)
            kind = OutcomeKind::LoginPage;
        else if (body.isSignInForm && !askedForLogin && (hasCredential() || cameByRedirect || final->request.headers.value("Accept").contains("json")))
            kind = OutcomeKind::LoginPage; // a person might look at a page that has such a form in a corner; a program asks for something else
        else if (body.isHtml && cameByRedirect && !askedForLogin && isSignInUrl(final->request.url)
                 && (saysSignIn(body.title) || saysSignIn(body.text.left(300))))
            kind = OutcomeKind::LoginPage;
    }
}

const ProbeFact *Facts::probe(QLatin1StringView id) const
{
    const auto found = std::ranges::find_if(probes, [&](const ProbeFact &fact) { return fact.id == id; });
    return found == probes.end() ? nullptr : &*found;
}

bool Facts::sameAsAnonymous() const
{
    const ProbeFact *fact = anonymous();
    return fact && fact->same;
}

bool Facts::differsFromAnonymous() const
{
    const ProbeFact *fact = anonymous();
    return fact && !fact->same;
}

const ProbeFact *Facts::letInDirect() const
{
    const ProbeFact *direct = probe(QLatin1StringView("direct"));
    const bool isSame = direct && direct->status() >= 200 && direct->status() < 300 && hasCredential()
        && direct->answer->request.headers.values("Authorization") == request().headers.values("Authorization");
    return isSame ? direct : nullptr;
}

bool Facts::hasCertainCredential() const
{
    return std::ranges::any_of(credentials, [](const SentCredential &sent) { return sent.certain; });
}

namespace {

// Long, of the characters of tokens, letters and digits mixed.
bool looksRandom(QByteArrayView value, qsizetype fewest)
{
    if (value.size() < fewest || value.size() > 4096)
        return false;
    qsizetype digits = 0, letters = 0;
    for (const char c : value) {
        if (c >= '0' && c <= '9')
            ++digits;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            ++letters;
        else if (!QByteArrayView("-_.:~+/=%|").contains(c))
            return false;
    }
    return digits >= 3 && letters >= 3;
}

bool isOrdinaryHeader(const QByteArray &name)
{
    static const QList<QByteArray> starts{"accept", "content-", "if-", "sec-", "cache-", "access-control-", "x-request-", "x-correlation-", "x-forwarded-", "x-b3-"};
    static const QList<QByteArray> names{"host", "user-agent", "referer", "origin", "date", "connection", "pragma", "te", "via", "range", "from", "expect", "cookie",
                                         "traceparent", "tracestate", "baggage", "idempotency-key", "dnt", "upgrade-insecure-requests", "priority", "transfer-encoding",
                                         "keep-alive", "proxy-connection", "forwarded", "x-real-ip", "x-requested-with", "x-trace-id", "etag"};
    const QByteArray low = name.toLower();
    return names.contains(low) || std::ranges::any_of(starts, [&low](const QByteArray &start) { return low.startsWith(start); });
}

} // namespace

bool Facts::mayHoldCredential() const
{
    if (!final)
        return false;
    if (!request().body.isEmpty() || request().streamedBody)
        return true;
    const bool inHeader = std::ranges::any_of(request().headers, [](const HeaderField &field) {
        return !isOrdinaryHeader(field.name) && looksRandom(field.value, 16);
    });
    const QByteArray target = request().effectiveTarget();
    const qsizetype question = target.indexOf('?');
    const QList<NamedValue> items = question < 0 ? QList<NamedValue>() : splitForm(QByteArrayView(target).sliced(question + 1));
    const bool inQuery = std::ranges::any_of(items, [](const NamedValue &item) { return looksRandom(item.value, 16); });
    // Numbers of things stand in paths: UUIDs and hexadecimal ones are no keys.
    static const QRegularExpression number(u"^[0-9a-fA-F-]+$"_s);
    const QList<QByteArray> segments = (question < 0 ? target : target.left(question)).split('/');
    const bool inPath = std::ranges::any_of(segments, [](const QByteArray &segment) {
        return looksRandom(segment, 20) && !number.match(QString::fromLatin1(segment)).hasMatch();
    });
    return inHeader || inQuery || inPath;
}

bool Facts::isRefusal() const
{
    return kind != OutcomeKind::Accepted && kind != OutcomeKind::NotAuthentication
        && kind != OutcomeKind::ConnectionFailed;
}

bool Facts::hasAuthSign() const
{
    // A 400 is about the content of a request as a rule: words like "invalid user" are too.
    static const QRegularExpression content(
        u"must be (an?|the|one|at|in|greater|less)|in (the )?(request )?(body|list|query|schema)|parse error|at line|too (short|long)|recipient|constraint|foreign|\\bfield\\b|in query expression|integer|syntax"_s,
        QRegularExpression::CaseInsensitiveOption);
    const bool isBad = status == 400 || status == 415 || status == 422;
    if (isBad && challenges.challenges.isEmpty() && std::ranges::any_of(words, [](const ServerWord &word) { return content.match(word.text).hasMatch(); }))
        return false;
    if (!challenges.challenges.isEmpty() || !errorCode.isEmpty() || saysMissing() || saysRejected())
        return true;
    static const QRegularExpression about(
        u"\\b(jwt|token|credentials?|authori[sz]ation|authentication|signature|password|log ?in|api[ _-]?key|client certificate|ssl certificate|csrf)\\b"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression parser(u"unexpected token|invalid token .{0,20}json"_s, QRegularExpression::CaseInsensitiveOption);
    return std::ranges::any_of(words, [](const ServerWord &word) {
        return about.match(word.text).hasMatch() && !parser.match(word.text).hasMatch();
    });
}

bool Facts::isRefusedTunnel() const
{
    return final && final->request.method == "CONNECT" && status != 0 && status / 100 != 2 && status != 407;
}

bool Facts::isAuthRelated() const
{
    const bool isBadRequest = status == 400 || status == 415 || status == 422;
    return isRefusal() || (isBadRequest && hasAuthSign());
}

bool Facts::mayBeRefusal() const
{
    const bool isBadRequest = status == 400 || status == 415 || status == 422;
    return isAuthRelated() || (isBadRequest && (!authorizations.isEmpty() || isTokenRequest || isLoginRequest));
}

bool Facts::wasDropped() const
{
    return std::ranges::any_of(trace.exchanges, [](const Exchange &exchange) {
        return exchange.role != ExchangeRole::Probe && exchange.hasDecision(DecisionKind::CredentialWithheld);
    });
}

bool Facts::isPreflight() const
{
    const Headers &headers = request().headers;
    return request().method == "OPTIONS" && headers.contains("Origin")
        && headers.contains("Access-Control-Request-Method");
}

QStringList Facts::offeredSchemes() const
{
    constexpr qsizetype mostNames = 12; // they go into sentences
    QStringList schemes;
    for (const Challenge &challenge : challenges.challenges) {
        if (schemes.size() >= mostNames)
            break;
        const QString name = QString::fromLatin1(canonicalScheme(challenge.scheme));
        if (!name.isEmpty() && !schemes.contains(name))
            schemes.append(name);
    }
    return schemes;
}

bool Facts::asksForHeader(QByteArrayView header) const
{
    // OpenStack: the challenges Swift and Keystone ask for X-Auth-Token (or X-Auth-User and X-Auth-Key at the door).
    const bool isOpenStack = challenge("Swift") || challenge("Keystone");
    return isOpenStack && header.size() > 7 && equalsIgnoreCase(header.first(7), "X-Auth-");
}

bool Facts::offers(QByteArrayView scheme) const
{
    return std::ranges::any_of(challenges.challenges, [&](const Challenge &challenge) {
        // "xBasic": renamed so that browsers show no window of their own.
        return challenge.is(scheme) || equalsIgnoreCase(challenge.scheme, QByteArray("x") + scheme.toByteArray())
            || equalsIgnoreCase(challenge.scheme, QByteArray("x-") + scheme.toByteArray());
    });
}

const ServerWord *Facts::says(const QRegularExpression &pattern) const
{
    const auto found = std::ranges::find_if(
        words, [&](const ServerWord &word) { return pattern.match(word.text).hasMatch(); });
    return found == words.end() ? nullptr : &*found;
}

const ServerWord *Facts::saysMissing() const
{
    // "CSRF token missing" is about something else.
    static const QRegularExpression other(u"csrf|xsrf|scope|claim|nonce|permission|proof"_s,
                                          QRegularExpression::CaseInsensitiveOption);
    const auto found = std::ranges::find_if(words, [&](const ServerWord &word) {
        return missingWords().match(word.text).hasMatch() && !other.match(word.text).hasMatch();
    });
    return found == words.end() ? nullptr : &*found;
}

const ServerWord *Facts::saysRejected() const
{
    // The page that Apache httpd sends with every 401 leaves open which of the two it was.
    static const QRegularExpression either(u"could not verify that you are authori[sz]ed|either you supplied the wrong credentials"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    const auto found = std::ranges::find_if(words, [&](const ServerWord &word) {
        return rejectedWords().match(word.text).hasMatch() && !either.match(word.text).hasMatch();
    });
    return found == words.end() ? nullptr : &*found;
}

Evidence Facts::requestHeader(const HeaderField &field, const QString &text, ByteRange range) const
{
    return {finalIndex, EvidencePart::RequestHeader, field.name, text, range.isEmpty() ? field.valueRange : range};
}

Evidence Facts::requestLine(const QString &text, ByteRange range) const
{
    if (range.isEmpty() && final)
        range = {0, std::max<qsizetype>(0, final->rawRequest.head(64 * 1024).indexOf("\r\n"))};
    return {finalIndex, EvidencePart::RequestLine, {}, text, range};
}

Evidence Facts::credential(const SentCredential &sent, const QString &text) const
{
    EvidencePart part = EvidencePart::RequestHeader;
    QByteArray name = sent.name;
    switch (sent.place) {
    case CredentialPlace::Query:
        part = EvidencePart::RequestLine;
        break;
    case CredentialPlace::Body:
        part = EvidencePart::RequestBody;
        break;
    case CredentialPlace::Certificate:
        part = EvidencePart::Tls;
        break;
    case CredentialPlace::Cookie:
        name = "Cookie";
        break;
    case CredentialPlace::Authorization:
    case CredentialPlace::ProxyAuthorization:
    case CredentialPlace::Header:
        break;
    }
    return {finalIndex, part, name, text, sent.range};
}

Evidence Facts::responseHeader(QByteArrayView name, const QString &text) const
{
    const HeaderField *field = response().headers.find(name);
    return {finalIndex, EvidencePart::ResponseHeader, field ? field->name : name.toByteArray(), text,
            field ? field->valueRange : ByteRange{}};
}

Evidence Facts::challengeEvidence() const
{
    if (response().headers.contains("WWW-Authenticate"))
        return responseHeader("WWW-Authenticate",
                              u"WWW-Authenticate: %1"_s.arg(
                                  displayText(response().headers.combined("WWW-Authenticate")).left(200)));
    return statusLine();
}

Evidence Facts::statusLine(const QString &text) const
{
    ByteRange range;
    if (final) {
        // After 1xx responses the line of the answer is the last one before its headers.
        const QByteArray raw = final->rawResponse.head(64 * 1024);
        const QByteArray code = QByteArray::number(status);
        qsizetype begin = raw.startsWith("HTTP/") && raw.indexOf(code) < raw.indexOf('\n') ? 0 : raw.indexOf("\nHTTP/");
        if (begin > 0)
            ++begin;
        if (begin >= 0) {
            const qsizetype end = raw.indexOf('\n', begin);
            range = {begin, end < 0 ? raw.size() : (end > begin && raw.at(end - 1) == '\r' ? end - 1 : end)};
        }
    }
    const QString reason = displayText(response().reason);
    return {finalIndex, EvidencePart::StatusLine, {},
            text.isEmpty() ? u"%1 %2"_s.arg(status).arg(reason).trimmed() : text, range};
}

Evidence Facts::probeEvidence(const ProbeFact &fact, const QString &text) const
{
    Evidence evidence{fact.exchange, EvidencePart::StatusLine, {}, text, {}};
    if (fact.answer) {
        const QByteArray raw = fact.answer->rawResponse.head(4096);
        const qsizetype end = raw.indexOf("\r\n");
        if (end > 0)
            evidence.range = {0, end};
    }
    return evidence;
}

Evidence Facts::serverTime() const
{
    return responseHeader("Date", serverNow ? u"the server's clock says %1"_s.arg(utcTime(*serverNow))
                                            : u"the server sent no Date"_s);
}

QString utcTime(qint64 seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss"_s) + u" UTC"_s;
}

QString describeSecret(QByteArrayView value)
{
    if (value.isEmpty())
        return u"an empty value"_s;
    return value.size() == 1 ? u"1 byte"_s : u"%1 bytes"_s.arg(value.size());
}

QString placeText(const SentCredential &sent)
{
    const QString name = QString::fromUtf8(sent.name);
    switch (sent.place) {
    case CredentialPlace::Authorization:
    case CredentialPlace::ProxyAuthorization:
    case CredentialPlace::Header:
        return u"the %1 header"_s.arg(name);
    case CredentialPlace::Query:
        return u"the query parameter %1"_s.arg(name);
    case CredentialPlace::Cookie:
        return u"the cookie %1"_s.arg(name);
    case CredentialPlace::Body:
        return u"the body member %1"_s.arg(name);
    case CredentialPlace::Certificate:
        break;
    }
    return u"the client certificate"_s;
}

} // namespace realmscope
