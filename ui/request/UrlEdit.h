// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/request/VariableText.h"

namespace realmscope {

// The URL as a template: behind each {{variable}} stands a chip, red when the variable is not known. The text gets no
// extra room, so that the caret stands where it seems to. Draws no frame: it stands in the URL row's field.
class UrlEdit : public VariableLineEdit
{
    Q_OBJECT
public:
    explicit UrlEdit(QWidget *parent = nullptr);

    // Takes the text from elsewhere without moving the caret when it is the same.
    void setTemplate(const QString &text);

Q_SIGNALS:
    void submitted(); // Return
    void focusChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;
};

} // namespace realmscope
