// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>
#include <QtCore/QList>
#include <QtCore/QString>

#include <initializer_list>
#include <optional>
#include <utility>

namespace realmscope {

// Half-open range of bytes in a message as it went over the wire (offset 0 is the first byte of the start line).
// Empty when the position is not known.
struct ByteRange
{
    qsizetype begin = 0;
    qsizetype end = 0;
    [[nodiscard]] qsizetype size() const { return end - begin; }
    [[nodiscard]] bool isEmpty() const { return end <= begin; }
    bool operator==(const ByteRange &) const = default;
};

// Who put a request header there.
enum class HeaderSource { User, Profile, CookieJar, Default, Transport, Proxy, Unknown };

// One field line. Name and value keep their bytes and spelling; the value has no surrounding white space (OWS), and
// folded lines (obs-fold) are kept as received, with the CR LF inside. Source: RFC 9110 section 5, RFC 9112 section 5.
struct HeaderField
{
    QByteArray name;
    QByteArray value;
    ByteRange nameRange;  // where it stands in the raw message
    ByteRange valueRange;
    HeaderSource source = HeaderSource::Unknown;
    QString sourceDetail; // "profile alice", "user name in the URL"; for a person

    [[nodiscard]] bool is(QByteArrayView otherName) const; // ASCII case-insensitive
};

// Ordered field lines; duplicates and spelling are kept. Lookup is ASCII case-insensitive.
class Headers
{
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<QByteArray, QByteArray>> fields);

    [[nodiscard]] qsizetype size() const { return m_fields.size(); }
    [[nodiscard]] bool isEmpty() const { return m_fields.isEmpty(); }
    [[nodiscard]] bool contains(QByteArrayView name) const { return indexOf(name) >= 0; }
    [[nodiscard]] qsizetype indexOf(QByteArrayView name, qsizetype from = 0) const; // -1 when absent
    [[nodiscard]] const HeaderField &at(qsizetype index) const { return m_fields.at(index); }
    [[nodiscard]] HeaderField &operator[](qsizetype index) { return m_fields[index]; }
    [[nodiscard]] const HeaderField *find(QByteArrayView name) const; // first, or null
    [[nodiscard]] QByteArray value(QByteArrayView name) const;        // first value, or null array
    [[nodiscard]] QList<QByteArray> values(QByteArrayView name) const; // one a line, in order
    // All lines of a list field joined by ", " (RFC 9110 section 5.3). Not for Set-Cookie.
    [[nodiscard]] QByteArray combined(QByteArrayView name) const;

    void append(HeaderField field) { m_fields.append(std::move(field)); }
    void append(QByteArray name, QByteArray value, HeaderSource source = HeaderSource::Unknown,
                QString sourceDetail = {});
    // Replaces the first line of that name in its place and removes the others; appends when there is none.
    void set(QByteArray name, QByteArray value, HeaderSource source = HeaderSource::Unknown,
             QString sourceDetail = {});
    qsizetype remove(QByteArrayView name); // how many lines went
    void removeAt(qsizetype index) { m_fields.removeAt(index); }

    [[nodiscard]] auto begin() const { return m_fields.cbegin(); }
    [[nodiscard]] auto end() const { return m_fields.cend(); }

private:
    QList<HeaderField> m_fields;
};

[[nodiscard]] bool equalsIgnoreCase(QByteArrayView a, QByteArrayView b); // ASCII only
[[nodiscard]] bool isToken(QByteArrayView text);                        // RFC 9110 section 5.6.2
// Splits a list field value at the commas outside quoted strings and trims OWS (RFC 9110 section 5.6.1).
[[nodiscard]] QList<QByteArray> splitList(QByteArrayView value);

// IMF-fixdate, RFC 850 and asctime (RFC 9110 section 5.6.7); nullopt when it is none of them.
[[nodiscard]] std::optional<qint64> parseHttpDate(QByteArrayView text); // seconds since the epoch
[[nodiscard]] QByteArray formatHttpDate(qint64 seconds);               // IMF-fixdate

} // namespace realmscope
