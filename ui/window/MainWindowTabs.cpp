// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/ProfileUses.h"
#include "app/workspace/WorkspaceWatcher.h"
#include "ui/credentials/CredentialsPage.h"
#include "ui/request/RequestTab.h"
#include "ui/start/PastedRequest.h"
#include "ui/start/StartPage.h"
#include "ui/troubleshooter/TroubleshooterPanel.h"
#include "ui/widgets/TabOrder.h"
#include "ui/window/FolderDialog.h"
#include "ui/window/MainWindow.h"
#include "ui/window/MessageBar.h"
#include "ui/window/NameDialog.h"
#include "ui/window/Sidebar.h"
#include "ui/window/TabStrip.h"

#include <QtCore/QUrl>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int rememberedClosed = 10;

// What a request is called while it has no name: what it asks for.
QString titleOf(const RequestSpec &spec)
{
    if (!spec.name.trimmed().isEmpty())
        return spec.name;
    if (spec.url.trimmed().isEmpty())
        return MainWindow::tr("New request");
    QString rest = spec.url;
    if (const qsizetype scheme = rest.indexOf("://"_L1); scheme >= 0)
        rest = rest.sliced(scheme + 3);
    rest = rest.section(u'?', 0, 0).section(u'#', 0, 0);
    if (const qsizetype user = rest.indexOf(u'@'); user >= 0 && user < rest.indexOf(u'/'))
        rest = rest.sliced(user + 1); // never a password in a title
    return rest;
}

std::optional<RequestPlace> placeNamed(const WorkspaceEntry &folder, const QString &name)
{
    for (const WorkspaceEntry &entry : folder.children) {
        if (entry.isFolder) {
            if (const std::optional<RequestPlace> found = placeNamed(entry, name))
                return found;
        } else if (entry.name == name) {
            return RequestPlace{entry.path, entry.requestIndex};
        }
    }
    return std::nullopt;
}

} // namespace

RequestTab *MainWindow::currentTab() const
{
    return qobject_cast<RequestTab *>(m_pages->currentWidget());
}

QList<RequestTab *> MainWindow::requestTabs() const
{
    QList<RequestTab *> tabs;
    for (QWidget *page : m_pageOfTab) {
        if (auto *tab = qobject_cast<RequestTab *>(page))
            tabs.append(tab);
    }
    return tabs;
}

int MainWindow::indexOf(const RequestTab *tab) const
{
    return static_cast<int>(m_pageOfTab.indexOf(tab));
}

void MainWindow::showStart()
{
    showPlace(Place::Requests);
    qsizetype index = m_pageOfTab.indexOf(m_start);
    if (index < 0) {
        m_pageOfTab.append(m_start);
        index = m_tabs->addTab(QString());
        m_tabs->setTab(static_cast<int>(index), {}, tr("Start"), false);
    }
    m_tabs->setCurrentIndex(static_cast<int>(index));
    tabChanged();
    m_start->focusField();
}

RequestTab *MainWindow::addTab()
{
    auto *tab = new RequestTab(m_context, this);
    RequestSession *session = tab->session();
    connect(tab, &RequestTab::titleChanged, this, [this, tab] { updateTab(tab); });
    connect(tab, &RequestTab::troubleshootRequested, this, [this] { setTroubleshooterShown(true); });
    connect(tab, &RequestTab::editProfileRequested, this, [this](const QString &name, const QString &field) {
        showPlace(Place::Credentials);
        m_credentials->editProfile(name, field);
    });
    connect(tab, &RequestTab::newProfileRequested, this, [this, session] {
        const std::optional<Origin> origin = session->origin();
        showPlace(Place::Credentials);
        m_credentials->createProfile(origin ? origin->toString() : QString());
    });
    connect(tab, &RequestTab::saveRequested, this, &MainWindow::save);
    connect(tab->session(), &RequestSession::fileChanged, this, &MainWindow::watchOpenFiles);
    connect(tab, &RequestTab::folderSettingsRequested, this, &MainWindow::showFolderSettings);
    connect(tab, &RequestTab::requestWanted, this, &MainWindow::openNamed);
    connect(tab, &RequestTab::cookieManagerRequested, this, [this, session] { showCookies(session); });
    connect(session, &RequestSession::resultChanged, this, [this, tab] { resultChanged(tab); });
    connect(session, &RequestSession::stateChanged, this, &MainWindow::updateStatus);
    connect(session, &RequestSession::fixFailed, m_messages, &MessageBar::showError);
    connect(session, &RequestSession::cookiesFailed, m_messages, &MessageBar::showError);
    m_pages->addWidget(tab);
    m_pageOfTab.append(tab);
    m_tabs->addTab(QString());
    setTabOrderByLayout(this);
    updateTab(tab);
    return tab;
}

