// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/Redactor.h"

#include "app/auth/Challenge.h"
#include "app/base/Encoding.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype shortestNeedle = 4; // shorter strings occur by chance
constexpr qsizetype longSecret = 16;
constexpr QByteArrayView bullets("\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"); // U+2022, as mask() begins

// Names that carry a credential wherever they stand: header, query, form, JSON member. Lower case, without '-' and '_'.
bool isSecretName(QByteArrayView name)
{
    QByteArray plain;
    for (const char c : name) {
        if (c != '-' && c != '_' && c != '.')
            plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    static constexpr std::array exact{
        "apikey",       "xapikey",      "key",           "token",        "xauthtoken",    "authtoken",     "xaccesstoken",
        "accesstoken",  "refreshtoken", "idtoken",       "clientsecret", "password",      "passwd",        "pwd",
        "secret",       "sig",          "signature",     "xamzsignature", "xamzsecuritytoken", "code",     "codeverifier",
        "devicecode",   "assertion",    "clientassertion", "privatetoken", "jobtoken",    "xvaulttoken",   "sessionid",
        "sid",          "subscriptionkey", "ocpapimsubscriptionkey", "xgooglapikey", "xgoogapikey", "xfunctionskey",
        "authorization", "proxyauthorization", "dpop",   "xcsrftoken",   "csrftoken",     "xxsrftoken",    "secretkey",
        "xapitoken",    "apitoken",     "xauthkey",      "samlresponse", "subjecttoken",  "actortoken",    "registrationaccesstoken",
        "bewit",        "oauthsignature", "oauthtoken",  "oauthtokensecret", "oauthverifier", "xwsse",      "xgoogsignature",
        "pw",           "pass",         "pin",           "otp",          "totp",          "jwt",           "ticket",
        "hmac",         "session",      "xsession",      "connectionstring", "xwpnonce",  "passphrase",    "privatekey"};
    // "mfa_token", "stateToken", "SecretAccessKey", "DD-APPLICATION-KEY", "X-Custom-Secret".
    static constexpr std::array ends{"token", "secret", "password", "apikey", "secretkey", "secretaccesskey", "privatekey", "applicationkey", "appkey", "accesskey", "passphrase"};
    return std::ranges::any_of(exact, [&](const char *known) { return plain == known; })
        || std::ranges::any_of(ends, [&](const char *end) { return plain.endsWith(end); });
}

bool isSubstringOf(QByteArrayView needle, QByteArrayView text) { return text.indexOf(needle) >= 0; }

QByteArray jsonEscaped(const QByteArray &bytes)
{
    QByteArray out;
    for (const char c : bytes) {
        if (c == '"' || c == '\\' || c == '/')
            out += '\\';
        out += c;
    }
    return out;
}

bool isCookieHeader(QByteArrayView name) { return equalsIgnoreCase(name, "Cookie") || equalsIgnoreCase(name, "Set-Cookie"); }

bool isUrlHeader(QByteArrayView name)
{
    return equalsIgnoreCase(name, "Location") || equalsIgnoreCase(name, "Content-Location") || equalsIgnoreCase(name, "Referer")
        || equalsIgnoreCase(name, "Refresh") || equalsIgnoreCase(name, "Link");
}

bool isAuthorizationHeader(QByteArrayView name)
{
    return equalsIgnoreCase(name, "Authorization") || equalsIgnoreCase(name, "Proxy-Authorization");
}

// Parameters of an Authorization value that say nothing secret (Digest, Hawk, OAuth 1, SigV4 …).
bool isOpenParam(QByteArrayView name)
{
    static constexpr std::array open{"username", "username*", "realm",  "nonce",  "uri",       "algorithm",     "qop",
                                     "nc",       "cnonce",    "opaque", "response", "userhash", "id",           "ts",
                                     "ext",      "credential", "signedheaders", "oauth_consumer_key", "oauth_nonce",
                                     "oauth_timestamp", "oauth_signature_method", "oauth_version", "keyid", "headers",
                                     "created",  "expires"};
    return std::ranges::any_of(open, [&](const char *known) { return equalsIgnoreCase(name, known); });
}

// What headerValue() leaves of a Basic credential: the user name, or a key in its place.
bool isMaskedPair(QByteArrayView credentials)
{
    const qsizetype colon = credentials.lastIndexOf(':');
    return Redactor::isMask(colon < 0 ? credentials : colon == credentials.size() - 1 ? credentials.chopped(1) : credentials.sliced(colon + 1));
}

// Where the secret stands in a header value: ranges in it.
QList<MaskedRange> secretRanges(QByteArrayView name, const QByteArray &value, bool isNamed)
{
    QList<MaskedRange> ranges;
    if (value.isEmpty())
        return ranges;
    if (isAuthorizationHeader(name)) {
        const Challenge credentials = parseCredentials(value);
        if (!credentials.params.isEmpty()) {
            for (const AuthParam &param : credentials.params) {
                if (!isOpenParam(param.name))
                    ranges.append({param.valueRange, QString::fromUtf8(param.name)});
            }
            return ranges;
        }
        if (credentials.token68.isEmpty() || isMaskedPair(credentials.token68))
            return ranges;
        const qsizetype begin = value.lastIndexOf(credentials.token68);
        ranges.append({{std::max<qsizetype>(begin, 0), std::max<qsizetype>(begin, 0) + credentials.token68.size()},
                       u"credential"_s});
        return ranges;
    }
    if (isCookieHeader(name)) {
        const bool isSet = equalsIgnoreCase(name, "Set-Cookie");
        qsizetype begin = 0;
        while (begin < value.size()) {
            qsizetype end = value.indexOf(';', begin);
            if (end < 0)
                end = value.size();
            const qsizetype equals = value.indexOf('=', begin);
            // Without "=" all of it is a value (RFC 6265bis section 5.6).
            qsizetype from = equals >= 0 && equals < end ? equals + 1 : begin;
            while (from < end && value.at(from) == ' ')
                ++from;
            if (from < end)
                ranges.append({{from, end}, u"cookie value"_s});
            if (isSet)
                break; // the rest are attributes
            begin = end + 1;
        }
        return ranges;
    }
    if (isNamed || isSecretName(name)) {
        ranges.append({{0, value.size()}, u"credential"_s});
        return ranges;
    }
    // A credential by its first word, whatever the header is called.
    for (const char *word : {"Bearer ", "Basic ", "Token ", "ApiKey "}) {
        const qsizetype size = qsizetype(qstrlen(word));
        if (value.size() <= size || !equalsIgnoreCase(QByteArrayView(value).first(size), word))
            continue;
        QByteArray rest = value.mid(size).trimmed();
        while (rest.endsWith('='))
            rest.chop(1);
        // A challenge has parameters behind the word.
        if (std::ranges::all_of(rest, [](char c) { return c != ' ' && c != '=' && c != '"' && c != ','; }) && rest.size() >= 4)
            ranges.append({{size, value.size()}, u"credential"_s});
    }
    return ranges;
}

// Keys that their makers gave a form of its own, and JSON Web Tokens: secret wherever they stand, in a path for instance.
QList<MaskedRange> knownFormRanges(const QByteArray &text)
{
    QList<MaskedRange> ranges;
    static constexpr std::array starts{"xox", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "sk_live_", "sk_test_", "rk_live_", "sk-", "AIza", "bot", "eyJ", "SG.", "hooks.slack.com/"};
    if (std::ranges::none_of(starts, [&text](const char *start) { return text.contains(start); }))
        return ranges;
    static const QRegularExpression forms(
        u"\\b(xox[abeoprs]-[A-Za-z0-9-]{10,}|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{15,}|[sr]k_(?:live|test)_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{20,}"
        "|AIza[0-9A-Za-z_-]{30,}|(?<=bot)[0-9]{6,}:[A-Za-z0-9_-]{20,}|SG\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}|eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}\\.[A-Za-z0-9_-]{8,})"
        "|(?<=bot)[0-9]{6,}:[A-Za-z0-9_-]{20,}|(?<=hooks\\.slack\\.com/services/)[A-Za-z0-9/]{10,}"_s);
    for (auto it = forms.globalMatch(QString::fromLatin1(text)); it.hasNext();) { // Latin-1: a character for each byte
        const QRegularExpressionMatch match = it.next();
        ranges.append({{match.capturedStart(), match.capturedEnd()}, u"key"_s});
    }
    return ranges;
}

// Parts of a form (RFC 7578) and elements of XML: names and values.
QList<std::pair<QByteArray, QByteArray>> namedParts(const QByteArray &body)
{
    static const QRegularExpression part(u"name=\"([^\"\\r\\n]{1,80})\"[^\\r\\n]*\\r?\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n([^\\r\\n]{1,4000})\\r?\\n--"_s);
    static const QRegularExpression element(u"<(?:[A-Za-z0-9_-]+:)?([A-Za-z0-9_-]+)\\b[^<>]{0,400}>([^<>]{1,4000})</"_s);
    QList<std::pair<QByteArray, QByteArray>> found;
    const QString text = QString::fromLatin1(body); // a character for each byte
    for (auto it = (body.trimmed().startsWith('<') ? element : part).globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        found.append({match.captured(1).toLatin1(), match.captured(2).toLatin1()});
    }
    return found;
}

// A user name that is a key: Stripe and others take it with an empty password.
bool isKeyAsUser(QByteArrayView user)
{
    return user.size() >= 12 && std::ranges::any_of(user, [](char c) { return c >= '0' && c <= '9'; }) && !user.contains('@') && !user.contains(' ');
}

// name=value pairs between & (queries and forms): the ranges of secret values.
QList<MaskedRange> pairRanges(QByteArrayView text, qsizetype from, const QList<QByteArray> &names)
{
    QList<MaskedRange> ranges;
    qsizetype begin = from;
    while (begin < text.size()) {
        qsizetype end = begin;
        while (end < text.size() && text[end] != '&' && text[end] != '#' && text[end] != ' ')
            ++end;
        const qsizetype equals = text.sliced(begin, end - begin).indexOf('=');
        if (equals > 0) {
            const QByteArray name = formDecode(text.sliced(begin, equals));
            const bool isKnown = std::ranges::any_of(names, [&](const QByteArray &n) { return equalsIgnoreCase(n, name); });
            if ((isKnown || isSecretName(name)) && begin + equals + 1 < end)
                ranges.append({{begin + equals + 1, end}, QString::fromUtf8(name)});
        }
        if (end < text.size() && text[end] == ' ')
            break;
        begin = end + 1;
    }
    return ranges;
}

// "name": "value" members of JSON: the ranges of secret string values, without parsing (the text may be cut off).
QList<MaskedRange> memberRanges(QByteArrayView text, const QList<QByteArray> &names)
{
    QList<MaskedRange> ranges;
    qsizetype p = 0;
    while ((p = text.indexOf('"', p)) >= 0) {
        const qsizetype nameBegin = p + 1;
        qsizetype nameEnd = text.indexOf('"', nameBegin);
        if (nameEnd < 0)
            break;
        p = nameEnd + 1;
        if (nameEnd - nameBegin > 40)
            continue;
        qsizetype q = nameEnd + 1;
        while (q < text.size() && (text[q] == ' ' || text[q] == '\t' || text[q] == '\n' || text[q] == '\r'))
            ++q;
        if (q >= text.size() || text[q] != ':')
            continue;
        ++q;
        while (q < text.size() && (text[q] == ' ' || text[q] == '\t' || text[q] == '\n' || text[q] == '\r'))
            ++q;
        if (q >= text.size() || text[q] != '"')
            continue;
        const QByteArray name = text.sliced(nameBegin, nameEnd - nameBegin).toByteArray();
        qsizetype end = q + 1;
        while (end < text.size() && text[end] != '"')
            end += text[end] == '\\' ? 2 : 1;
        end = std::min(end, text.size());
        const bool isKnown = std::ranges::any_of(names, [&](const QByteArray &n) { return equalsIgnoreCase(n, name); });
        // "code" is an error code in most bodies ("code": "invalid_token"), a grant only where it is long and random.
        const bool isErrorCode = equalsIgnoreCase(name, "code") || equalsIgnoreCase(name, "key");
        const bool looksRandom = end - q - 1 >= 16 && !text.sliced(q + 1, end - q - 1).contains(' ')
            && !text.sliced(q + 1, end - q - 1).contains('_');
        if ((isKnown || isSecretName(name)) && end > q + 1 && (!isErrorCode || looksRandom || isKnown))
            ranges.append({{q + 1, end}, QString::fromUtf8(name)});
        p = end + 1;
    }
    return ranges;
}

QByteArray replaceRanges(const QByteArray &text, QList<MaskedRange> ranges)
{
    if (ranges.isEmpty())
        return text;
    std::ranges::sort(ranges, {}, [](const MaskedRange &r) { return r.range.begin; });
    QByteArray out;
    qsizetype at = 0;
    for (const MaskedRange &masked : ranges) {
        if (masked.range.begin < at)
            continue;
        out += QByteArrayView(text).sliced(at, masked.range.begin - at);
        out += Redactor::mask(QByteArrayView(text).sliced(masked.range.begin, masked.range.size())).toUtf8();
        at = masked.range.end;
    }
    out += QByteArrayView(text).sliced(at);
    return out;
}

void addUrlSecrets(const QByteArray &text, const QList<QByteArray> &names, QList<MaskedRange> &ranges)
{
    // user:password@ of every URL in the text
    qsizetype p = 0;
    while ((p = text.indexOf("://", p)) >= 0) {
        p += 3;
        qsizetype end = p;
        while (end < text.size() && !QByteArrayView("/?# \"'<>").contains(text.at(end)))
            ++end;
        const qsizetype at = text.lastIndexOf('@', end - 1);
        const qsizetype colon = text.indexOf(':', p);
        if (at >= p && at < end && colon >= p && colon < at)
            ranges.append({{colon + 1, at}, u"password"_s});
    }
    for (qsizetype question = text.indexOf('?'); question >= 0; question = text.indexOf('?', question + 1))
        ranges += pairRanges(text, question + 1, names);
    for (qsizetype hash = text.indexOf('#'); hash >= 0; hash = text.indexOf('#', hash + 1))
        ranges += pairRanges(text, hash + 1, names);
}

} // namespace

