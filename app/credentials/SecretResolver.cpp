// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/SecretResolver.h"

#include "app/auth/Jwt.h"
#include "app/auth/SchemeRegistry.h"

#include <memory>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Runs `one` for each item in turn; stops at the first error.
struct Sequence : std::enable_shared_from_this<Sequence>
{
    QStringList items;
    std::function<void(const QString &, std::function<void(const Result<void> &)>)> one;
    std::function<void(const Result<void> &)> done;
    qsizetype next = 0;

    void step()
    {
        if (next >= items.size()) {
            done({});
            return;
        }
        one(items.at(next++), [self = shared_from_this()](const Result<void> &result) {
            if (result)
                self->step();
            else
                self->done(result);
        });
    }
};

void inTurn(QStringList items, decltype(Sequence::one) one, decltype(Sequence::done) done)
{
    auto sequence = std::make_shared<Sequence>();
    sequence->items = std::move(items);
    sequence->one = std::move(one);
    sequence->done = std::move(done);
    sequence->step();
}

Error named(Error error, const CredentialProfile &profile, const QString &fieldId)
{
    QString label = fieldId;
    if (const AuthScheme *scheme = findScheme(profile.schemeId)) {
        for (const SchemeField &field : scheme->fields()) {
            if (field.id == fieldId)
                label = field.label;
        }
    }
    error.message = u"%1 of profile %2: %3"_s.arg(label, profile.name, error.message);
    return error;
}

// The first end of those that tell theirs.
std::optional<qint64> endOf(const QMap<QString, Secret> &secrets)
{
    std::optional<qint64> end;
    for (const Secret &secret : secrets) {
        const std::optional<DecodedJwt> jwt = decodeJwt(secret.reveal());
        const std::optional<qint64> expires = jwt ? jwt->time(u"exp"_s) : std::nullopt;
        if (expires && (!end || *expires < *end))
            end = expires;
    }
    return end;
}

void resolveReference(const CredentialProfile &profile, const QString &fieldId, const QString &folder, QObject *context,
                      const std::shared_ptr<FieldValues> &values, const std::shared_ptr<QHash<QString, Secret>> &fetched,
                      const std::function<void(const Result<void> &)> &next)
{
    const SecretReference reference = profile.references.value(fieldId);
    SecretReference whole = reference;
    whole.part.clear();
    const auto take = [profile, fieldId, reference, values, next](const Secret &text) {
        const Result<Secret> part = partOfSecret(text.reveal(), reference.part);
        if (!part) {
            Error error = named(part.error(), profile, fieldId);
            error.message += u" (%1)"_s.arg(reference.toString());
            next(error);
            return;
        }
        values->setSecret(fieldId, *part);
        next({});
    };
    if (const auto known = fetched->constFind(whole.toString()); known != fetched->constEnd()) {
        take(*known);
        return;
    }
    fetchReference(whole, folder, context, [profile, fieldId, key = whole.toString(), fetched, take, next](const Result<Secret> &text) {
        if (!text) {
            next(named(text.error(), profile, fieldId));
            return;
        }
        fetched->insert(key, *text);
        take(*text);
    });
}

} // namespace

void resolveProfile(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                    std::function<void(const Result<FieldValues> &)> callback)
{
    const AuthScheme *scheme = findScheme(profile.schemeId);
    if (!scheme) {
        callback(Error{ErrorCode::Unsupported, u"the scheme \"%1\" of profile %2 is not known"_s.arg(profile.schemeId, profile.name), {},
                       u"Choose a scheme from the list, or use a newer Realmscope."_s});
        return;
    }
    if (!profile.approved && profile.hasSecrets()) {
        callback(Error{ErrorCode::ProfileNotApproved, u"profile %1 comes from elsewhere, or was changed by another program, and was not approved here"_s.arg(profile.name), {},
                       u"Look at where its secrets come from and where they would go, then approve it."_s});
        return;
    }
    auto values = std::make_shared<FieldValues>();
    auto fetched = std::make_shared<QHash<QString, Secret>>(); // by reference without its part
    QStringList secrets;
    for (const SchemeField &field : scheme->fields()) {
        if (field.kind != FieldKind::Secret)
            values->setText(field.id, profile.fields.value(field.id, field.defaultValue));
        else if (profile.secretFields.contains(field.id) || profile.references.contains(field.id))
            secrets << field.id;
    }
    inTurn(
        secrets,
        [profile, stores, context, values, fetched](const QString &fieldId, std::function<void(const Result<void> &)> next) {
            if (profile.references.contains(fieldId)) {
                resolveReference(profile, fieldId, stores.folder, context, values, fetched, next);
                return;
            }
            stores.at(profile.place)->read(profile.secretKey(fieldId), context,
                                           [profile, fieldId, values, next](const Result<Secret> &secret) {
                                               if (!secret) {
                                                   next(named(secret.error(), profile, fieldId));
                                                   return;
                                               }
                                               values->setSecret(fieldId, *secret);
                                               next({});
                                           });
        },
        [values, callback](const Result<void> &result) {
            if (result)
                callback(*values);
            else
                callback(result.error());
        });
}

