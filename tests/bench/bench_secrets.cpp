// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/KeychainStore.h"
#include "app/credentials/VaultStore.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

// How long a secret takes to come: the vault unlocked with the cost that people have, read and written with 100 secrets in it, and the
// keychain of this session read and written where there is one (tests/credentials/with-keyring.sh brings a real one). From the call
// to its answer in the event loop; a line of JSON each. Beside it the longest time that the event loop did not come by meanwhile.
//   bench_secrets [ROUNDS]        20 when not given; the vault is unlocked a quarter as often

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

using Done = std::function<void(bool ok)>;
int failures = 0;

void measure(const char *store, const char *what, int rounds, const std::function<void(Done)> &once)
{
    std::vector<double> all;
    double longestPause = 0;
    for (int i = 0; i < rounds; ++i) {
        QEventLoop loop;
        QElapsedTimer timer, since;
        QTimer tick;
        bool isGood = false;
        QObject::connect(&tick, &QTimer::timeout, &loop, [&] { longestPause = std::max(longestPause, double(since.nsecsElapsed()) / 1e6), since.restart(); });
        tick.start(1);
        since.start();
        timer.start();
        once([&](bool ok) {
            all.push_back(double(timer.nsecsElapsed()) / 1e6);
            isGood = ok;
            loop.quit();
        });
        loop.exec();
        failures += isGood ? 0 : 1;
    }
    std::ranges::sort(all);
    std::printf("{\"store\": \"%s\", \"what\": \"%s\", \"rounds\": %d, \"medianMs\": %.2f, \"worstMs\": %.2f, \"longestPauseMs\": %.2f}\n", store, what, rounds,
                all.at(all.size() / 2), all.back(), longestPause);
    std::fflush(stdout);
}

void measureStore(const char *name, SecretStore &store, int rounds)
{
    QObject context;
    const Secret secret("eyJhbGciOiJSUzI1NiJ9.a-token-of-some-length.0123456789abcdef0123456789abcdef");
    measure(name, "write", rounds, [&](const Done &done) { store.write(u"bench/token"_s, u"bench"_s, secret, &context, [done](const Result<void> &r) { done(bool(r)); }); });
    measure(name, "read", rounds, [&](const Done &done) { store.read(u"bench/token"_s, &context, [done, secret](const Result<Secret> &r) { done(r && r->equals(secret)); }); });
    measure(name, "remove", 1, [&](const Done &done) { store.remove(u"bench/token"_s, &context, [done](const Result<void> &r) { done(bool(r)); }); });
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const int rounds = std::max(1, argc > 1 ? QByteArray(argv[1]).toInt() : 20);
    QObject context;
    QTemporaryDir folder;
    VaultStore vault(folder.filePath(u"vault"_s));
    const Secret passphrase("Seven-Otters-Swim");
    measure("vault", "create", 1, [&](const Done &done) { vault.create(passphrase, &context, [done](const Result<void> &r) { done(bool(r)); }); });
    for (int i = 0; i < 100; ++i) {
        QEventLoop loop;
        vault.write(u"profile-%1/password"_s.arg(i), u"profile"_s, Secret(QByteArray(40, 'x')), &context, [&](const Result<void> &r) {
            failures += r ? 0 : 1;
            loop.quit();
        });
        loop.exec();
    }
    measure("vault", "unlock", std::max(1, rounds / 4), [&](const Done &done) {
        vault.lock();
        vault.unlock(passphrase, &context, [done](const Result<void> &r) { done(bool(r)); });
    });
    measureStore("vault", vault, rounds);

    KeychainStore keychain(u"Realmscope bench"_s);
    KeychainState state = KeychainState::Unknown;
    QEventLoop loop;
    keychain.checkState(&context, [&](KeychainState found) {
        state = found;
        loop.quit();
    });
    loop.exec();
    if (state == KeychainState::Available)
        measureStore("keychain", keychain, rounds);
    else
        std::printf("{\"store\": \"keychain\", \"what\": \"none that is unlocked in this session\"}\n");
    return failures == 0 ? 0 : 1;
}
