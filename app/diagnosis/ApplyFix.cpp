// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ApplyFix.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

void setHeader(RequestSpec &spec, const QString &name, const QString &value)
{
    bool isSet = false;
    for (qsizetype i = 0; i < spec.headers.size(); ++i) {
        if (spec.headers.at(i).name.compare(name, Qt::CaseInsensitive) != 0 || !spec.headers.at(i).enabled)
            continue;
        if (isSet) { // two lines of one name: one stays
            spec.headers.removeAt(i--);
            continue;
        }
        spec.headers[i].value = value;
        isSet = true;
    }
    if (!isSet)
        spec.headers.append({name, value, true});
}

void removeHeader(RequestSpec &spec, const QString &name)
{
    spec.headers.removeIf([&](const SpecHeader &header) {
        return header.enabled && header.name.compare(name, Qt::CaseInsensitive) == 0;
    });
}

Result<CredentialProfile *> needProfile(FixResult &result)
{
    if (!result.profile)
        return Error{ErrorCode::InvalidInput, u"the fix changes a credential profile, and the request uses none"_s, {},
                     u"Choose a credential profile for this request first."_s};
    return &*result.profile;
}

Result<void> apply(const RequestEdit &edit, FixResult &result)
{
    const QString name = QString::fromUtf8(edit.name);
    const QString value = QString::fromUtf8(edit.value);
    switch (edit.kind) {
    case EditKind::SetHeader:
        setHeader(result.spec, name, value);
        return {};
    case EditKind::RemoveHeader:
        removeHeader(result.spec, name);
        return {};
    case EditKind::SetUrl:
        result.spec.url = value;
        return {};
    case EditKind::SetMethod:
        result.spec.method = value;
        return {};
    case EditKind::SetFollowRedirects:
        result.spec.settings.followRedirects = value == "true"_L1;
        return {};
    case EditKind::EditCredential:
        result.needsUser = true;
        result.focusField = name;
        return {};
    case EditKind::Resend:
        return {};
    case EditKind::SetProfileScheme:
    case EditKind::SetProfileField:
    case EditKind::SetProfileSecret:
    case EditKind::SetAddressOrigin:
        break;
    }
    const Result<CredentialProfile *> profile = needProfile(result);
    if (!profile)
        return profile.error();
    if (edit.kind == EditKind::SetProfileScheme) {
        (*profile)->schemeId = value;
    } else if (edit.kind == EditKind::SetProfileField) {
        (*profile)->fields.insert(name, value);
    } else if (edit.kind == EditKind::SetAddressOrigin) {
        if (!(*profile)->origins.contains(value))
            (*profile)->origins.append(value);
    } else {
        // The store takes the secret and then lists the field in the profile.
        result.newSecrets.insert(name, Secret(edit.value));
    }
    return {};
}

} // namespace

Result<FixResult> applyFix(const Fix &fix, const RequestSpec &spec, const std::optional<CredentialProfile> &profile)
{
    if (!fix.automatic || fix.edits.isEmpty())
        return Error{ErrorCode::InvalidInput, u"this fix can't be applied automatically: %1"_s.arg(fix.title), {},
                     u"Do what it says by hand, then send again."_s};
    FixResult result;
    result.spec = spec;
    result.profile = profile;
    for (const RequestEdit &edit : fix.edits) {
        if (const Result<void> done = apply(edit, result); !done)
            return done.error();
    }
    return result;
}

} // namespace realmscope
