// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

namespace realmscope {

// kind: "primary", "secondary", "flat" or "link". One primary button a region.
[[nodiscard]] QPushButton *makeButton(const QString &text, const char *kind, const QString &icon = {},
                                      QWidget *parent = nullptr);

// A square button that is only an icon (28 px; property "compact": 24). The name is what a screen reader says and, with
// the keys, the tooltip.
class IconButton : public QToolButton
{
    Q_OBJECT
public:
    IconButton(const QString &icon, const QString &name, QWidget *parent = nullptr);
    void setName(const QString &name, const QString &keys = {});
    void setIconTokens(Token normal, Token checked);
    void changeIcon(const QString &icon);

private:
    void updateIcon();
    QString m_icon;
    Token m_normal = Token::Fg2;
    Token m_checked = Token::Acc;
};

} // namespace realmscope
