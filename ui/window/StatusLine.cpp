// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/StatusLine.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/KeyHint.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

using namespace Qt::StringLiterals;

namespace realmscope {

// An icon and a word.
class StatusLine::Item final : public QLabel
{
public:
    explicit Item(QWidget *parent) : QLabel(parent)
    {
        setTextFormat(Qt::PlainText);
        setFont(Theme::font(FontStyle::Tiny));
        setContentsMargins(18, 0, 0, 0);
        QObject::connect(&Theme::instance(), &Theme::changed, this, [this] { set(m_icon, text(), m_token); });
    }
    void set(const QString &icon, const QString &text, Token token)
    {
        m_icon = icon;
        m_token = token;
        setText(text);
        QPalette colours = palette();
        colours.setColor(QPalette::WindowText, Theme::instance().color(token));
        setPalette(colours);
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QLabel::paintEvent(event);
        QPainter painter(this);
        if (!m_icon.isEmpty())
            Theme::instance().paintIcon(painter, m_icon, QRectF(0, (height() - 12) / 2.0, 12, 12), m_token);
    }

private:
    QString m_icon;
    Token m_token = Token::Fg2;
};

namespace {

// "Commands Ctrl+K", to press.
class CommandsButton final : public QAbstractButton
{
public:
    explicit CommandsButton(QWidget *parent) : QAbstractButton(parent)
    {
        setText(StatusLine::tr("Commands"));
        setAccessibleName(StatusLine::tr("Command palette"));
        setFont(Theme::font(FontStyle::Tiny));
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        auto *layout = new QHBoxLayout(this);
        layout->setContentsMargins(0, 0, 4, 0);
        layout->addStretch();
        layout->addWidget(new KeyHint(u"Ctrl+K"_s, this));
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(text()) + 14 + layout()->sizeHint().width(), 22};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        if (underMouse() || isDown())
            paint::box(painter, QRectF(rect()), theme.color(isDown() ? Token::Press : Token::Hover), {}, 4);
        if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            paint::focusRing(painter, QRectF(rect()), 4, false);
        painter.setPen(theme.color(Token::Fg2));
        painter.drawText(rect().adjusted(6, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
    }
};

} // namespace

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent), m_keychain(new Item(this)), m_vault(new Item(this)), m_tls(new Item(this)), m_proxy(new Item(this)),
      m_sent(new ElidedLabel(FontStyle::Tiny, Token::Fg2, this))
{
    setFixedHeight(24);
    setAccessibleName(tr("Status"));
    auto *commands = new CommandsButton(this);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 1, 8, 0);
    layout->setSpacing(16);
    layout->addWidget(m_keychain);
    layout->addWidget(m_vault);
    layout->addWidget(m_tls);
    layout->addWidget(m_proxy);
    layout->addStretch(1);
    layout->addWidget(m_sent);
    layout->addWidget(commands);
    connect(commands, &QAbstractButton::clicked, this, &StatusLine::commandsRequested);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    setKeychain(KeychainState::Unknown);
    setVault(VaultState::NoFile);
    setTlsVerification(true);
    setProxy({});
}

void StatusLine::setKeychain(KeychainState state)
{
    m_keychainState = state;
    switch (state) {
    case KeychainState::Unknown:
        m_keychain->set(u"circle-dashed"_s, tr("Looking for the keychain"), Token::Fg2);
        break;
    case KeychainState::Available:
        m_keychain->set(u"lock-open"_s, tr("Keychain unlocked"), Token::Fg2);
        break;
    case KeychainState::Locked:
        m_keychain->set(u"lock"_s, tr("Keychain locked"), Token::Warn);
        break;
    case KeychainState::Unavailable:
        m_keychain->set(u"triangle-alert"_s, m_hasVault ? tr("No keychain") : tr("No keychain: secrets stay in memory"),
                        m_hasVault ? Token::Fg2 : Token::Warn);
        break;
    }
}

void StatusLine::setVault(VaultState state)
{
    const bool isUnlocked = state == VaultState::Unlocked;
    m_vault->set(isUnlocked ? u"lock-open"_s : u"lock"_s, isUnlocked ? tr("Vault unlocked") : tr("Vault locked"), Token::Fg2);
    m_hasVault = state != VaultState::NoFile;
    m_vault->setVisible(m_hasVault);
    setKeychain(m_keychainState);
}

void StatusLine::setTlsVerification(bool isOn)
{
    m_tls->set(isOn ? u"shield-check"_s : u"shield-alert"_s,
               isOn ? tr("TLS verification on") : tr("TLS verification off for this request"),
               isOn ? Token::Fg2 : Token::Warn);
}

void StatusLine::setProxy(const QString &text)
{
    m_proxy->set(u"waypoints"_s, text, Token::Fg2);
    m_proxy->setVisible(!text.isEmpty());
}

void StatusLine::setSent(const QString &text)
{
    m_sent->setText(text);
}

QString StatusLine::keychainText() const
{
    return m_keychain->text();
}

QString StatusLine::vaultText() const
{
    return m_vault->isHidden() ? QString() : m_vault->text();
}

QString StatusLine::sentText() const
{
    return m_sent->text();
}

void StatusLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::instance().color(Token::Win));
    painter.fillRect(QRect(0, 0, width(), 1), Theme::instance().color(Token::Line));
}

} // namespace realmscope
