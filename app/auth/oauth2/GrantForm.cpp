// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/GrantForm.h"

#include "app/auth/oauth2/AuthorizationRequest.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void appendScopeAndTarget(FormItems &form, const FieldValues &values)
{
    if (const QByteArray scope = values.text(u"scope"_s).simplified().toUtf8(); !scope.isEmpty())
        form.append({"scope"_ba, scope});
    for (const QByteArray &resource : wordsOf(values.text(u"resource"_s)))
        form.append({"resource"_ba, resource});
    if (const QByteArray audience = values.text(u"audience"_s).toUtf8(); !audience.isEmpty())
        form.append({"audience"_ba, audience});
}

// RFC 8707 section 2.2: of several resources that were authorized, a token is for one; with one there is no doubt which.
void appendOnlyResource(FormItems &form, const FieldValues &values)
{
    if (const QList<QByteArray> resources = wordsOf(values.text(u"resource"_s)); resources.size() == 1)
        form.append({"resource"_ba, resources.first()});
}

Result<GrantForm> jwtBearerForm(const FieldValues &values, const QString &tokenUrl, const Clock &clock, Random &random)
{
    GrantForm form{{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:jwt-bearer"_ba}}, u"a token for an assertion"_s, {}};
    QByteArray assertion = values.secret(u"assertion"_s).revealBytes().trimmed();
    if (assertion.isEmpty()) {
        const QByteArray text = values.text(u"assertion-claims"_s).trimmed().toUtf8();
        QJsonParseError problem;
        const QJsonDocument document = QJsonDocument::fromJson(text.isEmpty() ? "{}"_ba : text, &problem);
        if (!document.isObject())
            return invalidInput(u"OAuth 2.0: Claims are no JSON object: %1 at byte %2"_s.arg(problem.errorString()).arg(problem.offset),
                                u"Write for example {\"iss\": \"me\", \"sub\": \"alice\"}."_s);
        const QJsonObject own = document.object();
        QJsonObject claims; // that are added
        if (!own.contains("iss"_L1) && !values.text(u"client-id"_s).isEmpty())
            claims.insert(u"iss"_s, values.text(u"client-id"_s));
        if (!own.contains("aud"_L1))
            claims.insert(u"aud"_s, values.text(u"assertion-audience"_s).isEmpty() ? tokenUrl : values.text(u"assertion-audience"_s));
        const Result<SignedAssertion> made = signAssertion(values, values.text(u"key-algorithm"_s).toLatin1(), claims, clock, random, text);
        if (!made)
            return made.error();
        assertion = made->jwt;
        form.derivation = {{u"assertion claims"_s, made->claims, false}};
    }
    form.items.append({"assertion"_ba, assertion});
    appendScopeAndTarget(form.items, values);
    return form;
}

GrantForm samlBearerForm(const FieldValues &values)
{
    GrantForm form{{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:saml2-bearer"_ba}}, u"a token for a SAML assertion"_s, {}};
    const QByteArray assertion = values.secret(u"assertion"_s).revealBytes().trimmed();
    form.items.append({"assertion"_ba, assertion.startsWith('<') ? encodeBase64Url(assertion) : assertion});
    appendScopeAndTarget(form.items, values);
    return form;
}

GrantForm tokenExchangeForm(const FieldValues &values)
{
    GrantForm form{{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:token-exchange"_ba}}, u"the token is exchanged for another one"_s, {}};
    form.items.append({"subject_token"_ba, values.secret(u"subject-token"_s).revealBytes()});
    form.items.append({"subject_token_type"_ba, values.text(u"subject-token-type"_s).toUtf8()});
    if (!values.secret(u"actor-token"_s).isEmpty()) {
        form.items.append({"actor_token"_ba, values.secret(u"actor-token"_s).revealBytes()});
        const QString type = values.text(u"actor-token-type"_s);
        form.items.append({"actor_token_type"_ba, (type.isEmpty() ? values.text(u"subject-token-type"_s) : type).toUtf8()});
    }
    if (const QByteArray wanted = values.text(u"requested-token-type"_s).toUtf8(); !wanted.isEmpty())
        form.items.append({"requested_token_type"_ba, wanted});
    appendScopeAndTarget(form.items, values);
    return form;
}

} // namespace

Result<GrantForm> grantForm(const FieldValues &values, const QString &tokenUrl, const Clock &clock, Random &random)
{
    const QString grant = values.text(u"grant"_s);
    if (grant == "jwt_bearer"_L1)
        return jwtBearerForm(values, tokenUrl, clock, random);
    if (grant == "saml2_bearer"_L1)
        return samlBearerForm(values);
    if (grant == "token_exchange"_L1)
        return tokenExchangeForm(values);
    GrantForm form;
    if (grant == "password"_L1) {
        form.label = u"a token for user name and password"_s;
        form.items = {{"grant_type"_ba, "password"_ba},
                      {"username"_ba, values.text(u"username"_s).toUtf8()},
                      {"password"_ba, values.secret(u"password"_s).revealBytes()}};
    } else {
        form.label = u"a token for the client itself"_s;
        form.items = {{"grant_type"_ba, "client_credentials"_ba}};
    }
    appendScopeAndTarget(form.items, values);
    return form;
}

FormItems codeForm(const FieldValues &values, const QByteArray &code, const QString &redirectUri, const QByteArray &verifier)
{
    FormItems form{{"grant_type"_ba, "authorization_code"_ba}, {"code"_ba, code}, {"redirect_uri"_ba, redirectUri.toUtf8()}};
    if (!verifier.isEmpty())
        form.append({"code_verifier"_ba, verifier});
    appendOnlyResource(form, values);
    return form;
}

FormItems refreshForm(const FieldValues &values, const Secret &refreshToken)
{
    FormItems form{{"grant_type"_ba, "refresh_token"_ba}, {"refresh_token"_ba, refreshToken.revealBytes()}};
    appendOnlyResource(form, values);
    return form;
}

FormItems deviceForm(const FieldValues &values)
{
    FormItems form;
    appendScopeAndTarget(form, values);
    if (const Result<FormItems> extra = extraParameters(values, u"authorization-parameters"_s, {}); extra)
        form += *extra;
    return form;
}

FormItems deviceTokenForm(const FieldValues &values, const QString &deviceCode)
{
    FormItems form{{"grant_type"_ba, "urn:ietf:params:oauth:grant-type:device_code"_ba}, {"device_code"_ba, deviceCode.toUtf8()}};
    appendOnlyResource(form, values);
    return form;
}

QByteArray settingsMark(const FieldValues &values)
{
    QByteArray all;
    for (const auto &[id, value] : values.texts().asKeyValueRange())
        all += id.toUtf8() + '\0' + value.toUtf8() + '\0';
    for (const auto &[id, value] : values.secrets().asKeyValueRange()) {
        if (id != "refresh-token"_L1)
            all += id.toUtf8() + '\0' + hash(HashAlgorithm::Sha256, value.reveal()).toHex() + '\0';
    }
    return hash(HashAlgorithm::Sha256, all);
}

} // namespace realmscope
