// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Finding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

QString verdictId(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Proven:
        return u"proven"_s;
    case Verdict::Likely:
        return u"likely"_s;
    case Verdict::Possible:
        break;
    }
    return u"possible"_s;
}

QString checklistStepId(ChecklistStep step)
{
    switch (step) {
    case ChecklistStep::Sent:
        return u"sent"_s;
    case ChecklistStep::Understood:
        return u"understood"_s;
    case ChecklistStep::Correct:
        return u"correct"_s;
    case ChecklistStep::Fresh:
        return u"fresh"_s;
    case ChecklistStep::StaleState:
        return u"stale-state"_s;
    case ChecklistStep::Reauthenticate:
        return u"reauthenticate"_s;
    case ChecklistStep::Allowed:
        return u"allowed"_s;
    case ChecklistStep::ServerSide:
        return u"server-side"_s;
    case ChecklistStep::Retest:
        break;
    }
    return u"retest"_s;
}

QString checklistStepTitle(ChecklistStep step)
{
    switch (step) {
    case ChecklistStep::Sent:
        return u"Sent"_s;
    case ChecklistStep::Understood:
        return u"Understood"_s;
    case ChecklistStep::Correct:
        return u"Correct"_s;
    case ChecklistStep::Fresh:
        return u"Fresh"_s;
    case ChecklistStep::StaleState:
        return u"Stale state"_s;
    case ChecklistStep::Reauthenticate:
        return u"Reauthenticate"_s;
    case ChecklistStep::Allowed:
        return u"Allowed"_s;
    case ChecklistStep::ServerSide:
        return u"Server side"_s;
    case ChecklistStep::Retest:
        break;
    }
    return u"Retest"_s;
}

QString checklistStepQuestion(ChecklistStep step)
{
    switch (step) {
    case ChecklistStep::Sent:
        return u"Was a credential sent, and did it arrive?"_s;
    case ChecklistStep::Understood:
        return u"Is it the kind of credential that the server asked for?"_s;
    case ChecklistStep::Correct:
        return u"Is it well formed, and the right one?"_s;
    case ChecklistStep::Fresh:
        return u"Is it still valid at this moment?"_s;
    case ChecklistStep::StaleState:
        return u"Do old cookies or a cache get in the way?"_s;
    case ChecklistStep::Reauthenticate:
        return u"Do you have to sign in or approve something again?"_s;
    case ChecklistStep::Allowed:
        return u"May this identity do this here?"_s;
    case ChecklistStep::ServerSide:
        return u"Is it the server's own fault?"_s;
    case ChecklistStep::Retest:
        break;
    }
    return u"Does it work after the fix?"_s;
}

QString evidencePartId(EvidencePart part)
{
    switch (part) {
    case EvidencePart::RequestLine:
        return u"request-line"_s;
    case EvidencePart::RequestHeader:
        return u"request-header"_s;
    case EvidencePart::RequestBody:
        return u"request-body"_s;
    case EvidencePart::StatusLine:
        return u"status-line"_s;
    case EvidencePart::ResponseHeader:
        return u"response-header"_s;
    case EvidencePart::ResponseBody:
        return u"response-body"_s;
    case EvidencePart::Tls:
        return u"tls"_s;
    case EvidencePart::Connection:
        return u"connection"_s;
    case EvidencePart::Token:
        return u"token"_s;
    case EvidencePart::Log:
        return u"log"_s;
    case EvidencePart::Timing:
        break;
    }
    return u"timing"_s;
}

} // namespace realmscope
