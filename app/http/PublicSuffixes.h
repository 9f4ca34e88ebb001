// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QString>

#include <memory>

struct psl_ctx_st;

namespace realmscope {

// The public suffix list (publicsuffix.org) by libpsl: below which names anybody can register one. Hosts are lower-case
// ASCII, as in Url. Copies share the list.
class PublicSuffixes
{
public:
    PublicSuffixes() = default; // knows no suffix: nothing is public
    // The system's list, or libpsl's built-in one when that is newer.
    [[nodiscard]] static PublicSuffixes system();

    // "com", "co.uk", "github.io"; a name of one label is public, as the list's last rule says. Never an IP address.
    [[nodiscard]] bool isPublic(const QString &host) const;
    // The public suffix and one label more ("example.co.uk"); the host itself when it has none: an IP address,
    // "localhost", a public suffix.
    [[nodiscard]] QString registrableDomain(const QString &host) const;

private:
    std::shared_ptr<const psl_ctx_st> m_list;
};

[[nodiscard]] bool isIpAddress(const QString &host); // IPv4 in four parts, or IPv6 without brackets

} // namespace realmscope
