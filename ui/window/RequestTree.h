// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QTreeView>

namespace realmscope {

// The tree of requests: rounded rows of 26 px, method tag, name, last status.
class RequestTree : public QTreeView
{
    Q_OBJECT
public:
    explicit RequestTree(QWidget *parent = nullptr);

protected:
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const override;
};

} // namespace realmscope
