// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/BrowserBar.h"

#include "ui/session/RequestSession.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SecretClipboard.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int barHeight = 44;

} // namespace

BrowserBar::BrowserBar(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_text(new QLabel), m_code(new QLabel), m_url(new QLineEdit),
      m_goOn(makeButton(tr("Continue"), "primary")), m_copyCode(makeButton(tr("Copy code"), "flat", u"copy"_s)),
      m_copyUrl(makeButton(tr("Copy URL"), "flat", u"link"_s)), m_open(makeButton(tr("Open again"), "flat", u"external-link"_s))
{
    setFixedHeight(barHeight);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(8);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::instance().icon(u"globe"_s, Token::Acc).pixmap(16, 16));
    layout->addWidget(icon);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMinimumWidth(80);
    layout->addWidget(m_text, 1);
    m_code->setTextFormat(Qt::PlainText);
    m_code->setFont(Theme::font(FontStyle::Code));
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_code->setAccessibleName(tr("Code to type in the browser"));
    layout->addWidget(m_code);
    layout->addWidget(m_copyCode);
    m_url->setPlaceholderText(tr("Paste the URL that the browser was sent to"));
    m_url->setAccessibleName(tr("URL that the browser was sent to"));
    layout->addWidget(m_url, 2);
    layout->addWidget(m_goOn);
    layout->addWidget(m_copyUrl);
    layout->addWidget(m_open);

    connect(m_open, &QPushButton::clicked, &m_session, &RequestSession::openBrowser);
    connect(m_copyUrl, &QPushButton::clicked, this, [this] {
        if (const std::optional<BrowserTask> task = m_session.browserTask())
            QGuiApplication::clipboard()->setText(task->url.toString(QUrl::FullyEncoded));
    });
    connect(m_copyCode, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_code->text()); });
    const auto goOn = [this] {
        if (const QString url = m_url->text().trimmed(); !url.isEmpty()) {
            m_url->clear(); // it holds a code
            m_session.pasteBrowserUrl(url);
        }
    };
    connect(m_goOn, &QPushButton::clicked, this, goOn);
    connect(m_url, &QLineEdit::returnPressed, this, goOn);
    connect(&m_session, &RequestSession::browserTaskChanged, this, &BrowserBar::refresh);
    refresh();
}

void BrowserBar::refresh()
{
    const std::optional<BrowserTask> task = m_session.browserTask();
    setVisible(task.has_value());
    if (!task)
        return;
    const bool hasCode = !task->userCode.isEmpty();
    m_text->setText(!m_session.hasBrowser() ? tr("No browser could be opened: copy the URL, and open it yourself")
                    : hasCode ? tr("Waiting for the browser: enter this code there")
                    : task->isListening ? tr("Waiting for the browser: log in there, then it comes back here")
                                        : tr("Log in in the browser, then bring back where it was sent"));
    m_text->setToolTip(task->url.toString());
    m_code->setText(task->userCode);
    m_code->setVisible(hasCode);
    m_copyCode->setVisible(hasCode);
    m_url->setVisible(!task->isListening);
    m_goOn->setVisible(!task->isListening);
    if (!task->isListening)
        m_url->setFocus(Qt::OtherFocusReason);
}

void BrowserBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::AccSoft));
    painter.fillRect(QRect(0, 0, 3, height()), theme.color(Token::Acc));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::AccLine));
}

} // namespace realmscope
