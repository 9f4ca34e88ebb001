// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"
#include "app/cli/Command.h"
#include "app/cli/Outcome.h"
#include "app/cli/SecretSource.h"
#include "app/cli/Target.h"
#include "app/credentials/SecretMove.h"
#include "app/diagnosis/Diagnoser.h"
#include "app/interop/CredentialImport.h"
#include "app/runner/TokenRevocation.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QStringList schemeIds()
{
    QStringList ids;
    for (const auto &scheme : allSchemes())
        ids << scheme->id();
    return ids;
}

FieldValues textsOf(const AuthScheme &scheme, const CredentialProfile &profile)
{
    FieldValues values;
    for (const SchemeField &field : scheme.fields()) {
        if (field.kind != FieldKind::Secret)
            values.setText(field.id, profile.fields.value(field.id, field.defaultValue));
    }
    return values;
}

// Those that count with the other fields as they are.
QStringList secretFieldIds(const AuthScheme &scheme, const CredentialProfile &profile)
{
    const FieldValues values = textsOf(scheme, profile);
    QStringList ids;
    for (const SchemeField &field : scheme.fields()) {
        if (field.kind == FieldKind::Secret && field.counts(values))
            ids << field.id;
    }
    return ids;
}

class ProfileCommand final : public Command
{
public:
    ProfileCommand(const CliStreams &streams, std::function<void(int)> done) : Command(streams, std::move(done)), m_session(streams) {}

    void start(const ParsedLine &line) override
    {
        m_line = line;
        m_session.takeVaultOptions(line);
        const QString verb = line.words.value(0);
        m_names = line.words.mid(1);
        const QString folder = line.has(u"workspace"_s) ? line.value(u"workspace"_s) : defaultWorkspaceFolder();
        m_profiles = std::make_unique<ProfileStore>(QDir(folder).filePath(u"profiles.json"_s));

        using Verb = void (ProfileCommand::*)();
        struct Known
        {
            const char *name;
            Verb run;
            qsizetype fewest;
            qsizetype most;
            const char *takes;
        };
        static const Known verbs[] = {
            {"list", &ProfileCommand::list, 0, 0, ""},          {"show", &ProfileCommand::show, 1, 1, "NAME"},
            {"add", &ProfileCommand::add, 1, 1, "NAME"},        {"set", &ProfileCommand::set, 1, 1, "NAME"},
            {"remove", &ProfileCommand::remove, 1, 1, "NAME"},  {"test", &ProfileCommand::test, 1, 2, "NAME [URL]"},
            {"revoke", &ProfileCommand::revoke, 1, 1, "NAME"}, {"approve", &ProfileCommand::approve, 1, 1, "NAME"},
            {"move", &ProfileCommand::move, 0, 1000, "NAME… or --all, and --store"},
            {"export", &ProfileCommand::exportAll, 0, 1000, "[NAME…]"}, {"import", &ProfileCommand::import, 1, 1, "FILE"},
        };
        const auto *known = std::ranges::find_if(verbs, [&](const Known &k) { return verb == QLatin1StringView(k.name); });
        if (known == std::end(verbs)) {
            fail(verb.isEmpty() ? u"profile: what is to be done is missing"_s : u"profile: unknown word \"%1\""_s.arg(verb),
                 u"Use one of: list, show, add, set, approve, move, remove, test, revoke, export, import."_s, ExitStatus::Usage);
            return;
        }
        if (m_names.size() < known->fewest || m_names.size() > known->most) {
            fail(u"profile %1 takes %2"_s.arg(verb, known->most == 0 ? u"nothing more"_s : QString::fromUtf8(known->takes)),
                 u"Try realmscope-cli profile --help."_s, ExitStatus::Usage);
            return;
        }
        if (const Result<void> loaded = m_profiles->load(); !loaded) {
            fail(loaded.error());
            return;
        }
        (this->*known->run)();
    }

private:
    // Null after fail().
    const CredentialProfile *find(const QString &name)
    {
        const CredentialProfile *profile = m_profiles->findByName(name);
        if (!profile) {
            QStringList names;
            for (const CredentialProfile &other : m_profiles->profiles())
                names << other.name;
            fail(u"there is no credential profile called %1 in %2"_s.arg(name, m_profiles->path()),
                 names.isEmpty() ? u"Add it with realmscope-cli profile add."_s : u"There is: %1."_s.arg(names.join(", "_L1)));
        }
        return profile;
    }

    Result<void> save()
    {
        if (!QDir().mkpath(QFileInfo(m_profiles->path()).path()))
            return Error{ErrorCode::FileUnwritable, u"the workspace folder can't be made: %1"_s.arg(QFileInfo(m_profiles->path()).path()),
                         {}, u"Choose another one with --workspace."_s};
        return m_profiles->save();
    }

