// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Url.h"

#include <QtCore/QStringList>

namespace realmscope {

// How an origin differs from those that a profile names, for a person who has to decide whether it is meant.
struct OriginDifference
{
    enum class Kind { NothingNamed, LooksAlike, Contains, Subdomain, Parent, Scheme, Port, Other };
    Kind kind = Kind::Other;
    QString nearest; // the one of the profile's that is closest, as written there; empty: it names none
    QString words;   // a sentence without its dot
    qsizetype begin = 0; // of wanted.toString(), with the host in letters (not in ACE): what is different, in UTF-16 units
    qsizetype end = 0;
    QString shown;   // that text

    // Somebody may have made it so that it is taken for the other one.
    [[nodiscard]] bool isSuspicious() const { return kind == Kind::LooksAlike || kind == Kind::Contains; }
};

// Looks alike: the same after letters that are confused are made one (Unicode UTS 39, the Latin-looking letters of Cyrillic and
// Greek, and digits for letters), or one letter away. `allowed` are patterns as in CredentialProfile::origins.
[[nodiscard]] OriginDifference originDifference(const Origin &wanted, const QStringList &allowed);

} // namespace realmscope
