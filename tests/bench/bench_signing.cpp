// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/SchemeRegistry.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

// What it costs to sign a request with each scheme, beside the bare primitive of OpenSSL that the scheme rests on (the same
// key, 512 bytes): a line of JSON each. Keys are read anew for each request, as the program does it.
//   bench_signing [MILLISECONDS_A_ROW]        200 when not given

using namespace realmscope;
using namespace Qt::StringLiterals;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

struct Primitive
{
    const char *name;
    std::function<void()> once;
};

QByteArray pemOf(EVP_PKEY *key)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return QByteArray(data, size);
}

void sign(EVP_PKEY *key, const EVP_MD *digest, const QByteArray &message)
{
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::array<unsigned char, 1024> out;
    size_t size = out.size();
    const auto *bytes = reinterpret_cast<const unsigned char *>(message.constData());
    if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 || EVP_DigestSign(context.get(), out.data(), &size, bytes, size_t(message.size())) != 1)
        std::abort();
}

void authenticate(const EVP_MD *digest, const QByteArray &key, const QByteArray &message)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> out;
    unsigned size = 0;
    if (!HMAC(digest, key.constData(), int(key.size()), reinterpret_cast<const unsigned char *>(message.constData()), size_t(message.size()), out.data(), &size))
        std::abort();
}

// Median of batches, in microseconds: other programs take their share of some.
double microseconds(const std::function<void()> &once, int forMs)
{
    using Clock = std::chrono::steady_clock;
    once(); // warm
    std::vector<double> batches;
    const auto end = Clock::now() + std::chrono::milliseconds(forMs);
    int many = 1;
    while (batches.size() < 5 || Clock::now() < end) {
        const auto begin = Clock::now();
        for (int i = 0; i < many; ++i)
            once();
        const double took = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
        if (took < 500) {
            many *= 2;
            continue;
        }
        batches.push_back(took / many);
    }
    std::nth_element(batches.begin(), batches.begin() + std::ptrdiff_t(batches.size() / 2), batches.end());
    return batches[batches.size() / 2];
}

} // namespace

