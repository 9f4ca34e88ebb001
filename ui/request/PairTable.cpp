// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/PairTable.h"

#include "ui/request/RequestHeadersModel.h"
#include "ui/request/VariableText.h"
#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int CheckWidth = 36;
constexpr int NameColumnWidth = 196;
constexpr int SourceWidth = 240;
constexpr int NarrowSource = 44; // the icon alone
constexpr int SourceTextBelow = 640;
constexpr int ActionSize = 20; // the eye and the copy button of a masked row

enum class RowAction { None, Reveal, Copy };

// Where a masked row has its buttons: at the right end of the row.
QRect actionRect(const QRect &cell, RowAction action)
{
    const int right = cell.right() - 6 - (action == RowAction::Reveal ? ActionSize + 4 : 0);
    return {right - ActionSize + 1, cell.top() + (cell.height() - 1 - ActionSize) / 2, ActionSize, ActionSize};
}

RowAction actionAt(const QTableView &table, const QPoint &position)
{
    const QModelIndex index = table.indexAt(position);
    if (!index.isValid() || !index.data(RequestHeadersModel::MaskedRole).toBool()
        || index.column() != index.model()->columnCount() - 1)
        return RowAction::None;
    for (const RowAction action : {RowAction::Reveal, RowAction::Copy}) {
        if (actionRect(table.visualRect(index), action).contains(position))
            return action;
    }
    return RowAction::None;
}

void paintCheckbox(QPainter &painter, const QRectF &box, bool isChecked)
{
    const Theme &theme = Theme::instance();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(isChecked ? Token::AccFill : Token::Ctl));
    painter.setBrush(theme.color(isChecked ? Token::AccFill : Token::Surf));
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (isChecked)
        theme.paintIcon(painter, u"check"_s, box.adjusted(2, 2, -2, -2), Token::OnAcc);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void paintLock(QPainter &painter, const QRectF &box)
{
    const Theme &theme = Theme::instance();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(Token::Press));
    painter.drawRoundedRect(box, 3, 3);
    theme.paintIcon(painter, u"lock"_s, box.adjusted(2.5, 2.5, -2.5, -2.5), Token::Fg3);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

class PairDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const int lastRow = index.model()->rowCount() - 1;
        const bool isAddRow = index.row() == lastRow;
        const QString problem = index.data(RequestHeadersModel::ProblemRole).toString();
        const bool isLocked = index.data(RequestHeadersModel::LockedRole).toBool();
        const bool isOff = index.data(RequestHeadersModel::OffRole).toBool()
            || index.siblingAtColumn(0).data(Qt::CheckStateRole) == QVariant(Qt::Unchecked);
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool hasPaneFocus = option.widget && option.widget->hasFocus();
        Token fill = problem.isEmpty() ? Token::Surf : Token::BadSoft;
        if (isSelected)
            fill = hasPaneFocus ? Token::AccSoft : Token::Press;
        else if (option.state.testFlag(QStyle::State_MouseOver))
            fill = Token::Hover;
        painter->save();
        painter->fillRect(option.rect, theme.color(fill));
        if (!isAddRow) // the last one; a line under it would lie beside the splitter's
            painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                              theme.color(Token::Line));
        QRect rect = option.rect.adjusted(8, 0, -8, -1);
        const double middle = rect.top() + rect.height() / 2.0;

        if (index.column() == RequestHeadersModel::Check) {
            const QRectF box(option.rect.left() + 12, middle - 7, 14, 14);
            const QVariant state = index.data(Qt::CheckStateRole);
            if (isAddRow)
                theme.paintIcon(*painter, u"plus"_s, box, Token::Fg2);
            else if (isLocked)
                paintLock(*painter, box);
            else if (state.isValid())
                paintCheckbox(*painter, box, state.toInt() == Qt::Checked);
            painter->restore();
            return;
        }

        const bool isName = index.column() == RequestHeadersModel::Name;
        const bool isSource = index.column() == RequestHeadersModel::Source;
        const Token token = isAddRow ? Token::Fg2 : isOff ? Token::Fg3 : Token::Fg;
        painter->setFont(Theme::font(isAddRow || isSource       ? FontStyle::Body
                                         : isName && !isOff ? FontStyle::CodeMedium
                                                            : FontStyle::Code));
        QString text = index.data().toString();
        if (isSource) {
            const QString icon = index.data(RequestHeadersModel::IconNameRole).toString();
            if (!icon.isEmpty())
                theme.paintIcon(*painter, icon, QRectF(rect.left(), middle - 6.5, 13, 13), Token::Fg2);
            rect.adjust(19, 0, 0, 0);
            if (option.rect.width() <= NarrowSource)
                text.clear();
            if (index.data(RequestHeadersModel::MaskedRole).toBool()) {
                paintActions(*painter, option, index);
                rect.setRight(actionRect(option.rect, RowAction::Reveal).left() - 6);
            }
        }
        if (!isSource && !isName && !problem.isEmpty()) {
            theme.paintIcon(*painter, u"circle-x"_s, QRectF(rect.left(), middle - 6.5, 13, 13), Token::Bad);
            rect.adjust(19, 0, 0, 0);
        }
        // A line break in a value is shown, not obeyed.
        for (QChar &c : text) {
            if (c.unicode() < 0x20)
                c = QChar(static_cast<char16_t>(0x2400 + c.unicode()));
        }
        QString remark = index.data(RequestHeadersModel::RemarkRole).toString();
        if (!isSource && !isName && !problem.isEmpty())
            remark = problem;
        if (const qsizetype dot = isSource ? text.indexOf(" · "_L1) : -1; dot > 0) { // whose, quieter than what
            remark = text.mid(dot + 1);
            text.truncate(dot);
        }
        int room = rect.width();
        if (const qsizetype dots = text.indexOf(QString(24, u'•')); dots >= 0
            && painter->fontMetrics().horizontalAdvance(text + u"  "_s + remark) > room)
            text.remove(dots, 12); // the number says nothing: half of it does as well
        if (!remark.isEmpty())
            room = std::max(40, std::min(room, painter->fontMetrics().horizontalAdvance(text) + 2));
        const QStringList unresolved = index.data(RequestHeadersModel::UnresolvedRole).toStringList();
        paintVariables(*painter, text, rect, unresolved);
        painter->setPen(theme.color(token));
        const QString shown = painter->fontMetrics().elidedText(text, Qt::ElideRight, room);
        drawTemplate(*painter, rect, shown, token, unresolved);
        if (!remark.isEmpty()) {
            rect.adjust(room + (isSource ? 3 : 8), 0, 0, 0);
            const bool isProblem = !isSource && !problem.isEmpty();
            painter->setPen(theme.color(isProblem ? Token::Bad : isOff ? Token::Fg3 : Token::Fg2));
            painter->setFont(Theme::font(isSource ? FontStyle::Body : isProblem ? FontStyle::Small : FontStyle::Code));
            painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine,
                              painter->fontMetrics().elidedText(remark, Qt::ElideRight, rect.width()));
        }
        painter->restore();
    }

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        if (index.column() == RequestHeadersModel::Check)
            return QStyledItemDelegate::createEditor(parent, option, index);
        auto *line = new VariableLineEdit(parent);
        line->setFont(Theme::font(FontStyle::Code));
        line->setAccessibleName(index.model()->headerData(index.column(), Qt::Horizontal).toString());
        if (const auto *table = qobject_cast<const PairTable *>(option.widget))
            line->setVariables(table->variables());
        return line;
    }

    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        editor->setGeometry(option.rect.adjusted(0, 0, 0, -1));
    }

