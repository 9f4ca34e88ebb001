// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/NoticeBar.h"

#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"

#include <QtGui/QAccessible>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int noticeHeight = 36;

} // namespace

NoticeBar::NoticeBar(QWidget *parent)
    : QWidget(parent), m_layout(new QHBoxLayout(this)), m_icon(new QLabel(this)), m_text(new ElidedLabel(FontStyle::Body, Token::Fg, this)),
      m_close(new IconButton(u"x"_s, tr("Close the note"), this))
{
    setFixedHeight(noticeHeight);
    m_layout->setContentsMargins(12, 0, 8, 0);
    m_layout->setSpacing(8);
    m_layout->addWidget(m_icon);
    m_layout->addWidget(m_text, 1);
    m_layout->addWidget(m_close);
    m_close->setProperty("compact", true);
    m_close->hide();
    connect(m_close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        paintIcon();
        update();
    });
    hide();
}

QPushButton *NoticeBar::addButton(const QString &text, const char *kind)
{
    QPushButton *button = makeButton(text, kind, {}, this);
    button->setProperty("compact", true);
    m_layout->insertWidget(m_layout->count() - 1, button);
    return button;
}

void NoticeBar::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

QString NoticeBar::text() const
{
    return isHidden() ? QString() : m_text->text();
}

void NoticeBar::paintIcon()
{
    if (!m_iconName.isEmpty())
        m_icon->setPixmap(Theme::instance().icon(m_iconName, m_tone == Tone::Warn ? Token::Warn : Token::Info).pixmap(16, 16));
}

void NoticeBar::say(Tone tone, const QString &icon, const QString &text, const QString &toolTip)
{
    const bool isNew = isHidden() || text != m_text->text();
    m_tone = tone;
    m_iconName = icon;
    paintIcon();
    m_text->setText(text);
    m_text->setToolTip(toolTip.isEmpty() ? QString() : u"<qt>%1</qt>"_s.arg(toolTip.toHtmlEscaped().replace(u'\n', "<br>"_L1)));
    m_text->setAccessibleDescription(toolTip);
    setAccessibleName(text);
    setAccessibleDescription(toolTip);
    show();
    update();
    if (isNew) {
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    const bool isWarning = m_tone == Tone::Warn;
    painter.fillRect(rect(), theme.color(isWarning ? Token::WarnSoft : Token::InfoSoft));
    painter.fillRect(QRect(0, 0, 3, height()), theme.color(isWarning ? Token::Warn : Token::Info));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(isWarning ? Token::WarnLine : Token::InfoLine));
}

} // namespace realmscope
