// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/Redactor.h"

#include <QtCore/QList>

namespace realmscope {

// Where the bytes of a message went when masks took the place of its secrets.
class PositionMap
{
public:
    // In ascending order, not overlapping; newSize: of the mask.
    void add(const ByteRange &old, qsizetype newSize);
    [[nodiscard]] bool isEmpty() const { return m_steps.isEmpty(); } // nothing was masked
    // A range that begins or ends within a secret holds the whole mask. An empty one stays empty.
    [[nodiscard]] ByteRange map(const ByteRange &range) const;
    [[nodiscard]] qsizetype map(qsizetype position) const; // within a secret: where its mask begins

private:
    struct Step
    {
        ByteRange before;
        ByteRange after;
    };
    QList<Step> m_steps;
};

// A trace that may be put on the disk: what is secret in it is masked, the raw bytes are cut, and every position in it
// points into what is left.
struct RedactedTrace
{
    struct Maps
    {
        PositionMap request;
        PositionMap response;
    };
    Trace trace;      // bytes in memory only; the decisions of an exchange say what was left out of it
    QList<Maps> maps; // one for each exchange
};

// The redactor has to know the secrets of the request, and to have learned from this trace. bodyBytes: how much of each
// body is kept. Bodies whose coding hides a secret are kept decoded only; coded ones that could not be undone are not
// kept, nor are compressed header blocks (HPACK) beside a masked head.
[[nodiscard]] RedactedTrace redactTrace(const Trace &trace, const Redactor &redactor, qint64 bodyBytes);

} // namespace realmscope
