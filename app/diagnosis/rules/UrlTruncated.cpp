// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a character with a meaning of its own cut the credential in the URL.
// Contradicted by: a fragment that does not follow a credential.
namespace {

std::optional<Finding> urlTruncated(const Facts &facts)
{
    if (!facts.isAuthRelated() || facts.status == 407)
        return std::nullopt;
    const Url &url = facts.request().url;
    if (!url.fragment || !url.query)
        return std::nullopt;
    const QList<NamedValue> items = splitForm(*url.query);
    if (items.isEmpty())
        return std::nullopt;
    const NamedValue &last = items.last();
    const SentCredential *cut = nullptr;
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place == CredentialPlace::Query && sent.name == last.name)
            cut = &sent;
    }
    if (!cut)
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Likely, 85, u"The # in the URL cut the key off"_s,
        u"of %1, only %2 were sent"_s.arg(QString::fromUtf8(last.name), describeSecret(last.value)),
        u"In a URL, # begins the fragment, which never leaves the client. The key in the query ends right before it, so "
        "the server got only its first part. A # that belongs to a value has to be written %23."_s);
    finding.evidence.append(facts.credential(*cut, u"%1 ends where the # stood"_s.arg(QString::fromUtf8(last.name))));
    finding.evidence.append(facts.statusLine());
    Url whole = url;
    whole.query = *url.query + "%23" + *url.fragment;
    whole.fragment.reset();
    Fix fix;
    fix.id = u"encode-url"_s;
    fix.title = u"Write the # as %23 and resend"_s;
    fix.automatic = true;
    fix.edits = {{EditKind::SetUrl, {}, whole.toString(true).toUtf8()}};
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule urlTruncatedRule()
{
    return {u"url-truncated"_s, ChecklistStep::Sent, RuleKind::Cause, {u"RFC 3986 section 3.5"_s}, urlTruncated};
}

} // namespace realmscope
