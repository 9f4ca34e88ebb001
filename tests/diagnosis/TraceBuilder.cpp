// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/diagnosis/TraceBuilder.h"

#include "app/base/Encoding.h"
#include "app/http/Codec.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QByteArray crlf(QByteArray text)
{
    text.replace("\r\n", "\n");
    return text.replace("\n", "\r\n");
}

// The end of a {…} that begins at `at`, braces inside counted.
qsizetype closing(const QByteArray &text, qsizetype at)
{
    int depth = 0;
    for (qsizetype i = at; i < text.size(); ++i) {
        if (text.at(i) == '{')
            ++depth;
        else if (text.at(i) == '}' && --depth == 0)
            return i;
    }
    return -1;
}

QByteArray jwt(const QByteArray &inner)
{
    QByteArray header = R"({"alg":"RS256","typ":"JWT","kid":"k1"})";
    QByteArray claims = inner;
    const qsizetype end = closing(inner, 0);
    if (end >= 0 && end + 1 < inner.size() && inner.at(end + 1) == '.') {
        header = inner.left(end + 1);
        claims = inner.mid(end + 2);
    }
    return encodeBase64Url(header) + '.' + encodeBase64Url(claims) + '.' + encodeBase64Url("made-up-signature-of-a-fixture");
}

void applyOption(const QByteArray &line, RuleCase &one)
{
    const QByteArray name = line.left(line.indexOf(':')).trimmed();
    const QByteArray value = line.mid(line.indexOf(':') + 1).trimmed();
    if (name == "profile") {
        CredentialProfile profile = CredentialProfile::create(u"fixture"_s, QString::fromUtf8(value));
        one.context.profile = profile;
    } else if (name == "recording") {
        one.context.recording = Recording();
        one.context.recording->mayLackCredentials = true;
    } else if (name == "client-certificate") {
        one.context.settings.clientCertificateFile = QString::fromUtf8(value);
    } else if (name == "error") {
        const QList<QByteArray> parts = value.split('|');
        Error error;
        error.code = parts.at(0) == "tls-alert" ? ErrorCode::TlsAlert
            : parts.at(0) == "connect-failed"   ? ErrorCode::ConnectFailed
            : parts.at(0) == "file-unreadable"  ? ErrorCode::FileUnreadable
                                                : ErrorCode::UnresolvedVariable;
        error.message = QString::fromUtf8(parts.value(1));
        if (one.trace.exchanges.isEmpty()) {
            one.trace.error = error;
        } else {
            Exchange &last = one.trace.exchanges.last();
            last.error = error;
            if (error.code == ErrorCode::TlsAlert) {
                last.tls = TlsInfo();
                last.tls->alert = error.message;
            }
        }
    } else if (name == "decision" && !one.trace.exchanges.isEmpty()) {
        const DecisionKind kind = value.startsWith("withheld") ? DecisionKind::CredentialWithheld : DecisionKind::ChallengeNotAnswered;
        one.trace.exchanges.last().decisions.append({kind, QString::fromUtf8(value)});
    } else if (name == "cookie" && !one.trace.exchanges.isEmpty()) {
        CookieVerdict verdict;
        verdict.decision = value.startsWith("rejected") ? CookieDecision::Rejected : CookieDecision::Withheld;
        verdict.name = value.split(' ').value(1);
        verdict.reasonId = QString::fromUtf8(value.split(' ').value(2));
        verdict.reason = QString::fromUtf8(value).section(u' ', 3);
        one.trace.exchanges.last().cookies.append(verdict);
    } else if (name == "offered-certificate" && !one.trace.exchanges.isEmpty()) {
        std::optional<TlsInfo> &tls = one.trace.exchanges.last().tls;
        if (!tls)
            tls = TlsInfo();
        tls->clientCertificateOffered = true;
    } else if (name == "proxy" && !one.trace.exchanges.isEmpty()) {
        one.trace.exchanges.last().connection.proxy = QString::fromLatin1(value);
    } else if (name == "connection" && !one.trace.exchanges.isEmpty()) {
        const QList<QByteArray> parts = value.split(' ');
        one.trace.exchanges.last().connection.id = parts.first().toULongLong();
        one.trace.exchanges.last().connection.protocol = QString::fromLatin1(parts.value(1));
    } else if (name == "fragment" && !one.trace.exchanges.isEmpty()) {
        one.trace.exchanges.last().request.url.fragment = value;
    } else if (name == "source" && !one.trace.exchanges.isEmpty()) {
        Headers &headers = one.trace.exchanges.last().request.headers;
        for (qsizetype i = 0; i < headers.size(); ++i) {
            if (headers.at(i).is("Authorization"))
                headers[i].source = HeaderSource::Profile;
        }
    }
}

} // namespace

