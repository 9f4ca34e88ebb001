// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The tasks of the benchmark as a plain libcurl program does them.
#include "tests/bench/Report.h"

#include <curl/curl.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace realmscope::bench;

namespace {

struct Transfer
{
    CURL *easy = nullptr;
    std::string body;
    std::FILE *file = nullptr;
    long long bytes = 0;
};

size_t take(char *data, size_t, size_t size, void *to)
{
    auto *transfer = static_cast<Transfer *>(to);
    transfer->bytes += static_cast<long long>(size);
    if (transfer->file)
        return std::fwrite(data, 1, size, transfer->file);
    transfer->body.append(data, size);
    return size;
}

void prepare(Transfer &transfer, const Task &task)
{
    transfer.easy = curl_easy_init();
    curl_easy_setopt(transfer.easy, CURLOPT_URL, task.url.c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(transfer.easy, CURLOPT_USERAGENT, "bench/1");
    curl_easy_setopt(transfer.easy, CURLOPT_HTTP_VERSION, long(task.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(transfer.easy, CURLOPT_PIPEWAIT, long(task.http2)); // streams of one connection, rather than connections
    curl_easy_setopt(transfer.easy, CURLOPT_PROXY, "");
    if (!task.ca.empty())
        curl_easy_setopt(transfer.easy, CURLOPT_CAINFO, task.ca.c_str());
    if (task.kind == "fresh") {
        curl_easy_setopt(transfer.easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(transfer.easy, CURLOPT_FORBID_REUSE, 1L);
    }
}

void count(const Task &task, Report &report, Transfer &transfer, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    long version = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_HTTP_VERSION, &version);
    if (code == CURLE_OK && status >= 200 && status < 300 && (version == CURL_HTTP_VERSION_2_0) == task.http2)
        ++report.responses;
    else {
        ++report.failures;
        std::fprintf(stderr, "status %ld: %s\n", status, curl_easy_strerror(code));
    }
    report.bytes += transfer.bytes;
    transfer.bytes = 0;
    transfer.body.clear();
}

void oneAfterTheOther(const Task &task, Report &report)
{
    Transfer transfer;
    prepare(transfer, task);
    std::FILE *source = nullptr;
    for (long i = 0; i < task.count; ++i) {
        if (task.kind == "download")
            transfer.file = std::tmpfile();
        if (task.kind == "upload") {
            source = std::fopen(task.upload.c_str(), "rb");
            std::fseek(source, 0, SEEK_END);
            curl_easy_setopt(transfer.easy, CURLOPT_UPLOAD, 1L);
            curl_easy_setopt(transfer.easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(std::ftell(source)));
            std::rewind(source);
            curl_easy_setopt(transfer.easy, CURLOPT_READDATA, source);
        }
        count(task, report, transfer, curl_easy_perform(transfer.easy));
        if (transfer.file)
            std::fclose(transfer.file);
        if (source)
            std::fclose(source);
    }
    curl_easy_cleanup(transfer.easy);
}

void parallel(const Task &task, Report &report)
{
    CURLM *multi = curl_multi_init();
    std::vector<Transfer> transfers(size_t(std::min(task.count, Task::width)));
    long started = 0;
    for (Transfer &transfer : transfers) {
        prepare(transfer, task);
        curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
        curl_multi_add_handle(multi, transfer.easy);
        ++started;
    }
    int running = 1;
    while (report.responses + report.failures < task.count) {
        curl_multi_perform(multi, &running);
        int left = 0;
        while (CURLMsg *message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            CURL *easy = message->easy_handle;
            const CURLcode code = message->data.result;
            Transfer *transfer = nullptr;
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
            count(task, report, *transfer, code);
            curl_multi_remove_handle(multi, easy);
            if (started < task.count) {
                curl_multi_add_handle(multi, easy);
                ++started;
                running = 1;
            }
        }
        if (report.responses + report.failures < task.count)
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    for (Transfer &transfer : transfers)
        curl_easy_cleanup(transfer.easy);
    curl_multi_cleanup(multi);
}

} // namespace

int main(int argc, char **argv)
{
    Task task;
    if (!Task::read(argc, argv, task))
        return 2;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Report report;
    if (task.kind == "parallel")
        parallel(task, report);
    else
        oneAfterTheOther(task, report);
    return report.print();
}
