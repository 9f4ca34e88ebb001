// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Result.h"

using namespace Qt::StringLiterals;

namespace realmscope {

QString errorCodeId(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
        return u"invalid-input"_s;
    case ErrorCode::InvalidUrl:
        return u"invalid-url"_s;
    case ErrorCode::InvalidMethod:
        return u"invalid-method"_s;
    case ErrorCode::InvalidHeader:
        return u"invalid-header"_s;
    case ErrorCode::UnresolvedVariable:
        return u"unresolved-variable"_s;
    case ErrorCode::Parse:
        return u"parse"_s;
    case ErrorCode::FileUnreadable:
        return u"file-unreadable"_s;
    case ErrorCode::FileUnwritable:
        return u"file-unwritable"_s;
    case ErrorCode::HostNotFound:
        return u"host-not-found"_s;
    case ErrorCode::ConnectFailed:
        return u"connect-failed"_s;
    case ErrorCode::ConnectTimeout:
        return u"connect-timeout"_s;
    case ErrorCode::IdleTimeout:
        return u"idle-timeout"_s;
    case ErrorCode::TotalTimeout:
        return u"total-timeout"_s;
    case ErrorCode::TlsFailure:
        return u"tls-failure"_s;
    case ErrorCode::TlsAlert:
        return u"tls-alert"_s;
    case ErrorCode::ConnectionClosed:
        return u"connection-closed"_s;
    case ErrorCode::ProtocolError:
        return u"protocol-error"_s;
    case ErrorCode::LimitExceeded:
        return u"limit-exceeded"_s;
    case ErrorCode::Cancelled:
        return u"cancelled"_s;
    case ErrorCode::SecretStoreUnavailable:
        return u"secret-store-unavailable"_s;
    case ErrorCode::SecretStoreLocked:
        return u"secret-store-locked"_s;
    case ErrorCode::SecretStoreFailed:
        return u"secret-store-failed"_s;
    case ErrorCode::SecretStoreDamaged:
        return u"secret-store-damaged"_s;
    case ErrorCode::WrongPassphrase:
        return u"wrong-passphrase"_s;
    case ErrorCode::SecretNotFound:
        return u"secret-not-found"_s;
    case ErrorCode::ProfileNotApproved:
        return u"profile-not-approved"_s;
    case ErrorCode::OriginNotAllowed:
        return u"origin-not-allowed"_s;
    case ErrorCode::AuthFailed:
        return u"auth-failed"_s;
    case ErrorCode::Unsupported:
        return u"unsupported"_s;
    }
    return {};
}

} // namespace realmscope
