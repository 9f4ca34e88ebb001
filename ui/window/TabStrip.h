// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QTabBar>

namespace realmscope {

// The open requests: method, title, and at the end a cross, or a dot while there is something unsaved.
class TabStrip : public QTabBar
{
    Q_OBJECT
public:
    explicit TabStrip(QWidget *parent = nullptr);
    void setTab(int index, const QString &method, const QString &title, bool isModified);
    void setClosable(bool isClosable); // no cross when there is one tab, and it is the start page

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    [[nodiscard]] QRect closeRect(int index) const;
    [[nodiscard]] QString method(int index) const;
    [[nodiscard]] QString title(int index) const;
    void paintTab(QPainter &painter, int index) const;

    QPoint m_pointer{-1, -1};
    int m_pressedClose = -1;
    bool m_isClosable = true;
};

} // namespace realmscope
