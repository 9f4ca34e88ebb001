// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const auto latin1 = "iso-8859-1"_L1;

bool fitsLatin1(const QString &text)
{
    return std::ranges::all_of(text, [](QChar c) { return c.unicode() < 0x100; });
}

} // namespace

SchemeField charsetField()
{
    return {.id = u"charset"_s,
            .label = u"Character set"_s,
            .kind = FieldKind::Choice,
            .defaultValue = u"utf-8"_s,
            .choices = {{u"utf-8"_s, u"UTF-8"_s}, {u"iso-8859-1"_s, u"ISO-8859-1 (Latin-1)"_s}},
            .help = u"How letters outside ASCII become bytes; older servers expect Latin-1."_s};
}

QByteArray encodeCredential(const QString &text, const QString &charset)
{
    return charset == latin1 ? text.toLatin1() : text.toUtf8();
}

QByteArray encodeCredential(const Secret &secret, const QString &charset)
{
    return charset == latin1 ? secret.revealText().toLatin1() : secret.revealBytes();
}

Result<void> checkEncodable(const QString &scheme, const QString &user, const Secret &password, const QString &charset)
{
    if (charset != latin1 || (fitsLatin1(user) && fitsLatin1(password.revealText())))
        return {};
    return Error{ErrorCode::InvalidInput,
                 u"%1: the %2 has a character that ISO-8859-1 lacks"_s.arg(
                     scheme, fitsLatin1(user) ? u"password"_s : u"user name"_s),
                 {}, u"Choose UTF-8 as the profile's character set."_s};
}

Result<void> checkNoControl(const QString &what, const QString &text)
{
    const auto bad = std::ranges::find_if(text, [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
    if (bad == text.end())
        return {};
    return Error{ErrorCode::InvalidInput,
                 u"%1 holds a control character at position %2"_s.arg(what).arg(bad - text.begin() + 1), {},
                 u"Remove it; it often comes along with a copied line end."_s};
}

bool withholdBody(Request &request)
{
    if (request.bodySize() == 0)
        return false;
    request.body.clear();
    request.streamedBody.reset();
    request.headers.remove("Transfer-Encoding");
    request.headers.set("Content-Length"_ba, "0"_ba, HeaderSource::Default);
    return true;
}

QByteArray credentialHeaderName(bool proxy) { return proxy ? "Proxy-Authorization"_ba : "Authorization"_ba; }

} // namespace realmscope
