// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Exchange.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

QString exchangeRoleId(ExchangeRole role)
{
    switch (role) {
    case ExchangeRole::Final:
        return u"final"_s;
    case ExchangeRole::Challenge:
        return u"challenge"_s;
    case ExchangeRole::Token:
        return u"token"_s;
    case ExchangeRole::Redirect:
        return u"redirect"_s;
    case ExchangeRole::Proxy:
        return u"proxy"_s;
    case ExchangeRole::Preflight:
        return u"preflight"_s;
    case ExchangeRole::Probe:
        return u"probe"_s;
    }
    return {};
}

bool Exchange::hasAnomaly(QLatin1String id) const
{
    return std::ranges::any_of(anomalies, [&](const Anomaly &anomaly) { return anomaly.id == id; });
}

bool Exchange::hasDecision(DecisionKind kind) const
{
    return std::ranges::any_of(decisions, [&](const Decision &decision) { return decision.kind == kind; });
}

int Trace::finalIndex() const
{
    for (qsizetype i = exchanges.size() - 1; i >= 0; --i) {
        if (exchanges.at(i).role != ExchangeRole::Probe)
            return int(i);
    }
    return -1;
}

const Exchange *Trace::final() const
{
    const int index = finalIndex();
    return index < 0 ? nullptr : &exchanges.at(index);
}

} // namespace realmscope
