// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"

#include <QtCore/QString>

namespace realmscope {

// Words that are made to stand after a colon, as the start of a sentence. Adds no full stop.
[[nodiscard]] QString capitalized(QString text);

// An Error as a person reads it: "The file can't be saved. Check the permissions."
[[nodiscard]] QString errorSentence(const Error &error);

} // namespace realmscope
