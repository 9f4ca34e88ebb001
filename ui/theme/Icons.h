// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtGui/QIconEngine>
#include <QtGui/QPixmap>

namespace realmscope {

[[nodiscard]] bool hasIcon(const QString &name);

// A Lucide icon in one colour at an exact size in device pixels; cached. `logical` is the size a person sees: the
// stroke is 2 on the 24 grid up to 14 px, and 1.75 above.
[[nodiscard]] QPixmap iconPixmap(const QString &name, const QColor &color, qreal logical, qreal ratio);

// Looks its colour up when it paints, so that icons follow the theme without being set again.
class TokenIconEngine final : public QIconEngine
{
public:
    TokenIconEngine(QString name, Token token) : m_name(std::move(name)), m_token(token) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    [[nodiscard]] QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    [[nodiscard]] QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                                       qreal scale) override;
    [[nodiscard]] QIconEngine *clone() const override { return new TokenIconEngine(m_name, m_token); }
    [[nodiscard]] QString key() const override { return QStringLiteral("realmscope-token-icon"); }
    [[nodiscard]] QString iconName() override { return m_name; }

private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode) const;
    QString m_name;
    Token m_token;
};

} // namespace realmscope
