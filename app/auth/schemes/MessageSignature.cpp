// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/MessageSignature.h"

#include "app/auth/Challenge.h"
#include "app/auth/Jose.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"
#include "app/base/StructuredField.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error messageSignatureInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, u"HTTP signature: "_s + message, {}, action}; }

// Structured field string (RFC 8941 section 3.3.3).
QByteArray sfString(const QByteArray &text)
{
    QByteArray out = text;
    return '"' + out.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
}

// Reads components from a text where names may be quoted; stops at `end`.
class ComponentReader
{
public:
    explicit ComponentReader(QByteArrayView text) : m_text(text) {}

    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    void skip() { ++m_at; }
    void skipSpace(bool commas)
    {
        while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r' || (commas && peek() == ',')))
            ++m_at;
    }
    QByteArray quoted()
    {
        QByteArray out;
        for (skip(); !atEnd() && peek() != '"'; skip()) {
            if (peek() == '\\')
                skip();
            if (!atEnd())
                out += peek();
        }
        m_isGood = m_isGood && !atEnd();
        skip();
        return out;
    }
    QByteArray word()
    {
        QByteArray out;
        while (!atEnd() && !QByteArrayView(" \t\r\n,;()=\"").contains(peek())) {
            out += peek();
            skip();
        }
        m_isGood = m_isGood && !out.isEmpty();
        return out;
    }
    // ;name, ;name="text", ;name=word
    QList<std::pair<QByteArray, QByteArray>> parameters()
    {
        QList<std::pair<QByteArray, QByteArray>> found;
        while (m_isGood && peek() == ';') {
            skip();
            skipSpace(false);
            const QByteArray name = word();
            QByteArray value;
            if (peek() == '=') {
                skip();
                value = peek() == '"' ? quoted() : word();
            }
            found.append({name, value});
        }
        return found;
    }
    SignedComponent component()
    {
        SignedComponent made;
        made.name = (peek() == '"' ? quoted() : word()).toLower();
        made.parameters = parameters();
        // Section 2.2.8: the name stands percent-encoded, with %20 for a space.
        for (auto &[key, value] : made.parameters) {
            if (made.name == "@query-param" && key == "name")
                value = formEncode(percentDecode(value)).replace("+", "%20");
        }
        return made;
    }
    [[nodiscard]] bool isGood() const { return m_isGood; }

private:
    QByteArrayView m_text;
    qsizetype m_at = 0;
    bool m_isGood = true;
};

QByteArray componentAuthority(const Request &request)
{
    // Section 2.2.3: lower case, without the scheme's default port.
    QByteArray host = request.headers.value("Host").trimmed().toLower();
    if (host.isEmpty())
        host = request.url.hostHeader();
    const QByteArray port = ':' + QByteArray::number(defaultPort(request.url.scheme));
    if (host.endsWith(port))
        host.chop(port.size());
    return host;
}

