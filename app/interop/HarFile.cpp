// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/HarFile.h"

#include "app/base/Encoding.h"
#include "app/http/Codec.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype mostBytes = 256 * 1024 * 1024;
constexpr qint64 redirectWindowMs = 60'000;

Error notHar(const QString &message, const QString &action)
{
    return {ErrorCode::Parse, message, {}, action};
}

QString exportAdvice()
{
    return u"Export it again: in the browser's network tools, \"Save all as HAR\"; in mitmproxy, --set hardump=FILE."_s;
}

bool isBrowser(const HarFile &file)
{
    static const QStringList browsers{u"WebInspector"_s, u"WebKit Web Inspector"_s, u"Firefox"_s};
    return browsers.contains(file.creatorName);
}

bool isHttp2Version(const QString &version)
{
    return version.contains("/2"_L1) || version.compare("h2"_L1, Qt::CaseInsensitive) == 0;
}

bool isHttp3Version(const QString &version)
{
    return version.contains("/3"_L1) || version.startsWith("h3"_L1, Qt::CaseInsensitive);
}

// Chromium joins lines of one name by a line feed. Pseudo-headers of HTTP/2 are no header fields.
Headers headersOf(const QJsonObject &message)
{
    Headers headers;
    const QJsonArray fields = message.value("headers"_L1).toArray();
    for (const QJsonValue &value : fields) {
        const QJsonObject field = value.toObject();
        const QByteArray name = field.value("name"_L1).toString().toUtf8();
        if (name.isEmpty() || name.startsWith(':'))
            continue;
        const QStringList lines = field.value("value"_L1).toString().split(u'\n');
        for (const QString &line : lines)
            headers.append(name, line.toUtf8().trimmed());
    }
    return headers;
}

QByteArray pseudoHeader(const QJsonObject &message, QLatin1StringView name)
{
    const QJsonArray fields = message.value("headers"_L1).toArray();
    for (const QJsonValue &value : fields) {
        if (value.toObject().value("name"_L1).toString() == name)
            return value.toObject().value("value"_L1).toString().toUtf8();
    }
    return {};
}

QByteArray bodyOf(const QJsonObject &content)
{
    const QByteArray text = content.value("text"_L1).toString().toUtf8();
    return content.value("encoding"_L1).toString() == "base64"_L1 ? QByteArray::fromBase64(text) : text;
}

QByteArray postedBody(const QJsonObject &posted)
{
    if (posted.contains("text"_L1))
        return bodyOf(posted);
    QByteArray body;
    const QJsonArray params = posted.value("params"_L1).toArray();
    for (const QJsonValue &value : params) {
        const QJsonObject param = value.toObject();
        body += (body.isEmpty() ? "" : "&") + formEncode(param.value("name"_L1).toString().toUtf8()) + '=' +
                formEncode(param.value("value"_L1).toString().toUtf8());
    }
    return body;
}

void takeRequest(const HarEntry &entry, Exchange &exchange)
{
    const QJsonObject json = entry.json.value("request"_L1).toObject();
    Request request;
    request.method = entry.method;
    request.url = entry.url;
    request.headers = headersOf(json);
    request.version =
        isHttp2Version(json.value("httpVersion"_L1).toString()) ? HttpVersion::Http2 : HttpVersion::Http11;
    if (!request.headers.contains("Host")) {
        const QByteArray authority = pseudoHeader(json, ":authority"_L1);
        request.headers.append("Host", authority.isEmpty() ? entry.url.hostHeader() : authority,
                               HeaderSource::Transport);
    }
    const QJsonArray cookies = json.value("cookies"_L1).toArray();
    if (!request.headers.contains("Cookie") && !cookies.isEmpty()) {
        QByteArrayList pairs;
        for (const QJsonValue &value : cookies) {
            const QJsonObject cookie = value.toObject();
            pairs.append(cookie.value("name"_L1).toString().toUtf8() + '=' +
                         cookie.value("value"_L1).toString().toUtf8());
        }
        request.headers.append("Cookie", pairs.join("; "));
    }
    request.body = postedBody(json.value("postData"_L1).toObject());
    const SerializedRequest serialized = serializeRequest(request);
    exchange.request = serialized.request;
    exchange.rawRequest = RecordedBytes(serialized.head + request.body);
}

