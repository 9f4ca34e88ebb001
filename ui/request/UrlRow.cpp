// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/UrlRow.h"

#include "app/auth/SchemeRegistry.h"
#include "ui/credentials/ProfileModel.h"
#include "ui/request/MenuChip.h"
#include "ui/request/UrlEdit.h"
#include "ui/request/VariableText.h"
#include "ui/start/PastedRequest.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/HintButton.h"

#include <QtGui/QPainter>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int FieldHeight = 32;
constexpr int HintBelow = 760;   // narrower: Send without its key
constexpr int IconsBelow = 560;  // narrower: the chips are icons, so that the URL can be read
constexpr qint64 LongestWait = 24 * 3600; // seconds for which an end is waited for
constexpr int SchemeBelow = 980; // narrower: the profile chip without its scheme

// The frame around method and URL: one field, two parts.
class UrlField : public QWidget
{
public:
    using QWidget::QWidget;
    void setState(bool hasFocusInside, bool isInvalid, int divider)
    {
        m_hasFocusInside = hasFocusInside;
        m_isInvalid = isInvalid;
        m_divider = divider;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        painter.setRenderHint(QPainter::Antialiasing);
        const double inset = m_hasFocusInside ? 1 : 0.5;
        const Token line = m_isInvalid ? Token::Bad : m_hasFocusInside ? Token::Acc : Token::Line2;
        painter.setPen(QPen(theme.color(line), m_hasFocusInside ? 2 : 1));
        painter.setBrush(theme.color(Token::Surf));
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 6, 6);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.fillRect(QRect(m_divider, 1 + static_cast<int>(inset), 1, height() - 2 - 2 * static_cast<int>(inset)),
                         theme.color(Token::Line));
    }

private:
    bool m_hasFocusInside = false;
    bool m_isInvalid = false;
    int m_divider = 0;
};

// A combo box without a frame, in the method's colour: the field around it draws the frame.
class MethodBox : public QComboBox
{
public:
    using QComboBox::QComboBox;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        Theme::instance().paintIcon(painter, u"chevron-down"_s, QRectF(width() - 20, (height() - 12) / 2.0, 12, 12),
                                    Token::Fg2);
    }
    void resizeEvent(QResizeEvent *event) override
    {
        QComboBox::resizeEvent(event);
        if (lineEdit())
            lineEdit()->setGeometry(8, 1, width() - 28, height() - 2);
    }
};

// What is no part of the URL that will be sent is not shown as one: masks of secrets, and {{$…}} that is made at each Send.
QString readable(QString url)
{
    url.replace("%E2%80%A2"_L1, "•"_L1);
    for (qsizetype begin = url.indexOf("{{"_L1); begin >= 0; begin = url.indexOf("{{"_L1, begin + 2)) {
        const qsizetype end = url.indexOf("}}"_L1, begin);
        if (end < 0)
            break;
        const QString use = url.sliced(begin, end - begin);
        url.replace(begin, use.size(), QString(use).replace("%20"_L1, " "_L1).replace("%22"_L1, "\""_L1));
    }
    return url;
}

} // namespace

