// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/MessageBar.h"

#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/Sentence.h"

#include <QtGui/QAccessible>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

using namespace Qt::StringLiterals;

namespace realmscope {

MessageBar::MessageBar(QWidget *parent) : QWidget(parent), m_text(new QLabel(this)), m_action(makeButton({}, "secondary", {}, this))
{
    setAccessibleName(tr("Message"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setProperty("compact", true);
    auto *close = new IconButton(u"x"_s, tr("Close the message"), this);
    close->setProperty("compact", true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(36, 6, 8, 6);
    layout->setSpacing(8);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto run = std::exchange(m_run, {}))
            run();
    });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    hide();
}

QString MessageBar::text() const
{
    return isHidden() ? QString() : m_text->text();
}

void MessageBar::showError(const Error &error)
{
    m_action->hide();
    say(errorSentence(error), error.detail, true);
}

void MessageBar::showNote(const QString &text, const QString &actionText, std::function<void()> action)
{
    m_run = std::move(action);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    say(text, {}, false);
}

void MessageBar::say(const QString &text, const QString &detail, bool isError)
{
    m_isError = isError;
    m_text->setText(text);
    m_text->setToolTip(detail.toHtmlEscaped());
    show();
    update();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(m_isError ? Token::BadSoft : Token::InfoSoft));
    painter.fillRect(QRect(0, 0, width(), 1), theme.color(m_isError ? Token::BadLine : Token::InfoLine));
    theme.paintIcon(painter, m_isError ? u"circle-alert"_s : u"info"_s, QRectF(12, (height() - 14) / 2.0, 14, 14),
                    m_isError ? Token::Bad : Token::Info);
}

} // namespace realmscope