    void list()
    {
        if (m_line.has(u"json"_s)) {
            QJsonArray array;
            for (const CredentialProfile &profile : m_profiles->profiles())
                array.append(profile.toJson());
            print(QJsonObject{{u"schema"_s, u"realmscope.profiles/1"_s}, {u"profiles"_s, array}});
            finish(0);
            return;
        }
        for (const CredentialProfile &profile : m_profiles->profiles())
            print(u"%1 %2 %3%4\n"_s.arg(profile.name.leftJustified(20), profile.schemeId.leftJustified(10),
                                        profile.origins.isEmpty() ? u"(no origin)"_s : profile.origins.join(", "_L1),
                                        profile.approved ? QString() : u" (not approved)"_s));
        finish(0);
    }

    void show()
    {
        const CredentialProfile *profile = find(m_names.first());
        if (!profile)
            return;
        if (m_line.has(u"json"_s)) {
            print(profile->toJson());
            finish(0);
            return;
        }
        describe(*profile);
        finish(0);
    }

    void describe(const CredentialProfile &shown)
    {
        const CredentialProfile *profile = &shown;
        print(u"name     %1\nscheme   %2\n"_s.arg(profile->name, profile->schemeId));
        for (const QString &origin : profile->origins)
            print(u"origin   %1\n"_s.arg(origin));
        if (profile->origins.isEmpty())
            print(u"origin   (none: it is sent nowhere)\n"_s);
        for (const QString &id : profile->together) {
            const CredentialProfile *other = m_profiles->findById(id);
            print(u"together %1\n"_s.arg(other ? other->name : u"(a profile that is not there any more)"_s));
        }
        for (const auto &[id, value] : profile->fields.asKeyValueRange())
            print(u"field    %1 = %2\n"_s.arg(id, value));
        for (const QString &id : profile->secretFields)
            print(u"secret   %1 (in the %2)\n"_s.arg(id, secretPlaceId(profile->place)));
        for (const auto &[id, reference] : profile->references.asKeyValueRange())
            print(u"secret   %1 (fetched from %2)\n"_s.arg(id, reference.toString()));
        if (profile->expiresAt)
            print(u"expires  %1 (%2)\n"_s.arg(QDateTime::fromSecsSinceEpoch(*profile->expiresAt, Qt::UTC).toString(Qt::ISODate),
                                              expiryText(*profile->expiresAt, m_session.clock().nowSeconds())));
        if (!profile->approved)
            print(u"approved no: it comes from elsewhere, or another program changed it\n"_s);
    }

    // What is approved is shown, so that nobody says yes to something unseen.
    void approve()
    {
        const CredentialProfile *found = find(m_names.first());
        if (!found)
            return;
        CredentialProfile profile = *found; // save() may read the file anew
        const bool was = profile.approved;
        profile.approved = m_profiles->approve(profile.id);
        describe(profile);
        if (const Result<void> saved = save(); !saved) {
            fail(saved.error());
            return;
        }
        print(was ? u"profile %1 was approved already\n"_s.arg(profile.name) : u"profile %1 is approved as it stands here\n"_s.arg(profile.name));
        finish(0);
    }

    void add()
    {
        if (m_profiles->findByName(m_names.first())) {
            fail(u"there is a profile called %1 already"_s.arg(m_names.first()), u"Change it with profile set, or choose another name."_s);
            return;
        }
        if (!m_line.has(u"scheme"_s)) {
            fail(u"profile add: the scheme is missing"_s, u"Use --scheme with one of: %1."_s.arg(schemeIds().join(", "_L1)), ExitStatus::Usage);
            return;
        }
        if (!knownScheme(m_line.value(u"scheme"_s)))
            return;
        if (!m_line.has(u"origin"_s)) {
            fail(u"profile add: the origin is missing, so the credential could be sent nowhere"_s,
                 u"Use --origin, for example --origin https://api.example.com."_s, ExitStatus::Usage);
            return;
        }
        change(CredentialProfile::create(m_names.first(), m_line.value(u"scheme"_s)), true);
    }

    // null, and the command has failed, when there is none.
    const AuthScheme *knownScheme(const QString &id)
    {
        const AuthScheme *scheme = findScheme(id);
        if (!scheme)
            fail(u"the scheme \"%1\" is not known"_s.arg(id), u"Use one of: %1."_s.arg(schemeIds().join(", "_L1)), ExitStatus::Usage);
        return scheme;
    }

