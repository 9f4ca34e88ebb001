// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/ResponseView.h"

#include "app/base/Encoding.h"
#include "ui/request/SectionBar.h"
#include "ui/response/AuthPage.h"
#include "ui/response/BodyView.h"
#include "ui/response/CookiesPage.h"
#include "ui/response/HeadersPage.h"
#include "ui/response/RawPage.h"
#include "ui/response/TimingPage.h"
#include "ui/response/TlsPage.h"
#include "ui/response/TraceStrip.h"
#include "ui/theme/Theme.h"

#include <QtCore/QLocale>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QGraphicsOpacityEffect>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr double Dimmed = 0.55;

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat).replace(" bytes"_L1, " B"_L1);
}

void setColour(QLabel *label, Token token)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(token));
    label->setPalette(palette);
}

} // namespace

ResponseView::ResponseView(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_tabs(new SectionBar(this)), m_status(new QLabel(this)),
      m_reason(new QLabel(this)), m_facts(new QLabel(this)), m_stack(new QStackedWidget(this)),
      m_pages(new QStackedWidget), m_body(new BodyView), m_headers(new HeadersPage), m_auth(new AuthPage),
      m_timing(new TimingPage), m_tls(new TlsPage), m_cookies(new CookiesPage), m_raw(new RawPage), m_empty(new QWidget)
{
    m_tabs->setAccessibleName(tr("Response sections"));
    for (const QString &name : {tr("Body"), tr("Headers"), tr("Auth"), tr("Timing"), tr("TLS"), tr("Cookies"), tr("Raw")})
        m_tabs->addSection(name);
    for (QWidget *page : std::initializer_list<QWidget *>{m_body, m_headers, m_auth, m_timing, m_tls, m_cookies, m_raw})
        m_pages->addWidget(page);

    m_status->setFont(Theme::font(FontStyle::Tag));
    m_reason->setFont(Theme::font(FontStyle::BodyMedium));
    m_facts->setFont(Theme::font(FontStyle::TagMedium));
    for (QLabel *label : {m_status, m_reason, m_facts})
        label->setTextFormat(Qt::PlainText);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 12, 0);
    head->setSpacing(10);
    head->addWidget(m_tabs);
    head->addStretch(1);
    head->addWidget(m_status);
    head->addWidget(m_reason);
    head->addWidget(m_facts);

    auto *emptyLayout = new QVBoxLayout(m_empty);
    auto *sentence = new QLabel(tr("The response will stand here, byte for byte."), m_empty);
    sentence->setAlignment(Qt::AlignCenter);
    setColour(sentence, Token::Fg3);
    m_emptyButton = new QPushButton(m_empty);
    connect(m_emptyButton, &QPushButton::clicked, this, [this] {
        if (m_session.state() == RequestSession::State::Sending)
            m_session.cancel();
        else
            Q_EMIT sendRequested();
    });
    emptyLayout->addStretch(1);
    emptyLayout->addWidget(sentence);
    emptyLayout->addSpacing(8);
    emptyLayout->addWidget(m_emptyButton, 0, Qt::AlignHCenter);
    emptyLayout->addStretch(2);

    auto *filled = new QWidget;
    auto *filledLayout = new QVBoxLayout(filled);
    filledLayout->setContentsMargins(0, 0, 0, 0);
    filledLayout->setSpacing(0);
    filledLayout->addLayout(head);
    auto *line = new QFrame(filled);
    line->setFixedHeight(1);
    line->setObjectName(u"hairline"_s);
    line->setAutoFillBackground(true);
    QPalette linePalette = line->palette();
    linePalette.setColor(QPalette::Window, Theme::instance().color(Token::Line));
    line->setPalette(linePalette);
    filledLayout->addWidget(line);
    filledLayout->addWidget(m_pages, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(filled);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_cookies, &CookiesPage::manageRequested, this, &ResponseView::cookieManagerRequested);
    connect(m_cookies, &CookiesPage::bytesRequested, this, [this](const CookieVerdict &verdict) {
        const bool isReceived = verdict.isReceived();
        m_session.showEvidence({m_session.currentExchange(), isReceived ? EvidencePart::ResponseHeader : EvidencePart::RequestHeader,
                                isReceived ? "Set-Cookie"_ba : "Cookie"_ba, verdict.reason, verdict.range});
    });
    connect(&m_session, &RequestSession::stateChanged, this, &ResponseView::refreshState);
    connect(&m_session, &RequestSession::resultChanged, this, &ResponseView::refresh);
    connect(&m_session, &RequestSession::currentExchangeChanged, this, &ResponseView::refresh);
    connect(&m_session, &RequestSession::evidenceRequested, this, [this](const Evidence &evidence) {
        refresh();
        if (evidence.part == EvidencePart::Tls) {
            showSection(Tls);
        } else if (evidence.part == EvidencePart::Timing) {
            showSection(Timing);
        } else {
            showSection(Raw);
            m_raw->showEvidence(evidence);
        }
    });
    connect(&Theme::instance(), &Theme::changed, this, [this, line] {
        QPalette colours = line->palette();
        colours.setColor(QPalette::Window, Theme::instance().color(Token::Line));
        line->setPalette(colours);
        m_shown = -2;
        refresh();
    });
    refreshState();
}

