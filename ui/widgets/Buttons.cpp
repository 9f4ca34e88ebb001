// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/Buttons.h"

using namespace Qt::StringLiterals;

namespace realmscope {

QPushButton *makeButton(const QString &text, const char *kind, const QString &icon, QWidget *parent)
{
    auto *button = new QPushButton(text, parent);
    const QString kindName = QString::fromLatin1(kind);
    button->setProperty("kind", kindName);
    button->setAutoDefault(false);
    if (!icon.isEmpty())
        button->setIcon(Theme::instance().icon(icon, kindName == "primary"_L1 ? Token::OnAcc : Token::Fg2));
    return button;
}

IconButton::IconButton(const QString &icon, const QString &name, QWidget *parent) : QToolButton(parent), m_icon(icon)
{
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus); // a click leaves the focus where one works
    setIconSize({16, 16});
    setName(name);
    updateIcon();
    connect(this, &QToolButton::toggled, this, &IconButton::updateIcon);
}

void IconButton::setName(const QString &name, const QString &keys)
{
    setAccessibleName(name);
    setToolTip(keys.isEmpty() ? name : tr("%1 (%2)").arg(name, keys));
}

void IconButton::setIconTokens(Token normal, Token checked)
{
    m_normal = normal;
    m_checked = checked;
    updateIcon();
}

void IconButton::changeIcon(const QString &icon)
{
    m_icon = icon;
    updateIcon();
}

void IconButton::updateIcon()
{
    setIcon(Theme::instance().icon(m_icon, isChecked() ? m_checked : m_normal));
}

} // namespace realmscope