bool Redactor::isCredentialHeader(QByteArrayView name)
{
    return isAuthorizationHeader(name) || equalsIgnoreCase(name, "Cookie") || (isSecretName(name) && !equalsIgnoreCase(name, "code"));
}

bool Redactor::isMask(QByteArrayView text)
{
    if (!text.startsWith(bullets))
        return false;
    static const QRegularExpression rest(u"^(?:\\([0-9]{1,12} bytes(?:, ends \u2026[!-~]{2})?\\))?$"_s);
    return rest.match(QString::fromUtf8(text.sliced(bullets.size()))).hasMatch();
}

QString Redactor::mask(QByteArrayView secret)
{
    if (isMask(secret))
        return QString::fromUtf8(secret);
    if (secret.size() < longSecret)
        return u"••••"_s;
    const QByteArrayView tail = secret.last(2);
    const bool isPlain = std::ranges::all_of(tail, [](char c) { return c > 0x20 && c < 0x7f; });
    return isPlain ? u"••••(%1 bytes, ends …%2)"_s.arg(secret.size()).arg(QLatin1StringView(tail))
                   : u"••••(%1 bytes)"_s.arg(secret.size());
}

void Redactor::addSecret(const Secret &secret) { addNeedle(secret.revealBytes()); }

void Redactor::addNeedle(const QByteArray &raw)
{
    if (raw.size() < shortestNeedle || isMask(raw))
        return;
    const QByteArray trimmed = raw.trimmed();
    for (const QByteArray &form : {raw, trimmed, raw.toBase64(), raw.toBase64(QByteArray::OmitTrailingEquals), encodeBase64Url(raw),
                                   percentEncode(raw), formEncode(raw), jsonEscaped(raw), raw.toHex()}) {
        if (form.size() >= shortestNeedle && !m_needles.contains(form))
            m_needles.append(form);
    }
    std::ranges::sort(m_needles, std::ranges::greater{}, [](const QByteArray &n) { return n.size(); });
}

