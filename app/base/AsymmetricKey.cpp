// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/base/AsymmetricKey.h"

#include "app/base/OpenSslDigest.h"
#include "app/base/OpenSslHandle.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

using Bio = OpenSslHandle<BIO, BIO_free>;
using BigNumber = OpenSslHandle<BIGNUM, BN_clear_free>;
using KeyHandle = OpenSslHandle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = OpenSslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = OpenSslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;

const unsigned char *octets(QByteArrayView view) { return reinterpret_cast<const unsigned char *>(view.data()); }
unsigned char *octets(QByteArray &array) { return reinterpret_cast<unsigned char *>(array.data()); }

QString openSslWords()
{
    std::array<char, 256> text{};
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0)
        return {};
    ERR_error_string_n(code, text.data(), text.size());
    return QString::fromLatin1(text.data());
}

Error keyInvalid(const QString &message, const QString &action) { return {ErrorCode::InvalidInput, message, openSslWords(), action}; }

struct Passphrase
{
    QByteArray text;
    bool isAsked = false;
};

// Without this, OpenSSL would ask on the terminal.
int givePassphrase(char *buffer, int size, int, void *data)
{
    auto *passphrase = static_cast<Passphrase *>(data);
    passphrase->isAsked = true;
    if (passphrase->text.isEmpty() || passphrase->text.size() > size)
        return -1;
    std::ranges::copy(passphrase->text, buffer);
    return int(passphrase->text.size());
}

struct Curve
{
    const char *name; // RFC 7518 section 6.2.1.1, RFC 8812
    const char *group;
    int nid;
    qsizetype size; // of a coordinate
};
constexpr std::array curves{Curve{"P-256", "prime256v1", NID_X9_62_prime256v1, 32}, Curve{"P-384", "secp384r1", NID_secp384r1, 48},
                            Curve{"P-521", "secp521r1", NID_secp521r1, 66}, Curve{"secp256k1", "secp256k1", NID_secp256k1, 32}};

const Curve *findCurve(QByteArrayView name)
{
    const auto *it = std::ranges::find_if(curves, [&](const Curve &c) { return name == QByteArrayView(c.name); });
    return it == curves.end() ? nullptr : it;
}

const Curve *curveOf(const EVP_PKEY *key)
{
    std::array<char, 80> group{};
    size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1)
        return nullptr;
    const int nid = OBJ_sn2nid(group.data());
    const auto *it = std::ranges::find_if(curves, [&](const Curve &c) { return c.nid == nid; });
    return it == curves.end() ? nullptr : it;
}

BigNumber toNumber(const QByteArray &value) { return BigNumber(BN_bin2bn(octets(value), int(value.size()), nullptr)); }

QByteArray numberOf(const EVP_PKEY *key, const char *name, qsizetype padded = 0)
{
    BIGNUM *raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
        return {};
    const BigNumber number(raw);
    QByteArray out(std::max<qsizetype>(padded, BN_num_bytes(number.get())), Qt::Uninitialized);
    if (BN_bn2binpad(number.get(), octets(out), int(out.size())) < 0)
        return {};
    return out;
}

class Parameters
{
public:
    void add(const char *name, const QByteArray &value)
    {
        m_numbers.push_back(toNumber(value));
        m_isGood = m_isGood && OSSL_PARAM_BLD_push_BN(m_builder.get(), name, m_numbers.back().get()) == 1;
    }
    void addText(const char *name, const char *text)
    {
        m_isGood = m_isGood && OSSL_PARAM_BLD_push_utf8_string(m_builder.get(), name, text, 0) == 1;
    }
    void addBytes(const char *name, const QByteArray &value)
    {
        m_isGood = m_isGood && OSSL_PARAM_BLD_push_octet_string(m_builder.get(), name, value.constData(), size_t(value.size())) == 1;
    }
    [[nodiscard]] KeyHandle key(const char *type, int selection)
    {
        if (!m_isGood)
            return {};
        const OpenSslHandle<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(m_builder.get()));
        const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
        EVP_PKEY *key = nullptr;
        if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1
            || EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1)
            return {};
        return KeyHandle(key);
    }

private:
    OpenSslHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> m_builder{OSSL_PARAM_BLD_new()};
    std::vector<BigNumber> m_numbers; // the builder does not copy them
    bool m_isGood = true;
};

