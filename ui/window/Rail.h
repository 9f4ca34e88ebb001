// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QWidget>

#include <array>

class QMenu;

namespace realmscope {

class IconButton;

enum class Place { Requests, Credentials, History, Practice };
[[nodiscard]] QString placeKeys(Place place); // "Alt+1"

// The strip of places at the left edge, with help and settings at its foot.
class Rail : public QWidget
{
    Q_OBJECT
public:
    explicit Rail(QWidget *parent = nullptr);
    void setPlace(Place place);
    void setHelpMenu(QMenu *menu);     // not owned
    void setSettingsMenu(QMenu *menu); // not owned

Q_SIGNALS:
    void placeChosen(realmscope::Place place);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::array<IconButton *, 4> m_places{};
    IconButton *m_help = nullptr;
    IconButton *m_settings = nullptr;
};

} // namespace realmscope
