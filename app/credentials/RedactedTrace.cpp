// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/RedactedTrace.h"

#include <QtCore/QLocale>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// A secret that begins before the cut is found as a whole.
constexpr qint64 lookAhead = 64 * 1024;
constexpr qint64 longestHead = 1024 * 1024;
constexpr qsizetype everywhere = std::numeric_limits<qsizetype>::max();

struct MaskedMessage
{
    QByteArray bytes;
    PositionMap map;
};

struct Replacement
{
    ByteRange range;
    QByteArray by;
};

MaskedMessage replaceAll(const QByteArray &bytes, const QList<Replacement> &replacements)
{
    MaskedMessage message;
    qsizetype at = 0;
    for (const Replacement &replacement : replacements) {
        message.bytes += QByteArrayView(bytes).sliced(at, replacement.range.begin - at);
        message.bytes += replacement.by;
        message.map.add(replacement.range, replacement.by.size());
        at = replacement.range.end;
    }
    message.bytes += QByteArrayView(bytes).sliced(at);
    return message;
}

// The header values as headerValue() masks them, and whatever else is secret in the message.
MaskedMessage maskMessage(const QByteArray &raw, const QList<const Headers *> &fields, const Redactor &redactor)
{
    QList<Replacement> found;
    for (const Headers *headers : fields) {
        for (const HeaderField &field : *headers) {
            if (field.valueRange.isEmpty() || field.valueRange.end > raw.size())
                continue;
            const QByteArray written = raw.sliced(field.valueRange.begin, field.valueRange.size());
            if (const QByteArray masked = redactor.headerValue(field.name, written); masked != written)
                found.append({field.valueRange, masked});
        }
    }
    for (const MaskedRange &masked : redactor.ranges(raw, everywhere)) {
        const auto covers = [&masked](const Replacement &value) {
            return value.range.begin <= masked.range.begin && masked.range.end <= value.range.end;
        };
        if (std::ranges::none_of(found, covers))
            found.append({masked.range, Redactor::mask(QByteArrayView(raw).sliced(masked.range.begin, masked.range.size())).toUtf8()});
    }
    std::ranges::stable_sort(found, {}, [](const Replacement &r) { return r.range.begin; });
    QList<Replacement> apart;
    for (const Replacement &replacement : std::as_const(found)) {
        if (apart.isEmpty() || replacement.range.begin >= apart.last().range.end) {
            apart.append(replacement);
            continue;
        }
        ByteRange &whole = apart.last().range; // they overlap: one mask for both
        whole.end = std::max(whole.end, replacement.range.end);
        apart.last().by = Redactor::mask(QByteArrayView(raw).sliced(whole.begin, whole.size())).toUtf8();
    }
    return replaceAll(raw, apart);
}

// Bytes that are no message: a body on its own.
MaskedMessage maskBody(const QByteArray &body, const Redactor &redactor)
{
    const QByteArray head("\r\n\r\n"); // what ranges() takes for the end of an empty head
    QList<Replacement> found;
    for (const MaskedRange &masked : redactor.ranges(head + body, everywhere)) {
        const ByteRange range{std::max<qsizetype>(0, masked.range.begin - head.size()), masked.range.end - head.size()};
        if (!range.isEmpty())
            found.append({range, Redactor::mask(QByteArrayView(body).sliced(range.begin, range.size())).toUtf8()});
    }
    return replaceAll(body, found);
}

// Where a range of the whole message stands in what is left of it; empty when it was cut off.
ByteRange place(const MaskedMessage &message, const ByteRange &range)
{
    const ByteRange mapped = message.map.map(range);
    return mapped.end <= message.bytes.size() ? mapped : ByteRange();
}

