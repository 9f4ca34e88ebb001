// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Knowledge.h"

#include "app/base/Encoding.h"

#include <QtCore/QDate>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr auto knowledgeSchema = "realmscope.knowledge/1"_L1;
constexpr auto serversSchema = "realmscope.servers/1"_L1;

// Compiled when it is first asked: most of them never are.
QRegularExpression patternOf(const QJsonValue &text) { return QRegularExpression(text.toString()); }

// A place in the answer and what has to stand there. Conditions of one kind; all are optional in an entry.
struct NamedPattern
{
    QString name; // header, parameter, cookie, JSON path
    std::optional<QRegularExpression> matches;

    static std::optional<NamedPattern> read(const QJsonObject &json, QLatin1StringView nameMember, QLatin1StringView patternMember = "matches"_L1)
    {
        if (!json.contains(nameMember))
            return std::nullopt;
        NamedPattern pattern{json.value(nameMember).toString(), std::nullopt};
        if (json.contains(patternMember))
            pattern.matches = patternOf(json.value(patternMember));
        return pattern;
    }
    [[nodiscard]] bool accepts(const QString &text) const { return !matches || matches->match(text).hasMatch(); }
};

// The texts at a path such as "error.details[].reason" or "[].code"; numbers count as their text.
void collectAt(const QJsonValue &value, QStringView path, QStringList &out, int depth = 0)
{
    if (depth > 8)
        return;
    if (path.startsWith("[]"_L1)) {
        QStringView rest = path.sliced(2);
        if (rest.startsWith(u'.'))
            rest = rest.sliced(1);
        const QJsonArray array = value.toArray();
        for (const QJsonValue &item : array)
            collectAt(item, rest, out, depth + 1);
        return;
    }
    if (path.isEmpty()) {
        if (value.isString())
            out.append(value.toString());
        else if (value.isDouble())
            out.append(QString::number(value.toInteger()));
        return;
    }
    qsizetype end = 0;
    while (end < path.size() && path.at(end) != u'.' && path.at(end) != u'[')
        ++end;
    QStringView rest = path.sliced(end);
    if (rest.startsWith(u'.'))
        rest = rest.sliced(1);
    collectAt(value.toObject().value(path.first(end)), rest, out, depth + 1);
}

QStringList textsAt(const Facts &facts, const QString &path)
{
    QStringList texts;
    const QJsonDocument &json = facts.body.json;
    if (facts.body.isJson())
        collectAt(json.isArray() ? QJsonValue(json.array()) : QJsonValue(json.object()), path, texts);
    return texts;
}

// Who speaks: a header, the host, a cookie, the shape of the body.
struct Recognition
{
    std::optional<NamedPattern> header;
    std::optional<NamedPattern> json;
    QString host;   // ".example.com" stands for all below
    QString path;   // a part of the request's path
    QString cookie; // that the answer sets or the request has
    QString log;    // id of the format of a log that has an entry of the request
    QString also;   // a member that the JSON object has besides
    std::optional<QRegularExpression> text;

    static Recognition read(const QJsonObject &json)
    {
        Recognition recognition;
        recognition.header = NamedPattern::read(json, "header"_L1);
        recognition.json = NamedPattern::read(json, "json"_L1);
        recognition.host = json.value("host"_L1).toString();
        recognition.path = json.value("path"_L1).toString();
        recognition.cookie = json.value("cookie"_L1).toString();
        recognition.log = json.value("log"_L1).toString();
        recognition.also = json.value("also"_L1).toString();
        if (json.contains("text"_L1))
            recognition.text = patternOf(json.value("text"_L1));
        return recognition;
    }

    [[nodiscard]] bool accepts(const Facts &facts) const
    {
        const Response &response = facts.response();
        if (header) {
            const HeaderField *field = response.headers.find(header->name.toLatin1());
            return field && header->accepts(QString::fromLatin1(field->value));
        }
        if (json) {
            const QStringList texts = textsAt(facts, json->name);
            return std::ranges::any_of(texts, [&](const QString &one) { return json->accepts(one); })
                && (also.isEmpty() || facts.body.object().contains(also));
        }
        if (!host.isEmpty()) {
            const QString name = facts.request().url.host.toLower();
            return name == host || (host.startsWith(u'.') && name.endsWith(host));
        }
        if (!path.isEmpty())
            return facts.request().url.path.contains(path.toLatin1());
        if (!cookie.isEmpty()) {
            const QByteArray start = cookie.toLatin1() + '=';
            return std::ranges::any_of(response.headers, [&](const HeaderField &field) { return field.is("Set-Cookie") && field.value.startsWith(start); })
                || std::ranges::any_of(facts.cookies, [&](const SentCredential &sent) { return sent.name == cookie.toLatin1(); });
        }
        if (!log.isEmpty())
            return std::ranges::any_of(facts.logWords, [&](const ServerWord &word) { return word.source == log; });
        return text && text->match(facts.body.text).hasMatch();
    }
};

