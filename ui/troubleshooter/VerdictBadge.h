// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"
#include "ui/theme/Theme.h"

#include <QtWidgets/QWidget>

namespace realmscope {

// Proven (filled), Likely (tinted), Possible (outline), Note: always an icon and a word.
class VerdictBadge : public QWidget
{
    Q_OBJECT
public:
    [[nodiscard]] static VerdictBadge *verdict(Verdict verdict, QWidget *parent = nullptr);
    [[nodiscard]] static VerdictBadge *note(QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Look
    {
        QString icon;
        QString word;
        Token fill;
        Token border;
        Token text;
    };
    VerdictBadge(Look look, QWidget *parent);
    Look m_look;
};

} // namespace realmscope
