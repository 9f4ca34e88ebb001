// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/practice/Room.h"
#include "app/workspace/RequestSpec.h"
#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

class QLabel;

namespace realmscope {

class PasteField;

// Where one begins: paste the request that gets a 401, or walk into a practice room.
class StartPage : public QWidget
{
    Q_OBJECT
public:
    explicit StartPage(AppContext &context, QWidget *parent = nullptr);
    void setRooms(const QList<Room> &rooms); // three of them are offered
    void focusField();
    void openText(const QString &text); // as if it were pasted and opened

Q_SIGNALS:
    // remarks: sentences about what was done or could not be understood, for the message bar.
    void requestReady(const realmscope::RequestSpec &spec, const QStringList &remarks);
    void roomRequested(const QString &roomId);
    void practiceRequested();
    void openFolderRequested();
    void newRequestRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void submit();
    void showError(const Error &error);

    AppContext &m_context;
    PasteField *m_field = nullptr;
    QLabel *m_hint = nullptr;
    QWidget *m_rooms = nullptr;
};

} // namespace realmscope
