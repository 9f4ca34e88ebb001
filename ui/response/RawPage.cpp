// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/RawPage.h"

#include "app/http/Http2Names.h"
#include "ui/theme/Theme.h"

#include <QtCore/QLocale>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 FirstRawPart = 1024 * 1024;

bool hasHeaderBlock(const Http2Frame &frame)
{
    const QString name = http2FrameName(frame.type);
    return name == "HEADERS"_L1 || name == "CONTINUATION"_L1 || name == "PUSH_PROMISE"_L1;
}

// One line about the frame, and its payload in hexadecimal where that gives nothing away that is masked above.
QString frameText(const Http2Frame &frame, bool mayShowHeaders)
{
    constexpr qsizetype mostBytes = 256;
    QString text = frame.sent ? RawPage::tr("sent      ") : RawPage::tr("received  ");
    text += http2FrameName(frame.type).leftJustified(14) + RawPage::tr(" stream %1, %2 bytes").arg(frame.stream).arg(frame.length);
    if (const QStringList flags = http2FlagNames(frame.type, frame.flags); !flags.isEmpty())
        text += u", "_s + flags.join(u' ');
    if (const QString meaning = http2FrameText(frame); !meaning.isEmpty())
        text += u": "_s + meaning;
    if (!frame.data.isEmpty())
        text += RawPage::tr(", bytes %1 to %2 of the text above").arg(frame.data.begin).arg(frame.data.end - 1);
    if (frame.payload.isEmpty())
        return text;
    if (hasHeaderBlock(frame) && !mayShowHeaders)
        return text + u"\n          "_s + RawPage::tr("(not shown: it holds what is masked above)");
    const QByteArray shown = frame.payload.first(std::min(frame.payload.size(), mostBytes));
    for (qsizetype at = 0; at < shown.size(); at += 32)
        text += u"\n          "_s + QString::fromLatin1(shown.mid(at, 32).toHex(' '));
    if (shown.size() < frame.payload.size())
        text += u" …"_s;
    return text;
}

} // namespace

bool isRequestPart(EvidencePart part)
{
    return part == EvidencePart::RequestLine || part == EvidencePart::RequestHeader
        || part == EvidencePart::RequestBody || part == EvidencePart::Token;
}

ByteRange evidenceBytes(const Evidence &evidence, const Exchange &exchange)
{
    if (!evidence.range.isEmpty())
        return evidence.range;
    const bool isRequest = isRequestPart(evidence.part);
    const Headers &headers = isRequest ? exchange.request.headers : exchange.response.headers;
    const QByteArray name =
        evidence.part == EvidencePart::Token && !headers.contains(evidence.name) ? "Authorization"_ba : evidence.name;
    if (const HeaderField *field = name.isEmpty() ? nullptr : headers.find(name);
        field && !field->valueRange.isEmpty())
        return {field->nameRange.begin, field->valueRange.end};
    if (evidence.part == EvidencePart::RequestLine || evidence.part == EvidencePart::StatusLine) {
        const QByteArray head = (isRequest ? exchange.rawRequest : exchange.rawResponse).head();
        qsizetype end = head.indexOf('\n');
        if (end > 0 && head.at(end - 1) == '\r')
            --end;
        return {0, end < 0 ? head.size() : end};
    }
    return {};
}

RawPage::RawPage(QWidget *parent) : QWidget(parent), m_view(new TextView(this)), m_more(new QPushButton(this))
{
    m_view->setAccessibleName(tr("Raw request and response"));
    m_more->setText(tr("Show more"));
    m_more->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_more, 0, Qt::AlignLeft);
    connect(m_more, &QPushButton::clicked, this, [this] {
        m_limit *= 4;
        rebuild();
    });
}

void RawPage::clear()
{
    m_exchange = {};
    m_view->setDocument({});
    m_more->hide();
}

void RawPage::setExchange(const Exchange &exchange, const Redactor &redactor)
{
    m_exchange = exchange;
    m_redactor = redactor;
    m_limit = FirstRawPart;
    rebuild();
}

void RawPage::rebuild()
{
    const QLocale locale = QLocale::c();
    const auto size = [&](const RecordedBytes &bytes) { return locale.formattedDataSize(bytes.size(), 1, QLocale::DataSizeTraditionalFormat); };
    TextDocument document;
    const QByteArray sent = m_exchange.rawRequest.head(m_limit);
    const bool isHttp2 = m_exchange.http2.has_value();
    const QString decoded = tr("HTTP/2: decoded, the frames are below");
    document.addHeading(tr("Request as sent"),
                        isHttp2 ? tr("%1, %2").arg(decoded, size(m_exchange.rawRequest)) : tr("%1, %2").arg(httpVersionText(m_exchange.request.version), size(m_exchange.rawRequest)));
    if (sent.isEmpty())
        document.addNote(tr("Nothing was sent over this connection."));
    document.addBytes(RequestMessage, sent, m_redactor.ranges(sent));
    document.addBlank();

    const QByteArray received = m_exchange.rawResponse.head(m_limit);
    const QString version = QString::fromLatin1(m_exchange.response.versionText);
    document.addHeading(tr("Response as received"), isHttp2
                            ? tr("%1, %2").arg(decoded, size(m_exchange.rawResponse))
                            : version.isEmpty()
                            ? size(m_exchange.rawResponse)
                            : tr("%1, %2").arg(version, size(m_exchange.rawResponse)));
    if (received.isEmpty())
        document.addNote(m_exchange.error ? m_exchange.error->message : tr("Nothing came back."));
    document.addBytes(ResponseMessage, received, m_redactor.ranges(received));
    if (!m_exchange.response.complete && !received.isEmpty())
        document.addNote(tr("The response ends here: it is not complete."));
    if (isHttp2) {
        const Http2Facts &facts = *m_exchange.http2;
        QStringList lines;
        if (facts.prefaceSent)
            lines.append(tr("sent      connection preface, 24 bytes: a new connection"));
        const bool isRequestClear = m_redactor.ranges(sent).isEmpty();
        const bool isResponseClear = m_redactor.ranges(received).isEmpty();
        for (const Http2Frame &frame : facts.frames)
            lines.append(frameText(frame, frame.sent ? isRequestClear : isResponseClear));
        if (facts.framesLeftOut > 0)
            lines.append(tr("and %1 more frames, which were not kept").arg(facts.framesLeftOut));
        document.addBlank();
        document.addHeading(tr("Frames on the wire"), tr("stream %1 of connection %2").arg(facts.stream).arg(m_exchange.connection.id));
        document.addText(lines.join(u'\n'));
    }
    m_view->setDocument(document);
    const qint64 left = std::max(m_exchange.rawResponse.size(), m_exchange.rawRequest.size()) - m_limit;
    m_more->setVisible(left > 0);
    m_more->setText(tr("Show more (%1 left)").arg(locale.formattedDataSize(left, 1, QLocale::DataSizeTraditionalFormat)));
}

void RawPage::showEvidence(const Evidence &evidence)
{
    const ByteRange bytes = evidenceBytes(evidence, m_exchange);
    if (bytes.isEmpty())
        return;
    if (bytes.end > m_limit) {
        while (m_limit < bytes.end)
            m_limit *= 4;
        rebuild();
    }
    const int message = isRequestPart(evidence.part) ? RequestMessage : ResponseMessage;
    m_view->highlight(m_view->document().locate(message, bytes), SpanKind::Evidence);
}

} // namespace realmscope
