// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/RoomScript.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Reads one JSON object and remembers the first thing that is wrong, with its place.
class Reader
{
public:
    explicit Reader(QString file) : m_file(std::move(file)) {}

    [[nodiscard]] bool ok() const { return !m_error; }
    [[nodiscard]] Error error() const { return *m_error; }
    void fail(const QString &place, const QString &what)
    {
        if (!m_error)
            m_error = Error{ErrorCode::Parse, u"room %1: %2: %3"_s.arg(m_file, place, what), {}, {}};
    }
    void only(const QJsonObject &object, const QString &place, std::initializer_list<const char *> names)
    {
        const QStringList keys = object.keys();
        for (const QString &key : keys) {
            if (std::ranges::none_of(names, [&](const char *name) { return key == QLatin1StringView(name); }))
                fail(place, u"unknown member \"%1\""_s.arg(key));
        }
    }
    QString text(const QJsonObject &object, const char *name, const QString &place, bool required = true)
    {
        const QJsonValue value = object.value(QLatin1StringView(name));
        if (value.isUndefined() && !required)
            return {};
        if (!value.isString() || value.toString().isEmpty())
            fail(place, u"\"%1\" is missing or not a text"_s.arg(QLatin1StringView(name)));
        return value.toString();
    }
    QStringList texts(const QJsonValue &value, const QString &place, bool oneAllowed = false)
    {
        if (oneAllowed && value.isString())
            return {value.toString()};
        if (!value.isArray() || value.toArray().isEmpty()) {
            fail(place, u"a list of texts is expected"_s);
            return {};
        }
        QStringList result;
        const QJsonArray array = value.toArray();
        for (const QJsonValue &item : array) {
            if (!item.isString())
                fail(place, u"a list of texts is expected"_s);
            result.append(item.toString());
        }
        return result;
    }

    ValueTest valueTest(const QJsonValue &value, const QString &place);
    NamedTests namedTests(const QJsonValue &value, const QString &place);
    RoomCondition condition(const QJsonObject &object, const QString &place);
    QList<RoomCondition> conditions(const QJsonValue &value, const QString &place);
    RoomAnswer answer(const QJsonObject &object, const QString &place);
    RoomRule rule(const QJsonObject &object, const QString &place);

private:
    QString m_file;
    std::optional<Error> m_error;
};

QList<QByteArray> toBytes(const QStringList &texts)
{
    QList<QByteArray> result;
    for (const QString &text : texts)
        result.append(text.toUtf8());
    return result;
}

ValueTest Reader::valueTest(const QJsonValue &value, const QString &place)
{
    ValueTest test;
    if (value.isBool()) {
        test.kind = value.toBool() ? ValueTest::Kind::Present : ValueTest::Kind::Absent;
        return test;
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        only(object, place, {"matches"});
        test.kind = ValueTest::Kind::Matches;
        test.pattern.setPattern(text(object, "matches", place));
        if (!test.pattern.isValid())
            fail(place, test.pattern.errorString());
        return test;
    }
    test.kind = ValueTest::Kind::OneOf;
    test.values = toBytes(texts(value, place, true));
    return test;
}

NamedTests Reader::namedTests(const QJsonValue &value, const QString &place)
{
    NamedTests tests;
    if (value.isUndefined())
        return tests;
    if (!value.isObject())
        fail(place, u"an object is expected"_s);
    const QJsonObject object = value.toObject();
    for (auto member = object.begin(); member != object.end(); ++member)
        tests.append({member.key().toUtf8(), valueTest(member.value(), place + u'.' + member.key())});
    return tests;
}

QList<RoomCondition> Reader::conditions(const QJsonValue &value, const QString &place)
{
    QList<RoomCondition> result;
    if (value.isUndefined())
        return result;
    if (!value.isArray() || value.toArray().isEmpty())
        fail(place, u"a list of conditions is expected"_s);
    const QJsonArray array = value.toArray();
    for (const QJsonValue &item : array)
        result.append(condition(item.toObject(), place));
    return result;
}

