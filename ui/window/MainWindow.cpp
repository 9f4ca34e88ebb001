// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/MainWindow.h"

#include "app/workspace/WorkspaceWatcher.h"
#include "ui/credentials/CredentialsPage.h"
#include "ui/history/HistoryPage.h"
#include "ui/practice/PracticePage.h"
#include "ui/request/RequestTab.h"
#include "ui/start/StartPage.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/TroubleshooterPanel.h"
#include "ui/vault/AutoLock.h"
#include "ui/vault/VaultBar.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/TabOrder.h"
#include "ui/window/CommandPalette.h"
#include "ui/window/MessageBar.h"
#include "ui/window/Sidebar.h"
#include "ui/window/StatusLine.h"
#include "ui/window/TabStrip.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QPointer>
#include <QtGui/QAction>
#include <QtGui/QCloseEvent>
#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QApplication>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int hideSidebarBelow = 1600; // while the troubleshooter is open
constexpr int overlayBelow = 1180;
constexpr int troubleshooterWidth = 692;
constexpr int saveDelayMs = 1500;

// The row of tabs with what belongs to it, on the window's colour.
class TabRow final : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), Theme::instance().color(Token::Win));
        painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::instance().color(Token::Line));
    }
};

} // namespace

MainWindow::MainWindow(AppContext &context, QString statePath, QWidget *parent)
    : QWidget(parent), m_context(context), m_statePath(std::move(statePath))
{
    setWindowTitle(tr("%1 - Realmscope").arg(context.workspace->name()));
    setMinimumSize(1024, 560); // laid out for 1024 x 700; lower screens exist
    m_watcher = new WorkspaceWatcher(*context.workspace, context.profiles.get(), this);
    build();
    connect(m_watcher, &WorkspaceWatcher::failed, m_messages, &MessageBar::showError);
    makeActions();
    makeMenus();
    restore();
    checkKeychain();
    watchVault();
    m_saveTimer.setSingleShot(true);
    m_saveTimer.setInterval(saveDelayMs);
    connect(&m_saveTimer, &QTimer::timeout, this, &MainWindow::saveState);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    qApp->installEventFilter(this);
}

MainWindow::~MainWindow()
{
    // Tabs go first: their sessions use the context, and tell this window what changes.
    for (RequestTab *tab : requestTabs())
        delete tab;
}