    Result<void> takeTogether(const QStringList &names, CredentialProfile &profile) const
    {
        profile.together.clear();
        for (const QString &name : names) {
            if (name.isEmpty())
                continue; // --together '': none
            const CredentialProfile *other = m_profiles->findByName(name);
            if (!other || other->id == profile.id)
                return Error{ErrorCode::InvalidInput, other ? u"a profile can't go together with itself: %1"_s.arg(name) : u"there is no credential profile called %1"_s.arg(name), {},
                             u"Name one of: %1."_s.arg(namesThatGoAlong(profile.id))};
            const AuthScheme *scheme = findScheme(other->schemeId);
            if (!scheme || !scheme->goesAlong())
                return Error{ErrorCode::InvalidInput, u"%1 can't go together with another profile: its scheme is %2"_s.arg(name, other->schemeId), {},
                             u"Only signatures over the request, DPoP proofs and client certificates can. Name one of: %1."_s.arg(namesThatGoAlong(profile.id))};
            if (!profile.together.contains(other->id))
                profile.together << other->id;
        }
        return {};
    }

    QString namesThatGoAlong(const QString &exceptId) const
    {
        QStringList names;
        for (const CredentialProfile &known : m_profiles->profiles()) {
            const AuthScheme *scheme = findScheme(known.schemeId);
            if (scheme && scheme->goesAlong() && known.id != exceptId)
                names << known.name;
        }
        return names.isEmpty() ? u"(none yet)"_s : names.join(", "_L1);
    }

    void set()
    {
        if (const CredentialProfile *profile = find(m_names.first()))
            change(*profile, false);
    }

    // Takes the options into a profile, reads the secret, stores it, then saves the profile: in this order, so that a
    // keychain that says no leaves no half of a profile behind.
    void change(CredentialProfile profile, bool isNew)
    {
        if (m_line.has(u"scheme"_s))
            profile.schemeId = m_line.value(u"scheme"_s);
        if (m_line.has(u"name"_s))
            profile.name = m_line.value(u"name"_s);
        const AuthScheme *scheme = knownScheme(profile.schemeId);
        if (!scheme)
            return;
        if (const Result<void> taken = takeFields(*scheme, profile); !taken) {
            fail(taken.error(), ExitStatus::Usage);
            return;
        }
        if (m_line.has(u"origin"_s)) {
            profile.origins = m_line.values(u"origin"_s);
            for (const QString &origin : profile.origins) {
                if (const Result<void> valid = validateOriginPattern(origin); !valid) {
                    fail(valid.error(), ExitStatus::Usage);
                    return;
                }
            }
        }
        if (m_line.has(u"together"_s)) {
            if (const Result<void> taken = takeTogether(m_line.values(u"together"_s), profile); !taken) {
                fail(taken.error(), ExitStatus::Usage);
                return;
            }
        }
        const CredentialProfile before = profile;
        if (const Result<SecretPlace> place = chosenPlace(profile.place); place) {
            profile.place = *place;
        } else {
            fail(place.error(), ExitStatus::Usage);
            return;
        }
        const QStringList kept = profile.secretFields;
        if (const Result<void> taken = takeReferences(*scheme, profile); !taken) {
            fail(taken.error(), ExitStatus::Usage);
            return;
        }
        const Result<QMap<QString, Secret>> secrets = readSecrets(*scheme, profile, isNew);
        if (!secrets) {
            fail(secrets.error(), ExitStatus::Usage);
            return;
        }
        if (const Result<void> valid = validate(*scheme, profile, *secrets); !valid) {
            fail(valid.error(), ExitStatus::Usage);
            return;
        }
        // What is to be moved from another place is copied first, and removed there when the profile is saved.
        CredentialProfile left = before;
        if (before.place == profile.place || before.place == SecretPlace::Memory)
            left.secretFields.clear();
        CredentialProfile copied = left;
        copied.secretFields.removeIf([&](const QString &id) { return secrets->contains(id) || profile.references.contains(id); });
        const auto save = [this, isNew, left](const CredentialProfile &stored) {
            if (const Result<void> ok = m_profiles->put(stored); !ok) {
                fail(ok.error());
                return;
            }
            if (const Result<void> saved = this->save(); !saved) {
                fail(saved.error());
                return;
            }
            removeProfileSecrets(left, m_session.stores(), this, [this, isNew, left, stored](const Result<void> &removed) {
                if (!removed)
                    warn(u"the old secret is still in the %1: %2"_s.arg(secretPlaceId(left.place), removed.error().message));
                if (!stored.approved)
                    note(u"%1 is not approved yet: realmscope-cli profile approve %1"_s.arg(stored.name));
                print(isNew ? u"profile %1 was added\n"_s.arg(stored.name) : u"profile %1 was changed\n"_s.arg(stored.name));
                finish(0);
            });
        };
        // A copy in a store of what is fetched from elsewhere now is left by nobody.
        const auto put = [this, save, kept, isMoved = !left.secretFields.isEmpty()](const CredentialProfile &changed) {
            CredentialProfile old = changed;
            old.secretFields = isMoved ? QStringList() : kept; // those are removed where they were
            old.secretFields.removeIf([&changed](const QString &id) { return !changed.references.contains(id); });
            if (old.secretFields.isEmpty()) {
                save(changed);
                return;
            }
            removeProfileSecrets(old, m_session.stores(), this, [this, save, changed](const Result<void> &removed) {
                if (!removed)
                    warn(u"the old secret is still in the %1: %2"_s.arg(secretPlaceId(changed.place), removed.error().message));
                save(changed);
            });
        };
        if (!secrets->isEmpty())
            profile.approved = true; // who types a secret into it means it
        copyProfileSecrets(copied, profile.place, m_session.stores(), this, [this, profile, typed = *secrets, put](const Result<CredentialProfile> &moved) {
            if (!moved) {
                fail(moved.error());
                return;
            }
            if (typed.isEmpty()) {
                put(profile);
                return;
            }
            storeProfileSecrets(profile, typed, m_session.stores(), this, [this, put, place = profile.place](const Result<CredentialProfile> &stored) {
                if (stored)
                    put(*stored);
                else
                    fail(explained(stored.error(), place));
            });
        });
    }

