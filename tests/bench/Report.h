// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include <sys/resource.h>

// What both benchmark programs tell about a run, as one line of JSON. Without Qt: the libcurl program links none.
namespace realmscope::bench {

inline long peakKib() // VmHWM of this process
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0)
            return std::stol(line.substr(6));
    }
    return -1;
}

inline double milliseconds(const timeval &time) { return double(time.tv_sec) * 1000 + double(time.tv_usec) / 1000; }

inline double cpuMilliseconds(int who)
{
    rusage usage{};
    getrusage(who, &usage);
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

class Report
{
public:
    long responses = 0; // whole ones with 200
    long failures = 0;
    long long bytes = 0; // of bodies

    [[nodiscard]] int print() const
    {
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - m_begin;
        std::printf("{\"responses\": %ld, \"failures\": %ld, \"bytes\": %lld, \"ms\": %.3f, \"cpuMs\": %.3f, \"peakKib\": %ld}\n", responses,
                    failures, bytes, took.count(), cpuMilliseconds(RUSAGE_SELF), peakKib());
        return failures == 0 ? 0 : 1;
    }

private:
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

// Words of both programs: KIND URL COUNT [CA-FILE [UPLOAD-FILE]]; "h2-" before one, fresh or parallel: on HTTP/2, and nothing else counts
//   one       one request after the other on one connection
//   fresh     one after the other, a new connection for each
//   parallel  64 at a time
//   download  one after the other, the body into a temporary file
//   upload    PUT of the file
struct Task
{
    std::string kind, url, ca, upload;
    long count = 0;
    bool http2 = false;
    static constexpr long width = 64;

    static bool read(int argc, char **argv, Task &task)
    {
        if (argc < 4) {
            std::fprintf(stderr, "usage: %s [h2-]one|fresh|parallel|download|upload URL COUNT [CA-FILE [UPLOAD-FILE]]\n", argv[0]);
            return false;
        }
        task.kind = argv[1];
        task.http2 = task.kind.rfind("h2-", 0) == 0;
        if (task.http2)
            task.kind.erase(0, 3);
        task.url = argv[2];
        task.count = std::stol(argv[3]);
        task.ca = argc > 4 ? argv[4] : "";
        task.upload = argc > 5 ? argv[5] : "";
        return true;
    }
};

} // namespace realmscope::bench
