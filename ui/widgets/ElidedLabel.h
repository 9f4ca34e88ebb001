// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtWidgets/QLabel>

namespace realmscope {

// One line of plain text in a token's colour, shortened with "…" when there is less room; the whole text is in the
// tooltip then, and always for screen readers.
class ElidedLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ElidedLabel(FontStyle style, Token token, QWidget *parent = nullptr);
    void setElideMode(Qt::TextElideMode mode) { m_mode = mode; }
    void setToken(Token token);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    Token m_token;
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

} // namespace realmscope
