// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/VariableText.h"

#include "ui/theme/Theme.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QHelpEvent>
#include <QtGui/QInputMethodEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QStandardItemModel>
#include <QtGui/QSyntaxHighlighter>
#include <QtGui/QTextLayout>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int DetailRole = Qt::UserRole + 1;
constexpr int CompletionRowHeight = 28;
constexpr int CompletionWidth = 420;
constexpr int CompletionGap = 8; // under the line, so that the field's own frame is seen
constexpr qsizetype LongestShownValue = 300;

QString braced(const QString &name) { return u"{{"_s + name + u"}}"_s; }

QString words(const char *text) { return QCoreApplication::translate("realmscope::VariableText", text); }

QTextCharFormat formatOf(const VariableUse &use)
{
    QTextCharFormat format;
    format.setForeground(Theme::instance().color(use.resolved ? Token::Acc : Token::Bad));
    return format;
}

// The name in the code font, value and origin quieter behind it.
class CompletionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {CompletionWidth, CompletionRowHeight}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        painter->save();
        const bool isChosen = option.state.testFlag(QStyle::State_Selected) || option.state.testFlag(QStyle::State_MouseOver);
        painter->fillRect(option.rect, theme.color(isChosen ? Token::AccSoft : Token::Surf));
        QRect rect = option.rect.adjusted(10, 0, -10, 0);
        painter->setFont(Theme::font(FontStyle::Code));
        painter->setPen(theme.color(Token::Fg));
        const QString name = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width() * 2 / 3);
        painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine, name);
        rect.setLeft(rect.left() + painter->fontMetrics().horizontalAdvance(name) + 16);
        painter->setFont(Theme::font(FontStyle::Small));
        painter->setPen(theme.color(Token::Fg2));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(index.data(DetailRole).toString(), Qt::ElideRight, rect.width()));
        painter->restore();
    }
};

} // namespace

QString variableOrigin(const VariableUse &use)
{
    switch (use.scope) {
    case VariableScope::Request:
        return words(QT_TRANSLATE_NOOP("realmscope::VariableText", "this request, in %1")).arg(use.source);
    case VariableScope::File:
        return words(QT_TRANSLATE_NOOP("realmscope::VariableText", "the file %1")).arg(use.source);
    case VariableScope::Folder:
    case VariableScope::Environment:
    case VariableScope::Shared:
    case VariableScope::Response:
    case VariableScope::Process:
        return use.source;
    case VariableScope::Dynamic:
        return words(QT_TRANSLATE_NOOP("realmscope::VariableText", "made at each Send"));
    case VariableScope::None:
        break;
    }
    return {};
}

QString describeVariable(const VariableUse &use)
{
    if (!use.resolved)
        return use.action.isEmpty() ? use.problem : use.problem + u". "_s + use.action;
    QString value = use.value.size() > LongestShownValue ? use.value.left(LongestShownValue) + u'…' : use.value;
    if (use.value.isEmpty())
        value = words(QT_TRANSLATE_NOOP("realmscope::VariableText", "empty"));
    const QString origin = variableOrigin(use);
    return origin.isEmpty() ? words(QT_TRANSLATE_NOOP("realmscope::VariableText", "%1 is %2")).arg(braced(use.name), value)
                            : words(QT_TRANSLATE_NOOP("realmscope::VariableText", "%1 is %2, from %3")).arg(braced(use.name), value, origin);
}

QString describeVariables(const Variables &variables, const QString &text)
{
    QStringList lines;
    for (const VariableUse &use : variables.uses(text))
        lines << describeVariable(use);
    lines.removeDuplicates();
    return lines.join(u'\n');
}

VariableCompletion::VariableCompletion(QWidget *editor)
    : QObject(editor), m_editor(editor), m_completer(new QCompleter(this)), m_model(new QStandardItemModel(this))
{
    m_completer->setWidget(editor);
    m_completer->setModel(m_model);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setFilterMode(Qt::MatchContains);
    m_completer->setCompletionMode(QCompleter::PopupCompletion);
    m_completer->setMaxVisibleItems(9);
    m_completer->popup()->setItemDelegate(new CompletionDelegate(this));
    m_completer->popup()->setAccessibleName(tr("Variables"));
    m_completer->popup()->setMouseTracking(true);
    m_completer->popup()->setFrameShape(QFrame::StyledPanel);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, [this](const QString &name) { Q_EMIT chosen(m_from, name); });
}

