// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HistoryIndex.h"

#include <QtCore/QHash>

#include <algorithm>
#include <array>
#include <string_view>

#include <zlib.h>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr QByteArrayView listPrefix("realmscope.history-list/");
constexpr QByteArrayView listHeader("realmscope.history-list/1\n");
constexpr qsizetype sumSize = 8; // CRC-32 in hexadecimal, before the first tab

// CRC, id, sent at, exchanges, total, bytes, verdict; then what is searched.
enum Field { Sum, Id, SentAt, Exchanges, Total, Bytes, VerdictField, Status, Method, Address, Name, Profile, Environment, Outcome_, Cause, Title, FieldCount };

QByteArray escaped(const QString &text)
{
    QByteArray out = text.toUtf8();
    out.replace('\\', "\\\\");
    out.replace('\t', "\\t");
    out.replace('\n', "\\n");
    out.replace('\r', "\\r");
    out.replace('\0', "\\0");
    return out;
}

QString unescaped(QByteArrayView bytes)
{
    if (!bytes.contains('\\'))
        return QString::fromUtf8(bytes);
    QByteArray out;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\\' || i + 1 == bytes.size()) {
            out += bytes[i];
            continue;
        }
        const char c = bytes[++i];
        out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
    }
    return QString::fromUtf8(out);
}

quint32 sumOf(QByteArrayView bytes)
{
    return static_cast<quint32>(crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

// Ten thousand lines are looked at before a list is shown: nothing is allocated for one.
bool isWhole(QByteArrayView line)
{
    if (line.size() <= sumSize || line[sumSize] != '\t')
        return false;
    quint32 written = 0;
    for (const char c : line.first(sumSize)) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        written = written << 4 | static_cast<quint32>(digit);
    }
    return written == sumOf(line.sliced(sumSize));
}

// The field that begins at `at`, and where the next one does.
QByteArrayView nextField(QByteArrayView line, qsizetype &at)
{
    const qsizetype tab = line.indexOf('\t', at);
    const qsizetype end = tab < 0 ? line.size() : tab;
    const QByteArrayView field = line.sliced(std::min(at, line.size()), std::max<qsizetype>(0, end - at));
    at = tab < 0 ? line.size() + 1 : tab + 1;
    return field;
}

// As it was written here: digits, and a sign at most. What is too long for a file of ours is 0.
qint64 numberOf(QByteArrayView text)
{
    const bool isNegative = text.startsWith('-');
    const QByteArrayView digits = isNegative ? text.sliced(1) : text;
    qint64 value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9' || digits.size() > 18)
            return 0;
        value = value * 10 + (c - '0');
    }
    return isNegative ? -value : value;
}

