// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Runs within with-keyring.sh: a private D-Bus session with a real gnome-keyring in a throw-away HOME. Writes and reads
// are done by separate runs of this program, as after a restart.
#include "app/credentials/KeychainStore.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtTest/QTest>

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

const auto service = u"Realmscope test"_s;

QString readOnce(const QString &key, ErrorCode *code = nullptr)
{
    KeychainStore store(service);
    std::optional<Result<Secret>> result;
    QObject context;
    store.read(key, &context, [&](const Result<Secret> &r) { result = r; });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 15'000))
        return u"no answer"_s;
    if (!*result) {
        if (code)
            *code = result->error().code;
        return {};
    }
    return result->value().revealText();
}

bool writeOnce(const QString &key, const QString &value)
{
    KeychainStore store(service);
    std::optional<bool> ok;
    QObject context;
    store.write(key, u"label"_s, Secret::fromString(value), &context, [&](const Result<void> &r) { ok = bool(r); });
    return QTest::qWaitFor([&] { return ok.has_value(); }, 15'000) && *ok;
}

int again(const QStringList &arguments, QByteArray *out = nullptr, const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment())
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(), arguments);
    if (!process.waitForFinished(30'000))
        return -1;
    if (out)
        *out = process.readAllStandardOutput().trimmed();
    return process.exitCode();
}

} // namespace

class tst_Keychain : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (qEnvironmentVariableIsEmpty("REALMSCOPE_KEYRING"))
            QSKIP("REALMSCOPE-TEST-SKIPPED, because gnome-keyring-daemon or dbus-run-session is not installed");
    }

    void survivesARestart()
    {
        const QString canary = u"canary \u00e9\u20ac\n\t\"quoted\""_s;
        QCOMPARE(again({u"--write"_s, u"restart/password"_s, canary}), 0);
        QByteArray read;
        QCOMPARE(again({u"--read"_s, u"restart/password"_s}, &read), 0);
        QCOMPARE(QByteArray::fromHex(read), canary.toUtf8());
    }

    void removedIsNotFound()
    {
        QVERIFY(writeOnce(u"gone/token"_s, u"x"_s));
        KeychainStore store(service);
        std::optional<bool> removed;
        store.remove(u"gone/token"_s, this, [&](const Result<void> &r) { removed = bool(r); });
        QTRY_VERIFY_WITH_TIMEOUT(removed.has_value(), 15'000);
        QVERIFY(*removed);
        ErrorCode code = ErrorCode::Parse;
        QCOMPARE(readOnce(u"gone/token"_s, &code), QString());
        QCOMPARE(code, ErrorCode::SecretNotFound);
        removed.reset();
        store.remove(u"gone/token"_s, this, [&](const Result<void> &r) { removed = bool(r); });
        QTRY_VERIFY_WITH_TIMEOUT(removed.has_value(), 15'000);
        QVERIFY(*removed); // a missing key is no error
    }

    void stateIsAvailable()
    {
        KeychainStore store(service);
        std::optional<KeychainState> state;
        store.checkState(this, [&](KeychainState s) { state = s; });
        QTRY_VERIFY_WITH_TIMEOUT(state.has_value(), 15'000);
        QCOMPARE(*state, KeychainState::Available);
    }

    void noServiceIsSaidFast()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"unix:path=/nonexistent"_s);
        QElapsedTimer timer;
        timer.start();
        QByteArray out;
        QCOMPARE(again({u"--read"_s, u"any"_s}, &out, environment), 1);
        QCOMPARE(out, "secret-store-unavailable");
        QVERIFY(timer.elapsed() < 10'000);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--write"_L1)
        return writeOnce(arguments.value(2), arguments.value(3)) ? 0 : 1;
    if (arguments.value(1) == "--read"_L1) {
        ErrorCode code = ErrorCode::Parse;
        const QString value = readOnce(arguments.value(2), &code);
        QTextStream(stdout) << (value.isNull() ? errorCodeId(code) : QString::fromLatin1(value.toUtf8().toHex())) << '\n';
        return value.isNull() ? 1 : 0;
    }
    tst_Keychain test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keychain.moc"
