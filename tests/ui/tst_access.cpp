// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Every control of the window has a name and is reached without a mouse; every model is sound.
#include "WindowFixture.h"
#include "ui/credentials/ProfileModel.h"
#include "ui/practice/RoomModel.h"
#include "ui/vault/VaultBar.h"
#include "ui/request/PairModel.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/window/CommandPalette.h"
#include "ui/window/RequestTreeModel.h"

#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QAbstractSlider>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTabBar>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

using namespace keyboard;

// What somebody can press, write in or choose from.
static bool isControl(const QWidget *widget)
{
    if (!widget->isVisible() || !widget->isEnabled() || qobject_cast<const QHeaderView *>(widget)
        || qobject_cast<const QScrollBar *>(widget))
        return false;
    const bool isPart = qobject_cast<const QLineEdit *>(widget)
        && (qobject_cast<const QComboBox *>(widget->parent()) || qobject_cast<const QAbstractSpinBox *>(widget->parent()));
    if (isPart)
        return false;
    return widget->focusPolicy() & Qt::TabFocus || qobject_cast<const QAbstractButton *>(widget)
        || qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QComboBox *>(widget)
        || qobject_cast<const QAbstractItemView *>(widget) || qobject_cast<const QTabBar *>(widget)
        || qobject_cast<const QPlainTextEdit *>(widget) || qobject_cast<const QAbstractSpinBox *>(widget);
}

// The cross in a text field: Escape does the same there.
static bool isClearButton(const QWidget *widget)
{
    return qobject_cast<const QAbstractButton *>(widget) && qobject_cast<const QLineEdit *>(widget->parent())
        && widget->focusPolicy() == Qt::NoFocus;
}

// Of buttons of which one is chosen Tab stops at the chosen one; the arrows go to the others.
static bool isReachedByArrows(const QWidget *widget, const QSet<const QWidget *> &reached)
{
    const auto *button = qobject_cast<const QAbstractButton *>(widget);
    if (!button || !button->isCheckable())
        return false;
    QList<QAbstractButton *> others;
    if (button->group() && button->group()->exclusive())
        others = button->group()->buttons();
    else if (button->autoExclusive())
        others = button->parentWidget()->findChildren<QAbstractButton *>(Qt::FindDirectChildrenOnly);
    return std::ranges::any_of(others, [&](const QAbstractButton *other) { return reached.contains(other); });
}

static QString describe(const QWidget *widget)
{
    QStringList path;
    for (const QWidget *up = widget; up; up = up->parentWidget())
        path.prepend(QString::fromLatin1(up->metaObject()->className()).section(u':', -1));
    return u"%1 (\"%2\")"_s.arg(path.join(u" > "_s), nameOf(widget));
}

// The widgets that Tab stops at, in their order, from where the focus is until it comes back.
static QList<const QWidget *> tabStops()
{
    QList<const QWidget *> stops;
    for (int i = 0; i < 400; ++i) {
        press(Qt::Key_Tab);
        const QWidget *now = QApplication::focusWidget();
        if (!now || stops.contains(now))
            break;
        stops.append(now);
    }
    return stops;
}

class AccessTest : public QObject
{
    Q_OBJECT

private:
    using Way = std::function<void(WindowFixture &)>; // to the state that is looked at

    static void addStates()
    {
        QTest::addColumn<int>("state");
        for (int i = 0; i < static_cast<int>(states().size()); ++i)
            QTest::newRow(states().at(static_cast<std::size_t>(i)).first) << i;
    }

