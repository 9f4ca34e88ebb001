// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Finding.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

namespace realmscope {

struct ChallengeList;

// Something that the server says in words about why it refuses, with its place.
struct ServerWord
{
    QString text;
    Evidence evidence; // part, name and range; its text quotes the words
    QString source = {}; // of a log: the id of its format
};

// The body of a response, looked at once. Server-supplied text stays text: nothing of it is ever interpreted.
struct BodyFacts
{
    QByteArray head;        // the first bytes, decoded
    QJsonDocument json;     // null when it is none
    bool isHtml = false;
    QString title;          // of HTML
    QString text;           // plain text; of HTML without its tags
    bool hasPasswordField = false;
    bool isSignInForm = false;  // one password beside a user name
    bool leadsToSignIn = false; // a page that goes on to a sign-in by itself (SAML, refresh)
    [[nodiscard]] bool isJson() const { return !json.isNull(); }
    [[nodiscard]] QJsonObject object() const { return json.object(); }
};

[[nodiscard]] BodyFacts readBody(const Response &response);
// All that an exchange's response says: parameters of challenges, members of JSON and XML, headers that carry a
// reason, and the text itself.
[[nodiscard]] QList<ServerWord> collectServerWords(const Exchange &exchange, int index, const ChallengeList &challenges,
                                                   const BodyFacts &body);

// Where a text stands in the raw response behind the headers; empty when it is coded or chunked apart.
[[nodiscard]] ByteRange findInBody(const Exchange &exchange, QByteArrayView text);

// The usual phrases for "nothing arrived" and for "it arrived and was refused".
[[nodiscard]] const QRegularExpression &missingWords();
[[nodiscard]] const QRegularExpression &rejectedWords();

} // namespace realmscope
