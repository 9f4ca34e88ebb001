// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/RefusalBanner.h"

#include "ui/theme/Theme.h"

#include <QtGui/QAccessible>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int BannerHeight = 44;
constexpr int NarrowWidth = 720; // Troubleshoot… becomes an icon below

struct Colours
{
    Token fill;
    Token line;
    Token bar;
};

} // namespace

BannerText::BannerText(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void BannerText::setText(const QString &text)
{
    m_text = text.simplified();
    setAccessibleName(m_text);
    setToolTip(m_text);
    updateGeometry();
    update();
}

void BannerText::setIsLink(bool on)
{
    m_isLink = on;
    setFocusPolicy(on ? Qt::StrongFocus : Qt::NoFocus);
    setCursor(on ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

QSize BannerText::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_text) + 6, 24};
}

QSize BannerText::minimumSizeHint() const
{
    return {m_text.isEmpty() ? 0 : 24, 24};
}

void BannerText::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    QFont drawn = font();
    drawn.setUnderline(m_isLink && (underMouse() || hasFocus()));
    painter.setFont(drawn);
    painter.setPen(theme.color(m_isLink && (underMouse() || hasFocus()) ? Token::Acc : Token::Fg2));
    painter.drawText(rect().adjusted(2, 0, -2, 0), Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(m_text, Qt::ElideRight, width() - 4));
}

void BannerText::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_isLink && event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT activated();
}

void BannerText::keyPressEvent(QKeyEvent *event)
{
    if (m_isLink && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) && !event->modifiers())
        Q_EMIT activated();
    else
        QWidget::keyPressEvent(event);
}

bool BannerText::event(QEvent *event)
{
    if (event->type() == QEvent::Enter || event->type() == QEvent::Leave)
        update();
    return QWidget::event(event);
}

RefusalBanner::RefusalBanner(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_icon(new QLabel(this)), m_title(new QLabel(this)),
      m_badge(new QLabel(this)), m_text(new BannerText(this)), m_button(new QPushButton(this)),
      m_troubleshoot(new QPushButton(this))
{
    setFixedHeight(BannerHeight);
    m_title->setFont(Theme::font(FontStyle::BodyStrong));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(40);
    m_badge->setTextFormat(Qt::PlainText);
    m_button->setProperty("primary", true);
    m_troubleshoot->setAccessibleName(tr("Troubleshoot"));
    m_troubleshoot->setToolTip(tr("Walk through the nine steps (Ctrl+Shift+D)"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_title);
    layout->addWidget(m_badge);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    layout->addWidget(m_troubleshoot);

    connect(m_button, &QPushButton::clicked, this, &RefusalBanner::act);
    connect(m_troubleshoot, &QPushButton::clicked, this, &RefusalBanner::troubleshootRequested);
    connect(m_text, &BannerText::activated, this, [this] {
        if (m_evidence)
            m_session.showEvidence(*m_evidence);
    });
    connect(&m_session, &RequestSession::stateChanged, this, &RefusalBanner::refresh);
    connect(&m_session, &RequestSession::resultChanged, this, [this] {
        m_fixError.reset();
        refresh();
    });
    connect(&m_session, &RequestSession::fixFailed, this, [this](const Error &error) {
        m_fixError = error;
        refresh();
    });
    connect(&Theme::instance(), &Theme::changed, this, &RefusalBanner::refresh);
    refresh();
}

void RefusalBanner::setLook(Look look, const QString &icon, const QString &badge, const QString &badgeIcon)
{
    m_look = look;
    m_iconName = icon;
    const Theme &theme = Theme::instance();
    const Token token = look == Look::Proven ? Token::Bad : look == Look::Likely ? Token::Warn
        : look == Look::Good                 ? Token::Good
                                             : Token::Fg2;
    m_icon->setPixmap(theme.icon(icon, token).pixmap(18, 18));
    m_badge->setVisible(!badge.isEmpty());
    if (!badge.isEmpty()) {
        // Proven is filled, likely tinted, possible an outline: told apart without colour as well.
        const bool isFilled = look == Look::Proven;
        const QColor text = isFilled ? QColor(Qt::white) : theme.color(token);
        const QColor fill = isFilled      ? theme.color(Token::BadFill)
            : look == Look::Likely        ? theme.color(Token::WarnSoft)
            : look == Look::Good          ? theme.color(Token::GoodSoft)
                                          : QColor(Qt::transparent);
        const QColor line = isFilled      ? theme.color(Token::BadFill)
            : look == Look::Likely        ? theme.color(Token::WarnLine)
            : look == Look::Good          ? theme.color(Token::GoodLine)
                                          : theme.color(Token::Line2);
        const double ratio = devicePixelRatioF();
        const QFont font = Theme::font(FontStyle::TinyMedium);
        const int width = QFontMetrics(font).horizontalAdvance(badge) + 6 + 12 + 4 + 6;
        QPixmap pixmap(qRound(width * ratio), qRound(18 * ratio));
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(line);
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, 17), 4, 4);
        theme.paintIcon(painter, badgeIcon, QRectF(6, 3, 12, 12), isFilled ? Token::OnAcc : token);
        painter.setFont(font);
        painter.setPen(text);
        painter.drawText(QRectF(22, 0, width - 22, 18), Qt::AlignVCenter | Qt::TextSingleLine, badge);
        painter.end();
        m_badge->setPixmap(pixmap);
        m_badge->setAccessibleName(badge);
    }
    update();
}

