// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ServerNotes.h"

#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rule.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 longLivedSeconds = 24 * 60 * 60;

Finding makeNote(const QString &id, const QString &title, const QString &explanation,
                 const Evidence &evidence, const Fix &fix, const QString &source)
{
    Finding note = makeFinding(Verdict::Proven, 0, title, {}, explanation);
    note.cause = id;
    note.role = FindingRole::Note;
    note.step = ChecklistStep::ServerSide;
    note.evidence = {evidence};
    note.fixes = {fix};
    note.sources = {source};
    return note;
}

bool isLoopback(const Url &url)
{
    return url.host == "localhost"_L1 || url.host.endsWith(".localhost"_L1) ||
           url.host.startsWith("127."_L1) || url.host == "::1"_L1;
}

// Directives of Cache-Control, in lower case (RFC 9111 section 5.2).
QList<QByteArray> cacheDirectives(const Response &response)
{
    QList<QByteArray> directives = splitList(response.headers.combined("Cache-Control"));
    for (QByteArray &directive : directives)
        directive = directive.toLower();
    return directives;
}

bool isStoredByShared(const QList<QByteArray> &directives)
{
    if (directives.contains("no-store") || directives.contains("private"))
        return false;
    return std::ranges::any_of(directives, [](const QByteArray &one) {
        const bool hasAge = (one.startsWith("max-age=") || one.startsWith("s-maxage=")) &&
                            one.mid(one.indexOf('=') + 1).toLongLong() > 0;
        return one == "public" || hasAge;
    });
}

bool variesBy(const Response &response, QByteArrayView name)
{
    const QList<QByteArray> names = splitList(response.headers.combined("Vary"));
    return std::ranges::any_of(
        names, [&](const QByteArray &one) { return one == "*" || equalsIgnoreCase(one, name); });
}

// 403 says "I know you, and no"; who sent nothing should be asked (RFC 9110 sections 15.5.2 and 15.5.4).
std::optional<Finding> forbiddenInsteadOfChallenge(const Facts &facts)
{
    const bool asksAllTheSame = !facts.challenges.challenges.isEmpty() || facts.saysMissing();
    if (facts.status != 403 || facts.hasCredential() || facts.isPreflight() || !asksAllTheSame)
        return std::nullopt;
    return makeNote(
        u"status-403-for-401"_s, u"403 where 401 is meant"_s,
        u"Nobody was named in the request, and the server answers 403, which means: I know who you are, and "
        u"you may not. A program "
        "does not learn from it that a credential would help. That is what 401 with a WWW-Authenticate header is for."_s,
        facts.statusLine(),
        ownerFix(u"Answer 401 with a challenge when no credential came"_s, {},
                 u"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm=\"api\""_s),
        u"RFC 9110 section 15.5.2"_s);
}

std::optional<Finding> challengeInsteadOfForbidden(const Facts &facts, const QList<Finding> &findings)
{
    static const QStringList denials{u"insufficient-scope"_s, u"permission-denied"_s, u"sso-required"_s};
    const bool isDenied = std::ranges::any_of(findings, [](const Finding &one) {
        return one.role == FindingRole::Cause && one.verdict != Verdict::Possible &&
               denials.contains(one.cause);
    });
    if (facts.status != 401 || !isDenied)
        return std::nullopt;
    return makeNote(
        u"status-401-for-403"_s, u"401 where 403 is meant"_s,
        u"The server knows who is asking and does not allow it. 401 tells programs to try another "
        u"credential, or to ask the user for "
        "the password again, which changes nothing; 403 says that this identity may not."_s,
        facts.statusLine(),
        ownerFix(u"Answer 403 when the identity is known and not allowed"_s, {}, u"HTTP/1.1 403 Forbidden"_s),
        u"RFC 9110 section 15.5.4"_s);
}

