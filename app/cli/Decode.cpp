// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Decode.h"

#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/base/Duration.h"
#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/http/SetCookie.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class Item
{
public:
    Item(const QString &kind, const QString &title) : m_kind(kind), m_title(title) {}
    void fact(const QString &name, const QJsonValue &value, const QString &remark = {})
    {
        QJsonObject json{{u"name"_s, name}, {u"value"_s, value}};
        if (!remark.isEmpty())
            json.insert(u"remark"_s, remark);
        m_facts.append(json);
    }
    void problem(const QString &text) { m_problems.append(text); }
    [[nodiscard]] QJsonObject json() const
    {
        return {{u"kind"_s, m_kind}, {u"title"_s, m_title}, {u"facts"_s, m_facts}, {u"problems"_s, m_problems}};
    }

private:
    QString m_kind;
    QString m_title;
    QJsonArray m_facts;
    QJsonArray m_problems;
};

class Decoder
{
public:
    Decoder(qint64 now, bool reveal, const KnownKeys &keys) : m_now(now), m_reveal(reveal), m_keys(keys) {}

    QList<QJsonObject> line(const QByteArray &text) const
    {
        // A whole header line?
        const qsizetype colon = text.indexOf(':');
        const QByteArray name = colon > 0 ? text.left(colon).trimmed().toLower() : QByteArray();
        const QByteArray value = text.mid(colon + 1).trimmed();
        if (name == "authorization" || name == "proxy-authorization")
            return {credentials(value)};
        if (name == "www-authenticate" || name == "proxy-authenticate")
            return challenges(value);
        if (name == "cookie")
            return {cookie(value)};
        if (name == "set-cookie")
            return {setCookie(value)};
        if (colon > 0 && isToken(name) && text.mid(colon + 1).startsWith(' '))
            return line(value); // a header of another name that carries a token
        return bare(text);
    }

private:
    [[nodiscard]] QString shown(const QByteArray &secret) const { return m_reveal ? displayText(secret) : Redactor::mask(secret); }

    QList<QJsonObject> bare(const QByteArray &text) const
    {
        if (decodeJwt(text))
            return {jwt(text, u"jwt"_s)};
        if (const QList<QJsonObject> items = jwsJson(text); !items.isEmpty())
            return items;
        if (const std::optional<QJsonObject> item = jws(text))
            return {*item};
        const qsizetype space = text.indexOf(' ');
        const QByteArray first = space > 0 ? text.left(space) : text;
        const bool hasPair = text.contains('=') && text.indexOf('=') < text.size() - 1;
        if (space > 0 && isToken(first) && !first.contains('=')) {
            const ChallengeList list = parseChallenges({text});
            const bool isChallenge = std::ranges::any_of(list.challenges, [](const Challenge &c) {
                return c.has("realm") && !c.has("response") && !c.has("oauth_signature") && !c.has("signature");
            }) || std::ranges::any_of(list.challenges, [](const Challenge &c) { return c.is("Bearer") && (c.has("error") || c.has("scope")); });
            return isChallenge ? challenges(text) : QList<QJsonObject>{credentials(text)};
        }
        if (hasPair && text.contains(';')) {
            static constexpr const char *attributes[] = {"path", "httponly", "secure", "max-age", "expires", "domain", "samesite"};
            const QList<QByteArray> parts = text.split(';');
            const bool isSet = std::ranges::any_of(parts.mid(1), [](const QByteArray &part) {
                const QByteArray key = part.trimmed().split('=').first().toLower();
                return std::ranges::any_of(attributes, [&](const char *known) { return key == known; });
            });
            return {isSet ? setCookie(text) : cookie(text)};
        }
        // The token68 of Basic, without the word?
        if (const std::optional<QByteArray> decoded = decodeBase64(text);
            decoded && decoded->contains(':') && isValidUtf8(*decoded)
            && std::ranges::all_of(*decoded, [](char c) { return uchar(c) >= 0x20 && c != 0x7f; }))
            return {basic(text, u"Base64 of user name and password, as Basic sends it"_s)};
        return {opaque(text)};
    }