void RefusalBanner::setAction(Action action, const QString &text, const QString &icon)
{
    m_action = action;
    m_button->setVisible(action != Action::None);
    m_button->setText(text);
    m_button->setAccessibleName(text);
    m_button->setIcon(icon.isEmpty() ? QIcon() : Theme::instance().icon(icon, Token::OnAcc));
}

void RefusalBanner::showError(const Error &error, const QString &title)
{
    m_title->setText(title);
    QString text = error.message;
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper(); // messages are made to stand after a colon
    if (!error.detail.isEmpty())
        text += u" ("_s + error.detail + u')';
    if (!error.action.isEmpty())
        text += u". "_s + error.action;
    m_text->setText(text);
}

void RefusalBanner::showFinding(const Finding &finding)
{
    switch (finding.verdict) {
    case Verdict::Proven:
        setLook(Look::Proven, u"shield-alert"_s, tr("Proven"), u"badge-check"_s);
        break;
    case Verdict::Likely:
        setLook(Look::Likely, u"shield-alert"_s, tr("Likely"), u"circle-alert"_s);
        break;
    case Verdict::Possible:
        setLook(Look::Possible, u"shield-alert"_s, tr("Possible"), u"circle-question-mark"_s);
        break;
    }
    m_title->setText(finding.title);
    m_text->setText(finding.summary);
    if (!finding.evidence.isEmpty())
        m_evidence = finding.evidence.first();
    for (const Fix &fix : finding.fixes) {
        if (fix.automatic && !fix.forServerOwner) {
            m_fix = fix;
            const bool needsUser = std::ranges::any_of(
                fix.edits, [](const RequestEdit &edit) { return edit.kind == EditKind::EditCredential; });
            setAction(needsUser ? Action::ShowCredential : Action::ApplyFix, fix.title,
                      needsUser ? u"key-round"_s : u"refresh-cw"_s);
            return;
        }
    }
}

