// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/Room.h"
#include "app/practice/RoomScript.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

// The rooms as data: complete, unique, and with causes and steps that exist.
class RoomsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void areMany();
    void room_data();
    void room();
    void damagedFiles_data();
    void damagedFiles();
};

namespace {

// The public list of causes; an id never changes once shipped.
const QStringList knownCauses = {
    u"no-credentials-sent"_s, u"unresolved-variable"_s, u"placeholder-token"_s, u"redirect-dropped-credentials"_s,
    u"wrong-placement"_s, u"several-credentials"_s, u"authorization-stripped"_s, u"underscore-header-dropped"_s,
    u"body-not-understood"_s, u"url-truncated"_s, u"wrong-scheme"_s, u"scheme-prefix-missing"_s,
    u"scheme-prefix-doubled"_s, u"header-name-in-value"_s, u"scheme-case-sensitive"_s, u"wrong-realm"_s,
    u"proxy-auth-required"_s, u"missing-challenge"_s, u"malformed-challenge"_s, u"digest-algorithm-unsupported"_s,
    u"login-redirect"_s, u"login-page-returned"_s, u"error-in-success"_s, u"client-certificate-required"_s,
    u"dpop-nonce-required"_s, u"credentials-rejected"_s, u"stray-whitespace"_s, u"stray-characters"_s,
    u"basic-not-encoded"_s, u"basic-malformed"_s, u"percent-encoded-credential"_s, u"basic-charset"_s,
    u"token-malformed"_s, u"token-signature-invalid"_s, u"token-unknown-key"_s, u"token-algorithm-not-allowed"_s,
    u"token-wrong-type"_s, u"token-wrong-issuer"_s, u"token-wrong-audience"_s, u"token-dpop-bound"_s,
    u"dpop-proof-invalid"_s, u"digest-mismatch"_s, u"sigv4-mismatch"_s, u"sigv4-session-token-missing"_s,
    u"sigv4-unknown-key"_s, u"oauth1-signature-invalid"_s, u"hawk-mac-invalid"_s, u"http-signature-invalid"_s,
    u"client-certificate-rejected"_s, u"client-certificate-unusable"_s, u"oauth-invalid-client"_s,
    u"oauth-invalid-grant"_s, u"oauth-invalid-scope"_s, u"oauth-invalid-request"_s, u"oauth-response-not-a-token"_s,
    u"api-key-rejected"_s, u"negotiate-no-ticket"_s, u"negotiate-service-key"_s, u"ntlm-connection-not-kept"_s,
    u"token-expired"_s, u"token-not-yet-valid"_s, u"clock-skew"_s, u"token-revoked"_s, u"session-expired"_s,
    u"nonce-reused"_s, u"digest-stale-nonce"_s, u"stale-cookie"_s, u"session-cookie-missing"_s, u"cookie-not-sent"_s,
    u"cached-refusal"_s, u"csrf-token-missing"_s, u"oauth-user-interaction"_s, u"permission-denied"_s,
    u"insufficient-scope"_s, u"forbidden-regardless"_s, u"sso-required"_s, u"account-locked"_s,
    u"address-not-allowed"_s, u"rate-limited"_s, u"preflight-refused"_s, u"cors-not-allowed"_s,
    u"denial-hidden-as-404"_s, u"intermittent"_s, u"error-masked-as-401"_s, u"unknown-route"_s,
    u"issuer-not-configured"_s, u"accepted"_s, u"not-authentication"_s};

const QStringList knownSteps = {u"sent"_s, u"understood"_s, u"correct"_s, u"fresh"_s, u"stale-state"_s,
                                u"reauthenticate"_s, u"allowed"_s, u"server-side"_s, u"retest"_s};

QByteArray minimalRoom()
{
    return R"({"schema":"realmscope.room/1","id":"r","order":1,"title":"t","lesson":"l","cause":"accepted",)"
           R"("step":"retest","credentials":"c","curl":["{base}/r"],"fixed":["{base}/r"],"hint":"h",)"
           R"("paths":{"/":[{"answer":{"status":200}}]}})";
}

} // namespace

void RoomsTest::areMany()
{
    const Result<QList<Room>> rooms = loadRooms();
    QVERIFY2(rooms, qPrintable(rooms ? QString() : rooms.error().message));
    QVERIFY(rooms->size() >= 30);
    QSet<QString> ids;
    QSet<QString> titles;
    for (const Room &room : *rooms) {
        ids.insert(room.id);
        titles.insert(room.title);
    }
    QCOMPARE(ids.size(), rooms->size());
    QCOMPARE(titles.size(), rooms->size());
}

void RoomsTest::room_data()
{
    QTest::addColumn<qsizetype>("index");
    const Result<QList<Room>> rooms = loadRooms();
    for (qsizetype i = 0; rooms && i < rooms->size(); ++i)
        QTest::newRow(qPrintable(rooms->at(i).id)) << i;
}