void MainWindow::build()
{
    m_rail = new Rail(this);
    m_sidebar = new Sidebar(*m_context.workspace, this);
    m_tabs = new TabStrip(this);
    m_newTab = new IconButton(u"plus"_s, tr("New tab"), this);
    m_newTab->setName(tr("New tab"), u"Ctrl+T"_s);
    m_pages = new QStackedWidget(this);
    m_start = new StartPage(m_context, this);
    m_pages->addWidget(m_start);
    m_troubleshooter = new TroubleshooterPanel(this);
    m_troubleshooter->setMinimumWidth(440);
    m_troubleshooter->hide();
    m_credentials = new CredentialsPage(m_context, this);
    m_history = new HistoryPage(m_context, this);
    m_practice = new PracticePage(m_context, this);
    m_messages = new MessageBar(this);
    m_vaultBar = new VaultBar(*m_context.vault, this);
    m_status = new StatusLine(this);

    auto *tabRow = new TabRow(this);
    tabRow->setFixedHeight(40);
    auto *tabLayout = new QHBoxLayout(tabRow);
    tabLayout->setContentsMargins(0, 0, 6, 0);
    tabLayout->setSpacing(4);
    tabLayout->addWidget(m_tabs);
    tabLayout->addWidget(m_newTab);
    tabLayout->addStretch(1);

    m_work = new QWidget(this);
    m_work->setMinimumWidth(360);
    auto *workLayout = new QVBoxLayout(m_work);
    workLayout->setContentsMargins(0, 0, 0, 0);
    workLayout->setSpacing(0);
    workLayout->addWidget(tabRow);
    workLayout->addWidget(m_pages, 1);

    m_splitter = new QSplitter(this);
    m_splitter->addWidget(m_sidebar);
    m_splitter->addWidget(m_work);
    m_splitter->addWidget(m_troubleshooter);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setStretchFactor(2, 0);

    m_places = new QStackedWidget(this);
    m_places->addWidget(m_splitter);
    m_places->addWidget(m_credentials);
    m_places->addWidget(m_history);
    m_places->addWidget(m_practice);
    // The places say more than they need; without this the widest would push the others out of a small window.
    m_places->setMinimumSize(640, 400);

    auto *top = new QHBoxLayout;
    top->setContentsMargins(0, 0, 0, 0);
    top->setSpacing(0);
    top->addWidget(m_rail);
    auto *work = new QVBoxLayout;
    work->setSpacing(0);
    work->addWidget(m_vaultBar);
    work->addWidget(m_places, 1);
    top->addLayout(work, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top, 1);
    layout->addWidget(m_messages);
    layout->addWidget(m_status);
    m_palette = new CommandPalette(this);

    connect(m_rail, &Rail::placeChosen, this, &MainWindow::showPlace);
    connect(m_sidebar, &Sidebar::openRequested, this, &MainWindow::openPlace);
    connect(m_sidebar, &Sidebar::renameRequested, this, &MainWindow::rename);
    connect(m_sidebar, &Sidebar::removeRequested, this, &MainWindow::removeRequest);
    connect(m_sidebar, &Sidebar::folderSettingsRequested, this, &MainWindow::showFolderSettings);
    connect(m_sidebar, &Sidebar::newRequestRequested, this, &MainWindow::newRequest);
    connect(m_sidebar, &Sidebar::openFolderRequested, this, &MainWindow::chooseFolder);
    connect(m_sidebar, &Sidebar::reloadRequested, this, [this] {
        if (const Result<void> read = m_context.workspace->reload(); !read)
            m_messages->showError(read.error());
    });
    connect(m_tabs, &QTabBar::currentChanged, this, &MainWindow::tabChanged);
    connect(m_tabs, &QTabBar::tabCloseRequested, this, &MainWindow::closeTab);
    connect(m_tabs, &QTabBar::tabMoved, this, [this](int from, int to) {
        m_pageOfTab.move(from, to);
        m_saveTimer.start();
    });
    connect(m_newTab, &QToolButton::clicked, this, &MainWindow::showStart);
    connect(m_credentials, &CredentialsPage::profileRenamed, this, &MainWindow::renameProfileInRequests);
    m_credentials->setTabUses([this](const QString &profile) { return tabUses(profile); });
    connect(m_start, &StartPage::requestReady, this, [this](const RequestSpec &spec, const QStringList &remarks) {
        openSpec(spec);
        if (!remarks.isEmpty())
            m_messages->showNote(remarks.join(u' '));
    });
    connect(m_start, &StartPage::roomRequested, this, &MainWindow::openRoom);
    connect(m_start, &StartPage::practiceRequested, this, [this] { showPlace(Place::Practice); });
    connect(m_start, &StartPage::openFolderRequested, this, &MainWindow::chooseFolder);
    connect(m_start, &StartPage::newRequestRequested, this, [this] { newRequest({}); });
    connect(m_history, &HistoryPage::openRequested, this, &MainWindow::openHistory);
    connect(m_history, &HistoryPage::keepingChosen, this, &MainWindow::setHistoryKeeping);
    connect(m_history, &HistoryPage::newRequestRequested, this, [this] { newRequest({}); });
    connect(m_history, &HistoryPage::failed, m_messages, &MessageBar::showError);
    connect(m_history, &HistoryPage::saved, this, [this](const QString &path) {
        m_messages->showNote(tr("The report is in %1. Secrets in it are masked.").arg(QDir::toNativeSeparators(path)));
    });
    connect(m_practice, &PracticePage::roomOpened, this, [this](const Room &, const RequestSpec &spec) { openSpec(spec); });
    connect(m_practice, &PracticePage::failed, m_messages, &MessageBar::showError);
    connect(m_troubleshooter, &TroubleshooterPanel::saveReportRequested, this, &MainWindow::chooseReportFile);
    connect(m_troubleshooter, &TroubleshooterPanel::closeRequested, this, [this] { setTroubleshooterShown(false); });
    connect(m_status, &StatusLine::commandsRequested, this, [this] { m_palette->open(commands()); });
    connect(m_splitter, &QSplitter::splitterMoved, this, [this](int, int index) {
        if (index == 1 && m_sidebar->isVisible())
            m_sidebarWidth = m_sidebar->width();
        m_saveTimer.start();
    });
    m_start->setRooms(m_practice->rooms());
    setTabOrderByLayout(this);
}

