// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/cookies/CookieJarModel.h"

#include "app/base/Encoding.h"
#include "ui/response/CookieVerdictModel.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

void CookieJarModel::setCookies(const CookieJar &jar, qint64 nowMs)
{
    beginResetModel();
    m_cookies = jar.cookies();
    m_cookies.removeIf([&](const Cookie &cookie) { return cookie.isExpired(nowMs); });
    std::ranges::stable_sort(m_cookies, [](const Cookie &a, const Cookie &b) {
        return a.domain != b.domain ? a.domain < b.domain : a.name < b.name;
    });
    endResetModel();
}

int CookieJarModel::rowOf(const CookieKey &key) const
{
    const auto it = std::ranges::find_if(m_cookies, [&](const Cookie &cookie) { return cookie.key() == key; });
    return it == m_cookies.end() ? -1 : static_cast<int>(it - m_cookies.begin());
}

int CookieJarModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_cookies.size());
}

int CookieJarModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CookieJarModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole)
        return {};
    const Cookie &cookie = m_cookies.at(index.row());
    switch (index.column()) {
    case Name:
        return cookie.name.isEmpty() ? tr("(no name)") : displayText(cookie.name);
    case Domain:
        return cookie.hostOnly ? tr("%1 only").arg(cookie.domain) : tr("%1 and below").arg(cookie.domain);
    case Path:
        return displayText(cookie.path);
    case Attributes:
        return cookieAttributes(cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.expiresAt);
    default:
        return {};
    }
}

QVariant CookieJarModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Cookie");
    case Domain:
        return tr("Sent to");
    case Path:
        return tr("Path");
    case Attributes:
        return tr("Attributes");
    default:
        return {};
    }
}

} // namespace realmscope