// Names, values and positions after the message was masked.
void maskHeaders(Headers &headers, const MaskedMessage &message, const Redactor &redactor)
{
    for (qsizetype i = 0; i < headers.size(); ++i) {
        HeaderField &field = headers[i];
        const ByteRange value = place(message, field.valueRange);
        const QByteArray masked = redactor.headerValue(field.name, field.value);
        // What is masked in the message is masked in the field, also where it took more than the value to know.
        const bool isMasked = !value.isEmpty() && value.size() != field.valueRange.size();
        field.value = isMasked ? message.bytes.sliced(value.begin, value.size()) : masked;
        const ByteRange name = place(message, field.nameRange);
        const bool isThere = QByteArrayView(message.bytes).sliced(name.begin, name.size()) == field.name; // a secret may be in it
        field.nameRange = isThere ? name : ByteRange();
        field.valueRange = value;
        field.sourceDetail = redactor.text(field.sourceDetail);
    }
}

void maskError(std::optional<Error> &error, const Redactor &redactor)
{
    if (!error)
        return;
    error->message = redactor.text(error->message);
    error->detail = redactor.text(error->detail);
}

// Field by field: parsed again, the bullets of a mask would be percent-encoded.
void maskUrl(Url &url, const Redactor &redactor)
{
    if (url.userInfo) {
        const qsizetype colon = url.userInfo->indexOf(':');
        QByteArray user = redactor.text(colon < 0 ? *url.userInfo : url.userInfo->left(colon));
        if (colon >= 0)
            user += ':' + Redactor::mask(QByteArrayView(*url.userInfo).sliced(colon + 1)).toUtf8();
        url.userInfo = user;
    }
    QByteArray rest = url.path;
    if (url.query)
        rest += '?' + *url.query;
    rest = redactor.url(rest);
    const qsizetype question = url.query ? rest.indexOf('?') : -1;
    url.path = question < 0 ? rest : rest.left(question);
    if (url.query)
        url.query = question < 0 ? QByteArray() : rest.mid(question + 1);
    if (url.fragment)
        url.fragment = redactor.url('#' + *url.fragment).mid(1);
}

QString sizeText(qint64 bytes) { return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat); }

class ExchangeMasker
{
public:
    ExchangeMasker(const Exchange &exchange, const Redactor &redactor, qint64 bodyBytes)
        : m_redactor(redactor), m_bodyBytes(bodyBytes), m_before(exchange), m_out(exchange)
    {
    }

    Exchange mask(RedactedTrace::Maps &maps)
    {
        maskRequest();
        maskResponse();
        maskHttp2();
        maskTheRest();
        maps = {m_sent.map, m_received.map};
        return m_out;
    }

private:
    void note(const QString &text) { m_out.decisions.append({DecisionKind::Note, u"history: "_s + text}); }

    void maskRequest()
    {
        Request &request = m_out.request;
        const QByteArray body = request.body;
        request.body.clear();
        if (request.streamedBody)
            request.streamedBody.reset(); // names files, which may be others by now
        maskUrl(request.url, m_redactor);
        request.target = m_redactor.url(request.target);

        const QByteArray whole = m_before.rawRequest.read(0, longestHead + m_bodyBytes + lookAhead);
        m_sent = maskMessage(whole, {&request.headers}, m_redactor);
        const qsizetype headEnd = whole.indexOf("\r\n\r\n");
        const qint64 bodyAt = headEnd < 0 ? whole.size() : headEnd + 4;
        const bool bodyIsRaw = !body.isEmpty() && bodyAt + std::min<qint64>(body.size(), m_bodyBytes) <= whole.size()
            && QByteArrayView(whole).sliced(bodyAt).startsWith(QByteArrayView(body).first(std::min(body.size(), whole.size() - bodyAt)));
        const qint64 all = m_before.rawRequest.size();
        const qint64 kept = std::min<qint64>({whole.size(), all, bodyAt + m_bodyBytes});
        if (kept < all)
            note(u"%1 of %2 of the request are kept"_s.arg(sizeText(kept), sizeText(all)));
        m_sent.bytes.truncate(m_sent.map.map(kept));
        m_out.rawRequest = RecordedBytes(m_sent.bytes);
        if (bodyIsRaw)
            request.body = m_sent.bytes.mid(m_sent.map.map(bodyAt), m_sent.map.map(std::min<qint64>(kept, bodyAt + body.size())) - m_sent.map.map(bodyAt));
        else if (!body.isEmpty())
            request.body = maskBody(body.left(m_bodyBytes + lookAhead), m_redactor).bytes.left(m_bodyBytes);
        maskHeaders(request.headers, m_sent, m_redactor);
    }

