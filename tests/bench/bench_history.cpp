// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/History.h"
#include "ui/history/HistoryModel.h"
#include "ui/history/HistoryPage.h"
#include "ui/history/HistoryTree.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/SearchField.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtWidgets/QApplication>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

// A history of so many entries: how long the place takes from being shown to being painted, and the list after each letter
// that is typed into its search; beside plainly reading the file of the list, and the files of all entries. One line of JSON;
// it fails only where something is missing, never for a time.
//   bench_history [COUNT]        10,000 when not given

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

class PaintWatch final : public QObject
{
public:
    bool seen = false;
    bool eventFilter(QObject *, QEvent *event) override
    {
        seen = seen || event->type() == QEvent::Paint;
        return false;
    }
};

double residentMegabytes()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? double(file.readAll().split(' ').value(1).toLongLong()) * double(sysconf(_SC_PAGESIZE)) / 1048576 : 0;
}

HistoryEntry entryOf(int number)
{
    HistoryEntry entry;
    entry.id = u"20261128T014013123-%1"_s.arg(number, 8, 16, QLatin1Char('0'));
    entry.sentAtMs = 1'795'830'013'123 - (10'000LL - number) * 400'000; // over 46 days
    entry.status = number % 3 == 0 ? 401 : 200;
    entry.exchanges = 1 + number % 4;
    entry.totalUs = 12'500 + number;
    entry.bytes = 2'000;
    entry.method = number % 2 == 0 ? u"GET"_s : u"POST"_s;
    entry.url = u"https://api.staging.acme.example/v2/invoices/in_%1/items?status=open&customer=cus_8Kx41"_s.arg(number);
    entry.name = u"List the items of an invoice"_s;
    entry.profile = u"alice, staging"_s;
    entry.environment = u"Staging"_s;
    entry.outcome = number % 3 == 0 ? u"unauthorized"_s : u"accepted"_s;
    if (number % 3 == 0) {
        entry.cause = u"token-expired"_s;
        entry.verdict = u"proven"_s;
        entry.title = u"The access token has expired"_s;
    }
    return entry;
}

double cpuMilliseconds() // of this thread: what it would take on a machine that has nothing else to do
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

double lastCpu = 0; // of milliseconds()

template <typename Work>
double milliseconds(Work work)
{
    QElapsedTimer timer;
    timer.start();
    const double cpu = cpuMilliseconds();
    work();
    lastCpu = cpuMilliseconds() - cpu;
    return double(timer.nsecsElapsed()) / 1e6;
}

double median(QList<double> values)
{
    std::ranges::sort(values);
    return values.value(values.size() / 2);
}

} // namespace

int main(int argc, char **argv)
{
    const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
    qputenv("QT_QPA_PLATFORM", qEnvironmentVariable("QT_QPA_PLATFORM", u"offscreen"_s).toUtf8());
    QApplication application(argc, argv);
    Theme::install(application, ThemeMode::Light);
    const QTemporaryDir dir;
    const QString folder = dir.filePath(u"history"_s);
    QDir().mkpath(folder + u"/entries"_s);
    QFile list(HistoryFolder::listPath(folder));
    if (!list.open(QIODevice::WriteOnly))
        return 1;
    list.write(HistoryIndex().write());
    const QByteArray packed(1'700, 'x');
    for (int number = 1; number <= count; ++number) {
        list.write(HistoryIndex::lineOf(entryOf(number)));
        QFile file(HistoryFolder::entryPath(folder, entryOf(number).id));
        if (!file.open(QIODevice::WriteOnly))
            return 1;
        file.write("realmscope.history/1\n" + HistoryIndex::lineOf(entryOf(number)) + packed);
    }
    list.close();

    QList<double> plain;
    QList<double> everyFile;
    qint64 bytes = 0;
    for (int round = 0; round < 7; ++round) {
        plain.append(milliseconds([&] {
            QFile file(HistoryFolder::listPath(folder));
            if (file.open(QIODevice::ReadOnly))
                bytes += file.readAll().size();
        }));
    }
    for (int round = 0; round < 3; ++round) {
        everyFile.append(milliseconds([&] {
            for (const QString &name : QDir(folder + u"/entries"_s).entryList(QDir::Files)) {
                QFile file(folder + u"/entries/"_s + name);
                if (file.open(QIODevice::ReadOnly))
                    bytes += file.readAll().size();
            }
        }));
    }
    QList<double> load;
    for (int round = 0; round < 7; ++round) {
        load.append(milliseconds([&] {
            if (const Result<HistoryIndex> loaded = HistoryFolder::load(folder); !loaded || loaded->size() != count)
                std::exit(1);
        }));
    }

    QList<double> shown;
    QList<double> shownCpu;
    QList<double> letters;
    QList<double> lettersCpu;
    double memory = 0;
    for (int round = 0; round < 5; ++round) {
        AppContext context;
        context.clock = std::make_unique<SystemClock>();
        context.history = std::make_unique<History>(folder, HistoryLimits());
        const double before = residentMegabytes();
        HistoryPage page(context);
        page.resize(1396, 876);
        PaintWatch watch;
        auto *tree = page.findChild<HistoryTree *>();
        tree->viewport()->installEventFilter(&watch);
        const auto untilPainted = [&](auto work) {
            watch.seen = false;
            return milliseconds([&] {
                work();
                while (!watch.seen && tree->isVisible()) // it gives way to a message where nothing is found
                    QApplication::processEvents();
            });
        };
        const double took = untilPainted([&] { page.show(); });
        const double tookCpu = lastCpu;
        if (page.model()->shown() != count)
            return 1;
        context.history->waitForDone();
        QApplication::processEvents();
        if (round == 0) {
            memory = residentMegabytes() - before; // later ones find memory that was given back
        } else {
            shown.append(took);
            shownCpu.append(tookCpu);
        }
        auto *search = page.findChild<SearchField *>();
        const QString text = u"in_47 expired"_s;
        for (qsizetype size = 1; size <= text.size(); ++size) {
            const double letter = untilPainted([&] { search->setText(text.first(size)); });
            if (round > 0) {
                letters.append(letter);
                lettersCpu.append(lastCpu);
            }
        }
        if (page.model()->shown() >= count || page.model()->shown() == 0)
            return 1;
    }
    std::printf("{\"entries\": %d, \"listBytes\": %lld, \"plainReadMs\": %.2f, \"loadMs\": %.2f, \"allFilesMs\": %.1f, \"shownMs\": %.2f, \"shownCpuMs\": %.2f, \"letterMs\": %.2f, "
                "\"letterCpuMs\": %.2f, \"slowestLetterCpuMs\": %.2f, \"memoryMb\": %.1f}\n",
                count, static_cast<long long>(QFileInfo(HistoryFolder::listPath(folder)).size()), median(plain), median(load), median(everyFile), median(shown),
                median(shownCpu), median(letters), median(lettersCpu), *std::ranges::max_element(lettersCpu), memory);
    return bytes > 0 ? 0 : 1;
}