QByteArray expandFixture(const QByteArray &text)
{
    QByteArray out;
    for (qsizetype i = 0; i < text.size();) {
        bool isTaken = false;
        for (const char *word : {"{basic:", "{base64:", "{jwt:", "{x:"}) {
            if (!QByteArrayView(text).sliced(i).startsWith(word))
                continue;
            const qsizetype end = closing(text, i);
            const QByteArray inner = text.mid(i + qsizetype(qstrlen(word)), end - i - qsizetype(qstrlen(word)));
            if (word == QByteArrayView("{jwt:"))
                out += jwt(inner);
            else if (word == QByteArrayView("{x:"))
                out += QByteArray::fromHex(inner);
            else
                out += expandFixture(inner).toBase64();
            i = end + 1;
            isTaken = true;
            break;
        }
        if (!isTaken)
            out += text.at(i++);
    }
    return out;
}

Exchange makeExchange(const QByteArray &requestText, const QByteArray &responseText, ExchangeRole role, const QString &scheme)
{
    Exchange exchange;
    exchange.role = role;
    exchange.startedAtMs = fixtureNow * 1000;
    exchange.connection.id = 1;

    const QByteArray text = expandFixture(requestText);
    qsizetype headEnd = text.indexOf("\n\n");
    const QByteArray head = headEnd < 0 ? text.trimmed() : text.left(headEnd);
    Request request;
    if (headEnd >= 0) {
        request.body = text.mid(headEnd + 2);
        while (request.body.endsWith('\n'))
            request.body.chop(1);
    }
    const QList<QByteArray> lines = head.split('\n');
    const QList<QByteArray> first = lines.first().split(' ');
    request.method = first.value(0);
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const qsizetype colon = lines.at(i).indexOf(':');
        QByteArray value = lines.at(i).mid(colon + 1);
        if (value.startsWith(' '))
            value = value.mid(1); // more spaces belong to the fixture
        request.headers.append(lines.at(i).left(colon), value, HeaderSource::User);
    }
    const QString url = scheme + u"://"_s + QString::fromUtf8(request.headers.value("Host")) + QString::fromUtf8(first.value(1));
    request.url = *Url::parse(url);
    const SerializedRequest serialized = serializeRequest(request);
    exchange.request = serialized.request;
    exchange.rawRequest = RecordedBytes(serialized.head + request.body);
    if (responseText.trimmed().isEmpty())
        return exchange;

    const QByteArray response = expandFixture(responseText);
    headEnd = response.indexOf("\n\n");
    const QByteArray responseHead = headEnd < 0 ? response : response.left(headEnd + 2);
    QByteArray body = headEnd < 0 ? QByteArray() : response.mid(headEnd + 2);
    while (body.endsWith('\n'))
        body.chop(1);
    const QByteArray raw = crlf(responseHead) + body;
    ResponseParser parser(request.method);
    parser.feed(raw);
    parser.finish();
    exchange.response = parser.response();
    exchange.response.encodedBody = RecordedBytes(parser.takeBody());
    exchange.response.body = exchange.response.encodedBody;
    exchange.rawResponse = RecordedBytes(raw);
    exchange.bodyOffset = parser.bodyOffset();
    exchange.anomalies = parser.anomalies();
    return exchange;
}

QList<RuleCase> readRuleCases(const QString &path, QString *error)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        *error = u"can't read "_s + path;
        return {};
    }
    QList<RuleCase> cases;
    const QString cause = QFileInfo(path).completeBaseName();
    QByteArray requestText;
    QByteArray responseText;
    QByteArray *current = nullptr;
    QByteArray role = "final";
    const auto close = [&] {
        if (!cases.isEmpty() && !requestText.isEmpty()) {
            const bool isProbe = role.startsWith("probe ");
            const ExchangeRole kind = isProbe ? ExchangeRole::Probe
                : role == "redirect"          ? ExchangeRole::Redirect
                : role == "challenge"         ? ExchangeRole::Challenge
                                              : ExchangeRole::Final;
            Exchange exchange = makeExchange(requestText, responseText, kind);
            if (isProbe)
                exchange.probeId = QString::fromUtf8(role.mid(6));
            cases.last().trace.exchanges.append(exchange);
        }
        requestText.clear();
        responseText.clear();
        current = nullptr;
    };
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("=== ")) {
            close();
            RuleCase one;
            one.cause = cause;
            one.context.nowMs = fixtureNow * 1000;
            static const QRegularExpression heading(u"^=== (is|is not)(?: \\[([a-z0-9-]+)\\])?: (.*)$"_s);
            const QRegularExpressionMatch match = heading.match(QString::fromUtf8(line));
            if (!match.hasMatch()) {
                *error = u"%1: not a heading: %2"_s.arg(path, QString::fromUtf8(line));
                return {};
            }
            one.isCause = match.captured(1) == u"is"_s;
            (one.isCause ? one.verdict : one.instead) = match.captured(2);
            one.name = match.captured(3);
            cases.append(one);
        } else if (line.startsWith(">>>")) {
            close();
            role = line.mid(3).trimmed();
            current = &requestText;
        } else if (line == "<<<") {
            current = &responseText;
        } else if (line.startsWith("@ ")) {
            close();
            if (!cases.isEmpty())
                applyOption(line.mid(2), cases.last());
        } else if (current) {
            *current += line + '\n';
        }
    }
    close();
    return cases;
}

} // namespace realmscope
