// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/AuthFacts.h"

#include <QtWidgets/QScrollArea>

class QBoxLayout;

namespace realmscope {

// What the server asked beside what was sent, decoded. The columns stack when the page is narrow.
class AuthPage : public QScrollArea
{
    Q_OBJECT
public:
    explicit AuthPage(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange, const FieldValues &values, const Redactor &redactor);
    void clear();
    [[nodiscard]] bool hasProblem() const { return m_hasProblem; }

Q_SIGNALS:
    void secretsToHide(); // the page is left, or the window

protected:
    void resizeEvent(QResizeEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void rebuild();

    QList<FactCard> m_asked;
    QList<FactCard> m_sent;
    QBoxLayout *m_columns = nullptr;
    bool m_hasProblem = false;
};

} // namespace realmscope
