// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/Theme.h"

#include "ui/theme/Icons.h"
#include "ui/theme/RealmscopeStyle.h"
#include "ui/theme/Tokens.h"

#include <QtCore/QPointer>
#include <QtGui/QFontDatabase>
#include <QtGui/QPainter>
#include <QtGui/QPalette>
#include <QtGui/QStyleHints>
#include <QtWidgets/QApplication>
#include <QtWidgets/QToolTip>
#include <QtWidgets/QWidget>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QPointer<Theme> theTheme;

void loadFonts()
{
    for (const QString &file : {u"Inter-Regular.otf"_s, u"Inter-Medium.otf"_s, u"Inter-SemiBold.otf"_s,
                                u"JetBrainsMono-Regular.ttf"_s, u"JetBrainsMono-Medium.ttf"_s,
                                u"JetBrainsMono-SemiBold.ttf"_s}) {
        const int id = QFontDatabase::addApplicationFont(u":/realmscope/fonts/"_s + file);
        Q_ASSERT_X(id >= 0, "Theme", qPrintable(file));
        Q_UNUSED(id);
    }
}

bool systemIsDark()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    // Before our own palette is set, the platform's tells.
    static const bool wasDark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    return wasDark;
}

QFont makeFont(bool isMono, int pixels, QFont::Weight weight)
{
    QFont font(isMono ? u"JetBrains Mono"_s : u"Inter"_s);
    font.setStyleHint(isMono ? QFont::Monospace : QFont::SansSerif);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    if (isMono) // ligatures would show bytes that are not there: "!=" as one glyph
        font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

QPalette makePalette(bool dark)
{
    const auto color = [dark](Token token) { return tokenColor(token, dark); };
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Win);
    set(QPalette::WindowText, Token::Fg);
    set(QPalette::Base, Token::Surf);
    set(QPalette::AlternateBase, Token::Alt);
    set(QPalette::Text, Token::Fg);
    set(QPalette::Button, Token::Surf);
    set(QPalette::ButtonText, Token::Fg);
    set(QPalette::BrightText, Token::OnAcc);
    set(QPalette::PlaceholderText, Token::Fg3);
    set(QPalette::ToolTipBase, Token::Surf);
    set(QPalette::ToolTipText, Token::Fg);
    set(QPalette::Highlight, Token::AccFill);
    set(QPalette::HighlightedText, Token::OnAcc);
    set(QPalette::Link, Token::Acc);
    set(QPalette::LinkVisited, Token::Acc);
    set(QPalette::Light, Token::Surf);
    set(QPalette::Midlight, Token::Hover);
    set(QPalette::Mid, Token::Line2);
    set(QPalette::Dark, Token::Ctl);
    set(QPalette::Shadow, Token::Line2);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(Token::Dis));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, color(Token::Press));
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, color(Token::Fg3));
    return palette;
}

} // namespace

Theme::Theme(QObject *parent) : QObject(parent) {}

void Theme::install(QApplication &application, ThemeMode mode)
{
    systemIsDark(); // looks at the platform's palette while it still is the application's
    Theme &theme = instance();
    theme.setParent(&application);
    QApplication::setStyle(new RealmscopeStyle); // owned by the application
    QApplication::setFont(font(FontStyle::Body));
    theme.m_mode = mode;
    theme.apply();
    QApplication::setEffectEnabled(Qt::UI_AnimateCombo, false);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, &theme, [&theme] {
        if (theme.m_mode == ThemeMode::System)
            theme.apply();
    });
#endif
}

Theme &Theme::instance()
{
    if (!theTheme) {
        loadFonts();
        theTheme = new Theme(QCoreApplication::instance());
    }
    return *theTheme;
}

void Theme::setMode(ThemeMode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    apply();
}

void Theme::apply()
{
    m_dark = m_mode == ThemeMode::Dark || (m_mode == ThemeMode::System && systemIsDark());
    const QPalette palette = makePalette(m_dark);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QToolTip::setFont(font(FontStyle::Small));
    Q_EMIT changed();
    const QWidgetList windows = QApplication::topLevelWidgets();
    for (QWidget *window : windows) // what is painted from tokens does not notice a new palette by itself
        window->update();
}

QColor Theme::color(Token token) const
{
    return tokenColor(token, m_dark);
}

QFont Theme::font(FontStyle style)
{
    switch (style) {
    case FontStyle::Body:
        return makeFont(false, 13, QFont::Normal);
    case FontStyle::BodyMedium:
        return makeFont(false, 13, QFont::Medium);
    case FontStyle::BodyStrong:
        return makeFont(false, 13, QFont::DemiBold);
    case FontStyle::Small:
        return makeFont(false, 12, QFont::Normal);
    case FontStyle::SmallMedium:
        return makeFont(false, 12, QFont::Medium);
    case FontStyle::Tiny:
        return makeFont(false, 11, QFont::Normal);
    case FontStyle::TinyMedium:
        return makeFont(false, 11, QFont::Medium);
    case FontStyle::TinyStrong:
        return makeFont(false, 11, QFont::DemiBold);
    case FontStyle::Title:
        return makeFont(false, 15, QFont::DemiBold);
    case FontStyle::Start:
        return makeFont(false, 20, QFont::DemiBold);
    case FontStyle::Code:
        return makeFont(true, 12, QFont::Normal);
    case FontStyle::CodeMedium:
        return makeFont(true, 12, QFont::Medium);
    case FontStyle::Tag:
        return makeFont(true, 11, QFont::DemiBold);
    case FontStyle::TagMedium:
        return makeFont(true, 11, QFont::Medium);
    }
    Q_UNREACHABLE();
}

QIcon Theme::icon(const QString &name, Token token) const
{
    Q_ASSERT_X(hasIcon(name), "Theme::icon", qPrintable(name));
    return QIcon(new TokenIconEngine(name, token));
}

void Theme::paintIcon(QPainter &painter, const QString &name, const QRectF &rect, Token token) const
{
    const qreal side = qMin(rect.width(), rect.height());
    const qreal ratio = painter.device() ? painter.device()->devicePixelRatio() : 1.0;
    const QPointF topLeft(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2);
    painter.drawPixmap(topLeft, iconPixmap(name, color(token), side, ratio));
}

QColor Theme::methodColor(const QString &method) const
{
    if (method == "GET"_L1)
        return color(Token::MGet);
    if (method == "POST"_L1)
        return color(Token::MPost);
    if (method == "PUT"_L1)
        return color(Token::MPut);
    if (method == "PATCH"_L1)
        return color(Token::MPatch);
    if (method == "DELETE"_L1)
        return color(Token::MDel);
    return color(Token::MOther);
}

QColor Theme::statusColor(int status) const
{
    switch (status / 100) {
    case 2:
        return color(Token::Good);
    case 3:
        return color(Token::Info);
    case 4:
    case 5:
        return color(Token::Bad);
    default:
        return color(Token::Fg2);
    }
}

} // namespace realmscope
