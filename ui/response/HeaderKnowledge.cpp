// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/HeaderKnowledge.h"

#include "app/auth/Challenge.h"
#include "app/base/Encoding.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct Entry
{
    const char *name; // lower case
    const char *meaning;
    const char *source;
    bool gateway = false; // usually put there by something in front of the application
};

// Meanings that hold for any value; those that depend on it are told in headerMeaning().
constexpr std::array Entries{
    Entry{"accept-ranges", QT_TRANSLATE_NOOP("Header", "Parts can be asked for"), "RFC 9110 §14.3"},
    Entry{"access-control-allow-credentials", QT_TRANSLATE_NOOP("Header", "Browsers may send cookies"), "Fetch §3.2.3"},
    Entry{"access-control-allow-headers", QT_TRANSLATE_NOOP("Header", "Headers a web page may send"), "Fetch §3.2.3"},
    Entry{"access-control-allow-methods", QT_TRANSLATE_NOOP("Header", "Methods a web page may use"), "Fetch §3.2.3"},
    Entry{"access-control-allow-origin", QT_TRANSLATE_NOOP("Header", "Web pages that may read this"), "Fetch §3.2.3"},
    Entry{"access-control-expose-headers", QT_TRANSLATE_NOOP("Header", "Headers a web page may read"), "Fetch §3.2.3"},
    Entry{"age", QT_TRANSLATE_NOOP("Header", "Seconds this lay in a cache"), "RFC 9111 §5.1", true},
    Entry{"allow", QT_TRANSLATE_NOOP("Header", "Methods that work here"), "RFC 9110 §10.2.1"},
    Entry{"alt-svc", QT_TRANSLATE_NOOP("Header", "Also reachable this way"), "RFC 7838 §3", true},
    Entry{"authentication-info", QT_TRANSLATE_NOOP("Header", "The server's side of the login"), "RFC 7615 §3"},
    Entry{"cache-control", QT_TRANSLATE_NOOP("Header", "Who may keep this answer"), "RFC 9111 §5.2"},
    Entry{"cf-ray", QT_TRANSLATE_NOOP("Header", "Cloudflare handled it; quote it to support"), "", true},
    Entry{"connection", QT_TRANSLATE_NOOP("Header", "What happens to the connection"), "RFC 9110 §7.6.1"},
    Entry{"content-disposition", QT_TRANSLATE_NOOP("Header", "To be shown or saved, and its name"), "RFC 6266"},
    Entry{"content-encoding", QT_TRANSLATE_NOOP("Header", "How the body is compressed"), "RFC 9110 §8.4"},
    Entry{"content-language", QT_TRANSLATE_NOOP("Header", "Language of the body"), "RFC 9110 §8.5"},
    Entry{"content-security-policy", QT_TRANSLATE_NOOP("Header", "What a web page may load"), "CSP 3"},
    Entry{"date", QT_TRANSLATE_NOOP("Header", "When it was sent"), "RFC 9110 §6.6.1"},
    Entry{"dpop-nonce", QT_TRANSLATE_NOOP("Header", "Nonce for the next DPoP proof"), "RFC 9449 §8"},
    Entry{"etag", QT_TRANSLATE_NOOP("Header", "Version of the resource"), "RFC 9110 §8.8.3"},
    Entry{"expires", QT_TRANSLATE_NOOP("Header", "When a cache drops it"), "RFC 9111 §5.3"},
    Entry{"keep-alive", QT_TRANSLATE_NOOP("Header", "How long the connection stays"), "RFC 2068 §19.7.1"},
    Entry{"last-modified", QT_TRANSLATE_NOOP("Header", "When the resource last changed"), "RFC 9110 §8.8.2"},
    Entry{"link", QT_TRANSLATE_NOOP("Header", "Related resources"), "RFC 8288"},
    Entry{"location", QT_TRANSLATE_NOOP("Header", "Where to go instead"), "RFC 9110 §10.2.2"},
    Entry{"pragma", QT_TRANSLATE_NOOP("Header", "Old word for cache-control"), "RFC 9111 §5.4"},
    Entry{"proxy-authenticate", QT_TRANSLATE_NOOP("Header", "The proxy asks for a credential"), "RFC 9110 §11.7.1", true},
    Entry{"referrer-policy", QT_TRANSLATE_NOOP("Header", "What browsers tell the next site"), "Referrer Policy"},
    Entry{"retry-after", QT_TRANSLATE_NOOP("Header", "When to try again"), "RFC 9110 §10.2.3"},
    Entry{"server", QT_TRANSLATE_NOOP("Header", "Software that answered first"), "RFC 9110 §10.2.4", true},
    Entry{"set-cookie", QT_TRANSLATE_NOOP("Header", "A cookie to keep"), "RFC 6265 §4.1"},
    Entry{"strict-transport-security", QT_TRANSLATE_NOOP("Header", "Use https only"), "RFC 6797 §6.1", true},
    Entry{"trailer", QT_TRANSLATE_NOOP("Header", "Headers that follow the body"), "RFC 9110 §6.6.2"},
    Entry{"transfer-encoding", QT_TRANSLATE_NOOP("Header", "How the body is framed"), "RFC 9112 §6.1"},
    Entry{"upgrade", QT_TRANSLATE_NOOP("Header", "Other protocols on offer"), "RFC 9110 §7.8"},
    Entry{"vary", QT_TRANSLATE_NOOP("Header", "The answer depends on these"), "RFC 9110 §12.5.5"},
    Entry{"via", QT_TRANSLATE_NOOP("Header", "Passed through these proxies"), "RFC 9110 §7.6.3", true},
    Entry{"warning", QT_TRANSLATE_NOOP("Header", "Old remark about the cache"), "RFC 9111 §5.5"},
    Entry{"www-authenticate", QT_TRANSLATE_NOOP("Header", "Asks for a credential"), "RFC 9110 §11.6.1"},
    Entry{"x-amzn-errortype", QT_TRANSLATE_NOOP("Header", "AWS names the error"), ""},
    Entry{"x-amzn-requestid", QT_TRANSLATE_NOOP("Header", "Quote it to AWS support"), ""},
    Entry{"x-cache", QT_TRANSLATE_NOOP("Header", "Whether a cache answered"), "", true},
    Entry{"x-content-type-options", QT_TRANSLATE_NOOP("Header", "Browsers may not guess the type"), "Fetch §3.6"},
    Entry{"x-envoy-upstream-service-time", QT_TRANSLATE_NOOP("Header", "Time the application took, in ms"), "", true},
    Entry{"x-frame-options", QT_TRANSLATE_NOOP("Header", "Whether it may stand in a frame"), "RFC 7034"},
    Entry{"x-github-request-id", QT_TRANSLATE_NOOP("Header", "Quote it to GitHub support"), ""},
    Entry{"x-github-sso", QT_TRANSLATE_NOOP("Header", "The organisation wants single sign-on"), ""},
    Entry{"x-oauth-scopes", QT_TRANSLATE_NOOP("Header", "Scopes that your token has"), ""},
    Entry{"x-accepted-oauth-scopes", QT_TRANSLATE_NOOP("Header", "Scopes that are needed here"), ""},
    Entry{"x-powered-by", QT_TRANSLATE_NOOP("Header", "What the application runs on"), ""},
    Entry{"x-ratelimit-limit", QT_TRANSLATE_NOOP("Header", "Requests allowed in a window"), ""},
    Entry{"x-ratelimit-remaining", QT_TRANSLATE_NOOP("Header", "Requests left in this window"), ""},
    Entry{"x-ratelimit-reset", QT_TRANSLATE_NOOP("Header", "When the window starts again"), ""},
    Entry{"x-request-id", QT_TRANSLATE_NOOP("Header", "Quote it to the server's owner"), ""},
};

