// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/interop/CredentialImport.h"

#include "app/auth/Jose.h"
#include "app/auth/Jwt.h"
#include "app/auth/schemes/Netrc.h"
#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/interop/CurlCommand.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QUrl>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 mostCredentialBytes = 1 << 20;
const auto sentTo = u"Sent to"_s;

struct KnownToken
{
    const char *start;
    const char *maker;
    const char *origin; // null: the maker's customers have hosts of their own
    const char *scheme; // word before the token, or a header's name with ':'
};
// As the makers document their forms; longer beginnings first.
constexpr std::array knownTokens{
    KnownToken{"github_pat_", "GitHub", "https://api.github.com", "Bearer"},
    KnownToken{"ghp_", "GitHub", "https://api.github.com", "Bearer"},
    KnownToken{"gho_", "GitHub", "https://api.github.com", "Bearer"},
    KnownToken{"ghs_", "GitHub", "https://api.github.com", "Bearer"},
    KnownToken{"glpat-", "GitLab", nullptr, "Bearer"},
    KnownToken{"xoxb-", "Slack", "https://slack.com", "Bearer"},
    KnownToken{"xoxp-", "Slack", "https://slack.com", "Bearer"},
    KnownToken{"sk_live_", "Stripe", "https://api.stripe.com", "Bearer"},
    KnownToken{"sk_test_", "Stripe", "https://api.stripe.com", "Bearer"},
    KnownToken{"SG.", "SendGrid", "https://api.sendgrid.com", "Bearer"},
    KnownToken{"sk-ant-", "Anthropic", "https://api.anthropic.com", "x-api-key:"},
};

Error notUnderstood()
{
    return {ErrorCode::InvalidInput, u"there is no credential in it that is understood"_s, {},
            u"It can be a curl command, an Authorization header, a JSON Web Token, .netrc, an AWS credentials file, PEM or PKCS#12, a token endpoint's or service account's JSON, "
            "or the address of an issuer."_s};
}

ImportedProfile made(const QString &name, const QString &schemeId)
{
    ImportedProfile out;
    out.profile = CredentialProfile::create(name, schemeId);
    return out;
}

// The origin of an address, as a profile names it; empty: it has none.
QString originOf(const QString &address)
{
    const Result<Url> url = Url::parse(address);
    return url ? url->origin().toString() : QString();
}

void sendTo(ImportedProfile &imported, const QString &origin)
{
    if (origin.isEmpty())
        imported.missing << sentTo;
    else
        imported.profile.origins << origin;
}

ImportedProfile bearer(const QString &name, const QByteArray &token, const QString &origin)
{
    ImportedProfile out = made(name, u"bearer"_s);
    out.secrets.insert(u"token"_s, Secret(token));
    sendTo(out, origin);
    return out;
}

std::optional<ImportedProfile> knownToken(const QByteArray &token)
{
    static const QRegularExpression form(u"^[A-Za-z0-9._-]{16,}$"_s);
    const auto *found = std::ranges::find_if(knownTokens, [&](const KnownToken &known) { return token.startsWith(known.start); });
    if (found == knownTokens.end() || !form.match(QString::fromLatin1(token)).hasMatch())
        return std::nullopt;
    const QString origin = QString::fromLatin1(found->origin ? found->origin : "");
    const QByteArray word = found->scheme;
    if (!word.endsWith(':'))
        return bearer(QString::fromLatin1(found->maker), token, origin);
    ImportedProfile out = made(QString::fromLatin1(found->maker), u"api-key"_s);
    out.profile.fields.insert(u"location"_s, u"header"_s);
    out.profile.fields.insert(u"name"_s, QString::fromLatin1(word.chopped(1)));
    out.secrets.insert(u"key"_s, Secret(token));
    sendTo(out, origin);
    return out;
}

QString nameOfJwt(const DecodedJwt &jwt)
{
    const QString issuer = QUrl(jwt.claims.value("iss"_L1).toString()).host();
    const QString subject = jwt.claims.value("sub"_L1).toString();
    return subject.isEmpty() ? (issuer.isEmpty() ? u"Token"_s : issuer) : issuer.isEmpty() ? subject : subject + " at "_L1 + issuer;
}

