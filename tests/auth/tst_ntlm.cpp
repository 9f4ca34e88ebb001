// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/NtlmMessages.h"
#include "app/base/Crypto.h"
#include "app/base/Md4.h"
#include "tests/auth/StartFlow.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

namespace {

// The example of MS-NLMP section 4.2: User, Domain, Password.
const QByteArray serverChallenge = QByteArray::fromHex("0123456789abcdef");
const QByteArray clientChallenge = QByteArray::fromHex("aaaaaaaaaaaaaaaa");
const QByteArray targetInfo = QByteArray::fromHex("02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000");
// Section 4.2.4.3, CHALLENGE_MESSAGE
const QByteArray challengeMessage = QByteArray::fromHex(
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000"
    "06007017"
    "0000000f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000");

// Always the same bytes, as in the example.
class SameRandom final : public Random
{
public:
    QByteArray bytes(qsizetype count) override { return QByteArray(count, '\xaa'); }
};

struct Fixture
{
    FixedClock clock{1'700'000'000'000};
    SameRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    Fixture()
    {
        request.url = Url::parse(u"http://example.org/a"_s).value();
        values.setText(u"username"_s, u"Domain\\User"_s);
        values.setText(u"version"_s, u"2"_s);
        values.setSecret(u"password"_s, Secret("Password"));
    }
    std::unique_ptr<AuthFlow> start(bool proxy = false)
    {
        return startFlow(*findScheme(u"ntlm"_s), *this, proxy);
    }
};

Exchange refusal(int status, const QByteArray &name, const QByteArray &value)
{
    Exchange exchange;
    exchange.response.status = status;
    exchange.response.headers.append(name, value);
    return exchange;
}

QByteArray fieldOf(const QByteArray &message, qsizetype at)
{
    const auto byte = [&](qsizetype i) { return int(static_cast<unsigned char>(message.at(i))); };
    return message.mid(byte(at + 4) + 256 * byte(at + 5), byte(at) + 256 * byte(at + 1));
}

} // namespace

