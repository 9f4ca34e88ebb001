// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/AuthFacts.h"

#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/DigestMath.h"
#include "app/base/Duration.h"
#include "app/base/Encoding.h"
#include "app/diagnosis/SigV4Compare.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("AuthFacts", text);
}

const QString Bullets(12, u'•');

QString claimText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isDouble()) {
        const double number = value.toDouble();
        return std::floor(number) == number ? QString::number(static_cast<qint64>(number)) : QString::number(number);
    }
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isArray()) {
        QStringList parts;
        for (const QJsonValue &part : value.toArray())
            parts.append(claimText(part));
        return parts.join(u", "_s);
    }
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    return u"null"_s;
}

// "11:18:04" on the day of `near`, else with its date; UTC.
QString momentText(qint64 time, qint64 near)
{
    const QDateTime moment = QDateTime::fromSecsSinceEpoch(time, Qt::UTC);
    const bool isSameDay = moment.date() == QDateTime::fromSecsSinceEpoch(near, Qt::UTC).date();
    return moment.toString(isSameDay ? u"HH:mm:ss"_s : u"yyyy-MM-dd HH:mm:ss"_s);
}

QStringList scopesOf(const QString &text)
{
    return text.split(u' ', Qt::SkipEmptyParts);
}

// The scope that the server asks for in its Bearer challenge (RFC 6750 section 3); empty when it names none.
QStringList askedScopes(const Exchange &exchange)
{
    const ChallengeList list = parseChallenges(exchange.response.headers.values("WWW-Authenticate"));
    const Challenge *bearer = list.find("Bearer");
    return bearer ? scopesOf(displayText(bearer->value("scope"))) : QStringList();
}

// What of the asked scopes the token does not have. RFC 8693 section 4.2: one text; some issuers send a list.
QStringList missingScopes(const QStringList &asked, const DecodedJwt &jwt)
{
    QStringList has;
    for (const QLatin1StringView name : {"scope"_L1, "scp"_L1}) {
        const QJsonValue claim = jwt.claims.value(name);
        has += scopesOf(claim.isArray() ? claimText(claim).remove(u',') : claim.toString());
    }
    QStringList missing = asked;
    missing.removeIf([&](const QString &scope) { return has.contains(scope); });
    return missing;
}

std::optional<DecodedJwt> sentJwt(const Exchange &exchange)
{
    const HeaderField *sent = exchange.request.headers.find("Authorization");
    return sent ? decodeJwt(sent->value.mid(sent->value.indexOf(' ') + 1).trimmed()) : std::nullopt;
}

// A token's header and claims as rows. The signature is not shown: the rest is worthless without it.
void addJwt(FactCard &card, const DecodedJwt &jwt, const Exchange &exchange)
{
    const QString keyId = jwt.header.value("kid"_L1).toString();
    card.facts.append({tr("signature"), keyId.isEmpty() ? jwt.algorithm() : tr("%1, kid %2").arg(jwt.algorithm(), keyId),
                       {}, tr("not checked here"), FactMark::None, false});
    if (jwt.encrypted) {
        card.facts.append({tr("claims"), tr("encrypted"), {}, tr("only the server can read them"), FactMark::None, false});
        return;
    }
    const qint64 now = exchange.startedAtMs / 1000;
    static const QStringList order{u"iss"_s, u"aud"_s, u"sub"_s, u"scope"_s, u"exp"_s, u"nbf"_s, u"iat"_s};
    QStringList names;
    for (const QString &name : order) {
        if (jwt.claims.contains(name))
            names.append(name);
    }
    for (const QString &name : jwt.claims.keys()) {
        if (!names.contains(name))
            names.append(name);
    }
    const std::optional<qint64> issued = jwt.time(u"iat"_s);
    const std::optional<qint64> expires = jwt.time(u"exp"_s);
    const QStringList asked = askedScopes(exchange);
    for (const QString &name : std::as_const(names)) {
        Fact fact{name, claimText(jwt.claims.value(name)), {}, {}, FactMark::None, false};
        const std::optional<qint64> time =
            name == "exp"_L1 || name == "nbf"_L1 || name == "iat"_L1 ? jwt.time(name) : std::nullopt;
        if (time)
            fact.quiet = momentText(*time, now);
        if (name == "exp"_L1 && time) {
            fact.isProblem = *time <= now;
            fact.mark = fact.isProblem ? FactMark::Bad : FactMark::Good;
            fact.remark = fact.isProblem ? tr("%1 ago").arg(durationText(now - *time))
                                         : tr("%1 left").arg(durationText(*time - now));
        } else if (name == "nbf"_L1 && time) {
            fact.isProblem = *time > now;
            fact.mark = fact.isProblem ? FactMark::Bad : FactMark::Good;
            fact.remark = fact.isProblem ? tr("in %1").arg(durationText(*time - now)) : QString();
        } else if (name == "iat"_L1 && time && expires) {
            fact.remark = tr("valid for %1").arg(durationText(*expires - *time));
        } else if ((name == "scope"_L1 || name == "scp"_L1) && !asked.isEmpty()) {
            const QStringList missing = missingScopes(asked, jwt);
            fact.isProblem = !missing.isEmpty();
            fact.mark = fact.isProblem ? FactMark::Bad : FactMark::Good;
            fact.remark = fact.isProblem ? tr("lacks %1").arg(missing.join(u' ')) : tr("covers what was asked");
        }
        card.facts.append(fact);
    }
    if (issued && expires && *issued < *expires)
        card.validity = Validity{*issued, *expires, now};
}

