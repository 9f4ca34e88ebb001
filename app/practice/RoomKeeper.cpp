// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/practice/RoomKeeper.h"

#include "app/base/Encoding.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

using Pairs = QList<std::pair<QByteArray, QByteArray>>;

// What conditions are asked about, worked out once a request.
struct RoomKeeper::Facts
{
    QByteArray method;
    QString listener;
    QString certificate;
    Headers headers;
    Pairs query;
    Pairs cookies;
    Pairs form;
    Pairs json;
    std::optional<QByteArray> bearer;
    std::optional<QByteArray> basic;
    std::optional<QByteArray> contentType;
    QString digest = u"absent"_s;
    QString jwt = u"absent"_s;
    QString proof = u"absent"_s;
    qint64 visit = 1;
};

namespace {

Pairs formPairs(const QByteArray &text)
{
    Pairs pairs;
    const QList<QByteArray> parts = text.split('&');
    for (const QByteArray &part : parts) {
        if (part.isEmpty())
            continue;
        const qsizetype equals = part.indexOf('=');
        const QByteArray name = equals < 0 ? part : part.left(equals);
        pairs.append({formDecode(name), equals < 0 ? QByteArray() : formDecode(part.mid(equals + 1))});
    }
    return pairs;
}

Pairs cookiePairs(const Headers &headers)
{
    Pairs pairs;
    const QList<QByteArray> lines = headers.values("Cookie");
    for (const QByteArray &line : lines) {
        const QList<QByteArray> parts = line.split(';');
        for (const QByteArray &part : parts) {
            const qsizetype equals = part.indexOf('=');
            if (equals > 0)
                pairs.append({part.left(equals).trimmed(), part.mid(equals + 1).trimmed()});
        }
    }
    return pairs;
}

Pairs jsonPairs(const QByteArray &body)
{
    Pairs pairs;
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    for (auto member = object.begin(); member != object.end(); ++member)
        pairs.append({member.key().toUtf8(), member.value().toVariant().toString().toUtf8()});
    return pairs;
}

std::optional<QByteArray> lookUp(const Pairs &pairs, const QByteArray &name)
{
    const auto found = std::ranges::find(pairs, name, &std::pair<QByteArray, QByteArray>::first);
    if (found == pairs.end())
        return std::nullopt;
    return found->second;
}

bool allHold(const NamedTests &tests, const Pairs &pairs)
{
    return std::ranges::all_of(tests, [&](const auto &test) { return test.second.holds(lookUp(pairs, test.first)); });
}

// The credentials after "scheme" and exactly one space, as strict servers read them.
std::optional<QByteArray> afterScheme(const Headers &headers, QByteArrayView scheme)
{
    const HeaderField *field = headers.find("Authorization");
    if (field == nullptr || field->value.size() <= scheme.size() || field->value.at(scheme.size()) != ' '
        || !equalsIgnoreCase(QByteArrayView(field->value).first(scheme.size()), scheme))
        return std::nullopt;
    return field->value.mid(scheme.size() + 1);
}

void applyFront(const Front &front, Headers &headers)
{
    for (const QByteArray &name : front.drop)
        headers.remove(name);
    for (qsizetype i = headers.size() - 1; front.dropUnderscores && i >= 0; --i) {
        if (headers.at(i).name.contains('_'))
            headers.removeAt(i);
    }
}

} // namespace

RoomKeeper::RoomKeeper(QList<RoomScript> scripts, const Clock &clock, Random &random)
    : m_scripts(std::move(scripts)), m_clock(clock), m_random(random)
{
    for (qsizetype i = 0; i < m_scripts.size(); ++i)
        m_byId.insert(m_scripts.at(i).room.id.toUtf8(), i);
}

