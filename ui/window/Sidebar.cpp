// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/Sidebar.h"

#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SearchField.h"
#include "ui/window/RequestTree.h"

#include <QtCore/QDir>
#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QSet<QString> expandedFolders(const QTreeView &tree, const QModelIndex &parent = {})
{
    QSet<QString> paths;
    const QAbstractItemModel *model = tree.model();
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        if (tree.isExpanded(index))
            paths.insert(index.data(RequestTreeModel::PathRole).toString());
        paths.unite(expandedFolders(tree, index));
    }
    return paths;
}

void expandFolders(QTreeView &tree, const QSet<QString> &paths, const QModelIndex &parent = {})
{
    const QAbstractItemModel *model = tree.model();
    for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 0, parent);
        if (paths.contains(index.data(RequestTreeModel::PathRole).toString()))
            tree.expand(index);
        expandFolders(tree, paths, index);
    }
}

QString folderOf(const QModelIndex &index)
{
    if (!index.isValid())
        return {};
    if (index.data(RequestTreeModel::FolderRole).toBool())
        return index.data(RequestTreeModel::PathRole).toString();
    return folderOf(index.parent());
}

} // namespace

Sidebar::Sidebar(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_model(new RequestTreeModel(workspace, this)),
      m_proxy(new QSortFilterProxyModel(this)), m_tree(new RequestTree(this)),
      m_filter(new SearchField(tr("Filter requests"), this)), m_stack(new QStackedWidget(this))
{
    setAccessibleName(tr("Workspace"));
    setMinimumWidth(180);
    setMaximumWidth(400);
    m_proxy->setSourceModel(m_model);
    m_proxy->setRecursiveFilteringEnabled(true);
    m_proxy->setAutoAcceptChildRows(true);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tree->setModel(m_proxy);
    m_tree->expandToDepth(0);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(4, 6, 6, 4);
    head->setSpacing(0);
    m_name = makeButton(workspace.name().replace(u'&', u"&&"_s), "flat", {}, this);
    m_name->setFont(Theme::font(FontStyle::BodyStrong));
    m_name->setToolTip(QDir::toNativeSeparators(workspace.root()));
    m_name->setAccessibleName(tr("Workspace %1").arg(workspace.name()));
    m_name->setMinimumWidth(40);
    m_name->setProperty("menuIcon", u"chevrons-up-down"_s);
    auto *workspaceMenu = new QMenu(m_name);
    m_name->setMenu(workspaceMenu);
    workspaceMenu->addAction(tr("Open another folder…"), this, &Sidebar::openFolderRequested);
    workspaceMenu->addAction(tr("Show in the file manager"), this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_workspace.root()));
    });
    head->addWidget(m_name);
    head->addStretch();
    auto *add = new IconButton(u"plus"_s, tr("New request"), this);
    add->setName(tr("New request"), u"Ctrl+N"_s);
    connect(add, &QToolButton::clicked, this,
            [this] { Q_EMIT newRequestRequested(folderOf(m_tree->currentIndex())); });
    auto *more = new IconButton(u"ellipsis"_s, tr("More for this workspace"), this);
    more->setPopupMode(QToolButton::InstantPopup);
    auto *moreMenu = new QMenu(more);
    moreMenu->addAction(tr("Read the folder again"), this, &Sidebar::reloadRequested);
    moreMenu->addAction(tr("Settings of the workspace…"), this, [this] { Q_EMIT folderSettingsRequested({}); });
    moreMenu->addAction(tr("Expand all"), m_tree, &QTreeView::expandAll);
    moreMenu->addAction(tr("Collapse all"), m_tree, &QTreeView::collapseAll);
    more->setMenu(moreMenu);
    head->addWidget(add);
    head->addWidget(more);
    layout->addLayout(head);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(8, 0, 8, 6);
    filterRow->addWidget(m_filter);
    layout->addLayout(filterRow);

    auto *empty = new QWidget;
    auto *emptyLayout = new QVBoxLayout(empty);
    emptyLayout->setContentsMargins(16, 8, 16, 8);
    emptyLayout->setSpacing(6);
    QLabel *words = makeText(tr("No requests yet. The ones you save appear here, one .http file each."),
                             FontStyle::Small, Token::Fg2);
    words->setWordWrap(true);
    emptyLayout->addWidget(words);
    auto *emptyRow = new QHBoxLayout;
    emptyRow->setSpacing(0);
    QPushButton *create = makeButton(tr("New request"), "link", {}, empty);
    create->setProperty("compact", true);
    create->setFont(Theme::font(FontStyle::Small));
    connect(create, &QPushButton::clicked, this, [this] { Q_EMIT newRequestRequested({}); });
    emptyRow->setContentsMargins(-9, 0, 0, 0); // the link's own padding; its text lines up
    emptyRow->addWidget(create);
    emptyRow->addWidget(makeText(u"Ctrl+N"_s, FontStyle::Small, Token::Fg2));
    emptyRow->addStretch();
    emptyLayout->addLayout(emptyRow);
    emptyLayout->addStretch();
    auto *noMatch = new QWidget;
    auto *noMatchLayout = new QVBoxLayout(noMatch);
    noMatchLayout->setContentsMargins(16, 8, 16, 8);
    noMatchLayout->addWidget(makeText(tr("No request has this in its name."), FontStyle::Small, Token::Fg2));
    noMatchLayout->addStretch();
    m_stack->addWidget(m_tree);
    m_stack->addWidget(empty);
    m_stack->addWidget(noMatch);
    layout->addWidget(m_stack, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setFilterFixedString(text);
        if (!text.isEmpty())
            m_tree->expandAll();
        updateEmptiness();
    });
    connect(m_filter, &SearchField::moveDown, this, [this] {
        m_tree->setFocus(Qt::TabFocusReason);
        if (!m_tree->currentIndex().isValid())
            m_tree->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(m_filter, &QLineEdit::returnPressed, this, [this] {
        QModelIndex index = m_proxy->index(0, 0);
        while (index.isValid() && index.data(RequestTreeModel::FolderRole).toBool())
            index = m_proxy->index(0, 0, index);
        activate(index);
    });
    connect(m_tree, &QTreeView::clicked, this, &Sidebar::activate);
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex &index) {
        // A mouse click came as clicked(); this is for Return.
        if (!QGuiApplication::mouseButtons())
            activate(index);
    });
    connect(m_tree, &QWidget::customContextMenuRequested, this, &Sidebar::showContextMenu);
    connect(&workspace, &Workspace::changed, this, &Sidebar::workspaceChanged);
    updateEmptiness();
}

