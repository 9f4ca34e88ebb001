// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/credentials/CredentialProfile.h"
#include "app/http/CookieJar.h"
#include "app/http/Transport.h"
#include "app/runner/Prepare.h"

#include <QtCore/QObject>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace realmscope {

// The credential for one run: a profile with its secrets resolved. For a credential typed on the command line there
// is a profile without a name, bound to the origin of the URL.
struct RunCredential
{
    CredentialProfile profile;
    FieldValues values;
    // The profiles that profile.together names, in that order: schemes that go along (AuthScheme::goesAlong). They have none
    // of their own.
    std::vector<RunCredential> together = {};
};

// Everything one Send needs. The request comes either as the user's spec or ready made (probes).
struct RunJob
{
    RequestSpec spec;
    Variables variables;
    std::optional<Request> prepared;    // used instead of spec's method, URL, headers and body; settings still count
    std::optional<RunCredential> credential;
    std::shared_ptr<CookieJar> cookies; // of the environment, shared by its requests; null: no cookie is sent or kept
    std::optional<RunCredential> proxyCredential; // goes to the proxy only; its profile names the proxy's origin
    ProxyEnvironment proxyEnvironment;          // what the *_proxy variables say; empty: nothing
    Secret clientKeyPassphrase;                 // of settings.clientKeyFile
    // Where the run has no credential that brings it along (probes): of the scheme client-certificate.
    std::optional<RunCredential> clientCertificate;
    ExchangeRole role = ExchangeRole::Final; // Probe for probes
    QString probeId;
    QString label;
    bool literal = false;                    // the spec holds no templates: {{ }} goes out as it is
};

// What the run shows in handshakes where the settings name no certificate of their own: of the credential, of one that goes
// along with it, or RunJob::clientCertificate. Null: nothing. Borrowed from the job.
[[nodiscard]] const RunCredential *clientCertificateOf(const RunJob &job);

// Something that the user has to do in a browser, for a run to go on.
struct BrowserTask
{
    QUrl url;
    QString userCode;       // to be typed there (RFC 8628); empty: none
    QString why;            // for a person
    QUrl redirectUri;       // where the browser will be sent; empty: nowhere (device code)
    bool isListening = false; // the run hears of it itself; otherwise pasteBrowserUrl() has to be called
};

// One run under way. finished() comes exactly once, never from within Runner::start(). Deleting it cancels.
class Run : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void cancel() = 0;
    // The URL that the browser was sent back to, as the user pasted it: where nothing on this computer could listen.
    virtual void pasteBrowserUrl(const QString &url) = 0;
    [[nodiscard]] virtual const Trace &trace() const = 0; // so far

Q_SIGNALS:
    void exchangeStarted(const QString &method, const QString &url);
    void phaseChanged(realmscope::TransportPhase phase);
    void progress(qint64 received, qint64 total);
    void exchangeFinished(int index);
    void finished(const realmscope::Trace &trace);
};

// The one pipeline from a request to a trace: prepare, origin check, AuthFlow, Transport, record, redirect decision,
// repeat. Used by the window, the command line, probes and tests alike.
//
// Credentials: before each SendStep with carriesCredential the origin is checked against the profile; one it does not
// name gives a withheld credential (Decision CredentialWithheld, the request goes without) on a redirect, and Error
// OriginNotAllowed with nothing sent for the first request. Headers of the user that carry credentials
// (Authorization, Cookie, API-key names, RFC 9110 section 15.4) are dropped on a redirect to another origin too, with
// the same decision. The cookies of RunJob::cookies are chosen anew for each hop (RunCookies).
class Runner : public QObject
{
    Q_OBJECT
public:
    // None is owned; all outlive the Runner.
    Runner(Transport &transport, const Clock &clock, Random &random, QObject *parent = nullptr);
    ~Runner() override;

    [[nodiscard]] Run *start(const RunJob &job); // owned by the caller

    // Forgets what the schemes remembered (nonces, tokens) of a profile. Runs under way keep theirs.
    void forget(const QString &profileId);
    // What is remembered of a profile whose scheme does not distinguish origins; null: nothing.
    [[nodiscard]] std::shared_ptr<const AuthMemory> memoryOf(const QString &profileId) const;

Q_SIGNALS:
    // The user has to do something in a browser, for a run to go on.
    void browserWanted(realmscope::Run *run, const realmscope::BrowserTask &task);
    // Secret fields of a profile that its server replaced (a refresh token that was rotated). They have to be stored. Comes
    // before finished() of the run.
    void fieldsRenewed(const QString &profileId, const QMap<QString, realmscope::Secret> &secrets);

private:
    friend class RunImpl;
    Transport &m_transport;
    const Clock &m_clock;
    Random &m_random;
    std::map<QString, std::shared_ptr<AuthMemory>> m_memories; // profile id and, where the scheme wants it, origin
};

// The redirect decision of RFC 9110 section 15.4 as a pure function, for Runner and its table test.
struct RedirectDecision
{
    bool follow = false;
    Request next;               // when followed: method, body and headers adjusted; no credential for another origin
    bool crossOrigin = false;
    QList<Decision> decisions;
};
[[nodiscard]] RedirectDecision decideRedirect(const Request &request, const Response &response,
                                              const RequestSettings &settings, int redirectsSoFar,
                                              const QList<QByteArray> &credentialHeaders);

} // namespace realmscope
