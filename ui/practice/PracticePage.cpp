// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/practice/PracticePage.h"

#include "app/diagnosis/Finding.h"
#include "app/interop/CurlCommand.h"
#include "ui/practice/RoomModel.h"
#include "ui/session/ImportCurl.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/ListPane.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/SearchField.h"
#include "ui/widgets/TabOrder.h"

#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyledItemDelegate>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Two lines: title, and cause with its step; a check when solved.
class RoomDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, 48}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const QRect r = option.rect;
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool hasFocus = option.widget && option.widget->hasFocus();
        if (isSelected) {
            painter->fillRect(r, theme.color(hasFocus ? Token::AccSoft : Token::Press));
            painter->fillRect(QRect(r.left(), r.top(), 2, r.height()), theme.color(Token::AccFill));
        } else if (option.state.testFlag(QStyle::State_MouseOver)) {
            painter->fillRect(r, theme.color(Token::Hover));
        }
        const bool isSolved = index.data(RoomModel::SolvedRole).toBool();
        theme.paintIcon(*painter, isSolved ? u"circle-check"_s : u"door-open"_s, QRectF(r.left() + 12, r.top() + 8, 16, 16),
                        isSolved ? Token::Good : Token::Fg3);
        const int left = r.left() + 38;
        const int width = r.width() - 50;
        painter->setFont(Theme::font(FontStyle::Body));
        painter->setPen(theme.color(Token::Fg));
        const QFontMetrics title(painter->font());
        painter->drawText(QRect(left, r.top() + 5, width, 20), Qt::AlignVCenter | Qt::AlignLeft,
                          title.elidedText(index.data().toString(), Qt::ElideRight, width));
        painter->setFont(Theme::font(FontStyle::Tiny));
        painter->setPen(theme.color(Token::Fg2));
        painter->drawText(QRect(left, r.top() + 25, width, 16), Qt::AlignVCenter | Qt::AlignLeft,
                          index.data(RoomModel::CauseRole).toString());
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), theme.color(Token::Line));
    }
};

QLabel *paragraph(const QString &text, FontStyle style, Token color)
{
    auto *label = new ProseLabel(text, style, color);
    label->setCode({});
    return label;
}

QString shellQuoted(const QStringList &words)
{
    QStringList out{u"curl"_s};
    for (const QString &word : words) {
        const bool isPlain = !word.isEmpty()
            && std::ranges::all_of(word, [](QChar c) { return c.isLetterOrNumber() || QStringView(u"-_./:=@,+%").contains(c); });
        QString quoted = word;
        out << (isPlain ? word : u'\'' + quoted.replace(u'\'', "'\\''"_L1) + u'\'');
    }
    return out.join(u' ');
}

} // namespace