int main(int argc, char **argv)
{
    const int forMs = argc > 1 ? std::atoi(argv[1]) : 200;
    const Key rsa(EVP_RSA_gen(2048), EVP_PKEY_free);
    const Key p256(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Key ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
    const QByteArray message(512, 'm');
    const QByteArray secret = "a shared secret of thirty-two B.";
    const Primitive hmac1{"HMAC-SHA-1", [&] { authenticate(EVP_sha1(), secret, message); }};
    const Primitive hmac256{"HMAC-SHA-256", [&] { authenticate(EVP_sha256(), secret, message); }};
    const Primitive rsa256{"RSA 2048", [&] { sign(rsa.get(), EVP_sha256(), message); }};
    const Primitive ecdsa{"ECDSA P-256", [&] { sign(p256.get(), EVP_sha256(), message); }};
    const Primitive eddsa{"Ed25519", [&] { sign(ed.get(), nullptr, message); }};

    using Map = QMap<QString, QString>;
    struct Row
    {
        const char *scheme;
        Map texts;
        QMap<QString, QByteArray> secrets;
        const Primitive *primitive;
    };
    const QByteArray rsaPem = pemOf(rsa.get());
    const QByteArray ecPem = pemOf(p256.get());
    const QByteArray edPem = pemOf(ed.get());
    const Map aws{{u"access-key-id"_s, u"AKIDEXAMPLE"_s}, {u"region"_s, u"us-east-1"_s}, {u"service"_s, u"service"_s}};
    const auto with = [](Map map, const QString &key, const QString &value) {
        map.insert(key, value);
        return map;
    };
    const Map message9421{{u"key-id"_s, u"k1"_s}, {u"components"_s, u"@method @target-uri @authority content-type content-digest"_s}};
    const Map cavage{{u"key-id"_s, u"k1"_s}, {u"headers"_s, u"(request-target) host date digest"_s}};
    const std::vector<Row> rows{
        {"aws-sigv4", aws, {{u"secret-access-key"_s, secret}}, &hmac256},
        {"aws-sigv4", with(aws, u"version"_s, u"4a"_s), {{u"secret-access-key"_s, secret}}, &ecdsa},
        {"oauth1", {{u"consumer-key"_s, u"k"_s}, {u"token"_s, u"t"_s}, {u"flow"_s, u"token"_s}}, {{u"consumer-secret"_s, secret}, {u"token-secret"_s, secret}}, &hmac1},
        {"oauth1", {{u"consumer-key"_s, u"k"_s}, {u"flow"_s, u"token"_s}, {u"signature-method"_s, u"RSA-SHA256"_s}}, {{u"private-key"_s, rsaPem}}, &rsa256},
        {"hawk", {{u"id"_s, u"k"_s}, {u"payload"_s, u"true"_s}}, {{u"key"_s, secret}}, &hmac256},
        {"jwt", {{u"algorithm"_s, u"HS256"_s}, {u"claims"_s, u"{\"sub\":\"alice\"}"_s}}, {{u"key"_s, secret}}, &hmac256},
        {"jwt", {{u"algorithm"_s, u"RS256"_s}, {u"claims"_s, u"{\"sub\":\"alice\"}"_s}}, {{u"key"_s, rsaPem}}, &rsa256},
        {"jwt", {{u"algorithm"_s, u"ES256"_s}, {u"claims"_s, u"{\"sub\":\"alice\"}"_s}}, {{u"key"_s, ecPem}}, &ecdsa},
        {"jwt", {{u"algorithm"_s, u"EdDSA"_s}, {u"claims"_s, u"{\"sub\":\"alice\"}"_s}}, {{u"key"_s, edPem}}, &eddsa},
        {"dpop", {{u"algorithm"_s, u"ES256"_s}}, {{u"token"_s, "mF_9.B5f-4.1JqM"}, {u"key"_s, ecPem}}, &ecdsa},
        {"http-signature", with(message9421, u"algorithm"_s, u"hmac-sha256"_s), {{u"key"_s, secret}}, &hmac256},
        {"http-signature", with(message9421, u"algorithm"_s, u"rsa-v1_5-sha256"_s), {{u"key"_s, rsaPem}}, &rsa256},
        {"http-signature", with(message9421, u"algorithm"_s, u"ecdsa-p256-sha256"_s), {{u"key"_s, ecPem}}, &ecdsa},
        {"http-signature", with(message9421, u"algorithm"_s, u"ed25519"_s), {{u"key"_s, edPem}}, &eddsa},
        {"cavage", with(cavage, u"algorithm"_s, u"hmac-sha256"_s), {{u"key"_s, secret}}, &hmac256},
        {"cavage", with(cavage, u"algorithm"_s, u"rsa-sha256"_s), {{u"key"_s, rsaPem}}, &rsa256},
        {"edgegrid", {{u"client-token"_s, u"c"_s}, {u"access-token"_s, u"a"_s}}, {{u"client-secret"_s, secret}}, &hmac256},
        {"asap", {{u"issuer"_s, u"i"_s}, {u"key-id"_s, u"i/k"_s}, {u"audience"_s, u"a"_s}}, {{u"private-key"_s, rsaPem}}, &rsa256},
        {"vapid", {{u"subject"_s, u"mailto:push@example.com"_s}}, {{u"private-key"_s, ecPem}}, &ecdsa},
    };

    const FixedClock clock(1'764'200'000'000);
    SystemRandom random;
    Request request;
    request.method = "POST";
    request.url = Url::parse(u"https://api.example.com/v2/invoices?status=open&customer=cus_8Kx41"_s).value();
    request.body = QByteArray(400, 'b');
    request.headers.append("Host"_ba, request.url.hostHeader(), HeaderSource::Default);
    request.headers.append("Content-Type"_ba, "application/octet-stream"_ba, HeaderSource::User);
    int wrong = 0;
    for (const Row &row : rows) {
        const AuthScheme *scheme = findScheme(QString::fromLatin1(row.scheme));
        AuthMemory memory;
        AuthContext context;
        context.request = request;
        context.clock = &clock;
        context.random = &random;
        context.memory = &memory;
        for (const SchemeField &field : scheme->fields()) {
            if (field.kind != FieldKind::Secret)
                context.values.setText(field.id, row.texts.value(field.id, field.defaultValue));
        }
        for (const auto &[id, value] : row.secrets.asKeyValueRange())
            context.values.setSecret(id, Secret(value));
        const Step first = scheme->start(context)->next(nullptr);
        if (!std::holds_alternative<SendStep>(first)) {
            std::fprintf(stderr, "%s: %s\n", row.scheme,
                         std::holds_alternative<FailedStep>(first) ? qPrintable(std::get<FailedStep>(first).error.message) : "it does not sign at once");
            ++wrong;
            continue;
        }
        const double ours = microseconds([&] { (void)scheme->start(context)->next(nullptr); }, forMs);
        const double bare = microseconds(row.primitive->once, forMs);
        const QString variant = row.texts.value(u"algorithm"_s, row.texts.value(u"signature-method"_s, row.texts.value(u"version"_s)));
        std::printf("{\"scheme\": \"%s\", \"variant\": \"%s\", \"us\": %.1f, \"primitive\": \"%s\", \"primitiveUs\": %.1f, \"ratio\": %.2f, \"perSecond\": %.0f}\n", row.scheme,
                    qPrintable(variant), ours, row.primitive->name, bare, ours / bare, 1e6 / ours);
        std::fflush(stdout);
    }
    return wrong == 0 ? 0 : 1;
}
