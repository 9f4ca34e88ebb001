// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

namespace realmscope {

// A field that both sides changed, each in another way.
struct MergeConflict
{
    QString field; // for a person: "URL", "header Accept", "setting proxy"
    QString mine;  // as text; empty: not there
    QString theirs;
    bool isSecret = false; // the header is one of credentials: mask it
    bool operator==(const MergeConflict &) const = default;
};

struct MergedSpec
{
    RequestSpec mine;   // merged; where both changed a field, mine stays
    RequestSpec theirs; // merged; where both changed a field, theirs is taken
    QList<MergeConflict> conflicts;
    QStringList taken;  // fields that only they changed
};

// A three-way merge field by field: name, method, URL, each header by its name, each setting, the body as a whole.
[[nodiscard]] MergedSpec mergeSpecs(const RequestSpec &base, const RequestSpec &mine, const RequestSpec &theirs);

} // namespace realmscope
