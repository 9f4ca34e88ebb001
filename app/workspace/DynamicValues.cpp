// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/DynamicValues.h"

#include "app/base/Clock.h"
#include "app/base/Random.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>
#include <QtCore/QUuid>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

Error badArguments(const QString &expression, const QString &form)
{
    return {ErrorCode::UnresolvedVariable, u"{{%1}} is not understood"_s.arg(expression), {}, u"Write it as {{%1}}."_s.arg(form)};
}

// Uniform in [0, below), by rejection; below > 0.
quint64 randomBelow(quint64 below, Random &random)
{
    const quint64 limit = std::numeric_limits<quint64>::max() - std::numeric_limits<quint64>::max() % below;
    for (;;) {
        quint64 number = 0;
        for (const char byte : random.bytes(8))
            number = number << 8 | static_cast<unsigned char>(byte);
        if (number < limit)
            return number % below;
    }
}

// In [from, to); the ends may stand either way.
Result<QString> randomInteger(qint64 from, qint64 to, Random &random)
{
    if (from > to)
        std::swap(from, to);
    const quint64 span = static_cast<quint64>(to) - static_cast<quint64>(from);
    return QString::number(span == 0 ? from : static_cast<qint64>(static_cast<quint64>(from) + randomBelow(span, random)));
}

QString randomText(qsizetype length, QLatin1StringView letters, Random &random)
{
    QString out;
    for (qsizetype i = 0; i < length; ++i)
        out += letters.at(static_cast<qsizetype>(randomBelow(static_cast<quint64>(letters.size()), random)));
    return out;
}

std::optional<QDateTime> shifted(QDateTime time, const QString &amount, const QString &unit)
{
    if (amount.isEmpty())
        return time;
    const qint64 n = amount.toLongLong();
    if (unit == "y"_L1)
        return time.addYears(static_cast<int>(n));
    if (unit == "Q"_L1)
        return time.addMonths(static_cast<int>(3 * n));
    if (unit == "M"_L1)
        return time.addMonths(static_cast<int>(n));
    if (unit == "w"_L1)
        return time.addDays(7 * n);
    if (unit == "d"_L1)
        return time.addDays(n);
    if (unit == "h"_L1)
        return time.addSecs(3600 * n);
    if (unit == "m"_L1)
        return time.addSecs(60 * n);
    if (unit == "s"_L1)
        return time.addSecs(n);
    return time.addMSecs(n);
}

const auto offsetPattern = QLatin1StringView("(?:\\s+(-?\\d{1,9})\\s+(y|Q|M|w|d|h|m|s|ms))?");

Result<QString> timestamp(const QString &expression, const Clock &clock)
{
    static const QRegularExpression pattern(u"^\\$timestamp"_s + offsetPattern + u"$"_s);
    const auto match = pattern.match(expression);
    if (!match.hasMatch())
        return badArguments(expression, u"$timestamp -1 d"_s);
    return QString::number(shifted(clock.now(), match.captured(1), match.captured(2))->toSecsSinceEpoch());
}

QString offsetText(const QDateTime &time, bool colon)
{
    const int seconds = time.offsetFromUtc();
    const int minutes = std::abs(seconds) / 60;
    return u"%1%2%3%4"_s.arg(seconds < 0 ? u"-"_s : u"+"_s).arg(minutes / 60, 2, 10, QLatin1Char('0')).arg(colon ? u":"_s : QString())
        .arg(minutes % 60, 2, 10, QLatin1Char('0'));
}

Result<QString> datetime(const QString &expression, bool isLocal, const Clock &clock)
{
    static const QRegularExpression pattern(u"^\\$(?:datetime|localDatetime)\\s+(rfc1123|iso8601|'[^']+'|\"[^\"]+\")"_s + offsetPattern + u"$"_s);
    const auto match = pattern.match(expression);
    if (!match.hasMatch())
        return badArguments(expression, isLocal ? u"$localDatetime iso8601"_s : u"$datetime iso8601 1 d"_s);
    const QDateTime time = *shifted(isLocal ? clock.now().toLocalTime() : clock.now(), match.captured(2), match.captured(3));
    const QString form = match.captured(1);
    if (form == "rfc1123"_L1)
        return formatDayjs(time, isLocal ? u"ddd, DD MMM YYYY HH:mm:ss ZZ"_s : u"ddd, DD MMM YYYY HH:mm:ss [GMT]"_s);
    if (form == "iso8601"_L1)
        return formatDayjs(time, isLocal ? u"YYYY-MM-DDTHH:mm:ssZ"_s : u"YYYY-MM-DDTHH:mm:ss.SSS[Z]"_s);
    return formatDayjs(time, form.mid(1, form.size() - 2));
}

