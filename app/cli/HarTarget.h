// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Diagnosis.h"

namespace realmscope {

struct OpenedHar
{
    Trace trace;
    Recording recording;
};

// FILE.har or FILE.har#INDEX, where the first entry has the index 0, as in log.entries. Errors:
// FileUnreadable; Parse (of readHar); InvalidInput for an index that there is not.
[[nodiscard]] Result<OpenedHar> openHar(const QString &word);

} // namespace realmscope
