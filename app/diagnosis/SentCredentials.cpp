// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SentCredentials.h"

#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtCore/QVariant>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The IANA registry of HTTP authentication schemes, and the words that are in wide use without being in it.
constexpr std::array knownSchemes{
    "Basic", "Bearer", "Digest", "DPoP", "GNAP", "HOBA", "Mutual", "Negotiate", "NTLM", "OAuth", "PrivateToken",
    "SCRAM-SHA-1", "SCRAM-SHA-256", "vapid", "Concealed", "Token", "JWT", "Hawk", "Signature", "AWS4-HMAC-SHA256",
    "ApiKey", "Api-Key", "Key", "Kerberos", "Session", "EG1-HMAC-SHA256", "GoogleLogin", "SharedKey", "SSWS", "Swift",
    "AWS", "MAC", "APIKey", "GenieKey", "Client-ID", "Discogs", "KakaoAK", "Zoho-oauthtoken", "Splunk"};

QByteArray squeezed(QByteArrayView name) // "X-Api_Key" and "x-api-key" are one
{
    QByteArray result;
    for (const char c : name) {
        if (c != '-' && c != '_' && c != '.')
            result += (c >= 'A' && c <= 'Z') ? char(c + 32) : c;
    }
    return result;
}

ByteRange partOf(ByteRange whole, qsizetype at, qsizetype size)
{
    if (whole.isEmpty() || at < 0 || whole.begin + at + size > whole.end)
        return {};
    return {whole.begin + at, whole.begin + at + size};
}

void addQuery(const Exchange &exchange, const QByteArray &profileName, QList<SentCredential> &out)
{
    const QByteArray target = exchange.request.effectiveTarget();
    const qsizetype mark = target.indexOf('?');
    if (mark < 0)
        return;
    const qsizetype lineAt = exchange.rawRequest.head(64 * 1024).indexOf(target);
    const QList<NamedValue> items = splitForm(QByteArrayView(target).sliced(mark + 1));
    for (const NamedValue &item : items) {
        if (!looksLikeCredentialKey(item.name) && (profileName.isEmpty() || item.name != profileName))
            continue;
        SentCredential sent{CredentialPlace::Query, item.name, item.value};
        if (lineAt >= 0) {
            const qsizetype begin = lineAt + mark + 1 + item.at;
            sent.range = {begin, begin + item.raw.size()};
        }
        out.append(sent);
    }
}

// Texts of JSON with the names of their members, however deep.
template <typename Add>
void addMembers(const QJsonDocument &document, const Add &add)
{
    QList<std::pair<QByteArray, QJsonValue>> open;
    open.append({{}, document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object())});
    for (qsizetype i = 0; i < open.size() && i < 2000; ++i) {
        const auto [name, value] = open.at(i);
        if (value.isObject()) {
            const QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it)
                open.append({it.key().toUtf8(), it.value()});
        } else if (value.isArray()) {
            for (const QJsonValue &item : value.toArray())
                open.append({name, item});
        } else if (!name.isEmpty() && (value.isString() || value.isDouble())) {
            add(name, value.toVariant().toString().toUtf8());
        }
    }
}

// A value that is a token by its form, whatever the header is called.
bool isTokenByForm(const QByteArray &value)
{
    const QByteArray trimmed = value.trimmed();
    const qsizetype space = trimmed.indexOf(' ');
    if (space > 0)
        return isKnownAuthScheme(trimmed.left(space)) && trimmed.size() > space + 8 && !trimmed.mid(space + 1).contains(' ');
    return trimmed.startsWith("eyJ") && trimmed.count('.') >= 2 && decodeJwt(trimmed).has_value();
}

