// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Challenge.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

bool isTokenChar(char c)
{
    // tchar, RFC 9110 section 5.6.2
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
}

bool isToken68Char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || QByteArrayView("-._~+/").contains(c);
}

bool isSpace(char c)
{
    // OWS, and the CR LF of a folded line (obs-fold)
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Parameters that servers really send with an empty unquoted value ("realm="): by the grammar that is a token68, but
// nobody means it so.
bool isWellKnownParam(QByteArrayView name)
{
    static constexpr std::array names{"realm", "nonce", "opaque", "qop", "stale", "algorithm", "domain", "charset",
                                      "userhash", "scope", "error", "error_description", "error_uri"};
    return std::ranges::any_of(names, [&](const char *known) { return equalsIgnoreCase(name, known); });
}

class LineReader
{
public:
    LineReader(QByteArrayView text, qsizetype line, ChallengeList &list) : m_text(text), m_line(line), m_list(list) {}

    void read()
    {
        while (skipSeparators()) {
            const qsizetype begin = m_pos;
            const QByteArrayView word = takeToken();
            if (word.isEmpty()) {
                const qsizetype end = skipJunk();
                m_list.problems.append({u"unexpected characters where a challenge should begin"_s, {begin, end}});
                continue;
            }
            if (peekIsEquals()) {
                // A parameter before any scheme: keep it readable.
                m_pos = begin;
                startChallenge({}, begin);
                problem(u"a parameter without a scheme before it"_s, {begin, begin + word.size()});
                readParams();
            } else {
                startChallenge(word, begin);
                readRest();
            }
            current().range.end = m_end;
        }
    }

private:
    Challenge &current() { return m_list.challenges.last(); }
    void problem(const QString &text, ByteRange range) { current().problems.append({text, range}); }
    bool atEnd() const { return m_pos >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_pos]; }

    void startChallenge(QByteArrayView scheme, qsizetype begin)
    {
        Challenge challenge;
        challenge.scheme = scheme.toByteArray();
        challenge.line = m_line;
        challenge.range = {begin, m_pos};
        m_end = m_pos;
        m_list.challenges.append(challenge);
    }

    bool skipSeparators()
    {
        while (!atEnd() && (isSpace(peek()) || peek() == ','))
            ++m_pos;
        return !atEnd();
    }

    void skipSpaces()
    {
        while (!atEnd() && isSpace(peek()))
            ++m_pos;
    }

    qsizetype skipJunk()
    {
        while (!atEnd() && peek() != ',' && !isTokenChar(peek()))
            ++m_pos;
        return m_pos;
    }

    QByteArrayView takeToken()
    {
        const qsizetype begin = m_pos;
        while (!atEnd() && isTokenChar(peek()))
            ++m_pos;
        return m_text.sliced(begin, m_pos - begin);
    }

    // After a word: does "=" follow, white space allowed before it (BWS)?
    bool peekIsEquals() const
    {
        qsizetype p = m_pos;
        while (p < m_text.size() && isSpace(m_text[p]))
            ++p;
        return p < m_text.size() && m_text[p] == '=';
    }

    void readRest()
    {
        if (peek() == ':') { // "Bearer: realm=…" is a common mistake
            problem(u"a colon after the scheme"_s, {m_pos, m_pos + 1});
            ++m_pos;
        }
        skipSpaces();
        if (atEnd() || peek() == ',')
            return;
        if (!readToken68())
            readParams();
    }

    bool readToken68()
    {
        const qsizetype begin = m_pos;
        qsizetype p = begin;
        while (p < m_text.size() && isToken68Char(m_text[p]))
            ++p;
        const qsizetype wordEnd = p;
        while (p < m_text.size() && m_text[p] == '=')
            ++p;
        const qsizetype end = p;
        while (p < m_text.size() && isSpace(m_text[p]))
            ++p;
        if (wordEnd == begin || (p < m_text.size() && m_text[p] != ','))
            return false; // "=" alone is none
        const QByteArrayView word = m_text.sliced(begin, wordEnd - begin);
        if (end - wordEnd == 1 && isWellKnownParam(word))
            return false;
        current().token68 = m_text.sliced(begin, end - begin).toByteArray();
        m_pos = m_end = end;
        return true;
    }

    void readParams()
    {
        bool afterComma = true;
        while (!atEnd()) {
            skipSpaces();
            const qsizetype begin = m_pos;
            if (peek() == ',') {
                ++m_pos;
                afterComma = true;
                continue;
            }
            if (atEnd())
                return;
            const QByteArrayView name = takeToken();
            if (name.isEmpty()) {
                const qsizetype end = std::max(skipJunk(), begin + 1);
                m_pos = end;
                problem(u"unexpected characters between parameters"_s, {begin, end});
                m_end = end;
                continue;
            }
            if (!peekIsEquals()) {
                if (!afterComma && !current().params.isEmpty() && !current().params.last().quoted) {
                    // realm=My Site: the value goes on after the space
                    AuthParam &param = current().params.last();
                    param.value = m_text.sliced(param.valueRange.begin, m_pos - param.valueRange.begin).toByteArray();
                    param.valueRange.end = param.range.end = m_end = m_pos;
                    problem(u"the value of %1 has spaces and is not quoted"_s.arg(QLatin1StringView(param.name)),
                            param.valueRange);
                    continue;
                }
                m_pos = begin; // the next challenge
                return;
            }
            if (!afterComma && !current().params.isEmpty())
                problem(u"no comma before %1"_s.arg(QLatin1StringView(name)), {begin, m_pos});
            readParam(name, begin);
            afterComma = false;
        }
    }

    void readParam(QByteArrayView name, qsizetype begin)
    {
        skipSpaces();
        ++m_pos; // '='
        skipSpaces();
        AuthParam param;
        param.name = name.toByteArray();
        if (peek() == '"')
            readQuoted(param);
        else
            readUnquoted(param);
        param.range = {begin, m_pos};
        m_end = m_pos;
        if (current().has(param.name))
            problem(u"%1 stands twice"_s.arg(QLatin1StringView(param.name)), param.range);
        current().params.append(param);
    }

    // A closing quote is one that a comma, the end, or another parameter follows. A quote inside a realm that the
    // server forgot to escape is then read as part of it, and noted.
    bool closesString(qsizetype quote) const
    {
        qsizetype p = quote + 1;
        while (p < m_text.size() && isSpace(m_text[p]))
            ++p;
        if (p >= m_text.size() || m_text[p] == ',' || m_text[p] == ';')
            return true;
        qsizetype q = p;
        while (q < m_text.size() && isTokenChar(m_text[q]))
            ++q;
        while (q > p && q < m_text.size() && isSpace(m_text[q]))
            ++q;
        if (q > p && q < m_text.size() && m_text[q] == '=')
            return true;
        return m_text.indexOf('"', quote + 1) < 0; // nothing closes it later
    }

    void readQuoted(AuthParam &param)
    {
        param.quoted = true;
        const qsizetype open = m_pos++;
        param.valueRange.begin = m_pos;
        while (!atEnd()) {
            const char c = peek();
            if (c == '\\' && m_pos + 1 < m_text.size()) {
                param.value += m_text[m_pos + 1];
                m_pos += 2;
                continue;
            }
            if (c == '"') {
                if (closesString(m_pos)) {
                    param.valueRange.end = m_pos++;
                    return;
                }
                problem(u"a quote inside %1 is not escaped"_s.arg(QLatin1StringView(param.name)), {m_pos, m_pos + 1});
            }
            param.value += c;
            ++m_pos;
        }
        param.valueRange.end = m_pos;
        problem(u"the quoted string of %1 does not end"_s.arg(QLatin1StringView(param.name)), {open, m_pos});
    }

    void readUnquoted(AuthParam &param)
    {
        param.valueRange.begin = m_pos;
        bool isPlain = true;
        while (!atEnd() && peek() != ',' && !isSpace(peek())) {
            isPlain = isPlain && isTokenChar(peek());
            ++m_pos;
        }
        param.valueRange.end = m_pos;
        param.value = m_text.sliced(param.valueRange.begin, param.valueRange.size()).toByteArray();
        if (param.value.isEmpty())
            problem(u"%1 has no value"_s.arg(QLatin1StringView(param.name)), param.valueRange);
        else if (!isPlain && !current().scheme.startsWith("AWS4-")) // "Credential=AKID/20150830/…": AWS's own form
            problem(u"the value of %1 must be quoted"_s.arg(QLatin1StringView(param.name)), param.valueRange);
    }

    QByteArrayView m_text;
    qsizetype m_line;
    ChallengeList &m_list;
    qsizetype m_pos = 0;
    qsizetype m_end = 0; // after the last thing read of the current challenge
};

} // namespace

