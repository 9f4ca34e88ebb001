// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"
#include "ui/theme/Theme.h"

#include <QtWidgets/QLabel>

#include <optional>

namespace realmscope {

// Proven (filled), Likely (tinted), Possible (outline), Note: always an icon and a word.
class VerdictBadge : public QLabel
{
    Q_OBJECT
public:
    struct Look
    {
        QString icon;
        QString word;
        std::optional<Token> fill;
        Token border = Token::Line2;
        Token text = Token::Fg2;
    };
    explicit VerdictBadge(const Look &look, QWidget *parent = nullptr);
    void setLook(const Look &look);
    [[nodiscard]] static VerdictBadge *verdict(Verdict verdict, QWidget *parent = nullptr);
    [[nodiscard]] static VerdictBadge *note(QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look m_look;
};

} // namespace realmscope