Result<QString> jetBrainsRandom(const QString &expression, Random &random)
{
    static const QRegularExpression range(u"^\\$random\\.(integer|float)(?:\\(\\s*(-?\\d{1,15})\\s*,\\s*(-?\\d{1,15})\\s*\\))?$"_s);
    static const QRegularExpression text(u"^\\$random\\.(alphabetic|alphanumeric|hexadecimal)\\(\\s*(\\d{1,5})\\s*\\)$"_s);
    const auto letters = QLatin1StringView("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    if (const auto match = range.match(expression); match.hasMatch()) {
        const qint64 from = match.hasCaptured(2) ? match.captured(2).toLongLong() : 0;
        const qint64 to = match.hasCaptured(3) ? match.captured(3).toLongLong() : 1000;
        if (match.captured(1) == "integer"_L1)
            return randomInteger(from, to, random);
        const double part = static_cast<double>(randomBelow(1ULL << 53, random)) / static_cast<double>(1ULL << 53);
        return QString::number(static_cast<double>(from) + part * static_cast<double>(to - from), 'g', 15);
    }
    if (const auto match = text.match(expression); match.hasMatch()) {
        const qsizetype length = match.captured(2).toLongLong();
        if (match.captured(1) == "hexadecimal"_L1)
            return randomText(length, QLatin1StringView("0123456789abcdef"), random);
        return randomText(length, match.captured(1) == "alphabetic"_L1 ? letters.first(52) : letters, random);
    }
    if (expression == "$random.email"_L1)
        return randomText(10, letters.sliced(26, 26), random) + u"@example.com"_s;
    return badArguments(expression, u"$random.integer(1, 100)"_s);
}

} // namespace

QString formatDayjs(const QDateTime &time, const QString &format)
{
    static const QRegularExpression token(u"\\[([^\\]]*)\\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|dd|d|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z"_s);
    const QLocale english(QLocale::English, QLocale::UnitedStates);
    const auto padded = [](int number) { return u"%1"_s.arg(number, 2, 10, QLatin1Char('0')); };
    const QDate date = time.date();
    const QTime clock = time.time();
    const int hour = clock.hour() % 12 == 0 ? 12 : clock.hour() % 12;
    QString out;
    qsizetype at = 0;
    auto it = token.globalMatch(format);
    while (it.hasNext()) {
        const auto match = it.next();
        out += format.mid(at, match.capturedStart() - at);
        at = match.capturedEnd();
        const QString word = match.captured();
        if (word.startsWith(u'['))
            out += match.captured(1);
        else if (word == "YYYY"_L1)
            out += u"%1"_s.arg(date.year(), 4, 10, QLatin1Char('0'));
        else if (word == "YY"_L1)
            out += padded(date.year() % 100);
        else if (word == "MMMM"_L1 || word == "MMM"_L1)
            out += english.monthName(date.month(), word.size() == 4 ? QLocale::LongFormat : QLocale::ShortFormat);
        else if (word == "MM"_L1 || word == "M"_L1)
            out += word.size() == 2 ? padded(date.month()) : QString::number(date.month());
        else if (word == "DD"_L1 || word == "D"_L1)
            out += word.size() == 2 ? padded(date.day()) : QString::number(date.day());
        else if (word == "dddd"_L1 || word == "ddd"_L1)
            out += english.dayName(date.dayOfWeek(), word.size() == 4 ? QLocale::LongFormat : QLocale::ShortFormat);
        else if (word == "dd"_L1)
            out += english.dayName(date.dayOfWeek(), QLocale::ShortFormat).left(2);
        else if (word == "d"_L1)
            out += QString::number(date.dayOfWeek() % 7);
        else if (word == "HH"_L1 || word == "H"_L1)
            out += word.size() == 2 ? padded(clock.hour()) : QString::number(clock.hour());
        else if (word == "hh"_L1 || word == "h"_L1)
            out += word.size() == 2 ? padded(hour) : QString::number(hour);
        else if (word == "mm"_L1 || word == "m"_L1)
            out += word.size() == 2 ? padded(clock.minute()) : QString::number(clock.minute());
        else if (word == "ss"_L1 || word == "s"_L1)
            out += word.size() == 2 ? padded(clock.second()) : QString::number(clock.second());
        else if (word == "SSS"_L1)
            out += u"%1"_s.arg(clock.msec(), 3, 10, QLatin1Char('0'));
        else if (word == "A"_L1 || word == "a"_L1)
            out += clock.hour() < 12 ? (word == "A"_L1 ? u"AM"_s : u"am"_s) : (word == "A"_L1 ? u"PM"_s : u"pm"_s);
        else
            out += offsetText(time, word == "Z"_L1);
    }
    return out + format.mid(at);
}

