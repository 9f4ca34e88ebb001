// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/Redactor.h"
#include "ui/response/HeaderKnowledge.h"

#include <QtCore/QAbstractTableModel>

#include <optional>

namespace realmscope {

enum class HeaderChange { Same, New, Changed, Gone };

// Response headers with meaning, origin, lint, and how they differ from another response.
class ResponseHeadersModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Change, Name, Value, Meaning, SetBy, Lint, ColumnCount };
    enum Role { LintLevelRole = Qt::UserRole + 1, ChangeRole, IconNameRole, RangeRole };

    struct Row
    {
        HeaderField field;
        QString shownValue; // masked
        QString meaning;
        HeaderOrigin origin;
        HeaderLint lint;
        HeaderChange change = HeaderChange::Same;
        QString before; // masked value in the other response, where it has this header
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setExchange(const Exchange &exchange, const Redactor &redactor);
    // Compares with another response; nullopt: no comparison. Date is left out of it.
    void setOther(const std::optional<Exchange> &other);
    void clear();
    [[nodiscard]] const Row &row(int index) const { return m_rows.at(index); }
    [[nodiscard]] int count(HeaderChange change) const;
    [[nodiscard]] int warnings() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();

    Exchange m_exchange;
    std::optional<Exchange> m_other;
    Redactor m_redactor;
    QList<Row> m_rows;
};

} // namespace realmscope