void addBasic(FactCard &card, const QByteArray &token)
{
    const std::optional<QByteArray> pair = decodeBase64(token);
    if (!pair) {
        card.facts.append({tr("credential"), Bullets, {}, tr("is no Base64"), FactMark::Bad, true});
        return;
    }
    const qsizetype colon = pair->indexOf(':');
    if (colon < 0) {
        card.facts.append({tr("credential"), Bullets, {}, tr("no colon in it"), FactMark::Bad, true});
        return;
    }
    const QByteArray user = pair->left(colon);
    const QByteArray password = pair->mid(colon + 1);
    Fact userFact{tr("user name"), displayText(user), {}, {}, FactMark::None, false};
    if (user != user.trimmed()) {
        userFact.isProblem = true;
        userFact.mark = FactMark::Bad;
        userFact.remark = tr("white space at an end");
    }
    card.facts.append(userFact);
    Fact secret{tr("password"), Bullets, {}, {}, FactMark::None, false};
    if (password.isEmpty()) {
        secret.value = tr("empty");
        secret.mark = FactMark::Note;
    } else if (password != password.trimmed()) {
        secret.isProblem = true;
        secret.mark = FactMark::Bad;
        secret.remark = tr("white space at an end");
    }
    card.facts.append(secret);
    const bool isAscii = std::ranges::all_of(*pair, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    card.facts.append({tr("character set"), isAscii ? u"ASCII"_s : isValidUtf8(*pair) ? u"UTF-8"_s : u"ISO-8859-1"_s,
                       {}, {}, FactMark::None, false});
}

void addDigest(FactCard &card, const Challenge &sent, const Exchange &exchange, const FieldValues &values)
{
    static const QList<QByteArray> order{"username", "username*", "userhash", "realm", "nonce", "uri", "algorithm",
                                         "qop",      "nc",        "cnonce",   "opaque"};
    for (const QByteArray &name : order) {
        const AuthParam *param = sent.param(name);
        if (!param)
            continue;
        Fact fact{displayText(name), displayText(param->value), {}, {}, FactMark::None, false};
        if (name == "uri") {
            const bool same = param->value == exchange.request.effectiveTarget();
            fact.mark = same ? FactMark::Good : FactMark::Bad;
            fact.isProblem = !same;
            fact.remark = same ? tr("the request target") : tr("not the request target");
        }
        card.facts.append(fact);
    }
    const QByteArray response = sent.value("response");
    Fact fact{u"response"_s, displayText(response), {}, tr("not recomputed: no password"), FactMark::Note, false};
    const std::optional<DigestAlgorithm> algorithm = digestAlgorithm(sent.value("algorithm"));
    const Secret password = values.secret(u"password"_s);
    if (algorithm && !password.isEmpty()) {
        const QByteArray bytes = encodeCredential(password, values.text(u"charset"_s));
        DigestInput input;
        input.algorithm = *algorithm;
        // With userhash the header names a hash; A1 takes the name itself (RFC 7616 section 3.4.4).
        input.username = equalsIgnoreCase(sent.value("userhash"), "true") || !sent.has("username")
            ? encodeCredential(values.text(u"username"_s), values.text(u"charset"_s))
            : sent.value("username");
        input.realm = sent.value("realm");
        input.nonce = sent.value("nonce");
        input.cnonce = sent.value("cnonce");
        input.nc = sent.value("nc");
        input.qop = sent.value("qop");
        input.method = exchange.request.method;
        input.uri = sent.value("uri");
        input.password = bytes;
        input.entityBody = exchange.request.body;
        const bool same = computeDigest(input).response == response.toLower();
        fact.mark = same ? FactMark::Good : FactMark::Bad;
        fact.isProblem = !same;
        fact.remark = same ? tr("recomputed from the profile's password: the same")
                           : tr("recomputed from the profile's password: differs");
    }
    card.facts.append(fact);
}

void addDerivation(FactCard &card, const Exchange &exchange, const Redactor &redactor)
{
    for (const DerivationLine &line : exchange.derivation)
        card.facts.append({line.name, line.secret ? Bullets : displayText(redactor.text(line.value)), {}, {}, FactMark::None, false});
}

// What an AWS server says it computed, beside what was sent.
void addComparison(FactCard &card, const Exchange &exchange, const Redactor &redactor)
{
    const SigV4Strings server = sigV4StringsOfServer(exchange.response);
    const std::optional<SigV4Strings> sent = sigV4StringsOfRequest(exchange.request);
    if (!sent || (server.stringToSign.isEmpty() && server.canonicalRequest.isEmpty()))
        return;
    const QList<SigV4Difference> differences = compareSigV4(*sent, server);
    if (differences.isEmpty())
        card.facts.append({tr("signed text"), tr("the same as the server's"), {}, tr("so the secret access key differs, or the key id is not known"), FactMark::Note, false});
    for (const SigV4Difference &one : differences) {
        const auto shown = [&](const QByteArray &value) {
            return one.isSecret() ? Bullets : value.isEmpty() ? tr("nothing") : displayText(redactor.text(value));
        };
        card.facts.append({sigV4PartText(one), shown(one.sent), {}, tr("the server has %1").arg(shown(one.server)), FactMark::Bad, true});
    }
}

FactCard authorizationCard(const HeaderField &field, const Exchange &exchange, const FieldValues &values,
                           const Redactor &redactor)
{
    FactCard card;
    card.title = tr("You sent");
    card.quote = displayText(field.name + ": " + redactor.headerValue(field.name, field.value));
    const Challenge sent = parseCredentials(field.value);
    const QString from = field.sourceDetail.isEmpty() ? tr("written by you") : field.sourceDetail;
    const QString scheme = displayText(sent.scheme);
    const QByteArray token =
        sent.token68.isEmpty() ? field.value.mid(field.value.indexOf(' ') + 1).trimmed() : sent.token68;
    const std::optional<DecodedJwt> jwt = sent.is("Basic") || sent.is("Digest") ? std::nullopt : decodeJwt(token);
    QString kind = scheme.isEmpty() ? tr("a bare value") : scheme;
    if (jwt)
        kind += tr(", JWT, %1 B").arg(token.size());
    card.subtitle = field.sourceDetail.isEmpty() ? tr("%1: %2, %3").arg(displayText(field.name), kind, from)
                                                 : tr("%1: %2, profile %3").arg(displayText(field.name), kind, from);
    card.secret = displayText(field.name + ": " + field.value);
    if (const QByteArray credential = token.endsWith(':') ? token.chopped(1) : token.mid(token.lastIndexOf(':') + 1);
        Redactor::isMask(credential) || (sent.token68.isEmpty() && field.value.contains("\xe2\x80\xa2\xe2\x80\xa2"))) {
        // Out of the history: nothing is left that could be taken apart.
        card.secret.clear();
        card.facts.append({tr("credential"), displayText(token), {}, tr("left out when this was kept"), FactMark::Note, false});
        addDerivation(card, exchange, redactor);
        return card;
    }
    if (scheme.isEmpty())
        card.facts.append({tr("scheme"), tr("none"), {}, tr("a bare value"), FactMark::Bad, true});
    if (sent.is("Basic")) {
        addBasic(card, sent.token68);
        // The lines of what goes along; Basic's own say no more than the facts above.
        for (const DerivationLine &line : exchange.derivation) {
            static const QStringList own{u"user-id"_s, u"user-id:password"_s, u"Base64"_s};
            if (!own.contains(line.name))
                card.facts.append({line.name, line.secret ? Bullets : displayText(redactor.text(line.value)), {}, {}, FactMark::None, false});
        }
    } else if (sent.is("Digest")) {
        addDigest(card, sent, exchange, values);
        addDerivation(card, exchange, redactor);
    } else {
        if (jwt) {
            addJwt(card, *jwt, exchange);
            addDerivation(card, exchange, redactor);
        } else if (!exchange.derivation.isEmpty()) {
            addDerivation(card, exchange, redactor);
        } else if (sent.is("AWS4-HMAC-SHA256")) {
            card.facts.append({tr("signature"), tr("made outside of Realmscope"), {}, {}, FactMark::None, false});
        } else {
            card.facts.append({tr("token"), Bullets, token.size() >= 32 ? tr("opaque, %1 B").arg(token.size()) : QString(),
                               token.isEmpty() ? tr("empty") : tr("not a JWT: its content can't be read"),
                               token.isEmpty() ? FactMark::Bad : FactMark::None, token.isEmpty()});
        }
        addComparison(card, exchange, redactor);
    }
    return card;
}

// The clock that judged the credential, beside ours.
void addServerTime(FactCard &card, const Exchange &exchange)
{
    const std::optional<qint64> date = parseHttpDate(exchange.response.headers.value("Date"));
    if (!date || exchange.startedAtMs <= 0)
        return;
    // It was written between the start and the end of the exchange, in whole seconds.
    const qint64 started = exchange.startedAtMs / 1000;
    const qint64 ended = started + static_cast<qint64>(std::max(0.0, exchange.timings.total) / 1000) + 1;
    const qint64 difference = *date < started ? *date - started : *date > ended ? *date - ended : 0;
    Fact fact{u"Date"_s, momentText(*date, started) + u" GMT"_s, {}, tr("your clock agrees"), FactMark::Good, false};
    if (std::abs(difference) >= 2) {
        fact.remark = difference > 0 ? tr("your clock is %1 behind").arg(durationText(difference))
                                     : tr("your clock is %1 ahead").arg(durationText(difference));
        fact.mark = std::abs(difference) >= 30 ? FactMark::Bad : FactMark::Note;
    }
    card.facts.append(fact);
}

QString challengeRemark(const Challenge &challenge, const Exchange &exchange, FactMark &mark)
{
    const HeaderField *sent = exchange.request.headers.find("Authorization");
    if (!sent) {
        mark = FactMark::Bad;
        return tr("you sent none");
    }
    const Challenge credential = parseCredentials(sent->value);
    if (credential.is(challenge.scheme)) {
        mark = FactMark::Good;
        return tr("you sent the same");
    }
    mark = FactMark::Bad;
    return credential.scheme.isEmpty() ? tr("you sent a bare value")
                                       : tr("you sent %1").arg(displayText(credential.scheme));
}

} // namespace

