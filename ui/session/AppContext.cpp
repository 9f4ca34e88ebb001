// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/session/AppContext.h"

#include <QtCore/QStandardPaths>
#include <QtGui/QDesktopServices>

using namespace Qt::StringLiterals;

namespace realmscope {

void AppContext::storeRenewals()
{
    QObject::connect(runner.get(), &Runner::fieldsRenewed, runner.get(), [this](const QString &profileId, const QMap<QString, Secret> &secrets) {
        const CredentialProfile *profile = profiles->findById(profileId);
        if (!profile)
            return;
        storeProfileSecrets(*profile, withoutReferences(secrets, *profile), stores(), runner.get(), [this](const Result<CredentialProfile> &stored) {
            // A keychain that says no: the token is still in memory for this run.
            if (stored && profiles->put(*stored))
                (void)profiles->save().hasValue();
        });
    });
}

Result<std::unique_ptr<AppContext>> AppContext::create(const QString &workspaceFolder, std::shared_ptr<VaultStore> vault)
{
    auto context = std::make_unique<AppContext>();
    context->clock = std::make_unique<SystemClock>();
    context->random = std::make_unique<SystemRandom>();
    context->keychain = std::make_unique<KeychainStore>();
    context->memory = std::make_unique<MemoryStore>();
    context->vault = vault ? std::move(vault) : std::make_shared<VaultStore>();
    context->vault->setWaitsForPassphrase(true); // the window asks for it
    context->transport = std::make_unique<SocketTransport>(*context->clock);
    context->runner = std::make_unique<Runner>(*context->transport, *context->clock, *context->random);
    Result<std::unique_ptr<Workspace>> workspace = Workspace::open(workspaceFolder);
    if (!workspace)
        return workspace.error();
    context->workspace = std::move(workspace).value();
    context->profiles = std::make_unique<ProfileStore>(context->workspace->profilesPath());
    if (const Result<void> loaded = context->profiles->load(); !loaded)
        return loaded.error();
    context->cookies = std::make_unique<CookieStore>(
        QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + "/cookies"_L1, *context->clock);
    context->history = std::make_unique<History>(historyFolder(context->workspace->root()), HistoryLimits());
    context->openUrl = [](const QUrl &url) { return QDesktopServices::openUrl(url); };
    context->storeRenewals();
    context->proxyEnvironment = realmscope::proxyEnvironment();
    context->practice = std::make_unique<PracticeServer>(*context->clock, *context->random);
    return context;
}

} // namespace realmscope