void MainWindow::restore()
{
    const WindowState state = WindowState::load(m_statePath);
    m_sidebarWidth = qBound(180, state.sidebarWidth, 400);
    m_sidebarShown = state.sidebarShown;
    m_closed = state.closed;
    m_sidebar->model()->setStatuses(state.statuses);
    if (state.geometry.isEmpty() || !restoreGeometry(state.geometry))
        resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    for (const TabState &tab : state.tabs)
        restoreTab(tab);
    if (m_tabs->count() == 0)
        showStart();
    else
        m_tabs->setCurrentIndex(qBound(0, state.current, m_tabs->count() - 1));
    tabChanged();
    arrange();
    if (RequestTab *tab = currentTab())
        tab->focusUrl();
    if (state.secretsLeftOut && !state.tabs.isEmpty())
        m_messages->showNote(tr("Drafts are back. Secrets that were written into them are not: they were never put on "
                                "the disk."));
}

void MainWindow::saveState()
{
    WindowState state;
    state.geometry = saveGeometry();
    state.sidebarWidth = m_sidebarWidth;
    state.sidebarShown = m_sidebarShown;
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (const auto *tab = qobject_cast<const RequestTab *>(m_pageOfTab.at(i))) {
            if (i == m_tabs->currentIndex())
                state.current = static_cast<int>(state.tabs.size());
            state.tabs.append(stateOf(tab));
        }
    }
    state.closed = m_closed;
    state.statuses = m_sidebar->model()->statuses();
    if (const Result<void> saved = state.save(m_statePath); !saved)
        m_messages->showError(saved.error());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_credentials->purgeRemoved();
    m_context.vault->giveUpWaiting(); // nobody is there to tell its passphrase: what was to be removed from it stays, encrypted
    m_history->purgeRemoved();
    saveState(); // drafts come back at the next start, so there is nothing to ask
    QWidget::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void MainWindow::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::instance().color(Token::Win));
}

void MainWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isActiveWindow() && m_watcher)
        m_watcher->check(); // what was written while another program had the screen
}

void MainWindow::arrange()
{
    const bool isNarrow = width() < overlayBelow;
    const bool givesWay = m_troubleshooterShown && width() < hideSidebarBelow;
    const bool floats = isNarrow || givesWay;
    if (!floats) {
        m_overlayShown = false;
        if (m_sidebar->parentWidget() != m_splitter) {
            m_splitter->insertWidget(0, m_sidebar);
            setTabOrderByLayout(this);
        }
        m_sidebar->setVisible(m_sidebarShown);
    } else {
        if (m_sidebar->parentWidget() == m_splitter) {
            m_sidebar->setParent(this);
            m_sidebar->hide();
            setTabOrderByLayout(this);
        }
        m_sidebar->setGeometry(m_rail->width(), 0, qMax(248, m_sidebarWidth), height() - m_status->height());
        const bool shows = m_overlayShown && m_place == Place::Requests;
        m_sidebar->setVisible(shows);
        if (shows)
            m_sidebar->raise();
    }
    m_troubleshooter->setVisible(m_troubleshooterShown);
    const int room = m_splitter->width();
    const int side = floats || !m_sidebarShown ? 0 : m_sidebarWidth;
    const int help = m_troubleshooterShown ? qMin(troubleshooterWidth, (room - side) / 2) : 0;
    QList<int> sizes;
    for (int i = 0; i < m_splitter->count(); ++i) {
        const QWidget *part = m_splitter->widget(i);
        sizes.append(part == m_sidebar ? side : part == m_troubleshooter ? help : qMax(1, room - side - help));
    }
    m_splitter->setSizes(sizes);
}

