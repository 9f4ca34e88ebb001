// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/SameAnswer.h"

#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype compared = 64 * 1024;

QByteArray locationPath(const Response &response)
{
    const QByteArray location = response.headers.value("Location");
    const qsizetype end = location.indexOf('?');
    return end < 0 ? location : location.left(end);
}

QList<QByteArray> challenges(const Response &response)
{
    QList<QByteArray> lines = response.headers.values("WWW-Authenticate");
    for (QByteArray &line : lines)
        line = withoutNonces(line);
    return lines;
}

} // namespace

QByteArray withoutVolatileParts(const QByteArray &text)
{
    static const QRegularExpression parts(
        u"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9:]+)?"
        "|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}"
        "|\\b(?=[A-Za-z0-9+/_=-]*[0-9])[A-Za-z0-9+/_=-]{16,}"
        "|[0-9]+"_s);
    return QString::fromLatin1(text).replace(parts, u"#"_s).toLatin1();
}

QByteArray withoutNonces(const QByteArray &challenge)
{
    static const QRegularExpression nonces(
        u"\\b(nonce|opaque|state|ts|tsm|id|request_id|correlation_id)\\s*=\\s*(\"[^\"]*\"|[^\\s,]*)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return QString::fromLatin1(challenge).replace(nonces, u"\\1=#"_s).toLatin1();
}

bool sameAnswer(const Response &a, const Response &b)
{
    return a.status == b.status && challenges(a) == challenges(b) && locationPath(a) == locationPath(b)
        && a.mediaType() == b.mediaType()
        && withoutVolatileParts(a.body.head(compared)) == withoutVolatileParts(b.body.head(compared));
}

} // namespace realmscope
