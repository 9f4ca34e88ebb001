// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SigV4Compare.h"

#include "app/auth/schemes/Placement.h"
#include "app/auth/schemes/SigV4Math.h"
#include "app/base/Crypto.h"
#include "app/base/Encoding.h"
#include "app/http/Url.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype mostOfBody = 64 * 1024; // of an error message

// The five entities of XML 1.0 (section 4.6) and references to characters (section 4.1).
QString xmlText(const QString &text)
{
    static const QRegularExpression reference(u"&(lt|gt|quot|apos|amp|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"_s);
    static const QHash<QString, char16_t> named{{u"lt"_s, u'<'}, {u"gt"_s, u'>'}, {u"quot"_s, u'"'}, {u"apos"_s, u'\''}, {u"amp"_s, u'&'}};
    QString out;
    qsizetype from = 0;
    for (auto it = reference.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        out += QStringView(text).sliced(from, match.capturedStart() - from);
        from = match.capturedEnd();
        const QString name = match.captured(1);
        if (name.startsWith(u'#')) {
            const char32_t code = name.startsWith("#x"_L1) ? name.sliced(2).toUInt(nullptr, 16) : name.sliced(1).toUInt();
            out += code <= 0x10ffff ? QString::fromUcs4(&code, 1) : QString();
        } else {
            out += named.value(name);
        }
    }
    out += QStringView(text).sliced(from);
    return out;
}

QByteArray element(const QString &xml, const QString &name)
{
    const QRegularExpression pattern(u"<%1>([^<]*)</%1>"_s.arg(name));
    return xmlText(pattern.match(xml).captured(1)).toUtf8();
}

QByteArray inQuotes(const QString &message, const QString &before)
{
    const QRegularExpression pattern(before + u" should have been\\s*'(.*?)'\\s*(?:The String-to-Sign|<|$)"_s, QRegularExpression::DotMatchesEverythingOption);
    return pattern.match(message).captured(1).toUtf8();
}

// Names and values of an Authorization line: Credential, SignedHeaders, Signature.
QHash<QByteArray, QByteArray> parametersOf(const QByteArray &credentials)
{
    QHash<QByteArray, QByteArray> parameters;
    for (const QByteArray &part : credentials.split(',')) {
        const qsizetype equals = part.indexOf('=');
        if (equals > 0)
            parameters.insert(part.left(equals).trimmed(), part.mid(equals + 1).trimmed());
    }
    return parameters;
}

struct Canonical
{
    QByteArray method, path, query, signedHeaders, payload;
    QList<std::pair<QByteArray, QByteArray>> headers;
};
// The headers end with an empty line; a canonical header line holds no line end.
std::optional<Canonical> splitCanonical(const QByteArray &text)
{
    const QList<QByteArray> lines = text.split('\n');
    if (lines.size() < 6)
        return std::nullopt;
    Canonical out{lines.at(0), lines.at(1), lines.at(2), lines.at(lines.size() - 2), lines.last(), {}};
    for (qsizetype i = 3; i < lines.size() - 2; ++i) {
        if (const qsizetype colon = lines.at(i).indexOf(':'); colon > 0)
            out.headers.append({lines.at(i).left(colon), lines.at(i).mid(colon + 1)});
    }
    return out;
}

void compareScope(const QByteArray &sent, const QByteArray &server, QList<SigV4Difference> &out)
{
    const QList<QByteArray> here = sent.split('/');
    const QList<QByteArray> there = server.split('/');
    if (here.size() != 4 || there.size() != 4)
        return; // V4a has no region there
    using Part = SigV4Difference::Part;
    if (here.at(1) != there.at(1))
        out.append({Part::Region, {}, here.at(1), there.at(1)});
    if (here.at(2) != there.at(2))
        out.append({Part::Service, {}, here.at(2), there.at(2)});
}

void compareCanonical(const Canonical &sent, const Canonical &server, QList<SigV4Difference> &out)
{
    using Part = SigV4Difference::Part;
    const auto compare = [&out](Part part, const QByteArray &here, const QByteArray &there) {
        // Spelled in another way, twice at most: some services encode the path once more.
        const auto plain = [](const QByteArray &text) { return percentDecode(percentDecode(text)); };
        if (here != there)
            out.append({part, {}, here, there, (part == Part::Path || part == Part::Query) && plain(here) == plain(there)});
    };
    compare(Part::Method, sent.method, server.method);
    compare(Part::Path, sent.path, server.path);
    compare(Part::Query, sent.query, server.query);
    for (const auto &[name, value] : sent.headers) {
        const auto other = std::ranges::find(server.headers, name, [](const auto &header) { return header.first; });
        const QByteArray there = other == server.headers.end() ? QByteArray() : other->second;
        if (value != there)
            out.append({Part::Header, name, value, there});
    }
    compare(Part::SignedHeaders, sent.signedHeaders, server.signedHeaders);
    compare(Part::Payload, sent.payload, server.payload);
}

} // namespace