RoomCondition Reader::condition(const QJsonObject &object, const QString &place)
{
    only(object, place,
         {"method", "on", "certificate", "header", "query", "cookie", "form", "json", "bearer", "basic", "contentType", "digest",
          "jwt", "proof", "repeated", "every", "after", "any", "none"});
    RoomCondition when;
    const auto has = [&](const char *name) { return object.contains(QLatin1StringView(name)); };
    const auto value = [&](const char *name) { return object.value(QLatin1StringView(name)); };
    if (has("method"))
        when.methods = toBytes(texts(value("method"), place + u".method"_s, true));
    when.listener = text(object, "on", place, false);
    if (has("certificate"))
        when.certificate = texts(value("certificate"), place + u".certificate"_s, true);
    when.headers = namedTests(value("header"), place + u".header"_s);
    when.query = namedTests(value("query"), place + u".query"_s);
    when.cookies = namedTests(value("cookie"), place + u".cookie"_s);
    when.form = namedTests(value("form"), place + u".form"_s);
    when.json = namedTests(value("json"), place + u".json"_s);
    if (has("bearer"))
        when.bearer = valueTest(value("bearer"), place + u".bearer"_s);
    if (has("basic"))
        when.basic = valueTest(value("basic"), place + u".basic"_s);
    if (has("contentType"))
        when.contentType = valueTest(value("contentType"), place + u".contentType"_s);
    if (has("digest"))
        when.digest = texts(value("digest"), place + u".digest"_s, true);
    if (has("jwt"))
        when.jwt = texts(value("jwt"), place + u".jwt"_s, true);
    if (has("proof"))
        when.proof = texts(value("proof"), place + u".proof"_s, true);
    when.repeated = text(object, "repeated", place, false).toUtf8();
    when.every = value("every").toInt();
    when.after = value("after").toInt();
    if ((has("every") && when.every < 1) || (has("after") && when.after < 1))
        fail(place, u"\"every\" and \"after\" are whole numbers from 1 on"_s);
    when.any = conditions(value("any"), place + u".any"_s);
    when.none = conditions(value("none"), place + u".none"_s);
    return when;
}

RoomAnswer Reader::answer(const QJsonObject &object, const QString &place)
{
    only(object, place, {"status", "reason", "headers", "body", "chunked"});
    RoomAnswer answer;
    answer.status = object.value("status"_L1).toInt();
    if (answer.status < 200 || answer.status > 599)
        fail(place, u"\"status\" is missing or not between 200 and 599"_s);
    answer.reason = text(object, "reason", place, false).toUtf8();
    if (object.contains("headers"_L1))
        answer.headerLines = toBytes(texts(object.value("headers"_L1), place + u".headers"_s));
    for (const QByteArray &line : answer.headerLines) {
        if (line.indexOf(':') < 1 || line.contains('\n') || line.contains('\r'))
            fail(place, u"\"%1\" is not a header line"_s.arg(QString::fromUtf8(line)));
    }
    if (object.contains("body"_L1))
        answer.body = texts(object.value("body"_L1), place + u".body"_s, true).join(u'\n').toUtf8();
    answer.chunked = object.value("chunked"_L1).toBool();
    return answer;
}

RoomRule Reader::rule(const QJsonObject &object, const QString &place)
{
    only(object, place, {"when", "answer"});
    if (!object.value("answer"_L1).isObject())
        fail(place, u"\"answer\" is missing"_s);
    return {condition(object.value("when"_L1).toObject(), place + u".when"_s),
            answer(object.value("answer"_L1).toObject(), place + u".answer"_s)};
}

void readRoom(Reader &reader, const QJsonObject &object, RoomScript &script)
{
    const QString top = u"top level"_s;
    Room &room = script.room;
    room.id = reader.text(object, "id", top);
    room.title = reader.text(object, "title", top);
    room.lesson = reader.text(object, "lesson", top);
    room.cause = reader.text(object, "cause", top);
    room.step = reader.text(object, "step", top);
    room.credentials = reader.text(object, "credentials", top);
    room.hint = reader.text(object, "hint", top);
    room.curl = reader.texts(object.value("curl"_L1), u"curl"_s);
    room.fixed = reader.texts(object.value("fixed"_L1), u"fixed"_s);
    static const QRegularExpression id(u"^[a-z0-9]+(-[a-z0-9]+)*$"_s);
    if (!id.match(room.id).hasMatch())
        reader.fail(u"id"_s, u"lower-case letters, digits and hyphens are expected"_s);
    script.order = object.value("order"_L1).toInt(-1);
    if (script.order < 0)
        reader.fail(u"order"_s, u"a whole number is expected"_s);
    script.refusal = object.value("refusal"_L1).toInt(401);
    script.server = reader.text(object, "server", top, false).toUtf8();
}

