// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/ImportCurl.h"

namespace realmscope {

void importCurl(AppContext &context, const CurlCommand &command, const QString &profileName, SecretPlace place,
                QObject *receiver, std::function<void(const Result<RequestSpec> &)> callback)
{
    RequestSpec spec = command.spec;
    if (command.schemeId.isEmpty()) {
        callback(spec);
        return;
    }
    const Result<Url> url = Url::parse(spec.url);
    if (!url) {
        callback(url.error());
        return;
    }
    const CredentialProfile *known = context.profiles->findByName(profileName);
    CredentialProfile profile = known ? *known : CredentialProfile::create(profileName, command.schemeId);
    profile.schemeId = command.schemeId;
    profile.fields = command.values.texts();
    profile.place = place;
    profile.origins = QStringList{url->origin().toString()};
    spec.profileName = profileName;
    storeProfileSecrets(profile, command.values.secrets(), context.stores(), receiver,
                        [&context, spec, callback](const Result<CredentialProfile> &stored) {
                            if (!stored) {
                                callback(stored.error());
                                return;
                            }
                            const Result<void> put = context.profiles->put(*stored);
                            if (!put) {
                                callback(put.error());
                                return;
                            }
                            if (stored->place != SecretPlace::Memory) {
                                if (const Result<void> saved = context.profiles->save(); !saved) {
                                    callback(saved.error());
                                    return;
                                }
                            }
                            callback(spec);
                        });
}

} // namespace realmscope
