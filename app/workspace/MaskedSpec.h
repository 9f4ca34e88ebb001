// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"

namespace realmscope {

class Redactor;

// The request with a mask in place of each secret that stands in it as written; {{variables}} stay. leftOut: where the masks
// are, for a person ("header Authorization", "URL").
[[nodiscard]] RequestSpec maskedSpec(const RequestSpec &spec, const Redactor &redactor, QStringList *leftOut = nullptr);

// The first place where a header that is on, the URL or a form has a mask instead of a secret; empty when there is none. Such a
// request was restored or copied, and nobody wants bullets sent as a password.
[[nodiscard]] QString placeOfMask(const RequestSpec &spec);

} // namespace realmscope