PracticePage::PracticePage(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context)
{
    setAccessibleName(tr("Practice"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto *left = new ListPane;
    auto *leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 1, 0);
    leftLayout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 10, 12, 10);
    head->setSpacing(6);
    head->addWidget(makeText(tr("Practice"), FontStyle::BodyStrong, Token::Fg));
    m_count = makeText({}, FontStyle::Body, Token::Fg2);
    head->addWidget(m_count);
    head->addStretch();
    leftLayout->addLayout(head);
    auto *filter = new SearchField(tr("Filter by title or cause"));
    m_filter = filter;
    m_filter->setAccessibleName(tr("Filter rooms"));
    auto *filterBox = new QHBoxLayout;
    filterBox->setContentsMargins(8, 0, 8, 8);
    filterBox->addWidget(m_filter);
    leftLayout->addLayout(filterBox);

    m_model = new RoomModel(this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list = new QListView;
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new RoomDelegate(m_list));
    m_list->setAccessibleName(tr("Rooms"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setBackgroundRole(QPalette::Window);
    m_list->setUniformItemSizes(true);
    leftLayout->addWidget(m_list, 1);

    auto *serverRow = new QHBoxLayout;
    serverRow->setContentsMargins(12, 6, 8, 6);
    m_server = makeText({}, FontStyle::Small, Token::Fg2);
    m_serverButton = new QPushButton;
    m_serverButton->setProperty("compact", true);
    m_serverButton->setFixedHeight(24);
    serverRow->addWidget(m_server, 1);
    serverRow->addWidget(m_serverButton);
    leftLayout->addLayout(serverRow);
    layout->addWidget(left);

    m_scroll = new QScrollArea;
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setAccessibleName(tr("Room"));
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);
    layout->addWidget(m_scroll, 1);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        // The cause is searched as well as the title: the proxy looks at one role, so both are matched here.
        m_proxy->setFilterRole(text.contains(u'-') ? int(RoomModel::CauseRole) : int(Qt::DisplayRole));
        m_proxy->setFilterFixedString(text);
        if (m_proxy->rowCount() > 0 && !m_list->currentIndex().isValid())
            m_list->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(filter, &SearchField::moveDown, this, [this] { m_list->setFocus(Qt::TabFocusReason); });
    connect(filter, &QLineEdit::returnPressed, this, [this] {
        if (m_list->currentIndex().isValid())
            openRoom(currentRoomId());
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { showRoom(); });
    connect(m_list, &QListView::activated, this, [this] { openRoom(currentRoomId()); });
    connect(m_serverButton, &QPushButton::clicked, this, [this] {
        if (m_context.practice->isRunning()) {
            m_context.practice->stop();
            updateServerLine();
        } else {
            ensureRunning();
        }
        loadRooms();
    });
    connect(m_context.practice.get(), &PracticeServer::answered, this, [this](const QString &roomId, int status) {
        if (status != 200)
            return;
        m_model->setSolved(roomId);
        m_count->setText(tr("%1 of %2 solved").arg(m_model->solvedCount()).arg(m_model->rowCount()));
        if (roomId == currentRoomId())
            showRoom();
    });
    connect(&Theme::instance(), &Theme::changed, this, &PracticePage::showRoom);
    updateServerLine();
}

void PracticePage::takeFocus()
{
    m_list->setFocus(Qt::ShortcutFocusReason);
}

QList<Room> PracticePage::rooms() const
{
    if (m_context.practice->isRunning())
        return m_context.practice->rooms();
    const Result<QList<Room>> loaded = realmscope::loadRooms();
    return loaded ? *loaded : QList<Room>();
}

void PracticePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_model->rowCount() == 0)
        loadRooms();
    updateServerLine();
}

QString PracticePage::currentRoomId() const { return m_list->currentIndex().data(RoomModel::IdRole).toString(); }

void PracticePage::loadRooms()
{
    const QString current = currentRoomId();
    const Result<QList<Room>> templates = realmscope::loadRooms();
    if (!templates) {
        Q_EMIT failed(templates.error());
        return;
    }
    m_model->setRooms(rooms());
    m_count->setText(tr("%1 of %2 solved").arg(m_model->solvedCount()).arg(m_model->rowCount()));
    const int row = std::max(0, m_model->rowOf(current));
    m_list->setCurrentIndex(m_proxy->mapFromSource(m_model->index(row)));
    showRoom();
}

bool PracticePage::ensureRunning()
{
    if (!m_context.practice->isRunning()) {
        if (const Result<void> started = m_context.practice->start(); !started) {
            Q_EMIT failed(started.error());
            updateServerLine();
            return false;
        }
    }
    updateServerLine();
    return true;
}

void PracticePage::updateServerLine()
{
    const bool isRunning = m_context.practice->isRunning();
    m_server->setText(isRunning ? tr("Serves on %1").arg(m_context.practice->addresses().value(u"base"_s))
                                : tr("The practice server is stopped"));
    m_serverButton->setText(isRunning ? tr("Stop") : tr("Start"));
    m_serverButton->setAccessibleName(isRunning ? tr("Stop the practice server") : tr("Start the practice server"));
}

