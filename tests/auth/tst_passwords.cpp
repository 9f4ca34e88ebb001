// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/auth/schemes/LoginPage.h"
#include "app/auth/schemes/Netrc.h"
#include "app/auth/schemes/SaslPrep.h"
#include "app/auth/schemes/Scram.h"
#include "app/http/CookieJar.h"
#include "tests/auth/StartFlow.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

// The schemes that log in with a user name and a password in ways of their own: SCRAM, a netrc file, a session.

namespace {

class TakenRandom final : public Random
{
public:
    QByteArray taken;
    QByteArray bytes(qsizetype count) override { return taken.left(count); }
};

struct Login
{
    FixedClock clock{1'700'000'000'000};
    TakenRandom random;
    AuthMemory memory;
    Request request;
    FieldValues values;
    const AuthScheme *scheme;

    explicit Login(const QString &id, const QString &url = u"http://server.example.com/resource"_s) : scheme(findScheme(id))
    {
        random.taken = QByteArray(64, '\x11');
        request.url = Url::parse(url).value();
        for (const SchemeField &field : scheme->fields()) {
            if (field.kind != FieldKind::Secret)
                values.setText(field.id, field.defaultValue);
        }
        values.setText(u"username"_s, u"user"_s);
        values.setSecret(u"password"_s, Secret("pencil"));
    }
    std::unique_ptr<AuthFlow> start()
    {
        return startFlow(*scheme, *this);
    }
};

// Does the work of a step at once.
Step worked(AuthFlow &flow, Step step, const Exchange *last)
{
    while (auto *work = std::get_if<WorkStep>(&step)) {
        work->work();
        step = flow.next(last);
    }
    return step;
}

Exchange answered(const SendStep &step, int status, const QList<std::pair<QByteArray, QByteArray>> &headers = {}, const QByteArray &body = {})
{
    Exchange exchange;
    exchange.request = step.request;
    exchange.response.status = status;
    for (const auto &[name, value] : headers)
        exchange.response.headers.append(name, value);
    (void)exchange.response.body.append(body);
    exchange.response.complete = true;
    return exchange;
}

QByteArray message(const SendStep &step)
{
    const QByteArray value = step.request.headers.value("Authorization");
    return QByteArray::fromBase64(value.mid(value.indexOf("data=") + 5));
}

QString failure(const Step &step)
{
    const auto *failed = std::get_if<FailedStep>(&step);
    return failed ? failed->error.message : QString();
}

QString note(const Step &step)
{
    const auto *done = std::get_if<DoneStep>(&step);
    return done ? done->note : u"not done"_s;
}

} // namespace

