// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <memory>

namespace realmscope {

// What Negotiate needs of the system's GSS-API (RFC 2743, RFC 4178), behind an interface, because the system's asks the
// key distribution centre and may block: step() is called off the thread of the window.
struct GssTarget
{
    QString service;          // "HTTP"
    QString host;
    QString principal;        // of the user; empty: the one of the default credentials cache
    bool delegate = false;    // hand the ticket-granting ticket to the server
    QByteArray channelBinding; // "tls-server-end-point:" and the hash; empty: none
};

struct GssOutput
{
    QByteArray token;      // to be sent; may be empty when complete
    bool complete = false; // nothing more is expected
    bool mutual = false;   // the server proved who it is
};

class GssContext
{
public:
    virtual ~GssContext() = default;
    // input: the server's token, empty at first. Errors: AuthFailed with the system's own words in `detail`.
    [[nodiscard]] virtual Result<GssOutput> step(const QByteArray &input) = 0;
};

class GssProvider
{
public:
    virtual ~GssProvider() = default;
    [[nodiscard]] virtual std::unique_ptr<GssContext> open(const GssTarget &target) const = 0;
};

// MIT Kerberos or what else is installed, with SPNEGO. A build without GSS-API has one whose contexts say so.
[[nodiscard]] std::shared_ptr<const GssProvider> systemGss();

} // namespace realmscope
