// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The place History in the real window, by keyboard: what was sent is there, comes back whole and without secrets, can be
// found, sent again and deleted.
#include "WindowFixture.h"
#include "ui/history/HistoryModel.h"
#include "ui/history/HistoryPage.h"
#include "ui/history/HistoryTree.h"
#include "ui/response/ResponseView.h"
#include "ui/window/CommandPalette.h"
#include "ui/window/MessageBar.h"

#include <QtCore/QDirIterator>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

static QByteArray echo(const QByteArray &request)
{
    const bool isKnown = request.contains("Bearer Quartz-token-58");
    return response(isKnown ? 200 : 401, isKnown ? "OK" : "Unauthorized", "WWW-Authenticate: Bearer realm=\"lab\"\r\nContent-Type: text/plain\r\n",
                    "you sent: " + request);
}

// A window with a history of its own.
class HistoryFixture : public WindowFixture
{
public:
    HistoryFixture()
    {
        context.history = std::make_unique<History>(folderOfHistory(), HistoryLimits());
    }
    ~HistoryFixture()
    {
        close();
        context.history.reset(); // it still writes into the folder
    }
    // The program ends and starts again.
    void restart()
    {
        close();
        context.history.reset();
        context.history = std::make_unique<History>(folderOfHistory(), HistoryLimits());
        open();
    }
    [[nodiscard]] QString folderOfHistory() const { return m_history.path(); }
    [[nodiscard]] HistoryModel *model() const { return window()->historyPage()->model(); }
    [[nodiscard]] qsizetype kept() const { return context.history->index().size(); }
    void send(const QString &url, int entries)
    {
        press(Qt::Key_1, Qt::AltModifier);
        press(Qt::Key_N, Qt::ControlModifier);
        type(url);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(isSettled());
        QTRY_COMPARE(kept(), entries);
        context.history->waitForDone();
    }

private:
    QTemporaryDir m_history;
};

static HistoryEntry entryAt(int number, const QDateTime &sent)
{
    HistoryEntry entry;
    entry.id = u"e%1"_s.arg(number);
    entry.sentAtMs = sent.toMSecsSinceEpoch();
    entry.status = number % 2 == 0 ? 200 : 401;
    entry.method = u"GET"_s;
    entry.url = u"https://api.example.com/items/%1"_s.arg(number);
    return entry;
}

static HistoryIndex listOf(const QList<HistoryEntry> &entries)
{
    QByteArray content = HistoryIndex().write();
    for (const HistoryEntry &entry : entries)
        content += HistoryIndex::lineOf(entry);
    return HistoryIndex::parse(content);
}

