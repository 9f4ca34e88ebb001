// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QFrame>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace realmscope {

// The big field of the start page: what somebody has, and what is wrong with it right under it.
class PasteField : public QFrame
{
    Q_OBJECT
public:
    explicit PasteField(QWidget *parent = nullptr);
    [[nodiscard]] QString text() const;
    void takeFocus(); // the text; a focus proxy would be one more stop for Tab
    void setText(const QString &text);
    void clear();
    void setBusy(bool busy);
    void setBad(bool bad);

Q_SIGNALS:
    void submitted(); // Ctrl+Return, or the button
    void edited();

protected:
    bool eventFilter(QObject *object, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QPlainTextEdit *m_edit = nullptr;
    QPushButton *m_open = nullptr;
    bool m_isBad = false;
};

} // namespace realmscope
