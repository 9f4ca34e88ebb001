# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE practice/PracticePage.cpp practice/PracticePage.h practice/RoomModel.cpp
    practice/RoomModel.h)
