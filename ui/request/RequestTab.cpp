// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestTab.h"

#include "app/base/Encoding.h"
#include "ui/history/HistoryBar.h"
#include "ui/request/RequestEditor.h"
#include "ui/request/UrlEdit.h"
#include "ui/request/UrlRow.h"
#include "ui/response/BrowserBar.h"
#include "ui/response/RefusalBanner.h"
#include "ui/response/ResponseView.h"
#include "ui/response/TraceStrip.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/FlatTable.h"
#include "ui/widgets/NoticeBar.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtGui/QStandardItemModel>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

RequestTab::RequestTab(AppContext &context, QWidget *parent)
    : QWidget(parent), m_session(new RequestSession(context, this)), m_urlRow(new UrlRow(*m_session, this)),
      m_editor(new RequestEditor(*m_session)), m_splitter(new QSplitter(Qt::Vertical, this)),
      m_strip(new TraceStrip(*m_session)), m_banner(new RefusalBanner(*m_session)),
      m_response(new ResponseView(*m_session))
{
    auto *lower = new QWidget;
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->setSpacing(0);
    lowerLayout->addWidget(m_strip);
    lowerLayout->addWidget(new BrowserBar(*m_session));
    lowerLayout->addWidget(new HistoryBar(*m_session));
    lowerLayout->addWidget(m_banner);
    lowerLayout->addWidget(m_response, 1);
    m_editor->setMinimumHeight(96);
    lower->setMinimumHeight(180);
    m_splitter->addWidget(m_editor);
    m_splitter->addWidget(lower);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 2);
    m_splitter->setStretchFactor(1, 3);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_urlRow);
    m_fileBar = new NoticeBar(this);
    m_fileBar->setObjectName(u"fileState"_s);
    m_keep = m_fileBar->addButton(tr("Keep mine"));
    m_take = m_fileBar->addButton(tr("Take theirs"));
    m_compare = m_fileBar->addButton(tr("See the difference"));
    m_compare->setCheckable(true);
    m_restore = m_fileBar->addButton(tr("Save it again"));
    layout->addWidget(m_fileBar);
    m_differenceRows = new QStandardItemModel(this);
    m_differences = new FlatTable(tr("Differences"), this);
    m_differences->setModel(m_differenceRows);
    m_differences->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_differences->hide();
    layout->addWidget(m_differences);
    m_notes = new NoticeBar(this);
    m_notes->setObjectName(u"notes"_s);
    m_notes->setClosable(true);
    layout->addWidget(m_notes);
    layout->addWidget(m_splitter, 1);

    connect(m_session, &RequestSession::specChanged, this, &RequestTab::titleChanged);
    connect(m_session, &RequestSession::specChanged, this, &RequestTab::refreshNotes);
    connect(m_session, &RequestSession::fileStateChanged, this, &RequestTab::refreshFileState);
    connect(m_fileBar, &NoticeBar::closed, m_session, &RequestSession::forgetFileState);
    connect(m_keep, &QPushButton::clicked, m_session, &RequestSession::keepMine);
    connect(m_take, &QPushButton::clicked, m_session, &RequestSession::takeTheirs);
    connect(m_restore, &QPushButton::clicked, this, &RequestTab::saveRequested);
    connect(m_compare, &QPushButton::toggled, this, [this](bool isShown) {
        m_differences->setVisible(isShown);
        if (isShown)
            m_differences->setFocus(Qt::OtherFocusReason);
    });
    connect(m_notes, &NoticeBar::closed, this, [this] { m_closedNotes = m_notes->accessibleDescription(); });
    connect(m_editor, &RequestEditor::folderSettingsRequested, this, &RequestTab::folderSettingsRequested);
    connect(m_banner, &RefusalBanner::placeRequested, this, &RequestTab::showUse);
    connect(m_banner, &RefusalBanner::requestWanted, this, &RequestTab::requestWanted);
    connect(m_session, &RequestSession::fileChanged, this, &RequestTab::titleChanged);
    connect(m_session, &RequestSession::credentialNeeded, this, &RequestTab::editProfileRequested);
    connect(m_banner, &RefusalBanner::troubleshootRequested, this, &RequestTab::troubleshootRequested);
    connect(m_banner, &RefusalBanner::editProfileRequested, this, &RequestTab::editProfileRequested);
    connect(m_banner, &RefusalBanner::urlEditRequested, this, &RequestTab::focusUrl);
    connect(m_urlRow, &UrlRow::editProfileRequested, this, &RequestTab::editProfileRequested);
    connect(m_urlRow, &UrlRow::newProfileRequested, this, &RequestTab::newProfileRequested);
    connect(m_editor, &RequestEditor::editProfileRequested, this, &RequestTab::editProfileRequested);
    connect(m_editor, &RequestEditor::newProfileRequested, this, &RequestTab::newProfileRequested);
    connect(m_response, &ResponseView::cookieManagerRequested, this, &RequestTab::cookieManagerRequested);
    connect(m_strip, &TraceStrip::editorRequested, this, [this] { setEditorShown(true); });
    connect(m_editor, &RequestEditor::contentHeightChanged, this, &RequestTab::fitEditor);
    connect(m_session, &RequestSession::stateChanged, this, &RequestTab::fitEditor);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_isSplitByHand = true; });
    connect(m_response, &ResponseView::sendRequested, m_session, &RequestSession::send);

    const auto addShortcut = [this](const QKeySequence &keys, auto &&action, Qt::ShortcutContext where = Qt::WidgetWithChildrenShortcut) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(where);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    // Send works from the sidebar and the troubleshooter too; only the tab that is seen hears it.
    addShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { m_session->send(); }, Qt::WindowShortcut);
    addShortcut(QKeySequence(Qt::CTRL | Qt::Key_Enter), [this] { m_session->send(); }, Qt::WindowShortcut);
    addShortcut(QKeySequence(Qt::ALT | Qt::Key_Left), [this] { m_strip->selectNext(-1); });
    addShortcut(QKeySequence(Qt::ALT | Qt::Key_Right), [this] { m_strip->selectNext(1); });
    addShortcut(QKeySequence(QKeySequence::Find), [this] { m_response->startSearch(); });
}