void ResponseView::showSection(Section section)
{
    m_tabs->setCurrentIndex(section);
}

ResponseView::Section ResponseView::section() const
{
    return static_cast<Section>(m_tabs->currentIndex());
}

void ResponseView::startSearch()
{
    showSection(Body);
    m_body->startSearch();
}

void ResponseView::toggleDiff()
{
    showSection(Headers);
    m_headers->toggleDiff();
}

void ResponseView::refreshState()
{
    const bool isSending = m_session.state() == RequestSession::State::Sending;
    m_emptyButton->setText(isSending ? tr("Stop  Esc") : tr("Send  Ctrl+Return"));
    m_emptyButton->setAccessibleName(isSending ? tr("Stop this request") : tr("Send this request"));
    const bool isDimmed = isSending && m_shown >= 0;
    if (isDimmed == (m_pages->graphicsEffect() != nullptr)) {
        // nothing to change
    } else if (isDimmed) {
        auto *effect = new QGraphicsOpacityEffect(m_pages);
        effect->setOpacity(Dimmed);
        m_pages->setGraphicsEffect(effect);
    } else {
        m_pages->setGraphicsEffect(nullptr);
    }
    refresh();
}

void ResponseView::refresh()
{
    if (m_session.state() == RequestSession::State::Sending)
        return; // the old response stays until there is another
    const Trace &trace = m_session.trace();
    const int current = m_session.currentExchange();
    const bool hasExchange = current >= 0 && current < trace.exchanges.size();
    m_stack->setCurrentIndex(hasExchange ? 1 : 0);
    if (!hasExchange) {
        m_shown = -1;
        return;
    }
    // Probes that come in later change nothing about what is shown, but for the time line.
    const qint64 sentAt = trace.exchanges.at(current).startedAtMs;
    if (m_shown == current && m_shownSentAt == sentAt && m_shownCount == trace.exchanges.size())
        return;
    const bool isOther = m_shown != current || m_shownSentAt != sentAt;
    m_shown = current;
    m_shownSentAt = sentAt;
    m_shownCount = trace.exchanges.size();
    m_timing->setTrace(trace, current);
    if (isOther)
        showCurrent();
}

