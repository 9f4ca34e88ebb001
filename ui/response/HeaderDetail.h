// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/ResponseHeadersModel.h"

#include <QtWidgets/QScrollArea>

namespace realmscope {

// What a compared response was: its status and when it came.
struct ComparedResponse
{
    int status = 0;
    qint64 startedAtMs = 0;
};

// One response header taken apart: its value, the parameters with what they say, its source, and what it was before.
class HeaderDetail : public QScrollArea
{
    Q_OBJECT
public:
    explicit HeaderDetail(QWidget *parent = nullptr);
    // before: the response that the row was compared with, when there was one.
    void show(const ResponseHeadersModel::Row &row, int status, const std::optional<ComparedResponse> &before);

private:
    QWidget *makeParts(const ResponseHeadersModel::Row &row) const;
    QWidget *makeChange(const ResponseHeadersModel::Row &row, int status, const ComparedResponse &before) const;
};

} // namespace realmscope