Result<QByteArray> componentValue(const Request &request, const SignedComponent &component)
{
    const QByteArray &name = component.name;
    // Section 2.5: a parameter that is not understood, or does not belong there, is an error.
    for (const auto &[key, value] : component.parameters) {
        const bool belongs = name == "@query-param" ? key == "name" : !name.startsWith('@');
        if (!belongs)
            return messageSignatureInvalid(u"%1 has no parameter %2 in a request"_s.arg(QString::fromUtf8(name), QString::fromUtf8(key)), u"Leave it out."_s);
    }
    if (name == "@method")
        return request.method;
    if (name == "@target-uri")
        return request.url.scheme.toLatin1() + "://" + componentAuthority(request) + request.effectiveTarget();
    if (name == "@authority")
        return componentAuthority(request);
    if (name == "@scheme")
        return request.url.scheme.toLatin1();
    if (name == "@request-target")
        return request.effectiveTarget();
    if (name == "@path")
        return targetPath(request);
    if (name == "@query")
        return '?' + targetQuery(request);
    if (name == "@query-param") {
        const auto wanted = std::ranges::find_if(component.parameters, [](const auto &p) { return p.first == "name"; });
        if (wanted == component.parameters.end())
            return messageSignatureInvalid(u"@query-param says no name"_s, u"Write it as @query-param;name=\"page\"."_s);
        // Section 2.2.8: decoded as a form, and encoded again with %20.
        QList<QByteArray> values;
        for (const auto &[key, value] : formPairs(targetQuery(request))) {
            if (key == percentDecode(wanted->second))
                values << formEncode(QString::fromUtf8(value).toUtf8()).replace("+", "%20");
        }
        if (values.size() != 1)
            return messageSignatureInvalid(values.isEmpty() ? u"the query has no parameter %1"_s.arg(QString::fromUtf8(wanted->second))
                                            : u"the query has the parameter %1 more than once, which can't be signed"_s.arg(QString::fromUtf8(wanted->second)),
                           u"Leave it out of the components, or correct the query."_s);
        return values.first();
    }
    if (name.startsWith('@'))
        return messageSignatureInvalid(u"there is no component %1 in a request"_s.arg(QString::fromUtf8(name)),
                       u"Use @method, @target-uri, @authority, @scheme, @request-target, @path, @query, @query-param or a header name."_s);
    const QList<QByteArray> lines = request.headers.values(name);
    if (lines.isEmpty())
        return messageSignatureInvalid(u"the request has no header %1"_s.arg(QString::fromUtf8(name)), u"Add the header, or leave it out of the components."_s);
    bool asBytes = false, isStrict = false;
    std::optional<QByteArray> member;
    for (const auto &[key, value] : component.parameters) {
        if (key == "bs")
            asBytes = true;
        else if (key == "sf")
            isStrict = true;
        else if (key == "key")
            member = value;
        else
            return Error{ErrorCode::Unsupported, u"HTTP signature: the parameter %1 of %2 is not supported"_s.arg(QString::fromUtf8(key), QString::fromUtf8(name)), {},
                         u"Sign the header as it is."_s};
    }
    // Section 2.1.3: as bytes it is not read as a structure.
    if (asBytes && (isStrict || member))
        return messageSignatureInvalid(u"%1 can't be signed as bytes and as a structure at once"_s.arg(QString::fromUtf8(name)), u"Leave out bs, or sf and key."_s);
    QList<QByteArray> values;
    for (const QByteArray &line : lines) {
        const QByteArray value = line.contains('\n') ? line.simplified() : line.trimmed(); // obs-fold becomes one space
        values << (asBytes ? ':' + value.toBase64() + ':' : value);
    }
    const QByteArray joined = values.join(", ");
    // Sections 2.1.1 and 2.1.2.
    const std::optional<QByteArray> structure = member ? structuredDictionaryMember(joined, *member) : isStrict ? canonicalStructuredField(joined) : joined;
    if (!structure)
        return messageSignatureInvalid(member ? u"the header %1 is no dictionary with the member %2"_s.arg(QString::fromUtf8(name), displayText(*member))
                                              : u"the header %1 is no structured field"_s.arg(QString::fromUtf8(name)),
                                       u"Sign the header as it is."_s);
    return *structure;
}

struct MessageSignatureAlgorithm
{
    const char *name;
    bool isHmac;
    SignatureAlgorithm signature;
    const char *curve;
};
// The registry of section 6.2.
constexpr std::array messageSignatureAlgorithms{MessageSignatureAlgorithm{"rsa-pss-sha512", false, {SignatureForm::RsaPss, HashAlgorithm::Sha512}, ""},
                                MessageSignatureAlgorithm{"rsa-v1_5-sha256", false, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha256}, ""},
                                MessageSignatureAlgorithm{"hmac-sha256", true, {SignatureForm::RsaPkcs1, HashAlgorithm::Sha256}, ""},
                                MessageSignatureAlgorithm{"ecdsa-p256-sha256", false, {SignatureForm::EcdsaRaw, HashAlgorithm::Sha256}, "P-256"},
                                MessageSignatureAlgorithm{"ecdsa-p384-sha384", false, {SignatureForm::EcdsaRaw, HashAlgorithm::Sha384}, "P-384"},
                                MessageSignatureAlgorithm{"ed25519", false, {SignatureForm::EdDsa, HashAlgorithm::Sha512}, ""}};

