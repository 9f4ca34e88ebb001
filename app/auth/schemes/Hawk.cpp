// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Hawk.h"

#include "app/auth/Challenge.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"
#include "app/http/TargetUri.h"

using namespace Qt::StringLiterals;

namespace realmscope {

QByteArray hawkNormalized(const QByteArray &type, const HawkInput &input)
{
    QByteArray ext = input.ext;
    ext.replace("\\", "\\\\").replace("\n", "\\n");
    QByteArray text = "hawk.1." + type + '\n' + input.timestamp + '\n' + input.nonce + '\n' + input.method + '\n' + input.target + '\n' + input.host + '\n'
        + QByteArray::number(input.port) + '\n' + input.payloadHash + '\n' + ext + '\n';
    if (!input.app.isEmpty())
        text += input.app + '\n' + input.dlg + '\n';
    return text;
}

QByteArray hawkMac(const QByteArray &type, const HawkInput &input)
{
    return hmac(input.algorithm, input.key, hawkNormalized(type, input)).toBase64();
}

QByteArray hawkPayloadHash(HashAlgorithm algorithm, const QByteArray &contentType, QByteArrayView payload)
{
    return hash(algorithm, "hawk.1.payload\n" + contentType + '\n' + payload.toByteArray() + '\n').toBase64();
}

QByteArray hawkTimestampMac(HashAlgorithm algorithm, const QByteArray &key, const QByteArray &timestamp)
{
    return hmac(algorithm, key, "hawk.1.ts\n" + timestamp + '\n').toBase64();
}

namespace {

const auto hawkOffsetKey = u"hawk-offset"_s; // server's clock minus ours, seconds

HashAlgorithm hawkAlgorithmOf(const FieldValues &values)
{
    return values.text(u"algorithm"_s) == "sha1"_L1 ? HashAlgorithm::Sha1 : HashAlgorithm::Sha256;
}

class HawkFlow final : public AuthFlow
{
public:
    explicit HawkFlow(AuthContext context) : m_context(std::move(context)) {}

    Step next(const Exchange *last) override
    {
        if (!last)
            return send({});
        if (last->response.status == (m_context.proxy ? 407 : 401))
            return refused(*last);
        return m_isBewit ? DoneStep{} : serverProof(*last);
    }

private:
    [[nodiscard]] qint64 now() const { return m_context.clock->nowSeconds() + m_context.memory->values.value(hawkOffsetKey).toLongLong(); }

    Step send(const QString &label)
    {
        const FieldValues &values = m_context.values;
        const Request &request = m_context.request;
        m_isBewit = values.text(u"location"_s) == "query"_L1;
        m_input = {};
        m_input.algorithm = hawkAlgorithmOf(values);
        m_input.key = values.secret(u"key"_s).revealBytes();
        const Result<Url> address = targetUri(request); // of the Host header, as a server takes it
        if (!address)
            return FailedStep{address.error()};
        m_input.host = address->host.toLatin1();
        m_input.port = address->port;
        m_input.target = request.effectiveTarget();
        m_input.ext = values.text(u"ext"_s).toUtf8();
        SendStep step;
        step.request = request;
        step.carriesCredential = true;
        step.label = label;
        const QByteArray id = values.text(u"id"_s).toUtf8();
        if (m_isBewit) {
            m_input.method = "GET"_ba;
            if (m_input.target.endsWith('?'))
                m_input.target.chop(1); // a server takes the bewit out with what parts it from the rest
            bool ok = false;
            m_input.timestamp = QByteArray::number(now() + values.text(u"expires"_s).toLongLong(&ok));
            const QByteArray mac = hawkMac("bewit"_ba, m_input);
            const QByteArray bewit = encodeBase64Url(id + '\\' + m_input.timestamp + '\\' + mac + '\\' + m_input.ext);
            appendQueryItem(step.request, "bewit=" + bewit);
            step.request.headers.remove("Authorization"); // a server refuses both together
            step.derivation = lines("bewit"_ba, mac);
            return step;
        }
        m_input.method = request.method.toUpper();
        m_input.timestamp = QByteArray::number(now());
        m_input.nonce = m_context.random->bytes(6).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        if (values.flag(u"payload"_s))
            m_input.payloadHash = hawkPayloadHash(m_input.algorithm, mediaType(request), request.body);
        m_input.app = values.text(u"app"_s).toUtf8();
        m_input.dlg = values.text(u"dlg"_s).toUtf8();
        const QByteArray mac = hawkMac("header"_ba, m_input);
        QByteArray value = "Hawk id=\"" + id + "\", ts=\"" + m_input.timestamp + "\", nonce=\"" + m_input.nonce + '"';
        if (!m_input.payloadHash.isEmpty())
            value += ", hash=\"" + m_input.payloadHash + '"';
        if (!m_input.ext.isEmpty())
            value += ", ext=" + quoteString(m_input.ext);
        value += ", mac=\"" + mac + '"';
        if (!m_input.app.isEmpty()) {
            value += ", app=\"" + m_input.app + '"';
            if (!m_input.dlg.isEmpty())
                value += ", dlg=\"" + m_input.dlg + '"';
        }
        step.request.headers.set(credentialHeaderName(m_context.proxy), value, HeaderSource::Profile);
        step.derivation = lines("header"_ba, mac);
        return step;
    }

