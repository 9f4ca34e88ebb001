// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/SearchField.h"

#include "ui/theme/Theme.h"

#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace realmscope {

SearchField::SearchField(const QString &prompt, QWidget *parent) : QLineEdit(parent)
{
    setPlaceholderText(prompt);
    setAccessibleName(prompt);
    setClearButtonEnabled(true);
    if (auto *clear = findChild<QAction *>(QString(), Qt::FindDirectChildrenOnly)) // of the button
        clear->setText(tr("Clear the field"));
    setTextMargins(20, 0, 0, 0); // the icon is painted: an action would be one more control to stop at
}

void SearchField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    Theme::instance().paintIcon(painter, u"search"_s, QRectF(8, (height() - 14) / 2.0, 14, 14),
                                isEnabled() ? Token::Fg2 : Token::Dis);
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty()) {
        clear();
        return;
    }
    if (event->key() == Qt::Key_Down && event->modifiers() == Qt::NoModifier) {
        Q_EMIT moveDown();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

} // namespace realmscope
