// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/cookies/CookieManager.h"
#include "ui/credentials/CredentialsPage.h"
#include "ui/history/HistoryPage.h"
#include "ui/practice/PracticePage.h"
#include "ui/request/RequestTab.h"
#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/troubleshooter/TroubleshooterPanel.h"
#include "ui/vault/VaultBar.h"
#include "ui/window/CommandPalette.h"
#include "ui/window/MainWindow.h"
#include "ui/window/MessageBar.h"
#include "ui/window/RequestTree.h"
#include "ui/window/Sidebar.h"
#include "ui/window/TabStrip.h"

#include <QtGui/QAction>
#include <QtGui/QActionGroup>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QStackedWidget>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void collectRequests(const WorkspaceEntry &folder, const std::function<void(const WorkspaceEntry &)> &take)
{
    for (const WorkspaceEntry &entry : folder.children) {
        if (entry.isFolder)
            collectRequests(entry, take);
        else if (entry.problem.isEmpty())
            take(entry);
    }
}

QString plainText(const QAction *action)
{
    return QString(action->text()).remove(u'…');
}

} // namespace

QAction *MainWindow::addCommand(const QString &text, const QString &icon, const QList<QKeySequence> &keys,
                                std::function<void()> run)
{
    auto *action = new QAction(Theme::instance().icon(icon), text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    action->setData(icon);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    addAction(action);
    m_actions.append(action);
    return action;
}

void MainWindow::makeActions()
{
    using Keys = QList<QKeySequence>;
    const auto onTab = [this](auto work) {
        return [this, work] {
            if (RequestTab *tab = currentTab(); tab && m_place == Place::Requests)
                work(tab);
        };
    };
    // Ctrl+Return belongs to the request tab, which has it also while a table cell is edited; here it is only named.
    QAction *send = addCommand(tr("Send the request"), u"send"_s, {}, onTab([](RequestTab *tab) { tab->session()->send(); }));
    send->setProperty("keys", u"Ctrl+Return"_s);
    QAction *stop = addCommand(tr("Stop sending"), u"ban"_s, {}, onTab([](RequestTab *tab) { tab->session()->cancel(); }));
    stop->setProperty("keys", u"Esc"_s);
    addCommand(tr("Troubleshoot this answer"), u"list-checks"_s, Keys{QKeySequence(u"Ctrl+Shift+D"_s)}, [this] {
        if (m_place == Place::Requests)
            setTroubleshooterShown(!m_troubleshooterShown);
    });
    addCommand(tr("Apply the fix and send again"), u"refresh-cw"_s,
               Keys{QKeySequence(u"Ctrl+Shift+Return"_s), QKeySequence(u"Ctrl+Shift+Enter"_s)},
               onTab([](RequestTab *tab) { tab->applyBannerFix(); }));
    addCommand(tr("Diff with the previous attempt"), u"git-compare"_s, Keys{QKeySequence(u"Ctrl+D"_s)},
               onTab([](RequestTab *tab) { tab->toggleDiff(); }));
    addCommand(tr("Copy the sanitised report"), u"clipboard"_s, {}, onTab([this](RequestTab *tab) {
        if (!tab->session()->hasResult()) {
            m_messages->showNote(tr("There is no answer to report yet: send the request first."));
            return;
        }
        QGuiApplication::clipboard()->setText(tab->session()->reportMarkdown());
        m_messages->showNote(tr("The report is on the clipboard. Secrets in it are masked."));
    }));
    addCommand(tr("Save the sanitised report…"), u"download"_s, {}, onTab([this](RequestTab *) { chooseReportFile(); }));
    addCommand(tr("Go to the URL"), u"globe"_s, Keys{QKeySequence(u"Ctrl+L"_s)}, [this] {
        showPlace(Place::Requests);
        if (RequestTab *tab = currentTab())
            tab->focusUrl();
    });
    addCommand(tr("Choose the credential profile"), u"key-round"_s, Keys{QKeySequence(u"Ctrl+E"_s)},
               onTab([](RequestTab *tab) { tab->focusProfile(); }));
    addCommand(tr("Manage cookies…"), u"cookie"_s, Keys{QKeySequence(u"Ctrl+Shift+K"_s)}, [this] {
        if (RequestTab *tab = currentTab())
            showCookies(tab->session());
        else
            m_messages->showNote(tr("Open a request first: each environment has a cookie jar of its own."));
    });
    addCommand(tr("New request"), u"file-plus"_s, Keys{QKeySequence(u"Ctrl+N"_s)}, [this] { newRequest({}); });
    addCommand(tr("Paste a request: start page"), u"clipboard-paste"_s, Keys{QKeySequence(u"Ctrl+T"_s)},
               [this] { showStart(); });
    addCommand(tr("Save"), u"save"_s, Keys{QKeySequence(u"Ctrl+S"_s)}, [this] { save(); });
    addCommand(tr("Close the tab"), u"x"_s, Keys{QKeySequence(u"Ctrl+W"_s)}, [this] {
        if (m_place == Place::Requests)
            closeTab(m_tabs->currentIndex());
    });
    addCommand(tr("Reopen the closed tab"), u"undo-2"_s, Keys{QKeySequence(u"Ctrl+Shift+T"_s)}, [this] { reopenTab(); });
    addCommand(tr("Open a folder…"), u"folder-open"_s, Keys{QKeySequence(u"Ctrl+O"_s)}, [this] { chooseFolder(); });
    addCommand(tr("Settings of the workspace: profile, headers, variables…"), u"settings-2"_s, {}, [this] { showFolderSettings({}); });
    addCommand(tr("Settings of this request’s folder…"), u"folder"_s, {}, onTab([this](RequestTab *tab) {
        const QString path = tab->session()->filePath();
        showFolderSettings(path.contains(u'/') ? path.section(u'/', 0, -2) : QString());
    }));
    addCommand(tr("Show or hide the sidebar"), u"panel-left"_s, Keys{QKeySequence(u"Ctrl+B"_s)},
               [this] { setSidebarShown(!m_sidebar->isVisible()); });
    addCommand(tr("Filter requests"), u"search"_s, Keys{QKeySequence(u"Ctrl+Shift+F"_s)}, [this] {
        setSidebarShown(true);
        m_sidebar->focusFilter();
    });
    addCommand(tr("Fold or unfold the request editor"), u"chevrons-up-down"_s, Keys{QKeySequence(u"Ctrl+Shift+E"_s)},
               onTab([](RequestTab *tab) { tab->toggleEditor(); }));
    addCommand(tr("Requests"), u"folder-tree"_s, Keys{QKeySequence(placeKeys(Place::Requests))}, [this] { showPlace(Place::Requests); });
    addCommand(tr("Credentials"), u"key-round"_s, Keys{QKeySequence(placeKeys(Place::Credentials))}, [this] { showPlace(Place::Credentials); });
    addCommand(tr("History"), u"history"_s, Keys{QKeySequence(placeKeys(Place::History))}, [this] { showPlace(Place::History); });
    addCommand(tr("Search the history"), u"search"_s, {}, [this] {
        showPlace(Place::History);
        m_history->focusSearch();
    });
    addCommand(tr("Clear the history"), u"trash-2"_s, {}, [this] {
        showPlace(Place::History);
        m_history->removeAll();
    });
    addCommand(tr("Practice"), u"flask-conical"_s, Keys{QKeySequence(placeKeys(Place::Practice))}, [this] { showPlace(Place::Practice); });
    addCommand(tr("New credential profile"), u"plus"_s, {}, [this] {
        showPlace(Place::Credentials);
        m_credentials->createProfile();
    });
    addCommand(tr("Lock the vault"), u"lock"_s, Keys{QKeySequence(u"Ctrl+Shift+L"_s)}, [this] { lockVault(); });
    addCommand(tr("Unlock the vault"), u"lock-open"_s, {}, [this] {
        if (m_context.vault->state() == VaultState::Locked)
            m_vaultBar->ask();
        else if (m_context.vault->state() == VaultState::NoFile)
            createVault();
        else
            m_messages->showNote(tr("The vault is unlocked."));
    });
    addCommand(tr("Encrypted vault…"), u"file-key"_s, {}, [this] { showVault(); });
    addCommand(tr("Light theme"), u"sun"_s, {}, [this] { Q_EMIT themeChosen(ThemeMode::Light); });
    addCommand(tr("Dark theme"), u"moon"_s, {}, [this] { Q_EMIT themeChosen(ThemeMode::Dark); });
    addCommand(tr("Theme of the system"), u"monitor"_s, {}, [this] { Q_EMIT themeChosen(ThemeMode::System); });
    addCommand(tr("Next pane"), u"columns-2"_s, Keys{QKeySequence(u"F6"_s)}, [this] { movePane(1); });
    addCommand(tr("Previous pane"), u"columns-2"_s, Keys{QKeySequence(u"Shift+F6"_s)}, [this] { movePane(-1); });
    addCommand(tr("Keyboard shortcuts"), u"keyboard"_s, Keys{QKeySequence(u"F1"_s)}, [this] { showKeys(); });
    addCommand(tr("About Realmscope"), u"info"_s, {}, [this] { showAbout(); });
    addCommand(tr("Quit"), u"log-out"_s, Keys{QKeySequence(u"Ctrl+Q"_s)}, [this] { close(); });

    auto *paletteAction = new QAction(tr("Command palette"), this);
    paletteAction->setShortcut(QKeySequence(u"Ctrl+K"_s));
    connect(paletteAction, &QAction::triggered, this, [this] { m_palette->open(commands()); });
    addAction(paletteAction);
    for (int number = 1; number <= 9; ++number) {
        auto *action = new QAction(this);
        action->setShortcut(QKeySequence(u"Ctrl+%1"_s.arg(number)));
        connect(action, &QAction::triggered, this, [this, number] {
            showPlace(Place::Requests);
            // As in browsers, 9 is the last one.
            const int index = number == 9 ? m_tabs->count() - 1 : number - 1;
            if (index < m_tabs->count())
                m_tabs->setCurrentIndex(index);
        });
        addAction(action);
    }
}

void MainWindow::makeMenus()
{
    auto *help = new QMenu(this);
    auto *settings = new QMenu(this);
    const auto find = [this](const QString &text) {
        const auto it = std::ranges::find_if(m_actions, [&](const QAction *action) { return action->text() == text; });
        Q_ASSERT(it != m_actions.end());
        return *it;
    };
    help->addAction(tr("Command palette\tCtrl+K"), this, [this] { m_palette->open(commands()); });
    help->addAction(find(tr("Keyboard shortcuts")));
    help->addAction(tr("Practice range"), this, [this] { showPlace(Place::Practice); });
    help->addSeparator();
    help->addAction(find(tr("About Realmscope")));
    auto *themes = new QActionGroup(settings);
    const std::array<std::pair<ThemeMode, QString>, 3> modes{{{ThemeMode::System, tr("Theme of the system")},
                                                              {ThemeMode::Light, tr("Light theme")},
                                                              {ThemeMode::Dark, tr("Dark theme")}}};
    for (const auto &[mode, text] : modes) {
        QAction *action = settings->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(mode));
        themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = mode] { Q_EMIT themeChosen(chosen); });
    }
    settings->addSeparator();
    settings->addAction(find(tr("Encrypted vault…")));
    QAction *keeping = settings->addAction(tr("Keep a history"));
    keeping->setCheckable(true);
    connect(keeping, &QAction::triggered, this, &MainWindow::setHistoryKeeping);
    connect(settings, &QMenu::aboutToShow, keeping, [this, keeping] {
        keeping->setEnabled(m_context.history != nullptr);
        keeping->setChecked(m_context.history && m_context.history->isKeeping());
    });
    settings->addAction(find(tr("Show or hide the sidebar")));
    settings->addAction(find(tr("Open a folder…")));
    connect(settings, &QMenu::aboutToShow, settings, [themes] {
        const auto actions = themes->actions();
        for (QAction *action : actions)
            action->setChecked(action->data().toInt() == static_cast<int>(Theme::instance().mode()));
    });
    m_rail->setHelpMenu(help);
    m_rail->setSettingsMenu(settings);
}

