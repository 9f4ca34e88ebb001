# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE session/RequestSession.cpp session/RequestSession.h session/AppContext.h
    session/ImportCurl.cpp session/ImportCurl.h)
