// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Encoding.h"
#include "app/interop/CurlCommand.h"

#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

int lineOf(QByteArrayView text, qsizetype offset) { return int(text.first(offset).count('\n')) + 1; }

Error openQuote(QByteArrayView text, qsizetype offset, const QString &what)
{
    return {ErrorCode::Parse, u"%1 in line %2 is not closed"_s.arg(what).arg(lineOf(text, offset)), {},
            u"Copy the whole command, up to its last quote."_s};
}

QByteArray utf8(char32_t c)
{
    const QString text = c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? QString(QChar::ReplacementCharacter)
                                                                     : QString::fromUcs4(&c, 1);
    return text.toUtf8();
}

// $'…' of bash and others: escapes of C, and \u, \U.
class AnsiQuote
{
public:
    AnsiQuote(QByteArrayView text, qsizetype at) : m_text(text), m_at(at) {}

    // From after the opening quote to after the closing one; -1 when there is none.
    qsizetype read(QByteArray &out)
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at++];
            if (c == '\'')
                return m_at;
            if (c != '\\' || m_at >= m_text.size())
                out += c;
            else
                escape(out);
        }
        return -1;
    }

private:
    void escape(QByteArray &out)
    {
        static constexpr char letters[] = "abeEfnrtv\\'\"?";
        static constexpr char meanings[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
        const char c = m_text[m_at++];
        if (const qsizetype known = QByteArrayView(letters).indexOf(c); known >= 0) {
            out += meanings[known];
        } else if (c == 'x') {
            out += number(16, 2) ? char(m_number) : 'x';
        } else if (c == 'u' || c == 'U') {
            if (number(16, c == 'u' ? 4 : 8))
                out += utf8(surrogates(c));
            else
                out += QByteArray("\\") + c;
        } else if (c >= '0' && c <= '7') {
            --m_at;
            (void)number(8, 3);
            out += char(m_number);
        } else if (c == 'c' && m_at < m_text.size()) {
            out += char(m_text[m_at++] & 0x1f);
        } else {
            out += '\\';
            out += c;
        }
    }

    // Browsers write characters outside the BMP as two \u.
    char32_t surrogates(char kind)
    {
        const char32_t first = m_number;
        if (kind != 'u' || first < 0xd800 || first > 0xdbff || m_text.sliced(m_at).size() < 6 || !m_text.sliced(m_at).startsWith("\\u"))
            return first;
        const qsizetype before = m_at;
        m_at += 2;
        if (number(16, 4) && m_number >= 0xdc00 && m_number <= 0xdfff)
            return 0x10000 + ((first - 0xd800) << 10) + (m_number - 0xdc00);
        m_at = before;
        return first;
    }

    bool number(uint base, int digits)
    {
        m_number = 0;
        int read = 0;
        for (; read < digits && m_at < m_text.size(); ++read, ++m_at) {
            const char c = m_text[m_at];
            const uint digit = c >= '0' && c <= '9' ? uint(c - '0') : c >= 'a' && c <= 'f' ? uint(c - 'a') + 10
                : c >= 'A' && c <= 'F' ? uint(c - 'A') + 10 : 99;
            if (digit >= base)
                break;
            m_number = m_number * base + digit;
        }
        return read > 0;
    }

    QByteArrayView m_text;
    qsizetype m_at;
    char32_t m_number = 0;
};

class WordList
{
public:
    void add(char c) { m_word += c; m_open = true; }
    void add(QByteArrayView bytes) { m_word += bytes; m_open = true; }
    void open() { m_open = true; } // '' is a word as well
    [[nodiscard]] bool isOpen() const { return m_open; }
    void end()
    {
        if (!m_open)
            return;
        m_isUtf8 = m_isUtf8 && isValidUtf8(m_word);
        m_words << QString::fromUtf8(m_word);
        m_word.clear();
        m_open = false;
    }
    [[nodiscard]] Result<QStringList> take()
    {
        end();
        if (!m_isUtf8)
            return Error{ErrorCode::Parse, u"the command holds bytes that are no UTF-8 text (word %1)"_s.arg(m_words.size()), {},
                         u"Put such a body into a file and use --data-binary @file."_s};
        return m_words;
    }

private:
    QStringList m_words;
    QByteArray m_word;
    bool m_open = false;
    bool m_isUtf8 = true;
};