void readFront(Reader &reader, const QJsonValue &value, Front &front)
{
    if (value.isUndefined())
        return;
    const QJsonObject object = value.toObject();
    reader.only(object, u"front"_s, {"drop", "dropUnderscores"});
    if (object.contains("drop"_L1))
        front.drop = toBytes(reader.texts(object.value("drop"_L1), u"front.drop"_s, true));
    front.dropUnderscores = object.value("dropUnderscores"_L1).toBool();
}

void readTokens(Reader &reader, const QJsonObject &object, RoomScript &script)
{
    if (object.contains("jwt"_L1)) {
        const QJsonObject jwt = object.value("jwt"_L1).toObject();
        reader.only(jwt, u"jwt"_s, {"key", "issuer", "audience", "scope"});
        script.jwtPolicy = TokenPolicy{reader.text(jwt, "key", u"jwt"_s).toUtf8(),
                                       reader.text(jwt, "issuer", u"jwt"_s, false),
                                       reader.text(jwt, "audience", u"jwt"_s, false),
                                       reader.text(jwt, "scope", u"jwt"_s, false)};
    }
    const QJsonObject tokens = object.value("tokens"_L1).toObject();
    for (auto token = tokens.begin(); token != tokens.end(); ++token) {
        const QString place = u"tokens."_s + token.key();
        const QJsonObject declaration = token.value().toObject();
        reader.only(declaration, place, {"header", "claims", "key"});
        if (!script.jwtPolicy)
            reader.fail(place, u"the room has no \"jwt\" with a key"_s);
        script.tokens.insert(token.key(), declaration);
    }
}

void readProofs(Reader &reader, const QJsonObject &object, RoomScript &script)
{
    if (object.contains("dpop"_L1)) {
        const QJsonObject dpop = object.value("dpop"_L1).toObject();
        reader.only(dpop, u"dpop"_s, {"key", "nonce"});
        Result<AsymmetricKey> key = practiceProofKey(dpop.value("key"_L1).toObject());
        if (!key)
            reader.fail(u"dpop.key"_s, key.error().message);
        else
            script.proofPolicy = ProofPolicy{std::move(key).value(), reader.text(dpop, "nonce", u"dpop"_s, false).toUtf8()};
    }
    const QJsonObject proofs = object.value("proofs"_L1).toObject();
    for (auto proof = proofs.begin(); proof != proofs.end(); ++proof) {
        const QString place = u"proofs."_s + proof.key();
        const QJsonObject declaration = proof.value().toObject();
        reader.only(declaration, place, {"token", "claims"});
        if (!script.proofPolicy)
            reader.fail(place, u"the room has no \"dpop\" with a key"_s);
        if (!script.tokens.contains(reader.text(declaration, "token", place)))
            reader.fail(place, u"\"token\" is no token of the room"_s);
        script.proofs.insert(proof.key(), declaration);
    }
}

void readDigest(Reader &reader, const QJsonValue &value, RoomScript &script)
{
    if (value.isUndefined())
        return;
    const QJsonObject object = value.toObject();
    reader.only(object, u"digest"_s, {"realm", "algorithms", "users", "nonceSeconds", "oneUse"});
    DigestPolicy policy;
    policy.realm = reader.text(object, "realm", u"digest"_s).toUtf8();
    policy.algorithms = toBytes(reader.texts(object.value("algorithms"_L1), u"digest.algorithms"_s));
    const QJsonObject users = object.value("users"_L1).toObject();
    for (auto user = users.begin(); user != users.end(); ++user)
        policy.users.insert(user.key().toUtf8(), user.value().toString().toUtf8());
    policy.nonceSeconds = object.value("nonceSeconds"_L1).toInt(policy.nonceSeconds);
    policy.oneUse = object.value("oneUse"_L1).toBool();
    script.digestPolicy = policy;
}

void readPaths(Reader &reader, const QJsonObject &paths, RoomScript &script)
{
    if (!paths.contains("/"_L1))
        reader.fail(u"paths"_s, u"the room's own path \"/\" is missing"_s);
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        const QString place = u"paths."_s + path.key();
        QList<RoomRule> rules;
        const QJsonArray array = path.value().toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            rules.append(reader.rule(array.at(i).toObject(), u"%1[%2]"_s.arg(place).arg(i)));
        if (array.isEmpty() || !array.last().toObject().value("when"_L1).toObject().isEmpty())
            reader.fail(place, u"the last rule has to answer whatever comes"_s);
        script.paths.insert(path.key() == u"/"_s ? QByteArray() : path.key().toUtf8(), rules);
    }
}

} // namespace

