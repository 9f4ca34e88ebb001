// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// The same tasks by our transport, which also keeps every byte of both directions, the times and the facts of TLS.
#include "tests/bench/Report.h"

#include "app/base/Clock.h"
#include "app/http/SocketTransport.h"
#include "app/http/StreamedBody.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>

#include <memory>

using namespace realmscope;
using namespace realmscope::bench;

namespace {

class Bench : public QObject
{
public:
    explicit Bench(const Task &task) : m_task(task), m_transport(m_clock)
    {
        const Result<Url> url = Url::parse(QString::fromStdString(task.url));
        if (!url)
            qFatal("not a URL: %s", task.url.c_str());
        m_request.url = *url;
        m_request.headers.append("Host", m_request.url.hostHeader());
        m_request.headers.append("User-Agent", "bench/1");
        m_request.headers.append("Accept", "*/*");
        if (!task.ca.empty()) { // alone, as CURLOPT_CAINFO has it
            m_options.extraCaPem << read(task.ca);
            m_options.trustSystemCas = false;
        }
        if (task.kind == "upload") {
            m_request.method = "PUT";
            const auto body = StreamedBody::open({{.filePath = QString::fromStdString(task.upload)}});
            if (!body)
                qFatal("can't read %s", task.upload.c_str());
            m_request.streamedBody = *body;
            m_request.headers.append("Content-Length", QByteArray::number(m_request.bodySize()));
        }
        if (task.http2)
            m_request.version = HttpVersion::Http2;
        m_options.decodeContent = false; // libcurl does not either, unless asked
        m_options.allowReuse = m_options.keepOpen = task.kind != "fresh";
    }

    void begin()
    {
        const long width = m_task.kind == "parallel" ? std::min(m_task.count, Task::width) : 1;
        for (long i = 0; i < width; ++i)
            next();
    }
    Report report;

private:
    static QByteArray read(const std::string &path)
    {
        QFile file(QString::fromStdString(path));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("can't read %s", path.c_str());
        return file.readAll();
    }

    void next()
    {
        ++m_started;
        TransportOperation *operation = m_transport.start(m_request, m_options);
        connect(operation, &TransportOperation::finished, this, [this, operation](const Exchange &exchange) {
            operation->deleteLater();
            if (!exchange.error && exchange.response.complete && exchange.response.status / 100 == 2
                && exchange.http2.has_value() == m_task.http2) {
                ++report.responses;
            } else {
                ++report.failures;
                qWarning("status %d: %s", exchange.response.status, exchange.error ? qPrintable(exchange.error->message) : "");
            }
            report.bytes += exchange.response.body.size();
            if (m_started < m_task.count)
                next();
            else if (report.responses + report.failures == m_task.count)
                QCoreApplication::quit();
        });
    }

    Task m_task;
    SystemClock m_clock;
    SocketTransport m_transport;
    Request m_request;
    TransportOptions m_options;
    long m_started = 0;
};

} // namespace

int main(int argc, char **argv)
{
    Task task;
    if (!Task::read(argc, argv, task))
        return 2;
    int none = 1;
    const QCoreApplication app(none, argv);
    Bench bench(task);
    QMetaObject::invokeMethod(&bench, [&bench] { bench.begin(); }, Qt::QueuedConnection);
    QCoreApplication::exec();
    return bench.report.print();
}
