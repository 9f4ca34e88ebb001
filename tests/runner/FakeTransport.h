// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Transport.h"

#include <QtCore/QTimer>

#include <functional>

namespace realmscope {

// Answers without a network, from the event loop as the real one does.
class FakeTransport final : public Transport
{
    Q_OBJECT
public:
    using Answer = std::function<Response(const Request &)>;
    explicit FakeTransport(Answer answer) : m_answer(std::move(answer)) {}

    QList<Request> requests;
    QList<TransportOptions> options;
    bool silent = false; // never answers
    std::function<void(Exchange &)> finish; // the last touch to an exchange

    [[nodiscard]] static Response response(int status, const Headers &headers = {})
    {
        Response response;
        response.status = status;
        response.headers = headers;
        response.complete = true;
        return response;
    }

    class Operation final : public TransportOperation
    {
    public:
        explicit Operation(Exchange exchange, bool silent) : m_exchange(std::move(exchange))
        {
            if (!silent)
                QTimer::singleShot(0, this, [this] { Q_EMIT finished(m_exchange); });
        }
        void cancel() override
        {
            m_exchange.response = {};
            m_exchange.error = Error{ErrorCode::Cancelled, QStringLiteral("cancelled"), {}, {}};
            Q_EMIT finished(m_exchange);
        }
        [[nodiscard]] TransportPhase phase() const override { return TransportPhase::Waiting; }

    private:
        Exchange m_exchange;
    };

    [[nodiscard]] TransportOperation *start(const Request &request, const TransportOptions &how) override
    {
        requests << request;
        options << how;
        Exchange exchange;
        exchange.request = request;
        exchange.response = m_answer(request);
        exchange.connection.id = quint64(requests.size());
        if (finish)
            finish(exchange);
        return new Operation(exchange, silent);
    }

private:
    Answer m_answer;
};

} // namespace realmscope
