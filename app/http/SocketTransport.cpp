// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"

#include "app/base/Clock.h"
#include "app/http/Codec.h"
#include "app/http/ContentDecoder.h"
#include "app/http/TlsFacts.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtNetwork/QHostInfo>
#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int idleLimitMs = 30'000;
constexpr int idlePerOrigin = 6;
constexpr qint64 readChunk = 256 * 1024;
constexpr qint64 readBuffer = 1024 * 1024; // back pressure: the kernel's buffer fills, then the peer waits

QString addressText(const QHostAddress &address, quint16 port)
{
    const QString text = address.toString();
    return (address.protocol() == QAbstractSocket::IPv6Protocol ? u'[' + text + u']' : text) + u':' + QString::number(port);
}

struct Connection
{
    quint64 id = 0;
    QSslSocket *socket = nullptr;
    QString key;
    std::optional<TlsInfo> tls;
    int uses = 0;
};

} // namespace

class SocketOperation;

class SocketTransport::Private : public QObject
{
public:
    explicit Private(const Clock &c) : clock(c) {}
    ~Private() override { closeIdle(); }

    [[nodiscard]] std::optional<Connection> take(const QString &key, std::optional<quint64> pinned)
    {
        for (auto it = idle.rbegin(); it != idle.rend(); ++it) {
            if (pinned ? it->connection.id != *pinned : it->connection.key != key)
                continue;
            Connection connection = it->connection;
            connection.socket->disconnect(this);
            idle.erase(std::next(it).base());
            // The peer may have closed, or sent what nobody asked for, without an event having been seen yet.
            if (connection.socket->state() == QAbstractSocket::ConnectedState && connection.socket->bytesAvailable() == 0)
                return connection;
            drop(connection.socket);
            return take(key, pinned);
        }
        return std::nullopt;
    }

    void put(const Connection &connection)
    {
        const auto sameKey = std::ranges::count_if(idle, [&](const Idle &i) { return i.connection.key == connection.key; });
        if (sameKey >= idlePerOrigin) {
            const auto oldest = std::ranges::find_if(idle, [&](const Idle &i) { return i.connection.key == connection.key; });
            oldest->connection.socket->disconnect(this);
            drop(oldest->connection.socket);
            idle.erase(oldest);
        }
        QSslSocket *socket = connection.socket;
        socket->setParent(this);
        const auto forget = [this, socket] {
            const auto it = std::ranges::find_if(idle, [&](const Idle &i) { return i.connection.socket == socket; });
            if (it != idle.end())
                idle.erase(it);
            socket->disconnect(this);
            drop(socket);
        };
        connect(socket, &QSslSocket::disconnected, this, forget);
        connect(socket, &QSslSocket::readyRead, this, forget); // nobody asked for anything
        connect(socket, &QSslSocket::errorOccurred, this, forget);
        idle.push_back({connection, clock.nowMs()});
        if (!sweeper.isActive()) {
            sweeper.setSingleShot(true);
            connect(&sweeper, &QTimer::timeout, this, &Private::sweep, Qt::UniqueConnection);
            sweeper.start(idleLimitMs);
        }
    }

    void closeIdle()
    {
        for (Idle &i : idle) {
            i.connection.socket->disconnect(this);
            drop(i.connection.socket);
        }
        idle.clear();
    }

    void sweep()
    {
        const qint64 limit = clock.nowMs() - idleLimitMs;
        for (auto it = idle.begin(); it != idle.end();) {
            if (it->sinceMs > limit) {
                ++it;
                continue;
            }
            it->connection.socket->disconnect(this);
            drop(it->connection.socket);
            it = idle.erase(it);
        }
        if (!idle.empty())
            sweeper.start(idleLimitMs);
    }

    static void drop(QSslSocket *socket)
    {
        socket->abort();
        socket->deleteLater();
    }

    struct Idle
    {
        Connection connection;
        qint64 sinceMs = 0;
    };
    const Clock &clock;
    std::vector<Idle> idle;
    QHash<QString, QByteArray> tickets; // TLS session tickets by connection key, for resumption
    QTimer sweeper;
    quint64 nextId = 1;
};

