// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/DigestMath.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// What a challenge asks for, and what is chosen out of it.
struct DigestOffer
{
    DigestAlgorithm algorithm;
    QByteArray realm, nonce, opaque;
    bool hasOpaque = false;
    QByteArray qop;        // chosen: "auth", "auth-int" or empty (RFC 2069)
    bool userhash = false;
    bool utf8 = false;     // charset=UTF-8
    bool stale = false;
};

int strength(const DigestAlgorithm &algorithm)
{
    switch (algorithm.hash) {
    case HashAlgorithm::Sha512_256:
        return 3;
    case HashAlgorithm::Sha256:
        return 2;
    default:
        return 1;
    }
}

// nullopt with a reason when this challenge can't be answered.
std::optional<DigestOffer> readOffer(const Challenge &challenge, QString &whyNot)
{
    const std::optional<DigestAlgorithm> algorithm = digestAlgorithm(challenge.value("algorithm"));
    if (!algorithm) {
        whyNot = u"the algorithm %1 is not known"_s.arg(displayText(challenge.value("algorithm")));
        return std::nullopt;
    }
    if (!challenge.has("nonce")) {
        whyNot = u"the challenge has no nonce"_s;
        return std::nullopt;
    }
    DigestOffer offer;
    offer.algorithm = *algorithm;
    offer.realm = challenge.value("realm");
    offer.nonce = challenge.value("nonce");
    offer.opaque = challenge.value("opaque");
    offer.hasOpaque = challenge.has("opaque");
    offer.userhash = equalsIgnoreCase(challenge.value("userhash"), "true");
    offer.utf8 = equalsIgnoreCase(challenge.value("charset"), "UTF-8");
    offer.stale = equalsIgnoreCase(challenge.value("stale"), "true");
    const QList<QByteArray> qops = splitList(challenge.value("qop"));
    const auto offers = [&](const char *name) {
        return std::ranges::any_of(qops, [&](const QByteArray &qop) { return equalsIgnoreCase(qop, name); });
    };
    if (offers("auth"))
        offer.qop = "auth"_ba;
    else if (offers("auth-int"))
        offer.qop = "auth-int"_ba;
    else if (!qops.isEmpty()) {
        whyNot = u"none of its qop values is known: %1"_s.arg(displayText(challenge.value("qop")));
        return std::nullopt;
    }
    return offer;
}

QVariantMap toMemory(const DigestOffer &offer)
{
    return {{u"algorithm"_s, offer.algorithm.name}, {u"realm"_s, offer.realm}, {u"nonce"_s, offer.nonce},
            {u"opaque"_s, offer.opaque}, {u"hasOpaque"_s, offer.hasOpaque}, {u"qop"_s, offer.qop},
            {u"userhash"_s, offer.userhash}, {u"utf8"_s, offer.utf8}};
}

std::optional<DigestOffer> fromMemory(const QVariantMap &values)
{
    const std::optional<DigestAlgorithm> algorithm = digestAlgorithm(values.value(u"algorithm"_s).toByteArray());
    if (!algorithm || values.value(u"nonce"_s).toByteArray().isEmpty())
        return std::nullopt;
    DigestOffer offer;
    offer.algorithm = *algorithm;
    offer.realm = values.value(u"realm"_s).toByteArray();
    offer.nonce = values.value(u"nonce"_s).toByteArray();
    offer.opaque = values.value(u"opaque"_s).toByteArray();
    offer.hasOpaque = values.value(u"hasOpaque"_s).toBool();
    offer.qop = values.value(u"qop"_s).toByteArray();
    offer.userhash = values.value(u"userhash"_s).toBool();
    offer.utf8 = values.value(u"utf8"_s).toBool();
    return offer;
}

const auto memoryKey = u"digest"_s;
const auto countKey = u"digest-nc"_s;

// RFC 7616. The first request goes without a credential unless a nonce is known from before (section 3.6); a stale
// nonce is replaced once.
class DigestFlow final : public AuthFlow
{
public:
    explicit DigestFlow(AuthContext context) : m_context(std::move(context)) {}