void Redactor::addBasicPair(const QString &user, const Secret &password)
{
    addSecret(password);
    const QByteArray pair = user.toUtf8() + ':' + password.revealBytes();
    addSecret(Secret(pair));
    addSecret(Secret(user.toLatin1() + ':' + password.revealText().toLatin1()));
}

void Redactor::addCredentialName(const QByteArray &name)
{
    // Signed schemes name what a redirect must not repeat; a time and a hash of the body are no secrets.
    static const QList<QByteArray> open{"date", "x-amz-date", "x-amz-content-sha256", "x-amz-region-set", "x-amz-algorithm", "x-amz-expires", "x-amz-signedheaders", "digest", "content-digest", "signature-input"};
    if (!name.isEmpty() && !m_names.contains(name) && !open.contains(name.toLower()))
        m_names.append(name);
}

void Redactor::learnFrom(const Trace &trace)
{
    const auto learnValue = [this](const QByteArray &value) { addNeedle(value); };
    for (const Exchange &exchange : trace.exchanges) {
        for (const HeaderField &field : exchange.request.headers) {
            const bool isNamed = std::ranges::any_of(m_names, [&](const QByteArray &n) { return field.is(n); });
            for (const MaskedRange &masked : secretRanges(field.name, field.value, isNamed))
                learnValue(field.value.sliced(masked.range.begin, masked.range.size()));
            if (isAuthorizationHeader(field.name)) {
                const Challenge credentials = parseCredentials(field.value);
                if (credentials.is("Basic")) {
                    // The password itself, too: servers echo it.
                    QByteArray text = credentials.token68;
                    if (const std::optional<QByteArray> decoded = decodeBase64(text.trimmed()))
                        text = *decoded;
                    const qsizetype colon = text.indexOf(':');
                    if (colon == text.size() - 1 && isKeyAsUser(QByteArrayView(text).first(colon)))
                        learnValue(text.left(colon));
                    if (colon >= 0) {
                        learnValue(text);
                        learnValue(text.mid(colon + 1));
                        learnValue(text.mid(colon + 1).trimmed());
                        learnValue(percentDecode(text.mid(colon + 1)));
                    }
                } else if (credentials.token68.contains(' ')) {
                    for (const QByteArray &word : credentials.token68.split(' ')) {
                        if (word.size() >= 8)
                            learnValue(word);
                    }
                }
            }
        }
        const QByteArray target = exchange.request.effectiveTarget();
        if (const qsizetype question = target.indexOf('?'); question >= 0) {
            for (const MaskedRange &masked : pairRanges(target, question + 1, m_names)) {
                const QByteArray value = target.sliced(masked.range.begin, masked.range.size());
                learnValue(value);
                learnValue(formDecode(value));
            }
        }
        const QByteArray &body = exchange.request.body;
        const QByteArray head = body.left(64 * 1024);
        const QByteArray type = exchange.request.headers.value("Content-Type").toLower();
        if (type.contains("form-urlencoded")) {
            for (const MaskedRange &masked : pairRanges(head, 0, m_names)) {
                const QByteArray value = head.sliced(masked.range.begin, masked.range.size());
                learnValue(value);
                learnValue(formDecode(value));
            }
        }
        for (const MaskedRange &masked : memberRanges(head, m_names))
            learnValue(head.sliced(masked.range.begin, masked.range.size()));
        for (const auto &[name, value] : type.startsWith("multipart/") || head.trimmed().startsWith('<') ? namedParts(head) : QList<std::pair<QByteArray, QByteArray>>()) {
            if (isSecretName(name))
                learnValue(value);
        }
        const QByteArray answer = exchange.response.body.head(64 * 1024);
        for (const MaskedRange &masked : memberRanges(answer, m_names))
            learnValue(answer.sliced(masked.range.begin, masked.range.size()));
        // A form is what OAuth 1.0 answers (RFC 5849 section 2.1), whatever type it names.
        const bool isForm = answer.contains('=') && !answer.contains('{') && !answer.contains('<') && !answer.trimmed().contains(' ');
        for (const MaskedRange &masked : isForm ? pairRanges(answer, 0, m_names) : QList<MaskedRange>()) {
            const QByteArray value = answer.sliced(masked.range.begin, masked.range.size());
            learnValue(value);
            learnValue(formDecode(value));
        }
        for (const HeaderField &field : exchange.response.headers) {
            for (const MaskedRange &masked : secretRanges(field.name, field.value, false))
                learnValue(field.value.sliced(masked.range.begin, masked.range.size()));
        }
    }
}

