// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QPushButton>

namespace realmscope {

// A primary button with its key in a smaller type: "Send Ctrl+↵".
class HintButton : public QPushButton
{
    Q_OBJECT
public:
    explicit HintButton(QWidget *parent = nullptr);
    explicit HintButton(const QString &text, QWidget *parent = nullptr);
    void setHint(const QString &hint); // empty: none
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] int padding() const;
    QString m_hint;
};

} // namespace realmscope