    [[nodiscard]] QList<DerivationLine> lines(const QByteArray &type, const QByteArray &mac) const
    {
        return {{u"normalized request"_s, hawkNormalized(type, m_input), false}, {u"mac"_s, mac, false}};
    }

    // A server whose clock differs says its time, and proves that it knows the key (README, "Replay protection").
    Step refused(const Exchange &last)
    {
        const ChallengeList list = parseChallenges(last.response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        const Challenge *challenge = list.find("Hawk");
        if (!challenge || !challenge->has("ts") || m_isBewit || m_isResynced)
            return DoneStep{challenge ? QString() : u"the server offers no Hawk"_s, challenge == nullptr};
        const QByteArray time = challenge->value("ts");
        if (!constantTimeEquals(challenge->value("tsm"), hawkTimestampMac(m_input.algorithm, m_input.key, time)))
            return DoneStep{u"the server gives its time, but not the proof that it knows the key (tsm is wrong): the clock stays as it is"_s, false};
        bool ok = false;
        const qint64 theirs = time.toLongLong(&ok);
        if (!ok)
            return DoneStep{};
        m_context.memory->values.insert(hawkOffsetKey, theirs - m_context.clock->nowSeconds());
        m_isResynced = true;
        return send(u"again, with the clock of the server (%1 s from ours)"_s.arg(theirs - m_context.clock->nowSeconds()));
    }

    // README, "Response payload validation"; the mac is over our request's timestamp and nonce.
    [[nodiscard]] DoneStep serverProof(const Exchange &last) const
    {
        if (!last.response.headers.contains("Server-Authorization"))
            return {};
        const Challenge proof = parseChallenges({last.response.headers.value("Server-Authorization")}).challenges.value(0);
        HawkInput input = m_input;
        input.payloadHash = proof.value("hash");
        input.ext = proof.value("ext");
        if (!constantTimeEquals(proof.value("mac"), hawkMac("response"_ba, input)))
            return {.note = u"Server-Authorization does not match: this server does not seem to know the key"_s, .serverProofWrong = true};
        if (input.payloadHash.isEmpty())
            return {u"the server proved that it knows the key (Server-Authorization is right)"_s};
        QByteArray type = last.response.headers.value("Content-Type");
        type = type.left(type.indexOf(';') < 0 ? type.size() : type.indexOf(';')).trimmed().toLower();
        return constantTimeEquals(input.payloadHash, hawkPayloadHash(input.algorithm, type, last.response.body.all()))
            ? DoneStep{u"the server proved that it knows the key, and that the body is whole (Server-Authorization is right)"_s}
            : DoneStep{.note = u"Server-Authorization is right, but the body is not the one that it speaks of"_s, .serverProofWrong = true};
    }

    AuthContext m_context;
    HawkInput m_input;
    bool m_isBewit = false;
    bool m_isResynced = false;
};

class HawkScheme final : public AuthScheme
{
public:
    QString id() const override { return u"hawk"_s; }
    QString whenItFails() const override
    {
        return u"Server and client compute over host and port: a proxy changes them. Stale timestamp: the server says its time, and the clock is corrected once. With a payload hash the body and its type have to arrive unchanged."_s;
    }
    QString title() const override { return u"Hawk"_s; }
    QString summary() const override { return u"Signs method, path, host and port with a shared key, with a time and a nonce; or a URL for a while (bewit)."_s; }
    QString safety() const override
    {
        return u"The key is never sent. The body is covered only with the payload hash; a bewit is a credential until it expires."_s;
    }
    QStringList sources() const override { return {u"Hawk 1.1 (README of hawk)"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"id"_s, .label = u"Key ID"_s, .required = true},
                {.id = u"key"_s, .label = u"Key"_s, .kind = FieldKind::Secret, .required = true},
                {.id = u"algorithm"_s, .label = u"Algorithm"_s, .kind = FieldKind::Choice, .defaultValue = u"sha256"_s,
                 .choices = {{u"sha256"_s, u"SHA-256"_s}, {u"sha1"_s, u"SHA-1"_s}}},
                {.id = u"location"_s, .label = u"Sent in"_s, .kind = FieldKind::Choice, .defaultValue = u"header"_s,
                 .choices = {{u"header"_s, u"Header"_s}, {u"query"_s, u"Query (bewit, GET only)"_s}}},
                {.id = u"expires"_s, .label = u"Bewit expires after"_s, .defaultValue = u"300"_s, .help = u"Seconds."_s},
                {.id = u"payload"_s, .label = u"Cover the body with a hash"_s, .kind = FieldKind::Flag, .defaultValue = u"false"_s},
                {.id = u"ext"_s, .label = u"Application data (ext)"_s},
                {.id = u"app"_s, .label = u"Application ID (app)"_s, .help = u"Only with Oz."_s},
                {.id = u"dlg"_s, .label = u"Delegated by (dlg)"_s, .help = u"Only with Oz."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        return {values.text(u"location"_s) == "query"_L1 ? "bewit"_ba : "authorization"_ba};
    }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        for (const SchemeField &field : fields()) {
            if (field.kind == FieldKind::Secret)
                continue;
            const QString text = values.text(field.id);
            if (const Result<void> control = checkNoControl(u"Hawk: "_s + field.label, text); !control)
                return control;
            // The attributes of the header, as the reference implementation takes them.
            const bool isWritable = std::ranges::all_of(text, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f && c != u'"' && c != u'\\'; });
            if (!isWritable)
                return Error{ErrorCode::InvalidInput, u"Hawk: %1 holds a quote, a backslash or a character beyond ASCII"_s.arg(field.label), {}, u"Leave it out; Hawk has no way to write it."_s};
        }
        bool ok = false;
        if (values.text(u"location"_s) == "query"_L1 && (values.text(u"expires"_s).toInt(&ok) < 1 || !ok))
            return Error{ErrorCode::InvalidInput, u"Hawk: the expiry \"%1\" is not a number of seconds"_s.arg(values.text(u"expires"_s)), {},
                         u"Write for example 300."_s};
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        if (context.values.text(u"location"_s) == "query"_L1 && context.request.method != "GET" && context.request.method != "HEAD")
            return std::make_unique<OneShotFlow>(Error{ErrorCode::InvalidInput,
                                                       u"Hawk: a bewit is for GET and HEAD only, and this is %1"_s.arg(QString::fromUtf8(context.request.method)),
                                                       {}, u"Choose the header in the credential profile."_s});
        return std::make_unique<HawkFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeHawkScheme() { return std::make_unique<HawkScheme>(); }

} // namespace realmscope
