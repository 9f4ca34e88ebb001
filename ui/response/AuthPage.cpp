// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/AuthPage.h"

#include "ui/theme/Theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int StackBelow = 720;
constexpr int NameWidth = 128;
constexpr int LowPage = 320; // below this height problem rows come first

QLabel *makeLabel(const QString &text, FontStyle font, Token token, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText); // the server's words are never markup
    label->setText(text);
    label->setFont(Theme::font(font));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::NoFocus);
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(token));
    label->setPalette(palette);
    return label;
}

// A rounded frame whose children stand inside of its border.
class CardFrame : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Theme::instance().color(Token::Line));
        painter.setBrush(Theme::instance().color(Token::Surf));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
};

// A line of a card: fill, hairline below.
class CardRow : public QWidget
{
public:
    CardRow(Token fill, bool isHead, bool isLast, QWidget *parent)
        : QWidget(parent), m_fill(fill), m_isHead(isHead), m_isLast(isLast)
    {}

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        if (m_isHead) { // keeps the frame's upper corners
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(m_fill));
            painter.drawRoundedRect(QRectF(rect()).adjusted(0, 0, 0, 8), 5, 5);
        } else if (m_fill != Token::Surf) {
            painter.fillRect(rect(), theme.color(m_fill));
        }
        if (!m_isLast)
            painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Line));
    }

private:
    Token m_fill;
    bool m_isHead;
    bool m_isLast;
};

// The life of a token and the moment it was sent, on one line.
class ValidityBar : public QWidget
{
public:
    ValidityBar(const Validity &validity, QWidget *parent) : QWidget(parent), m_validity(validity)
    {
        setFixedHeight(50);
        const qint64 difference = validity.expires - validity.sent;
        setAccessibleName(difference > 0 ? AuthPage::tr("%1 left when it was sent").arg(durationText(difference))
                                         : AuthPage::tr("%1 too late").arg(durationText(difference)));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        const bool isLate = m_validity.sent >= m_validity.expires;
        const qint64 first = std::min(m_validity.issued, m_validity.sent);
        const qint64 last = std::max(m_validity.expires, m_validity.sent);
        const double left = 12;
        const double room = width() - 24.0;
        const auto x = [&](qint64 time) {
            return left + room * static_cast<double>(time - first) / static_cast<double>(std::max<qint64>(1, last - first));
        };
        const auto clock = [](qint64 time) {
            return QDateTime::fromSecsSinceEpoch(time, Qt::UTC).toString(u"HH:mm:ss"_s);
        };
        constexpr double Top = 16;
        painter.fillRect(QRectF(x(m_validity.issued), Top, x(m_validity.expires) - x(m_validity.issued), 7),
                         theme.color(Token::Good));
        if (isLate) {
            const QRectF late(x(m_validity.expires), Top, x(m_validity.sent) - x(m_validity.expires), 7);
            painter.fillRect(late, theme.color(Token::BadSoft));
            painter.fillRect(QRectF(late.left(), Top + 6, late.width(), 1), theme.color(Token::BadLine));
            painter.fillRect(QRectF(late.left(), Top, late.width(), 1), theme.color(Token::BadLine));
        }
        const Token sentToken = isLate ? Token::Bad : Token::Acc;
        painter.fillRect(QRectF(x(m_validity.issued) - 1, Top - 4, 2, 15), theme.color(Token::Fg2));
        painter.fillRect(QRectF(x(m_validity.expires) - 1, Top - 4, 2, 15), theme.color(Token::Fg2));
        painter.fillRect(QRectF(x(m_validity.sent) - 1, Top - 4, 2, 15), theme.color(sentToken));

        painter.setFont(Theme::font(FontStyle::TagMedium));
        const QFontMetricsF metrics(painter.font());
        double used = -1; // a label that would run into the one before it is left out
        const auto label = [&](qint64 time, const QString &text, Token token) {
            const double width = metrics.horizontalAdvance(text);
            const double at = std::clamp(x(time), left, left + room - width);
            if (at < used)
                return;
            painter.setPen(theme.color(token));
            painter.drawText(QRectF(at, 30, width + 4, 16), Qt::AlignVCenter, text);
            used = at + width + 12;
        };
        label(m_validity.issued, u"iat "_s + clock(m_validity.issued), Token::Fg2);
        if (isLate) {
            label(m_validity.expires, u"exp "_s + clock(m_validity.expires), Token::Fg2);
            label(m_validity.sent, AuthPage::tr("sent %1").arg(clock(m_validity.sent)), sentToken);
        } else {
            label(m_validity.sent, AuthPage::tr("sent %1").arg(clock(m_validity.sent)), sentToken);
            label(m_validity.expires, u"exp "_s + clock(m_validity.expires), Token::Fg2);
        }
    }

private:
    Validity m_validity;
};

