# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    start/PasteField.cpp start/PasteField.h
    start/PastedRequest.cpp start/PastedRequest.h
    start/StartPage.cpp start/StartPage.h)
