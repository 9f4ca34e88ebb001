// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtWidgets/QLabel>

class QTextLayout;

namespace realmscope {

// A label of plain text that wraps at the line height of the type scale (a QLabel sets its lines closer), with some of
// its words in the code font. As wide as its text where there is room.
class ProseLabel : public QLabel
{
    Q_OBJECT
public:
    ProseLabel(const QString &text, FontStyle style, Token token, QWidget *parent = nullptr);
    void setToken(Token token);
    void setCode(const QString &words); // every place where they stand, and what is in double quotes, as in realm="x"

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int arrange(QTextLayout &layout, int width) const; // gives the height
    FontStyle m_style;
    Token m_token;
    QString m_code;
    bool m_hasCode = false;
};

} // namespace realmscope
