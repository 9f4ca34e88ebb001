// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Secret.h"
#include "app/http/Url.h"

#include <QtCore/QHash>

#include <optional>

namespace realmscope {

// A proxy between us and the server.
struct ProxyServer
{
    enum class Kind { Http, Socks5 };
    Kind kind = Kind::Http;
    QString host; // as of Url
    quint16 port = 0;
    bool remoteDns = true; // SOCKS5: the proxy looks the host up (socks5h), else we do (socks5)
    // SOCKS5 (RFC 1929). An HTTP proxy gets its credential in a header, by an AuthFlow.
    QString userName;
    Secret password;

    [[nodiscard]] QString toString() const; // "http://proxy.example:3128", "socks5h://[::1]:1080"; no credential
    // What a credential profile has to name: "http://proxy.example:3128".
    [[nodiscard]] Origin origin() const;
    bool operator==(const ProxyServer &other) const;
};

// Which proxy, and which rule says so.
struct ProxyChoice
{
    std::optional<ProxyServer> server; // none: straight to the server
    // user[:password]@ of the rule, percent-decoded.
    std::optional<QString> userName;
    Secret password;
    QString why; // for a person; empty when there is nothing to say: no rule speaks of a proxy
};

// The *_proxy variables, each under its own name as written.
using ProxyEnvironment = QHash<QString, QString>;
[[nodiscard]] ProxyEnvironment proxyEnvironment(); // of this process

// [scheme://][user[:password]@]host[:port] as curl's -x has it: no scheme means http, no port 1080.
// Errors: InvalidInput; Unsupported for a kind of proxy that there is no support for (https, socks4).
[[nodiscard]] Result<ProxyChoice> parseProxy(const QString &text);

// setting: of the request; empty: the environment decides, "none": no proxy. noProxy: hosts reached directly, in place of
// no_proxy. Order and spelling of the variables as curl: http_proxy only in lower case (a CGI program gets HTTP_PROXY
// from the client's Proxy header), the others in lower, then upper case; then all_proxy; no_proxy also speaks against
// the request's own setting. Errors: of parseProxy(), with the name of the rule.
[[nodiscard]] Result<ProxyChoice> chooseProxy(const Url &url, const QString &setting, const std::optional<QString> &noProxy,
                                              const ProxyEnvironment &environment);

// The entry of a no_proxy list that names this host, empty when none does. "*" alone is every host; a domain stands for
// itself and what is below it, a leading dot changes nothing; an address may have a prefix length; an entry with :port
// holds for that port only.
[[nodiscard]] QString noProxyEntryFor(const QString &host, quint16 port, const QString &list);

} // namespace realmscope
