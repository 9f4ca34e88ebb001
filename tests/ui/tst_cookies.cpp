// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "RequestFixture.h"
#include "ui/cookies/CookieEditor.h"
#include "ui/cookies/CookieJarModel.h"
#include "ui/cookies/CookieManager.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/request/RequestTab.h"
#include "ui/response/CookiesPage.h"
#include "ui/response/RawPage.h"
#include "ui/response/ResponseView.h"
#include "ui/theme/Theme.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

static QStringList rowsOf(const QAbstractItemModel &model)
{
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells.append(model.index(row, column).data().toString());
        rows.append(cells.join(u" | "_s));
    }
    return rows;
}

static QPushButton *button(const QWidget &parent, const QString &text)
{
    for (QPushButton *found : parent.findChildren<QPushButton *>()) {
        if (found->text().startsWith(text))
            return found;
    }
    return nullptr;
}

template <typename T>
static T *named(const QWidget &parent, const QString &name)
{
    for (T *widget : parent.findChildren<T *>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

class CookiesTest : public QObject
{
    Q_OBJECT

private:
    void makeStore() { m_fixture->context.cookies = std::make_unique<CookieStore>(m_fixture->folder() + u"/private"_s, *m_fixture->context.clock); }
    std::unique_ptr<RequestTab> makeTab(const QString &url)
    {
        auto tab = std::make_unique<RequestTab>(m_fixture->context);
        tab->resize(1100, 820);
        tab->show();
        RequestSpec spec;
        spec.url = url;
        tab->session()->setSpec(spec);
        return tab;
    }
    static void send(RequestTab &tab)
    {
        tab.session()->send();
        QTRY_VERIFY(tab.session()->hasResult() && !tab.session()->isProbing());
    }
    static CookieManager *openManager(RequestSession &session, RequestTab &tab)
    {
        auto *manager = new CookieManager(session, &tab); // deletes itself
        manager->open();
        QApplication::setActiveWindow(manager);
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(manager);
        return manager;
    }
    static QStringList cookieRows(RequestSession &session)
    {
        RequestHeadersModel model(session);
        QStringList rows = rowsOf(model);
        rows.removeIf([](const QString &row) { return !row.contains("| Cookie |"_L1); });
        return rows;
    }
    void put(RequestSession &session, const QByteArray &name, const QString &domain, const QByteArray &path = "/"_ba)
    {
        Cookie cookie;
        cookie.name = name;
        cookie.value = "canary-" + name;
        cookie.domain = domain;
        cookie.path = path;
        QVERIFY(session.cookieJar()->put(cookie));
        session.cookiesEdited();
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }
    void init()
    {
        m_fixture = std::make_unique<RequestFixture>();
        makeStore();
    }
    void cleanup() { m_fixture.reset(); }

    // What came and what went, with reasons, on the page; the row of the next request beside the user's headers.
    void pageAndHeaderRow()
    {
        const ScriptServer server([](const QByteArray &) {
            return response(200, "OK",
                            "Set-Cookie: sid=canary-value-1; Path=/; HttpOnly\r\nSet-Cookie: deep=canary-value-2; Path=/deep\r\n"
                            "Set-Cookie: bad=canary-value-3; Domain=example.com\r\n", "ok");
        });
        const auto tab = makeTab(server.url());
        QCOMPARE(cookieRows(*tab->session()), QStringList());
        send(*tab);
        const CookieVerdictModel &model = tab->response()->cookiesPage()->model();
        const QAbstractItemModelTester tester(const_cast<CookieVerdictModel *>(&model));
        QCOMPARE(rowsOf(model),
                 (QStringList{u"Kept | sid | 127.0.0.1 only | HttpOnly, session | "_s,
                              u"Kept | deep | 127.0.0.1 only  /deep | session | "_s,
                              u"Rejected | bad | 127.0.0.1 only | session | Its Domain, example.com, does not hold the host that set it, 127.0.0.1"_s}));
        const QStringList next = cookieRows(*tab->session());
        QCOMPARE(next.size(), 1);
        QVERIFY2(next.first().contains(u"sid=••••••••"_s) && next.first().endsWith(u"Cookie jar · 1 of 3"_s), qPrintable(next.first()));
        send(*tab);
        QVERIFY(server.requests().last().contains("\r\nCookie: sid=canary-value-1\r\n"));
        QCOMPARE(model.count(CookieDecision::Sent), 1);
        QCOMPARE(model.count(CookieDecision::Withheld), 2);
        // Neither model shows a value.
        for (const QString &row : rowsOf(model) + cookieRows(*tab->session()))
            QVERIFY2(!row.contains("canary"_L1), qPrintable(row));

        // Return shows the bytes.
        auto *page = tab->response()->cookiesPage();
        tab->response()->showSection(ResponseView::Cookies);
        QVERIFY(page->table()->isVisible());
        page->table()->selectRow(0);
        QTest::keyClick(page->table(), Qt::Key_Return);
        QCOMPARE(tab->response()->section(), ResponseView::Raw);
    }

    void switchedOff()
    {
        const ScriptServer server([](const QByteArray &) { return response(200, "OK", "Set-Cookie: sid=1\r\n", "ok"); });
        const auto tab = makeTab(server.url());
        put(*tab->session(), "old", u"127.0.0.1"_s);
        RequestSpec spec = tab->session()->spec();
        spec.settings.useCookies = false;
        tab->session()->setSpec(spec);
        QCOMPARE(cookieRows(*tab->session()), QStringList());
        send(*tab);
        QVERIFY(!server.requests().last().contains("Cookie:"));
        QCOMPARE(tab->session()->cookieJar()->cookies().size(), 1);
        QCOMPARE(tab->response()->cookiesPage()->model().count(CookieDecision::Withheld), 1);
    }

    void environmentsHaveJarsOfTheirOwn()
    {
        const auto tab = makeTab(u"http://127.0.0.1/"_s);
        put(*tab->session(), "a", u"127.0.0.1"_s);
        QCOMPARE(cookieRows(*tab->session()).size(), 1);
        tab->session()->setEnvironment(u"prod"_s);
        QCOMPARE(cookieRows(*tab->session()), QStringList());
    }

    void manage()
    {
        const auto tab = makeTab(u"http://api.example.com/"_s);
        RequestSession &session = *tab->session();
        put(session, "one", u"api.example.com"_s);
        put(session, "two", u"api.example.com"_s, "/v2"_ba);
        put(session, "other", u"www.example.org"_s);
        CookieManager *manager = openManager(session, *tab);
        const QAbstractItemModelTester tester(manager->model());
        QCOMPARE(rowsOf(*manager->model()),
                 (QStringList{u"one | api.example.com only | / | session"_s, u"two | api.example.com only | /v2 | session"_s,
                              u"other | www.example.org only | / | session"_s}));
        auto *table = named<QTableView>(*manager, u"Cookies in the jar"_s);
        QVERIFY(table);
        // Down from the filter, Delete, Undo.
        auto *filter = named<QLineEdit>(*manager, u"Filter cookies"_s);
        QTest::keyClicks(filter, u"v2"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        QTest::keyClick(filter, Qt::Key_Down);
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(session.cookieJar()->cookies().size(), 2);
        QVERIFY(!session.cookieJar()->find({"two", u"api.example.com"_s, true, "/v2"}));
        button(*manager, u"Undo"_s)->click();
        QCOMPARE(session.cookieJar()->cookies().size(), 3);
        filter->clear();
        // Clear one site.
        manager->select({"one", u"api.example.com"_s, true, "/"});
        QCOMPARE(button(*manager, u"Clear api"_s)->text(), u"Clear api.example.com"_s);
        button(*manager, u"Clear api"_s)->click();
        QCOMPARE(rowsOf(*manager->model()), QStringList{u"other | www.example.org only | / | session"_s});
        QVERIFY(!button(*manager, u"Edit"_s)->isEnabled());
        button(*manager, u"Clear all"_s)->click();
        QVERIFY(session.cookieJar()->isEmpty());
        button(*manager, u"Undo"_s)->click();
        button(*manager, u"Undo"_s)->click();
        QCOMPARE(session.cookieJar()->cookies().size(), 3);
        QVERIFY(!button(*manager, u"Undo"_s)->isEnabled());
    }

    void editByHand()
    {
        const auto tab = makeTab(u"http://api.example.com/"_s);
        RequestSession &session = *tab->session();
        put(session, "sid", u"api.example.com"_s);
        CookieManager *manager = openManager(session, *tab);
        manager->select({"sid", u"api.example.com"_s, true, "/"});
        auto *table = named<QTableView>(*manager, u"Cookies in the jar"_s);
        QTest::keyClick(table, Qt::Key_Return);
        auto *editor = manager->findChild<CookieEditor *>();
        QVERIFY(editor);
        auto *value = named<QLineEdit>(*editor, u"cookie value"_s);
        QVERIFY(value);
        QCOMPARE(value->text(), QString()); // not even read before somebody asks
        auto *name = named<QLineEdit>(*editor, u"Cookie name"_s);
        // A jar would not take this one: the dialog stays and says why.
        name->setText(u"__Host-sid"_s);
        button(*editor, u"Keep cookie"_s)->click();
        QVERIFY(editor->isVisible());
        const QList<QLabel *> labels = editor->findChildren<QLabel *>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel *label) { return label->isVisible() && label->text().contains("not Secure"_L1); }));
        QVERIFY(session.cookieJar()->find({"sid", u"api.example.com"_s, true, "/"}));
        // With another name and path it is another cookie; the value that was not touched stays.
        name->setText(u"session"_s);
        named<QLineEdit>(*editor, u"Path"_s)->setText(u"/v2"_s);
        button(*editor, u"Keep cookie"_s)->click();
        const Cookie *changed = session.cookieJar()->find({"session", u"api.example.com"_s, true, "/v2"});
        QVERIFY(changed);
        QCOMPARE(changed->value, "canary-sid"_ba);
        QCOMPARE(session.cookieJar()->cookies().size(), 1);
    }

    void newOne()
    {
        const auto tab = makeTab(u"http://api.example.com/"_s);
        CookieManager *manager = openManager(*tab->session(), *tab);
        button(*manager, u"New cookie"_s)->click();
        auto *editor = manager->findChild<CookieEditor *>();
        QVERIFY(editor);
        QCOMPARE(named<QLineEdit>(*editor, u"Domain"_s)->text(), u"api.example.com"_s); // of the request
        QTest::keyClicks(named<QLineEdit>(*editor, u"Cookie name"_s), u"lang"_s);
        QTest::keyClicks(named<QLineEdit>(*editor, u"cookie value"_s), u"en"_s);
        button(*editor, u"Keep cookie"_s)->click();
        QCOMPARE(tab->session()->cookieJar()->cookies().value(0).value, "en"_ba);
        QCOMPARE(cookieRows(*tab->session()).size(), 1);
    }

    void sessionCookiesAreKeptWhenAsked()
    {
        const auto tab = makeTab(u"http://api.example.com/"_s);
        put(*tab->session(), "sid", u"api.example.com"_s);
        CookieManager *manager = openManager(*tab->session(), *tab);
        auto *keep = manager->findChild<QCheckBox *>();
        QVERIFY(!keep->isChecked());
        keep->click();
        makeStore(); // as after a start
        QCOMPARE(tab->session()->cookieJar()->cookies().size(), 1);
        QVERIFY(tab->session()->keepsSessionCookies());
    }

    void damagedFileIsTold()
    {
        const auto tab = makeTab(u"http://127.0.0.1:1/"_s);
        const QString path = m_fixture->context.cookies->path(m_fixture->context.workspace->root(), QString());
        makeStore();
        QVERIFY(QDir().mkpath(m_fixture->folder() + u"/private"_s));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{");
        file.close();
        QSignalSpy failed(tab->session(), &RequestSession::cookiesFailed);
        tab->session()->send();
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(failed.first().first().value<Error>().message.contains(path));
        QVERIFY(QFile::exists(path + u".bad"_s));
    }

private:
    std::unique_ptr<RequestFixture> m_fixture;
};

} // namespace realmscope

QTEST_MAIN(realmscope::CookiesTest)
#include "tst_cookies.moc"
