// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QJsonObject>

namespace realmscope {

// An HTTP Archive, as Chromium, Firefox, Safari, Charles and mitmproxy export it. Source: HAR 1.2 Spec (Jan
// Odvarko), and what these programs write besides.
struct HarEntry
{
    QJsonObject json;
    QByteArray method;
    Url url;
    int status = 0; // 0: no answer was recorded
    qint64 startedAtMs = 0;
    [[nodiscard]] bool isRefused() const; // 401, 403, 407 and their like
};

struct HarFile
{
    QString creatorName; // "WebInspector"
    QString creatorVersion;
    QList<HarEntry> entries;                 // as in log.entries, so that an index means the same
    QList<std::pair<int, QString>> unusable; // index and reason; such an entry has an empty method
};

// Errors: Parse (no JSON, no HAR, nothing in it), with what to do.
[[nodiscard]] Result<HarFile> readHar(const QByteArray &bytes, const QString &name);

// The entry that a person most probably asks about: the last refused one that was not let in later, else the
// last that failed, else the last. -1 when none can be used.
[[nodiscard]] int chooseHarEntry(const HarFile &file);

// The exchange of an entry. There are no raw bytes in an archive: rawRequest and rawResponse are written anew
// from the decoded headers and bodies, and connection.id is 0 where the archive names no connection.
[[nodiscard]] Exchange harExchange(const HarEntry &entry);

// The entry with what belongs to it before: redirects that led to it, a challenge that it answers, its
// preflight; for a refused request without a cookie the answer that gave one out.
[[nodiscard]] Trace harTrace(const HarFile &file, int index);

// True when credentials may have been left out: a browser's export in which no request has Authorization or
// Cookie (Chromium since 130 removes them unless asked).
[[nodiscard]] bool harMayLackCredentials(const HarFile &file);
// What this archive cannot tell about that entry, one sentence each.
[[nodiscard]] QStringList harLimits(const HarFile &file, int index);

} // namespace realmscope
