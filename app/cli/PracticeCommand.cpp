// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Command.h"
#include "app/practice/PracticeServer.h"

#include <QtCore/QJsonArray>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class PracticeCommand final : public Command
{
public:
    using Command::Command;

    void start(const ParsedLine &line) override
    {
        if (!line.words.isEmpty()) {
            fail(u"practice takes no \"%1\""_s.arg(line.words.first()), u"Try realmscope-cli practice --help."_s, ExitStatus::Usage);
            return;
        }
        if (line.has(u"list"_s)) {
            list(line.has(u"json"_s));
            return;
        }
        if (line.has(u"json"_s)) {
            fail(u"--json goes with --list only"_s, u"Use practice --list --json."_s, ExitStatus::Usage);
            return;
        }
        bool ok = true;
        const uint port = line.has(u"port"_s) ? line.value(u"port"_s).toUInt(&ok) : 0;
        if (!ok || port > 65535) {
            fail(u"--port can't be \"%1\""_s.arg(line.value(u"port"_s)), u"Use a number from 0 to 65535; 0 is any free one."_s,
                 ExitStatus::Usage);
            return;
        }
        serve(quint16(port));
    }

private:
    void serve(quint16 port)
    {
        m_server = std::make_unique<PracticeServer>(m_clock, m_random);
        if (const Result<void> started = m_server->start(port); !started) {
            fail(started.error());
            return;
        }
        if (streams().onInterrupt)
            streams().onInterrupt([this] {
                m_server->stop();
                finish(0);
            });
        const QMap<QString, QString> addresses = m_server->addresses();
        QString text = addresses.value(u"base"_s) + u'\n';
        for (const auto &[name, address] : addresses.asKeyValueRange()) {
            if (name != "base"_L1)
                text += name + u' ' + address + u'\n';
        }
        print(text);
    }

    void list(bool json)
    {
        const Result<QList<Room>> rooms = loadRooms(m_clock.nowSeconds());
        if (!rooms) {
            fail(rooms.error());
            return;
        }
        if (!json) {
            for (const Room &room : *rooms)
                print(u"%1%2\n"_s.arg(room.id.leftJustified(22), room.title));
            print(u"\nServe them with: realmscope-cli practice\n"_s);
            finish(0);
            return;
        }
        QJsonArray array;
        for (const Room &room : *rooms) {
            array.append(QJsonObject{{u"id"_s, room.id},
                                     {u"title"_s, room.title},
                                     {u"lesson"_s, room.lesson},
                                     {u"cause"_s, room.cause},
                                     {u"step"_s, room.step},
                                     {u"credentials"_s, room.credentials},
                                     {u"curl"_s, QJsonArray::fromStringList(room.curl)},
                                     {u"fixed"_s, QJsonArray::fromStringList(room.fixed)},
                                     {u"hint"_s, room.hint}});
        }
        print(QJsonObject{{u"schema"_s, u"realmscope.rooms/1"_s}, {u"rooms"_s, array}});
        finish(0);
    }

    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<PracticeServer> m_server;
};

std::vector<OptionSpec> practiceOptions()
{
    return {{"port", 0, "N", "listen on this port of 127.0.0.1 (default 0: any free one)"},
            {"list", 0, nullptr, "print the rooms, serve nothing"},
            {"json", 0, nullptr, "with --list: as JSON (realmscope.rooms/1)"}};
}

} // namespace

CommandEntry practiceCommand()
{
    return {"practice", "serves the practice range on 127.0.0.1", "[--port N] | --list [--json]",
            "Serves the practice range until it is stopped with Ctrl+C. The first line of output is the base URL, the following\n"
            "ones are NAME URL for rooms that need another origin.",
            practiceOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new PracticeCommand(streams, std::move(done)); }};
}

} // namespace realmscope