class tst_Passwords : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // --- SCRAM

    // RFC 7677 section 3, which is the conversation of RFC 7804 section 5 too.
    void scramConversation()
    {
        Login login(u"scram"_s);
        login.random.taken = QByteArray::fromBase64("rOprNGfwEbeRWgbNEkqO");
        const auto flow = login.start();
        const auto ask = std::get<SendStep>(flow->next(nullptr));
        QVERIFY(!ask.request.headers.contains("Authorization"));
        QVERIFY(!ask.carriesCredential);

        const Exchange offered = answered(ask, 401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\""},
                                                     {"WWW-Authenticate", "SCRAM-SHA-1 realm=\"realm3@example.com\", SCRAM-SHA-256 realm=\"testrealm@example.com\""}});
        const auto named = std::get<SendStep>(flow->next(&offered));
        QCOMPARE(named.request.headers.value("Authorization"), "SCRAM-SHA-256 realm=\"testrealm@example.com\", data=biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8="_ba);
        QVERIFY(named.carriesCredential);

        const QByteArray serverFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba;
        const Exchange salted = answered(named, 401, {{"WWW-Authenticate", "SCRAM-SHA-256 sid=AAAABBBBCCCCDDDD, data=" + serverFirst.toBase64()}});
        const Step step = worked(*flow, flow->next(&salted), &salted);
        QVERIFY2(std::holds_alternative<SendStep>(step), qPrintable(failure(step)));
        const auto proved = std::get<SendStep>(step);
        QVERIFY(proved.request.headers.value("Authorization").startsWith("SCRAM-SHA-256 sid=AAAABBBBCCCCDDDD, data="));
        QCOMPARE(message(proved), "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba);

        Exchange accepted = answered(proved, 200, {{"Authentication-Info", "sid=AAAABBBBCCCCDDDD, data=" + "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba.toBase64()}});
        QCOMPARE(note(flow->next(&accepted)), u"the server proved that it knows the password"_s);

        // The next request begins with the name, and goes on if that is known no more.
        const auto again = login.start();
        const auto first = std::get<SendStep>(again->next(nullptr));
        QVERIFY(message(first).startsWith("n,,n=user,r="));
        const Exchange forgotten = answered(first, 401, {{"WWW-Authenticate", "SCRAM-SHA-1 realm=\"other\""}});
        QVERIFY(std::get<SendStep>(again->next(&forgotten)).request.headers.value("Authorization").startsWith("SCRAM-SHA-1 realm=\"other\", data="));
    }

    // RFC 5802 section 5.
    void scramWithSha1()
    {
        const QByteArray authMessage = "n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096,"
                                       "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j"_ba;
        const QByteArray salted = pbkdf2(HashAlgorithm::Sha1, "pencil", QByteArray::fromBase64("QSXCR+Q6sek8bf92"), 4096);
        const ScramProof proof = scramProof(HashAlgorithm::Sha1, salted, authMessage);
        QCOMPARE(proof.clientProof.toBase64(), "v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="_ba);
        QCOMPARE(proof.serverSignature.toBase64(), "rmF9pqV8S7suAoZWja4dJRkFsKQ="_ba);
    }

    void scramServerIsDoubted_data()
    {
        QTest::addColumn<QByteArray>("serverFirst");
        QTest::addColumn<QString>("says");
        const QByteArray nonce = QByteArray(15, '\x11').toBase64();
        QTest::newRow("a nonce of somebody else") << "r=other,s=QSXCR+Q6sek8bf92,i=4096"_ba << u"does not begin with ours"_s;
        QTest::newRow("our nonce alone") << "r=" + nonce + ",s=QSXCR+Q6sek8bf92,i=4096" << u"does not begin with ours"_s;
        QTest::newRow("no salt") << "r=" + nonce + "x,i=4096" << u"no salt"_s;
        QTest::newRow("salt that is no Base64") << "r=" + nonce + "x,s=*,i=4096" << u"no salt"_s;
        QTest::newRow("iterations of zero") << "r=" + nonce + "x,s=QSXC,i=0" << u"iterations"_s;
        QTest::newRow("iterations without end") << "r=" + nonce + "x,s=QSXC,i=4000000000" << u"at most"_s;
        QTest::newRow("extension") << "m=ext,r=" + nonce + "x,s=QSXC,i=4096" << u"extension"_s;
        QTest::newRow("nothing") << QByteArray() << u"does not begin with ours"_s;
    }
    void scramServerIsDoubted()
    {
        QFETCH(QByteArray, serverFirst);
        QFETCH(QString, says);
        Login login(u"scram"_s);
        const auto flow = login.start();
        const Exchange offered = answered(std::get<SendStep>(flow->next(nullptr)), 401, {{"WWW-Authenticate", "SCRAM-SHA-256 realm=\"r\""}});
        const auto named = std::get<SendStep>(flow->next(&offered));
        const Exchange salted = answered(named, 401, {{"WWW-Authenticate", "SCRAM-SHA-256 sid=1, data=" + serverFirst.toBase64()}});
        const Step step = flow->next(&salted);
        QVERIFY2(failure(step).contains(says), qPrintable(failure(step)));
    }

    void scramRefusals()
    {
        Login login(u"scram"_s);
        const auto flow = login.start();
        const auto ask = std::get<SendStep>(flow->next(nullptr));
        const Exchange other = answered(ask, 401, {{"WWW-Authenticate", "Basic realm=\"r\""}});
        const Step none = flow->next(&other);
        QCOMPARE(note(none), u"the server offers no SCRAM"_s);
        QVERIFY(std::get<DoneStep>(none).challengeNotAnswered);

        const auto second = login.start();
        const Exchange offered = answered(std::get<SendStep>(second->next(nullptr)), 401, {{"WWW-Authenticate", "SCRAM-SHA-256 realm=\"r\""}});
        const auto named = std::get<SendStep>(second->next(&offered));
        const Exchange unknown = answered(named, 401, {{"WWW-Authenticate", "SCRAM-SHA-256 data=" + "e=unknown-user"_ba.toBase64()}});
        QCOMPARE(note(second->next(&unknown)), u"the server says: unknown-user"_s);
    }

    // RFC 4013 section 3.
    void saslPrep_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("prepared"); // null: refused
        QTest::newRow("soft hyphen") << u"I\u00adX"_s << u"IX"_s;
        QTest::newRow("plain") << u"user"_s << u"user"_s;
        QTest::newRow("case stays") << u"USER"_s << u"USER"_s;
        QTest::newRow("feminine ordinal") << u"\u00aa"_s << u"a"_s;
        QTest::newRow("Roman nine") << u"\u2168"_s << u"IX"_s;
        QTest::newRow("control character") << u"\u0007"_s << QString();
        QTest::newRow("both directions") << u"\u0627\u0031"_s << QString();
        QTest::newRow("no-break space") << u"a\u00a0b"_s << u"a b"_s; // RFC 3454 table C.1.2
        QTest::newRow("right to left alone") << u"\u0627\u0628"_s << u"\u0627\u0628"_s;
        QTest::newRow("private use") << u"\ue000"_s << QString();
        QTest::newRow("no character") << u"\U0001fffe"_s << QString();
        QTest::newRow("empty") << u""_s << u""_s;
    }
    void saslPrep()
    {
        QFETCH(QString, text);
        QFETCH(QString, prepared);
        const Result<QString> got = realmscope::saslPrep(u"Password"_s, text);
        QCOMPARE(bool(got), !prepared.isNull());
        if (got)
            QCOMPARE(*got, prepared);
        else
            QVERIFY(got.error().message.startsWith("Password"_L1));
    }

    void scramNamesAreEscaped()
    {
        QCOMPARE(scramEscape("a=b,c"), "a=3Db=2Cc"_ba); // RFC 5802 section 5.1
    }

    // --- netrc

    void netrc()
    {
        const auto entries = parseNetrc("# a comment\nmachine one.example login alice password \"with \\\"quotes\\\" and space\"\n"
                                        "macdef init\nlogin nobody password nothing\n\n"
                                        "machine TWO.example\n\tlogin bob\n\tpassword p#2\n\taccount a\nmachine two.example login carol password c\n"
                                        "default login anonymous password guest\n");
        QVERIFY2(entries, qPrintable(entries ? QString() : entries.error().message));
        QCOMPARE(entries->size(), 4);
        const auto one = findNetrcEntry(*entries, u"ONE.example"_s, {});
        QCOMPARE(one->login, u"alice"_s);
        QCOMPARE(one->password.revealBytes(), "with \"quotes\" and space"_ba);
        QCOMPARE(one->line, 2);
        QCOMPARE(findNetrcEntry(*entries, u"two.example"_s, {})->password.revealBytes(), "p#2"_ba);
        QCOMPARE(findNetrcEntry(*entries, u"two.example"_s, u"carol"_s)->line, 10);
        QCOMPARE(findNetrcEntry(*entries, u"three.example"_s, {})->login, u"anonymous"_s);
        QVERIFY(!findNetrcEntry(*entries, u"one.example"_s, u"dave"_s));
    }
    void netrcMistakes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no value") << "machine"_ba << u"line 1: nothing stands after \"machine\""_s;
        QTest::newRow("open quote") << "machine a\nlogin \"b\n"_ba << u"line 2: a quote is not closed"_s;
        QTest::newRow("another word") << "machine a login b\npassword x hunter22\n"_ba << u"line 2: \"hu…\" is not a word"_s; // it may be a password
        QTest::newRow("no machine") << "login b"_ba << u"before the first machine"_s;
    }
    void netrcMistakes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const auto entries = parseNetrc(text);
        QVERIFY(!entries);
        QVERIFY2(entries.error().message.contains(says), qPrintable(entries.error().message));
    }
    void netrcIsUsed()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"netrc"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("machine server.example.com login Aladdin password open\\ sesame\nmachine server.example.com login Ali password \"open sesame\"\n");
        file.close();
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::ReadOther);
        Login login(u"netrc"_s);
        login.values.setText(u"username"_s, {});
        login.values.setText(u"file"_s, file.fileName());
        auto flow = login.start();
        Step step = worked(*flow, flow->next(nullptr), nullptr);
        QVERIFY(failure(step).contains("line 1"_L1)); // no escapes outside of quotes: "sesame" stands where a word should
        QVERIFY(!failure(step).contains("sesame"_L1));

        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("machine server.example.com login Aladdin password \"open sesame\"\n");
        file.close();
        flow = login.start();
        step = worked(*flow, flow->next(nullptr), nullptr);
        const auto send = std::get<SendStep>(step);
        QCOMPARE(send.request.headers.value("Authorization"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba); // RFC 7617 section 2
        QVERIFY(send.carriesCredential);
        QVERIFY2(send.label.contains("line 1"_L1) && send.label.contains("other users"_L1), qPrintable(send.label));

        login.request.url = Url::parse(u"http://elsewhere.example/"_s).value();
        flow = login.start();
        const auto without = std::get<SendStep>(worked(*flow, flow->next(nullptr), nullptr));
        QVERIFY(!without.request.headers.contains("Authorization") && !without.carriesCredential);
        const Exchange refused = answered(without, 401);
        QVERIFY(note(flow->next(&refused)).contains("no entry for elsewhere.example"_L1));

        login.values.setText(u"file"_s, folder.filePath(u"missing"_s));
        flow = login.start();
        QVERIFY(failure(worked(*flow, flow->next(nullptr), nullptr)).contains("can't be read"_L1));
    }

    // --- Session login

    void loginPage()
    {
        const LoginPage page = readLoginPage(
            "<html><head><meta name=\"csrf-token\" content=\"m&amp;1\"><!-- <form><input type=password></form> -->"
            "<script>var s = '<form><input type=\"password\"></form>';</script></head>"
            "<form action=/search><input type=hidden name=q value=x></form>"
            "<FORM METHOD='post' ACTION=\"/login?next=%2F&#38;x=1\"><INPUT TYPE=hidden NAME=_csrf VALUE='a&#x3d;b>c'/>"
            "<input value='late' name=\"empty\" type=hidden><input name=p type=Password></FORM>");
        QVERIFY(page.hasPassword);
        QCOMPARE(page.action, "/login?next=%2F&x=1"_ba);
        const QList<std::pair<QByteArray, QByteArray>> hidden{{"_csrf", "a=b>c"}, {"empty", "late"}};
        QCOMPARE(page.hidden, hidden);
        QCOMPARE(page.metas.value(0).second, "m&1"_ba);
        for (const QByteArray &broken : {"<"_ba, "<input"_ba, "<input type='"_ba, "<form action="_ba, "<!--"_ba, "<a =\"x\">"_ba, "<script>"_ba})
            QVERIFY(!readLoginPage(broken).hasPassword); // and comes to an end
    }

    void sessionIsOpenedOnce()
    {
        Login login(u"session"_s, u"https://app.example.com/api/me"_s);
        login.values.setText(u"login-url"_s, u"/login"_s);
        login.values.setText(u"extra"_s, u"remember=1"_s);
        auto flow = login.start();
        const auto post = std::get<SendStep>(flow->next(nullptr));
        QCOMPARE(post.request.method, "POST"_ba);
        QCOMPARE(post.request.url.toString(), u"https://app.example.com/login"_s);
        QCOMPARE(post.request.body, "username=user&password=pencil&remember=1"_ba);
        QCOMPARE(post.role, ExchangeRole::Token);
        QVERIFY(post.carriesCredential);
        const Exchange in = answered(post, 302, {{"Set-Cookie", "sid=one; Path=/; HttpOnly"}, {"Location", "/home"}});
        const auto final = std::get<SendStep>(flow->next(&in));
        QCOMPARE(final.request.headers.value("Cookie"), "sid=one"_ba);
        QCOMPARE(final.request.url, login.request.url);
        const Exchange good = answered(final, 200);
        QCOMPARE(note(flow->next(&good)), QString());

        // The second request uses the session; when it is over, there is one new login.
        flow = login.start();
        const auto second = std::get<SendStep>(flow->next(nullptr));
        QCOMPARE(second.request.headers.value("Cookie"), "sid=one"_ba);
        const Exchange over = answered(second, 302, {{"Location", "/login?next=/api/me"}});
        const auto again = std::get<SendStep>(flow->next(&over));
        QCOMPARE(again.request.method, "POST"_ba);
        QVERIFY(!again.request.headers.contains("Cookie"));
        const Exchange inAgain = answered(again, 200, {{"Set-Cookie", "sid=two; Path=/"}, {"Content-Type", "application/json"}}, "{}");
        const auto retried = std::get<SendStep>(flow->next(&inAgain));
        QCOMPARE(retried.request.headers.value("Cookie"), "sid=two"_ba);
        const Exchange refused = answered(retried, 401);
        QVERIFY(note(flow->next(&refused)).contains("a moment ago"_L1));

        // Another user is another session.
        login.values.setText(u"username"_s, u"other"_s);
        flow = login.start();
        QCOMPARE(std::get<SendStep>(flow->next(nullptr)).request.method, "POST"_ba);
    }

    void sessionWithTokenInThePage()
    {
        Login login(u"session"_s, u"https://app.example.com/api/items"_s);
        login.request.method = "DELETE"_ba;
        login.values.setText(u"login-url"_s, u"https://app.example.com/login"_s);
        login.values.setText(u"csrf"_s, u"page"_s);
        login.values.setText(u"csrf-name"_s, u"_csrf"_s);
        login.values.setText(u"csrf-header"_s, u"X-CSRF-Token"_s);
        const auto flow = login.start();
        const auto page = std::get<SendStep>(flow->next(nullptr));
        QCOMPARE(page.request.method, "GET"_ba);
        QVERIFY(!page.carriesCredential);
        const Exchange form = answered(page, 200, {{"Set-Cookie", "pre=1"}, {"Content-Type", "text/html"}},
                                       "<form action=\"/sessions\"><input type=hidden name=_csrf value=tok><input type=password name=password></form>");
        const auto post = std::get<SendStep>(flow->next(&form));
        QCOMPARE(post.request.url.toString(), u"https://app.example.com/sessions"_s);
        QCOMPARE(post.request.body, "username=user&password=pencil&_csrf=tok"_ba);
        QCOMPARE(post.request.headers.value("Cookie"), "pre=1"_ba);
        QCOMPARE(post.request.headers.value("X-CSRF-Token"), "tok"_ba);
        const Exchange in = answered(post, 303, {{"Set-Cookie", "sid=s"}, {"Location", "/"}});
        const auto final = std::get<SendStep>(flow->next(&in));
        QCOMPARE(final.request.headers.value("X-CSRF-Token"), "tok"_ba); // DELETE changes something
        QCOMPARE(final.request.headers.value("Cookie"), "pre=1; sid=s"_ba);
    }

    void sessionFailures_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("says");
        QTest::newRow("refused") << 401 << "X"_ba << "y"_ba << QByteArray() << u"refused: 401"_s;
        QTest::newRow("back to the page") << 302 << "Location"_ba << "/login?error"_ba << QByteArray() << u"sends back to the login page"_s;
        QTest::newRow("the page again") << 200 << "Content-Type"_ba << "text/html; charset=utf-8"_ba << "<form><input type=password></form>"_ba << u"the login page came again"_s;
        QTest::newRow("no cookie") << 200 << "Content-Type"_ba << "application/json"_ba << "{\"token\":\"t\"}"_ba << u"no cookie came"_s;
        QTest::newRow("a cookie that is not taken") << 200 << "Set-Cookie"_ba << "sid=1; Domain=other.example"_ba << QByteArray() << u"no cookie came"_s;
    }
    void sessionFailures()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, body);
        QFETCH(QString, says);
        Login login(u"session"_s, u"https://app.example.com/api/me"_s);
        login.values.setText(u"login-url"_s, u"/login"_s);
        const auto flow = login.start();
        const auto post = std::get<SendStep>(flow->next(nullptr));
        const Exchange answer = answered(post, status, {{header, value}}, body);
        const Step step = flow->next(&answer);
        QVERIFY2(failure(step).contains(says), qPrintable(failure(step)));
        QVERIFY(!std::get<FailedStep>(step).error.action.isEmpty());
    }

    void sessionFormToAnotherOriginIsNotSent()
    {
        Login login(u"session"_s, u"https://app.example.com/api/me"_s);
        login.values.setText(u"login-url"_s, u"/login"_s);
        login.values.setText(u"csrf"_s, u"page"_s);
        const auto flow = login.start();
        const Exchange form = answered(std::get<SendStep>(flow->next(nullptr)), 200, {},
                                       "<form action=\"https://evil.example/\"><input type=hidden name=c value=t><input type=password></form>");
        QVERIFY(failure(flow->next(&form)).contains("another origin, https://evil.example"_L1));
    }

    void sessionSettingsAreChecked()
    {
        Login login(u"session"_s);
        QVERIFY(!login.scheme->validate(login.values)); // no login URL
        login.values.setText(u"login-url"_s, u"/login"_s);
        QVERIFY(login.scheme->validate(login.values));
        login.values.setText(u"extra"_s, u"novalue"_s);
        QVERIFY(!login.scheme->validate(login.values));
        login.values.setText(u"extra"_s, {});
        login.values.setText(u"csrf-header"_s, u"X Y"_s);
        QVERIFY(!login.scheme->validate(login.values));
        login.values.setText(u"csrf-header"_s, {});
        login.values.setText(u"csrf"_s, u"cookie"_s);
        QVERIFY(!login.scheme->validate(login.values)); // which cookie?
    }
};

QTEST_GUILESS_MAIN(tst_Passwords)
#include "tst_passwords.moc"
