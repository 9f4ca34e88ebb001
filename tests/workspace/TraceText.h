// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QStringList>

namespace realmscope {

// Every member of a trace as lines of text, so that two can be compared and a difference is read at once.
class TraceText
{
public:
    [[nodiscard]] static QStringList of(const Trace &trace)
    {
        TraceText text;
        for (qsizetype i = 0; i < trace.exchanges.size(); ++i) {
            text.m_prefix = QStringLiteral("exchange %1 ").arg(i);
            text.exchange(trace.exchanges.at(i));
        }
        text.m_prefix = QStringLiteral("trace ");
        text.error(trace.error);
        return text.m_lines;
    }

private:
    void add(const char *name, const QString &value) { m_lines.append(m_prefix + QLatin1StringView(name) + QStringLiteral(": ") + value); }
    void add(const char *name, const QByteArray &value) { add(name, QString::fromLatin1(value.toPercentEncoding(" /:;,=\"()<>?{}[]"))); }
    void add(const char *name, const char *value) { add(name, QByteArray(value)); }
    void add(const char *name, double value) { add(name, QString::number(value, 'g', 17)); }
    void add(const char *name, bool value) { add(name, value ? "yes" : "no"); }
    template <typename Number>
        requires std::is_integral_v<Number>
    void add(const char *name, Number value)
    {
        add(name, QString::number(value));
    }
    template <typename Enum>
        requires std::is_enum_v<Enum>
    void add(const char *name, Enum value)
    {
        add(name, static_cast<int>(value));
    }
    void add(const char *name, const QStringList &values) { add(name, values.join(QStringLiteral(" | "))); }
    void add(const char *name, const ByteRange &range) { add(name, QStringLiteral("%1-%2").arg(range.isEmpty() ? -1 : range.begin).arg(range.isEmpty() ? -1 : range.end)); }
    void add(const char *name, const QDateTime &time) { add(name, time.isValid() ? time.toUTC().toString(Qt::ISODateWithMs) : QStringLiteral("none")); }
    template <typename Value>
    void add(const char *name, const std::optional<Value> &value)
    {
        if (value)
            add(name, *value);
        else
            add(name, "(none)");
    }

    void error(const std::optional<Error> &error)
    {
        if (!error) {
            add("error", "(none)");
            return;
        }
        add("error.code", error->code);
        add("error.message", error->message);
        add("error.detail", error->detail);
        add("error.action", error->action);
    }

    void headers(const char *name, const Headers &headers)
    {
        const QString before = m_prefix;
        m_prefix += QLatin1StringView(name) + QLatin1Char(' ');
        for (const HeaderField &field : headers) {
            add("name", field.name);
            add("value", field.value);
            add("nameRange", field.nameRange);
            add("valueRange", field.valueRange);
            add("source", field.source);
            add("sourceDetail", field.sourceDetail);
        }
        m_prefix = before;
    }