void RefusalBanner::refresh()
{
    m_evidence.reset();
    setAction(Action::None, {}, {});
    m_troubleshoot->hide();
    if (m_session.state() == RequestSession::State::Sending) {
        hide();
        return;
    }
    if (m_fixError) {
        setLook(Look::Neutral, u"circle-alert"_s, {}, {});
        showError(*m_fixError, tr("The fix was not applied"));
    } else if (const std::optional<Error> &error = m_session.sendError()) {
        setLook(Look::Neutral, error->code == ErrorCode::Cancelled ? u"ban"_s : u"circle-alert"_s, {}, {});
        showError(*error, error->code == ErrorCode::Cancelled ? tr("Cancelled") : tr("Not sent"));
        const QString profile = m_session.spec().profileName;
        if (error->code == ErrorCode::OriginNotAllowed && m_session.profile())
            setAction(Action::AllowOrigin, tr("Allow this origin and send"), u"shield-check"_s);
        else if (error->code == ErrorCode::SecretNotFound && !profile.isEmpty())
            setAction(Action::EditProfile, tr("Edit profile"), u"key-round"_s);
        else if (error->code == ErrorCode::InvalidUrl || error->code == ErrorCode::UnresolvedVariable)
            setAction(Action::EditUrl, tr("Go to the URL"), {});
    } else if (m_session.hasResult()) {
        const Diagnosis &diagnosis = m_session.diagnosis();
        const Finding *primary = diagnosis.primary();
        if (diagnosis.outcome.kind == OutcomeKind::Accepted) {
            const std::optional<Attempt> &before = m_session.previous();
            if (!m_session.isFixedResult() || !before || !before->diagnosis.outcome.isRefusal()) {
                hide();
                return;
            }
            setLook(Look::Good, u"circle-check"_s, tr("Proven"), u"badge-check"_s);
            m_title->setText(tr("Fixed: %1 → %2").arg(before->diagnosis.outcome.status).arg(diagnosis.outcome.status));
            m_text->setText(diagnosis.summary);
        } else if (!diagnosis.outcome.isRefusal()) {
            setLook(Look::Neutral, u"info"_s, {}, {});
            m_title->setText(tr("Not an authentication problem"));
            const Exchange *last = m_session.trace().final();
            const std::optional<Error> failure = last && last->error ? last->error : m_session.trace().error;
            if (failure)
                showError(*failure, m_title->text());
            else
                m_text->setText(primary && !primary->summary.isEmpty() ? primary->summary : diagnosis.summary);
            if (failure && failure->code == ErrorCode::Cancelled) {
                m_title->setText(tr("Cancelled"));
                setAction(Action::Resend, tr("Send again"), u"refresh-cw"_s);
            } else if (failure) {
                setAction(Action::Resend, tr("Try again"), u"refresh-cw"_s);
            }
        } else if (primary) {
            showFinding(*primary);
            m_troubleshoot->show();
        } else {
            setLook(Look::Possible, u"shield-alert"_s, {}, {});
            m_title->setText(tr("Refused"));
            m_text->setText(diagnosis.summary);
            m_troubleshoot->show();
        }
    } else {
        hide();
        return;
    }
    m_text->setIsLink(m_evidence.has_value());
    m_text->setAccessibleDescription(m_evidence ? tr("Shows the bytes") : QString());
    setAccessibleName(m_title->text());
    layoutForWidth();
    show();
    update();
    // A screen reader tells it when it is new, wherever the focus is.
    const QString text = m_title->text() + m_text->text();
    if (text != std::exchange(m_announced, text)) {
        QAccessibleEvent event(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void RefusalBanner::layoutForWidth()
{
    const bool isNarrow = width() < NarrowWidth;
    m_troubleshoot->setText(isNarrow ? QString() : tr("Troubleshoot…"));
    m_troubleshoot->setIcon(isNarrow ? Theme::instance().icon(u"list-checks"_s, Token::Fg) : QIcon());
}

void RefusalBanner::resizeEvent(QResizeEvent *)
{
    layoutForWidth();
}

void RefusalBanner::applyFix()
{
    if (isVisible() && (m_action == Action::ApplyFix || m_action == Action::ShowCredential))
        act();
}

void RefusalBanner::act()
{
    switch (m_action) {
    case Action::None:
        break;
    case Action::ApplyFix:
    case Action::ShowCredential:
        m_session.applyFix(m_fix, true);
        break;
    case Action::AllowOrigin:
        m_session.allowOrigin(true);
        break;
    case Action::EditProfile:
        Q_EMIT editProfileRequested(m_session.spec().profileName, {});
        break;
    case Action::EditUrl:
        Q_EMIT urlEditRequested();
        break;
    case Action::Resend:
        m_session.send();
        break;
    }
}

void RefusalBanner::paintEvent(QPaintEvent *)
{
    Colours colours{Token::Alt, Token::Line, Token::Fg3};
    if (m_look == Look::Proven)
        colours = {Token::BadSoft, Token::BadLine, Token::Bad};
    else if (m_look == Look::Likely)
        colours = {Token::WarnSoft, Token::WarnLine, Token::Warn};
    else if (m_look == Look::Good)
        colours = {Token::GoodSoft, Token::GoodLine, Token::Good};
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(colours.fill));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(colours.line));
    painter.fillRect(QRect(0, 0, 3, height()), theme.color(colours.bar));
}

} // namespace realmscope
