// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the pair was written as for a URL before it was put into the header.
// Contradicted by: a percent sign that begins no escape of a character that a URL would escape.
namespace {

bool isEscapedForUrl(const QByteArray &text)
{
    static const QRegularExpression escape(u"%(2[0-9A-Fa-f]|3[A-Fa-f]|40|5[BDbd]|25|7[BDbd]|[89A-Fa-f][0-9A-Fa-f])"_s);
    return escape.match(QString::fromLatin1(text)).hasMatch() && !text.contains(' ') && !text.contains('@');
}

std::optional<Finding> percentEncodedCredential(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->basic || !line->basic->hasColon || facts.isTokenRequest || !facts.isAuthRelated())
        return std::nullopt;
    const BasicPair &pair = *line->basic;
    const bool inUser = isEscapedForUrl(pair.user);
    const bool inPassword = isEscapedForUrl(pair.password);
    if (!inUser && !inPassword)
        return std::nullopt;
    const QString where = inUser && inPassword ? u"user name and password"_s : inUser ? u"the user name"_s : u"the password"_s;
    // "%40" in a user name is an address cut for a URL; a password may hold anything.
    const bool isAddress = inUser && pair.user.toLower().contains("%40");
    Finding finding = makeFinding(
        isAddress || inUser ? Verdict::Likely : Verdict::Possible, 77, u"The credential was escaped as for a URL"_s,
        u"%1 holds percent escapes such as %40"_s.arg(where),
        u"In a URL, signs like @ or : are written as %40 or %3A. In the header they have to stand as they are. The server "
        "does not undo the escapes, so it looks for a name or password with a percent sign in it."_s);
    finding.evidence.append(facts.requestHeader(line->field, inUser ? u"decoded, the user name is \"%1\""_s.arg(displayText(pair.user)) : u"decoded, the password holds percent escapes"_s, line->credentialsRange()));
    finding.evidence.append(facts.challengeEvidence());
    const QByteArray user = inUser ? percentDecode(pair.user) : pair.user;
    const QByteArray password = inPassword ? percentDecode(pair.password) : pair.password;
    finding.fixes.append(replaceAuthorization(facts, *line, u"undo-percent-encoding"_s, u"Undo the escapes and resend"_s, "Basic", (user + ':' + password).toBase64()));
    return finding;
}

} // namespace

Rule percentEncodedCredentialRule()
{
    return {u"percent-encoded-credential"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7617 section 2"_s, u"RFC 3986 section 2.1"_s}, percentEncodedCredential};
}

} // namespace realmscope