class SocketOperation final : public TransportOperation
{
public:
    SocketOperation(SocketTransport::Private &pool, Request request, TransportOptions options)
        : m_pool(&pool), m_options(std::move(options)),
          m_parser(request.method, m_options.limits)
    {
        const SerializedRequest serialized = serializeRequest(request);
        m_exchange.request = serialized.request;
        m_head = serialized.head;
        for (QTimer *timer : {&m_connectTimer, &m_idleTimer, &m_totalTimer})
            timer->setSingleShot(true);
        QObject::connect(&m_connectTimer, &QTimer::timeout, this, [this] { connectTimedOut(); });
        QObject::connect(&m_idleTimer, &QTimer::timeout, this, [this] { idleTimedOut(); });
        QObject::connect(&m_totalTimer, &QTimer::timeout, this, [this] {
            fail({ErrorCode::TotalTimeout,
                  u"no whole answer within the total time limit of %1 s"_s.arg(m_options.limits.totalTimeoutMs / 1000.0),
                  receivedSoFar(), u"Raise the total time limit, or look at why the server is slow."_s});
        });
        QMetaObject::invokeMethod(this, [this] { begin(); }, Qt::QueuedConnection);
    }

    ~SocketOperation() override
    {
        if (m_lookup >= 0)
            QHostInfo::abortHostLookup(m_lookup);
        releaseSocket();
    }

    void cancel() override
    {
        fail({ErrorCode::Cancelled, u"the request was cancelled"_s, receivedSoFar(), {}});
    }
    [[nodiscard]] TransportPhase phase() const override { return m_phase; }

private:
    void setPhase(TransportPhase phase)
    {
        if (m_phase == phase)
            return;
        m_phase = phase;
        Q_EMIT phaseChanged(phase);
    }

    [[nodiscard]] double elapsed() const { return double(m_timer.nsecsElapsed()) / 1e6; }
    // Milliseconds since the last call: one phase.
    double lap()
    {
        const double now = elapsed();
        return now - std::exchange(m_lapStart, now);
    }

    [[nodiscard]] QString receivedSoFar() const
    {
        const qint64 count = m_exchange.rawResponse.size();
        return count == 0 ? u"no byte of an answer came"_s : u"%1 bytes of the answer came"_s.arg(count);
    }

    void begin()
    {
        if (m_done)
            return;
        m_exchange.startedAtMs = m_pool->clock.nowMs();
        m_timer.start();
        m_lapStart = 0;
        if (m_options.limits.totalTimeoutMs > 0)
            m_totalTimer.start(m_options.limits.totalTimeoutMs);
        const Url &url = m_exchange.request.url;
        if (url.isSecure()) {
            if (Result<void> ok = prepareTls(); !ok) {
                fail(ok.error());
                return;
            }
        }
        m_key = connectionKey();
        if (m_options.allowReuse || m_options.pinnedConnection) {
            if (std::optional<Connection> known = m_pool->take(m_key, m_options.pinnedConnection)) {
                m_connection = *known;
                m_exchange.connection.reused = true;
                m_exchange.tls = m_connection.tls;
                attachSocket();
                send();
                return;
            }
            if (m_options.pinnedConnection) {
                fail({ErrorCode::ConnectionClosed, u"the connection that this request has to use is closed"_s, {},
                      u"Send again from the start: the authentication belongs to one connection."_s});
                return;
            }
        }
        resolve();
    }

    // Connections are shared only by requests that agree on everything that made them.
    [[nodiscard]] QString connectionKey() const
    {
        QString key = m_exchange.request.url.origin().toString();
        const QString target = overrideFor();
        key += u'|' + target + u'|' + QString::number(m_options.addressFamily);
        if (m_exchange.request.url.isSecure()) {
            QCryptographicHash hash(QCryptographicHash::Sha256);
            hash.addData(m_options.clientCertificatePem);
            hash.addData(m_options.clientKeyPem);
            for (const QByteArray &pem : m_options.extraCaPem)
                hash.addData(pem);
            key += m_options.verifyTls ? u"|v|"_s : u"|n|"_s;
            key += QString::fromLatin1(hash.result().toHex());
        }
        return key;
    }

    [[nodiscard]] QString overrideFor() const
    {
        const Url &url = m_exchange.request.url;
        return m_options.resolveOverrides.value(u"%1:%2"_s.arg(url.host).arg(url.port));
    }

