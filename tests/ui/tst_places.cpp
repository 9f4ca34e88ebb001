// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Credentials, practice range, start page and what is remembered between runs, in the real window and by keyboard.
#include "WindowFixture.h"
#include "ui/window/StatusLine.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialog>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

// printf 'alice:Quartz-58' | base64
static const QByteArray aliceBasic = "\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n";

static QByteArray aliceOnly(const QByteArray &request)
{
    return request.contains(aliceBasic) ? response(200, "OK", "Content-Type: text/plain\r\n", "Welcome")
                                        : response(401, "Unauthorized", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "no");
}

static QByteArray fileText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What the store has under the key; a null string when it has nothing.
static QString storedSecret(SecretStore &store, const QString &key)
{
    QString found;
    bool isDone = false;
    QObject receiver;
    store.read(key, &receiver, [&](const Result<Secret> &secret) {
        if (secret)
            found = secret->revealText();
        isDone = true;
    });
    [[maybe_unused]] const bool answered = QTest::qWaitFor([&] { return isDone; });
    return found;
}

static void sendWithProfile(const QString &url, const QString &profile)
{
    press(Qt::Key_1, Qt::AltModifier);
    press(Qt::Key_N, Qt::ControlModifier);
    type(url);
    press(Qt::Key_E, Qt::ControlModifier);
    QVERIFY(chooseFromMenu(profile));
    press(Qt::Key_Return, Qt::ControlModifier);
}

class PlacesTest : public QObject
{
    Q_OBJECT

private:
    // Fills the form of a new Basic profile, up to Save.
    static void makeProfile(const QString &name, const QString &origin)
    {
        QCOMPARE(focusedControl(), u"Profile name"_s);
        type(name);
        QVERIFY(tabTo(u"User name"_s));
        type(u"alice"_s);
        QVERIFY(tabTo(u"Password"_s));
        type(u"Quartz-58"_s);
        QVERIFY(tabTo(u"New origin"_s));
        type(origin);
        press(Qt::Key_Return);
        QTRY_VERIFY(tabTo(u"Remove origin "_s));
    }