std::optional<Finding> errorTextLeaks(const Facts &facts)
{
    if (facts.status < 400)
        return std::nullopt;
    static const QRegularExpression inner(
        u"Traceback \\(most recent call last\\)|\\bat [\\w.$]+\\([\\w.]+\\.java:\\d+\\)|\\bin "
        u"[^\\s]+\\.cs:line \\d+|\\bat .{1,200}\\.(js|ts):\\d+:\\d+"
        "|SQLSTATE\\[|ORA-\\d{5}|(/var/www|/usr/(local|share|src)|/home|/opt|/app|/srv)/[^\\s\"'<>]+\\.(php|py|rb|js|pl|go)\\b|[A-Z]:\\\\[^\\s\"'<>]+\\.(php|aspx?|cs|config)\\b"_s);
    const QString body = displayText(facts.body.head.left(16 * 1024));
    const QRegularExpressionMatch match = inner.match(body);
    if (match.hasMatch()) {
        const QString shown = match.captured().simplified().left(100);
        return makeNote(
            u"error-text-leaks"_s, u"The error page tells strangers about the inside of the server"_s,
            u"The answer holds a stack trace, a path or a database error. It helps nobody who asks, and it "
            u"helps those who attack: they learn "
            "which software runs there and where. Such details belong into the server's log."_s,
            {facts.finalIndex,
             EvidencePart::ResponseBody,
             {},
             u"\"%1\""_s.arg(shown),
             findInBody(*facts.final, match.captured().toUtf8())},
            ownerFix(u"Turn off debug output; log the details and answer with a short message"_s, {}),
            u"CWE-209"_s);
    }
    static const QRegularExpression which = wordPattern(
        u"\\b(user|account|user ?name|e-?mail)\\b.{0,20}(not found|does not exist|doesn't exist|unknown|not registered)|no such user|unknown user|(wrong|incorrect) password\\b"_s);
    for (const ServerWord &word : facts.words) {
        if (word.evidence.part != EvidencePart::Log && which.match(word.text).hasMatch())
            return makeNote(u"error-text-leaks"_s, u"The answer tells strangers which user names exist"_s,
                            u"It says whether the user name or the password was wrong. Whoever tries names "
                            u"can so find out which there are, and then needs "
                            "to guess only the password. One text for both cases avoids that."_s,
                            word.evidence,
                            ownerFix(u"Answer the same for an unknown name and a wrong password"_s, {}),
                            u"CWE-204"_s);
    }
    return std::nullopt;
}

std::optional<Finding> cacheableRefusal(const Facts &facts)
{
    const bool isRefusal = facts.status == 401 || facts.status == 403 || facts.status == 407;
    if (!isRefusal || !isStoredByShared(cacheDirectives(facts.response())))
        return std::nullopt;
    return makeNote(
        u"cacheable-refusal"_s, u"The refusal may be stored and given to others"_s,
        u"Cache-Control allows caches to keep this answer. The next request to the same address may then get "
        u"the stored refusal, although "
        "its credential is good and the server was never asked."_s,
        facts.responseHeader("Cache-Control",
                             u"Cache-Control: %1"_s.arg(
                                 displayText(facts.response().headers.combined("Cache-Control")).left(120))),
        ownerFix(u"Forbid caches to keep refusals"_s, {}, u"Cache-Control: no-store"_s),
        u"RFC 9111 section 3"_s);
}

// To this very computer nobody listens in between.
std::optional<Finding> passwordInClear(const Facts &facts)
{
    const Url &url = facts.request().url;
    if (url.isSecure() || isLoopback(url))
        return std::nullopt;
    const AuthorizationLine *line = facts.authorization();
    const bool isSent = (line && line->is("Basic")) || facts.isLoginRequest;
    if (!isSent && !facts.offers("Basic"))
        return std::nullopt;
    return makeNote(
        u"basic-over-http"_s, isSent ? u"The password goes over the network in clear"_s : u"The server asks for a password in clear"_s,
        u"Without TLS, everybody on the way can read the request. Base64, which Basic uses, hides nothing: "
        u"it is only another way to write "
        "the password down."_s,
        isSent && line ? facts.requestHeader(line->field, u"Basic, over http"_s, line->credentialsRange())
        : isSent       ? facts.requestLine(u"a password in the body, over http"_s)
                       : facts.challengeEvidence(),
        ownerFix(u"Offer the address over https alone, and change passwords that went over http"_s, {}),
        u"RFC 7617 section 4"_s);
}

