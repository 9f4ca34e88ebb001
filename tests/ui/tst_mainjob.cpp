// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The main job on the real window, by keyboard alone: nothing is called here but to look at what is shown.
#include "WindowFixture.h"
#include "ui/response/RefusalBanner.h"
#include "ui/response/TextView.h"
#include "ui/response/TraceStrip.h"
#include "ui/troubleshooter/TroubleshooterPanel.h"
#include "ui/window/MessageBar.h"

#include <QtCore/QMimeData>
#include <QtCore/QTemporaryDir>
#include <QtGui/QDragEnterEvent>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabBar>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

// The bytes that are marked in Raw, one string a line.
static QStringList markedBytes(const TextView *view)
{
    QStringList marked;
    for (const TextLine &line : view->document().lines()) {
        for (const TextSpan &span : line.spans) {
            if (span.kind == SpanKind::Evidence)
                marked.append(line.text.sliced(span.begin, span.end - span.begin));
        }
    }
    return marked;
}

class MainJobTest : public QObject
{
    Q_OBJECT

private:
    // From the empty window to the 401: the practice server is started, a request written, a profile chosen, sent.
    static void sendToRoom(WindowFixture &fixture, const QString &room, const QString &profile)
    {
        MainWindow *window = fixture.window();
        press(Qt::Key_5, Qt::AltModifier);
        QVERIFY(tabTo(u"Start the practice server"_s));
        press(Qt::Key_Space);
        const auto *served = visibleNamed<QLabel>(window, u"Serves on "_s);
        QVERIFY(served);
        const QString base = served->text().section(u' ', -1);

        press(Qt::Key_1, Qt::AltModifier);
        press(Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(focusedControl(), u"Request URL"_s);
        type(base + u'/' + room);
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(profile));
        QVERIFY(visibleNamed(window, u"Credential profile"_s));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Status 401"_s));
        QTRY_VERIFY(fixture.isSettled());
    }

    static QString banner(const MainWindow *window)
    {
        const auto *banner = window->findChild<RefusalBanner *>();
        return banner && banner->isVisible() ? visibleText(banner) : QString();
    }

    // The steps are walked from the first to the last; each one tells its question and its verdict.
    static void walkSteps(const MainWindow *window)
    {
        const QWidget *panel = window->troubleshooter();
        for (int back = 0; back < 9; ++back)
            press(Qt::Key_Up);
        for (int step = 1; step <= 9; ++step) {
            const QString focused = focusedControl();
            QVERIFY2(focused.startsWith(QString::number(step) + u' '), qPrintable(focused));
            QVERIFY2(visibleText(panel).contains(u"Step %1 of 9: "_s.arg(step)), qPrintable(visibleText(panel)));
            press(Qt::Key_Down);
        }
    }

    // As a file manager does it.
    static void drop(QWidget *target, const QStringList &paths)
    {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString &path : paths)
            urls.append(QUrl::fromLocalFile(path));
        data.setUrls(urls);
        const QPoint middle = target->rect().center();
        QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(target, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(target, &event);
        QVERIFY(event.isAccepted());
    }

