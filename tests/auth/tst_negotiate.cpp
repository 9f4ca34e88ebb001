// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/Negotiate.h"
#include "tests/auth/StartFlow.h"

#include <QtTest/QTest>

using namespace realmscope;
using namespace realmscope::test;
using namespace Qt::StringLiterals;

namespace {

// Says what a test laid out, and keeps what it was asked.
struct Script
{
    QList<Result<GssOutput>> outputs;
    QList<QByteArray> inputs;
    GssTarget target;
};

class FakeContext final : public GssContext
{
public:
    explicit FakeContext(Script &script) : m_script(script) {}
    Result<GssOutput> step(const QByteArray &input) override
    {
        m_script.inputs << input;
        return m_script.outputs.takeFirst();
    }

private:
    Script &m_script;
};

class FakeProvider final : public GssProvider
{
public:
    explicit FakeProvider(Script &script) : m_script(script) {}
    std::unique_ptr<GssContext> open(const GssTarget &target) const override
    {
        m_script.target = target;
        return std::make_unique<FakeContext>(m_script);
    }

private:
    Script &m_script;
};

struct Fixture
{
    FixedClock clock{0};
    SystemRandom random;
    AuthMemory memory;
    FieldValues values;
    Request request;
    Script script;
    std::unique_ptr<AuthScheme> scheme = makeNegotiateScheme(std::make_shared<FakeProvider>(script));
    Fixture() { request.url = Url::parse(u"http://www.example.com/"_s).value(); }
    std::unique_ptr<AuthFlow> start(bool proxy = false)
    {
        return startFlow(*scheme, *this, proxy, u"proxy.example.com"_s);
    }
    // As the runner does: work is done, then the flow is asked again.
    static Step next(AuthFlow &flow, const Exchange *last)
    {
        Step step = flow.next(last);
        while (auto *work = std::get_if<WorkStep>(&step)) {
            work->work();
            step = flow.next(last);
        }
        return step;
    }
};

Exchange answer(int status, const QByteArray &challenge, const QByteArray &name = "WWW-Authenticate"_ba)
{
    Exchange exchange;
    exchange.response.status = status;
    if (!challenge.isEmpty())
        exchange.response.headers.append(name, challenge);
    return exchange;
}

} // namespace

