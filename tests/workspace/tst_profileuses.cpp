// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/ProfileUses.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace realmscope {

class ProfileUsesTest : public QObject
{
    Q_OBJECT

private:
    static QByteArray read(const QTemporaryDir &folder, const QString &path)
    {
        QFile file(folder.filePath(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    }
    static void write(const QTemporaryDir &folder, const QString &path, const QByteArray &text)
    {
        QFile file(folder.filePath(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }

private Q_SLOTS:
    // Also in folders, in files of several requests and for the proxy; nothing else of a file changes.
    void aNewNameIsWrittenIntoEveryRequestThatHasTheOldOne()
    {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(u"deep"_s));
        write(folder, u"several.http"_s,
              "### one\n# @realmscope-profile alice\nGET https://example.org/1\nX-Who: alice\n\n"
              "### two\n# @realmscope-profile alice, old\nGET https://example.org/2\n\n"
              "### three\n# a remark\n# @realmscope-profile alice\nGET https://example.org/3\n");
        write(folder, u"deep/proxy.http"_s, "# @realmscope-setting proxyProfile alice\nGET https://example.org/4\n");
        write(folder, u"none.http"_s, "GET https://example.org/alice\n");
        const Result<std::unique_ptr<Workspace>> opened = Workspace::open(folder.path());
        QVERIFY(opened);
        Workspace &workspace = **opened;
        QCOMPARE(countProfileUses(workspace, u"alice"_s), 3);
        QCOMPARE(countProfileUses(workspace, u"nobody"_s), 0);
        QCOMPARE(countProfileUses(workspace, QString()), 0);

        QVERIFY(renameProfileUses(workspace, u"alice"_s, u"alice, staging"_s));
        QCOMPARE(read(folder, u"several.http"_s),
                 "### one\n# @realmscope-profile alice, staging\nGET https://example.org/1\nX-Who: alice\n\n"
                 "### two\n# @realmscope-profile alice, old\nGET https://example.org/2\n\n"
                 "### three\n# a remark\n# @realmscope-profile alice, staging\nGET https://example.org/3\n");
        QCOMPARE(read(folder, u"deep/proxy.http"_s),
                 "# @realmscope-setting proxyProfile alice, staging\nGET https://example.org/4\n");
        QCOMPARE(read(folder, u"none.http"_s), "GET https://example.org/alice\n");
        QCOMPARE(countProfileUses(workspace, u"alice"_s), 0);
        QCOMPARE(countProfileUses(workspace, u"alice, staging"_s), 3);
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::ProfileUsesTest)
#include "tst_profileuses.moc"
