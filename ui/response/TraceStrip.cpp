// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TraceStrip.h"

#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Sentence.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int ChipHeight = 26;
constexpr int ChipPadding = 8;
constexpr int PartSpacing = 7;
constexpr int ChipIconSize = 13;
constexpr int NarrowStrip = 720; // narrower: no remark
constexpr int WideStrip = 1000;  // narrower: a shorter remark

// RFC 9110 section 15.4: within one origin the credential goes along.
bool keptAcrossRedirect(const Trace &trace, int index)
{
    if (index < 1 || !trace.exchanges.at(index).hasDecision(DecisionKind::CredentialSent))
        return false;
    const Exchange &before = trace.exchanges.at(index - 1);
    return before.role == ExchangeRole::Redirect && before.hasDecision(DecisionKind::CredentialSent)
        && before.request.url.origin() == trace.exchanges.at(index).request.url.origin();
}

// In the chip's own words: short.
QString roleText(const Exchange &exchange)
{
    if (exchange.probeId == "anonymous"_L1)
        return TraceStrip::tr("no credential");
    if (exchange.probeId == "garbage"_L1)
        return TraceStrip::tr("made up");
    if (!exchange.probeId.isEmpty()) {
        if (exchange.label.startsWith("probe: "_L1))
            return exchange.label.sliced(7);
        return exchange.label.isEmpty() ? exchange.probeId : exchange.label;
    }
    switch (exchange.role) {
    case ExchangeRole::Final:
        return TraceStrip::tr("final");
    case ExchangeRole::Challenge:
        return TraceStrip::tr("challenge");
    case ExchangeRole::Token:
        return TraceStrip::tr("token");
    case ExchangeRole::Redirect:
        return TraceStrip::tr("redirect");
    case ExchangeRole::Proxy:
        return TraceStrip::tr("proxy");
    case ExchangeRole::Preflight:
        return TraceStrip::tr("preflight");
    case ExchangeRole::Probe:
        return TraceStrip::tr("probe");
    }
    return {};
}

QString failureText(const Error &error)
{
    switch (error.code) {
    case ErrorCode::HostNotFound:
        return TraceStrip::tr("host not found");
    case ErrorCode::ConnectFailed:
        return TraceStrip::tr("no connection");
    case ErrorCode::ConnectTimeout:
    case ErrorCode::IdleTimeout:
    case ErrorCode::TotalTimeout:
        return TraceStrip::tr("timed out");
    case ErrorCode::TlsFailure:
    case ErrorCode::TlsAlert:
        return TraceStrip::tr("TLS failed");
    case ErrorCode::ConnectionClosed:
        return TraceStrip::tr("closed early");
    case ErrorCode::ProtocolError:
        return TraceStrip::tr("not HTTP");
    case ErrorCode::LimitExceeded:
        return TraceStrip::tr("too large");
    case ErrorCode::Cancelled:
        return TraceStrip::tr("cancelled");
    default:
        return TraceStrip::tr("failed");
    }
}

} // namespace

QString phaseText(TransportPhase phase)
{
    switch (phase) {
    case TransportPhase::Idle:
        return TraceStrip::tr("Preparing");
    case TransportPhase::Resolving:
        return TraceStrip::tr("Looking up host");
    case TransportPhase::Connecting:
        return TraceStrip::tr("Connecting");
    case TransportPhase::Handshaking:
        return TraceStrip::tr("TLS handshake");
    case TransportPhase::Sending:
        return TraceStrip::tr("Sending");
    case TransportPhase::Waiting:
        return TraceStrip::tr("Waiting for headers");
    case TransportPhase::Receiving:
        return TraceStrip::tr("Receiving");
    case TransportPhase::Done:
        return TraceStrip::tr("Finishing");
    }
    return {};
}

QString millisecondsText(double milliseconds)
{
    if (milliseconds < 0)
        return u"–"_s;
    if (milliseconds < 1)
        return u"<1 ms"_s;
    if (milliseconds < 1000)
        return u"%1 ms"_s.arg(qRound(milliseconds));
    return u"%1 s"_s.arg(milliseconds / 1000, 0, 'f', 1);
}