void ResponseView::showCurrent()
{
    const Exchange &exchange = m_session.trace().exchanges.at(m_session.currentExchange());
    const Redactor &redactor = m_session.redactor();
    m_body->setExchange(exchange, redactor);
    m_headers->setExchange(exchange, redactor);
    const std::optional<Attempt> &previous = m_session.previous();
    const Exchange *before = previous ? previous->trace.final() : nullptr;
    m_headers->setPrevious(before && before->hasResponse() ? std::optional(*before) : std::nullopt);
    m_auth->setExchange(exchange, m_session.sentValues(), redactor);
    m_tls->setExchange(exchange);
    m_cookies->setExchange(exchange);
    m_raw->setExchange(exchange, redactor);

    m_tabs->setCount(Body, exchange.response.body.isEmpty() ? QString() : sizeText(exchange.response.body.size()));
    m_tabs->setCount(Headers, exchange.hasResponse() ? QString::number(exchange.response.headers.size()) : QString());
    const CookieVerdictModel &cookies = m_cookies->model();
    m_tabs->setCount(Cookies, cookies.rowCount() > 0 ? QString::number(cookies.rowCount()) : QString());
    m_tabs->setMark(Cookies, cookies.rejected() > 0 ? u"circle-x"_s : QString(), static_cast<int>(Token::Bad));
    if (m_auth->hasProblem())
        m_tabs->setMark(Auth, u"circle-x"_s, static_cast<int>(Token::Bad));
    else
        m_tabs->setMark(Auth, {}, 0);
    const bool tlsFailed = exchange.tls && !exchange.tls->errors.isEmpty();
    m_tabs->setMark(Tls, tlsFailed ? u"circle-x"_s : QString(), static_cast<int>(Token::Bad));
    updateStatus(exchange);
}

void ResponseView::updateStatus(const Exchange &exchange)
{
    const Theme &theme = Theme::instance();
    const int status = exchange.response.status;
    m_status->setVisible(status != 0);
    if (status != 0) {
        const bool isBad = status >= 400;
        const bool isGood = status >= 200 && status < 300;
        const QColor fill = theme.color(isBad ? Token::BadSoft : isGood ? Token::GoodSoft : Token::InfoSoft);
        const QColor border = theme.color(isBad ? Token::BadLine : isGood ? Token::GoodLine : Token::InfoLine);
        m_status->setText(QString::number(status));
        m_status->setAccessibleName(tr("Status %1").arg(status));
        m_status->setStyleSheet(
            u"QLabel { color: %1; background: %2; border: 1px solid %3; border-radius: 4px; padding: 0 6px; }"_s
                .arg(theme.statusColor(status).name(), fill.name(), border.name()));
        m_status->setFixedHeight(18);
        m_reason->setText(displayText(exchange.response.reason));
    } else {
        m_reason->setText(exchange.error ? tr("No response") : QString());
    }
    m_shortFacts = millisecondsText(exchange.timings.total);
    QStringList facts{m_shortFacts};
    if (exchange.rawResponse.size() > 0)
        facts.append(sizeText(exchange.rawResponse.size()));
    if (!exchange.response.versionText.isEmpty())
        facts.append(QString::fromLatin1(exchange.response.versionText));
    if (!exchange.connection.peerAddress.isEmpty())
        facts.append(exchange.connection.peerAddress);
    m_longFacts = facts.join(u"   "_s);
    setColour(m_facts, Token::Fg2);
    m_facts->setToolTip(m_longFacts);
    fitHead();
}

// Every section stays in sight. What gives way to them stands in Timing, TLS and Raw as well.
void ResponseView::fitHead()
{
    constexpr int gap = 10;
    const int status = m_status->isHidden() ? 0 : m_status->sizeHint().width() + gap;
    const int all = width() - 20 - status; // without the margins
    m_tabs->setBrief(false);
    if (m_tabs->sizeHint().width() > all)
        m_tabs->setBrief(true);
    const int room = all - m_tabs->sizeHint().width();
    const auto widthOf = [](const QLabel *label, const QString &text) {
        return label->fontMetrics().horizontalAdvance(text) + gap;
    };
    const int reason = widthOf(m_reason, m_reason->text());
    const int shortFacts = widthOf(m_facts, m_shortFacts);
    m_facts->setText(reason + widthOf(m_facts, m_longFacts) <= room ? m_longFacts : m_shortFacts);
    m_facts->setVisible(shortFacts <= room);
    m_reason->setVisible(reason + shortFacts <= room);
}

void ResponseView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitHead();
}

void ResponseView::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.fillRect(event->rect(), Theme::instance().color(Token::Surf));
}

} // namespace realmscope