QList<FactCard> serverAsked(const Exchange &exchange)
{
    QList<FactCard> cards;
    for (const char *name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
        const QList<QByteArray> lines = exchange.response.headers.values(name);
        if (lines.isEmpty())
            continue;
        const ChallengeList list = parseChallenges(lines);
        for (const Challenge &challenge : list.challenges) {
            FactCard card;
            card.title = tr("Server asked");
            card.subtitle = list.challenges.size() == 1
                ? tr("%1, 1 challenge").arg(QLatin1String(name))
                : tr("%1, %2 challenges").arg(QLatin1String(name)).arg(list.challenges.size());
            Fact scheme{tr("scheme"), displayText(challenge.scheme), {}, {}, FactMark::None, false};
            if (qstrcmp(name, "WWW-Authenticate") == 0)
                scheme.remark = challengeRemark(challenge, exchange, scheme.mark);
            card.facts.append(scheme);
            if (!challenge.token68.isEmpty())
                card.facts.append({tr("token"), displayText(challenge.token68), {}, {}, FactMark::None, false});
            for (const AuthParam &param : challenge.params) {
                Fact fact{displayText(param.name), displayText(param.value), {}, {}, FactMark::None, false};
                if (equalsIgnoreCase(param.name, "error")) {
                    fact.remark = u"RFC 6750 §3.1"_s;
                    fact.mark = FactMark::Source;
                } else if (equalsIgnoreCase(param.name, "error_description")) {
                    fact.value = u'“' + fact.value + u'”';
                    fact.remark = tr("server's words");
                } else if (equalsIgnoreCase(param.name, "scope") && challenge.is("Bearer")) {
                    if (const std::optional<DecodedJwt> jwt = sentJwt(exchange); jwt && !jwt->encrypted) {
                        const QStringList missing = missingScopes(scopesOf(fact.value), *jwt);
                        fact.mark = missing.isEmpty() ? FactMark::Good : FactMark::Bad;
                        fact.isProblem = !missing.isEmpty();
                        fact.remark = missing.isEmpty() ? tr("in your token")
                                                        : tr("not in your token: %1").arg(missing.join(u' '));
                    }
                } else if (equalsIgnoreCase(param.name, "stale") && equalsIgnoreCase(param.value, "true")) {
                    fact.remark = tr("only the nonce was refused");
                    fact.mark = FactMark::Note;
                }
                card.facts.append(fact);
            }
            if (cards.isEmpty())
                addServerTime(card, exchange);
            for (const ChallengeProblem &problem : challenge.problems)
                card.facts.append({tr("problem"), problem.text, {}, {}, FactMark::Bad, true});
            card.quote = QLatin1String(name) + u": "_s + displayText(lines.value(challenge.line));
            cards.append(card);
        }
        for (const ChallengeProblem &problem : list.problems) {
            cards.append({tr("Server asked"), QLatin1String(name),
                          {{tr("problem"), problem.text, {}, {}, FactMark::Bad, true}},
                          displayText(lines.join(", ")), {}});
        }
    }
    if (cards.isEmpty()) {
        FactCard card;
        card.title = tr("Server asked");
        const int status = exchange.response.status;
        const bool isRefusal = status == 401 || status == 407;
        card.facts.append({tr("challenge"), tr("none"), {},
                           isRefusal ? tr("RFC 9110 §15.5.2 wants one with a %1").arg(status) : QString(),
                           isRefusal ? FactMark::Bad : FactMark::None, false});
        cards.append(card);
    }
    return cards;
}

