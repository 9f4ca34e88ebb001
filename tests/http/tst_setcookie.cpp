// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/SetCookie.h"

#include <QtCore/QDateTime>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

// RFC 6265bis sections 5.1.1 and 5.6, step by step. The expected dates are written out by hand.
class SetCookieTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void pair_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("fault");
        const auto row = [](const char *what, const QByteArray &text, const QByteArray &name, const QByteArray &value,
                            const char *fault = "") { QTest::newRow(what) << text << name << value << QString::fromLatin1(fault); };
        row("plain", "SID=31d4d96e407aad42", "SID", "31d4d96e407aad42");
        row("attributes", "SID=31d4; Path=/; Secure; HttpOnly", "SID", "31d4");
        row("spaces and tabs around", " \ta \t= \tb\t ; Path=/", "a", "b");
        row("space inside", "a b=c d", "a b", "c d");
        row("several equals signs", "a=b=c==", "a", "b=c==");
        row("quotes stay", "a=\"b c\"; Path=/", "a", "\"b c\"");
        row("a quoted semicolon ends it all the same", "a=\"b;c\"", "a", "\"b");
        row("comma is no separator", "a=1, b=2", "a", "1, b=2");
        row("no value", "a=", "a", "");
        row("no equals sign: a value without a name", "abc; Path=/", "", "abc");
        row("empty name", "=abc", "", "abc");
        row("empty name, more equals signs", "=a=b", "", "a=b");
        row("UTF-8", "n\xc3\xa4me=w\xc3\xa9rt", "n\xc3\xa4me", "w\xc3\xa9rt");
        row("case of the name stays", "sId=x", "sId", "x");
        row("tab inside", "a=b\tc", "a", "b\tc");
        row("empty", "", "", "", "empty");
        row("only spaces", "   ", "", "", "empty");
        row("only an equals sign", "=", "", "", "empty");
        row("only attributes", "; Path=/", "", "", "empty");
        row("NUL", QByteArray("a=b\0c", 5), "a", QByteArray("b\0c", 3), "control-character");
        row("NUL in an attribute", QByteArray("a=b; x=\0", 8), "a", "b", "control-character");
        row("line feed", "a=b\nc", "a", "b\nc", "control-character");
        row("DEL", "a=b\x7f", "a", "b\x7f", "control-character");
        row("4096 bytes together", "abcd=" + QByteArray(4092, 'x'), "abcd", QByteArray(4092, 'x'));
        row("4097 bytes together", "abcd=" + QByteArray(4093, 'x'), "abcd", QByteArray(4093, 'x'), "too-long");
        row("a name of 4097 bytes", QByteArray(4097, 'n') + '=', QByteArray(4097, 'n'), "", "too-long");
        row("long attributes do not count", "a=b; x=" + QByteArray(8000, 'x'), "a", "b");
    }
    void pair()
    {
        QFETCH(QByteArray, text);
        const SetCookie cookie = parseSetCookie(text);
        QTEST(cookie.name, "name");
        QTEST(cookie.value, "value");
        QTEST(cookie.fault.id, "fault");
        QCOMPARE(cookie.isIgnored(), !cookie.fault.id.isEmpty());
    }

    void attributes_data()
    {
        QTest::addColumn<QByteArray>("text");    // after "a=b; "
        QTest::addColumn<QByteArray>("domain");
        QTest::addColumn<QByteArray>("path");    // null: the default
        QTest::addColumn<QByteArray>("flags");   // S, H, then SameSite's first letter, D for default
        QTest::addColumn<QByteArray>("age");     // text of Max-Age; null: none
        QTest::addColumn<QStringList>("deviations");
        const auto row = [](const char *what, const QByteArray &text, const QByteArray &domain, const QByteArray &path, const char *flags,
                            const QByteArray &age, const QStringList &deviations = {}) {
            QTest::newRow(what) << text << domain << path << QByteArray(flags) << age << deviations;
        };
        const QByteArray none;
        row("none", "", "", none, "D", none);
        row("empty ones", "; ;;", "", none, "D", none);
        row("domain", "Domain=Example.COM", "example.com", none, "D", none);
        row("leading dot", "Domain=.example.com", "example.com", none, "D", none, {u"domain-leading-dot"_s});
        row("only a dot", "Domain=.", "", none, "D", none, {u"domain-leading-dot"_s});
        row("two leading dots: one goes", "domain=..example.com", ".example.com", none, "D", none, {u"domain-leading-dot"_s});
        row("empty domain", "Domain=", "", none, "D", none, {u"domain-empty"_s});
        row("the last domain counts", "Domain=a.example; Domain=b.example", "b.example", none, "D", none, {u"attribute-repeated"_s});
        row("the last domain counts, empty as it is", "Domain=a.example; Domain=", "", none, "D", none,
            {u"domain-empty"_s, u"attribute-repeated"_s});
        row("domain of 1025 bytes", "Domain=a.example; Domain=" + QByteArray(1025, 'x'), "a.example", none, "D", none,
            {u"attribute-too-long"_s});
        row("path", "PATH=/a/b", "", "/a/b", "D", none);
        row("path, spaces around", " path =\t/a ", "", "/a", "D", none);
        row("path in quotes is not absolute", "Path=\"/a\"", "", none, "D", none, {u"path-not-absolute"_s});
        row("relative path", "Path=a", "", none, "D", none, {u"path-not-absolute"_s});
        row("empty path", "Path=", "", none, "D", none, {u"path-not-absolute"_s});
        row("the last path counts", "Path=/a; Path=/b", "", "/b", "D", none, {u"attribute-repeated"_s});
        row("the last path counts, also the default", "Path=/a; Path", "", none, "D", none, {u"path-not-absolute"_s, u"attribute-repeated"_s});
        row("path of 1024 bytes", "Path=/" + QByteArray(1023, 'p'), "", '/' + QByteArray(1023, 'p'), "D", none);
        row("path of 1025 bytes", "Path=/" + QByteArray(1024, 'p'), "", none, "D", none, {u"attribute-too-long"_s});
        row("flags", "secure; HTTPONLY", "", none, "SHD", none);
        row("flags with a value are set", "Secure=false; HttpOnly=0", "", none, "SHD", none, {u"flag-with-value"_s, u"flag-with-value"_s});
        row("flag with an empty value", "Secure=", "", none, "SD", none);
        row("strict", "SameSite=Strict", "", none, "S", none);
        row("lax, case", "samesite=lAX", "", none, "L", none);
        row("none, case", "SameSite=NONE; Secure", "", none, "SN", none);
        row("unknown: the default", "SameSite=Maybe", "", none, "D", none, {u"same-site-unknown"_s});
        row("the last SameSite counts, also an unknown one", "SameSite=Strict; SameSite=x", "", none, "D", none,
            {u"same-site-unknown"_s, u"attribute-repeated"_s});
        row("max-age", "Max-Age=60", "", none, "D", "60");
        row("max-age, negative", "Max-Age=-60", "", none, "D", "-60");
        row("max-age, leading zeros", "Max-Age=0060", "", none, "D", "60");
        row("max-age, plus sign", "Max-Age=+60", "", none, "D", none, {u"max-age-unreadable"_s});
        row("max-age, unit", "Max-Age=60s", "", none, "D", none, {u"max-age-unreadable"_s});
        row("max-age, fraction", "Max-Age=1.5", "", none, "D", none, {u"max-age-unreadable"_s});
        row("max-age, quotes", "Max-Age=\"60\"", "", none, "D", none, {u"max-age-unreadable"_s});
        row("max-age, empty", "Max-Age=", "", none, "D", none, {u"max-age-unreadable"_s});
        row("max-age beyond 64 bits", "Max-Age=99999999999999999999", "", none, "D", "9223372036854775807");
        row("max-age below 64 bits", "Max-Age=-99999999999999999999", "", none, "D", "0");
        row("an unreadable one does not undo", "Max-Age=60; Max-Age=x", "", none, "D", "60",
            {u"max-age-unreadable"_s, u"attribute-repeated"_s});
        row("unknown attributes", "Priority=High; Partitioned", "", none, "D", none, {u"attribute-unknown"_s, u"attribute-unknown"_s});
    }
    void attributes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, deviations);
        const SetCookie cookie = parseSetCookie("a=b; " + text);
        QVERIFY(!cookie.isIgnored());
        QTEST(cookie.domain, "domain");
        QTEST(cookie.path.value_or(QByteArray()), "path");
        const QByteArray sameSite = sameSiteText(cookie.sameSite).left(1).toLatin1();
        QTEST(QByteArray(cookie.secure ? "S" : "") + (cookie.httpOnly ? "H" : "") + (sameSite.isEmpty() ? "D" : sameSite), "flags");
        QTEST(cookie.maxAge ? QByteArray::number(*cookie.maxAge) : QByteArray(), "age");
        QStringList found;
        for (const CookieDeviation &deviation : cookie.deviations) {
            found << deviation.id;
            QVERIFY(!deviation.text.isEmpty());
        }
        QCOMPARE(found, deviations);
    }

    void oddPairs_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("deviations");
        QTest::newRow("fine") << "a=b"_ba << QStringList();
        QTest::newRow("quoted") << "a=\"b\""_ba << QStringList();
        QTest::newRow("no equals sign") << "abc"_ba << QStringList{u"no-equals"_s};
        QTest::newRow("no name") << "=abc"_ba << QStringList{u"name-empty"_s};
        QTest::newRow("name with a space") << "a b=c"_ba << QStringList{u"name-odd"_s};
        QTest::newRow("value with a comma") << "a=1,2"_ba << QStringList{u"value-odd"_s};
        QTest::newRow("value with a quote inside") << "a=b\"c"_ba << QStringList{u"value-odd"_s};
        QTest::newRow("value in Latin-1") << "a=\xe9"_ba << QStringList{u"value-odd"_s};
        QTest::newRow("unreadable date") << "a=b; Expires=tomorrow"_ba << QStringList{u"expires-unreadable"_s};
        QTest::newRow("odd date") << "a=b; Expires=Wed, 9-Jun-2021 10:18:14"_ba << QStringList{u"expires-form"_s};
        QTest::newRow("IMF date") << "a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT"_ba << QStringList();
    }
    void oddPairs()
    {
        QFETCH(QByteArray, text);
        QStringList found;
        for (const CookieDeviation &deviation : parseSetCookie(text).deviations)
            found << deviation.id;
        QTEST(found, "deviations");
    }

    void date_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected"); // ISO 8601; empty: fails
        const auto row = [](const char *text, const char *expected) {
            QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("Wed, 09 Jun 2021 10:18:14 GMT", "2021-06-09T10:18:14Z");
        row("Wednesday, 09-Jun-21 10:18:14 GMT", "2021-06-09T10:18:14Z");
        row("Wed Jun  9 10:18:14 2021", "2021-06-09T10:18:14Z");
        row("10:18:14 9 jun 2021", "2021-06-09T10:18:14Z");
        row("2021 jUNe 9th 10:18:14", "2021-06-09T10:18:14Z");
        row("1:2:3 1 Feb 1999", "1999-02-01T01:02:03Z");
        row("1 Feb 70 00:00:00", "1970-02-01T00:00:00Z");
        row("1 Feb 99 00:00:00", "1999-02-01T00:00:00Z");
        row("1 Feb 69 00:00:00", "2069-02-01T00:00:00Z");
        row("1 Feb 00 00:00:00", "2000-02-01T00:00:00Z");
        row("1 Feb 100 00:00:00", "");
        row("1 Feb 1601 00:00:00", "1601-02-01T00:00:00Z");
        row("1 Feb 1600 00:00:00", "");
        row("1 Feb 99999 00:00:00", "");
        row("29 Feb 2024 00:00:00", "2024-02-29T00:00:00Z");
        row("29 Feb 2023 00:00:00", "");
        row("31 Apr 2024 00:00:00", "");
        row("0 Apr 2024 00:00:00", "");
        row("32 Apr 2024 00:00:00", "");
        row("1 Apr 2024 24:00:00", "");
        row("1 Apr 2024 23:60:00", "");
        row("1 Apr 2024 23:59:60", "");
        row("1 Apr 2024 23:59:59", "2024-04-01T23:59:59Z");
        row("1 Apr 2024", "");
        row("1 Apr 10:00:00", "");
        row("Apr 2024 10:00:00", "");
        row("1 2024 10:00:00", "");
        row("", "");
        row("Sun, 06 Nov 1994 08:49:37 GMT; more", "1994-11-06T08:49:37Z");
        row("06/Nov/1994/08:49:37", "1994-11-06T08:49:37Z");
        row("06 Nov 1994 08:49:37+0200", "1994-11-06T08:49:37Z"); // zones mean nothing
        row("08:49:37.5 06 Nov 1994", "2006-11-05T08:49:37Z"); // a dot separates: 5 is the day, 06 the year
        row("123:00:00 1 Apr 2024", "");
    }
    void date()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const std::optional<qint64> seconds = parseCookieDate(text);
        QCOMPARE(seconds ? QDateTime::fromSecsSinceEpoch(*seconds, Qt::UTC).toString(Qt::ISODate) : QString(), expected);
    }
};

QTEST_GUILESS_MAIN(SetCookieTest)
#include "tst_setcookie.moc"
