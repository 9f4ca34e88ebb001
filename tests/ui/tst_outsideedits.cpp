// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Another program writes the files of open tabs: nothing that either side wrote is lost, and the tab says what happened.
#include "WindowFixture.h"
#include "ui/widgets/FlatTable.h"
#include "ui/widgets/NoticeBar.h"
#include "ui/window/MessageBar.h"

#include <QtCore/QDir>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

class tst_OutsideEdits : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<WindowFixture> m_fixture;

    MainWindow *window() const { return m_fixture->window(); }
    RequestSession *session() const { return m_fixture->session(); }
    QString path(const QString &name) const { return m_fixture->folder() + u'/' + name; }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    NoticeBar *bar() const { return window()->currentTab()->findChild<NoticeBar *>(u"fileState"_s); }
    void setUrl(const QString &url) const
    {
        RequestSpec spec = session()->spec();
        spec.url = url;
        session()->setSpec(spec);
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }
    void init()
    {
        m_fixture = std::make_unique<WindowFixture>();
        write(u"one.http"_s, "# of the team\n# @name one\nGET http://127.0.0.1:9/a\nX-A: 1\nX-B: 2\n");
        QVERIFY(m_fixture->context.workspace->reload());
        m_fixture->open();
        window()->openPlace({u"one.http"_s, 0});
        QVERIFY(session());
    }
    void cleanup() { m_fixture.reset(); }

    void anUnmodifiedTabTakesTheNewText()
    {
        write(u"one.http"_s, "# @name one\nPUT http://127.0.0.1:9/b\nX-A: 1\n");
        QTRY_COMPARE(session()->spec().method, u"PUT"_s);
        QVERIFY(!session()->isModified());
        QVERIFY2(bar()->text().contains("this is the new text"_L1), qPrintable(bar()->text()));
        QVERIFY2(bar()->accessibleDescription().contains("method"_L1) && bar()->accessibleDescription().contains("header X-B"_L1), qPrintable(bar()->accessibleDescription()));
        visibleNamed<QToolButton>(bar(), u"Close the note"_s)->click();
        QVERIFY(bar()->text().isEmpty());
    }

    void editsOfBothSidesAreMerged()
    {
        setUrl(u"http://127.0.0.1:9/mine"_s);
        write(u"one.http"_s, "# of the team\n# and more\n# @name one\nGET http://127.0.0.1:9/a\nX-A: 1\nX-B: theirs\n");
        QTRY_COMPARE(session()->spec().headers.value(1).value, u"theirs"_s);
        QCOMPARE(session()->spec().url, u"http://127.0.0.1:9/mine"_s);
        QVERIFY(session()->isModified());
        QVERIFY2(bar()->text().contains("its changes are taken in, yours are kept"_L1), qPrintable(bar()->text()));
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!session()->isModified());
        QCOMPARE(read(u"one.http"_s), "# of the team\n# and more\n# @name one\nGET http://127.0.0.1:9/mine\nX-A: 1\nX-B: theirs\n"_ba);
    }

    void aConflictIsSettledByTheUser_data()
    {
        QTest::addColumn<QString>("button");
        QTest::addColumn<QString>("url");
        QTest::newRow("mine") << u"Keep mine"_s << u"http://127.0.0.1:9/mine"_s;
        QTest::newRow("theirs") << u"Take theirs"_s << u"http://127.0.0.1:9/theirs"_s;
    }
    void aConflictIsSettledByTheUser()
    {
        QFETCH(QString, button);
        QFETCH(QString, url);
        setUrl(u"http://127.0.0.1:9/mine"_s);
        write(u"one.http"_s, "# @name one\nGET http://127.0.0.1:9/theirs\nX-A: 7\nX-B: 2\n");
        QTRY_VERIFY(bar()->text().contains("changed the same"_L1));
        QVERIFY2(bar()->text().contains("URL"_L1), qPrintable(bar()->text()));
        QCOMPARE(session()->spec().url, u"http://127.0.0.1:9/mine"_s); // nothing is taken away
        QCOMPARE(session()->spec().headers.first().value, u"7"_s);
        // Not saved over it unseen.
        const QByteArray before = read(u"one.http"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(window()->messages()->text().contains("another program"_L1));
        QCOMPARE(read(u"one.http"_s), before);
        // Side by side.
        QVERIFY(tabTo(u"See the difference"_s));
        press(Qt::Key_Space);
        auto *table = visibleNamed<FlatTable>(window(), u"Differences"_s);
        QVERIFY(table);
        QCOMPARE(table->model()->index(0, 0).data().toString(), u"URL"_s);
        QCOMPARE(table->model()->index(0, 1).data().toString(), u"http://127.0.0.1:9/mine"_s);
        QCOMPARE(table->model()->index(0, 2).data().toString(), u"http://127.0.0.1:9/theirs"_s);
        QVERIFY(tabTo(button));
        press(Qt::Key_Space);
        QTRY_VERIFY(bar()->text().isEmpty());
        QVERIFY(!visibleNamed<FlatTable>(window(), u"Differences"_s));
        QCOMPARE(session()->spec().url, url);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!session()->isModified());
        QVERIFY(read(u"one.http"_s).contains(url.toUtf8()) && read(u"one.http"_s).contains("X-A: 7"));
    }

    void secretsOfAConflictAreMasked()
    {
        RequestSpec spec = session()->spec();
        spec.headers.append({u"Authorization"_s, u"Bearer mine-7731-river-Opal"_s, true});
        session()->setSpec(spec);
        write(u"one.http"_s, "# @name one\nGET http://127.0.0.1:9/a\nX-A: 1\nX-B: 2\nAuthorization: Bearer theirs-2290-Harbour-x\n");
        QTRY_VERIFY(bar()->text().contains("header Authorization"_L1));
        QVERIFY(tabTo(u"See the difference"_s));
        press(Qt::Key_Space);
        auto *table = visibleNamed<FlatTable>(window(), u"Differences"_s);
        QVERIFY(table);
        for (const int column : {1, 2}) {
            const QString shown = table->model()->index(0, column).data().toString() + table->model()->index(0, column).data(Qt::ToolTipRole).toString();
            QVERIFY2(shown.startsWith("Bearer"_L1) && !shown.contains("7731-river"_L1) && !shown.contains("2290-Harbour"_L1), qPrintable(shown));
        }
    }

    // The save itself looks at the file: no change is written over that the window has not heard of yet.
    void savingLooksAtTheFileFirst()
    {
        setUrl(u"http://127.0.0.1:9/mine"_s);
        write(u"one.http"_s, "# @name one\nGET http://127.0.0.1:9/a\nX-A: 1\nX-B: theirs\n");
        QVERIFY(session()->save()); // before the watcher could speak
        QVERIFY(read(u"one.http"_s).contains("X-B: theirs") && read(u"one.http"_s).contains("/mine"));
        write(u"one.http"_s, "# @name one\nGET http://127.0.0.1:9/theirs\nX-A: 1\nX-B: theirs\n");
        setUrl(u"http://127.0.0.1:9/mine-again"_s);
        QVERIFY(!session()->save());
        QVERIFY(read(u"one.http"_s).contains("/theirs\n"));
    }

    void aRemovedFileKeepsItsTab()
    {
        QVERIFY(QFile::remove(path(u"one.http"_s)));
        QTRY_VERIFY(bar()->text().contains("another program removed it"_L1));
        QCOMPARE(session()->spec().url, u"http://127.0.0.1:9/a"_s);
        QVERIFY(session()->isModified());
        QVERIFY(tabTo(u"Save it again"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(QFile::exists(path(u"one.http"_s)));
        QVERIFY(!session()->isModified());
        QVERIFY(bar()->text().isEmpty());
        // It may also come back by itself, as after a change of the branch.
        const QByteArray bytes = read(u"one.http"_s);
        QVERIFY(QFile::remove(path(u"one.http"_s)));
        QTRY_VERIFY(!bar()->text().isEmpty());
        write(u"one.http"_s, bytes);
        QTRY_VERIFY(bar()->text().isEmpty());
        QVERIFY(!session()->isModified());
    }

    void requestsMoveInTheirFile()
    {
        write(u"two.http"_s, "# @name first\nGET http://127.0.0.1:9/1\n\n###\n# @name second\nGET http://127.0.0.1:9/2\n");
        QVERIFY(m_fixture->context.workspace->reload());
        window()->openPlace({u"two.http"_s, 1});
        QCOMPARE(session()->spec().name, u"second"_s);
        write(u"two.http"_s, "# @name zero\nGET http://127.0.0.1:9/0\n\n###\n# @name first\nGET http://127.0.0.1:9/1\n\n###\n# @name second\nGET http://127.0.0.1:9/2\n");
        QTRY_COMPARE(session()->fileIndex(), 2);
        QVERIFY(bar()->text().isEmpty());
        setUrl(u"http://127.0.0.1:9/two"_s);
        QVERIFY(session()->save());
        QCOMPARE(read(u"two.http"_s), "# @name zero\nGET http://127.0.0.1:9/0\n\n###\n# @name first\nGET http://127.0.0.1:9/1\n\n###\n# @name second\nGET http://127.0.0.1:9/two\n"_ba);
        write(u"two.http"_s, "# @name zero\nGET http://127.0.0.1:9/0\n\n###\n# @name first\nGET http://127.0.0.1:9/1\n");
        QTRY_VERIFY(bar()->text().contains("gone"_L1));
        QCOMPARE(session()->spec().url, u"http://127.0.0.1:9/two"_s);
    }

    void environmentsAndProfilesFollow()
    {
        setUrl(u"{{base}}/x"_s);
        QVERIFY(session()->unresolved());
        write(u"environments.json"_s, "{\"schema\": \"realmscope.environments/1\", \"shared\": {\"base\": \"http://127.0.0.1:9\"}, \"environments\": {}}");
        QTRY_VERIFY(!session()->unresolved());
        QVERIFY(bar()->text().isEmpty()); // the request's own file is the same
        write(u"profiles.json"_s, "{\"schema\": \"realmscope.profiles/1\", \"profiles\": [{\"id\": \"x1\", \"name\": \"carol\", \"scheme\": \"none\", \"origins\": []}]}");
        QTRY_VERIFY(m_fixture->context.profiles->findByName(u"carol"_s));
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::tst_OutsideEdits)
#include "tst_outsideedits.moc"