Result<QStringList> splitPosix(QByteArrayView text)
{
    WordList words;
    qsizetype i = 0;
    while (i < text.size()) {
        const char c = text[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            words.end();
            ++i;
        } else if (c == '#' && !words.isOpen()) {
            while (i < text.size() && text[i] != '\n')
                ++i;
        } else if (c == '\\') {
            if (text.sliced(i).startsWith("\\\r\n")) {
                i += 3;
            } else if (i + 1 < text.size() && text[i + 1] == '\n') {
                i += 2;
            } else {
                if (i + 1 < text.size())
                    words.add(text[i + 1]);
                i += 2;
            }
        } else if (c == '\'') {
            const qsizetype end = text.indexOf('\'', i + 1);
            if (end < 0)
                return openQuote(text, i, u"the single quote"_s);
            words.open();
            words.add(text.sliced(i + 1, end - i - 1));
            i = end + 1;
        } else if (c == '$' && i + 1 < text.size() && text[i + 1] == '\'') {
            QByteArray quoted;
            const qsizetype end = AnsiQuote(text, i + 2).read(quoted);
            if (end < 0)
                return openQuote(text, i, u"the $' quote"_s);
            words.open();
            words.add(quoted);
            i = end;
        } else if (c == '"' || (c == '$' && i + 1 < text.size() && text[i + 1] == '"')) {
            const qsizetype begin = i;
            i += c == '$' ? 2 : 1;
            words.open();
            while (i < text.size() && text[i] != '"') {
                if (text[i] == '\\' && i + 1 < text.size() && QByteArrayView("$`\"\\\n").contains(text[i + 1])) {
                    if (text[i + 1] != '\n')
                        words.add(text[i + 1]);
                    i += 2;
                } else {
                    words.add(text[i++]);
                }
            }
            if (i >= text.size())
                return openQuote(text, begin, u"the double quote"_s);
            ++i;
        } else if (c == '|') {
            // Never part of a URL without quotes; the rest is another program's.
            words.end();
            words.add(c);
            words.end();
            ++i;
        } else {
            words.add(c);
            ++i;
        }
    }
    return words.take();
}

// What cmd.exe does before a program sees its command line: ^ takes away the meaning of the next character, and
// joins lines. Between quotes that are not escaped themselves it is an ordinary character.
QByteArray undoCarets(QByteArrayView text)
{
    QByteArray out;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '^' && !quoted) {
            if (text.sliced(i + 1).startsWith("\r\n")) {
                i += 2;
                // Chrome writes an empty line for a line end in a value: ^ CR LF CR LF.
                if (text.sliced(i + 1).startsWith("\r\n")) {
                    out += '\n';
                    i += 2;
                }
            } else if (i + 1 < text.size() && text[i + 1] == '\n') {
                i += 1;
                if (i + 1 < text.size() && text[i + 1] == '\n') {
                    out += '\n';
                    i += 1;
                }
            } else if (i + 1 < text.size()) {
                out += text[++i];
            }
            continue;
        }
        if (c == '"')
            quoted = !quoted;
        if (c == '\n')
            quoted = false;
        out += c;
    }
    return out;
}

// The C runtime's rules for arguments on Windows: 2n backslashes and a quote are n backslashes and the quote's meaning.
Result<QStringList> splitWindows(QByteArrayView text)
{
    WordList words;
    bool quoted = false;
    qsizetype quoteBegin = 0;
    for (qsizetype i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '\\') {
            qsizetype end = i;
            while (end < text.size() && text[end] == '\\')
                ++end;
            const qsizetype count = end - i;
            const bool beforeQuote = end < text.size() && text[end] == '"';
            words.add(QByteArray(beforeQuote ? count / 2 : count, '\\'));
            i = end;
            if (beforeQuote && count % 2 == 1) {
                words.add('"');
                ++i;
            }
        } else if (c == '"') {
            if (quoted && i + 1 < text.size() && text[i + 1] == '"') {
                words.add('"');
                i += 2;
                continue;
            }
            quoted = !quoted;
            quoteBegin = i;
            words.open();
            ++i;
        } else if (!quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) {
            words.end();
            ++i;
        } else {
            words.add(c);
            ++i;
        }
    }
    if (quoted)
        return openQuote(text, quoteBegin, u"the double quote"_s);
    return words.take();
}

} // namespace

Result<QStringList> splitShellWords(const QString &text)
{
    QString command = text.trimmed();
    if (command.startsWith("$ "_L1))
        command = command.mid(2);
    static const QRegularExpression windows(u"\\^\\r?\\n|\\s\\^\""_s);
    if (windows.match(command).hasMatch())
        return splitWindows(undoCarets(command.toUtf8()));
    return splitPosix(command.toUtf8());
}

bool looksLikeCurl(const QString &text)
{
    static const QRegularExpression pattern(u"^\\s*(?:\\$\\s+)?(?:\\S*[/\\\\])?curl(?:\\.exe)?(?:\\s|$)"_s);
    return pattern.match(text).hasMatch();
}

} // namespace realmscope
