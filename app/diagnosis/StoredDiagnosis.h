// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/RedactedTrace.h"
#include "app/diagnosis/Diagnosis.h"

#include <QtCore/QJsonObject>

namespace realmscope {

// A diagnosis beside a trace that is kept masked. It can't be made again: a masked credential would be taken for a malformed
// one. So what was concluded from the bytes that went out is stored, its evidence pointing into the masked trace. Fixes keep
// their words and lose their edits, which may be secrets, and were made for the request as it was then.
[[nodiscard]] QJsonObject storeDiagnosis(const Diagnosis &diagnosis, const RedactedTrace &trace, const Redactor &redactor);
// Members that are missing have their defaults; evidence outside of the trace is left without a place.
[[nodiscard]] Diagnosis restoreDiagnosis(const QJsonObject &json, const Trace &trace);

} // namespace realmscope
