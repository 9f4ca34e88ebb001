// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QWidget>

namespace realmscope {

// The list's side of a page that shows one thing of a list, with a hairline at its right. A third of a narrow page.
class ListPane : public QWidget
{
    Q_OBJECT
public:
    explicit ListPane(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override; // its page
};

} // namespace realmscope
