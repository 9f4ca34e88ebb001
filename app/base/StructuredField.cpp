// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/StructuredField.h"

#include "app/base/Encoding.h"

#include <QtCore/QList>

#include <algorithm>
#include <utility>

namespace realmscope {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isAlpha(char c) { return isLower(c) || (c >= 'A' && c <= 'Z'); }

// Section 4.2: each function reads one thing and gives its written form (section 4.1); after a failure isGood() is false.
class SfReader
{
public:
    explicit SfReader(QByteArrayView text) : m_text(text) {}

    [[nodiscard]] bool isGood() const { return m_isGood; }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    void skipSpaces()
    {
        while (peek() == ' ')
            ++m_at;
    }
    void skipOptionalSpace()
    {
        while (peek() == ' ' || peek() == '\t')
            ++m_at;
    }
    bool take(char c)
    {
        if (atEnd() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }

    QByteArray key()
    {
        QByteArray out;
        if (!isLower(peek()) && peek() != '*')
            return fail();
        while (!atEnd() && (isLower(peek()) || isDigit(peek()) || QByteArrayView("_-.*").contains(peek())))
            out += m_text[m_at++];
        return out;
    }

    QByteArray bareItem()
    {
        const char c = peek();
        if (c == '-' || isDigit(c))
            return number();
        if (c == '"')
            return string();
        if (c == '*' || isAlpha(c))
            return token();
        if (c == ':')
            return bytes();
        if (c == '?')
            return boolean();
        if (c == '@') { // a date (RFC 9651 section 3.3.7)
            ++m_at;
            const QByteArray seconds = number();
            return seconds.contains('.') ? fail() : '@' + seconds;
        }
        return fail();
    }

    QByteArray parameters()
    {
        QList<std::pair<QByteArray, QByteArray>> found;
        while (m_isGood && take(';')) {
            skipSpaces();
            const QByteArray name = key();
            const QByteArray value = take('=') ? bareItem() : QByteArray("?1");
            const auto same = std::ranges::find_if(found, [&name](const auto &one) { return one.first == name; });
            if (same == found.end())
                found.append({name, value});
            else
                same->second = value; // the last one counts
        }
        QByteArray out;
        for (const auto &[name, value] : found)
            out += ';' + name + (value == "?1" ? QByteArray() : '=' + value);
        return out;
    }

    QByteArray itemOrInnerList()
    {
        if (!take('(')) {
            const QByteArray item = bareItem();
            return item + parameters();
        }
        QByteArray out = "(";
        for (skipSpaces(); m_isGood && !take(')'); skipSpaces()) {
            if (atEnd())
                return fail();
            const QByteArray item = bareItem();
            out += (out.size() > 1 ? " " : "") + item + parameters();
            if (peek() != ' ' && peek() != ')')
                return fail();
        }
        return out + ')' + parameters();
    }

    // Between members; false at the end. A comma with nothing behind it is a mistake.
    bool next()
    {
        skipOptionalSpace();
        if (!m_isGood || atEnd())
            return false;
        if (!take(',')) {
            fail();
            return false;
        }
        skipOptionalSpace();
        if (atEnd())
            fail();
        return m_isGood;
    }

private:
    [[nodiscard]] char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    QByteArray fail()
    {
        m_isGood = false;
        return {};
    }

    QByteArray number()
    {
        const QByteArray sign = take('-') ? "-" : "";
        QByteArray whole, fraction;
        while (isDigit(peek()))
            whole += m_text[m_at++];
        const bool isDecimal = !whole.isEmpty() && take('.');
        while (isDecimal && isDigit(peek()))
            fraction += m_text[m_at++];
        const bool isTooLong = isDecimal ? whole.size() > 12 || fraction.size() > 3 || fraction.isEmpty() : whole.size() > 15;
        if (whole.isEmpty() || isTooLong)
            return fail();
        while (whole.size() > 1 && whole.startsWith('0'))
            whole.remove(0, 1);
        while (fraction.size() > 1 && fraction.endsWith('0'))
            fraction.chop(1);
        const bool isZero = whole == "0" && (!isDecimal || fraction == "0");
        return (isZero ? QByteArray() : sign) + whole + (isDecimal ? '.' + fraction : QByteArray());
    }

    QByteArray string()
    {
        QByteArray out = "\"";
        for (++m_at; !atEnd(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return out + '"';
            }
            if (c == '\\') {
                ++m_at;
                if (peek() != '"' && peek() != '\\')
                    return fail();
                out += '\\';
                out += peek();
            } else if (c < 0x20 || c == 0x7f) { // char is signed: what is no ASCII is below zero
                return fail();
            } else {
                out += c;
            }
        }
        return fail();
    }

    QByteArray token()
    {
        QByteArray out;
        while (!atEnd() && (isAlpha(peek()) || isDigit(peek()) || QByteArrayView("!#$%&'*+-.^_`|~:/").contains(peek())))
            out += m_text[m_at++];
        return out;
    }

    QByteArray bytes()
    {
        const qsizetype end = m_text.indexOf(':', m_at + 1);
        if (end < 0)
            return fail();
        const std::optional<QByteArray> decoded = decodeBase64(m_text.sliced(m_at + 1, end - m_at - 1).toByteArray());
        if (!decoded)
            return fail();
        m_at = end + 1;
        return ':' + decoded->toBase64() + ':';
    }

    QByteArray boolean()
    {
        ++m_at;
        const char c = peek();
        if (c != '0' && c != '1')
            return fail();
        ++m_at;
        return c == '1' ? "?1" : "?0";
    }

    QByteArrayView m_text;
    qsizetype m_at = 0;
    bool m_isGood = true;
};

QByteArrayView withoutSpaces(QByteArrayView text)
{
    while (text.startsWith(' '))
        text = text.sliced(1);
    while (text.endsWith(' '))
        text.chop(1);
    return text;
}

using SfMembers = QList<std::pair<QByteArray, QByteArray>>;

// Keys and what stands behind them ("=value" with its parameters, or parameters alone).
std::optional<SfMembers> dictionary(QByteArrayView value)
{
    SfReader reader(withoutSpaces(value));
    SfMembers members;
    if (reader.atEnd())
        return members;
    do {
        const QByteArray key = reader.key();
        const QByteArray behind = reader.take('=') ? '=' + reader.itemOrInnerList() : reader.parameters();
        if (!reader.isGood())
            return std::nullopt;
        const auto same = std::ranges::find_if(members, [&key](const auto &one) { return one.first == key; });
        if (same == members.end())
            members.append({key, behind});
        else
            same->second = behind;
    } while (reader.next());
    return reader.isGood() ? std::optional(members) : std::nullopt;
}

// "=?1;a" is written ";a" (section 4.1.2).
QByteArray writtenBehind(const QByteArray &behind) { return behind == "=?1" || behind.startsWith("=?1;") ? behind.mid(3) : behind; }

} // namespace

std::optional<QByteArray> canonicalStructuredField(QByteArrayView value)
{
    SfReader list(withoutSpaces(value));
    QByteArray out;
    if (!list.atEnd()) {
        do {
            out += (out.isEmpty() ? "" : ", ") + list.itemOrInnerList();
        } while (list.next());
    }
    if (list.isGood())
        return out;
    const std::optional<SfMembers> members = dictionary(value);
    if (!members)
        return std::nullopt;
    out.clear();
    for (const auto &[key, behind] : *members)
        out += (out.isEmpty() ? "" : ", ") + key + writtenBehind(behind);
    return out;
}

std::optional<QByteArray> structuredDictionaryMember(QByteArrayView value, QByteArrayView key)
{
    const std::optional<SfMembers> members = dictionary(value);
    if (!members)
        return std::nullopt;
    const auto found = std::ranges::find_if(*members, [&key](const auto &one) { return one.first == key; });
    if (found == members->end())
        return std::nullopt;
    return found->second.startsWith('=') ? found->second.mid(1) : "?1" + found->second;
}

} // namespace realmscope