    Result<void> prepareTls()
    {
        m_tlsConfiguration = QSslConfiguration::defaultConfiguration();
        m_tlsConfiguration.setProtocol(QSsl::TlsV1_2OrLater);
        m_tlsConfiguration.setPeerVerifyMode(QSslSocket::VerifyPeer);
        m_tlsConfiguration.setAllowedNextProtocols({"http/1.1"_ba});
        m_tlsConfiguration.setSslOption(QSsl::SslOptionDisableSessionPersistence, false);
        for (const QByteArray &pem : m_options.extraCaPem) {
            const QList<QSslCertificate> anchors = QSslCertificate::fromData(pem, QSsl::Pem);
            if (anchors.isEmpty())
                return Error{ErrorCode::TlsFailure, u"the file of trusted certificates holds no PEM certificate"_s, {},
                             u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it."_s};
            m_tlsConfiguration.addCaCertificates(anchors);
        }
        if (m_options.clientCertificatePem.isEmpty() && m_options.clientKeyPem.isEmpty())
            return {};
        const QList<QSslCertificate> chain = QSslCertificate::fromData(m_options.clientCertificatePem, QSsl::Pem);
        if (chain.isEmpty())
            return Error{ErrorCode::TlsFailure, u"the client certificate can't be read, so none was offered"_s, {},
                         u"Choose a PEM file with -----BEGIN CERTIFICATE----- in it."_s};
        // Without a key file of its own the key stands in the certificate's file, as curl has it.
        const QByteArray keyPem = m_options.clientKeyPem.isEmpty() ? m_options.clientCertificatePem : m_options.clientKeyPem;
        QSslKey key;
        for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
            key = QSslKey(keyPem, algorithm, QSsl::Pem, QSsl::PrivateKey, m_options.clientKeyPassphrase);
            if (!key.isNull())
                break;
        }
        if (key.isNull())
            return Error{ErrorCode::TlsFailure, u"the key of the client certificate can't be read, so none was offered"_s, {},
                         u"Check the file and its passphrase."_s};
        m_tlsConfiguration.setLocalCertificateChain(chain);
        m_tlsConfiguration.setPrivateKey(key);
        return {};
    }

    void resolve()
    {
        m_connectTimer.start(m_options.limits.connectTimeoutMs);
        const Url &url = m_exchange.request.url;
        m_port = url.port;
        QString host = url.host;
        if (const QString target = overrideFor(); !target.isEmpty()) {
            host = target;
            // "address" or "address:port"; an IPv6 address with a port has brackets.
            const qsizetype colon = target.lastIndexOf(u':');
            if (target.count(u':') == 1 || target.contains("]:"_L1)) {
                host = target.left(colon);
                m_port = quint16(target.mid(colon + 1).toUInt());
            }
            host.remove(u'[').remove(u']');
            note(u"connected to %1 instead, as the settings say"_s.arg(target));
        }
        QHostAddress literal;
        if (literal.setAddress(host)) {
            m_addresses = {literal};
            connectNext();
            return;
        }
        setPhase(TransportPhase::Resolving);
        m_lookup = QHostInfo::lookupHost(host, this, [this, host](const QHostInfo &info) {
            m_lookup = -1;
            if (m_done)
                return;
            m_exchange.timings.dns = lap();
            for (const QHostAddress &address : info.addresses()) {
                const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
                if (m_options.addressFamily == 0 || (m_options.addressFamily == 6) == isV6)
                    m_addresses.append(address);
            }
            if (m_addresses.isEmpty()) {
                fail({ErrorCode::HostNotFound,
                      info.addresses().isEmpty() ? u"the host %1 was not found"_s.arg(host)
                                                 : u"the host %1 has no IPv%2 address"_s.arg(host).arg(m_options.addressFamily),
                      info.errorString(), u"Check the spelling of the host, and whether this network knows it."_s});
                return;
            }
            connectNext();
        });
    }

    void connectNext()
    {
        setPhase(TransportPhase::Connecting);
        releaseSocket();
        m_connection = {};
        m_connection.id = m_pool->nextId++;
        m_connection.key = m_key;
        m_connection.socket = new QSslSocket(this);
        m_connection.socket->setReadBufferSize(readBuffer);
        m_connection.socket->setProxy(QNetworkProxy::NoProxy);
        attachSocket();
        m_connection.socket->connectToHost(m_addresses.at(m_addressIndex), m_port);
    }