PracticeAnswer RoomKeeper::answer(const PracticeRequest &request)
{
    QByteArray path = request.head.target;
    if (const Result<Url> absolute = Url::parse(QString::fromLatin1(path)); !path.startsWith('/') && absolute)
        path = absolute->requestTarget(); // absolute-form, RFC 9112 section 3.2.2
    path = path.left(path.indexOf('?') < 0 ? path.size() : path.indexOf('?'));
    if (path == "/" || path == "*")
        return index();

    const qsizetype slash = path.indexOf('/', 1);
    const QByteArray id = slash < 0 ? path.mid(1) : path.mid(1, slash - 1);
    QByteArray below = slash < 0 ? QByteArray() : path.mid(slash);
    if (below == "/")
        below.clear();
    const auto found = m_byId.constFind(id);
    if (found == m_byId.constEnd())
        return plain(404, "There is no room \"" + id.left(100) + "\" here. GET / lists the rooms.\n");
    const RoomScript &script = m_scripts.at(*found);
    const auto rules = script.paths.constFind(below);
    if (rules == script.paths.constEnd()) {
        PracticeAnswer missing = plain(404, "Nothing here. The room is /" + id + ".\n");
        missing.roomId = script.room.id;
        return missing;
    }

    const Facts facts = gather(script, request, below);
    const auto rule = std::ranges::find_if(*rules, [&](const RoomRule &each) { return holds(each.when, facts); });
    Q_ASSERT(rule != rules->end()); // the last rule of a path has no condition
    return fill(script, rule->answer);
}

RoomKeeper::Facts RoomKeeper::gather(const RoomScript &script, const PracticeRequest &request, const QByteArray &below)
{
    RoomState &state = m_states[script.room.id];
    Facts facts;
    facts.method = request.head.method;
    facts.listener = request.listener;
    facts.certificate = request.certificate;
    facts.headers = request.head.headers;
    applyFront(script.front, facts.headers);
    const qsizetype question = request.head.target.indexOf('?');
    if (question >= 0)
        facts.query = formPairs(request.head.target.mid(question + 1));
    facts.cookies = cookiePairs(facts.headers);

    if (const HeaderField *type = facts.headers.find("Content-Type"); type != nullptr) {
        facts.contentType = type->value.left(type->value.indexOf(';') < 0 ? type->value.size()
                                                                           : type->value.indexOf(';'))
                                .trimmed()
                                .toLower();
        if (*facts.contentType == "application/x-www-form-urlencoded")
            facts.form = formPairs(request.body);
        else if (*facts.contentType == "application/json")
            facts.json = jsonPairs(request.body);
    }

    const qint64 now = m_clock.nowMs() / 1000;
    facts.bearer = afterScheme(facts.headers, "Bearer");
    if (const std::optional<QByteArray> pair = afterScheme(facts.headers, "Basic"))
        facts.basic = decodeBase64(*pair);
    if (facts.bearer && script.jwtPolicy)
        facts.jwt = judgePracticeToken(*facts.bearer, *script.jwtPolicy, now);
    const std::optional<QByteArray> bound = afterScheme(facts.headers, "DPoP");
    const HeaderField *proof = facts.headers.find("DPoP");
    const HeaderField *host = facts.headers.find("Host");
    if (bound && proof && host && script.proofPolicy) {
        // The address that the client meant (RFC 9110 section 7.1), without the query.
        const QString address = (facts.listener == u"tls"_s ? u"https://"_s : u"http://"_s) + QString::fromLatin1(host->value)
            + QString::fromLatin1(request.head.target.left(question < 0 ? request.head.target.size() : question));
        facts.proof = judgePracticeProof({proof->value, *bound, facts.method, address}, *script.proofPolicy, now);
    }
    if (bound && script.jwtPolicy)
        facts.jwt = judgePracticeToken(*bound, *script.jwtPolicy, now);
    if (const std::optional<QByteArray> given = afterScheme(facts.headers, "Digest"); given && script.digestPolicy)
        facts.digest = state.digest.judge(*given, facts.method, request.head.target, request.body,
                                          *script.digestPolicy, now);
    facts.visit = ++state.visits[below];
    return facts;
}

