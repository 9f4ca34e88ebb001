// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/Jwt.h"
#include "app/auth/oauth2/ServerMetadata.h"
#include "app/cli/Command.h"
#include "app/cli/Decode.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <cctype>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString valueText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    return value.toVariant().toString();
}

class DecodeCommand final : public Command
{
public:
    using Command::Command;

    void start(const ParsedLine &line) override
    {
        if (!line.words.isEmpty()) {
            fail(u"decode reads standard input, not arguments"_s, u"Use: realmscope-cli decode < FILE, so that no secret is in the list of processes."_s,
                 ExitStatus::Usage);
            return;
        }
        m_line = line;
        m_input = streams().readStandardInput();
        const int sources = int(line.has(u"jwks"_s)) + int(line.has(u"key"_s)) + int(line.has(u"discover"_s));
        if (sources > 1) {
            fail(u"--jwks, --key and --discover each say where the keys are"_s, u"Use one of them."_s, ExitStatus::Usage);
            return;
        }
        if (line.has(u"key"_s))
            readKey(line.value(u"key"_s));
        else if (line.has(u"jwks"_s))
            getSet(line.value(u"jwks"_s));
        else if (line.has(u"discover"_s))
            discover();
        else
            decode({});
    }

private:
    void decode(const KnownKeys &keys)
    {
        const Result<QJsonArray> items = decodeText(m_input, m_session.clock().nowSeconds(), m_line.has(u"reveal"_s), keys);
        if (!items) {
            fail(items.error());
            return;
        }
        if (m_line.has(u"json"_s)) {
            print(QJsonObject{{u"schema"_s, u"realmscope.decoded/1"_s}, {u"items"_s, *items}});
        } else {
            for (const QJsonValue &item : *items)
                printItem(item.toObject());
        }
        finish(0);
    }

    // Null, and the command has failed, when it can't be read.
    std::optional<QByteArray> readFile(const QString &path)
    {
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            return file.read(maxKeyFile);
        fail(u"the file of keys can't be read: %1: %2"_s.arg(path, file.errorString()), u"Name another file."_s);
        return std::nullopt;
    }

    // A public key or certificate in PEM, or a JWK.
    void readKey(const QString &path)
    {
        const std::optional<QByteArray> text = readFile(path);
        if (!text)
            return;
        if (text->trimmed().startsWith('{')) {
            takeSet(*text, path);
            return;
        }
        const Result<AsymmetricKey> key = AsymmetricKey::publicFromPem(u"--key"_s, *text);
        if (!key) {
            fail(key.error());
            return;
        }
        KnownKeys keys;
        keys.key.emplace();
        keys.key->asymmetric = *key;
        keys.from = path;
        decode(keys);
    }

    void takeSet(const QByteArray &text, const QString &from)
    {
        const QJsonObject set = QJsonDocument::fromJson(text).object();
        if (!set.value("keys"_L1).isArray() && !set.contains("kty"_L1)) {
            fail(u"there is no JWK or JWK Set at %1"_s.arg(from), u"Look for the member jwks_uri in the issuer's description."_s);
            return;
        }
        decode({set, std::nullopt, from});
    }

    void getSet(const QString &where)
    {
        if (!where.contains("://"_L1)) {
            if (const std::optional<QByteArray> text = readFile(where))
                takeSet(*text, where);
            return;
        }
        fetch(where, [this, where](const Response &response) {
            if (response.status == 200)
                takeSet(response.body.head(maxKeyFile), where);
            else
                fail(u"%1 answered %2"_s.arg(where).arg(response.status), u"Check the address of the keys."_s);
        });
    }

    // The token says whose it is; its issuer says where the keys are.
    void discover()
    {
        const qsizetype begin = m_input.indexOf("eyJ");
        qsizetype end = begin;
        while (end >= 0 && end < m_input.size() && (std::isalnum(uchar(m_input.at(end))) || m_input.at(end) == '-' || m_input.at(end) == '_' || m_input.at(end) == '.'))
            ++end;
        const std::optional<DecodedJwt> token = begin < 0 ? std::nullopt : decodeJwt(m_input.mid(begin, end - begin));
        m_issuer = token ? token->claims.value("iss"_L1).toString() : QString();
        if (!m_issuer.startsWith("https://"_L1) && !m_issuer.startsWith("http://"_L1)) {
            fail(token ? u"the token names no issuer that has an address (iss)"_s : u"there is no JSON Web Token on standard input"_s,
                 u"Name the keys with --jwks."_s);
            return;
        }
        m_places = metadataUrls(m_issuer);
        askIssuer();
    }

