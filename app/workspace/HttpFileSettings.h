// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

#include <QtCore/QList>

#include <utility>

namespace realmscope {

// How the settings of a request stand in a .http file: where the dialects have a comment for one, that one is written,
// so that the request means the same there; the rest are "# @realmscope-setting KEY VALUE", which others ignore.

// The settings of a request that says nothing: redirects are followed, as JetBrains IDEs, the REST Client and httpYac do.
[[nodiscard]] RequestSettings httpFileDefaults();

void applyHttpFileSetting(RequestSettings &settings, const QString &key, const QString &value);

// "no-redirect", "no-cookie-jar", … of the dialects. False: this is none of them, or its value does not say what is meant.
bool applyDialectSetting(RequestSettings &settings, const QString &key, const QString &value);
[[nodiscard]] bool isDialectSetting(const QString &key); // written by dialectSettings()

[[nodiscard]] QStringList dialectSettings(const RequestSettings &settings); // "no-redirect"
[[nodiscard]] QList<std::pair<QString, QString>> ownSettings(const RequestSettings &settings);

// "1.0", "1.1", "2", "2-prior-knowledge"; anything else is left to the server.
[[nodiscard]] HttpVersion httpVersionOf(const QString &value);
[[nodiscard]] QString httpVersionSuffix(HttpVersion version); // " HTTP/1.1"; empty for Auto

} // namespace realmscope
