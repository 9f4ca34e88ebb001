// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "ui/theme/Theme.h"

#include <QtCore/QAbstractTableModel>

namespace realmscope {

// The cookies of an exchange: what came with the response, what went along, what stayed behind, and why. No values.
class CookieVerdictModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Outcome, Name, Scope, Attributes, Why, ColumnCount };
    enum Role { IconNameRole = Qt::UserRole + 1, TokenRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setExchange(const Exchange &exchange); // received ones first
    [[nodiscard]] const CookieVerdict &verdict(int row) const { return m_verdicts.at(row); }
    [[nodiscard]] int count(CookieDecision decision) const;
    [[nodiscard]] int received() const;
    [[nodiscard]] int rejected() const { return count(CookieDecision::Rejected); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<CookieVerdict> m_verdicts;
};

// "example.com and below", "www.example.com only"; with the path where it is not "/".
[[nodiscard]] QString cookieScope(const QString &domain, bool hostOnly, const QByteArray &path);
// "Secure, HttpOnly, SameSite=Lax, until 2026-11-24 14:20" or "… session".
[[nodiscard]] QString cookieAttributes(bool secure, bool httpOnly, SameSite sameSite, std::optional<qint64> expiresAt);

} // namespace realmscope