    QJsonObject opaque(const QByteArray &text) const
    {
        Item item(u"opaque"_s, u"An opaque value: only the server knows what it means"_s);
        item.fact(u"value"_s, shown(text));
        item.fact(u"length"_s, text.size());
        checkInvisible(text, item);
        return item.json();
    }

    static void checkInvisible(const QByteArray &text, Item &item)
    {
        if (text.contains(' ') || text.contains('\t'))
            item.problem(u"it holds white space"_s);
        if (!std::ranges::all_of(text, [](char c) { return uchar(c) < 0x80; }))
            item.problem(u"it holds characters outside ASCII, perhaps invisible ones"_s);
        if (text.size() >= 2 && text.startsWith('"') && text.endsWith('"'))
            item.problem(u"it stands in quotes, which would be sent as well"_s);
    }

    QJsonObject basic(const QByteArray &token68, const QString &title) const
    {
        Item item(u"basic"_s, title);
        const std::optional<QByteArray> decoded = decodeBase64(token68);
        if (!decoded) {
            item.problem(u"it is no Base64"_s);
            return item.json();
        }
        const qsizetype colon = decoded->indexOf(':');
        if (colon < 0) {
            item.problem(u"the decoded value has no colon between user name and password"_s);
            item.fact(u"value"_s, shown(*decoded));
            return item.json();
        }
        const QByteArray password = decoded->mid(colon + 1);
        item.fact(u"user name"_s, displayText(decoded->left(colon)));
        item.fact(u"password"_s, shown(password));
        item.fact(u"charset"_s, isValidUtf8(*decoded) ? u"UTF-8"_s : u"not UTF-8"_s);
        if (decoded->endsWith('\n'))
            item.problem(u"the password ends with a line end: it was encoded along (echo without -n)"_s);
        else if (password != password.trimmed())
            item.problem(u"the password begins or ends with white space"_s);
        return item.json();
    }

    QJsonObject jwt(const QByteArray &token, const QString &kind, const QString &where = {}) const
    {
        const std::optional<DecodedJwt> decoded = decodeJwt(token);
        Item item(kind, (decoded->encrypted ? u"Encrypted JSON Web Token (JWE)"_s : u"JSON Web Token"_s) + where);
        for (const QString &name : decoded->header.keys())
            item.fact(u"header."_s + name, decoded->header.value(name));
        if (decoded->encrypted) {
            encryptedParts(token, *decoded, item);
            return item.json();
        }
        for (const QString &name : decoded->claims.keys())
            item.fact(name, decoded->claims.value(name), timeRemark(*decoded, name, item));
        item.fact(u"signature"_s, u"%1 bytes"_s.arg(decoded->signature.size()), signatureRemark(token, *decoded, item));
        if (decoded->algorithm().compare("none"_L1, Qt::CaseInsensitive) == 0)
            item.problem(u"alg is none: nothing protects this token"_s);
        return item.json();
    }

    // A JWS whose payload is no JSON, so no JWT (RFC 7515 section 3.1).
    std::optional<QJsonObject> jws(const QByteArray &text) const
    {
        const QList<QByteArray> parts = text.split('.');
        if (parts.size() != 3)
            return std::nullopt;
        const std::optional<QByteArray> head = decodeBase64Url(parts.at(0));
        const std::optional<QByteArray> payload = decodeBase64Url(parts.at(1));
        const std::optional<QByteArray> signature = decodeBase64Url(parts.at(2));
        DecodedJwt decoded;
        decoded.header = head ? QJsonDocument::fromJson(*head).object() : QJsonObject();
        if (!payload || !signature || !decoded.header.contains("alg"_L1))
            return std::nullopt;
        decoded.signature = *signature;
        Item item(u"jws"_s, u"Signed content (JWS); it is no JSON, so this is no JSON Web Token"_s);
        for (const QString &name : decoded.header.keys())
            item.fact(u"header."_s + name, decoded.header.value(name));
        item.fact(u"payload"_s, isValidUtf8(*payload) ? displayText(payload->left(400)) : u"%1 bytes that are no text"_s.arg(payload->size()));
        item.fact(u"signature"_s, u"%1 bytes"_s.arg(signature->size()), signatureRemark(text, decoded, item));
        if (decoded.algorithm().compare("none"_L1, Qt::CaseInsensitive) == 0)
            item.problem(u"alg is none: nothing protects it"_s);
        return item.json();
    }

