// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"
#include "ui/response/TextView.h"

#include <QtWidgets/QWidget>

class QPushButton;

namespace realmscope {

// Both messages of an exchange as they went over the wire, masked, with evidence marked.
class RawPage : public QWidget
{
    Q_OBJECT
public:
    enum Message { RequestMessage, ResponseMessage };

    explicit RawPage(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange, const Redactor &redactor);
    void clear();
    // Marks the bytes and scrolls to them. Without a byte range the line of the named header, or the start line.
    void showEvidence(const Evidence &evidence);
    [[nodiscard]] TextView *view() const { return m_view; }

private:
    void rebuild();

    TextView *m_view = nullptr;
    QPushButton *m_more = nullptr;
    Exchange m_exchange;
    Redactor m_redactor;
    qint64 m_limit = 0;
};

// The bytes that a piece of evidence is about; empty when it is not about bytes.
[[nodiscard]] ByteRange evidenceBytes(const Evidence &evidence, const Exchange &exchange);
[[nodiscard]] bool isRequestPart(EvidencePart part);

} // namespace realmscope
