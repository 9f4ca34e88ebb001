// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/http/Limits.h"
#include "app/http/Proxy.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <functional>
#include <optional>

namespace realmscope {

enum class TransportPhase { Idle, Resolving, Connecting, Handshaking, Sending, Waiting, Receiving, Done };

// Gives key material of the TLS connection: exportKeyingMaterial().
using KeyingMaterialExporter = std::function<Result<QByteArray>(QByteArrayView label, const QByteArray &context, qsizetype length)>;
// Finishes a request that depends on the connection it goes over.
using BindToConnection = std::function<Result<QList<DerivationLine>>(Request &, const KeyingMaterialExporter &)>;

// How one exchange is to be carried.
struct TransportOptions
{
    Limits limits;
    bool verifyTls = true;              // false: -k, or an exception of the user for this origin
    QList<QByteArray> extraCaPem;       // more trust anchors, PEM
    bool trustSystemCas = true;         // false: extraCaPem is all that is trusted
    // Client certificate and key, as of readClientCertificate(); both empty: none is offered.
    QByteArray clientCertificate;
    QByteArray clientKey;
    QByteArray clientKeyPassphrase;
    QString clientCertificateType;
    QString tlsMin;                     // "1.2", "1.3"; empty: 1.2
    QString tlsMax;                     // empty: the newest
    QString serverName;                 // for SNI and the name in the certificate; empty: the host of the URL
    // host:port → address:port, as curl's --resolve; keys "host:port".
    QHash<QString, QString> resolveOverrides;
    // As curl's --connect-to: HOST1:PORT1:HOST2:PORT2; the first that fits the URL. TLS, Host and the like stay.
    QStringList connectTo;
    // Http: a request for http:// goes to the proxy (its target is the caller's); one for https:// goes into a tunnel that
    // a CONNECT request before it has opened, on the same connection (pinnedConnection, or hasConnection()).
    std::optional<ProxyServer> proxy;
    bool proxyTunnel = false;           // a tunnel for http:// as well
    bool allowReuse = true;             // false: a new connection for this exchange
    std::optional<quint64> pinnedConnection; // only this connection (NTLM); fails when it is gone
    bool keepOpen = true;               // false: close after the exchange
    int addressFamily = 0;              // 0 any, 4 or 6
    bool decodeContent = true;          // undo Content-Encoding into Response::body
    BindToConnection bind;              // called before the request is written, on each connection that it is tried on
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
    // True when a kept connection would carry this request. A request that needs a tunnel asks before it starts one.
    [[nodiscard]] virtual bool hasConnection(const Request &, const TransportOptions &) const { return false; }
};

} // namespace realmscope
