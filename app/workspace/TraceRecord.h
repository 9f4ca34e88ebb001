// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"
#include "app/workspace/RequestSpec.h"

#include <QtCore/QCborMap>

namespace realmscope {

// A trace and a request as CBOR (RFC 8949), for files. All of a trace is in it: bytes, positions, timings, TLS facts, frames,
// decisions. Nothing is masked here: see redactTrace().
[[nodiscard]] QCborMap traceToCbor(const Trace &trace);
// Unknown members are left out, missing ones have their defaults, and a position outside of its message is none: a damaged
// file gives less, never a bad trace.
[[nodiscard]] Trace traceFromCbor(const QCborMap &map);

[[nodiscard]] QCborMap specToCbor(const RequestSpec &spec);
[[nodiscard]] RequestSpec specFromCbor(const QCborMap &map);

} // namespace realmscope
