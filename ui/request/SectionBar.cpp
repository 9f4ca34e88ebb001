// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/SectionBar.h"

#include "ui/theme/Theme.h"

#include <QtGui/QHoverEvent>
#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int BarHeight = 36;
constexpr int Side = 8;
constexpr int Gap = 6;
constexpr int Between = 4;
constexpr int IconSize = 14;

} // namespace

SectionBar::SectionBar(QWidget *parent) : QTabBar(parent)
{
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideNone);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setMouseTracking(true);
    setFixedHeight(BarHeight);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

int SectionBar::addSection(const QString &name)
{
    m_sections.append(Section());
    const int index = addTab(name);
    setAccessibleTabName(index, name);
    return index;
}

void SectionBar::setBrief(bool isBrief)
{
    if (m_isBrief == isBrief)
        return;
    m_isBrief = isBrief;
    for (int index = 0; index < count(); ++index)
        setTabText(index, tabText(index));
    updateGeometry();
    update();
}

void SectionBar::setCount(int index, const QString &count)
{
    if (m_sections.at(index).count == count)
        return;
    m_sections[index].count = count;
    setTabText(index, tabText(index)); // asks for the sizes again
    updateGeometry();
    update();
}

void SectionBar::setMark(int index, const QString &iconName, int token)
{
    if (m_sections.at(index).icon == iconName && m_sections.at(index).token == token)
        return;
    m_sections[index].icon = iconName;
    m_sections[index].token = token;
    setTabText(index, tabText(index));
    updateGeometry();
    update();
}

QSize SectionBar::tabSizeHint(int index) const
{
    const QFontMetrics bold(Theme::font(FontStyle::BodyMedium));
    int width = 2 * Side + Between + bold.horizontalAdvance(tabText(index));
    const Section &section = m_sections.at(index);
    if (!section.count.isEmpty() && !m_isBrief)
        width += Gap + QFontMetrics(Theme::font(FontStyle::Tiny)).horizontalAdvance(section.count);
    if (!section.icon.isEmpty())
        width += Gap + IconSize;
    return {width, BarHeight};
}

bool SectionBar::event(QEvent *event)
{
    if (event->type() == QEvent::HoverMove || event->type() == QEvent::HoverLeave)
        update();
    return QTabBar::event(event);
}

void SectionBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    const QPoint mouse = mapFromGlobal(QCursor::pos());
    for (int index = 0; index < count(); ++index) {
        if (!isTabVisible(index))
            continue;
        const QRect rect = tabRect(index).adjusted(0, 0, -Between, 0);
        const Section &section = m_sections.at(index);
        const bool isCurrent = index == currentIndex();
        const bool isHovered = underMouse() && rect.contains(mouse);
        painter.setFont(Theme::font(isCurrent ? FontStyle::BodyMedium : FontStyle::Body));
        painter.setPen(theme.color(isCurrent || isHovered ? Token::Fg : Token::Fg2));
        int x = rect.left() + Side;
        painter.drawText(QRect(x, 0, rect.width(), BarHeight), Qt::AlignVCenter | Qt::TextSingleLine, tabText(index));
        x += painter.fontMetrics().horizontalAdvance(tabText(index)) + Gap;
        if (!section.count.isEmpty() && !m_isBrief) {
            painter.setFont(Theme::font(FontStyle::Tiny));
            painter.setPen(theme.color(Token::Fg3));
            painter.drawText(QRect(x, 0, rect.width(), BarHeight), Qt::AlignVCenter | Qt::TextSingleLine,
                             section.count);
            x += painter.fontMetrics().horizontalAdvance(section.count) + Gap;
        }
        if (!section.icon.isEmpty())
            theme.paintIcon(painter, section.icon, QRectF(x, (BarHeight - IconSize) / 2.0, IconSize, IconSize),
                            static_cast<Token>(section.token));
        if (isCurrent)
            painter.fillRect(QRect(rect.left() + Side, BarHeight - 2, rect.width() - 2 * Side, 2),
                             theme.color(Token::AccFill));
        if (isCurrent && hasFocus()) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme.color(Token::Acc), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 6, -2, -6), 4, 4);
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
    }
}

} // namespace realmscope
