// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace realmscope {

template <auto Free>
struct OpenSslDeleter
{
    template <typename T>
    void operator()(T *pointer) const
    {
        Free(pointer);
    }
};

// Owns an object of OpenSSL: OpenSslHandle<X509, X509_free>. For the units that speak OpenSSL.
template <typename T, auto Free>
using OpenSslHandle = std::unique_ptr<T, OpenSslDeleter<Free>>;

} // namespace realmscope