// d times the generator, uncompressed; empty when d is no private key of the curve.
QByteArray pointOf(const Curve &curve, const QByteArray &d)
{
    const OpenSslHandle<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(curve.nid));
    const OpenSslHandle<EC_POINT, EC_POINT_free> point(EC_POINT_new(group.get()));
    const BigNumber number = toNumber(d);
    if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0
        || EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1)
        return {};
    QByteArray out(1 + 2 * curve.size, Qt::Uninitialized);
    if (EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets(out), size_t(out.size()), nullptr)
        != size_t(out.size()))
        return {};
    return out;
}

QByteArray derToRaw(QByteArrayView der, qsizetype size)
{
    const unsigned char *at = octets(der);
    const OpenSslHandle<ECDSA_SIG, ECDSA_SIG_free> signature(d2i_ECDSA_SIG(nullptr, &at, long(der.size())));
    QByteArray out(2 * size, Qt::Uninitialized);
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), octets(out), int(size)) < 0
        || BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), octets(out) + size, int(size)) < 0)
        return {};
    return out;
}

QByteArray rawToDer(QByteArrayView raw, qsizetype size)
{
    if (raw.size() != 2 * size)
        return {};
    const OpenSslHandle<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
    BigNumber r = toNumber(raw.first(size).toByteArray());
    BigNumber s = toNumber(raw.last(size).toByteArray());
    if (ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1)
        return {};
    unsigned char *der = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &der);
    const QByteArray out(reinterpret_cast<const char *>(der), std::max(length, 0));
    CRYPTO_free(der, __FILE__, __LINE__);
    return out;
}

// Sets RSA's padding; true when there is nothing to set.
bool setPadding(EVP_PKEY_CTX *context, const SignatureAlgorithm &algorithm)
{
    if (algorithm.form == SignatureForm::RsaPkcs1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    if (algorithm.form == SignatureForm::RsaPss)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
    return true;
}

} // namespace

struct AsymmetricKey::Key
{
    KeyHandle handle;
    bool isPrivate = false;
};

namespace {

// One line, as a form field or a JSON file leaves it: the line breaks are spaces, or written out as \n.
QByteArray withLines(QByteArray text)
{
    text.replace("\\r", "").replace("\\n", "\n");
    if (text.contains('\n'))
        return text;
    const qsizetype bodyBegin = text.indexOf("-----", text.indexOf("-----BEGIN ") + 11) + 5;
    const qsizetype bodyEnd = text.indexOf("-----END ");
    if (bodyBegin < 5 || bodyEnd < bodyBegin)
        return text;
    const QByteArray body = text.sliced(bodyBegin, bodyEnd - bodyBegin).replace(" ", "");
    QByteArray lines = text.first(bodyBegin) + '\n';
    for (qsizetype at = 0; at < body.size(); at += 64)
        lines += body.sliced(at, std::min<qsizetype>(64, body.size() - at)) + '\n';
    return lines + text.sliced(bodyEnd);
}

} // namespace

Result<AsymmetricKey> AsymmetricKey::privateFromPem(const QString &what, const Secret &pem, const Secret &passphrase)
{
    QByteArray text = pem.revealBytes().trimmed();
    if (!text.contains('\n'))
        text = withLines(text);
    const QString again = u"Give a private key in PEM, from -----BEGIN PRIVATE KEY----- to its END line."_s;
    if (!text.contains("-----BEGIN "))
        return keyInvalid(u"%1 is no PEM: there is no line -----BEGIN …-----"_s.arg(what), again);
    if (text.contains("-----BEGIN OPENSSH PRIVATE KEY"))
        return keyInvalid(u"%1 is in OpenSSH's own format"_s.arg(what), u"Convert a copy of it: ssh-keygen -p -m PKCS8 -f FILE."_s);
    if (!text.contains("PRIVATE KEY-----"))
        return keyInvalid(text.contains("BEGIN CERTIFICATE") ? u"%1 is a certificate, not a private key"_s.arg(what)
                           : text.contains("PUBLIC KEY-----") ? u"%1 is a public key, and a signature needs the private one"_s.arg(what)
                                                              : u"%1 is PEM, but of another kind than a private key"_s.arg(what),
                       again);
    ERR_clear_error();
    const Bio bio(BIO_new_mem_buf(text.constData(), int(text.size())));
    Passphrase given{passphrase.revealBytes()};
    KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, givePassphrase, &given));
    OPENSSL_cleanse(text.data(), size_t(text.size()));
    if (!key) {
        if (given.isAsked && given.text.isEmpty())
            return keyInvalid(u"%1 is encrypted, and there is no passphrase"_s.arg(what), u"Fill in the passphrase of the key."_s);
        if (given.isAsked)
            return keyInvalid(u"the passphrase does not open %1"_s.arg(what), u"Correct the passphrase of the key."_s);
        return keyInvalid(u"%1 is damaged: its PEM can't be read"_s.arg(what), u"Copy the whole file again, without changes to its lines."_s);
    }
    return AsymmetricKey(std::make_shared<Key>(Key{std::move(key), true}));
}

