// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace realmscope {

class AuthPage;
class BodyView;
class CookiesPage;
class HeadersPage;
class RawPage;
class SectionBar;
class TimingPage;
class TlsPage;

// The exchange that is being inspected, in sections. Keeps showing the last one, dimmed, while a request is under way.
class ResponseView : public QWidget
{
    Q_OBJECT
public:
    enum Section { Body, Headers, Auth, Timing, Tls, Cookies, Raw };

    explicit ResponseView(RequestSession &session, QWidget *parent = nullptr);
    void showSection(Section section);
    [[nodiscard]] Section section() const;
    void startSearch();
    void toggleDiff();
    [[nodiscard]] RawPage *rawPage() const { return m_raw; }
    [[nodiscard]] BodyView *bodyView() const { return m_body; }
    [[nodiscard]] HeadersPage *headersPage() const { return m_headers; }
    [[nodiscard]] CookiesPage *cookiesPage() const { return m_cookies; }

Q_SIGNALS:
    void sendRequested();
    void cookieManagerRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    void refreshState();
    void showCurrent();
    void updateStatus(const Exchange &exchange);
    void fitHead();

    RequestSession &m_session;
    SectionBar *m_tabs = nullptr;
    QLabel *m_status = nullptr;
    QLabel *m_reason = nullptr;
    QLabel *m_facts = nullptr;
    QStackedWidget *m_stack = nullptr;
    QStackedWidget *m_pages = nullptr;
    BodyView *m_body = nullptr;
    HeadersPage *m_headers = nullptr;
    AuthPage *m_auth = nullptr;
    TimingPage *m_timing = nullptr;
    TlsPage *m_tls = nullptr;
    CookiesPage *m_cookies = nullptr;
    RawPage *m_raw = nullptr;
    QWidget *m_empty = nullptr;
    QPushButton *m_emptyButton = nullptr;
    QString m_longFacts;
    QString m_shortFacts;
    int m_shown = -2;       // exchange index shown
    qsizetype m_shownCount = 0;
    qint64 m_shownSentAt = 0;
};

} // namespace realmscope
