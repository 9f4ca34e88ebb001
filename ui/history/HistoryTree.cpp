// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/history/HistoryTree.h"

#include "ui/history/HistoryModel.h"
#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/RequestPaint.h"

#include <QtCore/QDateTime>
#include <QtGui/QPainter>
#include <QtWidgets/QStyledItemDelegate>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int entryHeight = 48;
constexpr int dayHeight = 28;
constexpr int tagColumn = 44; // of the method

// Proven, likely and possible by shape and colour, as the badges.
void paintVerdict(QPainter &painter, const QRectF &rect, const QString &verdict)
{
    const Theme &theme = Theme::instance();
    if (verdict == "proven"_L1)
        theme.paintIcon(painter, u"badge-check"_s, rect, Token::Bad);
    else if (verdict == "likely"_L1)
        theme.paintIcon(painter, u"circle-alert"_s, rect, Token::Warn);
    else
        theme.paintIcon(painter, u"circle-question-mark"_s, rect, Token::Fg2);
}

class HistoryDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {200, index.parent().isValid() ? entryHeight : dayHeight};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        if (index.parent().isValid())
            paintEntry(*painter, option.rect, index.data(HistoryModel::EntryRole).value<HistoryEntry>());
        else
            paintDay(*painter, option.rect, index);
        painter->restore();
    }

private:
    static void paintDay(QPainter &painter, const QRect &r, const QModelIndex &index)
    {
        const Theme &theme = Theme::instance();
        painter.setFont(Theme::font(FontStyle::TinyStrong));
        painter.setPen(theme.color(Token::Fg2));
        const QString day = index.data().toString();
        painter.drawText(r.adjusted(30, 0, -60, 0), Qt::AlignVCenter | Qt::AlignLeft, day);
        painter.setFont(Theme::font(FontStyle::Tiny));
        painter.setPen(theme.color(Token::Fg3));
        painter.drawText(r.adjusted(0, 0, -12, 0), Qt::AlignVCenter | Qt::AlignRight, QString::number(index.model()->rowCount(index)));
    }

    static void paintEntry(QPainter &painter, const QRect &r, const HistoryEntry &entry)
    {
        const Theme &theme = Theme::instance();
        const int left = r.left() + 12 + tagColumn;
        const int right = r.right() - 12;
        paintMethodTag(painter, QRectF(r.left() + 12, r.top() + 5, tagColumn, 20), entry.method);
        constexpr int statusWidth = 38;
        if (entry.status > 0)
            paintStatusCode(painter, QRectF(right - statusWidth, r.top() + 5, statusWidth, 20), entry.status);
        else
            theme.paintIcon(painter, u"unplug"_s, QRectF(right - 14, r.top() + 8, 14, 14), Token::Fg2);
        painter.setFont(Theme::font(FontStyle::Code));
        painter.setPen(theme.color(Token::Fg));
        const int pathWidth = right - statusWidth - 8 - left;
        painter.drawText(QRect(left, r.top() + 5, pathWidth, 20), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(pathOf(entry.url), Qt::ElideMiddle, pathWidth));

        // The cause at the right, or the profile where all was well; the host has what is left.
        int causeLeft = right;
        const QString &remark = entry.title.isEmpty() ? entry.profile : entry.title;
        if (!remark.isEmpty()) {
            painter.setFont(Theme::font(FontStyle::Small));
            const int room = (right - left) * 3 / 5;
            const QString shown = painter.fontMetrics().elidedText(remark, Qt::ElideRight, room - 17);
            const int width = painter.fontMetrics().horizontalAdvance(shown);
            causeLeft = right - width - 17;
            const QRectF icon(causeLeft, r.top() + 28, 13, 13);
            if (entry.title.isEmpty())
                theme.paintIcon(painter, u"key-round"_s, icon, Token::Fg2);
            else
                paintVerdict(painter, icon, entry.verdict);
            painter.setPen(theme.color(Token::Fg2));
            painter.drawText(QRect(right - width, r.top() + 25, width, 18), Qt::AlignVCenter | Qt::AlignRight, shown);
        }
        painter.setFont(Theme::font(FontStyle::TagMedium));
        painter.setPen(theme.color(Token::Fg2));
        painter.drawText(QRect(r.left() + 12, r.top() + 25, tagColumn, 18), Qt::AlignVCenter | Qt::AlignLeft,
                         QDateTime::fromMSecsSinceEpoch(entry.sentAtMs).toString(u"HH:mm"_s));
        const int hostWidth = causeLeft - 12 - left;
        painter.drawText(QRect(left, r.top() + 25, hostWidth, 18), Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(hostOf(entry.url), Qt::ElideRight, hostWidth));
        painter.fillRect(QRect(r.left(), r.bottom(), r.width(), 1), theme.color(Token::Line));
    }
};

} // namespace

HistoryTree::HistoryTree(QWidget *parent) : QTreeView(parent)
{
    setItemDelegate(new HistoryDelegate(this));
    setFrameShape(NoFrame);
    setHeaderHidden(true);
    setIndentation(0);
    setRootIsDecorated(false);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setExpandsOnDoubleClick(false);
    setAnimated(false);
    viewport()->setBackgroundRole(QPalette::Window);
    setAccessibleName(tr("What was sent"));
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void HistoryTree::drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = Theme::instance();
    const QRect &r = option.rect;
    const bool isHovered = viewport()->underMouse() && r.contains(viewport()->mapFromGlobal(QCursor::pos()));
    if (selectionModel()->isSelected(index)) {
        painter->fillRect(r, theme.color(hasFocus() ? Token::AccSoft : Token::Press));
        painter->fillRect(QRect(r.left(), r.top(), 2, r.height()), theme.color(Token::AccFill));
    } else if (isHovered) {
        painter->fillRect(r, theme.color(Token::Hover));
    }
    QTreeView::drawRow(painter, option, index);
    if (!index.parent().isValid())
        theme.paintIcon(*painter, isExpanded(index) ? u"chevron-down"_s : u"chevron-right"_s, QRectF(r.left() + 12, r.center().y() - 6, 13, 13), Token::Fg2);
}

void HistoryTree::drawBranches(QPainter *, const QRect &, const QModelIndex &) const {}

} // namespace realmscope
