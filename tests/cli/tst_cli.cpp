// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Cli.h"
#include "app/credentials/ProfileStore.h"
#include "app/credentials/SecretStore.h"
#include "app/practice/PracticeServer.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <optional>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

// A keychain that is not there.
class NoStore final : public SecretStore
{
public:
    void read(const QString &, QObject *, ReadCallback callback) override { callback(none()); }
    void write(const QString &, const QString &, const Secret &, QObject *, DoneCallback callback) override { callback(none()); }
    void remove(const QString &, QObject *, DoneCallback callback) override { callback(none()); }

private:
    static Error none() { return {ErrorCode::SecretStoreUnavailable, u"no keychain service runs in this session"_s, {}, {}}; }
};

// An authorization server that gives a new refresh token each time and takes each one once, and its API.
class RotatingServer : public QTcpServer
{
public:
    QByteArrayList used; // refresh tokens, in order
    QByteArrayList revoked; // forms

    RotatingServer()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                const QByteArray request = socket->peek(64 * 1024);
                const qsizetype end = request.indexOf("\r\n\r\n");
                const bool isRevocation = request.startsWith("POST /revoke ");
                if (end < 0 || (request.startsWith("POST") && !request.sliced(end).contains(isRevocation ? "token=r-" : "refresh_token=r-")))
                    return;
                socket->readAll();
                QByteArray body = request.contains("Authorization: Bearer t-") ? "{}"_ba : ""_ba;
                if (isRevocation) {
                    revoked << request.sliced(end + 4);
                    body = "{}";
                } else if (request.startsWith("POST")) {
                    const qsizetype at = request.indexOf("refresh_token=r-", end) + qstrlen("refresh_token=");
                    used << request.sliced(at).split('&').first();
                    body = "{\"access_token\":\"t-1\",\"token_type\":\"Bearer\",\"expires_in\":60,\"refresh_token\":\"r-"
                        + QByteArray::number(used.size() + 1) + "\"}";
                }
                socket->write((body.isEmpty() ? "HTTP/1.1 401 Unauthorized\r\n"_ba : "HTTP/1.1 200 OK\r\n"_ba)
                              + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
                socket->disconnectFromHost();
            });
        });
    }
};

// The same answer for each path, whatever is asked; what is not there is the API, which lets everybody in.
class AnsweringServer : public QTcpServer
{
public:
    QMap<QByteArray, QByteArray> answers; // by path: head and body, {origin} is replaced
    QByteArrayList paths;                 // that were asked for, in order

    AnsweringServer()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                const QByteArray request = socket->peek(64 * 1024);
                if (!request.contains("\r\n\r\n"))
                    return;
                socket->readAll();
                const QByteArray path = request.split(' ').value(1).split('?').first();
                paths << path;
                QByteArray answer = answers.value(path, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nthe api");
                answer.replace("{origin}", "http://127.0.0.1:" + QByteArray::number(serverPort()));
                const qsizetype body = answer.indexOf("\r\n\r\n") + 4;
                socket->write(answer.left(body - 2) + "Connection: close\r\nContent-Length: " + QByteArray::number(answer.size() - body) + "\r\n\r\n" + answer.mid(body));
                socket->disconnectFromHost();
            });
        });
    }
    [[nodiscard]] QString origin() const { return u"http://127.0.0.1:%1"_s.arg(serverPort()); }
};

} // namespace

