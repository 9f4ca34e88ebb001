// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/CookieVerdictModel.h"

#include <QtWidgets/QWidget>

class QLabel;
class QTableView;

namespace realmscope {

class FlatTable;

// The cookies of the exchange that is being inspected, with the reason of every decision. Return or a double click
// shows the bytes.
class CookiesPage : public QWidget
{
    Q_OBJECT
public:
    explicit CookiesPage(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange);
    [[nodiscard]] const CookieVerdictModel &model() const { return *m_model; }
    [[nodiscard]] QTableView *table() const;

Q_SIGNALS:
    void manageRequested();
    void bytesRequested(const realmscope::CookieVerdict &verdict); // its range is not empty

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showDetail(int row);
    void fitColumns();

    CookieVerdictModel *m_model = nullptr;
    FlatTable *m_table = nullptr;
    QLabel *m_counts = nullptr;
    QLabel *m_empty = nullptr;
    QLabel *m_detail = nullptr;
};

} // namespace realmscope