TraceChip::TraceChip(QWidget *parent) : QAbstractButton(parent)
{
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TraceChip::addText(const QString &text, int font, const QColor &color)
{
    const QFontMetrics metrics(Theme::font(static_cast<FontStyle>(font)));
    m_parts.append({text, false, font, color, 0, metrics.horizontalAdvance(text)});
}

void TraceChip::addIcon(const QString &name, int token)
{
    m_parts.append({name, true, 0, {}, token, ChipIconSize});
}

void TraceChip::finish(const QString &accessibleName)
{
    setAccessibleName(accessibleName);
    setToolTip(accessibleName);
    updateGeometry();
    update();
}

void TraceChip::setExchange(const Exchange &exchange, bool isAnswered)
{
    const Theme &theme = Theme::instance();
    m_parts.clear();
    m_isDashed = !exchange.probeId.isEmpty();
    const QString method = QString::fromLatin1(exchange.request.method);
    QStringList spoken{method};
    addText(method, static_cast<int>(FontStyle::Tag), theme.methodColor(method));
    if (exchange.role == ExchangeRole::Token)
        addText(QString::fromUtf8(exchange.request.url.path), static_cast<int>(FontStyle::TagMedium),
                theme.color(Token::Fg));
    if (exchange.hasResponse()) {
        const QString status = QString::number(exchange.response.status);
        addText(status, static_cast<int>(FontStyle::Tag),
                isAnswered ? theme.color(Token::Fg2) : theme.statusColor(exchange.response.status));
        spoken.append(status);
    }
    if (exchange.error && exchange.error->code != ErrorCode::OriginNotAllowed) {
        const QString failure = failureText(*exchange.error);
        addIcon(exchange.error->code == ErrorCode::Cancelled ? u"ban"_s : u"unplug"_s, static_cast<int>(Token::Bad));
        addText(failure, static_cast<int>(FontStyle::Tiny), theme.color(Token::Fg2));
        spoken.append(failure);
    } else {
        const QString role = roleText(exchange);
        addText(role, static_cast<int>(FontStyle::Tiny), theme.color(Token::Fg2));
        spoken.append(role);
    }
    const QString time = millisecondsText(exchange.timings.total);
    addText(time, static_cast<int>(FontStyle::TagMedium), theme.color(Token::Fg2));
    spoken.append(time);
    if (exchange.hasDecision(DecisionKind::CredentialWithheld)) {
        addText(tr("withheld"), static_cast<int>(FontStyle::Tiny), theme.color(Token::Warn));
        addIcon(u"ban"_s, static_cast<int>(Token::Warn));
        spoken.append(tr("credential withheld"));
    } else if (exchange.hasDecision(DecisionKind::CredentialSent)) {
        addIcon(u"key-round"_s, static_cast<int>(Token::Fg2));
        spoken.append(tr("credential sent"));
    }
    finish(spoken.join(u", "_s));
}

void TraceChip::setRunning(const QString &method, const QString &phase)
{
    const Theme &theme = Theme::instance();
    m_parts.clear();
    m_isDashed = false;
    addText(method, static_cast<int>(FontStyle::Tag), theme.methodColor(method));
    addIcon(u"loader-circle"_s, static_cast<int>(Token::Fg2));
    addText(phase, static_cast<int>(FontStyle::Tiny), theme.color(Token::Fg2));
    finish(u"%1, %2"_s.arg(method, phase));
}

QSize TraceChip::sizeHint() const
{
    int width = 2 * ChipPadding;
    for (const Part &part : m_parts)
        width += part.width;
    return {width + PartSpacing * std::max(0, static_cast<int>(m_parts.size()) - 1), ChipHeight};
}

bool TraceChip::event(QEvent *event)
{
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave)
        update();
    return QAbstractButton::event(event);
}

void TraceChip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isFocused = hasFocus();
    QPen pen(theme.color(isChecked() || isFocused ? Token::Acc : Token::Line2), isFocused ? 2 : 1);
    if (m_isDashed && !isFocused)
        pen.setDashPattern({3, 3});
    painter.setPen(pen);
    painter.setBrush(theme.color(isChecked() ? Token::AccSoft : underMouse() ? Token::Hover : Token::Surf));
    const double inset = isFocused ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 6, 6);
    int x = ChipPadding;
    for (const Part &part : m_parts) {
        if (part.isIcon) {
            theme.paintIcon(painter, part.text, QRectF(x, (height() - ChipIconSize) / 2.0, ChipIconSize, ChipIconSize),
                            static_cast<Token>(part.token));
        } else {
            painter.setFont(Theme::font(static_cast<FontStyle>(part.font)));
            painter.setPen(part.color);
            painter.drawText(QRect(x, 0, part.width + 4, height()), Qt::AlignVCenter | Qt::TextSingleLine, part.text);
        }
        x += part.width + PartSpacing;
    }
}

