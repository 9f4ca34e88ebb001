// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ServerLog.h"

#include "app/base/Encoding.h"
#include "app/diagnosis/SentCredentials.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimeZone>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype longestLine = 8192;
constexpr qsizetype longestShown = 300;

int monthNumber(QStringView name)
{
    static constexpr std::array names{"jan", "feb", "mar", "apr", "may", "jun",
                                      "jul", "aug", "sep", "oct", "nov", "dec"};
    for (size_t i = 0; i < names.size(); ++i) {
        if (name.compare(QLatin1StringView(names.at(i)), Qt::CaseInsensitive) == 0)
            return int(i) + 1;
    }
    return 0;
}

std::optional<qint64> timeOf(int year, int month, int day, int hour, int minute, int second, int ms = 0)
{
    const QDateTime time(QDate(year, month, day), QTime(hour, minute, second, ms), QTimeZone::utc());
    return time.isValid() ? std::optional(time.toMSecsSinceEpoch()) : std::nullopt;
}

// "123456" of a fraction: milliseconds.
int fraction(const QString &digits)
{
    return digits.isEmpty() ? 0 : digits.left(3).leftJustified(3, u'0').toInt();
}

// "+0200", "+02:00", "Z": seconds east of UTC.
int zoneSeconds(QString zone)
{
    zone.remove(u':');
    if (zone.size() < 5)
        return 0;
    const int seconds = zone.mid(1, 2).toInt() * 3600 + zone.mid(3, 2).toInt() * 60;
    return zone.startsWith(u'-') ? -seconds : seconds;
}

// "26/Nov/2026:03:50:40 +0100"
std::optional<qint64> clfTime(const QString &text)
{
    static const QRegularExpression form(
        u"^(\\d{1,2})/(\\w{3})/(\\d{4}):(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))?(?: ([+-]\\d{4}))?$"_s);
    const QRegularExpressionMatch m = form.match(text);
    if (!m.hasMatch())
        return std::nullopt;
    const std::optional<qint64> time =
        timeOf(m.captured(3).toInt(), monthNumber(m.captured(2)), m.captured(1).toInt(),
               m.captured(4).toInt(), m.captured(5).toInt(), m.captured(6).toInt(), fraction(m.captured(7)));
    return time ? std::optional(*time - 1000LL * zoneSeconds(m.captured(8))) : std::nullopt;
}

struct FoundTime
{
    std::optional<qint64> ms;
    bool hasZone = true;
};

// ISO 8601, "2026/11/26 03:50:40", or syslog's "Nov 26 03:50:40" anywhere in a line.
FoundTime looseTime(const QString &text)
{
    static const QRegularExpression iso(
        u"(\\d{4})[-/](\\d\\d)[-/](\\d\\d)[T ](\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d+))?\\s?(Z|[+-]\\d\\d:?\\d\\d)?"_s);
    QRegularExpressionMatch m = iso.match(text);
    if (m.hasMatch()) {
        const std::optional<qint64> time =
            timeOf(m.captured(1).toInt(), m.captured(2).toInt(), m.captured(3).toInt(), m.captured(4).toInt(),
                   m.captured(5).toInt(), m.captured(6).toInt(), fraction(m.captured(7)));
        const QString zone = m.captured(8);
        return {time ? std::optional(*time - 1000LL * zoneSeconds(zone)) : std::nullopt, !zone.isEmpty()};
    }
    static const QRegularExpression clf(
        u"\\[?(\\d{1,2}/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?: [+-]\\d{4})?)"_s);
    m = clf.match(text);
    if (m.hasMatch())
        return {clfTime(m.captured(1)), m.captured(1).contains(u' ')};
    return {std::nullopt, false};
}

FoundTime timeOfJson(const QJsonValue &value)
{
    if (value.isDouble()) {
        const double number =
            value.toDouble(); // seconds, milliseconds, microseconds or nanoseconds since the epoch
        const double ms = number > 1e17   ? number / 1e6
                          : number > 1e14 ? number / 1e3
                          : number > 1e11 ? number
                                          : number * 1e3;
        return {qint64(ms), true};
    }
    return looseTime(value.toString());
}

