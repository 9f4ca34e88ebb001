// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/http/TargetUri.h"

#include "app/base/Encoding.h"

using namespace Qt::StringLiterals;

namespace realmscope {

Result<Url> targetUri(const Request &request)
{
    Url url = request.url;
    const HeaderField *host = request.headers.find("Host");
    if (!host)
        return url;
    const Result<Url> meant = Url::parse(url.scheme + u"://"_s + QString::fromLatin1(host->value));
    if (!meant)
        return meant.error();
    if (!meant->path.isEmpty() || meant->query || meant->fragment || meant->userInfo)
        return Error{ErrorCode::InvalidUrl, u"the Host header \"%1\" is more than a host and a port"_s.arg(displayText(host->value)), {},
                     u"Write host or host:port."_s};
    url.host = meant->host;
    url.port = meant->port;
    url.portWritten = meant->portWritten;
    return url;
}

} // namespace realmscope