const MessageSignatureAlgorithm *messageSignatureAlgorithmOf(const FieldValues &values)
{
    const auto *it = std::ranges::find_if(messageSignatureAlgorithms, [&](const MessageSignatureAlgorithm &a) { return values.text(u"algorithm"_s) == QLatin1StringView(a.name); });
    return it == messageSignatureAlgorithms.end() ? nullptr : it;
}

Result<JoseKey> messageSignatureKeyOf(const FieldValues &values)
{
    const MessageSignatureAlgorithm *algorithm = messageSignatureAlgorithmOf(values);
    const Secret text = values.secret(u"key"_s);
    if (algorithm && algorithm->isHmac) {
        JoseKey key;
        key.symmetric = text;
        if (values.text(u"key-encoding"_s) == "base64"_L1) {
            const std::optional<QByteArray> bytes = decodeBase64(text.revealBytes().trimmed());
            if (!bytes || bytes->isEmpty())
                return messageSignatureInvalid(u"Key is not Base64"_s, u"Correct it, or say that the shared secret is text."_s);
            key.symmetric = Secret(*bytes);
        }
        return key;
    }
    Result<JoseKey> key = privateKeyFromText(u"HTTP signature: Key"_s, text, values.secret(u"passphrase"_s));
    if (!key || !algorithm)
        return key;
    const bool fits = !key->asymmetric.isNull() && key->asymmetric.fits(algorithm->signature)
        && (QByteArrayView(algorithm->curve).isEmpty() || key->asymmetric.curve() == algorithm->curve)
        && (QByteArrayView(algorithm->name) != "ed25519" || key->asymmetric.type() == KeyType::Ed25519);
    if (!fits)
        return messageSignatureInvalid(u"%1 does not go with a key of the kind %2"_s.arg(QString::fromLatin1(algorithm->name),
                                                                       key->asymmetric.isNull() ? u"shared secret"_s : key->asymmetric.description()),
                       u"Choose the algorithm for the key, or another key."_s);
    return key;
}

class MessageSignatureFlow final : public AuthFlow
{
public:
    explicit MessageSignatureFlow(AuthContext context) : m_context(std::move(context)) {}

    void setRequest(const Request &request) override { m_context.request = request; }

    Step next(const Exchange *last) override
    {
        const FieldValues &values = m_context.values;
        if (!last) {
            const Result<QList<SignedComponent>> components = parseComponents(values.text(u"components"_s));
            if (!components)
                return FailedStep{components.error()};
            WantedSignature wanted;
            wanted.label = values.text(u"label"_s).isEmpty() ? "sig1"_ba : values.text(u"label"_s).toLatin1();
            wanted.components = *components;
            wanted.created = values.text(u"created"_s) != "false"_L1;
            wanted.expires = !values.text(u"expires"_s).isEmpty();
            wanted.nonce = values.flag(u"nonce"_s);
            wanted.algorithm = values.text(u"send-algorithm"_s) != "false"_L1;
            wanted.tag = values.text(u"tag"_s).toUtf8();
            return send(wanted, {});
        }
        // Section 5: the server says which signature it wants.
        if (last->response.status >= 400 && !m_isAsked && last->response.headers.contains("Accept-Signature")) {
            m_isAsked = true;
            const QList<WantedSignature> members = parseAcceptSignature(last->response.headers.combined("Accept-Signature"));
            if (members.isEmpty())
                return DoneStep{u"the server's Accept-Signature can't be read"_s, true};
            // Section 5.2: those that can't be made are passed over.
            QString why;
            for (const WantedSignature &wanted : members) {
                if (const QString problem = whyNot(wanted); !problem.isEmpty()) {
                    why = problem;
                    continue;
                }
                Step step = send(wanted, u"again, with the components that the server asks for (Accept-Signature)"_s);
                if (!std::holds_alternative<FailedStep>(step))
                    return step;
                why = std::get<FailedStep>(step).error.message;
            }
            return DoneStep{u"no signature that the server asks for can be made: %1"_s.arg(why), true};
        }
        return DoneStep{};
    }

private:
    // What the server wants and this profile has not; empty: nothing.
    [[nodiscard]] QString whyNot(const WantedSignature &wanted) const
    {
        const QByteArray own = m_context.values.text(u"key-id"_s).toUtf8();
        if (!wanted.keyId.isEmpty() && !own.isEmpty() && wanted.keyId != own)
            return u"the key %1, and the profile has %2"_s.arg(displayText(wanted.keyId.left(60)), displayText(own));
        const MessageSignatureAlgorithm *algorithm = messageSignatureAlgorithmOf(m_context.values);
        if (!wanted.algorithmValue.isEmpty() && algorithm && wanted.algorithmValue != algorithm->name)
            return u"the algorithm %1, and the profile has %2"_s.arg(displayText(wanted.algorithmValue.left(60)), QLatin1StringView(algorithm->name));
        return {};
    }