    // --store, or where it is. Only the window has a memory that lasts.
    Result<SecretPlace> chosenPlace(SecretPlace now) const
    {
        if (!m_line.has(u"store"_s))
            return now == SecretPlace::Memory ? SecretPlace::Keychain : now;
        const std::optional<SecretPlace> place = secretPlaceOf(m_line.value(u"store"_s));
        if (!place || *place == SecretPlace::Memory)
            return invalidInput(place ? u"a command can't keep a secret in memory: it ends at once"_s : u"there is no store called \"%1\""_s.arg(m_line.value(u"store"_s)),
                                u"Use --store keychain or --store vault; to keep it elsewhere, --secret-ref."_s);
        return *place;
    }

    // Each profile on its own: what can't be moved is said, and the others go on.
    void move()
    {
        const bool all = m_line.has(u"all"_s);
        if (all == !m_names.isEmpty() || !m_line.has(u"store"_s)) {
            fail(u"profile move takes names or --all, and --store"_s, u"For example: profile move --all --store vault."_s, ExitStatus::Usage);
            return;
        }
        const Result<SecretPlace> place = chosenPlace(SecretPlace::Keychain);
        if (!place) {
            fail(place.error(), ExitStatus::Usage);
            return;
        }
        for (const QString &name : std::as_const(m_names)) {
            if (!find(name))
                return;
        }
        QStringList ids = all ? profilesToMove(*m_profiles, *place) : QStringList();
        for (const QString &name : std::as_const(m_names))
            ids << m_profiles->findByName(name)->id;
        for (const QString &id : QStringList(ids)) {
            const CredentialProfile *profile = m_profiles->findById(id);
            if (profile->place != SecretPlace::Memory || profile->secretFields.isEmpty())
                continue;
            complain({ErrorCode::SecretNotFound, u"the secrets of %1 are kept only while the window runs"_s.arg(profile->name), {},
                      u"Move them there, or type them in with profile set %1 --ask."_s.arg(profile->name)});
            m_moveStatus = ExitStatus::Failed;
            ids.removeAll(id);
        }
        if (ids.isEmpty() && m_moveStatus == 0)
            print(u"nothing to move\n"_s);
        moveSecrets(*m_profiles, ids, *place, m_session.stores(), this, [this, to = *place](const SecretMove &done) {
            if (done.error) {
                complain(explained(*done.error, to));
                m_moveStatus = ExitStatus::Failed;
                return;
            }
            if (done.leftBehind)
                warn(u"a copy of the secrets of %1 is still in the %2: %3"_s.arg(done.profileName, secretPlaceId(done.from), done.leftBehind->message));
            print(u"%1 is kept in the %2\n"_s.arg(done.profileName, secretPlaceId(to)));
        }, [this] { finish(m_moveStatus); });
    }

    // A command ends at once: what is kept in memory only would be gone.
    static Error explained(Error error, SecretPlace place)
    {
        if (place == SecretPlace::Keychain && (error.code == ErrorCode::SecretStoreUnavailable || error.code == ErrorCode::SecretStoreFailed))
            error.action = u"Nothing was saved. Start a keychain (GNOME Keyring, KWallet) in this session; without one, use the encrypted vault "
                           "(--store vault), or write the credential into a curl command: send curl -u …"_s;
        return error;
    }