QList<Command> MainWindow::commands() const
{
    QList<Command> list;
    for (QAction *action : m_actions) {
        const QString keys = action->shortcut().isEmpty() ? action->property("keys").toString()
                                                          : action->shortcut().toString(QKeySequence::NativeText);
        list.append({action->data().toString(), plainText(action), keys, {}, [action] { action->trigger(); }});
    }
    auto *self = const_cast<MainWindow *>(this); // the commands act on it later
    collectRequests(m_context.workspace->tree(), [&](const WorkspaceEntry &entry) {
        list.append({u"file-text"_s, u"%1 %2"_s.arg(entry.method, entry.name), tr("request"), entry.path,
                     [self, place = RequestPlace{entry.path, entry.requestIndex}] { self->openPlace(place); }});
    });
    for (const CredentialProfile &profile : m_context.profiles->profiles()) {
        list.append({u"key-round"_s, tr("Use %1 for this request").arg(profile.name), tr("profile"), profile.schemeId,
                     [self, name = profile.name] {
                         if (RequestTab *tab = self->currentTab()) {
                             RequestSpec spec = tab->session()->spec();
                             spec.profileName = name;
                             tab->session()->setSpec(spec);
                             self->showPlace(Place::Requests);
                         } else {
                             self->showPlace(Place::Credentials);
                             self->credentialsPage()->editProfile(name);
                         }
                     }});
        list.append({u"pencil"_s, tr("Edit profile %1").arg(profile.name), tr("profile"), profile.schemeId,
                     [self, name = profile.name] {
                         self->showPlace(Place::Credentials);
                         self->credentialsPage()->editProfile(name);
                     }});
    }
    const QList<Room> rooms = m_practice->rooms();
    for (const Room &room : rooms)
        list.append({u"door-open"_s, room.title, tr("room"), room.id + u' ' + room.cause,
                     [self, id = room.id] { self->openRoom(id); }});
    return list;
}

