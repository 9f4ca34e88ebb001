// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/MaskedHeader.h"

#include "app/auth/Challenge.h"
#include "app/auth/Jwt.h"
#include "app/base/Encoding.h"
#include "app/credentials/Redactor.h"

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype shortestToken = 32; // below, size and kind would say something about a password

const QString maskBullets(24, u'•');
const QString cookieBullets(8, u'•');

bool isTemplate(const QString &text)
{
    return text.contains("{{"_L1);
}

std::optional<MaskedHeader> maskedCookies(const QString &value)
{
    QStringList parts;
    bool isMasked = false;
    for (const QString &pair : value.split(u';')) {
        const qsizetype equals = pair.indexOf(u'=');
        const bool hasSecret = equals >= 0 && equals + 1 < pair.size() && !isTemplate(pair);
        parts.append(hasSecret ? pair.left(equals + 1) + cookieBullets : pair);
        isMasked = isMasked || hasSecret;
    }
    if (!isMasked)
        return std::nullopt;
    return MaskedHeader{parts.join(u';'), {}};
}

QString basicUser(const QByteArray &token)
{
    const std::optional<QByteArray> pair = decodeBase64(token);
    const qsizetype colon = pair ? pair->indexOf(':') : -1;
    return colon > 0 ? displayText(pair->left(colon)) : QString();
}

} // namespace

QString tokenRemark(const QByteArray &token)
{
    if (decodeJwt(token))
        return u"JWT, %1 B"_s.arg(token.size());
    return token.size() >= shortestToken ? u"opaque, %1 B"_s.arg(token.size()) : QString();
}

std::optional<MaskedHeader> maskedHeader(const QString &name, const QString &value)
{
    const QByteArray headerName = name.toUtf8();
    if (value.trimmed().isEmpty() || !Redactor::isCredentialHeader(headerName))
        return std::nullopt;
    if (name.compare("Cookie"_L1, Qt::CaseInsensitive) == 0)
        return maskedCookies(value);
    const bool isAuthorization = name.compare("Authorization"_L1, Qt::CaseInsensitive) == 0
        || name.compare("Proxy-Authorization"_L1, Qt::CaseInsensitive) == 0;
    // Only Authorization has a scheme word before its secret (RFC 9110 section 11.4).
    const qsizetype space = isAuthorization ? value.indexOf(u' ') : -1;
    const QString scheme = space > 0 ? value.left(space) : QString();
    const QString rest = space > 0 ? value.mid(space + 1) : value;
    if (rest.isEmpty() || isTemplate(rest))
        return std::nullopt;
    MaskedHeader masked;
    masked.shown = scheme.isEmpty() ? maskBullets : scheme + u' ' + maskBullets;
    if (scheme.compare("Basic"_L1, Qt::CaseInsensitive) == 0)
        masked.remark = basicUser(rest.toUtf8());
    else if (scheme.compare("Digest"_L1, Qt::CaseInsensitive) == 0)
        masked.remark = displayText(parseCredentials(value.toUtf8()).value("username"));
    else
        masked.remark = tokenRemark(rest.toUtf8());
    return masked;
}

} // namespace realmscope
