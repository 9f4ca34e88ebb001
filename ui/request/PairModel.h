// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/Variables.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

struct Pair
{
    QString name;
    QString value;
    bool enabled = true;
    bool operator==(const Pair &) const = default;
};

// An editable list of names and values (query parameters, form items). The last row is the one to add with.
class PairModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Check, Name, Value, ColumnCount };

    // canDisable: rows have a checkbox.
    explicit PairModel(QString addText, bool canDisable, QObject *parent = nullptr);

    [[nodiscard]] const QList<Pair> &pairs() const { return m_pairs; }
    void setPairs(const QList<Pair> &pairs); // no signal of edited()
    void removePair(int row);
    void setVariables(const Variables &variables); // for what is said of {{uses}}
    [[nodiscard]] bool isAddRow(int row) const { return row == m_pairs.size(); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void edited();

private:
    QString m_addText;
    bool m_canDisable;
    QList<Pair> m_pairs;
    Variables m_variables;
};

// The query of a URL template as pairs, spelt as written: nothing is decoded, so nothing is lost on the way back.
[[nodiscard]] QList<Pair> queryPairs(const QString &url);
// The URL with its query replaced. What would end a name, a value or the query ('&', '#', white space, and '=' in a
// name) is percent-encoded; all else stays as typed. A pair that was written without '=' keeps that form.
[[nodiscard]] QString withQueryPairs(const QString &url, const QList<Pair> &pairs);

} // namespace realmscope
