// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Where a credential may go: addresses and redirects that look like the profile's origin and are not, and some that are. Each row
// is run with several schemes; no request to another origin holds the secret, in any form.
#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/runner/Runner.h"
#include "tests/runner/FakeTransport.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace realmscope;

namespace {

const QByteArray canary = "Canary/41+fjord=&x";

struct Credential
{
    const char *scheme;
    QMap<QString, QString> texts;
    const char *secretField;
};

const QList<Credential> &schemesToTry()
{
    static const QList<Credential> all{
        {"basic", {{u"username"_s, u"alice"_s}}, "password"},
        {"bearer", {}, "token"},
        {"api-key", {{u"name"_s, u"X-Key"_s}, {u"location"_s, u"header"_s}}, "key"},
        {"api-key", {{u"name"_s, u"api_key"_s}, {u"location"_s, u"query"_s}}, "key"},
        {"digest", {{u"username"_s, u"alice"_s}}, "password"},
        {"wsse", {{u"username"_s, u"alice"_s}}, "password"},
    };
    return all;
}

} // namespace

class tst_Origins : public QObject
{
    Q_OBJECT
private:
    SystemClock m_clock;
    SystemRandom m_random;

    static QList<QByteArray> formsOf(const QByteArray &secret)
    {
        return {secret, secret.toBase64(), ("alice:" + secret).toBase64(), secret.toPercentEncoding(), formEncode(secret), secret.toHex(), secret.toBase64(QByteArray::Base64UrlEncoding)};
    }

private Q_SLOTS:
    void secretStaysWithItsOrigins_data()
    {
        QTest::addColumn<QStringList>("origins"); // of the profile
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("location"); // of a 307 that the first answer is; empty: none
        QTest::addColumn<bool>("mayArrive");      // at the place that is meant last
        int number = 0;
        const auto add = [&number](const QStringList &origins, const QString &url, const QByteArray &location, bool mayArrive) {
            QTest::newRow(qPrintable(u"%1: %2 %3 %4"_s.arg(++number).arg(origins.join(u' '), url, QString::fromUtf8(location)))) << origins << url << location << mayArrive;
        };
        const QStringList exact{u"https://api.example.com"_s};
        const QStringList wildcard{u"https://*.example.com"_s};
        const QStringList local{u"http://127.0.0.1:8080"_s};
        const QString start = u"https://api.example.com/start"_s;
        // Redirects that stay.
        for (const char *same : {"/next", "next?x=1", "https://api.example.com/next", "https://API.EXAMPLE.COM/next", "https://api.example.com:443/next", "//api.example.com/next",
                                 "?only=query", "https://user:pw@api.example.com/next"})
            add(exact, start, same, true);
        // Redirects that lead away.
        for (const char *away : {"https://evil.example/next", "//evil.example/next", "http://api.example.com/next", "https://api.example.com:8443/next", "https://api.example.com:80/next",
                                 "https://api.example.com.evil.example/", "https://api-example.com/", "https://apiexample.com/", "https://xapi.example.com/", "https://example.com/",
                                 "https://api.example.com@evil.example/", "https://api.example.com%40evil.example/", "https://evil.example/?https://api.example.com/", "https://evil.example#@api.example.com/",
                                 "https://api.example.com\\@evil.example/", "https:\\\\evil.example/", "\\\\evil.example/", "/\\evil.example/", "///evil.example/", "https:///evil.example/",
                                 "https://api.example.com.:443/", "https://www.api.example.com/", "https://api.example.co/", "https://api.example.comm/",
                                 "https://api.ex\xc3\xa0mple.com/", "https://\xd0\xb0pi.example.com/", "https://xn--pi-6kc.example.com/", "https://api\xe3\x80\x82" "example.com.evil.example/",
                                 "https://api.example.com\xef\xbc\x8f.evil.example/", "https://api.example.com%2f.evil.example/", "https://api.example.com%00.evil.example/", "https://api.example.com\t.evil.example/",
                                 "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "ftp://api.example.com/", "file:///etc/passwd", "javascript:alert(1)", "ws://api.example.com/"})
            add(exact, start, away, false);
        // A wildcard is for labels below, and for that scheme and port.
        add(wildcard, start, "https://auth.example.com/next", true);
        add(wildcard, start, "https://a.b.example.com/next", true);
        for (const char *away : {"https://example.com/", "https://evilexample.com/", "https://api.example.com.evil.example/", "http://auth.example.com/", "https://auth.example.com:444/", "https://.example.com/"})
            add(wildcard, start, away, false);
        // Names of this computer are not one another: who listens there need not be the same.
        for (const char *away : {"http://localhost:8080/", "http://[::1]:8080/", "http://127.0.0.1:8081/", "http://127.0.0.2:8080/", "http://127.1:8080/", "http://0x7f000001:8080/", "http://127.0.0.1.nip.io:8080/"})
            add(local, u"http://127.0.0.1:8080/start"_s, away, false);
        // The address itself.
        for (const char *typed : {"https://api.example.com.evil.example/", "http://api.example.com/", "https://api.example.com:8443/", "https://evil.example/", "https://api.example.com@evil.example/", "https://\xd0\xb0pi.example.com/"})
            add(exact, QString::fromUtf8(typed), {}, false);
        add(exact, u"https://API.example.com:443/x"_s, {}, true);
        add(wildcard, u"https://example.com/"_s, {}, false);
        QVERIFY(number >= 60);
    }
    void secretStaysWithItsOrigins()
    {
        QFETCH(QStringList, origins);
        QFETCH(QString, url);
        QFETCH(QByteArray, location);
        QFETCH(bool, mayArrive);
        for (const Credential &each : schemesToTry()) {
            bool isFirst = true;
            FakeTransport transport([&](const Request &request) {
                const bool wants = QByteArrayView(each.scheme) == "digest" && !request.headers.contains("Authorization");
                if (wants) // by whoever it is
                    return FakeTransport::response(401, {{"WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""}});
                if (std::exchange(isFirst, false) && !location.isEmpty())
                    return FakeTransport::response(307, {{"Location", location}});
                return FakeTransport::response(200);
            });
            RunJob job;
            job.spec.url = url;
            job.literal = true;
            job.spec.settings.followRedirects = true;
            RunCredential credential;
            credential.profile.id = credential.profile.name = u"staff"_s;
            credential.profile.schemeId = QString::fromLatin1(each.scheme);
            credential.profile.origins = origins;
            for (const SchemeField &field : findScheme(credential.profile.schemeId)->fields()) {
                if (field.kind != FieldKind::Secret)
                    credential.values.setText(field.id, each.texts.value(field.id, field.defaultValue));
            }
            credential.values.setSecret(QString::fromLatin1(each.secretField), Secret(canary));
            job.credential = credential;
            Runner runner(transport, m_clock, m_random);
            const std::unique_ptr<Run> run(runner.start(job));
            QSignalSpy finished(run.get(), &Run::finished);
            QVERIFY(!finished.isEmpty() || finished.wait(5000));

            // What the transport was asked to connect to is what counts, not how it was written.
            const auto isBound = [&](const Request &request) {
                const Origin origin = request.url.origin();
                const QByteArray place = (origin.toString()).toUtf8();
                if (origins.first().contains(u'*'))
                    return place == "https://api.example.com" || place == "https://auth.example.com" || place == "https://a.b.example.com";
                return place == origins.first().toUtf8();
            };
            const auto holdsSecret = [&](const Request &request) {
                QByteArray all = request.url.toString().toUtf8() + request.target + request.body;
                for (const HeaderField &field : request.headers)
                    all += field.name + ": " + field.value + '\n';
                return std::ranges::any_of(formsOf(canary), [&](const QByteArray &form) { return all.contains(form); }) || request.headers.contains("Authorization")
                    || request.headers.contains("X-Key") || request.headers.contains("X-WSSE");
            };
            bool arrived = false;
            for (const Request &request : std::as_const(transport.requests)) {
                QVERIFY2(isBound(request) || !holdsSecret(request), qPrintable(u"%1 to %2"_s.arg(credential.profile.schemeId, request.url.toString())));
                arrived = isBound(request) && holdsSecret(request);
            }
            // Right places do get it, or the test would be content with a program that never sends anything.
            const bool followed = location.isEmpty() || transport.requests.size() > 1;
            if (mayArrive)
                QVERIFY2(arrived && followed, each.scheme);
            else if (location.isEmpty())
                QVERIFY2(transport.requests.isEmpty(), each.scheme); // refused before anything goes out
        }
    }
};

QTEST_GUILESS_MAIN(tst_Origins)
#include "tst_origins.moc"
