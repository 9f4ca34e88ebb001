// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QMap>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace {

// What a folder may include besides itself. docs/ARCHITECTURE.md draws the same picture.
const QMap<QString, QStringList> &allowed()
{
    static const QMap<QString, QStringList> map = [] {
        QMap<QString, QStringList> m;
        m[u"base"_s] = {};
        m[u"http"_s] = {u"base"_s};
        m[u"practice"_s] = {u"base"_s, u"http"_s};
        m[u"auth"_s] = {u"base"_s, u"http"_s};
        m[u"credentials"_s] = m[u"auth"_s] + QStringList{u"auth"_s};
        m[u"workspace"_s] = m[u"credentials"_s] + QStringList{u"credentials"_s};
        m[u"runner"_s] = m[u"workspace"_s] + QStringList{u"workspace"_s};
        m[u"interop"_s] = m[u"workspace"_s] + QStringList{u"workspace"_s};
        m[u"diagnosis"_s] = m[u"runner"_s] + QStringList{u"runner"_s};
        m[u"cli"_s] = m[u"diagnosis"_s] + QStringList{u"diagnosis"_s, u"interop"_s, u"practice"_s};
        return m;
    }();
    return map;
}

struct Include
{
    QString file; // relative to the source directory
    int line = 0;
    QString target;
};

QString sourceDir() { return QString::fromUtf8(REALMSCOPE_SOURCE_DIR); }

QList<Include> includesBelow(const QString &folder)
{
    static const QRegularExpression pattern(u"^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"_s);
    QList<Include> list;
    QDirIterator it(sourceDir() + u'/' + folder, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        int number = 0;
        while (!file.atEnd()) {
            ++number;
            const auto match = pattern.match(QString::fromUtf8(file.readLine()));
            if (match.hasMatch())
                list.append({file.fileName().mid(sourceDir().size() + 1), number, match.captured(1)});
        }
    }
    return list;
}

QString where(const Include &include)
{
    return u"%1:%2 includes %3"_s.arg(include.file).arg(include.line).arg(include.target);
}

} // namespace

class tst_Architecture : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyFolderIsKnown()
    {
        const QStringList folders = QDir(sourceDir() + u"/app"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QCOMPARE(QSet<QString>(folders.begin(), folders.end()),
                 QSet<QString>(allowed().keyBegin(), allowed().keyEnd()));
    }

    void includesGoDown()
    {
        QStringList wrong;
        qsizetype seen = 0;
        for (const Include &include : includesBelow(u"app"_s)) {
            const QString own = include.file.section(u'/', 1, 1);
            if (include.target.startsWith("app/"_L1)) {
                ++seen;
                const QString other = include.target.section(u'/', 1, 1);
                if (other != own && !allowed().value(own).contains(other))
                    wrong << where(include);
            } else if (include.target.startsWith("ui/"_L1)) {
                wrong << where(include);
            }
        }
        QVERIFY2(seen > 50, "the test did not find the sources");
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void appKnowsNoWindow()
    {
        // Headers of QtGui and QtWidgets, by module name and by class name: <QtWidgets/QWidget> compiles even when
        // only Core is linked, so the linker alone does not tell.
        static const QRegularExpression gui(
            u"^(QtGui|QtWidgets|QtSvg|QtQuick|QtQml)(/|$)|^Q(Widget|Application|GuiApplication|MainWindow|Dialog|Color|Font|"
            "Icon|Image|Pixmap|Painter|Palette|Clipboard|Action|Label|DesktopServices|StandardItemModel|TextDocument)$"_s);
        QStringList wrong;
        for (const Include &include : includesBelow(u"app"_s)) {
            if (gui.match(include.target).hasMatch())
                wrong << where(include);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void noNetworkAccessManager()
    {
        QStringList wrong;
        for (const QString &folder : {u"app"_s, u"ui"_s}) {
            for (const Include &include : includesBelow(folder)) {
                if (include.target.contains("QNetworkAccessManager"_L1) || include.target.contains("QNetworkReply"_L1)
                    || include.target == "QtNetwork/QNetworkRequest"_L1)
                    wrong << where(include);
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void everySourceNamesItsLicence()
    {
        QStringList wrong;
        for (const QString &folder : {u"app"_s, u"ui"_s, u"tests"_s}) {
            QDirIterator it(sourceDir() + u'/' + folder, {u"*.h"_s, u"*.cpp"_s, u"CMakeLists.txt"_s, u"*.cmake"_s},
                            QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QByteArray head = file.read(400);
                if (!head.contains("SPDX-License-Identifier: Apache-2.0"))
                    wrong << file.fileName();
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }
};

QTEST_APPLESS_MAIN(tst_Architecture)
#include "tst_architecture.moc"