void RequestTab::showUse(const UnresolvedUse &use)
{
    using Part = UnresolvedUse::Part;
    if (use.part == Part::Method || use.part == Part::Url) {
        m_urlRow->showUse(use);
        return;
    }
    setEditorShown(true);
    m_editor->showUse(use);
}

void RequestTab::refreshFileState()
{
    using Kind = FileState::Kind;
    const FileState &state = m_session->fileState();
    const bool isConflict = state.kind == Kind::Conflict;
    for (QPushButton *button : {m_keep, m_take, m_compare})
        button->setVisible(isConflict);
    m_restore->setVisible(state.kind == Kind::Removed);
    m_fileBar->setClosable(state.kind == Kind::Taken || state.kind == Kind::Merged);
    m_compare->setChecked(false);
    m_differenceRows->clear();
    m_differenceRows->setHorizontalHeaderLabels({tr("Field"), tr("Mine"), tr("In the file")});
    constexpr int fieldWidth = 200;
    m_differences->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
    m_differences->horizontalHeader()->resizeSection(0, fieldWidth);
    const Redactor &redactor = m_session->redactor();
    for (const MergeConflict &conflict : state.conflicts) {
        const auto shown = [&](const QString &text) {
            if (text.isEmpty())
                return tr("not there");
            const QString name = conflict.field.section(u' ', 1);
            return conflict.isSecret ? displayText(redactor.headerValue(name.toUtf8(), text.toUtf8())) : redactor.text(text);
        };
        QList<QStandardItem *> row{new QStandardItem(conflict.field), new QStandardItem(shown(conflict.mine)), new QStandardItem(shown(conflict.theirs))};
        for (QStandardItem *item : std::as_const(row))
            item->setToolTip(u"<qt><pre>%1</pre></qt>"_s.arg(item->text().toHtmlEscaped()));
        for (QStandardItem *item : {row.at(1), row.at(2)})
            item->setFont(Theme::font(FontStyle::Code));
        m_differenceRows->appendRow(row);
    }
    constexpr int rowHeight = 28;
    m_differences->setFixedHeight(24 + rowHeight * std::clamp(static_cast<int>(state.conflicts.size()), 1, 6));
    QStringList fields;
    for (const MergeConflict &conflict : state.conflicts)
        fields << conflict.field;
    const QString file = m_session->filePath();
    switch (state.kind) {
    case Kind::Same:
        m_fileBar->hide();
        break;
    case Kind::Taken:
        m_fileBar->say(NoticeBar::Tone::Info, u"refresh-cw"_s, tr("%1 was changed by another program: this is the new text.").arg(file),
                       tr("Changed: %1").arg(state.taken.join(u", "_s)));
        break;
    case Kind::Merged:
        m_fileBar->say(NoticeBar::Tone::Info, u"git-compare"_s, tr("%1 was changed by another program: its changes are taken in, yours are kept.").arg(file),
                       tr("Changed there: %1").arg(state.taken.join(u", "_s)));
        break;
    case Kind::Conflict:
        m_fileBar->say(NoticeBar::Tone::Warn, u"triangle-alert"_s, tr("Another program changed the same in %1: %2.").arg(file, fields.join(u", "_s)));
        break;
    case Kind::Removed:
        m_fileBar->say(NoticeBar::Tone::Warn, u"file-x"_s, tr("%1 is gone: another program removed it. This tab has its text.").arg(file));
        break;
    case Kind::Unreadable:
        m_fileBar->say(NoticeBar::Tone::Warn, u"triangle-alert"_s, tr("%1 can't be read any more. This tab keeps its text.").arg(file), state.problem);
        break;
    }
}

