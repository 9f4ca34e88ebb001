// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QString>

#include <utility>
#include <variant>

namespace realmscope {

// What went wrong, as data. Only ui/ and cli/ turn it into a sentence for a person.
enum class ErrorCode {
    InvalidInput,        // something the user typed cannot be used as it is
    InvalidUrl,
    InvalidMethod,
    InvalidHeader,       // a name that is no token, or CR/LF/NUL in a value (RFC 9110 section 5.5)
    UnresolvedVariable,
    Parse,               // a file or a pasted text does not parse
    FileUnreadable,
    FileUnwritable,
    HostNotFound,
    ConnectFailed,       // refused, unreachable
    ConnectTimeout,
    IdleTimeout,         // nothing came for the idle limit
    TotalTimeout,
    TlsFailure,          // handshake or verification
    TlsAlert,            // the peer closed with an alert after the handshake
    ConnectionClosed,    // closed before a whole response
    ProtocolError,       // what came is not HTTP
    LimitExceeded,       // header, body, decompression or redirect limit
    Cancelled,
    SecretStoreUnavailable,
    SecretStoreLocked,
    SecretStoreFailed,
    SecretStoreDamaged,  // its file was changed or cut off; a backup may help
    WrongPassphrase,
    SecretNotFound,
    ProfileNotApproved,  // the credential profile was changed by another program, or came from elsewhere
    OriginNotAllowed,    // the credential profile does not name this origin
    AuthFailed,          // an AuthFlow cannot go on
    Unsupported,
};

// message: one English sentence without full stop that says what and where ("host not found: api.exmaple.com").
// detail: what a developer needs besides (the library's own words); may be empty.
// action: what the user can do about it, as an imperative sentence; may be empty.
struct Error
{
    ErrorCode code = ErrorCode::InvalidInput;
    QString message;
    QString detail;
    QString action;
};

// What the user wrote does not do: what is wrong, and what to do about it.
[[nodiscard]] inline Error invalidInput(const QString &message, const QString &action)
{
    return {ErrorCode::InvalidInput, message, {}, action};
}

// Stable lower-case id of a code for JSON and tests ("host-not-found").
[[nodiscard]] QString errorCodeId(ErrorCode code);

// Result<T>: a value or an Error. Test with operator bool, read with value() or error(); reading the wrong one is a
// bug (std::bad_variant_access in every build).
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_data(std::in_place_index<0>, std::move(value)) {}          // NOLINT(google-explicit-constructor)
    Result(Error error) : m_data(std::in_place_index<1>, std::move(error)) {}      // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return m_data.index() == 0; }
    [[nodiscard]] bool hasValue() const { return m_data.index() == 0; }
    [[nodiscard]] const T &value() const & { return std::get<0>(m_data); }
    [[nodiscard]] T &value() & { return std::get<0>(m_data); }
    [[nodiscard]] T value() && { return std::get<0>(std::move(m_data)); }
    [[nodiscard]] const Error &error() const { return std::get<1>(m_data); }
    const T &operator*() const & { return value(); }
    T &operator*() & { return value(); }
    const T *operator->() const { return &value(); }
    T *operator->() { return &value(); }

private:
    std::variant<T, Error> m_data;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)), m_ok(false) {}                // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return m_ok; }
    [[nodiscard]] bool hasValue() const { return m_ok; }
    [[nodiscard]] const Error &error() const
    {
        Q_ASSERT(!m_ok);
        return m_error;
    }

private:
    Error m_error;
    bool m_ok = true;
};

} // namespace realmscope
