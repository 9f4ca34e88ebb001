// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/ProseLabel.h"

#include <QtGui/QPainter>
#include <QtGui/QTextLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

int lineHeight(FontStyle style)
{
    switch (style) {
    case FontStyle::Small:
    case FontStyle::SmallMedium:
    case FontStyle::Tiny:
    case FontStyle::TinyMedium:
    case FontStyle::TinyStrong:
    case FontStyle::Tag:
    case FontStyle::TagMedium:
        return 16;
    case FontStyle::Start:
        return 28;
    default:
        return 20;
    }
}

bool isCodeStyle(FontStyle style)
{
    return style == FontStyle::Code || style == FontStyle::CodeMedium;
}

} // namespace

ProseLabel::ProseLabel(const QString &text, FontStyle style, Token token, QWidget *parent)
    : QLabel(parent), m_style(style), m_token(token)
{
    setTextFormat(Qt::PlainText);
    setText(text);
    setFont(Theme::font(style));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProseLabel::setToken(Token token)
{
    m_token = token;
    update();
}

void ProseLabel::setCode(const QString &words)
{
    m_code = words;
    m_hasCode = true;
    updateGeometry();
    update();
}

int ProseLabel::arrange(QTextLayout &layout, int width) const
{
    QString words = text();
    words.replace(u'\n', QChar(QChar::LineSeparator));
    layout.setText(words);
    layout.setFont(font());
    layout.setCacheEnabled(true);
    QTextOption option;
    option.setWrapMode(isCodeStyle(m_style) ? QTextOption::WrapAtWordBoundaryOrAnywhere
                                            : QTextOption::WordWrap);
    layout.setTextOption(option);
    if (m_hasCode) {
        QList<QTextLayout::FormatRange> formats;
        QTextCharFormat code;
        code.setFont(Theme::font(FontStyle::Code));
        const auto mark = [&](qsizetype begin, qsizetype length) {
            formats.append({static_cast<int>(begin), static_cast<int>(length), code});
        };
        for (qsizetype at = m_code.isEmpty() ? -1 : words.indexOf(m_code); at >= 0;
             at = words.indexOf(m_code, at + m_code.size()))
            mark(at, m_code.size());
        for (qsizetype open = words.indexOf(u'"'); open >= 0;) {
            const qsizetype close = words.indexOf(u'"', open + 1);
            if (close < 0)
                break;
            qsizetype begin = open; // the name of a parameter belongs to its value
            if (begin > 0 && words.at(begin - 1) == u'=') {
                do
                    --begin;
                while (begin > 0 && !words.at(begin - 1).isSpace() && words.at(begin - 1) != u',');
            }
            mark(begin, close + 1 - begin);
            open = words.indexOf(u'"', close + 1);
        }
        layout.setFormats(formats);
    }
    const int step = lineHeight(m_style);
    int y = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(std::max(20, width));
        line.setPosition(QPointF(0, y + std::round((step - line.height()) / 2)));
        y += step;
    }
    layout.endLayout();
    return std::max(step, y);
}

int ProseLabel::heightForWidth(int width) const
{
    const QMargins margins = contentsMargins();
    QTextLayout layout;
    return arrange(layout, width - margins.left() - margins.right()) + margins.top() + margins.bottom();
}

QSize ProseLabel::sizeHint() const
{
    const QMargins margins = contentsMargins();
    QTextLayout layout;
    const int height = arrange(layout, 100'000);
    qreal natural = 0;
    for (int i = 0; i < layout.lineCount(); ++i)
        natural = std::max(natural, layout.lineAt(i).naturalTextWidth());
    const int width = static_cast<int>(std::ceil(natural)) + 1;
    return {width + margins.left() + margins.right(), height + margins.top() + margins.bottom()};
}

QSize ProseLabel::minimumSizeHint() const
{
    return {std::min(40, sizeHint().width()), lineHeight(m_style)};
}

void ProseLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(Theme::instance().color(isEnabled() ? m_token : Token::Dis));
    QTextLayout layout;
    const QRect area = contentsRect();
    const int height = arrange(layout, area.width());
    layout.draw(&painter, QPointF(area.left(), area.top() + std::max(0, (area.height() - height) / 2)));
}

} // namespace realmscope
