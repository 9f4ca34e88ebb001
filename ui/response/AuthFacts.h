// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/auth/AuthScheme.h"
#include "app/credentials/Redactor.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

namespace realmscope {

enum class FactMark { None, Good, Bad, Note, Source }; // Source: the remark names a paper

// One row of a card: name, value, and a remark at the right with a mark.
struct Fact
{
    QString name;
    QString value;   // masked where it is secret
    QString quiet;   // after the value, quieter
    QString remark;
    FactMark mark = FactMark::None;
    bool isProblem = false; // the row is tinted
};

// The life of a token against the time it was sent; seconds since the epoch.
struct Validity
{
    qint64 issued = 0;
    qint64 expires = 0;
    qint64 sent = 0;
};

struct FactCard
{
    QString title;
    QString subtitle;
    QList<Fact> facts;
    QString quote; // the header as it went over the wire, masked
    QString secret; // the same unmasked, for who asks to see or to copy it; empty where nothing is masked
    std::optional<Validity> validity;
};

// What the server asked for: each challenge taken apart, compared with what was sent.
[[nodiscard]] QList<FactCard> serverAsked(const Exchange &exchange);
// What was sent: Basic user, JWT claims, Digest fields recomputed where `values` holds the password, the key.
[[nodiscard]] QList<FactCard> youSent(const Exchange &exchange, const FieldValues &values, const Redactor &redactor);

} // namespace realmscope