void MainWindow::movePane(int step)
{
    QList<QWidget *> panes{m_rail};
    if (m_place == Place::Requests) {
        if (m_sidebar->isVisible())
            panes.append(m_sidebar->tree()->isVisible() ? static_cast<QWidget *>(m_sidebar->tree()) : m_sidebar);
        panes.append(m_tabs);
        if (RequestTab *tab = currentTab())
            panes.append(tab->findChildren<QWidget *>(u"pane"_s)); // a tab may name its own
        panes.append(m_pages);
        if (m_troubleshooter->isVisible())
            panes.append(m_troubleshooter);
    } else {
        panes.append(m_places->currentWidget());
    }
    if (m_vaultBar->isVisible())
        panes.append(m_vaultBar);
    if (m_messages->isVisible())
        panes.append(m_messages);
    panes.append(statusWidget());
    int current = 0;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (paint::hasFocusInside(panes.at(i)))
            current = static_cast<int>(i);
    }
    for (int tried = 1; tried <= panes.size(); ++tried) {
        const auto count = static_cast<int>(panes.size());
        QWidget *pane = panes.at((current + step * tried + count * tried) % count);
        if (pane == m_pages && currentTab()) {
            currentTab()->focusUrl();
            setAttribute(Qt::WA_KeyboardFocusChange);
            return;
        }
        QWidget *target = pane->focusPolicy() & Qt::TabFocus ? pane : nullptr;
        const auto children = pane->findChildren<QWidget *>();
        for (QWidget *child : children) {
            if (target)
                break;
            if ((child->focusPolicy() & Qt::TabFocus) && child->isVisible() && child->isEnabled())
                target = child;
        }
        if (target) {
            target->setFocus(Qt::TabFocusReason);
            setAttribute(Qt::WA_KeyboardFocusChange);
            return;
        }
    }
}