QString shortened(const QString &text)
{
    const QString line = text.simplified();
    return line.size() > longestShown ? line.left(longestShown - 1) + u'…' : line;
}

bool readApacheError(const QString &line, LogEntry &entry)
{
    static const QRegularExpression form(
        u"^\\[(?:\\w{3} )?(\\w{3}) +(\\d{1,2}) (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d+))? (\\d{4})\\] "
        u"\\[[\\w:.-]*\\] (?:\\[pid [^\\]]*\\] )?"
        "(?:.{0,200}?\\[(?:client|remote) ([^\\]]+)\\] ?)?(.*)$"_s);
    const QRegularExpressionMatch m = form.match(line);
    if (!m.hasMatch())
        return false;
    entry.format = LogFormat::ApacheError;
    entry.timeMs =
        timeOf(m.captured(7).toInt(), monthNumber(m.captured(1)), m.captured(2).toInt(),
               m.captured(3).toInt(), m.captured(4).toInt(), m.captured(5).toInt(), fraction(m.captured(6)));
    entry.hasZone = false;
    entry.client = m.captured(8).toUtf8();
    entry.message = m.captured(9);
    return true;
}

bool readNginxError(const QString &line, LogEntry &entry)
{
    static const QRegularExpression form(
        u"^(\\d{4})/(\\d\\d)/(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d) \\[\\w+\\] \\d+#\\d+: (?:\\*\\d+ )?(.*)$"_s);
    const QRegularExpressionMatch m = form.match(line);
    if (!m.hasMatch())
        return false;
    entry.format = LogFormat::NginxError;
    entry.timeMs = timeOf(m.captured(1).toInt(), m.captured(2).toInt(), m.captured(3).toInt(),
                          m.captured(4).toInt(), m.captured(5).toInt(), m.captured(6).toInt());
    entry.hasZone = false;
    static const QRegularExpression request(u", request: \"([A-Z]+) (\\S+)[^\"]*\""_s);
    const QRegularExpressionMatch r = request.match(m.captured(7));
    entry.method = r.captured(1).toUtf8();
    entry.target = r.captured(2).toUtf8();
    static const QRegularExpression host(u", host: \"([^\"]+)\""_s);
    entry.host = host.match(m.captured(7)).captured(1).toUtf8();
    entry.message = m.captured(7).section(u", client: "_s, 0, 0);
    return true;
}

bool readHaProxy(const QString &line, LogEntry &entry)
{
    static const QRegularExpression form(
        u"(\\S+:\\d+) \\[(\\d{1,2}/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d\\.\\d+)\\] (\\S+) (\\S+) [-+\\d/]+ "
        u"(-?\\d+) \\S+ .*?"
        " ([A-Za-z-]{4}) [\\d/+]+ [\\d/]+ .*?\"([A-Z]+|<BADREQ>) ?([^ \"]*)"_s);
    const QRegularExpressionMatch m = form.match(line);
    if (!m.hasMatch())
        return false;
    entry.format = LogFormat::HaProxy;
    entry.timeMs = clfTime(m.captured(2));
    entry.hasZone = false;
    entry.client = m.captured(1).toUtf8();
    entry.status = m.captured(5).toInt();
    entry.method = m.captured(7).toUtf8();
    entry.target = m.captured(8).toUtf8();
    entry.message = u"HAProxy: backend %1, termination state %2"_s.arg(m.captured(4), m.captured(6));
    return true;
}

bool readAccess(const QString &line, LogEntry &entry)
{
    static const QRegularExpression form(
        u"\\[(\\d{1,2}/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?: [+-]\\d{4})?)\\].{0,400}?\"([A-Z]+) ([^ \"]+)[^\"]*\" (\\d{3})\\b"_s);
    const QRegularExpressionMatch m = form.match(line);
    if (!m.hasMatch())
        return false;
    entry.format = LogFormat::Access;
    entry.timeMs = clfTime(m.captured(1));
    entry.hasZone = m.captured(1).contains(u' ');
    entry.method = m.captured(2).toUtf8();
    entry.target = m.captured(3).toUtf8();
    entry.status = m.captured(4).toInt();
    return true;
}