void MainWindow::setSidebarShown(bool shown)
{
    if (m_place != Place::Requests)
        showPlace(Place::Requests);
    const bool floats = m_sidebar->parentWidget() != m_splitter;
    if (floats) {
        m_overlayShown = shown;
        arrange();
        if (shown)
            m_sidebar->focusFilter();
        return;
    }
    m_sidebarShown = shown;
    arrange();
    m_saveTimer.start();
}

bool MainWindow::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // On X11 a text field would keep Ctrl+E, Ctrl+K and Ctrl+D for itself, as Emacs has them.
        const auto *widget = qobject_cast<QWidget *>(object);
        const QKeySequence keys(static_cast<QKeyEvent *>(event)->keyCombination());
        const auto own = actions();
        const bool isOwn = std::ranges::any_of(own, [&](const QAction *action) { return action->shortcuts().contains(keys); });
        if (widget && widget->window() == this && isOwn) {
            event->ignore();
            return true;
        }
    } else if (m_overlayShown && event->type() == QEvent::MouseButtonPress) { // a click elsewhere puts it away
        auto *widget = qobject_cast<QWidget *>(object);
        if (widget && widget->window() == this && widget != m_sidebar && !m_sidebar->isAncestorOf(widget))
            setSidebarShown(false);
    } else if (m_overlayShown && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        auto *widget = qobject_cast<QWidget *>(object);
        if (key->key() == Qt::Key_Escape && widget && m_sidebar->isAncestorOf(widget)) {
            setSidebarShown(false);
            if (RequestTab *tab = currentTab())
                tab->focusUrl();
            return true;
        }
    }
    return QWidget::eventFilter(object, event);
}

void MainWindow::showPlace(Place place)
{
    const bool isOther = m_place != place;
    QWidget *focused = QApplication::focusWidget();
    if (isOther && m_place == Place::Requests)
        m_focusInRequests = focused && m_splitter->isAncestorOf(focused) ? focused : nullptr;
    m_place = place;
    m_rail->setPlace(place);
    m_places->setCurrentIndex(static_cast<int>(place));
    if (m_overlayShown && place != Place::Requests)
        setSidebarShown(false);
    arrange();
    updateStatus();
    if (!isOther)
        return;
    // The focus goes along: it would stay on something hidden.
    if (place == Place::Credentials)
        m_credentials->takeFocus();
    else if (place == Place::History)
        m_history->takeFocus();
    else if (place == Place::Practice)
        m_practice->takeFocus();
    else if (m_focusInRequests && m_focusInRequests->isVisible() && m_focusInRequests->isEnabled())
        m_focusInRequests->setFocus(Qt::ShortcutFocusReason);
    else if (RequestTab *tab = currentTab())
        tab->focusUrl();
    else
        m_start->focusField();
}

void MainWindow::setTroubleshooterShown(bool shown)
{
    if (shown && !currentTab())
        return;
    QWidget *focused = QApplication::focusWidget();
    const bool wasInside = focused && m_troubleshooter->isAncestorOf(focused);
    m_troubleshooterShown = shown;
    m_troubleshooter->setSession(shown ? currentTab()->session() : nullptr);
    arrange();
    if (shown)
        m_troubleshooter->focusSteps();
    else if (wasInside && currentTab())
        currentTab()->focusUrl();
}

void MainWindow::openRoom(const QString &roomId)
{
    m_practice->openRoom(roomId);
}

