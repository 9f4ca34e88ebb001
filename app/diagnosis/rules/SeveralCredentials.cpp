// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: two credentials in one request, and the server takes the wrong one, or refuses both.
// Contradicted by: an answer that is about one of them in particular.
namespace {

// Signature headers go along with a credential; of a signed URL's members, the signature stands for all.
bool isOneOfItsOwn(const SentCredential &sent)
{
    return !isMessageProofName(sent.name) || (sent.place == CredentialPlace::Query && sent.name.toLower().endsWith("signature"));
}

std::optional<Finding> severalCredentials(const Facts &facts)
{
    if (!facts.mayBeRefusal())
        return std::nullopt;
    const QString explanation =
        u"A request may say once who is asking. Here two credentials compete: perhaps a tool added one by itself (from a "
        "profile, a netrc file, the URL) next to the one written by hand. Servers take the first, take the last, or "
        "refuse the request as a whole."_s;
    if (facts.authorizations.size() > 1) {
        Finding finding = makeFinding(Verdict::Proven, 84, u"Two Authorization headers were sent"_s,
                                      u"%1 Authorization lines in one request"_s.arg(facts.authorizations.size()), explanation);
        for (const AuthorizationLine &line : facts.authorizations)
            finding.evidence.append(facts.requestHeader(line.field, u"Authorization: %1 …"_s.arg(QString::fromUtf8(line.scheme))));
        const AuthorizationLine &last = facts.authorizations.last();
        Fix fix;
        fix.id = u"keep-one-credential"_s;
        fix.title = u"Keep the last Authorization header only"_s;
        fix.automatic = last.field.source != HeaderSource::Profile;
        if (fix.automatic)
            fix.edits = {{EditKind::SetHeader, "Authorization", last.field.value}};
        finding.fixes.append(fix);
        return finding;
    }
    static const QRegularExpression words = wordPattern(
        u"(multiple|more than one|several|both|only one|found \\d+|at most one|duplicate).{0,60}(token|credential|auth|mechanism|method|header)"
        "|(only|must|exactly).{0,50}\\b(one|a single) (auth\\w* )?(mechanism|method|credential|token|header|way)"
        "|(token|credential|auth\\w*|mechanism)s? .{0,40}(more than once|multiple times|ambiguous|only one)"_s);
    const ServerWord *said = facts.says(words);
    QList<const SentCredential *> all;
    for (const SentCredential &sent : facts.credentials) {
        if (sent.certain && sent.place != CredentialPlace::Cookie && sent.place != CredentialPlace::Certificate && isOneOfItsOwn(sent))
            all.append(&sent);
    }
    for (const SentCredential &sent : facts.bodyCredentials) {
        const bool isClient = sent.name == "client_secret" || sent.name == "client_assertion" || sent.name == "access_token";
        if (isClient)
            all.append(&sent);
    }
    if (all.size() < 2)
        return std::nullopt;
    const bool hasTwoTokens = !facts.authorizations.isEmpty()
        && std::ranges::any_of(all, [](const SentCredential *sent) { return sent->name == "access_token"; });
    // RFC 6749 section 2.3: no more than one way of client authentication in a request.
    const bool hasTwoClients = facts.isTokenRequest && !facts.authorizations.isEmpty() && facts.status >= 400
        && std::ranges::any_of(all, [](const SentCredential *sent) { return sent->name.startsWith("client_"); });
    const bool is400 = facts.status == 400;
    Verdict verdict = Verdict::Possible;
    // RFC 6749 section 5.2: invalid_request also means more than one mechanism for authenticating the client.
    if (said || (hasTwoClients && facts.errorCode == u"invalid_request"))
        verdict = Verdict::Proven;
    else if (hasTwoClients || (hasTwoTokens && is400))
        verdict = Verdict::Likely;
    if (!said && !facts.isRefusal() && verdict != Verdict::Likely)
        return std::nullopt;
    Finding finding = makeFinding(verdict, verdict == Verdict::Proven ? weight::Said : 84, u"The request carries two credentials"_s,
                                  u"%1 and %2"_s.arg(placeText(*all.at(0)), placeText(*all.at(1))), explanation);
    for (const SentCredential *sent : all)
        finding.evidence.append(facts.credential(*sent, u"a credential in %1"_s.arg(placeText(*sent))));
    if (said)
        finding.evidence.append(said->evidence);
    Fix fix = advice(u"keep-one-credential"_s, u"Send one of them only"_s, u"Keep the one in the Authorization header."_s);
    for (const SentCredential *sent : all) {
        if (sent->place != CredentialPlace::Query || facts.authorizations.isEmpty())
            continue;
        Url url = facts.request().url;
        QByteArray query;
        for (const QByteArray &item : url.query.value_or(QByteArray()).split('&')) {
            if (!item.startsWith(sent->name + '='))
                query += (query.isEmpty() ? "" : "&") + item;
        }
        url.query = query.isEmpty() ? std::nullopt : std::optional<QByteArray>(query);
        fix.automatic = true;
        fix.edits = {{EditKind::SetUrl, {}, url.toString(true).toUtf8()}};
        break;
    }
    finding.fixes.append(fix);
    return finding;
}

} // namespace

Rule severalCredentialsRule()
{
    return {u"several-credentials"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"RFC 9110 section 5.3"_s, u"RFC 6750 section 2"_s, u"RFC 6749 section 2.3"_s}, severalCredentials};
}

} // namespace realmscope
