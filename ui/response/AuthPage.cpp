// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/AuthPage.h"

#include "app/base/Duration.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/SecretClipboard.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QTimer>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int StackBelow = 720;
constexpr int FactNameWidth = 128;
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
class AuthCardFrame : public QWidget
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
            const double from = used;
            label(m_validity.sent, AuthPage::tr("sent %1").arg(clock(m_validity.sent)), sentToken);
            const QString late = AuthPage::tr("%1 too late").arg(durationText(m_validity.sent - m_validity.expires));
            painter.setFont(Theme::font(FontStyle::TinyMedium));
            const double lateWidth = QFontMetricsF(painter.font()).horizontalAdvance(late);
            const double to = left + room - metrics.horizontalAdvance(AuthPage::tr("sent %1").arg(clock(m_validity.sent))) - 12;
            const double middle = (x(m_validity.expires) + x(m_validity.sent)) / 2;
            const double at = std::clamp(middle - lateWidth / 2, from, std::max(from, to - lateWidth));
            if (at + lateWidth <= to) {
                painter.setPen(theme.color(Token::Bad));
                painter.drawText(QRectF(at, 30, lateWidth + 4, 16), Qt::AlignVCenter, late);
            }
        } else {
            label(m_validity.sent, AuthPage::tr("sent %1").arg(clock(m_validity.sent)), sentToken);
            label(m_validity.expires, u"exp "_s + clock(m_validity.expires), Token::Fg2);
        }
    }

private:
    Validity m_validity;
};

// One fact, painted: a value of any length wraps, and the row is as high as that needs.
class FactRow : public QWidget
{
public:
    FactRow(const Fact &fact, bool isLast, QWidget *parent) : QWidget(parent), m_fact(fact), m_isLast(isLast)
    {
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
        QString spoken = fact.name + u": "_s + fact.value;
        for (const QString &more : {fact.quiet, fact.remark}) {
            if (!more.isEmpty())
                spoken += u", "_s + more;
        }
        if (fact.mark != FactMark::None && fact.mark != FactMark::Source)
            spoken += u", "_s + markText();
        setAccessibleName(spoken);
        setToolTip(fact.value);
        setContextMenuPolicy(Qt::ActionsContextMenu);
        auto *copy = new QAction(AuthPage::tr("Copy value"), this);
        connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(m_fact.value); });
        addAction(copy);
    }

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override
    {
        return std::max(RowHeight, valueRect(width).height() + 8 + 1);
    }
    [[nodiscard]] QSize sizeHint() const override { return {320, heightForWidth(std::max(320, this->width()))}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, RowHeight}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        if (m_fact.isProblem)
            painter.fillRect(rect(), theme.color(Token::BadSoft));
        if (!m_isLast)
            painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Line));
        const int firstLine = RowHeight - 1;
        painter.setFont(Theme::font(FontStyle::Code));
        painter.setPen(theme.color(Token::Fg2));
        painter.drawText(QRect(Side, 0, nameWidth(), firstLine), Qt::AlignVCenter | Qt::TextSingleLine, m_fact.name);
        const QRect value = valueRect(width());
        painter.setPen(theme.color(m_fact.name == "error"_L1 ? Token::Bad : Token::Fg));
        painter.drawText(value, ValueFlags, m_fact.value);
        if (!m_fact.quiet.isEmpty()) {
            const int used = painter.fontMetrics().horizontalAdvance(m_fact.value) + Gap;
            painter.setPen(theme.color(Token::Fg2));
            painter.drawText(QRect(value.left() + used, 0, width() - Side - value.left() - used, firstLine),
                             Qt::AlignVCenter | Qt::TextSingleLine, m_fact.quiet);
        }
        int right = width() - Side;
        if (m_fact.mark != FactMark::None) {
            const bool isGood = m_fact.mark == FactMark::Good;
            const bool isBad = m_fact.mark == FactMark::Bad;
            const bool isSource = m_fact.mark == FactMark::Source;
            theme.paintIcon(painter,
                            isGood     ? u"circle-check"_s
                            : isBad    ? u"circle-x"_s
                            : isSource ? u"book-open"_s
                                       : u"info"_s,
                            QRectF(right - FactIconSize, (firstLine - FactIconSize) / 2.0, FactIconSize, FactIconSize),
                            isGood     ? Token::Good
                            : isBad    ? Token::Bad
                            : isSource ? Token::Acc
                                       : Token::Info);
            right -= FactIconSize + 6;
        }
        painter.setFont(remarkFont());
        painter.setPen(theme.color(m_fact.isProblem ? Token::Bad : Token::Fg2));
        painter.drawText(QRect(right - remarkWidth(), 0, remarkWidth(), firstLine),
                         Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_fact.remark, Qt::ElideRight, remarkWidth()));
    }