RequestTab *MainWindow::openSpec(const RequestSpec &spec)
{
    showPlace(Place::Requests);
    const QString environment = environmentOfNew();
    RequestTab *tab = addTab();
    tab->session()->setEnvironment(environment);
    tab->session()->setSpec(spec);
    // One that was only looked at leaves the start page behind: it takes no tab of its own then.
    if (const qsizetype start = m_pageOfTab.indexOf(m_start); start >= 0 && m_tabs->currentIndex() == start)
        closeTab(static_cast<int>(start));
    m_tabs->setCurrentIndex(indexOf(tab));
    tabChanged();
    tab->focusUrl();
    return tab;
}

void MainWindow::openHistory(const HistoryRecord &record, bool sendAgain)
{
    RequestTab *tab = openSpec(record.spec);
    tab->session()->restore(record);
    if (sendAgain)
        tab->session()->send();
}

// A new tab speaks to the same servers as the one it was opened from; a workspace with one environment needs no choice.
QString MainWindow::environmentOfNew() const
{
    if (const RequestTab *tab = currentTab())
        return tab->session()->environment();
    if (const QList<RequestTab *> tabs = requestTabs(); !tabs.isEmpty())
        return tabs.last()->session()->environment();
    const QStringList names = m_context.workspace->environments().named.keys();
    return names.size() == 1 ? names.first() : QString();
}

void MainWindow::newRequest(const QString &folder)
{
    RequestTab *tab = openSpec(RequestSpec());
    if (!folder.isEmpty())
        m_folderOfNew.insert(tab, folder);
}

void MainWindow::openPlace(const RequestPlace &place)
{
    showPlace(Place::Requests);
    const QList<RequestTab *> tabs = requestTabs();
    for (RequestTab *tab : tabs) {
        if (tab->session()->filePath() == place.path && tab->session()->fileIndex() == place.index) {
            m_tabs->setCurrentIndex(indexOf(tab));
            return;
        }
    }
    const Result<RequestSpec> spec = m_context.workspace->load(place.path, place.index);
    if (!spec) {
        m_messages->showError(spec.error());
        return;
    }
    RequestTab *tab = openSpec(*spec);
    tab->session()->setFile(place.path, place.index);
    updateTab(tab);
    tabChanged();
}

void MainWindow::watchOpenFiles()
{
    QStringList paths;
    for (const RequestTab *tab : requestTabs()) {
        if (!tab->session()->filePath().isEmpty())
            paths << tab->session()->filePath();
    }
    m_watcher->setOpenFiles(paths);
}

void MainWindow::showFolderSettings(const QString &folder)
{
    (new FolderDialog(m_context, folder, environmentOfNew(), this))->open();
}

void MainWindow::openNamed(const QString &name)
{
    for (const RequestTab *tab : requestTabs()) { // one that is not saved yet, too
        if (tab->session()->spec().name == name) {
            m_tabs->setCurrentIndex(indexOf(tab));
            return;
        }
    }
    if (const std::optional<RequestPlace> place = placeNamed(m_context.workspace->tree(), name))
        openPlace(*place);
    else
        m_messages->showNote(tr("There is no request called “%1” in this workspace.").arg(name));
}

