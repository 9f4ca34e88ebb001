// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/CredentialResolver.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using GotCredential = std::function<void(const Result<RunCredential> &)>;

// One after the other: a keychain may have to ask for its password.
void resolveAlong(const RunCredential &credential, QList<CredentialProfile> others, const SecretStores &stores, QObject *context, const GotCredential &callback)
{
    if (others.isEmpty()) {
        callback(credential);
        return;
    }
    const CredentialProfile next = others.takeFirst();
    resolveProfile(next, stores, context, [=](const Result<FieldValues> &values) {
        if (!values) {
            callback(values.error());
            return;
        }
        RunCredential more = credential;
        more.together.push_back({next, *values});
        resolveAlong(more, others, stores, context, callback);
    });
}

} // namespace

void resolveCredential(const CredentialProfile &profile, const FindProfile &findById, const SecretStores &stores, QObject *context,
                       const GotCredential &callback)
{
    QList<CredentialProfile> others; // copies: the store may change while the keychain answers
    for (const QString &id : profile.together) {
        const CredentialProfile *other = findById(id);
        if (!other) {
            callback(Error{ErrorCode::SecretNotFound, u"a profile that goes together with %1 is not there any more"_s.arg(profile.name), {},
                           u"Take it out of the profile, or create it again."_s});
            return;
        }
        others.append(*other);
    }
    resolveProfile(profile, stores, context, [=](const Result<FieldValues> &values) {
        if (values)
            resolveAlong({profile, *values}, others, stores, context, callback);
        else
            callback(values.error());
    });
}

} // namespace realmscope