    Step send(const WantedSignature &wanted, const QString &label)
    {
        const FieldValues &values = m_context.values;
        const Result<JoseKey> key = messageSignatureKeyOf(values);
        if (!key)
            return FailedStep{key.error()};
        const MessageSignatureAlgorithm *algorithm = messageSignatureAlgorithmOf(values);
        SignatureParameters parameters;
        parameters.components = wanted.components;
        const qint64 now = m_context.clock->nowSeconds();
        if (wanted.created)
            parameters.created = now;
        if (wanted.expires) {
            const int seconds = values.text(u"expires"_s).toInt();
            parameters.expires = now + (seconds > 0 ? seconds : 300);
        }
        if (wanted.nonce)
            parameters.nonce = wanted.nonceValue.isEmpty() ? m_context.random->bytes(16).toBase64() : wanted.nonceValue;
        if (wanted.algorithm)
            parameters.algorithm = algorithm->name;
        parameters.keyId = values.text(u"key-id"_s).isEmpty() ? wanted.keyId : values.text(u"key-id"_s).toUtf8();
        parameters.tag = wanted.tag;
        SendStep step;
        step.request = m_context.request;
        step.label = label;
        step.carriesCredential = true;
        const bool coversDigest = std::ranges::any_of(parameters.components, [](const SignedComponent &c) { return c.name == "content-digest"; });
        if (coversDigest && !step.request.headers.contains("Content-Digest")) {
            const bool isLong = values.text(u"digest"_s) == "sha-512"_L1;
            step.request.headers.append("Content-Digest"_ba,
                                        (isLong ? "sha-512=:" : "sha-256=:")
                                            + hash(isLong ? HashAlgorithm::Sha512 : HashAlgorithm::Sha256, step.request.body).toBase64() + ':',
                                        HeaderSource::Profile);
        }
        const Result<QByteArray> base = signatureBase(step.request, parameters);
        if (!base)
            return FailedStep{base.error()};
        const Result<QByteArray> signature = algorithm->isHmac ? Result<QByteArray>(hmac(HashAlgorithm::Sha256, key->symmetric.reveal(), *base))
                                                               : key->asymmetric.sign(algorithm->signature, *base);
        if (!signature)
            return FailedStep{signature.error()};
        // Section 4.3: others' signatures stay, each under its own label.
        const QByteArray inputs = step.request.headers.combined("Signature-Input"), signatures = step.request.headers.combined("Signature");
        for (const QByteArray &member : splitList(inputs)) {
            if (member.startsWith(wanted.label + '='))
                return FailedStep{{ErrorCode::InvalidInput, u"HTTP signature: there is a signature of the label %1 already"_s.arg(QString::fromLatin1(wanted.label)), {},
                                   u"Give this one another label."_s}};
        }
        const auto behind = [](const QByteArray &others) { return others.isEmpty() ? QByteArray() : others + ", "; };
        step.request.headers.set("Signature-Input"_ba, behind(inputs) + wanted.label + '=' + parameters.serialized(), HeaderSource::Profile);
        step.request.headers.set("Signature"_ba, behind(signatures) + wanted.label + "=:" + signature->toBase64() + ':', HeaderSource::Profile);
        step.derivation = {{u"signature base"_s, *base, false}, {u"signature"_s, signature->toBase64(), false}};
        return step;
    }

