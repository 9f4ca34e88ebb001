// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the whole header line was pasted into the field for its value.
namespace {

std::optional<Finding> headerNameInValue(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place != CredentialPlace::Authorization && sent.place != CredentialPlace::Header)
            continue;
        const qsizetype colon = sent.value.indexOf(':');
        if (colon < 3)
            continue;
        const QByteArray name = sent.value.left(colon).trimmed();
        if (!equalsIgnoreCase(name, sent.name) && !equalsIgnoreCase(name, "Authorization"))
            continue;
        const QByteArray value = sent.value.mid(colon + 1).trimmed();
        const QString header = QString::fromUtf8(sent.name);
        Finding finding = makeFinding(
            Verdict::Proven, 86, u"The value of %1 begins with a header name"_s.arg(header),
            u"\"%1:\" stands in the value"_s.arg(QString::fromUtf8(name)),
            u"A header has a name, a colon and a value. Here the value begins with the name and the colon once more: "
            "the whole line was pasted where only the value belongs. The server reads the name as the scheme."_s);
        ByteRange range = sent.range;
        if (!range.isEmpty())
            range.end = range.begin + colon + 1;
        Evidence evidence = facts.credential(sent, u"%1: %2: …"_s.arg(header, QString::fromUtf8(name)));
        evidence.range = range;
        finding.evidence.append(evidence);
        Fix fix;
        fix.id = u"remove-header-name"_s;
        fix.title = u"Remove the name from the value and resend"_s;
        fix.automatic = sent.source != HeaderSource::Profile;
        if (fix.automatic)
            fix.edits = {{EditKind::SetHeader, sent.name, value}};
        else
            fix = editCredential(u"Remove the name from the value"_s, sent.place == CredentialPlace::Header ? "key" : "token");
        finding.fixes.append(fix);
        return finding;
    }
    return std::nullopt;
}

} // namespace

Rule headerNameInValueRule()
{
    return {u"header-name-in-value"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9112 section 5"_s}, headerNameInValue};
}

} // namespace realmscope
