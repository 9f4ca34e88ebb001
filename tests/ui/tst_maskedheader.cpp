// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/MaskedHeader.h"

#include <QtTest/QtTest>

using namespace Qt::StringLiterals;

namespace realmscope {

class MaskedHeaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void masks_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("shown"); // "24" and "8" stand for that many bullets
        QTest::addColumn<QString>("remark");
        QTest::newRow("bearer") << u"Authorization"_s << u"Bearer s3cr3t"_s << u"Bearer 24"_s << QString();
        QTest::newRow("opaque token") << u"Authorization"_s << u"Bearer 0123456789abcdef0123456789abcdef01234567"_s
                                      << u"Bearer 24"_s << u"opaque, 40 B"_s;
        QTest::newRow("JWT") // RFC 7519 section 3.1; its length counted by python3
            << u"authorization"_s
            << u"Bearer eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"_s
            << u"Bearer 24"_s << u"JWT, 179 B"_s;
        QTest::newRow("basic") // RFC 7617 section 2
            << u"Authorization"_s << u"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_s << u"Basic 24"_s << u"Aladdin"_s;
        QTest::newRow("digest") << u"Authorization"_s << u"Digest username=\"Mufasa\", response=\"8ca523f5\""_s
                                << u"Digest 24"_s << u"Mufasa"_s;
        QTest::newRow("no scheme word") << u"Authorization"_s << u"s3cr3t"_s << u"24"_s << QString();
        QTest::newRow("key of an API") << u"X-Api-Key"_s << u"s3cr3t value"_s << u"24"_s << QString();
        QTest::newRow("cookies") << u"Cookie"_s << u"locale=en-GB; sid=31d4d96e"_s << u"locale=8; sid=8"_s << QString();
        QTest::newRow("cookie from a variable") << u"Cookie"_s << u"a={{a}}; sid=31d4"_s << u"a={{a}}; sid=8"_s << QString();
    }
    void masks()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(QString, shown);
        QFETCH(QString, remark);
        const std::optional<MaskedHeader> masked = maskedHeader(name, value);
        QVERIFY(masked);
        QString expected = shown;
        expected.replace(u"24"_s, QString(24, u'•')).replace(u"8"_s, QString(8, u'•'));
        QCOMPARE(masked->shown, expected);
        QCOMPARE(masked->remark, remark);
    }

    void leavesTheRest_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("no credential") << u"Accept"_s << u"application/json"_s;
        QTest::newRow("variable") << u"Authorization"_s << u"Bearer {{token}}"_s;
        QTest::newRow("scheme word alone") << u"Authorization"_s << u"Bearer "_s;
        QTest::newRow("empty") << u"Authorization"_s << QString();
        QTest::newRow("cookie without a value") << u"Cookie"_s << u"a=; b"_s;
    }
    void leavesTheRest()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QVERIFY(!maskedHeader(name, value));
    }

    void lengthOfTheSecretIsNotTold()
    {
        const std::optional<MaskedHeader> one = maskedHeader(u"Authorization"_s, u"Bearer a"_s);
        const std::optional<MaskedHeader> two = maskedHeader(u"Authorization"_s, u"Bearer abcdefghijklmnop"_s);
        QVERIFY(one && two);
        QCOMPARE(one->shown, two->shown);
        QCOMPARE(one->remark, two->remark);
    }
};

} // namespace realmscope

QTEST_GUILESS_MAIN(realmscope::MaskedHeaderTest)
#include "tst_maskedheader.moc"
