// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QAbstractTableModel>
#include <QtWidgets/QWidget>

class QLabel;
class QTableView;

namespace realmscope {

// The certificates that the server sent, its own first.
class ChainModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Subject, Issuer, From, Until, Key, Fingerprint, Problem, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setChain(const QList<CertificateInfo> &chain, const QDateTime &now);
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<CertificateInfo> m_chain;
    QDateTime m_now;
};

class TlsPage : public QWidget
{
    Q_OBJECT
public:
    explicit TlsPage(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange);
    void clear();

private:
    QLabel *m_summary = nullptr;
    QLabel *m_problems = nullptr;
    QLabel *m_details = nullptr;
    QTableView *m_table = nullptr;
    ChainModel *m_model = nullptr;
    QList<CertificateInfo> m_chain;
};

} // namespace realmscope