TraceStrip::TraceStrip(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_area(new QScrollArea(this)), m_title(new QLabel(this)),
      m_remark(new ElidedLabel(FontStyle::Tiny, Token::Fg2, this)),
      m_remarkIcon(makeIcon(u"info"_s, Token::Fg2, 13, this)), m_total(new QLabel(this)), m_count(new QLabel(this)),
      m_divider(new QFrame(this)), m_showEditor(makeButton(tr("Show request editor"), "flat", u"chevrons-up-down"_s, this))
{
    setFixedHeight(40);
    setAccessibleName(tr("Trace"));
    m_title->setText(tr("Trace"));
    m_title->setFont(Theme::font(FontStyle::TinyStrong));
    m_total->setFont(Theme::font(FontStyle::TagMedium));
    m_count->setFont(Theme::font(FontStyle::Tiny));
    m_divider->setFixedSize(1, 20);
    m_divider->setAutoFillBackground(true);
    m_showEditor->setProperty("compact", true);
    m_showEditor->setFixedHeight(24);
    m_showEditor->setToolTip(tr("Show request editor (Ctrl+Shift+E)"));
    connect(m_showEditor, &QPushButton::clicked, this, &TraceStrip::editorRequested);
    setEditorShown(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setWidgetResizable(true);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setFocusPolicy(Qt::NoFocus);
    m_area->setFixedHeight(ChipHeight + 2);
    m_area->viewport()->setAutoFillBackground(false);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(12);
    layout->addWidget(m_title);
    layout->addWidget(m_area, 1);
    auto *right = new QHBoxLayout;
    right->setSpacing(8);
    right->addWidget(m_total);
    right->addWidget(m_count);
    right->addWidget(m_divider);
    right->addWidget(m_showEditor);
    layout->addLayout(right);

    m_tick.setInterval(100);
    connect(&m_tick, &QTimer::timeout, this, &TraceStrip::updateRunning);
    connect(&m_session, &RequestSession::stateChanged, this, &TraceStrip::rebuild);
    connect(&m_session, &RequestSession::resultChanged, this, &TraceStrip::rebuild);
    connect(&m_session, &RequestSession::currentExchangeChanged, this, [this] {
        for (qsizetype index = 0; index < m_chips.size(); ++index) {
            const bool isCurrent = m_order.at(index) == m_session.currentExchange();
            m_chips.at(index)->setChecked(isCurrent);
            if (isCurrent)
                m_area->ensureWidgetVisible(m_chips.at(index), 24, 0);
        }
        updateRemark();
    });
    connect(&Theme::instance(), &Theme::changed, this, &TraceStrip::rebuild);
    rebuild();
}

void TraceStrip::rebuild()
{
    const int focused = [this] {
        for (int index = 0; index < m_chips.size(); ++index) {
            if (m_chips.at(index)->hasFocus())
                return index;
        }
        return -1;
    }();
    for (QLabel *part : {m_remark, m_remarkIcon}) { // they stand in the row, which is made anew
        part->setParent(this);
        part->hide();
    }
    m_chips.clear();
    m_order.clear();
    m_running = nullptr;

    auto *row = new QWidget;
    row->setAutoFillBackground(false);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);

    const Trace &trace = m_session.trace();
    double total = 0;
    int probes = 0;
    const auto addChip = [&](int index) {
        const Exchange &exchange = trace.exchanges.at(index);
        auto *chip = new TraceChip(row);
        const bool isAnswered = exchange.hasDecision(DecisionKind::ChallengeAnswered)
            || (exchange.role == ExchangeRole::Challenge && index != trace.finalIndex());
        chip->setExchange(exchange, isAnswered);
        chip->setChecked(index == m_session.currentExchange() && m_session.state() == RequestSession::State::Idle);
        connect(chip, &QAbstractButton::clicked, this, [this, index, chip] {
            chip->setChecked(true);
            m_session.setCurrentExchange(index);
        });
        layout->addWidget(chip);
        m_chips.append(chip);
        m_order.append(index);
        if (exchange.probeId.isEmpty())
            total += std::max(0.0, exchange.timings.total);
    };
    const auto addArrow = [&] {
        auto *arrow = new QLabel(row);
        arrow->setPixmap(Theme::instance().icon(u"arrow-right"_s, Token::Fg3).pixmap(14, 14));
        layout->addWidget(arrow);
    };
    for (int index = 0; index < trace.exchanges.size(); ++index) {
        if (!trace.exchanges.at(index).probeId.isEmpty()) {
            ++probes;
            continue;
        }
        if (!m_chips.isEmpty())
            addArrow();
        addChip(index);
    }
    if (m_session.state() == RequestSession::State::Sending) {
        if (!m_chips.isEmpty())
            addArrow();
        m_running = new TraceChip(row);
        m_running->setEnabled(false);
        m_running->setChecked(true);
        layout->addWidget(m_running);
    }
    auto *remark = new QHBoxLayout;
    remark->setContentsMargins(4, 0, 0, 0);
    remark->setSpacing(4);
    m_remarkIcon->setParent(row);
    m_remark->setParent(row);
    remark->addWidget(m_remarkIcon);
    remark->addWidget(m_remark);
    layout->addLayout(remark);
    if (probes > 0) {
        auto *divider = new QFrame(row);
        divider->setFixedSize(1, 20);
        divider->setStyleSheet(u"background: %1; border: 0"_s.arg(Theme::instance().color(Token::Line2).name()));
        layout->addWidget(divider);
        auto *title = new QLabel(tr("Probes"), row);
        title->setFont(Theme::font(FontStyle::TinyStrong));
        layout->addWidget(title);
        for (int index = 0; index < trace.exchanges.size(); ++index) {
            if (!trace.exchanges.at(index).probeId.isEmpty())
                addChip(index);
        }
    }
    layout->addStretch(1);
    m_row = row;
    m_area->setWidget(row); // deletes the old one
    row->show();
    setTabOrderByLayout(window());
    const int count = static_cast<int>(trace.exchanges.size()) - probes;
    m_total->setText(count == 0 ? QString() : millisecondsText(total));
    m_count->setText(count == 0 ? QString() : count == 1 ? tr("1 exchange") : tr("%1 exchanges").arg(count));
    QPalette lines = m_divider->palette();
    lines.setColor(QPalette::Window, Theme::instance().color(Token::Line2));
    m_divider->setPalette(lines);
    for (QLabel *label : {m_title, m_total, m_count}) {
        QPalette colours = label->palette();
        colours.setColor(QPalette::WindowText, Theme::instance().color(Token::Fg2));
        label->setPalette(colours);
    }
    if (focused >= 0 && focused < m_chips.size())
        m_chips.at(focused)->setFocus();
    setVisible(!m_chips.isEmpty() || m_running);
    if (!m_running)
        m_tick.stop();
    else if (!m_tick.isActive())
        m_tick.start();
    updateRunning();
    updateRemark();
}

void TraceStrip::updateRunning()
{
    if (!m_running)
        return;
    const double seconds =
        static_cast<double>(m_session.context().clock->nowMs() - m_session.phaseStartedMs()) / 1000.0;
    m_running->setRunning(m_session.runningMethod(),
                          tr("%1, %2 s, Esc cancels").arg(phaseText(m_session.phase())).arg(seconds, 0, 'f', 1));
    m_running->setFixedSize(m_running->sizeHint());
}

// What the client decided about the chosen exchange, in one line.
void TraceStrip::updateRemark()
{
    const Trace &trace = m_session.trace();
    const int current = m_session.currentExchange();
    QString remark;
    if (m_session.state() == RequestSession::State::Idle && current >= 0 && current < trace.exchanges.size()) {
        if (keptAcrossRedirect(trace, current))
            remark = width() > WideStrip ? tr("Same origin, so the credential was kept across the redirect")
                                         : tr("Same origin: credential kept");
        for (const Decision &decision : trace.exchanges.at(current).decisions) {
            const bool matters = decision.kind == DecisionKind::CredentialWithheld
                || decision.kind == DecisionKind::RedirectNotFollowed || decision.kind == DecisionKind::Retried
                || decision.kind == DecisionKind::ChallengeNotAnswered || decision.kind == DecisionKind::Note;
            if (matters && !decision.text.isEmpty())
                remark = decision.text;
        }
    }
    remark = capitalized(remark);
    m_remark->setText(remark);
    m_remark->setToolTip(remark);
    const bool isShown = !remark.isEmpty() && width() > NarrowStrip;
    m_remark->setVisible(isShown);
    m_remarkIcon->setVisible(isShown);
}

void TraceStrip::setEditorShown(bool isShown)
{
    m_divider->setVisible(!isShown);
    m_showEditor->setVisible(!isShown);
}

void TraceStrip::selectNext(int step)
{
    const qsizetype at = m_order.indexOf(m_session.currentExchange());
    const qsizetype next = at + step;
    if (next >= 0 && next < m_order.size())
        m_session.setCurrentExchange(m_order.at(next));
}

void TraceStrip::resizeEvent(QResizeEvent *)
{
    updateRemark();
}

void TraceStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::Win));
    if (m_showEditor->isVisibleTo(this)) // else the splitter has the line
        painter.fillRect(QRect(0, 0, width(), 1), theme.color(Token::Line));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Line));
}

} // namespace realmscope