    static void checkComparison(const MainWindow *window)
    {
        const QString text = visibleText(window->troubleshooter());
        for (const QString &word : {u"Step 9 of 9"_s, u"Before and after"_s, u"\n401\n"_s, u"\n200\n"_s})
            QVERIFY2(text.contains(word), qPrintable(word + u" in:\n"_s + text));
        QVERIFY2(banner(window).contains(u"Fixed: 401 → 200"_s), qPrintable(banner(window)));
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void wrongPasswordIsCorrectedInTheProfile()
    {
        WindowFixture fixture;
        fixture.addProfile(u"user, practice"_s, u"basic"_s, {{u"username"_s, u"user"_s}},
                           {{u"password"_s, u"Orchid-25"_s}}, {u"http://127.0.0.1:*"_s});
        fixture.open();
        MainWindow *window = fixture.window();
        sendToRoom(fixture, u"wrong-password"_s, u"user, practice"_s);

        // The strip shows the exchange, the banner the cause, how sure it is, and what to do.
        QVERIFY(visibleNamed<TraceChip>(window, u"GET, 401, "_s));
        const Finding *cause = fixture.session()->diagnosis().primary();
        QVERIFY(cause);
        QCOMPARE(cause->cause, u"credentials-rejected"_s);
        for (const QString &word : {cause->title, u"Likely"_s, u"Troubleshoot"_s, u"Check user name and password"_s})
            QVERIFY2(banner(window).contains(word), qPrintable(banner(window)));

        // The troubleshooter opens at the step of the cause, and gives the focus back.
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(window->troubleshooter()->isVisible());
        QCOMPARE(focusedControl(), u"3 Correct: Problem"_s);
        QVERIFY(visibleText(window->troubleshooter()).contains(cause->cause));
        press(Qt::Key_Escape);
        QVERIFY(!window->troubleshooter()->isVisible());
        QCOMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        walkSteps(window);
        for (int back = 0; back < 6; ++back)
            press(Qt::Key_Up);
        QCOMPARE(focusedControl(), u"3 Correct: Problem"_s);

        // The evidence leads to the bytes, and one stays where one was.
        QVERIFY(tabTo(u"Show the bytes: "_s));
        press(Qt::Key_Space);
        const auto *raw = visibleNamed<TextView>(window, u"Raw request and response"_s);
        QVERIFY(raw);
        QVERIFY(!markedBytes(raw).isEmpty());
        QVERIFY(focusedControl().startsWith(u"Show the bytes: "_s));
        QVERIFY(!raw->toPlainText().contains(u"dXNlcjpPcmNoaWQtMjU"_s)); // printf user:Orchid-25 | base64

        // The fix leads to the password, which is typed anew.
        press(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(window->place(), Place::Credentials);
        QCOMPARE(focusedControl(), u"Password"_s);
        type(u"Orchid-52"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Saved"_s));
        QCOMPARE(focusedControl(), u"Password"_s);
        press(Qt::Key_1, Qt::AltModifier);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Status 200"_s));
        QTRY_VERIFY(fixture.isSettled());
        checkComparison(window);
        for (const QString &secret : {u"Orchid-25"_s, u"Orchid-52"_s})
            QVERIFY(!visibleText(window).contains(secret));
    }

    // A log that is dropped on the troubleshooter settles what could only be guessed.
    void logOfTheServerProvesTheCause()
    {
        WindowFixture fixture;
        fixture.addProfile(u"user, practice"_s, u"basic"_s, {{u"username"_s, u"user"_s}},
                           {{u"password"_s, u"Orchid-25"_s}}, {u"http://127.0.0.1:*"_s});
        fixture.open();
        MainWindow *window = fixture.window();
        sendToRoom(fixture, u"wrong-password"_s, u"user, practice"_s);
        QVERIFY2(banner(window).contains(u"Likely"_s), qPrintable(banner(window)));
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QWidget *panel = window->troubleshooter();
        QVERIFY(tabTo(u"Add a log of the server"_s));

        const Exchange *own = fixture.session()->trace().final();
        const QString host = QString::fromLatin1(own->request.url.hostHeader());
        const QString line = u"%1 [error] 12#12: *7 user \"user\": password mismatch, client: 127.0.0.1, request: \"GET /wrong-password HTTP/1.1\", host: \"%2\"\n"_s
            .arg(QDateTime::fromMSecsSinceEpoch(own->startedAtMs).toUTC().toString(u"yyyy/MM/dd HH:mm:ss"_s), host);
        QTemporaryDir folder;
        const QString path = folder.filePath(u"error.log"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(line.toUtf8()) > 0);
        file.close();
        drop(panel, {path});
        QTRY_VERIFY2(banner(window).contains(u"Proven"_s), qPrintable(banner(window) + u'\n' + visibleText(panel)));
        QVERIFY2(visibleText(panel).contains(u"error.log, error log of nginx"_s), qPrintable(visibleText(panel)));
        QVERIFY2(visibleText(panel).contains(u"server's log"_s), qPrintable(visibleText(panel)));

        // It is read again after the next Send, whose entry is not in it; leaving it out takes its words away.
        QVERIFY(tabTo(u"Leave out the log error.log"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY2(banner(window).contains(u"Likely"_s), qPrintable(banner(window)));
        QVERIFY(!visibleText(panel).contains(u"error.log"_s));

        drop(panel, {folder.filePath(u"nothing.log"_s)});
        QTRY_VERIFY2(visibleText(panel).contains(u"The log can't be read: "_s), qPrintable(visibleText(panel)));
        QVERIFY(fixture.session()->logPaths().isEmpty());
    }

    // From the troubleshooter into a file, in the kind that its name says; what goes wrong is told in the window.
    void reportIsSaved()
    {
        WindowFixture fixture;
        fixture.open();
        sendToRoom(fixture, u"locked-door"_s, {});
        MainWindow *window = fixture.window();
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        auto *save = visibleNamed<QAbstractButton>(window, u"Save sanitised report…"_s);
        QVERIFY(save && save->isEnabled());
        const QTemporaryDir dir;
        const auto saveAs = [&](const QString &name) {
            save->click();
            auto *dialog = window->findChild<QFileDialog *>();
            QVERIFY(dialog);
            auto *field = dialog->findChild<QLineEdit *>(u"fileNameEdit"_s);
            QVERIFY(field);
            field->setText(dir.filePath(name));
            auto *box = dialog->findChild<QDialogButtonBox *>();
            QVERIFY(box && box->button(QDialogButtonBox::Save)->isEnabled());
            box->button(QDialogButtonBox::Save)->click();
            QTRY_VERIFY(!window->findChild<QFileDialog *>());
        };
        saveAs(u"plain"_s); // the chosen kind is a page
        QTRY_VERIFY(QFile::exists(dir.filePath(u"plain.html"_s)));
        saveAs(u"exchanges.har"_s);
        QFile har(dir.filePath(u"exchanges.har"_s));
        QVERIFY(har.open(QIODevice::ReadOnly));
        QVERIFY(har.readAll().contains("/locked-door"));
        saveAs(u"picture.png"_s);
        QVERIFY(!QFile::exists(dir.filePath(u"picture.png"_s)));
        const auto *message = window->findChild<MessageBar *>();
        QVERIFY(message && message->isVisible());
    }

    void basicIsSentWhereDigestIsAsked()
    {
        WindowFixture fixture;
        fixture.addProfile(u"erik, practice"_s, u"basic"_s, {{u"username"_s, u"erik"_s}},
                           {{u"password"_s, u"Juniper-44"_s}}, {u"http://127.0.0.1:*"_s});
        fixture.open();
        MainWindow *window = fixture.window();
        sendToRoom(fixture, u"basic-at-digest"_s, u"erik, practice"_s);
        const Finding *cause = fixture.session()->diagnosis().primary();
        QVERIFY(cause);
        QCOMPARE(cause->cause, u"wrong-scheme"_s);
        for (const QString &word : {cause->title, u"Proven"_s, u"Digest"_s})
            QVERIFY2(banner(window).contains(word), qPrintable(banner(window)));
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(focusedControl(), u"2 Understood: Problem"_s);
        walkSteps(window);
        for (int back = 0; back < 7; ++back)
            press(Qt::Key_Up);
        QVERIFY(tabTo(u"Show the bytes: "_s));
        press(Qt::Key_Space);
        const auto *raw = visibleNamed<TextView>(window, u"Raw request and response"_s);
        QVERIFY(raw);
        QVERIFY(!markedBytes(raw).isEmpty());

        // One press in the troubleshooter is the fix; the request is sent again, in two rounds.
        QVERIFY(tabTo(u"Apply: "_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Status 200"_s));
        QTRY_VERIFY(fixture.isSettled());
        QVERIFY(visibleNamed<TraceChip>(window, u"GET, 401, challenge"_s));
        QVERIFY(visibleNamed<TraceChip>(window, u"GET, 200, final"_s));
        checkComparison(window);
        QVERIFY(window->troubleshooter()->isAncestorOf(QApplication::focusWidget())); // not thrown out
    }

    void placeholderTokenIsReplaced()
    {
        WindowFixture fixture;
        fixture.addProfile(u"saffron, practice"_s, u"bearer"_s, {}, {{u"token"_s, u"undefined"_s}},
                           {u"http://127.0.0.1:*"_s});
        fixture.open();
        MainWindow *window = fixture.window();
        sendToRoom(fixture, u"undefined-token"_s, u"saffron, practice"_s);
        const Finding *cause = fixture.session()->diagnosis().primary();
        QVERIFY(cause);
        QCOMPARE(cause->cause, u"placeholder-token"_s);
        for (const QString &word : {cause->title, u"Proven"_s})
            QVERIFY2(banner(window).contains(word), qPrintable(banner(window)));
        press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(focusedControl(), u"1 Sent: Problem"_s);
        QVERIFY(tabTo(u"Show the bytes: "_s));
        press(Qt::Key_Space);
        const auto *raw = visibleNamed<TextView>(window, u"Raw request and response"_s);
        QVERIFY(raw);
        QVERIFY(!markedBytes(raw).isEmpty());

        // The banner's own button, reached by Tab.
        QVERIFY(tabTo(u"Put the real token in"_s));
        press(Qt::Key_Space);
        QCOMPARE(window->place(), Place::Credentials);
        QCOMPARE(focusedControl(), u"Token"_s);
        type(u"tk-8841-Saffron"_s);
        QVERIFY(tabTo(u"Save profile"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Saved"_s));
        press(Qt::Key_1, Qt::AltModifier);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(window, u"Status 200"_s));
        QTRY_VERIFY(fixture.isSettled());
        checkComparison(window);
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::MainJobTest)
#include "tst_mainjob.moc"
