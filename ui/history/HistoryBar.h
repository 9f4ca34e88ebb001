// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QWidget>

namespace realmscope {

class ElidedLabel;
class RequestSession;

// Over an answer that came out of the history: when it was sent, that secrets are left out of it, and the way to a new one.
class HistoryBar : public QWidget
{
    Q_OBJECT
public:
    explicit HistoryBar(RequestSession &session, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();

    RequestSession &m_session;
    ElidedLabel *m_text = nullptr;
};

} // namespace realmscope
