// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/interop/CookieFile.h"
#include "app/interop/CurlCommand.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class CurlCommandTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void settings()
    {
        const Result<CurlCommand> command =
            parseCurl({u"curl"_s, u"-sSLk"_s, u"--max-redirs"_s, u"3"_s, u"-m"_s, u"2.5"_s, u"--connect-timeout"_s, u"4"_s, u"--compressed"_s,
                       u"--path-as-is"_s, u"-4"_s, u"-0"_s, u"--cacert"_s, u"ca.pem"_s, u"--cert"_s, u"c\\:1.pem:open"_s, u"--key"_s, u"k.pem"_s,
                       u"--resolve"_s, u"api.example.com:443:127.0.0.1"_s, u"https://api.example.com/"_s});
        QVERIFY(command);
        const RequestSettings &s = command->spec.settings;
        QVERIFY(s.followRedirects);
        QVERIFY(!s.verifyTls);
        QVERIFY(!s.locationTrusted);
        QCOMPARE(s.maxRedirects, 3);
        QCOMPARE(s.totalTimeoutMs, 2500);
        QCOMPARE(s.connectTimeoutMs, 4000);
        QVERIFY(s.decodeContent);
        QVERIFY(s.pathAsIs);
        QCOMPARE(s.addressFamily, 4);
        QCOMPARE(s.version, HttpVersion::Http10);
        QCOMPARE(s.caFile, u"ca.pem"_s);
        QVERIFY(!s.trustSystemCas);
        QCOMPARE(s.clientCertificateFile, u"c:1.pem"_s);
        QCOMPARE(s.clientKeyFile, u"k.pem"_s);
        QCOMPARE(command->clientKeyPassphrase.revealText(), u"open"_s);
        QCOMPARE(s.resolve.value(u"api.example.com:443"_s), u"127.0.0.1"_s);
        QCOMPARE(command->warnings, QStringList());
    }

    void versions_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<HttpVersion>("version");
        QTest::newRow("none: what the server chooses") << QStringList{} << HttpVersion::Auto;
        QTest::newRow("1.0") << QStringList{u"--http1.0"_s} << HttpVersion::Http10;
        QTest::newRow("1.1") << QStringList{u"--http1.1"_s} << HttpVersion::Http11;
        QTest::newRow("2") << QStringList{u"--http2"_s} << HttpVersion::Http2;
        QTest::newRow("2, prior knowledge") << QStringList{u"--http2-prior-knowledge"_s} << HttpVersion::Http2PriorKnowledge;
        QTest::newRow("the last one counts") << QStringList{u"--http2"_s, u"--http1.1"_s} << HttpVersion::Http11;
    }
    void versions()
    {
        QFETCH(QStringList, words);
        QFETCH(HttpVersion, version);
        const Result<CurlCommand> command = parseCurl(words + QStringList{u"https://a/"_s});
        QVERIFY(command);
        QCOMPARE(command->spec.settings.version, version);
        QCOMPARE(command->warnings, QStringList());
    }

    void defaultsAreCurls()
    {
        const Result<CurlCommand> command = parseCurl({u"example.com"_s});
        QVERIFY(command);
        QVERIFY(!command->spec.settings.followRedirects);
        QVERIFY(!command->spec.settings.decodeContent);
        QVERIFY(command->spec.settings.verifyTls);
        QCOMPARE(command->spec.method, u"GET"_s);
        QVERIFY(command->schemeId.isEmpty());
    }

    void credentials_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<QString>("warning"); // part of it; empty: none
        QTest::newRow("-u") << QStringList{u"-u"_s, u"alice:a:b"_s} << u"basic"_s << u"alice"_s << u"a:b"_s << QString();
        QTest::newRow("joined") << QStringList{u"-ualice:x"_s} << u"basic"_s << u"alice"_s << u"x"_s << QString();
        QTest::newRow("digest") << QStringList{u"--digest"_s, u"-u"_s, u"a:x"_s} << u"digest"_s << u"a"_s << u"x"_s << QString();
        QTest::newRow("anyauth") << QStringList{u"-u"_s, u"a:x"_s, u"--anyauth"_s} << u"any"_s << u"a"_s << u"x"_s << QString();
        QTest::newRow("two schemes") << QStringList{u"-u"_s, u"a:x"_s, u"--basic"_s, u"--digest"_s} << u"any"_s << u"a"_s << u"x"_s << QString();
        QTest::newRow("bearer") << QStringList{u"--oauth2-bearer"_s, u"tok"_s} << u"bearer"_s << QString() << u"tok"_s << QString();
        QTest::newRow("no password") << QStringList{u"-u"_s, u"alice"_s} << u"basic"_s << u"alice"_s << QString() << u"no password"_s;
        QTest::newRow("header wins") << QStringList{u"-u"_s, u"a:x"_s, u"-H"_s, u"authorization: Bearer t"_s} << QString() << QString() << QString()
                                     << u"wins"_s;
        QTest::newRow("ntlm") << QStringList{u"--ntlm"_s, u"-u"_s, u"D\\a:x"_s} << u"ntlm"_s << u"D\\a"_s << u"x"_s << QString();
        QTest::newRow("negotiate") << QStringList{u"--negotiate"_s, u"-u"_s, u":"_s} << u"negotiate"_s << QString() << QString() << QString();
        QTest::newRow("negotiate without -u") << QStringList{u"--negotiate"_s} << QString() << QString() << QString() << u"without -u"_s;
        QTest::newRow("ntlm-wb sends nothing") << QStringList{u"--ntlm-wb"_s, u"-u"_s, u"a:x"_s} << QString() << QString() << QString()
                                               << u"--ntlm-wb is not supported"_s;
    }
    void credentials()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, secret);
        QFETCH(QString, warning);
        const Result<CurlCommand> command = parseCurl(words + QStringList{u"http://a/"_s});
        QVERIFY(command);
        QTEST(command->schemeId, "scheme");
        QTEST(command->values.text(u"username"_s), "user");
        const QString field = command->schemeId == "bearer"_L1 ? u"token"_s : u"password"_s;
        QCOMPARE(command->values.secret(field).revealText(), secret);
        QCOMPARE(command->warnings.join(u'\n').contains(warning), true);
        QCOMPARE(command->warnings.isEmpty(), warning.isEmpty());
        QVERIFY(!command->warnings.join(u'\n').contains("a:x"_L1));
    }

    void userInfoLeavesTheUrl()
    {
        const Result<CurlCommand> command = parseCurl({u"https://al%40x:p%3Aw@api.example.com:8443/a?b=c@d#e"_s});
        QVERIFY(command);
        QCOMPARE(command->spec.url, u"https://api.example.com:8443/a?b=c@d#e"_s);
        QCOMPARE(command->schemeId, u"basic"_s);
        QCOMPARE(command->values.text(u"username"_s), u"al@x"_s);
        QCOMPARE(command->values.secret(u"password"_s).revealText(), u"p:w"_s);
    }

    void netrc()
    {
        const Result<CurlCommand> home = parseCurl({u"-n"_s, u"http://a/"_s});
        QVERIFY(home && home->warnings.isEmpty());
        QCOMPARE(home->schemeId, u"netrc"_s);
        QCOMPARE(home->values.text(u"file"_s), QString());
        QCOMPARE(home->values.text(u"answer"_s), u"basic"_s);
        const Result<CurlCommand> file = parseCurl({u"--netrc-file"_s, u"/x/netrc"_s, u"--anyauth"_s, u"http://bob@a/"_s});
        QVERIFY(file);
        QCOMPARE(file->schemeId, u"netrc"_s);
        QCOMPARE(file->values.text(u"file"_s), u"/x/netrc"_s);
        QCOMPARE(file->values.text(u"username"_s), u"bob"_s);
        QCOMPARE(file->values.text(u"answer"_s), u"any"_s);
        const Result<CurlCommand> whole = parseCurl({u"-n"_s, u"-u"_s, u"bob:pw"_s, u"http://a/"_s}); // nothing is left to look up
        QVERIFY(whole);
        QCOMPARE(whole->schemeId, u"basic"_s);
    }

    void headers()
    {
        const Result<CurlCommand> command = parseCurl({u"-H"_s, u"X-A: 1"_s, u"-H"_s, u"x-a:2"_s, u"-H"_s, u"Accept:"_s, u"-H"_s, u"X-Empty;"_s,
                                                       u"-H"_s, u"X-Space: a "_s, u"http://a/"_s});
        QVERIFY(command);
        QCOMPARE(command->spec.headers, (QList<SpecHeader>{{u"X-A"_s, u"1"_s}, {u"x-a"_s, u"2"_s}, {u"X-Empty"_s, QString()}, {u"X-Space"_s, u"a "_s}}));
        QCOMPARE(command->spec.suppressedDefaults, QStringList{u"Accept"_s});
    }

    void warnings_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("names");
        QTest::newRow("unknown") << QStringList{u"--frobnicate"_s, u"http://a/"_s} << u"--frobnicate"_s;
        QTest::newRow("equals sign") << QStringList{u"--user=a:x"_s, u"http://a/"_s} << u"--user=…"_s;
        QTest::newRow("second proxy, its value is skipped") << QStringList{u"--preproxy"_s, u"socks5://p:1"_s, u"http://a/"_s} << u"--preproxy is not supported"_s;
        QTest::newRow("ticket for the proxy without -U") << QStringList{u"--proxy-negotiate"_s, u"http://a/"_s} << u"--proxy-negotiate does nothing"_s;
        QTest::newRow("http3") << QStringList{u"--http3"_s, u"http://a/"_s} << u"--http3"_s;
        QTest::newRow("netrc with a header") << QStringList{u"-n"_s, u"-H"_s, u"Authorization: x"_s, u"http://a/"_s} << u"the netrc file is not used"_s;
        QTest::newRow("netrc for a signature") << QStringList{u"-n"_s, u"--aws-sigv4"_s, u"aws:amz"_s, u"http://a/"_s} << u"not from a netrc file"_s;
        QTest::newRow("two URLs") << QStringList{u"http://a/"_s, u"http://b/"_s} << u"http://b/"_s;
        QTest::newRow("globs") << QStringList{u"http://a/[1-3]"_s} << u"expand"_s;
        QTest::newRow("next") << QStringList{u"http://a/"_s, u"--next"_s, u"http://b/"_s} << u"--next"_s;
        QTest::newRow("pipe") << QStringList{u"http://a/"_s, u"|"_s, u"jq"_s} << u"belongs to the shell"_s;
        QTest::newRow("cookie file missing") << QStringList{u"-b"_s, u"does-not-exist"_s, u"http://a/"_s} << u"does-not-exist"_s;
    }
    void warnings()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, names);
        const Result<CurlCommand> command = parseCurl(words);
        QVERIFY(command);
        QVERIFY(command->spec.url.startsWith("http://a/"_L1));
        QCOMPARE(command->warnings.size(), 1);
        QVERIFY2(command->warnings.first().contains(names), qPrintable(command->warnings.first()));
    }

    void proxies_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        const auto row = [](const char *name, const QStringList &words, const QString &proxy, const QString &scheme = {},
                            const QString &user = {}, const QString &password = {}) {
            QTest::newRow(name) << words << proxy << scheme << user << password;
        };
        row("none said", {}, {});
        row("-x", {u"-x"_s, u"p.test:3128"_s}, u"p.test:3128"_s);
        row("-x with nothing", {u"-x"_s, {}}, u"none"_s);
        row("user in the address", {u"-x"_s, u"http://pia:s%40@p.test:1"_s}, u"http://p.test:1"_s, u"basic"_s, u"pia"_s, u"s@"_s);
        row("-U before the address", {u"-x"_s, u"http://x:y@p.test:1"_s, u"-U"_s, u"pia:a:b"_s}, u"http://p.test:1"_s, u"basic"_s, u"pia"_s, u"a:b"_s);
        row("digest", {u"-x"_s, u"p.test"_s, u"--proxy-digest"_s, u"-U"_s, u"pia:x"_s}, u"p.test"_s, u"digest"_s, u"pia"_s, u"x"_s);
        row("any", {u"--proxy-anyauth"_s, u"-U"_s, u"pia:x"_s}, {}, u"any"_s, u"pia"_s, u"x"_s);
        row("ntlm", {u"--proxy-ntlm"_s, u"-U"_s, u"pia:x"_s}, {}, u"ntlm"_s, u"pia"_s, u"x"_s);
        row("negotiate", {u"--proxy-negotiate"_s, u"-U"_s, u":"_s}, {}, u"negotiate"_s);
        row("scheme without a user", {u"-x"_s, u"p.test"_s, u"--proxy-digest"_s}, u"p.test"_s);
        row("socks5", {u"--socks5"_s, u"s.test:1"_s}, u"socks5://s.test:1"_s);
        row("socks5 by name", {u"--socks5-hostname"_s, u"pia:x@s.test"_s}, u"socks5h://s.test:1080"_s, u"basic"_s, u"pia"_s, u"x"_s);
    }
    void proxies()
    {
        QFETCH(QStringList, words);
        const Result<CurlCommand> command = parseCurl(words + QStringList{u"http://a/"_s});
        QVERIFY(command);
        QCOMPARE(command->warnings, QStringList());
        QTEST(command->spec.settings.proxy, "proxy");
        QTEST(command->proxySchemeId, "scheme");
        QTEST(command->proxyValues.text(u"username"_s), "user");
        QTEST(command->proxyValues.secret(u"password"_s).revealText(), "password");
    }

    void tlsAndLimits()
    {
        const Result<CurlCommand> command = parseCurl({u"--tlsv1.3"_s, u"--tls-max"_s, u"1.3"_s, u"--cert-type"_s, u"p12"_s, u"-E"_s, u"a\\:b.p12:se:same"_s,
                                                       u"--capath"_s, u"/ca"_s, u"--resolve"_s, u"A.test:443:192.0.2.1,192.0.2.2"_s, u"--connect-to"_s,
                                                       u"::b.test:"_s, u"--noproxy"_s, {}, u"-p"_s, u"--max-filesize"_s, u"2k"_s, u"--expect100-timeout"_s,
                                                       u"0.5"_s, u"http://a/"_s});
        QVERIFY(command);
        QCOMPARE(command->warnings, QStringList());
        const RequestSettings &settings = command->spec.settings;
        QCOMPARE(settings.tlsMin, u"1.3"_s);
        QCOMPARE(settings.tlsMax, u"1.3"_s);
        QCOMPARE(settings.clientCertificateType, u"P12"_s);
        QCOMPARE(settings.clientCertificateFile, u"a:b.p12"_s);
        QCOMPARE(command->clientKeyPassphrase.revealText(), u"se:same"_s);
        QCOMPARE(settings.caFolder, u"/ca"_s);
        QCOMPARE(settings.resolve.value(u"a.test:443"_s), u"192.0.2.1,192.0.2.2"_s);
        QCOMPARE(settings.connectTo, QStringList{u"::b.test:"_s});
        QCOMPARE(settings.noProxy, std::optional(QString()));
        QVERIFY(settings.proxyTunnel);
        QCOMPARE(settings.limits.bodyBytes, 2048);
        QCOMPARE(settings.limits.expectTimeoutMs, 500);
    }

    void silentOptionsAreSilent()
    {
        const Result<CurlCommand> command = parseCurl({u"-sSvifN"_s, u"-o"_s, u"f"_s, u"-w"_s, u"%{http_code}"_s, u"--no-progress-meter"_s,
                                                       u"--http1.1"_s, u"-g"_s, u"http://a/{b}"_s});
        QVERIFY(command);
        QCOMPARE(command->warnings, QStringList());
        QCOMPARE(command->spec.url, u"http://a/{b}"_s);
    }

    void errors_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("code");
        QTest::newRow("no URL") << QStringList{u"curl"_s, u"-s"_s} << int(ErrorCode::InvalidInput);
        QTest::newRow("value missing") << QStringList{u"http://a/"_s, u"-H"_s} << int(ErrorCode::InvalidInput);
        QTest::newRow("file missing") << QStringList{u"http://a/"_s, u"-d"_s, u"@does-not-exist"_s} << int(ErrorCode::FileUnreadable);
        QTest::newRow("standard input where there is none") << QStringList{u"http://a/"_s, u"-d"_s, u"@-"_s} << int(ErrorCode::InvalidInput);
        QTest::newRow("two bodies") << QStringList{u"http://a/"_s, u"-d"_s, u"a"_s, u"-F"_s, u"b=c"_s} << int(ErrorCode::InvalidInput);
        QTest::newRow("not a number") << QStringList{u"http://a/"_s, u"-m"_s, u"soon"_s} << int(ErrorCode::InvalidInput);
        QTest::newRow("certificate kind") << QStringList{u"http://a/"_s, u"--cert-type"_s, u"ENG"_s} << int(ErrorCode::Unsupported);
    }
    void errors()
    {
        QFETCH(QStringList, words);
        const Result<CurlCommand> command = parseCurl(words);
        QVERIFY(!command);
        QTEST(int(command.error().code), "code");
        QVERIFY(!command.error().action.isEmpty());
    }

    void standardInput()
    {
        const Result<CurlCommand> command = parseCurl({u"http://a/"_s, u"--data-binary"_s, u"@-"_s}, {.readStandardInput = [] { return "a\nb"_ba; }});
        QVERIFY(command);
        QCOMPARE(command->spec.body.text, u"a\nb"_s);
    }

    void cookieFile()
    {
        QTemporaryDir dir;
        QFile file(dir.filePath(u"jar"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("# Netscape HTTP Cookie File\n"
                   "#HttpOnly_.example.com\tTRUE\t/\tFALSE\t0\tsession\ts1\n"
                   "www.example.com\tFALSE\t/\tFALSE\t0\tother-host\tx\n"
                   "api.example.com\tFALSE\t/v1\tFALSE\t2000000000\tdeep\td1\n"
                   "api.example.com\tFALSE\t/v10\tFALSE\t0\tother-path\tx\n"
                   "api.example.com\tFALSE\t/\tTRUE\t0\tsecure\tx\n"
                   "api.example.com\tFALSE\t/\tFALSE\t1000000000\texpired\tx\n"
                   "garbage\n");
        file.close();
        const FixedClock clock(1'700'000'000'000);
        const Result<CurlCommand> command = parseCurl({u"-b"_s, u"a=b"_s, u"-b"_s, file.fileName(), u"http://api.example.com/v1/x"_s}, {.clock = &clock});
        QVERIFY(command);
        QCOMPARE(command->spec.headers, (QList<SpecHeader>{{u"Cookie"_s, u"a=b"_s}}));
        QCOMPARE(command->warnings.size(), 1);
        QVERIFY(command->warnings.first().contains("1 lines"_L1));
        QVERIFY(command->cookies);
        QCOMPARE(command->cookies->cookies().size(), 5); // not the expired one
        // In curl the jar's cookies come before those of -b NAME=VALUE.
        QCOMPARE(specWithCookies(*command, clock.nowMs()).headers, (QList<SpecHeader>{{u"Cookie"_s, u"deep=d1; session=s1; a=b"_s}}));
        // -j: session cookies stay out.
        const Result<CurlCommand> junk = parseCurl({u"-j"_s, u"-b"_s, file.fileName(), u"http://api.example.com/v1/x"_s}, {.clock = &clock});
        QVERIFY(junk);
        QCOMPARE(specWithCookies(*junk, clock.nowMs()).headers, (QList<SpecHeader>{{u"Cookie"_s, u"deep=d1"_s}}));
    }

    void cookieEngine_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<bool>("on");
        QTest::addColumn<QString>("jarFile");
        QTest::newRow("none") << QStringList{u"http://a/"_s} << false << QString();
        QTest::newRow("pairs alone") << QStringList{u"-b"_s, u"a=b"_s, u"http://a/"_s} << false << QString();
        QTest::newRow("empty name") << QStringList{u"-b"_s, QString(), u"http://a/"_s} << true << QString();
        QTest::newRow("-c") << QStringList{u"-c"_s, u"jar"_s, u"http://a/"_s} << true << u"jar"_s;
        QTest::newRow("both, the file does not exist yet")
            << QStringList{u"-b"_s, u"does-not-exist"_s, u"-c"_s, u"does-not-exist"_s, u"http://a/"_s} << true << u"does-not-exist"_s;
    }
    void cookieEngine()
    {
        QFETCH(QStringList, words);
        const Result<CurlCommand> command = parseCurl(words);
        QVERIFY(command);
        QCOMPARE(command->warnings, QStringList());
        QTEST(command->cookies != nullptr, "on");
        QTEST(command->cookieJarFile, "jarFile");
    }

    // What a dump of response headers (curl -D) gives.
    void cookieHeaderFile()
    {
        CookieJar jar;
        const CookieFileReport report = readCookieFile("HTTP/1.1 200 OK\r\nDate: today\r\n"
                                                       "Set-Cookie: a=1; Domain=example.com; Path=/x; HttpOnly\r\n"
                                                       "set-cookie: b=2; domain=.example.com; Max-Age=60\r\n"
                                                       "Set-Cookie: nobody=3\r\n"
                                                       "Set-Cookie: super=4; Domain=com\r\n\r\n",
                                                       1'700'000'000'000, true, jar);
        QCOMPARE(report.withoutDomain, 1);
        QCOMPARE(report.unread, 1); // no jar takes a cookie for all of com
        QCOMPARE(jar.cookies().size(), 2);
        QCOMPARE(jar.cookies().at(0).path, "/x"_ba);
        QVERIFY(jar.cookies().at(0).httpOnly && !jar.cookies().at(0).hostOnly && !jar.cookies().at(0).expiresAt);
        QCOMPARE(jar.cookies().at(1).expiresAt, std::optional<qint64>(1'700'000'060));
    }

    void cookieFileThereAndBack()
    {
        const QByteArray lines = "#HttpOnly_.example.com\tTRUE\t/\tTRUE\t0\tsid\ts=1 2\n"
                                 "www.example.com\tFALSE\t/a/b\tFALSE\t1700000060\tx\t\n"_ba;
        CookieJar jar;
        QCOMPARE(readCookieFile(lines, 1'700'000'000'000, true, jar).unread, 0);
        int left = 0;
        QByteArray written = toCookieFile(jar, 1'700'000'000'000, &left);
        QCOMPARE(left, 0);
        QVERIFY(written.startsWith("# Netscape HTTP Cookie File\n")); // curl and browsers look for this
        QVERIFY2(written.endsWith("\n\n" + lines), written.constData());
        Cookie nameless;
        nameless.value = "v";
        nameless.domain = u"example.com"_s;
        QVERIFY(jar.put(nameless));
        written = toCookieFile(jar, 1'700'000'061'000, &left);
        QCOMPARE(left, 1);
        QVERIFY(!written.contains("/a/b")); // expired meanwhile
    }
};

QTEST_GUILESS_MAIN(CurlCommandTest)
#include "tst_curlcommand.moc"
