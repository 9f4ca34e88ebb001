// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/Variables.h"

#include <QtWidgets/QTableView>

namespace realmscope {

// The table of names and values that request headers, parameters and form items share: a checkbox or a lock, a row to
// add with, editing in place. Delete removes a row, Space switches it off and on. A masked row has an eye and a copy
// button at its right end (Alt+R, Ctrl+C).
class PairTable : public QTableView
{
    Q_OBJECT
public:
    explicit PairTable(QWidget *parent = nullptr);
    void setModel(QAbstractItemModel *model) override;
    void setHasCheckColumn(bool on);
    [[nodiscard]] int contentHeight() const; // of the head and all rows
    void setVariables(const Variables &variables) { m_variables = variables; } // that the editors complete
    [[nodiscard]] const Variables &variables() const { return m_variables; }
    void showRow(int row, int column); // selects it, and takes the focus

Q_SIGNALS:
    void removeRequested(int row);
    void lockedActivated(int row); // Return on a row that Realmscope makes
    void revealRequested(int row); // the eye of a masked row: show it, or hide it again
    void copyRequested(int row);

protected:
    void commitData(QWidget *editor) override;
    void closeEditor(QWidget *editor, QAbstractItemDelegate::EndEditHint hint) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitColumns();
    void startEditing(const QModelIndex &index);
    bool toggle(int row);
    bool m_isCommitting = false;
    QPersistentModelIndex m_added; // by the edit that is about to end
    // Where one was while the model is read anew after an edit.
    int m_row = -1;
    int m_column = -1;
    bool m_hadFocus = false;
    bool m_hasCheckColumn = true;
    Variables m_variables;
};

} // namespace realmscope
