// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/start/StartPage.h"

#include "app/diagnosis/Finding.h"
#include "ui/start/PasteField.h"
#include "ui/start/PastedRequest.h"
#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/KeyHint.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int columnWidth = 720;
constexpr int offeredRooms = 3;

// Something to press that is drawn by us: hover fill, focus ring.
class Pressable : public QAbstractButton
{
public:
    explicit Pressable(QWidget *parent = nullptr) : QAbstractButton(parent)
    {
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        QObject::connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }

protected:
    void paintGround(QPainter &painter, bool hasBorder) const
    {
        const Theme &theme = Theme::instance();
        const QColor fill = theme.color(isDown() ? Token::Press : underMouse() ? Token::Hover : Token::Surf);
        if (hasBorder)
            paint::box(painter, QRectF(rect()), fill, theme.color(Token::Line));
        else if (isDown() || underMouse())
            paint::box(painter, QRectF(rect()), fill, {}, 5);
        if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
            paint::focusRing(painter, QRectF(rect()), 6, false);
    }
};

class ActionCard final : public Pressable
{
public:
    ActionCard(QString icon, const QString &title, QString text, const QString &keys)
        : m_icon(std::move(icon)), m_text(std::move(text)), m_keys(new KeyHint(keys, this))
    {
        setText(title);
        setAccessibleName(title);
        setAccessibleDescription(m_text);
        setMinimumHeight(86);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override { return {232, 86}; }

protected:
    void resizeEvent(QResizeEvent *) override
    {
        m_keys->setGeometry(width() - m_keys->sizeHint().width() - 14, 16, m_keys->sizeHint().width(), 17);
    }
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintGround(painter, true);
        const Theme &theme = Theme::instance();
        theme.paintIcon(painter, m_icon, QRectF(16, 16, 16, 16), Token::Fg2);
        painter.setFont(Theme::font(FontStyle::BodyStrong));
        painter.setPen(theme.color(Token::Fg));
        painter.drawText(QRectF(40, 14, width() - 56, 20), Qt::AlignLeft | Qt::AlignVCenter, text());
        painter.setFont(Theme::font(FontStyle::Small));
        painter.setPen(theme.color(Token::Fg2));
        painter.drawText(QRectF(16, 39, width() - 32, 36), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_text);
    }

private:
    QString m_icon;
    QString m_text;
    KeyHint *m_keys;
};

int stepNumber(const QString &stepId)
{
    for (int step = 0; step <= static_cast<int>(ChecklistStep::Retest); ++step) {
        if (checklistStepId(static_cast<ChecklistStep>(step)) == stepId)
            return step + 1;
    }
    return 0;
}

class RoomRow final : public Pressable
{
public:
    explicit RoomRow(const Room &room) : m_cause(room.cause), m_step(stepNumber(room.step))
    {
        setText(room.title);
        setAccessibleName(QCoreApplication::translate("StartPage", "Practice room: %1").arg(room.title));
        setFixedHeight(30);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override { return {300, 30}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintGround(painter, false);
        const Theme &theme = Theme::instance();
        theme.paintIcon(painter, u"door-open"_s, QRectF(11, 8, 14, 14), Token::Fg2);
        theme.paintIcon(painter, u"chevron-right"_s, QRectF(width() - 26, 8, 14, 14), Token::Fg2);
        painter.setPen(theme.color(Token::Fg3));
        painter.setFont(Theme::font(FontStyle::Small));
        const QString step = QCoreApplication::translate("StartPage", "step %1").arg(m_step);
        painter.drawText(QRectF(width() - 92, 0, 58, height()), Qt::AlignRight | Qt::AlignVCenter, step);
        painter.setFont(Theme::font(FontStyle::TagMedium));
        const int causeWidth = painter.fontMetrics().horizontalAdvance(m_cause);
        painter.drawText(QRectF(width() - 98 - causeWidth, 0, causeWidth, height()), Qt::AlignVCenter, m_cause);
        painter.setFont(Theme::font(FontStyle::Body));
        painter.setPen(theme.color(Token::Fg));
        const int room = width() - 98 - causeWidth - 12 - 34;
        painter.drawText(QRectF(34, 0, room, height()), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text(), Qt::ElideRight, room));
    }

private:
    QString m_cause;
    int m_step;
};

} // namespace