void PracticePage::showRoom()
{
    const QString focused = focusedName(m_scroll->widget());
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(24, 20, 24, 24);
    layout->setSpacing(12);
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) {
        layout->addWidget(paragraph(tr("Choose a room: each fails in one known way, and is solved when you get the 200."),
                                    FontStyle::Body, Token::Fg2));
    } else {
        const Room room = m_model->room(m_proxy->mapToSource(index).row());
        auto *title = new QHBoxLayout;
        title->addWidget(paragraph(room.title, FontStyle::Start, Token::Fg), 1);
        auto *open = new QPushButton(tr("Walk in"));
        open->setProperty("kind", u"primary"_s);
        open->setAccessibleName(tr("Walk in: open the failing request"));
        open->setIcon(Theme::instance().icon(u"door-open"_s, Token::OnAcc));
        connect(open, &QPushButton::clicked, this, [this, id = room.id] { openRoom(id); });
        title->addWidget(open, 0, Qt::AlignTop);
        layout->addLayout(title);
        if (index.data(RoomModel::SolvedRole).toBool()) {
            auto *solved = new QHBoxLayout;
            solved->setSpacing(6);
            solved->addWidget(makeIcon(u"circle-check"_s, Token::Good));
            solved->addWidget(makeText(tr("Solved: this room answered 200."), FontStyle::Body, Token::Good));
            solved->addStretch();
            layout->addLayout(solved);
        }
        layout->addWidget(paragraph(room.lesson, FontStyle::Body, Token::Fg2));
        if (!room.credentials.isEmpty()) {
            auto *given = new Section(tr("You are given"));
            given->addRow()->addWidget(paragraph(room.credentials, FontStyle::Code, Token::Fg), 1);
            layout->addWidget(given);
        }
        auto *request = new Section(room.cause == "accepted"_L1 ? tr("The request") : tr("The request that fails"));
        request->addRow()->addWidget(paragraph(shellQuoted(room.curl), FontStyle::Code, Token::Fg), 1);
        layout->addWidget(request);
        if (m_hintShownFor == room.id) {
            auto *hint = new Section(tr("Hint"), room.cause);
            hint->addRow()->addWidget(paragraph(room.hint, FontStyle::Body, Token::Fg), 1);
            hint->addRow()->addWidget(paragraph(shellQuoted(room.fixed), FontStyle::Code, Token::Fg), 1);
            layout->addWidget(hint);
        } else {
            auto *show = new QPushButton(tr("Show the hint"));
            show->setProperty("kind", u"flat"_s);
            show->setIcon(Theme::instance().icon(u"eye"_s, Token::Fg2));
            show->setAccessibleName(tr("Show the hint"));
            connect(show, &QPushButton::clicked, this, [this, id = room.id] {
                m_hintShownFor = id;
                showRoom();
            });
            layout->addWidget(show, 0, Qt::AlignLeft);
        }
    }
    layout->addStretch();
    content->setMaximumWidth(860);
    if (QWidget *old = m_scroll->takeWidget())
        old->deleteLater();
    m_scroll->setWidget(content);
    setTabOrderByLayout(window());
    if (!focused.isNull() && !focusNamed(content, focused))
        m_scroll->setFocus(Qt::OtherFocusReason);
}

void PracticePage::openRoom(const QString &roomId)
{
    if (!ensureRunning())
        return;
    const QList<Room> running = m_context.practice->rooms();
    const auto it = std::ranges::find_if(running, [&](const Room &room) { return room.id == roomId; });
    if (it == running.end()) {
        Q_EMIT failed({ErrorCode::InvalidInput, tr("there is no practice room called %1").arg(roomId), {},
                       tr("Choose one from the list.")});
        return;
    }
    const Room room = *it;
    const Result<CurlCommand> command = parseCurl(room.curl);
    if (!command) {
        Q_EMIT failed(command.error());
        return;
    }
    CurlCommand named = *command;
    named.spec.name = room.title;
    named.spec.settings.useCookies = command->cookies != nullptr; // as curl would do it
    // The credentials of a room are no secrets; they live for this run.
    importCurl(m_context, named, {tr("practice: %1").arg(room.id), SecretPlace::Memory, true}, this,
               [this, room](const Result<RequestSpec> &spec) {
                   if (spec)
                       Q_EMIT roomOpened(room, *spec);
                   else
                       Q_EMIT failed(spec.error());
               });
    loadRooms();
}

} // namespace realmscope
