# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    window/CommandPalette.cpp window/CommandPalette.h
    window/FolderDialog.cpp window/FolderDialog.h
    window/MainWindow.cpp window/MainWindow.h
    window/MainWindowActions.cpp
    window/MainWindowTabs.cpp
    window/MainWindowVault.cpp
    window/MessageBar.cpp window/MessageBar.h
    window/NameDialog.cpp window/NameDialog.h
    window/Rail.cpp window/Rail.h
    window/RequestTree.cpp window/RequestTree.h
    window/RequestTreeModel.cpp window/RequestTreeModel.h
    window/Sidebar.cpp window/Sidebar.h
    window/StatusLine.cpp window/StatusLine.h
    window/TabStrip.cpp window/TabStrip.h
    window/WindowState.cpp window/WindowState.h)