// What stands behind "Authorization:".
std::optional<ImportedProfile> fromAuthorization(const QByteArray &value, const QString &origin)
{
    const qsizetype space = value.indexOf(' ');
    if (space <= 0)
        return std::nullopt;
    const QByteArray word = value.first(space);
    const QByteArray rest = value.sliced(space + 1).trimmed();
    if (rest.isEmpty())
        return std::nullopt;
    if (equalsIgnoreCase(word, "Basic")) {
        const QByteArray pair = decodeBase64(rest).value_or(QByteArray());
        const qsizetype colon = pair.indexOf(':');
        if (colon < 0)
            return std::nullopt;
        const QString user = QString::fromUtf8(pair.first(colon));
        ImportedProfile out = made(user.isEmpty() ? u"Basic"_s : user, u"basic"_s);
        out.profile.fields.insert(u"username"_s, user);
        out.secrets.insert(u"password"_s, Secret(pair.sliced(colon + 1)));
        sendTo(out, origin);
        return out;
    }
    static const QRegularExpression token68(u"^[A-Za-z0-9._~+/-]+=*$"_s);
    if (!token68.match(QString::fromLatin1(rest)).hasMatch())
        return std::nullopt; // parameters: a signature, which is good for one request
    for (const char *single : {"Negotiate", "NTLM", "Digest", "DPoP"}) {
        if (equalsIgnoreCase(word, single))
            return std::nullopt;
    }
    const std::optional<DecodedJwt> jwt = decodeJwt(rest);
    ImportedProfile out = bearer(jwt ? nameOfJwt(*jwt) : QString::fromLatin1(word) + u" token"_s, rest, origin);
    if (!equalsIgnoreCase(word, "Bearer"))
        out.profile.fields.insert(u"prefix"_s, QString::fromLatin1(word));
    return out;
}

Result<CredentialImport> fromCurl(const QString &text)
{
    const Result<QStringList> words = splitShellWords(text);
    if (!words)
        return words.error();
    const Result<CurlCommand> command = parseCurl(*words);
    if (!command)
        return command.error();
    CredentialImport out{u"a curl command"_s, {}, {}};
    const QString origin = originOf(command->spec.url);
    const QString host = QUrl(command->spec.url).host();
    if (!command->schemeId.isEmpty()) {
        const QString user = command->values.text(u"username"_s);
        ImportedProfile profile = made(user.isEmpty() ? host : user + " at "_L1 + host, command->schemeId);
        profile.profile.fields = command->values.texts();
        profile.profile.fields.remove(u"rules"_s); // of curl's own signing; a profile is to work
        profile.secrets = command->values.secrets();
        sendTo(profile, origin);
        out.profiles << profile;
    }
    for (const SpecHeader &header : command->spec.headers) {
        if (!header.enabled || header.value.contains("{{"_L1))
            continue;
        const QByteArray name = header.name.toLatin1().toLower();
        if (name == "authorization") {
            if (std::optional<ImportedProfile> profile = fromAuthorization(header.value.toUtf8(), origin)) {
                if (!profile->profile.name.contains(u'@') && !host.isEmpty() && !profile->profile.name.endsWith(host))
                    profile->profile.name += " at "_L1 + host;
                out.profiles << *profile;
            } else {
                out.remarks << u"the Authorization header is good for one request only, or can't be read"_s;
            }
        } else if (name == "x-api-key" || name == "api-key" || name == "apikey" || name == "x-auth-token" || name == "private-token" || name == "ocp-apim-subscription-key") {
            ImportedProfile profile = made(header.name + " at "_L1 + host, u"api-key"_s);
            profile.profile.fields.insert(u"location"_s, u"header"_s);
            profile.profile.fields.insert(u"name"_s, header.name);
            profile.secrets.insert(u"key"_s, Secret::fromString(header.value));
            sendTo(profile, origin);
            out.profiles << profile;
        }
    }
    const RequestSettings &settings = command->spec.settings;
    if (!settings.clientCertificateFile.isEmpty()) {
        ImportedProfile profile = made(QFileInfo(settings.clientCertificateFile).completeBaseName(), clientCertificateScheme);
        profile.profile.fields.insert(u"certificate-file"_s, QFileInfo(settings.clientCertificateFile).absoluteFilePath());
        if (!settings.clientKeyFile.isEmpty())
            profile.profile.fields.insert(u"key-file"_s, QFileInfo(settings.clientKeyFile).absoluteFilePath());
        if (!command->clientKeyPassphrase.isEmpty())
            profile.secrets.insert(u"passphrase"_s, command->clientKeyPassphrase);
        sendTo(profile, origin);
        out.profiles << profile;
    }
    if (!command->proxySchemeId.isEmpty()) {
        ImportedProfile profile = made(u"Proxy "_s + QUrl(settings.proxy).host(), command->proxySchemeId);
        profile.profile.fields = command->proxyValues.texts();
        profile.secrets = command->proxyValues.secrets();
        sendTo(profile, originOf(settings.proxy));
        out.profiles << profile;
    }
    if (out.profiles.isEmpty())
        return Error{ErrorCode::InvalidInput, u"the curl command has no credential"_s, {}, u"One with -u, --oauth2-bearer, an Authorization header or --cert has."_s};
    return out;
}

