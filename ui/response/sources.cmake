# SPDX-FileCopyrightText: The Realmscope authors
# SPDX-License-Identifier: Apache-2.0
target_sources(realmscope_ui PRIVATE
    response/AuthFacts.cpp response/AuthFacts.h
    response/AuthPage.cpp response/AuthPage.h
    response/BrowserBar.cpp response/BrowserBar.h
    response/BodyView.cpp response/BodyView.h
    response/CookieVerdictModel.cpp response/CookieVerdictModel.h
    response/CookiesPage.cpp response/CookiesPage.h
    response/HeaderDetail.cpp response/HeaderDetail.h
    response/HeaderKnowledge.cpp response/HeaderKnowledge.h
    response/HeadersPage.cpp response/HeadersPage.h
    response/RawPage.cpp response/RawPage.h
    response/RefusalBanner.cpp response/RefusalBanner.h
    response/ResponseHeadersModel.cpp response/ResponseHeadersModel.h
    response/ResponseView.cpp response/ResponseView.h
    response/TextDocument.cpp response/TextDocument.h
    response/TextView.cpp response/TextView.h
    response/TextViewAccessible.cpp response/TextViewAccessible.h
    response/TimingPage.cpp response/TimingPage.h
    response/TlsPage.cpp response/TlsPage.h
    response/TraceStrip.cpp response/TraceStrip.h)
