// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the token is good, and not for this.
// Contradicted by: a token that has all the scopes that the challenge names.
namespace {

QStringList scopesOf(const Facts &facts)
{
    if (!facts.token || !facts.token->jwt)
        return {};
    const QJsonObject &claims = facts.token->jwt->claims;
    for (const auto &name : {"scope"_L1, "scp"_L1}) {
        const QJsonValue value = claims.value(name);
        if (value.isString())
            return value.toString().split(u' ', Qt::SkipEmptyParts);
        QStringList all;
        const QJsonArray array = value.toArray();
        for (const QJsonValue &item : array)
            all.append(item.toString());
        if (!all.isEmpty())
            return all;
    }
    return {};
}

QStringList listOf(const QByteArray &header)
{
    QStringList items;
    for (const QByteArray &item : splitList(header))
        items.append(QString::fromUtf8(item));
    items.removeAll(QString());
    return items;
}

std::optional<Finding> insufficientScope(const Facts &facts)
{
    if (!facts.isRefusal() || facts.status < 400 || facts.isTokenRequest)
        return std::nullopt;
    static const QRegularExpression words = wordPattern(u"insufficient[ _](authentication )?scopes?|ACCESS_TOKEN_SCOPE_INSUFFICIENT|(missing|required|needs?|requires?|lacks?)( the)?( oauth)? ['\"]?scopes?|scopes? .{0,40}(missing|required|not granted)|missing_scope|required scope|unexpected ['\"]?scope|insufficient_claims"_s);
    const ServerWord *said = facts.says(words);
    const Headers &headers = facts.response().headers;
    const QStringList accepted = listOf(headers.value("X-Accepted-OAuth-Scopes"));
    const QStringList granted = listOf(headers.value("X-OAuth-Scopes"));
    bool isGap = headers.contains("X-Accepted-OAuth-Scopes") && headers.contains("X-OAuth-Scopes") && !accepted.isEmpty();
    for (const QString &scope : accepted)
        isGap = isGap && !granted.contains(scope);
    const bool isCode = facts.errorCode == u"insufficient_scope";
    if (!isCode && !said && !(isGap && facts.status == 403))
        return std::nullopt;
    QByteArray wanted;
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (challenge.has("scope"))
            wanted = challenge.value("scope");
    }
    const QString wantedText = wanted.isEmpty() ? accepted.join(u", "_s) : QString::fromUtf8(wanted);
    const QStringList has = scopesOf(facts);
    Finding finding = makeFinding(
        isCode || isGap ? Verdict::Proven : Verdict::Likely, weight::Said + 3, u"The token lacks a scope"_s,
        wantedText.isEmpty() ? (said ? said->evidence.text : u"error insufficient_scope"_s) : u"needed: %1"_s.arg(wantedText.left(160)),
        u"A token may be used for certain things only, which are named in it as scopes. It is genuine and still good, but "
        "does not include what this request needs. The scopes are fixed when the token is given out."_s);
    if (isCode)
        finding.evidence.append(facts.errorEvidence);
    if (said && !isCode)
        finding.evidence.append(said->evidence);
    if (!wanted.isEmpty())
        finding.evidence.append(facts.responseHeader("WWW-Authenticate", u"the server wants scope \"%1\""_s.arg(wantedText.left(160))));
    if (isGap) {
        finding.evidence.append(facts.responseHeader("X-Accepted-OAuth-Scopes", u"this path accepts: %1"_s.arg(accepted.join(u", "_s))));
        finding.evidence.append(facts.responseHeader("X-OAuth-Scopes", u"the token has: %1"_s.arg(granted.isEmpty() ? u"none"_s : granted.join(u", "_s))));
    }
    if (facts.token && facts.token->jwt) {
        Evidence where = facts.token->where;
        where.part = EvidencePart::Token;
        where.name = "scope";
        where.text = u"the token has: %1"_s.arg(has.isEmpty() ? u"no scope"_s : has.join(u", "_s).left(160));
        finding.evidence.append(where);
    }
    finding.fixes.append(editCredential(wantedText.isEmpty() ? u"Get a token with the scope that is needed"_s : u"Get a token with the scope %1"_s.arg(wantedText.left(60)), "token",
                                        u"Ask for it when signing in; somebody may have to agree."_s));
    return finding;
}

} // namespace

Rule insufficientScopeRule()
{
    return {u"insufficient-scope"_s, ChecklistStep::Allowed, RuleKind::Cause, {u"RFC 6750 section 3.1"_s}, insufficientScope};
}

} // namespace realmscope
