// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TimingPage.h"

#include "ui/response/TraceStrip.h"
#include "ui/theme/Theme.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int BarRowHeight = 28;
constexpr int NameWidth = 220;
constexpr int TimeWidth = 80;
constexpr int BarPadding = 12;

struct Phase
{
    const char *name;
    double Timings::*member;
    Token token;
};

constexpr std::array Phases{
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "Host lookup"), &Timings::dns, Token::Fg3},
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "TCP connect"), &Timings::connect, Token::Info},
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "TLS handshake"), &Timings::tls, Token::MPatch},
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "Send"), &Timings::send, Token::Warn},
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "Wait for the first byte"), &Timings::wait, Token::AccFill},
    Phase{QT_TRANSLATE_NOOP("realmscope::TimingPage", "Receive"), &Timings::receive, Token::Good},
};

class Waterfall : public QWidget
{
public:
    Waterfall(const Trace &trace, int current, QWidget *parent) : QWidget(parent), m_trace(trace), m_current(current)
    {
        const auto rows = static_cast<int>(trace.exchanges.size());
        setMinimumSize(NameWidth + TimeWidth + 200,
                       rows * BarRowHeight + (current >= 0 ? static_cast<int>(Phases.size()) * BarRowHeight + 56 : 0) + 32);
        if (!trace.exchanges.isEmpty()) {
            m_first = trace.exchanges.first().startedAtMs;
            m_last = m_first;
            for (const Exchange &exchange : trace.exchanges) {
                m_first = std::min(m_first, exchange.startedAtMs);
                m_last = std::max(m_last, exchange.startedAtMs + qRound64(std::max(0.0, exchange.timings.total)));
            }
        }
        setAccessibleName(TimingPage::tr("Timing"));
        QStringList spoken;
        if (current >= 0 && current < trace.exchanges.size()) {
            for (const Phase &phase : Phases) {
                const double time = trace.exchanges.at(current).timings.*phase.member;
                if (time >= 0)
                    spoken.append(u"%1 %2"_s.arg(TimingPage::tr(phase.name), millisecondsText(time)));
            }
        }
        setAccessibleDescription(spoken.join(u", "_s));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        const double room = std::max(50, width() - NameWidth - TimeWidth - 2 * BarPadding);
        const double span = std::max<double>(1, static_cast<double>(m_last - m_first));
        int y = BarPadding;
        for (int index = 0; index < m_trace.exchanges.size(); ++index) {
            const Exchange &exchange = m_trace.exchanges.at(index);
            const QRect row(0, y, width(), BarRowHeight);
            if (index == m_current)
                painter.fillRect(row, theme.color(Token::AccSoft));
            const QString method = QString::fromLatin1(exchange.request.method);
            painter.setFont(Theme::font(FontStyle::Tag));
            painter.setPen(theme.methodColor(method));
            painter.drawText(row.adjusted(BarPadding, 0, 0, 0), Qt::AlignVCenter, method);
            const int methodWidth = std::max(38, painter.fontMetrics().horizontalAdvance(method));
            painter.setFont(Theme::font(FontStyle::Code));
            painter.setPen(theme.color(Token::Fg));
            const int nameWidth = NameWidth - methodWidth - 24;
            painter.drawText(QRect(BarPadding + methodWidth + 8, y, nameWidth, BarRowHeight), Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(QString::fromUtf8(exchange.request.effectiveTarget()),
                                                              Qt::ElideMiddle, nameWidth));
            double x = BarPadding + NameWidth
                + room * static_cast<double>(exchange.startedAtMs - m_first) / span;
            for (const Phase &phase : Phases) {
                const double time = exchange.timings.*phase.member;
                if (time <= 0)
                    continue;
                const double barWidth = std::max(1.0, room * time / span);
                painter.fillRect(QRectF(x, y + 9, barWidth, 10), theme.color(phase.token));
                x += barWidth;
            }
            painter.setFont(Theme::font(FontStyle::TagMedium));
            painter.setPen(theme.color(Token::Fg2));
            painter.drawText(row.adjusted(0, 0, -BarPadding, 0), Qt::AlignVCenter | Qt::AlignRight,
                             millisecondsText(exchange.timings.total));
            y += BarRowHeight;
        }
        if (m_current >= 0 && m_current < m_trace.exchanges.size())
            paintDetails(painter, m_trace.exchanges.at(m_current), y + 12);
    }

private:
    void paintDetails(QPainter &painter, const Exchange &exchange, int y)
    {
        const Theme &theme = Theme::instance();
        painter.fillRect(QRect(BarPadding, y, width() - 2 * BarPadding, 1), theme.color(Token::Line));
        y += 8;
        for (const Phase &phase : Phases) {
            const double time = exchange.timings.*phase.member;
            painter.fillRect(QRectF(BarPadding, y + 9, 10, 10), theme.color(time < 0 ? Token::Press : phase.token));
            painter.setFont(Theme::font(FontStyle::Body));
            painter.setPen(theme.color(time < 0 ? Token::Fg3 : Token::Fg));
            painter.drawText(QRect(BarPadding + 18, y, NameWidth, BarRowHeight), Qt::AlignVCenter, TimingPage::tr(phase.name));
            painter.setFont(Theme::font(FontStyle::Code));
            QString text = u"%1 ms"_s.arg(time, 0, 'f', 2);
            if (time < 0)
                text = exchange.connection.reused && &phase < &Phases[3] ? TimingPage::tr("connection was reused")
                                                                         : TimingPage::tr("did not happen");
            painter.drawText(QRect(BarPadding + NameWidth, y, 300, BarRowHeight), Qt::AlignVCenter, text);
            y += BarRowHeight;
        }
        painter.setFont(Theme::font(FontStyle::Small));
        painter.setPen(theme.color(Token::Fg2));
        painter.drawText(QRect(BarPadding, y, width() - 2 * BarPadding, BarRowHeight), Qt::AlignVCenter,
                         TimingPage::tr("Connection %1, %2 → %3")
                             .arg(exchange.connection.id)
                             .arg(exchange.connection.localAddress, exchange.connection.peerAddress));
    }

    Trace m_trace;
    int m_current;
    qint64 m_first = 0;
    qint64 m_last = 0;
};

} // namespace

TimingPage::TimingPage(QWidget *parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Timing"));
    viewport()->setBackgroundRole(QPalette::Base);
    connect(&Theme::instance(), &Theme::changed, this, &TimingPage::rebuild);
    rebuild();
}

void TimingPage::setTrace(const Trace &trace, int current)
{
    m_trace = trace;
    m_current = current;
    rebuild();
}

void TimingPage::rebuild()
{
    auto *waterfall = new Waterfall(m_trace, m_current, this);
    waterfall->setBackgroundRole(QPalette::Base);
    setWidget(waterfall);
}

} // namespace realmscope
