// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Clock.h"
#include "app/cli/Command.h"
#include "app/cli/Decode.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString valueText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

class DecodeCommand final : public Command
{
public:
    using Command::Command;

    void start(const ParsedLine &line) override
    {
        if (!line.words.isEmpty()) {
            fail(u"decode reads standard input, not arguments"_s, u"Use: realmscope-cli decode < FILE, so that no secret is in the list of processes."_s,
                 ExitStatus::Usage);
            return;
        }
        const QByteArray input = streams().readStandardInput();
        const Result<QJsonArray> items = decodeText(input, m_clock.nowSeconds(), line.has(u"reveal"_s));
        if (!items) {
            fail(items.error());
            return;
        }
        if (line.has(u"json"_s)) {
            print(QJsonObject{{u"schema"_s, u"realmscope.decoded/1"_s}, {u"items"_s, *items}});
        } else {
            for (const QJsonValue &item : *items)
                printItem(item.toObject());
        }
        finish(0);
    }

private:
    void printItem(const QJsonObject &item)
    {
        print(item.value("title"_L1).toString() + u'\n');
        for (const QJsonValue &value : item.value("facts"_L1).toArray()) {
            const QJsonObject fact = value.toObject();
            QString text = u"  %1 %2"_s.arg(fact.value("name"_L1).toString().leftJustified(16), valueText(fact.value("value"_L1)));
            if (const QString remark = fact.value("remark"_L1).toString(); !remark.isEmpty())
                text += u"  (%1)"_s.arg(remark);
            print(text + u'\n');
        }
        for (const QJsonValue &problem : item.value("problems"_L1).toArray())
            print(u"  ! %1\n"_s.arg(problem.toString()));
        print(u"\n"_s);
    }

    SystemClock m_clock;
};

std::vector<OptionSpec> decodeOptions()
{
    return {{"json", 0, nullptr, "as JSON (realmscope.decoded/1)"}, {"reveal", 0, nullptr, "do not mask secrets"}};
}

} // namespace

CommandEntry decodeCommand()
{
    return {"decode", "standard input: a token, credential, challenge or cookie: what is in it", "[--json] < FILE",
            "Takes apart what stands on standard input, one thing a line: a JSON Web Token, an Authorization or WWW-Authenticate\n"
            "value with or without the header's name, a Cookie or Set-Cookie value. Nothing is sent and nothing is verified.",
            decodeOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new DecodeCommand(streams, std::move(done)); }};
}

} // namespace realmscope