    AuthContext m_context;
    bool m_isAsked = false;
};

class MessageSignatureScheme final : public AuthScheme
{
public:
    QString id() const override { return u"http-signature"_s; }
    QString whenItFails() const override
    {
        return u"Compare the signature base in the Auth tab with the server's: method, authority and path as it sees them. Does it ask for other components (Accept-Signature), another key ID or algorithm? Content-Digest is over the bytes sent."_s;
    }
    QString title() const override { return u"HTTP Message Signature"_s; }
    QString summary() const override { return u"Signs the parts of the request that you name, in the headers Signature-Input and Signature."_s; }
    QString safety() const override
    {
        return u"Only what is named is protected: cover method, target and, with a body, content-digest; with created an old signature can be refused."_s;
    }
    QStringList sources() const override { return {u"RFC 9421"_s, u"RFC 9530 (Content-Digest)"_s}; }
    QList<SchemeField> fields() const override
    {
        QList<FieldChoice> choices;
        for (const MessageSignatureAlgorithm &algorithm : messageSignatureAlgorithms)
            choices.append({QString::fromLatin1(algorithm.name), QString::fromLatin1(algorithm.name)});
        return {{.id = u"key-id"_s, .label = u"Key ID"_s},
                {.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .required = true, .defaultValue = u"ed25519"_s, .choices = choices},
                {.id = u"key"_s, .label = u"Key"_s, .kind = FieldKind::Secret, .required = true,
                 .help = u"hmac: the shared secret. Others: the private key in PEM or as a JWK."_s},
                {.id = u"passphrase"_s, .label = u"Passphrase of the key"_s, .kind = FieldKind::Secret},
                {.id = u"key-encoding"_s, .label = u"The shared secret is"_s, .kind = FieldKind::Choice, .defaultValue = u"text"_s,
                 .choices = {{u"text"_s, u"Text"_s}, {u"base64"_s, u"Base64"_s}}},
                {.id = u"components"_s, .label = u"Components"_s, .required = true, .defaultValue = u"@method @target-uri content-digest"_s,
                 .help = u"Names of headers and derived components (@method, @target-uri, @authority, @scheme, @path, @query, @query-param;name=\"x\")."_s},
                {.id = u"digest"_s, .label = u"Content-Digest"_s, .kind = FieldKind::Choice, .defaultValue = u"sha-256"_s,
                 .choices = {{u"sha-256"_s, u"SHA-256"_s}, {u"sha-512"_s, u"SHA-512"_s}}},
                {.id = u"created"_s, .label = u"Say when it was made (created)"_s, .kind = FieldKind::Flag, .defaultValue = u"true"_s},
                {.id = u"expires"_s, .label = u"Expires after"_s, .help = u"Seconds; empty: no expires."_s},
                {.id = u"nonce"_s, .label = u"Add a nonce"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s},
                {.id = u"send-algorithm"_s, .label = u"Say the algorithm (alg)"_s, .kind = FieldKind::Flag, .defaultValue = u"true"_s},
                {.id = u"tag"_s, .label = u"Tag"_s},
                {.id = u"label"_s, .label = u"Label"_s, .defaultValue = u"sig1"_s}};
    }
    bool goesAlong() const override { return true; }
    bool coversOthers() const override { return true; }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"signature"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const QString &id : {u"key-id"_s, u"tag"_s, u"label"_s}) {
            const QString text = values.text(id);
            if (!std::ranges::all_of(text, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; }))
                return messageSignatureInvalid(u"%1 holds a character outside printable ASCII"_s.arg(id), u"Structured fields allow no others."_s);
        }
        bool ok = false;
        if (const QString expires = values.text(u"expires"_s); !expires.isEmpty() && (expires.toInt(&ok) < 1 || !ok))
            return messageSignatureInvalid(u"the expiry \"%1\" is not a number of seconds"_s.arg(expires), u"Write for example 300, or leave it empty."_s);
        if (const Result<QList<SignedComponent>> components = parseComponents(values.text(u"components"_s)); !components)
            return components.error();
        if (const Result<JoseKey> key = messageSignatureKeyOf(values); !key)
            return key.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<MessageSignatureFlow>(std::move(context));
    }
};

} // namespace