void MainWindow::openText(const QString &text)
{
    showStart();
    m_start->openText(text);
}

void MainWindow::setHistoryKeeping(bool keeps)
{
    if (!m_context.history || m_context.history->isKeeping() == keeps)
        return;
    m_context.history->setKeeping(keeps);
    m_history->keepingChanged();
    m_messages->showNote(keeps ? tr("What you send is kept in the history from now on, without its secrets.")
                               : tr("What you send is not kept from now on. What is in the history already stays there."));
    Q_EMIT historyKeepingChosen(keeps);
}

void MainWindow::checkKeychain()
{
    auto *keychain = qobject_cast<KeychainStore *>(m_context.keychain.get());
    if (!keychain) { // a test's store
        m_context.keychainState = KeychainState::Available;
        m_status->setKeychain(m_context.keychainState);
        return;
    }
    keychain->checkState(this, [this](KeychainState state) {
        m_context.keychainState = state;
        m_status->setKeychain(state);
    });
}

void MainWindow::updateStatus()
{
    const RequestTab *tab = currentTab();
    if (m_place != Place::Requests || !tab) {
        m_status->setTlsVerification(true);
        m_status->setProxy(m_context.proxyEnvironment.isEmpty() ? tr("No proxy") : QString());
        m_status->setSent({});
        return;
    }
    const RequestSession *session = tab->session();
    m_status->setTlsVerification(session->spec().settings.verifyTls);
    const std::optional<ProxyServer> proxy = session->proxy();
    m_status->setProxy(proxy ? tr("Proxy %1").arg(proxy->toString()) : tr("No proxy"));
    const QList<Exchange> &exchanges = session->trace().exchanges;
    if (exchanges.isEmpty()) {
        m_status->setSent({});
        return;
    }
    const auto probes = static_cast<int>(std::ranges::count(exchanges, ExchangeRole::Probe, &Exchange::role));
    const int others = static_cast<int>(exchanges.size()) - probes;
    QString text = tr("Sent %1, %2").arg(QDateTime::fromMSecsSinceEpoch(session->sentAtMs()).toString(u"HH:mm:ss"_s),
                                         others == 1 ? tr("1 exchange") : tr("%1 exchanges").arg(others));
    if (probes > 0)
        text += u", "_s + (probes == 1 ? tr("1 probe") : tr("%1 probes").arg(probes));
    m_status->setSent(text);
}

QWidget *MainWindow::statusWidget() const
{
    return m_status;
}

void MainWindow::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Open a folder of .http files"), m_context.workspace->root());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::workspaceRequested);
    dialog->open();
}

void MainWindow::chooseReportFile()
{
    RequestTab *tab = currentTab();
    if (!tab || !tab->session()->hasResult()) {
        m_messages->showNote(tr("There is no answer to report yet: send the request first."));
        return;
    }
    auto *dialog = new QFileDialog(this, tr("Save sanitised report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    // The kind goes by the ending of the name; without one it is the chosen filter's.
    const QList<std::pair<QString, QString>> kinds{{tr("Web page (*.html)"), u"html"_s}, {tr("Markdown (*.md)"), u"md"_s},
                                                   {tr("JSON (*.json)"), u"json"_s}, {tr("HTTP Archive (*.har)"), u"har"_s}};
    QStringList filters;
    for (const auto &[filter, suffix] : kinds)
        filters.append(filter);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(kinds.first().second);
    dialog->selectFile(u"report"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, kinds](const QString &chosen) {
        for (const auto &[filter, suffix] : kinds) {
            if (filter == chosen)
                dialog->setDefaultSuffix(suffix);
        }
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, session = QPointer(tab->session())](const QString &path) {
        if (!session)
            return;
        if (const Result<void> saved = session->saveReport(path); !saved)
            m_messages->showError(saved.error());
        else
            m_messages->showNote(tr("The report is in %1. Secrets in it are masked.").arg(QDir::toNativeSeparators(path)));
    });
    dialog->open();
}

} // namespace realmscope
