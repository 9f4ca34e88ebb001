// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/AppContext.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Sentence.h"
#include "ui/window/MainWindow.h"
#include "ui/window/MessageBar.h"
#include "ui/window/WindowState.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QDir>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMessageBox>

#include <cstdio>
#include <memory>
#include <sys/resource.h>
#include <utility>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

// The open workspace and its window; another workspace takes both their places.
class Program final : public QObject
{
public:
    explicit Program(const ProgramSettings &settings) : m_settings(settings) {}
    ~Program() override
    {
        m_window.reset();
        m_context.reset();
    }

    [[nodiscard]] MainWindow *window() const { return m_window.get(); }

    Result<void> open(const QString &folder)
    {
        Result<std::unique_ptr<AppContext>> context = AppContext::create(folder, m_context ? m_context->vault : nullptr);
        if (!context)
            return context.error();
        // The old ones go last: a moment without a window would end the program.
        const std::unique_ptr<AppContext> oldContext = std::exchange(m_context, std::move(context).value());
        const std::unique_ptr<MainWindow> oldWindow = std::move(m_window);
        if (oldWindow)
            oldWindow->saveNow(); // the same folder may be opened again
        m_window = std::make_unique<MainWindow>(*m_context, windowStatePath(m_context->workspace->root()));
        connect(m_window.get(), &MainWindow::workspaceRequested, this, &Program::replace, Qt::QueuedConnection);
        connect(m_window.get(), &MainWindow::themeChosen, this, [this](ThemeMode mode) {
            Theme::instance().setMode(mode);
            m_settings.theme = mode;
            m_settings.save();
        });
        m_window->setVaultLockMinutes(m_settings.vaultLockMinutes);
        connect(m_window.get(), &MainWindow::vaultLockMinutesChosen, this, [this](int minutes) {
            m_settings.vaultLockMinutes = minutes;
            m_settings.save();
        });
        m_context->history->setLimits(m_settings.historyLimits);
        m_context->history->setKeeping(m_settings.keepHistory);
        connect(m_window.get(), &MainWindow::historyKeepingChosen, this, [this](bool keeps) {
            m_settings.keepHistory = keeps;
            m_settings.save();
        });
        m_settings.workspace = m_context->workspace->root();
        m_window->show();
        return {};
    }

    void remember() const { m_settings.save(); }

private:
    void replace(const QString &folder)
    {
        if (const Result<void> opened = open(folder); opened)
            m_settings.save();
        else
            m_window->messages()->showError(opened.error());
    }

    ProgramSettings m_settings;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<MainWindow> m_window;
};

ThemeMode themeMode(const QString &name)
{
    return name == "light"_L1 ? ThemeMode::Light : name == "dark"_L1 ? ThemeMode::Dark : ThemeMode::System;
}

} // namespace

int main(int argc, char **argv)
{
    // Secrets live in this process: no core file of it.
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);

    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"realmscope"_s);
    QApplication::setApplicationDisplayName(u"Realmscope"_s);
    QApplication::setApplicationVersion(QStringLiteral(REALMSCOPE_VERSION));
    QApplication::setDesktopFileName(u"dev.realmscope.Realmscope"_s);
    QApplication::setWindowIcon(QIcon(u":/realmscope/icons/realmscope.svg"_s));

    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("main", "Test and debug HTTP authentication."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption workspace(u"workspace"_s, QCoreApplication::translate("main", "Folder of .http files to open."),
                                       u"dir"_s);
    const QCommandLineOption theme(u"theme"_s, QCoreApplication::translate("main", "light, dark or system."), u"name"_s);
    const QCommandLineOption room(u"room"_s, QCoreApplication::translate("main", "Walk into this room of the practice range."),
                                  u"id"_s);
    const QCommandLineOption practice(u"practice"_s, QCoreApplication::translate("main", "Begin at the practice range."));
    parser.addOptions({workspace, theme, room, practice});
    parser.process(application);

    ProgramSettings settings = ProgramSettings::load();
    const QString themeName = parser.value(theme);
    if (parser.isSet(theme) && themeName != "light"_L1 && themeName != "dark"_L1 && themeName != "system"_L1) {
        std::fprintf(stderr, "realmscope: --theme takes light, dark or system, not \"%s\"\n", qPrintable(themeName));
        return 2;
    }
    Theme::install(application, parser.isSet(theme) ? themeMode(themeName) : settings.theme);

    QString folder = parser.value(workspace);
    if (folder.isEmpty() && QDir(settings.workspace).exists())
        folder = settings.workspace;
    if (folder.isEmpty())
        folder = defaultWorkspaceFolder();

    Program program(settings);
    if (const Result<void> opened = program.open(folder); !opened) {
        std::fprintf(stderr, "realmscope: %s\n", qPrintable(errorSentence(opened.error())));
        auto *box = new QMessageBox(QMessageBox::Critical, u"Realmscope"_s, errorSentence(opened.error()));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setTextFormat(Qt::PlainText);
        box->setInformativeText(opened.error().detail);
        QObject::connect(box, &QMessageBox::finished, &application, [] { QCoreApplication::exit(1); });
        box->open();
        return QApplication::exec();
    }
    if (!parser.isSet(workspace))
        program.remember();
    if (parser.isSet(practice))
        program.window()->showPlace(Place::Practice);
    if (parser.isSet(room))
        program.window()->openRoom(parser.value(room));
    return QApplication::exec();
}
