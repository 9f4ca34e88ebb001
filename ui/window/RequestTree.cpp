// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/RequestTree.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/RequestPaint.h"
#include "ui/window/RequestTreeModel.h"

#include <QtGui/QPainter>
#include <QtWidgets/QStyledItemDelegate>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int treeRowHeight = 26;
constexpr int indent = 20;
constexpr int methodColumn = 44;
constexpr int margin = 4; // of the rounded row
constexpr int inset = 10; // of what stands in it

class RequestDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {120, treeRowHeight}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const QRectF rect = QRectF(option.rect).adjusted(inset, 0, -margin, 0);
        painter->save();
        const bool hasProblem = !index.data(RequestTreeModel::ProblemRole).toString().isEmpty();
        qreal textLeft = 0;
        qreal textRight = rect.right() - 10;
        if (index.data(RequestTreeModel::FolderRole).toBool()) {
            theme.paintIcon(*painter, option.state & QStyle::State_Open ? u"folder-open"_s : u"folder"_s,
                            QRectF(rect.left() + 2, rect.center().y() - 7, 14, 14), Token::Fg2);
            textLeft = rect.left() + 22;
        } else {
            // A request has no chevron, so its tag begins where a folder beside it has its own.
            const qreal left = rect.left() - indent + 2;
            if (hasProblem)
                theme.paintIcon(*painter, u"triangle-alert"_s, QRectF(left, rect.center().y() - 7, 14, 14), Token::Warn);
            else
                paintMethodTag(*painter, QRectF(left, rect.top(), methodColumn, rect.height()),
                               index.data(RequestTreeModel::MethodRole).toString());
            textLeft = left + methodColumn;
            const int status = index.data(RequestTreeModel::StatusRole).toInt();
            if (status > 0) {
                paintStatusCode(*painter, QRectF(rect.right() - 46, rect.top(), 38, rect.height()), status);
                textRight = rect.right() - 38;
            }
        }
        painter->setFont(Theme::font(FontStyle::Body));
        painter->setPen(theme.color(hasProblem ? Token::Fg2 : Token::Fg));
        const QString text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                               static_cast<int>(textRight - textLeft));
        painter->drawText(QRectF(textLeft, rect.top(), textRight - textLeft, rect.height()),
                          Qt::AlignLeft | Qt::AlignVCenter, text);
        painter->restore();
    }
};

} // namespace

RequestTree::RequestTree(QWidget *parent) : QTreeView(parent)
{
    setItemDelegate(new RequestDelegate(this));
    setFrameShape(NoFrame);
    setHeaderHidden(true);
    setIndentation(indent);
    setUniformRowHeights(true);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setExpandsOnDoubleClick(false);
    viewport()->setBackgroundRole(QPalette::Window);
    setAccessibleName(tr("Requests"));
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void RequestTree::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem row(option);
    row.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
    row.state.setFlag(QStyle::State_MouseOver,
                      option.rect.contains(viewport()->mapFromGlobal(QCursor::pos())) && viewport()->underMouse());
    const QRectF area = QRectF(option.rect).adjusted(margin, 0, -margin, 0);
    // The chosen row is the request of the shown tab: it keeps its colour when the focus is elsewhere.
    if (const QColor fill = paint::rowFill(row, nullptr); fill.isValid())
        paint::box(*painter, area, fill, {}, 4);
    QTreeView::drawRow(painter, option, index);
    if (hasFocus() && index == currentIndex() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paint::focusRing(*painter, area, 4, false);
}

void RequestTree::drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const
{
    if (!index.data(RequestTreeModel::FolderRole).toBool())
        return;
    Theme::instance().paintIcon(*painter, isExpanded(index) ? u"chevron-down"_s : u"chevron-right"_s,
                                QRectF(rect.right() - indent + inset + 4, rect.center().y() - 6, 13, 13), Token::Fg2);
}

} // namespace realmscope