SigV4Strings sigV4StringsOfServer(const Response &response)
{
    const QString text = QString::fromUtf8(response.body.head(mostOfBody));
    SigV4Strings out{element(text, u"CanonicalRequest"_s), element(text, u"StringToSign"_s)};
    if (!out.canonicalRequest.isEmpty() || !out.stringToSign.isEmpty())
        return out;
    QString message = xmlText(text);
    if (const QJsonObject json = QJsonDocument::fromJson(response.body.head(mostOfBody)).object(); !json.isEmpty()) {
        message.clear();
        for (const auto &[name, value] : json.toVariantMap().asKeyValueRange()) {
            if (name.compare("message"_L1, Qt::CaseInsensitive) == 0)
                message = value.toString();
        }
    }
    return {inQuotes(message, u"Canonical String for this request"_s), inQuotes(message, u"String-to-Sign"_s)};
}

std::optional<SigV4Strings> sigV4StringsOfRequest(const Request &request)
{
    SigV4Input input;
    QByteArray credential, signedHeaders;
    QByteArrayList query;
    bool isInQuery = false;
    for (const QByteArray &item : targetQuery(request).split('&')) {
        const QByteArray name = item.left(item.indexOf('='));
        const QByteArray value = item.contains('=') ? percentDecode(item.mid(item.indexOf('=') + 1)) : QByteArray();
        if (name == "X-Amz-Signature") {
            isInQuery = true;
            continue;
        }
        if (name == "X-Amz-Credential")
            credential = value;
        else if (name == "X-Amz-SignedHeaders")
            signedHeaders = value;
        else if (name == "X-Amz-Date")
            input.timestamp = value;
        else if (name == "X-Amz-Algorithm" && value != "AWS4-HMAC-SHA256")
            return std::nullopt;
        query.append(item);
    }
    if (!isInQuery) {
        const QByteArray line = request.headers.value("Authorization");
        if (!line.startsWith("AWS4-HMAC-SHA256 "))
            return std::nullopt;
        const QHash<QByteArray, QByteArray> parameters = parametersOf(line.mid(17));
        credential = parameters.value("Credential");
        signedHeaders = parameters.value("SignedHeaders");
        input.timestamp = request.headers.value("X-Amz-Date");
    }
    // The access key id may hold slashes; the scope has four parts.
    const QList<QByteArray> scope = credential.split('/');
    if (scope.size() < 5 || signedHeaders.isEmpty() || input.timestamp.isEmpty())
        return std::nullopt;
    input.region = scope.at(scope.size() - 3);
    input.service = scope.at(scope.size() - 2);
    const bool isS3 = input.service == "s3" || input.service.startsWith("s3-");
    input.normalizePath = !isS3;
    input.encodePathAgain = !isS3;
    input.method = request.method;
    input.path = targetPath(request);
    input.query = query.join('&');
    for (const QByteArray &name : signedHeaders.split(';')) {
        for (const HeaderField &field : request.headers) {
            if (field.is(name))
                input.headers.append({field.name, field.value});
        }
    }
    input.payloadHash = request.headers.value("X-Amz-Content-Sha256");
    if (input.payloadHash.isEmpty())
        input.payloadHash = isInQuery && isS3 ? "UNSIGNED-PAYLOAD"_ba : hash(HashAlgorithm::Sha256, request.body).toHex();
    const SigV4Result result = sigV4StringToSign(input);
    return SigV4Strings{result.canonicalRequest, result.stringToSign};
}

QString sigV4PartText(const SigV4Difference &difference)
{
    using Part = SigV4Difference::Part;
    switch (difference.part) {
    case Part::Method:
        return u"the method"_s;
    case Part::Path:
        return u"the path"_s;
    case Part::Query:
        return u"the query"_s;
    case Part::Header:
        return u"the header %1"_s.arg(displayText(difference.name));
    case Part::SignedHeaders:
        return u"the list of signed headers"_s;
    case Part::Payload:
        return u"the hash of the body"_s;
    case Part::Algorithm:
        return u"the algorithm"_s;
    case Part::Time:
        return u"the time"_s;
    case Part::Region:
        return u"the region"_s;
    case Part::Service:
        return u"the service"_s;
    case Part::CanonicalHash:
        return u"the hash of the canonical request"_s;
    }
    return {};
}

bool SigV4Difference::isSecret() const
{
    static const QList<QByteArray> names{"x-amz-security-token", "authorization", "cookie"};
    return names.contains(name.toLower());
}

QList<SigV4Difference> compareSigV4(const SigV4Strings &sent, const SigV4Strings &server)
{
    using Part = SigV4Difference::Part;
    QList<SigV4Difference> out;
    const std::optional<Canonical> here = splitCanonical(sent.canonicalRequest);
    const std::optional<Canonical> there = splitCanonical(server.canonicalRequest);
    if (here && there)
        compareCanonical(*here, *there, out);
    const QList<QByteArray> lines = sent.stringToSign.split('\n');
    const QList<QByteArray> others = server.stringToSign.split('\n');
    if (lines.size() != 4 || others.size() != 4)
        return out;
    if (lines.at(0) != others.at(0))
        out.append({Part::Algorithm, {}, lines.at(0), others.at(0)});
    if (lines.at(1) != others.at(1))
        out.append({Part::Time, {}, lines.at(1), others.at(1)});
    compareScope(lines.at(2), others.at(2), out);
    if (!there && lines.at(3) != others.at(3))
        out.append({Part::CanonicalHash, {}, lines.at(3), others.at(3)});
    return out;
}

} // namespace realmscope
