// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jose.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

QJsonObject json(const char *text) { return QJsonDocument::fromJson(text).object(); }

const char *const ecJwk = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})"; // RFC 7515 section A.3.1
const char *const edJwk = R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"; // RFC 8037 section A.1
const char *const octJwk =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})"; // RFC 7515 section A.1.1
const QByteArray hsToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"_ba;
const QByteArray esToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"_ba; // RFC 7515 section A.3.1
const QByteArray edToken =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"_ba;
const QByteArray dpopToken = // RFC 9449 section 4.1
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5Ijoi"
    "OVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0d"
    "HBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"_ba;

} // namespace

class tst_Jose : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_dir;
    QString m_openssl;

    QByteArray openssl(const QStringList &words, const QByteArray &input = {}) const
    {
        QProcess process;
        process.setWorkingDirectory(m_dir.path());
        process.start(m_openssl, words);
        process.write(input);
        process.closeWriteChannel();
        return process.waitForFinished(30'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(m_dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }

private Q_SLOTS:
    void initTestCase() { m_openssl = QStandardPaths::findExecutable(u"openssl"_s); }

    void verify_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<QByteArray>("keys");
        QTest::addColumn<int>("verdict");
        const auto row = [](const char *name, const QByteArray &token, const QByteArray &keys, JwsVerdict verdict) {
            QTest::newRow(name) << token << keys << int(verdict);
        };
        QByteArray changed = esToken;
        changed[60] = changed.at(60) == 'a' ? 'b' : 'a';
        row("RFC 7515 A.1", hsToken, octJwk, JwsVerdict::Valid);
        row("RFC 7515 A.3", esToken, ecJwk, JwsVerdict::Valid);
        row("RFC 8037 A.4", edToken, edJwk, JwsVerdict::Valid);
        row("RFC 9449 4.1, key of the header", dpopToken,
            R"({"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"})",
            JwsVerdict::Valid);
        row("RFC 8292 2.4, key of k",
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGU"
            "uY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA",
            R"({"kty":"EC","crv":"P-256","x":"DUfHPKLVFQzVvnCPGyfucbECzPDa7rWbXriLcysAjEc","y":"F6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"})",
            JwsVerdict::Valid);
        row("changed", changed, ecJwk, JwsVerdict::WrongSignature);
        row("key of another kind", esToken, edJwk, JwsVerdict::WrongKey);
        row("public key as secret", hsToken, ecJwk, JwsVerdict::WrongKey);
        row("set without kid", edToken, QByteArray("{\"keys\":[") + octJwk + ',' + ecJwk + ',' + edJwk + "]}", JwsVerdict::Valid);
        row("empty set", edToken, R"({"keys":[]})", JwsVerdict::NoKey);
        row("kid not in the set", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30.AAAA", R"({"keys":[{"kty":"oct","k":"AAAA","kid":"b"}]})", JwsVerdict::NoKey);
        row("none", "eyJhbGciOiJub25lIn0.e30.", octJwk, JwsVerdict::Unsigned);
        row("unknown algorithm", "eyJhbGciOiJIUzEifQ.e30.AAAA", octJwk, JwsVerdict::UnknownAlgorithm);
        row("encrypted", "e30.a.b.c.d", octJwk, JwsVerdict::Encrypted);
        row("no token", "hello", octJwk, JwsVerdict::NotReadable);
    }
    void verify()
    {
        QFETCH(QByteArray, token);
        QFETCH(QByteArray, keys);
        const JwsCheck check = verifyJws(token, json(keys.constData()));
        QTEST(int(check.verdict), "verdict");
        QVERIFY(!check.text.isEmpty());
    }

    void sign()
    {
        // EdDSA is deterministic; the header has alg alone, so the whole token is that of RFC 8037 section A.4.
        QCOMPARE(signJws("EdDSA"_ba, {}, "Example of Ed25519 signing", keyFromJwk(json(edJwk)).value()).value(), edToken);
    }

    void everyAlgorithmVerifiesWithOpenssl_data()
    {
        QTest::addColumn<QByteArray>("algorithm");
        QTest::addColumn<QStringList>("generate");
        QTest::addColumn<QStringList>("check");
        const QStringList rsa{u"genpkey"_s, u"-algorithm"_s, u"RSA"_s, u"-pkeyopt"_s, u"rsa_keygen_bits:2048"_s};
        for (const QString &bits : {u"256"_s, u"384"_s, u"512"_s}) {
            const QString digest = u"-sha"_s + bits;
            QTest::newRow(qPrintable(u"RS"_s + bits)) << "RS" + bits.toLatin1() << rsa << QStringList{digest};
            QTest::newRow(qPrintable(u"PS"_s + bits)) << "PS" + bits.toLatin1() << rsa
                                                      << QStringList{digest, u"-sigopt"_s, u"rsa_padding_mode:pss"_s, u"-sigopt"_s, u"rsa_pss_saltlen:digest"_s};
        }
        const auto curve = [](const QString &name) {
            return QStringList{u"genpkey"_s, u"-algorithm"_s, u"EC"_s, u"-pkeyopt"_s, "ec_paramgen_curve:"_L1 + name};
        };
        QTest::newRow("ES256") << "ES256"_ba << curve(u"P-256"_s) << QStringList{u"-sha256"_s};
        QTest::newRow("ES384") << "ES384"_ba << curve(u"P-384"_s) << QStringList{u"-sha384"_s};
        QTest::newRow("ES512") << "ES512"_ba << curve(u"P-521"_s) << QStringList{u"-sha512"_s};
        QTest::newRow("ES256K") << "ES256K"_ba << curve(u"secp256k1"_s) << QStringList{u"-sha256"_s};
    }
    void everyAlgorithmVerifiesWithOpenssl()
    {
        if (m_openssl.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because openssl is not installed");
        QFETCH(QByteArray, algorithm);
        QFETCH(QStringList, generate);
        QFETCH(QStringList, check);
        const QByteArray pem = openssl(generate);
        QVERIFY(!pem.isEmpty());
        const Result<JoseKey> key = privateKeyFromText(u"key"_s, Secret(pem));
        QVERIFY(key);
        const QByteArray token = signJws(algorithm, {}, "{}", *key).value();
        QByteArray signature = *decodeBase64Url(token.mid(token.lastIndexOf('.') + 1));
        if (algorithm.startsWith("ES")) { // openssl wants ASN.1; made here by hand
            const auto integer = [](QByteArray number) {
                while (number.size() > 1 && number.at(0) == '\0')
                    number.remove(0, 1);
                if (number.at(0) & 0x80)
                    number.prepend('\0');
                return '\x02' + QByteArray(1, char(number.size())) + number;
            };
            const QByteArray both = integer(signature.first(signature.size() / 2)) + integer(signature.last(signature.size() / 2));
            signature = '\x30' + (both.size() > 127 ? QByteArray(1, '\x81') : QByteArray()) + QByteArray(1, char(both.size())) + both;
        }
        write(u"key.pem"_s, pem);
        write(u"signature"_s, signature);
        write(u"data"_s, token.left(token.lastIndexOf('.')));
        write(u"other"_s, token.left(token.lastIndexOf('.')) + 'x');
        const auto words = [&](const QString &data) {
            return QStringList{u"dgst"_s, u"-prverify"_s, u"key.pem"_s, u"-signature"_s, u"signature"_s} + check + QStringList{data};
        };
        QVERIFY(openssl(words(u"data"_s)).contains("Verified OK"));
        QVERIFY(!openssl(words(u"other"_s)).contains("Verified OK"));
        // Our own check with the public half.
        QCOMPARE(int(verifyJws(token, publicJwk(key->asymmetric)).verdict), int(JwsVerdict::Valid));
    }

    void thumbprint()
    {
        // RFC 7638 section 3.1
        QCOMPARE(jwkThumbprint(json(R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})")),
                 "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        // RFC 9449 section 6.1: jkt of the key of the proof
        QCOMPARE(jwkThumbprint(json(R"({"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"})")),
                 "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }

    void badKeys_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no PEM") << "hello"_ba << u"no PEM"_s;
        QTest::newRow("certificate") << "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"_ba << u"certificate"_s;
        QTest::newRow("public key") << "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"_ba << u"public key"_s;
        QTest::newRow("OpenSSH") << "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n"_ba << u"OpenSSH"_s;
        QTest::newRow("damaged") << "-----BEGIN PRIVATE KEY-----\nMIIBbroken\n-----END PRIVATE KEY-----\n"_ba << u"damaged"_s;
        QTest::newRow("JWK cut off") << R"({"kty":"EC",)"_ba << u"no JSON"_s;
        QTest::newRow("public JWK") << R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"_ba << u"public JWK"_s;
        QTest::newRow("JWK of an unknown kind") << R"({"kty":"PQC"})"_ba << u"PQC"_s;
        QTest::newRow("d of another key") << R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"AAqYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"_ba
                                          << u"does not belong"_s;
        QTest::newRow("point not on the curve") << R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})"_ba << u"does not belong"_s;
        QTest::newRow("not base64url") << R"({"kty":"EC","crv":"P-256","x":"!!","y":"AAAA"})"_ba << u"base64url"_s;
    }
    void badKeys()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const Result<JoseKey> key = privateKeyFromText(u"the key"_s, Secret(text));
        QVERIFY(!key);
        QVERIFY2(key.error().message.contains(says), qPrintable(key.error().message));
        QVERIFY(!key.error().action.isEmpty());
    }

    void passphraseAndLineEnds()
    {
        if (m_openssl.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because openssl is not installed");
        const QByteArray encrypted = openssl({u"genpkey"_s, u"-algorithm"_s, u"ED25519"_s, u"-aes256"_s, u"-pass"_s, u"pass:open sesame"_s});
        QVERIFY(encrypted.contains("ENCRYPTED"));
        const auto open = [&](const QByteArray &pem, const char *passphrase) {
            return AsymmetricKey::privateFromPem(u"the key"_s, Secret(pem), Secret(passphrase));
        };
        QVERIFY(open(encrypted, "open sesame"));
        QVERIFY(open(encrypted, "").error().message.contains(u"no passphrase"_s));
        QVERIFY(open(encrypted, "wrong").error().message.contains(u"does not open"_s));
        QVERIFY(open(QByteArray(encrypted).replace("\n", "\r\n"), "open sesame"));
        const QByteArray plain = openssl({u"genpkey"_s, u"-algorithm"_s, u"ED25519"_s});
        QVERIFY(open(plain, ""));
        QVERIFY(open(plain.trimmed().replace("\n", "\\n"), "")); // as JSON files have it
        QVERIFY(open(plain.trimmed().replace("\n", " "), ""));    // as a form field of one line leaves it
    }

    void wrongAlgorithmForTheKey()
    {
        const JoseKey key = keyFromJwk(json(ecJwk)).value();
        for (const QByteArray &algorithm : {"RS256"_ba, "HS256"_ba, "ES384"_ba, "EdDSA"_ba})
            QCOMPARE(signJws(algorithm, {}, "{}", key).error().code, ErrorCode::InvalidInput);
        QCOMPARE(signJws("XX256"_ba, {}, "{}", key).error().code, ErrorCode::Unsupported);
    }

    void generatedKeys()
    {
        for (const KeyType type : {KeyType::Ec, KeyType::Rsa, KeyType::Ed25519}) {
            const AsymmetricKey key = AsymmetricKey::generate(type).value();
            QVERIFY(key.isPrivate());
            QCOMPARE(int(key.type()), int(type));
            QVERIFY(AsymmetricKey::publicFromPem(u"x"_s, key.publicPem()));
            QVERIFY(keyFromJwk(publicJwk(key)));
        }
    }
};

QTEST_GUILESS_MAIN(tst_Jose)
#include "tst_jose.moc"
