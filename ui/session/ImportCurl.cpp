// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/ImportCurl.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using Stored = std::function<void(const Result<void> &)>;

void storeCredential(AppContext &context, const ImportedProfile &imported, const QString &schemeId, const FieldValues &values,
                     const QString &origin, QObject *receiver, const Stored &callback)
{
    const CredentialProfile *known = context.profiles->findByName(imported.name);
    CredentialProfile profile = known ? *known : CredentialProfile::create(imported.name, schemeId);
    profile.temporary = imported.temporary && (!known || known->temporary);
    profile.schemeId = schemeId;
    profile.fields = values.texts();
    profile.place = imported.place;
    profile.origins = QStringList{origin};
    storeProfileSecrets(profile, values.secrets(), context.stores(), receiver,
                        [&context, callback](const Result<CredentialProfile> &stored) {
                            if (!stored) {
                                callback(stored.error());
                                return;
                            }
                            const Result<void> put = context.profiles->put(*stored);
                            callback(put && stored->place != SecretPlace::Memory ? context.profiles->save() : put);
                        });
}

} // namespace

void importCurl(AppContext &context, const CurlCommand &command, const ImportedProfile &profile,
                QObject *receiver, std::function<void(const Result<RequestSpec> &)> callback)
{
    const RequestSpec spec = command.spec;
    const Result<Url> url = Url::parse(spec.url);
    const bool hasCredential = !command.schemeId.isEmpty();
    if (hasCredential && !url) {
        callback(url.error());
        return;
    }
    // The proxy's credential becomes a profile of its own, named after the proxy.
    const auto withProxy = [&context, command, url, profile, receiver, callback](RequestSpec ready) {
        if (command.proxySchemeId.isEmpty() || !url) {
            callback(ready);
            return;
        }
        const Result<ProxyChoice> proxy = chooseProxy(*url, ready.settings.proxy, ready.settings.noProxy, context.proxyEnvironment);
        if (!proxy || !proxy->server) {
            callback(ready);
            return;
        }
        const QString name = "proxy "_L1 + proxy->server->host;
        ready.settings.proxyProfile = name;
        storeCredential(context, {name, profile.place, profile.temporary}, command.proxySchemeId, command.proxyValues,
                        proxy->server->origin().toString(), receiver, [ready, callback](const Result<void> &stored) {
                            if (stored)
                                callback(ready);
                            else
                                callback(stored.error());
                        });
    };
    if (!hasCredential) {
        withProxy(spec);
        return;
    }
    storeCredential(context, profile, command.schemeId, command.values, url->origin().toString(), receiver,
                    [spec, name = profile.name, withProxy, callback](const Result<void> &stored) {
                        if (!stored) {
                            callback(stored.error());
                            return;
                        }
                        RequestSpec ready = spec;
                        ready.profileName = name;
                        withProxy(ready);
                    });
}

} // namespace realmscope