void addBody(const Exchange &exchange, QList<SentCredential> &out)
{
    const QByteArray body = exchange.request.body;
    if (body.isEmpty() || body.size() > 256 * 1024)
        return;
    const qsizetype bodyAt = exchange.rawRequest.size() - body.size();
    const auto add = [&](const QByteArray &name, const QByteArray &value, qsizetype at, qsizetype size) {
        static constexpr std::array names{"clientsecret", "password", "passwd", "pwd", "clientassertion", "refreshtoken",
                                          "code", "assertion", "apikey", "accesstoken", "token", "devicecode",
                                          "subjecttoken", "secret", "pass", "pin", "otp", "passcode", "totp", "authtoken", "apitoken",
                                          "idtoken", "sessiontoken", "secretkey", "accesskey"};
        const QByteArray low = squeezed(name);
        const bool isNamed = std::ranges::any_of(names, [&](const char *known) { return low == known; })
            || low.endsWith("password");
        if (!isNamed)
            return;
        SentCredential sent{CredentialPlace::Body, name, value};
        // The body is what the user wants to have looked at only in some requests: see Facts.
        sent.certain = low.endsWith("password") || low == "clientsecret" || low == "clientassertion" || low == "passwd"
            || low == "pwd";
        if (at >= 0 && bodyAt >= 0)
            sent.range = {bodyAt + at, bodyAt + at + size};
        out.append(sent);
    };
    const QByteArray trimmed = body.trimmed();
    const auto addText = [&](const QByteArray &name, const QByteArray &value) {
        add(name, value, value.isEmpty() ? -1 : body.indexOf(value), value.size());
    };
    if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
        addMembers(QJsonDocument::fromJson(trimmed), addText);
        return;
    }
    if (trimmed.startsWith('<')) { // <wsse:Password Type="…">…</wsse:Password>
        static const QRegularExpression element(u"<(?:[A-Za-z0-9_-]+:)?([A-Za-z0-9_-]+)\\b[^<>]{0,400}>([^<>]{1,400})</"_s);
        for (auto it = element.globalMatch(QString::fromLatin1(trimmed.left(16 * 1024))); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            addText(match.captured(1).toLatin1(), match.captured(2).toLatin1());
        }
        return;
    }
    if (exchange.request.headers.value("Content-Type").toLower().startsWith("multipart/")) {
        static const QRegularExpression part(u"name=\"([^\"\r\n]{1,80})\"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]{1,400})\r?\n--"_s);
        for (auto it = part.globalMatch(QString::fromLatin1(body.left(64 * 1024))); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            addText(match.captured(1).toLatin1(), match.captured(2).toLatin1());
        }
        return;
    }
    const QList<NamedValue> items = splitForm(body);
    for (const NamedValue &item : items)
        add(item.name, item.value, item.at, item.raw.size());
}

} // namespace

ByteRange AuthorizationLine::credentialsRange() const
{
    return partOf(field.valueRange, credentialsAt, credentials.size());
}

AuthorizationLine readAuthorization(const HeaderField &field)
{
    AuthorizationLine line;
    line.field = field;
    const QByteArray &value = field.value;
    const auto isSpace = [](char c) { return c == ' ' || c == '\t'; };
    const qsizetype space = std::ranges::find_if(value, isSpace) - value.begin();
    if (space < value.size()) {
        line.scheme = value.left(space);
        line.credentialsAt = space + 1;
        line.credentials = value.mid(space + 1);
        if (!isToken(line.scheme)) { // "Authorization: Basic …" in the value, a quoted token with a space …
            line.scheme.clear();
            line.credentials = value;
            line.credentialsAt = 0;
        }
    } else if (isKnownAuthScheme(value)) {
        line.scheme = value;
        line.credentialsAt = value.size();
    } else {
        line.credentials = value;
    }
    line.parsed = parseCredentials(value);
    if (line.is("Basic")) {
        BasicPair pair;
        const std::optional<QByteArray> decoded = decodeBase64(line.credentials.trimmed());
        pair.isBase64 = decoded.has_value() && !line.credentials.trimmed().isEmpty();
        if (pair.isBase64) {
            pair.decoded = *decoded;
            const qsizetype colon = pair.decoded.indexOf(':');
            pair.hasColon = colon >= 0;
            pair.user = pair.hasColon ? pair.decoded.left(colon) : pair.decoded;
            if (pair.hasColon)
                pair.password = pair.decoded.mid(colon + 1);
        }
        line.basic = pair;
    } else {
        line.jwt = decodeJwt(line.credentials.trimmed());
    }
    return line;
}

QList<SentCredential> findCredentials(const Exchange &exchange, const std::optional<CredentialProfile> &profile)
{
    QList<SentCredential> found;
    QByteArray profileName;
    if (profile && profile->schemeId == "api-key"_L1)
        profileName = profile->fields.value(u"name"_s, u"X-Api-Key"_s).toUtf8();
    addQuery(exchange, profileName, found);
    const Headers &headers = exchange.request.headers;
    for (const HeaderField &field : headers) {
        SentCredential sent{CredentialPlace::Header, field.name, field.value, field.valueRange, field.source};
        if (field.is("Authorization"))
            sent.place = CredentialPlace::Authorization;
        else if (field.is("Proxy-Authorization"))
            sent.place = CredentialPlace::ProxyAuthorization;
        else if (!looksLikeApiKeyName(field.name) && (profileName.isEmpty() || !field.is(profileName))
                 && field.source != HeaderSource::Profile && !isTokenByForm(field.value))
            continue;
        if (field.is("Cookie"))
            continue;
        found.append(sent);
    }
    found += splitCookies(headers);
    addBody(exchange, found);
    if (exchange.tls && exchange.tls->clientCertificateOffered)
        found.append({CredentialPlace::Certificate, {}, {}, {}, HeaderSource::Unknown, true});
    return found;
}

bool isMessageProofName(QByteArrayView name)
{
    static constexpr std::array names{"signature", "signatureinput", "xsignature", "xhubsignature", "xhubsignature256", "dpop", "digest",
                                      "xauthuser", "xuser", "xforwardeduser", "xremoteuser", "bewit", "oauthsignature"};
    const QByteArray low = squeezed(name);
    return std::ranges::any_of(names, [&](const char *known) { return low == known; }) || low.startsWith("xamz") || low.startsWith("xgoog");
}

