// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Scram.h"

#include "app/auth/Challenge.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/SaslPrep.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

ScramProof scramProof(HashAlgorithm algorithm, QByteArrayView saltedPassword, QByteArrayView authMessage)
{
    ScramProof proof;
    const QByteArray clientKey = hmac(algorithm, saltedPassword, "Client Key");
    const QByteArray clientSignature = hmac(algorithm, hash(algorithm, clientKey), authMessage);
    proof.clientProof = clientKey;
    for (qsizetype i = 0; i < clientKey.size(); ++i)
        proof.clientProof[i] = char(clientKey.at(i) ^ clientSignature.at(i));
    proof.serverSignature = hmac(algorithm, hmac(algorithm, saltedPassword, "Server Key"), authMessage);
    return proof;
}

std::optional<HashAlgorithm> scramAlgorithm(QByteArrayView schemeName)
{
    if (equalsIgnoreCase(schemeName, "SCRAM-SHA-512"))
        return HashAlgorithm::Sha512;
    if (equalsIgnoreCase(schemeName, "SCRAM-SHA-256"))
        return HashAlgorithm::Sha256;
    if (equalsIgnoreCase(schemeName, "SCRAM-SHA-1"))
        return HashAlgorithm::Sha1;
    return std::nullopt;
}

QByteArray scramEscape(QByteArray userName) { return userName.replace('=', "=3D").replace(',', "=2C"); }

std::optional<QByteArray> scramAttribute(const QByteArray &message, char name)
{
    const QList<QByteArray> attributes = message.split(',');
    const auto found = std::ranges::find_if(attributes, [name](const QByteArray &each) { return each.size() >= 2 && each.at(0) == name && each.at(1) == '='; });
    return found == attributes.end() ? std::nullopt : std::optional<QByteArray>(found->mid(2));
}

namespace {

constexpr uint mostIterations = 5'000'000; // some seconds of work; more is an attack on the client
constexpr uint fewestIterations = 4096;    // RFC 7804 section 4 (RFC 7677 section 4)
const auto scramKnownKey = u"scram"_s;

// What the work off the window's thread takes and leaves.
struct ScramWork
{
    HashAlgorithm algorithm = HashAlgorithm::Sha256;
    QByteArray password, salt;
    uint iterations = 0;
    QByteArray salted;
    bool done = false;
};

// RFC 7804. The first message goes with the first request when the mechanism is known from before.
class ScramFlow final : public AuthFlow
{
public:
    ScramFlow(AuthContext context, QByteArray userName, QByteArray password)
        : m_context(std::move(context)), m_userName(std::move(userName)), m_password(std::move(password))
    {}

