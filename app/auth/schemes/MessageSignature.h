// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Result.h"
#include "app/http/Message.h"

#include <QtCore/QList>

#include <optional>
#include <utility>

namespace realmscope {

// HTTP Message Signatures (RFC 9421) as free functions, shared by the scheme and the diagnosis that recomputes.

// One covered component: a field name in lower case or a derived one ("@method"), with its parameters.
struct SignedComponent
{
    QByteArray name;
    QList<std::pair<QByteArray, QByteArray>> parameters; // {"name", "Pet"}, {"bs", {}}
    [[nodiscard]] QByteArray identifier() const;         // "@query-param";name="Pet"
};
// "@method content-digest @query-param;name="Pet"": separated by white space or commas, quotes around names allowed. Error: InvalidInput.
[[nodiscard]] Result<QList<SignedComponent>> parseComponents(const QString &text);

struct SignatureParameters
{
    QList<SignedComponent> components;
    std::optional<qint64> created, expires;
    QByteArray nonce, algorithm, keyId, tag; // empty: not sent
    [[nodiscard]] QByteArray serialized() const; // the value of @signature-params, and of Signature-Input
};
// Section 2.5. Errors: InvalidInput naming the component that the request does not have; Unsupported for other parameters of headers than sf, key and bs.
[[nodiscard]] Result<QByteArray> signatureBase(const Request &request, const SignatureParameters &parameters);
// A member of Accept-Signature (section 5.1): label, components, and which parameters are wanted; a value that the server
// gives (nonce, keyid, alg, tag) is the one to use.
struct WantedSignature
{
    QByteArray label;
    QList<SignedComponent> components;
    bool created = false, expires = false, nonce = false, algorithm = false;
    QByteArray nonceValue, algorithmValue, keyId, tag;
};
// All of them, in order; those behind one that can't be read are left out.
[[nodiscard]] QList<WantedSignature> parseAcceptSignature(const QByteArray &value);

} // namespace realmscope
