// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "tests/auth/StartFlow.h"

#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

namespace {

struct Fixture
{
    FixedClock clock{0};
    SystemRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    Fixture() { request.url = Url::parse(u"http://example.org/a?b=c"_s).value(); }
    Step first(const QString &scheme)
    {
        const auto flow = startFlow(*findScheme(scheme), *this);
        return flow->next(nullptr);
    }
};

} // namespace

class tst_Schemes : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void registryIsConsistent()
    {
        QSet<QString> ids;
        for (const auto &scheme : allSchemes()) {
            QVERIFY2(!ids.contains(scheme->id()), qPrintable(scheme->id()));
            ids.insert(scheme->id());
            QVERIFY(!scheme->title().isEmpty() && !scheme->summary().isEmpty() && !scheme->safety().isEmpty());
            QCOMPARE(findScheme(scheme->id()), scheme.get());
            QSet<QString> fields;
            for (const SchemeField &field : scheme->fields()) {
                QVERIFY(!field.label.isEmpty() && !fields.contains(field.id));
                fields.insert(field.id);
                QCOMPARE(field.kind == FieldKind::Choice, !field.choices.isEmpty());
                if (field.kind == FieldKind::Secret)
                    QVERIFY(field.defaultValue.isEmpty());
            }
        }
        QVERIFY(findScheme(u"nonesuch"_s) == nullptr);
    }

    void basic_data()
    {
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        QTest::addColumn<QString>("charset");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("RFC 7617 section 2") << u"Aladdin"_s << u"open sesame"_s << u"utf-8"_s
                                            << "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="_ba;
        QTest::newRow("RFC 7617 section 2.1") << u"test"_s << u"123\u00a3"_s << u"utf-8"_s << "Basic dGVzdDoxMjPCow=="_ba;
        // printf 'test:123\243' | base64
        QTest::newRow("Latin-1") << u"test"_s << u"123\u00a3"_s << u"iso-8859-1"_s << "Basic dGVzdDoxMjOj"_ba;
        // printf 'alice:' | base64
        QTest::newRow("empty password") << u"alice"_s << u""_s << u""_s << "Basic YWxpY2U6"_ba;
        // printf 'a:b:c' | base64
        QTest::newRow("colon in the password") << u"a"_s << u"b:c"_s << u"utf-8"_s << "Basic YTpiOmM="_ba;
    }
    void basic()
    {
        QFETCH(QString, user);
        QFETCH(QString, password);
        QFETCH(QString, charset);
        QFETCH(QByteArray, expected);
        Fixture f;
        f.values.setText(u"username"_s, user);
        f.values.setText(u"charset"_s, charset);
        f.values.setSecret(u"password"_s, Secret::fromString(password));
        const Step step = f.first(u"basic"_s);
        QVERIFY(std::holds_alternative<SendStep>(step));
        const SendStep &send = std::get<SendStep>(step);
        QVERIFY(send.carriesCredential);
        QCOMPARE(send.request.headers.value("Authorization"), expected);
        QCOMPARE(send.request.headers.find("Authorization")->source, HeaderSource::Profile);
    }

    void refusedByValidation_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QMap<QString, QString>>("texts");
        QTest::addColumn<QByteArray>("secretField");
        QTest::addColumn<QString>("secret");
        using Map = QMap<QString, QString>;
        QTest::newRow("basic without user") << u"basic"_s << Map{} << "password"_ba << u"x"_s;
        QTest::newRow("basic user with colon") << u"basic"_s << Map{{u"username"_s, u"a:b"_s}} << "password"_ba << u"x"_s;
        QTest::newRow("basic user with line end") << u"basic"_s << Map{{u"username"_s, u"a\r\nX: y"_s}} << "password"_ba << u"x"_s;
        QTest::newRow("no such Latin-1 letter") << u"basic"_s << Map{{u"username"_s, u"a"_s}, {u"charset"_s, u"iso-8859-1"_s}}
                                                << "password"_ba << u"\u20ac"_s;
        QTest::newRow("unknown charset") << u"basic"_s << Map{{u"username"_s, u"a"_s}, {u"charset"_s, u"ebcdic"_s}}
                                         << "password"_ba << u"x"_s;
        QTest::newRow("bearer without token") << u"bearer"_s << Map{} << "token"_ba << QString();
        QTest::newRow("bearer with line end") << u"bearer"_s << Map{} << "token"_ba << u"abc\n"_s;
        QTest::newRow("bearer word with colon") << u"bearer"_s << Map{{u"prefix"_s, u"Bearer:"_s}} << "token"_ba << u"abc"_s;
        QTest::newRow("key name with space") << u"api-key"_s << Map{{u"location"_s, u"header"_s}, {u"name"_s, u"X Key"_s}}
                                             << "key"_ba << u"abc"_s;
        QTest::newRow("key with NUL") << u"api-key"_s << Map{{u"location"_s, u"header"_s}, {u"name"_s, u"X-Key"_s}}
                                      << "key"_ba << QString(QChar(0));
        QTest::newRow("key with semicolon in a cookie") << u"api-key"_s << Map{{u"location"_s, u"cookie"_s}, {u"name"_s, u"k"_s}}
                                                        << "key"_ba << u"a;b"_s;
        QTest::newRow("digest without user") << u"digest"_s << Map{} << "password"_ba << u"x"_s;
    }
    void refusedByValidation()
    {
        using Map = QMap<QString, QString>;
        QFETCH(QString, scheme);
        QFETCH(Map, texts);
        QFETCH(QByteArray, secretField);
        QFETCH(QString, secret);
        Fixture f;
        for (auto it = texts.cbegin(); it != texts.cend(); ++it)
            f.values.setText(it.key(), it.value());
        if (!secret.isEmpty())
            f.values.setSecret(QString::fromLatin1(secretField), Secret::fromString(secret));
        const Step step = f.first(scheme);
        QVERIFY(std::holds_alternative<FailedStep>(step));
        const Error &error = std::get<FailedStep>(step).error;
        QCOMPARE(error.code, ErrorCode::InvalidInput);
        QVERIFY(!error.message.isEmpty() && !error.action.isEmpty());
        QVERIFY(secret.size() < 4 || !error.message.contains(secret));
    }

    void bearer()
    {
        Fixture f;
        f.values.setSecret(u"token"_s, Secret("mF_9.B5f-4.1JqM"));
        // RFC 6750 section 2.1
        QCOMPARE(std::get<SendStep>(f.first(u"bearer"_s)).request.headers.value("Authorization"), "Bearer mF_9.B5f-4.1JqM");
        f.values.setText(u"prefix"_s, u"Token"_s);
        QCOMPARE(std::get<SendStep>(f.first(u"bearer"_s)).request.headers.value("Authorization"), "Token mF_9.B5f-4.1JqM");
    }

    void apiKey()
    {
        Fixture f;
        f.values.setSecret(u"key"_s, Secret("k/1 +"));
        f.values.setText(u"name"_s, u"X-Api-Key"_s);
        f.values.setText(u"location"_s, u"header"_s);
        QCOMPARE(std::get<SendStep>(f.first(u"api-key"_s)).request.headers.value("x-api-key"), "k/1 +");
        f.values.setText(u"location"_s, u"query"_s);
        f.values.setText(u"name"_s, u"api_key"_s);
        QCOMPARE(std::get<SendStep>(f.first(u"api-key"_s)).request.effectiveTarget(), "/a?b=c&api_key=k%2F1%20%2B");
        f.values.setText(u"location"_s, u"cookie"_s);
        f.request.headers.append("Cookie"_ba, "a=1"_ba);
        QCOMPARE(std::get<SendStep>(f.first(u"api-key"_s)).request.headers.value("Cookie"), "a=1; api_key=k/1 +");
    }

    void noneSendsAsItIs()
    {
        Fixture f;
        const SendStep step = std::get<SendStep>(f.first(u"none"_s));
        QVERIFY(!step.carriesCredential);
        QVERIFY(step.request.headers.isEmpty());
    }

    void onlyOneAuthorizationLine()
    {
        Fixture f;
        f.request.headers.append("authorization"_ba, "Bearer old"_ba);
        f.request.headers.append("Authorization"_ba, "Bearer older"_ba);
        f.values.setSecret(u"token"_s, Secret("new"));
        const Step step = f.first(u"bearer"_s);
        QCOMPARE(std::get<SendStep>(step).request.headers.values("Authorization"), QList<QByteArray>{"Bearer new"});
    }
};

QTEST_APPLESS_MAIN(tst_Schemes)
#include "tst_schemes.moc"