    // The JSON forms of a JWS (RFC 7515 section 7.2): each signature as if it were compact.
    QList<QJsonObject> jwsJson(const QByteArray &text) const
    {
        const QJsonObject object = QJsonDocument::fromJson(text).object();
        const QByteArray payload = object.value("payload"_L1).toString().toLatin1();
        QJsonArray signatures = object.value("signatures"_L1).toArray();
        if (object.contains("signature"_L1))
            signatures.append(object);
        QList<QJsonObject> items;
        for (const QJsonValue &value : signatures) {
            const QJsonObject one = value.toObject();
            const QByteArray compact = one.value("protected"_L1).toString().toLatin1() + '.' + payload + '.' + one.value("signature"_L1).toString().toLatin1();
            if (decodeJwt(compact))
                items << jwt(compact, u"jwt"_s, u", in its JSON form"_s);
            else if (const std::optional<QJsonObject> item = jws(compact))
                items << *item;
        }
        return items;
    }

    // RFC 7516 section 3.1.
    static void encryptedParts(const QByteArray &token, const DecodedJwt &decoded, Item &item)
    {
        const QList<QByteArray> parts = token.split('.');
        static const std::array names{u"header"_s, u"encrypted key"_s, u"init. vector"_s, u"ciphertext"_s, u"auth. tag"_s};
        for (qsizetype i = 1; i < parts.size() && i < qsizetype(names.size()); ++i) {
            const std::optional<QByteArray> bytes = decodeBase64Url(parts.at(i));
            item.fact(names.at(size_t(i)), bytes ? u"%1 bytes"_s.arg(bytes->size()) : u"no base64url"_s);
            if (!bytes)
                item.problem(u"its %1 is no base64url"_s.arg(names.at(size_t(i))));
        }
        const QString algorithm = decoded.algorithm();
        const bool hasOwnKey = algorithm != "dir"_L1 && algorithm != "ECDH-ES"_L1; // RFC 7518 sections 4.5, 4.6: no encrypted key
        if (parts.size() > 1 && parts.at(1).isEmpty() == hasOwnKey)
            item.problem(hasOwnKey ? u"alg is %1, and there is no encrypted key"_s.arg(algorithm) : u"alg is %1, and there is an encrypted key all the same"_s.arg(algorithm));
        if (!decoded.header.contains("enc"_L1))
            item.problem(u"its header lacks enc, so nobody can say how the claims are encrypted"_s);
        item.problem(u"its claims are encrypted: only the one it is for can read them"_s);
    }

    QString signatureRemark(const QByteArray &token, const DecodedJwt &decoded, Item &item) const
    {
        if (!m_keys.from.isEmpty()) {
            const JwsCheck check = m_keys.key ? verifyJws(token, *m_keys.key) : verifyJws(token, m_keys.set);
            if (check.verdict == JwsVerdict::Valid)
                return check.keyId.isEmpty() ? u"right, by the key of %1"_s.arg(m_keys.from) : u"right, by the key %1 of %2"_s.arg(check.keyId, m_keys.from);
            item.problem(u"not verified with %1: %2"_s.arg(m_keys.from, check.text));
            return u"not verified"_s;
        }
        const bool hasCertificate = decoded.header.contains("x5c"_L1);
        if (!hasCertificate && !decoded.header.value("jwk"_L1).isObject())
            return u"not verified"_s;
        const QString what = hasCertificate ? u"the certificate in its own header (x5c)"_s : u"the key in its own header (jwk)"_s;
        const Result<JoseKey> key = hasCertificate ? keyFromX5c(decoded.header) : keyFromJwk(decoded.header.value("jwk"_L1).toObject());
        if (!key) {
            item.problem(key.error().message);
            return u"not verified"_s;
        }
        const JwsCheck check = verifyJws(token, *key);
        if (check.verdict == JwsVerdict::Valid)
            return u"fits %1, which anybody could have put there: not verified"_s.arg(what);
        item.problem(u"it does not fit %1: %2"_s.arg(what, check.text));
        return u"not verified"_s;
    }