    void attachSocket()
    {
        QSslSocket *socket = m_connection.socket;
        socket->setParent(this);
        m_exchange.connection.id = m_connection.id;
        m_exchange.connection.protocol = u"http/1.1"_s;
        QObject::connect(socket, &QSslSocket::connected, this, [this] { connected(); });
        QObject::connect(socket, &QSslSocket::encrypted, this, [this] { encrypted(); });
        QObject::connect(socket, &QSslSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
            m_tlsErrors = errors;
            if (!m_options.verifyTls)
                m_connection.socket->ignoreSslErrors();
        });
        QObject::connect(socket, &QSslSocket::alertReceived, this,
                         [this](QSsl::AlertLevel, QSsl::AlertType, const QString &description) { m_alert = description; });
        QObject::connect(socket, &QSslSocket::readyRead, this, [this] { readSome(); });
        QObject::connect(socket, &QSslSocket::bytesWritten, this, [this] { written(); });
        QObject::connect(socket, &QSslSocket::encryptedBytesWritten, this, [this] { written(); });
        QObject::connect(socket, &QSslSocket::errorOccurred, this, [this](QAbstractSocket::SocketError e) { socketError(e); });
        QObject::connect(socket, &QSslSocket::disconnected, this, [this] { closed(); });
    }

    void releaseSocket()
    {
        if (!m_connection.socket)
            return;
        m_connection.socket->disconnect(this);
        SocketTransport::Private::drop(std::exchange(m_connection.socket, nullptr));
    }

    void connected()
    {
        m_exchange.timings.connect = lap();
        m_connection.socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        if (!m_exchange.request.url.isSecure()) {
            send();
            return;
        }
        setPhase(TransportPhase::Handshaking);
        QSslConfiguration configuration = m_tlsConfiguration;
        if (const QByteArray ticket = m_pool->tickets.value(m_key); !ticket.isEmpty())
            configuration.setSessionTicket(ticket);
        m_connection.socket->setSslConfiguration(configuration);
        m_connection.socket->setPeerVerifyName(m_exchange.request.url.host);
        m_connection.socket->startClientEncryption();
    }

    void encrypted()
    {
        m_exchange.timings.tls = lap();
        readTls();
        m_connection.tls = m_exchange.tls;
        send();
    }

    void readTls()
    {
        TlsInfo info = readTlsFacts(*m_connection.socket, m_tlsErrors);
        info.verificationSkipped = !m_options.verifyTls;
        info.alert = m_alert;
        m_exchange.tls = info;
    }

    void send()
    {
        m_connectTimer.stop();
        QSslSocket *socket = m_connection.socket;
        ++m_connection.uses;
        m_exchange.connection.localAddress = addressText(socket->localAddress(), socket->localPort());
        m_exchange.connection.peerAddress = addressText(socket->peerAddress(), socket->peerPort());
        setPhase(TransportPhase::Sending);
        lap();
        const QByteArray &body = m_exchange.request.body;
        m_exchange.rawRequest = RecordedBytes();
        recordFailed(m_exchange.rawRequest.append(m_head));
        recordFailed(m_exchange.rawRequest.append(body));
        restartIdleTimer();
        if (body.size() <= 64 * 1024) {
            socket->write(m_head + body); // one segment, not two
        } else {
            socket->write(m_head);
            socket->write(body);
        }
        socket->flush();
        written();
    }

    void written()
    {
        if (m_phase != TransportPhase::Sending || !m_connection.socket)
            return;
        restartIdleTimer();
        if (m_connection.socket->bytesToWrite() > 0 || m_connection.socket->encryptedBytesToWrite() > 0)
            return;
        m_exchange.timings.send = lap();
        setPhase(TransportPhase::Waiting);
    }

    void restartIdleTimer()
    {
        if (m_options.limits.idleTimeoutMs > 0)
            m_idleTimer.start(m_options.limits.idleTimeoutMs);
    }

    void readSome()
    {
        QSslSocket *socket = m_connection.socket;
        while (!m_done && socket && socket->bytesAvailable() > 0) {
            const QByteArray bytes = socket->read(readChunk);
            if (bytes.isEmpty())
                break;
            take(bytes);
            socket = m_connection.socket;
        }
    }

    void take(const QByteArray &bytes)
    {
        if (m_exchange.rawResponse.isEmpty()) {
            // The answer may begin before all of the request is written.
            (m_phase == TransportPhase::Sending ? m_exchange.timings.send : m_exchange.timings.wait) = lap();
            setPhase(TransportPhase::Receiving);
        }
        restartIdleTimer();
        recordFailed(m_exchange.rawResponse.append(bytes));
        const qsizetype used = m_parser.feed(bytes);
        takeBody();
        if (m_done)
            return;
        if (m_parser.hasFailed()) {
            fail(m_parser.error());
        } else if (m_parser.isFinished()) {
            finishWhole(used == bytes.size() && m_connection.socket->bytesAvailable() == 0);
        } else if (m_parser.headersComplete()) {
            const QByteArray length = m_parser.response().headers.value("Content-Length");
            Q_EMIT progress(m_exchange.response.encodedBody.size(), length.isEmpty() ? -1 : length.toLongLong());
        }
    }

    void takeBody()
    {
        const QByteArray body = m_parser.takeBody();
        if (body.isEmpty())
            return;
        if (!m_bodyStarted)
            startBody();
        recordFailed(m_exchange.response.encodedBody.append(body));
        if (!m_decoder)
            return;
        QByteArray decoded;
        const Result<void> ok = m_decoder->feed(body, decoded);
        recordFailed(m_exchange.response.body.append(decoded));
        if (!ok)
            decodingFailed(ok.error(), "content-coding-corrupt");
    }

    void startBody()
    {
        m_bodyStarted = true;
        const QByteArray coding = m_parser.response().headers.combined("Content-Encoding");
        if (!m_options.decodeContent || coding.isEmpty())
            return;
        Result<std::unique_ptr<ContentDecoder>> decoder = ContentDecoder::create(coding, m_options.limits);
        if (!decoder) {
            anomaly("content-coding-unknown", decoder.error().message);
            return;
        }
        m_decoder = std::move(decoder).value();
        m_contentCoding = coding;
    }

    void decodingFailed(const Error &error, const char *anomalyId)
    {
        m_decoder.reset();
        anomaly(anomalyId, error.message + (error.detail.isEmpty() ? QString() : u": "_s + error.detail));
        if (error.code == ErrorCode::LimitExceeded)
            fail(error); // the encoded bytes so far stay; the rest is not worth receiving
    }

    void anomaly(const char *id, const QString &text)
    {
        const HeaderField *field = m_parser.response().headers.find("Content-Encoding");
        m_exchange.anomalies.append({QString::fromLatin1(id), text, field ? field->valueRange : ByteRange{}});
    }

    void note(const QString &text) { m_exchange.decisions.append({DecisionKind::Note, text}); }

    void recordFailed(const Result<void> &result)
    {
        if (!result && !m_exchange.error)
            m_exchange.error = result.error(); // reported with what there is; the exchange itself goes on
    }

    void socketError(QAbstractSocket::SocketError code)
    {
        if (m_done)
            return;
        QSslSocket *socket = m_connection.socket;
        const Url &url = m_exchange.request.url;
        if (m_phase == TransportPhase::Connecting) {
            const QString where = addressText(m_addresses.at(m_addressIndex), m_port);
            const QString why = code == QAbstractSocket::ConnectionRefusedError ? u"connection refused"_s : socket->errorString();
            if (m_addressIndex + 1 < m_addresses.size()) {
                note(u"%1: %2; the next address was tried"_s.arg(where, why));
                ++m_addressIndex;
                // Not from within the socket's own signal.
                QMetaObject::invokeMethod(this, [this] { if (!m_done) connectNext(); }, Qt::QueuedConnection);
                return;
            }
            m_exchange.connection.peerAddress = where;
            fail({ErrorCode::ConnectFailed, u"could not connect to %1 at %2: %3"_s.arg(url.host, where, why), {},
                  u"Check that the server runs and that the port is right."_s});
            return;
        }
        if (m_phase == TransportPhase::Handshaking) {
            m_exchange.timings.tls = lap();
            readTls();
            const QStringList errors = m_exchange.tls->errors;
            if (!errors.isEmpty()) {
                fail({ErrorCode::TlsFailure, u"the certificate of %1 is not trusted: %2"_s.arg(url.host, errors.join(u"; "_s)), {},
                      u"If you know this server, add its CA or allow an exception for this origin."_s});
            } else {
                fail({m_alert.isEmpty() ? ErrorCode::TlsFailure : ErrorCode::TlsAlert,
                      u"the TLS handshake with %1 failed: %2"_s.arg(url.host, m_alert.isEmpty() ? socket->errorString() : m_alert),
                      socket->errorString(), u"Check that the server speaks TLS on this port, and which versions it takes."_s});
            }
            return;
        }
        m_lastSocketError = socket->errorString();
        m_closedCleanly = code == QAbstractSocket::RemoteHostClosedError;
        // `disconnected` follows, with the last bytes read before.
        if (socket->state() == QAbstractSocket::UnconnectedState)
            closed();
    }

    void closed()
    {
        if (m_done || m_phase == TransportPhase::Connecting || m_phase == TransportPhase::Handshaking)
            return;
        readSome();
        if (m_done)
            return;
        if (m_exchange.tls && !m_alert.isEmpty())
            m_exchange.tls->alert = m_alert;
        if (m_exchange.rawResponse.isEmpty()) {
            if (m_exchange.connection.reused && !m_retried && m_exchange.request.isSafe() && !m_options.pinnedConnection
                && m_alert.isEmpty()) {
                retry();
                return;
            }
            if (!m_alert.isEmpty()) {
                // TLS 1.3: the handshake succeeds for the client, and the server's refusal comes afterwards.
                fail({ErrorCode::TlsAlert, u"the server ended the TLS connection with an alert: %1"_s.arg(m_alert), m_lastSocketError,
                      u"An alert after the handshake usually means that the server wants a client certificate, or another one."_s});
                return;
            }
            fail({ErrorCode::ConnectionClosed, u"the server closed the connection without an answer"_s, m_lastSocketError,
                  u"Send again; if it stays, look at the server's log, and check http against https."_s});
            return;
        }
        const bool wasReset = !m_closedCleanly && !m_lastSocketError.isEmpty();
        m_parser.finish();
        takeBody();
        if (m_done)
            return;
        if (m_parser.hasFailed()) {
            Error error = m_parser.error();
            if (wasReset)
                error.detail = m_lastSocketError;
            fail(error);
            return;
        }
        finishWhole(false);
    }

    void retry()
    {
        m_retried = true;
        m_exchange.decisions.append(
            {DecisionKind::Retried, u"connection %1 was closed by the server before any byte of an answer; sent once more on a new one"_s
                                        .arg(m_connection.id)});
        m_exchange.connection = {};
        m_exchange.tls.reset();
        m_lastSocketError.clear();
        m_idleTimer.stop();
        // Not from within the socket's own signal.
        QMetaObject::invokeMethod(this, [this] {
            if (m_done)
                return;
            releaseSocket();
            lap();
            resolve();
        }, Qt::QueuedConnection);
    }

    void connectTimedOut()
    {
        const QString limit = QString::number(m_options.limits.connectTimeoutMs / 1000.0);
        const QString what = m_phase == TransportPhase::Resolving ? u"the host name was not resolved"_s
            : m_phase == TransportPhase::Handshaking              ? u"the TLS handshake did not end"_s
                                                                  : u"the server did not take the connection"_s;
        if (m_phase == TransportPhase::Handshaking)
            readTls();
        fail({ErrorCode::ConnectTimeout, u"%1 within the connect time limit of %2 s"_s.arg(what, limit), {},
              u"Check the address and firewalls in between, or raise the connect time limit."_s});
    }

    void idleTimedOut()
    {
        fail({ErrorCode::IdleTimeout,
              u"nothing came for %1 s (idle time limit): %2"_s.arg(m_options.limits.idleTimeoutMs / 1000.0).arg(receivedSoFar()), {},
              u"The server hangs, or waits for more; raise the idle time limit if it is only slow."_s});
    }

    void finishWhole(bool connectionIsClean)
    {
        if (m_decoder) {
            QByteArray rest;
            const Result<void> ok = m_decoder->finish(rest);
            recordFailed(m_exchange.response.body.append(rest));
            if (!ok)
                decodingFailed(ok.error(), "content-coding-truncated");
            if (m_done)
                return;
        }
        copyResponse();
        m_exchange.response.complete = true;
        bool wantsClose = false;
        for (const QByteArray &option : splitList(m_exchange.request.headers.combined("Connection")))
            wantsClose = wantsClose || equalsIgnoreCase(option, "close");
        QSslSocket *socket = m_connection.socket;
        if (m_exchange.request.url.isSecure() && socket) {
            if (const QByteArray ticket = socket->sslConfiguration().sessionTicket(); !ticket.isEmpty())
                m_pool->tickets.insert(m_key, ticket);
        }
        const bool reusable = connectionIsClean && m_parser.keepAlive() && m_options.keepOpen && !wantsClose && socket
            && socket->state() == QAbstractSocket::ConnectedState && socket->bytesToWrite() == 0;
        if (reusable) {
            socket->disconnect(this);
            m_pool->put(m_connection);
            m_connection.socket = nullptr;
        }
        done();
    }

    void copyResponse()
    {
        const Response &parsed = m_parser.response();
        RecordedBytes encoded = m_exchange.response.encodedBody;
        RecordedBytes body = m_exchange.response.body;
        m_exchange.response = parsed;
        m_exchange.response.encodedBody = encoded;
        const bool wasDecoded = !m_contentCoding.isEmpty();
        m_exchange.response.body = wasDecoded ? body : encoded; // copies share the bytes
        m_exchange.response.contentCoding = m_contentCoding;
        m_exchange.bodyOffset = m_parser.bodyOffset();
        m_exchange.anomalies = m_parser.anomalies() + m_exchange.anomalies;
    }

    void fail(const Error &error)
    {
        if (m_done)
            return;
        if (!m_exchange.rawResponse.isEmpty())
            copyResponse();
        m_exchange.error = error;
        done();
    }

    void done()
    {
        m_done = true;
        for (QTimer *timer : {&m_connectTimer, &m_idleTimer, &m_totalTimer})
            timer->stop();
        if (m_lookup >= 0)
            QHostInfo::abortHostLookup(std::exchange(m_lookup, -1));
        if (!m_exchange.rawResponse.isEmpty())
            m_exchange.timings.receive = lap();
        m_exchange.timings.total = m_timer.isValid() ? elapsed() : 0;
        if (m_connection.socket) {
            // Not deleted here: this may be one of its signals.
            m_connection.socket->disconnect(this);
            QSslSocket *socket = std::exchange(m_connection.socket, nullptr);
            socket->setParent(nullptr);
            QMetaObject::invokeMethod(socket, [socket] { SocketTransport::Private::drop(socket); }, Qt::QueuedConnection);
        }
        setPhase(TransportPhase::Done);
        Q_EMIT finished(m_exchange);
    }

    QPointer<SocketTransport::Private> m_pool;
    TransportOptions m_options;
    ResponseParser m_parser;
    QByteArray m_head;
    QString m_key;
    Exchange m_exchange;
    Connection m_connection;
    QSslConfiguration m_tlsConfiguration;
    QList<QSslError> m_tlsErrors;
    QString m_alert;
    QString m_lastSocketError;
    QList<QHostAddress> m_addresses;
    qsizetype m_addressIndex = 0;
    quint16 m_port = 0;
    int m_lookup = -1;
    std::unique_ptr<ContentDecoder> m_decoder;
    QByteArray m_contentCoding;
    QTimer m_connectTimer;
    QTimer m_idleTimer;
    QTimer m_totalTimer;
    QElapsedTimer m_timer;
    double m_lapStart = 0;
    TransportPhase m_phase = TransportPhase::Idle;
    bool m_bodyStarted = false;
    bool m_closedCleanly = false;
    bool m_retried = false;
    bool m_done = false;
};

SocketTransport::SocketTransport(const Clock &clock, QObject *parent)
    : Transport(parent), d(std::make_unique<Private>(clock))
{}

SocketTransport::~SocketTransport() = default;

TransportOperation *SocketTransport::start(const Request &request, const TransportOptions &options)
{
    return new SocketOperation(*d, request, options);
}

int SocketTransport::idleConnections() const { return int(d->idle.size()); }

void SocketTransport::closeIdleConnections() { d->closeIdle(); }

} // namespace realmscope