    static const std::vector<std::pair<const char *, Way>> &states()
    {
        static const auto refused = [](WindowFixture &fixture) {
            press(Qt::Key_N, Qt::ControlModifier);
            if (const auto started = fixture.context.practice->start(); !started)
                QFAIL("the practice server did not start");
            type(fixture.context.practice->addresses().value(u"base"_s) + u"/wrong-password"_s);
            press(Qt::Key_E, Qt::ControlModifier);
            QVERIFY(chooseFromMenu(u"alice"_s));
            press(Qt::Key_Return, Qt::ControlModifier);
            QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"Status 401"_s));
            QTRY_VERIFY(fixture.isSettled());
        };
        static const auto section = [](const char *bar, int index) {
            return [bar, index](WindowFixture &fixture) {
                refused(fixture);
                QVERIFY(tabTo(QString::fromLatin1(bar)));
                for (int i = 0; i < 8; ++i)
                    press(Qt::Key_Left);
                for (int i = 0; i < index; ++i)
                    press(Qt::Key_Right);
            };
        };
        static const std::vector<std::pair<const char *, Way>> list = {
            {"start page", [](WindowFixture &) {}},
            {"new request", [](WindowFixture &) { press(Qt::Key_N, Qt::ControlModifier); }},
            {"refused request", refused},
            {"params", section("Request sections", 0)},
            {"auth", section("Request sections", 2)},
            {"settings", section("Request sections", 4)},
            {"response body", section("Response sections", 0)},
            {"response headers", section("Response sections", 1)},
            {"response auth", section("Response sections", 2)},
            {"timing", section("Response sections", 3)},
            {"TLS", section("Response sections", 4)},
            {"raw", section("Response sections", 5)},
            {"troubleshooter",
             [](WindowFixture &fixture) {
                 refused(fixture);
                 press(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
             }},
            {"credentials", [](WindowFixture &) { press(Qt::Key_2, Qt::AltModifier); }},
            {"new profile",
             [](WindowFixture &) {
                 press(Qt::Key_2, Qt::AltModifier);
                 QVERIFY(tabTo(u"New profile"_s));
                 press(Qt::Key_Space);
             }},
            {"deleted profile",
             [](WindowFixture &) {
                 press(Qt::Key_2, Qt::AltModifier);
                 press(Qt::Key_Delete);
             }},
            {"history",
             [](WindowFixture &fixture) {
                 press(Qt::Key_3, Qt::AltModifier);
                 QTRY_VERIFY(visibleNamed<QAbstractButton>(fixture.window(), u"Send again"_s)); // the entry is there
             }},
            {"history without a match",
             [](WindowFixture &) {
                 press(Qt::Key_3, Qt::AltModifier);
                 press(Qt::Key_F, Qt::ControlModifier);
                 type(u"nothing has this"_s);
             }},
            {"deleted history entry",
             [](WindowFixture &fixture) {
                 press(Qt::Key_3, Qt::AltModifier);
                 QTRY_VERIFY(visibleNamed<QAbstractButton>(fixture.window(), u"Send again"_s));
                 press(Qt::Key_Delete);
                 QVERIFY(visibleNamed<QAbstractButton>(fixture.window(), u"Undo: "_s));
             }},
            {"out of the history",
             [](WindowFixture &fixture) {
                 press(Qt::Key_3, Qt::AltModifier);
                 press(Qt::Key_Return);
                 QTRY_VERIFY(visibleNamed<QLabel>(fixture.window(), u"From the history"_s));
             }},
            {"practice", [](WindowFixture &) { press(Qt::Key_5, Qt::AltModifier); }},
            {"locked vault",
             [](WindowFixture &fixture) {
                 bool isThere = false;
                 fixture.context.vault->create(Secret("Seven-Otters-Swim"), fixture.window(), [&](const Result<void> &made) { isThere = bool(made); });
                 QTRY_VERIFY(isThere);
                 press(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
                 fixture.window()->vaultBar()->ask();
                 QTRY_COMPARE(focusedControl(), u"Passphrase of the vault"_s);
             }},
        };
        return list;
    }

    static void open(WindowFixture &fixture, int state)
    {
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"user"_s}}, {{u"password"_s, u"Orchid-25"_s}},
                           {u"http://127.0.0.1:*"_s});
        RequestSpec spec;
        spec.name = u"Invoices"_s;
        spec.url = u"http://127.0.0.1/"_s;
        QVERIFY(fixture.context.workspace->create({}, spec));
        HistoryFolder files(historyFolder(fixture.folder()), {});
        for (const QString &id : {u"one"_s, u"two"_s}) {
            HistoryRecord record;
            record.entry.id = id;
            record.entry.sentAtMs = fixture.context.clock->nowMs();
            record.entry.method = u"GET"_s;
            record.entry.url = u"http://127.0.0.1/"_s + id;
            record.entry.status = 200;
            record.spec.url = record.entry.url;
            Exchange exchange;
            exchange.request.url = *Url::parse(record.entry.url);
            exchange.response.status = 200;
            exchange.rawResponse = RecordedBytes("HTTP/1.1 200 OK\r\n\r\n");
            record.trace.exchanges.append(exchange);
            QVERIFY(files.add(record));
        }
        fixture.context.history = std::make_unique<History>(historyFolder(fixture.folder()), HistoryLimits());
        fixture.open();
        states().at(static_cast<std::size_t>(state)).second(fixture);
    }