    QString timeRemark(const DecodedJwt &token, const QString &claim, Item &item) const
    {
        if (claim != "exp"_L1 && claim != "nbf"_L1 && claim != "iat"_L1 && claim != "auth_time"_L1)
            return {};
        const std::optional<qint64> time = token.time(claim);
        if (!time) {
            item.problem(u"%1 is no number of seconds"_s.arg(claim));
            return {};
        }
        const QString date = QDateTime::fromSecsSinceEpoch(*time, Qt::UTC).toString(Qt::ISODate);
        const qint64 ago = m_now - *time;
        if (claim == "exp"_L1) {
            if (ago >= 0)
                item.problem(u"it expired %1 ago by this computer's clock"_s.arg(durationText(ago)));
            return ago >= 0 ? u"%1, %2 ago"_s.arg(date, durationText(ago)) : u"%1, in %2"_s.arg(date, durationText(-ago));
        }
        if (claim == "nbf"_L1 && ago < 0)
            item.problem(u"it is not valid before %1, in %2"_s.arg(date, durationText(-ago)));
        return ago >= 0 ? u"%1, %2 ago"_s.arg(date, durationText(ago)) : u"%1, in %2"_s.arg(date, durationText(-ago));
    }

    QJsonObject credentials(const QByteArray &value) const
    {
        const Challenge parsed = parseCredentials(value);
        if (parsed.is("Basic"))
            return basic(parsed.token68, u"Basic credentials (RFC 7617)"_s);
        if (parsed.scheme.isEmpty()) {
            if (decodeJwt(value))
                return jwt(value, u"jwt"_s, u", without a scheme word before it"_s);
            Item item(u"credentials"_s, u"A value without a scheme word"_s);
            item.fact(u"value"_s, shown(value));
            item.problem(u"an Authorization value begins with the scheme, for example Bearer (RFC 9110 section 11.4)"_s);
            return item.json();
        }
        if (parsed.params.isEmpty()) {
            if (decodeJwt(parsed.token68))
                return jwt(parsed.token68, parsed.scheme.toLower() == "bearer" ? u"bearer"_s : u"credentials"_s,
                           u" after the word "_s + displayText(parsed.scheme));
            Item item(parsed.is("Bearer") ? u"bearer"_s : u"credentials"_s, displayText(parsed.scheme) + u" with a token"_s);
            item.fact(u"token"_s, shown(parsed.token68));
            item.fact(u"length"_s, parsed.token68.size());
            checkInvisible(parsed.token68, item);
            addProblems(parsed, item);
            return item.json();
        }
        Item item(parsed.is("Digest") ? u"digest"_s : u"credentials"_s, displayText(parsed.scheme) + u" credentials"_s);
        for (const AuthParam &param : parsed.params)
            item.fact(displayText(param.name), isSecretParam(param.name) ? shown(param.value) : displayText(param.value));
        addProblems(parsed, item);
        return item.json();
    }

    static bool isSecretParam(const QByteArray &name)
    {
        static constexpr const char *open[] = {"username", "username*", "realm", "nonce", "uri", "qop", "nc", "cnonce", "algorithm",
                                               "opaque", "userhash", "charset", "keyid", "headers", "signedheaders", "id", "ts",
                                               "oauth_consumer_key", "oauth_nonce", "oauth_timestamp", "oauth_version",
                                               "oauth_signature_method"};
        return std::ranges::none_of(open, [&](const char *known) { return equalsIgnoreCase(name, known); });
    }

