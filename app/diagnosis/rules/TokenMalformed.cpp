// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token cannot be a token of its kind: a JWT with a part missing, or no JWT where one is wanted.
// Contradicted by: an opaque token where nobody says that it has to be a JWT.
namespace {

std::optional<Finding> tokenMalformed(const Facts &facts)
{
    if (!facts.token || !facts.isAuthRelated() || facts.token->jwt)
        return std::nullopt;
    const QByteArray text = facts.token->text.trimmed();
    if (text.isEmpty() || text.contains(' '))
        return std::nullopt;
    const auto dots = text.count('.');
    const bool begunAsJwt = text.startsWith("eyJ") && (dots >= 1 || text.size() > 40);
    static const QRegularExpression words = wordPattern(
        u"malformed|missing (second|first) delimiter|not in the form of header\\.payload|invalid (compact )?(jws|jwt)|jwt (string )?must (consist|contain|have)"
        "|not enough segments|(wrong|invalid) number of segments|could not (be )?(decode|parse)d?|failed to (decode|parse)|unable to (decode|parse)|invalid jwt serialization"
        "|jwt not well[- ]formed|IDX1274\\d|token could not be decoded|illegal base64|bad jwt|jwt_malformed|JWTMalformed|not a (valid )?jwt|expected 3 parts"_s);
    // Whoever speaks of a JWT in a refusal wanted one.
    static const QRegularExpression jwtWords = wordPattern(u"\\b(jwt|json web token)\\b"_s);
    static const QRegularExpression absent = wordPattern(u"missing|no (jwt|json web token)|not (found|provided|present)|is required"_s);
    const ServerWord *said = facts.says(words);
    if (const ServerWord *wanted = said ? nullptr : facts.says(jwtWords); wanted && !absent.match(wanted->text).hasMatch())
        said = wanted;
    if (!begunAsJwt && !said)
        return std::nullopt;
    const QString problem = begunAsJwt && dots < 2 ? u"it has %1 of the three parts of a JWT"_s.arg(dots + 1)
        : begunAsJwt ? u"it begins like a JWT, but can't be decoded"_s
        : u"it is no JWT (a JWT begins with eyJ and has two dots)"_s;
    Finding finding = makeFinding(
        begunAsJwt ? Verdict::Proven : Verdict::Likely, said ? 84 : 76,
        begunAsJwt ? u"The token is damaged: %1"_s.arg(problem) : u"The server wants a JWT, and this token is none"_s,
        problem,
        begunAsJwt ? u"A JSON Web Token has three parts with dots between: header, claims and signature. What was sent "
                     "begins like one and is not whole; it was cut while copying, or by a limit on its length."_s
                   : u"The server tries to read the token itself and cannot: it expects a JSON Web Token (three parts with "
                     "dots between). The one sent is opaque, a mere random text that only its issuer can look up. Often "
                     "the authorization server gives out such a token because the request for it named no audience."_s);
    Evidence where = facts.token->where;
    where.text = problem + u" (%1)"_s.arg(describeSecret(text));
    finding.evidence.append(where);
    if (said)
        finding.evidence.append(said->evidence);
    finding.fixes.append(editCredential(begunAsJwt ? u"Copy the whole token again"_s : u"Get a token for this API"_s, "token",
                                        begunAsJwt ? u"All three parts, in one line."_s : u"Ask the authorization server with the audience (resource) of this API."_s));
    return finding;
}

} // namespace

Rule tokenMalformedRule()
{
    return {u"token-malformed"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 7519 section 7.2"_s, u"RFC 7515 section 7.1"_s}, tokenMalformed};
}

} // namespace realmscope
