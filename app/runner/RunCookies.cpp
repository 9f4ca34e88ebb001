// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/RunCookies.h"

#include "app/base/Clock.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QList<QByteArray> namesIn(const Headers &headers)
{
    QList<QByteArray> names;
    for (const QByteArray &line : headers.values("Cookie")) {
        for (const QByteArray &pair : line.split(';'))
            names << pair.left(std::max<qsizetype>(pair.indexOf('='), 0)).trimmed();
    }
    return names;
}

} // namespace

RunCookies::RunCookies(std::shared_ptr<CookieJar> jar, bool areOn, const Clock &clock)
    : m_jar(std::move(jar)), m_areOn(areOn && m_jar), m_clock(clock)
{
    if (!m_areOn && m_jar)
        m_shadow = *m_jar;
}

CookieContext RunCookies::contextOf(const Request &request) const
{
    CookieContext context{request.url, request.method, m_clock.nowMs(), std::nullopt};
    if (const HeaderField *origin = request.headers.find("Origin"))
        context.initiator = origin->value;
    return context;
}

void RunCookies::markOff(CookieVerdict &verdict, CookieDecision decision) const
{
    verdict.decision = decision;
    verdict.reasonId = m_jar ? u"cookies-off"_s : u"no-jar"_s;
    verdict.reason = m_jar ? u"cookies are switched off for this request"_s
                           : u"no cookie jar is in use (curl keeps cookies only with -b or -c)"_s;
}

QList<CookieVerdict> RunCookies::addTo(Request &request)
{
    const CookieContext context = contextOf(request);
    if (!m_areOn) {
        QList<CookieVerdict> verdicts = m_shadow.select(context).verdicts;
        const QList<QByteArray> written = namesIn(request.headers);
        verdicts.removeIf([&](const CookieVerdict &verdict) { return written.contains(verdict.name); });
        for (CookieVerdict &verdict : verdicts) {
            if (verdict.decision == CookieDecision::Sent)
                markOff(verdict, CookieDecision::Withheld);
        }
        return verdicts;
    }
    CookieSelection selection = m_jar->take(context);
    const QList<QByteArray> written = namesIn(request.headers);
    const HeaderField *own = request.headers.find("Cookie");
    const bool isUsers = own && own->source != HeaderSource::Profile;
    QList<CookieVerdict> sent;
    QList<CookieVerdict> withheld;
    for (CookieVerdict &verdict : selection.verdicts) {
        if (verdict.decision == CookieDecision::Sent && written.contains(verdict.name)) {
            verdict.decision = CookieDecision::Withheld;
            verdict.reasonId = u"own-cookie"_s;
            verdict.reason = isUsers ? u"the Cookie header of the request has one of this name, which wins"_s
                                     : u"the credential has a cookie of this name, which wins"_s;
        }
        (verdict.decision == CookieDecision::Sent ? sent : withheld).append(verdict);
    }
    selection.cookies.removeIf([&](const Cookie &cookie) { return written.contains(cookie.name); });
    const QByteArray value = selection.header();
    if (!value.isEmpty()) {
        const QString count = u"%1 of %2"_s.arg(sent.size()).arg(sent.size() + withheld.size());
        if (own) {
            const HeaderSource source = own->source;
            const QString detail = (own->sourceDetail.isEmpty() ? QString() : own->sourceDetail + u", "_s)
                + u"with %1 of the cookie jar"_s.arg(count);
            request.headers.set(own->name, value + "; " + request.headers.values("Cookie").join("; "), source, detail);
        } else {
            request.headers.append("Cookie"_ba, value, HeaderSource::CookieJar, count);
        }
    }
    return sent + withheld;
}

void RunCookies::takeFrom(Exchange &exchange)
{
    // The jar's cookies stand first in the header, in this order.
    if (const HeaderField *header = exchange.request.headers.find("Cookie"); header && !header->valueRange.isEmpty()) {
        qsizetype at = 0;
        for (CookieVerdict &verdict : exchange.cookies) {
            if (verdict.decision != CookieDecision::Sent)
                break;
            const qsizetype semicolon = header->value.indexOf(';', at);
            const qsizetype end = semicolon < 0 ? header->value.size() : semicolon;
            verdict.range = {header->valueRange.begin + at, header->valueRange.begin + end};
            at = end + 2;
        }
    }
    const CookieContext context = contextOf(exchange.request);
    for (const HeaderField &field : exchange.response.headers) {
        if (!field.is("Set-Cookie"))
            continue;
        CookieVerdict verdict = (m_areOn ? *m_jar : m_shadow).store(field.value, context);
        if (!m_areOn && verdict.decision != CookieDecision::Rejected)
            markOff(verdict, CookieDecision::Rejected);
        verdict.range = field.valueRange;
        exchange.cookies.append(verdict);
    }
}

} // namespace realmscope
