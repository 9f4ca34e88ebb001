// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QTreeView>

namespace realmscope {

// The list of what was sent, under its days: method, path and status; time, host and the cause of a refusal.
class HistoryTree : public QTreeView
{
    Q_OBJECT
public:
    explicit HistoryTree(QWidget *parent = nullptr);

protected:
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const override;
};

} // namespace realmscope
