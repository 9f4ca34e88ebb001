// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QRectF>
#include <QtCore/QString>

class QPainter;

namespace realmscope {

// How a method is written where room is short: DELETE is DEL, OPTIONS is OPT, a long one of somebody's own is cut.
[[nodiscard]] QString methodTag(const QString &method);
[[nodiscard]] int methodTagWidth(const QString &method);
void paintMethodTag(QPainter &painter, const QRectF &rect, const QString &method);

// A status code in its colour, right-aligned in the rectangle; 5xx is a filled badge.
void paintStatusCode(QPainter &painter, const QRectF &rect, int status);

} // namespace realmscope