class HistoryWindowTest : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] static QString currentText(const HistoryFixture &fixture)
    {
        const auto *tree = fixture.window()->historyPage()->findChild<HistoryTree *>();
        return tree->currentIndex().data().toString();
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    // ---- the model

    void days()
    {
        const QDate today(2026, 11, 28);
        FixedClock clock(QDateTime(today, QTime(12, 0)).toMSecsSinceEpoch());
        HistoryModel model(clock);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setList(listOf({entryAt(1, QDateTime(today.addDays(-40), QTime(23, 59, 59))), entryAt(2, QDateTime(today.addDays(-1), QTime(0, 0))),
                              entryAt(3, QDateTime(today.addDays(-1), QTime(23, 59, 59))), entryAt(4, QDateTime(today, QTime(0, 0))),
                              entryAt(5, QDateTime(today, QTime(11, 0)))}));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data().toString(), u"Today"_s);
        QCOMPARE(model.index(1, 0).data().toString(), u"Yesterday"_s);
        QCOMPARE(model.index(2, 0).data(HistoryModel::DayRole).toDate(), today.addDays(-40));
        QCOMPARE(model.rowCount(model.index(0, 0)), 2);
        QCOMPARE(model.index(0, 0, model.index(0, 0)).data(HistoryModel::IdRole).toString(), u"e5"_s);
        QCOMPARE(model.ids(model.index(1, 0)), (QStringList{u"e3"_s, u"e2"_s}));
        QCOMPARE(model.find(u"e2"_s), model.index(1, 0, model.index(1, 0)));
        QVERIFY(!model.find(u"e9"_s).isValid());

        model.setFilter(u"items/2"_s);
        QCOMPARE(model.shown(), 1);
        QCOMPARE(model.total(), 5);
        QCOMPARE(model.rowCount(), 1);
        QVERIFY(!model.find(u"e3"_s).isValid());
        model.setFilter({});
        model.setHidden({u"e2"_s, u"e3"_s});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.total(), 3);
        model.setFilter(u"nothing has this"_s);
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(!model.first().isValid());
    }

    void urlsAreTakenApart_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("path");
        QTest::newRow("plain") << u"https://api.example.com/a/b?c=d"_s << u"api.example.com"_s << u"/a/b?c=d"_s;
        QTest::newRow("no path") << u"https://api.example.com"_s << u"api.example.com"_s << u"/"_s;
        QTest::newRow("user") << u"http://alice:••••@h:81/x"_s << u"h:81"_s << u"/x"_s;
        QTest::newRow("no scheme") << u"localhost:80/x"_s << u"localhost:80"_s << u"/x"_s;
        QTest::newRow("only a word") << u"word"_s << u"word"_s << u"word"_s;
        QTest::newRow("empty") << QString() << QString() << QString();
    }

    void urlsAreTakenApart()
    {
        QFETCH(QString, url);
        QFETCH(QString, host);
        QFETCH(QString, path);
        QCOMPARE(hostOf(url), host);
        QCOMPARE(pathOf(url), path);
    }

    // ---- in the window

    void emptyAtFirst()
    {
        HistoryFixture fixture;
        fixture.open();
        press(Qt::Key_3, Qt::AltModifier);
        QCOMPARE(fixture.window()->place(), Place::History);
        QVERIFY(visibleText(fixture.window()).contains(u"What you send appears here, with every exchange and without its secrets."_s));
        QCOMPARE(focusedControl(), u"New request"_s);
        press(Qt::Key_Space);
        QCOMPARE(fixture.window()->place(), Place::Requests);
        QVERIFY(fixture.session());
        QVERIFY(QDir(fixture.folderOfHistory()).isEmpty()); // nothing is made before there is something
    }

    void aWholeTraceComesBackAfterARestart()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.addProfile(u"alice"_s, u"bearer"_s, {}, {{u"token"_s, u"Wrong-token-99"_s}}, {server.origin()});
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url(u"/me?page=2"_s));
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"alice"_s));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QTRY_COMPARE(fixture.kept(), 1);
        const Trace trace = fixture.session()->trace();
        const Diagnosis diagnosis = fixture.session()->diagnosis();
        QVERIFY(trace.exchanges.size() >= 1);
        QVERIFY(diagnosis.primary());
        QTRY_COMPARE(fixture.context.history->index().at(0).exchanges, trace.exchanges.size()); // with the probes
        fixture.restart();

        press(Qt::Key_3, Qt::AltModifier);
        QCOMPARE(focusedControl(), u"What was sent"_s);
        QCOMPARE(currentText(fixture), u"GET %1"_s.arg(server.url(u"/me?page=2"_s)));
        QTRY_VERIFY(visibleText(fixture.window()->historyPage()).contains(diagnosis.primary()->title));
        press(Qt::Key_Return);
        QCOMPARE(fixture.window()->place(), Place::Requests);
        QTRY_VERIFY(fixture.session() && fixture.session()->isFromHistory());
        const RequestSession *session = fixture.session();
        QVERIFY(session->hasResult());
        QCOMPARE(session->spec().url, server.url(u"/me?page=2"_s));
        QCOMPARE(session->spec().profileName, u"alice"_s);
        const Trace &back = session->trace();
        QCOMPARE(back.exchanges.size(), trace.exchanges.size());
        for (qsizetype i = 0; i < back.exchanges.size(); ++i) {
            QCOMPARE(back.exchanges.at(i).role, trace.exchanges.at(i).role);
            QCOMPARE(back.exchanges.at(i).response.status, trace.exchanges.at(i).response.status);
            QCOMPARE(back.exchanges.at(i).timings.total, trace.exchanges.at(i).timings.total);
            QCOMPARE(back.exchanges.at(i).connection.peerAddress, trace.exchanges.at(i).connection.peerAddress);
            QCOMPARE(back.exchanges.at(i).startedAtMs, trace.exchanges.at(i).startedAtMs);
        }
        QCOMPARE(session->diagnosis().primary()->cause, diagnosis.primary()->cause);
        QCOMPARE(session->diagnosis().primary()->verdict, diagnosis.primary()->verdict);
        QCOMPARE(session->diagnosis().checklist.size(), 9);
        const QString text = visibleText(fixture.window());
        QVERIFY(text.contains(u"Secrets are left out."_s));
        QVERIFY(text.contains(diagnosis.primary()->title));
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 401"_s));
        QVERIFY(session->openProbes().isEmpty()); // they would need the credential as it was

        // Raw shows the bytes, and the mask where the token was.
        fixture.window()->currentTab()->response()->showSection(ResponseView::Raw);
        const QByteArray raw = session->trace().final()->rawRequest.all();
        QVERIFY(raw.contains("GET /me?page=2 HTTP/1.1\r\n"));
        QVERIFY(!raw.contains("Wrong-token-99"));
        const Exchange &final = *session->trace().final();
        const HeaderField *field = final.request.headers.find("Authorization");
        QVERIFY(field);
        QCOMPARE(raw.mid(field->valueRange.begin, field->valueRange.size()), field->value);
        // The troubleshooter has it too.
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"Troubleshoot 401"_s));
    }

    void sentAgainIsComparedWithIt()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.addProfile(u"alice"_s, u"bearer"_s, {}, {{u"token"_s, u"Quartz-token-58"_s}}, {server.origin()});
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"alice"_s));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QTRY_COMPARE(fixture.kept(), 1);
        press(Qt::Key_3, Qt::AltModifier);
        QTRY_VERIFY(visibleNamed<QPushButton>(fixture.window(), u"Send again"_s));
        QVERIFY(tabTo(u"Send again"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(fixture.session() && !fixture.session()->isFromHistory() && fixture.isSettled());
        QCOMPARE(fixture.session()->trace().final()->response.status, 200);
        QVERIFY(server.requests().last().contains("Authorization: Bearer Quartz-token-58\r\n")); // the profile's, not a mask
        QVERIFY(fixture.session()->previous());
        QCOMPARE(fixture.session()->previous()->trace.final()->response.status, 200);
        QTRY_COMPARE(fixture.kept(), 2);
    }

    void aSecretTypedByHandIsLeftOutAndSaidSo()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        RequestSpec spec;
        spec.url = server.url(u"/me?api_key=Url-secret-77"_s);
        spec.headers = {{u"Authorization"_s, u"Bearer Quartz-token-58"_s, true}, {u"X-Plain"_s, u"plain"_s, true}};
        fixture.window()->openSpec(spec);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QTRY_COMPARE(fixture.kept(), 1);
        fixture.restart();
        press(Qt::Key_3, Qt::AltModifier);
        press(Qt::Key_Return);
        QTRY_VERIFY(fixture.session() && fixture.session()->isFromHistory());
        QCOMPARE(fixture.session()->leftOutSecrets(), (QStringList{u"URL"_s, u"header Authorization"_s}));
        QVERIFY(visibleText(fixture.window()).contains(u"Type them again before you send: URL, header Authorization."_s));
        QVERIFY(!fixture.session()->spec().headers.first().value.contains(u"Quartz"_s));
        QCOMPARE(fixture.session()->spec().headers.at(1).value, u"plain"_s);

        // Bullets are not sent to a server.
        const qsizetype sent = server.requests().size();
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.session()->sendError());
        QVERIFY(fixture.session()->sendError()->message.contains(u"the URL"_s));
        QVERIFY(!fixture.session()->sendError()->action.isEmpty());
        QCOMPARE(server.requests().size(), sent);
        RequestSpec mended = spec;
        fixture.session()->setSpec(mended);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(server.requests().size(), sent + 1);
    }

    void noSecretIsOnTheDisk()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Kanari-58+x/y"_s}}, {server.origin()});
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url(u"/me?access_token=Kanari-url-1"_s));
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"alice"_s));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QTRY_COMPARE(fixture.kept(), 1);
        fixture.context.history->waitForDone();
        QVERIFY(server.requests().first().contains("Authorization: Basic ")); // it was sent
        int files = 0;
        QDirIterator all(fixture.folderOfHistory(), QDir::Files, QDirIterator::Subdirectories);
        while (all.hasNext()) {
            QFile file(all.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QByteArray bytes = file.readAll();
            if (file.fileName().endsWith(u".trace"_s)) {
                // First two lines of text, then what qCompress() made.
                const qsizetype packed = bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1;
                const QByteArray unpacked = qUncompress(bytes.mid(packed));
                QVERIFY(unpacked.contains("HTTP/1.1 401"));
                bytes += unpacked;
                ++files;
            }
            for (const char *secret : {"Kanari", "S2FuYXJpLTU4K3gveQ", "YWxpY2U6S2FuYXJpLTU4K3gveQ", "Kanari-58%2Bx%2Fy"}) // python: base64.b64encode
                QVERIFY2(!bytes.contains(secret), qPrintable(file.fileName() + u": "_s + QString::fromLatin1(secret)));
        }
        QCOMPARE(files, 1);
    }

    // A variable that is called a token holds one, whatever the header is called that it goes out in.
    void valuesOfSecretVariablesAreMasked()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        QFile file(fixture.folder() + u"/environments.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\": \"realmscope.environments/1\", \"environments\": {\"Lab\": {\"apiToken\": \"Kanari-env-3\", \"page\": \"seven-8\"}}}");
        file.close();
        QVERIFY(fixture.context.workspace->reload());
        fixture.open();
        RequestSpec spec;
        spec.url = server.url(u"/{{page}}"_s);
        spec.headers = {{u"X-Foo"_s, u"{{apiToken}}"_s, true}};
        fixture.window()->openSpec(spec)->session()->setEnvironment(u"Lab"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        QVERIFY(server.requests().first().contains("X-Foo: Kanari-env-3\r\n"));
        QTRY_COMPARE(fixture.kept(), 1);
        const HistoryEntry entry = fixture.context.history->index().at(0);
        QCOMPARE(entry.url, server.url(u"/seven-8"_s));
        const Result<HistoryRecord> record = fixture.context.history->read(entry.id);
        QVERIFY(record);
        QVERIFY(record->spec == spec); // templates stay
        const QByteArray sent = record->trace.exchanges.first().rawRequest.all();
        QVERIFY(sent.contains("GET /seven-8 ") && sent.contains("X-Foo: ") && !sent.contains("Kanari"));
        QVERIFY(!record->trace.exchanges.first().response.body.all().contains("Kanari"));
    }

    void searchedAndCleared()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        fixture.send(server.url(u"/apples"_s), 1);
        fixture.send(server.url(u"/pears"_s), 2);
        fixture.send(server.url(u"/apples/7"_s), 3);
        press(Qt::Key_3, Qt::AltModifier);
        QVERIFY(visibleText(fixture.window()).contains(u"3 entries"_s));
        press(Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(focusedControl(), u"Search the history"_s);
        type(u"APPLES 401"_s);
        QCOMPARE(fixture.model()->shown(), 2);
        QVERIFY(visibleText(fixture.window()).contains(u"2 of 3"_s));
        press(Qt::Key_Down); // into the list
        QCOMPARE(focusedControl(), u"What was sent"_s);
        QCOMPARE(currentText(fixture), u"GET %1"_s.arg(server.url(u"/apples/7"_s)));
        press(Qt::Key_F, Qt::ControlModifier);
        type(u"nothing has this"_s);
        QCOMPARE(fixture.model()->shown(), 0);
        QVERIFY(visibleText(fixture.window()).contains(u"No entry has all of these words"_s));
        QVERIFY(tabTo(u"Clear the search"_s));
        press(Qt::Key_Space);
        QCOMPARE(fixture.model()->shown(), 3);
    }

    void deletedAndTakenBack()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        fixture.send(server.url(u"/one"_s), 1);
        fixture.send(server.url(u"/two"_s), 2);
        fixture.send(server.url(u"/three"_s), 3);
        press(Qt::Key_3, Qt::AltModifier);
        const auto files = [&fixture] { return QDir(fixture.folderOfHistory() + u"/entries"_s).entryList(QDir::Files).size(); };
        QCOMPARE(files(), 3);
        press(Qt::Key_Down);
        QCOMPARE(currentText(fixture), u"GET %1"_s.arg(server.url(u"/two"_s)));
        press(Qt::Key_Delete);
        QCOMPARE(fixture.model()->shown(), 2);
        QCOMPARE(currentText(fixture), u"GET %1"_s.arg(server.url(u"/one"_s))); // the next one
        QVERIFY(visibleText(fixture.window()).contains(u"Deleted: GET /two"_s));
        QCOMPARE(files(), 3); // not yet
        QVERIFY(tabTo(u"Undo: Deleted: GET /two"_s));
        press(Qt::Key_Space);
        QCOMPARE(fixture.model()->shown(), 3);
        QCOMPARE(currentText(fixture), u"GET %1"_s.arg(server.url(u"/two"_s)));

        press(Qt::Key_Delete);
        QVERIFY(tabTo(u"Delete for good"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(files(), 2);
        QTRY_COMPARE(fixture.kept(), 2);
        QCOMPARE(fixture.model()->total(), 2);

        // The day, from its row.
        press(Qt::Key_Home);
        press(Qt::Key_Delete);
        QCOMPARE(fixture.model()->shown(), 0);
        QVERIFY(visibleText(fixture.window()).contains(u"2 entries deleted"_s));
        fixture.restart(); // what can be taken back no longer goes
        QCOMPARE(files(), 0);
        QCOMPARE(fixture.kept(), 0);
    }

    void clearedFromThePalette()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        fixture.send(server.url(u"/one"_s), 1);
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"clear the history"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE(fixture.window()->place(), Place::History);
        QCOMPARE(fixture.model()->shown(), 0);
        QVERIFY(visibleText(fixture.window()).contains(u"1 entry deleted"_s));
        // One more Send is not swallowed by that.
        fixture.send(server.url(u"/two"_s), 2);
        press(Qt::Key_3, Qt::AltModifier);
        QCOMPARE(fixture.model()->shown(), 1);
    }

    void anotherProgramIsSeen()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        fixture.send(server.url(u"/one"_s), 1);
        press(Qt::Key_3, Qt::AltModifier);
        QCOMPARE(fixture.model()->shown(), 1);
        press(Qt::Key_1, Qt::AltModifier);
        HistoryRecord other;
        other.entry.id = u"other"_s;
        other.entry.sentAtMs = fixture.context.clock->nowMs() + 1000;
        other.entry.method = u"GET"_s;
        other.entry.url = server.url(u"/other"_s);
        QVERIFY(HistoryFolder(fixture.folderOfHistory(), {}).add(other));
        press(Qt::Key_3, Qt::AltModifier);
        QTRY_COMPARE(fixture.model()->shown(), 2);
        QVERIFY(fixture.model()->find(u"other"_s).isValid());
    }

    void switchedOff()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.context.history->setKeeping(false);
        fixture.open();
        QSignalSpy chosen(fixture.window(), &MainWindow::historyKeepingChosen);
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(fixture.isSettled());
        fixture.context.history->waitForDone();
        QCOMPARE(fixture.kept(), 0);
        press(Qt::Key_3, Qt::AltModifier);
        QVERIFY(visibleText(fixture.window()).contains(u"The history is off"_s));
        QVERIFY(tabTo(u"Keep a history"_s));
        press(Qt::Key_Space);
        QVERIFY(fixture.context.history->isKeeping());
        QCOMPARE(chosen.size(), 1);
        fixture.send(server.url(u"/again"_s), 1);
    }

    void whatCannotBeReadIsSaid()
    {
        HistoryFixture fixture;
        QVERIFY(QDir().mkpath(HistoryFolder::listPath(fixture.folderOfHistory()))); // a folder where the file should be
        fixture.open();
        press(Qt::Key_3, Qt::AltModifier);
        QVERIFY(visibleText(fixture.window()).contains(u"The history can't be read"_s));
        QCOMPARE(focusedControl(), u"Try again"_s);
        QVERIFY(QDir().rmdir(HistoryFolder::listPath(fixture.folderOfHistory())));
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"What you send appears here"_s));
    }

    void aDamagedEntryIsSaid()
    {
        ScriptServer server(echo);
        HistoryFixture fixture;
        fixture.open();
        fixture.send(server.url(u"/one"_s), 1);
        QFile file(HistoryFolder::entryPath(fixture.folderOfHistory(), fixture.context.history->index().id(0)));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() - 3) && file.write("xyz") == 3);
        file.close();
        press(Qt::Key_3, Qt::AltModifier);
        QTRY_VERIFY(visibleText(fixture.window()->historyPage()).contains(u"The history entry is damaged"_s));
        press(Qt::Key_Return);
        QCOMPARE(fixture.window()->place(), Place::History);
        QVERIFY(fixture.window()->messages()->text().contains(u"damaged"_s));
    }

    void aFailedConnectionIsKept()
    {
        HistoryFixture fixture;
        fixture.open();
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const QString url = u"http://127.0.0.1:%1/"_s.arg(free.serverPort());
        free.close();
        fixture.send(url, 1);
        QCOMPARE(fixture.context.history->index().at(0).status, 0);
        press(Qt::Key_3, Qt::AltModifier);
        QTRY_VERIFY(visibleText(fixture.window()->historyPage()).contains(u"No answer"_s));
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::HistoryWindowTest)
#include "tst_historypage.moc"
