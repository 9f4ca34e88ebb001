// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/ProfileUses.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_FolderSettings : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Workspace> m_workspace;

    void write(const QString &name, const QByteArray &bytes) const
    {
        const QString path = m_dir->filePath(name);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(m_dir->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    RequestSpec effective(const QString &path) const
    {
        const Result<RequestSpec> spec = m_workspace->load(path, 0);
        const Result<QList<FolderLevel>> levels = m_workspace->levelsOf(path);
        return spec && levels ? withInherited(*spec, *levels) : RequestSpec();
    }
    static QStringList lines(const RequestSpec &spec)
    {
        QStringList out;
        for (const SpecHeader &header : spec.headers)
            out << u"%1: %2 [%3]"_s.arg(header.name, header.value, header.from);
        return out;
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        write(u"folder.json"_s, "{\"schema\": \"realmscope.folder/1\", \"profile\": \"alice\", \"headers\": [{\"name\": \"X-Team\", \"value\": \"{{team}}\"},"
                                " {\"name\": \"Accept\", \"value\": \"text/plain\"}, {\"name\": \"X-Off\", \"value\": \"1\", \"enabled\": false}],"
                                " \"variables\": {\"team\": \"blue\", \"port\": 8080, \"base\": \"root\"}, \"colour\": \"#123456\"}");
        write(u"billing/folder.json"_s, "{\"headers\": [{\"name\": \"accept\", \"value\": \"application/json\"}, {\"name\": \"accept\", \"value\": \"text/html\"}],"
                                        " \"variables\": {\"base\": \"billing\"}}");
        write(u"billing/deep/folder.json"_s, "{\"profile\": \"-\"}");
        write(u"top.http"_s, "GET http://a/\nX-Own: 1\n");
        write(u"billing/one.http"_s, "GET http://a/\nX-Own: 1\n");
        write(u"billing/own.http"_s, "# @realmscope-profile bob\nGET http://a/\nACCEPT: image/png\n# @realmscope-off X-Team: no\n");
        write(u"billing/none.http"_s, "# @realmscope-profile -\nGET http://a/\n");
        write(u"billing/deep/two.http"_s, "GET http://a/\n");
        Result<std::unique_ptr<Workspace>> workspace = Workspace::open(m_dir->path());
        QVERIFY(workspace);
        m_workspace = std::move(workspace).value();
    }

    void inherits_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("profile");
        QTest::addColumn<QStringList>("headers");
        QTest::newRow("the root alone") << u"top.http"_s << u"alice"_s
                                        << QStringList{u"X-Team: {{team}} [the workspace]"_s, u"Accept: text/plain [the workspace]"_s, u"X-Own: 1 []"_s};
        QTest::newRow("an inner folder hides by name") << u"billing/one.http"_s << u"alice"_s
                                                       << QStringList{u"X-Team: {{team}} [the workspace]"_s, u"accept: application/json [folder billing]"_s,
                                                                      u"accept: text/html [folder billing]"_s, u"X-Own: 1 []"_s};
        QTest::newRow("a request hides by name, also with a header that is off") << u"billing/own.http"_s << u"bob"_s
                                                                                 << QStringList{u"ACCEPT: image/png []"_s, u"X-Team: no []"_s};
        QTest::newRow("a request without a credential") << u"billing/none.http"_s << QString()
                                                        << QStringList{u"X-Team: {{team}} [the workspace]"_s, u"accept: application/json [folder billing]"_s,
                                                                       u"accept: text/html [folder billing]"_s};
        QTest::newRow("a folder without a credential") << u"billing/deep/two.http"_s << QString()
                                                       << QStringList{u"X-Team: {{team}} [the workspace]"_s, u"accept: application/json [folder billing]"_s,
                                                                      u"accept: text/html [folder billing]"_s};
    }
    void inherits()
    {
        QFETCH(QString, path);
        QFETCH(QString, profile);
        QFETCH(QStringList, headers);
        const RequestSpec spec = effective(path);
        QCOMPARE(spec.profileName, profile);
        QCOMPARE(lines(spec), headers);
    }

    void variables()
    {
        Variables variables;
        variables.set(u"base"_s, u"environment"_s, VariableScope::Environment, u"environment Staging"_s);
        const Result<QList<FolderLevel>> levels = m_workspace->levelsOf(u"billing/one.http"_s);
        QVERIFY(levels);
        addVariables(variables, *levels);
        const QList<VariableUse> uses = variables.uses(u"{{base}} {{team}} {{port}}"_s);
        QCOMPARE(uses.at(0).value, u"billing"_s); // the nearest folder, also before the environment
        QCOMPARE(uses.at(0).source, u"folder billing"_s);
        QCOMPARE(uses.at(1).source, u"the workspace"_s);
        QCOMPARE(uses.at(2).value, u"8080"_s);
    }

    void savingKeepsWhatIsNotKnown()
    {
        Result<FolderSettings> settings = m_workspace->folderSettings({});
        QVERIFY(settings);
        settings->variables[u"team"_s] = u"red"_s;
        settings->headers[1].enabled = false;
        QVERIFY(m_workspace->saveFolderSettings({}, *settings));
        const QJsonObject root = QJsonDocument::fromJson(read(u"folder.json"_s)).object();
        QCOMPARE(root[u"colour"_s].toString(), u"#123456"_s);
        QCOMPARE(root[u"variables"_s][u"port"_s].toInt(), 8080);
        QCOMPARE(root[u"variables"_s][u"team"_s].toString(), u"red"_s);
        const Result<FolderSettings> again = m_workspace->folderSettings({});
        QVERIFY(again);
        QCOMPARE(*again, *settings);
        // Nothing left to say: no file, unless somebody else's member is in it.
        QVERIFY(m_workspace->saveFolderSettings(u"billing"_s, {}));
        QVERIFY(!QFile::exists(m_dir->filePath(u"billing/folder.json"_s)));
        QVERIFY(m_workspace->saveFolderSettings({}, {}));
        QCOMPARE(QJsonDocument::fromJson(read(u"folder.json"_s)).object().keys(), (QStringList{u"colour"_s, u"schema"_s}));
    }

    void brokenFilesAreSaid_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("what");
        QTest::newRow("no JSON") << "{\n oops"_ba << u"line 2"_s;
        QTest::newRow("a list") << "[]"_ba << u"no object"_s;
        QTest::newRow("another schema") << "{\"schema\": \"x/2\"}"_ba << u"x/2"_s;
        QTest::newRow("profile") << "{\"profile\": 1}"_ba << u"profile"_s;
        QTest::newRow("headers") << "{\"headers\": {}}"_ba << u"headers"_s;
        QTest::newRow("a header") << "{\"headers\": [{\"name\": \"a\"}]}"_ba << u"name and value"_s;
        QTest::newRow("variables") << "{\"variables\": {\"a\": [1]}}"_ba << u"variable a"_s;
    }
    void brokenFilesAreSaid()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, what);
        write(u"billing/folder.json"_s, bytes);
        const Result<QList<FolderLevel>> levels = m_workspace->levelsOf(u"billing/one.http"_s);
        QVERIFY(!levels);
        QVERIFY2(levels.error().message.contains(what) && levels.error().message.contains("billing/folder.json"_L1), qPrintable(levels.error().message));
        QVERIFY(m_workspace->reload());
        QVERIFY(m_workspace->tree().children.first().problem.contains(what));
        if (what == "line 2"_L1) { // saving would lose what is in it
            FolderSettings settings;
            settings.profileName = u"x"_s;
            QVERIFY(!m_workspace->saveFolderSettings(u"billing"_s, settings));
            QCOMPARE(read(u"billing/folder.json"_s), bytes);
        }
    }

    void renamingAProfileReachesFolders()
    {
        QCOMPARE(countProfileUses(*m_workspace, u"alice"_s), 1);
        QVERIFY(renameProfileUses(*m_workspace, u"alice"_s, u"carol"_s));
        QCOMPARE(effective(u"top.http"_s).profileName, u"carol"_s);
        QVERIFY(read(u"folder.json"_s).contains("#123456"));
    }
};

QTEST_APPLESS_MAIN(tst_FolderSettings)
#include "tst_foldersettings.moc"