struct Entry
{
    KnowledgeMatch match; // without evidence
    bool isAnywhere = false;
    bool isAnonymous = false;
    QList<int> status;
    std::optional<NamedPattern> header;
    std::optional<NamedPattern> challenge;
    std::optional<NamedPattern> json;
    std::optional<QRegularExpression> text;
    std::optional<QRegularExpression> log;

    static Entry read(const QString &vendor, const QJsonObject &json)
    {
        Entry entry;
        entry.match = {json.value("id"_L1).toString(), vendor, json.value("cause"_L1).toString(), json.value("meaning"_L1).toString(),
                       json.value("fix"_L1).toString(), json.value("link"_L1).toString(), json.value("proven"_L1).toBool(), {}};
        entry.isAnywhere = json.value("anywhere"_L1).toBool();
        const QJsonObject when = json.value("when"_L1).toObject();
        entry.isAnonymous = when.value("anonymous"_L1).toBool();
        const QJsonArray codes = when.value("status"_L1).toArray();
        for (const QJsonValue &code : codes)
            entry.status.append(code.toInt());
        entry.header = NamedPattern::read(when.value("header"_L1).toObject(), "name"_L1);
        entry.challenge = NamedPattern::read(when.value("challenge"_L1).toObject(), "path"_L1);
        entry.json = NamedPattern::read(when.value("json"_L1).toObject(), "path"_L1);
        if (when.contains("text"_L1))
            entry.text = patternOf(when.value("text"_L1));
        if (when.contains("log"_L1))
            entry.log = patternOf(when.value("log"_L1));
        return entry;
    }

    // The place of what matched; nullopt when a condition is not met.
    [[nodiscard]] std::optional<Evidence> accepts(const Facts &facts) const
    {
        if (!status.isEmpty() && !status.contains(facts.status))
            return std::nullopt;
        if (isAnonymous && facts.hasCertainCredential())
            return std::nullopt;
        std::optional<Evidence> evidence;
        if (header) {
            const HeaderField *field = facts.response().headers.find(header->name.toLatin1());
            if (!field || !header->accepts(QString::fromLatin1(field->value)))
                return std::nullopt;
            evidence = facts.responseHeader(field->name, u"%1: %2"_s.arg(QString::fromUtf8(field->name), displayText(field->value).left(160)));
        }
        if (challenge) {
            const auto found = std::ranges::find_if(facts.challenges.challenges, [&](const Challenge &one) {
                return one.has(challenge->name.toLatin1()) && challenge->accepts(QString::fromUtf8(one.value(challenge->name.toLatin1())));
            });
            if (found == facts.challenges.challenges.end())
                return std::nullopt;
            evidence = facts.challengeEvidence();
        }
        if (json) {
            const QStringList texts = textsAt(facts, json->name);
            const auto found = std::ranges::find_if(texts, [&](const QString &one) { return json->accepts(one); });
            if (found == texts.end())
                return std::nullopt;
            evidence = Evidence{facts.finalIndex, EvidencePart::ResponseBody, json->name.toUtf8(), u"%1: \"%2\""_s.arg(json->name, found->simplified().left(160)),
                                findInBody(*facts.final, found->toUtf8())};
        }
        if (text) {
            const ServerWord *word = facts.says(*text);
            if (!word && !text->match(displayText(facts.body.head.left(4096))).hasMatch())
                return std::nullopt;
            if (word)
                evidence = word->evidence;
        }
        if (log) {
            const auto found = std::ranges::find_if(facts.logWords, [&](const ServerWord &word) { return log->match(word.text).hasMatch(); });
            if (found == facts.logWords.end())
                return std::nullopt;
            evidence = found->evidence;
        }
        return evidence ? evidence : facts.statusLine();
    }
};

struct Vendor
{
    QList<Recognition> recognise;
    QList<Entry> entries;
};

struct KnownServer
{
    QString name;
    QList<Recognition> recognise;
    QList<std::pair<QStringList, ServerHelp>> help;
};

struct Library
{
    QList<Vendor> vendors;
    QList<KnownServer> servers;
};

QList<Recognition> readRecognitions(const QJsonObject &json)
{
    QList<Recognition> list;
    const QJsonArray items = json.value("recognise"_L1).toArray();
    for (const QJsonValue &item : items)
        list.append(Recognition::read(item.toObject()));
    return list;
}