bool readSquid(const QString &line, LogEntry &entry)
{
    static const QRegularExpression form(
        u"^(\\d{10})\\.(\\d{3}) +-?\\d+ (\\S+) (\\w+)/(\\d{3}) \\d+ ([A-Z]+) (\\S+)"_s);
    const QRegularExpressionMatch m = form.match(line);
    if (!m.hasMatch())
        return false;
    entry.format = LogFormat::Squid;
    entry.timeMs = m.captured(1).toLongLong() * 1000 + m.captured(2).toInt();
    entry.status = m.captured(5).toInt();
    entry.method = m.captured(6).toUtf8();
    entry.target = m.captured(7).toUtf8();
    entry.message = u"squid: "_s + m.captured(4);
    return true;
}

// The names a logger gives to one and the same thing, in lower case and without separators.
enum class LogMember { Time, Method, Target, Status, Id, Message };
std::optional<LogMember> memberOf(QString name)
{
    name = name.toLower().remove(u'_').remove(u'-').remove(u'@').remove(u'.');
    static const QHash<QString, LogMember> names{{u"time"_s, LogMember::Time},
                                                 {u"ts"_s, LogMember::Time},
                                                 {u"timestamp"_s, LogMember::Time},
                                                 {u"datetime"_s, LogMember::Time},
                                                 {u"date"_s, LogMember::Time},
                                                 {u"timelocal"_s, LogMember::Time},
                                                 {u"timeiso8601"_s, LogMember::Time},
                                                 {u"starttime"_s, LogMember::Time},
                                                 {u"t"_s, LogMember::Time},
                                                 {u"method"_s, LogMember::Method},
                                                 {u"httpmethod"_s, LogMember::Method},
                                                 {u"requestmethod"_s, LogMember::Method},
                                                 {u"verb"_s, LogMember::Method},
                                                 {u"path"_s, LogMember::Target},
                                                 {u"uri"_s, LogMember::Target},
                                                 {u"url"_s, LogMember::Target},
                                                 {u"requesturi"_s, LogMember::Target},
                                                 {u"requesturl"_s, LogMember::Target},
                                                 {u"requestpath"_s, LogMember::Target},
                                                 {u"originalurl"_s, LogMember::Target},
                                                 {u"status"_s, LogMember::Status},
                                                 {u"statuscode"_s, LogMember::Status},
                                                 {u"httpstatus"_s, LogMember::Status},
                                                 {u"responsestatus"_s, LogMember::Status},
                                                 {u"responsecode"_s, LogMember::Status},
                                                 {u"downstreamstatus"_s, LogMember::Status},
                                                 {u"requestid"_s, LogMember::Id},
                                                 {u"reqid"_s, LogMember::Id},
                                                 {u"traceid"_s, LogMember::Id},
                                                 {u"correlationid"_s, LogMember::Id},
                                                 {u"xrequestid"_s, LogMember::Id},
                                                 {u"message"_s, LogMember::Message},
                                                 {u"msg"_s, LogMember::Message},
                                                 {u"error"_s, LogMember::Message},
                                                 {u"err"_s, LogMember::Message},
                                                 {u"exception"_s, LogMember::Message},
                                                 {u"reason"_s, LogMember::Message},
                                                 {u"detail"_s, LogMember::Message},
                                                 {u"responsecodedetails"_s, LogMember::Message},
                                                 {u"responseflags"_s, LogMember::Message}};
    const auto found = names.constFind(name);
    return found == names.constEnd() ? std::nullopt : std::optional(*found);
}

void takeJson(const QJsonObject &object, LogEntry &entry, QStringList &messages, int depth = 0)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.value().isObject() && depth < 4) {
            takeJson(it.value().toObject(), entry, messages, depth + 1);
            continue;
        }
        const std::optional<LogMember> member = memberOf(it.key());
        if (!member)
            continue;
        switch (*member) {
        case LogMember::Time:
            if (const FoundTime time = timeOfJson(it.value()); time.ms && (!entry.timeMs || depth == 0)) {
                entry.timeMs = time.ms;
                entry.hasZone = time.hasZone;
            }
            break;
        case LogMember::Method:
            entry.method = it.value().toString().toUpper().toUtf8();
            break;
        case LogMember::Target:
            if (entry.target.isEmpty())
                entry.target = it.value().toString().toUtf8();
            break;
        case LogMember::Status:
            if (const int status = it.value().toVariant().toInt(); status >= 100 && status < 600)
                entry.status = status;
            break;
        case LogMember::Message:
            if (it.value().isString() && !it.value().toString().isEmpty())
                messages.append(it.value().toString());
            break;
        case LogMember::Id:
            break;
        }
    }
}

