// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QTableView>

namespace realmscope {

// A table as the lists of facts have it: 28 px rows, no grid, whole rows chosen, Tab leaves it.
class FlatTable : public QTableView
{
    Q_OBJECT
public:
    explicit FlatTable(const QString &accessibleName, QWidget *parent = nullptr);

Q_SIGNALS:
    void rowActivated(int row); // Return or a double click

protected:
    void keyPressEvent(QKeyEvent *event) override;
};

} // namespace realmscope
