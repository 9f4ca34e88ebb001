// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/CookieStore.h"

#include "app/base/Clock.h"
#include "app/base/Encoding.h"
#include "app/workspace/PrivateFile.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr auto schemaPrefix = "realmscope.cookies/"_L1;
constexpr auto schemaId = "realmscope.cookies/1"_L1;

// Bytes as text where they are UTF-8, else as "nameBase64".
void putBytes(QJsonObject &json, QLatin1StringView name, const QByteArray &bytes)
{
    if (isValidUtf8(bytes))
        json.insert(name, QString::fromUtf8(bytes));
    else
        json.insert(name + "Base64"_L1, QString::fromLatin1(bytes.toBase64()));
}

std::optional<QByteArray> bytesOf(const QJsonObject &json, QLatin1StringView name)
{
    if (const QJsonValue value = json.value(name); value.isString())
        return value.toString().toUtf8();
    if (const QJsonValue value = json.value(name + "Base64"_L1); value.isString())
        return decodeBase64(value.toString().toLatin1());
    return std::nullopt;
}

QJsonObject toJson(const Cookie &cookie)
{
    QJsonObject json{{"domain"_L1, cookie.domain},
                     {"hostOnly"_L1, cookie.hostOnly},
                     {"secure"_L1, cookie.secure},
                     {"httpOnly"_L1, cookie.httpOnly},
                     {"created"_L1, cookie.createdAtMs},
                     {"used"_L1, cookie.usedAtMs}};
    putBytes(json, "name"_L1, cookie.name);
    putBytes(json, "value"_L1, cookie.value);
    putBytes(json, "path"_L1, cookie.path);
    if (cookie.sameSite != SameSite::Default)
        json.insert("sameSite"_L1, sameSiteText(cookie.sameSite));
    if (cookie.expiresAt)
        json.insert("expires"_L1, *cookie.expiresAt);
    return json;
}

std::optional<Cookie> fromJson(const QJsonObject &json)
{
    const std::optional<QByteArray> name = bytesOf(json, "name"_L1);
    const std::optional<QByteArray> value = bytesOf(json, "value"_L1);
    const std::optional<QByteArray> path = bytesOf(json, "path"_L1);
    if (!name || !value || !path)
        return std::nullopt;
    Cookie cookie;
    cookie.name = *name;
    cookie.value = *value;
    cookie.path = *path;
    cookie.domain = json.value("domain"_L1).toString();
    cookie.hostOnly = json.value("hostOnly"_L1).toBool(true);
    cookie.secure = json.value("secure"_L1).toBool();
    cookie.httpOnly = json.value("httpOnly"_L1).toBool();
    for (const SameSite sameSite : {SameSite::None, SameSite::Lax, SameSite::Strict}) {
        if (json.value("sameSite"_L1).toString() == sameSiteText(sameSite))
            cookie.sameSite = sameSite;
    }
    if (json.contains("expires"_L1))
        cookie.expiresAt = json.value("expires"_L1).toInteger();
    cookie.createdAtMs = json.value("created"_L1).toInteger();
    cookie.usedAtMs = json.value("used"_L1).toInteger();
    return cookie;
}

// Moves the file out of the way; its new name, or nothing when that failed.
QString keepAsBad(const QString &path)
{
    for (int i = 0; i < 100; ++i) {
        const QString bad = i == 0 ? path + ".bad"_L1 : u"%1.bad.%2"_s.arg(path).arg(i);
        if (!QFile::exists(bad))
            return QFile::copy(path, bad) ? bad : QString(); // the copy has the rights of the file
    }
    return {};
}

} // namespace

CookieStore::CookieStore(QString folder, const Clock &clock) : m_folder(std::move(folder)), m_clock(clock) {}

QString CookieStore::path(const QString &workspace, const QString &environment) const
{
    const QByteArray key = QDir(workspace).absolutePath().toUtf8() + '\0' + environment.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256).toHex().left(16);
    return QDir(m_folder).filePath(u"cookies-%1.json"_s.arg(QLatin1StringView(hash)));
}

