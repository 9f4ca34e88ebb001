// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Decode.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class DecodeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void kinds_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("fact");  // a name
        QTest::addColumn<QString>("value"); // of that fact
        QTest::addColumn<QString>("secret"); // must not be in the output
        // RFC 7617 section 2: Aladdin / open sesame.
        QTest::newRow("basic header") << "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba << u"basic"_s << u"user name"_s << u"Aladdin"_s
                                      << u"open sesame"_s;
        QTest::newRow("basic value") << "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba << u"basic"_s << u"user name"_s << u"Aladdin"_s << u"sesame"_s;
        QTest::newRow("basic, Base64 alone") << "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba << u"basic"_s << u"user name"_s << u"Aladdin"_s << u"sesame"_s;
        // RFC 7519 section 3.1.
        QTest::newRow("jwt") << "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
                                "NvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"_ba
                             << u"jwt"_s << u"iss"_s << u"joe"_s << u"dBjftJeZ4CVP"_s;
        QTest::newRow("bearer, opaque") << "Authorization: Bearer mF_9.B5f-4.1JqM"_ba << u"bearer"_s << u"length"_s << u"15"_s << u"mF_9"_s;
        // RFC 7616 section 3.9.1.
        QTest::newRow("digest challenge")
            << "WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPE\""_ba
            << u"challenge"_s << u"realm"_s << u"http-auth@example.org"_s << u"-"_s;
        QTest::newRow("digest credentials")
            << "Digest username=\"Mufasa\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""_ba
            << u"digest"_s << u"username"_s << u"Mufasa"_s << u"753927fa0e85"_s;
        QTest::newRow("bearer challenge") << "Bearer realm=\"x\", error=\"invalid_token\""_ba << u"challenge"_s << u"error"_s << u"invalid_token"_s << u"-"_s;
        QTest::newRow("cookie") << "Cookie: sid=31d4d96e407aad42; lang=en"_ba << u"cookie"_s << QString() << QString() << u"31d4d96e"_s;
        QTest::newRow("set-cookie") << "Set-Cookie: sid=31d4d96e407aad42; Path=/; Secure; HttpOnly"_ba << u"set-cookie"_s << u"Path"_s << u"/"_s
                                    << u"31d4d96e"_s;
        QTest::newRow("no scheme word") << "Authorization: mF_9.B5f-4.1JqM"_ba << u"credentials"_s << QString() << QString() << u"mF_9"_s;
        QTest::newRow("opaque") << "2YotnFZFEjr1zCsicMWpAA"_ba << u"opaque"_s << u"length"_s << u"22"_s << u"2YotnFZ"_s;
    }
    void kinds()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, fact);
        QFETCH(QString, value);
        QFETCH(QString, secret);
        const Result<QJsonArray> items = decodeText(text, 1'700'000'000, false);
        QVERIFY(items);
        QCOMPARE(items->size(), 1);
        const QJsonObject item = items->first().toObject();
        QTEST(item.value("kind"_L1).toString(), "kind");
        bool found = fact.isEmpty();
        for (const QJsonValue &one : item.value("facts"_L1).toArray()) {
            if (one.toObject().value("name"_L1).toString() == fact)
                found = found || one.toObject().value("value"_L1).toVariant().toString() == value;
        }
        QVERIFY2(found, QJsonDocument(item).toJson().constData());
        if (secret != "-"_L1)
            QVERIFY2(!QJsonDocument(item).toJson().contains(secret.toUtf8()), QJsonDocument(item).toJson().constData());
    }

    // RFC 7516 section A.1: RSA-OAEP and A256GCM; and two that can't be.
    void encrypted()
    {
        const QByteArray header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
        const QByteArray token = header + ".OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg"
                                          ".48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ";
        const QByteArray shown = QJsonDocument(decodeText(token, 0, false)->first().toObject()).toJson();
        QVERIFY2(shown.contains("256 bytes") && shown.contains("12 bytes") && shown.contains("63 bytes") && shown.contains("16 bytes"), shown.constData()); // RSA 2048, 96, 504, 128 bit
        QVERIFY(shown.contains("RSA-OAEP") && !shown.contains("there is no encrypted key"));
        const QByteArray without = QJsonDocument(decodeText(header + "..48V1_ALb6US04U3b.5eym8TW_c8Su.XFBoMYUZodetZdvTiFvSkQ", 0, false)->first().toObject()).toJson();
        QVERIFY2(without.contains("alg is RSA-OAEP, and there is no encrypted key"), without.constData());
    }

    // The certificate in the header of the token itself, made by openssl.
    void certificateInTheHeader()
    {
        const QTemporaryDir dir;
        const auto openssl = [&dir](const QStringList &words, const QByteArray &input = {}) {
            QProcess process;
            process.setWorkingDirectory(dir.path());
            process.start(u"openssl"_s, words);
            process.write(input);
            process.closeWriteChannel();
            return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
        };
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because openssl is not installed");
        (void)openssl({u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-keyout"_s, u"a.key"_s, u"-out"_s, u"a.pem"_s, u"-subj"_s, u"/CN=signer"_s});
        const QByteArray der = openssl({u"x509"_s, u"-in"_s, u"a.pem"_s, u"-outform"_s, u"DER"_s});
        QVERIFY(!der.isEmpty());
        const auto base64Url = [](const QByteArray &bytes) { return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals); };
        const QByteArray part = base64Url("{\"alg\":\"RS256\",\"x5c\":[\"" + der.toBase64() + "\"]}") + '.' + base64Url("{\"sub\":\"alice\"}");
        const QByteArray signature = openssl({u"dgst"_s, u"-sha256"_s, u"-sign"_s, u"a.key"_s}, part);
        QVERIFY(!signature.isEmpty());
        const QByteArray good = QJsonDocument(decodeText(part + '.' + base64Url(signature), 0, false)->first().toObject()).toJson();
        QVERIFY2(good.contains("fits the certificate in its own header (x5c), which anybody could have put there: not verified"), good.constData());
        const QByteArray bad = QJsonDocument(decodeText(part + '.' + base64Url(QByteArray(256, 'x')), 0, false)->first().toObject()).toJson();
        QVERIFY2(bad.contains("it does not fit the certificate in its own header"), bad.constData());
    }

    void problems_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("problem");
        QTest::newRow("no colon") << "Basic QWxtb25k"_ba << u"no colon"_s;             // "Almond"
        QTest::newRow("line end encoded") << "Basic YTpiCg=="_ba << u"line end"_s;     // "a:b\n"
        QTest::newRow("not Base64") << "Basic a:b"_ba << u"no Base64"_s;
        QTest::newRow("expired") << "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEzMDA4MTkzODB9.AA"_ba << u"expired"_s; // exp 1300819380
        QTest::newRow("alg none") << "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."_ba << u"alg is none"_s;
        QTest::newRow("quoted token") << "Bearer \"abcdefgh\""_ba << u""_s;
        QTest::newRow("unknown SameSite") << "Set-Cookie: a=b; Secure; HttpOnly; SameSite=Foo"_ba << u"SameSite is \"Foo\""_s;
        QTest::newRow("cookie with a control character") << "Set-Cookie: a=b\x01; Secure; HttpOnly"_ba << u"ignores the whole"_s; // RFC 6265bis section 5.6
        QTest::newRow("insecure cookie") << "Set-Cookie: a=b; Path=/"_ba << u"Secure"_s;
    }
    void problems()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, problem);
        const Result<QJsonArray> items = decodeText(text, 1'700'000'000, false);
        QVERIFY(items);
        QString all;
        for (const QJsonValue &item : *items) {
            for (const QJsonValue &one : item.toObject().value("problems"_L1).toArray())
                all += one.toString() + u'\n';
        }
        QVERIFY(!all.isEmpty());
        QVERIFY2(all.contains(problem), qPrintable(all));
    }

    void reveals()
    {
        const Result<QJsonArray> items = decodeText("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 0, true);
        QVERIFY(QJsonDocument(*items).toJson().contains("open sesame"));
    }

    void nothing()
    {
        const Result<QJsonArray> items = decodeText(" \n", 0, false);
        QVERIFY(!items);
        QCOMPARE(items.error().code, ErrorCode::InvalidInput);
    }
};

QTEST_APPLESS_MAIN(DecodeTest)
#include "tst_decode.moc"