std::optional<Finding> tokenInUrl(const Facts &facts)
{
    for (const SentCredential &sent : facts.credentials) {
        const QByteArray name = sent.name.toLower();
        const bool isSignature =
            isMessageProofName(sent.name) || name.startsWith("x-amz-") || name.startsWith("x-goog-");
        if (sent.place != CredentialPlace::Query || !sent.certain || isSignature)
            continue;
        return makeNote(
            u"token-in-url"_s, u"A credential stands in the URL"_s,
            u"URLs end up in logs of servers and proxies, in the browser's history, and in the Referer "
            u"header that other sites see. A "
            "credential belongs into a header."_s,
            facts.credential(sent, u"the query parameter %1"_s.arg(displayText(sent.name))),
            ownerFix(u"Take the credential in the Authorization header, and stop taking it in the URL"_s, {}),
            u"RFC 6750 section 5.3"_s);
    }
    return std::nullopt;
}

std::optional<Finding> longLivedToken(const Facts &facts)
{
    if (!facts.token || !facts.token->jwt)
        return std::nullopt;
    const QJsonObject &claims = facts.token->jwt->claims;
    Evidence where = facts.token->where;
    where.part = EvidencePart::Token;
    where.name = "exp";
    const bool hasEnd = claims.value("exp"_L1).isDouble();
    if (!hasEnd) {
        where.text = u"there is no exp claim"_s;
        return makeNote(
            u"long-lived-token"_s, u"The token never ends"_s,
            u"A token without an end is good for whoever finds it, for ever, unless the server keeps a list of those it took back."_s,
            where, ownerFix(u"Let the issuer put an end (exp) into its tokens"_s, {}),
            u"RFC 8725 section 3.10"_s);
    }
    const qint64 end = claims.value("exp"_L1).toInteger();
    const qint64 begin = claims.value("iat"_L1).isDouble() ? claims.value("iat"_L1).toInteger() : facts.now();
    if (end - begin <= longLivedSeconds)
        return std::nullopt;
    where.text = u"exp is %1 after %2"_s.arg(durationText(end - begin),
                                             claims.contains("iat"_L1) ? u"iat"_s : u"now"_s);
    return makeNote(
        u"long-lived-token"_s, u"The token is good for %1"_s.arg(durationText(end - begin)),
        u"An access token that is lost can be used by whoever finds it until it ends. Minutes or hours are usual; a refresh token gets the next one."_s,
        where, ownerFix(u"Give out tokens that end sooner, and refresh tokens"_s, {}),
        u"RFC 9700 section 2.2"_s);
}

// RFC 9111 section 3.5 keeps shared caches from storing answers to requests with Authorization, unless the
// answer says so itself; nothing does where the credential is a key in another header, a cookie or the URL.
std::optional<Finding> answerMayBeShared(const Facts &facts)
{
    if (facts.status < 200 || facts.status > 299 || facts.final->request.method != "GET")
        return std::nullopt;
    const QList<QByteArray> directives = cacheDirectives(facts.response());
    const auto personal = std::ranges::find_if(facts.credentials, [](const SentCredential &sent) {
        return sent.certain &&
               (sent.place == CredentialPlace::Authorization || sent.place == CredentialPlace::Header ||
                sent.place == CredentialPlace::Cookie);
    });
    if (personal == facts.credentials.end())
        return std::nullopt;
    const QByteArray header = personal->place == CredentialPlace::Authorization ? "Authorization"
                              : personal->place == CredentialPlace::Cookie      ? "Cookie"
                                                                                : personal->name;
    if (variesBy(facts.response(), header))
        return std::nullopt;
    if (isStoredByShared(directives)) {
        const bool isExplicit =
            directives.contains("public") || std::ranges::any_of(directives, [](const QByteArray &one) {
                return one.startsWith("s-maxage=");
            });
        if (personal->place == CredentialPlace::Authorization && !isExplicit)
            return std::nullopt;
        return makeNote(
            u"missing-vary"_s, u"One user's answer may be given to another"_s,
            u"Cache-Control lets shared caches keep this answer, and nothing says that it depends on who "
            u"asked. A cache may give it to the "
            "next one, who has another credential or none."_s,
            facts.responseHeader(
                "Cache-Control",
                u"Cache-Control: %1, and no Vary: %2"_s.arg(
                    displayText(facts.response().headers.combined("Cache-Control")).left(100),
                    QString::fromLatin1(header))),
            ownerFix(u"Say that the answer is personal"_s, {},
                     u"Cache-Control: private, no-cache\nVary: %1"_s.arg(QString::fromLatin1(header))),
            u"RFC 9111 section 3.5"_s);
    }
    if (!directives.isEmpty() || personal->place == CredentialPlace::Authorization ||
        !facts.response().headers.contains("Last-Modified"))
        return std::nullopt;
    return makeNote(u"missing-cache-control"_s, u"Nothing says that the answer is personal"_s,
                    u"The answer depends on the credential in %1, and has no Cache-Control. With a "
                    u"Last-Modified date a cache may keep it by its own "
                    "judgement and give it to others."_s.arg(placeText(*personal)),
                    facts.statusLine(u"no Cache-Control header, and a Last-Modified date"_s),
                    ownerFix(u"Say that the answer is personal"_s, {}, u"Cache-Control: private, no-cache"_s),
                    u"RFC 9111 section 4.2.2"_s);
}