    Result<void> takeFields(const AuthScheme &scheme, CredentialProfile &profile) const
    {
        const QList<SchemeField> fields = scheme.fields();
        for (const QString &pair : m_line.values(u"field"_s)) {
            const qsizetype equals = pair.indexOf(u'=');
            const QString id = pair.left(equals < 0 ? pair.size() : equals);
            const auto field = std::ranges::find_if(fields, [&](const SchemeField &f) { return f.id == id; });
            QStringList known;
            for (const SchemeField &f : fields) {
                if (f.kind != FieldKind::Secret)
                    known << f.id;
            }
            if (field == fields.end() || equals < 0)
                return invalidInput(equals < 0 ? u"--field %1 has no ="_s.arg(id) : u"%1 has no field \"%2\""_s.arg(scheme.title(), id),
                               u"Write --field ID=VALUE with one of: %1."_s.arg(known.join(", "_L1)));
            if (field->kind == FieldKind::Secret)
                return invalidInput(u"%1 is a secret, and an argument can be read by everybody on this computer"_s.arg(id),
                               u"Use --secret-stdin, --secret-file or --secret-env, or leave it out to be asked."_s);
            profile.fields.insert(id, pair.mid(equals + 1));
        }
        return {};
    }

    // --secret-ref FIELD=REFERENCE; without a reference the field has none any more.
    Result<void> takeReferences(const AuthScheme &scheme, CredentialProfile &profile) const
    {
        const QStringList ids = secretFieldIds(scheme, profile);
        for (const QString &pair : m_line.values(u"secret-ref"_s)) {
            const qsizetype equals = pair.indexOf(u'=');
            const QString id = pair.left(equals < 0 ? pair.size() : equals);
            if (equals < 0 || !ids.contains(id))
                return invalidInput(equals < 0 ? u"--secret-ref %1 has no ="_s.arg(id) : u"%1 has no secret field \"%2\""_s.arg(scheme.title(), id),
                                    ids.isEmpty() ? u"Leave it out."_s : u"Write --secret-ref ID=env:NAME (or file:PATH, command:PROGRAM …) with one of: %1."_s.arg(ids.join(", "_L1)));
            if (pair.size() == equals + 1) {
                profile.references.remove(id);
                continue;
            }
            const Result<SecretReference> reference = SecretReference::parse(pair.mid(equals + 1));
            if (!reference)
                return reference.error();
            profile.references.insert(id, *reference);
            profile.secretFields.removeAll(id);
            profile.approved = true; // who writes it here means it
        }
        return {};
    }

    Result<QMap<QString, Secret>> readSecrets(const AuthScheme &scheme, const CredentialProfile &profile, bool isNew)
    {
        QMap<QString, Secret> secrets;
        const QStringList ids = secretFieldIds(scheme, profile);
        if (namesSecretSource(m_line)) {
            const QString id = m_line.has(u"secret-field"_s) ? m_line.value(u"secret-field"_s) : ids.value(0);
            if (!ids.contains(id))
                return ids.isEmpty() ? invalidInput(u"%1 has no secret"_s.arg(scheme.title()), u"Leave the secret out."_s)
                                     : invalidInput(u"%1 has no secret field \"%2\""_s.arg(scheme.title(), id),
                                               u"Use one of: %1."_s.arg(ids.join(", "_L1)));
            const Result<std::optional<Secret>> secret = readSecret(m_line, streams());
            if (!secret)
                return secret.error();
            secrets.insert(id, **secret);
            return secrets;
        }
        // set without a source changes the other things only, unless it is told to ask.
        if ((!isNew && !m_line.has(u"ask"_s)) || m_line.has(u"no-secret"_s))
            return secrets;
        for (const QString &id : ids) {
            const QList<SchemeField> fields = scheme.fields();
            const auto field = std::ranges::find(fields, id, &SchemeField::id);
            // Who names where one secret is kept has named those that there are.
            if (profile.references.contains(id) || (!profile.references.isEmpty() && field != fields.end() && !field->required))
                continue;
            if (!streams().askSecret)
                return invalidInput(u"there is nobody to ask for the secret"_s, u"Use --secret-stdin, --secret-file or --secret-env."_s);
            const Result<Secret> secret = streams().askSecret(u"%1 of %2 (not shown): "_s.arg(id, profile.name));
            if (!secret)
                return secret.error();
            secrets.insert(id, *secret);
        }
        return secrets;
    }

