// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "WindowFixture.h"

#include "app/base/Encoding.h"
#include "ui/credentials/CredentialsPage.h"
#include "ui/response/BrowserBar.h"

#include <QtCore/QUrlQuery>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

using namespace realmscope;
using namespace Qt::StringLiterals;

// OAuth 2.0 in the window: the bar that waits for the browser, and the form whose fields depend on one another. The
// authorization server and the browser are played here; real ones are in tests/peers.
class OAuth2LoginTest : public QObject
{
    Q_OBJECT
private:
    static QByteArray answer(const QByteArray &request)
    {
        const QByteArray json = "Content-Type: application/json\r\n"_ba;
        if (request.startsWith("POST /token "))
            return response(200, "OK", json, "{\"access_token\":\"tok-1\",\"token_type\":\"Bearer\",\"expires_in\":600,\"refresh_token\":\"refresh-1\"}");
        if (request.startsWith("POST /revoke "))
            return response(200, "OK", {}, {});
        if (request.contains("\r\nAuthorization: Bearer tok-1\r\n"))
            return response(200, "OK", json, "{\"ok\":true}");
        return response(401, "Unauthorized", "WWW-Authenticate: Bearer\r\n", "no");
    }
    static void addProfile(RequestFixture &fixture, const ScriptServer &server, const QString &redirectUri)
    {
        fixture.addProfile(u"app"_s, u"oauth2"_s,
                           {{u"grant"_s, u"authorization_code"_s}, {u"client-auth"_s, u"none"_s}, {u"client-id"_s, u"app-1"_s}, {u"redirect-uri"_s, redirectUri},
                            {u"authorization-url"_s, u"https://login.example.com/authorize"_s}, {u"token-url"_s, server.url(u"/token"_s)},
                            {u"revocation-url"_s, server.url(u"/revoke"_s)}},
                           {}, {server.origin()});
    }
    static QWidget *named(QWidget *where, const QString &name)
    {
        for (QWidget *widget : where->findChildren<QWidget *>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void waitsForTheBrowserAndGoesOn()
    {
        ScriptServer server(answer);
        WindowFixture fixture;
        addProfile(fixture, server, u"http://127.0.0.1/callback"_s);
        QUrl opened;
        fixture.context.openUrl = [&](const QUrl &url) { opened = url; return true; };
        fixture.open();
        RequestSpec spec;
        spec.url = server.url(u"/things"_s);
        spec.profileName = u"app"_s;
        fixture.window()->openSpec(spec);
        const auto *bar = fixture.window()->findChild<BrowserBar *>();
        QVERIFY(!bar->isVisible());
        fixture.session()->send();
        QTRY_VERIFY(bar->isVisible());
        QCOMPARE(opened.host(), u"login.example.com"_s);
        QVERIFY(!bar->findChild<QLineEdit *>()->isVisible()); // nothing to paste: it is heard here
        const QUrl redirect(QUrlQuery(opened).queryItemValue(u"redirect_uri"_s, QUrl::FullyDecoded));
        QTcpSocket browser;
        browser.connectToHost(redirect.host(), quint16(redirect.port()));
        browser.write("GET /callback?code=c-1&state=" + QUrlQuery(opened).queryItemValue(u"state"_s).toLatin1() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        QTRY_VERIFY(fixture.isSettled());
        QVERIFY(!bar->isVisible());
        QCOMPARE(fixture.session()->trace().final()->response.status, 200);
        QByteArray page;
        QTRY_VERIFY2((page += browser.readAll()).contains("You can go back to Realmscope"), qPrintable(QString::fromUtf8(page) + browser.errorString()));

        // What the server gave for later is where the profile keeps its secrets.
        const CredentialProfile *profile = fixture.context.profiles->findByName(u"app"_s);
        QVERIFY(profile->secretFields.contains(u"refresh-token"_s));
        QByteArray kept;
        fixture.context.keychain->read(profile->secretKey(u"refresh-token"_s), this, [&](const Result<Secret> &secret) {
            if (secret)
                kept = secret->revealBytes();
        });
        QTRY_COMPARE(kept, "refresh-1"_ba);

        // And given back, by the button in the profile's form.
        fixture.window()->showPlace(Place::Credentials);
        CredentialsPage *place = fixture.window()->credentialsPage();
        place->editProfile(u"app"_s);
        const auto button = [&] { return qobject_cast<QPushButton *>(named(place, u"Revoke the tokens of this profile"_s)); };
        QTRY_VERIFY(button() && button()->isVisible() && button()->isEnabled());
        if (const QByteArray folder = qgetenv("REALMSCOPE_PICTURES"); !folder.isEmpty())
            fixture.window()->grab().save(QString::fromLocal8Bit(folder) + u"/tokens.png"_s);
        const qsizetype before = server.requests().size();
        button()->click();
        QTRY_VERIFY(fixture.context.profiles->findByName(u"app"_s)->secretFields.isEmpty());
        QCOMPARE(server.requests().size(), before + 2);
        QVERIFY(server.requests().at(before).contains("\r\n\r\ntoken=refresh-1&token_type_hint=refresh_token"));
        QVERIFY(server.requests().at(before + 1).contains("\r\n\r\ntoken=tok-1&token_type_hint=access_token"));
        bool isGone = false;
        fixture.context.keychain->read(profile->secretKey(u"refresh-token"_s), this, [&](const Result<Secret> &secret) { isGone = !secret; });
        QTRY_VERIFY(isGone);
        QTRY_VERIFY(button() && !button()->isEnabled());
        bool isSaid = false;
        for (const QLabel *label : place->findChildren<QLabel *>())
            isSaid = isSaid || (label->isVisible() && label->text() == u"Revoked: the server takes these tokens no longer."_s);
        QVERIFY(isSaid);
    }

    void takesThePastedUrl()
    {
        ScriptServer server(answer);
        WindowFixture fixture;
        addProfile(fixture, server, u"https://app.example.com/callback"_s); // no address of this computer
        QUrl opened;
        fixture.context.openUrl = [&](const QUrl &url) { opened = url; return true; };
        fixture.open();
        RequestSpec spec;
        spec.url = server.url(u"/things"_s);
        spec.profileName = u"app"_s;
        fixture.window()->openSpec(spec);
        const auto *bar = fixture.window()->findChild<BrowserBar *>();
        fixture.session()->send();
        QTRY_VERIFY(bar->isVisible());
        auto *field = bar->findChild<QLineEdit *>();
        QVERIFY(field->isVisible());
        QTRY_VERIFY(field->hasFocus());
        QTest::keyClicks(field, u"https://app.example.com/callback?code=c-1&state="_s + QUrlQuery(opened).queryItemValue(u"state"_s));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(fixture.isSettled());
        QCOMPARE(fixture.session()->trace().final()->response.status, 200);
        QVERIFY(!bar->isVisible());
        QVERIFY(field->text().isEmpty());
    }

    void canBeGivenUp()
    {
        ScriptServer server(answer);
        WindowFixture fixture;
        addProfile(fixture, server, u"http://127.0.0.1/callback"_s);
        fixture.context.openUrl = [](const QUrl &) { return false; };
        fixture.open();
        RequestSpec spec;
        spec.url = server.url(u"/things"_s);
        spec.profileName = u"app"_s;
        fixture.window()->openSpec(spec);
        const auto *bar = fixture.window()->findChild<BrowserBar *>();
        fixture.session()->send();
        QTRY_VERIFY(bar->isVisible());
        bool isSaid = false;
        for (const QLabel *label : bar->findChildren<QLabel *>())
            isSaid = isSaid || label->text().startsWith(u"No browser could be opened"_s);
        QVERIFY(isSaid);
        fixture.session()->cancel();
        QTRY_VERIFY(!bar->isVisible());
        QVERIFY(server.requests().isEmpty());
        fixture.session()->send(); // and begun anew
        QTRY_VERIFY(bar->isVisible());
    }

    void formShowsTheFieldsThatCount()
    {
        ScriptServer server(answer);
        WindowFixture fixture;
        addProfile(fixture, server, u"http://127.0.0.1/callback"_s);
        fixture.open();
        fixture.window()->showPlace(Place::Credentials);
        CredentialsPage *page = fixture.window()->credentialsPage();
        page->editProfile(u"app"_s);
        const auto isShown = [&](const QString &name) {
            const QWidget *widget = named(page, name);
            return widget && widget->isVisible();
        };
        QTRY_VERIFY(isShown(u"Grant"_s));
        QVERIFY(isShown(u"Redirect URI"_s) && isShown(u"PKCE"_s) && !isShown(u"User name"_s) && !isShown(u"Client secret"_s) && !isShown(u"DPoP key"_s));
        auto *grant = qobject_cast<QComboBox *>(named(page, u"Grant"_s));
        grant->setFocus();
        grant->setCurrentIndex(grant->findData(u"password"_s));
        Q_EMIT grant->activated(grant->currentIndex());
        QVERIFY(!isShown(u"Redirect URI"_s) && !isShown(u"PKCE"_s) && isShown(u"User name"_s));
        // What was typed in a field that does not count now is still there when it counts again.
        grant->setCurrentIndex(grant->findData(u"authorization_code"_s));
        Q_EMIT grant->activated(grant->currentIndex());
        QCOMPARE(qobject_cast<QLineEdit *>(named(page, u"Redirect URI"_s))->text(), u"http://127.0.0.1/callback"_s);
    }
};

QTEST_MAIN(OAuth2LoginTest)
#include "tst_oauth2login.moc"