    Step next(const Exchange *last) override
    {
        if (!last)
            return first();
        if (m_state == State::Salting && m_work->done)
            return prove();
        if (last->response.status != (m_context.proxy ? 407 : 401))
            return accepted(*last);
        const ChallengeList list = parseChallenges(last->response.headers.values(m_context.proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
        switch (m_state) {
        case State::Asked:
            return choose(list);
        case State::Named:
            return salted(list);
        default:
            return refused(list);
        }
    }

private:
    enum class State { Asked, Named, Salting, Proved };

    Step first()
    {
        const QVariantMap known = m_context.memory->values.value(scramKnownKey).toMap();
        if (!known.isEmpty()) {
            m_isFromMemory = true;
            return name(known.value(u"mechanism"_s).toByteArray(), known.value(u"realm"_s).toByteArray());
        }
        SendStep step;
        step.request = m_context.request;
        return step;
    }

    Step choose(const ChallengeList &list)
    {
        const Challenge *best = nullptr;
        for (const Challenge &challenge : list.challenges) {
            const std::optional<HashAlgorithm> algorithm = scramAlgorithm(challenge.scheme);
            if (algorithm && (!best || *algorithm > *scramAlgorithm(best->scheme)))
                best = &challenge;
        }
        if (!best)
            return DoneStep{u"the server offers no SCRAM"_s, true};
        return name(best->scheme, best->value("realm"));
    }

    // The client's first message (RFC 5802 section 5): no channel binding, no other identity to act as.
    Step name(const QByteArray &mechanism, const QByteArray &realm)
    {
        m_mechanism = mechanism;
        m_realm = realm;
        m_nonce = m_context.random->bytes(15).toBase64();
        m_firstBare = "n=" + scramEscape(m_userName) + ",r=" + m_nonce;
        m_state = State::Named;
        const QByteArray message = "n,," + m_firstBare;
        SendStep step = carrying(realm.isEmpty() ? QByteArray() : "realm=" + quoteString(realm) + ", ", message);
        step.label = u"%1: names the user"_s.arg(QString::fromLatin1(mechanism));
        step.derivation = {{u"client-first-message"_s, message, false}};
        return step;
    }

    SendStep carrying(const QByteArray &parameters, const QByteArray &message) const
    {
        SendStep step;
        step.request = m_context.request;
        step.request.headers.set(credentialHeaderName(m_context.proxy), m_mechanism + ' ' + parameters + "data=" + message.toBase64(), HeaderSource::Profile);
        step.carriesCredential = true;
        return step;
    }

    Step salted(const ChallengeList &list)
    {
        const Challenge *challenge = nullptr;
        for (const Challenge &each : list.challenges) {
            if (equalsIgnoreCase(each.scheme, m_mechanism) && each.has("data"))
                challenge = &each;
        }
        if (!challenge) {
            m_context.memory->values.remove(scramKnownKey);
            if (std::exchange(m_isFromMemory, false)) // what it offers may have changed
                return choose(list);
            return DoneStep{u"the server did not go on with %1 after the user was named"_s.arg(QString::fromLatin1(m_mechanism)), false};
        }
        m_sid = challenge->value("sid");
        m_serverFirst = decodeBase64(challenge->value("data").trimmed()).value_or(QByteArray()).trimmed();
        if (const std::optional<QByteArray> error = scramAttribute(m_serverFirst, 'e'))
            return DoneStep{u"the server says: %1"_s.arg(displayText(*error)), false};
        m_fullNonce = scramAttribute(m_serverFirst, 'r').value_or(QByteArray());
        const std::optional<QByteArray> salt = decodeBase64(scramAttribute(m_serverFirst, 's').value_or(QByteArray()));
        bool ok = false;
        const uint iterations = scramAttribute(m_serverFirst, 'i').value_or(QByteArray()).toUInt(&ok);
        const auto broken = [](const QString &why) {
            return FailedStep{{ErrorCode::AuthFailed, u"SCRAM: the server's first message can't be used: %1"_s.arg(why), {},
                               u"Look at the challenge in the trace; the server has to be mended."_s}};
        };
        if (m_fullNonce.size() <= m_nonce.size() || !m_fullNonce.startsWith(m_nonce))
            return broken(u"its nonce does not begin with ours (RFC 5802 section 5.1), so it answers somebody else"_s);
        if (!salt || salt->isEmpty() || !ok || iterations < 1)
            return broken(u"it has no salt, or no number of iterations: %1"_s.arg(displayText(m_serverFirst)));
        if (scramAttribute(m_serverFirst, 'm'))
            return broken(u"it asks for an extension that is not known (m=)"_s);
        if (iterations > mostIterations)
            return broken(u"it asks for %1 iterations; at most %2 are computed here"_s.arg(iterations).arg(mostIterations));
        m_work = std::make_shared<ScramWork>(ScramWork{*scramAlgorithm(m_mechanism), m_password, *salt, iterations, {}, false});
        m_state = State::Salting;
        WorkStep step;
        step.work = [work = m_work] {
            work->salted = pbkdf2(work->algorithm, work->password, work->salt, work->iterations);
            work->done = true;
        };
        return step;
    }

    Step prove()
    {
        m_state = State::Proved;
        const QByteArray withoutProof = "c=biws,r=" + m_fullNonce; // biws: "n,,"
        const QByteArray authMessage = m_firstBare + ',' + m_serverFirst + ',' + withoutProof;
        const ScramProof proof = scramProof(m_work->algorithm, m_work->salted, authMessage);
        m_serverSignature = proof.serverSignature;
        const QByteArray message = withoutProof + ",p=" + proof.clientProof.toBase64();
        SendStep step = carrying(m_sid.isEmpty() ? QByteArray() : "sid=" + m_sid + ", ", message);
        step.label = u"%1: proves the password"_s.arg(QString::fromLatin1(m_mechanism));
        // With the salted password, or with the proof and what it is made of, a password can be guessed offline.
        step.derivation = {{u"client-first-message-bare"_s, m_firstBare, false},
                           {u"server-first-message"_s, m_serverFirst, false},
                           {u"client-final-message-without-proof"_s, withoutProof, false},
                           {u"SaltedPassword"_s, m_work->salted.toHex(), true},
                           {u"AuthMessage"_s, authMessage, false},
                           {u"ClientProof"_s, proof.clientProof.toBase64(), false}};
        m_work->password.clear();
        return step;
    }

    Step accepted(const Exchange &last)
    {
        if (m_state != State::Proved)
            return DoneStep{m_state == State::Asked ? QString() : u"the server let us in before the password was proved"_s, false};
        m_context.memory->values.insert(scramKnownKey, QVariantMap{{u"mechanism"_s, m_mechanism}, {u"realm"_s, m_realm}});
        const char *infoHeader = m_context.proxy ? "Proxy-Authentication-Info" : "Authentication-Info";
        // Its grammar is that of auth-params (RFC 7615 section 3); a scheme in front lets us read it as one.
        const Challenge info = parseChallenges({m_mechanism + ' ' + last.response.headers.combined(infoHeader)}).challenges.value(0);
        QStringList notes;
        bool isWrong = false;
        if (!info.has("data")) {
            notes << u"the server did not prove that it knows the password (no Authentication-Info)"_s;
        } else {
            const QByteArray message = decodeBase64(info.value("data").trimmed()).value_or(QByteArray()).trimmed();
            const std::optional<QByteArray> signature = decodeBase64(scramAttribute(message, 'v').value_or(QByteArray()));
            isWrong = !signature || !constantTimeEquals(*signature, m_serverSignature);
            notes << (isWrong ? u"the server's proof is wrong: it does not seem to know the password"_s : u"the server proved that it knows the password"_s);
        }
        if (m_work->iterations < fewestIterations)
            notes << u"only %1 iterations: the password is easier to guess than it should be (RFC 7677 section 4: at least %2)"_s.arg(m_work->iterations).arg(fewestIterations);
        return DoneStep{notes.join("; "_L1), false, isWrong};
    }

    Step refused(const ChallengeList &list)
    {
        m_context.memory->values.remove(scramKnownKey);
        for (const Challenge &challenge : list.challenges) {
            if (!equalsIgnoreCase(challenge.scheme, m_mechanism) || !challenge.has("data"))
                continue;
            const QByteArray message = decodeBase64(challenge.value("data").trimmed()).value_or(QByteArray()).trimmed();
            if (const std::optional<QByteArray> error = scramAttribute(message, 'e'))
                return DoneStep{u"the server says: %1"_s.arg(displayText(*error)), false};
        }
        return DoneStep{};
    }

    AuthContext m_context;
    QByteArray m_userName, m_password; // prepared (RFC 4013)
    State m_state = State::Asked;
    bool m_isFromMemory = false;
    QByteArray m_mechanism, m_realm, m_sid;
    QByteArray m_nonce, m_fullNonce, m_firstBare, m_serverFirst;
    QByteArray m_serverSignature;
    std::shared_ptr<ScramWork> m_work;
};

class ScramScheme final : public AuthScheme
{
public:
    QString id() const override { return u"scram"_s; }
    QString whenItFails() const override
    {
        return u"Wrong password and unknown user look alike. A refusal by us after the server's last message means that it does not know the password either. The realm and the hash have to be offered."_s;
    }
    QString title() const override { return u"SCRAM"_s; }
    QString summary() const override
    {
        return u"Names the user, gets salt and iterations, and proves the password with SCRAM-SHA-512, -256 or -1, whichever is the strongest offered."_s;
    }
    QString safety() const override
    {
        return u"The password is never sent, the server proves that it knows it too, and what the server keeps does not let anybody log in."_s;
    }
    QStringList sources() const override { return {u"RFC 7804"_s, u"RFC 5802"_s, u"RFC 7677"_s, u"RFC 4013"_s}; }
    QList<SchemeField> fields() const override
    {
        return {{.id = u"username"_s, .label = u"User name"_s, .required = true},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &) const override { return {"authorization"_ba}; }

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (const Result<QString> user = saslPrep(u"SCRAM: User name"_s, values.text(u"username"_s)); !user)
            return user.error();
        if (const Result<QString> password = saslPrep(u"SCRAM: Password"_s, values.secret(u"password"_s).revealText()); !password)
            return password.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        const QByteArray user = saslPrep({}, context.values.text(u"username"_s))->toUtf8();
        const QByteArray password = saslPrep({}, context.values.secret(u"password"_s).revealText())->toUtf8();
        return std::make_unique<ScramFlow>(std::move(context), user, password);
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeScramScheme() { return std::make_unique<ScramScheme>(); }

} // namespace realmscope
