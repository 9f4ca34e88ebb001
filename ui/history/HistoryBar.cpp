// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/history/HistoryBar.h"

#include "ui/history/HistoryModel.h"
#include "ui/session/RequestSession.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int historyBarHeight = 36;

} // namespace

HistoryBar::HistoryBar(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_text(new ElidedLabel(FontStyle::Body, Token::Fg, this))
{
    setFixedHeight(historyBarHeight);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    layout->addWidget(makeIcon(u"history"_s, Token::Info, 16, this));
    layout->addWidget(m_text, 1);
    auto *again = makeButton(tr("Send again"), "secondary", u"send"_s, this);
    again->setProperty("compact", true);
    layout->addWidget(again);
    connect(again, &QPushButton::clicked, &m_session, &RequestSession::send);
    connect(&m_session, &RequestSession::stateChanged, this, &HistoryBar::refresh);
    connect(&m_session, &RequestSession::resultChanged, this, &HistoryBar::refresh);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    refresh();
}

void HistoryBar::refresh()
{
    setVisible(m_session.isFromHistory());
    if (!m_session.isFromHistory())
        return;
    QString text = tr("From the history, sent %1. Secrets are left out.").arg(momentText(m_session.sentAtMs()));
    if (const QStringList &places = m_session.leftOutSecrets(); !places.isEmpty())
        text += u' ' + tr("Type them again before you send: %1.").arg(places.join(u", "_s));
    m_text->setText(text);
}

void HistoryBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::InfoSoft));
    painter.fillRect(QRect(0, 0, 3, height()), theme.color(Token::Info));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::InfoLine));
}

} // namespace realmscope
