// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtWidgets/QScrollArea>

namespace realmscope {

// Where the time went: a bar of phases for each exchange, one below the other on one time line.
class TimingPage : public QScrollArea
{
    Q_OBJECT
public:
    explicit TimingPage(QWidget *parent = nullptr);
    void setTrace(const Trace &trace, int current);
    void clear() { setTrace({}, -1); }

private:
    void rebuild();
    Trace m_trace;
    int m_current = -1;
};

} // namespace realmscope
