// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/CodeBlock.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/ProseLabel.h"

#include <QtCore/QRegularExpression>
#include <QtGui/QPainter>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

CodeBlock::CodeBlock(const QString &code, QWidget *parent) : QWidget(parent)
{
    setAccessibleName(code);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 6, 10, 6);
    layout->setSpacing(0);
    static const QRegularExpression captioned(u"^([^:=]{2,48}):\\s{2,}(.+)$"_s);
    const QStringList lines = code.split(u'\n');
    for (const QString &line : lines) {
        const QRegularExpressionMatch match = captioned.match(line);
        if (match.hasMatch()) {
            auto *caption = new ProseLabel(match.captured(1), FontStyle::Tiny, Token::Fg3, this);
            caption->setContentsMargins(0, layout->isEmpty() ? 0 : 4, 0, 0);
            layout->addWidget(caption);
        }
        layout->addWidget(new ProseLabel(match.hasMatch() ? match.captured(2) : line, FontStyle::Code, Token::Fg, this));
    }
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CodeBlock::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint::box(painter, QRectF(rect()), Theme::instance().color(Token::Alt), Theme::instance().color(Token::Line), 4);
}

} // namespace realmscope
