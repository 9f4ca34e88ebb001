// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "WindowFixture.h"

#include "ui/credentials/CredentialsPage.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QPushButton>

using namespace realmscope;
using namespace Qt::StringLiterals;

// A profile that goes together with others: chosen in its form, kept in profiles.json, and sent.
class TogetherTest : public QObject
{
    Q_OBJECT
private:
    template <typename Widget>
    static Widget *named(QWidget *where, const QString &text)
    {
        for (Widget *widget : where->findChildren<Widget *>()) {
            if (widget->isVisible() && (widget->accessibleName() == text || widget->text() == text))
                return widget;
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void chosenKeptAndSent()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, "in"); });
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}}, {server.origin()});
        fixture.addProfile(u"seal"_s, u"cavage"_s, {{u"algorithm"_s, u"hmac-sha256"_s}, {u"key-id"_s, u"k1"_s}, {u"location"_s, u"signature"_s}, {u"headers"_s, u"(request-target) authorization"_s}},
                           {{u"key"_s, u"Opal-73-river"_s}}, {server.origin()});
        fixture.addProfile(u"token"_s, u"bearer"_s, {}, {{u"token"_s, u"mF_9.B5f-4.1JqM"_s}}, {server.origin()});
        fixture.open();
        fixture.window()->showPlace(Place::Credentials);
        CredentialsPage *page = fixture.window()->credentialsPage();
        page->editProfile(u"alice"_s);
        const auto box = [&]() -> QCheckBox * {
            for (QCheckBox *one : page->findChildren<QCheckBox *>()) {
                if (one->isVisible() && one->text().startsWith(u"seal, "_s))
                    return one;
            }
            return nullptr;
        };
        QTRY_VERIFY(box());
        for (const QCheckBox *one : page->findChildren<QCheckBox *>())
            QVERIFY(!one->text().startsWith(u"token, "_s)); // a bearer token is no company
        QVERIFY(!box()->isChecked());
        box()->click();
        if (const QByteArray folder = qgetenv("REALMSCOPE_PICTURES"); !folder.isEmpty())
            fixture.window()->grab().save(QString::fromLocal8Bit(folder) + u"/together.png"_s);
        QPushButton *save = named<QPushButton>(page, u"Save profile"_s);
        QVERIFY(save && save->isEnabled());
        save->click();
        const QString seal = fixture.context.profiles->findByName(u"seal"_s)->id;
        QTRY_COMPARE(fixture.context.profiles->findByName(u"alice"_s)->together, QStringList{seal});
        QTRY_VERIFY(box() && box()->isChecked());
        ProfileStore stored(fixture.context.workspace->profilesPath());
        QVERIFY(stored.load());
        QCOMPARE(stored.findByName(u"alice"_s)->together, QStringList{seal});

        RequestSpec spec;
        spec.url = server.url(u"/things"_s);
        spec.profileName = u"alice"_s;
        fixture.window()->openSpec(spec);
        fixture.session()->send();
        QTRY_VERIFY(fixture.isSettled());
        QCOMPARE(server.requests().size(), 1);
        QVERIFY(server.requests().first().contains("\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n"));
        QVERIFY(server.requests().first().contains("\r\nSignature: keyId=\"k1\""));

        // Taken away meanwhile: nothing is sent, and the sentence says why.
        QVERIFY(fixture.context.profiles->remove(seal));
        fixture.session()->send();
        QTRY_VERIFY(fixture.session()->sendError());
        QVERIFY2(fixture.session()->sendError()->message.contains(u"goes together with alice"_s), qPrintable(fixture.session()->sendError()->message));
        QCOMPARE(server.requests().size(), 1);
    }
};

QTEST_MAIN(TogetherTest)
#include "tst_together.moc"
