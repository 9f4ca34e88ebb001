// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/SecretField.h"

#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SecretClipboard.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOptionFrame>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int bulletCount = 20;

// While nobody types in it, shows the same number of bullets whatever it holds.
class MaskedEdit final : public QLineEdit
{
public:
    using QLineEdit::QLineEdit;
    void setHoldsSomething(bool holds)
    {
        m_holdsSomething = holds;
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        if (echoMode() == Normal || (hasFocus() && !text().isEmpty()) || (text().isEmpty() && !m_holdsSomething)) {
            QLineEdit::paintEvent(event);
            return;
        }
        QStyleOptionFrame option;
        initStyleOption(&option);
        QPainter painter(this);
        style()->drawPrimitive(QStyle::PE_PanelLineEdit, &option, &painter, this);
        const QRect area = style()->subElementRect(QStyle::SE_LineEditContents, &option, this);
        painter.setFont(Theme::font(FontStyle::Code));
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(area.adjusted(2, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, QString(bulletCount, QChar(0x2022)));
    }

private:
    bool m_holdsSomething = false;
};

} // namespace

SecretField::SecretField(const QString &name, QWidget *parent)
    : QWidget(parent), m_edit(new MaskedEdit(this)), m_name(name)
{
    m_edit->setAccessibleName(name);
    m_edit->setEchoMode(QLineEdit::Password);
    m_edit->setFont(Theme::font(FontStyle::Code));
    m_edit->setTextMargins(0, 0, 52, 0);
    m_edit->installEventFilter(this);
    m_eye = new IconButton(u"eye"_s, tr("Show %1").arg(name), m_edit);
    m_copy = new IconButton(u"copy"_s, tr("Copy %1, cleared after 30 s").arg(name), m_edit);
    for (IconButton *button : {m_eye, m_copy}) {
        button->setProperty("compact", true);
        button->setIconSize({14, 14});
        button->setCursor(Qt::ArrowCursor);
    }
    m_note = new QLabel(this);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setFont(Theme::font(FontStyle::Small));
    m_note->setForegroundRole(QPalette::WindowText);
    auto *inner = new QHBoxLayout(m_edit);
    inner->setContentsMargins(0, 0, 4, 0);
    inner->setSpacing(0);
    inner->addStretch();
    inner->addWidget(m_eye);
    inner->addWidget(m_copy);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_note);

    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &SecretField::tick);
    connect(m_eye, &QToolButton::clicked, this, &SecretField::toggle);
    connect(m_copy, &QToolButton::clicked, this, &SecretField::copy);
    connect(m_edit, &QLineEdit::textEdited, this, [this] {
        m_edited = true;
        refresh();
        Q_EMIT edited();
    });
    // AT-SPI's set-text gives textChanged alone.
    connect(m_edit, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (m_edited || text.isEmpty() || m_isVisible)
            return;
        m_edited = true;
        refresh();
        Q_EMIT edited();
    });
    auto *keys = new QShortcut(QKeySequence(Qt::ALT | Qt::Key_R), m_edit);
    keys->setContext(Qt::WidgetShortcut);
    connect(keys, &QShortcut::activated, this, &SecretField::toggle);
    connect(&Theme::instance(), &Theme::changed, this, &SecretField::refresh);
    refresh();
}

void SecretField::setStored(bool isStored)
{
    hideSecret();
    m_isStored = isStored;
    m_edited = false;
    const QSignalBlocker blocker(m_edit);
    m_edit->clear();
    refresh();
}

void SecretField::setTyped(const Secret &secret)
{
    hideSecret();
    const QSignalBlocker blocker(m_edit);
    m_edit->setText(secret.revealText());
    m_edited = true;
    refresh();
}

Secret SecretField::typed() const
{
    return m_edited ? Secret::fromString(m_edit->text()) : Secret();
}

void SecretField::showSecret(const Secret &secret)
{
    if (m_edited || !isVisible())
        return;
    {
        const QSignalBlocker blocker(m_edit);
        m_edit->setText(secret.revealText());
    }
    reveal();
}

void SecretField::reveal()
{
    m_isVisible = true;
    m_secondsLeft = secretVisibleSeconds;
    m_timer.start();
    m_edit->setEchoMode(QLineEdit::Normal);
    refresh();
}

void SecretField::hideSecret()
{
    if (!m_isVisible)
        return;
    m_isVisible = false;
    m_timer.stop();
    m_edit->setEchoMode(QLineEdit::Password);
    if (!m_edited) {
        const QSignalBlocker blocker(m_edit);
        m_edit->clear(); // the store still has it
    }
    refresh();
}

void SecretField::setCopyable(bool isCopyable)
{
    m_copy->setVisible(isCopyable);
    m_edit->setTextMargins(0, 0, isCopyable ? 52 : 28, 0);
}

void SecretField::toggle()
{
    if (m_isVisible)
        hideSecret();
    else if (m_edited || !m_isStored)
        reveal();
    else
        Q_EMIT revealRequested();
}

void SecretField::copy()
{
    if (m_edited || m_isVisible)
        copySecret(m_edit->text());
    else
        Q_EMIT copyRequested();
}

void SecretField::tick()
{
    if (--m_secondsLeft <= 0)
        hideSecret();
    else
        refresh();
}

void SecretField::refresh()
{
    const bool holds = m_isStored || !m_edit->text().isEmpty();
    static_cast<MaskedEdit *>(m_edit)->setHoldsSomething(m_isStored && !m_edited);
    m_edit->setPlaceholderText(m_isStored && !m_edited ? QString() : m_emptyText);
    m_edit->setAccessibleDescription(m_isVisible ? tr("Visible") : holds ? tr("Set, masked") : tr("Not set"));
    m_edit->setProperty("tone", m_isVisible ? u"warn"_s : QString());
    m_eye->changeIcon(m_isVisible ? u"eye-off"_s : u"eye"_s);
    m_eye->setName(m_isVisible ? tr("Hide %1").arg(m_name) : tr("Show %1").arg(m_name), u"Alt+R"_s);
    m_eye->setEnabled(holds);
    m_copy->setEnabled(holds);
    m_note->setVisible(m_isVisible);
    m_note->setText(tr("Visible, hides in %1 s").arg(m_secondsLeft));
    QPalette palette = m_note->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(Token::Warn));
    m_note->setPalette(palette);
}

void SecretField::hideEvent(QHideEvent *event)
{
    hideSecret();
    QWidget::hideEvent(event);
}

void SecretField::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ActivationChange && !isActiveWindow())
        hideSecret();
    QWidget::changeEvent(event);
}

bool SecretField::eventFilter(QObject *object, QEvent *event)
{
    if (object == m_edit && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut))
        m_edit->update();
    return QWidget::eventFilter(object, event);
}

} // namespace realmscope