StartPage::StartPage(AppContext &context, QWidget *parent)
    : QWidget(parent), m_context(context), m_field(new PasteField), m_hint(new QLabel)
{
    setAccessibleName(tr("Start"));
    auto *column = new QWidget;
    column->setMaximumWidth(columnWidth);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 24, 0, 24);
    layout->setSpacing(0);
    layout->addStretch(2);
    layout->addWidget(makeText(tr("Which request gets a 401?"), FontStyle::Start, Token::Fg));
    layout->addSpacing(4);
    QLabel *lead = makeText(tr("Paste it as you have it. Realmscope sends it, shows every exchange, and says why it is "
                               "refused."), FontStyle::Body, Token::Fg2);
    lead->setWordWrap(true);
    layout->addWidget(lead);
    layout->addSpacing(16);
    layout->addWidget(m_field);
    layout->addSpacing(6);
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setWordWrap(true);
    m_hint->setFont(Theme::font(FontStyle::Small));
    m_hint->setForegroundRole(QPalette::WindowText); // on a Base ground a label takes Text
    m_hint->setContentsMargins(2, 0, 2, 0);
    layout->addWidget(m_hint);
    layout->addSpacing(22);

    auto *cards = new QHBoxLayout;
    cards->setSpacing(12);
    auto *practice = new ActionCard(u"flask-conical"_s, tr("Practice range"),
                                    tr("Rooms on this computer that fail in known ways."), u"Alt+5"_s);
    auto *folder = new ActionCard(u"folder-open"_s, tr("Open a folder"),
                                  tr(".http files as JetBrains IDEs and VS Code read them."), u"Ctrl+O"_s);
    auto *blank = new ActionCard(u"file-plus"_s, tr("New request"), tr("Begin with an empty one, and write it here."),
                                 u"Ctrl+N"_s);
    connect(practice, &QAbstractButton::clicked, this, &StartPage::practiceRequested);
    connect(folder, &QAbstractButton::clicked, this, &StartPage::openFolderRequested);
    connect(blank, &QAbstractButton::clicked, this, &StartPage::newRequestRequested);
    for (ActionCard *card : {practice, folder, blank})
        cards->addWidget(card, 1);
    layout->addLayout(cards);
    layout->addSpacing(24);

    m_rooms = new QWidget;
    auto *roomsLayout = new QVBoxLayout(m_rooms);
    roomsLayout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_rooms);
    layout->addStretch(3);

    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->viewport()->setBackgroundRole(QPalette::Base);
    auto *inner = new QWidget;
    auto *innerLayout = new QHBoxLayout(inner);
    innerLayout->setContentsMargins(24, 0, 24, 0);
    innerLayout->addStretch(1);
    innerLayout->addWidget(column, 1000);
    innerLayout->addStretch(1);
    area->setWidget(inner);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(area);

    connect(m_field, &PasteField::submitted, this, &StartPage::submit);
    connect(m_field, &PasteField::edited, this, [this] { showError({}); });
    connect(&Theme::instance(), &Theme::changed, this, [this] { showError({}); });
    showError({});
}

void StartPage::setRooms(const QList<Room> &rooms)
{
    static constexpr std::array offered{"expired-token"_L1, "moved-house"_L1, "basic-at-digest"_L1};
    QList<Room> chosen;
    for (const QLatin1StringView id : offered) {
        const auto it = std::ranges::find_if(rooms, [id](const Room &room) { return room.id == id; });
        if (it != rooms.end())
            chosen.append(*it);
    }
    for (const Room &room : rooms) {
        if (chosen.size() < offeredRooms && std::ranges::find(chosen, room.id, &Room::id) == chosen.end())
            chosen.append(room);
    }
    const auto old = m_rooms->findChildren<QWidget *>(Qt::FindDirectChildrenOnly);
    for (QWidget *widget : old)
        delete widget;
    if (chosen.isEmpty())
        return;
    auto *section = new Section(tr("Or start in a practice room"));
    for (const Room &room : std::as_const(chosen)) {
        QHBoxLayout *row = section->addRow(30);
        row->setContentsMargins(0, 0, 0, 0);
        auto *button = new RoomRow(room);
        connect(button, &QAbstractButton::clicked, this, [this, id = room.id] { Q_EMIT roomRequested(id); });
        row->addWidget(button);
    }
    m_rooms->layout()->addWidget(section);
}

void StartPage::focusField()
{
    m_field->takeFocus();
}

void StartPage::openText(const QString &text)
{
    m_field->setText(text);
    submit();
}

void StartPage::submit()
{
    const Result<CurlCommand> command = readPasted(m_field->text());
    if (!command) {
        showError(command.error());
        m_field->takeFocus();
        return;
    }
    m_field->setBusy(true);
    importPasted(m_context, *command, this,
                 [this, warnings = command->warnings](const Result<RequestSpec> &spec, const QString &remark) {
                     m_field->setBusy(false);
                     if (!spec) {
                         showError(spec.error());
                         return;
                     }
                     m_field->clear();
                     QStringList remarks = warnings;
                     if (!remark.isEmpty())
                         remarks.prepend(remark);
                     Q_EMIT requestReady(*spec, remarks);
                 });
}

void StartPage::showError(const Error &error)
{
    const bool isBad = !error.message.isEmpty();
    m_hint->setText(isBad ? errorSentence(error) : tr("Takes a URL or a cURL command"));
    QPalette palette = m_hint->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(isBad ? Token::Bad : Token::Fg2));
    m_hint->setPalette(palette);
    m_field->setBad(isBad);
}

void StartPage::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::instance().color(Token::Surf));
}

} // namespace realmscope
