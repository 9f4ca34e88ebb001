// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/RefusalBanner.h"

#include "ui/credentials/OriginQuestion.h"
#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/VerdictBadge.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Sentence.h"

#include <QtGui/QAccessible>
#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int BannerHeight = 44;
constexpr int NarrowWidth = 720; // Troubleshoot… becomes an icon below
constexpr qsizetype shownEvidence = 2;
constexpr qsizetype longestPhrase = 56; // characters of one piece of evidence

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
    setMouseTracking(true);
}

void BannerText::setText(const QString &text)
{
    setParts({{text, -1}});
}

void BannerText::setParts(const QList<BannerPart> &parts)
{
    m_parts = parts;
    m_linkCount = 0;
    m_current = 0;
    m_hovered = -1;
    for (BannerPart &part : m_parts) {
        part.text.replace(u'\n', u' ');
        m_linkCount = std::max(m_linkCount, part.link + 1);
    }
    setFocusPolicy(m_linkCount > 0 ? Qt::StrongFocus : Qt::NoFocus);
    setAccessibleName(text());
    setAccessibleDescription(m_linkCount > 0 ? tr("Shows the bytes") : QString());
    updateGeometry();
    update();
}

QString BannerText::text() const
{
    QString all;
    for (const BannerPart &part : m_parts)
        all += part.text;
    return all.simplified();
}

QSize BannerText::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + 8, 24};
}

QSize BannerText::minimumSizeHint() const
{
    return {m_parts.isEmpty() ? 0 : 24, 24};
}

QList<BannerText::Placed> BannerText::placed() const
{
    QList<Placed> out;
    const QFontMetricsF metrics(font());
    qreal x = 2;
    const qreal right = width() - 2;
    for (const BannerPart &part : m_parts) {
        const qreal wide = metrics.horizontalAdvance(part.text);
        if (x + wide <= right + 0.5) {
            out.append({part.text, part.link, QRectF(x, 0, wide, height())});
            x += wide;
            continue;
        }
        const QString cut = metrics.elidedText(part.text, Qt::ElideRight, right - x);
        out.append({cut, part.link, QRectF(x, 0, metrics.horizontalAdvance(cut), height())});
        break;
    }
    return out;
}

int BannerText::linkAt(const QPointF &position) const
{
    const QList<Placed> parts = placed();
    for (const Placed &part : parts) {
        if (part.link >= 0 && part.rect.contains(position))
            return part.link;
    }
    return -1;
}

void BannerText::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.setFont(font());
    const bool showsFocus = hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange);
    const QList<Placed> parts = placed();
    for (const Placed &part : parts) {
        const bool isLink = part.link >= 0;
        painter.setPen(theme.color(isLink ? Token::Acc : Token::Fg2));
        painter.drawText(part.rect, Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip, part.text);
        if (!isLink)
            continue;
        const int below = qRound(part.rect.center().y() + fontMetrics().ascent() / 2.0) + 3;
        painter.fillRect(QRectF(part.rect.left(), below, part.rect.width(), 1),
                         theme.color(part.link == m_hovered ? Token::Acc : Token::AccLine));
        if (showsFocus && part.link == m_current)
            paint::focusRing(painter, part.rect.adjusted(-2, 1, 2, -1), 4, false);
    }
}