void MainWindow::showCookies(RequestSession *session)
{
    if (session->cookieJar())
        (new CookieManager(*session, this))->open();
}

void MainWindow::showKeys()
{
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keyboard shortcuts"));
    auto *grid = new QGridLayout(dialog);
    grid->setContentsMargins(24, 20, 24, 20);
    grid->setHorizontalSpacing(24);
    grid->setVerticalSpacing(6);
    grid->addWidget(makeText(tr("Keyboard shortcuts"), FontStyle::Title, Token::Fg), 0, 0, 1, 4);
    QList<std::pair<QString, QString>> rows;
    for (const QAction *action : std::as_const(m_actions)) {
        const QString keys = action->shortcut().isEmpty() ? action->property("keys").toString()
                                                          : action->shortcut().toString(QKeySequence::NativeText);
        if (!keys.isEmpty())
            rows.append({keys, plainText(action)});
    }
    rows.append({u"Ctrl+K"_s, tr("Command palette")});
    rows.append({u"Ctrl+1 … Ctrl+9"_s, tr("Tab by number")});
    rows.append({u"Alt+Left, Alt+Right"_s, tr("Previous, next exchange of the trace")});
    rows.append({u"Ctrl+F"_s, tr("Search in the answer")});
    rows.append({u"Alt+R"_s, tr("Show or hide the secret of a field")});
    const qsizetype half = (rows.size() + 1) / 2;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const int row = 1 + static_cast<int>(i % half);
        const int column = i < half ? 0 : 2;
        grid->addWidget(makeText(rows.at(i).first, FontStyle::Code, Token::Fg2), row, column);
        grid->addWidget(makeText(rows.at(i).second, FontStyle::Body, Token::Fg), row, column + 1);
    }
    dialog->open();
}

void MainWindow::showAbout()
{
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Realmscope"));
    box->setTextFormat(Qt::PlainText);
    box->setText(tr("Realmscope %1").arg(QStringLiteral(REALMSCOPE_VERSION)));
    box->setInformativeText(tr("A client for testing and debugging HTTP authentication.\nApache License 2.0.\n\n"
                               "Icons: Lucide (ISC). Fonts: Inter and JetBrains Mono (SIL Open Font License 1.1).\n"
                               "Built with Qt %1.").arg(QString::fromLatin1(qVersion())));
    box->setStandardButtons(QMessageBox::Close);
    box->open();
}

} // namespace realmscope
