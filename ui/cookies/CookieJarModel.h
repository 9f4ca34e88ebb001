// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/CookieJar.h"

#include <QtCore/QAbstractTableModel>

namespace realmscope {

// A jar as a table, by domain and name; expired ones are left out. Values are never part of it.
class CookieJarModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Domain, Path, Attributes, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setCookies(const CookieJar &jar, qint64 nowMs);
    [[nodiscard]] const Cookie &cookie(int row) const { return m_cookies.at(row); }
    [[nodiscard]] int rowOf(const CookieKey &key) const; // -1 when it is not there

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<Cookie> m_cookies;
};

} // namespace realmscope
