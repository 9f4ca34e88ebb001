// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/AsymmetricKey.h"
#include "app/base/Clock.h"
#include "app/base/Random.h"
#include "app/base/Result.h"
#include "app/base/Secret.h"
#include "app/http/Exchange.h"
#include "app/http/Transport.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>
#include <QtCore/QUrl>
#include <QtCore/QVariant>

#include <functional>
#include <memory>
#include <variant>

namespace realmscope {

class CookieJar;

enum class FieldKind { Text, Secret, Choice, Flag, File, MultiLine };

struct FieldChoice
{
    QString value; // as stored
    QString label; // for a person
};

class FieldValues;

// While another field (a Choice or Flag) has one of these values.
struct FieldCondition
{
    QString field;
    QStringList values;
};

// One field of a scheme. The window's form, the CLI's options, profiles.json and docs/SCHEMES.md are drawn from it.
struct SchemeField
{
    QString id;       // stable: "username", "password", "token", …
    QString label;    // sentence case
    FieldKind kind = FieldKind::Text;
    bool required = false;
    QString defaultValue;
    QList<FieldChoice> choices; // for Choice
    QString help;     // one sentence; may be empty
    QString placeholder;
    QList<FieldCondition> onlyWhen = {}; // shown and looked at when one of them is met; empty: always

    [[nodiscard]] bool counts(const FieldValues &values) const;
};

// Values of a profile's fields with the secrets resolved. Flag is "true" or "false".
class FieldValues
{
public:
    [[nodiscard]] QString text(const QString &id) const { return m_texts.value(id); }
    [[nodiscard]] bool flag(const QString &id) const { return m_texts.value(id) == QLatin1String("true"); }
    [[nodiscard]] Secret secret(const QString &id) const { return m_secrets.value(id); }
    void setText(const QString &id, const QString &value) { m_texts.insert(id, value); }
    void setSecret(const QString &id, const Secret &value) { m_secrets.insert(id, value); }
    [[nodiscard]] const QMap<QString, QString> &texts() const { return m_texts; }
    [[nodiscard]] const QMap<QString, Secret> &secrets() const { return m_secrets; }

private:
    QMap<QString, QString> m_texts;
    QMap<QString, Secret> m_secrets;
};

// What a scheme remembers between sends for one profile and origin (Digest: nonce and count), or for one profile (OAuth:
// tokens). The owner is whoever owns the profile at run time; it is never written to disk.
struct AuthMemory
{
    QVariantMap values;
    QMap<QString, Secret> secrets;
    QMap<QString, AsymmetricKey> keys; // made for this run (DPoP)
    std::shared_ptr<CookieJar> cookies; // of a session login
    // Secret fields of the profile that changed while the flow ran (a refresh token that was rotated): whoever owns the
    // profile stores them, or the old ones are dead at the next start.
    QMap<QString, Secret> renewedFields;
};

struct AuthContext
{
    Request request;      // without any credential; the flow returns decorated copies
    FieldValues values;
    const Clock *clock = nullptr;   // not null
    Random *random = nullptr;       // not null
    AuthMemory *memory = nullptr;   // not null
    bool bodyAfterChallenge = false; // where the server has to ask first, the body goes out only when it has
    bool proxy = false;   // answer Proxy-Authenticate / 407 with Proxy-Authorization
    QString proxyHost;    // whom that authenticates to, then

