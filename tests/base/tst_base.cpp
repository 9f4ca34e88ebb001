// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Duration.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"
#include "app/base/Secret.h"
#include "app/base/StructuredField.h"

#include <QtTest/QTest>

#ifdef Q_OS_LINUX
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace realmscope;
using namespace Qt::StringLiterals;

class tst_Base : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void durationsAreShort_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("seconds") << qint64(59) << u"59 s"_s;
        QTest::newRow("minutes") << qint64(-61) << u"1 min 1 s"_s;
        QTest::newRow("hours") << qint64(3 * 3600 + 12 * 60) << u"3 h 12 min"_s;
        QTest::newRow("days") << qint64(3 * 86400) << u"3 days"_s;
    }
    void durationsAreShort()
    {
        QFETCH(qint64, seconds);
        QFETCH(QString, text);
        QCOMPARE(durationText(seconds), text);
    }

    void secretIsNotPrinted()
    {
        const Secret secret = Secret::fromString(u"canary-\u00e9"_s);
        QString printed;
        QDebug(&printed) << secret;
        QVERIFY(!printed.contains("canary"_L1));
        QVERIFY(printed.contains("redacted"_L1));
        QCOMPARE(secret.size(), 9); // UTF-8
        QCOMPARE(secret.revealText(), u"canary-\u00e9"_s);
        QVERIFY(secret.equals(Secret::fromString(u"canary-\u00e9"_s)));
        QVERIFY(!secret.equals(Secret("canary-")));
        QVERIFY(!secret.equals(Secret()));
        QVERIFY(Secret().equals(Secret()));
        QCOMPARE(Secret(QByteArray(1, '\0')).revealBytes(), QByteArray(1, '\0'));
        QCOMPARE(Secret(QByteArray(100'000, 'x')).size(), 100'000);
        QVERIFY(Secret().isEmpty());
    }

    // printf abc | openssl dgst -ALG; the MD5 one is of RFC 1321 A.5, the SHA ones of FIPS 180-4's examples
    // RFC 9651: its rules for reading (section 4.2) and writing (section 4.1).
    void structuredFields_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("written"); // null: none
        const auto row = [](const char *value, const QByteArray &written) { QTest::newRow(value) << QByteArray(value) << written; };
        row("a=1,    b=2;x=1;y=2,   c=(a   b   c), d", "a=1, b=2;x=1;y=2, c=(a b c), d");
        row("\"foo\", \"bar\", \"It was the best of times.\"", "\"foo\", \"bar\", \"It was the best of times.\"");
        row("(\"foo\";a=1;b=2);lvl=5, (\"bar\" \"baz\");lvl=1", "(\"foo\";a=1;b=2);lvl=5, (\"bar\" \"baz\");lvl=1");
        row("abc;a=1;b=2; cde_456, (ghi;jk=4 l);q=\"9\";r=w", "abc;a=1;b=2;cde_456, (ghi;jk=4 l);q=\"9\";r=w");
        row("a=?0, b, c; foo=bar", "a=?0, b, c;foo=bar");
        row("rating=1.5, feelings=(joy sadness)", "rating=1.5, feelings=(joy sadness)");
        row("4.50", "4.5");
        row("0042", "42");
        row("-0", "0");
        row(":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:", ":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:");
        row("@1659578233", "@1659578233");
        row("\"a \\\" b \\\\ c\"", "\"a \\\" b \\\\ c\"");
        row("a=1;x;x=2, a=3", "a=3");
        row("d=?1;x", "d;x");
        row("", "");
        row("()", "()");
        row("a,", {});
        row("a b", {});
        row("A=1", {});
        row("\"a", {});
        row("(a b", {});
        row("(a\tb)", {});
        row("1.", {});
        row("1.2345", {});
        row("1234567890123456", {});
        row("?2", {});
        row(":***:", {});
        row("@1.5", {});
        row("\"caf\xc3\xa9\"", {});
        row("a;=1", {});
    }
    void structuredFields()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, written);
        const std::optional<QByteArray> canonical = canonicalStructuredField(value);
        QCOMPARE(canonical.has_value(), !written.isNull());
        if (!canonical)
            return;
        QCOMPARE(*canonical, written);
        QCOMPARE(*canonicalStructuredField(*canonical), written);
    }

