// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/http/Limits.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <optional>

namespace realmscope {

enum class TransportPhase { Idle, Resolving, Connecting, Handshaking, Sending, Waiting, Receiving, Done };

// How one exchange is to be carried.
struct TransportOptions
{
    Limits limits;
    bool verifyTls = true;              // false: -k, or an exception of the user for this origin
    QList<QByteArray> extraCaPem;       // more trust anchors, PEM
    // Client certificate and key (PEM); both empty: none is offered.
    QByteArray clientCertificatePem;
    QByteArray clientKeyPem;
    QByteArray clientKeyPassphrase;
    // host:port → address:port, as curl's --resolve; keys "host:port".
    QHash<QString, QString> resolveOverrides;
    bool allowReuse = true;             // false: a new connection for this exchange
    std::optional<quint64> pinnedConnection; // only this connection (NTLM); fails when it is gone
    bool keepOpen = true;               // false: close after the exchange
    int addressFamily = 0;              // 0 any, 4 or 6
    bool decodeContent = true;          // undo Content-Encoding into Response::body
};

// One exchange under way. Deleting it cancels.
class TransportOperation : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void cancel() = 0; // ends with finished() and Error Cancelled; what was received stays
    [[nodiscard]] virtual TransportPhase phase() const = 0;

Q_SIGNALS:
    void phaseChanged(realmscope::TransportPhase phase);
    void progress(qint64 received, qint64 total); // total -1: unknown
    // Exactly once, never from within Transport::start(). The exchange holds everything, also on failure.
    void finished(const realmscope::Exchange &exchange);
};

// Carries requests. Sends the bytes of the request as they are, records both directions, decides nothing about
// authentication, redirects or cookies.
class Transport : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    // The operation is owned by the caller.
    [[nodiscard]] virtual TransportOperation *start(const Request &request, const TransportOptions &options) = 0;
};

} // namespace realmscope
