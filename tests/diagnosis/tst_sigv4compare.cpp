// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SigV4Compare.h"
#include "tests/auth/Vectors.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

QByteArray read(const QDir &dir, const QString &name)
{
    QFile file(dir.filePath(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Request requestOf(const QByteArray &bytes)
{
    QByteArray text = bytes;
    text.replace("\r\n", "\n");
    const qsizetype blank = text.indexOf("\n\n");
    Request request;
    request.body = blank < 0 ? QByteArray() : text.mid(blank + 2);
    QList<QByteArray> lines = (blank < 0 ? text : text.left(blank)).split('\n');
    const QByteArray first = lines.takeFirst();
    request.method = first.left(first.indexOf(' '));
    request.target = first.mid(request.method.size() + 1, first.lastIndexOf(' ') - request.method.size() - 1);
    for (const QByteArray &line : lines) {
        if (line.startsWith(' ') && !request.headers.isEmpty())
            request.headers[request.headers.size() - 1].value += ' ' + line.trimmed();
        else if (const qsizetype colon = line.indexOf(':'); colon > 0)
            request.headers.append(line.left(colon), line.mid(colon + 1).trimmed());
    }
    return request;
}

Response answer(const QByteArray &body)
{
    Response response;
    response.status = 403;
    response.body = RecordedBytes(body);
    return response;
}

// AWS's signing suite, get-vanilla.
const QByteArray vanillaCanonical = "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n"
                                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const QByteArray vanillaToSign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
                                 "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63";
const QByteArray vanillaRequest = "GET / HTTP/1.1\nHost:example.amazonaws.com\nX-Amz-Date:20150830T123600Z\nAuthorization:AWS4-HMAC-SHA256 "
                                  "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
                                  "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n\n";

} // namespace

class tst_SigV4Compare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vanilla()
    {
        const std::optional<SigV4Strings> strings = sigV4StringsOfRequest(requestOf(vanillaRequest));
        QVERIFY(strings);
        QCOMPARE(strings->canonicalRequest, vanillaCanonical);
        QCOMPARE(strings->stringToSign, vanillaToSign);
        QVERIFY(compareSigV4(*strings, {vanillaCanonical, vanillaToSign}).isEmpty());
    }

    // Requests that AWS's suite signed, read back from their own bytes.
    void suite_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("isInQuery");
        const QDir dir(vectorsPath(u"third-party/sigv4/tests/aws-signing-test-suite/v4"_s));
        for (const QString &name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const QDir entry(dir.filePath(name));
            const QJsonObject context = QJsonDocument::fromJson(read(entry, u"context.json"_s)).object();
            const bool hasBody = requestOf(read(entry, u"request.txt"_s)).body.size() > 0;
            // What is signed besides the bytes: paths that are not normalized, a body that is left out, a token added afterwards.
            if (!context.value("normalize"_L1).toBool() || (hasBody && !context.value("sign_body"_L1).toBool()) || context.value("omit_session_token"_L1).toBool())
                continue;
            QTest::newRow(qPrintable(name + u", header"_s)) << entry.path() << false;
            QTest::newRow(qPrintable(name + u", query"_s)) << entry.path() << true;
        }
        if (!dir.exists())
            QTest::newRow("no suite") << QString() << false;
    }
    void suite()
    {
        QFETCH(QString, path);
        QFETCH(bool, isInQuery);
        if (path.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because AWS's signing suite is not there (REALMSCOPE_VECTORS)");
        const QDir dir(path);
        const QString kind = isInQuery ? u"query"_s : u"header"_s;
        const std::optional<SigV4Strings> strings = sigV4StringsOfRequest(requestOf(read(dir, kind + u"-signed-request.txt"_s)));
        QVERIFY(strings);
        QCOMPARE(strings->canonicalRequest, read(dir, kind + u"-canonical-request.txt"_s));
        QCOMPARE(strings->stringToSign, read(dir, kind + u"-string-to-sign.txt"_s));
    }

    void wordsOfServers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("canonical");
        QTest::addColumn<QByteArray>("toSign");
        const QByteArray query = "GET\n/\na=1&b='x'\nhost:h\n\nhost\nUNSIGNED-PAYLOAD";
        QTest::newRow("S3") << "<Error><StringToSign>" + vanillaToSign + "</StringToSign><CanonicalRequest>" + vanillaCanonical + "</CanonicalRequest></Error>"
                            << vanillaCanonical << vanillaToSign;
        QTest::newRow("references") << "<CanonicalRequest>" + QByteArray(query).replace("&", "&amp;").replace("'", "&#x27;").replace("\n", "&#10;") + "</CanonicalRequest>"
                                    << query << QByteArray();
        QTest::newRow("message in XML") << "<Message>no\n\nThe Canonical String for this request should have been\n'" + vanillaCanonical
                + "'\n\nThe String-to-Sign should have been\n'" + vanillaToSign + "'\n</Message>"
                                        << vanillaCanonical << vanillaToSign;
        QTest::newRow("message in JSON") << QJsonDocument(QJsonObject{{u"__type"_s, u"InvalidSignatureException"_s},
                                                                      {u"Message"_s, QString::fromUtf8("no\n\nThe Canonical String for this request should have been\n'" + query
                                                                                                       + "'\n\nThe String-to-Sign should have been\n'" + vanillaToSign + "'\n")}}).toJson()
                                         << query << vanillaToSign;
        QTest::newRow("nothing of it") << "<Error><Code>SignatureDoesNotMatch</Code></Error>"_ba << QByteArray() << QByteArray();
        QTest::newRow("broken off") << "<Error><StringToSign>AWS4-HMAC"_ba << QByteArray() << QByteArray();
        QTest::newRow("no end of the quotes") << "The String-to-Sign should have been\n'AWS4"_ba << QByteArray() << QByteArray();
        QTest::newRow("an impossible character") << "<StringToSign>a&#x110000;b</StringToSign>"_ba << QByteArray() << "ab"_ba;
        QTest::newRow("empty") << QByteArray() << QByteArray() << QByteArray();
    }
    void wordsOfServers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, canonical);
        QFETCH(QByteArray, toSign);
        const SigV4Strings strings = sigV4StringsOfServer(answer(body));
        QCOMPARE(strings.canonicalRequest, canonical);
        QCOMPARE(strings.stringToSign, toSign);
    }

    void differences_data()
    {
        using Part = SigV4Difference::Part;
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<int>("part");
        QTest::addColumn<bool>("isSpelling");
        const auto row = [](const char *name, const QByteArray &from, const QByteArray &to, Part part, bool isSpelling = false) {
            QTest::newRow(name) << from << to << int(part) << isSpelling;
        };
        row("method", "GET\n", "HEAD\n", Part::Method);
        row("path", "\n/\n", "\n/stage\n", Part::Path);
        row("path, spelled", "\n/\n", "\n%2F\n", Part::Path, true);
        row("query", "\n/\n\n", "\n/\na=1\n", Part::Query);
        row("header", "host:example.amazonaws.com", "host:backend", Part::Header);
        row("header gone", "host:example.amazonaws.com\n", "", Part::Header);
        row("signed headers", "\nhost;x-amz-date\n", "\nhost\n", Part::SignedHeaders);
        row("payload", "e3b0c4", "e3b0c5", Part::Payload);
    }
    void differences()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(int, part);
        QFETCH(bool, isSpelling);
        QByteArray changed = vanillaCanonical;
        const qsizetype at = changed.indexOf(from);
        QVERIFY(at >= 0);
        changed.replace(at, from.size(), to);
        const QList<SigV4Difference> found = compareSigV4({vanillaCanonical, vanillaToSign}, {changed, QByteArray(vanillaToSign).replace("bb57", "bb58")});
        QCOMPARE(found.size(), 1);
        QCOMPARE(int(found.first().part), part);
        QCOMPARE(found.first().isSpelling, isSpelling);
    }

    void differencesOfTheStringToSign()
    {
        using Part = SigV4Difference::Part;
        const auto parts = [](const QByteArray &from, const QByteArray &to) {
            QList<int> found;
            for (const SigV4Difference &one : compareSigV4({vanillaCanonical, vanillaToSign}, {{}, QByteArray(vanillaToSign).replace(from, to)}))
                found.append(int(one.part));
            return found;
        };
        QCOMPARE(parts("us-east-1", "eu-west-1"), QList<int>{int(Part::Region)});
        QCOMPARE(parts("/service/", "/s3/"), QList<int>{int(Part::Service)});
        QCOMPARE(parts("T123600Z", "T123601Z"), QList<int>{int(Part::Time)});
        QCOMPARE(parts("bb57", "bb58"), QList<int>{int(Part::CanonicalHash)});
        QCOMPARE(parts("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), QList<int>{int(Part::Algorithm)});
        QCOMPARE(parts("x", "x"), QList<int>());
        QVERIFY(compareSigV4({vanillaCanonical, vanillaToSign}, {"no canonical request", "nor this"}).isEmpty());
        QVERIFY(compareSigV4({}, {}).isEmpty());
    }

    void notSigned_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("another scheme") << "Bearer abc"_ba;
        QTest::newRow("V4a") << "AWS4-ECDSA-P256-SHA256 Credential=A/20150830/service/aws4_request, SignedHeaders=host, Signature=1"_ba;
        QTest::newRow("no scope") << "AWS4-HMAC-SHA256 Credential=A, SignedHeaders=host, Signature=1"_ba;
        QTest::newRow("no headers") << "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/service/aws4_request, Signature=1"_ba;
        QTest::newRow("nothing in it") << "AWS4-HMAC-SHA256 "_ba;
    }
    void notSigned()
    {
        QFETCH(QByteArray, authorization);
        Request request = requestOf("GET / HTTP/1.1\nHost:h\nX-Amz-Date:20150830T123600Z\n\n");
        if (!authorization.isEmpty())
            request.headers.append("Authorization", authorization);
        QVERIFY(!sigV4StringsOfRequest(request));
    }
};

QTEST_GUILESS_MAIN(tst_SigV4Compare)
#include "tst_sigv4compare.moc"
