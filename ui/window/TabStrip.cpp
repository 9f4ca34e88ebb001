// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/TabStrip.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/RequestPaint.h"

#include <QtCore/QVariantList>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int stripHeight = 40;
constexpr int padding = 12;
constexpr int titleWidth = 190;
constexpr int closeWidth = 16;

} // namespace

TabStrip::TabStrip(QWidget *parent) : QTabBar(parent)
{
    setDrawBase(false);
    setExpanding(false);
    setMovable(true);
    setMouseTracking(true);
    setElideMode(Qt::ElideRight);
    setUsesScrollButtons(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Open requests"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TabStrip::setTab(int index, const QString &method, const QString &title, bool isModified)
{
    setTabData(index, QVariantList{method, title, isModified});
    // The text is for screen readers and for measuring; painting takes the parts.
    const QString name = method.isEmpty() ? title : u"%1 %2"_s.arg(method, title);
    QString text = isModified ? tr("%1, not saved").arg(name) : name;
    setTabText(index, text.replace(u'&', u"&&"_s));
    setTabToolTip(index, name);
    updateGeometry(); // QTabBar does not say that it grew while it is hidden, as when tabs are restored
    update();
}

void TabStrip::setClosable(bool isClosable)
{
    m_isClosable = isClosable;
    update();
}

QString TabStrip::method(int index) const
{
    return tabData(index).toList().value(0).toString();
}

QString TabStrip::title(int index) const
{
    return tabData(index).toList().value(1).toString();
}

QSize TabStrip::sizeHint() const
{
    return {QTabBar::sizeHint().width(), stripHeight};
}

QSize TabStrip::minimumSizeHint() const
{
    return {qMin(120, QTabBar::sizeHint().width()), stripHeight};
}

QSize TabStrip::tabSizeHint(int index) const
{
    const QString tag = method(index);
    const int tagWidth = tag.isEmpty() ? 0 : methodTagWidth(tag) + 6;
    const int textWidth = qMin(titleWidth, QFontMetrics(Theme::font(FontStyle::BodyMedium)).horizontalAdvance(title(index)) + 2);
    return {padding + tagWidth + textWidth + 6 + closeWidth + 10, stripHeight};
}

QSize TabStrip::minimumTabSizeHint(int index) const
{
    return {qMin(110, tabSizeHint(index).width()), stripHeight};
}

QRect TabStrip::closeRect(int index) const
{
    const QRect rect = tabRect(index);
    return QRect(rect.right() - 9 - closeWidth, rect.center().y() - closeWidth / 2 + 1, closeWidth, closeWidth);
}

void TabStrip::paintTab(QPainter &painter, int index) const
{
    const Theme &theme = Theme::instance();
    const QRect rect = tabRect(index);
    const bool isCurrent = index == currentIndex();
    const bool isHovered = rect.contains(m_pointer);
    if (isCurrent) {
        painter.fillRect(rect, theme.color(Token::Surf));
        painter.fillRect(QRect(rect.left(), 0, rect.width(), 2), theme.color(Token::AccFill));
    } else {
        if (isHovered)
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.color(Token::Hover));
    }
    painter.fillRect(QRect(rect.right(), 0, 1, rect.height()), theme.color(Token::Line));
    int left = rect.left() + padding;
    const QString tag = method(index);
    if (!tag.isEmpty()) {
        const int width = methodTagWidth(tag);
        paintMethodTag(painter, QRectF(left, 1, width + 1, rect.height()), tag);
        left += width + 6;
    }
    const QRect close = closeRect(index);
    painter.setFont(Theme::font(isCurrent ? FontStyle::BodyMedium : FontStyle::Body));
    painter.setPen(theme.color(isCurrent ? Token::Fg : Token::Fg2));
    const int room = close.left() - 6 - left;
    painter.drawText(QRect(left, 0, room + 2, rect.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(title(index), Qt::ElideRight, room + 2));
    const bool isModified = tabData(index).toList().value(2).toBool();
    const bool isOnClose = m_isClosable && close.contains(m_pointer);
    if (isOnClose)
        paint::box(painter, QRectF(close), theme.color(Token::Press), {}, 4);
    if (isModified && !isOnClose)
        paint::box(painter, QRectF(close.center().x() - 2.5, close.center().y() - 2.5, 7, 7), theme.color(Token::Fg2), {}, 3.5);
    else if (m_isClosable && (isCurrent || isHovered))
        theme.paintIcon(painter, u"x"_s, QRectF(close.x() + 1, close.y() + 1, 14, 14), Token::Fg2);
    if (isCurrent && hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        paint::focusRing(painter, QRectF(rect).adjusted(2, 4, -3, -3), 4, false);
}

void TabStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::Win));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Line));
    for (int i = 0; i < count(); ++i)
        paintTab(painter, i);
}

void TabStrip::mousePressEvent(QMouseEvent *event)
{
    const int index = tabAt(event->position().toPoint());
    m_pressedClose = -1;
    if (index >= 0 && m_isClosable && (event->button() == Qt::MiddleButton
                       || (event->button() == Qt::LeftButton && closeRect(index).contains(event->position().toPoint())))) {
        m_pressedClose = index;
        return;
    }
    QTabBar::mousePressEvent(event);
}

void TabStrip::mouseReleaseEvent(QMouseEvent *event)
{
    const int pressed = std::exchange(m_pressedClose, -1);
    if (pressed >= 0) {
        if (tabAt(event->position().toPoint()) == pressed)
            Q_EMIT tabCloseRequested(pressed);
        return;
    }
    QTabBar::mouseReleaseEvent(event);
}

void TabStrip::mouseMoveEvent(QMouseEvent *event)
{
    m_pointer = event->position().toPoint();
    update();
    QTabBar::mouseMoveEvent(event);
}

void TabStrip::leaveEvent(QEvent *event)
{
    m_pointer = {-1, -1};
    update();
    QTabBar::leaveEvent(event);
}

} // namespace realmscope