    Step next(const Exchange *last) override
    {
        if (!last)
            return first();
        const bool isRefused = last->response.status == (m_context.proxy ? 407 : 401);
        if (!isRefused && std::exchange(m_isWithheld, false) && last->response.status / 100 == 2) {
            SendStep step;
            step.request = m_context.request;
            step.label = u"with its body: Digest was not asked for"_s;
            return step;
        }
        if (!isRefused)
            return accepted(*last);
        return refused(*last);
    }

private:
    Step first()
    {
        if (std::optional<DigestOffer> known = fromMemory(m_context.memory->values.value(memoryKey).toMap())) {
            m_fromMemory = true;
            return answer(*known, u"with the nonce of an earlier answer"_s);
        }
        SendStep step;
        step.request = m_context.request;
        if (m_context.bodyAfterChallenge)
            m_isWithheld = withholdBody(step.request);
        return step;
    }

    Step refused(const Exchange &last)
    {
        const auto challengeHeader = m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
        const ChallengeList list = parseChallenges(last.response.headers.values(challengeHeader));
        std::optional<DigestOffer> best;
        QString whyNot;
        bool offered = false;
        for (const Challenge &challenge : list.challenges) {
            if (!challenge.is("Digest"))
                continue;
            offered = true;
            const std::optional<DigestOffer> offer = readOffer(challenge, whyNot);
            if (offer && (!best || strength(offer->algorithm) > strength(best->algorithm)))
                best = offer;
        }
        if (!best) {
            const QString note = offered ? u"the Digest challenge can't be answered: %1"_s.arg(whyNot)
                                         : u"the server offers no Digest challenge"_s;
            return DoneStep{note, true};
        }
        if (best->qop == "auth-int" && m_context.request.streamedBody)
            return DoneStep{u"the Digest challenge can't be answered: auth-int needs a hash of the whole body, which is read only while it is sent"_s, true};
        if (m_answers == 0 || (m_fromMemory && m_answers == 1))
            return answer(*best, {});
        // RFC 7616 section 3.3: stale=TRUE means that only the nonce was refused. Once is enough to know.
        if (best->stale && !m_staleAnswered) {
            m_staleAnswered = true;
            return answer(*best, u"again, because the server called the nonce stale"_s);
        }
        m_context.memory->values.remove(memoryKey);
        return DoneStep{best->stale ? u"the server calls a fresh nonce stale again"_s : QString(), false};
    }

    Step accepted(const Exchange &last)
    {
        const char *infoHeader = m_context.proxy ? "Proxy-Authentication-Info" : "Authentication-Info";
        QString note;
        bool isWrong = false;
        if (m_answers > 0 && last.response.headers.contains(infoHeader)) {
            // Its grammar is that of auth-params (RFC 7615 section 3); a scheme in front lets us read it as one.
            const Challenge info =
                parseChallenges({"Digest " + last.response.headers.combined(infoHeader)}).challenges.value(0);
            if (const QByteArray nextNonce = info.value("nextnonce"); !nextNonce.isEmpty()) {
                QVariantMap known = m_context.memory->values.value(memoryKey).toMap();
                known.insert(u"nonce"_s, nextNonce);
                m_context.memory->values.insert(memoryKey, known);
                m_context.memory->values.insert(countKey, 0);
                note = u"the server names the nonce for the next request (nextnonce)"_s;
            }
            if (info.has("rspauth"))
                note = joinNotes(note, checkServerProof(info, last, isWrong));
        }
        return DoneStep{note, false, isWrong};
    }

    static QString joinNotes(const QString &a, const QString &b) { return a.isEmpty() ? b : a + "; "_L1 + b; }

    // RFC 7616 section 3.5: like the response, with an empty method in A2.
    QString checkServerProof(const Challenge &info, const Exchange &last, bool &isWrong) const
    {
        DigestInput input = m_lastInput;
        input.method.clear();
        input.password = m_password;
        if (info.has("nc"))
            input.nc = info.value("nc");
        if (info.has("qop"))
            input.qop = info.value("qop");
        input.entityBody = input.qop == "auth-int" ? last.response.encodedBody.all() : QByteArray();
        isWrong = computeDigest(input).response != info.value("rspauth").toLower();
        return isWrong ? u"rspauth does not match: this server does not seem to know the password"_s
                       : u"the server proved that it knows the password (rspauth is right)"_s;
    }