const Library &library()
{
    static const Library built = [] {
        Library result;
        for (const auto &[name, bytes] : knowledgeFiles()) {
            const QJsonObject json = QJsonDocument::fromJson(bytes).object();
            if (json.value("schema"_L1).toString() == knowledgeSchema) {
                Vendor vendor{readRecognitions(json), {}};
                const QJsonArray entries = json.value("entries"_L1).toArray();
                for (const QJsonValue &entry : entries)
                    vendor.entries.append(Entry::read(json.value("name"_L1).toString(), entry.toObject()));
                result.vendors.append(vendor);
                continue;
            }
            const QJsonArray servers = json.value("servers"_L1).toArray();
            for (const QJsonValue &item : servers) {
                const QJsonObject object = item.toObject();
                KnownServer server{object.value("name"_L1).toString(), readRecognitions(object), {}};
                const QJsonArray help = object.value("help"_L1).toArray();
                for (const QJsonValue &one : help) {
                    const QJsonObject snippet = one.toObject();
                    QStringList causes;
                    const QJsonArray ids = snippet.value("causes"_L1).toArray();
                    for (const QJsonValue &id : ids)
                        causes.append(id.toString());
                    server.help.append({causes, {server.name, snippet.value("title"_L1).toString(), snippet.value("snippet"_L1).toString(),
                                                 snippet.value("link"_L1).toString()}});
                }
                result.servers.append(server);
            }
        }
        return result;
    }();
    return built;
}

bool isRecognised(const QList<Recognition> &signs, const Facts &facts)
{
    return std::ranges::any_of(signs, [&](const Recognition &sign) { return sign.accepts(facts); });
}

// Reports what a text member lacks.
void needText(const QJsonObject &json, QLatin1StringView member, const QString &where, QStringList &problems)
{
    if (json.value(member).toString().trimmed().isEmpty())
        problems.append(u"%1: \"%2\" is missing"_s.arg(where, member));
}

void checkPattern(const QJsonValue &value, const QString &where, QStringList &problems)
{
    const QRegularExpression pattern(value.toString());
    if (!value.isString() || value.toString().isEmpty() || !pattern.isValid())
        problems.append(u"%1: not a pattern: %2 %3"_s.arg(where, value.toString(), pattern.errorString()));
}

void checkRecognitions(const QJsonObject &json, const QString &where, QStringList &problems)
{
    static const QStringList kinds{u"header"_s, u"json"_s, u"host"_s, u"path"_s, u"cookie"_s, u"text"_s, u"log"_s};
    const QJsonArray signs = json.value("recognise"_L1).toArray();
    if (signs.isEmpty())
        problems.append(where + u": \"recognise\" is missing"_s);
    for (const QJsonValue &sign : signs) {
        const QJsonObject object = sign.toObject();
        if (std::ranges::count_if(kinds, [&](const QString &kind) { return object.contains(kind); }) != 1)
            problems.append(where + u": a sign in \"recognise\" has one of "_s + kinds.join(u", "_s));
        for (const auto &member : {"matches"_L1, "text"_L1}) {
            if (object.contains(member))
                checkPattern(object.value(member), where + u": recognise"_s, problems);
        }
    }
}

bool isReviewDate(const QString &text) { return text == "never"_L1 || QDate::fromString(text, Qt::ISODate).isValid(); }

void checkLinkAndDate(const QJsonObject &json, const QString &where, QStringList &problems)
{
    if (!json.value("link"_L1).toString().startsWith("https://"_L1))
        problems.append(where + u": \"link\" is no https address"_s);
}

} // namespace

