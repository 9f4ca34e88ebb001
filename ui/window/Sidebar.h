// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/window/RequestTreeModel.h"

#include <QtWidgets/QWidget>

class QMenu;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;

namespace realmscope {

class IconButton;
class RequestTree;
class SearchField;

// The workspace: its name, a filter, and the tree of its requests.
class Sidebar : public QWidget
{
    Q_OBJECT
public:
    explicit Sidebar(Workspace &workspace, QWidget *parent = nullptr);
    [[nodiscard]] RequestTreeModel *model() const { return m_model; }
    [[nodiscard]] RequestTree *tree() const { return m_tree; }
    void select(const RequestPlace &place);
    void focusFilter();

Q_SIGNALS:
    void openRequested(const realmscope::RequestPlace &place);
    void renameRequested(const realmscope::RequestPlace &place);
    void removeRequested(const realmscope::RequestPlace &place);
    void newRequestRequested(const QString &folder);
    void folderSettingsRequested(const QString &folder); // "" is the root
    void openFolderRequested();
    void reloadRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void workspaceChanged();
    void showContextMenu(const QPoint &position);
    void activate(const QModelIndex &index);
    void updateEmptiness();

    Workspace &m_workspace;
    RequestTreeModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    RequestTree *m_tree = nullptr;
    SearchField *m_filter = nullptr;
    QStackedWidget *m_stack = nullptr;
    QPushButton *m_name = nullptr;
};

} // namespace realmscope