QByteArray Redactor::headerValue(const QByteArray &name, const QByteArray &value) const
{
    const bool isNamed = std::ranges::any_of(m_names, [&](const QByteArray &n) { return equalsIgnoreCase(n, name); });
    if (isAuthorizationHeader(name)) {
        const Challenge credentials = parseCredentials(value);
        if (credentials.is("Basic") && !credentials.token68.isEmpty()) {
            const std::optional<QByteArray> decoded = decodeBase64(credentials.token68.trimmed());
            const qsizetype colon = decoded ? decoded->indexOf(':') : -1;
            if (colon > 0 && colon == decoded->size() - 1 && isKeyAsUser(QByteArrayView(*decoded).first(colon)))
                return credentials.scheme + ' ' + mask(QByteArrayView(*decoded).first(colon)).toUtf8() + ':';
            if (colon > 0)
                return credentials.scheme + ' ' + displayText(decoded->left(colon)).toUtf8() + ":••••";
        }
    }
    QList<MaskedRange> ranges = secretRanges(name, value, isNamed);
    if (isUrlHeader(name))
        addUrlSecrets(value, m_names, ranges);
    if (!ranges.isEmpty())
        return text(replaceRanges(value, ranges));
    return text(value);
}

QByteArray Redactor::url(const QByteArray &urlBytes) const
{
    QList<MaskedRange> ranges;
    addUrlSecrets(urlBytes, m_names, ranges);
    QByteArray out = replaceRanges(urlBytes, ranges);
    out = replaceRanges(out, knownFormRanges(out));
    for (const QByteArray &needle : m_needles) {
        if (isSubstringOf(needle, out))
            out.replace(needle, mask(needle).toUtf8());
    }
    return out;
}