    // What the scheme itself has to say, with what is stored already taken as present.
    static Result<void> validate(const AuthScheme &scheme, const CredentialProfile &profile, const QMap<QString, Secret> &secrets)
    {
        FieldValues values = textsOf(scheme, profile);
        bool allKnown = true;
        for (const SchemeField &field : scheme.fields()) {
            if (field.kind != FieldKind::Secret || !field.counts(values))
                continue;
            values.setSecret(field.id, secrets.value(field.id));
            allKnown = allKnown && secrets.contains(field.id);
            if (field.required && secrets.value(field.id).isEmpty() && !profile.secretFields.contains(field.id) && !profile.references.contains(field.id))
                return invalidInput(u"%1: %2 is missing"_s.arg(scheme.title(), field.label),
                               u"Use --secret-stdin, --secret-file or --secret-env, or --secret-ref for one that is kept elsewhere."_s);
        }
        if (allKnown)
            return scheme.validate(values);
        for (const SchemeField &field : scheme.fields()) {
            if (field.kind != FieldKind::Secret && field.required && field.counts(values) && values.text(field.id).isEmpty())
                return invalidInput(u"%1: %2 is missing"_s.arg(scheme.title(), field.label), u"Use --field %1=…"_s.arg(field.id));
        }
        return {};
    }

    void remove()
    {
        const CredentialProfile *profile = find(m_names.first());
        if (!profile)
            return;
        const QString id = profile->id;
        const QString name = profile->name;
        const QString place = secretPlaceId(profile->place);
        const auto drop = [this, id, name] {
            m_profiles->remove(id);
            if (const Result<void> saved = save(); !saved) {
                fail(saved.error());
                return;
            }
            print(u"profile %1 was removed\n"_s.arg(name));
            finish(0);
        };
        if (profile->secretFields.isEmpty() || profile->place == SecretPlace::Memory) {
            drop();
            return;
        }
        removeProfileSecrets(*profile, m_session.stores(), this, [this, drop, place](const Result<void> &removed) {
            if (!removed && !m_line.has(u"force"_s)) {
                Error error = removed.error();
                error.action = u"The profile is still there. Make the %1 available, or use --force to leave the secret in it."_s.arg(place);
                fail(error);
                return;
            }
            if (!removed)
                warn(u"the secret stays in the %1: %2"_s.arg(place, removed.error().message));
            drop();
        });
    }

    void test()
    {
        const CredentialProfile *profile = find(m_names.first());
        if (!profile)
            return;
        QString url = m_names.value(1);
        if (url.isEmpty()) {
            for (const QString &origin : profile->origins) {
                if (url.isEmpty() && !origin.contains(u'*'))
                    url = origin + u'/';
            }
        }
        if (url.isEmpty()) {
            fail(u"profile test: it is not clear where to"_s, u"Add a URL: profile test %1 https://…"_s.arg(profile->name), ExitStatus::Usage);
            return;
        }
        withJob(*profile, url, [this](const RunJob &job) {
            const DiagnosisContext context = contextOf(job, m_session.clock().nowMs());
            attend(m_session, m_profiles->path());
            m_investigation = std::make_unique<Investigation>(m_session.runner(), job, context, InvestigationOptions{.probes = false});
            connect(m_investigation.get(), &Investigation::finished, this, [this] { tested(); });
            if (streams().onInterrupt)
                streams().onInterrupt([this] { m_investigation->cancel(); });
            m_investigation->start();
        });
    }

    // A job with the profile's secrets, whose redactor is the command's then.
    void withJob(const CredentialProfile &profile, const QString &url, const std::function<void(const RunJob &)> &then)
    {
        Target target;
        target.job.spec.url = url;
        target.job.literal = true;
        target.profileName = profile.name;
        target.profilesPath = m_profiles->path();
        resolveTarget(target, m_session, this, [this, then, place = profile.place](const Result<RunJob> &job) {
            if (!job) {
                fail(explained(job.error(), place));
                return;
            }
            m_redactor = redactorFor(*job);
            then(*job);
        });
    }

    void tested()
    {
        const Trace &trace = m_investigation->trace();
        const Diagnosis &diagnosis = m_investigation->diagnosis();
        m_redactor.learnFrom(trace);
        if (const std::optional<Error> failure = failureOf(trace)) {
            complain(*failure);
        } else {
            print(u"%1 %2: %3\n"_s.arg(diagnosis.outcome.status).arg(m_redactor.text(diagnosis.outcome.url), m_redactor.text(diagnosis.summary)));
            if (diagnosis.outcome.kind != OutcomeKind::Accepted)
                note(u"realmscope-cli why --profile %1 URL says more"_s.arg(m_names.first()));
        }
        finish(exitStatusFor(trace, diagnosis));
    }