class tst_Negotiate : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ticketAndProof_data()
    {
        QTest::addColumn<bool>("proxy");
        QTest::newRow("server") << false;
        QTest::newRow("proxy") << true;
    }
    void ticketAndProof()
    {
        QFETCH(bool, proxy);
        Fixture f;
        f.script.outputs = {GssOutput{"ticket"_ba, false, false}, GssOutput{{}, true, true}};
        const auto flow = f.start(proxy);
        const SendStep first = std::get<SendStep>(Fixture::next(*flow, nullptr));
        QVERIFY(!first.carriesCredential);
        const QByteArray header = proxy ? "Proxy-Authenticate"_ba : "WWW-Authenticate"_ba;
        const Exchange refused = answer(proxy ? 407 : 401, "Negotiate"_ba, header);
        const Step step = Fixture::next(*flow, &refused);
        QVERIFY(std::holds_alternative<SendStep>(step));
        const SendStep second = std::get<SendStep>(step);
        QVERIFY(second.carriesCredential && !second.pinned);
        // printf ticket | base64
        QCOMPARE(second.request.headers.value(proxy ? "Proxy-Authorization" : "Authorization"), "Negotiate dGlja2V0");
        QCOMPARE(f.script.target.service, u"HTTP"_s);
        QCOMPARE(f.script.target.host, proxy ? u"proxy.example.com"_s : u"www.example.com"_s); // as curl
        QVERIFY(!f.script.target.delegate);
        const Exchange accepted = answer(200, "Negotiate cHJvb2Y="_ba, header); // printf proof | base64
        const Step last = Fixture::next(*flow, &accepted);
        QVERIFY(std::holds_alternative<DoneStep>(last));
        QVERIFY(std::get<DoneStep>(last).note.contains(u"mutual"_s));
        QCOMPARE(f.script.inputs, (QList<QByteArray>{{}, "proof"_ba}));
    }

    void secondMessageStaysOnTheConnection()
    {
        Fixture f;
        f.script.outputs = {GssOutput{"one"_ba, false, false}, GssOutput{"two"_ba, true, false}};
        const auto flow = f.start();
        (void)Fixture::next(*flow, nullptr);
        const Exchange refused = answer(401, "Negotiate"_ba);
        (void)Fixture::next(*flow, &refused);
        const Exchange more = answer(401, "Negotiate bW9yZQ=="_ba);
        const Step step = Fixture::next(*flow, &more);
        QVERIFY(std::holds_alternative<SendStep>(step));
        QVERIFY(std::get<SendStep>(step).pinned);
    }

    void fields()
    {
        Fixture f;
        f.values.setText(u"host"_s, u"web.example.com"_s);
        f.values.setText(u"service"_s, u"svc"_s);
        f.values.setText(u"principal"_s, u"alice/admin@EXAMPLE.COM"_s);
        f.values.setText(u"delegate"_s, u"true"_s);
        f.script.outputs = {GssOutput{"t"_ba, true, false}};
        const auto flow = f.start();
        (void)Fixture::next(*flow, nullptr);
        const Exchange refused = answer(401, "Negotiate"_ba);
        (void)Fixture::next(*flow, &refused);
        QCOMPARE(f.script.target.host, u"web.example.com"_s);
        QCOMPARE(f.script.target.service, u"svc"_s);
        QCOMPARE(f.script.target.principal, u"alice/admin@EXAMPLE.COM"_s);
        QVERIFY(f.script.target.delegate);
    }

    void ends_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<bool>("hasTicket");
        QTest::addColumn<QString>("note"); // of the step after the challenge
        QTest::addColumn<bool>("notAnswered");
        QTest::newRow("nothing asked") << 200 << QByteArray() << true << QString() << false;
        QTest::newRow("another scheme") << 401 << "Basic realm=\"x\""_ba << true << u"offers no Negotiate"_s << true;
        QTest::newRow("no ticket") << 401 << "Negotiate"_ba << false << u"no Kerberos ticket"_s << true;
    }
    void ends()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, challenge);
        QFETCH(bool, hasTicket);
        QFETCH(QString, note);
        QFETCH(bool, notAnswered);
        Fixture f;
        if (hasTicket)
            f.script.outputs = {GssOutput{"t"_ba, true, false}};
        else
            f.script.outputs = {Error{ErrorCode::AuthFailed, u"no Kerberos ticket for HTTP/www.example.com"_s, {}, u"Look at klist."_s}};
        const auto flow = f.start();
        (void)Fixture::next(*flow, nullptr);
        const Exchange exchange = answer(status, challenge);
        const Step step = Fixture::next(*flow, &exchange);
        QVERIFY(std::holds_alternative<DoneStep>(step));
        QVERIFY2(std::get<DoneStep>(step).note.contains(note), qPrintable(std::get<DoneStep>(step).note));
        QCOMPARE(std::get<DoneStep>(step).challengeNotAnswered, notAnswered);
    }

    void refusedTicket()
    {
        Fixture f;
        f.script.outputs = {GssOutput{"t"_ba, false, false}};
        const auto flow = f.start();
        (void)Fixture::next(*flow, nullptr);
        const Exchange refused = answer(401, "Negotiate"_ba);
        QVERIFY(std::holds_alternative<SendStep>(Fixture::next(*flow, &refused)));
        QVERIFY(std::holds_alternative<DoneStep>(Fixture::next(*flow, &refused))); // not sent twice
    }

    void badFields_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("principal as host") << u"host"_s << u"HTTP/www.example.com"_s;
        QTest::newRow("realm in the service") << u"service"_s << u"HTTP@EXAMPLE.COM"_s;
        QTest::newRow("line end") << u"principal"_s << u"alice\n"_s;
    }
    void badFields()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        Fixture f;
        f.values.setText(field, value);
        const Step step = f.start()->next(nullptr);
        QVERIFY(std::holds_alternative<FailedStep>(step));
        QCOMPARE(std::get<FailedStep>(step).error.code, ErrorCode::InvalidInput);
    }
};

QTEST_APPLESS_MAIN(tst_Negotiate)
#include "tst_negotiate.moc"