private Q_SLOTS:
    void initTestCase() { Theme::install(*qobject_cast<QApplication *>(qApp), ThemeMode::Light); }

    void everyControlHasAName_data() { addStates(); }
    void everyControlHasAName()
    {
        QFETCH(int, state);
        WindowFixture fixture;
        open(fixture, state);
        QStringList nameless;
        const auto widgets = fixture.window()->findChildren<QWidget *>();
        int count = 0;
        for (const QWidget *widget : widgets) {
            if (!isControl(widget))
                continue;
            ++count;
            if (nameOf(widget).trimmed().isEmpty())
                nameless.append(describe(widget));
        }
        QVERIFY(count >= 10); // there is something to look at
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void everyControlIsReachedByTab_data() { addStates(); }
    void everyControlIsReachedByTab()
    {
        QFETCH(int, state);
        WindowFixture fixture;
        open(fixture, state);
        const QList<const QWidget *> stops = tabStops();
        QSet<const QWidget *> reached(stops.cbegin(), stops.cend());
        for (const QWidget *stop : stops) {
            if (const auto *edit = qobject_cast<const QLineEdit *>(stop); edit && qobject_cast<const QComboBox *>(edit->parent()))
                reached.insert(edit->parentWidget());
        }
        QStringList missed;
        const auto widgets = fixture.window()->findChildren<QWidget *>();
        for (const QWidget *widget : widgets) {
            if (isControl(widget) && !isClearButton(widget) && !reached.contains(widget) && !isReachedByArrows(widget, reached))
                missed.append(describe(widget));
        }
        QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u'\n')));
        for (const QWidget *stop : stops)
            QVERIFY2(stop->isVisible() && !nameOf(stop).isEmpty(), qPrintable(u"Tab stops at "_s + describe(stop)));
    }

    // Tab goes as one reads: down the page, and along a line. A step back up is one to the next column or row of panes.
    void tabGoesAsOneReads_data() { addStates(); }
    void tabGoesAsOneReads()
    {
        QFETCH(int, state);
        WindowFixture fixture;
        open(fixture, state);
        const QList<const QWidget *> stops = tabStops();
        QStringList jumps;
        for (qsizetype i = 1; i < stops.size(); ++i) {
            const QWidget *before = stops.at(i - 1);
            const QWidget *after = stops.at(i);
            const QRect a(before->mapTo(fixture.window(), QPoint()), before->size());
            const QRect b(after->mapTo(fixture.window(), QPoint()), after->size());
            const bool isBehind = b.left() >= a.right() || b.top() >= a.bottom() || a.contains(b) || b.contains(a);
            const bool isAround = i + 1 == stops.size() || b.top() < 60; // from the end to the window's top
            if (!isBehind && !isAround)
                jumps.append(describe(before) + u"\n    -> "_s + describe(after));
        }
        QVERIFY2(jumps.isEmpty(), qPrintable(jumps.join(u'\n')));
    }

    void paletteRunsACommandAndGivesTheFocusBack()
    {
        WindowFixture fixture;
        open(fixture, 1);
        QCOMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_K, Qt::ControlModifier);
        QCOMPARE(focusedControl(), u"Find a command"_s);
        for (const QWidget *widget : fixture.window()->commandPalette()->findChildren<QWidget *>()) {
            if (isControl(widget))
                QVERIFY2(!nameOf(widget).isEmpty(), qPrintable(describe(widget)));
        }
        press(Qt::Key_Escape);
        QVERIFY(!fixture.window()->commandPalette()->isVisible());
        QCOMPARE(focusedControl(), u"Request URL"_s);
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"invoices"_s);
        press(Qt::Key_Return);
        QCOMPARE(fixture.session()->spec().name, u"Invoices"_s);
        press(Qt::Key_K, Qt::ControlModifier);
        type(u"use alice"_s);
        press(Qt::Key_Return);
        QCOMPARE(fixture.session()->spec().profileName, u"alice"_s);
    }

    // The keys that the help names all do something: none is taken twice.
    void keysAreUnambiguous()
    {
        WindowFixture fixture;
        open(fixture, 1);
        QMap<QString, QStringList> taken;
        const auto actions = fixture.window()->actions();
        for (const QAction *action : actions) {
            for (const QKeySequence &keys : action->shortcuts())
                taken[keys.toString()].append(action->text());
        }
        for (auto it = taken.cbegin(); it != taken.cend(); ++it)
            QVERIFY2(it->size() == 1, qPrintable(it.key() + u": "_s + it->join(u", "_s)));
        QVERIFY(taken.contains(u"Ctrl+Shift+D"_s));
    }

    // In the smallest window nothing that is chosen from is cut off.
    void sectionsAndStepsStayInSight()
    {
        const auto &all = states();
        const auto troubleshooter = std::ranges::find_if(all, [](const auto &state) {
            return QLatin1StringView(state.first) == "troubleshooter"_L1;
        });
        WindowFixture fixture;
        open(fixture, static_cast<int>(troubleshooter - all.begin()));
        MainWindow *window = fixture.window();
        window->resize(window->minimumSize());
        for (const QString &name : {u"Request sections"_s, u"Response sections"_s}) {
            const auto *bar = visibleNamed<QTabBar>(window, name);
            QVERIFY(bar);
            QTRY_VERIFY2(bar->tabRect(bar->count() - 1).right() <= bar->width(), qPrintable(name));
        }
        const auto *last = visibleNamed<QAbstractButton>(window, u"9 Retest"_s);
        QVERIFY(last);
        const auto *foot = visibleNamed<QAbstractButton>(window, u"Copy sanitised report"_s);
        QVERIFY(foot);
        QTRY_VERIFY(last->mapTo(window, QPoint(0, last->height())).y() <= foot->mapTo(window, QPoint()).y());
        QVERIFY(last->height() >= last->fontMetrics().height());
    }

    void placesKeepTheFocus()
    {
        WindowFixture fixture;
        open(fixture, 1);
        QVERIFY(tabTo(u"Method"_s));
        for (const Qt::Key place : {Qt::Key_2, Qt::Key_3, Qt::Key_5}) {
            press(place, Qt::AltModifier);
            QVERIFY(QApplication::focusWidget());
            QVERIFY(QApplication::focusWidget()->isVisible());
            press(Qt::Key_1, Qt::AltModifier);
            QCOMPARE(focusedControl(), u"Method"_s);
        }
    }

    // ---- Models, while what they show changes

    void profileModelIsSound()
    {
        RequestFixture fixture;
        ProfileModel model(*fixture.context.profiles, *fixture.context.clock);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        for (const QString &name : {u"zoe"_s, u"alice"_s})
            fixture.addProfile(name, u"basic"_s, {{u"username"_s, name}}, {}, {});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), u"alice"_s);
        fixture.context.profiles->remove(model.index(0).data(ProfileModel::IdRole).toString());
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0).data().toString(), u"zoe"_s);
    }

    void roomModelIsSound()
    {
        RoomModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Result<QList<Room>> rooms = loadRooms();
        QVERIFY(rooms);
        model.setRooms(*rooms);
        QCOMPARE(model.rowCount(), static_cast<int>(rooms->size()));
        model.setSolved(u"basic-at-digest"_s);
        model.setSolved(u"no-such-room"_s);
        QCOMPARE(model.solvedCount(), 1);
        QVERIFY(model.index(model.rowOf(u"basic-at-digest"_s)).data(RoomModel::SolvedRole).toBool());
        model.setRooms({});
        QCOMPARE(model.rowCount(), 0);
    }

    void requestTreeModelIsSound()
    {
        RequestFixture fixture;
        RequestTreeModel model(*fixture.context.workspace);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1/"_s;
        for (const QString &name : {u"one"_s, u"two"_s}) {
            spec.name = name;
            QVERIFY(fixture.context.workspace->create({}, spec));
        }
        spec.name = u"three"_s;
        const Result<QString> path = fixture.context.workspace->create(u"deep/er"_s, spec);
        QVERIFY(path);
        model.reload();
        QCOMPARE(model.rowCount(), 3);
        const QModelIndex inside = model.find({*path, 0});
        QVERIFY(inside.isValid());
        QCOMPARE(inside.data().toString(), u"three"_s);
        QCOMPARE(inside.parent().parent().parent(), QModelIndex());
        model.setStatus({*path, 0}, 401);
        QVERIFY(fixture.context.workspace->remove(*path, 0));
        model.reload();
        QVERIFY(!model.find({*path, 0}).isValid());
    }

    void commandModelIsSound()
    {
        CommandModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        int runs = 0;
        const auto command = [&](const QString &title, const QString &words) {
            return Command{u"x"_s, title, u"Ctrl+X"_s, words, [&runs] { ++runs; }};
        };
        model.setCommands({command(u"Send the request"_s, {}), command(u"Close the tab"_s, u"request"_s)});
        QCOMPARE(model.rowCount(), 2);
        model.setFilter(u"send"_s);
        QCOMPARE(model.rowCount(), 1);
        model.command(0).run();
        QCOMPARE(runs, 1);
        model.setFilter(u"request"_s);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), u"Send the request"_s); // the title counts before the other words
        model.setFilter(u"nothing like it"_s);
        QCOMPARE(model.rowCount(), 0);
    }

    void pairModelIsSound()
    {
        PairModel model(u"Add"_s, true);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const int last = model.rowCount() - 1;
        QVERIFY(model.setData(model.index(last, PairModel::Name), u"a"_s, Qt::EditRole));
        QVERIFY(model.setData(model.index(last, PairModel::Value), u"1"_s, Qt::EditRole));
        QCOMPARE(model.pairs().size(), 1);
        QCOMPARE(model.rowCount(), last + 2);
        model.removePair(0);
        QCOMPARE(model.pairs().size(), 0);
    }

    void requestHeadersModelIsSound()
    {
        RequestFixture fixture;
        fixture.addProfile(u"alice"_s, u"basic"_s, {{u"username"_s, u"alice"_s}}, {{u"password"_s, u"x1y2"_s}},
                           {u"http://127.0.0.1:*"_s});
        RequestSession session(fixture.context);
        RequestHeadersModel model(session);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        RequestSpec spec;
        spec.url = u"http://127.0.0.1/"_s;
        spec.profileName = u"alice"_s;
        spec.headers = {{u"X-A"_s, u"1"_s, true}, {u"X-B"_s, u"b\r\n"_s, true}};
        session.setSpec(spec);
        const int shown = model.rowCount();
        model.setShowDefaults(false);
        QVERIFY(model.rowCount() < shown);
        model.setShowDefaults(true);
        QCOMPARE(model.rowCount(), shown);
        session.setSpec({});
        QVERIFY(model.rowCount() < shown);
    }
};

} // namespace realmscope

QTEST_MAIN(realmscope::AccessTest)
#include "tst_access.moc"
