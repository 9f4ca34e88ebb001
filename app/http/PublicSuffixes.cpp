// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/PublicSuffixes.h"

#include <QtNetwork/QHostAddress>

#include <libpsl.h>

namespace realmscope {

PublicSuffixes PublicSuffixes::system()
{
    // Read once: it never changes while the program runs.
    static const std::shared_ptr<const psl_ctx_st> list(psl_latest(nullptr), [](psl_ctx_t *read) { psl_free(read); });
    PublicSuffixes suffixes;
    suffixes.m_list = list;
    return suffixes;
}

bool PublicSuffixes::isPublic(const QString &host) const
{
    return m_list && !isIpAddress(host) && psl_is_public_suffix(m_list.get(), host.toLatin1().constData()) != 0;
}

QString PublicSuffixes::registrableDomain(const QString &host) const
{
    if (!m_list || isIpAddress(host))
        return host;
    const QByteArray name = host.toLatin1();
    const char *domain = psl_registrable_domain(m_list.get(), name.constData());
    return domain ? QString::fromLatin1(domain) : host;
}

bool isIpAddress(const QString &host)
{
    QHostAddress address;
    if (!address.setAddress(host))
        return false;
    // QHostAddress takes short forms as well ("10.1"), which are names here.
    return address.protocol() == QAbstractSocket::IPv6Protocol || host.count(u'.') == 3;
}

} // namespace realmscope
