// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Secret.h"
#include "app/http/Exchange.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>

namespace realmscope {

// A range to be masked in some bytes.
struct MaskedRange
{
    ByteRange range;
    QString what; // "password", "bearer token"; for a person
};

// The one place that decides what is masked. Two ways together: by structure (Authorization, Proxy-Authorization,
// Cookie and Set-Cookie values, API-key headers and query keys by name, token endpoints' JSON and form members such as
// access_token, client_secret, password, URL userinfo) and by value (known secrets and their derived forms: Base64,
// base64url, percent- and form-encoded, JSON-escaped, user:password pairs), also where a server echoes them.
class Redactor
{
public:
    Redactor() = default;

    void addSecret(const Secret &secret);          // shorter than 4 bytes: by structure only
    void addBasicPair(const QString &user, const Secret &password);
    void addCredentialName(const QByteArray &name); // one more header, query or cookie name that carries a secret
    // Takes every secret that can be found by structure in the requests of a trace, and the tokens in its responses.
    void learnFrom(const Trace &trace);

    // "••••" for short values; for secrets of 16 bytes and more the length and the last 2 characters at most:
    // "••••(812 bytes, ends …k4)". Scheme word and Basic user name stay visible.
    [[nodiscard]] QByteArray headerValue(const QByteArray &name, const QByteArray &value) const;
    [[nodiscard]] QByteArray url(const QByteArray &url) const; // userinfo password and credential query values
    [[nodiscard]] QByteArray text(const QByteArray &bytes) const; // bodies, messages: known values and JSON/form members
    [[nodiscard]] QString text(const QString &text) const;

    // A line of a server's log: other people's secrets in it, by the names before them.
    [[nodiscard]] static QString logLine(const QString &line);

    // Which bytes of a raw message are to be masked; ranges sorted, not overlapping. For views that show bytes.
    // formsWithin: how far keys are looked for that are told by their form alone; that is the slowest part.
    [[nodiscard]] QList<MaskedRange> ranges(const QByteArray &rawMessage, qsizetype formsWithin = 256 * 1024) const;

    // The form above. What this has made stays as it is: a trace from the history is masked already.
    [[nodiscard]] static QString mask(QByteArrayView secret);
    [[nodiscard]] static bool isMask(QByteArrayView text);
    [[nodiscard]] static bool isCredentialHeader(QByteArrayView name); // by name alone

private:
    void addNeedle(const QByteArray &raw);

    QList<QByteArray> m_needles; // longest first
    QList<QByteArray> m_names;
};

} // namespace realmscope
