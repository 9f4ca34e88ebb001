# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE history/HistoryBar.cpp history/HistoryBar.h history/HistoryModel.cpp
    history/HistoryModel.h history/HistoryPage.cpp history/HistoryPage.h history/HistoryTree.cpp history/HistoryTree.h)