private:
    static void paintActions(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index)
    {
        const Theme &theme = Theme::instance();
        const auto *table = qobject_cast<const QTableView *>(option.widget);
        const QPoint pointer = table ? table->viewport()->mapFromGlobal(QCursor::pos()) : QPoint(-1, -1);
        const bool isRevealed = index.data(RequestHeadersModel::RevealedRole).toBool();
        for (const RowAction action : {RowAction::Reveal, RowAction::Copy}) {
            const QRect area = actionRect(option.rect, action);
            const bool isHovered = option.state.testFlag(QStyle::State_MouseOver) && area.contains(pointer);
            if (isHovered)
                paint::box(painter, QRectF(area), theme.color(Token::Press), {}, 4);
            const QString icon = action == RowAction::Copy ? u"copy"_s : isRevealed ? u"eye-off"_s : u"eye"_s;
            theme.paintIcon(painter, icon, QRectF(area).adjusted(3, 3, -3, -3),
                            isRevealed && action == RowAction::Reveal ? Token::Warn
                                : isHovered                           ? Token::Fg
                                                                      : Token::Fg2);
        }
    }

    static bool isUnresolved(const QString &braced, const QStringList &unresolved)
    {
        return !unresolved.isEmpty() && unresolved.contains(braced.mid(2, braced.size() - 4).trimmed());
    }

    static void paintVariables(QPainter &painter, const QString &text, const QRect &rect, const QStringList &unresolved)
    {
        painter.setRenderHint(QPainter::Antialiasing);
        for (qsizetype begin = text.indexOf("{{"_L1); begin >= 0; begin = text.indexOf("{{"_L1, begin + 2)) {
            const qsizetype end = text.indexOf("}}"_L1, begin);
            if (end < 0)
                break;
            const QFontMetrics metrics = painter.fontMetrics();
            const int left = rect.left() + metrics.horizontalAdvance(text.first(begin));
            const int width = metrics.horizontalAdvance(text.sliced(begin, end + 2 - begin));
            if (left + width > rect.right())
                break;
            painter.setPen(Qt::NoPen);
            const bool isMissing = isUnresolved(text.sliced(begin, end + 2 - begin), unresolved);
            painter.setBrush(Theme::instance().color(isMissing ? Token::BadSoft : Token::AccSoft));
            painter.drawRoundedRect(QRectF(left, rect.center().y() - 8, width, 18), 4, 4);
        }
        painter.setRenderHint(QPainter::Antialiasing, false);
    }

    static void drawTemplate(QPainter &painter, const QRect &rect, const QString &text, Token token, const QStringList &unresolved)
    {
        const Theme &theme = Theme::instance();
        qsizetype at = 0;
        int x = rect.left();
        while (at < text.size()) {
            const qsizetype begin = text.indexOf("{{"_L1, at);
            const qsizetype end = begin < 0 ? -1 : text.indexOf("}}"_L1, begin);
            const bool isVariable = begin == at && end > begin;
            const qsizetype stop = isVariable ? end + 2 : (end < 0 ? text.size() : begin);
            const QString run = text.sliced(at, stop - at);
            painter.setPen(theme.color(!isVariable ? token : isUnresolved(run, unresolved) ? Token::Bad : Token::Acc));
            painter.drawText(QRect(x, rect.top(), rect.right() - x + 1, rect.height()),
                             Qt::AlignVCenter | Qt::TextSingleLine, run);
            x += painter.fontMetrics().horizontalAdvance(run);
            at = stop;
        }
    }
};

} // namespace

PairTable::PairTable(QWidget *parent) : QTableView(parent)
{
    setItemDelegate(new PairDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setMouseTracking(true);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                    | QAbstractItemView::AnyKeyPressed);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(28);
    verticalHeader()->setDefaultSectionSize(28);
    horizontalHeader()->setFixedHeight(24);
    horizontalHeader()->setMinimumSectionSize(24);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    // One click on the row to add with begins to add.
    connect(this, &QTableView::clicked, this, [this](const QModelIndex &index) {
        if (index.row() == model()->rowCount() - 1)
            startEditing(index.siblingAtColumn(RequestHeadersModel::Name));
    });
}

void PairTable::setModel(QAbstractItemModel *newModel)
{
    QTableView::setModel(newModel);
    fitColumns();
    connect(newModel, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        const QWidget *focused = QApplication::focusWidget();
        m_row = currentIndex().row();
        m_column = currentIndex().column();
        m_hadFocus = focused && (focused == this || isAncestorOf(focused));
    });
    connect(newModel, &QAbstractItemModel::modelReset, this, [this] {
        if (m_row >= 0)
            setCurrentIndex(model()->index(std::min(m_row, model()->rowCount() - 1), m_column));
        if (m_hadFocus)
            setFocus(Qt::OtherFocusReason);
    });
    connect(newModel, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first) {
        if (m_isCommitting)
            m_added = model()->index(first, currentIndex().column());
    });
}

void PairTable::commitData(QWidget *editor)
{
    const QWidget *focused = QApplication::focusWidget();
    const bool hadFocus = focused && (focused == this || isAncestorOf(focused));
    m_isCommitting = true;
    QTableView::commitData(editor);
    m_isCommitting = false;
    if (hadFocus && state() == EditingState && !editor->isVisible()) { // what was emptied went, and the editor with it
        setState(NoState);
        setFocus(Qt::OtherFocusReason);
    }
}

// The row to add with is pushed down by the new one: go on in the new one.
void PairTable::closeEditor(QWidget *editor, QAbstractItemDelegate::EndEditHint hint)
{
    const QPersistentModelIndex added = std::exchange(m_added, QPersistentModelIndex());
    if (!added.isValid()) {
        QTableView::closeEditor(editor, hint);
        return;
    }
    QTableView::closeEditor(editor, QAbstractItemDelegate::NoHint);
    setCurrentIndex(added);
    if (hint == QAbstractItemDelegate::EditNextItem && added.column() == RequestHeadersModel::Name)
        edit(QModelIndex(added).siblingAtColumn(RequestHeadersModel::Value));
}