QList<FactCard> youSent(const Exchange &exchange, const FieldValues &values, const Redactor &redactor)
{
    QList<FactCard> cards;
    for (const HeaderField &field : exchange.request.headers) {
        if (field.is("Authorization") || field.is("Proxy-Authorization")) {
            cards.append(authorizationCard(field, exchange, values, redactor));
        } else if (field.is("Cookie") || Redactor::isCredentialHeader(field.name)
                   || field.source == HeaderSource::Profile) {
            FactCard card;
            card.title = tr("You sent");
            const QString from = field.sourceDetail.isEmpty() ? tr("written by you") : field.sourceDetail;
            card.subtitle = tr("%1, %2").arg(displayText(field.name), from);
            card.facts.append({displayText(field.name), displayText(redactor.headerValue(field.name, field.value)), {},
                               {}, FactMark::None, false});
            cards.append(card);
        }
    }
    if (const std::optional<QByteArray> &query = exchange.request.url.query;
        query && redactor.url(*query) != *query) {
        FactCard card;
        card.title = tr("You sent");
        card.subtitle = tr("In the query");
        card.facts.append({tr("query"), displayText(redactor.url(*query)), {}, {}, FactMark::None, false});
        cards.append(card);
    }
    // Worked out for a credential that stands elsewhere: in the query, in headers of its own.
    const bool isShown = std::ranges::any_of(exchange.request.headers, [](const HeaderField &field) {
        return field.is("Authorization") || field.is("Proxy-Authorization");
    });
    if (!exchange.derivation.isEmpty() && !isShown) {
        FactCard card;
        card.title = tr("Worked out");
        addDerivation(card, exchange, redactor);
        addComparison(card, exchange, redactor);
        cards.append(card);
    }
    if (cards.isEmpty()) {
        FactCard card;
        card.title = tr("You sent");
        card.facts.append({tr("credential"), tr("none"), {}, {}, FactMark::None, false});
        for (const Decision &decision : exchange.decisions) {
            if (decision.kind == DecisionKind::CredentialWithheld)
                card.facts.append({tr("withheld"), decision.text, {}, {}, FactMark::Note, false});
        }
        cards.append(card);
    }
    return cards;
}

} // namespace realmscope
