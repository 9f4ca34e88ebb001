// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/workspace/CookieStore.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

constexpr qint64 now = 1'700'000'000'000;
constexpr auto ownerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadUser | QFileDevice::WriteUser;

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
void write(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class CookieStoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
    }

    void thereAndBack()
    {
        QList<Cookie> before;
        {
            CookieStore store(folder(), m_clock);
            const auto jar = store.jar(u"/ws"_s, u"dev"_s);
            set(*jar, "https://www.example.com/a/b", "sid=s%3D1 \"x\"; Max-Age=60; Secure; HttpOnly; SameSite=Strict");
            set(*jar, "https://www.example.com/a/b", "wide=2; Domain=example.com; Max-Age=60; SameSite=None; Secure; Path=/");
            set(*jar, "https://www.example.com/", "=nameless; Max-Age=60");
            set(*jar, "https://www.example.com/", "latin=\xe9\xff; Max-Age=60");
            set(*jar, "http://[::1]/", "v6=1; Max-Age=60");
            QCOMPARE(jar->cookies().size(), 5);
            before = jar->cookies();
            QVERIFY(store.save());
            QCOMPARE(QFileInfo(store.path(u"/ws"_s, u"dev"_s)).permissions(), QFileDevice::Permissions(ownerOnly));
        }
        CookieStore store(folder(), m_clock);
        const auto jar = store.jar(u"/ws"_s, u"dev"_s);
        QVERIFY(!store.takeProblem());
        QCOMPARE(jar->cookies().size(), before.size());
        for (qsizetype i = 0; i < before.size(); ++i) {
            const Cookie &a = before.at(i);
            const Cookie &b = jar->cookies().at(i);
            QCOMPARE(b.key(), a.key());
            QCOMPARE(b.value, a.value);
            QCOMPARE(b.expiresAt, a.expiresAt);
            QCOMPARE(b.createdAtMs, a.createdAtMs);
            QVERIFY(b.secure == a.secure && b.httpOnly == a.httpOnly && b.sameSite == a.sameSite);
        }
        // Another environment and another workspace have jars of their own.
        QVERIFY(store.jar(u"/ws"_s, u"prod"_s)->isEmpty());
        QVERIFY(store.jar(u"/other"_s, u"dev"_s)->isEmpty());
        QCOMPARE(store.jar(u"/ws"_s, u"dev"_s), jar);
    }

    void sessionCookiesEndUnlessAsked()
    {
        for (const bool keeps : {false, true}) {
            CookieStore store(folder() + (keeps ? u"1"_s : u"0"_s), m_clock);
            if (keeps)
                store.setKeepsSessionCookies(u"/ws"_s, QString(), true);
            set(*store.jar(u"/ws"_s, QString()), "http://a.example/", "session=1");
            QVERIFY(store.save());
            CookieStore again(folder() + (keeps ? u"1"_s : u"0"_s), m_clock);
            QCOMPARE(again.jar(u"/ws"_s, QString())->isEmpty(), !keeps);
            QCOMPARE(again.keepsSessionCookies(u"/ws"_s, QString()), keeps);
            QCOMPARE(QFile::exists(store.path(u"/ws"_s, QString())), keeps); // no file for nothing
        }
    }

    void expiredOnesAreNotWritten()
    {
        CookieStore store(folder(), m_clock);
        set(*store.jar(u"/ws"_s, QString()), "http://a.example/", "gone=secret-gone; Max-Age=60");
        set(*store.jar(u"/ws"_s, QString()), "http://a.example/", "stays=1; Max-Age=600");
        m_clock.set(now + 61'000);
        QVERIFY(store.save());
        m_clock.set(now);
        const QByteArray bytes = contents(store.path(u"/ws"_s, QString()));
        QVERIFY(bytes.contains("stays"));
        QVERIFY(!bytes.contains("secret-gone"));
    }

    void removalReachesTheFile()
    {
        CookieStore store(folder(), m_clock);
        const auto jar = store.jar(u"/ws"_s, QString());
        set(*jar, "http://a.example/", "sid=secret-sid; Max-Age=60");
        QVERIFY(store.save());
        QVERIFY(contents(store.path(u"/ws"_s, QString())).contains("secret-sid"));
        jar->clear();
        QVERIFY(store.save());
        QVERIFY(!contents(store.path(u"/ws"_s, QString())).contains("secret-sid"));
    }

    void damaged_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<qsizetype>("read");
        QTest::newRow("empty") << ""_ba << qsizetype(0);
        QTest::newRow("cut off") << "{\"schema\": \"realmscope.cookies/1\", \"cookies\": [{\"na"_ba << qsizetype(0);
        QTest::newRow("something else") << "{\"schema\": \"other\", \"cookies\": []}"_ba << qsizetype(0);
        QTest::newRow("not JSON") << "\x00\x01\x02garbage"_ba << qsizetype(0);
        QTest::newRow("no list") << "{\"schema\": \"realmscope.cookies/1\"}"_ba << qsizetype(0);
        QTest::newRow("one cookie of two")
            << "{\"schema\": \"realmscope.cookies/1\", \"cookies\": [{\"name\": \"a\", \"value\": \"1\", \"domain\": \"a.example\", \"path\": \"/\"}, {\"name\": 5}]}"_ba
            << qsizetype(1);
        QTest::newRow("a cookie that no server could set")
            << "{\"schema\": \"realmscope.cookies/1\", \"cookies\": [{\"name\": \"a\", \"value\": \"1\", \"domain\": \"com\", \"hostOnly\": false, \"path\": \"/\"}]}"_ba
            << qsizetype(0);
    }
    void damaged()
    {
        QFETCH(QByteArray, bytes);
        CookieStore store(folder(), m_clock);
        const QString path = store.path(u"/ws"_s, QString());
        write(path, bytes);
        QFile::setPermissions(path, ownerOnly);
        write(path + u".bad"_s, "an older one");
        const auto jar = store.jar(u"/ws"_s, QString());
        QTEST(jar->cookies().size(), "read");
        const std::optional<Error> problem = store.takeProblem();
        QVERIFY(problem);
        QCOMPARE(problem->code, ErrorCode::Parse);
        QVERIFY(problem->message.contains(path) && problem->action.contains(path + u".bad.1"_s));
        // Nothing is lost, and saving works again.
        QCOMPARE(contents(path + u".bad"_s), "an older one"_ba);
        QCOMPARE(contents(path + u".bad.1"_s), bytes);
        QCOMPARE(QFileInfo(path + u".bad.1"_s).permissions(), QFileDevice::Permissions(ownerOnly));
        set(*jar, "http://a.example/", "new=1; Max-Age=60");
        QVERIFY(store.save());
        CookieStore again(folder(), m_clock);
        QVERIFY(!again.jar(u"/ws"_s, QString())->isEmpty());
        QVERIFY(!again.takeProblem());
    }

    void newerFormatStays()
    {
        CookieStore store(folder(), m_clock);
        const QString path = store.path(u"/ws"_s, QString());
        const QByteArray bytes = "{\"schema\": \"realmscope.cookies/2\", \"jar\": {}}"_ba;
        write(path, bytes);
        set(*store.jar(u"/ws"_s, QString()), "http://a.example/", "new=1; Max-Age=60");
        const std::optional<Error> problem = store.takeProblem();
        QVERIFY(problem);
        QCOMPARE(problem->code, ErrorCode::Unsupported);
        QVERIFY(store.save());
        QCOMPARE(contents(path), bytes);
    }

    void cannotWrite()
    {
        write(folder() + u"/file"_s, "x");
        CookieStore store(folder() + u"/file/below"_s, m_clock); // a file can't be a folder
        set(*store.jar(u"/ws"_s, QString()), "http://a.example/", "new=1; Max-Age=60");
        const Result<void> saved = store.save();
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::FileUnwritable);
        QVERIFY(!saved.error().action.isEmpty());
    }

private:
    [[nodiscard]] QString folder() const { return m_dir->filePath(u"cookies"_s); }
    static void set(CookieJar &jar, const char *url, const QByteArray &cookie)
    {
        const CookieVerdict verdict = jar.store(cookie, {Url::parse(QString::fromUtf8(url)).value(), "GET"_ba, now, std::nullopt});
        QCOMPARE(verdict.decision, CookieDecision::Stored);
    }

    FixedClock m_clock{now};
    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_GUILESS_MAIN(CookieStoreTest)
#include "tst_cookiestore.moc"
