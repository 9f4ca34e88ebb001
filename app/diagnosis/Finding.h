// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Exchange.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace realmscope {

enum class Verdict { Proven, Likely, Possible };
[[nodiscard]] QString verdictId(Verdict verdict);

// The nine steps of the checklist; see docs on causes.
enum class ChecklistStep { Sent, Understood, Correct, Fresh, StaleState, Reauthenticate, Allowed, ServerSide, Retest };
[[nodiscard]] QString checklistStepId(ChecklistStep step); // "sent", "stale-state", …
[[nodiscard]] QString checklistStepTitle(ChecklistStep step);    // "Sent"
[[nodiscard]] QString checklistStepQuestion(ChecklistStep step); // "Was a credential sent, and did it arrive?"

enum class EvidencePart { RequestLine, RequestHeader, RequestBody, StatusLine, ResponseHeader, ResponseBody, Tls,
                          Connection, Token, Timing, Log };
[[nodiscard]] QString evidencePartId(EvidencePart part); // "request-header", …

// A span in an exchange that supports a finding.
struct Evidence
{
    int exchange = 0;          // index in the trace
    EvidencePart part = EvidencePart::ResponseHeader;
    QByteArray name;           // header or claim name; may be empty
    QString text;              // one line for a person; holds no secret (already redacted)
    ByteRange range;           // in rawRequest or rawResponse of that exchange; empty when it is not about bytes
};

// What a fix changes, as data, so that the window and a test can apply it (diagnosis/ApplyFix.h).
enum class EditKind {
    SetHeader,          // name, value: replaces the user's header (or adds it)
    RemoveHeader,       // name
    SetUrl,             // value
    SetMethod,          // value
    SetFollowRedirects, // value "true"/"false"
    SetProfileScheme,   // value: scheme id
    SetProfileField,    // name: field id, value
    SetProfileSecret,   // name: field id, value: the secret
    SetAddressOrigin,   // value: origin to add to the profile
    EditCredential,     // nothing is changed: take the user to the profile's field `name`
    Resend,             // nothing is changed: send again
};
struct RequestEdit
{
    EditKind kind = EditKind::Resend;
    QByteArray name;
    QByteArray value; // may be secret; never printed
};

struct Fix
{
    QString id;       // stable: "use-offered-scheme", "trim-credential", "refresh-token", …
    QString title;    // imperative, sentence case: "Use Digest and resend"
    QString detail;   // one or two sentences; may be empty
    bool automatic = false;    // Realmscope can do it: `edits`
    QList<RequestEdit> edits;
    QString snippet;           // configuration or command to copy, for the server's owner; may be empty
    bool forServerOwner = false;
};

enum class FindingRole { Cause, Note };

// One thing that a rule has to say about a trace.
struct Finding
{
    QString cause;    // id of the public list of causes
    Verdict verdict = Verdict::Possible;
    ChecklistStep step = ChecklistStep::Sent;
    FindingRole role = FindingRole::Cause;
    QString title;        // "The access token has expired"
    QString summary;      // one line with the figures: "exp is 11:18:04, the server's Date is 14:30:11"
    QString explanation;  // for a person who has never read an RFC, then the precise term
    QList<Evidence> evidence;
    QList<Fix> fixes;     // best first
    QStringList sources;  // "RFC 6750 section 3.1"
    double weight = 0;    // among findings of one verdict: larger is more probable; set by the rule, used by Diagnoser
};

} // namespace realmscope
