// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Knowledge.h"
#include "app/diagnosis/rules/Rule.h"
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

Trace traceOf(const QByteArray &request, const QByteArray &response)
{
    Trace trace;
    trace.exchanges.append(makeExchange(request, response));
    return trace;
}

DiagnosisContext contextOf()
{
    DiagnosisContext context;
    context.nowMs = fixtureNow * 1000;
    return context;
}

QStringList causes()
{
    QStringList ids;
    for (const Rule &rule : allRules())
        ids.append(rule.id);
    // Causes of the public list without a rule of their own may be named as well.
    QFile list(QStringLiteral(REALMSCOPE_SOURCE_DIR "/docs/CAUSES.md"));
    if (list.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = list.readAll().split('\n');
        for (const QByteArray &line : lines) {
            if (line.startsWith("| ") && line.count('|') >= 3)
                ids.append(QString::fromUtf8(line.mid(2, line.indexOf(" |", 2) - 2)));
        }
    }
    return ids;
}

constexpr auto plainRequest = "GET /me HTTP/1.1\nHost: api.example\nAuthorization: Bearer {jwt:{\"sub\":\"ann\",\"exp\":1895530000}}\n\n";

} // namespace

class KnowledgeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFileIsInOrder_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const auto &[name, bytes] : knowledgeFiles())
            QTest::newRow(qPrintable(name)) << bytes;
    }
    void everyFileIsInOrder()
    {
        QFETCH(QByteArray, json);
        const QStringList problems = knowledgeProblems(json, causes());
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    }

    void allFilesOfTheFolderAreBuiltIn()
    {
        const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/resources/knowledge"));
        QStringList names;
        for (const auto &[name, bytes] : knowledgeFiles())
            names.append(name);
        QCOMPARE(names, dir.entryList({u"*.json"_s}, QDir::Files, QDir::Name));
        QVERIFY(names.size() >= 30);
    }

    void theValidatorFindsMistakes_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("problem");
        const QByteArray head = "{\"schema\":\"realmscope.knowledge/1\",\"id\":\"v\",\"name\":\"V\",\"reviewed\":\"2026-11-24\",\"recognise\":[{\"header\":\"X-V\"}],\"entries\":[";
        const auto entry = [](const QByteArray &changed) {
            return "{\"id\":\"a\",\"cause\":\"token-expired\",\"meaning\":\"m\",\"fix\":\"f\",\"link\":\"https://v.example/\"," + changed + "}]}";
        };
        QTest::newRow("no JSON") << "{"_ba << u"no JSON object"_s;
        QTest::newRow("another schema") << "{\"schema\":\"x\",\"reviewed\":\"2026-11-24\"}"_ba << u"schema"_s;
        QTest::newRow("no date") << head.mid(0).replace("2026-11-24", "soon") + entry("\"when\":{\"text\":\"x\"}") << u"reviewed"_s;
        QTest::newRow("nothing to match") << head + entry("\"when\":{\"status\":[401]}") << u"needs header"_s;
        QTest::newRow("a broken pattern") << head + entry("\"when\":{\"text\":\"(\"}") << u"not a pattern"_s;
        QTest::newRow("an unknown condition") << head + entry("\"when\":{\"text\":\"x\",\"colour\":\"red\"}") << u"no member colour"_s;
        QTest::newRow("an unknown cause") << head + QByteArray("{\"id\":\"a\",\"cause\":\"bad-luck\",\"meaning\":\"m\",\"fix\":\"f\",\"link\":\"https://v.example/\",\"when\":{\"text\":\"x\"}}]}") << u"bad-luck"_s;
        QTest::newRow("a link that is no https") << head + QByteArray("{\"id\":\"a\",\"cause\":\"token-expired\",\"meaning\":\"m\",\"fix\":\"f\",\"link\":\"http://v.example/\",\"when\":{\"text\":\"x\"}}]}") << u"https"_s;
        QTest::newRow("an id twice") << head + entry("\"when\":{\"text\":\"x\"}").chopped(2) + ',' + entry("\"when\":{\"text\":\"y\"}") << u"twice"_s;
    }
    void theValidatorFindsMistakes()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, problem);
        const QString problems = knowledgeProblems(json, causes()).join(u'\n');
        QVERIFY2(problems.contains(problem), qPrintable(problems));
    }

    // Answers as the vendors document them.
    void vendors_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("cause");
        const QByteArray request = plainRequest;
        const auto json = [](const QByteArray &status, const QByteArray &headers, const QByteArray &body) {
            return "HTTP/1.1 " + status + "\nContent-Type: application/json\n" + headers + "\n" + body;
        };
        QTest::newRow("GitHub, bad credentials") << request << json("401 Unauthorized", "X-GitHub-Request-Id: AB:CD\n", "{\"message\":\"Bad credentials\"}") << u"github-bad-credentials"_s << u"credentials-rejected"_s;
        QTest::newRow("GitHub, limit") << request << json("403 Forbidden", "X-GitHub-Request-Id: AB:CD\nX-RateLimit-Remaining: 0\n", "{\"message\":\"API rate limit exceeded for user ID 1.\"}") << u"github-rate-limit"_s << u"rate-limited"_s;
        QTest::newRow("GitLab, scope in the body") << request << json("403 Forbidden", "X-Gitlab-Meta: {}\n", "{\"error\":\"insufficient_scope\",\"scope\":\"api\"}") << u"gitlab-scope"_s << u"insufficient-scope"_s;
        QTest::newRow("Google, scope") << request << json("403 Forbidden", "", "{\"error\":{\"code\":403,\"status\":\"PERMISSION_DENIED\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"ACCESS_TOKEN_SCOPE_INSUFFICIENT\"}]}}") << u"google-scope"_s << u"insufficient-scope"_s;
        QTest::newRow("Entra, secret id in place of its value") << "POST /t/oauth2/v2.0/token HTTP/1.1\nHost: login.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_id=a&client_secret=b1b1"_ba
            << json("401 Unauthorized", "", "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided.\"}") << u"aadsts7000215"_s << u"oauth-invalid-client"_s;
        QTest::newRow("ASP.NET, audience") << request << "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"IDX10214: Audience validation failed.\"\n\n"_ba << u"idx10214"_s << u"token-wrong-audience"_s;
        QTest::newRow("API Gateway, no route") << request << json("403 Forbidden", "x-amzn-RequestId: 1\nx-amzn-ErrorType: MissingAuthenticationTokenException\n", "{\"message\":\"Missing Authentication Token\"}") << u"apigw-missing-token"_s << u"unknown-route"_s;
        QTest::newRow("Okta, token") << request << json("401 Unauthorized", "", "{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\"}") << u"okta-e0000011"_s << u"credentials-rejected"_s;
        QTest::newRow("Okta, recovery") << request << json("403 Forbidden", "", "{\"errorCode\":\"E0000087\",\"errorSummary\":\"The recovery question answer did not match our records.\"}") << u"okta-e0000087"_s << u"credentials-rejected"_s;
        QTest::newRow("Discord, token") << "GET /api/v10/users/@me HTTP/1.1\nHost: discord.com\nAuthorization: Bot x\n\n"_ba << json("401 Unauthorized", "", "{\"message\":\"Invalid authentication token provided\",\"code\":50014}") << u"discord-50014"_s << u"credentials-rejected"_s;
        QTest::newRow("Kubernetes, RBAC") << request << json("403 Forbidden", "", "{\"kind\":\"Status\",\"message\":\"pods is forbidden: User \\\"ann\\\" cannot list resource \\\"pods\\\"\",\"reason\":\"Forbidden\",\"code\":403}") << u"k8s-rbac"_s << u"permission-denied"_s;
        QTest::newRow("Kubernetes, anonymous") << "GET /api HTTP/1.1\nHost: k8s.example\n\n"_ba << json("403 Forbidden", "", "{\"kind\":\"Status\",\"message\":\"forbidden: User \\\"system:anonymous\\\" cannot get path \\\"/api\\\"\",\"reason\":\"Forbidden\",\"code\":403}") << u"k8s-anonymous"_s << u"no-credentials-sent"_s;
        QTest::newRow("Jira, CAPTCHA") << request << "HTTP/1.1 401 Unauthorized\nX-Seraph-LoginReason: AUTHENTICATION_DENIED\nX-Authentication-Denied-Reason: CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp\n\n"_ba << u"atlassian-captcha"_s << u"account-locked"_s;
        QTest::newRow("IIS, TLS wanted") << request << "HTTP/1.1 403 Forbidden\nServer: Microsoft-IIS/10.0\nContent-Type: text/html\n\n<html><body>HTTP Error 403.4 - Forbidden</body></html>"_ba << u"iis-403-4"_s << u"forbidden-regardless"_s;
        QTest::newRow("IIS, too many in a time") << request << "HTTP/1.1 403 Forbidden\nServer: Microsoft-IIS/10.0\nContent-Type: text/html\n\n<html><body>HTTP Error 403.502 - Forbidden</body></html>"_ba << u"iis-401-502"_s << u"rate-limited"_s;
        QTest::newRow("API Gateway, another scheme") << request << json("403 Forbidden", "x-amzn-RequestId: 1\nx-amzn-ErrorType: IncompleteSignatureException\n", "{\"message\":\"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'a'.\"}") << u"apigw-no-pair"_s << u"wrong-scheme"_s;
        QTest::newRow("Kong, no date that counts") << request << json("401 Unauthorized", "X-Kong-Request-Id: 1\n", "{\"message\":\"HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication\"}") << u"kong-hmac-date"_s << u"clock-skew"_s;
        QTest::newRow("Kong, signature") << request << json("401 Unauthorized", "X-Kong-Request-Id: 1\n", "{\"message\":\"HMAC signature cannot be verified\"}") << u"kong-hmac"_s << u"http-signature-invalid"_s;
        QTest::newRow("Jira, password") << request << "HTTP/1.1 403 Forbidden\nX-AREQUESTID: 1\nContent-Type: text/plain\n\nBasic auth with password is not allowed on this instance"_ba << u"atlassian-password"_s << u"credentials-rejected"_s;
        QTest::newRow("Django REST, inactive") << request << json("401 Unauthorized", "WWW-Authenticate: Bearer\n", "{\"detail\":\"User inactive or deleted.\"}") << u"drf-inactive"_s << u"account-locked"_s;
        QTest::newRow("Laravel, ability") << request << json("403 Forbidden", "", "{\"message\":\"Invalid ability provided.\"}") << u"laravel-ability"_s << u"insufficient-scope"_s;
        QTest::newRow("Envoy, key") << request << "HTTP/1.1 401 Unauthorized\nServer: istio-envoy\nContent-Type: text/plain\n\nJwks doesn't have key to match kid or alg from Jwt"_ba << u"envoy-kid"_s << u"token-unknown-key"_s;
        QTest::newRow("Salesforce, session") << request << json("401 Unauthorized", "", "[{\"message\":\"Session expired or invalid\",\"errorCode\":\"INVALID_SESSION_ID\"}]") << u"salesforce-session"_s << u"session-expired"_s;
        QTest::newRow("Azure API Management, no key") << "GET /a HTTP/1.1\nHost: x.azure-api.net\n\n"_ba << json("401 Access Denied", "", "{\"statusCode\":401,\"message\":\"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.\"}") << u"apim-missing"_s << u"no-credentials-sent"_s;
        QTest::newRow("Spring, expired") << request << "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"An error occurred while attempting to decode the Jwt: Jwt expired at 2026-11-24T10:00:00Z\"\n\n"_ba << u"spring-decode-expired"_s << u"token-expired"_s;
    }
    void vendors()
    {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        QFETCH(QString, entry);
        QFETCH(QString, cause);
        const Trace trace = traceOf(request, response);
        const DiagnosisContext context = contextOf();
        const Facts facts(trace, context);
        const QList<KnowledgeMatch> matches = knowledgeOf(facts);
        const auto found = std::ranges::find_if(matches, [&](const KnowledgeMatch &match) { return match.id == entry; });
        QVERIFY2(found != matches.end(), qPrintable(entry));
        QVERIFY(!found->evidence.text.isEmpty());
        const Diagnosis diagnosis = diagnose(trace, context);
        QVERIFY(diagnosis.primary());
        QCOMPARE(diagnosis.primary()->cause, cause);
        QVERIFY(diagnosis.primary()->sources.contains(found->link));
    }

    void aCodeOfAnotherVendorIsNotRead()
    {
        // The number 20003 means something at Twilio only.
        const Trace trace = traceOf(plainRequest, "HTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"code\":20003,\"message\":\"no\"}");
        const DiagnosisContext context = contextOf();
        QVERIFY(knowledgeOf(Facts(trace, context)).isEmpty());
    }

    void serverHelp_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("snippet");
        QTest::newRow("nginx") << "nginx/1.22.1"_ba << u"underscore-header-dropped"_s << u"underscores_in_headers on;"_s;
        QTest::newRow("Apache") << "Apache/2.4.62 (Debian)"_ba << u"authorization-stripped"_s << u"CGIPassAuth On"_s;
        QTest::newRow("Kestrel") << "Kestrel"_ba << u"preflight-refused"_s << u"app.UseCors();"_s;
        QTest::newRow("an unknown one") << "Homemade/1"_ba << u"authorization-stripped"_s << QString();
    }
    void serverHelp()
    {
        QFETCH(QByteArray, server);
        QFETCH(QString, cause);
        QFETCH(QString, snippet);
        const Trace trace = traceOf(plainRequest, "HTTP/1.1 401 Unauthorized\nServer: " + server + "\n\n");
        const DiagnosisContext context = contextOf();
        const QList<ServerHelp> help = realmscope::serverHelp(Facts(trace, context), cause);
        QCOMPARE(help.isEmpty(), snippet.isEmpty());
        if (!help.isEmpty())
            QVERIFY(help.first().snippet.contains(snippet));
    }
};

QTEST_GUILESS_MAIN(KnowledgeTest)
#include "tst_knowledge.moc"