// The positions of the header lines come from the real parser, fed with the head alone.
void takeResponse(const HarEntry &entry, Exchange &exchange)
{
    const QJsonObject json = entry.json.value("response"_L1).toObject();
    if (entry.status == 0) {
        QString reason = json.value("_error"_L1).toString();
        if (reason.isEmpty())
            reason = entry.json.value("_error"_L1).toString();
        exchange.error =
            Error{reason.contains("CERT"_L1) || reason.contains("SSL"_L1) ? ErrorCode::TlsFailure
                                                                          : ErrorCode::ConnectFailed,
                  reason.isEmpty() ? u"the recording holds no answer"_s
                                   : u"the recording holds no answer: %1"_s.arg(reason),
                  {},
                  {}};
        return;
    }
    QByteArray head = "HTTP/1.1 " + QByteArray::number(entry.status).rightJustified(3, '0') + ' ' +
                      json.value("statusText"_L1).toString().toLatin1().simplified() + "\r\n";
    const Headers headers = headersOf(json);
    for (const HeaderField &field : headers)
        head += field.name + ": " + field.value + "\r\n";
    head += "\r\n";
    ResponseParser parser("HEAD"); // whatever the lengths say, the body stands apart
    parser.feed(head);
    parser.finish();
    const QByteArray body = bodyOf(json.value("content"_L1).toObject());
    exchange.response = parser.response();
    exchange.response.status = entry.status;
    exchange.response.versionText = json.value("httpVersion"_L1).toString().toLatin1();
    exchange.response.encodedBody = RecordedBytes(body);
    exchange.response.body = exchange.response.encodedBody;
    exchange.response.complete = true;
    exchange.rawResponse = RecordedBytes(head + body);
    exchange.bodyOffset = head.size();
}

double phase(const QJsonObject &timings, QLatin1StringView name)
{
    return timings.value(name).toDouble(-1);
}

void takeTimings(const HarEntry &entry, Exchange &exchange)
{
    const QJsonObject json = entry.json.value("timings"_L1).toObject();
    const double tls = phase(json, "ssl"_L1);
    const double connect = phase(json, "connect"_L1); // HAR counts ssl as a part of it
    exchange.timings = {phase(json, "dns"_L1),
                        connect >= 0 && tls >= 0 ? std::max(0.0, connect - tls) : connect,
                        tls,
                        phase(json, "send"_L1),
                        phase(json, "wait"_L1),
                        phase(json, "receive"_L1),
                        entry.json.value("time"_L1).toDouble(-1)};
}

void takeConnection(const HarEntry &entry, Exchange &exchange)
{
    const QJsonValue id = entry.json.value("connection"_L1);
    const quint64 number = id.toVariant().toULongLong();
    // Firefox writes the server's port there.
    const bool isPort = number == quint64(entry.url.port);
    exchange.connection.id = isPort ? 0 : number;
    exchange.connection.peerAddress = entry.json.value("serverIPAddress"_L1).toString();
    const QString version = entry.json.value("request"_L1).toObject().value("httpVersion"_L1).toString();
    exchange.connection.protocol = isHttp3Version(version)   ? u"h3"_s
                                   : isHttp2Version(version) ? u"h2"_s
                                                             : u"http/1.1"_s;
    if (entry.json.contains("_fromCache"_L1))
        exchange.decisions.append({DecisionKind::Note, u"answered out of the browser's %1 cache"_s.arg(
                                                           entry.json.value("_fromCache"_L1).toString())});
}

bool isNear(const HarEntry &earlier, const HarEntry &later)
{
    const qint64 apart = later.startedAtMs - earlier.startedAtMs;
    return apart >= 0 && apart <= redirectWindowMs;
}

bool isSameRequest(const HarEntry &a, const HarEntry &b)
{
    return a.method == b.method && a.url.toString() == b.url.toString();
}

std::optional<Url> redirectTarget(const HarEntry &entry)
{
    if (entry.status < 300 || entry.status > 399)
        return std::nullopt;
    const QJsonObject response = entry.json.value("response"_L1).toObject();
    QByteArray location = headersOf(response).value("Location");
    if (location.isEmpty())
        location = response.value("redirectURL"_L1).toString().toUtf8();
    const Result<Url> target = location.isEmpty() ? Result<Url>(Error{}) : entry.url.resolve(location);
    return target ? std::optional<Url>(*target) : std::nullopt;
}

bool isRedirectTo(const HarEntry &earlier, const HarEntry &later)
{
    const std::optional<Url> target = redirectTarget(earlier);
    return target && isNear(earlier, later) && target->origin() == later.url.origin() &&
           target->requestTarget() == later.url.requestTarget();
}

