// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/RawPage.h"

#include "ui/theme/Theme.h"

#include <QtCore/QLocale>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 FirstPart = 1024 * 1024;

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
    setFocusProxy(m_view);
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
    m_limit = FirstPart;
    rebuild();
}

void RawPage::rebuild()
{
    const QLocale locale = QLocale::c();
    const auto size = [&](const RecordedBytes &bytes) { return locale.formattedDataSize(bytes.size(), 1, QLocale::DataSizeTraditionalFormat); };
    TextDocument document;
    const QByteArray sent = m_exchange.rawRequest.head(m_limit);
    document.addHeading(tr("Request as sent"),
                        tr("%1, %2").arg(httpVersionText(m_exchange.request.version), size(m_exchange.rawRequest)));
    if (sent.isEmpty())
        document.addNote(tr("Nothing was sent over this connection."));
    document.addBytes(RequestMessage, sent, m_redactor.ranges(sent));
    document.addBlank();

    const QByteArray received = m_exchange.rawResponse.head(m_limit);
    const QString version = QString::fromLatin1(m_exchange.response.versionText);
    document.addHeading(tr("Response as received"), version.isEmpty()
                            ? size(m_exchange.rawResponse)
                            : tr("%1, %2").arg(version, size(m_exchange.rawResponse)));
    if (received.isEmpty())
        document.addNote(m_exchange.error ? m_exchange.error->message : tr("Nothing came back."));
    document.addBytes(ResponseMessage, received, m_redactor.ranges(received));
    if (!m_exchange.response.complete && !received.isEmpty())
        document.addNote(tr("The response ends here: it is not complete."));
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