Result<CredentialImport> fromNetrc(const QByteArray &text)
{
    const Result<QList<NetrcEntry>> entries = parseNetrc(text);
    if (!entries)
        return entries.error();
    CredentialImport out{u"a .netrc file"_s, {}, {}};
    for (const NetrcEntry &entry : *entries) {
        if (entry.machine.isEmpty()) {
            out.remarks << u"the entry \"default\" in line %1 was left out: a credential for every host has no place here"_s.arg(entry.line);
            continue;
        }
        ImportedProfile profile = made(entry.login.isEmpty() ? entry.machine : entry.login + " at "_L1 + entry.machine, u"basic"_s);
        profile.profile.fields.insert(u"username"_s, entry.login);
        if (!entry.password.isEmpty())
            profile.secrets.insert(u"password"_s, entry.password);
        sendTo(profile, originOf(u"https://"_s + entry.machine));
        out.profiles << profile;
    }
    if (out.profiles.isEmpty())
        return Error{ErrorCode::InvalidInput, u"the .netrc file names no machine"_s, {}, u"It needs lines like: machine api.example.com login alice password …"_s};
    return out;
}

// The files of the AWS command line (INI), and `export AWS_…=…` lines.
Result<CredentialImport> fromAws(const QString &text)
{
    CredentialImport out{u"AWS credentials"_s, {}, {}};
    QString section = u"default"_s;
    QList<std::pair<QString, QMap<QString, QString>>> sections;
    const auto values = [&]() -> QMap<QString, QString> & {
        if (sections.isEmpty() || sections.last().first != section)
            sections.append({section, {}});
        return sections.last().second;
    };
    static const QRegularExpression variable(u"^(?:export\\s+|set\\s+|\\$env:)?AWS_([A-Z_]+)\\s*=\\s*[\"']?([^\"']*)[\"']?;?$"_s, QRegularExpression::CaseInsensitiveOption);
    for (const QString &line : text.split(u'\n')) {
        const QString trimmed = line.trimmed();
        if (trimmed.isEmpty() || trimmed.startsWith(u'#') || trimmed.startsWith(u';'))
            continue;
        if (trimmed.startsWith(u'[') && trimmed.contains(u']')) {
            section = trimmed.mid(1, trimmed.indexOf(u']') - 1).simplified();
            if (section.startsWith("profile "_L1))
                section = section.mid(8);
            continue;
        }
        if (const auto match = variable.match(trimmed); match.hasMatch()) {
            const QString name = match.captured(1).toLower();
            values().insert(name == "region"_L1 || name == "default_region"_L1 ? u"region"_s : "aws_"_L1 + name, match.captured(2));
            continue;
        }
        const qsizetype equals = trimmed.indexOf(u'=');
        if (equals > 0)
            values().insert(trimmed.first(equals).trimmed().toLower(), trimmed.mid(equals + 1).trimmed());
    }
    for (const auto &[name, has] : std::as_const(sections)) {
        const QString id = has.value(u"aws_access_key_id"_s), secret = has.value(u"aws_secret_access_key"_s);
        if (id.isEmpty() || secret.isEmpty()) {
            out.remarks << u"[%1] was left out: it has no access key (%2)"_s.arg(
                name, has.contains(u"role_arn"_s) ? u"it takes on a role"_s : has.contains(u"sso_session"_s) || has.contains(u"sso_start_url"_s) ? u"it signs in by SSO"_s
                          : has.contains(u"credential_process"_s) ? u"it runs a program: a reference to it can stand in the profile"_s : u"settings only"_s);
            continue;
        }
        ImportedProfile profile = made("AWS "_L1 + name, u"aws-sigv4"_s);
        profile.profile.fields.insert(u"access-key-id"_s, id);
        if (has.contains(u"region"_s))
            profile.profile.fields.insert(u"region"_s, has.value(u"region"_s));
        profile.secrets.insert(u"secret-access-key"_s, Secret::fromString(secret));
        if (const QString token = has.value(u"aws_session_token"_s); !token.isEmpty())
            profile.secrets.insert(u"session-token"_s, Secret::fromString(token));
        profile.profile.origins << u"https://*.amazonaws.com"_s;
        out.profiles << profile;
    }
    if (out.profiles.isEmpty())
        return Error{ErrorCode::InvalidInput, u"no access key of AWS is in it"_s, out.remarks.join(u"; "_s), u"A section needs aws_access_key_id and aws_secret_access_key."_s};
    return out;
}

