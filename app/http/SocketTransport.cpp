// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SocketTransport.h"

#include "app/base/Clock.h"
#include "app/http/ConnectionPool.h"
#include "app/http/SocketOperation.h"

namespace realmscope {

class SocketTransport::Private
{
public:
    explicit Private(const Clock &c) : clock(c), pool(ConnectionPool::create()) {}

    const Clock &clock;
    std::shared_ptr<ConnectionPool> pool;
};

SocketTransport::SocketTransport(const Clock &clock, QObject *parent)
    : Transport(parent), d(std::make_unique<Private>(clock))
{}

SocketTransport::~SocketTransport() { d->pool->shutDown(); }

TransportOperation *SocketTransport::start(const Request &request, const TransportOptions &options)
{
    auto *operation = new SocketOperation(d->pool, request, options, d->clock.nowMs());
    operation->begin();
    return operation;
}

bool SocketTransport::hasConnection(const Request &request, const TransportOptions &options) const
{
    return options.allowReuse
        && d->pool->hasIdle(ConnectionPool::key(request, options),
                            ConnectionPool::needsTunnel(request, options) && request.method != "CONNECT");
}

int SocketTransport::idleConnections() const { return d->pool->idleCount(); }

void SocketTransport::closeIdleConnections() { d->pool->closeIdle(); }

void SocketTransport::setIdleLimit(int milliseconds) { d->pool->setIdleLimit(milliseconds); }

} // namespace realmscope
