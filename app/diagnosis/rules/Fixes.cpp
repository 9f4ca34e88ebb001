// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"

#include "app/auth/schemes/DigestMath.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isOfProfile(const Facts &facts, HeaderSource source)
{
    return source == HeaderSource::Profile && facts.context.profile.has_value();
}

bool hasUsableDigest(const Facts &facts)
{
    for (const Challenge &challenge : facts.challenges.challenges) {
        if (challenge.is("Digest") && challenge.has("nonce") && digestAlgorithm(challenge.value("algorithm")))
            return true;
    }
    return false;
}

} // namespace

Fix replaceAuthorization(const Facts &facts, const AuthorizationLine &line, const QString &id, const QString &title,
                         const QByteArray &scheme, const QByteArray &credentials)
{
    Fix fix;
    fix.id = id;
    fix.title = title;
    fix.automatic = true;
    if (!isOfProfile(facts, line.field.source)) {
        const QByteArray value = scheme.isEmpty() ? credentials : scheme + ' ' + credentials;
        fix.edits = {{EditKind::SetHeader, line.field.name, value}};
        return fix;
    }
    const CredentialProfile &profile = *facts.context.profile;
    if (profile.schemeId == "bearer"_L1) {
        if (!equalsIgnoreCase(scheme, profile.fields.value(u"prefix"_s, u"Bearer"_s).toLatin1()))
            fix.edits.append({EditKind::SetProfileField, "prefix", scheme});
        if (credentials != line.credentials)
            fix.edits.append({EditKind::SetProfileSecret, "token", credentials});
    } else if (profile.schemeId == "basic"_L1 || profile.schemeId == "digest"_L1) {
        const std::optional<QByteArray> pair = decodeBase64(credentials);
        const qsizetype colon = pair ? pair->indexOf(':') : -1;
        if (colon < 0)
            return editCredential(title, "password");
        fix.edits = {{EditKind::SetProfileField, "username", pair->left(colon)},
                     {EditKind::SetProfileSecret, "password", pair->mid(colon + 1)}};
    }
    if (fix.edits.isEmpty())
        return editCredential(title, {});
    return fix;
}

Fix replaceCredential(const Facts &facts, const SentCredential &sent, const QString &id, const QString &title,
                      const QByteArray &value)
{
    Fix fix;
    fix.id = id;
    fix.title = title;
    if (isOfProfile(facts, sent.source) && facts.context.profile->schemeId == "api-key"_L1) {
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileSecret, "key", value}};
    } else if (sent.place == CredentialPlace::Header) {
        fix.automatic = true;
        fix.edits = {{EditKind::SetHeader, sent.name, value}};
    } else if (sent.place == CredentialPlace::Query) {
        const Url &url = facts.request().url;
        QByteArray query = url.query.value_or(QByteArray());
        for (const NamedValue &item : splitForm(query)) {
            if (item.name == sent.name && item.value == sent.value) {
                query = query.left(item.at) + percentEncode(value) + query.mid(item.at + item.raw.size());
                Url changed = url;
                changed.query = query;
                fix.automatic = true;
                fix.edits = {{EditKind::SetUrl, {}, changed.toString(true).toUtf8()}};
                break;
            }
        }
    }
    return fix;
}

Fix editCredential(const QString &title, const QByteArray &field, const QString &detail)
{
    Fix fix;
    fix.id = u"edit-credential"_s;
    fix.title = title;
    fix.detail = detail;
    fix.automatic = true;
    fix.edits = {{EditKind::EditCredential, field, {}}};
    return fix;
}

Fix ownerFix(const QString &title, const QString &detail, const QString &snippet)
{
    Fix fix;
    fix.id = u"ask-owner"_s;
    fix.title = title;
    fix.detail = detail;
    fix.snippet = snippet;
    fix.forServerOwner = true;
    return fix;
}

Fix advice(const QString &id, const QString &title, const QString &detail)
{
    Fix fix;
    fix.id = id;
    fix.title = title;
    fix.detail = detail;
    return fix;
}

std::optional<Fix> useOfferedScheme(const Facts &facts)
{
    const AuthorizationLine *line = facts.authorization();
    const bool hasProfile = line ? isOfProfile(facts, line->field.source) : facts.context.profile.has_value();
    const QString current = hasProfile ? facts.context.profile->schemeId : QString();
    const bool hasPassword = current == "basic"_L1 || current == "digest"_L1;
    Fix fix;
    fix.id = u"use-offered-scheme"_s;
    if (hasPassword && current != "digest"_L1 && hasUsableDigest(facts)) {
        fix.title = u"Use Digest and resend"_s;
        fix.detail = u"User name and password stay as they are; Digest proves them without sending the password."_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileScheme, {}, "digest"}};
        return fix;
    }
    if (hasPassword && current != "basic"_L1 && facts.offers("Basic")) {
        fix.title = u"Use Basic and resend"_s;
        fix.detail = facts.request().url.isSecure()
            ? u"User name and password stay as they are."_s
            : u"Mind that Basic sends the password readable for everybody on the way: this URL has no TLS."_s;
        fix.automatic = true;
        fix.edits = {{EditKind::SetProfileScheme, {}, "basic"}};
        return fix;
    }
    if (!line || line->basic || line->is("Digest"))
        return std::nullopt;
    for (const Challenge &challenge : facts.challenges.challenges) {
        const bool takesToken = challenge.is("Token") || challenge.is("Bearer") || challenge.is("JWT")
            || challenge.is("ApiKey") || challenge.is("Key");
        if (!takesToken)
            continue;
        const QByteArray word = canonicalScheme(challenge.scheme);
        return replaceAuthorization(facts, *line, fix.id,
                                    u"Write %1 before the token and resend"_s.arg(QString::fromLatin1(word)), word,
                                    line->credentials);
    }
    return std::nullopt;
}

Fix addCredential(const Facts &facts)
{
    const QStringList schemes = facts.offeredSchemes();
    const QString title = schemes.isEmpty() ? u"Choose a credential for this request"_s
                                            : u"Choose a credential with scheme %1"_s.arg(schemes.join(u" or "_s));
    const QByteArray field = facts.offers("Bearer") ? QByteArray("token") : QByteArray("username");
    Fix fix = editCredential(title, field);
    if (facts.offers("Bearer"))
        fix.detail = u"An access token; with curl: -H \"Authorization: Bearer TOKEN\"."_s;
    else if (facts.offers("Basic") || facts.offers("Digest"))
        fix.detail = u"A user name and password; with curl: %1-u NAME."_s.arg(facts.offers("Basic") ? QString() : u"--digest "_s);
    fix.id = u"add-credential"_s;
    return fix;
}

} // namespace realmscope
