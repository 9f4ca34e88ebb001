// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Gss.h"

#include <QtCore/QStringList>

#ifdef REALMSCOPE_HAS_GSSAPI
#include <gssapi/gssapi.h>

#include <array>
#include <optional>
#endif

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

#ifdef REALMSCOPE_HAS_GSSAPI

gss_OID spnegoOid()
{
    static std::array<char, 6> bytes{'\x2b', '\x06', '\x01', '\x05', '\x05', '\x02'}; // 1.3.6.1.5.5.2
    static gss_OID_desc oid{bytes.size(), bytes.data()};
    return &oid;
}

gss_OID kerberosOid()
{
    static std::array<char, 9> bytes{'\x2a', '\x86', '\x48', '\x86', '\xf7', '\x12', '\x01', '\x02', '\x02'}; // 1.2.840.113554.1.2.2
    static gss_OID_desc oid{bytes.size(), bytes.data()};
    return &oid;
}

bool isGssError(OM_uint32 major) { return (major & 0xffff0000U) != 0; } // calling and routine errors

QString gssWords(OM_uint32 code, int type, gss_OID mechanism)
{
    QStringList lines;
    OM_uint32 more = 0;
    do {
        OM_uint32 minor = 0;
        gss_buffer_desc text{0, nullptr};
        if (isGssError(gss_display_status(&minor, code, type, mechanism, &more, &text)))
            break;
        lines << QString::fromUtf8(static_cast<const char *>(text.value), qsizetype(text.length)).remove(QChar(0)).trimmed();
        gss_release_buffer(&minor, &text);
    } while (more != 0);
    return lines.join("; "_L1);
}

Error gssFailed(const QString &what, OM_uint32 major, OM_uint32 minor, gss_OID mechanism = spnegoOid())
{
    const QString action = u"Look at klist: is there a valid ticket (kinit), and does the realm know this service?"_s;
    const QString general = gssWords(major, GSS_C_GSS_CODE, mechanism);
    const QString reason = minor != 0 ? gssWords(minor, GSS_C_MECH_CODE, mechanism) : QString();
    return {ErrorCode::AuthFailed, u"%1: %2"_s.arg(what, reason.isEmpty() ? general : reason), general, action};
}

// SPNEGO only says that no mechanism is left; Kerberos itself says why (no cache, expired).
std::optional<Error> whyNoTicket(const QString &what)
{
    gss_OID_set_desc mechanisms{1, kerberosOid()};
    gss_cred_id_t credential = nullptr;
    OM_uint32 minor = 0;
    const OM_uint32 major =
        gss_acquire_cred(&minor, nullptr, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &credential, nullptr, nullptr);
    if (isGssError(major))
        return gssFailed(what, major, minor, kerberosOid());
    gss_release_cred(&minor, &credential);
    return std::nullopt;
}

class SystemGssContext final : public GssContext
{
public:
    explicit SystemGssContext(GssTarget target) : m_target(std::move(target)) {}
    ~SystemGssContext() override
    {
        OM_uint32 minor = 0;
        if (m_context)
            gss_delete_sec_context(&minor, &m_context, nullptr);
        if (m_name)
            gss_release_name(&minor, &m_name);
        if (m_credential)
            gss_release_cred(&minor, &m_credential);
    }
    SystemGssContext(const SystemGssContext &) = delete;
    SystemGssContext &operator=(const SystemGssContext &) = delete;

    Result<GssOutput> step(const QByteArray &input) override
    {
        if (const Result<void> ready = prepare(); !ready)
            return ready.error();
        QByteArray given = input;
        gss_buffer_desc in{size_t(given.size()), given.data()};
        gss_buffer_desc out{0, nullptr};
        gss_channel_bindings_struct bindings{};
        bindings.application_data = {size_t(m_target.channelBinding.size()), m_target.channelBinding.data()};
        OM_uint32 flags = GSS_C_MUTUAL_FLAG | (m_target.delegate ? GSS_C_DELEG_FLAG : 0U);
        OM_uint32 minor = 0;
        OM_uint32 granted = 0;
        const OM_uint32 major = gss_init_sec_context(&minor, m_credential, &m_context, m_name, spnegoOid(), flags, 0,
                                                     m_target.channelBinding.isEmpty() ? nullptr : &bindings,
                                                     given.isEmpty() ? nullptr : &in, nullptr, &out, &granted, nullptr);
        GssOutput output;
        output.token = QByteArray(static_cast<const char *>(out.value), qsizetype(out.length));
        output.complete = (major & GSS_S_CONTINUE_NEEDED) == 0;
        output.mutual = output.complete && (granted & GSS_C_MUTUAL_FLAG) != 0;
        OM_uint32 ignored = 0;
        gss_release_buffer(&ignored, &out);
        if (isGssError(major)) {
            if (!given.isEmpty())
                return gssFailed(u"the server's answer is not accepted"_s, major, minor);
            const QString what = u"no Kerberos ticket for %1/%2"_s.arg(m_target.service, m_target.host);
            const std::optional<Error> reason = m_target.principal.isEmpty() ? whyNoTicket(what) : std::nullopt;
            return reason ? *reason : gssFailed(what, major, minor);
        }
        return output;
    }

private:
    Result<void> prepare()
    {
        if (m_name)
            return {};
        const auto import = [](const QByteArray &text, gss_OID type, gss_name_t *name) -> Result<void> {
            QByteArray bytes = text;
            gss_buffer_desc buffer{size_t(bytes.size()), bytes.data()};
            OM_uint32 minor = 0;
            const OM_uint32 major = gss_import_name(&minor, &buffer, type, name);
            if (isGssError(major))
                return gssFailed(u"the name %1 can't be used"_s.arg(QString::fromUtf8(text)), major, minor);
            return {};
        };
        if (const Result<void> ok = import((m_target.service + u'@' + m_target.host).toUtf8(), GSS_C_NT_HOSTBASED_SERVICE, &m_name); !ok)
            return ok;
        if (m_target.principal.isEmpty())
            return {};
        gss_name_t user = nullptr;
        if (const Result<void> ok = import(m_target.principal.toUtf8(), GSS_C_NT_USER_NAME, &user); !ok)
            return ok;
        gss_OID_set_desc mechanisms{1, spnegoOid()};
        OM_uint32 minor = 0;
        const OM_uint32 major = gss_acquire_cred(&minor, user, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &m_credential, nullptr, nullptr);
        OM_uint32 ignored = 0;
        gss_release_name(&ignored, &user);
        if (isGssError(major))
            return gssFailed(u"no Kerberos ticket of %1"_s.arg(m_target.principal), major, minor);
        return {};
    }

    GssTarget m_target;
    gss_ctx_id_t m_context = nullptr;
    gss_name_t m_name = nullptr;
    gss_cred_id_t m_credential = nullptr;
};

#else

class SystemGssContext final : public GssContext
{
public:
    explicit SystemGssContext(const GssTarget &) {}
    Result<GssOutput> step(const QByteArray &) override
    {
        return Error{ErrorCode::Unsupported, u"this build has no Kerberos (GSS-API)"_s, {}, u"Use a build with MIT Kerberos."_s};
    }
};

#endif

class SystemGssProvider final : public GssProvider
{
public:
    std::unique_ptr<GssContext> open(const GssTarget &target) const override { return std::make_unique<SystemGssContext>(target); }
};

} // namespace

std::shared_ptr<const GssProvider> systemGss() { return std::make_shared<SystemGssProvider>(); }

} // namespace realmscope