void BannerText::mouseMoveEvent(QMouseEvent *event)
{
    const int link = linkAt(event->position());
    if (link == m_hovered)
        return;
    m_hovered = link;
    setCursor(link >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void BannerText::mouseReleaseEvent(QMouseEvent *event)
{
    const int link = linkAt(event->position());
    if (link >= 0 && event->button() == Qt::LeftButton)
        Q_EMIT linkActivated(link);
}

void BannerText::keyPressEvent(QKeyEvent *event)
{
    if (m_linkCount == 0 || event->modifiers()) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        Q_EMIT linkActivated(m_current);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        m_current = std::clamp(m_current + (event->key() == Qt::Key_Left ? -1 : 1), 0, m_linkCount - 1);
        update();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool BannerText::event(QEvent *event)
{
    if (event->type() == QEvent::Leave && m_hovered >= 0) {
        m_hovered = -1;
        update();
    } else if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        // Only what is cut needs to be told again.
        const auto *help = static_cast<QHelpEvent *>(event);
        if (fontMetrics().horizontalAdvance(text()) > width() - 4)
            QToolTip::showText(help->globalPos(), text().toHtmlEscaped(), this);
        return true;
    }
    return QWidget::event(event);
}

RefusalBanner::RefusalBanner(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_icon(new QLabel(this)), m_title(new ElidedLabel(FontStyle::BodyStrong, Token::Fg, this)),
      m_badge(new VerdictBadge({}, this)), m_text(new BannerText(this)), m_button(new QPushButton(this)),
      m_troubleshoot(new QPushButton(this))
{
    setFixedHeight(BannerHeight);
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
    connect(m_text, &BannerText::linkActivated, this, [this](int link) {
        if (link < m_evidence.size())
            m_session.showEvidence(m_evidence.at(link));
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
        VerdictBadge::Look shown{badgeIcon, badge, {}, Token::Line2, token};
        if (look == Look::Proven) {
            shown = {badgeIcon, badge, Token::BadFill, Token::BadFill, Token::OnAcc};
        } else if (look == Look::Likely) {
            shown.fill = Token::WarnSoft;
            shown.border = Token::WarnLine;
        } else if (look == Look::Good) {
            shown.fill = Token::GoodSoft;
            shown.border = Token::GoodLine;
        }
        m_badge->setLook(shown);
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
    QString text = errorSentence(error);
    if (!error.detail.isEmpty()) // last: it may be cut
        text += u" ("_s + error.detail + u')';
    m_text->setText(text);
}

void RefusalBanner::offerPlace(const UnresolvedUse &unresolved)
{
    m_unresolved = unresolved;
    const QString request = NamedResponses::requestNameIn(unresolved.use.name);
    if (!request.isEmpty() && !m_session.context().responses->contains(request))
        setAction(Action::OpenRequest, tr("Open %1").arg(QString(request).replace(u'&', "&&"_L1)), u"arrow-right"_s);
    else
        setAction(Action::ShowVariable, tr("Go to the variable"), u"arrow-right"_s);
}

void RefusalBanner::showFinding(const Finding &finding, const std::optional<Error> &failure)
{
    const QString icon = finding.step == ChecklistStep::Fresh ? u"clock-alert"_s : u"shield-alert"_s;
    switch (finding.verdict) {
    case Verdict::Proven:
        setLook(Look::Proven, icon, tr("Proven"), u"badge-check"_s);
        break;
    case Verdict::Likely:
        setLook(Look::Likely, icon, tr("Likely"), u"circle-alert"_s);
        break;
    case Verdict::Possible:
        setLook(Look::Possible, icon, tr("Possible"), u"circle-question-mark"_s);
        break;
    }
    m_title->setText(finding.title);
    showEvidence(finding, failure);
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

// The evidence in a few words, each leading to its bytes: "exp is 11:18:04, the server's Date is 14:30:11". Before it,
// that the body broke off: the cause stands on the header, which is whole.
void RefusalBanner::showEvidence(const Finding &finding, const std::optional<Error> &failure)
{
    QList<BannerPart> parts;
    QString partial;
    if (failure)
        partial = failure->code == ErrorCode::Cancelled ? tr("Cancelled within the body") : tr("The body is not whole");
    for (const Evidence &evidence : finding.evidence) {
        if (evidence.text.isEmpty() || m_evidence.size() == shownEvidence)
            continue;
        if (!parts.isEmpty())
            parts.append({u", "_s, -1});
        QString words = evidence.text;
        if (words.size() > longestPhrase)
            words = words.left(longestPhrase - 1).trimmed() + u'…';
        const QString name = QString::fromUtf8(evidence.name);
        const qsizetype at = name.isEmpty() ? -1 : words.indexOf(name);
        const int link = evidence.range.isEmpty() ? -1 : static_cast<int>(m_evidence.size());
        if (link < 0 || at < 0) {
            parts.append({words, link});
        } else { // the name alone is the link: it says which bytes these are
            parts.append({words.left(at), -1});
            parts.append({name, link});
            parts.append({words.mid(at + name.size()), -1});
        }
        m_evidence.append(evidence);
    }
    if (parts.isEmpty())
        parts.append({finding.summary, -1});
    if (failure)
        parts.prepend({partial + u". "_s, -1});
    m_text->setParts(parts);
    m_text->setToolTip(failure ? errorSentence(*failure) + u'\n' + finding.summary : finding.summary);
}

void RefusalBanner::refresh()
{
    m_evidence.clear();
    m_text->setToolTip({});
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
        const QString profile = m_session.profileName();
        if (error->code == ErrorCode::OriginNotAllowed && m_session.profile())
            setAction(Action::AllowOrigin, tr("Allow this origin…"), u"shield-check"_s);
        else if (error->code == ErrorCode::ProfileNotApproved && !profile.isEmpty())
            setAction(Action::EditProfile, tr("Review profile"), u"shield-alert"_s);
        else if (error->code == ErrorCode::SecretNotFound && !profile.isEmpty())
            setAction(Action::EditProfile, tr("Edit profile"), u"key-round"_s);
        else if (error->code == ErrorCode::SecretStoreLocked)
            setAction(Action::Resend, tr("Unlock and send"), u"lock-open"_s);
        else if (const std::optional<UnresolvedUse> unresolved = m_session.unresolved(); unresolved && error->code == ErrorCode::UnresolvedVariable)
            offerPlace(*unresolved);
        else if (error->code == ErrorCode::InvalidUrl)
            setAction(Action::EditUrl, tr("Go to the URL"), {});
    } else if (m_session.hasResult()) {
        const Diagnosis &diagnosis = m_session.diagnosis();
        const Finding *primary = diagnosis.primary();
        const Exchange *last = m_session.trace().final();
        const std::optional<Error> failure = last && last->error ? last->error : m_session.trace().error;
        if (diagnosis.outcome.kind == OutcomeKind::Accepted && failure) {
            const bool isCancelled = failure->code == ErrorCode::Cancelled;
            setLook(Look::Neutral, isCancelled ? u"ban"_s : u"circle-alert"_s, {}, {});
            showError(*failure, isCancelled ? tr("Cancelled")
                                 : failure->code == ErrorCode::AuthFailed ? tr("No token") : tr("The answer is not whole"));
            setAction(Action::Resend, isCancelled ? tr("Send again") : tr("Try again"), u"refresh-cw"_s);
        } else if (diagnosis.outcome.kind == OutcomeKind::Accepted) {
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
        } else if (failure && last && last->bodyOffset < 0) {
            // What came of the header may be anything; a cause out of half a challenge would be a guess.
            setLook(Look::Neutral, u"circle-alert"_s, {}, {});
            showError(*failure, tr("Refused (%1), and the answer is not whole").arg(diagnosis.outcome.status));
            setAction(Action::Resend, tr("Try again"), u"refresh-cw"_s);
            m_troubleshoot->show();
        } else if (primary) {
            showFinding(*primary, last ? last->error : std::nullopt);
            m_troubleshoot->show();
        } else {
            setLook(Look::Possible, u"shield-alert"_s, {}, {});
            m_title->setText(tr("Refused"));
            m_text->setText(failure ? errorSentence(*failure) : diagnosis.summary);
            m_troubleshoot->show();
        }
    } else {
        hide();
        return;
    }
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
    if (isVisible() && (m_action == Action::ApplyFix || m_action == Action::ShowCredential || m_action == Action::AllowOrigin))
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
        askForOrigin();
        break;
    case Action::EditProfile:
        Q_EMIT editProfileRequested(m_session.profileName(), {});
        break;
    case Action::EditUrl:
        Q_EMIT urlEditRequested();
        break;
    case Action::ShowVariable:
        Q_EMIT placeRequested(m_unresolved);
        break;
    case Action::OpenRequest:
        Q_EMIT requestWanted(NamedResponses::requestNameIn(m_unresolved.use.name));
        break;
    case Action::Resend:
        m_session.send();
        break;
    }
}

void RefusalBanner::askForOrigin()
{
    const CredentialProfile *profile = m_session.profile();
    const std::optional<Origin> origin = m_session.origin();
    if (!profile || !origin) {
        m_session.allowOrigin(true); // says what is missing
        return;
    }
    auto *question = new OriginQuestion(*profile, *origin, true, this);
    connect(question, &QDialog::accepted, this, [this, asked = *origin] {
        if (m_session.origin() == asked) // what was shown is what is allowed
            m_session.allowOrigin(true);
    });
    question->open();
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
