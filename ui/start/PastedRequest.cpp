// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/start/PastedRequest.h"

#include "app/base/Clock.h"
#include "app/credentials/Redactor.h"
#include "ui/session/ImportCurl.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("PastedRequest", text);
}

void store(AppContext &context, const CurlCommand &command, SecretPlace place, QObject *receiver,
           std::function<void(const Result<RequestSpec> &, const QString &)> callback)
{
    const QString name = profileNameFor(command, *context.profiles);
    importCurl(context, command, {name, place}, receiver,
               [&context, command, place, receiver, callback, name](const Result<RequestSpec> &spec) {
                   if (!spec && place != SecretPlace::Memory
                       && (spec.error().code == ErrorCode::SecretStoreUnavailable
                           || spec.error().code == ErrorCode::SecretStoreLocked
                           || spec.error().code == ErrorCode::SecretStoreDamaged
                           || spec.error().code == ErrorCode::SecretStoreFailed)) {
                       store(context, command, SecretPlace::Memory, receiver, callback);
                       return;
                   }
                   const QString remark = command.schemeId.isEmpty() ? QString()
                       : place == SecretPlace::Keychain
                       ? tr("The credential moved to the keychain, as the profile “%1”.").arg(name)
                       : place == SecretPlace::Vault
                       ? tr("The credential moved to the vault, as the profile “%1”.").arg(name)
                       : tr("There is no keychain to use: the credential stays in memory until you quit, as the "
                            "profile “%1”.").arg(name);
                   callback(spec, remark);
               });
}

} // namespace

Result<CurlCommand> readPasted(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty())
        return Error{ErrorCode::InvalidInput, tr("there is nothing to open"), {},
                     tr("Paste a URL or a curl command.")};
    QStringList words;
    if (looksLikeCurl(trimmed)) {
        Result<QStringList> split = splitShellWords(trimmed);
        if (!split)
            return split.error();
        words = *split;
    } else if (std::ranges::none_of(trimmed, [](QChar c) { return c.isSpace(); })
               && (trimmed.contains("://"_L1) || trimmed.contains(u'.') || trimmed.contains(u':'))) {
        words = {trimmed.contains("://"_L1) ? trimmed : u"https://"_s + trimmed};
    } else {
        return Error{ErrorCode::InvalidInput, tr("this is neither a URL nor a curl command"), {},
                     tr("Paste a URL, or a command that begins with curl.")};
    }
    Result<CurlCommand> command = parseCurl(words);
    if (command) {
        command->spec = specWithCookies(*command, SystemClock().nowMs());
        liftCredential(*command);
        if (command->schemeId == "aws-sigv4"_L1)
            command->values.setText(u"rules"_s, u"aws"_s); // a profile is to work; newer ones of curl sign so as well
    }
    return command;
}

bool liftCredential(CurlCommand &command)
{
    if (!command.schemeId.isEmpty())
        return false;
    QList<SpecHeader> &headers = command.spec.headers;
    const auto isAuthorization = [](const SpecHeader &header) {
        return header.enabled && header.name.compare("Authorization"_L1, Qt::CaseInsensitive) == 0;
    };
    const auto found = std::ranges::find_if(headers, isAuthorization);
    if (found == headers.end() || std::ranges::count_if(headers, isAuthorization) != 1
        || found->value.contains("{{"_L1))
        return false;
    // Only what the scheme would write again in the very same bytes may be lifted; anything odd is evidence.
    const qsizetype space = found->value.indexOf(u' ');
    const QString scheme = found->value.left(space);
    const QString credentials = found->value.mid(space + 1);
    if (space < 1 || credentials.isEmpty() || std::ranges::any_of(credentials, [](QChar c) {
            return c.isSpace() || c.unicode() < 0x21 || c.unicode() > 0x7E;
        }))
        return false;
    if (scheme == "Basic"_L1) {
        const auto decoded = QByteArray::fromBase64Encoding(credentials.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
        if (decoded.decodingStatus != QByteArray::Base64DecodingStatus::Ok)
            return false;
        const QString pair = QString::fromUtf8(*decoded);
        const qsizetype colon = pair.indexOf(u':');
        if (colon < 0 || pair.toUtf8().toBase64() != credentials.toLatin1())
            return false;
        command.schemeId = u"basic"_s;
        command.values.setText(u"username"_s, pair.left(colon));
        command.values.setSecret(u"password"_s, Secret::fromString(pair.mid(colon + 1)));
    } else if (scheme == "Bearer"_L1) {
        command.schemeId = u"bearer"_s;
        command.values.setSecret(u"token"_s, Secret::fromString(credentials));
    } else {
        return false;
    }
    headers.erase(found);
    return true;
}

QStringList plainSecrets(const RequestSpec &spec)
{
    QStringList found;
    for (const SpecHeader &header : spec.headers) {
        if (!header.value.trimmed().isEmpty() && !header.value.contains("{{"_L1)
            && Redactor::isCredentialHeader(header.name.toUtf8()))
            found.append(tr("the %1 header").arg(header.name));
    }
    const QByteArray url = spec.url.toUtf8();
    if (!spec.url.contains("{{"_L1) && Redactor().url(url) != url)
        found.append(tr("the URL"));
    return found;
}

QString profileNameFor(const CurlCommand &command, const ProfileStore &profiles)
{
    QString base = command.values.text(u"username"_s);
    if (base.isEmpty()) {
        const Result<Url> url = Url::parse(command.spec.url);
        base = url ? url->origin().host : command.schemeId;
    }
    QString name = base;
    for (int number = 2; profiles.findByName(name); ++number)
        name = u"%1 %2"_s.arg(base).arg(number);
    return name;
}

void importPasted(AppContext &context, const CurlCommand &command, QObject *receiver,
                  std::function<void(const Result<RequestSpec> &, const QString &)> callback)
{
    if (command.schemeId.isEmpty() && command.proxySchemeId.isEmpty()) {
        callback(command.spec, {});
        return;
    }
    store(context, command,
          context.usualPlace(), receiver,
          std::move(callback));
}

} // namespace realmscope