    void exchange(const Exchange &e)
    {
        add("role", e.role);
        add("label", e.label);
        add("probeId", e.probeId);
        add("request.method", e.request.method);
        add("url.scheme", e.request.url.scheme);
        add("url.userInfo", e.request.url.userInfo);
        add("url.host", e.request.url.host);
        add("url.port", e.request.url.port);
        add("url.portWritten", e.request.url.portWritten);
        add("url.path", e.request.url.path);
        add("url.query", e.request.url.query);
        add("url.fragment", e.request.url.fragment);
        headers("request.headers", e.request.headers);
        add("request.body", e.request.body);
        add("request.version", e.request.version);
        add("request.target", e.request.target);
        add("response.status", e.response.status);
        add("response.reason", e.response.reason);
        add("response.version", e.response.versionText);
        headers("response.headers", e.response.headers);
        headers("response.trailers", e.response.trailers);
        for (const InformationalResponse &before : e.response.informational) {
            add("informational", before.status);
            headers("informational", before.headers);
        }
        add("response.encodedBody", e.response.encodedBody.all());
        add("response.body", e.response.body.all());
        add("response.contentCoding", e.response.contentCoding);
        add("response.complete", e.response.complete);
        add("rawRequest", e.rawRequest.all());
        add("rawResponse", e.rawResponse.all());
        add("bodyOffset", e.bodyOffset);
        add("startedAtMs", e.startedAtMs);
        add("dns", e.timings.dns);
        add("connect", e.timings.connect);
        add("tls", e.timings.tls);
        add("send", e.timings.send);
        add("wait", e.timings.wait);
        add("receive", e.timings.receive);
        add("total", e.timings.total);
        add("connection.id", e.connection.id);
        add("connection.reused", e.connection.reused);
        add("connection.local", e.connection.localAddress);
        add("connection.peer", e.connection.peerAddress);
        add("connection.proxy", e.connection.proxy);
        add("connection.protocol", e.connection.protocol);
        add("has tls", e.tls.has_value());
        if (e.tls)
            tls(*e.tls);
        add("has http2", e.http2.has_value());
        if (e.http2)
            http2(*e.http2);
        for (const Anomaly &anomaly : e.anomalies) {
            add("anomaly", anomaly.id);
            add("anomaly", anomaly.text);
            add("anomaly", anomaly.range);
        }
        for (const Decision &decision : e.decisions) {
            add("decision", decision.kind);
            add("decision", decision.text);
        }
        for (const CookieVerdict &cookie : e.cookies) {
            add("cookie", cookie.decision);
            add("cookie", cookie.name);
            add("cookie", cookie.domain);
            add("cookie", cookie.hostOnly);
            add("cookie", cookie.path);
            add("cookie", cookie.secure);
            add("cookie", cookie.httpOnly);
            add("cookie", cookie.sameSite);
            add("cookie", cookie.expiresAt);
            add("cookie", cookie.reasonId);
            add("cookie", cookie.reason);
            for (const CookieDeviation &deviation : cookie.deviations)
                add("cookie", QStringList{deviation.id, deviation.text});
            add("cookie", cookie.range);
        }
        for (const DerivationLine &line : e.derivation) {
            add("derivation", line.name);
            add("derivation", line.value);
            add("derivation", line.secret);
        }
        error(e.error);
    }

    void tls(const TlsInfo &tls)
    {
        add("tls.protocol", tls.protocol);
        add("tls.cipher", tls.cipher);
        add("tls.alpn", tls.alpn);
        add("tls.serverName", tls.serverName);
        for (const CertificateInfo &certificate : tls.chain) {
            add("certificate", QStringList{certificate.subject, certificate.issuer, certificate.commonName, certificate.keyDescription, certificate.serial});
            add("certificate", certificate.alternativeNames);
            add("certificate", certificate.notBefore);
            add("certificate", certificate.notAfter);
            add("certificate", certificate.sha256Fingerprint);
            add("certificate", certificate.pem);
            add("certificate", certificate.errors);
        }
        add("tls.verified", tls.verified);
        add("tls.verificationSkipped", tls.verificationSkipped);
        add("tls.errors", tls.errors);
        add("tls.alert", tls.alert);
        add("tls.offered", tls.clientCertificateOffered);
        add("tls.requested", tls.clientCertificateRequested);
        add("tls.sent", tls.clientCertificateSent);
        add("tls.clientSubject", tls.clientCertificateSubject);
        add("tls.events", tls.events);
    }

    void http2(const Http2Facts &facts)
    {
        add("http2.stream", facts.stream);
        add("http2.preface", facts.prefaceSent);
        headers("http2.request", facts.requestFields);
        headers("http2.response", facts.responseFields);
        for (const Http2Frame &frame : facts.frames) {
            add("frame", frame.sent);
            add("frame", int(frame.type));
            add("frame", int(frame.flags));
            add("frame", frame.stream);
            add("frame", frame.length);
            add("frame", frame.payload);
            add("frame", frame.data);
        }
        add("http2.leftOut", facts.framesLeftOut);
        add("http2.reset", facts.resetCode);
    }

    QString m_prefix;
    QStringList m_lines;
};

} // namespace realmscope