// 401, and then the same request with a credential that it did not have before, or the next message of a
// handshake.
bool isChallengeBefore(const HarEntry &earlier, const HarEntry &later)
{
    if ((earlier.status != 401 && earlier.status != 407) || !isSameRequest(earlier, later) ||
        !isNear(earlier, later))
        return false;
    const QByteArray field = earlier.status == 407 ? "Proxy-Authorization" : "Authorization";
    const QByteArray now = headersOf(later.json.value("request"_L1).toObject()).value(field);
    const QByteArray before = headersOf(earlier.json.value("request"_L1).toObject()).value(field);
    return !now.isEmpty() && now != before;
}

bool isPreflightOf(const HarEntry &earlier, const HarEntry &later)
{
    return earlier.method == "OPTIONS" && later.method != "OPTIONS" && isNear(earlier, later) &&
           earlier.url.toString() == later.url.toString() &&
           headersOf(earlier.json.value("request"_L1).toObject()).contains("Access-Control-Request-Method");
}

} // namespace

bool HarEntry::isRefused() const
{
    return status == 401 || status == 403 || status == 407 || status == 419 || status == 440 || status == 498;
}

Result<HarFile> readHar(const QByteArray &bytes, const QString &name)
{
    if (bytes.size() > mostBytes)
        return notHar(u"the recording is too large: %1"_s.arg(name),
                      u"Record the failing request alone, and export again."_s);
    QByteArray text = bytes;
    if (text.startsWith("\xef\xbb\xbf"))
        text = text.mid(3);
    if (text.trimmed().isEmpty())
        return notHar(u"the recording is empty: %1"_s.arg(name), exportAdvice());
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (document.isNull())
        return notHar(u"%1 is no JSON, so it is no HAR file: %2 at byte %3"_s.arg(name, error.errorString())
                          .arg(error.offset),
                      exportAdvice());
    const QJsonValue log = document.object().value("log"_L1);
    if (!log.isObject() || !log.toObject().value("entries"_L1).isArray())
        return notHar(u"%1 is JSON, and no HAR file: it has no log.entries"_s.arg(name), exportAdvice());
    const QJsonArray entries = log.toObject().value("entries"_L1).toArray();
    if (entries.isEmpty())
        return notHar(u"%1 holds no request"_s.arg(name),
                      u"Open the network tools before the request is made, repeat it, and export again."_s);

    HarFile file;
    const QJsonObject creator = log.toObject().value("creator"_L1).toObject();
    file.creatorName = creator.value("name"_L1).toString();
    file.creatorVersion = creator.value("version"_L1).toString();
    for (const QJsonValue &value : entries) {
        HarEntry entry;
        entry.json = value.toObject();
        const QJsonObject request = entry.json.value("request"_L1).toObject();
        const Result<Url> url = Url::parse(request.value("url"_L1).toString());
        const QByteArray method = request.value("method"_L1).toString().toLatin1();
        if (!url || !isToken(method)) {
            file.unusable.append({int(file.entries.size()),
                                  url ? u"its request has no method"_s : u"its URL can't be read"_s});
        } else {
            entry.method = method;
            entry.url = *url;
        }
        const int status = entry.json.value("response"_L1).toObject().value("status"_L1).toInt();
        entry.status = status >= 100 && status <= 999 ? status : 0;
        const QDateTime started =
            QDateTime::fromString(entry.json.value("startedDateTime"_L1).toString(), Qt::ISODateWithMs);
        entry.startedAtMs = started.isValid() ? started.toMSecsSinceEpoch() : 0;
        file.entries.append(entry);
    }
    if (file.unusable.size() == file.entries.size())
        return notHar(u"%1 holds no request that can be read: %2"_s.arg(name, file.unusable.first().second),
                      exportAdvice());
    return file;
}

int chooseHarEntry(const HarFile &file)
{
    const QList<HarEntry> &entries = file.entries;
    const auto wasLetInLater = [&](int index) {
        return std::any_of(entries.begin() + index + 1, entries.end(), [&](const HarEntry &later) {
            return isSameRequest(entries.at(index), later) && later.status >= 200 && later.status < 300;
        });
    };
    const auto last = [&](auto fits) {
        for (int i = int(entries.size()) - 1; i >= 0; --i) {
            if (!entries.at(i).method.isEmpty() && fits(i))
                return i;
        }
        return -1;
    };
    if (const int refused = last([&](int i) { return entries.at(i).isRefused() && !wasLetInLater(i); });
        refused >= 0)
        return refused;
    if (const int failed =
            last([&](int i) { return entries.at(i).status == 0 || entries.at(i).status >= 400; });
        failed >= 0)
        return failed;
    return last([](int) { return true; });
}

