// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/RequestTreeModel.h"

using namespace Qt::StringLiterals;

namespace realmscope {

struct RequestTreeModel::Node
{
    WorkspaceEntry entry; // without its children
    const Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;

    static std::unique_ptr<Node> make(const WorkspaceEntry &from, const Node *above, int place)
    {
        auto node = std::make_unique<Node>();
        node->entry = from;
        node->entry.children.clear();
        node->parent = above;
        node->row = place;
        for (const WorkspaceEntry &child : from.children)
            node->children.push_back(make(child, node.get(), static_cast<int>(node->children.size())));
        return node;
    }

    [[nodiscard]] const Node *find(const RequestPlace &place) const
    {
        if (!entry.isFolder && entry.path == place.path && entry.requestIndex == place.index)
            return this;
        for (const auto &child : children) {
            if (const Node *found = child->find(place))
                return found;
        }
        return nullptr;
    }
};

QString requestKey(const RequestPlace &place)
{
    return u"%1#%2"_s.arg(place.path).arg(place.index);
}

RequestTreeModel::RequestTreeModel(const Workspace &workspace, QObject *parent)
    : QAbstractItemModel(parent), m_workspace(workspace), m_root(Node::make(workspace.tree(), nullptr, 0))
{
    m_root->entry.isFolder = true;
}

RequestTreeModel::~RequestTreeModel() = default;

void RequestTreeModel::reload()
{
    beginResetModel();
    m_root = Node::make(m_workspace.tree(), nullptr, 0);
    m_root->entry.isFolder = true;
    endResetModel();
}

void RequestTreeModel::setStatus(const RequestPlace &place, int status)
{
    m_statuses.insert(requestKey(place), status);
    const QModelIndex index = find(place);
    if (index.isValid())
        Q_EMIT dataChanged(index, index, {StatusRole, Qt::AccessibleTextRole});
}

QModelIndex RequestTreeModel::find(const RequestPlace &place) const
{
    const Node *node = m_root->find(place);
    return node ? indexOf(node) : QModelIndex();
}

RequestPlace RequestTreeModel::place(const QModelIndex &index)
{
    return {index.data(PathRole).toString(), index.data(IndexRole).value<qsizetype>()};
}

const RequestTreeModel::Node *RequestTreeModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<const Node *>(index.constInternalPointer()) : m_root.get();
}

QModelIndex RequestTreeModel::indexOf(const Node *node) const
{
    return node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

QModelIndex RequestTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children.at(static_cast<std::size_t>(row)).get());
}

QModelIndex RequestTreeModel::parent(const QModelIndex &index) const
{
    return index.isValid() ? indexOf(nodeOf(index)->parent) : QModelIndex();
}

int RequestTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int RequestTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

QVariant RequestTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const WorkspaceEntry &entry = nodeOf(index)->entry;
    const int status = m_statuses.value(requestKey({entry.path, entry.requestIndex}));
    switch (role) {
    case Qt::DisplayRole:
        return entry.name;
    case Qt::ToolTipRole:
        return entry.problem.isEmpty() ? entry.path : u"%1: %2"_s.arg(entry.path, entry.problem);
    case Qt::AccessibleTextRole:
        if (entry.isFolder)
            return tr("Folder %1").arg(entry.name);
        if (!entry.problem.isEmpty())
            return tr("%1, cannot be read: %2").arg(entry.name, entry.problem);
        return status > 0 ? tr("%1 %2, last answer %3").arg(entry.method, entry.name).arg(status)
                          : u"%1 %2"_s.arg(entry.method, entry.name);
    case MethodRole:
        return entry.method;
    case StatusRole:
        return status;
    case FolderRole:
        return entry.isFolder;
    case PathRole:
        return entry.path;
    case IndexRole:
        return QVariant::fromValue(entry.requestIndex);
    case ProblemRole:
        return entry.problem;
    default:
        return {};
    }
}

} // namespace realmscope