bool readJson(const QByteArray &bytes, LogEntry &entry)
{
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    if (object.isEmpty())
        return false;
    const bool isCaddy = object.value("logger"_L1).toString().startsWith("http.log"_L1);
    entry.format = isCaddy ? LogFormat::CaddyJson : LogFormat::JsonLines;
    QStringList messages;
    takeJson(object, entry, messages);
    entry.message =
        isCaddy && messages == QStringList{u"handled request"_s} ? QString() : messages.join(u"; "_s);
    if (isCaddy)
        entry.host = object.value("request"_L1).toObject().value("host"_L1).toString().toUtf8();
    QStringList parts;
    if (entry.timeMs)
        parts << QDateTime::fromMSecsSinceEpoch(*entry.timeMs, Qt::UTC).toString(Qt::ISODateWithMs);
    parts << QString::fromUtf8(entry.method) << QString::fromUtf8(entry.target);
    if (entry.status > 0)
        parts << QString::number(entry.status);
    parts << messages.join(u"; "_s);
    parts.removeAll(QString());
    entry.shown = shortened(parts.join(u' '));
    return true;
}

// W3C extended: the names of the fields stand in a comment before.
bool readIis(const QString &line, const QStringList &fields, LogEntry &entry)
{
    const QStringList values = line.split(u' ');
    if (values.size() != fields.size())
        return false;
    const auto value = [&](const QString &name) {
        const QString text = values.value(fields.indexOf(name));
        return text == "-"_L1 ? QString() : text;
    };
    entry.format = LogFormat::IisW3c;
    entry.timeMs = looseTime(value(u"date"_s) + u' ' + value(u"time"_s) + u'Z').ms; // always UTC
    entry.method = value(u"cs-method"_s).toUtf8();
    entry.target = value(u"cs-uri-stem"_s).toUtf8();
    if (const QString query = value(u"cs-uri-query"_s); !query.isEmpty())
        entry.target += '?' + query.toUtf8();
    entry.status = value(u"sc-status"_s).toInt();
    if (const QString sub = value(u"sc-substatus"_s); !sub.isEmpty())
        entry.message =
            u"IIS status %1.%2, win32 status %3"_s.arg(entry.status).arg(sub, value(u"sc-win32-status"_s));
    return entry.status > 0;
}

void readPlain(const QString &line, LogEntry &entry)
{
    const FoundTime time = looseTime(line);
    entry.timeMs = time.ms;
    entry.hasZone = time.hasZone;
    static const QRegularExpression request(
        u"\\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\\b[\\s\"':=]{1,3}((?:https?://[^\\s\"/]+)?/[^\\s\"',;]*)"_s);
    const QRegularExpressionMatch m = request.match(line);
    entry.method = m.captured(1).toUtf8();
    entry.target = m.captured(2).toUtf8();
    entry.message = line.simplified().left(600);
}

QByteArray pathOf(QByteArray target)
{
    if (const qsizetype scheme = target.indexOf("://"); scheme > 0 && scheme < 6) {
        const qsizetype slash = target.indexOf('/', scheme + 3);
        target = slash < 0 ? QByteArray("/") : target.mid(slash);
    }
    if (const qsizetype query = target.indexOf('?'); query >= 0)
        target.truncate(query);
    return percentDecode(target);
}

// Values that name this one request on both sides.
QStringList requestIds(const Exchange &exchange)
{
    QStringList ids;
    for (const Headers *headers : {&exchange.request.headers, &exchange.response.headers}) {
        for (const HeaderField &field : *headers) {
            const QByteArray name = field.name.toLower();
            static constexpr std::array names{
                "x-request-id",           "x-correlation-id",    "request-id",     "x-amzn-requestid",
                "x-amz-request-id",       "x-trace-id",          "x-b3-traceid",   "traceparent",
                "x-openstack-request-id", "x-github-request-id", "x-ms-request-id"};
            if (std::ranges::none_of(names, [&](const char *known) { return name == known; }))
                continue;
            const QByteArray value = name == "traceparent" ? field.value.split('-').value(1) : field.value;
            if (value.size() >= 8 && value.size() <= 200)
                ids.append(QString::fromLatin1(value));
        }
    }
    return ids;
}