QByteArray SignedComponent::identifier() const
{
    QByteArray out = sfString(name);
    for (const auto &[key, value] : parameters)
        out += ';' + key + (value.isNull() ? QByteArray() : '=' + sfString(value));
    return out;
}

Result<QList<SignedComponent>> parseComponents(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    ComponentReader reader(bytes);
    QList<SignedComponent> components;
    for (reader.skipSpace(true); !reader.atEnd() && reader.isGood(); reader.skipSpace(true)) {
        components.append(reader.component());
        const QByteArray id = components.last().identifier();
        if (std::ranges::count_if(components, [&](const SignedComponent &c) { return c.identifier() == id; }) > 1)
            return messageSignatureInvalid(u"the component %1 is named twice"_s.arg(QString::fromUtf8(id)), u"Name it once; a signature with it twice is invalid."_s);
    }
    if (!reader.isGood())
        return messageSignatureInvalid(u"the list of components can't be read: %1"_s.arg(text), u"Write names with spaces between, for example @method @path content-digest."_s);
    return components;
}

QByteArray SignatureParameters::serialized() const
{
    QByteArray out = "(";
    for (const SignedComponent &component : components)
        out += (out.size() == 1 ? "" : " ") + component.identifier();
    out += ')';
    if (created)
        out += ";created=" + QByteArray::number(*created);
    if (expires)
        out += ";expires=" + QByteArray::number(*expires);
    if (!nonce.isEmpty())
        out += ";nonce=" + sfString(nonce);
    if (!keyId.isEmpty())
        out += ";keyid=" + sfString(keyId);
    if (!algorithm.isEmpty())
        out += ";alg=" + sfString(algorithm);
    if (!tag.isEmpty())
        out += ";tag=" + sfString(tag);
    return out;
}

Result<QByteArray> signatureBase(const Request &request, const SignatureParameters &parameters)
{
    QByteArray out;
    for (const SignedComponent &component : parameters.components) {
        const Result<QByteArray> value = componentValue(request, component);
        if (!value)
            return value.error();
        out += component.identifier() + ": " + *value + '\n';
    }
    return out + "\"@signature-params\": " + parameters.serialized();
}

QList<WantedSignature> parseAcceptSignature(const QByteArray &value)
{
    QList<WantedSignature> members;
    ComponentReader reader(value);
    for (reader.skipSpace(true); !reader.atEnd(); reader.skipSpace(true)) {
        WantedSignature wanted;
        wanted.label = reader.word();
        if (reader.peek() != '=')
            return members;
        reader.skip();
        if (reader.peek() != '(')
            return members;
        reader.skip();
        for (reader.skipSpace(false); reader.peek() != ')' && !reader.atEnd() && reader.isGood(); reader.skipSpace(false))
            wanted.components.append(reader.component());
        if (reader.peek() != ')' || !reader.isGood())
            return members;
        reader.skip();
        for (const auto &[name, text] : reader.parameters()) {
            if (name == "created") {
                wanted.created = true;
            } else if (name == "expires") {
                wanted.expires = true;
            } else if (name == "nonce") {
                wanted.nonce = true;
                wanted.nonceValue = text;
            } else if (name == "alg") {
                wanted.algorithm = true;
                wanted.algorithmValue = text;
            } else if (name == "keyid") {
                wanted.keyId = text;
            } else if (name == "tag") {
                wanted.tag = text;
            }
        }
        members.append(wanted);
    }
    return members;
}

std::unique_ptr<AuthScheme> makeMessageSignatureScheme() { return std::make_unique<MessageSignatureScheme>(); }

} // namespace realmscope