QWidget *makeFactRow(const Fact &fact, bool isLast, QWidget *parent)
{
    auto *row = new CardRow(fact.isProblem ? Token::BadSoft : Token::Surf, false, isLast, parent);
    row->setMinimumHeight(28);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 4, 12, 4);
    layout->setSpacing(8);
    QLabel *name = makeLabel(fact.name, FontStyle::Code, Token::Fg2, row);
    name->setMinimumWidth(NameWidth);
    layout->addWidget(name, 0, Qt::AlignTop);
    QLabel *value = makeLabel(fact.value, FontStyle::Code, fact.name == "error"_L1 ? Token::Bad : Token::Fg, row);
    value->setWordWrap(true);
    value->setMinimumWidth(40);
    value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    if (fact.quiet.isEmpty()) {
        layout->addWidget(value, 1, Qt::AlignTop);
    } else {
        value->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        value->setWordWrap(false);
        layout->addWidget(value, 0, Qt::AlignTop);
        layout->addWidget(makeLabel(fact.quiet, FontStyle::Code, Token::Fg2, row), 1, Qt::AlignTop);
    }
    if (!fact.remark.isEmpty()) {
        QLabel *remark = makeLabel(fact.remark, fact.isProblem ? FontStyle::SmallMedium : FontStyle::Small,
                                   fact.isProblem ? Token::Bad : Token::Fg2, row);
        layout->addWidget(remark, 0, Qt::AlignVCenter);
    }
    if (fact.mark != FactMark::None) {
        auto *icon = new QLabel(row);
        const bool isGood = fact.mark == FactMark::Good;
        const bool isBad = fact.mark == FactMark::Bad;
        icon->setPixmap(Theme::instance()
                            .icon(isGood ? u"circle-check"_s : isBad ? u"circle-x"_s : u"info"_s,
                                  isGood ? Token::Good : isBad ? Token::Bad : Token::Info)
                            .pixmap(14, 14));
        icon->setAccessibleName(isGood ? AuthPage::tr("Fine") : isBad ? AuthPage::tr("Problem") : AuthPage::tr("Note"));
        layout->addWidget(icon, 0, Qt::AlignVCenter);
    }
    return row;
}

QWidget *makeCard(const FactCard &card, const QString &iconName, bool problemsFirst, QWidget *parent)
{
    auto *frame = new CardFrame(parent);
    frame->setAccessibleName(card.title);
    auto *layout = new QVBoxLayout(frame);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);

    auto *head = new CardRow(Token::Alt, true, false, frame);
    head->setFixedHeight(32);
    auto *headLayout = new QHBoxLayout(head);
    headLayout->setContentsMargins(12, 0, 12, 0);
    headLayout->setSpacing(8);
    auto *icon = new QLabel(head);
    icon->setPixmap(Theme::instance().icon(iconName, Token::Fg2).pixmap(14, 14));
    headLayout->addWidget(icon);
    headLayout->addWidget(makeLabel(card.title, FontStyle::BodyStrong, Token::Fg, head));
    QLabel *subtitle = makeLabel(card.subtitle, FontStyle::Small, Token::Fg2, head);
    subtitle->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    headLayout->addWidget(subtitle, 1);
    layout->addWidget(head);

    QList<Fact> facts = card.facts;
    if (problemsFirst)
        std::ranges::stable_sort(facts, [](const Fact &a, const Fact &b) { return a.isProblem && !b.isProblem; });
    const bool hasMore = card.validity || !card.quote.isEmpty();
    for (qsizetype index = 0; index < facts.size(); ++index)
        layout->addWidget(makeFactRow(facts.at(index), index + 1 == facts.size() && !hasMore, frame));
    if (card.validity)
        layout->addWidget(new ValidityBar(*card.validity, frame));
    if (!card.quote.isEmpty()) {
        QLabel *quote = makeLabel(card.quote, FontStyle::Code, Token::Fg2, frame);
        quote->setWordWrap(true);
        quote->setContentsMargins(12, 8, 12, 8);
        layout->addWidget(quote);
    }
    return frame;
}

} // namespace

AuthPage::AuthPage(QWidget *parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Authentication of this exchange"));
    connect(&Theme::instance(), &Theme::changed, this, &AuthPage::rebuild);
    rebuild();
}

void AuthPage::clear()
{
    m_asked.clear();
    m_sent.clear();
    rebuild();
}

void AuthPage::setExchange(const Exchange &exchange, const FieldValues &values, const Redactor &redactor)
{
    m_asked = serverAsked(exchange);
    m_sent = youSent(exchange, values, redactor);
    rebuild();
}

void AuthPage::rebuild()
{
    auto *page = new QWidget;
    m_columns = new QBoxLayout(width() < StackBelow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, page);
    m_columns->setContentsMargins(12, 12, 12, 12);
    m_columns->setSpacing(12);
    m_hasProblem = false;
    const bool problemsFirst = height() < LowPage;
    const auto addColumn = [&](const QList<FactCard> &cards, const QString &icon, int stretch) {
        auto *column = new QVBoxLayout;
        column->setSpacing(12);
        for (const FactCard &card : cards) {
            column->addWidget(makeCard(card, icon, problemsFirst, page));
            m_hasProblem = m_hasProblem || std::ranges::any_of(card.facts, &Fact::isProblem);
        }
        column->addStretch(1);
        m_columns->addLayout(column, stretch);
    };
    if (!m_asked.isEmpty() || !m_sent.isEmpty()) {
        addColumn(m_asked, u"server"_s, 10);
        addColumn(m_sent, u"send"_s, 14);
    }
    setWidget(page);
    page->setAutoFillBackground(false);
}

void AuthPage::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    m_columns->setDirection(width() < StackBelow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

} // namespace realmscope