    void maskResponse()
    {
        Response &response = m_out.response;
        const qint64 all = m_before.rawResponse.size();
        const qint64 bodyAt = m_before.bodyOffset;
        const QByteArray whole = m_before.rawResponse.read(0, std::max<qint64>(bodyAt, 0) + m_bodyBytes + lookAhead);
        QList<const Headers *> fields{&response.headers, &response.trailers};
        for (const InformationalResponse &before : std::as_const(response.informational))
            fields.append(&before.headers);
        m_received = maskMessage(whole, fields, m_redactor);

        const QByteArray encoded = response.encodedBody.read(0, m_bodyBytes + lookAhead);
        const bool isRaw = bodyAt >= 0 && !encoded.isEmpty() && QByteArrayView(whole).sliced(std::min<qint64>(bodyAt, whole.size())).startsWith(QByteArrayView(encoded).first(std::min<qint64>(encoded.size(), std::max<qint64>(0, whole.size() - bodyAt))))
            && bodyAt < whole.size();
        const QByteArray coding = response.headers.combined("Content-Encoding").trimmed().toLower();
        const bool isCoded = !coding.isEmpty() && coding != "identity";
        qint64 kept = std::min<qint64>({whole.size(), all, std::max<qint64>(bodyAt, 0) + m_bodyBytes});
        QByteArray body;
        if (!isCoded && isRaw) {
            // One and the same bytes three times: cut out of the raw message below.
        } else if (isCoded && response.contentCoding.isEmpty()) {
            if (!encoded.isEmpty())
                note(u"the body is not kept: it is coded as %1, which was not undone, and nobody can tell what is in it"_s.arg(QString::fromLatin1(coding)));
            kept = std::min(kept, std::max<qint64>(bodyAt, 0));
            response.encodedBody = {};
            response.body = {};
        } else {
            const QByteArray decoded = response.body.read(0, m_bodyBytes + lookAhead);
            const MaskedMessage masked = maskBody(decoded, m_redactor);
            const qint64 keptBody = std::min<qint64>(decoded.size(), m_bodyBytes);
            body = masked.bytes.left(masked.map.map(keptBody));
            const bool isCut = response.body.size() > decoded.size(); // a part of it was not looked at
            if (!masked.map.isEmpty() || isCut) {
                if (bodyAt >= 0 && kept > bodyAt)
                    note(isCut ? u"the body is kept as it is after decoding, not as it went over the wire: not all of it could be looked into"_s
                               : u"the body is kept as it is after decoding, not as it went over the wire: its coding would hide a secret"_s);
                kept = std::min(kept, std::max<qint64>(bodyAt, 0));
                response.encodedBody = {};
            } else {
                response.encodedBody = RecordedBytes(encoded.left(m_bodyBytes));
            }
            if (keptBody < response.body.size())
                note(u"%1 of %2 of the body are kept"_s.arg(sizeText(keptBody), sizeText(response.body.size())));
            response.body = RecordedBytes(body);
        }
        const qint64 bodyEnd = isRaw && !isCoded ? std::min<qint64>(kept, bodyAt + response.encodedBody.size()) : 0;
        if (isRaw && !isCoded && bodyEnd < bodyAt + response.encodedBody.size())
            note(u"%1 of %2 of the body are kept"_s.arg(sizeText(bodyEnd - bodyAt), sizeText(response.encodedBody.size())));
        m_received.bytes.truncate(m_received.map.map(kept));
        m_out.rawResponse = RecordedBytes(m_received.bytes);
        if (bodyAt >= 0)
            m_out.bodyOffset = m_received.map.map(bodyAt);
        if (isRaw && !isCoded) {
            response.encodedBody = m_out.rawResponse.slice(m_out.bodyOffset, m_received.map.map(bodyEnd) - m_out.bodyOffset);
            response.body = response.encodedBody;
        }
        maskHeaders(response.headers, m_received, m_redactor);
        maskHeaders(response.trailers, m_received, m_redactor);
        for (InformationalResponse &before : response.informational)
            maskHeaders(before.headers, m_received, m_redactor);
    }