void appendFolded(QByteArrayView bytes, QByteArray &out)
{
    if (std::ranges::any_of(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        out += QString::fromUtf8(bytes).toCaseFolded().toUtf8();
        return;
    }
    const qsizetype begin = out.size();
    out += bytes;
    std::transform(out.cbegin() + begin, out.cend(), out.begin() + begin, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
}

bool isIdLetter(char16_t c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'-'; }

constexpr qsizetype longestId = 40;

} // namespace

bool isHistoryId(QStringView id)
{
    return !id.isEmpty() && id.size() <= longestId && std::ranges::all_of(id, [](QChar c) { return isIdLetter(c.unicode()); });
}

QByteArray HistoryIndex::lineOf(const HistoryEntry &entry)
{
    QByteArrayList fields(FieldCount);
    fields[Id] = entry.id.toLatin1();
    fields[SentAt] = QByteArray::number(entry.sentAtMs);
    fields[Exchanges] = QByteArray::number(entry.exchanges);
    fields[Total] = QByteArray::number(entry.totalUs);
    fields[Bytes] = QByteArray::number(entry.bytes);
    fields[VerdictField] = escaped(entry.verdict);
    fields[Status] = QByteArray::number(entry.status);
    fields[Method] = escaped(entry.method);
    fields[Address] = escaped(entry.url);
    fields[Name] = escaped(entry.name);
    fields[Profile] = escaped(entry.profile);
    fields[Environment] = escaped(entry.environment);
    fields[Outcome_] = escaped(entry.outcome);
    fields[Cause] = escaped(entry.cause);
    fields[Title] = escaped(entry.title);
    const QByteArray rest = fields.join('\t'); // begins with a tab: the sum is empty yet
    return QByteArray::number(sumOf(rest), 16).rightJustified(sumSize, '0') + rest + '\n';
}

std::optional<HistoryEntry> HistoryIndex::readLine(QByteArrayView line)
{
    if (!isWhole(line))
        return std::nullopt;
    std::array<QByteArrayView, FieldCount> fields;
    qsizetype at = 0;
    for (QByteArrayView &field : fields) {
        if (at > line.size())
            return std::nullopt;
        field = nextField(line, at);
    }
    HistoryEntry entry;
    entry.id = QString::fromLatin1(fields[Id]);
    if (!isHistoryId(entry.id))
        return std::nullopt;
    entry.sentAtMs = numberOf(fields[SentAt]);
    entry.exchanges = static_cast<int>(numberOf(fields[Exchanges]));
    entry.totalUs = numberOf(fields[Total]);
    entry.bytes = numberOf(fields[Bytes]);
    entry.verdict = unescaped(fields[VerdictField]);
    entry.status = static_cast<int>(numberOf(fields[Status]));
    entry.method = unescaped(fields[Method]);
    entry.url = unescaped(fields[Address]);
    entry.name = unescaped(fields[Name]);
    entry.profile = unescaped(fields[Profile]);
    entry.environment = unescaped(fields[Environment]);
    entry.outcome = unescaped(fields[Outcome_]);
    entry.cause = unescaped(fields[Cause]);
    entry.title = unescaped(fields[Title]);
    return entry;
}

HistoryIndex::HistoryIndex() : m_content(listHeader.toByteArray()) {}

HistoryIndex HistoryIndex::parse(const QByteArray &content)
{
    HistoryIndex index;
    index.m_content = content;
    QHash<QByteArrayView, qsizetype> known; // id: place in m_lines
    known.reserve(content.size() / 200);
    const auto addDamaged = [&index](QByteArrayView line) {
        ++index.m_damaged;
        index.m_damagedEntries += line.contains('\t') ? 1 : 0; // the first line has none
    };
    qsizetype begin = 0;
    bool isFirst = true;
    bool hasHeader = false;
    while (begin < content.size()) {
        const qsizetype newline = content.indexOf('\n', begin);
        const qsizetype end = newline < 0 ? content.size() : newline;
        const QByteArrayView line = QByteArrayView(content).sliced(begin, end - begin);
        const qsizetype lineBegin = begin;
        begin = end + 1;
        if (std::exchange(isFirst, false)) {
            hasHeader = line == listHeader.chopped(1);
            if (hasHeader)
                continue;
            if (line.startsWith(listPrefix) || !isWhole(line)) {
                addDamaged(line); // or a newer version, see below
                continue;
            }
        }
        if (line.isEmpty())
            continue;
        if (newline < 0 && !isWhole(line))
            break; // cut off: see endsWithinLine()
        if (!isWhole(line)) {
            addDamaged(line);
            continue;
        }
        qsizetype at = sumSize + 1;
        const QByteArrayView id = nextField(line, at);
        if (id.isEmpty() || id.size() > longestId || !std::ranges::all_of(id, [](char c) { return isIdLetter(static_cast<unsigned char>(c)); })) {
            addDamaged(line);
            continue;
        }
        Line item{lineBegin, line.size(), numberOf(nextField(line, at)), 0};
        nextField(line, at);
        nextField(line, at);
        item.bytes = numberOf(nextField(line, at));
        index.m_totalBytes += item.bytes;
        if (const auto earlier = known.constFind(id); earlier != known.constEnd()) {
            index.m_totalBytes -= index.m_lines.at(*earlier).bytes;
            index.m_lines[*earlier] = item;
            ++index.m_replaced;
        } else {
            known.insert(id, index.m_lines.size());
            index.m_lines.append(item);
        }
    }
    const QByteArrayView first = QByteArrayView(content).first(std::max<qsizetype>(0, std::min(content.indexOf('\n'), content.size())));
    index.m_isNewer = !hasHeader && index.m_lines.isEmpty() && first.startsWith(listPrefix) && first.size() > listPrefix.size()
        && std::ranges::all_of(first.sliced(listPrefix.size()), [](char c) { return c >= '0' && c <= '9'; });
    std::ranges::reverse(index.m_lines);
    const auto isNewerEntry = [](const Line &a, const Line &b) { return a.sentAtMs > b.sentAtMs; };
    if (!std::ranges::is_sorted(index.m_lines, isNewerEntry))
        std::ranges::stable_sort(index.m_lines, isNewerEntry);
    return index;
}

bool HistoryIndex::endsWithinLine() const { return !m_content.isEmpty() && !m_content.endsWith('\n'); }

HistoryEntry HistoryIndex::at(qsizetype row) const
{
    return readLine(text(m_lines.at(row))).value_or(HistoryEntry()); // whole: parse() has looked
}

QString HistoryIndex::id(qsizetype row) const
{
    qsizetype at = sumSize + 1;
    return QString::fromLatin1(nextField(text(m_lines.at(row)), at));
}

qsizetype HistoryIndex::indexOf(const QString &id) const
{
    const QByteArray wanted = '\t' + id.toLatin1() + '\t';
    const auto it = std::ranges::find_if(m_lines, [&](const Line &line) { return text(line).sliced(sumSize).startsWith(wanted); });
    return it == m_lines.end() ? -1 : it - m_lines.begin();
}

QList<int> HistoryIndex::search(const QString &searched) const
{
    QByteArrayList words;
    for (const QString &word : searched.split(u' ', Qt::SkipEmptyParts)) {
        words.append(QByteArray());
        appendFolded(word.toUtf8(), words.last());
    }
    QList<int> rows;
    rows.reserve(m_lines.size());
    if (words.isEmpty()) {
        for (int row = 0; row < m_lines.size(); ++row)
            rows.append(row);
        return rows;
    }
    if (m_foldedEnds.size() != m_lines.size()) {
        m_folded.clear();
        m_foldedEnds.clear();
        m_folded.reserve(m_content.size());
        m_foldedEnds.reserve(m_lines.size());
        for (const Line &line : m_lines) {
            const QByteArrayView whole = text(line);
            qsizetype at = 0;
            for (int field = 0; field < Status; ++field)
                nextField(whole, at);
            appendFolded(whole.sliced(std::min(at, whole.size())), m_folded);
            m_foldedEnds.append(m_folded.size());
        }
    }
    qsizetype begin = 0;
    for (int row = 0; row < m_lines.size(); ++row) {
        // QByteArrayView::contains() makes a table for each call, which costs more than the line.
        const std::string_view line(m_folded.constData() + begin, static_cast<std::size_t>(m_foldedEnds.at(row) - begin));
        begin = m_foldedEnds.at(row);
        if (std::ranges::all_of(words, [&line](const QByteArray &word) { return line.find(std::string_view(word.constData(), static_cast<std::size_t>(word.size()))) != line.npos; }))
            rows.append(row);
    }
    return rows;
}

QByteArray HistoryIndex::write() const
{
    QByteArray out;
    out.reserve(m_content.size());
    out += listHeader;
    for (auto line = m_lines.crbegin(); line != m_lines.crend(); ++line) {
        out += text(*line);
        out += '\n';
    }
    return out;
}

HistoryIndex HistoryIndex::without(const QSet<QString> &ids) const
{
    HistoryIndex rest = *this;
    for (qsizetype row = rest.m_lines.size() - 1; row >= 0; --row) {
        if (ids.contains(id(row))) {
            rest.m_totalBytes -= rest.m_lines.at(row).bytes;
            rest.m_lines[row].size = 0;
        }
    }
    rest.m_lines.removeIf([](const Line &line) { return line.size == 0; });
    rest.m_folded.clear();
    rest.m_foldedEnds.clear();
    return rest;
}

} // namespace realmscope
