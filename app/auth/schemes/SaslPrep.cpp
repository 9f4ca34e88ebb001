// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/SaslPrep.h"

#include <QtCore/QList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

struct CodePoints
{
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool isIn(const CodePoints (&table)[N], char32_t c)
{
    return std::ranges::any_of(table, [c](const CodePoints &range) { return c >= range.first && c <= range.last; });
}

// RFC 3454, tables C.1.2 (become a space) and B.1 (disappear).
constexpr CodePoints nonAsciiSpaces[] = {{0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200b}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
constexpr CodePoints mappedToNothing[] = {{0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x1806, 0x1806}, {0x180b, 0x180d}, {0x200b, 0x200d},
                                          {0x2060, 0x2060}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}};
// RFC 3454, tables C.2 to C.9, as RFC 4013 section 2.3 lists them.
constexpr CodePoints prohibited[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x0340, 0x0341}, {0x06dd, 0x06dd}, {0x070f, 0x070f}, {0x180e, 0x180e}, {0x200c, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x2063}, {0x206a, 0x206f}, {0x2ff0, 0x2ffb}, {0xd800, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff},
    {0xfff9, 0xffff}, {0x1d173, 0x1d17a}, {0xe0001, 0xe0001}, {0xe0020, 0xe007f}, {0xf0000, 0x10ffff}};

bool isProhibited(char32_t c)
{
    return isIn(prohibited, c) || (c & 0xfffe) == 0xfffe; // the last two of each plane are no characters (C.4)
}

} // namespace

Result<QString> saslPrep(const QString &what, const QString &text)
{
    QList<uint> mapped;
    const QList<uint> points = text.toUcs4();
    for (const uint point : points) {
        if (isIn(nonAsciiSpaces, point))
            mapped.append(' ');
        else if (!isIn(mappedToNothing, point))
            mapped.append(point);
    }
    const QString normal = QString::fromUcs4(reinterpret_cast<const char32_t *>(mapped.constData()), mapped.size())
                               .normalized(QString::NormalizationForm_KC, QChar::Unicode_3_2);
    const QList<uint> checked = normal.toUcs4();
    const auto isRightToLeft = [](uint c) { return QChar::direction(c) == QChar::DirR || QChar::direction(c) == QChar::DirAL; };
    const auto bad = std::ranges::find_if(checked, isProhibited);
    if (bad != checked.end())
        return Error{ErrorCode::InvalidInput, u"%1 holds U+%2, a character that is not allowed in it (RFC 4013)"_s.arg(what, QString::number(*bad, 16).toUpper().rightJustified(4, u'0')),
                     {}, u"Type it again, without invisible characters."_s};
    // RFC 3454 section 6.
    if (std::ranges::any_of(checked, isRightToLeft)
        && (!isRightToLeft(checked.first()) || !isRightToLeft(checked.last())
            || std::ranges::any_of(checked, [](uint c) { return QChar::direction(c) == QChar::DirL; })))
        return Error{ErrorCode::InvalidInput, u"%1 mixes letters of both directions in a way that is not allowed (RFC 4013)"_s.arg(what), {},
                     u"Use letters of one direction, at the beginning and the end as well."_s};
    return normal;
}

} // namespace realmscope
