// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QLineEdit>

namespace realmscope {

// A field with a magnifying glass. Escape empties it; Down is for the list under it (moveDown).
class SearchField : public QLineEdit
{
    Q_OBJECT
public:
    // prompt: placeholder and accessible name ("Filter requests").
    explicit SearchField(const QString &prompt, QWidget *parent = nullptr);

Q_SIGNALS:
    void moveDown();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
};

} // namespace realmscope