QList<std::pair<QString, QByteArray>> knowledgeFiles()
{
    QList<std::pair<QString, QByteArray>> files;
    const QDir dir(u":/realmscope/knowledge"_s);
    for (const QString &name : dir.entryList({u"*.json"_s}, QDir::Files, QDir::Name)) {
        QFile file(dir.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            files.append({name, file.readAll()});
    }
    return files;
}

QList<KnowledgeMatch> knowledgeOf(const Facts &facts)
{
    QList<KnowledgeMatch> matches;
    if (!facts.final || facts.status == 0)
        return matches;
    for (const Vendor &vendor : library().vendors) {
        std::optional<bool> known;
        for (const Entry &entry : vendor.entries) {
            if (!entry.isAnywhere) {
                if (!known)
                    known = isRecognised(vendor.recognise, facts);
                if (!*known)
                    continue;
            }
            if (const std::optional<Evidence> evidence = entry.accepts(facts)) {
                matches.append(entry.match);
                matches.last().evidence = *evidence;
            }
        }
    }
    return matches;
}

QList<ServerHelp> serverHelp(const Facts &facts, const QString &cause)
{
    QList<ServerHelp> help;
    if (!facts.final)
        return help;
    for (const KnownServer &server : library().servers) {
        for (const auto &[causes, one] : server.help) {
            if (causes.contains(cause) && isRecognised(server.recognise, facts))
                help.append(one);
        }
    }
    return help;
}

QStringList knowledgeProblems(const QByteArray &bytes, const QStringList &causes)
{
    QStringList problems;
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    if (!document.isObject())
        return {u"no JSON object: "_s + error.errorString()};
    const QJsonObject json = document.object();
    const QString schema = json.value("schema"_L1).toString();
    const QString reviewed = json.value("reviewed"_L1).toString();
    if (!isReviewDate(reviewed))
        problems.append(u"\"reviewed\" is neither a date such as 2026-11-24 nor \"never\""_s);
    if (schema == serversSchema) {
        const QJsonArray servers = json.value("servers"_L1).toArray();
        for (const QJsonValue &item : servers) {
            const QJsonObject server = item.toObject();
            const QString where = server.value("id"_L1).toString();
            needText(server, "id"_L1, where, problems);
            needText(server, "name"_L1, where, problems);
            checkRecognitions(server, where, problems);
            const QJsonArray help = server.value("help"_L1).toArray();
            for (const QJsonValue &one : help) {
                const QJsonObject snippet = one.toObject();
                needText(snippet, "title"_L1, where, problems);
                needText(snippet, "snippet"_L1, where, problems);
                checkLinkAndDate(snippet, where, problems);
                const QJsonArray ids = snippet.value("causes"_L1).toArray();
                if (ids.isEmpty())
                    problems.append(where + u": \"causes\" is missing"_s);
                for (const QJsonValue &id : ids) {
                    if (!causes.contains(id.toString()))
                        problems.append(where + u": no cause is called "_s + id.toString());
                }
            }
        }
        return problems;
    }
    if (schema != knowledgeSchema)
        return {u"\"schema\" is neither %1 nor %2"_s.arg(knowledgeSchema, serversSchema)};
    needText(json, "id"_L1, u"vendor"_s, problems);
    needText(json, "name"_L1, u"vendor"_s, problems);
    checkRecognitions(json, json.value("id"_L1).toString(), problems);
    const QJsonArray entries = json.value("entries"_L1).toArray();
    if (entries.isEmpty())
        problems.append(u"\"entries\" is missing"_s);
    QStringList ids;
    for (const QJsonValue &item : entries) {
        const QJsonObject entry = item.toObject();
        const QString where = entry.value("id"_L1).toString();
        for (const auto &member : {"id"_L1, "cause"_L1, "meaning"_L1, "fix"_L1})
            needText(entry, member, where, problems);
        checkLinkAndDate(entry, where, problems);
        if (!causes.contains(entry.value("cause"_L1).toString()))
            problems.append(where + u": no cause is called "_s + entry.value("cause"_L1).toString());
        if (entry.contains("reviewed"_L1) && !isReviewDate(entry.value("reviewed"_L1).toString()))
            problems.append(where + u": \"reviewed\" is no date"_s);
        if (ids.contains(where))
            problems.append(where + u": the id stands twice"_s);
        ids.append(where);
        const QJsonObject when = entry.value("when"_L1).toObject();
        static const QStringList known{u"status"_s, u"header"_s, u"challenge"_s, u"json"_s, u"text"_s, u"log"_s, u"anonymous"_s};
        for (const QString &member : when.keys()) {
            if (!known.contains(member))
                problems.append(where + u": \"when\" has no member "_s + member);
        }
        const bool hasCode = when.contains("header"_L1) || when.contains("challenge"_L1) || when.contains("json"_L1) || when.contains("text"_L1) || when.contains("log"_L1)
            || (when.contains("status"_L1) && when.value("status"_L1).toArray().first().toInt() == 419);
        if (!hasCode)
            problems.append(where + u": \"when\" needs header, challenge, json, text or log"_s);
        for (const auto &member : {"header"_L1, "challenge"_L1, "json"_L1}) {
            if (when.contains(member) && when.value(member).toObject().contains("matches"_L1))
                checkPattern(when.value(member).toObject().value("matches"_L1), where, problems);
        }
        for (const auto &member : {"text"_L1, "log"_L1}) {
            if (when.contains(member))
                checkPattern(when.value(member), where, problems);
        }
    }
    return problems;
}

} // namespace realmscope
