# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    cookies/CookieEditor.cpp cookies/CookieEditor.h
    cookies/CookieJarModel.cpp cookies/CookieJarModel.h
    cookies/CookieManager.cpp cookies/CookieManager.h)
