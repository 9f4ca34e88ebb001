// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/SecretMove.h"

namespace realmscope {

namespace {

struct Moving : std::enable_shared_from_this<Moving>
{
    ProfileStore *profiles = nullptr;
    QStringList ids;
    SecretPlace place = SecretPlace::Keychain;
    SecretStores stores;
    QObject *context = nullptr;
    std::function<void(const SecretMove &)> each;
    std::function<void()> done;

    void next()
    {
        if (ids.isEmpty()) {
            done();
            return;
        }
        const CredentialProfile *found = profiles->findById(ids.takeFirst());
        if (!found) {
            next();
            return;
        }
        copyProfileSecrets(*found, place, stores, context, [self = shared_from_this(), old = *found](const Result<CredentialProfile> &copied) { self->copied(old, copied); });
    }

    void copied(const CredentialProfile &old, const Result<CredentialProfile> &copy)
    {
        SecretMove move{old.name, old.place, {}, {}};
        if (!copy) {
            move.error = copy.error();
            // Asked for its passphrase and not told: it will be no better with the next one.
            if (copy.error().code == ErrorCode::SecretStoreLocked || copy.error().code == ErrorCode::WrongPassphrase)
                ids.clear();
            told(move);
            return;
        }
        Result<void> saved = profiles->put(*copy);
        if (saved)
            saved = profiles->save();
        CredentialProfile unwanted = saved ? old : *copy;
        if (!saved) { // the file says that they are in the old place, so they are
            move.error = saved.error();
            (void)profiles->put(old).hasValue();
        }
        if (old.place == place)
            unwanted.secretFields.clear();
        removeProfileSecrets(unwanted, stores, context, [self = shared_from_this(), move](const Result<void> &removed) mutable {
            if (!removed && !move.error)
                move.leftBehind = removed.error();
            self->told(move);
        });
    }

    void told(const SecretMove &move)
    {
        each(move);
        next();
    }
};

} // namespace

void moveSecrets(ProfileStore &profiles, const QStringList &ids, SecretPlace place, const SecretStores &stores, QObject *context,
                 std::function<void(const SecretMove &)> each, std::function<void()> done)
{
    auto moving = std::make_shared<Moving>();
    moving->profiles = &profiles;
    moving->ids = ids;
    moving->place = place;
    moving->stores = stores;
    moving->context = context;
    moving->each = std::move(each);
    moving->done = std::move(done);
    moving->next();
}

QStringList profilesToMove(const ProfileStore &profiles, SecretPlace place)
{
    QStringList ids;
    for (const CredentialProfile &profile : profiles.profiles()) {
        if (!profile.secretFields.isEmpty() && profile.place != place && !profile.temporary)
            ids << profile.id;
    }
    return ids;
}

} // namespace realmscope
