// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/Random.h"

#include <openssl/rand.h>

namespace realmscope {

QByteArray SystemRandom::bytes(qsizetype count)
{
    QByteArray out(count, Qt::Uninitialized);
    if (RAND_bytes(reinterpret_cast<unsigned char *>(out.data()), int(count)) != 1)
        qFatal("the random number generator of the system failed");
    return out;
}

} // namespace realmscope
