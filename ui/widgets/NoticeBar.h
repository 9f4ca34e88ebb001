// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/Theme.h"

#include <QtWidgets/QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace realmscope {

class ElidedLabel;
class IconButton;

// A line between the parts of a page that says something about it and offers what to do. Hidden until show().
class NoticeBar : public QWidget
{
    Q_OBJECT
public:
    enum class Tone { Info, Warn };

    explicit NoticeBar(QWidget *parent = nullptr);
    void say(Tone tone, const QString &icon, const QString &text, const QString &toolTip = {}); // shows it
    [[nodiscard]] QString text() const;
    // A button at the right, in the order of the calls; owned by the bar.
    QPushButton *addButton(const QString &text, const char *kind = "secondary");
    void setClosable(bool closable);

Q_SIGNALS:
    void closed(); // by the user

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintIcon();

    Tone m_tone = Tone::Info;
    QString m_iconName;
    QHBoxLayout *m_layout = nullptr;
    QLabel *m_icon = nullptr;
    ElidedLabel *m_text = nullptr;
    IconButton *m_close = nullptr;
};

} // namespace realmscope
