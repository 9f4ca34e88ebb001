// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Message.h"

namespace realmscope {

// What a server takes the address of a request to be: the URL with the host and port that the Host header names (RFC 9110
// section 7.1). The connection may go elsewhere. Error: InvalidUrl when Host is no authority.
[[nodiscard]] Result<Url> targetUri(const Request &request);

} // namespace realmscope