void learnCredentialNames(const Trace &trace, Redactor &redactor)
{
    for (const Exchange &exchange : trace.exchanges) {
        for (const SentCredential &sent : findCredentials(exchange, std::nullopt)) {
            const bool isName = sent.place == CredentialPlace::Header || sent.place == CredentialPlace::Query;
            if (isName && sent.certain)
                redactor.addCredentialName(sent.name);
        }
    }
}

bool isKnownAuthScheme(QByteArrayView name)
{
    return std::ranges::any_of(knownSchemes, [&](const char *known) { return equalsIgnoreCase(name, known); });
}

QByteArray canonicalScheme(QByteArrayView name)
{
    const auto known =
        std::ranges::find_if(knownSchemes, [&](const char *scheme) { return equalsIgnoreCase(name, scheme); });
    return known == knownSchemes.end() ? name.toByteArray() : QByteArray(*known);
}

bool looksLikeSessionCookie(QByteArrayView name)
{
    const QByteArray low = squeezed(name);
    if (low.contains("csrf") || low.contains("xsrf"))
        return false;
    static constexpr std::array words{"sess", "sid", "token", "auth", "jwt", "login", "loggedin", "remember", "ticket", "identity",
                                      "aspxauth", "apikey", "user"};
    return std::ranges::any_of(words, [&](const char *word) { return low.contains(word); });
}

bool looksLikeApiKeyName(QByteArrayView name)
{
    const QByteArray low = squeezed(name);
    if (low.contains("csrf") || low.contains("xsrf") || low.contains("idempotency") || low == "secwebsocketkey"
        || low.startsWith("sec") || low.contains("page") || low.contains("cancel"))
        return false;
    static constexpr std::array exact{"xkey", "key", "token", "xauth", "auth", "xauthorization", "authentication",
                                      "authorisation", "xauthentication", "dpop", "xauthuser", "xauthkey", "signature",
                                      "xsignature", "xhubsignature", "autorization", "authorizaton", "xwsse",
                                      "xforwardeduser", "xremoteuser", "xuser"};
    if (std::ranges::any_of(exact, [&](const char *known) { return low == known; }))
        return true;
    return low.contains("apikey") || low.contains("accesskey") || low.contains("subscriptionkey")
        || low.contains("functionskey") || low.endsWith("token") || low.endsWith("apisecret") || low.endsWith("appkey")
        || low.endsWith("clientsecret") || low.endsWith("authkey") || low.endsWith("sessionid");
}

bool looksLikeCredentialKey(QByteArrayView name)
{
    const QByteArray low = squeezed(name);
    static constexpr std::array exact{"key", "apikey", "accesstoken", "token", "auth", "authtoken", "apitoken", "sig",
                                      "signature", "xamzsignature", "xamzcredential", "subscriptionkey", "appid",
                                      "password", "clientsecret", "bewit", "secret", "jwt", "idtoken", "authkey",
                                      "accesskey", "privatetoken", "sessionid", "hapikey", "xapikey", "appkey",
                                      "oauthtoken", "oauthsignature", "apisecret", "sas", "xgoogsignature"};
    return std::ranges::any_of(exact, [&](const char *known) { return low == known; }) || low.endsWith("apikey");
}

QList<NamedValue> splitForm(QByteArrayView text)
{
    QList<NamedValue> items;
    qsizetype begin = 0;
    while (begin <= text.size()) {
        qsizetype end = text.indexOf('&', begin);
        if (end < 0)
            end = text.size();
        const QByteArrayView item = text.sliced(begin, end - begin);
        const qsizetype equals = item.indexOf('=');
        if (!item.isEmpty()) {
            NamedValue named;
            const QByteArrayView name = equals < 0 ? item : item.first(equals);
            const QByteArrayView value = equals < 0 ? QByteArrayView() : item.sliced(equals + 1);
            named.name = formDecode(name);
            named.value = formDecode(value);
            named.raw = value.toByteArray();
            named.at = begin + (equals < 0 ? item.size() : equals + 1);
            items.append(named);
        }
        begin = end + 1;
    }
    return items;
}

QList<SentCredential> splitCookies(const Headers &headers)
{
    QList<SentCredential> cookies;
    for (const HeaderField &field : headers) {
        if (!field.is("Cookie"))
            continue;
        qsizetype begin = 0;
        while (begin < field.value.size()) {
            qsizetype end = field.value.indexOf(';', begin);
            if (end < 0)
                end = field.value.size();
            while (begin < end && field.value.at(begin) == ' ')
                ++begin;
            const qsizetype equals = field.value.indexOf('=', begin);
            if (equals > begin && equals < end) {
                SentCredential cookie{CredentialPlace::Cookie, field.value.mid(begin, equals - begin),
                                      field.value.mid(equals + 1, end - equals - 1)};
                cookie.range = partOf(field.valueRange, equals + 1, end - equals - 1);
                cookie.source = field.source;
                cookie.certain = looksLikeSessionCookie(cookie.name);
                cookies.append(cookie);
            }
            begin = end + 1;
        }
    }
    return cookies;
}

} // namespace realmscope
