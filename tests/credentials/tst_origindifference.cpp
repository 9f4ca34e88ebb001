// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/OriginDifference.h"

#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;
using Kind = OriginDifference::Kind;

class tst_OriginDifference : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void saidInWords_data()
    {
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QStringList>("allowed");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<QString>("marked"); // of what is shown
        QTest::addColumn<QString>("says");
        const auto row = [](const QString &wanted, const QStringList &allowed, Kind kind, const QString &marked, const char *says) {
            QTest::newRow(qPrintable(wanted + u" for "_s + allowed.join(u' '))) << wanted << allowed << kind << marked << QString::fromUtf8(says);
        };
        const QStringList api{u"https://api.example.com"_s};
        row(u"https://evil.test/"_s, {}, Kind::NothingNamed, u"https://evil.test"_s, "no origin yet");
        row(u"http://api.example.com/"_s, api, Kind::Scheme, u"http"_s, "everybody on the way");
        row(u"https://api.example.com:8443/"_s, api, Kind::Port, u":8443"_s, "another port, 8443 in place of 443");
        row(u"https://\u0430pi.example.com/"_s, api, Kind::LooksAlike, u"\u0430"_s, "U+0430, Cyrillic");
        row(u"https://xn--pi-6kc.example.com/"_s, api, Kind::LooksAlike, u"\u0430"_s, "U+0430, Cyrillic"); // the same in ACE (RFC 3492)
        row(u"https://api.examp1e.com/"_s, api, Kind::LooksAlike, u"1"_s, "looks like api.example.com");
        row(u"https://api.exarnple.com/"_s, api, Kind::LooksAlike, u"rn"_s, "looks like api.example.com");
        row(u"https://api.\u00e9xample.com/"_s, api, Kind::LooksAlike, u"\u00e9"_s, "looks like");
        row(u"https://api.exmple.com/"_s, api, Kind::LooksAlike, u"m"_s, "one letter away");
        row(u"https://api.example.com.evil.test/"_s, api, Kind::Contains, u".evil.test"_s, "belongs to evil.test");
        row(u"https://api.example.com-login.test/"_s, api, Kind::Contains, u"-login.test"_s, "only begins like");
        row(u"https://xapi.example.com/"_s, api, Kind::Contains, u"x"_s, "only ends like");
        row(u"https://v2.api.example.com/"_s, api, Kind::Subdomain, u"v2."_s, "a host below api.example.com");
        row(u"https://example.com/"_s, api, Kind::Parent, u"example.com"_s, "for a host below it");
        row(u"https://example.com/"_s, {u"https://*.example.com"_s}, Kind::Parent, u"example.com"_s, "the hosts below example.com");
        row(u"http://a.example.com/"_s, {u"https://*.example.com"_s}, Kind::Scheme, u"http"_s, "http in place of https");
        row(u"https://other.test/"_s, {u"https://api.example.com"_s, u"https://otter.test"_s}, Kind::LooksAlike, u"h"_s, "one letter away from otter.test");
        row(u"https://unrelated.test/"_s, api, Kind::Other, u"unrelated.test"_s, "another host");
        row(u"http://localhost:8081/"_s, {u"http://localhost:8080"_s}, Kind::Port, u":8081"_s, "another port");
        row(u"http://[::1]:80/"_s, {u"http://127.0.0.1"_s}, Kind::Other, u"[::1]"_s, "another host");
    }
    void saidInWords()
    {
        QFETCH(QString, wanted);
        QFETCH(QStringList, allowed);
        QFETCH(Kind, kind);
        QFETCH(QString, marked);
        QFETCH(QString, says);
        const Result<Url> url = Url::parse(wanted);
        QVERIFY(url);
        const OriginDifference difference = originDifference(url->origin(), allowed);
        QVERIFY2(difference.words.contains(says), qPrintable(difference.words));
        QCOMPARE(int(difference.kind), int(kind));
        QCOMPARE(difference.shown.mid(difference.begin, difference.end - difference.begin), marked);
        QCOMPARE(difference.nearest.isEmpty(), allowed.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_OriginDifference)
#include "tst_origindifference.moc"
