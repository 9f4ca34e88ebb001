// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runner/Runner.h"

namespace realmscope {

// RFC 7009: tells the authorization server of an OAuth 2.0 profile that it need not take its tokens any more, the refresh token
// first. What is kept in memory of the profile is forgotten then; a refresh token that is stored is the caller's to remove.
class TokenRevocation : public QObject
{
    Q_OBJECT
public:
    TokenRevocation(Runner &runner, RunCredential credential, const Clock &clock, Random &random, QObject *parent = nullptr);
    ~TokenRevocation() override;

    void start(const ProxyEnvironment &proxies = {}); // once
    [[nodiscard]] const Trace &trace() const { return m_trace; } // every request and answer
    [[nodiscard]] const QStringList &revoked() const { return m_revoked; } // "the refresh token", "the access token"

Q_SIGNALS:
    // Once, never from within start(). An error: the profile has no token, or names no endpoint; the server said no.
    void finished(const std::optional<realmscope::Error> &error);

private:
    void findEndpoint();
    void revokeNext();
    void send(const Request &request, const QString &label, const std::function<void(const Response &)> &then);
    void end(const std::optional<Error> &error);

    struct Token
    {
        QString name;
        QByteArray hint; // token_type_hint
        Secret value;
    };

    Runner &m_runner;
    RunCredential m_credential;
    const Clock &m_clock;
    Random &m_random;
    ProxyEnvironment m_proxies;
    QList<Token> m_tokens;
    QStringList m_places; // where the metadata may still be
    QString m_endpoint;
    QString m_audience;
    QStringList m_revoked;
    Trace m_trace;
    std::unique_ptr<Run> m_run;
};

} // namespace realmscope
