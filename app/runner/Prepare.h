// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/RequestSpec.h"
#include "app/workspace/Variables.h"

namespace realmscope {

// Turns what the user wrote into a concrete request: variables, URL, body, default headers (Host, User-Agent, Accept,
// Accept-Encoding, Content-Type, Content-Length), each with its HeaderSource. No credential yet. Order: Host, the
// user's headers as written, then defaults the user did not write or suppress. URL userinfo is left in Request::url
// and not sent. Errors: UnresolvedVariable, InvalidUrl, InvalidMethod, InvalidHeader, FileUnreadable.
// literal: there are no templates in the spec (a curl command), {{ }} is sent as it is.
[[nodiscard]] Result<Request> prepareRequest(const RequestSpec &spec, const Variables &variables, const Clock &clock,
                                             Random &random, bool literal = false);

[[nodiscard]] QByteArray userAgent(); // "Realmscope/0.1.0"

} // namespace realmscope
