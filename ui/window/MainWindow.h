// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"
#include "ui/window/Rail.h"
#include "ui/window/WindowState.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QAction;
class QSplitter;
class QStackedWidget;

namespace realmscope {

class CommandPalette;
class CredentialsPage;
class HistoryPage;
class IconButton;
class MessageBar;
class PracticePage;
class RequestSession;
class RequestTab;
class Sidebar;
class StartPage;
class StatusLine;
class TabStrip;
class TroubleshooterPanel;
class AutoLock;
class VaultBar;
class WorkspaceWatcher;
struct Command;

// The window of one workspace. Composes the places; knows nothing of requests but their sessions.
class MainWindow : public QWidget
{
    Q_OBJECT
public:
    // statePath: where tabs, drafts and sizes are kept between runs.
    MainWindow(AppContext &context, QString statePath, QWidget *parent = nullptr);
    ~MainWindow() override;

    void openText(const QString &text);            // as if pasted on the start page
    RequestTab *openSpec(const RequestSpec &spec); // a new, unsaved request
    void openPlace(const RequestPlace &place);     // a saved one; selects its tab when it is open
    void openRoom(const QString &roomId);
    void openHistory(const HistoryRecord &record, bool sendAgain); // in a new tab
    void showPlace(Place place);
    void showStart();
    void setTroubleshooterShown(bool shown);
    void saveNow() { saveState(); }
    void setVaultLockMinutes(int minutes); // 0: never for being idle

    [[nodiscard]] RequestTab *currentTab() const; // null on the start page
    [[nodiscard]] QList<RequestTab *> requestTabs() const;
    [[nodiscard]] Place place() const { return m_place; }
    [[nodiscard]] CredentialsPage *credentialsPage() const { return m_credentials; }
    [[nodiscard]] HistoryPage *historyPage() const { return m_history; }
    [[nodiscard]] PracticePage *practicePage() const { return m_practice; }
    [[nodiscard]] TroubleshooterPanel *troubleshooter() const { return m_troubleshooter; }
    [[nodiscard]] MessageBar *messages() const { return m_messages; }
    [[nodiscard]] VaultBar *vaultBar() const { return m_vaultBar; }
    [[nodiscard]] AutoLock *autoLock() const { return m_autoLock; }
    [[nodiscard]] WorkspaceWatcher *watcher() const { return m_watcher; }
    [[nodiscard]] Sidebar *sidebar() const { return m_sidebar; }
    [[nodiscard]] CommandPalette *commandPalette() const { return m_palette; }
    [[nodiscard]] QList<Command> commands() const; // everything that the palette offers

Q_SIGNALS:
    void workspaceRequested(const QString &folder); // open this one instead
    void themeChosen(realmscope::ThemeMode mode);
    void vaultLockMinutesChosen(int minutes);
    void historyKeepingChosen(bool keeps);

protected:
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    // MainWindow.cpp
    void build();
    void arrange(); // sidebar and troubleshooter by the room there is
    void setSidebarShown(bool shown);
    void restore();
    void saveState();
    void checkKeychain();
    void watchVault();
    void updateStatus();
    void setHistoryKeeping(bool keeps);
    void chooseFolder();
    void chooseReportFile();

    // MainWindowVault.cpp
    void createVault();
    void changeVaultPassphrase();
    void lockVault();
    void showVault();
    void moveAllSecrets(SecretPlace place);

    // MainWindowTabs.cpp
    RequestTab *addTab();
    [[nodiscard]] QString environmentOfNew() const;
    void newRequest(const QString &folder);
    void watchOpenFiles();
    void showFolderSettings(const QString &folder); // "" is the root
    void openNamed(const QString &name); // a request by its name, open or saved
    void closeTab(int index);
    void reopenTab();
    void tabChanged();
    void updateTab(RequestTab *tab);
    void resultChanged(RequestTab *tab);
    void save();
    void saveNamed(RequestTab *tab);
    void tellBodyFile(BodyKind before, const SpecBody &saved); // that saving made one
    void guardSecrets(RequestTab *tab, std::function<void()> next);
    void rename(const RequestPlace &place);
    [[nodiscard]] int tabUses(const QString &profile) const; // in edits that no file has
    void renameProfileInRequests(const QString &from, const QString &to);
    void removeRequest(const RequestPlace &place);
    [[nodiscard]] TabState stateOf(const RequestTab *tab) const;
    void restoreTab(const TabState &state);
    [[nodiscard]] int indexOf(const RequestTab *tab) const;

    // MainWindowActions.cpp
    void makeActions();
    QAction *addCommand(const QString &text, const QString &icon, const QList<QKeySequence> &keys,
                        std::function<void()> run);
    void makeMenus();
    void movePane(int step);
    [[nodiscard]] QWidget *statusWidget() const;
    void showCookies(RequestSession *session);
    void showKeys();
    void showAbout();

    AppContext &m_context;
    QString m_statePath;
    Place m_place = Place::Requests;
    Rail *m_rail = nullptr;
    QStackedWidget *m_places = nullptr;
    QSplitter *m_splitter = nullptr; // sidebar, work, troubleshooter
    Sidebar *m_sidebar = nullptr;
    QWidget *m_work = nullptr;
    TabStrip *m_tabs = nullptr;
    IconButton *m_newTab = nullptr;
    QStackedWidget *m_pages = nullptr; // in the order of the tabs' data
    StartPage *m_start = nullptr;
    TroubleshooterPanel *m_troubleshooter = nullptr;
    CredentialsPage *m_credentials = nullptr;
    HistoryPage *m_history = nullptr;
    PracticePage *m_practice = nullptr;
    MessageBar *m_messages = nullptr;
    VaultBar *m_vaultBar = nullptr;
    AutoLock *m_autoLock = nullptr;
    StatusLine *m_status = nullptr;
    CommandPalette *m_palette = nullptr;
    QList<QAction *> m_actions;
    QList<QWidget *> m_pageOfTab; // by tab index
    QHash<RequestTab *, QString> m_folderOfNew;
    QPointer<QWidget> m_focusInRequests; // where one was when another place was shown
    QList<TabState> m_closed;
    QTimer m_saveTimer;
    WorkspaceWatcher *m_watcher = nullptr;
    int m_sidebarWidth = 248;
    bool m_sidebarShown = true;       // what the user wants
    bool m_troubleshooterShown = false;
    bool m_overlayShown = false;      // the sidebar over the work, in a narrow window
};

} // namespace realmscope
