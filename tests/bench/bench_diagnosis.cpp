// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/diagnosis/TraceBuilder.h"

#include <QtCore/QDir>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>

// Diagnoses recorded traces offline, one after the other, and tells the time and the allocations of one, as one line of
// JSON. The traces are the cases of the rules, as often as it takes; the rules are warm (patterns compiled, knowledge read).
//   bench_diagnosis [COUNT]        10,000 when not given

namespace {

std::atomic<long> allocations{0};

} // namespace

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Qt's containers use malloc() and not operator new, so the counter stands there.
extern "C" {
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_calloc(count, size);
}
void *realloc(void *block, size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    return __libc_realloc(block, size);
}
}
#endif

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

QList<RuleCase> allCases()
{
    const QDir dir(QStringLiteral(REALMSCOPE_SOURCE_DIR "/tests/diagnosis/cases"));
    QList<RuleCase> cases;
    for (const QString &name : dir.entryList({u"*.txt"_s}, QDir::Files)) {
        QString error;
        cases += readRuleCases(dir.filePath(name), &error);
    }
    return cases;
}

template <typename T>
T percentile(std::vector<T> &values, double part)
{
    const auto at = values.begin() + std::ptrdiff_t(double(values.size() - 1) * part);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

} // namespace

int main(int argc, char **argv)
{
    const long count = argc > 1 ? std::atol(argv[1]) : 10'000;
    const QList<RuleCase> cases = allCases();
    if (cases.isEmpty() || count < 1) {
        std::fprintf(stderr, "usage: %s [COUNT]; the cases have to be in tests/diagnosis/cases\n", argv[0]);
        return 2;
    }
    for (const RuleCase &one : cases)
        (void)diagnose(one.trace, one.context);

    std::vector<double> times;
    std::vector<long> counts;
    long findings = 0;
    for (long i = 0; i < count; ++i) {
        const RuleCase &one = cases.at(i % cases.size());
        const long before = allocations.load(std::memory_order_relaxed);
        const auto begin = std::chrono::steady_clock::now();
        const Diagnosis diagnosis = diagnose(one.trace, one.context);
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
        counts.push_back(allocations.load(std::memory_order_relaxed) - before);
        times.push_back(took.count());
        findings += diagnosis.findings.size();
    }
    std::printf("{\"traces\": %ld, \"cases\": %lld, \"findings\": %ld, \"medianMs\": %.3f, \"p95Ms\": %.3f, \"maxMs\": %.3f, \"medianAllocations\": %ld, "
                "\"maxAllocations\": %ld}\n",
                count, static_cast<long long>(cases.size()), findings, percentile(times, 0.5), percentile(times, 0.95), percentile(times, 1.0), percentile(counts, 0.5),
                percentile(counts, 1.0));
    return 0;
}