const Entry *findEntry(QByteArrayView name)
{
    const auto it =
        std::ranges::find_if(Entries, [&](const Entry &entry) { return equalsIgnoreCase(name, entry.name); });
    return it == Entries.end() ? nullptr : it;
}

QString text(const char *source)
{
    return QCoreApplication::translate("Header", source);
}

QString describeChallenges(const HeaderField &field)
{
    const ChallengeList list = parseChallenges({field.value});
    QStringList schemes;
    for (const Challenge &challenge : list.challenges)
        schemes.append(displayText(challenge.scheme));
    if (schemes.isEmpty())
        return text("Asks for something that can't be read");
    if (list.challenges.size() == 1 && list.challenges.first().is("Bearer"))
        return list.challenges.first().has("error") ? text("Asks for a Bearer token that is valid")
                                                    : text("Asks for a Bearer token");
    return text("Asks for %1").arg(schemes.join(text(" or ")));
}

bool hasDirective(QByteArrayView value, QByteArrayView name)
{
    return std::ranges::any_of(splitList(value), [&](const QByteArray &part) { return equalsIgnoreCase(part, name); });
}

double clockDifference(const HeaderField &field, const Exchange &exchange, bool &known)
{
    const std::optional<qint64> seconds = parseHttpDate(field.value);
    known = seconds.has_value() && exchange.startedAtMs > 0;
    return known ? static_cast<double>(*seconds) - static_cast<double>(exchange.startedAtMs) / 1000.0 : 0;
}

} // namespace

