// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/Limits.h"
#include "app/http/Message.h"
#include "app/http/StreamedBody.h"

#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

namespace realmscope {

struct SpecHeader
{
    QString name;
    QString value; // may hold {{variables}}
    bool enabled = true;
    QString from;  // inherited: "folder billing"; empty for the request's own
    bool operator==(const SpecHeader &) const = default;
};

enum class BodyKind { None, Text, Form, File };

struct SpecFormItem
{
    QString name;
    QString value;
    bool enabled = true;
    bool operator==(const SpecFormItem &) const = default;
};

struct SpecBody
{
    BodyKind kind = BodyKind::None;
    QString contentType;        // sent when the user wrote no Content-Type header; empty: none
    QString text;               // Text; a line "< ./file" or "<@ ./file" stands for that file
    QList<SpecFormItem> form;   // Form: application/x-www-form-urlencoded
    QString filePath;           // File; relative: to the folder of Variables
    bool fileIsTemplate = false; // File: "{{variables}}" in it are replaced
    QString fileEncoding;       // of such a file; empty: UTF-8
    QByteArray bytes;           // Text: when not empty, sent as they are in place of text (bytes that are no UTF-8)
    QList<BodyPiece> pieces;    // Text: when not empty, sent one after another in place of text; files are read while sending
    bool operator==(const SpecBody &) const = default;
};

struct RequestSettings
{
    bool followRedirects = false;
    int maxRedirects = 10;
    bool verifyTls = true;
    bool decodeContent = true;  // ask for and undo content codings
    bool locationTrusted = false; // the user takes the risk: credentials follow to other origins (curl --location-trusted)
    // A redirect that turns POST into GET leaves it POST (curl --post301, --post302, --post303).
    bool keepPost301 = false;
    bool keepPost302 = false;
    bool keepPost303 = false;
    bool keepMethod = false;    // a redirect never changes the method; where it would, the body goes (curl -X)
    bool bodyAfterChallenge = false; // Digest: the body goes out only when the server has asked (curl --digest)
    bool useCookies = true;     // send the cookies of the jar, and keep those that come
    bool pathAsIs = false;      // keep dot segments
    // A form that was written as text: line ends go, and what can't stand in one is percent-encoded, as .http files have it.
    bool encodeForm = true;
    HttpVersion version = HttpVersion::Auto;
    int connectTimeoutMs = 30'000;
    int totalTimeoutMs = 0;     // 0: none
    int addressFamily = 0;
    QString caFile;             // PEM with more trust anchors; empty: none
    bool trustSystemCas = true; // false: caFile and caFolder stand in place of the system's
    QString clientCertificateFile; // PEM; may hold the key as well
    QString clientKeyFile;      // PEM; empty: in the certificate's file
    QString clientCertificateType; // "PEM", "DER", "P12"; empty: as the file looks
    QStringList clientCertificateOrigins; // as of a profile; empty: the origin of the request's URL
    QHash<QString, QString> resolve; // "host:port" → address[:port]
    QStringList connectTo;      // HOST1:PORT1:HOST2:PORT2
    QString tlsMin;             // "1.2", "1.3"; empty: 1.2
    QString tlsMax;             // empty: the newest
    QString serverName;         // SNI and name in the certificate; empty: the host of the URL
    QString caFolder;           // of PEM files with more trust anchors
    QStringList insecureOrigins; // origins whose certificate is not verified, by the user's explicit exception
    QString proxy;              // http://host:port, socks5://…, socks5h://…; "none"; empty: as the *_proxy variables say
    std::optional<QString> noProxy; // hosts that are reached without a proxy, in place of no_proxy
    QString proxyProfile;       // credential profile for the proxy; empty: none
    bool proxyTunnel = false;   // CONNECT for http:// as well
    bool expectContinue = false; // ask with Expect: 100-continue before a body is sent
    Limits limits;              // but redirects, connect and total time, which stand above
    bool operator==(const RequestSettings &) const = default;
};

// A request as the user wrote it: templates, not bytes.
struct RequestSpec
{
    QString name;
    QString method = QStringLiteral("GET");
    QString url;
    QList<SpecHeader> headers;
    QStringList suppressedDefaults; // header names that must not be added (curl -H 'Accept:')
    SpecBody body;
    QString profileName; // empty: that of the folder, where there is one; "-": none
    QStringList after;   // names of requests whose answers this one uses, and which are sent before it
    RequestSettings settings;
    bool operator==(const RequestSpec &) const = default;
};

// Every text of a request that may hold {{variables}}, in the order in which they are looked at.
[[nodiscard]] inline QStringList templatesOf(const RequestSpec &spec)
{
    QStringList texts{spec.method, spec.url};
    for (const SpecHeader &header : spec.headers) {
        if (header.enabled)
            texts << header.name << header.value;
    }
    if (spec.body.kind == BodyKind::Text)
        texts << spec.body.text;
    for (const SpecFormItem &item : spec.body.form) {
        if (spec.body.kind == BodyKind::Form && item.enabled)
            texts << item.name << item.value;
    }
    if (spec.body.kind == BodyKind::File)
        texts << spec.body.filePath;
    return texts << spec.settings.proxy;
}

} // namespace realmscope
