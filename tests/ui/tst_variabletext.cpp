// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// {{variables}} in the real window, by keyboard: completion, what is said of them, and the way from Send to the place that
// has no value.
#include "WindowFixture.h"
#include "ui/request/PairTable.h"
#include "ui/request/RequestEditor.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/request/UrlEdit.h"
#include "ui/response/RefusalBanner.h"
#include "ui/widgets/NoticeBar.h"
#include "ui/window/FolderDialog.h"
#include "ui/window/MessageBar.h"

#include <QtGui/QHelpEvent>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QToolTip>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

class tst_VariableText : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<WindowFixture> m_fixture;

    MainWindow *window() const { return m_fixture->window(); }
    RequestSession *session() const { return m_fixture->session(); }

    void writeFile(const QString &name, const QByteArray &bytes) const
    {
        QFile file(m_fixture->folder() + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    void open(const QString &path, qsizetype index = 0) const
    {
        QVERIFY(m_fixture->context.workspace->reload());
        window()->openPlace({path, index});
        QVERIFY(session());
    }
    UrlEdit *url() const { return window()->currentTab()->findChild<UrlEdit *>(); }
    RefusalBanner *banner() const { return window()->currentTab()->findChild<RefusalBanner *>(); }
    static QAbstractItemView *completion() { return qobject_cast<QAbstractItemView *>(QApplication::activePopupWidget()); }

    // What the tooltip over a point of the widget says.
    static QString toolTipAt(QWidget *widget, const QPoint &position)
    {
        QToolTip::hideText();
        QHelpEvent event(QEvent::ToolTip, position, widget->mapToGlobal(position));
        QApplication::sendEvent(widget, &event);
        return QToolTip::text();
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void init()
    {
        m_fixture = std::make_unique<WindowFixture>();
        writeFile(u"environments.json"_s, "{\"schema\": \"realmscope.environments/1\", \"shared\": {\"team\": \"blue\"}, \"environments\": {\"Staging\": {\"base\": \"http://127.0.0.1:9\", \"token\": \"{{team}}-1\"}}}");
        writeFile(u"one.http"_s, "@folderless = file value\n\n# @name one\nGET {{base}}/{{folderless}}\nX-Team: {{team}}\nX-Lost: {{nobody}}\n");
        m_fixture->open();
    }
    void cleanup() { m_fixture.reset(); }

    void completesByKeyboard()
    {
        open(u"one.http"_s);
        session()->setEnvironment(u"Staging"_s);
        press(Qt::Key_L, Qt::ControlModifier);
        press(Qt::Key_End);
        type(u"?x={{te"_s);
        QTRY_VERIFY(completion());
        QCOMPARE(completion()->currentIndex().data().toString(), u"team"_s);
        const QString told = completion()->currentIndex().data(Qt::AccessibleDescriptionRole).toString();
        QVERIFY2(told.contains("blue"_L1) && told.contains("all environments"_L1), qPrintable(told));
        press(Qt::Key_Return); // chooses, and does not send
        QTRY_VERIFY(!completion());
        QCOMPARE(session()->spec().url, u"{{base}}/{{folderless}}?x={{team}}"_s);
        QCOMPARE(session()->state(), RequestSession::State::Idle);
        type(u"&y={{$rand"_s);
        QTRY_VERIFY(completion());
        press(Qt::Key_Escape);
        QTRY_VERIFY(!completion());
        QVERIFY(session()->spec().url.endsWith("{{$rand"_L1)); // what was typed stays
    }

    void tellsValueAndOrigin()
    {
        open(u"one.http"_s);
        session()->setEnvironment(u"Staging"_s);
        const QString described = url()->accessibleDescription();
        QVERIFY2(described.contains("{{base}} is http://127.0.0.1:9, from environment Staging"_L1), qPrintable(described));
        QVERIFY2(described.contains("{{folderless}} is file value, from this request, in one.http"_L1), qPrintable(described));
        // The pointer over the first variable; the cursor at the start puts the text where the field begins.
        url()->setFocus();
        url()->setCursorPosition(0);
        const QPoint over(url()->inputMethodQuery(Qt::ImCursorRectangle).toRect().center().x() + 20, url()->height() / 2);
        QVERIFY2(toolTipAt(url(), over).contains("environment Staging"_L1), qPrintable(QToolTip::text()));

        PairTable *headers = window()->currentTab()->editor()->headersTable();
        const QAbstractItemModel *model = headers->model();
        bool isTold = false;
        for (int row = 0; row < model->rowCount(); ++row) {
            const QModelIndex value = model->index(row, RequestHeadersModel::Value);
            if (value.siblingAtColumn(RequestHeadersModel::Name).data().toString() != "X-Team"_L1)
                continue;
            isTold = value.data(Qt::AccessibleDescriptionRole).toString().contains("{{team}} is blue, from all environments"_L1);
        }
        QVERIFY(isTold);
    }

    void sendLeadsToThePlace_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QString>("selected");
        QTest::newRow("URL") << "GET {{base}}/{{nobody}}\n"_ba << u"{{nobody}}"_s;
        QTest::newRow("header") << "GET {{base}}/\nX-A: 1\nX-Lost: {{nobody}}\n"_ba << u"X-Lost"_s;
        QTest::newRow("body") << "POST {{base}}/\nContent-Type: text/plain\n\nfirst\nand {{nobody}} here\n"_ba << u"{{nobody}}"_s;
        QTest::newRow("form") << "# @realmscope-body form\nPOST {{base}}/\nContent-Type: application/x-www-form-urlencoded\n\na=1&b={{nobody}}\n"_ba << u"b"_s;
    }
    void sendLeadsToThePlace()
    {
        QFETCH(QByteArray, request);
        QFETCH(QString, selected);
        writeFile(u"lost.http"_s, request);
        open(u"lost.http"_s);
        session()->setEnvironment(u"Staging"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(banner()->isVisible());
        QVERIFY(session()->trace().exchanges.isEmpty());
        const QString said = visibleText(banner());
        QVERIFY2(said.contains("Go to the variable"_L1), qPrintable(said));
        QVERIFY(tabTo(u"Go to the variable"_s));
        press(Qt::Key_Space);
        QWidget *focused = QApplication::focusWidget();
        if (const auto *line = qobject_cast<QLineEdit *>(focused))
            QCOMPARE(line->selectedText(), selected);
        else if (const auto *text = qobject_cast<QPlainTextEdit *>(focused))
            QCOMPARE(text->textCursor().selectedText(), selected);
        else if (const auto *table = qobject_cast<PairTable *>(focused))
            QCOMPARE(table->currentIndex().siblingAtColumn(RequestHeadersModel::Name).data().toString(), selected);
        else
            QFAIL(qPrintable(focusedControl()));
    }

    // An answer's token: its request has to be sent first, the button opens it; the value is masked where it is looked at.
    void answerOfAnotherRequest()
    {
        ScriptServer server([](const QByteArray &request) {
            const bool isLogin = request.startsWith("POST");
            const bool isKnown = request.contains("Bearer Opal-7731-river");
            return response(isLogin || isKnown ? 200 : 401, isLogin || isKnown ? "OK" : "Unauthorized", "Content-Type: application/json\r\n",
                            isLogin ? "{\"access_token\": \"Opal-7731-river\", \"id\": 42}" : "{}");
        });
        writeFile(u"login.http"_s, "# @name login\nPOST " + server.url().toUtf8() + "\n");
        writeFile(u"me.http"_s, "# @name me\nGET " + server.url().toUtf8()
                                    + "?id={{login.response.body.$.id}}\nAuthorization: Bearer {{login.response.body.$.access_token}}\n");
        open(u"me.http"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(banner()->isVisible());
        QVERIFY2(visibleText(banner()).contains("Open login"_L1), qPrintable(visibleText(banner())));
        QVERIFY(tabTo(u"Open login"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(session()->spec().name, u"login"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(m_fixture->isSettled());

        window()->openPlace({u"me.http"_s, 0});
        QVERIFY(!session()->unresolved());
        QVERIFY2(url()->accessibleDescription().contains("{{login.response.body.$.id}} is 42, from the answer of login"_L1), qPrintable(url()->accessibleDescription()));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(m_fixture->isSettled());
        QCOMPARE(session()->trace().final()->response.status, 200);
        QVERIFY(server.requests().last().contains("?id=42 "));
        const QString seen = visibleText(window());
        QVERIFY2(!seen.contains("Opal-7731-river"_L1), qPrintable(seen));
        QVERIFY(!session()->reportMarkdown().contains("Opal-7731-river"_L1));
    }

    // A folder's settings by keyboard: they are inherited, shown with where they are from, and lead back to the folder.
    void folderSettings()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, "ok"); });
        m_fixture->addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Opal-73-river"_s}}, {server.origin()});
        QVERIFY(QDir(m_fixture->folder()).mkpath(u"billing"_s));
        writeFile(u"billing/one.http"_s, "GET " + server.url().toUtf8() + "\nX-Own: {{tenant}}\n");
        open(u"billing/one.http"_s);
        QVERIFY(!session()->profile());
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"Settings of this request"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE(QApplication::activeWindow()->windowTitle(), u"Settings of the folder billing"_s);
        QVERIFY(tabTo(u"Credential profile"_s));
        type(u"alice"_s); // the entry that begins so
        QVERIFY(tabTo(u"Headers"_s));
        press(Qt::Key_Down);
        press(Qt::Key_Return);
        type(u"X-Tenant"_s);
        press(Qt::Key_Tab);
        type(u"{{tenant}}"_s);
        press(Qt::Key_Return);
        QVERIFY(tabTo(u"Variables"_s));
        press(Qt::Key_Down);
        press(Qt::Key_Return);
        type(u"tenant"_s);
        press(Qt::Key_Tab);
        type(u"blue"_s);
        press(Qt::Key_Return);
        QVERIFY(tabTo(u"Save"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(!window()->findChild<FolderDialog *>()); // closed; what is wrong would keep it
        window()->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window()));

        QVERIFY(session()->profile());
        QCOMPARE(session()->profile()->name, u"alice"_s);
        const QAbstractItemModel *model = window()->currentTab()->editor()->headersTable()->model();
        QStringList rows;
        for (int row = 0; row + 1 < model->rowCount(); ++row)
            rows << model->index(row, RequestHeadersModel::Name).data().toString() + u' ' + model->index(row, RequestHeadersModel::Source).data().toString();
        QVERIFY2(rows.contains(u"X-Tenant Folder · billing"_s), qPrintable(rows.join(u", "_s)));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(m_fixture->isSettled());
        const QByteArray sent = server.requests().last();
        QVERIFY2(sent.contains("\r\nX-Tenant: blue\r\n") && sent.contains("\r\nX-Own: blue\r\n"), sent.constData());
        QVERIFY(sent.contains("\r\nAuthorization: Basic " + QByteArray("alice:Opal-73-river").toBase64() + "\r\n"));
        QVERIFY(!session()->isModified()); // what is inherited is not the request's own

        // Its own word comes first.
        RequestSpec spec = session()->spec();
        spec.headers.append({u"x-tenant"_s, u"mine"_s, true});
        spec.profileName = noProfile;
        session()->setSpec(spec);
        QVERIFY(!session()->profile());
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(server.requests().size(), 2);
        QVERIFY(!server.requests().last().contains("Authorization") && server.requests().last().contains("x-tenant: mine"));
        QTRY_VERIFY(m_fixture->isSettled());
    }

    void aBrokenFolderFileBlocksSend()
    {
        QVERIFY(QDir(m_fixture->folder()).mkpath(u"billing"_s));
        writeFile(u"billing/one.http"_s, "GET http://127.0.0.1:9/\n");
        writeFile(u"billing/folder.json"_s, "{oops");
        open(u"billing/one.http"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(banner()->isVisible());
        QVERIFY(session()->trace().exchanges.isEmpty());
        QVERIFY2(session()->sendError()->message.contains("billing/folder.json"_L1), qPrintable(session()->sendError()->message));
    }

    void saysWhatTheFileAsksFor()
    {
        writeFile(u"notes.http"_s, "# @name notes\n# @loop for 3\nGET {{base}}/\n\n> {% client.log(1) %}\n");
        open(u"notes.http"_s);
        auto *bar = window()->currentTab()->findChild<NoticeBar *>(u"notes"_s);
        QVERIFY(bar && bar->isVisible());
        QVERIFY2(bar->text().startsWith("2 parts of this file are not carried out"_L1), qPrintable(bar->text()));
        QVERIFY2(bar->accessibleDescription().contains("Line 5: a response handler"_L1), qPrintable(bar->accessibleDescription()));
        auto *close = visibleNamed<QToolButton>(bar, u"Close the note"_s);
        QVERIFY(close);
        close->click();
        QVERIFY(!bar->isVisible());
        session()->setEnvironment(u"Staging"_s); // the bar does not come back by itself
        QVERIFY(!bar->isVisible());
        open(u"one.http"_s);
        QVERIFY(!window()->currentTab()->findChild<NoticeBar *>(u"notes"_s)->isVisible());
    }

    // A body that would mean something else in a .http file is kept in a file beside it; the tab says where.
    void unsafeBodiesAreKept()
    {
        open(u"one.http"_s);
        RequestSpec spec = session()->spec();
        spec.method = u"POST"_s;
        spec.body = {.kind = BodyKind::Text, .contentType = u"text/markdown"_s, .text = u"# {{team}}\n> {% x %}"_s};
        session()->setSpec(spec);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!session()->isModified());
        QCOMPARE(session()->spec().body.kind, BodyKind::File);
        QFile file(session()->spec().body.filePath);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "# {{team}}\n> {% x %}"_ba);
        session()->setEnvironment(u"Staging"_s);
        RequestSpec without = session()->spec();
        without.headers.removeIf([](const SpecHeader &header) { return header.name == "X-Lost"_L1; });
        session()->setSpec(without);
        QCOMPARE(session()->preview()->body, "# blue\n> {% x %}"_ba);
        QVERIFY2(window()->messages()->text().contains("one-body.txt"_L1), qPrintable(window()->messages()->text()));
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::tst_VariableText)
#include "tst_variabletext.moc"