void PairTable::setHasCheckColumn(bool on)
{
    m_hasCheckColumn = on;
    fitColumns();
}

void PairTable::startEditing(const QModelIndex &index)
{
    setCurrentIndex(index); // where one goes on from afterwards
    edit(index);
}

bool PairTable::toggle(int row)
{
    const QModelIndex index = model()->index(row, RequestHeadersModel::Check);
    if (!model()->flags(index).testFlag(Qt::ItemIsUserCheckable))
        return false;
    const bool isChecked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    return model()->setData(index, isChecked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void PairTable::showRow(int row, int column)
{
    const QModelIndex index = model()->index(row, column);
    if (!index.isValid())
        return;
    setFocus(Qt::OtherFocusReason);
    setCurrentIndex(index);
    scrollTo(index);
}

int PairTable::contentHeight() const
{
    return horizontalHeader()->height() + (model() ? model()->rowCount() : 0) * verticalHeader()->defaultSectionSize();
}

void PairTable::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex current = currentIndex();
    if (current.data(RequestHeadersModel::MaskedRole).toBool() && state() != EditingState) {
        if (event->modifiers() == Qt::AltModifier && event->key() == Qt::Key_R) {
            Q_EMIT revealRequested(current.row());
            return;
        }
        if (event->matches(QKeySequence::Copy)) {
            Q_EMIT copyRequested(current.row());
            return;
        }
    }
    if (current.isValid() && state() != EditingState && !event->modifiers()) {
        switch (event->key()) {
        case Qt::Key_Delete:
            Q_EMIT removeRequested(current.row());
            return;
        case Qt::Key_Space:
            if (current.column() == RequestHeadersModel::Check && toggle(current.row()))
                return;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (current.data(RequestHeadersModel::LockedRole).toBool()) {
                Q_EMIT lockedActivated(current.row());
                return;
            }
            startEditing(current.column() == RequestHeadersModel::Check ? current.siblingAtColumn(RequestHeadersModel::Name)
                                                                        : current);
            return;
        default:
            break;
        }
    }
    // Chords such as Ctrl+Return must reach the tab, not open an editor.
    if (event->modifiers().testFlag(Qt::ControlModifier) && event->key() == Qt::Key_Return) {
        event->ignore();
        return;
    }
    QTableView::keyPressEvent(event);
}

void PairTable::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.data(RequestHeadersModel::MaskedRole).toBool()) // its buttons have a look of their own under the pointer
        viewport()->update(visualRect(index));
}

bool PairTable::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const RowAction action = actionAt(*this, help->pos());
        const bool isRevealed = indexAt(help->pos()).data(RequestHeadersModel::RevealedRole).toBool();
        if (action != RowAction::None) {
            QToolTip::showText(help->globalPos(), action == RowAction::Copy ? tr("Copy the value (Ctrl+C)")
                                   : isRevealed                             ? tr("Hide (Alt+R)")
                                                                            : tr("Show for 30 seconds (Alt+R)"), this);
            return true;
        }
    }
    return QTableView::viewportEvent(event);
}

void PairTable::mouseReleaseEvent(QMouseEvent *event)
{
    QTableView::mouseReleaseEvent(event);
    if (const RowAction action = actionAt(*this, event->position().toPoint());
        action != RowAction::None && event->button() == Qt::LeftButton) {
        const int row = indexAt(event->position().toPoint()).row();
        if (action == RowAction::Reveal)
            Q_EMIT revealRequested(row);
        else
            Q_EMIT copyRequested(row);
        return;
    }
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.isValid() && index.column() == RequestHeadersModel::Check && event->button() == Qt::LeftButton)
        toggle(index.row());
}

void PairTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

void PairTable::fitColumns()
{
    if (!model())
        return;
    horizontalHeader()->setSectionResizeMode(RequestHeadersModel::Value, QHeaderView::Stretch);
    setColumnWidth(RequestHeadersModel::Check, CheckWidth);
    setColumnWidth(RequestHeadersModel::Name, width() < SourceTextBelow ? 150 : NameColumnWidth);
    if (model()->columnCount() > RequestHeadersModel::Source)
        setColumnWidth(RequestHeadersModel::Source, width() < 480 ? NarrowSource
                           : width() < SourceTextBelow           ? 140
                                                                 : SourceWidth);
}

} // namespace realmscope
