// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: white space that came along with copying: in a token, around it, at the end of a decoded password.
// Contradicted by: a scheme whose parameters are separated by spaces.
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

QByteArray withoutSpace(QByteArray text)
{
    text.removeIf(isSpace);
    return text;
}

QString kindOf(QByteArrayView text)
{
    if (text.contains('\n') || text.contains('\r'))
        return u"a line break"_s;
    return text.contains('\t') ? u"a tab"_s : u"a space"_s;
}

bool takesParameters(const AuthorizationLine &line)
{
    // "Digest a=b, c=d": every piece has an equals sign or ends in a comma.
    return !line.parsed.params.isEmpty() || line.is("Digest") || line.is("Hawk") || line.is("OAuth") || line.is("Signature")
        || line.is("AWS4-HMAC-SHA256") || line.is("EG1-HMAC-SHA256");
}

Finding stray(Verdict verdict, const QString &title, const Evidence &where)
{
    Finding finding = makeFinding(
        verdict, 78, title, where.text,
        u"White space is easily copied along and hard to see: a line break at the end of a file, a space before a token, "
        "a gap where the text was wrapped. For the server it is a part of the credential, and that credential does not "
        "exist."_s);
    finding.evidence.append(where);
    return finding;
}

std::optional<Finding> inBasic(const Facts &facts, const AuthorizationLine &line)
{
    const BasicPair &pair = *line.basic;
    if (!pair.isBase64) {
        const QByteArray joined = withoutSpace(line.credentials);
        if (joined == line.credentials || !decodeBase64(joined))
            return std::nullopt;
        Finding finding = stray(Verdict::Proven, u"There is %1 inside the Base64 text"_s.arg(kindOf(line.credentials)),
                                facts.requestHeader(line.field, u"%1 in the Base64 text"_s.arg(kindOf(line.credentials)), line.credentialsRange()));
        finding.fixes.append(replaceAuthorization(facts, line, u"trim-credential"_s, u"Remove it and resend"_s, line.scheme, joined));
        return finding;
    }
    const QByteArray decoded = pair.decoded;
    if (decoded.isEmpty() || decoded == decoded.trimmed())
        return std::nullopt;
    const bool isLineBreak = decoded.endsWith('\n') || decoded.endsWith('\r');
    Finding finding = stray(isLineBreak ? Verdict::Proven : Verdict::Likely,
                            isLineBreak ? u"The password that was encoded ends with a line break"_s
                                        : u"The credential that was encoded has white space at its end"_s,
                            facts.requestHeader(line.field, u"decoded, the Basic credential ends with %1"_s.arg(kindOf(decoded.mid(decoded.trimmed().size()))), line.credentialsRange()));
    if (isLineBreak)
        finding.explanation += u" On the command line, echo adds the line break: use printf or echo -n before base64."_s;
    finding.fixes.append(replaceAuthorization(facts, line, u"trim-credential"_s, u"Encode it without the white space and resend"_s, line.scheme, decoded.trimmed().toBase64()));
    return finding;
}

std::optional<Finding> strayWhitespace(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    for (const AuthorizationLine &line : facts.authorizations) {
        if (line.basic) {
            if (std::optional<Finding> finding = inBasic(facts, line))
                return finding;
            continue;
        }
        const QByteArray credentials = line.credentials;
        if (line.scheme.isEmpty() || takesParameters(line) || std::ranges::none_of(credentials, isSpace) || credentials.trimmed().isEmpty())
            continue;
        const QByteArray trimmed = credentials.trimmed();
        const bool isAround = std::ranges::none_of(trimmed, isSpace);
        if (!isAround && isKnownAuthScheme(trimmed.left(trimmed.indexOf(' '))))
            continue; // scheme-prefix-doubled
        Finding finding = stray(Verdict::Proven,
                                isAround ? u"There is one space too many before the token"_s : u"There is %1 inside the token"_s.arg(kindOf(trimmed)),
                                facts.requestHeader(line.field, isAround ? u"more than one space between the scheme word and the token"_s
                                                                         : u"%1 inside the token"_s.arg(kindOf(trimmed)), line.credentialsRange()));
        finding.fixes.append(replaceAuthorization(facts, line, u"trim-credential"_s, u"Remove the white space and resend"_s, line.scheme, withoutSpace(credentials)));
        return finding;
    }
    for (const SentCredential &sent : facts.credentials) {
        const bool isKey = sent.place == CredentialPlace::Header || sent.place == CredentialPlace::Query;
        if (!isKey || sent.value.isEmpty() || !sent.certain || isKnownAuthScheme(sent.value.left(std::max<qsizetype>(0, sent.value.indexOf(' ')))))
            continue;
        const QByteArray trimmed = sent.value.trimmed();
        const bool isAround = trimmed != sent.value;
        const bool isInside = std::ranges::any_of(trimmed, isSpace) && !trimmed.contains('=') && !trimmed.contains(',');
        if (!isAround && !isInside)
            continue;
        Finding finding = stray(isAround ? Verdict::Proven : Verdict::Likely, u"There is white space in the key"_s,
                                facts.credential(sent, u"%1 %2 %3"_s.arg(placeText(sent), isAround ? u"begins or ends with"_s : u"holds"_s, kindOf(sent.value))));
        finding.fixes.append(replaceCredential(facts, sent, u"trim-credential"_s, u"Remove it and resend"_s, withoutSpace(sent.value)));
        return finding;
    }
    return std::nullopt;
}

} // namespace

Rule strayWhitespaceRule()
{
    return {u"stray-whitespace"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6750 section 2.1"_s, u"RFC 7617 section 2"_s}, strayWhitespace};
}

} // namespace realmscope