Result<AsymmetricKey> AsymmetricKey::publicFromPem(const QString &what, QByteArrayView pem)
{
    ERR_clear_error();
    const Bio bio(BIO_new_mem_buf(pem.data(), int(pem.size())));
    KeyHandle key;
    if (pem.indexOf("-----BEGIN CERTIFICATE") >= 0 || pem.indexOf("-----BEGIN X509 CERTIFICATE") >= 0) {
        const OpenSslHandle<X509, X509_free> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        key.reset(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
    } else {
        key.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    }
    if (!key)
        return keyInvalid(u"%1 is no public key in PEM"_s.arg(what), u"Give -----BEGIN PUBLIC KEY----- or a certificate."_s);
    return AsymmetricKey(std::make_shared<Key>(Key{std::move(key), false}));
}

Result<AsymmetricKey> AsymmetricKey::rsa(const RsaNumbers &numbers)
{
    ERR_clear_error();
    const QString action = u"Check the members of the key."_s;
    if (numbers.n.size() < 64 || numbers.e.isEmpty())
        return keyInvalid(u"the RSA key has no modulus or no exponent"_s, action);
    Parameters parameters;
    parameters.add(OSSL_PKEY_PARAM_RSA_N, numbers.n);
    parameters.add(OSSL_PKEY_PARAM_RSA_E, numbers.e);
    const bool isPrivate = !numbers.d.isEmpty();
    if (isPrivate) {
        parameters.add(OSSL_PKEY_PARAM_RSA_D, numbers.d);
        if (!numbers.p.isEmpty() && !numbers.q.isEmpty() && !numbers.dp.isEmpty() && !numbers.dq.isEmpty() && !numbers.qi.isEmpty()) {
            parameters.add(OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p);
            parameters.add(OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q);
            parameters.add(OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.dp);
            parameters.add(OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.dq);
            parameters.add(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.qi);
        }
    }
    KeyHandle key = parameters.key("RSA", isPrivate ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
    if (!key)
        return keyInvalid(u"the numbers make no RSA key"_s, action);
    return AsymmetricKey(std::make_shared<Key>(Key{std::move(key), isPrivate}));
}

Result<AsymmetricKey> AsymmetricKey::ec(const QByteArray &curveName, const QByteArray &x, const QByteArray &y, const QByteArray &d)
{
    ERR_clear_error();
    const Curve *curve = findCurve(curveName);
    if (!curve)
        return Error{ErrorCode::Unsupported, u"the curve \"%1\" is not known"_s.arg(QString::fromUtf8(curveName)), {},
                     u"Use P-256, P-384, P-521 or secp256k1."_s};
    const QString action = u"Check the members of the key."_s;
    QByteArray point;
    if (!x.isEmpty() || d.isEmpty()) {
        if (x.size() > curve->size || y.size() > curve->size || x.isEmpty() || y.isEmpty())
            return keyInvalid(u"the coordinates do not fit the curve %1"_s.arg(QString::fromUtf8(curveName)), action);
        point = '\x04' + x.rightJustified(curve->size, '\0') + y.rightJustified(curve->size, '\0');
    }
    if (!d.isEmpty()) {
        const QByteArray own = pointOf(*curve, d);
        if (own.isEmpty() || (!point.isEmpty() && point != own))
            return keyInvalid(own.isEmpty() ? u"d is no private key of the curve %1"_s.arg(QString::fromUtf8(curveName))
                                         : u"d does not belong to x and y"_s,
                           action);
        point = own;
    }
    Parameters parameters;
    parameters.addText(OSSL_PKEY_PARAM_GROUP_NAME, curve->group);
    parameters.addBytes(OSSL_PKEY_PARAM_PUB_KEY, point);
    if (!d.isEmpty())
        parameters.add(OSSL_PKEY_PARAM_PRIV_KEY, d);
    KeyHandle key = parameters.key("EC", d.isEmpty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR);
    if (!key)
        return keyInvalid(u"x and y are no point of the curve %1"_s.arg(QString::fromUtf8(curveName)), action);
    return AsymmetricKey(std::make_shared<Key>(Key{std::move(key), !d.isEmpty()}));
}

Result<AsymmetricKey> AsymmetricKey::edwards(KeyType type, const QByteArray &x, const QByteArray &d)
{
    ERR_clear_error();
    const int id = type == KeyType::Ed448 ? EVP_PKEY_ED448 : EVP_PKEY_ED25519;
    const qsizetype size = type == KeyType::Ed448 ? 57 : 32;
    const QByteArray &raw = d.isEmpty() ? x : d;
    KeyHandle key;
    if (raw.size() == size)
        key.reset(d.isEmpty() ? EVP_PKEY_new_raw_public_key(id, nullptr, octets(raw), size_t(raw.size()))
                              : EVP_PKEY_new_raw_private_key(id, nullptr, octets(raw), size_t(raw.size())));
    if (!key)
        return keyInvalid(u"an %1 key has %2 bytes, this one %3"_s.arg(type == KeyType::Ed448 ? u"Ed448"_s : u"Ed25519"_s).arg(size).arg(raw.size()),
                       u"Check the members of the key."_s);
    AsymmetricKey made(std::make_shared<Key>(Key{std::move(key), !d.isEmpty()}));
    if (!d.isEmpty() && !x.isEmpty() && made.publicNumbers().x != x)
        return keyInvalid(u"d does not belong to x"_s, u"Check the members of the key."_s);
    return made;
}

Result<AsymmetricKey> AsymmetricKey::generate(KeyType type)
{
    ERR_clear_error();
    EVP_PKEY *key = nullptr;
    const char *name = type == KeyType::Ec ? "EC" : type == KeyType::Ed25519 ? "ED25519" : type == KeyType::Ed448 ? "ED448" : "RSA";
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr));
    bool ok = context && EVP_PKEY_keygen_init(context.get()) == 1;
    if (type == KeyType::Ec)
        ok = ok && EVP_PKEY_CTX_set_group_name(context.get(), "prime256v1") == 1;
    else if (type == KeyType::Rsa || type == KeyType::RsaPss)
        ok = ok && EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1;
    if (!ok || EVP_PKEY_generate(context.get(), &key) != 1)
        return Error{ErrorCode::Unsupported, u"OpenSSL could not make a key"_s, openSslWords(), {}};
    return AsymmetricKey(std::make_shared<Key>(Key{KeyHandle(key), true}));
}

