// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/Icons.h"

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtGui/QPainter>
#include <QtGui/QPixmapCache>
#include <QtSvg/QSvgRenderer>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString iconPath(const QString &name)
{
    return u":/realmscope/icons/"_s + name + u".svg"_s;
}

QByteArray iconSource(const QString &name)
{
    static QHash<QString, QByteArray> sources;
    if (const auto found = sources.constFind(name); found != sources.constEnd())
        return *found;
    QFile file(iconPath(name));
    const bool isOpen = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(isOpen, "Theme::icon", qPrintable(name));
    return *sources.insert(name, isOpen ? file.readAll() : QByteArray());
}

} // namespace

bool hasIcon(const QString &name)
{
    return QFile::exists(iconPath(name));
}

QPixmap iconPixmap(const QString &name, const QColor &color, qreal logical, qreal ratio)
{
    const int pixels = qMax(1, qRound(logical * ratio));
    const QString key = u"rs:%1:%2:%3:%4"_s.arg(name).arg(color.rgba(), 0, 16).arg(pixels).arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QByteArray svg = iconSource(name);
    svg.replace("currentColor"_ba, color.name(QColor::HexRgb).toLatin1());
    if (logical > 14.5)
        svg.replace("stroke-width=\"2\""_ba, "stroke-width=\"1.75\""_ba);
    pixmap = QPixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QColor TokenIconEngine::colorFor(QIcon::Mode mode) const
{
    return Theme::instance().color(mode == QIcon::Disabled ? Token::Dis : m_token);
}

void TokenIconEngine::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State)
{
    const qreal side = qMin(rect.width(), rect.height());
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatio() : 1.0;
    const QPointF topLeft(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2);
    painter->drawPixmap(topLeft, iconPixmap(m_name, colorFor(mode), side, ratio));
}

QPixmap TokenIconEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State)
{
    return iconPixmap(m_name, colorFor(mode), qMin(size.width(), size.height()), 1.0);
}

QPixmap TokenIconEngine::scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale)
{
    // Here the size is in device pixels.
    return iconPixmap(m_name, colorFor(mode), qMin(size.width(), size.height()) / scale, scale);
}

} // namespace realmscope
