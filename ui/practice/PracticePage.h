// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/practice/Room.h"
#include "app/workspace/RequestSpec.h"
#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QScrollArea;
class QSortFilterProxyModel;

namespace realmscope {

class RoomModel;

// The rooms of the practice range: the list at the left; the lesson, what one is given and the way in at the right.
// Starts the loopback server on demand.
class PracticePage : public QWidget
{
    Q_OBJECT
public:
    explicit PracticePage(AppContext &context, QWidget *parent = nullptr);
    void openRoom(const QString &roomId); // starts the server when needed, then emits roomOpened
    void takeFocus(); // where the keyboard begins when this place is shown
    [[nodiscard]] QList<Room> rooms() const; // as listed, also while the server is stopped

Q_SIGNALS:
    void roomOpened(const realmscope::Room &room, const realmscope::RequestSpec &spec); // the failing request
    void failed(const realmscope::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    bool ensureRunning();
    void loadRooms();
    void showRoom();
    void updateServerLine();
    [[nodiscard]] QString currentRoomId() const;

    AppContext &m_context;
    RoomModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_filter = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_count = nullptr;
    QLabel *m_server = nullptr;
    QPushButton *m_serverButton = nullptr;
    QScrollArea *m_scroll = nullptr;
    QString m_hintShownFor;
};

} // namespace realmscope