Result<CredentialImport> fromJson(const QByteArray &text)
{
    QJsonParseError problem;
    const QJsonObject json = QJsonDocument::fromJson(text, &problem).object();
    if (problem.error != QJsonParseError::NoError)
        return Error{ErrorCode::Parse, u"the JSON can't be read: %1 at byte %2"_s.arg(problem.errorString()).arg(problem.offset), {}, u"Take the whole of it."_s};
    const auto textOf = [&json](const char *name) { return json.value(QLatin1StringView(name)).toString(); };
    if (textOf("type") == "service_account"_L1 && json.contains("private_key"_L1)) {
        CredentialImport out{u"a service account"_s, {}, {}};
        ImportedProfile profile = made(textOf("client_email"), u"oauth2"_s);
        const QString tokenUrl = textOf("token_uri");
        profile.profile.fields = {{u"grant"_s, u"jwt_bearer"_s}, {u"token-url"_s, tokenUrl}, {u"client-auth"_s, u"none"_s}, {u"key-algorithm"_s, u"RS256"_s},
                                  {u"key-id"_s, textOf("private_key_id")}, {u"assertion-audience"_s, tokenUrl}};
        // Google wants the scope among the claims (developers.google.com, OAuth 2.0 for server to server applications).
        const QJsonObject claims{{u"iss"_s, textOf("client_email")}, {u"scope"_s, u"https://www.googleapis.com/auth/cloud-platform"_s}};
        profile.profile.fields.insert(u"assertion-claims"_s, QString::fromUtf8(QJsonDocument(claims).toJson(QJsonDocument::Compact)));
        profile.secrets.insert(u"key"_s, Secret::fromString(textOf("private_key")));
        profile.profile.origins << u"https://*.googleapis.com"_s;
        out.remarks << u"the claims ask for the scope cloud-platform; name a narrower one if it will do"_s;
        out.profiles << profile;
        return out;
    }
    if (json.contains("authorization_endpoint"_L1) || (json.contains("issuer"_L1) && json.contains("token_endpoint"_L1))) {
        const QString issuer = textOf("issuer");
        ImportedProfile profile = made(QUrl(issuer).host().isEmpty() ? u"OAuth 2.0"_s : QUrl(issuer).host(), u"oauth2"_s);
        profile.profile.fields = {{u"grant"_s, u"authorization_code"_s}, {u"issuer"_s, issuer}, {u"client-auth"_s, u"none"_s}};
        profile.missing << u"Client ID"_s << sentTo;
        return CredentialImport{u"the metadata of an issuer"_s, {profile}, {}};
    }
    if (json.contains("access_token"_L1)) {
        const QByteArray token = textOf("access_token").toUtf8();
        const std::optional<DecodedJwt> jwt = decodeJwt(token);
        CredentialImport out{u"the answer of a token endpoint"_s, {bearer(jwt ? nameOfJwt(*jwt) : u"Access token"_s, token, {})}, {}};
        const QString type = textOf("token_type");
        if (!type.isEmpty() && type.compare("bearer"_L1, Qt::CaseInsensitive) != 0)
            out.profiles.first().profile.fields.insert(u"prefix"_s, type);
        if (json.contains("refresh_token"_L1))
            out.remarks << u"the refresh token was left out: it belongs to an OAuth 2.0 profile with its client"_s;
        return out;
    }
    if (json.contains("AccessKeyId"_L1) && json.contains("SecretAccessKey"_L1)) { // aws configure export-credentials
        ImportedProfile profile = made(u"AWS"_s, u"aws-sigv4"_s);
        profile.profile.fields.insert(u"access-key-id"_s, textOf("AccessKeyId"));
        profile.secrets.insert(u"secret-access-key"_s, Secret::fromString(textOf("SecretAccessKey")));
        if (const QString token = textOf("SessionToken"); !token.isEmpty())
            profile.secrets.insert(u"session-token"_s, Secret::fromString(token));
        profile.profile.origins << u"https://*.amazonaws.com"_s;
        return CredentialImport{u"AWS credentials"_s, {profile}, {}};
    }
    return notUnderstood();
}

