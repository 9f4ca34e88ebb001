// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Real proxies (squid, tinyproxy, dante) between the real realmscope-cli and servers on loopback.
#include "tests/http/Certificates.h"
#include "tests/peers/Http2Peers.h"
#include "tests/peers/Peer.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <map>

using namespace Qt::StringLiterals;

namespace {

struct Outcome
{
    int status = -1;
    QByteArray out;
    QByteArray err;
    QJsonObject json;
    [[nodiscard]] QJsonArray exchanges() const { return json.value("exchanges"_L1).toArray(); }
    [[nodiscard]] QString cause() const
    {
        const QJsonObject first = json.value("findings"_L1).toArray().first().toObject();
        return first.isEmpty() || first.value("role"_L1).toString() == "note"_L1
            ? json.value("outcome"_L1).toObject().value("kind"_L1).toString()
            : first.value("cause"_L1).toString();
    }
};

// The servers of this test live in its own event loop.
Outcome why(const QStringList &curl, const QStringList &environment = {}, const QStringList &options = {u"--probe"_s, u"none"_s})
{
    QProcess process;
    QStringList variables = QProcess::systemEnvironment();
    variables.removeIf([](const QString &line) { return line.section(u'=', 0, 0).endsWith("_proxy"_L1, Qt::CaseInsensitive); });
    process.setEnvironment(variables + environment);
    process.start(QString::fromUtf8(REALMSCOPE_BINARY_DIR) + u"/bin/realmscope-cli"_s,
                  QStringList{u"why"_s, u"--json"_s} + options + QStringList{u"curl"_s} + curl);
    Outcome outcome;
    if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 60'000))
        return outcome;
    outcome.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    outcome.json = QJsonDocument::fromJson(outcome.out).object();
    return outcome;
}

// Says "hello" to everything, or only to those with a token where one is wanted, and keeps what it heard.
template <typename Server>
class HelloServer
{
public:
    HelloServer()
    {
        QObject::connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [this] {
            while (QTcpSocket *socket = server.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, &server, [this, socket] {
                    received += socket->readAll();
                    if (!received.endsWith("\r\n\r\n"))
                        return;
                    const qsizetype last = received.lastIndexOf("HTTP/1.1");
                    if (received.indexOf(wanted, last) >= 0)
                        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                    else
                        socket->write("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"hello\"\r\nContent-Length: 0\r\n\r\n");
                });
            }
        });
    }
    Server server;
    QByteArray received;
    QByteArray wanted; // a header line; empty: none
};

QByteArray configurationOfSquid(const Peer &peer, const QByteArray &authentication, const QByteArray &more = {})
{
    return "http_port 127.0.0.1:" + QByteArray::number(peer.port()) + "\npid_filename none\ncache_log /dev/null\naccess_log none\n"
           "cache deny all\ncache_mem 8 MB\nshutdown_lifetime 0 seconds\nvisible_hostname test-proxy\nmax_filedescriptors 1024\n"
           "coredump_dir /tmp\nnetdb_filename none\n"
        + authentication
        + "acl authed proxy_auth REQUIRED\nacl here dst 127.0.0.0/8\nacl closed port 9\nhttp_access deny closed\n"
          "http_access deny !authed\nhttp_access allow here\nhttp_access deny all\n"
        + more;
}

} // namespace

