// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>

#include <optional>

namespace realmscope {

// Structured fields (RFC 9651, before it RFC 8941) as far as signatures need them: read strictly and written again in their one
// form. nullopt for what is none.

// A list, an item or a dictionary, whichever the value is: those that are several of them are written alike.
[[nodiscard]] std::optional<QByteArray> canonicalStructuredField(QByteArrayView value);
// The member of a dictionary, without its key: "(a b);x=1", "?1". nullopt also when there is no such member.
[[nodiscard]] std::optional<QByteArray> structuredDictionaryMember(QByteArrayView value, QByteArrayView key);

} // namespace realmscope
