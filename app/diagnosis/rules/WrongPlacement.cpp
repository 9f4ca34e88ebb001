// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/diagnosis/Placement.h"
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: there is a credential, but not where this server looks.
// Contradicted by: words of the server about the very credential that was sent (that it is wrong, or expired).
namespace {

// "Authentication: Basic …" and other near misses of the name.
const HeaderField *misnamedAuthorization(const Facts &facts)
{
    static constexpr std::array names{"authentication", "authorisation", "autorization", "authorizaton", "authorizations",
                                      "x-authorization", "x-authentication", "auth", "x-auth", "www-authenticate",
                                      "authenticate", "authrization", "autherization"};
    for (const HeaderField &field : facts.request().headers) {
        const bool isNear = std::ranges::any_of(names, [&](const char *name) { return field.is(name); });
        if (isNear && isKnownAuthScheme(readAuthorization(field).scheme))
            return &field;
    }
    return nullptr;
}

// Moves the value of the credential to where the server wants it; possible for what the user wrote himself.
std::optional<Fix> moveTo(const Facts &facts, const SentCredential &sent, const Placement &wish)
{
    if (wish.place == u"cookie"_s)
        return std::nullopt;
    QByteArray value = sent.value;
    if (sent.place == CredentialPlace::Authorization)
        value = facts.authorizations.first().credentials;
    const bool isBearer = equalsIgnoreCase(wish.name, "Authorization");
    if (isBearer && !facts.offers("Bearer"))
        return std::nullopt;
    Fix fix;
    fix.id = u"move-credential"_s;
    fix.title = isBearer ? u"Send it as Authorization: Bearer instead"_s
                         : u"Send it in the %1 %2 instead"_s.arg(QString::fromUtf8(wish.name), wish.place);
    fix.automatic = true;
    if (sent.source == HeaderSource::Profile && facts.context.profile) {
        if (isBearer) {
            fix.edits = {{EditKind::SetProfileScheme, {}, "bearer"}, {EditKind::SetProfileSecret, "token", value}};
            return fix;
        }
        fix.edits = {{EditKind::SetProfileScheme, {}, "api-key"},
                     {EditKind::SetProfileField, "location", wish.place == u"header"_s ? QByteArray("header") : QByteArray("query")},
                     {EditKind::SetProfileField, "name", wish.name},
                     {EditKind::SetProfileSecret, "key", value}};
        return fix;
    }
    Url url = facts.request().url;
    if (sent.place == CredentialPlace::Query) {
        QByteArray query;
        for (const QByteArray &item : url.query.value_or(QByteArray()).split('&')) {
            if (!item.startsWith(sent.name + '='))
                query += (query.isEmpty() ? "" : "&") + item;
        }
        url.query = query.isEmpty() ? std::nullopt : std::optional<QByteArray>(query);
    } else {
        fix.edits.append({EditKind::RemoveHeader, sent.name, {}});
    }
    if (wish.place == u"header"_s)
        fix.edits.append({EditKind::SetHeader, wish.name, isBearer ? "Bearer " + value : value});
    else
        url.query = (url.query ? *url.query + '&' : QByteArray()) + wish.name + '=' + percentEncode(value);
    if (!(url == facts.request().url))
        fix.edits.append({EditKind::SetUrl, {}, url.toString(true).toUtf8()});
    return fix;
}

std::optional<Finding> misnamed(const Facts &facts, const HeaderField &field)
{
    const QString name = QString::fromUtf8(field.name);
    Finding finding = makeFinding(
        Verdict::Proven, 82, u"The header is called Authorization, not %1"_s.arg(name),
        u"the credential stands in a header that servers do not read"_s,
        u"The credential itself has the usual form, but the header that carries it has another name than the standard's: "
        "Authorization. (The server's side of the talk is called WWW-Authenticate; the client's answer is Authorization.) "
        "For the server this is a request without a credential."_s);
    finding.evidence.append(facts.requestHeader(field, u"%1: %2 …"_s.arg(name, QString::fromUtf8(readAuthorization(field).scheme)), field.nameRange));
    finding.evidence.append(facts.challengeEvidence());
    Fix fix;
    fix.id = u"rename-header"_s;
    fix.title = u"Rename the header to Authorization and resend"_s;
    fix.automatic = true;
    fix.edits = {{EditKind::RemoveHeader, field.name, {}}, {EditKind::SetHeader, "Authorization", field.value}};
    finding.fixes.append(fix);
    return finding;
}

// Hawk: a bewit is a key in the URL for a while, and good for GET and HEAD alone.
std::optional<Finding> misusedBewit(const Facts &facts)
{
    const QByteArray &method = facts.request().method;
    const auto bewit = std::ranges::find_if(facts.credentials, [](const SentCredential &sent) {
        return sent.place == CredentialPlace::Query && sent.name == "bewit";
    });
    if (bewit == facts.credentials.end() || method == "GET" || method == "HEAD")
        return std::nullopt;
    Finding finding = makeFinding(
        Verdict::Proven, 89, u"A bewit is good for GET and HEAD only"_s, u"the method is %1"_s.arg(QString::fromLatin1(method)),
        u"A bewit is a Hawk credential in the URL that lets anybody read one address for a while. It does not count for requests "
        "that change something; those need the Authorization header."_s);
    finding.evidence.append(facts.credential(*bewit, u"the query parameter bewit"_s));
    finding.evidence.append(facts.requestLine(u"the method is %1"_s.arg(QString::fromLatin1(method))));
    finding.fixes.append(advice(u"sign-again"_s, u"Send the request with an Authorization: Hawk header"_s));
    return finding;
}

std::optional<Finding> wrongPlacement(const Facts &facts)
{
    if (!facts.mayBeRefusal() || facts.status == 407 || facts.status == 404 || facts.isTokenRequest)
        return std::nullopt;
    if (facts.authorizations.isEmpty()) {
        if (const HeaderField *field = misnamedAuthorization(facts); field && facts.kind == OutcomeKind::Unauthorized)
            return misnamed(facts, *field);
    }
    if (const std::optional<Finding> finding = misusedBewit(facts))
        return finding;
    const SentCredential *sent = placedCredential(facts);
    if (sent && facts.asksForHeader(sent->name))
        return std::nullopt;
    if (!sent || facts.differsFromAnonymous())
        return std::nullopt;
    const QString explanation =
        u"The request does carry a credential, but in a place where this server does not look: every API decides for "
        "itself whether it reads a header of some name, a query parameter or a cookie. To the server, the request looks "
        "as if it had none."_s;
    const ProbeFact *moved = facts.probe(QLatin1StringView("other-place"));
    const std::optional<Placement> place = moved && moved->status() >= 200 && moved->status() < 300 ? wantedPlacement(facts) : std::nullopt;
    if (place) {
        Finding finding = makeFinding(
            Verdict::Proven, 89, u"The server reads the credential from another place"_s,
            u"in the %1 %2 the same credential is accepted"_s.arg(QString::fromUtf8(place->name), place->place), explanation);
        finding.evidence.append(facts.credential(*sent, u"the credential stands in %1"_s.arg(placeText(*sent))));
        finding.evidence.append(place->word ? place->word->evidence : facts.challengeEvidence());
        finding.evidence.append(facts.probeEvidence(*moved, u"in the %1 %2 the answer is %3"_s.arg(QString::fromUtf8(place->name), place->place).arg(moved->status())));
        if (const std::optional<Fix> fix = moveTo(facts, *sent, *place))
            finding.fixes.append(*fix);
        return finding;
    }
    static const QRegularExpression tooMany = wordPattern(u"only one|more than one|multiple|at most one|several"_s);
    const std::optional<Placement> wish = namedPlacement(facts);
    if (wish && !facts.says(tooMany) && !isSentAt(facts, *wish) && !facts.saysRejected()) {
        const bool isSure = facts.saysMissing() && facts.sameAsAnonymous();
        Finding finding = makeFinding(
            isSure ? Verdict::Proven : Verdict::Likely, 89, u"The server reads the credential from another place"_s,
            u"it asks for the %1 %2; the request uses %3"_s.arg(QString::fromUtf8(wish->name), wish->place, placeText(*sent)),
            explanation);
        finding.evidence.append(wish->word->evidence);
        finding.evidence.append(facts.credential(*sent, u"the credential stands in %1"_s.arg(placeText(*sent))));
        if (isSure)
            finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without any credential, the answer is the same"_s));
        if (const std::optional<Fix> fix = moveTo(facts, *sent, *wish))
            finding.fixes.append(*fix);
        return finding;
    }
    // A token in a cookie, where the challenge asks for one in the header.
    if (facts.authorizations.isEmpty() && sent->place == CredentialPlace::Cookie && facts.offers("Bearer")
        && facts.errorCode.isEmpty() && sent->name.toLower().contains("token")) {
        Finding finding = makeFinding(Verdict::Likely, 60, u"The token is in a cookie; the server asks for a header"_s,
                                      u"the challenge names Bearer, the request has the cookie %1"_s.arg(QString::fromUtf8(sent->name)),
                                      explanation);
        finding.evidence.append(facts.credential(*sent, u"the credential stands in %1"_s.arg(placeText(*sent))));
        finding.evidence.append(facts.challengeEvidence());
        Fix fix;
        fix.id = u"move-credential"_s;
        fix.title = u"Send the token as Authorization: Bearer and resend"_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetHeader, "Authorization", "Bearer " + sent->value}};
        finding.fixes.append(fix);
        return finding;
    }
    // A key of the API's own, and the answer is the same with and without it.
    const bool isKey = sent->place == CredentialPlace::Header || sent->place == CredentialPlace::Query;
    if (isKey && facts.authorizations.isEmpty() && !facts.saysRejected()
        && (facts.sameAsAnonymous() || facts.saysMissing())) {
        Finding finding = makeFinding(
            facts.saysMissing() ? Verdict::Likely : Verdict::Possible, 52, u"The server does not seem to look at %1"_s.arg(placeText(*sent)),
            facts.sameAsAnonymous() ? u"with the key and without it, the answer is the same"_s : u"the server says that nothing arrived"_s,
            explanation);
        finding.evidence.append(facts.credential(*sent, u"the key stands in %1"_s.arg(placeText(*sent))));
        if (facts.saysMissing())
            finding.evidence.append(facts.saysMissing()->evidence);
        if (facts.sameAsAnonymous())
            finding.evidence.append(facts.probeEvidence(*facts.anonymous(), u"without the key, the answer is the same"_s));
        finding.fixes.append(advice(u"check-documentation"_s, u"Look up where this API reads the key from"_s,
                                    u"Header, query parameter or cookie, and its exact name."_s));
        return finding;
    }
    return std::nullopt;
}

} // namespace

Rule wrongPlacementRule()
{
    return {u"wrong-placement"_s, ChecklistStep::Sent, RuleKind::Cause,
            {u"RFC 9110 section 11.6.2"_s, u"RFC 6750 section 2"_s, u"OpenAPI 3.1 section 4.8.27"_s}, wrongPlacement};
}

} // namespace realmscope