KeyType AsymmetricKey::type() const
{
    switch (EVP_PKEY_get_base_id(m_key->handle.get())) {
    case EVP_PKEY_RSA:
        return KeyType::Rsa;
    case EVP_PKEY_RSA_PSS:
        return KeyType::RsaPss;
    case EVP_PKEY_EC:
        return KeyType::Ec;
    case EVP_PKEY_ED25519:
        return KeyType::Ed25519;
    case EVP_PKEY_ED448:
        return KeyType::Ed448;
    default:
        return KeyType::Other;
    }
}

bool AsymmetricKey::isPrivate() const { return m_key->isPrivate; }

int AsymmetricKey::bits() const { return EVP_PKEY_get_bits(m_key->handle.get()); }

QByteArray AsymmetricKey::curve() const
{
    const Curve *found = type() == KeyType::Ec ? curveOf(m_key->handle.get()) : nullptr;
    return found ? QByteArray(found->name) : QByteArray();
}

QString AsymmetricKey::description() const
{
    switch (type()) {
    case KeyType::Rsa:
        return u"RSA %1 bit"_s.arg(bits());
    case KeyType::RsaPss:
        return u"RSA-PSS %1 bit"_s.arg(bits());
    case KeyType::Ec:
        return curve().isEmpty() ? u"EC %1 bit"_s.arg(bits()) : u"EC "_s + QString::fromLatin1(curve());
    case KeyType::Ed25519:
        return u"Ed25519"_s;
    case KeyType::Ed448:
        return u"Ed448"_s;
    case KeyType::Other:
        break;
    }
    return QString::fromLatin1(EVP_PKEY_get0_type_name(m_key->handle.get()));
}