void storeProfileSecrets(CredentialProfile profile, const QMap<QString, Secret> &secrets, const SecretStores &stores,
                         QObject *context, std::function<void(const Result<CredentialProfile> &)> callback)
{
    inTurn(
        secrets.keys(),
        [profile, secrets, stores, context](const QString &fieldId, std::function<void(const Result<void> &)> next) {
            const auto done = [profile, fieldId, next](const Result<void> &result) {
                if (result)
                    next({});
                else
                    next(named(result.error(), profile, fieldId));
            };
            SecretStore *store = stores.at(profile.place);
            // An empty secret is no secret: nothing is kept of it.
            if (secrets.value(fieldId).isEmpty())
                store->remove(profile.secretKey(fieldId), context, done);
            else
                store->write(profile.secretKey(fieldId), profile.name, secrets.value(fieldId), context, done);
        },
        [profile, secrets, callback](const Result<void> &result) mutable {
            if (!result) {
                callback(result.error());
                return;
            }
            for (auto it = secrets.cbegin(); it != secrets.cend(); ++it) {
                profile.secretFields.removeAll(it.key());
                profile.references.remove(it.key());
                if (!it.value().isEmpty())
                    profile.secretFields.append(it.key());
            }
            if (!secrets.isEmpty())
                profile.expiresAt = endOf(secrets);
            callback(profile);
        });
}

QMap<QString, Secret> withoutReferences(QMap<QString, Secret> secrets, const CredentialProfile &profile)
{
    for (const QString &field : profile.references.keys())
        secrets.remove(field);
    return secrets;
}

void copyProfileSecrets(const CredentialProfile &profile, SecretPlace place, const SecretStores &stores, QObject *context,
                        std::function<void(const Result<CredentialProfile> &)> callback)
{
    CredentialProfile moved = profile;
    moved.place = place;
    if (place == profile.place || profile.secretFields.isEmpty()) {
        callback(moved);
        return;
    }
    // Null stores of a caller without a vault are a bug, a store that says no is not.
    SecretStore *from = stores.at(profile.place);
    SecretStore *to = stores.at(place);
    const auto written = std::make_shared<QStringList>(); // ids of fields
    const auto copyOne = [profile, from, to, context, written](const QString &fieldId, std::function<void(const Result<void> &)> next) {
        const QString key = profile.secretKey(fieldId);
        const auto fail = [profile, fieldId, next](const Error &error) { next(named(error, profile, fieldId)); };
        from->read(key, context, [=](const Result<Secret> &secret) {
            if (!secret) {
                fail(secret.error());
                return;
            }
            to->write(key, profile.name, *secret, context, [=, sent = *secret](const Result<void> &done) {
                if (!done) {
                    fail(done.error());
                    return;
                }
                written->append(fieldId);
                to->read(key, context, [=](const Result<Secret> &back) {
                    if (back && back->equals(sent))
                        next({});
                    else
                        fail(back ? Error{ErrorCode::SecretStoreFailed, u"what was stored came back as something else"_s, {}, u"The old place still has it; try again."_s}
                                  : back.error());
                });
            });
        });
    };
    inTurn(profile.secretFields, copyOne, [moved, stores, context, callback, written](const Result<void> &copied) {
        if (copied) {
            callback(moved);
            return;
        }
        CredentialProfile unwanted = moved; // a store that was not written to is not asked for anything more
        unwanted.secretFields = *written;
        removeProfileSecrets(unwanted, stores, context, [callback, error = copied.error()](const Result<void> &) { callback(error); });
    });
}

void removeProfileSecrets(const CredentialProfile &profile, const SecretStores &stores, QObject *context,
                          std::function<void(const Result<void> &)> callback)
{
    inTurn(
        profile.secretFields,
        [profile, stores, context](const QString &fieldId, std::function<void(const Result<void> &)> next) {
            stores.at(profile.place)->remove(profile.secretKey(fieldId), context, std::move(next));
        },
        std::move(callback));
}

} // namespace realmscope