// The commands in process, against the practice range.
class CliTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_dir.filePath(u"config"_s))); // approvals of this test are not this person's
        QVERIFY(m_server.start());
        m_base = m_server.addresses().value(u"base"_s);
    }

    void usage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("nothing") << QStringList{} << 2;
        QTest::newRow("unknown command") << QStringList{u"frobnicate"_s} << 2;
        QTest::newRow("unknown option") << QStringList{u"send"_s, u"--frobnicate"_s, u"http://a/"_s} << 2;
        QTest::newRow("no target") << QStringList{u"why"_s} << 2;
        QTest::newRow("two targets") << QStringList{u"send"_s, u"http://a/"_s, u"http://b/"_s} << 2;
        QTest::newRow("curl without URL") << QStringList{u"send"_s, u"curl"_s, u"-s"_s} << 2;
        QTest::newRow("bad probe") << QStringList{u"why"_s, u"--probe"_s, u"wild"_s, u"http://a/"_s} << 2;
        QTest::newRow("bad report") << QStringList{u"why"_s, u"--report"_s, u"r.doc"_s, u"http://a/"_s} << 2;
        QTest::newRow("bad now") << QStringList{u"why"_s, u"--now"_s, u"yesterday"_s, u"http://a/"_s} << 2;
        QTest::newRow("bad port") << QStringList{u"practice"_s, u"--port"_s, u"99999"_s} << 2;
        QTest::newRow("no such recording") << QStringList{u"why"_s, u"session.har#2"_s} << 1;
        QTest::newRow("no such recording, as an option") << QStringList{u"why"_s, u"--har"_s, u"session.har"_s} << 1;
        QTest::newRow("a recording can't be sent") << QStringList{u"send"_s, u"session.har"_s} << 1;
        QTest::newRow("a recording that is none") << QStringList{u"why"_s, u"--har"_s, QStringLiteral(REALMSCOPE_SOURCE_DIR "/README.md")} << 1;
        QTest::newRow("no such entry") << QStringList{u"why"_s, harFile(u"firefox.har"_s) + u"#2"_s} << 2;
        QTest::newRow("an entry that is no number") << QStringList{u"why"_s, harFile(u"firefox.har"_s) + u"#last"_s} << 2;
        QTest::newRow("a recording and a URL") << QStringList{u"why"_s, u"--har"_s, harFile(u"firefox.har"_s), u"http://a/"_s} << 2;
        QTest::newRow("a recording and curl") << QStringList{u"why"_s, u"--har"_s, harFile(u"firefox.har"_s), u"curl"_s, u"http://a/"_s} << 2;
        QTest::newRow("no such log") << QStringList{u"why"_s, u"--log"_s, u"nothing.log"_s, u"http://127.0.0.1:1/"_s} << 1;
        QTest::newRow("no such file") << QStringList{u"send"_s, u"does-not-exist.http"_s} << 1;
        QTest::newRow("no such profile") << QStringList{u"send"_s, u"--workspace"_s, m_dir.path(), u"--profile"_s, u"nobody"_s, u"http://a/"_s} << 1;
        QTest::newRow("profile verb") << QStringList{u"profile"_s, u"frobnicate"_s} << 2;
        QTest::newRow("secret as argument") << QStringList{u"profile"_s, u"add"_s, u"x"_s, u"--workspace"_s, m_dir.path(), u"--scheme"_s, u"basic"_s,
                                                           u"--origin"_s, u"http://a"_s, u"--field"_s, u"password=x"_s} << 2;
        QTest::newRow("decode with arguments") << QStringList{u"decode"_s, u"token"_s} << 2;
    }
    void usage()
    {
        QFETCH(QStringList, arguments);
        const Ran ran = run(arguments);
        QTEST(ran.status, "status");
        QVERIFY(ran.out.isEmpty());
        QVERIFY2(ran.err.startsWith("realmscope-cli: "), ran.err.constData());
        QCOMPARE(ran.err.count('\n'), 1); // one line
    }

    void help_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("program") << QStringList{u"--help"_s} << "practice"_ba;
        QTest::newRow("version") << QStringList{u"--version"_s} << QByteArray(REALMSCOPE_VERSION);
        for (const char *command : {"send", "why", "practice", "profile", "schemes", "decode"})
            QTest::newRow(command) << QStringList{QString::fromLatin1(command), u"--help"_s} << "Usage: realmscope-cli "_ba + command;
    }
    void help()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, part);
        const Ran ran = run(arguments);
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.contains(part));
        QVERIFY(ran.err.isEmpty());
    }

    void send()
    {
        const Ran ran = run({u"send"_s, u"curl"_s, u"-u"_s, u"alice:Quartz-58"_s, m_base + u"/locked-door"_s});
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.startsWith("HTTP/1.1 200 OK\n"));
        QVERIFY(ran.out.contains("Welcome, alice."));
        QVERIFY(!ran.out.contains("Quartz-58") && !ran.err.contains("Quartz-58"));
    }

    void sendBodyAlone()
    {
        const Ran ran = run({u"send"_s, u"--body"_s, u"-u"_s, u"alice:Quartz-58"_s, m_base + u"/locked-door"_s});
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.startsWith("<h1>"));
    }

    void refusedIsNotZero()
    {
        const Ran ran = run({u"send"_s, u"curl"_s, m_base + u"/locked-door"_s});
        QVERIFY(ran.status == 3 || ran.status == 4);
        QVERIFY(ran.out.startsWith("HTTP/1.1 401"));
    }

    void nobodyThere_data()
    {
        QTest::addColumn<QString>("command");
        QTest::newRow("send") << u"send"_s;
        QTest::newRow("why") << u"why"_s;
    }
    void nobodyThere()
    {
        QFETCH(QString, command);
        const Ran ran = run({command, u"curl"_s, u"http://127.0.0.1:1/"_s}); // tcpmux: nobody listens
        QCOMPARE(ran.status, 5);
        QVERIFY(ran.err.startsWith("realmscope-cli: "));
    }

    void templatesOfCurlAreLiteral()
    {
        const Ran ran = run({u"why"_s, u"--json"_s, u"curl"_s, u"-H"_s, u"Authorization: Bearer {{access_token}}"_s, m_base + u"/forgotten-variable"_s});
        const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
        QCOMPARE(json.value("schema"_L1).toString(), u"realmscope.diagnosis/1"_s);
        QCOMPARE(json.value("outcome"_L1).toObject().value("status"_L1).toInt(), 401);
    }

    void traceAsJson()
    {
        const Ran ran = run({u"send"_s, u"--json"_s, u"curl"_s, u"--digest"_s, u"-u"_s, u"nora:Violet-73"_s, m_base + u"/digest-password"_s});
        QCOMPARE(ran.status, 0);
        const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
        QCOMPARE(json.value("schema"_L1).toString(), u"realmscope.trace/1"_s);
        const QJsonArray exchanges = json.value("exchanges"_L1).toArray();
        QCOMPARE(exchanges.size(), 2);
        QCOMPARE(exchanges.at(0).toObject().value("role"_L1).toString(), u"challenge"_s);
        QCOMPARE(exchanges.at(1).toObject().value("role"_L1).toString(), u"final"_s);
        QVERIFY(!ran.out.contains("Violet-73"));
    }

    void httpFile()
    {
        write(u"api.http"_s, "@door = locked-door\n\n### One\n# @name open\nGET " + m_base.toUtf8() + "/{{door}}\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\n\n"
                             "### Two\n# @name shut\nGET " + m_base.toUtf8() + "/locked-door\n");
        const QString path = m_dir.filePath(u"api.http"_s);
        QCOMPARE(run({u"send"_s, path + u"#open"_s}).status, 0);
        QVERIFY(run({u"send"_s, path + u"#shut"_s}).status >= 3);
        const Ran missing = run({u"send"_s, path + u"#nope"_s});
        QCOMPARE(missing.status, 2);
        QVERIFY(missing.err.contains("open, shut"));
    }

    // {{login.response…}}: the other request of the file is sent first, and said so; its secrets are not printed.
    void answersOfOtherRequests()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QList<QByteArray> seen;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            while (QTcpSocket *socket = server.nextPendingConnection()) {
                connect(socket, &QTcpSocket::readyRead, socket, [socket, &seen] {
                    const QByteArray request = socket->readAll();
                    seen << request;
                    const bool isLogin = request.startsWith("POST /login");
                    const bool isKnown = request.contains("Authorization: Bearer Opal-7731-river\r\n") && request.contains("X-Id: 42\r\n");
                    const QByteArray body = isLogin ? "{\"access_token\": \"Opal-7731-river\", \"ids\": [{\"id\": 42}]}" : "{\"name\": \"alice\"}";
                    socket->write(QByteArray("HTTP/1.1 ") + (isLogin || isKnown ? "200 OK" : "401 Unauthorized") + "\r\nContent-Type: application/json\r\nContent-Length: "
                                  + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
                    socket->disconnectFromHost();
                });
            }
        });
        const QByteArray base = "http://127.0.0.1:" + QByteArray::number(server.serverPort());
        write(u"chain.http"_s, "### Log in\n# @name login\nPOST " + base + "/login\n\n### Me\n# @name me\nGET " + base
                                   + "/me\nAuthorization: Bearer {{login.response.body.$.access_token}}\nX-Id: {{login.response.body.$.ids[0].id}}\n\n"
                                     "### Wrong path\n# @name wrong\n# @ref login\nGET " + base + "/me?x={{login.response.body.$.nothing}}\n\n"
                                     "### Elsewhere\n# @name elsewhere\nGET " + base + "/me?x={{unsent.response.body.$.a}}\n");
        const QString path = m_dir.filePath(u"chain.http"_s);
        const Ran me = run({u"send"_s, path + u"#me"_s});
        QVERIFY2(me.status == 0, me.err.constData());
        QCOMPARE(seen.size(), 2);
        QVERIFY(seen.first().startsWith("POST /login"));
        QVERIFY2(me.err.contains("login is sent first"), me.err.constData());
        QVERIFY(me.out.contains("alice"));
        const Ran json = run({u"send"_s, u"--json"_s, path + u"#me"_s});
        QVERIFY(!json.out.contains("Opal-7731-river") && !json.err.contains("Opal-7731-river"));
        const Ran wrong = run({u"send"_s, path + u"#wrong"_s});
        QVERIFY(wrong.status != 0);
        QVERIFY2(wrong.err.contains("nothing"), wrong.err.constData());
        const Ran elsewhere = run({u"send"_s, path + u"#elsewhere"_s});
        QVERIFY(elsewhere.status != 0);
        QVERIFY2(elsewhere.err.contains("needs the answer of unsent") && elsewhere.err.contains("Send unsent first"), elsewhere.err.constData());
        const Ran why = run({u"why"_s, u"--probe"_s, u"none"_s, path + u"#me"_s});
        QVERIFY2(why.status == 0, why.err.constData());
    }

    // What a file asks for and is not done is said, line by line.
    void notesOfAFile()
    {
        write(u"notes.http"_s, "# @name noted\n# @loop for 3\nGET " + m_base.toUtf8() + "/\n\n> {% client.log(1) %}\n");
        const Ran ran = run({u"send"_s, m_dir.filePath(u"notes.http#noted"_s)});
        QVERIFY2(ran.err.contains("line 2: @loop") && ran.err.contains("line 5: a response handler"), ran.err.constData());
    }

    void profileGoesToTheKeychain()
    {
        MemoryStore keychain;
        const QStringList where{u"--workspace"_s, m_dir.filePath(u"ws"_s)};
        const QString origin = m_base;
        Ran ran = run(QStringList{u"profile"_s, u"add"_s, u"door"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, origin, u"--field"_s, u"username=alice"_s,
                                  u"--secret-stdin"_s} + where, "Quartz-58\n", &keychain);
        QVERIFY2(ran.status == 0, ran.err.constData());
        QFile file(m_dir.filePath(u"ws/profiles.json"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("Quartz-58"));

        QCOMPARE(run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_base + u"/locked-door"_s} + where, {}, &keychain).status, 0);
        // Another origin never gets it.
        const Ran elsewhere = run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_server.addresses().value(u"base2"_s) + u"/"_s} + where, {}, &keychain);
        QCOMPARE(elsewhere.status, 1);
        QVERIFY2(elsewhere.err.contains("may not be sent to"), elsewhere.err.constData());

        QCOMPARE(run(QStringList{u"profile"_s, u"test"_s, u"door"_s, m_base + u"/locked-door"_s} + where, {}, &keychain).status, 0);
        ran = run(QStringList{u"profile"_s, u"list"_s, u"--json"_s} + where, {}, &keychain);
        QCOMPARE(QJsonDocument::fromJson(ran.out).object().value("profiles"_L1).toArray().size(), 1);
        ran = run(QStringList{u"profile"_s, u"export"_s} + where, {}, &keychain);
        QVERIFY(ran.out.contains("\"door\"") && !ran.out.contains("Quartz-58"));
        write(u"exported.json"_s, ran.out);
        QCOMPARE(run(QStringList{u"profile"_s, u"import"_s, m_dir.filePath(u"exported.json"_s)} + where, {}, &keychain).status, 1); // there already
        QCOMPARE(run({u"profile"_s, u"import"_s, m_dir.filePath(u"exported.json"_s), u"--workspace"_s, m_dir.filePath(u"ws2"_s)}, {}, &keychain).status, 0);
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--secret-stdin"_s} + where, "wrong", &keychain).status, 0);
        QVERIFY(run(QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_base + u"/locked-door"_s} + where, {}, &keychain).status >= 3);
        QCOMPARE(run(QStringList{u"profile"_s, u"remove"_s, u"door"_s} + where, {}, &keychain).status, 0);
        QCOMPARE(run(QStringList{u"profile"_s, u"show"_s, u"door"_s} + where, {}, &keychain).status, 1);
    }

    void unknownSchemeIsToldFirst()
    {
        const Ran ran = run({u"profile"_s, u"add"_s, u"x"_s, u"--scheme"_s, u"nope"_s, u"--workspace"_s, m_dir.filePath(u"nope"_s)});
        QCOMPARE(ran.status, 2);
        QVERIFY2(ran.err.contains("\"nope\" is not known") && ran.err.contains("digest") && !ran.err.contains("origin"), ran.err.constData());
    }

    // curl asks for the password that -u leaves out.
    void passwordIsAskedFor()
    {
        QString question;
        const auto answer = [&question](const QString &asked) -> Result<Secret> {
            question = asked;
            return Secret::fromString(u"Quartz-58"_s);
        };
        const QStringList command{u"send"_s, u"curl"_s, u"-u"_s, u"alice"_s, m_base + u"/locked-door"_s};
        const Ran asked = run(command, {}, nullptr, answer);
        QVERIFY2(asked.status == 0, asked.err.constData());
        QVERIFY2(question.contains(u"alice"_s), qPrintable(question));
        QCOMPARE(run({u"send"_s, u"-u"_s, u"alice"_s, m_base + u"/locked-door"_s}, {}, nullptr, answer).status, 0);
        const Ran nobody = run(command);
        QCOMPARE(nobody.status, 2);
        QVERIFY2(nobody.err.contains("-u alice has no password"), nobody.err.constData());
        question.clear();
        QVERIFY(run({u"send"_s, u"curl"_s, u"-u"_s, u"alice:"_s, m_base + u"/locked-door"_s}, {}, nullptr, answer).status >= 3); // empty, and meant so
        QVERIFY(question.isEmpty());
    }

    // A login that fails is never taken for an answer of the API, whatever status its leg has.
    void failedLogins_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<QStringList>("fields");
        QTest::addColumn<QString>("cause"); // empty: none is named
        const auto json = [](const QByteArray &body) { return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body; };
        const QStringList direct{u"token-url={origin}/token"_s};
        const QStringList issuer{u"issuer={origin}"_s};
        const QString noToken = u"oauth-response-not-a-token"_s;
        QTest::newRow("token is a number") << json("{\"access_token\":12345,\"token_type\":\"Bearer\"}") << direct << noToken;
        QTest::newRow("token with a line end") << json("{\"access_token\":\"a\\r\\nb\",\"token_type\":\"Bearer\"}") << direct << noToken;
        QTest::newRow("another type of token") << json("{\"access_token\":\"abc\",\"token_type\":\"mac\"}") << direct << noToken;
        QTest::newRow("no token") << json("{}") << direct << noToken;
        QTest::newRow("a page") << "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Welcome</title></html>"_ba << direct << noToken;
        QTest::newRow("a redirect") << "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n"_ba << direct << noToken;
        QTest::newRow("an error with status 200") << json("{\"error\":\"invalid_client\"}") << direct << u"oauth-invalid-client"_s;
        QTest::newRow("an error") << "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{\"error\":\"invalid_client\"}"_ba << direct << u"oauth-invalid-client"_s;
        QTest::newRow("metadata of another issuer") << QByteArray() << issuer << QString();
    }
    void failedLogins()
    {
        QFETCH(QByteArray, token);
        QFETCH(QStringList, fields);
        QFETCH(QString, cause);
        AnsweringServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        server.answers["/token"] = token;
        const QByteArray metadata = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"issuer\":\"https://other.example\",\"token_endpoint\":\"{origin}/token\"}";
        server.answers["/.well-known/openid-configuration"] = metadata;
        server.answers["/.well-known/oauth-authorization-server"] = metadata;
        const QTemporaryDir folder;
        MemoryStore keychain;
        QStringList add{u"profile"_s, u"add"_s, u"api"_s, u"--workspace"_s, folder.path(), u"--scheme"_s, u"oauth2"_s, u"--origin"_s, server.origin(),
                        u"--field"_s, u"grant=client_credentials"_s, u"--field"_s, u"client-id=x"_s, u"--secret-stdin"_s, u"--secret-field"_s, u"client-secret"_s};
        for (QString field : fields)
            add << u"--field"_s << field.replace(u"{origin}"_s, server.origin());
        const Ran added = run(add, "s3cr3t-s3cr3t", &keychain);
        QVERIFY2(added.status == 0, added.err.constData());
        const QStringList where{u"--workspace"_s, folder.path(), u"--profile"_s, u"api"_s, server.origin() + u"/api"_s};
        const Ran body = run(QStringList{u"send"_s, u"--body"_s} + where, {}, &keychain);
        QVERIFY2(body.status == 3 || body.status == 4, (body.out + body.err).constData());
        QVERIFY2(body.out.isEmpty(), body.out.constData());
        QVERIFY(!body.err.isEmpty());
        const Ran why = run(QStringList{u"why"_s, u"--json"_s, u"--probe"_s, u"none"_s} + where, {}, &keychain);
        QVERIFY(why.status == 3 || why.status == 4);
        const QJsonObject json = QJsonDocument::fromJson(why.out).object();
        QVERIFY(json.value("outcome"_L1).toObject().value("kind"_L1).toString() != u"accepted"_s);
        QVERIFY2(!json.value("summary"_L1).toString().startsWith(u"The server accepted"_s), qPrintable(json.value("summary"_L1).toString()));
        QCOMPARE(json.value("findings"_L1).toArray().first().toObject().value("cause"_L1).toString(), cause);
        QVERIFY(run({u"profile"_s, u"test"_s, u"--workspace"_s, folder.path(), u"api"_s, server.origin() + u"/api"_s}, {}, &keychain).status >= 3);
        QVERIFY(!server.paths.contains("/api")); // nothing was sent there
    }

    void nothingIsSentWithoutAConnection()
    {
        QTcpServer closed; // a port that nobody listens on
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const QString url = u"http://127.0.0.1:%1/"_s.arg(closed.serverPort());
        closed.close();
        const Ran ran = run({u"why"_s, u"--json"_s, u"curl"_s, u"-u"_s, u"alice:Sandpaper-77"_s, url});
        QCOMPARE(ran.status, 5);
        QVERIFY2(!ran.out.contains("was sent to"), ran.out.constData());
    }

    // A secret that stays where it is: in a variable, a file, or what a command prints.
    void secretsKeptElsewhere()
    {
        MemoryStore keychain;
        qputenv("REALMSCOPE_TEST_DOOR", "Quartz-58");
        const QStringList where{u"--workspace"_s, m_dir.filePath(u"elsewhere"_s)};
        const QStringList add{u"profile"_s, u"add"_s, u"door"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, m_base, u"--field"_s, u"username=alice"_s};
        Ran ran = run(add + QStringList{u"--secret-ref"_s, u"password=env:REALMSCOPE_TEST_DOOR"_s} + where, {}, &keychain);
        QVERIFY2(ran.status == 0, ran.err.constData());
        ran = run(QStringList{u"profile"_s, u"show"_s, u"door"_s} + where, {}, &keychain);
        QVERIFY2(ran.out.contains("password (fetched from env:REALMSCOPE_TEST_DOOR)"), ran.out.constData());
        const QStringList send = QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_base + u"/locked-door"_s} + where;
        ran = run(send, {}, &keychain);
        QVERIFY2(ran.status == 0, ran.err.constData());
        QVERIFY(!ran.out.contains("Quartz-58") && !ran.err.contains("Quartz-58"));
        for (const QString &reference : {u"file:%1"_s.arg(m_dir.filePath(u"door.json"_s)) + u"#door.password"_s, u"command:printf Quartz-58"_s, u"file:../door.json#door.password"_s}) {
            write(u"door.json"_s, R"({"door": {"password": "Quartz-58"}})");
            QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--secret-ref"_s, u"password="_s + reference} + where, {}, &keychain).status, 0);
            ran = run(send, {}, &keychain);
            QVERIFY2(ran.status == 0, (reference.toUtf8() + ": " + ran.err).constData());
        }
        // Nothing of it is in a file of ours or in the keychain.
        QFile profiles(m_dir.filePath(u"elsewhere/profiles.json"_s));
        QVERIFY(profiles.open(QIODevice::ReadOnly));
        QVERIFY(!profiles.readAll().contains("Quartz-58"));
        // What is there no more is told with the profile's and the field's name.
        QFile::remove(m_dir.filePath(u"door.json"_s));
        ran = run(send, {}, &keychain);
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.err.contains("door") && ran.err.contains("Password") && ran.err.contains("there is no file"), ran.err.constData());
        // From the keychain to elsewhere: no copy stays behind. And back.
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--secret-stdin"_s} + where, "Quartz-58", &keychain).status, 0);
        QCOMPARE(run(send, {}, &keychain).status, 0);
        ProfileStore store(profiles.fileName());
        QVERIFY(store.load());
        const QString key = store.profiles().first().secretKey(u"password"_s);
        const auto isKept = [&] {
            std::optional<bool> kept;
            QObject context;
            keychain.read(key, &context, [&kept](const Result<Secret> &secret) { kept = bool(secret); });
            return QTest::qWaitFor([&kept] { return kept.has_value(); }) && *kept;
        };
        QVERIFY(isKept());
        QCOMPARE(run(QStringList{u"profile"_s, u"set"_s, u"door"_s, u"--secret-ref"_s, u"password=env:REALMSCOPE_TEST_DOOR"_s} + where, {}, &keychain).status, 0);
        QVERIFY(!isKept());
    }
    void badReferences_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no =") << u"password"_s << "has no ="_ba;
        QTest::newRow("no secret field") << u"username=env:A"_s << "no secret field"_ba;
        QTest::newRow("no kind") << u"password=A"_s << "is no reference"_ba;
        QTest::newRow("relative program") << u"password=command:./x"_s << "relative"_ba;
    }
    void badReferences()
    {
        QFETCH(QString, reference);
        QFETCH(QByteArray, says);
        const Ran ran = run({u"profile"_s, u"add"_s, u"bad"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, m_base, u"--field"_s, u"username=a"_s, u"--secret-ref"_s, reference,
                             u"--workspace"_s, m_dir.filePath(u"bad"_s)});
        QCOMPARE(ran.status, 2);
        QVERIFY2(ran.err.contains(says), ran.err.constData());
    }

    // What somebody else wrote into profiles.json is not used before it was approved here.
    void changedByAnother()
    {
        MemoryStore keychain;
        const QString folder = m_dir.filePath(u"shared"_s);
        const QStringList where{u"--workspace"_s, folder};
        QCOMPARE(run(QStringList{u"profile"_s, u"add"_s, u"door"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, u"http://127.0.0.1:1"_s, u"--field"_s, u"username=alice"_s,
                                 u"--secret-stdin"_s} + where, "Quartz-58", &keychain).status, 0);
        QFile file(folder + u"/profiles.json"_s);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray changed = file.readAll().replace("http://127.0.0.1:1", m_base.toUtf8());
        file.resize(0);
        file.seek(0);
        file.write(changed);
        file.close();
        const QStringList send = QStringList{u"send"_s, u"--profile"_s, u"door"_s, m_base + u"/locked-door"_s} + where;
        Ran ran = run(send, {}, &keychain);
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.err.contains("not approved") && ran.err.contains("profile approve door"), ran.err.constData());
        QVERIFY(run(QStringList{u"profile"_s, u"list"_s} + where, {}, &keychain).out.contains("not approved"));
        ran = run(QStringList{u"profile"_s, u"approve"_s, u"door"_s} + where, {}, &keychain);
        QCOMPARE(ran.status, 0);
        QVERIFY2(ran.out.contains(m_base.toUtf8()), ran.out.constData()); // what was agreed to
        ran = run(send, {}, &keychain);
        QVERIFY2(ran.status == 0, ran.err.constData());
        // What other programs keep: the secret goes to the keychain, and is shown nowhere.
        QFile netrc(m_dir.filePath(u"a.netrc"_s));
        QVERIFY(netrc.open(QIODevice::WriteOnly));
        netrc.write("machine api.example.com login carol password Opal-73-river\n");
        netrc.close();
        const Ran imported = run(QStringList{u"profile"_s, u"import"_s, netrc.fileName()} + where, {}, &keychain);
        QCOMPARE(imported.status, 0);
        QVERIFY2(imported.out.contains("carol at api.example.com (basic), from a .netrc file"), imported.out.constData());
        QVERIFY(!imported.out.contains("Opal-73-river") && !imported.err.contains("Opal-73-river"));
        const Ran shown = run(QStringList{u"profile"_s, u"show"_s, u"carol at api.example.com"_s} + where, {}, &keychain);
        QVERIFY2(shown.out.contains("https://api.example.com") && shown.out.contains("secret   password (in the keychain)"), shown.out.constData());
        QCOMPARE(run(QStringList{u"profile"_s, u"import"_s, netrc.fileName()} + where, {}, &keychain).status, 1); // there already
        // A file that is imported says nothing about the secrets of this computer.
        QVERIFY(QFile::copy(file.fileName(), m_dir.filePath(u"import.json"_s)));
        QCOMPARE(run(QStringList{u"profile"_s, u"import"_s, u"--replace"_s, m_dir.filePath(u"import.json"_s)} + where, {}, &keychain).status, 0);
        QCOMPARE(run(send, {}, &keychain).status, 1);
    }

    void noKeychainSavesNothing()
    {
        NoStore keychain;
        const QString folder = m_dir.filePath(u"none"_s);
        const Ran ran = run({u"profile"_s, u"add"_s, u"x"_s, u"--scheme"_s, u"basic"_s, u"--origin"_s, u"http://a"_s, u"--field"_s, u"username=a"_s,
                             u"--secret-stdin"_s, u"--workspace"_s, folder}, "pw", &keychain);
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.err.contains("keychain") && ran.err.contains("Nothing was saved"), ran.err.constData());
        QVERIFY(!QFile::exists(folder + u"/profiles.json"_s));
    }

    void report()
    {
        const QString path = m_dir.filePath(u"report.md"_s);
        const Ran ran = run({u"why"_s, u"--report"_s, path, u"curl"_s, u"-u"_s, u"alice:Sandpaper-77"_s, m_base + u"/locked-door"_s});
        QVERIFY(ran.status == 3 || ran.status == 4);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(!text.isEmpty());
        QVERIFY(!text.contains("Sandpaper") && !text.contains(QByteArray("alice:Sandpaper-77").toBase64()));
        QVERIFY(!ran.out.contains("Sandpaper") && !ran.err.contains("Sandpaper"));
    }

    // What is saved with the secrets in it is diagnosed offline like the request itself; masked, it holds none.
    void recordingOfARequest()
    {
        const QStringList words{u"curl"_s, u"-u"_s, u"alice:Sandpaper-77"_s, m_base + u"/locked-door"_s};
        const QString whole = m_dir.filePath(u"whole.har"_s);
        const Ran sent = run(QStringList{u"send"_s, u"--reveal"_s, u"--save-har"_s, whole} + words);
        QVERIFY(sent.status == 3 || sent.status == 4);
        QCOMPARE(QFile::permissions(whole) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const auto causeOf = [this](const QStringList &arguments) {
            const Ran ran = run(QStringList{u"why"_s, u"--json"_s} + arguments);
            return QJsonDocument::fromJson(ran.out).object().value("findings"_L1).toArray().first().toObject().value("cause"_L1).toString();
        };
        const QString live = causeOf(QStringList{u"--probe"_s, u"none"_s} + words);
        QVERIFY(!live.isEmpty());
        QCOMPARE(causeOf({u"--har"_s, whole}), live);

        const QString masked = m_dir.filePath(u"masked.har"_s);
        run(QStringList{u"send"_s, u"--save-har"_s, masked} + words);
        const QString report = m_dir.filePath(u"report.har"_s);
        run(QStringList{u"why"_s, u"--report"_s, report} + words);
        for (const QString &path : {masked, report}) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray text = file.readAll();
            QVERIFY(text.contains("\"entries\""));
            QVERIFY(!text.contains("Sandpaper") && !text.contains(QByteArray("alice:Sandpaper-77").toBase64()));
        }
        QCOMPARE(run(QStringList{u"send"_s, u"--save-har"_s, m_dir.filePath(u"nowhere/a.har"_s)} + words).status, 1);
    }

    // A page that holds everything and can't run or load anything.
    void reportAsHtml()
    {
        const QString path = m_dir.filePath(u"report.html"_s);
        const Ran ran = run({u"why"_s, u"--report"_s, path, u"curl"_s, u"-u"_s, u"alice:Sandpaper-77"_s, m_base + u"/locked-door?<script>alert(1)</script>"_s});
        QVERIFY(ran.status == 3 || ran.status == 4);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.startsWith("<!DOCTYPE html>") && text.contains("<h2>Checklist</h2>") && text.contains("default-src 'none'"));
        QVERIFY(!text.contains("Sandpaper") && !text.contains(QByteArray("alice:Sandpaper-77").toBase64()));
        for (const char *loads : {"<script", "src=", "<link", "url(", "<img", "<iframe", "href="})
            QVERIFY2(!text.contains(loads), loads);
    }

    void recordings_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<int>("entry");
        // What Chromium removed may have been there, so nothing is proven.
        QTest::newRow("Chromium, sanitised") << u"chrome-sanitized.har"_s << u"no-credentials-sent"_s << u"likely"_s << 1;
        QTest::newRow("Chromium, with sensitive data") << u"chrome-sensitive.har"_s << u"token-expired"_s << u"proven"_s << 1;
        QTest::newRow("Firefox, a redirect") << u"firefox.har"_s << u"redirect-dropped-credentials"_s << u"proven"_s << 1;
        QTest::newRow("Charles, a line feed in the password") << u"charles.har"_s << u"stray-whitespace"_s << u"proven"_s << 0;
        QTest::newRow("mitmproxy, Digest") << u"mitmproxy.har"_s << u"credentials-rejected"_s << u"likely"_s << 1;
    }
    void recordings()
    {
        QFETCH(QString, file);
        const Ran ran = run({u"why"_s, u"--json"_s, u"--har"_s, harFile(file)});
        QVERIFY(ran.status == 3 || ran.status == 4);
        QVERIFY2(ran.err.isEmpty(), ran.err.constData());
        const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
        const QJsonObject first = json.value("findings"_L1).toArray().at(0).toObject();
        QTEST(first.value("cause"_L1).toString(), "cause");
        QTEST(first.value("verdict"_L1).toString(), "verdict");
        const QJsonObject recording = json.value("recording"_L1).toObject();
        QTEST(recording.value("entry"_L1).toInt(), "entry");
        QVERIFY(recording.value("limits"_L1).toArray().size() >= 2);
        QVERIFY(json.value("probes"_L1).toArray().isEmpty());
        QVERIFY(!ran.out.contains("Hedge-17") && !ran.out.contains("YW5uOkhlZGdlLTE3"));
    }

    void aRecordingSaysWhatItCannotTell()
    {
        const Ran ran = run({u"why"_s, harFile(u"chrome-sanitized.har"_s)});
        QVERIFY(ran.out.contains("What the recording cannot tell"));
        QVERIFY(ran.out.contains("log.entries[1] of 2"));
        QCOMPARE(run({u"why"_s, harFile(u"chrome-sanitized.har"_s) + u"#0"_s}).status, 0); // the page itself was accepted
    }

    // The practice range writes no log, so this test writes the line that nginx would have written.
    void aLogSettlesIt()
    {
        write(u"other.log"_s, "127.0.0.1 - - [24/Nov/2020:14:20:00 +0000] \"GET /locked-door HTTP/1.1\" 401 1\n");
        const QByteArray now = QDateTime::currentDateTimeUtc().toString(u"yyyy/MM/dd HH:mm:ss"_s).toLatin1();
        write(u"error.log"_s, now + " [error] 12#12: *7 user \"alice\": password mismatch, client: 127.0.0.1, server: _, request: \"GET /locked-door HTTP/1.1\", host: \"" + m_base.mid(7).toLatin1() + "\"\n");
        const Ran ran = run({u"why"_s, u"--json"_s, u"--probe"_s, u"none"_s, u"--log"_s, m_dir.filePath(u"other.log"_s), u"--log"_s, m_dir.filePath(u"error.log"_s), u"curl"_s,
                             u"-u"_s, u"alice:Sandpaper-77"_s, m_base + u"/locked-door"_s});
        const QJsonObject json = QJsonDocument::fromJson(ran.out).object();
        const QJsonObject first = json.value("findings"_L1).toArray().at(0).toObject();
        QCOMPARE(first.value("cause"_L1).toString(), u"credentials-rejected"_s);
        QCOMPARE(first.value("verdict"_L1).toString(), u"proven"_s);
        const QJsonArray logs = json.value("logs"_L1).toArray();
        QCOMPARE(logs.at(0).toObject().value("matches"_L1).toArray().size(), 0);
        QVERIFY(!logs.at(0).toObject().value("note"_L1).toString().isEmpty());
        QCOMPARE(logs.at(1).toObject().value("matches"_L1).toArray().size(), 1);
    }

    void lists()
    {
        const Ran rooms = run({u"practice"_s, u"--list"_s, u"--json"_s});
        QCOMPARE(rooms.status, 0);
        const QJsonObject json = QJsonDocument::fromJson(rooms.out).object();
        QCOMPARE(json.value("schema"_L1).toString(), u"realmscope.rooms/1"_s);
        QVERIFY(json.value("rooms"_L1).toArray().size() > 10);
        QVERIFY(rooms.out.contains("{base}/locked-door"));
        const QJsonArray schemes = QJsonDocument::fromJson(run({u"schemes"_s, u"--json"_s}).out).object().value("schemes"_L1).toArray();
        QStringList ids;
        for (const QJsonValue &scheme : schemes)
            ids << scheme.toObject().value("id"_L1).toString();
        for (const char *id : {"none", "basic", "bearer", "api-key", "digest", "negotiate", "ntlm", "any", "oauth2", "dpop", "aws-sigv4", "oauth1", "hawk", "jwt",
                               "http-signature", "cavage", "edgegrid", "asap", "vapid", "wsse"})
            QVERIFY(ids.contains(QLatin1StringView(id)));
    }

    // The part above "Beside other clients" is written again with: realmscope-cli schemes --markdown
    void schemesDocumentIsCurrent()
    {
        QFile file(QStringLiteral(REALMSCOPE_SOURCE_DIR) + u"/docs/SCHEMES.md"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QCOMPARE(run({u"schemes"_s, u"--markdown"_s}).out, text.first(text.indexOf("\n## Beside other clients")));
    }

    void decode()
    {
        // RFC 7617 section 2.
        const Ran ran = run({u"decode"_s}, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n");
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.contains("Aladdin"));
        QVERIFY(!ran.out.contains("sesame"));
        QCOMPARE(run({u"decode"_s}, "\n").status, 1);
    }

    // RFC 7515 section A.3: token and key.
    void decodeOfSignedContent_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("shows");
        QTest::newRow("RFC 8037 appendix A.4: no JSON") << "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                                                           "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"_ba
                                                        << "Example of Ed25519 signing"_ba;
        QTest::newRow("RFC 7515 appendix A.7: JSON form") << "{\"payload\":\"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\","
                                                             "\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"header\":{\"kid\":\"e9bc097a-ce51-4036-9562-d2ade882db0d\"},"
                                                             "\"signature\":\"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q\"}"_ba
                                                          << "joe"_ba;
    }
    void decodeOfSignedContent()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, shows);
        const Ran ran = run({u"decode"_s}, text + '\n');
        QCOMPARE(ran.status, 0);
        QVERIFY2(ran.out.contains(shows) && !ran.out.contains("opaque"), ran.out.constData());
    }

    void decodeVerifies_data()
    {
        QTest::addColumn<QStringList>("arguments"); // key.json, set.json and other.json are files
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("says");
        QTest::newRow("not asked for") << QStringList{} << 0 << u"(not verified)"_s;
        QTest::newRow("the key") << QStringList{u"--key"_s, u"key.json"_s} << 0 << u"(right, by the key of "_s;
        QTest::newRow("a set") << QStringList{u"--jwks"_s, u"set.json"_s} << 0 << u"(right, by the key a3 of "_s;
        QTest::newRow("another key") << QStringList{u"--key"_s, u"other.json"_s} << 0 << u"The signature does not belong to this token and key."_s;
        QTest::newRow("no set there") << QStringList{u"--jwks"_s, u"none.json"_s} << 1 << u"there is no JWK or JWK Set at"_s;
        QTest::newRow("no such file") << QStringList{u"--jwks"_s, u"absent.json"_s} << 1 << u"the file of keys can't be read"_s;
        QTest::newRow("the issuer has no address") << QStringList{u"--discover"_s} << 1 << u"the token names no issuer that has an address"_s;
        QTest::newRow("two at once") << QStringList{u"--discover"_s, u"--key"_s, u"key.json"_s} << 2 << u"each say where the keys are"_s;
    }
    void decodeVerifies()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, says);
        const QByteArray key = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"";
        write(u"key.json"_s, key + '}');
        write(u"set.json"_s, "{\"keys\":[{\"kty\":\"RSA\"}," + key + ",\"kid\":\"a3\"}]}");
        // The key of RFC 7517 section A.1.
        write(u"other.json"_s, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}");
        write(u"none.json"_s, "[]");
        for (QString &word : arguments) {
            if (word.endsWith(".json"_L1))
                word = m_dir.filePath(word);
        }
        const Ran ran = run(QStringList{u"decode"_s} + arguments, "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                                                                  "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q\n");
        QCOMPARE(ran.status, status);
        QVERIFY2((ran.out + ran.err).contains(says.toUtf8()), (ran.out + ran.err).constData());
    }

    void waitsForAChallengeThatDoesNotCome()
    {
        // warm-up asks for Basic.
        const Ran ran = run({u"why"_s, u"--json"_s, u"--probe"_s, u"none"_s, u"curl"_s, u"-u"_s, u"demo:Linden-12"_s, u"--digest"_s, m_base + u"/warm-up"_s});
        QCOMPARE(ran.status, 3);
        const QJsonObject first = QJsonDocument::fromJson(ran.out).object().value("findings"_L1).toArray().first().toObject();
        QCOMPARE(first.value("cause"_L1).toString(), u"wrong-scheme"_s);
        QCOMPARE(first.value("verdict"_L1).toString(), u"proven"_s);
    }

    void halfAChallengeIsNoCause()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&server] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->readAll();
                socket->write("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bear");
                socket->disconnectFromHost();
            });
        });
        const Ran ran = run({u"why"_s, u"--json"_s, u"--probe"_s, u"none"_s, u"curl"_s, u"-H"_s, u"Authorization: Bearer abcdefgh"_s,
                             u"http://127.0.0.1:%1/"_s.arg(server.serverPort())});
        QVERIFY2(ran.err.startsWith("realmscope-cli: "), ran.err.constData()); // that the answer is not whole
        for (const QJsonValue &finding : QJsonDocument::fromJson(ran.out).object().value("findings"_L1).toArray()) {
            QVERIFY(finding.toObject().value("cause"_L1).toString() != "wrong-scheme"_L1);
            QVERIFY(finding.toObject().value("cause"_L1).toString() != "missing-challenge"_L1);
        }
    }

    void rotatedRefreshTokenIsKept()
    {
        RotatingServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const QString base = u"http://127.0.0.1:%1"_s.arg(server.serverPort());
        QTemporaryDir folder;
        MemoryStore keychain;
        const Ran added = run({u"profile"_s, u"add"_s, u"api"_s, u"--workspace"_s, folder.path(), u"--scheme"_s, u"oauth2"_s, u"--origin"_s, base,
                               u"--field"_s, u"grant=refresh_token"_s, u"--field"_s, u"token-url="_s + base + u"/token"_s, u"--field"_s, u"client-id=x"_s,
                               u"--field"_s, u"client-auth=none"_s, u"--secret-stdin"_s, u"--secret-field"_s, u"refresh-token"_s},
                              "r-1", &keychain);
        QVERIFY2(added.status == 0, added.err.constData());
        for (int i = 0; i < 2; ++i) {
            const Ran ran = run({u"send"_s, u"--workspace"_s, folder.path(), u"--profile"_s, u"api"_s, base + u"/things"_s}, {}, &keychain);
            QVERIFY2(ran.status == 0, (ran.out + ran.err).constData());
        }
        QCOMPARE(server.used, (QByteArrayList{"r-1", "r-2"}));

        // Given back (RFC 7009 section 2.1), and out of the keychain.
        const Ran nowhere = run({u"profile"_s, u"revoke"_s, u"--workspace"_s, folder.path(), u"api"_s}, {}, &keychain);
        QCOMPARE(nowhere.status, 1);
        QVERIFY2(nowhere.err.contains("names neither an issuer nor a revocation URL"), nowhere.err.constData());
        QCOMPARE(run({u"profile"_s, u"set"_s, u"api"_s, u"--workspace"_s, folder.path(), u"--field"_s, u"revocation-url="_s + base + u"/revoke"_s}, {}, &keychain).status, 0);
        const Ran gone = run({u"profile"_s, u"revoke"_s, u"--workspace"_s, folder.path(), u"api"_s}, {}, &keychain);
        QVERIFY2(gone.status == 0 && gone.out.contains("the refresh token of api: revoked, and removed from the keychain"), (gone.out + gone.err).constData());
        QCOMPARE(server.revoked, QByteArrayList{"token=r-3&token_type_hint=refresh_token&client_id=x"});
        QVERIFY(!(gone.out + gone.err).contains("r-3"));
        const Ran again = run({u"profile"_s, u"revoke"_s, u"--workspace"_s, folder.path(), u"api"_s}, {}, &keychain);
        QVERIFY2(again.status == 1 && again.err.contains("has no token that could be revoked"), again.err.constData());
    }

private:
    struct Ran
    {
        int status = -1;
        QByteArray out;
        QByteArray err;
    };

    Ran run(const QStringList &arguments, const QByteArray &input = {}, SecretStore *keychain = nullptr,
            const std::function<Result<Secret>(const QString &)> &askSecret = {})
    {
        Ran ran;
        std::optional<int> status;
        CliStreams streams;
        streams.out = [&](const QByteArray &bytes) { ran.out += bytes; };
        streams.err = [&](const QByteArray &bytes) { ran.err += bytes; };
        streams.readStandardInput = [&] { return input; };
        streams.keychain = keychain;
        streams.askSecret = askSecret;
        runCli(arguments, streams, [&](int code) { status = code; });
        if (!QTest::qWaitFor([&] { return status.has_value(); }, 30'000))
            qFatal("the command does not end");
        ran.status = *status;
        return ran;
    }

    static QString harFile(const QString &name) { return QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/interop/har/") + name; }

    void write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    QTemporaryDir m_dir;
    SystemClock m_clock;
    SystemRandom m_random;
    PracticeServer m_server{m_clock, m_random};
    QString m_base;
};

QTEST_GUILESS_MAIN(CliTest)
#include "tst_cli.moc"
