// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/start/PasteField.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/HintButton.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

PasteField::PasteField(QWidget *parent) : QFrame(parent), m_edit(new QPlainTextEdit(this))
{
    m_edit->setFrameShape(NoFrame);
    m_edit->setFont(Theme::font(FontStyle::Code));
    m_edit->setAccessibleName(tr("Request as you have it"));
    m_edit->setPlaceholderText(u"curl https://api.example.com/v2/invoices \\\n  -H 'Authorization: Bearer eyJhbGciOi…'"_s);
    m_edit->setTabChangesFocus(true);
    m_edit->setFixedHeight(88);
    m_edit->viewport()->setAutoFillBackground(false);
    m_edit->installEventFilter(this);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &PasteField::edited);

    QPushButton *paste = makeButton(tr("Paste"), "flat", u"clipboard-paste"_s, this);
    connect(paste, &QPushButton::clicked, this, [this] {
        setText(QGuiApplication::clipboard()->text());
        takeFocus();
    });
    auto *open = new HintButton(tr("Open as request"), this);
    open->setHint(tr("Ctrl+↵"));
    m_open = open;
    m_open->setToolTip(tr("Open as request (Ctrl+Return)"));
    connect(m_open, &QPushButton::clicked, this, &PasteField::submitted);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(2, 4, 2, 2);
    layout->setSpacing(0);
    auto *editBox = new QHBoxLayout;
    editBox->setContentsMargins(8, 4, 8, 0);
    editBox->addWidget(m_edit);
    layout->addLayout(editBox);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(11, 8, 6, 6);
    foot->setSpacing(6);
    foot->addWidget(makeIcon(u"lock"_s, Token::Fg2));
    foot->addWidget(makeText(tr("Credentials in it move to the keychain before anything is saved"), FontStyle::Small, Token::Fg2));
    foot->addStretch();
    foot->addWidget(paste);
    foot->addWidget(m_open);
    layout->addLayout(foot);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PasteField::takeFocus()
{
    m_edit->setFocus(Qt::OtherFocusReason);
}

QString PasteField::text() const
{
    return m_edit->toPlainText();
}

void PasteField::setText(const QString &text)
{
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
}

void PasteField::clear()
{
    m_edit->clear();
    m_edit->document()->clearUndoRedoStacks(); // a pasted secret must not come back by Ctrl+Z
}

void PasteField::setBusy(bool busy)
{
    m_open->setEnabled(!busy);
}

void PasteField::setBad(bool bad)
{
    m_isBad = bad;
    update();
}

bool PasteField::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_edit) {
        if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
            update();
        } else if (event->type() == QEvent::KeyPress) {
            const auto *key = static_cast<QKeyEvent *>(event);
            if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
                && key->modifiers().testFlag(Qt::ControlModifier)) {
                Q_EMIT submitted();
                return true;
            }
        }
    }
    return QFrame::eventFilter(object, event);
}

void PasteField::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    paint::box(painter, QRectF(rect()), theme.color(Token::Surf), theme.color(m_isBad ? Token::Bad : Token::Line2));
    if (m_edit->hasFocus())
        paint::focusRing(painter, QRectF(rect()), 6, false);
    painter.fillRect(QRect(2, m_edit->geometry().bottom() + 2, width() - 4, 1), theme.color(Token::Line));
}

} // namespace realmscope