class Matcher
{
public:
    Matcher(const Exchange &exchange, std::optional<qint64> clockOffset)
        : m_exchange(exchange), m_ids(requestIds(exchange)),
          m_path(pathOf(exchange.request.effectiveTarget()))
    {
        m_offsetMs = clockOffset.value_or(0) * 1000;
        m_beginMs = exchange.startedAtMs + m_offsetMs - slackMs;
        m_endMs = exchange.startedAtMs + m_offsetMs + qint64(std::max(0.0, exchange.timings.total)) + slackMs;
    }

    [[nodiscard]] bool hasId(const LogEntry &entry) const
    {
        return std::ranges::any_of(m_ids, [&](const QString &id) { return entry.text.contains(id); });
    }
    [[nodiscard]] bool hasPort(const LogEntry &entry) const
    {
        const QByteArray local = m_exchange.connection.localAddress.toUtf8();
        return !local.isEmpty() && entry.client == local;
    }

    // Why the entry belongs to the exchange; empty when it does not.
    [[nodiscard]] QString reason(const LogEntry &entry) const
    {
        if (hasId(entry))
            return u"the same request id"_s;
        const bool hasMethod = !entry.method.isEmpty();
        if (!entry.timeMs || !isInTime(entry) || (hasMethod && entry.method != m_exchange.request.method) ||
            (entry.status > 0 && entry.status != m_exchange.response.status)
            || (!entry.host.isEmpty() && !equalsIgnoreCase(entry.host, m_exchange.request.headers.value("Host"))))
            return {};
        const bool isPath = !entry.target.isEmpty() ? pathOf(entry.target) == m_path : saysPath(entry);
        if (isOfAnother(entry))
            return {};
        if (hasPort(entry) && (entry.target.isEmpty() || isPath))
            return u"the client's address and port, and the time"_s;
        if (!isPath)
            return {};
        return entry.status > 0 ? u"time, method, path and status"_s : u"time and path"_s;
    }

    // How far the time of an entry lies from the exchange, in ms. Most logs have whole seconds, cut off.
    [[nodiscard]] qint64 distance(const LogEntry &entry) const
    {
        if (!entry.timeMs)
            return 0;
        const qint64 earliest = fromBegin(entry) - slackMs;
        const qint64 latest = earliest + (*entry.timeMs % 1000 == 0 ? 999 : 0);
        const qint64 length = m_endMs - m_beginMs - 2 * slackMs;
        return latest < 0 ? -latest : std::max<qint64>(0, earliest - length);
    }

private:
    // The entry names a user, and the request another one.
    [[nodiscard]] bool isOfAnother(const LogEntry &entry) const
    {
        static const QRegularExpression named(u"\\buser(?:name)?(?:\\s+for\\s+\\w+)?\\s*[=:]?\\s*[\"'\u201c]?([A-Za-z0-9_.@+-]{1,80})[\"'\u201d]?"_s, QRegularExpression::CaseInsensitiveOption);
        const HeaderField *field = m_exchange.request.headers.find("Authorization");
        if (!field)
            return false;
        const AuthorizationLine line = readAuthorization(*field);
        const QByteArray own = line.basic && line.basic->hasColon ? line.basic->user : line.is("Digest") ? line.parsed.value("username") : QByteArray();
        if (own.isEmpty())
            return false;
        static const QStringList noNames{u"not"_s, u"is"_s, u"was"_s, u"has"_s, u"name"_s, u"and"_s, u"or"_s, u"in"_s, u"authentication"_s, u"agent"_s, u"password"_s, u"does"_s, u"unknown"_s, u"from"_s, u"to"_s};
        bool isNamed = false;
        for (auto it = named.globalMatch(entry.message); it.hasNext();) {
            const QString name = it.next().captured(1);
            if (name.toUtf8() == own)
                return false;
            isNamed = isNamed || !noNames.contains(name.toLower());
        }
        return isNamed;
    }