    void maskHttp2()
    {
        if (!m_out.http2)
            return;
        const auto maskFields = [this](Headers &headers, const Headers &masked) {
            for (qsizetype i = 0; i < headers.size(); ++i) {
                HeaderField &field = headers[i];
                const HeaderField *same = masked.find(field.name);
                field.value = field.name == ":path" ? m_redactor.url(field.value) : m_redactor.headerValue(field.name, field.value);
                if (same && masked.values(field.name).size() == 1)
                    field.value = same->value;
                field.nameRange = {};
                field.valueRange = {};
            }
        };
        maskFields(m_out.http2->requestFields, m_out.request.headers);
        maskFields(m_out.http2->responseFields, m_out.response.headers);
        for (Http2Frame &frame : m_out.http2->frames) {
            const MaskedMessage &message = frame.sent ? m_sent : m_received;
            frame.data = place(message, frame.data);
            constexpr quint8 headers = 1, pushPromise = 5, continuation = 9; // RFC 9113 section 6
            const bool isBlock = frame.type == headers || frame.type == pushPromise || frame.type == continuation;
            if (isBlock ? !message.map.isEmpty() : m_redactor.text(frame.payload) != frame.payload)
                frame.payload.clear();
        }
    }

    void maskTheRest()
    {
        m_out.label = m_redactor.text(m_out.label);
        m_out.connection.proxy = QString::fromUtf8(m_redactor.url(m_out.connection.proxy.toUtf8()));
        for (Anomaly &anomaly : m_out.anomalies) {
            anomaly.text = m_redactor.text(anomaly.text);
            anomaly.range = place(m_received, anomaly.range);
        }
        for (Decision &decision : m_out.decisions)
            decision.text = m_redactor.text(decision.text);
        for (CookieVerdict &cookie : m_out.cookies) {
            cookie.reason = m_redactor.text(cookie.reason);
            for (CookieDeviation &deviation : cookie.deviations)
                deviation.text = m_redactor.text(deviation.text);
            cookie.range = place(cookie.isReceived() ? m_received : m_sent, cookie.range);
        }
        for (DerivationLine &line : m_out.derivation)
            line.value = line.secret ? Redactor::mask(line.value).toUtf8() : m_redactor.text(line.value);
        maskError(m_out.error, m_redactor);
    }

    const Redactor &m_redactor;
    qint64 m_bodyBytes;
    const Exchange &m_before;
    Exchange m_out;
    MaskedMessage m_sent;
    MaskedMessage m_received;
};

} // namespace

void PositionMap::add(const ByteRange &old, qsizetype newSize)
{
    const qsizetype shift = m_steps.isEmpty() ? 0 : m_steps.last().after.end - m_steps.last().before.end;
    m_steps.append({old, {old.begin + shift, old.begin + shift + newSize}});
}

qsizetype PositionMap::map(qsizetype position) const
{
    const auto next = std::ranges::upper_bound(m_steps, position, {}, [](const Step &step) { return step.before.begin; });
    if (next == m_steps.begin())
        return position;
    const Step &step = *std::prev(next);
    return position < step.before.end ? step.after.begin : position - step.before.end + step.after.end;
}

ByteRange PositionMap::map(const ByteRange &range) const
{
    if (range.isEmpty())
        return {};
    const auto holdsEnd = std::ranges::find_if(m_steps, [&range](const Step &step) { return step.before.begin < range.end && range.end < step.before.end; });
    return {map(range.begin), holdsEnd == m_steps.end() ? map(range.end) : holdsEnd->after.end};
}

RedactedTrace redactTrace(const Trace &trace, const Redactor &redactor, qint64 bodyBytes)
{
    RedactedTrace out;
    out.trace.error = trace.error;
    maskError(out.trace.error, redactor);
    for (const Exchange &exchange : trace.exchanges) {
        RedactedTrace::Maps maps;
        out.trace.exchanges.append(ExchangeMasker(exchange, redactor, bodyBytes).mask(maps));
        out.maps.append(maps);
    }
    return out;
}

} // namespace realmscope
