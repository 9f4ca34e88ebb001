// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// Runs a program once and tells wall time and peak memory of the whole process: bench_process PROGRAM WORDS…
// Small itself: what a child reports includes what its parent held when it was made.
#include "tests/bench/Report.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s PROGRAM WORDS…\n", argv[0]);
        return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    const bool isGood = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::printf("{\"responses\": %d, \"failures\": %d, \"bytes\": 0, \"ms\": %.3f, \"cpuMs\": %.3f, \"peakKib\": %ld}\n", isGood, !isGood, took.count(),
                realmscope::bench::cpuMilliseconds(RUSAGE_CHILDREN), usage.ru_maxrss);
    return isGood ? 0 : 1;
}