Result<CredentialImport> fromPem(const QByteArray &text, const QString &path)
{
    const bool hasCertificate = text.contains("-----BEGIN CERTIFICATE-----") || text.contains("-----BEGIN TRUSTED CERTIFICATE-----");
    static const QRegularExpression keyBegin(u"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----"_s);
    const bool hasKey = keyBegin.match(QString::fromLatin1(text)).hasMatch();
    const QString base = QFileInfo(path).completeBaseName();
    if (hasCertificate) {
        if (path.isEmpty())
            return Error{ErrorCode::InvalidInput, u"a certificate stays in its file, and a profile names that file"_s, {}, u"Save it, and choose the file instead of pasting its text."_s};
        CredentialImport out{u"a certificate"_s, {}, {}};
        ImportedProfile profile = made(base, clientCertificateScheme);
        profile.profile.fields.insert(u"certificate-file"_s, QFileInfo(path).absoluteFilePath());
        if (!hasKey) { // beside it, as most tools write it
            const QFileInfo certificate(path);
            const QString key = certificate.dir().filePath(base + ".key"_L1);
            if (QFileInfo::exists(key)) {
                profile.profile.fields.insert(u"key-file"_s, QFileInfo(key).absoluteFilePath());
                out.remarks << u"%1 beside it was taken as its private key"_s.arg(QFileInfo(key).fileName());
            } else {
                profile.missing << u"Private key"_s;
            }
        }
        if (text.contains("ENCRYPTED"))
            profile.missing << u"Passphrase of the key"_s;
        profile.missing << sentTo;
        out.profiles << profile;
        return out;
    }
    if (!hasKey)
        return notUnderstood();
    ImportedProfile profile = made(base.isEmpty() ? u"Private key"_s : base, u"jwt"_s);
    profile.secrets.insert(u"key"_s, Secret(text));
    QString algorithm = u"RS256"_s;
    if (text.contains("ENCRYPTED")) {
        profile.missing << u"Passphrase of the key"_s << u"Algorithm"_s;
    } else if (const Result<JoseKey> key = privateKeyFromText(u"the private key"_s, Secret(text)); key) {
        const QString curve = QString::fromLatin1(key->asymmetric.curve());
        algorithm = key->asymmetric.type() == KeyType::Ed25519 ? u"EdDSA"_s : curve == "P-256"_L1 ? u"ES256"_s : curve == "P-384"_L1 ? u"ES384"_s : curve == "P-521"_L1 ? u"ES512"_s : u"RS256"_s;
    } else {
        return key.error();
    }
    profile.profile.fields.insert(u"algorithm"_s, algorithm);
    profile.missing << u"Claims"_s << sentTo;
    return CredentialImport{u"a private key"_s, {profile}, {}};
}

Result<CredentialImport> fromHeaders(const QString &text)
{
    CredentialImport out{u"a header"_s, {}, {}};
    static const QRegularExpression header(u"^\\s*(?:-H\\s*)?['\"]?([!#$%&*+.^_|~0-9A-Za-z-]+):[ \\t]*(.*?)['\"]?\\s*$"_s);
    for (const QString &line : text.split(u'\n')) {
        const auto match = header.match(line);
        if (!match.hasMatch())
            continue;
        const QByteArray name = match.captured(1).toLatin1().toLower();
        const QByteArray value = match.captured(2).toUtf8();
        if (name == "authorization" || name == "proxy-authorization") {
            if (std::optional<ImportedProfile> profile = fromAuthorization(value, {}))
                out.profiles << *profile;
            else
                out.remarks << u"the %1 header is good for one request only, or can't be read"_s.arg(match.captured(1));
        } else if (name.contains("api-key") || name.contains("apikey") || name == "x-auth-token" || name == "private-token" || name == "ocp-apim-subscription-key") {
            ImportedProfile profile = made(match.captured(1), u"api-key"_s);
            profile.profile.fields.insert(u"location"_s, u"header"_s);
            profile.profile.fields.insert(u"name"_s, match.captured(1));
            profile.secrets.insert(u"key"_s, Secret(value));
            profile.missing << sentTo;
            out.profiles << profile;
        }
    }
    if (out.profiles.isEmpty() && !out.remarks.isEmpty())
        return Error{ErrorCode::InvalidInput, out.remarks.first(), {}, u"Make a profile of its scheme, which computes it for each request."_s};
    if (out.profiles.isEmpty())
        return notUnderstood();
    return out;
}