bool RoomKeeper::holds(const RoomCondition &when, const Facts &facts) const
{
    const auto header = [&](const QByteArray &name) -> std::optional<QByteArray> {
        const HeaderField *field = facts.headers.find(name);
        return field == nullptr ? std::nullopt : std::optional<QByteArray>(field->value);
    };
    return (when.methods.isEmpty() || when.methods.contains(facts.method))
        && (when.listener.isEmpty() || when.listener == facts.listener)
        && (when.certificate.isEmpty() || when.certificate.contains(facts.certificate))
        && std::ranges::all_of(when.headers, [&](const auto &test) { return test.second.holds(header(test.first)); })
        && allHold(when.query, facts.query) && allHold(when.cookies, facts.cookies)
        && allHold(when.form, facts.form) && allHold(when.json, facts.json)
        && (!when.bearer || when.bearer->holds(facts.bearer)) && (!when.basic || when.basic->holds(facts.basic))
        && (!when.contentType || when.contentType->holds(facts.contentType))
        && (when.digest.isEmpty() || when.digest.contains(facts.digest))
        && (when.jwt.isEmpty() || when.jwt.contains(facts.jwt))
        && (when.proof.isEmpty() || when.proof.contains(facts.proof))
        && (when.repeated.isEmpty() || facts.headers.values(when.repeated).size() > 1)
        && (when.every == 0 || facts.visit % when.every == 0) && (when.after == 0 || facts.visit >= when.after)
        && (when.any.isEmpty()
            || std::ranges::any_of(when.any, [&](const RoomCondition &each) { return holds(each, facts); }))
        && std::ranges::none_of(when.none, [&](const RoomCondition &each) { return holds(each, facts); });
}

PracticeAnswer RoomKeeper::fill(const RoomScript &script, const RoomAnswer &answer)
{
    PracticeAnswer result;
    result.roomId = script.room.id;
    result.status = answer.status;
    result.reason = answer.reason.isEmpty() ? standardReason(answer.status) : answer.reason;
    if (!script.server.isEmpty())
        result.headers.append("Server", script.server);
    result.headers.append("Date", formatHttpDate(m_clock.nowMs() / 1000));
    for (const QByteArray &line : answer.headerLines) {
        const QByteArray filled = fillTemplates(script, line);
        const qsizetype colon = filled.indexOf(':');
        result.headers.append(filled.left(colon), filled.mid(colon + 1).trimmed());
    }
    result.body = fillTemplates(script, answer.body);
    result.chunked = answer.chunked;
    return result;
}

QByteArray RoomKeeper::fillTemplates(const RoomScript &script, const QByteArray &text)
{
    if (!text.contains('{'))
        return text;
    const qint64 now = m_clock.nowMs() / 1000;
    QByteArray filled = text;
    for (auto address = m_addresses.begin(); address != m_addresses.end(); ++address)
        filled.replace('{' + address.key().toUtf8() + '}', address.value().toUtf8());
    filled.replace("{date}", formatHttpDate(now));
    filled.replace("{now}", QByteArray::number(now));
    filled.replace("{timestamp}", m_clock.now().toString(Qt::ISODateWithMs).toLatin1());
    if (filled.contains("{nonce}"))
        filled.replace("{nonce}", m_states[script.room.id].digest.issueNonce(m_random, now));
    if (filled.contains("{random}"))
        filled.replace("{random}", m_random.hex(16));
    if (const Result<QString> withThem = withTokens(QString::fromUtf8(filled), script, now))
        filled = withThem->toUtf8();
    return filled;
}

PracticeAnswer RoomKeeper::plain(int status, const QByteArray &text) const
{
    PracticeAnswer answer;
    answer.status = status;
    answer.reason = standardReason(status);
    answer.headers.append("Date", formatHttpDate(m_clock.nowMs() / 1000));
    answer.headers.append("Content-Type", "text/plain; charset=utf-8");
    answer.body = text;
    return answer;
}

PracticeAnswer RoomKeeper::index() const
{
    QByteArray text = "The practice range: " + QByteArray::number(m_scripts.size())
        + " rooms, each with a request that is refused. Solving one means getting its 200.\n\n";
    for (const RoomScript &script : m_scripts)
        text += '/' + script.room.id.toUtf8() + "  " + script.room.title.toUtf8() + '\n';
    return plain(200, text);
}

QByteArray standardReason(int status)
{
    switch (status) { // RFC 9110 section 15
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Unknown";
    }
}

} // namespace realmscope
