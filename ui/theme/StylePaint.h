// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtCore/QRectF>

class QPainter;
class QStyleOption;
class QWidget;

namespace realmscope::paint {

// A rounded rectangle with a border of 1 px inside `rect`, sharp at whole device pixels. An invalid colour paints none.
void box(QPainter &painter, const QRectF &rect, const QColor &fill, const QColor &border, qreal radius = 6,
         qreal width = 1);

// The focus ring, inside `rect`: 2 px accent, and within it 1 px of surface when something filled lies under it.
void focusRing(QPainter &painter, const QRectF &rect, qreal radius, bool onFill);

enum class ButtonKind { Primary, Secondary, Flat, Link };
// By the dynamic property "kind" ("primary", "secondary", "flat", "link") or "primary" = true.
[[nodiscard]] ButtonKind buttonKind(const QWidget *widget);
[[nodiscard]] bool isCompact(const QWidget *widget); // property "compact" or "small" = true: 24 px

void button(QPainter &painter, const QStyleOption &option, ButtonKind kind, bool isChecked);
[[nodiscard]] Token buttonText(ButtonKind kind, const QStyleOption &option);

// Border and fill of an input field. tone: the dynamic property "tone" of the widget, "bad" (wrong input) or "warn"
// (a secret is visible).
void field(QPainter &painter, const QStyleOption &option, const QWidget *widget, bool isReadOnly);

void checkBox(QPainter &painter, const QRectF &rect, const QStyleOption &option);
void radioButton(QPainter &painter, const QRectF &rect, const QStyleOption &option);

// Fill of a row in a list, tree or table; invalid when there is none. A pane without focus shows `press`.
[[nodiscard]] QColor rowFill(const QStyleOption &option, const QWidget *view);
[[nodiscard]] bool hasFocusInside(const QWidget *widget);

} // namespace realmscope::paint