Result<CredentialImport> fromIssuer(const QString &address)
{
    QString issuer = address;
    for (const QString &known : {u"/.well-known/openid-configuration"_s, u"/.well-known/oauth-authorization-server"_s}) {
        if (const qsizetype at = issuer.indexOf(known); at >= 0)
            issuer = issuer.first(at) + issuer.mid(at + known.size()); // RFC 8414 puts it before the path, OpenID Connect behind it
    }
    const QString host = QUrl(issuer).host();
    if (host.isEmpty())
        return notUnderstood();
    ImportedProfile profile = made(host, u"oauth2"_s);
    profile.profile.fields = {{u"grant"_s, u"authorization_code"_s}, {u"issuer"_s, issuer}, {u"client-auth"_s, u"none"_s}};
    profile.missing << u"Client ID"_s << sentTo;
    return CredentialImport{u"the address of an issuer"_s, {profile}, {}};
}

// DER: a sequence with version 3 at its front (RFC 7292 section 4).
bool looksLikePkcs12(const QByteArray &bytes) { return bytes.startsWith('\x30') && bytes.first(std::min<qsizetype>(bytes.size(), 12)).contains(QByteArray("\x02\x01\x03", 3)); }

} // namespace

Result<CredentialImport> importCredentials(const QByteArray &bytes, const QString &path)
{
    if (looksLikePkcs12(bytes)) {
        if (path.isEmpty())
            return Error{ErrorCode::InvalidInput, u"PKCS#12 stays in its file, and a profile names that file"_s, {}, u"Choose the file."_s};
        ImportedProfile profile = made(QFileInfo(path).completeBaseName(), clientCertificateScheme);
        profile.profile.fields = {{u"certificate-file"_s, QFileInfo(path).absoluteFilePath()}, {u"type"_s, u"P12"_s}};
        profile.missing << u"Passphrase of the key"_s << sentTo;
        return CredentialImport{u"a PKCS#12 file"_s, {profile}, {}};
    }
    const QByteArray trimmed = bytes.trimmed();
    const QString text = QString::fromUtf8(trimmed);
    if (trimmed.isEmpty())
        return Error{ErrorCode::InvalidInput, u"there is nothing in it"_s, {}, notUnderstood().action};
    if (trimmed.contains("-----BEGIN ") && !looksLikeCurl(text) && !trimmed.startsWith('{'))
        return fromPem(trimmed, path);
    if (looksLikeCurl(text))
        return fromCurl(text);
    if (trimmed.startsWith('{'))
        return fromJson(trimmed);
    static const QRegularExpression aws(u"aws_access_key_id"_s, QRegularExpression::CaseInsensitiveOption);
    if (aws.match(text).hasMatch())
        return fromAws(text);
    const bool isOneWord = !trimmed.contains(' ') && !trimmed.contains('\n') && !trimmed.contains('\t');
    if (isOneWord && (trimmed.startsWith("https://") || trimmed.startsWith("http://")))
        return fromIssuer(text);
    if (isOneWord) {
        if (const std::optional<DecodedJwt> jwt = decodeJwt(trimmed))
            return CredentialImport{u"a JSON Web Token"_s, {bearer(nameOfJwt(*jwt), trimmed, {})}, {}};
        if (const std::optional<ImportedProfile> known = knownToken(trimmed))
            return CredentialImport{u"a token of "_s + known->profile.name, {*known}, {}};
    }
    static const QRegularExpression machine(u"(^|\\s)(machine\\s+\\S+|default)\\s+(login|password|account)\\s"_s);
    if (machine.match(text).hasMatch())
        return fromNetrc(bytes);
    if (!trimmed.contains('\n')) {
        if (const std::optional<ImportedProfile> profile = fromAuthorization(trimmed, {}); profile && !text.section(u' ', 0, 0).contains(u':'))
            return CredentialImport{u"a credential"_s, {*profile}, {}};
    }
    return fromHeaders(text);
}

Result<CredentialImport> importCredentialFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the file can't be read: %1"_s.arg(path), file.errorString(), u"Check its path."_s};
    const QByteArray bytes = file.read(mostCredentialBytes + 1);
    if (bytes.size() > mostCredentialBytes)
        return Error{ErrorCode::InvalidInput, u"%1 is larger than 1 MiB"_s.arg(path), {}, u"No file with credentials is."_s};
    return importCredentials(bytes, path);
}

} // namespace realmscope
