// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"
#include "app/diagnosis/Diagnosis.h"

namespace realmscope {

// What the reports of every kind (text, JSON, Markdown, HTML) share.

// Everything that goes out passes here, so that nothing can forget the redactor.
class Sanitiser
{
public:
    Sanitiser(const Trace &trace, const Redactor &redactor, bool reveal);

    [[nodiscard]] QString text(const QString &text) const { return m_reveal ? text : m_redactor.text(text); }
    // The same bytes with what is secret masked.
    [[nodiscard]] QByteArray maskedHeader(const HeaderField &field) const
    {
        return m_reveal ? field.value : m_redactor.headerValue(field.name, field.value);
    }
    [[nodiscard]] QByteArray maskedUrl(const QByteArray &url) const { return m_reveal ? url : m_redactor.url(url); }
    [[nodiscard]] QByteArray masked(const QByteArray &bytes) const { return m_reveal ? bytes : m_redactor.text(bytes); }
    // A line of a worked derivation; what lets one compute a secret is masked.
    [[nodiscard]] QString derived(const DerivationLine &line) const
    {
        return displayText(m_reveal ? line.value : line.secret ? Redactor::mask(line.value).toUtf8() : m_redactor.text(line.value));
    }
    // For a person to read.
    [[nodiscard]] QString header(const HeaderField &field) const { return displayText(maskedHeader(field)); }
    [[nodiscard]] QString url(const QByteArray &url) const { return displayText(maskedUrl(url)); }
    [[nodiscard]] QString bytes(const QByteArray &bytes) const { return displayText(masked(bytes)); }
    // The texts of these two causes hold the name of a variable or "null" where a secret should be;
    // diagnose() lets them pass as well.
    [[nodiscard]] QString of(const Finding &finding, const QString &text) const
    {
        const bool isHarmless =
            finding.cause == u"unresolved-variable" || finding.cause == u"placeholder-token";
        return isHarmless ? text : this->text(text);
    }

private:
    Redactor m_redactor;
    bool m_reveal;
};

[[nodiscard]] bool isTextType(const Response &response);
[[nodiscard]] QByteArray
textHead(const Response &response); // the first 2 KiB of the body, cut at a character
[[nodiscard]] QString requestLine(const Exchange &exchange, const Sanitiser &clean);
[[nodiscard]] QString statusText(const Exchange &exchange); // "401 Unauthorized", "no answer"
// "sent", "received, exchange 2": where evidence stands.
[[nodiscard]] QString evidencePlaceText(const Evidence &evidence, qsizetype exchanges);
[[nodiscard]] QString exchangeText(const Exchange &exchange,
                                   const Sanitiser &clean); // request and response, head and text

} // namespace realmscope
