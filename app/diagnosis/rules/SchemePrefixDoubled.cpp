// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the scheme word stands twice, because a program added it to a value that had it already.
namespace {

std::optional<Finding> schemePrefixDoubled(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || line->scheme.isEmpty() || !facts.mayBeRefusal())
        return std::nullopt;
    const QByteArray rest = line->credentials.trimmed();
    const qsizetype space = rest.indexOf(' ');
    const QByteArray second = space < 0 ? rest : rest.left(space);
    // Parameters of the scheme itself (Digest username="…") have an equals sign; a second scheme word has not.
    if (second.contains('=') || !(equalsIgnoreCase(second, line->scheme) || (space > 0 && isKnownAuthScheme(second))))
        return std::nullopt;
    const QByteArray value = space < 0 ? QByteArray() : rest.mid(space + 1).trimmed();
    if (value.isEmpty() || line->basic)
        if (!equalsIgnoreCase(second, line->scheme))
            return std::nullopt;
    const QString words = QString::fromLatin1(line->scheme + ' ' + second);
    Finding finding = makeFinding(
        Verdict::Proven, 85, u"The scheme word stands twice: %1"_s.arg(words), u"the header begins with \"%1\""_s.arg(words),
        u"The value already began with the scheme word, and a program wrote it once more. The server takes the second "
        "word for a part of the credential, and that credential does not exist."_s);
    const ByteRange range = line->credentialsRange();
    finding.evidence.append(facts.requestHeader(line->field, u"Authorization: %1 …"_s.arg(words),
                                                range.isEmpty() ? range : ByteRange{line->field.valueRange.begin, range.begin + line->credentials.indexOf(second) + second.size()}));
    if (!value.isEmpty())
        finding.fixes.append(replaceAuthorization(facts, *line, u"remove-doubled-scheme"_s, u"Keep one %1 and resend"_s.arg(QString::fromLatin1(second)), second, value));
    return finding;
}

} // namespace

Rule schemePrefixDoubledRule()
{
    return {u"scheme-prefix-doubled"_s, ChecklistStep::Understood, RuleKind::Cause, {u"RFC 9110 section 11.6.2"_s}, schemePrefixDoubled};
}

} // namespace realmscope