    static void addProblems(const Challenge &challenge, Item &item)
    {
        for (const ChallengeProblem &problem : challenge.problems)
            item.problem(problem.text);
    }

    static QList<QJsonObject> challenges(const QByteArray &value)
    {
        const ChallengeList list = parseChallenges({value});
        QList<QJsonObject> items;
        for (const Challenge &challenge : list.challenges) {
            Item item(u"challenge"_s, displayText(challenge.scheme) + u" challenge: what the server asks for"_s);
            if (!challenge.token68.isEmpty())
                item.fact(u"token68"_s, displayText(challenge.token68));
            for (const AuthParam &param : challenge.params)
                item.fact(displayText(param.name), displayText(param.value));
            addProblems(challenge, item);
            items.append(item.json());
        }
        if (!list.problems.isEmpty() || items.isEmpty()) {
            Item item(u"challenge"_s, u"What could not be read as a challenge"_s);
            for (const ChallengeProblem &problem : list.problems)
                item.problem(problem.text);
            if (items.isEmpty())
                item.problem(u"there is no challenge in it"_s);
            items.append(item.json());
        }
        return items;
    }

    void cookiePair(const QByteArray &pair, Item &item) const
    {
        const qsizetype equals = pair.indexOf('=');
        if (equals < 0) {
            item.problem(u"a cookie without ="_s);
            return;
        }
        const QByteArray value = pair.mid(equals + 1);
        item.fact(displayText(pair.left(equals).trimmed()), shown(value), decodeJwt(value) ? u"a JSON Web Token"_s : QString());
    }

    QJsonObject cookie(const QByteArray &value) const
    {
        Item item(u"cookie"_s, u"Cookies"_s);
        for (const QByteArray &pair : value.split(';')) {
            if (!pair.trimmed().isEmpty())
                cookiePair(pair.trimmed(), item);
        }
        return item.json();
    }

    QJsonObject setCookie(const QByteArray &value) const
    {
        Item item(u"set-cookie"_s, u"A cookie that the server sets"_s);
        const QList<QByteArray> parts = value.split(';');
        cookiePair(parts.first().trimmed(), item);
        bool isSecure = false;
        bool isHttpOnly = false;
        for (const QByteArray &part : parts.mid(1)) {
            const QByteArray text = part.trimmed();
            const qsizetype equals = text.indexOf('=');
            const QByteArray name = equals < 0 ? text : text.left(equals);
            isSecure = isSecure || equalsIgnoreCase(name, "Secure");
            isHttpOnly = isHttpOnly || equalsIgnoreCase(name, "HttpOnly");
            if (!name.isEmpty())
                item.fact(displayText(name), equals < 0 ? QJsonValue(true) : QJsonValue(displayText(text.mid(equals + 1))));
        }
        const SetCookie read = parseSetCookie(value);
        if (read.isIgnored())
            item.problem(u"a client ignores the whole: %1"_s.arg(read.fault.text));
        for (const CookieDeviation &deviation : read.deviations)
            item.problem(deviation.text);
        if (!isSecure)
            item.problem(u"without Secure it also goes over plain HTTP"_s);
        if (!isHttpOnly)
            item.problem(u"without HttpOnly scripts can read it"_s);
        return item.json();
    }

    qint64 m_now;
    bool m_reveal;
    const KnownKeys &m_keys;
};

} // namespace

Result<QJsonArray> decodeText(QByteArrayView text, qint64 nowSeconds, bool reveal, const KnownKeys &keys)
{
    const Decoder decoder(nowSeconds, reveal, keys);
    QJsonArray items;
    for (const QByteArray &line : text.toByteArray().split('\n')) {
        if (line.trimmed().isEmpty())
            continue;
        for (const QJsonObject &item : decoder.line(line.trimmed()))
            items.append(item);
    }
    if (items.isEmpty())
        return Error{ErrorCode::InvalidInput, u"there is nothing to decode on standard input"_s, {},
                     u"Pipe a token, an Authorization value, a challenge or a cookie into it."_s};
    return items;
}

} // namespace realmscope