class tst_Ntlm : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void md4_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("digest");
        // RFC 1320 section A.5
        const auto row = [](const char *text, const char *digest) { QTest::newRow(*text ? text : "empty") << QByteArray(text) << QByteArray(digest); };
        row("", "31d6cfe0d16ae931b73c59d7e0c089c0");
        row("a", "bde52cb31de33e46245e05fbdbd6fb24");
        row("abc", "a448017aaf21d8525fc10ae87aa6729d");
        row("message digest", "d9130a8164549fe818874806e1c7014b");
        row("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9");
        row("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4");
        row("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "e33b4ddc9c38f2199c3e7b164fcc0536");
    }
    void md4()
    {
        QFETCH(QByteArray, text);
        QTEST(realmscope::md4(text).toHex(), "digest");
    }

    void version1()
    {
        // MS-NLMP sections 4.2.2.1.2 and 4.2.2.2.1
        QCOMPARE(ntOwfV1(u"Password"_s).toHex(), "a4f49c406510bdcab6824ee7c30fd852");
        QCOMPARE(ntlmV1Response(ntOwfV1(u"Password"_s), serverChallenge).toHex(), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
    }

    void version2()
    {
        // MS-NLMP sections 4.2.4.1.1 and 4.2.4.2
        const QByteArray key = ntOwfV2(u"Password"_s, u"User"_s, u"Domain"_s);
        QCOMPARE(key.toHex(), "0c868a403bfd7a93a3001ef22ef02e3f");
        const NtlmV2Response response = ntlmV2Response(key, serverChallenge, clientChallenge, QByteArray(8, '\0'), targetInfo);
        QCOMPARE(response.ntProof.toHex(), "68cd0ab851e51c96aabc927bebef6a1c");
        QCOMPARE(response.lmResponse.toHex(), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
        QCOMPARE(response.sessionBaseKey.toHex(), "8de40ccadbc14a82f15cb0ad0de95ca3");
    }

    void challengeIsRead()
    {
        const std::optional<NtlmChallenge> challenge = parseNtlmChallenge(challengeMessage);
        QVERIFY(challenge);
        QCOMPARE(challenge->serverChallenge, serverChallenge);
        QCOMPARE(challenge->targetInfo, targetInfo);
        QCOMPARE(challenge->text(2), u"Domain"_s);
        QCOMPARE(challenge->text(1), u"Server"_s);
        for (qsizetype size = 0; size < challengeMessage.size(); ++size)
            (void)parseNtlmChallenge(challengeMessage.first(size)); // cut off anywhere: no harm
        QVERIFY(!parseNtlmChallenge(challengeMessage.first(20)));
        QVERIFY(!parseNtlmChallenge(ntlmNegotiate(NtlmVersion::V2)));
    }

    void threeMessages_data()
    {
        QTest::addColumn<bool>("proxy");
        QTest::newRow("server") << false;
        QTest::newRow("proxy") << true;
    }
    void threeMessages()
    {
        QFETCH(bool, proxy);
        Fixture f;
        f.request.method = "POST"_ba;
        f.request.body = "body"_ba;
        f.request.headers.append("Content-Length"_ba, "4"_ba);
        const char *header = proxy ? "Proxy-Authorization" : "Authorization";
        const auto flow = f.start(proxy);
        const SendStep first = std::get<SendStep>(flow->next(nullptr));
        QVERIFY(!first.pinned);
        QVERIFY(first.request.body.isEmpty());
        QCOMPARE(first.request.headers.value("Content-Length"), "0");
        const QByteArray negotiate = QByteArray::fromBase64(first.request.headers.value(header).mid(5));
        QVERIFY(negotiate.startsWith(QByteArray("NTLMSSP\0\x01\0\0\0", 12)));
        QCOMPARE(negotiate.size(), 40); // with the version field, which gss-ntlmssp wants

        const Exchange refused = refusal(proxy ? 407 : 401, proxy ? "Proxy-Authenticate"_ba : "WWW-Authenticate"_ba, "NTLM " + challengeMessage.toBase64());
        const Step step = flow->next(&refused);
        QVERIFY(std::holds_alternative<SendStep>(step));
        const SendStep second = std::get<SendStep>(step);
        QVERIFY(second.pinned);
        QCOMPARE(second.request.body, "body");
        QCOMPARE(second.request.headers.value("Content-Length"), "4");
        const QByteArray answer = QByteArray::fromBase64(second.request.headers.value(header).mid(5));
        QVERIFY(answer.startsWith(QByteArray("NTLMSSP\0\x03\0\0\0", 12)));
        QCOMPARE(fieldOf(answer, 28), QByteArray::fromHex("44006f006d00610069006e00")); // Domain
        QCOMPARE(fieldOf(answer, 36), QByteArray::fromHex("5500730065007200"));         // User
        // Without a time of the server the LM response is that of section 4.2.4.2.1.
        QCOMPARE(fieldOf(answer, 12).toHex(), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
        QVERIFY(!second.derivation.isEmpty());
        Exchange done;
        done.response.status = 200;
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&done)));
    }

    // With a time of the server: MIC, flag 2, no LM response, channel bindings where there is TLS.
    void timeOfTheServer()
    {
        NtlmChallenge challenge = *parseNtlmChallenge(challengeMessage);
        challenge.pairs.append({7, QByteArray::fromHex("0011223344556677")});
        NtlmLogin login;
        login.user = u"User"_s;
        login.password = u"Password"_s;
        login.clientChallenge = clientChallenge;
        login.endPoint = QByteArray(32, '\x11');
        const NtlmAnswer answer = ntlmAuthenticate(login, challenge, "one"_ba, "two"_ba);
        QCOMPARE(answer.lmResponse, QByteArray(24, '\0'));
        QVERIFY(answer.ntResponse.contains(QByteArray::fromHex("0600040002000000")));
        QVERIFY(answer.ntResponse.contains(QByteArray::fromHex("0a001000") + ntlmChannelBindings(login.endPoint)));
        QCOMPARE(answer.ntResponse.mid(24, 8), QByteArray::fromHex("0011223344556677"));
        QByteArray withoutMic = answer.message;
        withoutMic.replace(72, 16, QByteArray(16, '\0'));
        QCOMPARE(answer.message.mid(72, 16), hmac(HashAlgorithm::Md5, answer.sessionBaseKey, "onetwo" + withoutMic));
    }

    void notAnswered_data()
    {
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<QByteArray>("connection");
        QTest::addColumn<QString>("note");
        QTest::newRow("no NTLM") << "Basic realm=\"x\""_ba << QByteArray() << u"offers no NTLM"_s;
        QTest::newRow("no answer") << "NTLM"_ba << QByteArray() << u"did not answer"_s;
        QTest::newRow("another text") << "NTLM YWJjZGVmZ2g="_ba << QByteArray() << u"can't be read"_s;
        QTest::newRow("type 1 back") << "NTLM " + ntlmNegotiate(NtlmVersion::V2).toBase64() << QByteArray() << u"no type 2"_s;
        QTest::newRow("connection closed") << "NTLM " + challengeMessage.toBase64() << "close"_ba << u"one connection"_s;
    }
    void notAnswered()
    {
        QFETCH(QByteArray, challenge);
        QFETCH(QByteArray, connection);
        QFETCH(QString, note);
        Fixture f;
        const auto flow = f.start();
        (void)flow->next(nullptr);
        Exchange refused = refusal(401, "WWW-Authenticate"_ba, challenge);
        if (!connection.isEmpty())
            refused.response.headers.append("Connection"_ba, connection);
        const Step step = flow->next(&refused);
        QVERIFY(std::holds_alternative<DoneStep>(step));
        QVERIFY(std::get<DoneStep>(step).challengeNotAnswered);
        QVERIFY2(std::get<DoneStep>(step).note.contains(note), qPrintable(std::get<DoneStep>(step).note));
    }

    void refusedOnce()
    {
        Fixture f;
        const auto flow = f.start();
        (void)flow->next(nullptr);
        const Exchange refused = refusal(401, "WWW-Authenticate"_ba, "NTLM " + challengeMessage.toBase64());
        QVERIFY(std::holds_alternative<SendStep>(flow->next(&refused)));
        QVERIFY(std::holds_alternative<DoneStep>(flow->next(&refused))); // no second try with the same password
    }

    void noUserName()
    {
        Fixture f;
        f.values.setText(u"username"_s, {});
        QVERIFY(std::holds_alternative<FailedStep>(f.start()->next(nullptr)));
    }
};

QTEST_APPLESS_MAIN(tst_Ntlm)
#include "tst_ntlm.moc"