    // RFC 7009. The refresh token goes from the keychain when the server has said yes.
    void revoke()
    {
        const CredentialProfile *profile = find(m_names.first());
        if (!profile)
            return;
        withJob(*profile, {}, [this](const RunJob &job) {
            m_revocation = std::make_unique<TokenRevocation>(m_session.runner(), *job.credential, m_session.clock(), m_session.random());
            connect(m_revocation.get(), &TokenRevocation::finished, this, [this, profile = job.credential->profile](const std::optional<Error> &error) {
                for (const Exchange &exchange : m_revocation->trace().exchanges)
                    note(u"%1: %2 %3 → %4"_s.arg(exchange.label, QString::fromUtf8(exchange.request.method), m_redactor.text(exchange.request.url.toString()))
                             .arg(exchange.response.status));
                error ? fail(*error) : revoked(profile);
            });
            m_revocation->start(streams().environment);
        });
    }

    void revoked(CredentialProfile profile)
    {
        const QString words = m_revocation->revoked().join(u" and "_s);
        const QString field = u"refresh-token"_s;
        if (!profile.secretFields.contains(field)) {
            print(u"%1 of %2: revoked\n"_s.arg(words, profile.name));
            finish(0);
            return;
        }
        m_session.stores().at(profile.place)->remove(profile.secretKey(field), this, [this, profile, field, words](const Result<void> &removed) mutable {
            if (!removed) {
                fail(removed.error());
                return;
            }
            profile.secretFields.removeAll(field);
            Result<void> put = m_profiles->put(profile);
            if (put)
                put = save();
            if (!put) {
                fail(put.error());
                return;
            }
            print(u"%1 of %2: revoked, and removed from the %3\n"_s.arg(words, profile.name, secretPlaceId(profile.place)));
            finish(0);
        });
    }

    // Profiles as they stand in profiles.json: references to secrets, no secrets.
    void exportAll()
    {
        QJsonArray array;
        QStringList names = m_names;
        if (names.isEmpty()) {
            for (const CredentialProfile &profile : m_profiles->profiles())
                names << profile.name;
        }
        for (const QString &name : names) {
            const CredentialProfile *profile = find(name);
            if (!profile)
                return;
            array.append(profile->toJson());
        }
        streams().out(QJsonDocument(QJsonObject{{u"schema"_s, u"realmscope.profiles/1"_s}, {u"profiles"_s, array}}).toJson());
        finish(0);
    }

    void import()
    {
        const QString path = m_names.first();
        const bool isInput = path == "-"_L1;
        QFile file(path);
        if (!isInput && !file.open(QIODevice::ReadOnly)) {
            fail(Error{ErrorCode::FileUnreadable, u"the file can't be read: %1"_s.arg(path), file.errorString(), u"Check its path."_s});
            return;
        }
        const QByteArray bytes = isInput ? streams().readStandardInput() : file.readAll();
        file.close();
        if (isInput || QJsonDocument::fromJson(bytes).object().value("schema"_L1) != "realmscope.profiles/1"_L1) {
            importOthers(isInput ? importCredentials(bytes) : importCredentials(bytes, path));
            return;
        }
        ProfileStore other(path);
        if (const Result<void> loaded = other.load(); !loaded) {
            fail(loaded.error());
            return;
        }
        int count = 0;
        QStringList without, unseen;
        for (CredentialProfile profile : other.profiles()) {
            const CredentialProfile *same = m_profiles->findByName(profile.name);
            if (same && !m_line.has(u"replace"_s)) {
                fail(u"there is a profile called %1 already; nothing was imported"_s.arg(profile.name), u"Use --replace, or rename it."_s);
                return;
            }
            if (same)
                profile.id = same->id; // its secrets stay where they are
            else if (m_profiles->findById(profile.id))
                profile.id = CredentialProfile::create(profile.name, profile.schemeId).id;
            if (same)
                profile.secretFields = same->secretFields;
            else if (!profile.secretFields.isEmpty())
                without << profile.name;
            if (profile.hasSecrets())
                profile.approved = false; // what a file says about a secret of this computer was seen by nobody yet
            if (!profile.approved)
                unseen << profile.name;
            if (const Result<void> put = m_profiles->put(profile); !put) {
                fail(put.error());
                return;
            }
            ++count;
        }
        if (const Result<void> saved = save(); !saved) {
            fail(saved.error());
            return;
        }
        print(u"%1 profiles were imported\n"_s.arg(count));
        for (const QString &name : without)
            note(u"%1 has no secret on this computer unless it came from here: realmscope-cli profile set %1 --ask"_s.arg(name));
        for (const QString &name : unseen)
            note(u"%1 has to be approved before it is used: realmscope-cli profile approve %1"_s.arg(name));
        finish(0);
    }

