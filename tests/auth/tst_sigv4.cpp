// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/SigV4Math.h"
#include "tests/auth/StartFlow.h"
#include "tests/auth/Vectors.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_ba; // printf '' | sha256sum

QByteArray read(const QDir &dir, const QString &name)
{
    QFile file(dir.filePath(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// One entry of AWS's suite: request.txt and context.json.
struct Entry
{
    SigV4Input input;
    QByteArray secret;
    QByteArray body;
    bool signBody = false;
    bool omitToken = false;

    explicit Entry(const QDir &dir)
    {
        QByteArray text = read(dir, u"request.txt"_s);
        text.replace("\r\n", "\n");
        const qsizetype blank = text.indexOf("\n\n");
        if (blank >= 0)
            body = text.mid(blank + 2);
        QList<QByteArray> lines = (blank < 0 ? text : text.left(blank)).split('\n');
        const QByteArray first = lines.takeFirst();
        const qsizetype space = first.indexOf(' ');
        input.method = first.left(space);
        const QByteArray target = first.mid(space + 1, first.lastIndexOf(' ') - space - 1);
        const qsizetype question = target.indexOf('?');
        input.path = question < 0 ? target : target.left(question);
        input.query = question < 0 ? QByteArray() : target.mid(question + 1);
        for (const QByteArray &line : lines) {
            if (line.startsWith(' '))
                input.headers.last().second += '\n' + line;
            else if (const qsizetype colon = line.indexOf(':'); colon > 0)
                input.headers.append({line.left(colon), line.mid(colon + 1)});
        }
        const QJsonObject context = QJsonDocument::fromJson(read(dir, u"context.json"_s)).object();
        const QJsonObject credentials = context.value("credentials"_L1).toObject();
        input.accessKeyId = credentials.value("access_key_id"_L1).toString().toUtf8();
        secret = credentials.value("secret_access_key"_L1).toString().toUtf8();
        input.sessionToken = credentials.value("token"_L1).toString().toUtf8();
        omitToken = context.value("omit_session_token"_L1).toBool();
        input.region = context.value("region"_L1).toString().toUtf8();
        input.service = context.value("service"_L1).toString().toUtf8();
        input.timestamp = context.value("timestamp"_L1).toString().toUtf8().replace("-", "").replace(":", "");
        input.expires = context.value("expiration_in_seconds"_L1).toInt();
        input.normalizePath = context.value("normalize"_L1).toBool();
        signBody = context.value("sign_body"_L1).toBool();
        input.payloadHash = signBody ? hash(HashAlgorithm::Sha256, body).toHex() : emptyHash;
    }
    [[nodiscard]] SigV4Input forHeader() const
    {
        SigV4Input header = input;
        header.secretAccessKey = secret;
        header.headers.append({"X-Amz-Date"_ba, input.timestamp});
        if (signBody)
            header.headers.append({"x-amz-content-sha256"_ba, input.payloadHash});
        if (!input.sessionToken.isEmpty() && !omitToken)
            header.headers.append({"X-Amz-Security-Token"_ba, input.sessionToken});
        if (input.isV4a)
            header.headers.append({"X-Amz-Region-Set"_ba, input.region});
        return header;
    }
    [[nodiscard]] SigV4Input forQuery() const
    {
        SigV4Input query = input;
        query.secretAccessKey = secret;
        query.inQuery = true;
        if (omitToken)
            query.sessionToken.clear();
        return query;
    }
};

struct Fixture
{
    FixedClock clock{QDateTime::fromString(u"2013-05-24T00:00:00Z"_s, Qt::ISODate).toMSecsSinceEpoch()};
    SystemRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    explicit Fixture(const QString &url)
    {
        request.url = Url::parse(url).value();
        request.headers.append("Host"_ba, request.url.hostHeader(), HeaderSource::Default);
        for (const SchemeField &field : findScheme(u"aws-sigv4"_s)->fields())
            values.setText(field.id, field.defaultValue);
        // The key of the examples in AWS's documentation.
        values.setText(u"access-key-id"_s, u"AKIAIOSFODNN7EXAMPLE"_s);
        values.setSecret(u"secret-access-key"_s, Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
        values.setText(u"region"_s, u"us-east-1"_s);
        values.setText(u"service"_s, u"s3"_s);
    }
    Step first()
    {
        return startFlow(*findScheme(u"aws-sigv4"_s), *this)->next(nullptr);
    }
};

QByteArray signatureOf(const Request &request)
{
    const QByteArray value = request.headers.value("Authorization");
    return value.mid(value.indexOf("Signature=") + 10);
}

} // namespace

class tst_SigV4 : public QObject
{
    Q_OBJECT

    static void entries(const QString &suite)
    {
        QTest::addColumn<QString>("path");
        const QDir dir(vectorsPath(u"third-party/sigv4/tests/aws-signing-test-suite/"_s + suite));
        for (const QString &name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            if (QFile::exists(dir.filePath(name + u"/header-canonical-request.txt"_s)))
                QTest::newRow(qPrintable(name)) << dir.filePath(name);
        }
        if (!dir.exists())
            QTest::newRow("no suite") << QString();
    }

private Q_SLOTS:
    void suiteV4_data() { entries(u"v4"_s); }
    void suiteV4()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because AWS's signing suite is not there (REALMSCOPE_VECTORS)");
        const QDir dir(path);
        const Entry entry(dir);
        const SigV4Result header = signSigV4(entry.forHeader()).value();
        QCOMPARE(header.canonicalRequest, read(dir, u"header-canonical-request.txt"_s));
        QCOMPARE(header.stringToSign, read(dir, u"header-string-to-sign.txt"_s));
        QCOMPARE(header.signature, read(dir, u"header-signature.txt"_s));
        QVERIFY(read(dir, u"header-signed-request.txt"_s).contains("Authorization:" + header.authorization));
        const SigV4Result query = signSigV4(entry.forQuery()).value();
        QCOMPARE(query.canonicalRequest, read(dir, u"query-canonical-request.txt"_s));
        QCOMPARE(query.stringToSign, read(dir, u"query-string-to-sign.txt"_s));
        QCOMPARE(query.signature, read(dir, u"query-signature.txt"_s));
    }

    void suiteV4a_data() { entries(u"v4a"_s); }
    void suiteV4a()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because AWS's signing suite is not there (REALMSCOPE_VECTORS)");
        const QDir dir(path);
        Entry entry(dir);
        entry.input.isV4a = true;
        const SigV4Result header = signSigV4(entry.forHeader()).value();
        QCOMPARE(header.canonicalRequest, read(dir, u"header-canonical-request.txt"_s));
        QCOMPARE(header.stringToSign, read(dir, u"header-string-to-sign.txt"_s));
        const SigV4Result query = signSigV4(entry.forQuery()).value();
        QCOMPARE(query.canonicalRequest, read(dir, u"query-canonical-request.txt"_s));
        QCOMPARE(query.stringToSign, read(dir, u"query-string-to-sign.txt"_s));
        // The suite gives the public key; its own signatures, and ours, verify with it.
        const QJsonObject key = QJsonDocument::fromJson(read(dir, u"public-key.json"_s)).object();
        const auto number = [&](QLatin1StringView name) { return QByteArray::fromHex(key.value(name).toString().toLatin1()); };
        const AsymmetricKey publicKey = AsymmetricKey::ec("P-256"_ba, number("X"_L1), number("Y"_L1)).value();
        const SignatureAlgorithm ecdsa{SignatureForm::EcdsaDer, HashAlgorithm::Sha256};
        QVERIFY(publicKey.verify(ecdsa, header.stringToSign, QByteArray::fromHex(read(dir, u"header-signature.txt"_s))));
        QVERIFY(publicKey.verify(ecdsa, query.stringToSign, QByteArray::fromHex(read(dir, u"query-signature.txt"_s))));
        QVERIFY(publicKey.verify(ecdsa, header.stringToSign, QByteArray::fromHex(header.signature)));
        QVERIFY(publicKey.verify(ecdsa, query.stringToSign, QByteArray::fromHex(query.signature)));
        QVERIFY(!publicKey.verify(ecdsa, query.stringToSign, QByteArray::fromHex(header.signature)));
    }

    // AWS, "Examples: Signature calculations" of the S3 reference.
    void s3GetObject()
    {
        Fixture f(u"http://examplebucket.s3.amazonaws.com/test.txt"_s);
        f.request.headers.append("Range"_ba, "bytes=0-9"_ba, HeaderSource::Default);
        SendStep step = std::get<SendStep>(f.first());
        QCOMPARE(step.request.headers.value("X-Amz-Content-Sha256"), emptyHash);
        QCOMPARE(step.request.headers.value("X-Amz-Date"), "20130524T000000Z");
        QVERIFY(step.carriesCredential);
        // The example signs Range as well; ours leaves it open, so the whole is compared by its parts.
        SigV4Input input;
        const QByteArray secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"_ba;
        input.secretAccessKey = secret;
        input.accessKeyId = "AKIAIOSFODNN7EXAMPLE"_ba;
        input.region = "us-east-1"_ba;
        input.service = "s3"_ba;
        input.timestamp = "20130524T000000Z"_ba;
        input.method = "GET"_ba;
        input.path = "/test.txt"_ba;
        input.normalizePath = input.encodePathAgain = false;
        input.payloadHash = emptyHash;
        for (const HeaderField &field : step.request.headers) {
            if (!field.is("Authorization"))
                input.headers.append({field.name, field.value});
        }
        QCOMPARE(signSigV4(input).value().signature, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    void s3Presigned()
    {
        Fixture f(u"https://examplebucket.s3.amazonaws.com/test.txt"_s);
        f.values.setText(u"location"_s, u"query"_s);
        f.values.setText(u"expires"_s, u"86400"_s);
        const SendStep step = std::get<SendStep>(f.first());
        QCOMPARE(step.request.effectiveTarget(),
                 "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                 "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                 "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
        QVERIFY(!step.request.headers.contains("Authorization"));
    }

    void s3ListObjects()
    {
        Fixture f(u"http://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J"_s);
        QCOMPARE(signatureOf(std::get<SendStep>(f.first()).request), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    // AWS, "Signature calculations for the authorization header: transferring payload in multiple chunks".
    void s3Chunks()
    {
        Fixture f(u"http://s3.amazonaws.com/examplebucket/chunkObject.txt"_s);
        f.values.setText(u"payload"_s, u"streaming"_s);
        f.request.method = "PUT"_ba;
        f.request.body = QByteArray(66560, 'a');
        f.request.headers.append("x-amz-storage-class"_ba, "REDUCED_REDUNDANCY"_ba, HeaderSource::User);
        f.request.headers.append("Content-Length"_ba, "66560"_ba, HeaderSource::Default);
        const SendStep step = std::get<SendStep>(f.first());
        QCOMPARE(step.request.headers.value("Content-Length"), "66824");
        QCOMPARE(step.request.body.size(), 66824);
        QCOMPARE(step.request.headers.value("x-amz-content-sha256"), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        QCOMPARE(step.request.headers.value("x-amz-decoded-content-length"), "66560");
        // The example signs Content-Encoding and Content-Length as well.
        SigV4Input input;
        const QByteArray secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"_ba;
        input.secretAccessKey = secret;
        input.region = "us-east-1"_ba;
        input.service = "s3"_ba;
        input.timestamp = "20130524T000000Z"_ba;
        const QByteArray seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"_ba;
        const QByteArray chunks = sigV4Chunks(input, seed, f.request.body, 65536);
        QVERIFY(chunks.startsWith("10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\naaa"));
        QVERIFY(chunks.contains("a\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\naaa"));
        QVERIFY(chunks.endsWith("a\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"));
        QCOMPARE(chunks.size(), sigV4ChunkedSize(66560, 65536));
    }

    void sessionTokenAndRegionSet()
    {
        Fixture f(u"https://example.amazonaws.com/"_s);
        f.values.setSecret(u"session-token"_s, Secret("the-token"));
        f.values.setText(u"version"_s, u"4a"_s);
        f.values.setText(u"region"_s, u"*"_s);
        const Request request = std::get<SendStep>(f.first()).request;
        QCOMPARE(request.headers.value("X-Amz-Security-Token"), "the-token");
        QCOMPARE(request.headers.value("X-Amz-Region-Set"), "*");
        QVERIFY(request.headers.value("Authorization").startsWith("AWS4-ECDSA-P256-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/s3/aws4_request, "
                                                                  "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-region-set;x-amz-security-token, "));
        QVERIFY(findScheme(u"aws-sigv4"_s)->credentialHeaders(f.values).contains("x-amz-security-token"));
    }

    void hostNames_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("region");
        // AWS General Reference, "Service endpoints and quotas".
        const auto row = [](const QString &host, const QString &service, const QString &region) {
            QTest::newRow(qPrintable(host)) << host << service << region;
        };
        row(u"iam.amazonaws.com"_s, u"iam"_s, u"us-east-1"_s);
        row(u"dynamodb.eu-west-2.amazonaws.com"_s, u"dynamodb"_s, u"eu-west-2"_s);
        row(u"a1b2c3.execute-api.us-west-2.amazonaws.com"_s, u"execute-api"_s, u"us-west-2"_s);
        row(u"my.bucket.s3.eu-central-1.amazonaws.com"_s, u"s3"_s, u"eu-central-1"_s);
        row(u"bucket.s3.dualstack.ap-southeast-2.amazonaws.com"_s, u"s3"_s, u"ap-southeast-2"_s);
        row(u"bucket.s3-eu-west-1.amazonaws.com"_s, u"s3"_s, u"eu-west-1"_s);
        row(u"bucket.s3.amazonaws.com"_s, u"s3"_s, u"us-east-1"_s);
        row(u"ec2.cn-north-1.amazonaws.com.cn"_s, u"ec2"_s, u"cn-north-1"_s);
        row(u"sts.us-gov-west-1.amazonaws.com"_s, u"sts"_s, u"us-gov-west-1"_s);
        row(u"api.example.com"_s, {}, {});
    }
    void hostNames()
    {
        QFETCH(QString, host);
        QTEST(sigV4Host(host).service, "service");
        QTEST(sigV4Host(host).region, "region");
    }

    void refused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("no access key") << u"access-key-id"_s << QString();
        QTest::newRow("no secret") << u"secret-access-key"_s << QString();
        QTest::newRow("region unknown, host tells nothing") << u"region"_s << QString();
        QTest::newRow("service unknown, host tells nothing") << u"service"_s << QString();
        QTest::newRow("line end in the key") << u"access-key-id"_s << u"AKID\r\nX: y"_s;
        QTest::newRow("expiry no number") << u"expires"_s << u"an hour"_s;
        QTest::newRow("expiry too long") << u"expires"_s << u"604801"_s;
        QTest::newRow("unknown version") << u"version"_s << u"5"_s;
        QTest::newRow("provider with a space") << u"provider"_s << u"aws amz"_s;
        QTest::newRow("chunks in a URL") << u"payload"_s << u"streaming"_s;
    }
    void refused()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        Fixture f(u"http://127.0.0.1/a"_s);
        f.values.setText(u"location"_s, u"query"_s);
        f.values.setText(field, value);
        if (field == "secret-access-key"_L1)
            f.values.setSecret(field, {});
        const Step step = f.first();
        QVERIFY(std::holds_alternative<FailedStep>(step));
        QCOMPARE(std::get<FailedStep>(step).error.code, ErrorCode::InvalidInput);
        QVERIFY(!std::get<FailedStep>(step).error.action.isEmpty());
    }
};

QTEST_APPLESS_MAIN(tst_SigV4)
#include "tst_sigv4.moc"