bool VariableCompletion::isOpen() const
{
    return m_completer->popup()->isVisible();
}

void VariableCompletion::close()
{
    m_completer->popup()->hide();
}

bool VariableCompletion::takesKey(const QKeyEvent &event) const
{
    if (!isOpen())
        return false;
    switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
    case Qt::Key_Escape:
        return true;
    default:
        return false;
    }
}

void VariableCompletion::fill()
{
    m_model->clear();
    for (const VariableUse &use : m_variables.known()) {
        auto *item = new QStandardItem(use.name);
        const QString origin = variableOrigin(use);
        item->setData(use.scope == VariableScope::Dynamic ? use.value : use.value + u" · "_s + origin, DetailRole);
        item->setData(describeVariable(use), Qt::AccessibleDescriptionRole);
        m_model->appendRow(item);
    }
}

void VariableCompletion::typed(const QString &text, qsizetype cursor, const QRect &cursorRect)
{
    const QString before = text.left(cursor);
    const qsizetype open = before.lastIndexOf("{{"_L1);
    const QString prefix = open < 0 ? QString() : before.mid(open + 2);
    if (open < 0 || prefix.contains(u'}') || prefix.contains(u'\n') || prefix.size() > 80) {
        close();
        return;
    }
    m_from = open + 2;
    if (!isOpen())
        fill();
    m_completer->setCompletionPrefix(prefix.trimmed());
    if (m_completer->completionCount() == 0
        || (m_completer->completionCount() == 1 && m_completer->currentCompletion() == prefix.trimmed())) {
        close();
        return;
    }
    m_completer->popup()->setCurrentIndex(m_completer->completionModel()->index(0, 0));
    QRect where = cursorRect;
    where.setWidth(CompletionWidth);
    where.setBottom(where.bottom() + CompletionGap);
    m_completer->complete(where);
}

VariableLineEdit::VariableLineEdit(QWidget *parent) : QLineEdit(parent), m_completion(new VariableCompletion(this))
{
    connect(this, &QLineEdit::textChanged, this, &VariableLineEdit::colourVariables);
    connect(this, &QLineEdit::textEdited, this, [this](const QString &text) { m_completion->typed(text, cursorPosition(), cursorRect()); });
    connect(m_completion, &VariableCompletion::chosen, this, [this](qsizetype from, const QString &name) {
        const bool isClosed = text().mid(cursorPosition()).startsWith("}}"_L1);
        setSelection(static_cast<int>(from), cursorPosition() - static_cast<int>(from));
        insert(isClosed ? name : name + u"}}"_s);
        if (isClosed)
            setCursorPosition(cursorPosition() + 2);
        m_completion->close();
    });
}

void VariableLineEdit::setVariables(const Variables &variables)
{
    m_variables = variables;
    m_completion->setVariables(variables);
    colourVariables();
}

void VariableLineEdit::selectUse(const VariableUse &use)
{
    setFocus(Qt::OtherFocusReason);
    setSelection(static_cast<int>(use.begin), static_cast<int>(use.end - use.begin));
}

void VariableLineEdit::colourVariables()
{
    m_uses = m_variables.uses(text());
    // QLineEdit has no way to colour a part of its text but the formats of an input method event; without preedit
    // and commit text it changes nothing else. Positions count from the cursor.
    QList<QInputMethodEvent::Attribute> attributes;
    for (const VariableUse &use : std::as_const(m_uses))
        attributes.append({QInputMethodEvent::TextFormat, static_cast<int>(use.begin) - cursorPosition(), static_cast<int>(use.end - use.begin), formatOf(use)});
    QInputMethodEvent event(QString(), attributes);
    QLineEdit::inputMethodEvent(&event);
    update();
}

double VariableLineEdit::xOf(qsizetype position) const
{
    QTextLayout layout(text(), font());
    layout.beginLayout();
    const QTextLine line = layout.createLine();
    layout.endLayout();
    return line.cursorToX(static_cast<int>(position));
}

