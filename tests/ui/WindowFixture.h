// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Keyboard.h"
#include "RequestFixture.h"
#include "ui/request/RequestTab.h"
#include "ui/theme/Theme.h"
#include "ui/window/MainWindow.h"

namespace realmscope {

// The whole window on a workspace in a temporary folder, with the real practice server, real sockets, and secrets in
// memory in place of the keychain.
class WindowFixture : public RequestFixture
{
public:
    WindowFixture()
    {
        context.practice = std::make_unique<PracticeServer>(*context.clock, *context.random);
    }

    // Opens the window, or closes it and opens it again as at the next start of the program.
    void open(QSize size = {1440, 900})
    {
        m_window.reset();
        m_window = std::make_unique<MainWindow>(context, statePath());
        m_window->resize(size);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    void close() { m_window.reset(); }

    [[nodiscard]] MainWindow *window() const { return m_window.get(); }
    [[nodiscard]] QString statePath() const { return m_private.filePath(QStringLiteral("window.json")); }
    [[nodiscard]] RequestSession *session() const
    {
        const RequestTab *tab = m_window->currentTab();
        return tab ? tab->session() : nullptr;
    }
    // Nothing is on the wire, and there is something to look at.
    [[nodiscard]] bool isSettled() const { return session() && session()->hasResult() && !session()->isProbing(); }

private:
    QTemporaryDir m_private;
    std::unique_ptr<MainWindow> m_window; // before the context: it goes first
};

} // namespace realmscope
