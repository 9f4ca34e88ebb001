// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"
#include "app/practice/Room.h"
#include "app/workspace/RequestSpec.h"

#include <QtWidgets/QWidget>

namespace realmscope {

// The rooms of the practice range; starts the loopback server on demand.
class PracticePage : public QWidget
{
    Q_OBJECT
public:
    explicit PracticePage(AppContext &context, QWidget *parent = nullptr);
    void openRoom(const QString &roomId); // starts the server when needed, then emits roomOpened

Q_SIGNALS:
    void roomOpened(const realmscope::Room &room, const realmscope::RequestSpec &spec); // the failing request

private:
    AppContext &m_context;
};

} // namespace realmscope