void MainWindow::updateTab(RequestTab *tab)
{
    const int index = indexOf(tab);
    if (index < 0)
        return;
    const RequestSpec &spec = tab->session()->spec();
    m_tabs->setTab(index, spec.method, titleOf(spec), tab->session()->isModified());
    if (tab == currentTab())
        updateStatus();
    m_saveTimer.start();
}

void MainWindow::resultChanged(RequestTab *tab)
{
    const RequestSession *session = tab->session();
    const Exchange *final = session->trace().final();
    if (final && !session->filePath().isEmpty() && session->hasResult())
        m_sidebar->model()->setStatus({session->filePath(), session->fileIndex()},
                                      final->response.status);
    if (tab == currentTab())
        updateStatus();
}

void MainWindow::tabChanged()
{
    const int index = m_tabs->currentIndex();
    if (index < 0 || index >= m_pageOfTab.size())
        return;
    m_pages->setCurrentWidget(m_pageOfTab.at(index));
    m_tabs->setClosable(m_pageOfTab.size() > 1 || currentTab());
    RequestTab *tab = currentTab();
    if (tab && !tab->session()->filePath().isEmpty())
        m_sidebar->select({tab->session()->filePath(), tab->session()->fileIndex()});
    else
        m_sidebar->select({});
    if (!tab)
        m_troubleshooterShown = false;
    m_troubleshooter->setSession(tab && m_troubleshooterShown ? tab->session() : nullptr);
    arrange();
    updateStatus();
    m_saveTimer.start();
}

void MainWindow::closeTab(int index)
{
    if (index < 0 || index >= m_pageOfTab.size())
        return;
    QWidget *page = m_pageOfTab.at(index);
    auto *tab = qobject_cast<RequestTab *>(page);
    if (!tab && m_tabs->count() == 1)
        return; // the start page is what is left when all is closed
    if (tab) {
        const bool isModified = tab->session()->isModified();
        m_closed.append(stateOf(tab));
        while (m_closed.size() > rememberedClosed)
            m_closed.removeFirst();
        if (isModified)
            m_messages->showNote(tr("“%1” was closed with changes that are not saved.")
                                     .arg(titleOf(tab->session()->spec())),
                                 tr("Reopen"), [this] { reopenTab(); });
        if (m_troubleshooterShown && tab == currentTab())
            m_troubleshooter->setSession(nullptr);
        m_folderOfNew.remove(tab);
        tab->session()->cancel();
    }
    m_pageOfTab.removeAt(index);
    m_tabs->removeTab(index);
    if (tab) {
        m_pages->removeWidget(tab);
        tab->deleteLater();
    }
    if (m_tabs->count() == 0)
        showStart();
    else
        tabChanged();
    m_saveTimer.start();
}

TabState MainWindow::stateOf(const RequestTab *tab) const
{
    const RequestSession *session = tab->session();
    TabState state;
    if (!session->filePath().isEmpty())
        state.place = RequestPlace{session->filePath(), session->fileIndex()};
    if (session->filePath().isEmpty() || session->isModified())
        state.draft = session->spec();
    state.environment = session->environment();
    return state;
}

void MainWindow::restoreTab(const TabState &state)
{
    std::optional<RequestSpec> saved;
    if (state.place) {
        if (const Result<RequestSpec> loaded = m_context.workspace->load(state.place->path, state.place->index))
            saved = *loaded;
        else if (!state.draft)
            return; // gone from the folder since
    }
    RequestTab *tab = addTab();
    if (saved) {
        tab->session()->setSpec(*saved);
        tab->session()->setFile(state.place->path, state.place->index);
    }
    if (state.draft)
        tab->session()->setSpec(*state.draft);
    if (!state.environment.isEmpty())
        tab->session()->setEnvironment(state.environment);
    updateTab(tab);
}

