// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Terminal.h"

#include "app/base/Encoding.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSocketNotifier>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include <fcntl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void writeAll(int fd, const QByteArray &bytes)
{
    qsizetype at = 0;
    while (at < bytes.size()) {
        const ssize_t written = ::write(fd, bytes.constData() + at, size_t(bytes.size() - at));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // nobody reads any more
        at += written;
    }
}

QByteArray readAll(int fd)
{
    QByteArray bytes;
    std::array<char, 65536> buffer;
    while (true) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return bytes;
        bytes.append(buffer.data(), count);
    }
}

Result<Secret> askOnTerminal(const QString &question)
{
    const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return Error{ErrorCode::InvalidInput, u"there is no terminal to ask for the secret"_s, {},
                     u"Use --secret-stdin, --secret-file FILE or --secret-env NAME."_s};
    termios before{};
    const bool isTerminal = ::tcgetattr(fd, &before) == 0;
    termios silent = before;
    silent.c_lflag &= ~tcflag_t(ECHO);
    if (!isTerminal || ::tcsetattr(fd, TCSAFLUSH, &silent) != 0) {
        ::close(fd);
        return Error{ErrorCode::InvalidInput, u"the terminal can't hide what is typed"_s, {},
                     u"Use --secret-stdin, --secret-file FILE or --secret-env NAME."_s};
    }
    writeAll(fd, question.toUtf8());
    QByteArray line;
    line.reserve(4096); // no reallocation that would leave copies behind
    char c = 0;
    ssize_t count = 0;
    while ((count = ::read(fd, &c, 1)) == 1 && c != '\n')
        line += c;
    ::tcsetattr(fd, TCSAFLUSH, &before);
    writeAll(fd, "\n");
    ::close(fd);
    const Secret secret{QByteArrayView(line)};
    line.fill('\0');
    return secret;
}

int signalPipe[2] = {-1, -1}; // a signal handler can only write to a descriptor

void onSignal(int number)
{
    const int saved = errno;
    const char byte = char(number);
    (void)!::write(signalPipe[1], &byte, 1);
    errno = saved;
}

void listenToSignals(std::function<void()> handler)
{
    static QSocketNotifier *notifier = nullptr;
    static std::function<void()> current;
    current = std::move(handler);
    for (const int number : {SIGINT, SIGTERM})
        std::signal(number, current ? onSignal : SIG_DFL);
    if (!current || notifier)
        return;
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, QCoreApplication::instance());
    QObject::connect(notifier, &QSocketNotifier::activated, notifier, [] {
        char byte = 0;
        (void)!::read(signalPipe[0], &byte, 1);
        // A second signal ends a program that does not come to an end by itself.
        for (const int number : {SIGINT, SIGTERM})
            std::signal(number, SIG_DFL);
        if (const std::function<void()> run = current)
            run();
    });
}

} // namespace

CliStreams processStreams()
{
    std::signal(SIGPIPE, SIG_IGN); // `| head` is no reason to die without an exit status of our own
    CliStreams streams;
    streams.environment = proxyEnvironment();
    streams.out = [](const QByteArray &bytes) { writeAll(STDOUT_FILENO, bytes); };
    streams.err = [](const QByteArray &bytes) { writeAll(STDERR_FILENO, bytes); };
    streams.readStandardInput = [] { return readAll(STDIN_FILENO); };
    streams.outIsTerminal = ::isatty(STDOUT_FILENO) == 1;
    streams.colour = streams.outIsTerminal && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb";
    streams.askSecret = askOnTerminal;
    streams.onInterrupt = listenToSignals;
    return streams;
}

void forbidCoreDumps()
{
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
#ifdef Q_OS_LINUX
    (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

Result<QStringList> readArguments(int argc, char **argv)
{
    QStringList words;
    for (int i = 1; i < argc; ++i) {
        const QByteArrayView bytes(argv[i]);
        if (!isValidUtf8(bytes))
            return Error{ErrorCode::InvalidInput, u"argument %1 is no UTF-8 text"_s.arg(i), {},
                         u"Put bytes into a file and use --data-binary @file."_s};
        words << QString::fromUtf8(bytes);
    }
    return words;
}

} // namespace realmscope