Exchange harExchange(const HarEntry &entry)
{
    Exchange exchange;
    exchange.startedAtMs = entry.startedAtMs;
    takeRequest(entry, exchange);
    takeResponse(entry, exchange);
    takeTimings(entry, exchange);
    takeConnection(entry, exchange);
    return exchange;
}

namespace {

// The entry that gave out a cookie to this origin last, for a refused request that has none; -1 for none. The sign-in.
int sessionBefore(const HarFile &file, int index)
{
    constexpr qint64 sessionWindowMs = 30 * 60'000;
    const HarEntry &refused = file.entries.at(index);
    const Headers sent = headersOf(refused.json.value("request"_L1).toObject());
    if (!refused.isRefused() || sent.contains("Cookie") || sent.contains("Authorization"))
        return -1;
    for (int i = index - 1; i >= 0; --i) {
        const HarEntry &entry = file.entries.at(i);
        const qint64 apart = refused.startedAtMs - entry.startedAtMs;
        if (entry.method.isEmpty() || apart < 0 || apart > sessionWindowMs || !(entry.url.origin() == refused.url.origin()))
            continue;
        if (headersOf(entry.json.value("response"_L1).toObject()).contains("Set-Cookie"))
            return i;
    }
    return -1;
}

} // namespace

Trace harTrace(const HarFile &file, int index)
{
    Trace trace;
    trace.exchanges.append(harExchange(file.entries.at(index)));
    int next = index; // the earliest that belongs so far
    for (int i = index - 1; i >= 0 && trace.exchanges.size() < 20; --i) {
        const HarEntry &entry = file.entries.at(i);
        const HarEntry &later = file.entries.at(next);
        if (entry.method.isEmpty())
            continue;
        ExchangeRole role = ExchangeRole::Final;
        if (isRedirectTo(entry, later))
            role = ExchangeRole::Redirect;
        else if (isChallengeBefore(entry, later))
            role = entry.status == 407 ? ExchangeRole::Proxy : ExchangeRole::Challenge;
        else if (isPreflightOf(entry, later))
            role = ExchangeRole::Preflight;
        if (role == ExchangeRole::Final)
            continue;
        Exchange exchange = harExchange(entry);
        exchange.role = role;
        trace.exchanges.prepend(exchange);
        if (role != ExchangeRole::Preflight)
            next = i;
    }
    if (const int session = sessionBefore(file, index); session >= 0 && session < next) {
        Exchange exchange = harExchange(file.entries.at(session));
        exchange.role = ExchangeRole::Token;
        trace.exchanges.prepend(exchange);
    }
    return trace;
}

bool harMayLackCredentials(const HarFile &file)
{
    if (!isBrowser(file))
        return false;
    return std::ranges::none_of(file.entries, [](const HarEntry &entry) {
        const Headers request = headersOf(entry.json.value("request"_L1).toObject());
        const Headers response = headersOf(entry.json.value("response"_L1).toObject());
        return request.contains("Authorization") || request.contains("Cookie") ||
               response.contains("Set-Cookie");
    });
}

QStringList harLimits(const HarFile &file, int index)
{
    const HarEntry &entry = file.entries.at(index);
    const QString version = entry.json.value("request"_L1).toObject().value("httpVersion"_L1).toString();
    QStringList limits{
        u"The bytes as they went over the wire are not in a HAR file: white space, line ends and spelling that went wrong there can't be seen."_s,
        u"Nothing was sent, so no probe could tell causes apart."_s};
    if (harMayLackCredentials(file))
        limits.append(u"No request of this recording has an Authorization or Cookie header. Browsers leave "
                      u"them out unless asked (\"Export HAR "
                      "(with sensitive data)\"), so whether a credential was sent can't be known."_s);
    if (isHttp2Version(version) || isHttp3Version(version))
        limits.append(u"It went over %1: the order of the headers and the frames are not recorded."_s.arg(
            isHttp3Version(version) ? u"HTTP/3"_s : u"HTTP/2"_s));
    if (isBrowser(file))
        limits.append(
            u"Which certificate the browser showed, and what a proxy in between did, is not recorded."_s);
    else if (entry.url.isSecure())
        limits.append(
            u"The handshake of TLS is not recorded: whether a client certificate was asked for or shown can't be known."_s);
    const QJsonObject content = entry.json.value("response"_L1).toObject().value("content"_L1).toObject();
    if (entry.status != 0 && !content.contains("text"_L1) && content.value("size"_L1).toInt() > 0)
        limits.append(u"The body of the answer was not saved: what the server said in it can't be known."_s);
    if (entry.startedAtMs == 0)
        limits.append(
            u"The entry has no time: whether a token was still valid then can't be judged by it."_s);
    return limits;
}

} // namespace realmscope
