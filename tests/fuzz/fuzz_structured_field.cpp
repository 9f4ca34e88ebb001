// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// A structured field (RFC 9651). What is written is the one form: read again it stays as it is, and so does each member.
#include "app/base/StructuredField.h"

#include "tests/fuzz/Fuzz.h"

using namespace realmscope;
using namespace realmscope::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView value(reinterpret_cast<const char *>(data), qsizetype(size));
    const std::optional<QByteArray> written = canonicalStructuredField(value);
    if (written) {
        const std::optional<QByteArray> again = canonicalStructuredField(*written);
        require(again == written, "the written form is read as itself");
    }
    for (const char *key : {"a", "b", "sig1"}) {
        const std::optional<QByteArray> member = structuredDictionaryMember(value, key);
        if (!member)
            continue;
        const QByteArray alone = QByteArray(key) + '=' + *member;
        require(structuredDictionaryMember(alone, key) == member, "a member alone is the same member");
    }
    return 0;
}
