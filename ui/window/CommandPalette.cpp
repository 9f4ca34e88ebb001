// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/CommandPalette.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int paletteWidth = 560;
constexpr int rowHeight = 28;
constexpr int maxRows = 12;

class CommandDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {100, rowHeight}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const QRect rect = option.rect;
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(rect, theme.color(Token::AccSoft));
        else if (option.state & QStyle::State_MouseOver)
            painter->fillRect(rect, theme.color(Token::Hover));
        theme.paintIcon(*painter, index.data(CommandModel::IconRole).toString(),
                        QRectF(rect.left() + 13, rect.center().y() - 6, 14, 14), Token::Fg2);
        painter->setFont(Theme::font(FontStyle::Small));
        painter->setPen(theme.color(Token::Fg2));
        const QString hint = index.data(CommandModel::HintRole).toString();
        painter->drawText(rect.adjusted(0, 0, -13, 0), Qt::AlignRight | Qt::AlignVCenter, hint);
        const int hintWidth = painter->fontMetrics().horizontalAdvance(hint);
        painter->setFont(Theme::font(FontStyle::Body));
        painter->setPen(theme.color(Token::Fg));
        const QRect text = rect.adjusted(35, 0, -13 - hintWidth - 12, 0);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
        painter->restore();
    }
};

} // namespace

void CommandModel::setCommands(QList<Command> commands)
{
    m_commands = std::move(commands);
    setFilter({});
}

void CommandModel::setFilter(const QString &text)
{
    beginResetModel();
    m_filter = text;
    m_shown.clear();
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    const auto rank = [&](const Command &command) {
        const QString all = command.title + u' ' + command.words + u' ' + command.hint;
        if (!std::ranges::all_of(words, [&](const QString &word) { return all.contains(word, Qt::CaseInsensitive); }))
            return -1;
        if (words.isEmpty() || command.title.startsWith(text, Qt::CaseInsensitive))
            return 0;
        return std::ranges::all_of(words, [&](const QString &word) {
            return command.title.contains(word, Qt::CaseInsensitive);
        }) ? 1 : 2;
    };
    for (int wanted = 0; wanted <= 2; ++wanted) {
        for (qsizetype i = 0; i < m_commands.size(); ++i) {
            if (rank(m_commands.at(i)) == wanted)
                m_shown.append(i);
        }
    }
    endResetModel();
}

int CommandModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant CommandModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Command &entry = command(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return entry.title;
    case Qt::AccessibleTextRole:
        return entry.hint.isEmpty() ? entry.title : u"%1, %2"_s.arg(entry.title, entry.hint);
    case IconRole:
        return entry.icon;
    case HintRole:
        return entry.hint;
    default:
        return {};
    }
}

CommandPalette::CommandPalette(QWidget *window)
    : QWidget(window), m_model(new CommandModel(this)), m_field(new QLineEdit(this)), m_list(new QListView(this))
{
    setAccessibleName(tr("Command palette"));
    m_field->setFrame(false);
    m_field->setFixedHeight(36);
    m_field->setTextMargins(32, 0, 8, 0);
    m_field->setPlaceholderText(tr("Find an action, request, profile or room"));
    m_field->setAccessibleName(tr("Find a command"));
    QPalette clear = m_field->palette();
    clear.setColor(QPalette::Base, Qt::transparent);
    m_field->setPalette(clear);
    m_field->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Commands"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(2, 2, 2, 4);
    layout->setSpacing(1);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setFilter(text);
        m_list->setCurrentIndex(m_model->index(0));
        place();
    });
    connect(m_field, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListView::clicked, this, &CommandPalette::runCurrent);
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open(QList<Command> commands)
{
    if (isVisible()) {
        close();
        return;
    }
    m_focusBefore = QApplication::focusWidget();
    m_model->setCommands(std::move(commands));
    m_field->clear();
    m_list->setCurrentIndex(m_model->index(0));
    place();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::place()
{
    const QWidget *window = parentWidget();
    const int rows = qBound(1, m_model->rowCount(), maxRows);
    const int width = qMin(paletteWidth, window->width() - 32);
    setGeometry((window->width() - width) / 2, qMax(16, window->height() / 8), width, 36 + 7 + rows * rowHeight);
}

void CommandPalette::close()
{
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::runCurrent()
{
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid())
        return;
    const std::function<void()> run = m_model->command(index.row()).run;
    close();
    run();
}

bool CommandPalette::eventFilter(QObject *object, QEvent *event)
{
    if (object == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible())
            place();
    } else if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const int row = m_list->currentIndex().row();
        const int last = m_model->rowCount() - 1;
        int target = -1;
        switch (key->key()) {
        case Qt::Key_Escape:
            event->accept();
            if (event->type() == QEvent::KeyPress)
                close();
            return true;
        case Qt::Key_Down:
            target = row >= last ? 0 : row + 1;
            break;
        case Qt::Key_Up:
            target = row <= 0 ? last : row - 1;
            break;
        case Qt::Key_PageDown:
            target = qMin(last, row + maxRows);
            break;
        case Qt::Key_PageUp:
            target = qMax(0, row - maxRows);
            break;
        default:
            return QWidget::eventFilter(object, event);
        }
        if (event->type() == QEvent::KeyPress && target >= 0)
            m_list->setCurrentIndex(m_model->index(target));
        return event->type() == QEvent::KeyPress;
    } else if (event->type() == QEvent::FocusOut && isVisible()) {
        const auto *focus = static_cast<QFocusEvent *>(event);
        if (focus->reason() == Qt::MouseFocusReason || focus->reason() == Qt::TabFocusReason
            || focus->reason() == Qt::BacktabFocusReason) {
            m_focusBefore.clear(); // the new place has the focus already
            hide();
        }
    }
    return QWidget::eventFilter(object, event);
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::Surf));
    painter.setPen(theme.color(Token::Line2));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    painter.fillRect(QRect(1, m_field->geometry().bottom() + 1, width() - 2, 1), theme.color(Token::Line));
    theme.paintIcon(painter, u"search"_s, QRectF(14, m_field->geometry().center().y() - 6, 14, 14), Token::Fg2);
}

} // namespace realmscope