PublicNumbers AsymmetricKey::publicNumbers() const
{
    const EVP_PKEY *key = m_key->handle.get();
    PublicNumbers numbers;
    switch (type()) {
    case KeyType::Rsa:
    case KeyType::RsaPss:
        numbers.n = numberOf(key, OSSL_PKEY_PARAM_RSA_N);
        numbers.e = numberOf(key, OSSL_PKEY_PARAM_RSA_E);
        break;
    case KeyType::Ec:
        if (const Curve *found = curveOf(key)) {
            numbers.x = numberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, found->size);
            numbers.y = numberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, found->size);
        }
        break;
    case KeyType::Ed25519:
    case KeyType::Ed448: {
        numbers.x = QByteArray(57, '\0');
        size_t size = size_t(numbers.x.size());
        numbers.x.truncate(EVP_PKEY_get_raw_public_key(key, octets(numbers.x), &size) == 1 ? qsizetype(size) : 0);
        break;
    }
    case KeyType::Other:
        break;
    }
    return numbers;
}

QByteArray AsymmetricKey::publicPem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PUBKEY(bio.get(), m_key->handle.get()) != 1)
        return {};
    QByteArray out(8192, Qt::Uninitialized);
    const int size = BIO_read(bio.get(), out.data(), int(out.size()));
    out.truncate(std::max(size, 0));
    return out;
}

bool AsymmetricKey::fits(const SignatureAlgorithm &algorithm) const
{
    switch (algorithm.form) {
    case SignatureForm::RsaPkcs1:
        return type() == KeyType::Rsa;
    case SignatureForm::RsaPss:
        return type() == KeyType::Rsa || type() == KeyType::RsaPss;
    case SignatureForm::EcdsaRaw:
    case SignatureForm::EcdsaDer:
        return type() == KeyType::Ec;
    case SignatureForm::EdDsa:
        return type() == KeyType::Ed25519 || type() == KeyType::Ed448;
    }
    return false;
}

Result<QByteArray> AsymmetricKey::sign(const SignatureAlgorithm &algorithm, QByteArrayView data) const
{
    ERR_clear_error();
    if (!isPrivate())
        return keyInvalid(u"the key is a public one and can't sign"_s, u"Give the private key."_s);
    if (!fits(algorithm))
        return keyInvalid(u"the key is %1, which this signature algorithm can't use"_s.arg(description()),
                       u"Choose an algorithm for that kind of key, or another key."_s);
    const bool hashes = algorithm.form != SignatureForm::EdDsa;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX *keyContext = nullptr;
    size_t size = 0;
    if (EVP_DigestSignInit(context.get(), &keyContext, hashes ? openSslDigest(algorithm.hash) : nullptr, nullptr, m_key->handle.get()) != 1
        || !setPadding(keyContext, algorithm) || EVP_DigestSign(context.get(), nullptr, &size, octets(data), size_t(data.size())) != 1)
        return keyInvalid(u"the key (%1) can't make this signature"_s.arg(description()), u"Use a longer key or another algorithm."_s);
    QByteArray signature(qsizetype(size), Qt::Uninitialized);
    if (EVP_DigestSign(context.get(), octets(signature), &size, octets(data), size_t(data.size())) != 1)
        return keyInvalid(u"the key (%1) can't make this signature"_s.arg(description()), u"Use a longer key or another algorithm."_s);
    signature.truncate(qsizetype(size));
    if (algorithm.form == SignatureForm::EcdsaRaw)
        return derToRaw(signature, (EVP_PKEY_get_bits(m_key->handle.get()) + 7) / 8);
    return signature;
}

bool AsymmetricKey::verify(const SignatureAlgorithm &algorithm, QByteArrayView data, QByteArrayView signature) const
{
    if (!fits(algorithm))
        return false;
    QByteArray given = signature.toByteArray();
    if (algorithm.form == SignatureForm::EcdsaRaw)
        given = rawToDer(signature, (EVP_PKEY_get_bits(m_key->handle.get()) + 7) / 8);
    const bool hashes = algorithm.form != SignatureForm::EdDsa;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX *keyContext = nullptr;
    const bool isGood = !given.isEmpty()
        && EVP_DigestVerifyInit(context.get(), &keyContext, hashes ? openSslDigest(algorithm.hash) : nullptr, nullptr, m_key->handle.get()) == 1
        && setPadding(keyContext, algorithm)
        && EVP_DigestVerify(context.get(), octets(given), size_t(given.size()), octets(data), size_t(data.size())) == 1;
    ERR_clear_error();
    return isGood;
}

} // namespace realmscope