    // What other programs keep credentials in; their secrets go to the store.
    void importOthers(const Result<CredentialImport> &imported)
    {
        const Result<SecretPlace> place = chosenPlace(SecretPlace::Keychain);
        if (!imported || !place) {
            fail(imported ? place.error() : imported.error());
            return;
        }
        for (const QString &remark : imported->remarks)
            note(remark);
        for (const ImportedProfile &one : imported->profiles) {
            if (m_profiles->findByName(one.profile.name)) {
                fail(u"there is a profile called %1 already; nothing was imported"_s.arg(one.profile.name), u"Rename it: realmscope-cli profile set NAME --name OTHER."_s);
                return;
            }
        }
        m_imported = *imported;
        storeNextImported(*place);
    }

    void storeNextImported(SecretPlace place)
    {
        if (m_imported.profiles.isEmpty()) {
            finish(0);
            return;
        }
        ImportedProfile one = m_imported.profiles.takeFirst();
        one.profile.place = place;
        const auto put = [this, place, missing = one.missing](const CredentialProfile &profile) {
            Result<void> done = m_profiles->put(profile);
            if (done)
                done = save();
            if (!done) {
                fail(done.error());
                return;
            }
            print(u"%1 (%2), from %3%4\n"_s.arg(profile.name, profile.schemeId, m_imported.what, profile.hasSecrets() ? u", its secret in the "_s + secretPlaceId(place) : QString()));
            if (!missing.isEmpty())
                note(u"%1 still lacks: %2 (realmscope-cli profile set)"_s.arg(profile.name, missing.join(", "_L1)));
            storeNextImported(place);
        };
        if (one.secrets.isEmpty()) {
            put(one.profile);
            return;
        }
        storeProfileSecrets(one.profile, one.secrets, m_session.stores(), this, [this, put, place](const Result<CredentialProfile> &stored) {
            if (stored)
                put(*stored);
            else
                fail(explained(stored.error(), place));
        });
    }

    ParsedLine m_line;
    QStringList m_names;
    CredentialImport m_imported; // what is left of it
    CliSession m_session;
    std::unique_ptr<ProfileStore> m_profiles;
    Redactor m_redactor;
    std::unique_ptr<Investigation> m_investigation;
    std::unique_ptr<TokenRevocation> m_revocation;
    int m_moveStatus = 0;
};

std::vector<OptionSpec> profileOptions()
{
    std::vector<OptionSpec> list{{"workspace", 0, "DIR", "folder with profiles.json (default: the window's)"},
                                 {"json", 0, nullptr, "list, show: as JSON"},
                                 {"scheme", 0, "ID", "add, set: the scheme; see realmscope-cli schemes"},
                                 {"origin", 0, "ORIGIN", "add, set: where it may be sent, repeatable; https://*.example.com"},
                                 {"together", 0, "NAME", "add, set: a signature, DPoP proof or client certificate that goes along, repeatable; '': none"},
                                 {"field", 0, "ID=VALUE", "add, set: a field that is no secret, repeatable"},
                                 {"store", 0, "PLACE", "add, set, move, import: where its secrets are kept: keychain (the default) or vault"},
                                 {"secret-ref", 0, "ID=REF", "add, set: a secret kept elsewhere, repeatable; env:NAME, file:PATH, command:PROGRAM …"},
                                 {"name", 0, "NAME", "set: another name"}};
    const std::vector<OptionSpec> secrets = secretOptions();
    list.insert(list.end(), secrets.begin(), secrets.end());
    list.insert(list.end(), {{"ask", 0, nullptr, "set: ask for the secret without echo (add does so by itself)"},
                             {"no-secret", 0, nullptr, "add: store no secret"},
                             {"all", 0, nullptr, "move: every profile that has secrets"},
                             {"force", 0, nullptr, "remove: also when the keychain or the vault can't be reached"},
                             {"replace", 0, nullptr, "import: replace profiles of the same name"}});
    const std::vector<OptionSpec> vault = vaultPassphraseOptions();
    list.insert(list.end(), vault.begin(), vault.end());
    return list;
}

} // namespace

CommandEntry profileCommand()
{
    return {"profile", "credential profiles: list, show, add, set, approve, move, remove, test, revoke, export, import",
            "list | show NAME | add NAME | set NAME | approve NAME | move NAME…|--all --store PLACE | remove NAME | test NAME [URL] | revoke NAME | export [NAME…] | import FILE|-",
            "Keeps credential profiles. Their secrets are in the keychain of this computer or in the encrypted vault, and never come from\n"
            "an argument: they are read from standard input, a file, the environment, or asked for without echo. With --secret-ref they stay where\n"
            "they are, and are fetched at each use. A profile that came from elsewhere is used only once it was approved here.\n\n"
            "Example: realmscope-cli profile add staging --scheme basic --origin https://api.example.com --field username=alice",
            profileOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new ProfileCommand(streams, std::move(done)); }};
}

} // namespace realmscope