void Sidebar::activate(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    if (index.data(RequestTreeModel::FolderRole).toBool())
        m_tree->setExpanded(index, !m_tree->isExpanded(index));
    else
        Q_EMIT openRequested(RequestTreeModel::place(index));
}

void Sidebar::workspaceChanged()
{
    const QSet<QString> expanded = expandedFolders(*m_tree);
    const RequestPlace current = RequestTreeModel::place(m_tree->currentIndex());
    m_model->reload();
    expandFolders(*m_tree, expanded);
    select(current);
    updateEmptiness();
}

void Sidebar::updateEmptiness()
{
    m_stack->setCurrentIndex(m_model->rowCount() == 0 ? 1 : m_proxy->rowCount() == 0 ? 2 : 0);
}

void Sidebar::select(const RequestPlace &place)
{
    const QModelIndex index = m_proxy->mapFromSource(m_model->find(place));
    if (!index.isValid()) {
        m_tree->clearSelection();
        return;
    }
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent())
        m_tree->expand(above);
    m_tree->setCurrentIndex(index);
}

void Sidebar::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void Sidebar::showContextMenu(const QPoint &position)
{
    QPoint at = position;
    QModelIndex index = m_tree->indexAt(position);
    if (!m_tree->viewport()->rect().contains(position)) { // by keyboard
        index = m_tree->currentIndex();
        at = m_tree->visualRect(index).bottomLeft();
    }
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool isRequest = index.isValid() && !index.data(RequestTreeModel::FolderRole).toBool();
    if (isRequest) {
        const RequestPlace place = RequestTreeModel::place(index);
        menu->addAction(tr("Open"), this, [this, place] { Q_EMIT openRequested(place); });
        menu->addAction(tr("Rename…"), this, [this, place] { Q_EMIT renameRequested(place); });
        menu->addAction(tr("Delete…"), this, [this, place] { Q_EMIT removeRequested(place); });
        menu->addSeparator();
    }
    menu->addAction(tr("New request here"), this, [this, folder = folderOf(index)] { Q_EMIT newRequestRequested(folder); });
    const QString folder = folderOf(index);
    menu->addAction(folder.isEmpty() ? tr("Settings of the workspace…") : tr("Settings of the folder %1…").arg(QString(folder).replace(u'&', "&&"_L1)), this,
                    [this, folder] { Q_EMIT folderSettingsRequested(folder); });
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

void Sidebar::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::instance().color(Token::Win));
}

} // namespace realmscope
