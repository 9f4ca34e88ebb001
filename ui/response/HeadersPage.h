// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/ResponseHeadersModel.h"

#include <QtCore/QSortFilterProxyModel>
#include <QtWidgets/QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QTableView;

namespace realmscope {

class HeaderDetail;

// Response headers as a table with what each means, and the chosen one taken apart below.
class HeadersPage : public QWidget
{
    Q_OBJECT
public:
    explicit HeadersPage(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange, const Redactor &redactor);
    // The previous attempt's response, to compare with; nullopt when there is none.
    void setPrevious(const std::optional<Exchange> &previous);
    void clear();
    void toggleDiff(); // Ctrl+D
    [[nodiscard]] int warnings() const { return m_model->warnings(); }
    [[nodiscard]] ResponseHeadersModel *model() const { return m_model; }

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void updateDiff();
    void showDetail(const QModelIndex &index);
    void fitColumns();

    ResponseHeadersModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_filter = nullptr;
    QCheckBox *m_diff = nullptr;
    QLabel *m_new = nullptr;
    QLabel *m_changed = nullptr;
    QLabel *m_gone = nullptr;
    QLabel *m_leftOut = nullptr;
    QLabel *m_warningIcon = nullptr;
    QLabel *m_warnings = nullptr;
    QPushButton *m_copy = nullptr;
    QTableView *m_table = nullptr;
    QSplitter *m_splitter = nullptr;
    HeaderDetail *m_detail = nullptr;
    std::optional<Exchange> m_previous;
    Exchange m_exchange;
    Redactor m_redactor;
};

} // namespace realmscope