std::optional<Result<QString>> dynamicValue(const QString &expression, const Clock &clock, Random &random)
{
    if (!expression.startsWith(u'$'))
        return std::nullopt;
    const QString word = expression.section(u' ', 0, 0);
    if (expression == "$uuid"_L1 || expression == "$guid"_L1 || expression == "$random.uuid"_L1) {
        QByteArray bytes = random.bytes(16);
        bytes[6] = static_cast<char>((bytes.at(6) & 0x0f) | 0x40); // version 4, RFC 9562 section 5.4
        bytes[8] = static_cast<char>((bytes.at(8) & 0x3f) | 0x80);
        return Result<QString>(QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces));
    }
    if (word == "$timestamp"_L1)
        return timestamp(expression, clock);
    if (expression == "$isoTimestamp"_L1)
        return Result<QString>(formatDayjs(clock.now(), u"YYYY-MM-DDTHH:mm:ss.SSS[Z]"_s));
    if (word == "$datetime"_L1 || word == "$localDatetime"_L1)
        return datetime(expression, word == "$localDatetime"_L1, clock);
    if (word == "$randomInt"_L1) {
        static const QRegularExpression pattern(u"^\\$randomInt(?:\\s+(-?\\d{1,15})\\s+(-?\\d{1,15}))?$"_s);
        const auto match = pattern.match(expression);
        if (!match.hasMatch())
            return badArguments(expression, u"$randomInt 1 100"_s);
        return randomInteger(match.hasCaptured(1) ? match.captured(1).toLongLong() : 0,
                             match.hasCaptured(2) ? match.captured(2).toLongLong() : 1000, random);
    }
    if (expression.startsWith("$random."_L1))
        return jetBrainsRandom(expression, random);
    constexpr std::array elsewhere{"$aadToken", "$aadV2Token", "$oidcAccessToken", "$prompt", "$input", "$password", "$pick", "$auth.token",
                                   "$auth.idToken", "$exampleServer", "$env", "$projectRoot", "$historyFolder"};
    for (const char *name : elsewhere) {
        if (word.startsWith(QLatin1StringView(name)))
            return Error{ErrorCode::UnresolvedVariable, u"{{%1}} is made by another program and not here"_s.arg(expression), {},
                         u"Use a credential profile, or write the value as a variable."_s};
    }
    return std::nullopt;
}

QList<DynamicKind> dynamicKinds()
{
    return {{"$uuid", "a random UUID"},
            {"$timestamp", "seconds since 1970"},
            {"$timestamp -1 d", "seconds since 1970, a day ago"},
            {"$isoTimestamp", "now, as 2026-01-31T12:00:00.000Z"},
            {"$randomInt 1 100", "a random number from 1 to 99"},
            {"$datetime iso8601", "now in UTC"},
            {"$datetime rfc1123", "now in UTC, as HTTP's Date has it"},
            {"$datetime 'YYYY-MM-DD'", "today in UTC, in a form of your own"},
            {"$localDatetime iso8601", "now, in this computer's time zone"},
            {"$random.alphanumeric(16)", "16 random letters and digits"},
            {"$random.hexadecimal(32)", "32 random hexadecimal digits"},
            {"$random.email", "a random e-mail address"},
            {"$processEnv NAME", "a variable of this program's environment"},
            {"$dotenv NAME", "a variable of the file .env"}};
}

QString dynamicMeaning(const QString &expression)
{
    const QString word = expression.section(u' ', 0, 0).section(u'(', 0, 0);
    if (word == "$guid"_L1 || word == "$random.uuid"_L1)
        return u"a random UUID"_s;
    if (word == "$timestamp"_L1 && word != expression)
        return u"seconds since 1970, shifted"_s;
    if (word == "$randomInt"_L1 || word == "$random.integer"_L1 || word == "$random.float"_L1)
        return u"a random number"_s;
    if (word.startsWith("$random."_L1))
        return u"random text"_s;
    for (const DynamicKind &kind : dynamicKinds()) {
        if (QString::fromLatin1(kind.example) == expression || QString::fromLatin1(kind.example).section(u' ', 0, 0) == word)
            return QString::fromLatin1(kind.meaning);
    }
    return {};
}

} // namespace realmscope
