// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>

namespace realmscope {

// A button that opens a menu without QPushButton's nested event loop.
class MenuChip : public QPushButton
{
    Q_OBJECT
public:
    explicit MenuChip(QWidget *parent = nullptr);
    [[nodiscard]] QMenu *popupMenu() const { return m_menu; }
    void openMenu();

protected:
    void initStyleOption(QStyleOptionButton *option) const override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QMenu *m_menu = nullptr;
};

} // namespace realmscope