class tst_PeersProxy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QCOMPARE(m_certificates.make(), QString());
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificateChain(QSslCertificate::fromData(m_certificates.read(u"server.pem"_s)));
        configuration.setPrivateKey(QSslKey(m_certificates.read(u"server.key"_s), QSsl::Ec));
        m_secure.server.setSslConfiguration(configuration);
        QVERIFY(m_secure.server.listen(QHostAddress::LocalHost));
        QVERIFY(m_plain.server.listen(QHostAddress::LocalHost));
        startSquids();
        startTinyproxy();
        startDante();
    }
    void cleanupTestCase() { m_peers.clear(); }
    void init()
    {
        m_plain.received.clear();
        m_plain.wanted.clear();
        m_secure.received.clear();
    }

    void throughIt_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QStringList>("curl");
        QTest::addColumn<bool>("secure");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QStringList>("roles"); // "role status"
        const QString good = QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password);
        const QString bad = QString::fromLatin1(Peer::user) + u":not-it-at-all"_s;
        const auto row = [](const char *name, const QString &peer, const QStringList &curl, bool secure, const QString &cause,
                            const QStringList &roles) { QTest::newRow(name) << peer << curl << secure << cause << roles; };
        const QStringList basic{u"-U"_s, good};
        const QStringList digest{u"--proxy-digest"_s, u"-U"_s, good};
        const QStringList any{u"--proxy-anyauth"_s, u"-U"_s, good};
        const QString ok = u"final 200"_s;
        const QString asked = u"proxy 407"_s;
        const QString opened = u"proxy 200"_s;
        row("squid Basic, http", u"squid basic"_s, basic, false, u"accepted"_s, {ok});
        row("squid Basic, https", u"squid basic"_s, basic, true, u"accepted"_s, {opened, ok});
        row("squid Basic, any", u"squid basic"_s, any, true, u"accepted"_s, {asked, opened, ok});
        row("squid Basic, nothing for it", u"squid basic"_s, {}, false, u"proxy-auth-required"_s, {asked});
        row("squid Basic, nothing for it, https", u"squid basic"_s, {}, true, u"proxy-auth-required"_s, {asked});
        row("squid Basic, only the server's", u"squid basic"_s, {u"-u"_s, good}, true, u"proxy-auth-required"_s, {asked});
        row("squid Basic, wrong password", u"squid basic"_s, {u"-U"_s, bad}, true, u"credentials-rejected"_s, {asked});
        row("squid Digest, http", u"squid digest"_s, digest, false, u"accepted"_s, {asked, ok});
        row("squid Digest, https", u"squid digest"_s, digest, true, u"accepted"_s, {asked, opened, ok});
        row("squid Digest, any", u"squid digest"_s, any, true, u"accepted"_s, {asked, opened, ok});
        row("squid Digest, wrong password", u"squid digest"_s, {u"--proxy-digest"_s, u"-U"_s, bad}, true,
            u"credentials-rejected"_s, {asked, asked});
        const QStringList ntlm{u"--proxy-ntlm"_s, u"-U"_s, good};
        row("squid NTLM, http", u"squid ntlm"_s, ntlm, false, u"accepted"_s, {asked, ok});
        row("squid NTLM, https", u"squid ntlm"_s, ntlm, true, u"accepted"_s, {asked, opened, ok});
        row("tinyproxy, http", u"tinyproxy"_s, basic, false, u"accepted"_s, {ok});
        row("tinyproxy, https", u"tinyproxy"_s, basic, true, u"accepted"_s, {opened, ok});
        row("tinyproxy, nothing for it", u"tinyproxy"_s, {}, true, u"proxy-auth-required"_s, {asked});
        row("dante, http", u"dante"_s, {}, false, u"accepted"_s, {ok});
        row("dante, https", u"dante"_s, {}, true, u"accepted"_s, {ok});
    }
    void throughIt()
    {
        QFETCH(QString, peer);
        QFETCH(QStringList, curl);
        QFETCH(bool, secure);
        QFETCH(QString, cause);
        QFETCH(QStringList, roles);
        if (!m_peers[peer]) {
            QVERIFY2(m_whyNot[peer].isEmpty(), qPrintable(m_whyNot[peer]));
            QSKIP(qPrintable(u"REALMSCOPE-TEST-SKIPPED, because %1 is not installed"_s.arg(peer.section(u' ', 0, 0))));
        }
        const Outcome outcome = why(curl + through(peer, secure));
        QVERIFY2(!outcome.json.isEmpty(), outcome.err.constData());
        QCOMPARE(rolesOf(outcome), roles);
        QCOMPARE(outcome.cause(), cause);
        const QByteArray &received = secure ? m_secure.received : m_plain.received;
        QCOMPARE(received.isEmpty(), cause != "accepted"_L1);
        QVERIFY(!received.contains("Proxy-Authorization"));
        for (const QByteArray &secret : {QByteArray(Peer::password), QByteArray("not-it-at-all"),
                                         (QByteArray(Peer::user) + ':' + Peer::password).toBase64()})
            QVERIFY2(!outcome.out.contains(secret) && !outcome.err.contains(secret), secret.constData());
    }

    // HTTP/2 within a tunnel, as the server at its other end sees it.
    void http2InTunnel_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::newRow("squid") << u"squid basic"_s;
        QTest::newRow("tinyproxy") << u"tinyproxy"_s;
    }
    void http2InTunnel()
    {
        QFETCH(QString, peer);
        QString problem;
        if (!m_nginx)
            m_nginx = Http2Peer::nginx(&problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        if (!m_peers[peer] || !m_nginx)
            QSKIP("REALMSCOPE-TEST-SKIPPED, because the proxy or nginx is not installed");
        const QString credential = QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password);
        const Outcome outcome = why({u"-x"_s, m_peers[peer]->url({}), u"-U"_s, credential, u"-u"_s, credential, u"-k"_s, u"--http2"_s,
                                     m_nginx->url(u"/basic/index.html"_s)});
        QCOMPARE(rolesOf(outcome), (QStringList{u"proxy 200"_s, u"final 200"_s}));
        const auto exchange = [&outcome](int at) { return outcome.exchanges().at(at).toObject(); };
        QCOMPARE(exchange(0).value("connection"_L1).toObject().value("protocol"_L1).toString(), u"http/1.1"_s);
        QCOMPARE(exchange(1).value("connection"_L1).toObject().value("protocol"_L1).toString(), u"h2"_s);
        QCOMPARE(exchange(0).value("connection"_L1).toObject().value("id"_L1), exchange(1).value("connection"_L1).toObject().value("id"_L1));
        QVERIFY(outcome.out.contains("HTTP/2.0")); // X-Protocol, by nginx
        QVERIFY(outcome.out.contains("basic ok"));
    }

    // What the proxy says about a tunnel that it does not open is there to read; curl throws it away.
    void refusedTunnel_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("why"); // in squid's own header
        QTest::newRow("a port that is not allowed") << u"https://127.0.0.1:9/"_s << 403 << "ERR_ACCESS_DENIED"_ba;
        QTest::newRow("nobody listens") << u"https://127.0.0.1:1/"_s << 503 << "ERR_CONNECT_FAIL"_ba;
    }
    void refusedTunnel()
    {
        QFETCH(QString, url);
        QFETCH(int, status);
        QFETCH(QByteArray, why);
        if (!m_peers[u"squid basic"_s])
            QSKIP("REALMSCOPE-TEST-SKIPPED, because squid is not installed");
        const Outcome outcome = ::why({u"-x"_s, m_peers[u"squid basic"_s]->url({}), u"-U"_s,
                                     QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password), url});
        QCOMPARE(rolesOf(outcome), QStringList{u"proxy %1"_s.arg(status)});
        const QJsonObject response = outcome.exchanges().first().toObject().value("response"_L1).toObject();
        QVERIFY(outcome.out.contains(why));
        QVERIFY(response.value("bodyBytes"_L1).toInt() > 1000);
        QVERIFY(response.value("bodyText"_L1).toString().contains("The requested URL could not be retrieved"_L1));
        QCOMPARE(outcome.cause(), u"not-authentication"_s); // and not the server's doing
    }

    // The proxy takes the Authorization header away: seen by going around it, and that only when asked for.
    void around_data()
    {
        QTest::addColumn<bool>("direct");
        QTest::newRow("not asked for") << false;
        QTest::newRow("asked for") << true;
    }
    void around()
    {
        QFETCH(bool, direct);
        if (!m_peers[u"squid thief"_s])
            QSKIP("REALMSCOPE-TEST-SKIPPED, because squid is not installed");
        m_plain.wanted = "\r\nAuthorization: Bearer mF_9.B5f-4.1JqM\r\n";
        const QString credential = QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password);
        QStringList options{u"--max-probes"_s, u"12"_s};
        if (direct)
            options << u"--direct"_s;
        const Outcome outcome = why({u"-x"_s, m_peers[u"squid thief"_s]->url({}), u"-U"_s, credential, u"-H"_s, u"Authorization: Bearer mF_9.B5f-4.1JqM"_s,
                                     u"http://127.0.0.1:%1/x"_s.arg(m_plain.server.serverPort())}, {}, options);
        QVERIFY2(!outcome.json.isEmpty(), outcome.err.constData());
        QCOMPARE(m_plain.received.contains("mF_9.B5f-4.1JqM"), direct); // through the proxy it never comes
        // Seen from here alone, a token that is refused without a word looks the same.
        QCOMPARE(outcome.cause(), direct ? u"authorization-stripped"_s : u"credentials-rejected"_s);
        QCOMPARE(outcome.out.contains("bypass-proxy"), direct);
        // What reached the server: each request in its own form, and nothing that is for the proxy.
        QCOMPARE(m_plain.received.count("GET /"), m_plain.received.count(" HTTP/1.1\r\n"));
        QVERIFY(m_plain.received.count("GET /x HTTP/1.1\r\n") >= 3);
        QVERIFY(!m_plain.received.contains("Proxy-Authorization"));
        QCOMPARE(outcome.out.contains("the way through the proxy at http://127.0.0.1"), direct);
        for (const QJsonValue &exchange : outcome.exchanges())
            QVERIFY2(exchange.toObject().value("response"_L1).toObject().value("status"_L1).toInt() != 403, outcome.out.constData());
    }

    void variables()
    {
        if (!m_peers[u"squid basic"_s])
            QSKIP("REALMSCOPE-TEST-SKIPPED, because squid is not installed");
        QString proxy = m_peers[u"squid basic"_s]->url({});
        proxy.insert(7, QString::fromLatin1(Peer::user) + u':' + QLatin1StringView(Peer::password) + u'@');
        const QString url = u"http://127.0.0.1:%1/x"_s.arg(m_plain.server.serverPort());
        const Outcome outcome = why({url}, {u"http_proxy="_s + proxy});
        QCOMPARE(outcome.cause(), u"accepted"_s);
        QVERIFY(m_plain.received.contains("\r\nVia: "));
        QVERIFY(outcome.out.contains("by the environment variable http_proxy"));
        QVERIFY(!outcome.out.contains(Peer::password) && !outcome.err.contains(Peer::password));
        m_plain.received.clear();
        const Outcome straight = why({url}, {u"http_proxy="_s + proxy, u"no_proxy=127.0.0.1"_s});
        QCOMPARE(straight.cause(), u"accepted"_s);
        QVERIFY(!m_plain.received.contains("\r\nVia: "));
    }

