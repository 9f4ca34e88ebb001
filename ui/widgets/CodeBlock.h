// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QWidget>

namespace realmscope {

// Code to copy, on a ground of its own. A line "Apache, CGI:   CGIPassAuth On" becomes a caption and its code.
class CodeBlock : public QWidget
{
    Q_OBJECT
public:
    explicit CodeBlock(const QString &code, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace realmscope
