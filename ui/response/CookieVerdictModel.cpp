// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/CookieVerdictModel.h"

#include "app/base/Encoding.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QDateTime>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct DecisionLook
{
    QString word;
    QString icon;
    Token token = Token::Fg2;
};

DecisionLook lookOf(CookieDecision decision)
{
    switch (decision) {
    case CookieDecision::Sent:
        return {CookieVerdictModel::tr("Sent"), u"arrow-up"_s, Token::Info};
    case CookieDecision::Withheld:
        return {CookieVerdictModel::tr("Withheld"), u"circle-minus"_s, Token::Warn};
    case CookieDecision::Stored:
        return {CookieVerdictModel::tr("Kept"), u"circle-check"_s, Token::Good};
    case CookieDecision::Replaced:
        return {CookieVerdictModel::tr("Replaced"), u"refresh-cw"_s, Token::Good};
    case CookieDecision::Removed:
        return {CookieVerdictModel::tr("Removed"), u"trash-2"_s, Token::Fg2};
    case CookieDecision::Rejected:
        return {CookieVerdictModel::tr("Rejected"), u"circle-x"_s, Token::Bad};
    }
    return {};
}

} // namespace

QString cookieScope(const QString &domain, bool hostOnly, const QByteArray &path)
{
    const QString host = hostOnly ? CookieVerdictModel::tr("%1 only").arg(domain) : CookieVerdictModel::tr("%1 and below").arg(domain);
    return path == "/" ? host : host + u"  "_s + displayText(path);
}

QString cookieAttributes(bool secure, bool httpOnly, SameSite sameSite, std::optional<qint64> expiresAt)
{
    QStringList parts;
    if (secure)
        parts.append(u"Secure"_s);
    if (httpOnly)
        parts.append(u"HttpOnly"_s);
    if (sameSite != SameSite::Default)
        parts.append(u"SameSite="_s + sameSiteText(sameSite));
    parts.append(expiresAt ? CookieVerdictModel::tr("until %1").arg(
                                 QDateTime::fromSecsSinceEpoch(*expiresAt).toString(u"yyyy-MM-dd HH:mm"_s))
                           : CookieVerdictModel::tr("session"));
    return parts.join(u", "_s);
}

void CookieVerdictModel::setExchange(const Exchange &exchange)
{
    beginResetModel();
    m_verdicts = exchange.cookies;
    std::ranges::stable_partition(m_verdicts, [](const CookieVerdict &verdict) { return verdict.isReceived(); });
    endResetModel();
}

int CookieVerdictModel::count(CookieDecision decision) const
{
    return static_cast<int>(std::ranges::count(m_verdicts, decision, &CookieVerdict::decision));
}

int CookieVerdictModel::received() const
{
    return static_cast<int>(std::ranges::count_if(m_verdicts, [](const CookieVerdict &v) { return v.isReceived(); }));
}

int CookieVerdictModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_verdicts.size());
}

int CookieVerdictModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CookieVerdictModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const CookieVerdict &verdict = m_verdicts.at(index.row());
    const DecisionLook look = lookOf(verdict.decision);
    if (role == TokenRole)
        return static_cast<int>(look.token);
    if (role == IconNameRole)
        return index.column() == Outcome ? QVariant(look.icon) : QVariant();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole)
        return {};
    switch (index.column()) {
    case Outcome:
        return look.word;
    case Name:
        return verdict.name.isEmpty() ? tr("(no name)") : displayText(verdict.name);
    case Scope:
        return cookieScope(verdict.domain, verdict.hostOnly, verdict.path);
    case Attributes:
        return cookieAttributes(verdict.secure, verdict.httpOnly, verdict.sameSite, verdict.expiresAt);
    case Why:
        if (!verdict.reason.isEmpty())
            return capitalized(verdict.reason);
        return verdict.deviations.isEmpty() ? QString() : capitalized(verdict.deviations.first().text);
    default:
        return {};
    }
}

QVariant CookieVerdictModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Outcome:
        return tr("Outcome");
    case Name:
        return tr("Cookie");
    case Scope:
        return tr("Domain and path");
    case Attributes:
        return tr("Attributes");
    case Why:
        return tr("Why");
    default:
        return {};
    }
}

} // namespace realmscope
