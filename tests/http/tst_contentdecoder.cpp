// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/ContentDecoder.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

// Encoded by an independent tool: gzip, zlib-flate by python3, brotli, zstd.
QByteArray runTool(const QString &program, const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
}

QByteArray encode(const QString &coding, const QByteArray &plain)
{
    if (coding == "gzip"_L1)
        return runTool(u"gzip"_s, {u"-c"_s}, plain);
    if (coding == "br"_L1)
        return runTool(u"brotli"_s, {u"-c"_s}, plain);
    if (coding == "zstd"_L1)
        return runTool(u"zstd"_s, {u"-c"_s, u"-q"_s}, plain);
    const QString wbits = coding == "raw-deflate"_L1 ? u"-15"_s : u"15"_s;
    return runTool(u"python3"_s, {u"-c"_s, u"import sys,zlib;c=zlib.compressobj(wbits=%1);sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read())+c.flush())"_s.arg(wbits)}, plain);
}

bool isMissing(const QString &coding)
{
    const QString program = coding == "gzip"_L1 ? u"gzip"_s : coding == "br"_L1 ? u"brotli"_s : coding == "zstd"_L1 ? u"zstd"_s : u"python3"_s;
    return QStandardPaths::findExecutable(program).isEmpty();
}

struct Decoded
{
    QByteArray out;
    std::optional<Error> error;
};

Decoded decode(const QByteArray &coding, const QByteArray &encoded, qsizetype piece, const Limits &limits = {})
{
    Decoded result;
    auto decoder = ContentDecoder::create(coding, limits);
    if (!decoder) {
        result.error = decoder.error();
        return result;
    }
    for (qsizetype at = 0; at < encoded.size(); at += piece) {
        if (const Result<void> ok = (*decoder)->feed(QByteArrayView(encoded).sliced(at, std::min(piece, encoded.size() - at)), result.out); !ok) {
            result.error = ok.error();
            return result;
        }
    }
    if (const Result<void> ok = (*decoder)->finish(result.out); !ok)
        result.error = ok.error();
    return result;
}

} // namespace

