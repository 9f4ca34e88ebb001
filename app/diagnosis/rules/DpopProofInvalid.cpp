// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"
#include "app/http/TargetUri.h"

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the server looked at the DPoP proof and did not accept it.
namespace {

// SHA-256 of the key's required members in lexical order (RFC 7638 section 3.2), base64url.
QByteArray thumbprintOf(const QJsonObject &jwk)
{
    const QString type = jwk.value("kty"_L1).toString();
    const QStringList members = type == u"EC"_s ? QStringList{u"crv"_s, u"kty"_s, u"x"_s, u"y"_s}
        : type == u"RSA"_s ? QStringList{u"e"_s, u"kty"_s, u"n"_s}
        : type == u"OKP"_s ? QStringList{u"crv"_s, u"kty"_s, u"x"_s} : QStringList();
    QByteArray text;
    for (const QString &member : members) {
        if (!jwk.value(member).isString())
            return {};
        text += (text.isEmpty() ? "{\"" : ",\"") + member.toUtf8() + "\":\"" + jwk.value(member).toString().toUtf8() + '"';
    }
    return text.isEmpty() ? QByteArray() : encodeBase64Url(hash(HashAlgorithm::Sha256, text + '}'));
}

bool isSameAddress(const QString &htu, const Request &request)
{
    const Result<Url> named = Url::parse(htu);
    const Result<Url> meant = targetUri(request);
    if (!named || !meant)
        return false;
    const auto pathOf = [](const Url &one) { return one.path.isEmpty() ? QByteArray("/") : one.path; };
    return named->origin() == meant->origin() && pathOf(*named) == pathOf(*meant);
}

// What is wrong with the proof, seen from its own claims (RFC 9449 section 4.3); empty when nothing is.
QString problemOf(const Facts &facts, const HeaderField &proof, QString &claim)
{
    const std::optional<DecodedJwt> jwt = decodeJwt(proof.value.trimmed());
    if (!jwt)
        return u"the DPoP header holds no JWT"_s;
    claim = u"typ"_s;
    if (jwt->header.value("typ"_L1).toString().compare(u"dpop+jwt"_s, Qt::CaseInsensitive) != 0)
        return u"typ of the proof is not dpop+jwt"_s;
    claim = u"htm"_s;
    if (const QString method = jwt->claims.value("htm"_L1).toString(); method != QString::fromLatin1(facts.request().method))
        return u"the proof is for %1, the request is %2"_s.arg(method.left(20), QString::fromLatin1(facts.request().method));
    claim = u"htu"_s;
    if (const QString address = jwt->claims.value("htu"_L1).toString(); !isSameAddress(address, facts.request()))
        return u"the proof is for %1, the request goes elsewhere"_s.arg(address.left(120));
    const AuthorizationLine *line = facts.authorization();
    if (!line || !line->is("DPoP"))
        return {};
    claim = u"ath"_s;
    const QByteArray token = line->credentials.trimmed();
    const QString ath = jwt->claims.value("ath"_L1).toString();
    if (ath.isEmpty())
        return u"the proof has no hash of the token (ath)"_s;
    if (ath != QString::fromLatin1(encodeBase64Url(hash(HashAlgorithm::Sha256, token))))
        return u"the proof was made for another token (ath differs)"_s;
    claim = u"jkt"_s;
    const QString bound = facts.token && facts.token->jwt ? facts.token->jwt->claims.value("cnf"_L1).toObject().value("jkt"_L1).toString() : QString();
    const QByteArray thumbprint = thumbprintOf(jwt->header.value("jwk"_L1).toObject());
    if (!bound.isEmpty() && !thumbprint.isEmpty() && bound != QString::fromLatin1(thumbprint))
        return u"the proof is signed with another key than the token is bound to"_s;
    return {};
}

std::optional<Finding> dpopProofInvalid(const Facts &facts)
{
    if (!facts.mayBeRefusal() || facts.errorCode == u"use_dpop_nonce")
        return std::nullopt;
    const HeaderField *sent = facts.request().headers.find("DPoP");
    const AuthorizationLine *line = facts.authorization();
    QString claim;
    const QString problem = sent ? problemOf(facts, *sent, claim)
        : line && line->is("DPoP") ? u"the token was sent as DPoP, and there is no DPoP header"_s : QString();
    if (!problem.isEmpty() && (facts.status == 401 || facts.status == 400)) {
        Finding finding = makeFinding(
            Verdict::Proven, weight::Said + 1, u"The DPoP proof does not fit this request"_s, problem,
            u"With DPoP every request carries a small signed text, the proof. It names the method (htm), the address (htu), a "
            "hash of the token (ath) and a number used once (jti), and must be signed with the key that the token is bound "
            "to. Here one of them differs, so the server has to refuse it."_s);
        if (sent)
            finding.evidence.append(facts.requestHeader(*sent, problem));
        else
            finding.evidence.append(facts.requestHeader(line->field, problem));
        finding.evidence.append(facts.challengeEvidence());
        finding.fixes.append(advice(u"new-proof"_s, u"Make a new proof for exactly this request"_s, u"htu without query and fragment, htm in capitals, a new jti, the same key as for the token."_s));
        return finding;
    }
    static const QRegularExpression words = wordPattern(u"dpop.{0,40}(invalid|mismatch|not|missing|required|fail|binding|unexpected)|invalid.{0,20}dpop|invalid_dpop_proof|\\b(htu|htm|ath|jkt)\\b|confirmation.{0,30}(mismatch|invalid|fail)|proof.of.possession|key binding"_s);
    const ServerWord *said = facts.says(words);
    const bool hasProof = facts.request().headers.contains("DPoP");
    if (facts.errorCode != u"invalid_dpop_proof" && !(said && hasProof))
        return std::nullopt;
    Finding finding = makeFinding(
        facts.errorCode == u"invalid_dpop_proof" && hasProof ? Verdict::Proven : Verdict::Likely, weight::Said, u"The DPoP proof is not accepted"_s,
        said ? said->evidence.text : u"error invalid_dpop_proof"_s,
        u"With DPoP every request carries a small signed text, the proof. It names the method (htm), the address (htu), a "
        "hash of the token (ath) and a number used once (jti), and must be signed with the key that the token is bound "
        "to. One of these does not fit."_s);
    finding.evidence.append(said ? said->evidence : facts.errorEvidence);
    if (const HeaderField *proof = facts.request().headers.find("DPoP"))
        finding.evidence.append(facts.requestHeader(*proof, u"the proof that was sent"_s));
    finding.fixes.append(advice(u"new-proof"_s, u"Make a new proof for exactly this request"_s, u"htu without query and fragment, htm in capitals, a new jti, the same key as for the token."_s));
    return finding;
}

} // namespace

Rule dpopProofInvalidRule()
{
    return {u"dpop-proof-invalid"_s, ChecklistStep::Correct, RuleKind::Cause, {u"RFC 9449 section 4.3"_s}, dpopProofInvalid};
}

} // namespace realmscope
