// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/Workspace.h"

#include <QtCore/QAbstractItemModel>

#include <memory>
#include <vector>

namespace realmscope {

// Where a saved request is.
struct RequestPlace
{
    QString path;
    qsizetype index = 0;
    bool operator==(const RequestPlace &) const = default;
};
[[nodiscard]] QString requestKey(const RequestPlace &place); // "folder/file.http#0"

// The workspace's tree, with the last status of each request.
class RequestTreeModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Role { MethodRole = Qt::UserRole + 1, StatusRole, FolderRole, PathRole, IndexRole, ProblemRole };

    explicit RequestTreeModel(const Workspace &workspace, QObject *parent = nullptr);
    ~RequestTreeModel() override;

    void reload();
    void setStatus(const RequestPlace &place, int status);
    [[nodiscard]] const QHash<QString, int> &statuses() const { return m_statuses; }
    void setStatuses(const QHash<QString, int> &statuses) { m_statuses = statuses; }
    [[nodiscard]] QModelIndex find(const RequestPlace &place) const; // invalid when there is none
    [[nodiscard]] static RequestPlace place(const QModelIndex &index); // also of a proxy's index

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &index) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    using QObject::parent;

private:
    struct Node;
    [[nodiscard]] const Node *nodeOf(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Node *node) const;

    const Workspace &m_workspace;
    std::unique_ptr<Node> m_root;
    QHash<QString, int> m_statuses;
};

} // namespace realmscope
