// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/AuthScheme.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

bool SchemeField::counts(const FieldValues &values) const
{
    return onlyWhen.isEmpty()
        || std::ranges::any_of(onlyWhen, [&](const FieldCondition &condition) { return condition.values.contains(values.text(condition.field)); });
}

Result<void> AuthScheme::validate(const FieldValues &values) const
{
    for (const SchemeField &field : fields()) {
        if (!field.counts(values))
            continue;
        const bool isMissing = field.kind == FieldKind::Secret ? values.secret(field.id).isEmpty()
                                                               : values.text(field.id).isEmpty();
        if (field.required && isMissing)
            return Error{ErrorCode::InvalidInput, u"%1: %2 is empty"_s.arg(title(), field.label), {},
                         u"Fill in %1 of the credential profile."_s.arg(field.label)};
        if (field.kind == FieldKind::Choice && !isMissing) {
            bool known = false;
            QStringList allowed;
            for (const FieldChoice &choice : field.choices) {
                known = known || choice.value == values.text(field.id);
                allowed << choice.value;
            }
            if (!known)
                return Error{ErrorCode::InvalidInput,
                             u"%1: %2 can't be \"%3\""_s.arg(title(), field.label, values.text(field.id)), {},
                             u"Use one of: %1."_s.arg(allowed.join(", "_L1))};
        }
    }
    return {};
}

} // namespace realmscope
