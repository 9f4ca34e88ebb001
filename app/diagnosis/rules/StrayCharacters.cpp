// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: characters that cannot belong to a token: quotes, typographic quotes, a BOM, invisible spaces, angle brackets.
// Contradicted by: a scheme with parameters, where quotes belong.
namespace {

bool isStray(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || byte < 0x20 || byte == 0x7f || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`';
}

QString describe(const QByteArray &text)
{
    const QString unicode = QString::fromUtf8(text);
    for (const QChar c : unicode) {
        switch (c.unicode()) {
        case 0x200b:
        case 0x200c:
        case 0x200d:
        case 0x2060:
            return u"an invisible character (zero-width space)"_s;
        case 0xfeff:
            return u"a byte order mark (U+FEFF)"_s;
        case 0xa0:
            return u"a no-break space (U+00A0)"_s;
        case 0x201c:
        case 0x201d:
        case 0x2018:
        case 0x2019:
            return u"typographic quotes"_s;
        case u'"':
        case u'\'':
        case u'`':
            return u"quotes"_s;
        case u'<':
        case u'>':
            return u"angle brackets"_s;
        default:
            break;
        }
        if (c.unicode() > 0x7f)
            return u"a character outside ASCII (U+%1)"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
    }
    return u"a control character"_s;
}

QByteArray cleaned(QByteArray text)
{
    text.removeIf(isStray);
    return text;
}

Finding stray(const QString &what, const Evidence &where)
{
    Finding finding = makeFinding(
        Verdict::Proven, 79, u"There are characters in the token that do not belong there: %1"_s.arg(what), where.text,
        u"Tokens and keys are made of plain letters, digits and a few signs. These characters came along with copying, "
        "from a quoted string in a file, or from a program that prettifies text. Some of them cannot be seen at all. The "
        "server compares byte by byte."_s);
    finding.evidence.append(where);
    return finding;
}

std::optional<Finding> strayCharacters(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    for (const AuthorizationLine &line : facts.authorizations) {
        const bool hasParams = line.is("Digest") || line.is("Hawk") || line.is("OAuth") || line.is("Signature")
            || line.is("AWS4-HMAC-SHA256") || line.is("EG1-HMAC-SHA256") || line.parsed.params.size() > 1;
        if (line.scheme.isEmpty() || hasParams)
            continue;
        if (line.basic && !line.basic->isBase64 && line.credentials.contains(':'))
            continue; // basic-not-encoded
        const auto at = std::ranges::find_if(line.credentials, isStray);
        if (at == line.credentials.end())
            continue;
        const QString what = describe(line.credentials);
        ByteRange range = line.credentialsRange();
        if (!range.isEmpty()) {
            range.begin += at - line.credentials.begin();
            range.end = range.begin + 1;
            // To the end of this UTF-8 sequence.
            const ByteRange whole = line.credentialsRange();
            while (range.end < whole.end && (static_cast<unsigned char>(line.credentials.at(range.end - whole.begin)) & 0xc0) == 0x80)
                ++range.end;
        }
        Finding finding = stray(what, facts.requestHeader(line.field, u"%1 in the credential"_s.arg(what), range));
        finding.fixes.append(replaceAuthorization(facts, line, u"trim-credential"_s, u"Remove them and resend"_s, line.scheme, cleaned(line.credentials).trimmed()));
        return finding;
    }
    for (const SentCredential &sent : facts.credentials) {
        const bool isKey = sent.place == CredentialPlace::Header || sent.place == CredentialPlace::Query;
        if (!isKey || !sent.certain || sent.value.contains('=') || std::ranges::none_of(sent.value, isStray))
            continue;
        const QString what = describe(sent.value);
        Finding finding = stray(what, facts.credential(sent, u"%1 in %2"_s.arg(what, placeText(sent))));
        finding.fixes.append(replaceCredential(facts, sent, u"trim-credential"_s, u"Remove them and resend"_s, cleaned(sent.value).trimmed()));
        return finding;
    }
    return std::nullopt;
}

} // namespace

Rule strayCharactersRule()
{
    return {u"stray-characters"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 6750 section 2.1"_s, u"RFC 9110 section 11.2"_s}, strayCharacters};
}

} // namespace realmscope
