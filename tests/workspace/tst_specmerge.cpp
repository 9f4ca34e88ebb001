// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/SpecMerge.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

using Edit = std::function<void(RequestSpec &)>;

class tst_SpecMerge : public QObject
{
    Q_OBJECT
private:
    static RequestSpec base()
    {
        RequestSpec spec;
        spec.name = u"one"_s;
        spec.method = u"POST"_s;
        spec.url = u"https://a/"_s;
        spec.headers = {{u"A"_s, u"1"_s, true}, {u"B"_s, u"2"_s, true}, {u"B"_s, u"3"_s, true}, {u"Authorization"_s, u"Bearer Opal-7731-river"_s, true}};
        spec.body = {.kind = BodyKind::Text, .text = u"text"_s};
        spec.settings.maxRedirects = 5;
        spec.settings.resolve.insert(u"a:443"_s, u"127.0.0.1"_s);
        spec.settings.version = HttpVersion::Http11;
        return spec;
    }

private Q_SLOTS:
    void merges_data()
    {
        QTest::addColumn<Edit>("mine");
        QTest::addColumn<Edit>("theirs");
        QTest::addColumn<Edit>("expected"); // applied to the base: what comes out where mine stays
        QTest::addColumn<QStringList>("taken");
        QTest::addColumn<QStringList>("conflicts"); // field: mine | theirs
        const Edit nothing = [](RequestSpec &) {};
        const Edit url = [](RequestSpec &spec) { spec.url = u"https://b/"_s; };
        const Edit body = [](RequestSpec &spec) { spec.body.text = u"other"_s; };
        const Edit both = [=](RequestSpec &spec) {
            url(spec);
            body(spec);
        };
        QTest::newRow("nothing") << nothing << nothing << nothing << QStringList{} << QStringList{};
        QTest::newRow("only mine") << url << nothing << url << QStringList{} << QStringList{};
        QTest::newRow("only theirs") << nothing << url << url << QStringList{u"URL"_s} << QStringList{};
        QTest::newRow("the same on both sides") << url << url << url << QStringList{} << QStringList{};
        QTest::newRow("different fields") << url << body << both << QStringList{u"body"_s} << QStringList{};
        QTest::newRow("one field in two ways") << url << Edit([](RequestSpec &spec) { spec.url = u"https://c/"_s; }) << url << QStringList{}
                                               << QStringList{u"URL: https://b/ | https://c/"_s};
        QTest::newRow("one header each")
            << Edit([](RequestSpec &spec) { spec.headers[0].value = u"mine"_s; }) << Edit([](RequestSpec &spec) { spec.headers[2].value = u"theirs"_s; })
            << Edit([](RequestSpec &spec) {
                   spec.headers[0].value = u"mine"_s;
                   spec.headers[2].value = u"theirs"_s;
               })
            << QStringList{u"header B"_s} << QStringList{};
        QTest::newRow("one header in two ways")
            << Edit([](RequestSpec &spec) { spec.headers[0].enabled = false; }) << Edit([](RequestSpec &spec) { spec.headers[0].value = u"9"_s; })
            << Edit([](RequestSpec &spec) { spec.headers[0].enabled = false; }) << QStringList{} << QStringList{u"header A: 1 (off) | 9"_s};
        QTest::newRow("both add")
            << Edit([](RequestSpec &spec) { spec.headers.append({u"Mine"_s, u"m"_s, true}); }) << Edit([](RequestSpec &spec) { spec.headers.prepend({u"Theirs"_s, u"t"_s, true}); })
            << Edit([](RequestSpec &spec) {
                   spec.headers.append({u"Mine"_s, u"m"_s, true});
                   spec.headers.append({u"Theirs"_s, u"t"_s, true});
               })
            << QStringList{u"header Theirs"_s} << QStringList{};
        QTest::newRow("removed there") << url << Edit([](RequestSpec &spec) { spec.headers.removeAt(0); }) << Edit([=](RequestSpec &spec) {
            url(spec);
            spec.headers.removeAt(0);
        }) << QStringList{u"header A"_s} << QStringList{};
        QTest::newRow("removed here, changed there") << Edit([](RequestSpec &spec) { spec.headers.removeAt(0); })
                                                     << Edit([](RequestSpec &spec) { spec.headers[0].value = u"9"_s; })
                                                     << Edit([](RequestSpec &spec) { spec.headers.removeAt(0); }) << QStringList{}
                                                     << QStringList{u"header A:  | 9"_s};
        QTest::newRow("one setting each") << Edit([](RequestSpec &spec) { spec.settings.verifyTls = false; })
                                          << Edit([](RequestSpec &spec) { spec.settings.proxy = u"http://p:1"_s; }) << Edit([](RequestSpec &spec) {
                                                 spec.settings.verifyTls = false;
                                                 spec.settings.proxy = u"http://p:1"_s;
                                             })
                                          << QStringList{u"setting proxy"_s} << QStringList{};
        QTest::newRow("one setting in two ways") << Edit([](RequestSpec &spec) { spec.settings.maxRedirects = 6; })
                                                 << Edit([](RequestSpec &spec) { spec.settings.maxRedirects = 7; })
                                                 << Edit([](RequestSpec &spec) { spec.settings.maxRedirects = 6; }) << QStringList{}
                                                 << QStringList{u"setting maxRedirects: 6 | 7"_s};
        QTest::newRow("version") << nothing << Edit([](RequestSpec &spec) { spec.settings.version = HttpVersion::Http2PriorKnowledge; })
                                 << Edit([](RequestSpec &spec) { spec.settings.version = HttpVersion::Http2PriorKnowledge; }) << QStringList{u"setting version"_s}
                                 << QStringList{};
        QTest::newRow("kind of the body") << body << Edit([](RequestSpec &spec) { spec.body = {.kind = BodyKind::File, .filePath = u"x"_s}; }) << body
                                          << QStringList{} << QStringList{u"body: other | < x"_s};
        QTest::newRow("profile and name") << Edit([](RequestSpec &spec) { spec.profileName = u"alice"_s; }) << Edit([](RequestSpec &spec) { spec.name = u"two"_s; })
                                          << Edit([](RequestSpec &spec) {
                                                 spec.profileName = u"alice"_s;
                                                 spec.name = u"two"_s;
                                             })
                                          << QStringList{u"name"_s} << QStringList{};
    }
    void merges()
    {
        QFETCH(Edit, mine);
        QFETCH(Edit, theirs);
        QFETCH(Edit, expected);
        QFETCH(QStringList, taken);
        QFETCH(QStringList, conflicts);
        RequestSpec m = base();
        RequestSpec t = base();
        RequestSpec e = base();
        mine(m);
        theirs(t);
        expected(e);
        const MergedSpec merged = mergeSpecs(base(), m, t);
        QCOMPARE(merged.mine, e);
        QCOMPARE(merged.taken, taken);
        QStringList said;
        for (const MergeConflict &conflict : merged.conflicts)
            said << u"%1: %2 | %3"_s.arg(conflict.field, conflict.mine, conflict.theirs);
        QCOMPARE(said, conflicts);
        // With theirs chosen, the sides have changed places; only the order of headers is still mine.
        const MergedSpec other = mergeSpecs(base(), t, m);
        QCOMPARE(merged.theirs.url, other.mine.url);
        QCOMPARE(merged.theirs.body, other.mine.body);
        QCOMPARE(merged.theirs.settings, other.mine.settings);
        QCOMPARE(merged.theirs.name, other.mine.name);
        QCOMPARE(merged.theirs.headers.size(), other.mine.headers.size());
        QCOMPARE(merged.conflicts.size(), other.conflicts.size());
    }

    void credentialsAreMarked()
    {
        RequestSpec mine = base();
        RequestSpec theirs = base();
        mine.headers[3].value = u"Bearer mine"_s;
        theirs.headers[3].value = u"Bearer theirs"_s;
        const MergedSpec merged = mergeSpecs(base(), mine, theirs);
        QCOMPARE(merged.conflicts.size(), 1);
        QVERIFY(merged.conflicts.first().isSecret);
    }
};

Q_DECLARE_METATYPE(Edit)

QTEST_APPLESS_MAIN(tst_SpecMerge)
#include "tst_specmerge.moc"