// The cursor's place less the width of the text before it.
double VariableLineEdit::textOrigin() const
{
    constexpr int CursorMargin = 5; // QLineEdit's cursorRect() begins this much before the cursor
    return cursorRect().x() + CursorMargin - xOf(cursorPosition());
}

bool VariableLineEdit::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && !m_uses.isEmpty()) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const double x = help->pos().x() - textOrigin();
        const auto it = std::ranges::find_if(m_uses, [&](const VariableUse &use) { return x >= xOf(use.begin) && x < xOf(use.end); });
        if (it != m_uses.end()) {
            QToolTip::showText(help->globalPos(), u"<qt>%1</qt>"_s.arg(describeVariable(*it).toHtmlEscaped()), this);
            return true;
        }
    }
    return QLineEdit::event(event);
}

void VariableLineEdit::keyPressEvent(QKeyEvent *event)
{
    if (m_completion->takesKey(*event)) {
        event->ignore(); // the list takes it
        return;
    }
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier) {
        m_completion->typed(text(), cursorPosition(), cursorRect());
        return;
    }
    QLineEdit::keyPressEvent(event);
}

class VariableTextEdit::Highlighter : public QSyntaxHighlighter
{
public:
    Highlighter(QTextDocument *document, const Variables &variables) : QSyntaxHighlighter(document), m_variables(variables) {}

protected:
    void highlightBlock(const QString &text) override
    {
        if (!text.contains("{{"_L1))
            return;
        for (const VariableUse &use : m_variables.uses(text))
            setFormat(static_cast<int>(use.begin), static_cast<int>(use.end - use.begin), formatOf(use));
    }

private:
    const Variables &m_variables; // of the editor
};

VariableTextEdit::VariableTextEdit(QWidget *parent)
    : QPlainTextEdit(parent), m_highlighter(new Highlighter(document(), m_variables)), m_completion(new VariableCompletion(this))
{
    connect(&Theme::instance(), &Theme::changed, m_highlighter, &QSyntaxHighlighter::rehighlight);
    connect(m_completion, &VariableCompletion::chosen, this, [this](qsizetype from, const QString &name) {
        QTextCursor cursor = textCursor();
        const QString after = cursor.block().text().mid(cursor.positionInBlock());
        cursor.setPosition(cursor.block().position() + static_cast<int>(from), QTextCursor::KeepAnchor);
        cursor.insertText(after.startsWith("}}"_L1) ? name : name + u"}}"_s);
        if (after.startsWith("}}"_L1))
            cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor, 2);
        setTextCursor(cursor);
        m_completion->close();
    });
}

void VariableTextEdit::setVariables(const Variables &variables)
{
    m_variables = variables;
    m_completion->setVariables(variables);
    m_highlighter->rehighlight();
}

void VariableTextEdit::selectUse(const VariableUse &use)
{
    setFocus(Qt::OtherFocusReason);
    QTextCursor cursor = textCursor();
    cursor.setPosition(static_cast<int>(use.begin));
    cursor.setPosition(static_cast<int>(use.end), QTextCursor::KeepAnchor);
    setTextCursor(cursor);
}

bool VariableTextEdit::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QTextCursor at = cursorForPosition(help->pos());
        for (const VariableUse &use : m_variables.uses(at.block().text())) {
            if (at.positionInBlock() >= use.begin && at.positionInBlock() <= use.end) {
                QToolTip::showText(help->globalPos(), u"<qt>%1</qt>"_s.arg(describeVariable(use).toHtmlEscaped()), this);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QPlainTextEdit::viewportEvent(event);
}

void VariableTextEdit::keyPressEvent(QKeyEvent *event)
{
    if (m_completion->takesKey(*event)) {
        event->ignore();
        return;
    }
    const bool isAsked = event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier;
    if (!isAsked)
        QPlainTextEdit::keyPressEvent(event);
    if (isAsked || !event->text().isEmpty()) {
        const QTextCursor cursor = textCursor();
        m_completion->typed(cursor.block().text(), cursor.positionInBlock(), cursorRect());
    }
}

} // namespace realmscope
