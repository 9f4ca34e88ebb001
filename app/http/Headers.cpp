// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/Headers.h"

#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>

#include <algorithm>
#include <array>

namespace realmscope {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr std::array monthNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array dayNames{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

int month(QByteArrayView name)
{
    const auto it = std::ranges::find_if(monthNames, [&](const char *known) { return equalsIgnoreCase(name, known); });
    return it == monthNames.end() ? 0 : int(it - monthNames.begin()) + 1;
}

std::optional<qint64> seconds(int year, int monthNumber, int day, QByteArrayView clock)
{
    const QList<QByteArray> parts = clock.toByteArray().split(':');
    if (parts.size() != 3)
        return std::nullopt;
    int value[3];
    for (int i = 0; i < 3; ++i) {
        bool ok = false;
        value[i] = parts.at(i).toInt(&ok);
        if (!ok)
            return std::nullopt;
    }
    // RFC 9110 section 5.6.7 allows a leap second, which QTime does not know.
    const QDateTime time(QDate(year, monthNumber, day), QTime(value[0], value[1], std::min(value[2], 59)), Qt::UTC);
    if (!time.isValid() || value[2] > 60)
        return std::nullopt;
    return time.toSecsSinceEpoch();
}

} // namespace

bool equalsIgnoreCase(QByteArrayView a, QByteArrayView b)
{
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool isToken(QByteArrayView text)
{
    const auto isTokenChar = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    };
    return !text.isEmpty() && std::ranges::all_of(text, isTokenChar);
}

bool HeaderField::is(QByteArrayView otherName) const { return equalsIgnoreCase(name, otherName); }

Headers::Headers(std::initializer_list<std::pair<QByteArray, QByteArray>> fields)
{
    for (const auto &[name, value] : fields)
        append(name, value);
}

qsizetype Headers::indexOf(QByteArrayView name, qsizetype from) const
{
    for (qsizetype i = std::max<qsizetype>(from, 0); i < m_fields.size(); ++i) {
        if (m_fields.at(i).is(name))
            return i;
    }
    return -1;
}

const HeaderField *Headers::find(QByteArrayView name) const
{
    const qsizetype index = indexOf(name);
    return index < 0 ? nullptr : &m_fields.at(index);
}

QByteArray Headers::value(QByteArrayView name) const
{
    const HeaderField *field = find(name);
    if (!field)
        return {};
    return field->value.isNull() ? QByteArray("") : field->value;
}

QList<QByteArray> Headers::values(QByteArrayView name) const
{
    QList<QByteArray> list;
    for (const HeaderField &field : m_fields) {
        if (field.is(name))
            list.append(field.value);
    }
    return list;
}

QByteArray Headers::combined(QByteArrayView name) const { return values(name).join(", "); }

void Headers::append(QByteArray name, QByteArray value, HeaderSource source, QString sourceDetail)
{
    HeaderField field;
    field.name = std::move(name);
    field.value = std::move(value);
    field.source = source;
    field.sourceDetail = std::move(sourceDetail);
    m_fields.append(std::move(field));
}

void Headers::set(QByteArray name, QByteArray value, HeaderSource source, QString sourceDetail)
{
    const qsizetype first = indexOf(name);
    if (first < 0) {
        append(std::move(name), std::move(value), source, std::move(sourceDetail));
        return;
    }
    for (qsizetype i = m_fields.size() - 1; i > first; --i) {
        if (m_fields.at(i).is(name))
            m_fields.removeAt(i);
    }
    HeaderField field;
    field.name = std::move(name);
    field.value = std::move(value);
    field.source = source;
    field.sourceDetail = std::move(sourceDetail);
    m_fields[first] = std::move(field);
}

qsizetype Headers::remove(QByteArrayView name)
{
    return m_fields.removeIf([&](const HeaderField &field) { return field.is(name); });
}

QList<QByteArray> splitList(QByteArrayView value)
{
    QList<QByteArray> items;
    bool quoted = false;
    qsizetype begin = 0;
    // OWS and the line ends of a fold. Other white space is part of an item: "\vchunked" is not chunked.
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    const auto take = [&](qsizetype end) {
        qsizetype last = end;
        while (begin < last && isSpace(value[begin]))
            ++begin;
        while (last > begin && isSpace(value[last - 1]))
            --last;
        if (last > begin)
            items.append(value.sliced(begin, last - begin).toByteArray());
        begin = end + 1;
    };
    for (qsizetype i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            take(i);
    }
    take(value.size());
    return items;
}

std::optional<qint64> parseHttpDate(QByteArrayView text)
{
    const QList<QByteArray> parts = text.toByteArray().simplified().split(' ');
    bool ok = false;
    // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
    if (parts.size() == 6 && parts.at(0).endsWith(',')) {
        const int year = parts.at(3).toInt(&ok);
        return ok && parts.at(3).size() == 4 ? seconds(year, month(parts.at(2)), parts.at(1).toInt(), parts.at(4))
                                             : std::nullopt;
    }
    // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
    if (parts.size() == 4 && parts.at(0).endsWith(',')) {
        const QList<QByteArray> date = parts.at(1).split('-');
        if (date.size() != 3)
            return std::nullopt;
        int year = date.at(2).toInt(&ok);
        if (!ok)
            return std::nullopt;
        if (date.at(2).size() == 2) {
            // RFC 9110 section 5.6.7: more than 50 years ahead means the past century.
            const int thisYear = QDate::currentDate().year();
            year += thisYear / 100 * 100;
            if (year > thisYear + 50)
                year -= 100;
        }
        return seconds(year, month(date.at(1)), date.at(0).toInt(), parts.at(2));
    }
    // asctime: Sun Nov  6 08:49:37 1994
    if (parts.size() == 5) {
        const int year = parts.at(4).toInt(&ok);
        return ok ? seconds(year, month(parts.at(1)), parts.at(2).toInt(), parts.at(3)) : std::nullopt;
    }
    return std::nullopt;
}

QByteArray formatHttpDate(qint64 secondsSinceEpoch)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(secondsSinceEpoch, Qt::UTC);
    const QDate date = time.date();
    // QDateTime::toString() would translate the names.
    return QByteArray(dayNames[size_t(date.dayOfWeek() - 1)]) + ", "
        + QByteArray::number(date.day()).rightJustified(2, '0') + ' ' + monthNames[size_t(date.month() - 1)] + ' '
        + QByteArray::number(date.year()).rightJustified(4, '0') + ' '
        + time.time().toString(QStringLiteral("HH:mm:ss")).toLatin1() + " GMT";
}

} // namespace realmscope
