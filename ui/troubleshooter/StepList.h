// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Diagnosis.h"

#include <QtWidgets/QWidget>

class QAbstractButton;

namespace realmscope {

enum class Token;

// Icon and colour of a step's verdict: shape and word differ too, so that it reads in greyscale.
struct StepVerdictLook
{
    QString icon;
    Token color;
    QString word;
};
[[nodiscard]] StepVerdictLook stepVerdictLook(StepVerdict verdict);

// The nine steps with their verdicts, 48 px a row. Up and Down move; each row is an accessible button.
class StepList : public QWidget
{
    Q_OBJECT
public:
    explicit StepList(QWidget *parent = nullptr);

    void setItems(const QList<ChecklistItem> &items);
    void setCurrent(ChecklistStep step);
    [[nodiscard]] ChecklistStep current() const { return m_current; }
    void focusCurrent();

Q_SIGNALS:
    void currentChanged(realmscope::ChecklistStep step);

private:
    QList<QAbstractButton *> m_rows;
    ChecklistStep m_current = ChecklistStep::Sent;
};

} // namespace realmscope
