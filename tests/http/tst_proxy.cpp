// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Proxy.h"

#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace realmscope;

class ProxyTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parse_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("server"); // empty: not usable
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        const auto row = [](const char *name, const QString &text, const QString &server, const QString &user = {},
                            const QString &password = {}) { QTest::newRow(name) << text << server << user << password; };
        row("host and port", u"proxy.example:3128"_s, u"http://proxy.example:3128"_s);
        row("no port is 1080, as for curl", u"proxy.example"_s, u"http://proxy.example:1080"_s);
        row("port 80 when it is written", u"http://proxy.example:80/"_s, u"http://proxy.example:80"_s);
        row("user and password", u"http://pia:s%40me@proxy.example:3128"_s, u"http://proxy.example:3128"_s, u"pia"_s, u"s@me"_s);
        row("at sign in the password", u"pia:a@b@proxy.example:1"_s, u"http://proxy.example:1"_s, u"pia"_s, u"a@b"_s);
        row("IPv6", u"http://[::1]:8080"_s, u"http://[::1]:8080"_s);
        row("socks5", u"socks5://127.0.0.1:1081"_s, u"socks5://127.0.0.1:1081"_s);
        row("socks5 by name", u"SOCKS5H://localhost"_s, u"socks5h://localhost:1080"_s);
        row("https proxy", u"https://proxy.example"_s, {});
        row("socks4", u"socks4://proxy.example"_s, {});
        row("no such kind", u"gopher://proxy.example"_s, {});
        row("no host", u"http://"_s, {});
        row("port out of range", u"proxy.example:99999"_s, {});
    }
    void parse()
    {
        QFETCH(QString, text);
        QFETCH(QString, server);
        QFETCH(QString, user);
        QFETCH(QString, password);
        const Result<ProxyChoice> choice = parseProxy(text);
        QCOMPARE(choice.hasValue(), !server.isEmpty());
        if (!choice) {
            QVERIFY(!choice.error().message.isEmpty() && !choice.error().action.isEmpty());
            return;
        }
        QCOMPARE(choice->server->toString(), server);
        QCOMPARE(choice->userName.value_or(QString()), user);
        QCOMPARE(choice->password.revealText(), password);
    }

    // Each row is also asked of the real curl, where it is installed: does it go to the proxy?
    void choose_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QStringList>("environment"); // PROXY stands for the address of one
        QTest::addColumn<QString>("setting");
        QTest::addColumn<bool>("proxied");
        const auto row = [](const char *name, const QString &url, const QStringList &environment, bool proxied,
                            const QString &setting = {}) { QTest::newRow(name) << url << environment << setting << proxied; };
        const QString http = u"http://www.example.test/"_s;
        const QString https = u"https://www.example.test/"_s;
        row("nothing set", http, {}, false);
        row("http_proxy", http, {u"http_proxy=PROXY"_s}, true);
        row("HTTP_PROXY is not read", http, {u"HTTP_PROXY=PROXY"_s}, false);
        row("http_proxy is not for https", https, {u"http_proxy=PROXY"_s}, false);
        row("https_proxy", https, {u"https_proxy=PROXY"_s}, true);
        row("HTTPS_PROXY", https, {u"HTTPS_PROXY=PROXY"_s}, true);
        row("all_proxy", http, {u"all_proxy=PROXY"_s}, true);
        row("ALL_PROXY", https, {u"ALL_PROXY=PROXY"_s}, true);
        row("an empty one is none", http, {u"http_proxy="_s, u"all_proxy=PROXY"_s}, true);
        row("no_proxy names the host", http, {u"http_proxy=PROXY"_s, u"no_proxy=www.example.test"_s}, false);
        row("NO_PROXY", http, {u"http_proxy=PROXY"_s, u"NO_PROXY=www.example.test"_s}, false);
        row("a domain holds for what is below", http, {u"http_proxy=PROXY"_s, u"no_proxy=example.test"_s}, false);
        row("with a dot", http, {u"http_proxy=PROXY"_s, u"no_proxy=.example.test"_s}, false);
        row("not within a label", http, {u"http_proxy=PROXY"_s, u"no_proxy=ample.test"_s}, true);
        row("case", http, {u"http_proxy=PROXY"_s, u"no_proxy=EXAMPLE.Test"_s}, false);
        row("the second of a list", http, {u"http_proxy=PROXY"_s, u"no_proxy=a.test, example.test"_s}, false);
        row("separated by spaces", http, {u"http_proxy=PROXY"_s, u"no_proxy=a.test example.test"_s}, false);
        row("star", http, {u"http_proxy=PROXY"_s, u"no_proxy=*"_s}, false);
        row("star is no pattern", http, {u"http_proxy=PROXY"_s, u"no_proxy=*.example.test"_s}, true);
        row("address", u"http://192.0.2.7/"_s, {u"http_proxy=PROXY"_s, u"no_proxy=192.0.2.7"_s}, false);
        row("in a network", u"http://192.0.2.7/"_s, {u"http_proxy=PROXY"_s, u"no_proxy=192.0.2.0/24"_s}, false);
        row("not in a network", u"http://192.0.3.7/"_s, {u"http_proxy=PROXY"_s, u"no_proxy=192.0.2.0/24"_s}, true);
        row("the request's own", http, {}, true, u"PROXY"_s);
        row("the request's own before http_proxy", http, {u"http_proxy=http://127.0.0.1:1"_s}, true, u"PROXY"_s);
        row("no_proxy against the request's own", http, {u"no_proxy=example.test"_s}, false, u"PROXY"_s);
    }
    void choose()
    {
        QFETCH(QString, url);
        QFETCH(QStringList, environment);
        QFETCH(QString, setting);
        QFETCH(bool, proxied);
        ProxyEnvironment variables;
        for (const QString &line : std::as_const(environment)) {
            const QString value = line.section(u'=', 1);
            variables.insert(line.section(u'=', 0, 0), value == "PROXY"_L1 ? u"http://127.0.0.1:3128"_s : value);
        }
        const QString own = setting == "PROXY"_L1 ? u"http://127.0.0.1:3128"_s : setting;
        const Result<ProxyChoice> choice = chooseProxy(*Url::parse(url), own, std::nullopt, variables);
        QVERIFY(choice);
        QCOMPARE(choice->server.has_value(), proxied);
        if (proxied)
            QVERIFY(choice->why.contains("http://127.0.0.1:3128"_L1));
    }

    void curlChoosesTheSame_data() { choose_data(); }
    void curlChoosesTheSame()
    {
        QFETCH(QString, url);
        QFETCH(QStringList, environment);
        QFETCH(QString, setting);
        QFETCH(bool, proxied);
        const QString curl = QStandardPaths::findExecutable(u"curl"_s);
        if (curl.isEmpty())
            QSKIP("REALMSCOPE-TEST-SKIPPED, because curl is not installed");
        QTcpServer proxy;
        QVERIFY(proxy.listen(QHostAddress::LocalHost));
        int connections = 0;
        connect(&proxy, &QTcpServer::newConnection, &proxy, [&] {
            while (QTcpSocket *socket = proxy.nextPendingConnection()) {
                ++connections;
                connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                    socket->write("HTTP/1.1 403 Seen\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    socket->disconnectFromHost();
                });
            }
        });
        const QString address = u"http://127.0.0.1:%1"_s.arg(proxy.serverPort());
        QProcess process;
        QStringList variables;
        for (QString line : std::as_const(environment))
            variables << line.replace(u"=PROXY"_s, u'=' + address);
        process.setEnvironment(variables);
        // What goes straight ends at once, at a port where nobody listens.
        QStringList arguments{u"-s"_s, u"-m"_s, u"10"_s, u"-o"_s, u"/dev/null"_s, u"--connect-to"_s, u"::127.0.0.1:1"_s};
        if (!setting.isEmpty())
            arguments << u"-x"_s << address;
        process.start(curl, arguments << url);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 15'000);
        QCOMPARE(connections > 0, proxied);
    }

    // What curl 7.88 does not have, or not yet right: ports, networks of IPv6 addresses.
    void noProxyEntries_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("list");
        QTest::addColumn<QString>("entry");
        QTest::newRow("port fits") << u"a.test"_s << 8080 << u"b.test,a.test:8080"_s << u"a.test:8080"_s;
        QTest::newRow("other port") << u"a.test"_s << 443 << u"a.test:8080"_s << QString();
        QTest::newRow("address and port") << u"10.1.2.3"_s << 80 << u"10.1.2.3:80"_s << u"10.1.2.3:80"_s;
        QTest::newRow("IPv6 in brackets") << u"::1"_s << 80 << u"[::1]"_s << u"[::1]"_s;
        QTest::newRow("IPv6 without") << u"::1"_s << 80 << u"::1"_s << u"::1"_s;
        QTest::newRow("IPv6 and port") << u"::1"_s << 81 << u"[::1]:80"_s << QString();
        QTest::newRow("IPv6 network") << u"2001:db8::7"_s << 80 << u"2001:db8::/32"_s << u"2001:db8::/32"_s;
        QTest::newRow("other IPv6 network") << u"2001:db9::7"_s << 80 << u"2001:db8::/32"_s << QString();
        QTest::newRow("damaged network") << u"10.0.0.1"_s << 80 << u"10.0.0.0/99"_s << QString();
        QTest::newRow("dot at the end of the host") << u"a.test."_s << 80 << u"a.test"_s << u"a.test"_s;
        QTest::newRow("nothing") << u"a.test"_s << 80 << u" , ,"_s << QString();
    }
    void noProxyEntries()
    {
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QString, list);
        QFETCH(QString, entry);
        QCOMPARE(noProxyEntryFor(host, quint16(port), list), entry);
    }

    void ownListReplacesTheVariable()
    {
        const ProxyEnvironment environment{{u"http_proxy"_s, u"http://p.test:1"_s}, {u"no_proxy"_s, u"a.test"_s}};
        const Url url = *Url::parse(u"http://a.test/"_s);
        QVERIFY(!chooseProxy(url, {}, std::nullopt, environment)->server);
        QVERIFY(chooseProxy(url, {}, QString(), environment)->server);
        QVERIFY(!chooseProxy(url, {}, u"b.test a.test"_s, environment)->server);
        const ProxyChoice none = *chooseProxy(url, u"none"_s, std::nullopt, environment);
        QVERIFY(!none.server);
        QVERIFY(none.why.contains("settings of this request"_L1));
    }

    void theRuleIsNamedInAnError()
    {
        const Result<ProxyChoice> choice =
            chooseProxy(*Url::parse(u"https://a.test/"_s), {}, std::nullopt, {{u"HTTPS_PROXY"_s, u"https://u:secret@p.test"_s}});
        QVERIFY(!choice);
        QCOMPARE(choice.error().code, ErrorCode::Unsupported);
        QVERIFY(choice.error().message.contains("HTTPS_PROXY"_L1));
        QVERIFY(!choice.error().message.contains("secret"_L1));
    }
};

QTEST_GUILESS_MAIN(ProxyTest)
#include "tst_proxy.moc"