    // A Date header has whole seconds, and a clock goes on while an answer is made.
    static constexpr qint64 slackMs = 2500;

    // Behind the begin of the window; without a time zone, modulo the finest step of zones.
    [[nodiscard]] qint64 fromBegin(const LogEntry &entry) const
    {
        constexpr qint64 quarter = 15 * 60 * 1000;
        const qint64 behind = *entry.timeMs - m_beginMs;
        return entry.hasZone ? behind : (behind % quarter + quarter) % quarter;
    }
    [[nodiscard]] bool isInTime(const LogEntry &entry) const
    {
        if (m_exchange.startedAtMs == 0)
            return false;
        constexpr qint64 farthestZone = (14 * 60 + 15) * 60 * 1000;
        if (std::abs(*entry.timeMs - m_beginMs) > farthestZone)
            return false;
        const qint64 behind = fromBegin(entry);
        return behind >= 0 && behind <= m_endMs - m_beginMs;
    }
    // A path as a word of its own: "/me" does not stand in "/menu".
    [[nodiscard]] bool saysPath(const LogEntry &entry) const
    {
        const QString path = QString::fromUtf8(m_path);
        if (path.size() < 2)
            return false;
        for (qsizetype at = entry.message.indexOf(path); at >= 0; at = entry.message.indexOf(path, at + 1)) {
            const QChar after =
                at + path.size() < entry.message.size() ? entry.message.at(at + path.size()) : u' ';
            const QChar before = at > 0 ? entry.message.at(at - 1) : u' ';
            if (!after.isLetterOrNumber() && after != u'/' && after != u'-' && after != u'_' &&
                !before.isLetterOrNumber())
                return true;
        }
        return false;
    }

    const Exchange &m_exchange;
    QStringList m_ids;
    QByteArray m_path;
    qint64 m_offsetMs = 0;
    qint64 m_beginMs = 0;
    qint64 m_endMs = 0;
};

// Of entries that are equally near, those of the exchange itself: by an id, by the client's port; else they stand in the order
// of the requests.
template <typename EntryOf>
void keepOwn(QList<LogMatch> &found, const Matcher &own, const std::vector<Matcher> &others, EntryOf entryOf)
{
    const auto has = [&](bool (Matcher::*sign)(const LogEntry &) const) {
        return std::ranges::any_of(found, [&](const LogMatch &match) { return (own.*sign)(entryOf(match)); });
    };
    if (has(&Matcher::hasId)) {
        found.removeIf([&](const LogMatch &match) { return !own.hasId(entryOf(match)); });
        return;
    }
    const bool byPort = has(&Matcher::hasPort);
    found.removeIf([&](const LogMatch &match) {
        const LogEntry &entry = entryOf(match);
        return byPort ? !own.hasPort(entry)
                      : std::ranges::any_of(others, [&](const Matcher &other) { return other.hasId(entry) || other.hasPort(entry); });
    });
    const auto alike = std::ranges::count_if(others, [&](const Matcher &other) {
        return std::ranges::any_of(found, [&](const LogMatch &match) {
            return byPort ? other.hasPort(entryOf(match)) : !other.reason(entryOf(match)).isEmpty();
        });
    });
    found = found.first((found.size() + alike) / (alike + 1));
}

} // namespace

QString logFormatId(LogFormat format)
{
    switch (format) {
    case LogFormat::Access:
        return u"access"_s;
    case LogFormat::ApacheError:
        return u"apache-error"_s;
    case LogFormat::NginxError:
        return u"nginx-error"_s;
    case LogFormat::CaddyJson:
        return u"caddy"_s;
    case LogFormat::JsonLines:
        return u"json"_s;
    case LogFormat::HaProxy:
        return u"haproxy"_s;
    case LogFormat::IisW3c:
        return u"iis"_s;
    case LogFormat::Squid:
        return u"squid"_s;
    case LogFormat::PlainText:
        break;
    }
    return u"text"_s;
}

