// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/OriginQuestion.h"
#include "ui/request/RequestTab.h"

#include "RequestFixture.h"
#include "ui/request/MenuChip.h"
#include "ui/request/PairModel.h"
#include "ui/request/PairTable.h"
#include "ui/request/RequestEditor.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/response/RawPage.h"
#include "ui/response/RefusalBanner.h"
#include "ui/response/ResponseView.h"
#include "ui/response/TraceStrip.h"
#include "ui/theme/Theme.h"

#include <QtCore/QFile>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>

using namespace Qt::StringLiterals;

namespace realmscope {

// The one visible widget of a type with this accessible name, as a user of assistive technology finds it.
template <typename T>
static T *named(const QWidget &parent, const QString &name)
{
    for (T *widget : parent.findChildren<T *>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

static QString bannerText(const RequestTab &tab)
{
    const auto *banner = tab.findChild<RefusalBanner *>();
    if (!banner->isVisible())
        return {};
    QStringList parts{banner->accessibleName()};
    for (const BannerText *label : banner->findChildren<BannerText *>())
        parts.append(label->text());
    return parts.join(u" | "_s);
}

static QPushButton *bannerButton(const RequestTab &tab)
{
    for (QPushButton *button : tab.findChild<RefusalBanner *>()->findChildren<QPushButton *>()) {
        if (button->isVisible() && button->accessibleName() != "Troubleshoot"_L1)
            return button;
    }
    return nullptr;
}

class RequestTabTest : public QObject
{
    Q_OBJECT

private:
    static std::unique_ptr<RequestTab> makeTab(RequestFixture &fixture)
    {
        auto tab = std::make_unique<RequestTab>(fixture.context);
        tab->resize(1100, 820);
        tab->show();
        QApplication::setActiveWindow(tab.get());
        [[maybe_unused]] const bool isShown = QTest::qWaitForWindowActive(tab.get());
        return tab;
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void pastedCommandWithoutACredential()
    {
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        tab->focusUrl();
        auto *url = named<QLineEdit>(*tab, u"Request URL"_s);
        QGuiApplication::clipboard()->setText(u"curl -H 'X-G: a' 'http://127.0.0.1:1/x?q=1'"_s);
        QTest::keyClick(url, Qt::Key_V, Qt::ControlModifier);
        QTRY_COMPARE(url->text(), u"http://127.0.0.1:1/x?q=1"_s);
        QCOMPARE(tab->session()->spec().url, u"http://127.0.0.1:1/x?q=1"_s);
        QCOMPARE(tab->session()->spec().headers.size(), 1);
    }

    // The main job with the keyboard: type, send, be refused, be told why, apply the fix, get the 200.
    void refusalIsExplainedFixedAndResent()
    {
        // printf 'alice:Quartz-58' | base64
        ScriptServer server([](const QByteArray &request) {
            if (request.contains("\r\nAuthorization: Basic YWxpY2U6UXVhcnR6LTU4\r\n"))
                return response(200, "OK", "Content-Type: application/json\r\n", "{\"ok\":true}");
            return response(401, "Unauthorized", "WWW-Authenticate: Basic realm=\"lab\"\r\n", "no");
        });
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"Quartz-58\n"_s}},
                           {server.origin()});
        // A password with a line end at its end is what `cat file` or a careless paste gives.
        const auto tab = makeTab(fixture);
        tab->focusUrl();
        auto *url = named<QLineEdit>(*tab, u"Request URL"_s);
        QVERIFY(url->hasFocus());
        QTest::keyClicks(url, server.url(u"/invoices"_s));
        QCOMPARE(tab->session()->spec().url, server.url(u"/invoices"_s));
        auto *chip = named<MenuChip>(*tab, u"Credential profile"_s);
        tab->focusProfile();
        QTRY_VERIFY(chip->popupMenu()->isVisible());
        QTest::keyClick(chip->popupMenu(), Qt::Key_Down); // No credential
        QTest::keyClick(chip->popupMenu(), Qt::Key_Down); // alice
        QTest::keyClick(chip->popupMenu(), Qt::Key_Return);
        QCOMPARE(tab->session()->spec().profileName, u"alice"_s);
        url->setFocus();
        QTest::keyClick(url, Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(tab->session()->hasResult() && !tab->session()->isProbing());
        QCOMPARE(tab->session()->trace().final()->response.status, 401);
        QVERIFY(named<QLabel>(*tab, u"Status 401"_s));
        const Finding *cause = tab->session()->diagnosis().primary();
        QVERIFY(cause);
        QCOMPARE(cause->cause, u"stray-whitespace"_s);
        QVERIFY2(bannerText(*tab).startsWith(cause->title), qPrintable(bannerText(*tab)));
        QVERIFY(named<QPushButton>(*tab, u"Troubleshoot"_s)->isVisible());

        QVERIFY(bannerButton(*tab));
        tab->applyBannerFix();
        QTRY_VERIFY(tab->session()->hasResult() && tab->session()->isFixedResult());
        QCOMPARE(tab->session()->trace().final()->response.status, 200);
        QVERIFY(named<QLabel>(*tab, u"Status 200"_s));
        QVERIFY2(bannerText(*tab).startsWith(u"Fixed: 401 → 200"_s), qPrintable(bannerText(*tab)));
        // Nowhere in the window is the password, nor what stands for it on the wire.
        tab->response()->showSection(ResponseView::Raw);
        const QString raw = tab->response()->rawPage()->view()->toPlainText();
        QVERIFY(raw.contains(u"Authorization: Basic •"_s));
        QVERIFY(!raw.contains("YWxpY2U6UXVhcnR6"_L1));
    }

    void evidenceJumpsToTheBytes()
    {
        ScriptServer server([](const QByteArray &) {
            return response(401, "Unauthorized", "Server: front\r\nWWW-Authenticate: Basic realm=\"lab\"\r\n", "no");
        });
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = server.url();
        tab->session()->setSpec(spec);
        tab->session()->send();
        QTRY_VERIFY(tab->session()->hasResult());
        Evidence evidence;
        evidence.exchange = 0;
        evidence.part = EvidencePart::ResponseHeader;
        evidence.name = "WWW-Authenticate";
        const QByteArray raw = tab->session()->trace().exchanges.first().rawResponse.all();
        evidence.range = {raw.indexOf("realm="), raw.indexOf("\"lab\"") + 5};
        tab->session()->showEvidence(evidence);
        QCOMPARE(tab->response()->section(), ResponseView::Raw);
        QStringList marked;
        for (const TextLine &line : tab->response()->rawPage()->view()->document().lines()) {
            for (const TextSpan &span : line.spans) {
                if (span.kind == SpanKind::Evidence)
                    marked.append(line.text.sliced(span.begin, span.end - span.begin));
            }
        }
        QCOMPARE(marked, QStringList{u"realm=\"lab\""_s});
    }

    void cancelWithEscape()
    {
        ScriptServer server([](const QByteArray &) { return QByteArray(); });
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        tab->focusUrl();
        auto *url = named<QLineEdit>(*tab, u"Request URL"_s);
        QTest::keyClicks(url, server.url());
        QTest::keyClick(url, Qt::Key_Return);
        QTRY_COMPARE(server.requests().size(), 1);
        QVERIFY(named<QPushButton>(*tab, u"Stop"_s)); // Send has become Stop
        QCOMPARE(tab->findChild<TraceStrip *>()->isVisible(), true);
        QTest::keyClick(url, Qt::Key_Escape);
        QTRY_COMPARE(tab->session()->state(), RequestSession::State::Idle);
        QVERIFY(named<QPushButton>(*tab, u"Send"_s));
        QVERIFY2(bannerText(*tab).startsWith("Cancelled"_L1), qPrintable(bannerText(*tab)));
    }

    void badUrlIsToldBesideTheField_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("word"); // of the sentence below the field
        QTest::newRow("port") << u"http://host:99999/"_s << u"port"_s;
        QTest::newRow("scheme") << u"ftp://host/"_s << u"ftp"_s;
        QTest::newRow("variable") << u"{{base}}/x"_s << u"{{base}}"_s;
    }
    void badUrlIsToldBesideTheField()
    {
        QFETCH(QString, url);
        QFETCH(QString, word);
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        auto *edit = named<QLineEdit>(*tab, u"Request URL"_s);
        tab->focusUrl();
        QTest::keyClicks(edit, url);
        QVERIFY2(edit->accessibleDescription().contains(word, Qt::CaseInsensitive),
                 qPrintable(edit->accessibleDescription()));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(tab->session()->sendError().has_value());
        QVERIFY2(bannerText(*tab).startsWith("Not sent"_L1), qPrintable(bannerText(*tab)));
        QCOMPARE(edit->text(), url);
    }

    void badHeaderIsToldInItsRow_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("line break in the value") << u"X-A"_s << u"b\r\nX-B: c"_s;
        QTest::newRow("NUL in the value") << u"X-A"_s << u"b"_s + QChar(u'\0');
        QTest::newRow("space in the name") << u"X A"_s << u"b"_s;
        QTest::newRow("colon in the name") << u"X-A:"_s << u"b"_s;
        QTest::newRow("not Latin in the name") << u"X-Ä"_s << u"b"_s;
        QTest::newRow("no name") << QString() << u"b"_s;
    }
    void badHeaderIsToldInItsRow()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1:9/"_s;
        spec.headers = {{name, value, true}};
        tab->session()->setSpec(spec);
        const QAbstractItemModel *model = tab->editor()->headersTable()->model();
        int row = -1;
        for (int index = 0; index < model->rowCount(); ++index) {
            if (!model->index(index, RequestHeadersModel::Name).data(RequestHeadersModel::ProblemRole).toString().isEmpty())
                row = index;
        }
        QVERIFY(row >= 0);
        QCOMPARE(model->index(row, RequestHeadersModel::Name).data(Qt::EditRole).toString(), name);
        QCOMPARE(model->index(row, RequestHeadersModel::Value).data(Qt::EditRole).toString(), value);
        tab->grab(); // paints it
        tab->session()->send();
        QTRY_VERIFY(tab->session()->sendError().has_value());
        QVERIFY(bannerText(*tab).startsWith("Not sent"_L1));
        QCOMPARE(tab->session()->spec().headers.first().value, value);
    }

    void headersAreEditedInPlace()
    {
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = u"http://api.example.com/"_s;
        tab->session()->setSpec(spec);
        PairTable *table = tab->editor()->headersTable();
        QAbstractItemModelTester tester(table->model());
        const int addRow = table->model()->rowCount() - 1;
        table->setFocus();
        table->setCurrentIndex(table->model()->index(addRow, RequestHeadersModel::Name));
        QTest::keyClick(table, Qt::Key_Return);
        auto *editor = table->findChild<QLineEdit *>();
        QVERIFY(editor);
        QTest::keyClicks(editor, u"X-Tenant"_s);
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(tab->session()->spec().headers.size(), 1);
        QCOMPARE(tab->session()->spec().headers.first().name, u"X-Tenant"_s);
        // The row that was made is the second, after Host.
        const QModelIndex value = table->model()->index(1, RequestHeadersModel::Value);
        QVERIFY(table->model()->setData(value, u"blue"_s, Qt::EditRole));
        QCOMPARE(tab->session()->spec().headers.first().value, u"blue"_s);
        table->setCurrentIndex(table->model()->index(1, RequestHeadersModel::Check));
        QTest::keyClick(table, Qt::Key_Space);
        QVERIFY(!tab->session()->spec().headers.first().enabled);
        table->setCurrentIndex(table->model()->index(1, RequestHeadersModel::Name));
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(tab->session()->spec().headers.size(), 0);
    }

    void profileRowIsMaskedAndLocked()
    {
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"bearer"_s, {}, {{u"token"_s, u"s3cr3t-token-value"_s}},
                           {u"https://api.example.com"_s});
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = u"https://api.example.com/"_s;
        spec.profileName = u"alice"_s;
        tab->session()->setSpec(spec);
        const QAbstractItemModel *model = tab->editor()->headersTable()->model();
        int row = -1;
        for (int index = 0; index < model->rowCount(); ++index) {
            if (model->index(index, RequestHeadersModel::Name).data().toString() == "Authorization"_L1)
                row = index;
        }
        QVERIFY(row >= 0);
        QVERIFY(model->index(row, RequestHeadersModel::Value).data().toString().startsWith(u"Bearer •"_s));
        QVERIFY(!(model->flags(model->index(row, RequestHeadersModel::Value)) & Qt::ItemIsEditable));
        QCOMPARE(model->index(row, RequestHeadersModel::Source).data().toString(), u"Profile · alice"_s);
    }

    void paramsAndUrlAgree_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("plain") << u"http://h/p?a=1&b=2"_s << QStringList{u"a"_s, u"b"_s};
        QTest::newRow("fragment") << u"http://h/p?a=1#x?y=2"_s << QStringList{u"a"_s};
        QTest::newRow("no query") << u"http://h/p#x"_s << QStringList();
        QTest::newRow("empty query") << u"http://h/p?"_s << QStringList();
        QTest::newRow("flag, empty value, encoded") << u"http://h/?flag&e=&x=%20+%zz"_s
                                                    << QStringList{u"flag"_s, u"e"_s, u"x"_s};
        QTest::newRow("variables") << u"{{base}}?id={{id}}"_s << QStringList{u"id"_s};
        QTest::newRow("twice, and nothing") << u"http://h/?a=1&&a=2"_s << QStringList{u"a"_s, QString(), u"a"_s};
    }
    void paramsAndUrlAgree()
    {
        QFETCH(QString, url);
        QFETCH(QStringList, names);
        const QList<Pair> pairs = queryPairs(url);
        QStringList found;
        for (const Pair &pair : pairs)
            found.append(pair.name);
        QCOMPARE(found, names);
        if (url != "http://h/p?"_L1)
            QCOMPARE(withQueryPairs(url, pairs), url); // nothing is rewritten
    }

    void paramIsEditedIntoTheUrl()
    {
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = u"http://h/p?a=1#frag"_s;
        tab->session()->setSpec(spec);
        tab->editor()->showSection(RequestEditor::Params);
        QAbstractItemModel *model = tab->editor()->paramsTable()->model();
        QAbstractItemModelTester tester(model);
        QVERIFY(model->setData(model->index(0, PairModel::Value), u"x&y #z"_s, Qt::EditRole));
        QCOMPARE(tab->session()->spec().url, u"http://h/p?a=x%26y%20%23z#frag"_s);
        QVERIFY(model->setData(model->index(1, PairModel::Name), u"new"_s, Qt::EditRole));
        QVERIFY(model->setData(model->index(1, PairModel::Value), u"{{v}}"_s, Qt::EditRole));
        QCOMPARE(tab->session()->spec().url, u"http://h/p?a=x%26y%20%23z&new={{v}}#frag"_s);
        // And back: the URL is the truth.
        spec.url = u"http://h/q"_s;
        tab->session()->setSpec(spec);
        QCOMPARE(model->rowCount(), 1); // the row to add with
    }

    void customMethodIsSent()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, {}); });
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        auto *method = named<QComboBox>(*tab, u"Method"_s);
        method->setFocus();
        method->lineEdit()->selectAll();
        QTest::keyClicks(method->lineEdit(), u"PURGE"_s);
        tab->focusUrl();
        QTest::keyClicks(named<QLineEdit>(*tab, u"Request URL"_s), server.url());
        QTest::keyClick(named<QLineEdit>(*tab, u"Request URL"_s), Qt::Key_Return);
        QTRY_VERIFY(tab->session()->hasResult());
        QVERIFY(server.requests().first().startsWith("PURGE / HTTP/1.1\r\n"));
    }

    void altArrowsGoThroughTheTrace()
    {
        ScriptServer server([](const QByteArray &request) {
            return request.startsWith("GET /a ") ? response(302, "Found", "Location: /b\r\n", {})
                                                 : response(200, "OK", {}, "b");
        });
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = server.url(u"/a"_s);
        spec.settings.followRedirects = true;
        tab->session()->setSpec(spec);
        tab->session()->send();
        QTRY_VERIFY(tab->session()->hasResult());
        QCOMPARE(tab->findChild<TraceStrip *>()->chips().size(), 2);
        tab->focusUrl();
        QWidget *focused = QApplication::focusWidget();
        QTest::keyClick(focused, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(tab->session()->currentExchange(), 0);
        QVERIFY(named<QLabel>(*tab, u"Status 302"_s));
        QTest::keyClick(focused, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(tab->session()->currentExchange(), 1);
    }

    void transportFailureIsNotCalledAuthentication()
    {
        quint16 port = 0;
        {
            QTcpServer gone;
            QVERIFY(gone.listen(QHostAddress::LocalHost));
            port = gone.serverPort();
        }
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1:%1/"_s.arg(port);
        tab->session()->setSpec(spec);
        tab->session()->send();
        QTRY_VERIFY(tab->session()->hasResult());
        QVERIFY2(bannerText(*tab).startsWith("Not an authentication problem"_L1), qPrintable(bannerText(*tab)));
        QVERIFY(bannerText(*tab).contains(QString::number(port)));
    }

    void originIsAllowedFromTheBanner()
    {
        ScriptServer server([](const QByteArray &) { return response(200, "OK", {}, "b"); });
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"x1y2"_s}},
                           {u"https://api.example.com"_s});
        const auto tab = makeTab(fixture);
        RequestSpec spec;
        spec.url = server.url();
        spec.profileName = u"alice"_s;
        tab->session()->setSpec(spec);
        tab->session()->send();
        QTRY_VERIFY(tab->session()->sendError().has_value());
        QPushButton *button = bannerButton(*tab);
        QVERIFY(button);
        QCOMPARE(button->text(), u"Allow this origin…"_s);
        QTest::mouseClick(button, Qt::LeftButton);
        const QPointer<OriginQuestion> refused = tab->findChild<OriginQuestion *>();
        QVERIFY(refused && refused->isVisible());
        QVERIFY(refused->findChild<QLabel *>(u"difference"_s)->text().startsWith("It is another host"_L1));
        QTest::keyClick(refused, Qt::Key_Escape);
        QTRY_VERIFY(!refused);
        QVERIFY(!tab->session()->hasResult());
        QCOMPARE(fixture.context.profiles->findByName(u"alice"_s)->origins.size(), 1);
        QTest::mouseClick(button, Qt::LeftButton);
        const QPointer<OriginQuestion> asked = tab->findChild<OriginQuestion *>();
        QVERIFY(asked);
        QTest::keyClick(asked, Qt::Key_Return);
        QTRY_VERIFY(tab->session()->hasResult());
        QCOMPARE(tab->session()->trace().final()->response.status, 200);
        QCOMPARE(bannerText(*tab), QString());
    }

    // A name made to be taken for the profile's: Return does not let it through.
    void suspiciousOriginIsNotAllowedByReturn()
    {
        CredentialProfile profile = CredentialProfile::create(u"alice"_s, u"basic"_s);
        profile.origins = QStringList{u"https://api.example.com"_s};
        const auto answerTo = [&](const QString &url) {
            auto *question = new OriginQuestion(profile, Url::parse(url)->origin(), true, nullptr);
            const QSignalSpy accepted(question, &QDialog::accepted), rejected(question, &QDialog::rejected);
            question->open();
            QTest::keyClick(question, Qt::Key_Return);
            return accepted.size() - rejected.size();
        };
        QCOMPARE(answerTo(u"https://\u0430pi.example.com/"_s), -1);
        QCOMPARE(answerTo(u"https://api.example.com.evil.test/"_s), -1);
        QCOMPARE(answerTo(u"https://api.example.com:8443/"_s), 1);
    }

    void everyControlHasAName()
    {
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        for (int section = 0; section <= RequestEditor::Settings; ++section) {
            tab->editor()->showSection(static_cast<RequestEditor::Section>(section));
            for (QWidget *widget : tab->findChildren<QWidget *>()) {
                if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy()
                    || widget->objectName().startsWith("qt_"_L1))
                    continue;
                QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
                QVERIFY(interface);
                QVERIFY2(!interface->text(QAccessible::Name).isEmpty(),
                         qPrintable(QString::fromLatin1(widget->metaObject()->className())));
            }
        }
    }

    void paintsInBothThemesAndNarrow()
    {
        RequestFixture fixture;
        const auto tab = makeTab(fixture);
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().setMode(mode);
            for (const QSize &size : {QSize(1440, 900), QSize(560, 640)}) {
                tab->resize(size);
                QVERIFY(!tab->grab().isNull());
            }
        }
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::RequestTabTest)
#include "tst_requesttab.moc"