    // For the eye: into the folder of REALMSCOPE_PICTURES.
    static void picture(const WindowFixture &fixture, const QString &name) { picture(*fixture.window(), name); }
    static void picture(QWidget &widget, const QString &name)
    {
        if (const QByteArray folder = qgetenv("REALMSCOPE_PICTURES"); !folder.isEmpty())
            widget.grab().save(QString::fromLocal8Bit(folder) + u'/' + name + u".png"_s);
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    // ---- Credentials

    void profileIsMadeAndUsed()
    {
        ScriptServer server(aliceOnly);
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        QCOMPARE(focusedControl(), u"New credential profile"_s);
        press(Qt::Key_Space);
        makeProfile(u"alice, lab"_s, server.url(u"/invoices"_s));
        // A pasted URL was taken for its origin, and what was typed before is still there.
        QCOMPARE(focusedControl(), u"Remove origin %1"_s.arg(server.origin()));
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"User name"_s)->text(), u"alice"_s);
        const auto *password = visibleNamed<QLineEdit>(fixture.window(), u"Password"_s);
        QCOMPARE(password->echoMode(), QLineEdit::Password);
        QCOMPARE(password->text(), u"Quartz-58"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));

        const QList<CredentialProfile> profiles = fixture.context.profiles->profiles();
        QCOMPARE(profiles.size(), 1);
        QCOMPARE(profiles.first().name, u"alice, lab"_s);
        QCOMPARE(profiles.first().schemeId, u"basic"_s);
        QCOMPARE(profiles.first().place, SecretPlace::Keychain);
        QCOMPARE(profiles.first().origins, QStringList{server.origin()});
        QCOMPARE(storedSecret(*fixture.context.keychain, profiles.first().secretKey(u"password"_s)), u"Quartz-58"_s);
        const QByteArray file = fileText(fixture.context.workspace->profilesPath());
        QVERIFY(file.contains("alice, lab"));
        QVERIFY(!file.contains("Quartz"));

        sendWithProfile(server.url(u"/invoices"_s), u"alice, lab"_s);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QCOMPARE(server.requests().size(), 1);
        QVERIFY(server.requests().first().contains(aliceBasic));
    }

    // The form is drawn from the scheme's fields; the arrows go through the schemes without losing the place.
    void formFollowsTheScheme()
    {
        WindowFixture fixture;
        fixture.open({1024, 640});
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Space);
        type(u"x"_s);
        QVERIFY(tabTo(u"Scheme"_s));
        const std::pair<QString, QStringList> schemes[] = {{u"Bearer token"_s, {u"Token"_s, u"Scheme word"_s}},
                                                           {u"API key"_s, {u"Name"_s}},
                                                           {u"Digest"_s, {u"User name"_s, u"Password"_s}}};
        for (const auto &[title, labels] : schemes) {
            const auto *box = qobject_cast<QComboBox *>(QApplication::focusWidget());
            QVERIFY(box);
            for (int i = 0; i < box->count() && box->currentText() != title; ++i) {
                press(Qt::Key_Down);
                QCoreApplication::processEvents();
                QCOMPARE(focusedControl(), u"Scheme"_s);
                box = qobject_cast<QComboBox *>(QApplication::focusWidget());
            }
            QCOMPARE(box->currentText(), title);
            for (const QString &label : labels)
                QVERIFY2(visibleNamed<QLineEdit>(fixture.window(), label), qPrintable(title + u": "_s + label));
        }
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Profile name"_s)->text(), u"x"_s);
        // Letters find a scheme by its name, however long that takes to draw.
        for (const QChar letter : u"oauth"_s) {
            type(letter);
            QCoreApplication::processEvents();
            QCOMPARE(focusedControl(), u"Scheme"_s);
        }
        const QString found = qobject_cast<QComboBox *>(QApplication::focusWidget())->currentText();
        QVERIFY2(found.startsWith(u"OAuth"_s), qPrintable(found));
        for (int i = 0; i < 12 && qobject_cast<QComboBox *>(QApplication::focusWidget())->currentText() != u"OAuth 2.0"_s; ++i) {
            press(Qt::Key_Up);
            QCoreApplication::processEvents();
        }
        // The longest form goes into a small window.
        const auto *area = visibleNamed<QScrollArea>(fixture.window(), u"Profile"_s);
        QVERIFY(visibleNamed<QLineEdit>(fixture.window(), u"Client ID"_s));
        QCOMPARE(area->horizontalScrollBar()->maximum(), 0);
    }

    // No name of a field is cut off, whatever the scheme.
    void fieldNamesAreWhole()
    {
        WindowFixture fixture;
        fixture.open({1024, 640});
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Space);
        QVERIFY(tabTo(u"Scheme"_s));
        press(Qt::Key_Home);
        QCoreApplication::processEvents();
        const int count = qobject_cast<QComboBox *>(QApplication::focusWidget())->count();
        QVERIFY(count > 20);
        int checked = 0;
        QStringList cut;
        for (int i = 0; i < count; ++i) {
            QCOMPARE(qobject_cast<QComboBox *>(QApplication::focusWidget())->currentIndex(), i);
            const auto *area = visibleNamed<QScrollArea>(fixture.window(), u"Profile"_s);
            for (const QFormLayout *form : area->findChildren<QFormLayout *>()) {
                for (int row = 0; row < form->rowCount(); ++row) {
                    const QLayoutItem *item = form->itemAt(row, QFormLayout::LabelRole);
                    const auto *label = item ? qobject_cast<QLabel *>(item->widget()) : nullptr;
                    if (!label || label->text().isEmpty())
                        continue;
                    ++checked;
                    const QRect needed = label->fontMetrics().boundingRect(0, 0, label->width(), 1000, label->wordWrap() ? Qt::TextWordWrap : 0, label->text());
                    if (needed.width() > label->width() || needed.height() > label->height())
                        cut << label->text();
                }
            }
            press(Qt::Key_Down);
            QCoreApplication::processEvents();
        }
        QVERIFY(checked > 100);
        QVERIFY2(cut.isEmpty(), qPrintable(cut.join(u", "_s)));
    }

    // What another scheme had for itself does not stay in the file.
    void fieldsOfTheSchemeBeforeGo()
    {
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}, {u"charset"_s, u"iso-8859-1"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {u"https://api.example"_s});
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(tabTo(u"Scheme"_s));
        type(u"bearer"_s);
        QCOMPARE(qobject_cast<QComboBox *>(QApplication::focusWidget())->currentText(), u"Bearer token"_s);
        QCoreApplication::processEvents();
        QVERIFY(tabTo(u"Token"_s));
        type(u"mF_9.B5f-4.1JqM"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        const QByteArray file = fileText(fixture.context.workspace->profilesPath());
        QVERIFY2(file.contains("\"bearer\"") && !file.contains("charset") && !file.contains("username"), file.constData());
    }

    // A request that is in no file yet counts as well.
    void usesInOpenTabsAreCounted()
    {
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}}, {u"https://api.example"_s});
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"used by no request"_s));
        press(Qt::Key_1, Qt::AltModifier);
        press(Qt::Key_N, Qt::ControlModifier);
        RequestSpec spec = fixture.session()->spec();
        spec.profileName = u"alice"_s;
        fixture.session()->setSpec(spec);
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"used by 1 request"_s));
    }

    // When a token ends stands beside its profile, and passes while one looks.
    void endOfATokenIsShown()
    {
        const auto token = [](qint64 expires) { // an unsecured JWT (RFC 7519 section 6.1)
            const QByteArray claims = "{\"exp\":" + QByteArray::number(expires) + '}';
            return QString::fromLatin1("eyJhbGciOiJub25lIn0." + claims.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals) + '.');
        };
        WindowFixture fixture;
        const qint64 now = fixture.context.clock->nowSeconds();
        fixture.addProfile(u"long over"_s, u"bearer"_s, {}, {{u"token"_s, token(now - 3 * 3600 - 1)}}, {u"https://api.example"_s});
        fixture.addProfile(u"soon over"_s, u"bearer"_s, {}, {{u"token"_s, token(now + 4)}}, {u"https://api.example"_s});
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        press(Qt::Key_E, Qt::ControlModifier);
        QVERIFY(chooseFromMenu(u"soon over"_s));
        const auto *chip = visibleNamed(fixture.window(), u"Credential profile"_s);
        QVERIFY2(chip->toolTip().contains(u"expires in "_s), qPrintable(chip->toolTip()));
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"· expired 3 h ago"_s));
        press(Qt::Key_Down);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"· expires in "_s));
        QTRY_VERIFY_WITH_TIMEOUT(visibleNamed<QLabel>(fixture.window(), u"· expired "_s), 8000);
        const auto *list = visibleNamed<QListView>(fixture.window(), u"Profiles"_s);
        QVERIFY(list);
        QVERIFY2(list->model()->index(0, 0).data(Qt::AccessibleTextRole).toString().endsWith(u"expired 3 h ago"_s), "the list says it too");
        press(Qt::Key_1, Qt::AltModifier);
        QTRY_VERIFY2(chip->accessibleDescription().endsWith(u"expired"_s), qPrintable(chip->accessibleDescription()));
    }

    // A profile whose password is fetched from a variable: made with the keyboard, sent, and nothing of it kept here.
    void secretIsKeptElsewhere()
    {
        qputenv("REALMSCOPE_TEST_DOOR", "Quartz-58");
        ScriptServer server([](const QByteArray &request) {
            return request.contains(aliceBasic) ? response(200, "OK", {}, "in") : response(401, "Unauthorized", "WWW-Authenticate: Basic realm=\"a\"\r\n", "no");
        });
        WindowFixture fixture;
        fixture.addProfile(u"alice, lab"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}}, {server.origin()});
        const QString key = fixture.context.profiles->profiles().first().secretKey(u"password"_s);
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(tabTo(u"Kept in"_s));
        auto *place = visibleNamed<QComboBox>(fixture.window(), u"Kept in"_s);
        QVERIFY(place);
        press(Qt::Key_End); // the last: elsewhere
        QTRY_VERIFY(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s) && visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->echoMode() == QLineEdit::Normal);
        QVERIFY(tabTo(u"Password"_s));
        type(u"env:$REALMSCOPE_TEST_DOOR"_s); // with the dollar: told, and kept
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"is no name of an environment variable"_s));
        QCOMPARE(focusedControl(), u"Password"_s);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->text(), u"env:$REALMSCOPE_TEST_DOOR"_s);
        type(u"env:REALMSCOPE_TEST_DOOR"_s); // all of it was selected
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"Saved"_s));
        const CredentialProfile stored = fixture.context.profiles->profiles().first();
        QCOMPARE(stored.references.value(u"password"_s).toString(), u"env:REALMSCOPE_TEST_DOOR"_s);
        QVERIFY(stored.secretFields.isEmpty());
        QTRY_VERIFY(storedSecret(*fixture.context.keychain, key).isEmpty()); // no copy stays behind
        picture(fixture, u"elsewhere"_s);
        sendWithProfile(server.url(u"/invoices"_s), u"alice, lab"_s);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(!fileText(fixture.context.workspace->profilesPath()).contains("Quartz"));
    }

    // A profile that another program changed: nothing is sent before somebody approved it.
    void changedProfileIsApproved()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, "in"); });
        WindowFixture fixture;
        fixture.addProfile(u"alice, lab"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}}, {u"https://api.example.com"_s});
        QVERIFY(fixture.context.profiles->save());
        const QString path = fixture.context.workspace->profilesPath();
        QByteArray changed = fileText(path);
        QVERIFY(changed.contains("https://api.example.com"));
        changed.replace("https://api.example.com", server.origin().toUtf8());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(changed) == changed.size());
        file.close();
        QVERIFY(fixture.context.profiles->load());
        fixture.open();
        sendWithProfile(server.url(u"/invoices"_s), u"alice, lab"_s);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"was not approved here"_s));
        QVERIFY(server.requests().isEmpty());
        QVERIFY(tabTo(u"Review profile"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"It is not used until you approve it"_s));
        QVERIFY(tabTo(u"Approve this profile"_s));
        picture(fixture, u"approval"_s);
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleText(fixture.window()).contains(u"Approved as it stands here"_s));
        QVERIFY(!visibleNamed<QAbstractButton>(fixture.window(), u"Approve this profile"_s));
        sendWithProfile(server.url(u"/invoices"_s), u"alice, lab"_s);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        // The next start knows it.
        ProfileStore again(path);
        QVERIFY(again.load());
        QVERIFY(again.profiles().first().approved);
    }

    void badInputIsToldAndKept()
    {
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Space);
        press(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"Give the profile a name."_s));
        type(u"alice"_s);
        QVERIFY(tabTo(u"New origin"_s));
        type(u"ftp://example.com"_s);
        press(Qt::Key_Return);
        const auto *origin = visibleNamed<QLineEdit>(fixture.window(), u"New origin"_s);
        QCOMPARE(origin->text(), u"ftp://example.com"_s);
        QVERIFY2(visibleText(fixture.window()).contains(u"http"_s), qPrintable(visibleText(fixture.window())));
        press(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"Press Add origin first, or clear that field."_s));
        QVERIFY(fixture.context.profiles->profiles().isEmpty());
    }

    void editsThatAreNotSavedComeBack()
    {
        WindowFixture fixture;
        for (const QString &name : {u"alice"_s, u"bob"_s})
            fixture.addProfile(name, u"basic"_s, {{u"username"_s, name}}, {{u"password"_s, u"x1y2"_s}},
                               {u"https://api.example.com"_s});
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        QCOMPARE(focusedControl(), u"Profiles"_s);
        const auto *list = visibleNamed<QListView>(fixture.window(), u"Profiles"_s);
        QCOMPARE(list->currentIndex().data().toString(), u"alice"_s);
        press(Qt::Key_Return);
        QCOMPARE(focusedControl(), u"Profile name"_s);
        type(u"alice two"_s); // the old name was selected
        QVERIFY(tabTo(u"Password"_s));
        type(u"new-pass"_s);
        QVERIFY(tabTo(u"Profiles"_s));
        press(Qt::Key_Down);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Profile name"_s)->text(), u"bob"_s);
        press(Qt::Key_Up);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Profile name"_s)->text(), u"alice two"_s);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->text(), u"new-pass"_s);
        QVERIFY(tabTo(u"Discard the changes"_s));
        press(Qt::Key_Space);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Profile name"_s)->text(), u"alice"_s);
        QVERIFY(fixture.context.profiles->findByName(u"alice"_s));
        QVERIFY(!fixture.context.profiles->findByName(u"alice two"_s));
    }

    void profileIsRenamedDeletedAndBroughtBack()
    {
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {u"https://api.example.com"_s});
        fixture.open();
        const QString key = fixture.context.profiles->findByName(u"alice"_s)->secretKey(u"password"_s);
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Return);
        type(u"alice, staging"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        QVERIFY(fixture.context.profiles->findByName(u"alice, staging"_s));
        QCOMPARE(storedSecret(*fixture.context.keychain, key), u"Quartz-58"_s);

        QVERIFY(tabTo(u"Profiles"_s));
        press(Qt::Key_Delete);
        QVERIFY(fixture.context.profiles->profiles().isEmpty());
        QCOMPARE(storedSecret(*fixture.context.keychain, key), u"Quartz-58"_s); // it can be brought back
        QVERIFY(tabTo(u"Undo deleting alice, staging"_s));
        press(Qt::Key_Space);
        QVERIFY(fixture.context.profiles->findByName(u"alice, staging"_s));
        QVERIFY(fileText(fixture.context.workspace->profilesPath()).contains("alice, staging"));

        QVERIFY(tabTo(u"Delete this profile"_s));
        press(Qt::Key_Space);
        QVERIFY(tabTo(u"Delete alice, staging for good"_s));
        press(Qt::Key_Space);
        QTRY_COMPARE(storedSecret(*fixture.context.keychain, key), QString());
        QVERIFY(!fileText(fixture.context.workspace->profilesPath()).contains("alice"));
        QCOMPARE(focusedControl(), u"New credential profile"_s);
    }

    // Requests name their profile: a new name is written into them, and an edit that is not saved stays one.
    void requestsFollowARenamedProfile()
    {
        ScriptServer server(aliceOnly);
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {server.origin()});
        RequestSpec spec;
        spec.name = u"Invoices"_s;
        spec.url = server.url(u"/invoices"_s);
        spec.profileName = u"alice"_s;
        const Result<QString> path = fixture.context.workspace->create({}, spec);
        QVERIFY(path);
        fixture.open();
        fixture.window()->openPlace({*path, 0});
        QCOMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_End);
        type(u"?edited=1"_s);
        QVERIFY(fixture.session()->isModified());
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"used by 1 request"_s));
        press(Qt::Key_Return);
        type(u"alice, staging"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Saved"_s));
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"used by 1 request"_s));

        const QByteArray file = fileText(fixture.folder() + u'/' + *path);
        QVERIFY2(file.contains("# @realmscope-profile alice, staging\n"), file.constData());
        QVERIFY2(!file.contains("edited"), file.constData());
        press(Qt::Key_1, Qt::AltModifier);
        QVERIFY(fixture.session()->isModified());
        QCOMPARE(fixture.session()->spec().url, server.url(u"/invoices?edited=1"_s));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(server.requests().last().contains(aliceBasic));
        press(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!fixture.session()->isModified());
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Return);
        type(u"bob"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(fixture.context.profiles->findByName(u"bob"_s));
        QCOMPARE(fixture.session()->spec().profileName, u"bob"_s);
        QVERIFY(!fixture.session()->isModified());
    }

    // A deleted profile can be brought back as long as the window is there; its secrets go with the window.
    void secretsOfADeletedProfileGoWithTheWindow_data()
    {
        QTest::addColumn<bool>("isQuit"); // else its workspace is left for another
        QTest::newRow("quit") << true;
        QTest::newRow("other workspace") << false;
    }
    void secretsOfADeletedProfileGoWithTheWindow()
    {
        QFETCH(bool, isQuit);
        WindowFixture fixture;
        fixture.addProfile(u"signer"_s, u"oauth1"_s, {{u"consumer-key"_s, u"k"_s}},
                           {{u"consumer-secret"_s, u"Quartz-58"_s}, {u"token-secret"_s, u"Quartz-59"_s}},
                           {u"https://api.example.com"_s});
        fixture.open();
        const CredentialProfile profile = *fixture.context.profiles->findByName(u"signer"_s);
        QCOMPARE(profile.secretFields.size(), 2);
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Delete);
        QVERIFY(fixture.context.profiles->profiles().isEmpty());
        for (const QString &field : profile.secretFields)
            QVERIFY(!storedSecret(*fixture.context.keychain, profile.secretKey(field)).isNull());
        if (isQuit)
            press(Qt::Key_Q, Qt::ControlModifier);
        else
            fixture.close();
        for (const QString &field : profile.secretFields)
            QTRY_COMPARE(storedSecret(*fixture.context.keychain, profile.secretKey(field)), QString());
    }

    // No secret service: told plainly, and memory is offered; a profile that insists on the keychain is not lost.
    void withoutAKeychain()
    {
        ScriptServer server(aliceOnly);
        WindowFixture fixture;
        fixture.context.keychain = std::make_unique<KeychainStore>(); // its bus does not exist, see main()
        fixture.open();
        QTRY_COMPARE(fixture.context.keychainState, KeychainState::Unavailable);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"No keychain: secrets stay in memory"_s));
        press(Qt::Key_2, Qt::AltModifier);
        press(Qt::Key_Space);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"No keychain service runs in this session"_s));
        makeProfile(u"alice"_s, server.origin());
        QVERIFY(tabTo(u"Kept in"_s));
        auto *place = qobject_cast<QComboBox *>(QApplication::focusWidget());
        QCOMPARE(place->currentText(), u"Memory, for this run only"_s);
        press(Qt::Key_Up);
        QCOMPARE(place->currentText(), u"Encrypted vault"_s);
        press(Qt::Key_Up);
        QCOMPARE(place->currentText(), u"System keychain"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY2(visibleText(fixture.window()).contains(u"keychain service"_s, Qt::CaseInsensitive),
                     qPrintable(visibleText(fixture.window())));
        QTRY_VERIFY(visibleNamed<QPushButton>(fixture.window(), u"Save profile"_s)->isEnabled());
        QVERIFY(fixture.context.profiles->profiles().isEmpty());
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Password"_s)->text(), u"Quartz-58"_s);
        press(Qt::Key_Down);
        press(Qt::Key_Down);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_COMPARE(fixture.context.profiles->profiles().size(), 1);
        sendWithProfile(server.url(), u"alice"_s);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
    }

    // The open form shows what another place of the window changed in the profile.
    void originAllowedElsewhereIsShown()
    {
        ScriptServer server(aliceOnly);
        WindowFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58"_s}},
                           {u"https://api.example.com"_s});
        fixture.open();
        press(Qt::Key_2, Qt::AltModifier);
        sendWithProfile(server.url(), u"alice"_s);
        QVERIFY(tabTo(u"Allow this origin…"_s));
        press(Qt::Key_Space);
        QTRY_VERIFY(visibleNamed<QPushButton>(fixture.window(), u"Allow and send"_s));
        QTRY_VERIFY(qobject_cast<QDialog *>(QApplication::activeWindow())); // a window manager takes its time
        picture(*QApplication::activeWindow(), u"origin-question"_s);
        press(Qt::Key_Return);
        fixture.window()->activateWindow(); // where there is no window manager that does so
        QTRY_VERIFY(QApplication::activeWindow() == fixture.window());
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(visibleNamed(fixture.window(), u"Remove origin %1"_s.arg(server.origin())));
        press(Qt::Key_Return);
        type(u"alice two"_s);
        press(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(fixture.context.profiles->findByName(u"alice two"_s));
        QCOMPARE(fixture.context.profiles->findByName(u"alice two"_s)->origins,
                 (QStringList{u"https://api.example.com"_s, server.origin()}));
    }

    // ---- Practice

    void roomIsFoundAndSolved()
    {
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_5, Qt::AltModifier);
        QCOMPARE(focusedControl(), u"Rooms"_s);
        const auto *list = visibleNamed<QListView>(fixture.window(), u"Rooms"_s);
        const auto files = QDir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/resources/rooms")).entryList({u"*.json"_s});
        QCOMPARE(list->model()->rowCount(), files.size());
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"0 of %1 solved"_s.arg(files.size())));

        QVERIFY(tabTo(u"Filter rooms"_s));
        type(u"digest"_s);
        QVERIFY(list->model()->rowCount() > 0);
        QVERIFY(list->model()->rowCount() < files.size());
        for (int row = 0; row < list->model()->rowCount(); ++row)
            QVERIFY(list->model()->index(row, 0).data().toString().contains(u"digest"_s, Qt::CaseInsensitive));
        press(Qt::Key_Escape);
        QCOMPARE(list->model()->rowCount(), files.size());
        type(u"Basic where"_s);
        QCOMPARE(list->model()->rowCount(), 1);
        press(Qt::Key_Down);
        QCOMPARE(focusedControl(), u"Rooms"_s);
        QVERIFY(visibleText(fixture.window()).contains(u"The challenge names the one scheme"_s)); // its lesson

        QVERIFY(tabTo(u"Show the hint"_s));
        press(Qt::Key_Space);
        QVERIFY(visibleText(fixture.window()).contains(u"wrong-scheme"_s));
        QVERIFY(tabTo(u"Rooms"_s));
        press(Qt::Key_Return); // walk in
        QTRY_VERIFY(fixture.session());
        QCOMPARE(fixture.window()->place(), Place::Requests);
        QTRY_COMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 401"_s));
        QTRY_VERIFY(fixture.isSettled());
        press(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        press(Qt::Key_5, Qt::AltModifier);
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"1 of %1 solved"_s.arg(files.size())));
        QVERIFY(visibleNamed<QLabel>(fixture.window(), u"Solved: this room answered 200."_s));
        // Twice is no harm.
        press(Qt::Key_Return);
        QTRY_COMPARE(fixture.window()->requestTabs().size(), 2);
        // What a room brings along ends with this run.
        QVERIFY(!fixture.context.profiles->profiles().isEmpty());
        QVERIFY(fixture.context.profiles->save());
        QVERIFY2(!fileText(fixture.context.workspace->profilesPath()).contains("practice"), "a profile of a room is in the file");
    }

    // ---- Start

    void curlCommandIsPasted()
    {
        ScriptServer server(aliceOnly);
        WindowFixture fixture;
        fixture.open();
        QCOMPARE(focusedControl(), u"Request as you have it"_s);
        QGuiApplication::clipboard()->setText(
            u"curl -u alice:Quartz-58 \\\n  -H 'X-Trace: 7' '%1'"_s.arg(server.url(u"/invoices?year=2026"_s)));
        press(Qt::Key_V, Qt::ControlModifier);
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(focusedControl(), u"Request URL"_s);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), server.url(u"/invoices?year=2026"_s));
        QVERIFY(visibleText(fixture.window()).contains(u"The credential moved to the keychain, as the profile “alice”."_s));
        QVERIFY(!fileText(fixture.context.workspace->profilesPath()).contains("Quartz"));
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 200"_s));
        QVERIFY(server.requests().first().startsWith("GET /invoices?year=2026 HTTP/1.1\r\n"));
        QVERIFY(server.requests().first().contains("\r\nX-Trace: 7\r\n"));
    }

    void badPasteIsToldAndKept_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("word");
        QTest::newRow("nothing") << QString() << u"nothing to open"_s;
        QTest::newRow("prose") << u"please send this"_s << u"neither a URL nor a curl command"_s;
        QTest::newRow("open quote") << u"curl 'http://127.0.0.1/"_s << u"quote"_s;
        QTest::newRow("no URL") << u"curl -u alice:x"_s << u"URL"_s;
        QTest::newRow("option without value") << u"curl http://127.0.0.1/ -H"_s << u"-H"_s;
    }
    void badPasteIsToldAndKept()
    {
        QFETCH(QString, text);
        QFETCH(QString, word);
        WindowFixture fixture;
        fixture.open();
        type(text);
        press(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY2(visibleText(fixture.window()).contains(word), qPrintable(visibleText(fixture.window())));
        QCOMPARE(focusedControl(), u"Request as you have it"_s);
        QCOMPARE(qobject_cast<QPlainTextEdit *>(QApplication::focusWidget())->toPlainText(), text);
        QVERIFY(!fixture.session());
    }

    // ---- Between runs

    void unsavedTextComesBackAfterQuitting()
    {
        WindowFixture fixture;
        fixture.open({1280, 800});
        press(Qt::Key_N, Qt::ControlModifier);
        type(u"http://127.0.0.1/draft?n=1"_s);
        press(Qt::Key_N, Qt::ControlModifier);
        type(u"http://127.0.0.1/second"_s);
        press(Qt::Key_1, Qt::ControlModifier);
        press(Qt::Key_Q, Qt::ControlModifier);
        QVERIFY(!fixture.window()->isVisible());
        fixture.open();
        QCOMPARE(fixture.window()->requestTabs().size(), 2);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), u"http://127.0.0.1/draft?n=1"_s);
        press(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), u"http://127.0.0.1/second"_s);
    }

    // As after a crash: the window goes without being closed.
    void unsavedTextComesBackWithoutQuitting()
    {
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(u"http://127.0.0.1/draft"_s);
        QTRY_VERIFY(fileText(fixture.statePath()).contains("127.0.0.1/draft"));
        fixture.open();
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), u"http://127.0.0.1/draft"_s);
    }

    void quitsInTheMiddleOfASend()
    {
        ScriptServer server([](const QByteArray &) { return QByteArray(); });
        WindowFixture fixture;
        fixture.open();
        press(Qt::Key_N, Qt::ControlModifier);
        type(server.url());
        press(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(server.requests().size(), 1);
        press(Qt::Key_Q, Qt::ControlModifier);
        fixture.close();
        fixture.open();
        QCOMPARE(visibleNamed<QLineEdit>(fixture.window(), u"Request URL"_s)->text(), server.url());
    }
};

} // namespace realmscope

int main(int argc, char **argv)
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"); // no secret service, whatever the desktop has
    QApplication application(argc, argv);
    QTEST_SET_MAIN_SOURCE_PATH
    realmscope::PlacesTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_places.moc"
