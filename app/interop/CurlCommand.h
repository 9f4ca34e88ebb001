// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/CredentialProfile.h"
#include "app/http/CookieJar.h"
#include "app/workspace/RequestSpec.h"

#include <functional>
#include <memory>

namespace realmscope {

class Clock;
class Random;

// What a curl command means. The credential of -u, --oauth2-bearer, --digest … becomes a scheme with values, bound to
// the origin of the URL; a header written with -H stays a header of the user.
struct CurlCommand
{
    RequestSpec spec;
    QString schemeId;       // "basic", "digest", "bearer", "any" (--anyauth), "ntlm", "negotiate", "aws-sigv4", "netrc"; empty: none
    FieldValues values;
    QString proxySchemeId;  // likewise for -U, --proxy-digest …; empty: none, or in the URL of the proxy
    FieldValues proxyValues;
    QStringList warnings;   // one sentence for each word that was not understood, by name
    bool locationTrusted = false;
    Secret clientKeyPassphrase; // --pass, or after the colon of --cert
    std::shared_ptr<CookieJar> cookies; // curl's cookie engine, with what -b FILE holds; null: it is off (no -b FILE, no -c)
    QString cookieJarFile;      // -c: where the jar belongs afterwards; empty: nowhere
};

// What a command may read besides its words. All may be left out: then there is no standard input (-d @- is an error),
// and the system's clock and randomness are used.
struct CurlSurroundings
{
    std::function<QByteArray()> readStandardInput;
    const Clock *clock = nullptr; // which cookies of a file have expired
    Random *random = nullptr;     // boundary of -F
    bool streamsFiles = false;    // -F and -T: files are read while they are sent, not now
    // Asks for the password that -u or -U leaves out, without echo; empty: it is taken as empty, with a warning.
    std::function<Result<Secret>(const QString &question)> askSecret;
};

// The words after "curl" (a leading "curl" is skipped). Long and short options as curl 7.88 has them, short ones
// joined (-sSL, -XPOST, -ualice:x), "--opt=value" is not curl's and is reported. Relative files (-d @f, --cacert) are
// read against the current folder. Error: InvalidInput (an option without its value, no URL), FileUnreadable.
[[nodiscard]] Result<CurlCommand> parseCurl(const QStringList &words);
[[nodiscard]] Result<CurlCommand> parseCurl(const QStringList &words, const CurlSurroundings &surroundings);

// The request with the jar's cookies in a Cookie header, for whoever keeps no jar for it.
[[nodiscard]] RequestSpec specWithCookies(const CurlCommand &command, qint64 nowMs);

// A pasted text: POSIX shell quoting ('…', "…", $'…', backslash, line continuation), Windows cmd's ^ continuation.
// Accepts a leading "$ " prompt. Error: Parse with the place of an open quote.
[[nodiscard]] Result<QStringList> splitShellWords(const QString &text);
[[nodiscard]] bool looksLikeCurl(const QString &text);

// The request as a curl command for a POSIX shell. Secrets come out only when the spec holds them; profiles are
// written as a comment-free placeholder: -u "$REALMSCOPE_USER:$REALMSCOPE_PASSWORD".
[[nodiscard]] QString toCurl(const RequestSpec &spec, const QString &schemeId = {});

} // namespace realmscope