    Step answer(const DigestOffer &offer, const QString &label)
    {
        ++m_answers;
        m_isWithheld = false;
        const FieldValues &values = m_context.values;
        QVariantMap &memory = m_context.memory->values;
        const bool sameNonce = memory.value(memoryKey).toMap().value(u"nonce"_s).toByteArray() == offer.nonce;
        const uint count = sameNonce ? memory.value(countKey).toUInt() + 1 : 1;
        memory.insert(memoryKey, toMemory(offer));
        memory.insert(countKey, count);

        const QString charset = offer.utf8 ? u"utf-8"_s : values.text(u"charset"_s);
        const QByteArray user = encodeCredential(values.text(u"username"_s), charset);
        m_password = encodeCredential(values.secret(u"password"_s), charset);

        DigestInput &input = m_lastInput;
        input = {};
        input.algorithm = offer.algorithm;
        input.username = user;
        input.realm = offer.realm;
        input.nonce = offer.nonce;
        input.qop = offer.qop;
        input.method = m_context.request.method;
        input.uri = m_context.request.effectiveTarget();
        input.password = m_password;
        input.entityBody = m_context.request.body;
        if (!offer.qop.isEmpty() || offer.algorithm.session) {
            input.cnonce = m_context.random->bytes(16).toBase64();
            input.nc = QByteArray::number(count, 16).rightJustified(8, '0');
        }
        const DigestResult result = computeDigest(input);
        input.password = {};

        SendStep step;
        step.request = m_context.request;
        step.request.headers.set(credentialHeaderName(m_context.proxy), headerValue(offer, input, result),
                                 HeaderSource::Profile);
        step.carriesCredential = true;
        step.label = label;
        step.derivation = result.derivation;
        return step;
    }

    QByteArray headerValue(const DigestOffer &offer, const DigestInput &input, const DigestResult &result) const
    {
        QByteArray value = "Digest ";
        // RFC 7616 section 3.4: username, or username* when it does not fit into a quoted string.
        if (offer.userhash)
            value += "username=" + quoteString(digestUserhash(offer.algorithm, input.username, offer.realm));
        else if (offer.utf8 && !std::ranges::all_of(input.username, [](char c) { return c >= 0x20 && c < 0x7f; }))
            value += "username*=UTF-8''" + percentEncode(input.username);
        else
            value += "username=" + quoteString(input.username);
        value += ", realm=" + quoteString(offer.realm) + ", nonce=" + quoteString(offer.nonce)
            + ", uri=" + quoteString(input.uri);
        if (!offer.algorithm.name.isEmpty())
            value += ", algorithm=" + offer.algorithm.name;
        if (!input.cnonce.isEmpty())
            value += ", cnonce=" + quoteString(input.cnonce);
        if (!offer.qop.isEmpty())
            value += ", nc=" + input.nc + ", qop=" + offer.qop;
        value += ", response=" + quoteString(result.response);
        if (offer.hasOpaque)
            value += ", opaque=" + quoteString(offer.opaque);
        if (offer.userhash)
            value += ", userhash=true";
        return value;
    }

    AuthContext m_context;
    DigestInput m_lastInput;
    QByteArray m_password;
    int m_answers = 0;
    bool m_fromMemory = false;
    bool m_staleAnswered = false;
    bool m_isWithheld = false; // the body, from the first request
};

class DigestScheme final : public AuthScheme
{
public:
    QString id() const override { return u"digest"_s; }
    QString whenItFails() const override
    {
        return u"The password is right, and still 401: compare uri in the header with the path that arrived (proxies), the realm, and whether the algorithm is offered. stale=true only asks for another try."_s;
    }
    QString title() const override { return u"Digest"_s; }
    QString summary() const override
    {
        return u"Waits for the server's challenge and answers with a hash of user name, password and the server's nonce."_s;
    }
    QString safety() const override
    {
        return u"The password itself is never sent, but with MD5 a listener can guess it offline: use TLS all the same."_s;
    }
    QStringList sources() const override { return {u"RFC 7616"_s, u"RFC 2069"_s}; }
    QList<SchemeField> fields() const override
    {
        SchemeField charset = charsetField();
        charset.help = u"Used when the server's challenge does not say charset=UTF-8."_s;
        return {{.id = u"username"_s, .label = u"User name"_s, .required = true},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret},
                charset};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<void> control = checkNoControl(u"Digest: User name"_s, values.text(u"username"_s)); !control)
            return control;
        return checkEncodable(u"Digest"_s, values.text(u"username"_s), values.secret(u"password"_s),
                              values.text(u"charset"_s));
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        return std::make_unique<DigestFlow>(std::move(context));
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeDigestScheme() { return std::make_unique<DigestScheme>(); }

} // namespace realmscope
