// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server found the API key and did not accept it.
// Contradicted by: an answer that is the same without the key.
namespace {

std::optional<Finding> apiKeyRejected(const Facts &facts)
{
    if (!facts.mayBeRefusal() || facts.sameAsAnonymous() || facts.isTokenRequest)
        return std::nullopt;
    const SentCredential *key = nullptr;
    for (const SentCredential &sent : facts.credentials) {
        if ((sent.place == CredentialPlace::Header || sent.place == CredentialPlace::Query) && sent.certain && !key && !isMessageProofName(sent.name))
            key = &sent;
    }
    if (!key || !facts.authorizations.isEmpty())
        return std::nullopt;
    static const QRegularExpression words = wordPattern(
        u"(api|access|subscription)[ _-]?(key|token).{0,40}(invalid|not valid|incorrect|unknown|wrong|disabled|revoked|not found|expired)|(invalid|incorrect|wrong|bad|unknown)[ _]+(\\w+[ _])?(api|access|subscription)?[ _-]?(key|token)|API_KEY_INVALID|invalid_api_key"_s);
    const ServerWord *said = facts.says(words);
    if (!said && !facts.differsFromAnonymous() && facts.status != 401)
        return std::nullopt;
    if (!said && facts.saysMissing() && !facts.differsFromAnonymous())
        return std::nullopt;
    Finding finding = makeFinding(
        said || facts.differsFromAnonymous() ? Verdict::Likely : Verdict::Possible, said ? 82 : 42, u"The server does not accept this API key"_s,
        said ? said->evidence.text : u"with the key the answer is another one than without: it was seen"_s,
        u"The key arrived where the server looks for it, and the server refuses it. It may be mistyped or cut, switched "
        "off or replaced, or belong to another environment: keys for testing rarely work in production, nor the other "
        "way round."_s);
    finding.evidence.append(facts.credential(*key, u"the key in %1, %2"_s.arg(placeText(*key), describeSecret(key->value))));
    if (said)
        finding.evidence.append(said->evidence);
    if (facts.differsFromAnonymous())
        finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without the key the answer is another one (%1)"_s.arg(facts.anonymous()->status())));
    finding.fixes.append(editCredential(u"Check the key, or make a new one"_s, "key", u"Copy it whole from the provider's page, for the right environment."_s));
    return finding;
}

} // namespace

Rule apiKeyRejectedRule()
{
    return {u"api-key-rejected"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 9110 section 15.5.2"_s}, apiKeyRejected};
}

} // namespace realmscope