QString headerMeaning(const HeaderField &field, const Exchange &exchange)
{
    if (field.is("WWW-Authenticate") || field.is("Proxy-Authenticate"))
        return describeChallenges(field);
    if (field.is("Date")) {
        bool known = false;
        const double difference = clockDifference(field, exchange, known);
        if (!known)
            return text("When it was sent, in no known form");
        return std::abs(difference) < 5 ? text("When it was sent; your clock agrees")
                                        : text("When it was sent; %1 s from your clock").arg(qRound64(difference));
    }
    if (field.is("Content-Type")) {
        const QByteArray type = exchange.response.mediaType();
        if (type == "application/problem+json")
            return text("The body is an RFC 9457 problem");
        return type.isEmpty() ? text("What the body is, not readable") : text("The body is %1").arg(displayText(type));
    }
    if (field.is("Content-Length")) {
        bool isNumber = false;
        const qint64 length = field.value.toLongLong(&isNumber);
        if (isNumber && length == exchange.response.encodedBody.size())
            return text("Bytes of body; matches");
        return text("Bytes of body");
    }
    if (field.is("Cache-Control") && hasDirective(field.value, "no-store"))
        return text("Nobody may keep this answer");
    if (field.is("Set-Cookie")) {
        const QByteArray name = field.value.left(field.value.indexOf('=')).trimmed();
        for (const QByteArray &sent : exchange.request.headers.values("Cookie")) {
            for (const QByteArray &pair : sent.split(';')) {
                if (pair.left(pair.indexOf('=')).trimmed() == name)
                    return text("Replaces the cookie that you sent");
            }
        }
        return text("A cookie to keep");
    }
    if (const Entry *entry = findEntry(field.name))
        return text(entry->meaning);
    return {};
}

HeaderLint lintHeader(const HeaderField &field, const Exchange &exchange)
{
    for (const Anomaly &anomaly : exchange.anomalies) {
        const bool touches = !anomaly.range.isEmpty() && !field.nameRange.isEmpty()
            && anomaly.range.begin < field.valueRange.end && field.nameRange.begin < anomaly.range.end;
        if (touches)
            return {LintLevel::Warning, QString(anomaly.id).replace(u'-', u' '), anomaly.text};
    }
    if (field.is("WWW-Authenticate") || field.is("Proxy-Authenticate")) {
        const ChallengeList list = parseChallenges({field.value});
        if (!list.isWellFormed())
            return {LintLevel::Problem, text("not well formed"), text("The challenge does not follow RFC 9110 §11.6.1.")};
        const Challenge *bearer = list.find("Bearer");
        if (bearer && bearer->has("error"))
            return {LintLevel::Note, text("says why"), text("The server names the reason in error.")};
        return {LintLevel::Good, {}, {}};
    }
    if (field.is("Set-Cookie")) {
        const QByteArray lower = field.value.toLower();
        if (exchange.request.url.isSecure() && !lower.contains("; secure") && !lower.contains(";secure"))
            return {LintLevel::Warning, text("no Secure"), text("The cookie would also go over plain http.")};
        if (!lower.contains("httponly"))
            return {LintLevel::Note, text("no HttpOnly"), text("Scripts in a web page can read the cookie.")};
        return {LintLevel::Good, {}, {}};
    }
    if (field.is("Content-Length")) {
        bool isNumber = false;
        const qint64 length = field.value.toLongLong(&isNumber);
        if (!isNumber || length < 0)
            return {LintLevel::Problem, text("not a number"), text("RFC 9110 §8.6 wants decimal digits.")};
        const bool hasBody = exchange.request.method != "HEAD" && exchange.response.status != 304;
        if (hasBody && length != exchange.response.encodedBody.size())
            return {LintLevel::Problem, text("%1 came").arg(exchange.response.encodedBody.size()),
                    text("The body had another length than this header says.")};
        return {LintLevel::Good, {}, {}};
    }
    if (field.is("Date")) {
        bool known = false;
        const double difference = clockDifference(field, exchange, known);
        if (!known)
            return {LintLevel::Warning, text("no HTTP date"), text("RFC 9110 §5.6.7 gives the form.")};
        if (std::abs(difference) >= 30)
            return {LintLevel::Warning, text("clocks differ"), text("Tokens and signatures depend on the time.")};
        return {LintLevel::Good, {}, {}};
    }
    if (field.is("Access-Control-Allow-Origin") && field.value == "*"
        && equalsIgnoreCase(exchange.response.headers.value("Access-Control-Allow-Credentials"), "true"))
        return {LintLevel::Problem, text("* with credentials"), text("Browsers refuse this pair (Fetch §3.2.5).")};
    if (field.is("Strict-Transport-Security") && !exchange.request.url.isSecure())
        return {LintLevel::Note, text("ignored on http"), text("RFC 6797 §8.1: it counts over https only.")};
    if (field.is("X-Envoy-Upstream-Service-Time"))
        return {LintLevel::Note, text("it was reached"), text("The gateway passed the request on to the application.")};
    if (field.is("X-Powered-By"))
        return {LintLevel::Note, text("tells the stack"), {}};
    return {LintLevel::Good, {}, {}};
}

HeaderOrigin headerOrigin(const HeaderField &field, const Exchange &exchange)
{
    const HeaderField *sent = exchange.request.headers.find(field.name);
    if (sent && sent->value == field.value && field.name.toLower().startsWith("x-"))
        return {text("Echo of yours"), u"corner-down-right"_s};
    const Entry *entry = findEntry(field.name);
    if (entry && entry->gateway)
        return {text("Gateway, likely"), u"waypoints"_s};
    return {text("Server"), u"server"_s};
}

QString headerSource(const QByteArray &name)
{
    const Entry *entry = findEntry(name);
    return entry ? QString::fromUtf8(entry->source) : QString();
}

} // namespace realmscope
