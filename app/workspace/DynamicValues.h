// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

class QDateTime;

namespace realmscope {

class Clock;
class Random;

// {{$…}} whose value is made when a request is sent: those of the REST Client ($guid, $timestamp, $randomInt, $datetime,
// $localDatetime), of JetBrains IDEs ($uuid, $random.…, $isoTimestamp) and of httpYac, which has both.

// nullopt: no such one. Error: UnresolvedVariable, what is wrong with its arguments, or that it is known and not made here.
[[nodiscard]] std::optional<Result<QString>> dynamicValue(const QString &expression, const Clock &clock, Random &random);

struct DynamicKind
{
    const char *example; // "$randomInt 1 100"
    const char *meaning; // for a person
};
[[nodiscard]] QList<DynamicKind> dynamicKinds();
[[nodiscard]] QString dynamicMeaning(const QString &expression); // empty: no such one

// Day.js' format, which the REST Client and httpYac have for $datetime: YYYY-MM-DD HH:mm:ss.SSS Z, [text].
[[nodiscard]] QString formatDayjs(const QDateTime &time, const QString &format);

} // namespace realmscope
