// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/TraceRecord.h"

#include "app/workspace/HttpFile.h"

#include <QtCore/QCborArray>
#include <QtCore/QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Enumerators are stored as their numbers; one of a newer version becomes the first.
template <typename Enum>
Enum enumOf(const QCborValue &value, Enum last)
{
    const qint64 number = value.toInteger();
    return number >= 0 && number <= static_cast<qint64>(last) ? static_cast<Enum>(number) : Enum{};
}

int intOf(const QCborValue &value, int standard = 0)
{
    return static_cast<int>(std::clamp<qint64>(value.toInteger(standard), std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

// Members with their default value are not written.
class Writer
{
public:
    void put(QLatin1StringView name, const QString &value)
    {
        if (!value.isEmpty())
            m_map.insert(name, value);
    }
    void put(QLatin1StringView name, const QByteArray &value)
    {
        if (!value.isEmpty())
            m_map.insert(name, value);
    }
    void put(QLatin1StringView name, bool value)
    {
        if (value)
            m_map.insert(name, true);
    }
    void put(QLatin1StringView name, qint64 value)
    {
        if (value != 0)
            m_map.insert(name, value);
    }
    void put(QLatin1StringView name, const QStringList &values)
    {
        if (!values.isEmpty())
            m_map.insert(name, QCborArray::fromStringList(values));
    }
    void put(QLatin1StringView name, const QCborArray &values)
    {
        if (!values.isEmpty())
            m_map.insert(name, values);
    }
    void put(QLatin1StringView name, const QCborMap &values)
    {
        if (!values.isEmpty())
            m_map.insert(name, values);
    }
    template <typename Enum>
        requires std::is_enum_v<Enum>
    void put(QLatin1StringView name, Enum value)
    {
        put(name, static_cast<qint64>(value));
    }
    // Those with a default that is not empty.
    void always(QLatin1StringView name, const QCborValue &value) { m_map.insert(name, value); }

    [[nodiscard]] QCborMap map() const { return m_map; }

private:
    QCborMap m_map;
};

QStringList stringsOf(const QCborValue &value)
{
    QStringList list;
    for (const QCborValueRef &item : value.toArray())
        list.append(item.toString());
    return list;
}

QCborArray rangeOf(const ByteRange &range) { return range.isEmpty() ? QCborArray() : QCborArray{qint64(range.begin), qint64(range.end)}; }

ByteRange rangeOf(const QCborValue &value, qint64 size)
{
    const QCborArray pair = value.toArray();
    const qint64 begin = pair.at(0).toInteger(-1);
    const qint64 end = pair.at(1).toInteger(-1);
    return begin >= 0 && begin < end && end <= size ? ByteRange{qsizetype(begin), qsizetype(end)} : ByteRange();
}

QCborArray headersOf(const Headers &headers)
{
    QCborArray array;
    for (const HeaderField &field : headers)
        array.append(QCborArray{field.name, field.value, rangeOf(field.nameRange), rangeOf(field.valueRange), qint64(field.source), field.sourceDetail});
    return array;
}

Headers headersOf(const QCborValue &value, qint64 size)
{
    Headers headers;
    for (const QCborValueRef &item : value.toArray()) {
        const QCborArray parts = item.toArray();
        HeaderField field;
        field.name = parts.at(0).toByteArray();
        field.value = parts.at(1).toByteArray();
        field.nameRange = rangeOf(parts.at(2), size);
        field.valueRange = rangeOf(parts.at(3), size);
        field.source = enumOf(parts.at(4), HeaderSource::Unknown);
        field.sourceDetail = parts.at(5).toString();
        headers.append(field);
    }
    return headers;
}

QCborMap errorOf(const Error &error)
{
    Writer out;
    out.put("code"_L1, error.code);
    out.put("message"_L1, error.message);
    out.put("detail"_L1, error.detail);
    out.put("action"_L1, error.action);
    out.always("is"_L1, true); // an error without words is one as well
    return out.map();
}

std::optional<Error> errorOf(const QCborValue &value)
{
    if (!value.isMap())
        return std::nullopt;
    const QCborMap map = value.toMap();
    return Error{enumOf(map["code"_L1], ErrorCode::Unsupported), map["message"_L1].toString(), map["detail"_L1].toString(), map["action"_L1].toString()};
}

QCborMap urlOf(const Url &url)
{
    Writer out;
    out.put("scheme"_L1, url.scheme);
    out.put("host"_L1, url.host);
    out.put("port"_L1, qint64(url.port));
    out.put("portWritten"_L1, url.portWritten);
    out.put("path"_L1, url.path);
    if (url.userInfo)
        out.always("user"_L1, *url.userInfo);
    if (url.query)
        out.always("query"_L1, *url.query);
    if (url.fragment)
        out.always("fragment"_L1, *url.fragment);
    return out.map();
}

std::optional<QByteArray> bytesOf(const QCborValue &value) { return value.isByteArray() ? std::optional(value.toByteArray()) : std::nullopt; }

Url urlOf(const QCborValue &value)
{
    const QCborMap map = value.toMap();
    Url url;
    url.scheme = map["scheme"_L1].toString();
    url.host = map["host"_L1].toString();
    url.port = static_cast<quint16>(map["port"_L1].toInteger());
    url.portWritten = map["portWritten"_L1].toBool();
    url.path = map["path"_L1].toByteArray();
    url.userInfo = bytesOf(map["user"_L1]);
    url.query = bytesOf(map["query"_L1]);
    url.fragment = bytesOf(map["fragment"_L1]);
    return url;
}

QCborMap requestOf(const Request &request)
{
    Writer out;
    out.always("method"_L1, request.method);
    out.put("url"_L1, urlOf(request.url));
    out.put("headers"_L1, headersOf(request.headers));
    out.put("body"_L1, request.body);
    out.put("version"_L1, request.version);
    out.put("target"_L1, request.target);
    return out.map();
}

Request requestOf(const QCborValue &value, qint64 size)
{
    const QCborMap map = value.toMap();
    Request request;
    request.method = map["method"_L1].toByteArray();
    request.url = urlOf(map["url"_L1]);
    request.headers = headersOf(map["headers"_L1], size);
    request.body = map["body"_L1].toByteArray();
    request.version = enumOf(map["version"_L1], HttpVersion::Http2PriorKnowledge);
    request.target = map["target"_L1].toByteArray();
    return request;
}

// A body that stands in the raw response is stored as its place there.
QCborValue bodyOf(const QByteArray &body, const QByteArray &raw, qint64 offset)
{
    if (offset >= 0 && offset <= raw.size() && QByteArrayView(raw).sliced(offset).startsWith(body))
        return QCborArray{offset, qint64(body.size())};
    return body;
}

RecordedBytes bodyOf(const QCborValue &value, const RecordedBytes &raw)
{
    if (value.isArray())
        return raw.slice(value.toArray().at(0).toInteger(), value.toArray().at(1).toInteger());
    return value.isByteArray() && !value.toByteArray().isEmpty() ? RecordedBytes(value.toByteArray()) : RecordedBytes();
}

QCborMap responseOf(const Response &response, const QByteArray &raw, qint64 offset)
{
    Writer out;
    out.put("status"_L1, qint64(response.status));
    out.put("reason"_L1, response.reason);
    out.put("version"_L1, response.versionText);
    out.put("headers"_L1, headersOf(response.headers));
    out.put("trailers"_L1, headersOf(response.trailers));
    QCborArray before;
    for (const InformationalResponse &informational : response.informational)
        before.append(QCborArray{informational.status, headersOf(informational.headers)});
    out.put("informational"_L1, before);
    const QByteArray encoded = response.encodedBody.all();
    const QByteArray body = response.body.all();
    if (!encoded.isEmpty())
        out.always("encoded"_L1, bodyOf(encoded, raw, offset));
    if (!body.isEmpty() && body != encoded)
        out.always("body"_L1, bodyOf(body, raw, offset));
    out.put("bodyIsEncoded"_L1, body == encoded);
    out.put("coding"_L1, response.contentCoding);
    out.put("complete"_L1, response.complete);
    return out.map();
}

Response responseOf(const QCborValue &value, const RecordedBytes &raw)
{
    const QCborMap map = value.toMap();
    Response response;
    response.status = intOf(map["status"_L1]);
    response.reason = map["reason"_L1].toByteArray();
    response.versionText = map["version"_L1].toByteArray();
    response.headers = headersOf(map["headers"_L1], raw.size());
    response.trailers = headersOf(map["trailers"_L1], raw.size());
    for (const QCborValueRef &item : map["informational"_L1].toArray()) {
        const QCborArray pair = item.toArray();
        response.informational.append({intOf(pair.at(0)), headersOf(pair.at(1), raw.size())});
    }
    response.encodedBody = bodyOf(map["encoded"_L1], raw);
    response.body = map["bodyIsEncoded"_L1].toBool() ? response.encodedBody : bodyOf(map["body"_L1], raw);
    response.contentCoding = map["coding"_L1].toByteArray();
    response.complete = map["complete"_L1].toBool();
    return response;
}

QCborArray timingsOf(const Timings &t) { return {t.dns, t.connect, t.tls, t.send, t.wait, t.receive, t.total}; }

Timings timingsOf(const QCborValue &value)
{
    const QCborArray array = value.toArray();
    const auto at = [&array](qsizetype index) { return array.at(index).toDouble(-1); };
    return {at(0), at(1), at(2), at(3), at(4), at(5), at(6)};
}

QCborMap connectionOf(const ConnectionInfo &connection)
{
    Writer out;
    out.put("id"_L1, qint64(connection.id));
    out.put("reused"_L1, connection.reused);
    out.put("local"_L1, connection.localAddress);
    out.put("peer"_L1, connection.peerAddress);
    out.put("proxy"_L1, connection.proxy);
    out.put("protocol"_L1, connection.protocol);
    return out.map();
}

ConnectionInfo connectionOf(const QCborValue &value)
{
    const QCborMap map = value.toMap();
    return {static_cast<quint64>(map["id"_L1].toInteger()), map["reused"_L1].toBool(), map["local"_L1].toString(), map["peer"_L1].toString(),
            map["proxy"_L1].toString(), map["protocol"_L1].toString()};
}

qint64 msOf(const QDateTime &time) { return time.isValid() ? time.toMSecsSinceEpoch() : 0; }
QDateTime timeOf(const QCborValue &value)
{
    return value.isInteger() ? QDateTime::fromMSecsSinceEpoch(value.toInteger(), Qt::UTC) : QDateTime();
}

QCborMap certificateOf(const CertificateInfo &certificate)
{
    Writer out;
    out.put("subject"_L1, certificate.subject);
    out.put("issuer"_L1, certificate.issuer);
    out.put("commonName"_L1, certificate.commonName);
    out.put("names"_L1, certificate.alternativeNames);
    if (certificate.notBefore.isValid())
        out.always("notBefore"_L1, msOf(certificate.notBefore));
    if (certificate.notAfter.isValid())
        out.always("notAfter"_L1, msOf(certificate.notAfter));
    out.put("sha256"_L1, certificate.sha256Fingerprint);
    out.put("key"_L1, certificate.keyDescription);
    out.put("serial"_L1, certificate.serial);
    out.put("pem"_L1, certificate.pem);
    out.put("errors"_L1, certificate.errors);
    return out.map();
}

CertificateInfo certificateOf(const QCborValue &value)
{
    const QCborMap map = value.toMap();
    CertificateInfo certificate;
    certificate.subject = map["subject"_L1].toString();
    certificate.issuer = map["issuer"_L1].toString();
    certificate.commonName = map["commonName"_L1].toString();
    certificate.alternativeNames = stringsOf(map["names"_L1]);
    certificate.notBefore = timeOf(map["notBefore"_L1]);
    certificate.notAfter = timeOf(map["notAfter"_L1]);
    certificate.sha256Fingerprint = map["sha256"_L1].toByteArray();
    certificate.keyDescription = map["key"_L1].toString();
    certificate.serial = map["serial"_L1].toString();
    certificate.pem = map["pem"_L1].toByteArray();
    certificate.errors = stringsOf(map["errors"_L1]);
    return certificate;
}

QCborMap tlsOf(const TlsInfo &tls)
{
    Writer out;
    out.put("protocol"_L1, tls.protocol);
    out.put("cipher"_L1, tls.cipher);
    out.put("alpn"_L1, tls.alpn);
    out.put("serverName"_L1, tls.serverName);
    QCborArray chain;
    for (const CertificateInfo &certificate : tls.chain)
        chain.append(certificateOf(certificate));
    out.put("chain"_L1, chain);
    out.always("verified"_L1, tls.verified); // never an empty map: that there was TLS is a fact
    out.put("skipped"_L1, tls.verificationSkipped);
    out.put("errors"_L1, tls.errors);
    out.put("alert"_L1, tls.alert);
    out.put("offered"_L1, tls.clientCertificateOffered);
    if (tls.clientCertificateRequested)
        out.always("requested"_L1, *tls.clientCertificateRequested);
    out.put("sent"_L1, tls.clientCertificateSent);
    out.put("clientSubject"_L1, tls.clientCertificateSubject);
    out.put("events"_L1, tls.events);
    return out.map();
}

TlsInfo tlsOf(const QCborMap &map)
{
    TlsInfo tls;
    tls.protocol = map["protocol"_L1].toString();
    tls.cipher = map["cipher"_L1].toString();
    tls.alpn = map["alpn"_L1].toString();
    tls.serverName = map["serverName"_L1].toString();
    for (const QCborValueRef &item : map["chain"_L1].toArray())
        tls.chain.append(certificateOf(item));
    tls.verified = map["verified"_L1].toBool();
    tls.verificationSkipped = map["skipped"_L1].toBool();
    tls.errors = stringsOf(map["errors"_L1]);
    tls.alert = map["alert"_L1].toString();
    tls.clientCertificateOffered = map["offered"_L1].toBool();
    if (map["requested"_L1].isBool())
        tls.clientCertificateRequested = map["requested"_L1].toBool();
    tls.clientCertificateSent = map["sent"_L1].toBool();
    tls.clientCertificateSubject = map["clientSubject"_L1].toString();
    tls.events = stringsOf(map["events"_L1]);
    return tls;
}

QCborMap http2Of(const Http2Facts &facts)
{
    Writer out;
    out.always("stream"_L1, qint64(facts.stream));
    out.put("preface"_L1, facts.prefaceSent);
    out.put("request"_L1, headersOf(facts.requestFields));
    out.put("response"_L1, headersOf(facts.responseFields));
    QCborArray frames;
    for (const Http2Frame &frame : facts.frames)
        frames.append(QCborArray{frame.sent, qint64(frame.type), qint64(frame.flags), qint64(frame.stream), qint64(frame.length), frame.payload, rangeOf(frame.data)});
    out.put("frames"_L1, frames);
    out.put("leftOut"_L1, facts.framesLeftOut);
    if (facts.resetCode)
        out.always("reset"_L1, qint64(*facts.resetCode));
    return out.map();
}

Http2Facts http2Of(const QCborMap &map, qint64 sentSize, qint64 receivedSize)
{
    Http2Facts facts;
    facts.stream = static_cast<quint32>(map["stream"_L1].toInteger());
    facts.prefaceSent = map["preface"_L1].toBool();
    facts.requestFields = headersOf(map["request"_L1], 0);
    facts.responseFields = headersOf(map["response"_L1], 0);
    for (const QCborValueRef &item : map["frames"_L1].toArray()) {
        const QCborArray parts = item.toArray();
        Http2Frame frame;
        frame.sent = parts.at(0).toBool();
        frame.type = static_cast<quint8>(parts.at(1).toInteger());
        frame.flags = static_cast<quint8>(parts.at(2).toInteger());
        frame.stream = static_cast<quint32>(parts.at(3).toInteger());
        frame.length = static_cast<quint32>(parts.at(4).toInteger());
        frame.payload = parts.at(5).toByteArray();
        frame.data = rangeOf(parts.at(6), frame.sent ? sentSize : receivedSize);
        facts.frames.append(frame);
    }
    facts.framesLeftOut = map["leftOut"_L1].toInteger();
    if (map["reset"_L1].isInteger())
        facts.resetCode = static_cast<quint32>(map["reset"_L1].toInteger());
    return facts;
}

QCborMap cookieOf(const CookieVerdict &cookie)
{
    Writer out;
    out.put("decision"_L1, cookie.decision);
    out.put("name"_L1, cookie.name);
    out.put("domain"_L1, cookie.domain);
    out.always("hostOnly"_L1, cookie.hostOnly);
    out.put("path"_L1, cookie.path);
    out.put("secure"_L1, cookie.secure);
    out.put("httpOnly"_L1, cookie.httpOnly);
    out.put("sameSite"_L1, cookie.sameSite);
    if (cookie.expiresAt)
        out.always("expires"_L1, *cookie.expiresAt);
    out.put("reasonId"_L1, cookie.reasonId);
    out.put("reason"_L1, cookie.reason);
    QCborArray deviations;
    for (const CookieDeviation &deviation : cookie.deviations)
        deviations.append(QCborArray{deviation.id, deviation.text});
    out.put("deviations"_L1, deviations);
    out.put("range"_L1, rangeOf(cookie.range));
    return out.map();
}

CookieVerdict cookieOf(const QCborMap &map, qint64 sentSize, qint64 receivedSize)
{
    CookieVerdict cookie;
    cookie.decision = enumOf(map["decision"_L1], CookieDecision::Rejected);
    cookie.name = map["name"_L1].toByteArray();
    cookie.domain = map["domain"_L1].toString();
    cookie.hostOnly = map["hostOnly"_L1].toBool(true);
    cookie.path = map["path"_L1].toByteArray();
    cookie.secure = map["secure"_L1].toBool();
    cookie.httpOnly = map["httpOnly"_L1].toBool();
    cookie.sameSite = enumOf(map["sameSite"_L1], SameSite::Strict);
    if (map["expires"_L1].isInteger())
        cookie.expiresAt = map["expires"_L1].toInteger();
    cookie.reasonId = map["reasonId"_L1].toString();
    cookie.reason = map["reason"_L1].toString();
    for (const QCborValueRef &item : map["deviations"_L1].toArray())
        cookie.deviations.append({item.toArray().at(0).toString(), item.toArray().at(1).toString()});
    cookie.range = rangeOf(map["range"_L1], cookie.isReceived() ? receivedSize : sentSize);
    return cookie;
}

QCborMap exchangeOf(const Exchange &exchange)
{
    const QByteArray received = exchange.rawResponse.all();
    Writer out;
    out.put("role"_L1, exchange.role);
    out.put("label"_L1, exchange.label);
    out.put("probe"_L1, exchange.probeId);
    out.put("request"_L1, requestOf(exchange.request));
    out.put("response"_L1, responseOf(exchange.response, received, exchange.bodyOffset));
    out.put("sent"_L1, exchange.rawRequest.all());
    out.put("received"_L1, received);
    out.always("bodyOffset"_L1, exchange.bodyOffset);
    out.put("started"_L1, exchange.startedAtMs);
    out.put("timings"_L1, timingsOf(exchange.timings));
    out.put("connection"_L1, connectionOf(exchange.connection));
    if (exchange.tls)
        out.put("tls"_L1, tlsOf(*exchange.tls));
    if (exchange.http2)
        out.put("http2"_L1, http2Of(*exchange.http2));
    QCborArray anomalies;
    for (const Anomaly &anomaly : exchange.anomalies)
        anomalies.append(QCborArray{anomaly.id, anomaly.text, rangeOf(anomaly.range)});
    out.put("anomalies"_L1, anomalies);
    QCborArray decisions;
    for (const Decision &decision : exchange.decisions)
        decisions.append(QCborArray{qint64(decision.kind), decision.text});
    out.put("decisions"_L1, decisions);
    QCborArray cookies;
    for (const CookieVerdict &cookie : exchange.cookies)
        cookies.append(cookieOf(cookie));
    out.put("cookies"_L1, cookies);
    QCborArray derivation;
    for (const DerivationLine &line : exchange.derivation)
        derivation.append(QCborArray{line.name, line.value, line.secret});
    out.put("derivation"_L1, derivation);
    if (exchange.error)
        out.put("error"_L1, errorOf(*exchange.error));
    return out.map();
}

Exchange exchangeOf(const QCborMap &map)
{
    Exchange exchange;
    const auto bytes = [&map](QLatin1StringView name) {
        const QByteArray value = map[name].toByteArray();
        return value.isEmpty() ? RecordedBytes() : RecordedBytes(value);
    };
    exchange.rawRequest = bytes("sent"_L1);
    exchange.rawResponse = bytes("received"_L1);
    const qint64 sentSize = exchange.rawRequest.size();
    const qint64 receivedSize = exchange.rawResponse.size();
    exchange.role = enumOf(map["role"_L1], ExchangeRole::Probe);
    exchange.label = map["label"_L1].toString();
    exchange.probeId = map["probe"_L1].toString();
    exchange.request = requestOf(map["request"_L1], sentSize);
    exchange.response = responseOf(map["response"_L1], exchange.rawResponse);
    const qint64 offset = map["bodyOffset"_L1].toInteger(-1);
    exchange.bodyOffset = offset >= 0 && offset <= receivedSize ? offset : -1;
    exchange.startedAtMs = map["started"_L1].toInteger();
    exchange.timings = timingsOf(map["timings"_L1]);
    exchange.connection = connectionOf(map["connection"_L1]);
    if (map["tls"_L1].isMap())
        exchange.tls = tlsOf(map["tls"_L1].toMap());
    if (map["http2"_L1].isMap())
        exchange.http2 = http2Of(map["http2"_L1].toMap(), sentSize, receivedSize);
    for (const QCborValueRef &item : map["anomalies"_L1].toArray()) {
        const QCborArray parts = item.toArray();
        exchange.anomalies.append({parts.at(0).toString(), parts.at(1).toString(), rangeOf(parts.at(2), receivedSize)});
    }
    for (const QCborValueRef &item : map["decisions"_L1].toArray())
        exchange.decisions.append({enumOf(item.toArray().at(0), DecisionKind::Note), item.toArray().at(1).toString()});
    for (const QCborValueRef &item : map["cookies"_L1].toArray())
        exchange.cookies.append(cookieOf(item.toMap(), sentSize, receivedSize));
    for (const QCborValueRef &item : map["derivation"_L1].toArray()) {
        const QCborArray parts = item.toArray();
        exchange.derivation.append({parts.at(0).toString(), parts.at(1).toByteArray(), parts.at(2).toBool()});
    }
    exchange.error = errorOf(map["error"_L1]);
    return exchange;
}

// Settings have a notation of their own in .http files, with each setting's name: the same here.
QString settingsOf(const RequestSpec &spec)
{
    RequestSpec bare;
    bare.url = u"http://settings.invalid/"_s;
    bare.settings = spec.settings;
    bare.suppressedDefaults = spec.suppressedDefaults;
    return QString::fromUtf8(HttpFile::format(bare));
}

} // namespace

QCborMap traceToCbor(const Trace &trace)
{
    Writer out;
    QCborArray exchanges;
    for (const Exchange &exchange : trace.exchanges)
        exchanges.append(exchangeOf(exchange));
    out.put("exchanges"_L1, exchanges);
    if (trace.error)
        out.put("error"_L1, errorOf(*trace.error));
    return out.map();
}

Trace traceFromCbor(const QCborMap &map)
{
    Trace trace;
    for (const QCborValueRef &item : map["exchanges"_L1].toArray())
        trace.exchanges.append(exchangeOf(item.toMap()));
    trace.error = errorOf(map["error"_L1]);
    return trace;
}

QCborMap specToCbor(const RequestSpec &spec)
{
    Writer out;
    out.put("name"_L1, spec.name);
    out.always("method"_L1, spec.method);
    out.put("url"_L1, spec.url);
    QCborArray headers;
    for (const SpecHeader &header : spec.headers)
        headers.append(QCborArray{header.name, header.value, header.enabled, header.from});
    out.put("headers"_L1, headers);
    out.put("profile"_L1, spec.profileName);
    out.put("after"_L1, spec.after);
    out.put("settings"_L1, settingsOf(spec));
    out.put("bodyKind"_L1, spec.body.kind);
    out.put("contentType"_L1, spec.body.contentType);
    out.put("text"_L1, spec.body.text);
    QCborArray form;
    for (const SpecFormItem &item : spec.body.form)
        form.append(QCborArray{item.name, item.value, item.enabled});
    out.put("form"_L1, form);
    out.put("file"_L1, spec.body.filePath);
    out.put("fileIsTemplate"_L1, spec.body.fileIsTemplate);
    out.put("fileEncoding"_L1, spec.body.fileEncoding);
    out.put("bytes"_L1, spec.body.bytes);
    QCborArray pieces;
    for (const BodyPiece &piece : spec.body.pieces)
        pieces.append(QCborArray{piece.bytes, piece.filePath});
    out.put("pieces"_L1, pieces);
    return out.map();
}

RequestSpec specFromCbor(const QCborMap &map)
{
    RequestSpec spec;
    if (const Result<HttpFile> file = HttpFile::parse(map["settings"_L1].toString().toUtf8()); file && file->requestCount() > 0)
        spec = file->request(0); // settings and suppressed defaults
    spec.name = map["name"_L1].toString();
    spec.method = map["method"_L1].toString(u"GET"_s);
    spec.url = map["url"_L1].toString();
    spec.headers.clear();
    for (const QCborValueRef &item : map["headers"_L1].toArray()) {
        const QCborArray parts = item.toArray();
        spec.headers.append({parts.at(0).toString(), parts.at(1).toString(), parts.at(2).toBool(true), parts.at(3).toString()});
    }
    spec.profileName = map["profile"_L1].toString();
    spec.after = stringsOf(map["after"_L1]);
    spec.body.kind = enumOf(map["bodyKind"_L1], BodyKind::File);
    spec.body.contentType = map["contentType"_L1].toString();
    spec.body.text = map["text"_L1].toString();
    for (const QCborValueRef &item : map["form"_L1].toArray()) {
        const QCborArray parts = item.toArray();
        spec.body.form.append({parts.at(0).toString(), parts.at(1).toString(), parts.at(2).toBool(true)});
    }
    spec.body.filePath = map["file"_L1].toString();
    spec.body.fileIsTemplate = map["fileIsTemplate"_L1].toBool();
    spec.body.fileEncoding = map["fileEncoding"_L1].toString();
    spec.body.bytes = map["bytes"_L1].toByteArray();
    for (const QCborValueRef &item : map["pieces"_L1].toArray())
        spec.body.pieces.append({item.toArray().at(0).toByteArray(), item.toArray().at(1).toString()});
    return spec;
}

} // namespace realmscope
