// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/oauth2/AuthorizationRequest.h"

#include "app/auth/oauth2/TokenResponse.h"
#include "app/auth/schemes/Placement.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const QString whereAuthorization = u"the authorization endpoint"_s;

QByteArray valueOf(const FormItems &items, QByteArrayView name)
{
    for (const auto &[key, value] : items) {
        if (key == name)
            return value;
    }
    return {};
}

Error answerNotOurs(const QString &message, const QString &detail)
{
    return {ErrorCode::AuthFailed, message, detail, u"Nothing was exchanged for a token. Send again, and use the browser window that opens then."_s};
}

} // namespace

QByteArray pkceChallenge(const QByteArray &verifier) { return encodeBase64Url(hash(HashAlgorithm::Sha256, verifier)); }

QList<QByteArray> wordsOf(const QString &text)
{
    QList<QByteArray> words;
    for (const QString &word : text.simplified().split(u' ', Qt::SkipEmptyParts))
        words << word.toUtf8();
    return words;
}

Result<FormItems> extraParameters(const FieldValues &values, const QString &fieldId, const QString &label)
{
    FormItems items;
    const QStringList lines = values.text(fieldId).split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const QString line = lines.at(i).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const qsizetype equals = line.indexOf(u'=');
        if (equals < 1)
            return invalidInput(u"OAuth 2.0: line %1 of %2 has no name and = before the value"_s.arg(i + 1).arg(label),
                                u"Write one name=value a line, for example prompt=login."_s);
        items.append({line.left(equals).trimmed().toUtf8(), line.mid(equals + 1).trimmed().toUtf8()});
    }
    return items;
}

AuthorizationSecrets newAuthorizationSecrets(const FieldValues &values, Random &random)
{
    AuthorizationSecrets secrets;
    secrets.state = encodeBase64Url(random.bytes(24));
    const bool isCode = values.text(u"grant"_s) == "authorization_code"_L1;
    if (isCode && values.text(u"pkce"_s) != "none"_L1)
        secrets.verifier = encodeBase64Url(random.bytes(32)); // RFC 7636 section 4.1 recommends this length
    if (wordsOf(values.text(u"scope"_s)).contains("openid"_ba))
        secrets.nonce = encodeBase64Url(random.bytes(24));
    return secrets;
}

FormItems authorizationParameters(const FieldValues &values, const QString &redirectUri, const AuthorizationSecrets &secrets,
                                  const QByteArray &dpopThumbprint)
{
    const bool isImplicit = values.text(u"grant"_s) == "implicit"_L1;
    FormItems items{{"response_type"_ba, isImplicit ? "token"_ba : "code"_ba}, {"client_id"_ba, values.text(u"client-id"_s).toUtf8()}};
    items.append({"redirect_uri"_ba, redirectUri.toUtf8()});
    if (const QByteArray scope = values.text(u"scope"_s).simplified().toUtf8(); !scope.isEmpty())
        items.append({"scope"_ba, scope});
    items.append({"state"_ba, secrets.state});
    if (!secrets.verifier.isEmpty()) {
        const bool isPlain = values.text(u"pkce"_s) == "plain"_L1;
        items.append({"code_challenge"_ba, isPlain ? secrets.verifier : pkceChallenge(secrets.verifier)});
        items.append({"code_challenge_method"_ba, isPlain ? "plain"_ba : "S256"_ba});
    }
    if (!secrets.nonce.isEmpty())
        items.append({"nonce"_ba, secrets.nonce});
    for (const QByteArray &resource : wordsOf(values.text(u"resource"_s)))
        items.append({"resource"_ba, resource});
    if (const QByteArray audience = values.text(u"audience"_s).toUtf8(); !audience.isEmpty())
        items.append({"audience"_ba, audience});
    if (!dpopThumbprint.isEmpty() && !isImplicit)
        items.append({"dpop_jkt"_ba, dpopThumbprint}); // RFC 9449 section 10
    if (const Result<FormItems> extra = extraParameters(values, u"authorization-parameters"_s, {}); extra)
        items += *extra;
    return items;
}

QUrl authorizationUrl(const QString &endpoint, const FormItems &parameters)
{
    QString url = endpoint;
    url += url.contains(u'?') ? (url.endsWith(u'?') || url.endsWith(u'&') ? ""_L1 : "&"_L1) : "?"_L1;
    return QUrl(url + QString::fromLatin1(encodeForm(parameters)), QUrl::StrictMode);
}

Result<AuthorizationAnswer> readAuthorizationAnswer(const QString &url, const AuthorizationSecrets &secrets, const QString &issuer, bool issuerPromised)
{
    const QByteArray text = url.trimmed().toUtf8();
    const qsizetype hashMark = text.indexOf('#');
    const qsizetype question = text.indexOf('?');
    AuthorizationAnswer answer;
    if (question >= 0 && (hashMark < 0 || question < hashMark))
        answer.parameters += formPairs(text.sliced(question + 1, (hashMark < 0 ? text.size() : hashMark) - question - 1));
    if (hashMark >= 0)
        answer.parameters += formPairs(text.sliced(hashMark + 1));
    // Before anything of it is believed, an error included: the answer must belong to our request (RFC 6749 section 10.12).
    if (!constantTimeEquals(valueOf(answer.parameters, "state"), secrets.state))
        return answerNotOurs(valueOf(answer.parameters, "state").isEmpty() ? u"the answer of the browser has no state"_s
                                                                           : u"the answer of the browser has another state than the request"_s,
                             u"RFC 6749 section 10.12: it may be somebody else's"_s);
    const QByteArray iss = valueOf(answer.parameters, "iss");
    if (!issuer.isEmpty() && (iss.isEmpty() ? issuerPromised : QString::fromUtf8(iss) != issuer))
        return answerNotOurs(iss.isEmpty() ? u"the answer does not say which issuer it comes from, though the server promises that it does"_s
                                           : u"the answer comes from another issuer: \"%1\" instead of \"%2\""_s.arg(displayText(iss.left(300)), issuer),
                             u"RFC 9207: it may be a mix-up of two servers"_s);
    if (const QByteArray error = valueOf(answer.parameters, "error"); !error.isEmpty())
        return oauthFailure({QString::fromUtf8(error), QString::fromUtf8(valueOf(answer.parameters, "error_description")),
                             QString::fromUtf8(valueOf(answer.parameters, "error_uri"))},
                            whereAuthorization);
    answer.code = valueOf(answer.parameters, "code");
    if (answer.code.isEmpty() && valueOf(answer.parameters, "access_token").isEmpty())
        return Error{ErrorCode::AuthFailed, u"the browser came back without a code and without an error"_s, {},
                     u"Look at the URL it came back with; the server did not answer as RFC 6749 section 4.1.2 says."_s};
    return answer;
}

} // namespace realmscope
