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
// key, 512 bytes): a line of JSON each. Keys are read anew for each request, as the program does it. Schemes that answer a
// server are run with its answers, from the first request to the one that proves.
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

void digest(const EVP_MD *algorithm, const QByteArray &message)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> out;
    if (EVP_Digest(message.constData(), size_t(message.size()), out.data(), nullptr, algorithm, nullptr) != 1)
        std::abort();
}

void stretch(const QByteArray &password, const QByteArray &salt, int iterations)
{
    std::array<unsigned char, 32> out;
    if (PKCS5_PBKDF2_HMAC(password.constData(), int(password.size()), reinterpret_cast<const unsigned char *>(salt.constData()), int(salt.size()), iterations,
                          EVP_sha256(), int(out.size()), out.data()) != 1)
        std::abort();
}

// What a server says to each request of a flow: the WWW-Authenticate of its 401.
using Server = QByteArray (*)(const Request &);

QByteArray digestServer(const Request &)
{
    return R"(Digest realm="r", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v")";
}

QByteArray scramServer(const Request &request)
{
    const QByteArray authorization = request.headers.value("Authorization");
    if (authorization.isEmpty())
        return R"(SCRAM-SHA-256 realm="r")";
    const QByteArray first = QByteArray::fromBase64(authorization.mid(authorization.indexOf("data=") + 5));
    return "SCRAM-SHA-256 sid=AAAABBBB, data=" + (first.mid(first.indexOf("r=")) + "%hvYDpWUa2RaTCAfuxFIlj)hNlF,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096").toBase64();
}

// MS-NLMP section 2.2.1.2: no target, Unicode and extended session security, a target information of DNS name and end.
QByteArray ntlmServer(const Request &request)
{
    if (!request.headers.value("Authorization").startsWith("NTLM "))
        return "NTLM";
    const auto number = [](quint32 value, int bytes) {
        QByteArray out;
        for (int i = 0; i < bytes; ++i)
            out += char(value >> 8 * i & 0xff);
        return out;
    };
    const QByteArray name = QByteArray::fromHex("6c00610062002e007400650073007400"); // lab.test
    const QByteArray target = number(4, 2) + number(quint32(name.size()), 2) + name + number(0, 4);
    return "NTLM "
        + (QByteArray("NTLMSSP\0", 8) + number(2, 4) + number(0, 4) + number(48, 4) + number(0xa2888205, 4) + QByteArray::fromHex("0123456789abcdef") + QByteArray(8, '\0')
           + number(quint32(target.size()), 2) + number(quint32(target.size()), 2) + number(48, 4) + target)
              .toBase64();
}

// From the first request to the one that proves: false when the flow ends before. With the server's answers, work of another
// thread, and what depends on the connection.
bool runFlow(const AuthScheme &scheme, const AuthContext &context, Server server, QString *why)
{
    const std::unique_ptr<AuthFlow> flow = scheme.start(context);
    Step step = flow->next(nullptr);
    const int legs = server == nullptr ? 1 : server == digestServer ? 2 : server == ntlmServer ? 2 : 3;
    Exchange answer;
    for (int leg = 1;;) {
        if (auto *work = std::get_if<WorkStep>(&step)) {
            work->work();
            step = flow->next(&answer);
            continue;
        }
        auto *send = std::get_if<SendStep>(&step);
        if (!send) {
            *why = std::holds_alternative<FailedStep>(step) ? std::get<FailedStep>(step).error.message : u"it ends before it has proved anything"_s;
            return false;
        }
        if (send->bind) {
            const Result<QList<DerivationLine>> bound =
                send->bind(send->request, [](QByteArrayView, const QByteArray &, qsizetype length) -> Result<QByteArray> { return QByteArray(length, 'x'); });
            if (!bound) {
                *why = bound.error().message;
                return false;
            }
        }
        if (leg++ == legs)
            return send->carriesCredential;
        answer = {};
        answer.response.status = 401;
        answer.response.headers.append("WWW-Authenticate"_ba, server(send->request));
        step = flow->next(&answer);
    }
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
    const Primitive hmacMd5{"HMAC-MD5", [&] { authenticate(EVP_md5(), secret, message); }};
    const Primitive sha1{"SHA-1", [&] { digest(EVP_sha1(), message); }};
    const Primitive sha256{"SHA-256", [&] { digest(EVP_sha256(), message); }};
    const Primitive pbkdf2{"PBKDF2, 4096 times", [&] { stretch(secret, message.first(16), 4096); }};
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
        Server server = nullptr;
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
        {"digest", {{u"username"_s, u"alice"_s}}, {{u"password"_s, secret}}, &sha256, digestServer},
        {"scram", {{u"username"_s, u"alice"_s}}, {{u"password"_s, secret}}, &pbkdf2, scramServer},
        {"ntlm", {{u"username"_s, u"LAB\\alice"_s}}, {{u"password"_s, secret}}, &hmacMd5, ntlmServer},
        {"wsse", {{u"username"_s, u"alice"_s}}, {{u"password"_s, secret}}, &sha1},
        {"concealed", {{u"key-id"_s, u"k1"_s}}, {{u"private-key"_s, edPem}}, &eddsa},
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
        QString why;
        if (!runFlow(*scheme, context, row.server, &why)) {
            std::fprintf(stderr, "%s: %s\n", row.scheme, qPrintable(why));
            ++wrong;
            continue;
        }
        const double ours = microseconds(
            [&] {
                memory = {}; // as with a new connection: nothing is known of the server
                (void)runFlow(*scheme, context, row.server, &why);
            },
            forMs);
        const double bare = microseconds(row.primitive->once, forMs);
        const QString variant = row.texts.value(u"algorithm"_s, row.texts.value(u"signature-method"_s, row.texts.value(u"version"_s)));
        std::printf("{\"scheme\": \"%s\", \"variant\": \"%s\", \"us\": %.1f, \"primitive\": \"%s\", \"primitiveUs\": %.1f, \"ratio\": %.2f, \"perSecond\": %.0f}\n", row.scheme,
                    qPrintable(variant), ours, row.primitive->name, bare, ours / bare, 1e6 / ours);
        std::fflush(stdout);
    }
    return wrong == 0 ? 0 : 1;
}