    void askIssuer()
    {
        if (m_places.isEmpty()) {
            fail(u"the issuer does not describe itself: %1"_s.arg(m_issuer), u"Name its keys with --jwks."_s);
            return;
        }
        fetch(m_places.takeFirst(), [this](const Response &response) {
            const Result<ServerMetadata> metadata = response.status == 200 ? readServerMetadata(response, m_issuer) : Result<ServerMetadata>(Error{});
            if (!metadata)
                askIssuer();
            else if (const QString keys = metadata->text(u"jwks_uri"_s); !keys.isEmpty())
                getSet(keys);
            else
                fail(u"the issuer's description names no keys (jwks_uri): %1"_s.arg(m_issuer), u"Name them with --jwks."_s);
        });
    }

    void fetch(const QString &url, const std::function<void(const Response &)> &then)
    {
        note(u"GET %1"_s.arg(url));
        RunJob job;
        job.spec.url = url;
        job.spec.settings.followRedirects = true;
        job.literal = true;
        job.proxyEnvironment = streams().environment;
        m_run.reset(m_session.runner().start(job));
        connect(m_run.get(), &Run::finished, this, [this, then, url](const Trace &trace) {
            const Exchange *final = trace.final();
            if (!final || !final->hasResponse()) {
                const Error *error = trace.error ? &*trace.error : final && final->error ? &*final->error : nullptr;
                fail(error ? *error : Error{ErrorCode::ConnectFailed, u"no answer came from %1"_s.arg(url), {}, u"Check the address."_s});
                return;
            }
            const Response response = final->response;
            m_run.release()->deleteLater(); // it is the sender of the signal at hand
            then(response);
        });
    }

    void printItem(const QJsonObject &item)
    {
        print(item.value("title"_L1).toString() + u'\n');
        for (const QJsonValue &value : item.value("facts"_L1).toArray()) {
            const QJsonObject fact = value.toObject();
            QString text = u"  %1 %2"_s.arg(fact.value("name"_L1).toString().leftJustified(16), valueText(fact.value("value"_L1)));
            if (const QString remark = fact.value("remark"_L1).toString(); !remark.isEmpty())
                text += u"  (%1)"_s.arg(remark);
            print(text + u'\n');
        }
        for (const QJsonValue &problem : item.value("problems"_L1).toArray())
            print(u"  ! %1\n"_s.arg(problem.toString()));
        print(u"\n"_s);
    }

    static constexpr qint64 maxKeyFile = 1024 * 1024;

    ParsedLine m_line;
    QByteArray m_input;
    QString m_issuer;
    QStringList m_places; // where its description may still be
    CliSession m_session{streams()};
    std::unique_ptr<Run> m_run;
};

std::vector<OptionSpec> decodeOptions()
{
    return {{"json", 0, nullptr, "as JSON (realmscope.decoded/1)"}, {"reveal", 0, nullptr, "do not mask secrets"},
            {"jwks", 0, "FILE|URL", "verify a JSON Web Token with this key set"},
            {"key", 0, "FILE", "verify it with this public key or certificate (PEM, JWK)"},
            {"discover", 0, nullptr, "ask the token's issuer for its keys, and verify"}};
}

} // namespace

CommandEntry decodeCommand()
{
    return {"decode", "standard input: a token, credential, challenge or cookie: what is in it", "[--json] [--jwks FILE|URL | --key FILE | --discover] < FILE",
            "Takes apart what stands on standard input, one thing a line: a JSON Web Token, an Authorization or WWW-Authenticate\n"
            "value with or without the header's name, a Cookie or Set-Cookie value. Nothing is sent; a signature is verified only with\n"
            "keys that you name (--jwks, --key) or that the issuer publishes (--discover).",
            decodeOptions,
            [](const CliStreams &streams, std::function<void(int)> done) -> Command * { return new DecodeCommand(streams, std::move(done)); }};
}

} // namespace realmscope