private:
    [[nodiscard]] QStringList through(const QString &peer, bool secure) const
    {
        const quint16 port = m_peers.at(peer)->port();
        QStringList words = peer == "dante"_L1 ? QStringList{u"--socks5-hostname"_s, u"127.0.0.1:%1"_s.arg(port)}
                                               : QStringList{u"-x"_s, u"http://127.0.0.1:%1"_s.arg(port)};
        if (secure)
            return words << u"--cacert"_s << m_certificates.path(u"ca.pem"_s)
                         << u"https://127.0.0.1:%1/x"_s.arg(m_secure.server.serverPort());
        return words << u"http://127.0.0.1:%1/x"_s.arg(m_plain.server.serverPort());
    }
    [[nodiscard]] static QStringList rolesOf(const Outcome &outcome)
    {
        QStringList roles;
        for (const QJsonValue &value : outcome.exchanges()) {
            const QJsonObject exchange = value.toObject();
            roles << u"%1 %2"_s.arg(exchange.value("role"_L1).toString())
                         .arg(exchange.value("response"_L1).toObject().value("status"_L1).toInt());
        }
        return roles;
    }

    void keep(const QString &name, std::unique_ptr<Peer> peer, const QString &program, const QStringList &arguments)
    {
        QString problem;
        if (peer->start(program, arguments, &problem))
            m_peers[name] = std::move(peer);
        else
            m_whyNot[name] = problem;
    }
    void startSquids()
    {
        const QString program = Peer::program(u"squid"_s);
        if (program.isEmpty())
            return;
        auto basic = std::make_unique<Peer>();
        basic->write(u"users"_s, QByteArray(Peer::user) + ':'
                         + m_certificates.openssl(u"passwd -apr1 -salt realmsco "_s + QLatin1StringView(Peer::password)));
        basic->write(u"squid.conf"_s, configurationOfSquid(*basic, "auth_param basic program /usr/lib/squid/basic_ncsa_auth "
                                          + basic->path(u"users"_s).toUtf8() + "\nauth_param basic realm Peer\n"
                                          "auth_param basic children 1 startup=1\n"));
        const QString basicFile = basic->path(u"squid.conf"_s);
        const QString basicName = u"rs%1"_s.arg(basic->port());
        keep(u"squid basic"_s, std::move(basic), program, {u"-N"_s, u"-n"_s, basicName, u"-f"_s, basicFile});

        auto thief = std::make_unique<Peer>();
        thief->write(u"users"_s, QByteArray(Peer::user) + ':'
                         + m_certificates.openssl(u"passwd -apr1 -salt realmsco "_s + QLatin1StringView(Peer::password)));
        thief->write(u"squid.conf"_s, configurationOfSquid(*thief, "auth_param basic program /usr/lib/squid/basic_ncsa_auth "
                                          + thief->path(u"users"_s).toUtf8() + "\nauth_param basic children 1 startup=1\n",
                                          "request_header_access Authorization deny all\n"));
        const QString thiefFile = thief->path(u"squid.conf"_s);
        const QString thiefName = u"rs%1"_s.arg(thief->port());
        keep(u"squid thief"_s, std::move(thief), program, {u"-N"_s, u"-n"_s, thiefName, u"-f"_s, thiefFile});

        auto digest = std::make_unique<Peer>();
        const QByteArray start = QByteArray(Peer::user) + ":Peer:";
        digest->write(u"digest"_s, start + QCryptographicHash::hash(start + Peer::password, QCryptographicHash::Md5).toHex() + '\n');
        digest->write(u"squid.conf"_s, configurationOfSquid(*digest, "auth_param digest program /usr/lib/squid/digest_file_auth -c "
                                           + digest->path(u"digest"_s).toUtf8() + "\nauth_param digest realm Peer\n"
                                           "auth_param digest children 1 startup=1\n"));
        const QString digestFile = digest->path(u"squid.conf"_s);
        const QString digestName = u"rs%1"_s.arg(digest->port());
        keep(u"squid digest"_s, std::move(digest), program, {u"-N"_s, u"-n"_s, digestName, u"-f"_s, digestFile});

        // squid's helper for tests goes through all three messages and takes any answer.
        auto ntlm = std::make_unique<Peer>();
        ntlm->write(u"squid.conf"_s, configurationOfSquid(*ntlm, "auth_param ntlm program /usr/lib/squid/ntlm_fake_auth\n"
                                         "auth_param ntlm children 1 startup=1\n"));
        const QString ntlmFile = ntlm->path(u"squid.conf"_s);
        const QString ntlmName = u"rs%1"_s.arg(ntlm->port());
        keep(u"squid ntlm"_s, std::move(ntlm), program, {u"-N"_s, u"-n"_s, ntlmName, u"-f"_s, ntlmFile});
    }
    void startTinyproxy()
    {
        const QString program = Peer::program(u"tinyproxy"_s);
        if (program.isEmpty())
            return;
        auto peer = std::make_unique<Peer>();
        peer->write(u"tinyproxy.conf"_s, "Port " + QByteArray::number(peer->port()) + "\nListen 127.0.0.1\nTimeout 60\nLogLevel Error\n"
                        "MaxClients 20\nBasicAuth " + Peer::user + ' ' + Peer::password + '\n');
        const QString file = peer->path(u"tinyproxy.conf"_s);
        keep(u"tinyproxy"_s, std::move(peer), program, {u"-d"_s, u"-c"_s, file});
    }
    void startDante()
    {
        const QString program = Peer::program(u"danted"_s);
        if (program.isEmpty())
            return;
        auto peer = std::make_unique<Peer>();
        peer->write(u"danted.conf"_s, "logoutput: " + peer->path(u"log"_s).toUtf8() + "\ninternal: 127.0.0.1 port = " + QByteArray::number(peer->port())
                        + "\nexternal: 127.0.0.1\nclientmethod: none\nsocksmethod: none\n"
                        "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\nsocks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n");
        const QString file = peer->path(u"danted.conf"_s);
        const QString pid = peer->path(u"pid"_s);
        keep(u"dante"_s, std::move(peer), program, {u"-f"_s, file, u"-p"_s, pid});
    }

    realmscope::test::Certificates m_certificates;
    HelloServer<QTcpServer> m_plain;
    HelloServer<QSslServer> m_secure;
    std::unique_ptr<Http2Peer> m_nginx;
    std::map<QString, std::unique_ptr<Peer>> m_peers;
    std::map<QString, QString> m_whyNot;
};

QTEST_GUILESS_MAIN(tst_PeersProxy)
#include "tst_peers_proxy.moc"
