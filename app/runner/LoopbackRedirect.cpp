// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/LoopbackRedirect.h"

#include "app/http/Codec.h"

#include <QtCore/QTimer>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int idleMs = 30'000; // of a connection that a browser opens and does not use

Limits browserLimits()
{
    Limits limits;
    limits.headerBytes = 64 * 1024;
    limits.bodyBytes = 64 * 1024;
    return limits;
}

QByteArray page(const QByteArray &status, const QByteArray &title, const QByteArray &text, const QByteArray &script = {})
{
    const QByteArray body = "<!doctype html><meta charset=\"utf-8\"><title>" + title
        + "</title><body style=\"font:16px system-ui,sans-serif;margin:15vh auto;max-width:32em;padding:0 1em\"><h1 style=\"font-size:1.3em\">" + title
        + "</h1><p>" + text + "</p>" + script;
    return "HTTP/1.1 " + status + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n" + body;
}

QByteArray finishedPage() { return page("200 OK", "You can go back to Realmscope", "The answer has arrived. This window can be closed."); }

// The parameters are in the fragment, which is never sent: this page asks again with them as a query.
QByteArray fragmentPage()
{
    return page("200 OK", "One moment…", "If nothing happens, copy the address of this page into Realmscope.",
                "<script>if(location.hash.length>1)location.replace(location.pathname+'?'+location.hash.slice(1))</script>");
}

} // namespace

LoopbackRedirect::LoopbackRedirect(const Clock &clock, QObject *parent) : QObject(parent), m_clock(clock) {}

LoopbackRedirect::~LoopbackRedirect() = default;

bool LoopbackRedirect::isLoopback(const QUrl &redirectUri)
{
    const QString host = redirectUri.host();
    return redirectUri.scheme() == "http"_L1 && (host == "localhost"_L1 || QHostAddress(host).isLoopback());
}

Result<QUrl> LoopbackRedirect::listen(const QUrl &redirectUri)
{
    m_uri = redirectUri;
    QList<QHostAddress> addresses{QHostAddress(redirectUri.host())};
    if (redirectUri.host() == "localhost"_L1)
        addresses = {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    for (const QHostAddress &address : std::as_const(addresses)) {
        auto server = std::make_unique<QTcpServer>();
        if (!server->listen(address, static_cast<quint16>(m_uri.port(0)))) {
            if (!m_servers.empty()) // localhost, and no IPv6 here
                continue;
            return Error{ErrorCode::ConnectFailed,
                         m_uri.port(0) == 0 ? u"no port of %1 can be listened on"_s.arg(address.toString())
                                            : u"port %1 of %2, where the browser shall come back to, can't be listened on"_s.arg(m_uri.port()).arg(address.toString()),
                         server->errorString(), u"End the program that uses it, or use another port in the redirect URI (the server has to know it)."_s};
        }
        m_uri.setPort(server->serverPort());
        connect(server.get(), &QTcpServer::newConnection, this, [this, raw = server.get()] { accept(*raw); });
        m_servers.push_back(std::move(server));
    }
    return m_uri;
}

void LoopbackRedirect::accept(QTcpServer &server)
{
    while (QTcpSocket *socket = server.nextPendingConnection()) {
        // It outlives this object, so that a page that is still being sent arrives.
        socket->setParent(nullptr);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(idleMs, socket, &QObject::deleteLater);
        serve(*socket);
    }
}

void LoopbackRedirect::serve(QTcpSocket &socket)
{
    const auto parser = std::make_shared<RequestParser>(browserLimits());
    const auto read = [this, parser, &socket] {
        if (parser->isFinished())
            return;
        parser->feed(socket.readAll());
        if (!parser->isFinished() && !parser->hasFailed())
            return;
        const auto answer = [&](const QByteArray &bytes) {
            socket.write(bytes);
            socket.disconnectFromHost();
        };
        if (parser->hasFailed()) {
            answer(page("400 Bad Request", "This was no request", "Realmscope waits here for a browser."));
            return;
        }
        const RequestHead head = parser->head();
        const Result<Url> url = Url::parse(u"http://"_s + m_uri.authority() + QString::fromLatin1(head.target));
        if (!url || QString::fromLatin1(url->path) != (m_uri.path().isEmpty() ? u"/"_s : m_uri.path(QUrl::FullyEncoded)) || m_hasArrived) {
            answer(page("404 Not Found", "Nothing is here", "Realmscope waits at another address for a browser."));
            return;
        }
        if (!url->query || url->query->isEmpty()) {
            answer(fragmentPage());
            return;
        }
        m_hasArrived = true;
        Exchange exchange;
        exchange.request.method = head.method;
        exchange.request.url = *url;
        exchange.request.target = head.target;
        exchange.request.headers = head.headers;
        exchange.rawRequest = RecordedBytes(parser->raw());
        const QByteArray bytes = finishedPage();
        ResponseParser response(head.method);
        response.feed(bytes);
        exchange.response = response.response();
        exchange.response.body = exchange.response.encodedBody = RecordedBytes(response.takeBody());
        exchange.rawResponse = RecordedBytes(bytes);
        exchange.bodyOffset = response.bodyOffset();
        exchange.startedAtMs = m_clock.nowMs();
        exchange.connection.protocol = u"http/1.1"_s;
        answer(bytes);
        Q_EMIT arrived(QUrl(url->toString(), QUrl::TolerantMode), exchange);
    };
    connect(&socket, &QTcpSocket::readyRead, this, read);
    read();
}

} // namespace realmscope
