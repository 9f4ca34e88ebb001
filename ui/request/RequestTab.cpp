// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestTab.h"

#include "ui/request/RequestEditor.h"
#include "ui/request/UrlEdit.h"
#include "ui/request/UrlRow.h"
#include "ui/response/BrowserBar.h"
#include "ui/response/RefusalBanner.h"
#include "ui/response/ResponseView.h"
#include "ui/response/TraceStrip.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/NoticeBar.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
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
    m_notes = new NoticeBar(this);
    m_notes->setClosable(true);
    layout->addWidget(m_notes);
    layout->addWidget(m_splitter, 1);

    connect(m_session, &RequestSession::specChanged, this, &RequestTab::titleChanged);
    connect(m_session, &RequestSession::specChanged, this, &RequestTab::refreshNotes);
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
