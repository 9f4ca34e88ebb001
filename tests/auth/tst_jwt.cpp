// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jwt.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Jwt : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rfc7515example()
    {
        // RFC 7515 appendix A.1
        const QByteArray token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        const std::optional<DecodedJwt> jwt = decodeJwt(token);
        QVERIFY(jwt);
        QCOMPARE(jwt->algorithm(), u"HS256"_s);
        QCOMPARE(jwt->claims.value("iss"_L1).toString(), u"joe"_s);
        QCOMPARE(jwt->time(u"exp"_s), std::optional<qint64>(1300819380));
        QCOMPARE(jwt->time(u"nbf"_s), std::nullopt);
        QCOMPARE(jwt->signature.size(), 32);
        QCOMPARE(jwt->signedPart, token.left(token.lastIndexOf('.')));
    }

    void notAJwt_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("opaque") << "abcdef"_ba;
        QTest::newRow("two parts") << "eyJhbGciOiJub25lIn0.e30"_ba;
        QTest::newRow("header is no object") << "W10.e30.AA"_ba;
        QTest::newRow("not base64url") << "eyJ*.e30.AA"_ba;
        QTest::newRow("dotted words") << "www.example.com"_ba;
    }
    void notAJwt()
    {
        QFETCH(QByteArray, token);
        QVERIFY(!decodeJwt(token));
    }

    void emptySignature() { QVERIFY(decodeJwt("eyJhbGciOiJub25lIn0.e30.")); } // alg none, RFC 7515 appendix A.5

    void fivePartsAreEncrypted()
    {
        const std::optional<DecodedJwt> jwt = decodeJwt("eyJhbGciOiJkaXIifQ.a.b.c.d");
        QVERIFY(jwt && jwt->encrypted && jwt->claims.isEmpty());
    }

    void wildTimes()
    {
        // {"exp":1e300}, {"exp":"1700000000"}, {"exp":1700000000.9}
        QVERIFY(!decodeJwt("eyJhbGciOiJub25lIn0.eyJleHAiOjFlMzAwfQ.")->time(u"exp"_s));
        QVERIFY(!decodeJwt("eyJhbGciOiJub25lIn0.eyJleHAiOiIxNzAwMDAwMDAwIn0.")->time(u"exp"_s));
        QCOMPARE(decodeJwt("eyJhbGciOiJub25lIn0.eyJleHAiOjE3MDAwMDAwMDAuOX0.")->time(u"exp"_s),
                 std::optional<qint64>(1700000000));
    }
};

QTEST_APPLESS_MAIN(tst_Jwt)
#include "tst_jwt.moc"