UrlRow::UrlRow(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_field(new UrlField(this)), m_method(new MethodBox(m_field)),
      m_url(new UrlEdit(m_field)), m_profile(new MenuChip(this)), m_environment(new MenuChip(this)),
      m_send(new HintButton(this)), m_arrow(new QLabel(this)), m_resolved(new QLabel(this))
{
    m_method->setEditable(true);
    m_method->setInsertPolicy(QComboBox::NoInsert);
    m_method->addItems({u"GET"_s, u"POST"_s, u"PUT"_s, u"PATCH"_s, u"DELETE"_s, u"HEAD"_s, u"OPTIONS"_s});
    m_method->setAccessibleName(tr("Method"));
    m_method->setCompleter(nullptr);
    m_method->lineEdit()->setFrame(false);
    m_method->lineEdit()->setFont(Theme::font(FontStyle::Tag));
    m_method->lineEdit()->setAccessibleName(tr("Method"));
    m_field->setFixedHeight(FieldHeight);
    auto *field = new QHBoxLayout(m_field);
    field->setContentsMargins(1, 1, 4, 1);
    field->setSpacing(6);
    field->addWidget(m_method);
    field->addWidget(m_url, 1);
    m_method->setFixedHeight(FieldHeight - 2);
    m_url->setFixedHeight(FieldHeight - 4);

    m_profile->setAccessibleName(tr("Credential profile"));
    m_profile->setToolTip(tr("Credential profile (Ctrl+E)"));
    m_environment->setAccessibleName(tr("Environment"));
    m_send->setProperty("primary", true);
    m_send->setAccessibleName(tr("Send"));
    for (QPushButton *button : std::initializer_list<QPushButton *>{m_profile, m_environment, m_send})
        button->setFixedHeight(FieldHeight);
    m_profile->setMaximumWidth(220);
    m_environment->setMaximumWidth(180);

    auto *row = new QHBoxLayout;
    row->setContentsMargins(12, 8, 12, 0);
    row->setSpacing(8);
    row->addWidget(m_field, 1);
    row->addWidget(m_profile);
    row->addWidget(m_environment);
    row->addWidget(m_send);
    m_resolved->setTextFormat(Qt::PlainText);
    m_resolved->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_resolved->setFocusPolicy(Qt::NoFocus);
    m_resolved->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *below = new QHBoxLayout;
    below->setContentsMargins(14, 0, 12, 0);
    below->setSpacing(6);
    below->addWidget(m_arrow);
    below->addWidget(m_resolved, 1);
    m_resolved->setFixedHeight(24);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addLayout(below);

    connect(m_url, &QLineEdit::textEdited, this, [this](const QString &text) {
        RequestSpec spec = m_session.spec();
        spec.url = text;
        m_notice.clear();
        m_curlProblem.clear();
        m_session.setSpec(spec);
        // Typed letter by letter it may still become anything; a paste comes whole.
        const bool isPasted = text.size() - std::exchange(m_editedLength, text.size()) > 4;
        if (isPasted && looksLikeCurl(text))
            takeCurl(text);
    });
    // setText() by assistive programs gives no textEdited.
    connect(m_url, &QLineEdit::textChanged, this, [this](const QString &text) {
        // A paste that was taken as a command has put another URL here already.
        if (text == m_session.spec().url || text != m_url->text())
            return;
        RequestSpec spec = m_session.spec();
        spec.url = text;
        m_session.setSpec(spec);
    });
    connect(m_url, &UrlEdit::submitted, this, &UrlRow::submit);
    connect(m_url, &UrlEdit::focusChanged, this, &UrlRow::refreshResolved);
    connect(m_method, &QComboBox::editTextChanged, this, &UrlRow::setMethod);
    connect(m_profile->popupMenu(), &QMenu::aboutToShow, this, &UrlRow::fillProfileMenu);
    m_expiryTimer.setSingleShot(true);
    connect(&m_expiryTimer, &QTimer::timeout, this, &UrlRow::refresh);
    connect(m_environment->popupMenu(), &QMenu::aboutToShow, this, &UrlRow::fillEnvironmentMenu);
    connect(m_send, &QPushButton::clicked, this, [this] {
        if (m_session.state() == RequestSession::State::Sending)
            m_session.cancel();
        else
            m_session.send();
    });
    connect(&m_session, &RequestSession::specChanged, this, &UrlRow::refresh);
    connect(&m_session, &RequestSession::resultChanged, this, &UrlRow::refresh); // the key's colour
    connect(&m_session, &RequestSession::stateChanged, this, [this] {
        refreshSend();
        refreshResolved();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        refresh();
        refreshSend();
    });
    refresh();
    refreshSend();
    fillProfileMenu();
    fillEnvironmentMenu();
}

void UrlRow::focusUrl()
{
    m_url->setFocus(Qt::ShortcutFocusReason);
    m_url->selectAll();
}

void UrlRow::showUse(const UnresolvedUse &use)
{
    if (use.part == UnresolvedUse::Part::Method)
        m_method->setFocus(Qt::OtherFocusReason);
    else
        m_url->selectUse(use.use);
}

void UrlRow::focusProfile()
{
    m_profile->setFocus(Qt::ShortcutFocusReason);
    m_profile->openMenu();
}

void UrlRow::submit()
{
    if (looksLikeCurl(m_url->text()))
        takeCurl(m_url->text());
    else
        m_session.send();
}

void UrlRow::takeCurl(const QString &text)
{
    const Result<CurlCommand> command = readPasted(text);
    if (!command) {
        m_curlProblem = command.error().message;
        if (!command.error().action.isEmpty())
            m_curlProblem += u". "_s + command.error().action;
        refreshResolved();
        return;
    }
    const QStringList warnings = command->warnings;
    importPasted(m_session.context(), *command, this,
                 [this, warnings](const Result<RequestSpec> &result, const QString &remark) {
        if (!result) {
            m_curlProblem = result.error().message;
            refreshResolved();
            return;
        }
        RequestSpec spec = *result;
        if (!m_session.spec().name.isEmpty())
            spec.name = m_session.spec().name;
        QStringList notes = warnings;
        if (!remark.isEmpty())
            notes.prepend(remark);
        m_notice = notes.join(u' ');
        m_session.setSpec(spec);
        m_editedLength = spec.url.size();
        refreshResolved();
    });
}

void UrlRow::setMethod(const QString &method)
{
    if (method == m_session.spec().method)
        return;
    RequestSpec spec = m_session.spec();
    spec.method = method;
    m_session.setSpec(spec);
}

void UrlRow::refresh()
{
    const RequestSpec spec = m_session.spec();
    const Theme &theme = Theme::instance();
    if (m_method->currentText() != spec.method)
        m_method->setEditText(spec.method);
    const int methodWidth = m_method->lineEdit()->fontMetrics().horizontalAdvance(spec.method);
    m_method->setFixedWidth(std::clamp(methodWidth + 38, 58, 160));
    QPalette methodPalette = m_method->lineEdit()->palette();
    methodPalette.setColor(QPalette::Text, theme.methodColor(spec.method));
    methodPalette.setColor(QPalette::Base, Qt::transparent);
    m_method->lineEdit()->setPalette(methodPalette);
    m_url->setTemplate(spec.url);
    m_url->setVariables(m_session.variables());

    const CredentialProfile *profile = m_session.profile();
    QString text = tr("No credential");
    QString toolTip;
    Token token = Token::Fg2;
    m_expiryTimer.stop();
    if (profile) {
        text = profile->name;
        const AuthScheme *scheme = findScheme(profile->schemeId);
        const Expiry expiry = expiryOf(*profile, *m_session.context().clock);
        if (expiry == Expiry::Past)
            text += tr(" · expired");
        else if (scheme && width() >= SchemeBelow)
            text += u" · "_s + scheme->title();
        if (profile->expiresAt) {
            const qint64 now = m_session.context().clock->nowSeconds();
            toolTip = expiryText(*profile->expiresAt, now);
            if (expiry != Expiry::Past && *profile->expiresAt - now < LongestWait)
                m_expiryTimer.start(static_cast<int>(*profile->expiresAt - now + 1) * 1000);
        }
        const std::optional<Origin> origin = m_session.origin();
        const bool wasRefused = m_session.hasResult() && m_session.sentSpec().profileName == profile->name
            && m_session.diagnosis().outcome.isRefusal();
        token = origin && !profile->allows(*origin) ? Token::Warn : wasRefused || expiry == Expiry::Past ? Token::Bad : Token::Good;
    } else if (const QString wanted = m_session.profileName(); !wanted.isEmpty()) {
        text = wanted;
        token = Token::Bad;
    }
    if (const FolderLevel *level = m_session.inheritedProfile()) {
        const QString origin = tr("inherited from %1").arg(level->label());
        toolTip = toolTip.isEmpty() ? origin : toolTip + u", "_s + origin;
    }
    const bool hasTexts = width() >= IconsBelow;
    m_profile->setText(hasTexts ? m_profile->fontMetrics().elidedText(text, Qt::ElideRight, 150) : QString());
    m_profile->setToolTip(tr("%1: credential profile (Ctrl+E)").arg(toolTip.isEmpty() ? text : u"%1, %2"_s.arg(text, toolTip)));
    m_profile->setIcon(theme.icon(u"key-round"_s, token));
    m_profile->setAccessibleDescription(text);
    const bool hasEnvironments = m_session.context().workspace
        && !m_session.context().workspace->environments().named.isEmpty();
    m_environment->setVisible(hasEnvironments);
    const QString environment = m_session.environment().isEmpty() ? tr("No environment") : m_session.environment();
    m_environment->setText(hasTexts ? environment : QString());
    m_environment->setToolTip(tr("%1: environment").arg(environment));
    m_environment->setAccessibleDescription(environment);
    m_environment->setIcon(theme.icon(u"globe"_s, Token::Fg2));
    refreshResolved();
}

void UrlRow::refreshResolved()
{
    const Theme &theme = Theme::instance();
    const QString &text = m_session.spec().url;
    QString problem;
    QString resolved;
    const Variables variables = m_session.variables();
    const QList<VariableUse> uses = variables.uses(text);
    const auto missing = std::ranges::find_if(uses, [](const VariableUse &use) { return !use.resolved; });
    if (!m_curlProblem.isEmpty()) {
        problem = m_curlProblem;
    } else if (looksLikeCurl(text)) {
        problem = tr("This is a curl command: press Return to turn it into a request");
    } else if (text.trimmed().isEmpty()) {
        // Nothing to say yet, unless Send was tried.
        if (m_session.sendError() && m_session.sendError()->code == ErrorCode::InvalidUrl)
            problem = tr("Type the URL of the request");
    } else if (missing != uses.end()) {
        problem = describeVariable(*missing);
    } else {
        const QString preview = variables.preview(text);
        const Result<Url> url = Url::parse(preview);
        if (!url) {
            problem = url.error().message;
            if (!url.error().action.isEmpty())
                problem += u". "_s + url.error().action;
        } else {
            resolved = readable(url->toString());
        }
    }
    m_isInvalid = !problem.isEmpty();
    const bool isProse = m_isInvalid || !m_notice.isEmpty();
    const QString shown = m_isInvalid ? problem : isProse ? m_notice : resolved;
    m_resolved->setFont(Theme::font(isProse ? FontStyle::Small : FontStyle::Code));
    QPalette palette = m_resolved->palette();
    palette.setColor(QPalette::WindowText, theme.color(m_isInvalid ? Token::Bad : Token::Fg3));
    m_resolved->setPalette(palette);
    m_resolved->setText(shown);
    m_resolved->setToolTip(shown);
    m_resolved->setAccessibleName(m_isInvalid ? tr("Problem with the URL: %1").arg(shown)
                                  : isProse   ? shown
                                              : tr("Resolved URL: %1").arg(shown));
    const QString described = describeVariables(variables, text);
    m_url->setAccessibleDescription(described.isEmpty() ? shown : shown + u'\n' + described);
    m_arrow->setVisible(!shown.isEmpty() && !isProse);
    m_arrow->setPixmap(theme.icon(u"corner-down-right"_s, Token::Fg3).pixmap(13, 13));
    static_cast<UrlField *>(m_field)->setState(m_url->hasFocus(), m_isInvalid, m_method->width() + 1);
}

void UrlRow::refreshSend()
{
    const bool isSending = m_session.state() == RequestSession::State::Sending;
    const bool hasHint = width() >= HintBelow;
    m_send->setText(isSending ? tr("Stop") : tr("Send"));
    m_send->setHint(!hasHint ? QString() : isSending ? tr("Esc") : tr("Ctrl+↵"));
    m_send->setAccessibleName(isSending ? tr("Stop") : tr("Send"));
    m_send->setToolTip(isSending ? tr("Stop (Esc)") : tr("Send (Ctrl+Return)"));
}

void UrlRow::fillProfileMenu()
{
    QMenu *menu = m_profile->popupMenu();
    menu->clear();
    const auto choose = [this](const QString &name) {
        RequestSpec spec = m_session.spec();
        spec.profileName = name;
        m_session.setSpec(spec);
    };
    const QString current = m_session.spec().profileName;
    const auto add = [&](const QString &text, const QString &name) {
        QAction *action = menu->addAction(text, this, [choose, name] { choose(name); });
        action->setCheckable(true);
        action->setChecked(name == current);
    };
    RequestSpec silent = m_session.spec();
    silent.profileName.clear();
    const FolderLevel *above = profileLevel(silent, m_session.levels());
    if (above)
        add(tr("%1, from %2").arg(QString(above->settings.profileName).replace(u'&', "&&"_L1), above->label()), {});
    add(tr("No credential"), above ? noProfile : QString());
    if (m_session.context().profiles) {
        for (const CredentialProfile &profile : m_session.context().profiles->profiles()) {
            const AuthScheme *scheme = findScheme(profile.schemeId);
            QString text = scheme ? profile.name + u" · "_s + scheme->title() : profile.name;
            add(text.replace(u'&', "&&"_L1), profile.name);
        }
    }
    menu->addSeparator();
    menu->addAction(tr("New profile…"), this, &UrlRow::newProfileRequested);
    if (m_session.profile()) {
        const QString used = m_session.profileName();
        menu->addAction(tr("Edit %1…").arg(QString(used).replace(u'&', "&&"_L1)), this,
                        [this, used] { Q_EMIT editProfileRequested(used, {}); });
    }
}

void UrlRow::fillEnvironmentMenu()
{
    QMenu *menu = m_environment->popupMenu();
    menu->clear();
    const auto add = [&](const QString &text, const QString &name) {
        QAction *action = menu->addAction(text, this, [this, name] { m_session.setEnvironment(name); });
        action->setCheckable(true);
        action->setChecked(name == m_session.environment());
    };
    add(tr("No environment"), {});
    if (m_session.context().workspace) {
        const QStringList names = m_session.context().workspace->environments().named.keys();
        for (const QString &name : names)
            add(name, name);
    }
}

void UrlRow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    refresh();
    refreshSend();
}

} // namespace realmscope