QByteArray Redactor::text(const QByteArray &bytes) const
{
    QList<MaskedRange> ranges = memberRanges(bytes, m_names);
    QByteArray out = replaceRanges(bytes, ranges);
    ranges.clear();
    addUrlSecrets(out, m_names, ranges);
    if (!out.contains(' ') && !out.contains('{') && out.contains('='))
        ranges += pairRanges(out, 0, m_names);
    out = replaceRanges(out, ranges);
    for (const QByteArray &needle : m_needles) {
        if (isSubstringOf(needle, out))
            out.replace(needle, mask(needle).toUtf8());
    }
    return replaceRanges(out, knownFormRanges(out));
}

QString Redactor::logLine(const QString &line)
{
    static const QRegularExpression header(u"\\b((?:proxy-)?authorization\\s*[:=]\\s*[\"']?(?:[A-Za-z][A-Za-z0-9-]*\\s+)?)((?=[^\\s\"']*[0-9])[^\\s\"']{6,})"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression cookie(u"\\b((?:set-)?cookie\\s*[:=]\\s*[\"']?)([^\"'\\r\\n]*=[^\"'\\r\\n]*)"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression pair(u"\\b([A-Za-z0-9_-]{0,30}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|session_?id|\\bsid)[\"']?\\s*=\\s*[\"']?)([^\\s\"'&,;]{3,})"_s, QRegularExpression::CaseInsensitiveOption);
    QString out = line;
    for (const QRegularExpression *pattern : {&header, &cookie, &pair})
        out.replace(*pattern, u"\\1••••"_s);
    return out;
}

QString Redactor::text(const QString &textValue) const { return QString::fromUtf8(text(textValue.toUtf8())); }

QList<MaskedRange> Redactor::ranges(const QByteArray &rawMessage, qsizetype formsWithin) const
{
    QList<MaskedRange> found;
    const qsizetype headEnd = rawMessage.indexOf("\r\n\r\n");
    const QByteArray head = headEnd < 0 ? rawMessage : rawMessage.left(headEnd);
    qsizetype begin = 0;
    bool isFirst = true;
    while (begin < head.size()) {
        qsizetype end = head.indexOf('\n', begin);
        if (end < 0)
            end = head.size();
        const qsizetype lineEnd = end > begin && head.at(end - 1) == '\r' ? end - 1 : end;
        const QByteArray line = head.sliced(begin, lineEnd - begin);
        QList<MaskedRange> inLine;
        qsizetype offset = begin;
        if (isFirst) {
            addUrlSecrets(line, m_names, inLine);
        } else if (line.startsWith(':')) { // a pseudo-header of HTTP/2, see Exchange::rawRequest; :path has the target
            addUrlSecrets(line, m_names, inLine);
        } else if (const qsizetype colon = line.indexOf(':'); colon > 0) {
            qsizetype valueBegin = colon + 1;
            while (valueBegin < line.size() && (line.at(valueBegin) == ' ' || line.at(valueBegin) == '\t'))
                ++valueBegin;
            const QByteArray name = line.left(colon).trimmed();
            const bool isNamed = std::ranges::any_of(m_names, [&](const QByteArray &n) { return equalsIgnoreCase(n, name); });
            const QByteArray value = line.mid(valueBegin);
            inLine = secretRanges(name, value, isNamed);
            if (isUrlHeader(name))
                addUrlSecrets(value, m_names, inLine);
            offset += valueBegin;
        }
        for (const MaskedRange &masked : inLine)
            found.append({{masked.range.begin + offset, masked.range.end + offset}, masked.what});
        isFirst = false;
        begin = end + 1;
    }
    if (headEnd >= 0) {
        const QByteArrayView body = QByteArrayView(rawMessage).sliced(headEnd + 4);
        QList<MaskedRange> inBody = memberRanges(body, m_names);
        if (!body.contains('{') && !body.contains(' ') && body.contains('='))
            inBody += pairRanges(body, 0, m_names);
        addUrlSecrets(body.toByteArray(), m_names, inBody);
        for (const MaskedRange &masked : inBody)
            found.append({{masked.range.begin + headEnd + 4, masked.range.end + headEnd + 4}, masked.what});
    }
    found += knownFormRanges(rawMessage.size() > formsWithin ? rawMessage.left(formsWithin) : rawMessage);
    for (const QByteArray &needle : m_needles) {
        for (qsizetype at = rawMessage.indexOf(needle); at >= 0; at = rawMessage.indexOf(needle, at + needle.size()))
            found.append({{at, at + needle.size()}, u"secret"_s});
    }
    // Sorted, overlapping ones joined.
    std::ranges::sort(found, {}, [](const MaskedRange &r) { return r.range.begin; });
    QList<MaskedRange> joined;
    for (const MaskedRange &masked : found) {
        if (isMask(QByteArrayView(rawMessage).sliced(masked.range.begin, masked.range.size())))
            continue;
        if (!joined.isEmpty() && masked.range.begin < joined.last().range.end)
            joined.last().range.end = std::max(joined.last().range.end, masked.range.end);
        else
            joined.append(masked);
    }
    return joined;
}

} // namespace realmscope