void MainWindow::reopenTab()
{
    if (m_closed.isEmpty())
        return;
    showPlace(Place::Requests);
    const TabState state = m_closed.takeLast();
    const int before = m_tabs->count();
    restoreTab(state);
    if (m_tabs->count() > before)
        m_tabs->setCurrentIndex(m_tabs->count() - 1);
}

void MainWindow::save()
{
    if (m_place == Place::Credentials)
        m_credentials->save();
    RequestTab *tab = currentTab();
    if (!tab || m_place != Place::Requests)
        return;
    guardSecrets(tab, [this, tab] {
        if (tab->session()->filePath().isEmpty()) {
            saveNamed(tab);
            return;
        }
        const BodyKind before = tab->session()->spec().body.kind;
        if (const Result<void> saved = tab->session()->save(); !saved)
            m_messages->showError(saved.error());
        else
            tellBodyFile(before, tab->session()->spec().body);
    });
}

void MainWindow::tellBodyFile(BodyKind before, const SpecBody &saved)
{
    if (before != BodyKind::File && saved.kind == BodyKind::File)
        m_messages->showNote(tr("The body is kept in %1: in a .http file itself, other programs would read some of its lines as something else.")
                                 .arg(saved.filePath.section(u'/', -1)));
}

void MainWindow::guardSecrets(RequestTab *tab, std::function<void()> next)
{
    const RequestSpec spec = tab->session()->spec();
    const QStringList secrets = plainSecrets(spec);
    if (secrets.isEmpty()) {
        next();
        return;
    }
    CurlCommand command;
    command.spec = spec;
    const bool canLift = spec.profileName.isEmpty() && liftCredential(command);
    auto *box = new QMessageBox(QMessageBox::Warning, tr("A secret in a file"),
                                tr("This request holds a secret in plain text: %1. Files of a workspace are meant to be "
                                   "shared.").arg(secrets.join(tr(" and "))),
                                QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    const QAbstractButton *lift = nullptr;
    if (canLift) {
        QPushButton *button = box->addButton(tr("Move it to a profile, then save"), QMessageBox::AcceptRole);
        box->setDefaultButton(button);
        lift = button;
    }
    const QAbstractButton *keep = box->addButton(tr("Save as written"), QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::buttonClicked, tab, [this, tab, command, lift, keep, next](const QAbstractButton *button) {
        if (button == keep) {
            next();
        } else if (lift && button == lift) {
            importPasted(m_context, command, tab, [this, tab, next](const Result<RequestSpec> &lifted, const QString &remark) {
                if (!lifted) {
                    m_messages->showError(lifted.error());
                    return;
                }
                tab->session()->setSpec(*lifted);
                m_messages->showNote(remark);
                next();
            });
        }
    });
    box->open();
}

void MainWindow::saveNamed(RequestTab *tab)
{
    const RequestSpec &spec = tab->session()->spec();
    auto *dialog = new NameDialog(tr("Save the request"), tr("Save"),
                                  spec.name.isEmpty() ? titleOf(spec) : spec.name,
                                  [this, tab](const QString &name, const QString &folder) -> Result<void> {
                                      RequestSpec named = tab->session()->spec();
                                      const BodyKind before = named.body.kind;
                                      named.name = name;
                                      const Result<QString> path = m_context.workspace->create(folder, named);
                                      if (!path)
                                          return path.error();
                                      tab->session()->setSpec(named);
                                      tab->session()->setFile(*path, 0);
                                      tab->session()->takeSaved();
                                      tellBodyFile(before, tab->session()->spec().body);
                                      m_sidebar->select({*path, 0});
                                      resultChanged(tab);
                                      return {};
                                  },
                                  tab);
    dialog->offerFolders(m_context.workspace->tree(), m_folderOfNew.value(tab));
    dialog->open();
}

void MainWindow::rename(const RequestPlace &place)
{
    const Result<RequestSpec> spec = m_context.workspace->load(place.path, place.index);
    if (!spec) {
        m_messages->showError(spec.error());
        return;
    }
    auto *dialog = new NameDialog(tr("Rename the request"), tr("Rename"), spec->name,
                                  [this, place, old = *spec](const QString &name, const QString &) -> Result<void> {
                                      RequestSpec renamed = old;
                                      renamed.name = name;
                                      Result<void> saved = m_context.workspace->save(place.path, place.index, renamed);
                                      if (!saved)
                                          return saved;
                                      for (RequestTab *tab : requestTabs()) {
                                          RequestSession *session = tab->session();
                                          if (session->filePath() != place.path || session->fileIndex() != place.index)
                                              continue;
                                          RequestSpec edited = session->spec();
                                          edited.name = name;
                                          session->setSpec(renamed); // what the file holds now
                                          session->setFile(place.path, place.index);
                                          session->setSpec(edited);
                                      }
                                      return m_context.workspace->reload();
                                  },
                                  this);
    dialog->open();
}

int MainWindow::tabUses(const QString &profile) const
{
    const QList<RequestTab *> tabs = requestTabs();
    return static_cast<int>(std::ranges::count_if(tabs, [&](const RequestTab *tab) {
        const RequestSession *session = tab->session();
        if (!usesProfile(session->spec(), profile))
            return false;
        if (session->filePath().isEmpty())
            return true;
        const Result<RequestSpec> saved = m_context.workspace->load(session->filePath(), session->fileIndex());
        return !saved || !usesProfile(*saved, profile);
    }));
}

// In the folder's files, in open tabs and in what closed ones keep; an edit that is not saved stays one.
void MainWindow::renameProfileInRequests(const QString &from, const QString &to)
{
    if (const Result<void> written = renameProfileUses(*m_context.workspace, from, to); !written)
        m_messages->showError(written.error());
    for (RequestTab *tab : requestTabs()) {
        RequestSession *session = tab->session();
        RequestSpec edited = session->spec();
        renameProfile(edited, from, to);
        const QString path = session->filePath();
        const Result<RequestSpec> saved = path.isEmpty() ? Result<RequestSpec>(RequestSpec())
                                                         : m_context.workspace->load(path, session->fileIndex());
        if (!path.isEmpty() && saved && usesProfile(*saved, to)) {
            session->setSpec(*saved);
            session->setFile(path, session->fileIndex());
        }
        session->setSpec(edited);
    }
    for (TabState &closed : m_closed) {
        if (closed.draft)
            renameProfile(*closed.draft, from, to);
    }
}

void MainWindow::removeRequest(const RequestPlace &place)
{
    const QModelIndex index = m_sidebar->model()->find(place);
    auto *box = new QMessageBox(QMessageBox::Warning, tr("Delete the request"),
                                tr("Delete “%1” from %2? This cannot be undone here.").arg(index.data().toString(), place.path),
                                QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QPushButton *remove = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, place, remove](const QAbstractButton *button) {
        if (button != remove)
            return;
        if (const Result<void> removed = m_context.workspace->remove(place.path, place.index); !removed) {
            m_messages->showError(removed.error());
            return;
        }
        // Tabs of the same file: the removed request becomes a draft, later ones move up.
        for (RequestTab *tab : requestTabs()) {
            RequestSession *session = tab->session();
            if (session->filePath() != place.path || session->fileIndex() < place.index)
                continue;
            if (session->fileIndex() > place.index) {
                const RequestSpec edited = session->spec();
                if (const Result<RequestSpec> saved = m_context.workspace->load(place.path, session->fileIndex() - 1))
                    session->setSpec(*saved);
                session->setFile(place.path, session->fileIndex() - 1);
                session->setSpec(edited);
            } else {
                session->setFile({}, 0);
            }
            updateTab(tab);
        }
        m_messages->showNote(tr("Deleted."));
    });
    box->open();
}

} // namespace realmscope