class tst_ContentDecoder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void codings_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QByteArray>("coding");
        QTest::newRow("gzip") << u"gzip"_s << "gzip"_ba;
        QTest::newRow("x-gzip") << u"gzip"_s << "X-GZIP"_ba;
        QTest::newRow("deflate") << u"deflate"_s << "deflate"_ba;
        QTest::newRow("raw deflate") << u"raw-deflate"_s << "deflate"_ba;
        QTest::newRow("br") << u"br"_s << "br"_ba;
        QTest::newRow("zstd") << u"zstd"_s << "zstd"_ba;
    }
    void codings()
    {
        QFETCH(QString, tool);
        QFETCH(QByteArray, coding);
        if (isMissing(tool))
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because the tool for %1 is not installed"_s.arg(tool)));
        QByteArray plain;
        for (int i = 0; i < 20000; ++i)
            plain += QByteArray::number(i * 7919 % 10007) + ' ';
        const QByteArray encoded = encode(tool, plain);
        QVERIFY(!encoded.isEmpty());
        for (const qsizetype piece : {qsizetype(1), qsizetype(7), qsizetype(4096), encoded.size()}) {
            const Decoded all = decode(coding, encoded, piece);
            QVERIFY2(!all.error, all.error ? qPrintable(all.error->message) : "");
            QCOMPARE(all.out, plain);
        }
        // Cut off: what could be decoded stays, and it is said.
        const Decoded cut = decode(coding, encoded.first(encoded.size() / 2), 4096);
        QVERIFY(cut.error);
        QCOMPARE(cut.error->code, ErrorCode::ProtocolError);
        QVERIFY(plain.startsWith(cut.out));
        QVERIFY(tool == "zstd"_L1 || !cut.out.isEmpty()); // zstd gives whole blocks only
        // Damaged
        QByteArray damaged = encoded;
        for (qsizetype i = 20; i < damaged.size(); i += 50)
            damaged[i] = char(damaged.at(i) ^ 0x55);
        QVERIFY(decode(coding, damaged, 4096).error);
        // Nothing at all is an empty body.
        QVERIFY(!decode(coding, {}, 1).error);
    }

    void bombs_data() { codings_data(); }
    void bombs()
    {
        QFETCH(QString, tool);
        QFETCH(QByteArray, coding);
        if (isMissing(tool))
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because the tool for %1 is not installed"_s.arg(tool)));
        const QByteArray encoded = encode(tool, QByteArray(64 * 1024 * 1024, '\0'));
        QVERIFY(!encoded.isEmpty());
        Limits limits;
        limits.decompressionRatio = 500;
        const Decoded bomb = decode(coding, encoded, 4096, limits);
        QVERIFY(bomb.error);
        QCOMPARE(bomb.error->code, ErrorCode::LimitExceeded);
        limits = {};
        limits.decodedBodyBytes = 1024 * 1024;
        limits.decompressionRatio = 1'000'000'000;
        const Decoded large = decode(coding, encoded, 4096, limits);
        QVERIFY(large.error);
        QCOMPARE(large.error->code, ErrorCode::LimitExceeded);
        QVERIFY(large.out.size() < 2 * 1024 * 1024);
    }

    void twoInARow()
    {
        if (isMissing(u"gzip"_s) || isMissing(u"br"_s))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gzip or brotli is not installed");
        const QByteArray plain = QByteArray("hello world ").repeated(1000);
        const Decoded both = decode("gzip, br", encode(u"br"_s, encode(u"gzip"_s, plain)), 100);
        QVERIFY(!both.error);
        QCOMPARE(both.out, plain);
    }

    // RFC 1952 section 2.2 and RFC 8878 section 3.1: several members or frames in a row are one body, wherever it is cut.
    void severalInARow_data()
    {
        QTest::addColumn<QString>("coding");
        QTest::newRow("gzip") << u"gzip"_s;
        QTest::newRow("zstd") << u"zstd"_s;
    }
    void severalInARow()
    {
        QFETCH(QString, coding);
        if (isMissing(coding))
            QSKIP("the encoder is not installed");
        const QByteArray encoded = encode(coding, "hello, ") + encode(coding, "realm\n");
        for (qsizetype piece = 1; piece <= encoded.size(); ++piece) {
            const Decoded decoded = decode(coding.toLatin1(), encoded, piece);
            QVERIFY2(!decoded.error, QByteArray::number(piece).constData());
            QCOMPARE(decoded.out, "hello, realm\n"_ba);
        }
    }

    void asLargeAsTheBuffer_data() { severalInARow_data(); }
    void asLargeAsTheBuffer()
    {
        QFETCH(QString, coding);
        if (isMissing(coding))
            QSKIP("the encoder is not installed");
        for (const qsizetype size : {65535, 65536, 65537, 131072}) {
            const QByteArray plain(size, 'x');
            const Decoded decoded = decode(coding.toLatin1(), encode(coding, plain), 1 << 20);
            QVERIFY2(!decoded.error, QByteArray::number(size).constData());
            QVERIFY(decoded.out == plain);
        }
    }

    // RFC 8878 sections 3.1.1 and 3.1.2: a frame begins with 0xFD2FB528, a skippable one with 0x184D2A50 to 0x184D2A5F.
    void zstdFramesOfTheRfcOnly()
    {
        if (isMissing(u"zstd"_s))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because zstd is not installed");
        const QByteArray plain = encode(u"zstd"_s, "hello");
        const QByteArray skipped = QByteArray::fromHex("5f2a4d1803000000") + "abc";
        const QByteArray older = QByteArray::fromHex("26b52ffd09000000"); // of zstd 0.6
        for (const qsizetype piece : {qsizetype(1), qsizetype(1000)}) {
            const Decoded good = decode("zstd", skipped + plain + skipped, piece);
            QVERIFY(!good.error);
            QCOMPARE(good.out, "hello"_ba);
            const Decoded alone = decode("zstd", older, piece);
            QVERIFY(alone.error);
            QVERIFY(alone.error->message.contains(u"damaged"_s));
            const Decoded behind = decode("zstd", plain + older, piece);
            QVERIFY(behind.error);
            QCOMPARE(behind.out, "hello"_ba);
            QVERIFY(decode("zstd", skipped.chopped(1), piece).error);
            QVERIFY(decode("zstd", plain + plain.first(3), piece).error);
        }
    }

    void unknownCodings()
    {
        QCOMPARE(decode("compress", "x", 1).error->code, ErrorCode::Unsupported);
        QCOMPARE(decode("gzip,gzip,gzip,gzip,gzip,gzip", "x", 1).error->code, ErrorCode::LimitExceeded);
        QCOMPARE(decode("identity", "x", 1).out, "x");
    }
};

QTEST_APPLESS_MAIN(tst_ContentDecoder)
#include "tst_contentdecoder.moc"