private:
    static constexpr int RowHeight = 28;
    static constexpr int Side = 12;
    static constexpr int Gap = 8;
    static constexpr int FactIconSize = 14;
    static constexpr int ValueFlags = Qt::AlignTop | Qt::AlignLeft | Qt::TextWrapAnywhere;

    [[nodiscard]] QString markText() const
    {
        return m_fact.mark == FactMark::Good ? AuthPage::tr("fine")
            : m_fact.mark == FactMark::Bad   ? AuthPage::tr("problem")
                                             : AuthPage::tr("note");
    }
    [[nodiscard]] QFont remarkFont() const
    {
        return Theme::font(m_fact.isProblem ? FontStyle::SmallMedium : FontStyle::Small);
    }
    [[nodiscard]] int remarkWidth() const
    {
        if (m_fact.remark.isEmpty())
            return 0;
        return std::min(QFontMetrics(remarkFont()).horizontalAdvance(m_fact.remark) + 2, width() * 45 / 100);
    }
    [[nodiscard]] int nameWidth() const
    {
        return std::max(FactNameWidth, QFontMetrics(Theme::font(FontStyle::Code)).horizontalAdvance(m_fact.name));
    }
    [[nodiscard]] QRect valueRect(int rowWidth) const
    {
        const int left = Side + nameWidth() + Gap;
        int room = rowWidth - left - Side;
        if (!m_fact.remark.isEmpty())
            room -= std::min(QFontMetrics(remarkFont()).horizontalAdvance(m_fact.remark) + 2, rowWidth * 45 / 100) + Gap;
        if (m_fact.mark != FactMark::None)
            room -= FactIconSize + 6;
        const QFontMetrics metrics(Theme::font(FontStyle::Code));
        const QRect bounds = metrics.boundingRect(QRect(left, 0, std::max(60, room), 100'000), ValueFlags, m_fact.value);
        return {left, std::max(4, (RowHeight - metrics.height()) / 2), std::max(60, room), bounds.height()};
    }

    Fact m_fact;
    bool m_isLast;
};

QWidget *makeCard(const FactCard &card, const QString &iconName, bool problemsFirst, const AuthPage *owner, QWidget *parent)
{
    auto *frame = new AuthCardFrame(parent);
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
    auto *subtitle = new ElidedLabel(FontStyle::Small, Token::Fg2, head);
    subtitle->setText(card.subtitle);
    IconButton *eye = nullptr;
    if (card.secret.isEmpty()) { // at the right; with buttons there, beside the title
        headLayout->addStretch(1);
        headLayout->addWidget(subtitle);
    } else {
        headLayout->setContentsMargins(12, 0, 8, 0);
        headLayout->addWidget(subtitle, 1);
        eye = new IconButton(u"eye"_s, AuthPage::tr("Show what was sent"), head);
        auto *copy = new IconButton(u"copy"_s, AuthPage::tr("Copy what was sent, cleared after 30 s"), head);
        for (IconButton *button : {eye, copy}) {
            button->setProperty("compact", true);
            headLayout->addWidget(button);
        }
        headLayout->setSpacing(6);
        QObject::connect(copy, &QToolButton::clicked, copy, [text = card.secret] { copySecret(text); });
    }
    layout->addWidget(head);

    QList<Fact> facts = card.facts;
    if (problemsFirst)
        std::ranges::stable_sort(facts, [](const Fact &a, const Fact &b) { return a.isProblem && !b.isProblem; });
    const bool hasMore = card.validity || !card.quote.isEmpty();
    for (qsizetype index = 0; index < facts.size(); ++index)
        layout->addWidget(new FactRow(facts.at(index), index + 1 == facts.size() && !hasMore, frame));
    if (card.validity)
        layout->addWidget(new ValidityBar(*card.validity, frame));
    if (!card.quote.isEmpty()) {
        auto *quote = new ProseLabel(card.quote, FontStyle::Code, Token::Fg2, frame);
        quote->setContentsMargins(12, 6, 12, 8);
        layout->addWidget(quote);
        quote->setVisible(!eye); // what was sent is in the rows already: the line itself comes with its secret
        if (eye) {
            auto *hide = new QTimer(quote);
            hide->setSingleShot(true);
            hide->setInterval(secretVisibleSeconds * 1000);
            const auto show = [quote, eye, hide, card](bool isShown) {
                quote->setText(isShown ? card.secret : card.quote);
                quote->setToken(isShown ? Token::Warn : Token::Fg2);
                quote->setVisible(isShown);
                eye->changeIcon(isShown ? u"eye-off"_s : u"eye"_s);
                eye->setName(isShown ? AuthPage::tr("Hide what was sent") : AuthPage::tr("Show what was sent"));
                if (isShown)
                    hide->start();
                else
                    hide->stop();
            };
            QObject::connect(hide, &QTimer::timeout, quote, [show] { show(false); });
            QObject::connect(owner, &AuthPage::secretsToHide, quote, [show] { show(false); });
            QObject::connect(eye, &QToolButton::clicked, quote, [show, hide] { show(!hide->isActive()); });
        }
    }
    return frame;
}

} // namespace

AuthPage::AuthPage(QWidget *parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Authentication of this exchange"));
    viewport()->setBackgroundRole(QPalette::Base);
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
            column->addWidget(makeCard(card, icon, problemsFirst, this, page));
            m_hasProblem = m_hasProblem || std::ranges::any_of(card.facts, &Fact::isProblem);
        }
        column->addStretch(1);
        m_columns->addLayout(column, stretch);
    };
    if (!m_asked.isEmpty() || !m_sent.isEmpty()) {
        addColumn(m_asked, u"server"_s, 10);
        addColumn(m_sent, u"send"_s, 14);
    }
    page->setBackgroundRole(QPalette::Base);
    setWidget(page);
    setTabOrderByLayout(window());
}

void AuthPage::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    m_columns->setDirection(width() < StackBelow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void AuthPage::hideEvent(QHideEvent *event)
{
    Q_EMIT secretsToHide();
    QScrollArea::hideEvent(event);
}

void AuthPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ActivationChange && !isActiveWindow())
        Q_EMIT secretsToHide();
    QScrollArea::changeEvent(event);
}

} // namespace realmscope