QString logFormatTitle(LogFormat format)
{
    switch (format) {
    case LogFormat::Access:
        return u"access log (common or combined format)"_s;
    case LogFormat::ApacheError:
        return u"error log of Apache httpd"_s;
    case LogFormat::NginxError:
        return u"error log of nginx"_s;
    case LogFormat::CaddyJson:
        return u"log of Caddy"_s;
    case LogFormat::JsonLines:
        return u"JSON lines"_s;
    case LogFormat::HaProxy:
        return u"log of HAProxy"_s;
    case LogFormat::IisW3c:
        return u"log of IIS (W3C extended)"_s;
    case LogFormat::Squid:
        return u"access log of squid"_s;
    case LogFormat::PlainText:
        break;
    }
    return u"plain text"_s;
}

QString ServerLog::formatTitle() const
{
    QMap<LogFormat, int> counts;
    for (const LogEntry &entry : entries)
        ++counts[entry.format];
    LogFormat most = LogFormat::PlainText;
    for (auto it = counts.begin(); it != counts.end(); ++it) {
        if (it.value() > counts.value(most))
            most = it.key();
    }
    return logFormatTitle(most);
}

ServerLog readServerLog(const QString &name, const QByteArray &content)
{
    ServerLog log;
    log.name = name;
    QStringList fields; // of IIS
    int number = 0;
    const QList<QByteArray> lines = content.split('\n');
    for (const QByteArray &raw : lines) {
        ++number;
        const QByteArray bytes = raw.left(longestLine).trimmed();
        if (bytes.startsWith("#Fields:"))
            fields = QString::fromUtf8(bytes.mid(8)).simplified().split(u' ');
        if (bytes.isEmpty() || bytes.startsWith('#')) {
            ++log.skipped;
            continue;
        }
        LogEntry entry;
        entry.line = number;
        entry.text = displayText(bytes);
        entry.shown = shortened(entry.text);
        const qsizetype brace = bytes.indexOf('{');
        const bool isRead = (!fields.isEmpty() && readIis(entry.text, fields, entry)) ||
                            (brace == 0 && bytes.endsWith('}') && readJson(bytes, entry)) ||
                            (bytes.startsWith('[') && readApacheError(entry.text, entry)) ||
                            readNginxError(entry.text, entry) || readSquid(entry.text, entry) ||
                            readHaProxy(entry.text, entry) || readAccess(entry.text, entry);
        if (!isRead)
            readPlain(entry.text, entry);
        log.entries.append(entry);
    }
    return log;
}

Result<ServerLog> openServerLog(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the log can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check its path and permissions."_s};
    const bool isEndOnly = file.size() > mostLogBytes;
    if (isEndOnly)
        file.seek(file.size() - mostLogBytes);
    ServerLog log = readServerLog(QFileInfo(path).fileName(), file.readAll());
    log.isEndOnly = isEndOnly;
    return log;
}

QList<LogMatch> matchLogs(const QList<ServerLog> &logs, const Exchange &exchange,
                          std::optional<qint64> clockOffset, const QList<const Exchange *> &later)
{
    constexpr qsizetype mostMatches = 8;
    const Matcher matcher(exchange, clockOffset);
    std::vector<Matcher> others;
    for (const Exchange *other : later)
        others.emplace_back(*other, clockOffset);
    QList<LogMatch> matches;
    for (qsizetype i = 0; i < logs.size(); ++i) {
        // The same request may have been made a second before: the nearest in time are meant.
        QList<LogMatch> found;
        qint64 nearest = std::numeric_limits<qint64>::max();
        for (qsizetype j = 0; j < logs.at(i).entries.size(); ++j) {
            const LogEntry &entry = logs.at(i).entries.at(j);
            const QString reason = matcher.reason(entry);
            if (reason.isEmpty())
                continue;
            found.append({int(i), int(j), reason});
            nearest = std::min(nearest, matcher.distance(entry));
        }
        const auto entryOf = [&](const LogMatch &match) -> const LogEntry & { return logs.at(i).entries.at(match.entry); };
        found.removeIf([&](const LogMatch &match) { return matcher.distance(entryOf(match)) > nearest; });
        keepOwn(found, matcher, others, entryOf);
        matches += found.first(std::min(found.size(), mostMatches));
    }
    return matches;
}

} // namespace realmscope