bool ValueTest::holds(const std::optional<QByteArray> &value) const
{
    switch (kind) {
    case Kind::Present:
        return value.has_value();
    case Kind::Absent:
        return !value.has_value();
    case Kind::OneOf:
        return value && values.contains(*value);
    case Kind::Matches:
        return value && pattern.match(QString::fromUtf8(*value)).hasMatch();
    }
    return false;
}

Result<RoomScript> parseRoomScript(const QByteArray &json, const QString &fileName)
{
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parseError);
    if (!document.isObject())
        return Error{ErrorCode::Parse,
                     u"room %1: not a JSON object, byte %2"_s.arg(fileName).arg(parseError.offset),
                     parseError.errorString(), {}};
    const QJsonObject object = document.object();
    Reader reader(fileName);
    reader.only(object, u"top level"_s,
                {"schema", "id", "order", "title", "lesson", "cause", "step", "credentials", "curl", "fixed", "hint",
                 "refusal", "server", "front", "jwt", "tokens", "dpop", "proofs", "digest", "paths"});
    if (object.value("schema"_L1).toString() != u"realmscope.room/1"_s)
        reader.fail(u"schema"_s, u"\"realmscope.room/1\" is expected"_s);
    RoomScript script;
    readRoom(reader, object, script);
    readFront(reader, object.value("front"_L1), script.front);
    readTokens(reader, object, script);
    readProofs(reader, object, script);
    readDigest(reader, object.value("digest"_L1), script);
    readPaths(reader, object.value("paths"_L1).toObject(), script);
    if (!reader.ok())
        return reader.error();
    return script;
}

Result<QList<RoomScript>> loadRoomScripts()
{
    QList<RoomScript> scripts;
    QSet<QString> ids;
    const QDir folder(u":/realmscope/rooms"_s);
    const QStringList names = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return Error{ErrorCode::FileUnreadable, u"room %1 cannot be read"_s.arg(name), file.errorString(), {}};
        Result<RoomScript> script = parseRoomScript(file.readAll(), name);
        if (!script)
            return script.error();
        if (ids.contains(script->room.id))
            return Error{ErrorCode::Parse, u"room %1: the id \"%2\" is taken"_s.arg(name, script->room.id), {}, {}};
        ids.insert(script->room.id);
        scripts.append(std::move(script).value());
    }
    if (scripts.isEmpty())
        return Error{ErrorCode::Parse, u"this build holds no practice rooms"_s, {}, {}};
    std::ranges::stable_sort(scripts, {}, &RoomScript::order);
    return scripts;
}

namespace {

Result<QByteArray> makeToken(const RoomScript &script, const QString &name, qint64 nowSeconds)
{
    if (!script.tokens.contains(name) || !script.jwtPolicy)
        return Error{ErrorCode::Parse, u"room %1: no token \"%2\""_s.arg(script.room.id, name), {}, {}};
    return makePracticeToken(script.tokens.value(name), script.jwtPolicy->key, nowSeconds);
}

Result<QByteArray> makeProof(const RoomScript &script, const QString &name, qint64 nowSeconds)
{
    if (!script.proofs.contains(name) || !script.proofPolicy)
        return Error{ErrorCode::Parse, u"room %1: no proof \"%2\""_s.arg(script.room.id, name), {}, {}};
    const QJsonObject declaration = script.proofs.value(name);
    const Result<QByteArray> token = makeToken(script, declaration.value("token"_L1).toString(), nowSeconds);
    if (!token)
        return token;
    return makePracticeProof(declaration.value("claims"_L1).toObject(), *script.proofPolicy, *token, nowSeconds);
}

} // namespace

Result<QString> withTokens(QString text, const RoomScript &script, qint64 nowSeconds)
{
    static const QRegularExpression place(u"\\{(jwt|proof):([A-Za-z0-9_-]+)\\}"_s);
    for (QRegularExpressionMatch match = place.match(text); match.hasMatch(); match = place.match(text)) {
        const auto make = match.captured(1) == u"jwt"_s ? makeToken : makeProof;
        const Result<QByteArray> made = make(script, match.captured(2), nowSeconds);
        if (!made)
            return made.error();
        text.replace(match.capturedStart(), match.capturedLength(), QString::fromLatin1(*made));
    }
    return text;
}

} // namespace realmscope