#ifdef Q_OS_LINUX
    // The memory of a secret can be read, and nothing else: not written, and not one byte behind its end.
    void secretIsGuarded_data()
    {
        QTest::addColumn<int>("access");
        QTest::addColumn<bool>("dies");
        QTest::newRow("read") << 0 << false;
        QTest::newRow("write") << 1 << true;
        QTest::newRow("read behind its end") << 2 << true;
    }
    void secretIsGuarded()
    {
        QFETCH(int, access);
        QFETCH(bool, dies);
        const Secret secret("canary-4711");
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            signal(SIGSEGV, SIG_DFL);
            volatile char *bytes = const_cast<char *>(secret.reveal().data());
            if (access == 1)
                bytes[0] = 'x';
            const char c = bytes[access == 2 ? secret.size() : 0];
            _exit(c == 'c' ? 0 : 1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WIFSIGNALED(status), dies);
        if (!dies)
            QCOMPARE(WEXITSTATUS(status), 0);
    }
#endif

    void hashes_data()
    {
        QTest::addColumn<int>("algorithm");
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("MD5") << int(HashAlgorithm::Md5) << "900150983cd24fb0d6963f7d28e17f72"_ba;
        QTest::newRow("SHA-1") << int(HashAlgorithm::Sha1) << "a9993e364706816aba3e25717850c26c9cd0d89d"_ba;
        QTest::newRow("SHA-256") << int(HashAlgorithm::Sha256) << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"_ba;
        QTest::newRow("SHA-512/256") << int(HashAlgorithm::Sha512_256) << "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"_ba;
    }
    void hashes()
    {
        QFETCH(int, algorithm);
        QFETCH(QByteArray, hex);
        QCOMPARE(hash(HashAlgorithm(algorithm), "abc").toHex(), hex);
    }

    void hmacs()
    {
        // RFC 4231 section 4.3
        QCOMPARE(hmac(HashAlgorithm::Sha256, "Jefe", "what do ya want for nothing?").toHex(),
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    void base64_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<QByteArray>("bytes");
        // RFC 4648 section 10
        QTest::newRow("empty") << ""_ba << true << ""_ba;
        QTest::newRow("f") << "Zg=="_ba << true << "f"_ba;
        QTest::newRow("fo") << "Zm8="_ba << true << "fo"_ba;
        QTest::newRow("foobar") << "Zm9vYmFy"_ba << true << "foobar"_ba;
        QTest::newRow("no padding") << "Zg"_ba << false << ""_ba;
        QTest::newRow("white space") << "Zm9v\n"_ba << false << ""_ba;
        QTest::newRow("outside the alphabet") << "Zm9*"_ba << false << ""_ba;
    }
    void base64()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, valid);
        QFETCH(QByteArray, bytes);
        QCOMPARE(decodeBase64(text).has_value(), valid);
        if (valid)
            QCOMPARE(*decodeBase64(text), bytes);
    }

    void base64url()
    {
        QCOMPARE(encodeBase64Url(QByteArrayView("\xff\xfe\xfd", 3)), "__79");
        QCOMPARE(*decodeBase64Url("__79"), QByteArray("\xff\xfe\xfd", 3));
        QCOMPARE(*decodeBase64Url("Zg"), "f");
        QCOMPARE(*decodeBase64Url("Zg=="), "f");
        QVERIFY(!decodeBase64Url("Z"));
        QVERIFY(!decodeBase64Url("+/"));
    }

    void percent()
    {
        QCOMPARE(percentEncode("a b~/\xc3\xa9"), "a%20b~%2F%C3%A9");
        QCOMPARE(percentDecode("a%20b%2f%zz%"), "a b/%zz%");
        QCOMPARE(formEncode("a b*~+&"), "a+b*%7E%2B%26");
        QCOMPARE(formDecode("a+b%2B"), "a b+");
    }

    void display()
    {
        QCOMPARE(displayText("caf\xc3\xa9"), u"caf\u00e9"_s);
        QCOMPARE(displayText("caf\xe9"), u"caf\u00e9"_s);
        QCOMPARE(displayText("a\xe2\x80\xae" "b"), u"a\ufffd" u"b"_s); // U+202E turns what follows around
        QCOMPARE(displayText(QByteArrayView("a\0b\x1b", 4)), u"a\u2400b\u241b"_s);
    }
};

QTEST_APPLESS_MAIN(tst_Base)
#include "tst_base.moc"
