// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/RequestPaint.h"

#include "ui/theme/StylePaint.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

QString methodTag(const QString &method)
{
    if (method == "DELETE"_L1)
        return u"DEL"_s;
    if (method == "OPTIONS"_L1)
        return u"OPT"_s;
    return method.left(5);
}

int methodTagWidth(const QString &method)
{
    return static_cast<int>(std::ceil(QFontMetricsF(Theme::font(FontStyle::Tag)).horizontalAdvance(methodTag(method))));
}

void paintMethodTag(QPainter &painter, const QRectF &rect, const QString &method)
{
    painter.save();
    painter.setFont(Theme::font(FontStyle::Tag));
    painter.setPen(Theme::instance().methodColor(method));
    painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, methodTag(method));
    painter.restore();
}

void paintStatusCode(QPainter &painter, const QRectF &rect, int status)
{
    if (status <= 0)
        return;
    const Theme &theme = Theme::instance();
    const QString text = QString::number(status);
    const QFont font = Theme::font(FontStyle::Tag);
    painter.save();
    painter.setFont(font);
    if (status >= 500) {
        const qreal width = QFontMetricsF(font).horizontalAdvance(text) + 8;
        const QRectF badge(rect.right() - width + 4, rect.center().y() - 8, width, 16);
        paint::box(painter, badge, theme.color(Token::BadFill), {}, 4);
        painter.setPen(theme.color(Token::OnAcc));
        painter.drawText(badge, Qt::AlignCenter, text);
    } else {
        painter.setPen(theme.statusColor(status));
        painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, text);
    }
    painter.restore();
}

} // namespace realmscope
