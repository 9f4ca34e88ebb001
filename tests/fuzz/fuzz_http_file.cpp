// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
// First byte: what is edited. The rest is a .http file.
#include "app/workspace/HttpFile.h"

#include "tests/fuzz/Fuzz.h"

using namespace realmscope;
using namespace realmscope::fuzz;

namespace {

void edit(RequestSpec &spec, unsigned char what)
{
    switch (what % 5) {
    case 0:
        spec.url = QStringLiteral("https://changed.example/path?a=b");
        break;
    case 1:
        spec.headers.append({QStringLiteral("X-New"), QStringLiteral("value"), true, {}});
        break;
    case 2:
        spec.body = {};
        spec.body.kind = BodyKind::Text;
        spec.body.text = QStringLiteral("changed\n# text");
        break;
    case 3:
        spec.settings.followRedirects = !spec.settings.followRedirects;
        spec.name = QStringLiteral("changed");
        break;
    default:
        if (!spec.headers.isEmpty())
            spec.headers.removeFirst();
        else
            spec.method = QStringLiteral("PATCH");
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data + 1), static_cast<qsizetype>(size - 1));
    const Result<HttpFile> file = HttpFile::parse(bytes);
    require(bool(file) == !bytes.contains('\0'), "every text is a file");
    if (!file)
        return 0;
    require(file->toBytes() == bytes, "what was read is written as it was");
    for (qsizetype i = 0; i < file->requestCount() && i < 4; ++i) {
        (void)file->notes(i);
        RequestSpec spec = file->request(i);
        const QByteArray alone = HttpFile::format(spec);
        const Result<HttpFile> again = HttpFile::parse(alone);
        require(again && again->requestCount() == 1, "a request alone is one request");
        require(HttpFile::format(again->request(0)) == alone, "written twice it is the same");
        HttpFile changed = *file;
        edit(spec, data[0]);
        changed.replace(i, spec);
        const Result<HttpFile> after = HttpFile::parse(changed.toBytes());
        require(after && after->requestCount() == file->requestCount(), "an edit leaves as many requests");
        for (qsizetype other = 0; other < after->requestCount(); ++other)
            require(other == i || after->request(other) == file->request(other), "an edit leaves the others alone");
    }
    return 0;
}
