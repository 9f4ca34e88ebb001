// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtWidgets/QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace realmscope {

// A line over the status bar that says what happened and, where there is one, offers what to do. Never in the way:
// it is no dialog. Stays until it is closed or something newer is said.
class MessageBar : public QWidget
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent = nullptr);
    void showError(const Error &error);
    void showNote(const QString &text, const QString &actionText = {}, std::function<void()> action = {});
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void say(const QString &text, const QString &detail, bool isError);

    QLabel *m_text = nullptr;
    QPushButton *m_action = nullptr;
    std::function<void()> m_run;
    bool m_isError = false;
};

} // namespace realmscope
