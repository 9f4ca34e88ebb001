// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TextViewAccessible.h"

#include "ui/response/TextView.h"

namespace realmscope {

TextViewAccessible::TextViewAccessible(TextView *view) : QAccessibleWidget(view, QAccessible::EditableText) {}

void TextViewAccessible::install()
{
    static const bool isInstalled = [] {
        QAccessible::installFactory([](const QString &, QObject *object) -> QAccessibleInterface * {
            auto *view = qobject_cast<TextView *>(object);
            return view ? new TextViewAccessible(view) : nullptr;
        });
        return true;
    }();
    Q_UNUSED(isInstalled);
}

TextView *TextViewAccessible::view() const
{
    return qobject_cast<TextView *>(object());
}

void *TextViewAccessible::interface_cast(QAccessible::InterfaceType type)
{
    if (type == QAccessible::TextInterface)
        return static_cast<QAccessibleTextInterface *>(this);
    return QAccessibleWidget::interface_cast(type);
}

QAccessible::State TextViewAccessible::state() const
{
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    state.multiLine = true;
    state.focusable = true;
    return state;
}

void TextViewAccessible::selection(int, int *start, int *end) const
{
    *start = 0;
    *end = 0;
}

void TextViewAccessible::addSelection(int start, int end)
{
    scrollToSubstring(start, end);
}

QString TextViewAccessible::text(int start, int end) const
{
    const QString whole = view()->toPlainText();
    const qsizetype last = end < 0 ? whole.size() : std::min<qsizetype>(end, whole.size());
    const qsizetype first = std::clamp<qsizetype>(start, 0, last);
    return whole.sliced(first, last - first);
}

int TextViewAccessible::characterCount() const
{
    qsizetype count = 0;
    for (const TextLine &line : view()->document().lines())
        count += line.text.size() + 1;
    return static_cast<int>(std::max<qsizetype>(0, count - 1));
}

QRect TextViewAccessible::characterRect(int) const
{
    return rect();
}

int TextViewAccessible::offsetAtPoint(const QPoint &) const
{
    return -1;
}

void TextViewAccessible::scrollToSubstring(int start, int end)
{
    qsizetype at = start;
    const QList<TextLine> &lines = view()->document().lines();
    for (qsizetype line = 0; line < lines.size(); ++line) {
        const qsizetype length = lines.at(line).text.size();
        if (at <= length) {
            view()->reveal({line, at, std::min(length, at + end - start)});
            return;
        }
        at -= length + 1;
    }
}

QString TextViewAccessible::attributes(int, int *start, int *end) const
{
    *start = 0;
    *end = characterCount();
    return {};
}

} // namespace realmscope
