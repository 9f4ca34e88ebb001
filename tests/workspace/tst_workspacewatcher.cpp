// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/WorkspaceWatcher.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_WorkspaceWatcher : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<ProfileStore> m_profiles;
    std::unique_ptr<WorkspaceWatcher> m_watcher;

    QString path(const QString &name) const { return m_dir->filePath(name); }
    void write(const QString &name, const QByteArray &bytes) const // in place, as editors without a swap file do
    {
        QVERIFY(QDir().mkpath(QFileInfo(path(name)).path()));
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    void replace(const QString &name, const QByteArray &bytes) const // by another file of that name
    {
        QSaveFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        QVERIFY(file.commit());
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        write(u"one.http"_s, "GET http://a/1\n");
        write(u"deep/two.http"_s, "# @name first\nGET http://a/2\n\n###\n# @name second\nGET http://a/3\n");
        write(u"environments.json"_s, "{\"schema\": \"realmscope.environments/1\", \"environments\": {\"dev\": {\"a\": \"1\"}}}");
        Result<std::unique_ptr<Workspace>> workspace = Workspace::open(m_dir->path());
        QVERIFY(workspace);
        m_workspace = std::move(workspace).value();
        m_profiles = std::make_unique<ProfileStore>(m_workspace->profilesPath());
        m_profiles->setApprovalsPath({});
        QVERIFY(m_profiles->put(CredentialProfile::create(u"alice"_s, u"basic"_s)));
        QVERIFY(m_profiles->put(CredentialProfile::create(u"bob"_s, u"basic"_s)));
        QVERIFY(m_profiles->save());
        m_watcher = std::make_unique<WorkspaceWatcher>(*m_workspace, m_profiles.get());
    }
    void cleanup()
    {
        m_watcher.reset();
        m_workspace.reset();
    }

    void hearsOfFiles_data()
    {
        QTest::addColumn<int>("what");
        QTest::newRow("a new file") << 0;
        QTest::newRow("a removed file") << 1;
        QTest::newRow("an open file, in place") << 2;
        QTest::newRow("a replaced file") << 3;
        QTest::newRow("a new folder") << 4;
        QTest::newRow("environments") << 5;
        QTest::newRow("settings of a folder") << 6;
    }
    void hearsOfFiles()
    {
        QFETCH(int, what);
        QSignalSpy outside(m_workspace.get(), &Workspace::changedOutside);
        m_watcher->setOpenFiles({u"one.http"_s});
        if (what == 0)
            write(u"deep/new.http"_s, "GET http://a/new\n");
        else if (what == 1)
            QVERIFY(QFile::remove(path(u"one.http"_s)));
        else if (what == 2)
            write(u"one.http"_s, "PUT http://a/1\n");
        else if (what == 3)
            replace(u"deep/two.http"_s, "GET http://a/2\n");
        else if (what == 4)
            write(u"other/three.http"_s, "GET http://a/3\n");
        else if (what == 5)
            write(u"environments.json"_s, "{\"schema\": \"realmscope.environments/1\", \"environments\": {\"prod\": {\"a\": \"1\"}}}");
        else
            write(u"deep/folder.json"_s, "{\"profile\": \"alice\"}");
        QTRY_VERIFY(!outside.isEmpty());
        QStringList names;
        for (const WorkspaceEntry &entry : m_workspace->tree().children)
            names << entry.name + u' ' + entry.method;
        if (what == 1)
            QCOMPARE(names, QStringList{u"deep "_s});
        if (what == 2)
            QCOMPARE(names, (QStringList{u"deep "_s, u"one PUT"_s}));
        if (what == 3)
            QCOMPARE(m_workspace->tree().children.first().children.size(), 1);
        if (what == 4)
            QTRY_COMPARE(m_workspace->tree().children.size(), 3);
        if (what == 5)
            QCOMPARE(m_workspace->environments().named.keys(), QStringList{u"prod"_s});
    }

    // A second change of a file that was replaced is heard of as well: the watch goes along with the name.
    void goesOnWatching()
    {
        QSignalSpy outside(m_workspace.get(), &Workspace::changedOutside);
        m_watcher->setOpenFiles({u"one.http"_s});
        for (int i = 1; i <= 3; ++i) {
            replace(u"one.http"_s, "GET http://a/" + QByteArray(i, 'x') + '\n');
            QTRY_COMPARE(outside.size(), i);
        }
    }

    void whatIsSavedHereIsNoNews()
    {
        QSignalSpy outside(m_workspace.get(), &Workspace::changedOutside);
        QSignalSpy changed(m_workspace.get(), &Workspace::changed);
        Result<RequestSpec> spec = m_workspace->load(u"one.http"_s, 0);
        QVERIFY(spec);
        spec->method = u"DELETE"_s;
        QVERIFY(m_workspace->save(u"one.http"_s, 0, *spec));
        QVERIFY(m_workspace->create({}, *spec));
        QCOMPARE(changed.size(), 2);
        m_watcher->check();
        QTest::qWait(400);
        QCOMPARE(changed.size(), 2); // nothing new
        QVERIFY(outside.isEmpty());
        // Another program's change is not lost in a save of our own.
        write(u"deep/two.http"_s, "GET http://a/other\n");
        spec->method = u"PATCH"_s;
        QVERIFY(m_workspace->save(u"one.http"_s, 0, *spec));
        QCOMPARE(outside.size(), 1);
    }

    void findsARequestThatMoved()
    {
        const Result<RequestSpec> second = m_workspace->load(u"deep/two.http"_s, 1);
        QVERIFY(second);
        const auto found = [&](const QByteArray &bytes) {
            write(u"deep/two.http"_s, bytes);
            const Result<qsizetype> place = m_workspace->find(u"deep/two.http"_s, 1, *second);
            return place ? *place : qsizetype(-9);
        };
        QCOMPARE(found("# @name first\nGET http://a/2\n\n###\n# @name second\nGET http://a/3\n"), 1);
        QCOMPARE(found("# @name zero\nGET http://a/0\n\n###\n# @name first\nGET http://a/2\n\n###\n# @name second\nGET http://a/3\n"), 2);
        QCOMPARE(found("# @name second\nGET http://a/changed\n\n###\n# @name first\nGET http://a/2\n"), 0);
        QCOMPARE(found("# @name first\nGET http://a/2\n\n###\n# @name other\nGET http://a/4\n"), -1);
        QVERIFY(QFile::remove(path(u"deep/two.http"_s)));
        QVERIFY(!m_workspace->find(u"deep/two.http"_s, 1, *second));
        QCOMPARE(*m_workspace->restore(u"deep/two.http"_s, *second), 0);
        QCOMPARE(*m_workspace->load(u"deep/two.http"_s, 0), *second);
        QCOMPARE(*m_workspace->restore(u"deep/two.http"_s, *second), 1);
    }

    void profilesOfBothSides()
    {
        QSignalSpy failed(m_watcher.get(), &WorkspaceWatcher::failed);
        // Another program adds one.
        const auto edited = [&](const std::function<void(QJsonArray &)> &edit) {
            QJsonObject root = QJsonDocument::fromJson(read(u"profiles.json"_s)).object();
            QJsonArray list = root[u"profiles"_s].toArray();
            edit(list);
            root[u"profiles"_s] = list;
            return QJsonDocument(root).toJson();
        };
        const auto setOrigin = [](QJsonArray &list, const QString &name, const QString &origin) {
            for (qsizetype i = 0; i < list.size(); ++i) {
                QJsonObject profile = list.at(i).toObject();
                if (profile[u"name"_s].toString() == name)
                    profile[u"origins"_s] = QJsonArray{origin};
                list[i] = profile;
            }
        };
        replace(u"profiles.json"_s, edited([&](QJsonArray &list) {
                    QJsonObject carol = list.first().toObject();
                    carol[u"id"_s] = u"another"_s;
                    carol[u"name"_s] = u"carol"_s;
                    list.append(carol);
                }));
        QTRY_VERIFY(m_profiles->findByName(u"carol"_s));
        // It changes one, we change another: both are kept.
        replace(u"profiles.json"_s, edited([&](QJsonArray &list) { setOrigin(list, u"alice"_s, u"https://theirs.example"_s); }));
        CredentialProfile bob = *m_profiles->findByName(u"bob"_s);
        bob.origins = QStringList{u"https://mine.example"_s};
        QVERIFY(m_profiles->put(bob));
        QVERIFY(m_profiles->save());
        QCOMPARE(m_profiles->findByName(u"alice"_s)->origins, QStringList{u"https://theirs.example"_s});
        QCOMPARE(m_profiles->findByName(u"bob"_s)->origins, QStringList{u"https://mine.example"_s});
        QVERIFY(read(u"profiles.json"_s).contains("theirs.example") && read(u"profiles.json"_s).contains("mine.example"));
        // Both change one: nothing is written over, and the other's words are shown.
        replace(u"profiles.json"_s, edited([&](QJsonArray &list) { setOrigin(list, u"bob"_s, u"https://later.example"_s); }));
        bob.origins = QStringList{u"https://mine-again.example"_s};
        QVERIFY(m_profiles->put(bob));
        const Result<void> saved = m_profiles->save();
        QVERIFY(!saved);
        QVERIFY2(saved.error().message.contains("bob"_L1), qPrintable(saved.error().message));
        QVERIFY(read(u"profiles.json"_s).contains("later.example") && !read(u"profiles.json"_s).contains("mine-again"));
        QCOMPARE(m_profiles->findByName(u"bob"_s)->origins, QStringList{u"https://later.example"_s});
        QVERIFY(m_profiles->put(bob)); // a second time it is meant
        QVERIFY(m_profiles->save());
        QVERIFY(read(u"profiles.json"_s).contains("mine-again"));
        QVERIFY(failed.isEmpty());
        // Broken outside: said once, and nothing is written over it.
        write(u"profiles.json"_s, "{oops");
        QTRY_COMPARE(failed.size(), 1);
        m_watcher->check();
        QCOMPARE(failed.size(), 1);
        QVERIFY(!m_profiles->save());
        QCOMPARE(read(u"profiles.json"_s), "{oops"_ba);
    }
};

QTEST_GUILESS_MAIN(tst_WorkspaceWatcher)
#include "tst_workspacewatcher.moc"
