// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ReportParts.h"

#include "app/diagnosis/SentCredentials.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 bodyTextLimit = 2048;

} // namespace

Sanitiser::Sanitiser(const Trace &trace, const Redactor &redactor, bool reveal)
    : m_redactor(redactor), m_reveal(reveal)
{
    learnCredentialNames(trace, m_redactor);
    m_redactor.learnFrom(trace);
}

bool isTextType(const Response &response)
{
    const QByteArray type = response.mediaType();
    return type.isEmpty() || type.startsWith("text/") || type.endsWith("json") || type.endsWith("xml") ||
           type == "application/javascript" || type == "application/x-www-form-urlencoded";
}

QByteArray textHead(const Response &response)
{
    QByteArray head = response.body.head(bodyTextLimit);
    if (response.body.size() > bodyTextLimit) {
        qsizetype end = head.size();
        while (end > 0 && (static_cast<unsigned char>(head.at(end - 1)) & 0xc0) == 0x80)
            --end;
        if (end > 0 && static_cast<unsigned char>(head.at(end - 1)) >= 0xc0)
            head.truncate(end - 1);
    }
    return head;
}

QString requestLine(const Exchange &exchange, const Sanitiser &clean)
{
    return u"%1 %2 %3"_s.arg(QString::fromLatin1(exchange.request.method),
                             clean.url(exchange.request.effectiveTarget()),
                             httpVersionText(exchange.request.version));
}

QString statusText(const Exchange &exchange)
{
    if (!exchange.hasResponse())
        return u"no answer"_s;
    return u"%1 %2"_s.arg(exchange.response.status).arg(displayText(exchange.response.reason)).trimmed();
}

QString evidencePlaceText(const Evidence &evidence, qsizetype exchanges)
{
    QString text;
    switch (evidence.part) {
    case EvidencePart::RequestLine:
    case EvidencePart::RequestHeader:
    case EvidencePart::RequestBody:
        text = u"sent"_s;
        break;
    case EvidencePart::StatusLine:
    case EvidencePart::ResponseHeader:
    case EvidencePart::ResponseBody:
        text = u"received"_s;
        break;
    case EvidencePart::Token:
        text = u"in the token"_s;
        break;
    case EvidencePart::Tls:
        text = u"TLS"_s;
        break;
    case EvidencePart::Connection:
        text = u"connection"_s;
        break;
    case EvidencePart::Timing:
        text = u"clock"_s;
        break;
    case EvidencePart::Log:
        return u"server's log"_s;
    }
    if (exchanges > 1 && evidence.exchange >= 0)
        text += u", exchange %1"_s.arg(evidence.exchange + 1);
    return text;
}

QString exchangeText(const Exchange &exchange, const Sanitiser &clean)
{
    QString text = requestLine(exchange, clean) + u'\n';
    for (const HeaderField &field : exchange.request.headers)
        text += displayText(field.name) + u": "_s + clean.header(field) + u'\n';
    text += u'\n';
    if (!exchange.hasResponse())
        return text + (exchange.error ? clean.text(exchange.error->message) : u"no answer"_s) + u'\n';
    text += displayText(exchange.response.versionText) + u' ' + statusText(exchange) + u'\n';
    for (const HeaderField &field : exchange.response.headers)
        text += displayText(field.name) + u": "_s + clean.header(field) + u'\n';
    if (isTextType(exchange.response) && !exchange.response.body.isEmpty())
        text += u'\n' + clean.bytes(textHead(exchange.response)) + u'\n';
    return text;
}

} // namespace realmscope