bool Challenge::is(QByteArrayView otherScheme) const { return equalsIgnoreCase(scheme, otherScheme); }

const AuthParam *Challenge::param(QByteArrayView name) const
{
    const auto it = std::ranges::find_if(params, [&](const AuthParam &p) { return equalsIgnoreCase(p.name, name); });
    return it == params.end() ? nullptr : &*it;
}

QByteArray Challenge::value(QByteArrayView name) const
{
    const AuthParam *found = param(name);
    if (!found)
        return {};
    return found->value.isNull() ? QByteArray("") : found->value;
}

const Challenge *ChallengeList::find(QByteArrayView scheme) const
{
    const auto it = std::ranges::find_if(challenges, [&](const Challenge &c) { return c.is(scheme); });
    return it == challenges.end() ? nullptr : &*it;
}

bool ChallengeList::isWellFormed() const
{
    return problems.isEmpty() && std::ranges::all_of(challenges, [](const Challenge &c) { return c.problems.isEmpty(); });
}

ChallengeList parseChallenges(const QList<QByteArray> &lines)
{
    ChallengeList list;
    for (qsizetype i = 0; i < lines.size(); ++i)
        LineReader(lines.at(i), i, list).read();
    return list;
}

Challenge parseCredentials(QByteArrayView value)
{
    const QByteArrayView text = value.trimmed();
    const qsizetype offset = text.isEmpty() ? 0 : text.data() - value.data();
    Challenge result;
    result.range = {offset, offset + text.size()};

    qsizetype p = 0;
    while (p < text.size() && isTokenChar(text[p]))
        ++p;
    static constexpr std::array schemesAlone{"Basic", "Bearer", "Digest", "Negotiate", "NTLM", "DPoP", "Token"};
    const bool isOneWord = p == text.size();
    const bool isSchemeAlone = isOneWord && std::ranges::any_of(schemesAlone, [&](const char *known) {
        return equalsIgnoreCase(text, known);
    });
    if (p == 0 || (isOneWord && !isSchemeAlone) || (!isOneWord && !isSpace(text[p]))) {
        result.token68 = text.toByteArray();
        return result;
    }
    result.scheme = text.first(p).toByteArray();
    while (p < text.size() && isSpace(text[p]))
        ++p;
    const QByteArrayView rest = text.sliced(p);
    if (rest.isEmpty())
        return result;

    // Parameters: name "=" and then something that is no padding. "dXNlcjo=" and "a.b.c" are one token68.
    qsizetype nameEnd = 0;
    while (nameEnd < rest.size() && isTokenChar(rest[nameEnd]))
        ++nameEnd;
    qsizetype equals = nameEnd;
    while (equals < rest.size() && isSpace(rest[equals]))
        ++equals;
    const bool hasParams = nameEnd > 0 && equals + 1 < rest.size() && rest[equals] == '=' && rest[equals + 1] != '=';
    if (hasParams) {
        const ChallengeList list = parseChallenges({value.toByteArray()});
        if (!list.challenges.isEmpty()) {
            result = list.challenges.first();
            result.problems += list.problems;
            return result;
        }
    }
    result.token68 = rest.toByteArray();
    qsizetype end = 0;
    while (end < rest.size() && isToken68Char(rest[end]))
        ++end;
    while (end < rest.size() && rest[end] == '=')
        ++end;
    if (end < rest.size())
        result.problems.append({u"characters that do not belong into a credential"_s,
                                {offset + p + end, offset + text.size()}});
    return result;
}

QByteArray quoteString(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size() + 2);
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    out += '"';
    return out;
}

} // namespace realmscope