void RequestTab::refreshNotes()
{
    QStringList lines;
    for (const HttpFileNote &note : m_session->fileNotes())
        lines << tr("Line %1: %2").arg(note.line).arg(note.text);
    const QString all = lines.join(u'\n');
    if (lines.isEmpty() || all == m_closedNotes) {
        m_notes->hide();
        return;
    }
    m_notes->say(NoticeBar::Tone::Info, u"info"_s,
                 lines.size() == 1 ? lines.first() : tr("%1 parts of this file are not carried out. %2").arg(lines.size()).arg(lines.first()), all);
}

// The editor gets what its rows need and no more, so that the response has the rest.
void RequestTab::fitEditor()
{
    if (m_isSplitByHand || m_splitter->height() < 1)
        return;
    const int room = m_splitter->height();
    const int upper = std::clamp(m_editor->contentHeight(), 180, std::max(180, room * 45 / 100));
    m_splitter->setSizes({upper, room - upper});
}

void RequestTab::setEditorShown(bool shown)
{
    m_editor->setVisible(shown);
    m_strip->setEditorShown(shown);
    if (shown)
        fitEditor();
}

void RequestTab::toggleEditor()
{
    // Without a trace there is no strip to bring it back from.
    setEditorShown(!m_editor->isVisible() || !m_strip->isVisible());
}

void RequestTab::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitEditor();
}

void RequestTab::focusUrl()
{
    m_urlRow->focusUrl();
}

void RequestTab::focusProfile()
{
    m_urlRow->focusProfile();
}

void RequestTab::applyBannerFix()
{
    m_banner->applyFix();
}

void RequestTab::toggleDiff()
{
    m_response->toggleDiff();
}

void RequestTab::keyPressEvent(QKeyEvent *event)
{
    const bool isBusy = m_session->state() == RequestSession::State::Sending || m_session->isProbing();
    if (event->key() == Qt::Key_Escape && isBusy)
        m_session->cancel();
    else
        QWidget::keyPressEvent(event);
}

void RequestTab::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::instance().color(Token::Surf));
}

} // namespace realmscope
