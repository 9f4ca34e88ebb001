// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/VerdictBadge.h"

#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace realmscope {

VerdictBadge::VerdictBadge(const Look &look, QWidget *parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setLook(look);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void VerdictBadge::setLook(const Look &look)
{
    m_look = look;
    setText(look.word); // for assistive technology; it is painted here
    updateGeometry();
    update();
}

VerdictBadge *VerdictBadge::verdict(Verdict verdict, QWidget *parent)
{
    switch (verdict) {
    case Verdict::Proven:
        return new VerdictBadge({u"badge-check"_s, tr("Proven"), Token::BadFill, Token::BadFill, Token::OnAcc}, parent);
    case Verdict::Likely:
        return new VerdictBadge({u"circle-alert"_s, tr("Likely"), Token::WarnSoft, Token::WarnLine, Token::Warn}, parent);
    case Verdict::Possible:
        break;
    }
    return new VerdictBadge({u"circle-question-mark"_s, tr("Possible"), Token::Surf, Token::Line2, Token::Fg2}, parent);
}

VerdictBadge *VerdictBadge::note(QWidget *parent)
{
    return new VerdictBadge({u"info"_s, tr("Note"), Token::InfoSoft, Token::InfoLine, Token::Info}, parent);
}

QSize VerdictBadge::sizeHint() const
{
    return {QFontMetrics(Theme::font(FontStyle::TinyMedium)).horizontalAdvance(m_look.word) + 28, 18};
}

void VerdictBadge::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(m_look.border));
    painter.setBrush(m_look.fill ? QBrush(theme.color(*m_look.fill)) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    theme.paintIcon(painter, m_look.icon, QRectF(6, (height() - 12) / 2.0, 12, 12), m_look.text);
    painter.setFont(Theme::font(FontStyle::TinyMedium));
    painter.setPen(theme.color(m_look.text));
    painter.drawText(QRectF(22, 0, width() - 24, height()), Qt::AlignVCenter | Qt::AlignLeft, m_look.word);
}

} // namespace realmscope