CookieStore::Entry &CookieStore::entry(const QString &workspace, const QString &environment)
{
    const QString file = path(workspace, environment);
    const auto [found, isNew] = m_entries.try_emplace(file);
    Entry &entry = found->second;
    if (isNew) {
        entry.jar = std::make_shared<CookieJar>();
        entry.workspace = QDir(workspace).absolutePath();
        entry.environment = environment;
        read(file, entry);
    }
    return entry;
}

std::shared_ptr<CookieJar> CookieStore::jar(const QString &workspace, const QString &environment)
{
    return entry(workspace, environment).jar;
}

void CookieStore::read(const QString &path, Entry &entry)
{
    QFile file(path);
    if (!file.exists())
        return;
    if (!file.open(QIODevice::ReadOnly)) {
        entry.mayWrite = false;
        m_problem = Error{ErrorCode::FileUnreadable, u"the cookies can't be read: %1"_s.arg(path), file.errorString(),
                          u"Check its permissions. Cookies of this run are not saved over it."_s};
        return;
    }
    QJsonParseError parse;
    const QJsonObject root = QJsonDocument::fromJson(file.readAll(), &parse).object();
    file.close();
    const QString schema = root.value("schema"_L1).toString();
    if (schema.startsWith(schemaPrefix) && schema != schemaId) {
        entry.mayWrite = false;
        m_problem = Error{ErrorCode::Unsupported, u"the cookies are in a newer format (%1): %2"_s.arg(schema, path), {},
                          u"Use a newer Realmscope. Cookies of this run are not saved over it."_s};
        return;
    }
    int unread = 0;
    for (const QJsonValue &value : root.value("cookies"_L1).toArray()) {
        const std::optional<Cookie> cookie = fromJson(value.toObject());
        if (!cookie || !entry.jar->put(*cookie))
            ++unread;
    }
    entry.savedRevision = entry.jar->revision();
    entry.keepsSession = root.value("keepsSession"_L1).toBool();
    if (schema == schemaId && root.value("cookies"_L1).isArray() && unread == 0)
        return;
    const QString bad = keepAsBad(path);
    entry.mayWrite = !bad.isEmpty();
    m_problem = Error{ErrorCode::Parse, u"the cookie file is damaged: %1"_s.arg(path),
                      unread > 0 ? u"%1 cookies in it can't be read"_s.arg(unread)
                                 : parse.error != QJsonParseError::NoError ? u"%1, at byte %2"_s.arg(parse.errorString()).arg(parse.offset)
                                                                           : u"it is not of the kind %1"_s.arg(schemaId),
                      bad.isEmpty() ? u"Move it away; until then, cookies are not saved."_s
                                    : u"It was kept as %1; the jar goes on with what could be read."_s.arg(bad)};
}

Result<void> CookieStore::save()
{
    Result<void> result;
    for (auto &[path, entry] : m_entries) {
        if (!entry.mayWrite || (entry.jar->revision() == entry.savedRevision && !entry.isChanged))
            continue;
        QJsonArray cookies;
        for (const Cookie &cookie : entry.jar->cookies()) {
            if (!cookie.isExpired(m_clock.nowMs()) && (cookie.expiresAt || entry.keepsSession))
                cookies.append(toJson(cookie));
        }
        if (cookies.isEmpty() && !entry.isChanged && !QFile::exists(path)) {
            entry.savedRevision = entry.jar->revision();
            continue; // nothing that would have to be kept
        }
        const QJsonObject root{{"schema"_L1, schemaId},
                               {"workspace"_L1, entry.workspace},
                               {"environment"_L1, entry.environment},
                               {"keepsSession"_L1, entry.keepsSession},
                               {"cookies"_L1, cookies}};
        const Result<void> written = writePrivateFile(path, QJsonDocument(root).toJson(), u"the cookies"_s);
        if (written) {
            entry.savedRevision = entry.jar->revision();
            entry.isChanged = false;
        } else if (result) {
            result = written;
        }
    }
    return result;
}

void CookieStore::setKeepsSessionCookies(const QString &workspace, const QString &environment, bool keeps)
{
    Entry &changed = entry(workspace, environment);
    changed.isChanged = changed.isChanged || changed.keepsSession != keeps;
    changed.keepsSession = keeps;
}

bool CookieStore::keepsSessionCookies(const QString &workspace, const QString &environment)
{
    return entry(workspace, environment).keepsSession;
}

} // namespace realmscope
