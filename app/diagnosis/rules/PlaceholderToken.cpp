// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: a program wrote its word for "nothing" where the token should be.
namespace {

bool isPlaceholder(QByteArrayView value)
{
    static constexpr std::array words{"null", "undefined", "none", "false", "true", "nil", "nan", "[object object]",
                                      "(null)", "<null>", "undefined:undefined", "null:null", "none:none", "nil:nil"};
    const QByteArray low = value.toByteArray().trimmed().toLower();
    return std::ranges::any_of(words, [&](const char *word) { return low == word; });
}

// Its beginning: the word stands where a secret should be, and is masked like one everywhere.
QString shown(const QByteArray &word)
{
    const QString text = QString::fromUtf8(word).trimmed();
    return text.size() <= 5 ? text : text.left(4) + u"…"_s;
}

Finding found(const QString &what, const Evidence &where)
{
    Finding finding = makeFinding(
        Verdict::Proven, 87, what, {},
        u"The request has the right form, but what should be the token is the word that a program writes when it has "
        "none: a variable was empty, a login did not succeed before, or the token was read from the wrong member of an "
        "answer. The server can only refuse it."_s);
    finding.summary = where.text;
    finding.evidence.append(where);
    finding.fixes.append(editCredential(u"Put the real token in"_s, "token",
                                        u"Look at the step before: where the token should have come from."_s));
    return finding;
}

std::optional<Finding> placeholderToken(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    for (const AuthorizationLine &line : facts.authorizations) {
        const QString word = shown(line.credentials);
        if (line.basic && line.basic->isBase64) {
            if (isPlaceholder(line.basic->decoded) || (line.basic->hasColon && isPlaceholder(line.basic->user)))
                return found(u"A placeholder was sent in place of user name and password"_s,
                             facts.requestHeader(line.field, u"the decoded Basic credential is a placeholder"_s, line.credentialsRange()));
            continue;
        }
        if (isPlaceholder(line.credentials))
            return found(u"The word \"%1\" was sent in place of a token"_s.arg(word),
                         facts.requestHeader(line.field, u"the credential is the word \"%1\""_s.arg(word), line.credentialsRange()));
        const bool isEmpty = word.isEmpty() && (!line.scheme.isEmpty() || line.field.value.trimmed().isEmpty());
        if (isEmpty && !line.is("Negotiate") && !line.is("NTLM"))
            return found(u"The Authorization header has no credential in it"_s,
                         facts.requestHeader(line.field, u"nothing follows the scheme word \"%1\""_s.arg(QString::fromUtf8(line.scheme))));
    }
    for (const SentCredential &sent : facts.credentials) {
        if (sent.place == CredentialPlace::Authorization || sent.place == CredentialPlace::Certificate)
            continue;
        if (isPlaceholder(sent.value))
            return found(u"A placeholder was sent in place of a key"_s,
                         facts.credential(sent, u"%1 is the word \"%2\""_s.arg(placeText(sent), shown(sent.value))));
        if (sent.value.trimmed().isEmpty() && sent.certain && sent.place != CredentialPlace::Cookie)
            return found(u"The key is empty"_s, facts.credential(sent, u"%1 is empty"_s.arg(placeText(sent))));
    }
    return std::nullopt;
}

} // namespace

Rule placeholderTokenRule()
{
    return {u"placeholder-token"_s, ChecklistStep::Sent, RuleKind::Cause, {u"RFC 6750 section 2.1"_s}, placeholderToken};
}

} // namespace realmscope