void RoomsTest::room()
{
    QFETCH(qsizetype, index);
    const QList<Room> rooms = loadRooms(1'800'000'000).value();
    const Room &room = rooms.at(index);
    QVERIFY2(knownCauses.contains(room.cause), qPrintable(room.cause));
    QVERIFY2(knownSteps.contains(room.step), qPrintable(room.step));
    QVERIFY(!room.title.endsWith(u'.'));
    QVERIFY2(room.lesson.contains(u"section "_s) || room.lesson.contains(u"RFC "_s)
                 || room.lesson.contains(u"API key has no standard"_s) || room.lesson.contains(u"Fetch standard"_s)
                 || room.cause == u"api-key-rejected"_s,
             "a lesson names its source");
    static const QRegularExpression sentenceEnd(u"[.!?:](\\s|$)"_s);
    QVERIFY2(room.lesson.size() <= 420, qPrintable(QString::number(room.lesson.size())));
    QVERIFY(sentenceEnd.match(room.lesson).hasMatch());
    static const QRegularExpression unfilled(u"\\{(jwt:|nonce|random|now|date)"_s);
    for (const QStringList &words : {room.curl, room.fixed}) {
        const QString url = words.last();
        QVERIFY2(url.startsWith(u"{base}/"_s + room.id) || url.startsWith(u"{base2}/"_s + room.id) || url.startsWith(u"{tls}/"_s + room.id),
                 qPrintable(url));
        QVERIFY(!unfilled.match(words.join(u' ')).hasMatch());
    }
    QCOMPARE(room.curl == room.fixed, room.cause == u"accepted"_s);
    // What the person is given must be enough to solve it: every secret of the solution is in the text.
    QVERIFY(!room.credentials.isEmpty() && !room.hint.isEmpty());
}

void RoomsTest::damagedFiles_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message"); // part of it; empty: no error
    const auto changed = [](const QByteArray &from, const QByteArray &to) { return minimalRoom().replace(from, to); };
    QTest::newRow("minimal") << minimalRoom() << QString();
    QTest::newRow("empty") << QByteArray() << u"not a JSON object"_s;
    QTest::newRow("list") << QByteArray("[]") << u"not a JSON object"_s;
    QTest::newRow("cut") << minimalRoom().left(80) << u"not a JSON object"_s;
    QTest::newRow("schema") << changed("room/1", "room/9") << u"schema"_s;
    QTest::newRow("no lesson") << changed("\"lesson\":\"l\",", "") << u"\"lesson\" is missing"_s;
    QTest::newRow("id") << changed("\"id\":\"r\"", "\"id\":\"R 1\"") << u"id"_s;
    QTest::newRow("order") << changed("\"order\":1", "\"order\":\"1\"") << u"order"_s;
    QTest::newRow("typing mistake") << changed("\"hint\"", "\"hnt\"") << u"unknown member \"hnt\""_s;
    QTest::newRow("status") << changed("200", "20") << u"paths./[0].answer"_s;
    QTest::newRow("header line") << changed("200}", "200,\"headers\":[\"X\"]}") << u"not a header line"_s;
    QTest::newRow("header injection") << changed("200}", "200,\"headers\":[\"X: a\\r\\nY: b\"]}")
                                      << u"not a header line"_s;
    QTest::newRow("no last answer") << changed("{\"answer\"", "{\"when\":{\"method\":\"GET\"},\"answer\"")
                                    << u"the last rule"_s;
    QTest::newRow("no own path") << changed("\"/\":", "\"/x\":") << u"own path"_s;
    QTest::newRow("condition") << changed("{\"answer\"", "{\"when\":{\"colour\":\"red\"},\"answer\"")
                               << u"unknown member \"colour\""_s;
    QTest::newRow("pattern") << changed("{\"answer\"", "{\"when\":{\"basic\":{\"matches\":\"(\"}},\"answer\"")
                             << u"when.basic"_s;
    QTest::newRow("token without key") << changed("\"paths\"", "\"tokens\":{\"a\":{\"claims\":{}}},\"paths\"")
                                       << u"tokens.a"_s;
}

void RoomsTest::damagedFiles()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, message);
    const Result<RoomScript> script = parseRoomScript(json, u"x.json"_s);
    if (message.isEmpty()) {
        QVERIFY2(script, qPrintable(script ? QString() : script.error().message));
        return;
    }
    QVERIFY(!script);
    QCOMPARE(script.error().code, ErrorCode::Parse);
    QVERIFY2(script.error().message.contains(message), qPrintable(script.error().message));
    QVERIFY2(script.error().message.contains(u"x.json"_s), qPrintable(script.error().message));
}

QTEST_GUILESS_MAIN(RoomsTest)
#include "tst_rooms.moc"