    [[nodiscard]] QString peerHost() const { return proxy ? proxyHost : request.url.host; }
};

// One step of a flow.
struct SendStep
{
    Request request;
    ExchangeRole role = ExchangeRole::Final; // Token for a request of the flow's own; Runner sets Challenge afterwards
    bool carriesCredential = false;          // the request holds something that only its origins may see
    bool pinned = false;                     // must use the connection of the last exchange
    // It goes to an endpoint that the profile itself names (a token URL, or one in the metadata of its issuer), so the
    // profile's origins are not asked.
    bool namedByProfile = false;
    QString label;
    QList<DerivationLine> derivation;
    BindToConnection bind; // what can be made only when it is known which connection the request goes over
};
struct AskStep      // the user has to supply a value that is not stored
{
    QString fieldId;
    QString question;
};
// A browser will be sent to this address of this computer (RFC 8252 section 7.3). Answer: the address that is listened on,
// with its port; the same as it was when it is no loopback address, which only the user can bring back.
struct ListenStep
{
    QUrl redirectUri; // port 0: any that is free
};
struct OpenBrowserStep // Answer: the URL that the browser was sent back to
{
    QUrl url;
    QString why;
};
struct WaitStep
{
    int ms = 0;
    QString why;
    QUrl url;          // what the user has to open meanwhile (RFC 8628 section 3.3); may be empty
    QString userCode;  // and to type there; may be empty
};
struct WorkStep     // something of this computer that may block (the ticket from a KDC)
{
    // Called once on another thread. It owns what it touches: the flow may be gone when it ends. Afterwards next() is
    // called again with the same exchange.
    std::function<void()> work;
};
struct DoneStep     // the last exchange is the answer
{
    QString note; // why the flow did not go on ("the server offers no Digest"); becomes a Decision, may be empty
    bool challengeNotAnswered = false;
    bool serverProofWrong = false; // the server was to show that it knows the secret too, and did not; note says how
};
struct FailedStep
{
    Error error;
};
using Step = std::variant<SendStep, AskStep, ListenStep, OpenBrowserStep, WaitStep, WorkStep, DoneStep, FailedStep>;

// The run of a scheme for one request. Sans-I/O: next(nullptr) starts it; next(exchange) is called with the finished
// exchange of the last SendStep. After Done or Failed it is not called again.
class AuthFlow
{
public:
    virtual ~AuthFlow() = default;
    [[nodiscard]] virtual Step next(const Exchange *last) = 0;
    // What the last step asked for (Listen, OpenBrowser); next() is called afterwards.
    virtual void supply(const QString &text) { Q_UNUSED(text) }
    // Of a scheme that goes along: the request as others have made it since start(). Before next().
    virtual void setRequest(const Request &request) { Q_UNUSED(request) }
};

// A way to authenticate. Stateless; lives in the SchemeRegistry for the whole run of the program.
class AuthScheme
{
public:
    virtual ~AuthScheme() = default;
    [[nodiscard]] virtual QString id() const = 0;          // stable: "basic"
    [[nodiscard]] virtual QString title() const = 0;       // "Basic"
    [[nodiscard]] virtual QString summary() const = 0;     // one sentence: what is sent
    [[nodiscard]] virtual QString safety() const = 0;      // one sentence: what it protects and what not
    [[nodiscard]] virtual QString whenItFails() const = 0; // what to look at first when the server refuses it
    [[nodiscard]] virtual QStringList sources() const = 0; // "RFC 7617"
    [[nodiscard]] virtual QList<SchemeField> fields() const = 0;
    // Names of request header fields (lower case), query keys and cookies that carry the credential for these
    // values, for masking and for the rule that it is not sent elsewhere.
    [[nodiscard]] virtual QList<QByteArray> credentialHeaders(const FieldValues &values) const = 0;
    // One AuthMemory for each origin, or one for the profile as a whole.
    [[nodiscard]] virtual bool remembersByOrigin() const { return true; }
    // It adds its own to a request that another scheme has finished, and so may go together with a profile of that one.
    [[nodiscard]] virtual bool goesAlong() const { return false; }
    // What it adds covers what others have added: of several that go along it comes last.
    [[nodiscard]] virtual bool coversOthers() const { return false; }
    // Checks what can be checked without sending. Error: InvalidInput with the field's label and what to do.
    [[nodiscard]] virtual Result<void> validate(const FieldValues &values) const;
    [[nodiscard]] virtual std::unique_ptr<AuthFlow> start(AuthContext context) const = 0;
};

} // namespace realmscope