std::optional<Finding> tokenAnswerMayBeStored(const Facts &facts)
{
    const bool isToken = facts.status == 200 && facts.isTokenRequest && facts.body.isJson() &&
                         facts.body.object().contains("access_token"_L1);
    if (!isToken || cacheDirectives(facts.response()).contains("no-store"))
        return std::nullopt;
    return makeNote(u"missing-cache-control"_s, u"The answer with the token may be stored"_s,
                    u"An answer that holds a token has to forbid every cache to keep it."_s,
                    facts.statusLine(u"no Cache-Control: no-store"_s),
                    ownerFix(u"Forbid caches to keep it"_s, {}, u"Cache-Control: no-store"_s),
                    u"RFC 6749 section 5.1"_s);
}

std::optional<Finding> originWithoutVary(const Facts &facts)
{
    const QByteArray allowed = facts.response().headers.value("Access-Control-Allow-Origin").trimmed();
    const QByteArray origin = facts.request().headers.value("Origin").trimmed();
    if (origin.isEmpty() || allowed != origin || variesBy(facts.response(), "Origin") || facts.isPreflight())
        return std::nullopt;
    return makeNote(u"missing-vary"_s, u"The permission for one site may be given to another"_s,
                    u"Access-Control-Allow-Origin repeats the site that asked, and nothing says that the "
                    u"answer depends on it. A cache may give it to a "
                    "page of another site, where the browser then refuses it."_s,
                    facts.responseHeader("Access-Control-Allow-Origin",
                                         u"Access-Control-Allow-Origin: %1, and no Vary: Origin"_s.arg(
                                             displayText(allowed).left(100))),
                    ownerFix(u"Say that the answer depends on the site"_s, {}, u"Vary: Origin"_s),
                    u"Fetch Standard, CORS protocol and HTTP caches"_s);
}

// Whoever answers may be somebody else: the proof that this scheme asks of the server is wrong.
std::optional<Finding> serverProofWrong(const Facts &facts)
{
    const auto &decisions = facts.final->decisions;
    const auto wrong = std::ranges::find(decisions, DecisionKind::ServerProofWrong, &Decision::kind);
    if (wrong == decisions.end())
        return std::nullopt;
    const char *header = facts.response().headers.contains("Server-Authorization") ? "Server-Authorization" : "Authentication-Info";
    return makeNote(u"server-proof-wrong"_s, u"The server did not prove that it knows the secret"_s,
                    u"With this scheme the server shows in its answer that it has the secret as well. What it sent does not fit: %1. Another machine may "
                    "have answered, or something on the way changed the answer; don't trust what it says."_s.arg(wrong->text),
                    facts.responseHeader(header, u"%1: the server's proof"_s.arg(QLatin1StringView(header))),
                    ownerFix(u"Ask the server's owner which machines answer for this address"_s, u"A proxy that rewrites bodies or headers breaks the proof, too."_s, {}),
                    u"RFC 7615 section 3, RFC 7804 section 5, Hawk (README, Response payload validation)"_s);
}

} // namespace

QList<Finding> serverNotes(const Facts &facts, const QList<Finding> &findings)
{
    if (!facts.final || facts.status == 0 || facts.headersIncomplete)
        return {};
    QList<Finding> notes;
    for (const std::optional<Finding> &note :
         {forbiddenInsteadOfChallenge(facts), challengeInsteadOfForbidden(facts, findings),
          errorTextLeaks(facts), cacheableRefusal(facts), passwordInClear(facts), tokenInUrl(facts),
          longLivedToken(facts), answerMayBeShared(facts), tokenAnswerMayBeStored(facts),
          originWithoutVary(facts), serverProofWrong(facts)}) {
        if (note)
            notes.append(*note);
    }
    return notes;
}

} // namespace realmscope
