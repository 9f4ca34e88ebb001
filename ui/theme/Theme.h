// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGui/QColor>
#include <QtGui/QFont>
#include <QtGui/QIcon>
#include <QtCore/QObject>

class QApplication;
class QPainter;

namespace realmscope {

// The colour tokens of the visual language; names as in docs/DESIGN-TOKENS.md.
enum class Token {
    Win, Surf, Alt, Hover, Press, Line, Line2, Ctl, Fg, Fg2, Fg3, Dis, Acc, AccFill, AccH, AccP, AccSoft, AccLine,
    OnAcc, Good, GoodSoft, GoodLine, Info, InfoSoft, InfoLine, Warn, WarnSoft, WarnLine, Bad, BadSoft, BadLine,
    MGet, MPost, MPut, MPatch, MDel, MOther, BadFill,
};

// Body 13, Small 12, Tiny 11, Title 15, Start 20 in Inter; Code 12 and Tag 11 in JetBrains Mono without ligatures.
enum class FontStyle { Body, BodyMedium, BodyStrong, Small, SmallMedium, Tiny, TinyMedium, TinyStrong, Title, Start,
                       Code, CodeMedium, Tag, TagMedium };

enum class ThemeMode { System, Light, Dark };

// One for the program, made in main() after QApplication, reached by Theme::instance() because painting code has no
// other way; tests make their own.
class Theme : public QObject
{
    Q_OBJECT
public:
    static void install(QApplication &application, ThemeMode mode); // fonts, palette, style
    static Theme &instance();

    void setMode(ThemeMode mode);
    [[nodiscard]] ThemeMode mode() const { return m_mode; }
    [[nodiscard]] bool isDark() const { return m_dark; }

    [[nodiscard]] QColor color(Token token) const;
    [[nodiscard]] static QFont font(FontStyle style);
    // Lucide icon by name ("circle-check") in a token's colour, sharp at every device pixel ratio. An unknown name is
    // a bug: assertion.
    [[nodiscard]] QIcon icon(const QString &name, Token token = Token::Fg2) const;
    void paintIcon(QPainter &painter, const QString &name, const QRectF &rect, Token token) const;

    [[nodiscard]] QColor methodColor(const QString &method) const;
    [[nodiscard]] QColor statusColor(int status) const;

Q_SIGNALS:
    void changed(); // repaint with the new colours

private:
    explicit Theme(QObject *parent);
    void apply();
    ThemeMode m_mode = ThemeMode::System;
    bool m_dark = false;
};

} // namespace realmscope
