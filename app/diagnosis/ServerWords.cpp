// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/ServerWords.h"

#include "app/auth/Challenge.h"
#include "app/base/Encoding.h"

#include <QtCore/QJsonArray>
#include <QtCore/QStringConverter>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qsizetype headSize = 64 * 1024;
constexpr qsizetype longestWord = 400;

QString quoted(const QString &text)
{
    QString one = text.simplified();
    if (one.size() > 160)
        one = one.left(157) + u"…"_s;
    return u"\"%1\""_s.arg(one);
}

QString stripTags(const QByteArray &html)
{
    static const QRegularExpression tag(u"<[^<>]{0,2000}>"_s);
    const QString all = displayText(html).remove(u'\u240d'); // CR, as displayText() shows it
    // What no reader sees. Each element once, from its start to its end, so that a page of starts alone costs no more.
    static const QRegularExpression hidden(u"<(script|style|head)\\b"_s, QRegularExpression::CaseInsensitiveOption);
    QString text;
    qsizetype from = 0;
    while (from < all.size()) {
        const QRegularExpressionMatch start = hidden.match(all, from);
        text += QStringView(all).sliced(from, (start.hasMatch() ? start.capturedStart() : all.size()) - from);
        if (!start.hasMatch())
            break;
        const qsizetype end = all.indexOf(u"</"_s + start.captured(1), start.capturedEnd(), Qt::CaseInsensitive);
        if (end < 0) { // never closed: the tag alone is taken out below
            text += QStringView(all).sliced(start.capturedStart());
            break;
        }
        const qsizetype close = all.indexOf(u'>', end);
        from = close < 0 ? all.size() : close + 1;
        text += u' ';
    }
    text.replace(tag, u" "_s);
    text.replace(u"&nbsp;"_s, u" "_s).replace(u"&#39;"_s, u"'"_s).replace(u"&apos;"_s, u"'"_s);
    text.replace(u"&quot;"_s, u"\""_s).replace(u"&lt;"_s, u"<"_s).replace(u"&gt;"_s, u">"_s).replace(u"&amp;"_s, u"&"_s);
    return text.simplified();
}

bool isWordKey(const QString &key)
{
    static constexpr std::array names{"message", "msg", "error", "error_description", "errordescription", "detail",
                                      "details", "title", "reason", "code", "errorsummary", "errorcode", "description",
                                      "status", "errormessage", "error_message", "userMessage", "type", "cause", "name",
                                      "info", "hint", "exception", "error_code", "errmsg", "text", "fault", "faultstring", "metadata"};
    return std::ranges::any_of(names, [&](const char *name) {
        return key.compare(QLatin1StringView(name), Qt::CaseInsensitive) == 0;
    });
}

class Collector
{
public:
    Collector(const Exchange &exchange, int index) : m_exchange(exchange), m_index(index) {}

    void addBody(const QByteArray &name, const QString &text)
    {
        if (text.trimmed().isEmpty())
            return;
        ServerWord word;
        word.text = displayText(text.left(longestWord).toUtf8()); // JSON can spell control characters
        const QString label = name.isEmpty() ? QString() : QString::fromUtf8(name) + u": "_s;
        word.evidence = {m_index, EvidencePart::ResponseBody, name, label + quoted(word.text),
                         findInBody(m_exchange, text.left(longestWord).toUtf8())};
        m_words.append(word);
    }

    void addJson(const QJsonValue &value, const QString &key, int depth)
    {
        if (depth > 5 || m_words.size() > 60)
            return;
        if (value.isString() && (key.isEmpty() || isWordKey(key))) {
            addBody(key.toUtf8(), value.toString());
        } else if (value.isObject()) {
            const QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it)
                addJson(it.value(), it.key(), depth + 1);
        } else if (value.isArray()) {
            const QJsonArray array = value.toArray();
            for (const QJsonValue &item : array)
                addJson(item, key, depth + 1);
        }
    }

    void addHeader(const HeaderField &field, ByteRange inValue, const QByteArray &name, const QByteArray &text)
    {
        ServerWord word;
        word.text = displayText(text).left(longestWord);
        ByteRange range = field.valueRange;
        if (!range.isEmpty() && !inValue.isEmpty() && range.begin + inValue.end <= range.end)
            range = {range.begin + inValue.begin, range.begin + inValue.end};
        const QString shown = name.isEmpty() ? quoted(word.text) : QString::fromUtf8(name) + u"="_s + quoted(word.text);
        word.evidence = {m_index, EvidencePart::ResponseHeader, field.name, shown, range};
        m_words.append(word);
    }

    QList<ServerWord> m_words;

private:
    const Exchange &m_exchange;
    int m_index;
};

} // namespace

namespace {

// In the charset that the type names (RFC 9110 section 8.3.2), as far as Qt knows it; else as it is.
QByteArray inUtf8(const QByteArray &bytes, const QByteArray &type)
{
    static const QRegularExpression named(u"charset\\s*=\\s*[\"']?([A-Za-z0-9_:.-]{1,40})"_s, QRegularExpression::CaseInsensitiveOption);
    const QByteArray charset = named.match(QString::fromLatin1(type)).captured(1).toLatin1();
    if (charset.isEmpty() || equalsIgnoreCase(charset, "utf-8") || equalsIgnoreCase(charset, "us-ascii"))
        return bytes;
    const bool isLatin = equalsIgnoreCase(charset, "windows-1252") || charset.toLower().startsWith("iso-8859-1");
    QStringDecoder decoder(isLatin ? "ISO-8859-1" : charset.constData());
    if (!decoder.isValid())
        return bytes;
    const QString text = decoder.decode(bytes);
    return decoder.hasError() ? bytes : text.toUtf8();
}

} // namespace

namespace {

// Whatever the language of its words. A page to change a password has several fields for one.
bool isSignInForm(const QString &html)
{
    static const QRegularExpression password(u"<input\\b[^>]{0,500}\\btype\\s*=\\s*[\"']?password\\b"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression user(u"<input\\b[^>]{0,500}\\b(?:name|id|type|autocomplete)\\s*=\\s*[\"']?(?:user(?:name|_?login)?|login|email|e-mail|j_username|os_username|identifier|log|loginfmt)\\b"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    int passwords = 0;
    for (auto it = password.globalMatch(html); it.hasNext() && passwords < 3; it.next())
        ++passwords;
    return passwords == 1 && user.match(html).hasMatch();
}

bool leadsToSignIn(const QString &html)
{
    static const QRegularExpression saml(u"<input\\b[^>]{0,500}\\bname\\s*=\\s*[\"']?SAMLRequest\\b"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression refresh(u"<meta\\b[^>]{0,200}http-equiv\\s*=\\s*[\"']?refresh\\b[^>]{0,200}url\\s*=\\s*[^>]{0,200}/(?:log-?in|sign-?in|sso)\\b"_s, QRegularExpression::CaseInsensitiveOption);
    return saml.match(html).hasMatch() || refresh.match(html).hasMatch();
}

} // namespace

BodyFacts readBody(const Response &response)
{
    BodyFacts body;
    body.head = inUtf8(response.body.head(headSize), response.headers.value("Content-Type"));
    const QByteArray type = response.mediaType();
    const QByteArray trimmed = body.head.trimmed();
    if (type.endsWith("json") || trimmed.startsWith('{') || trimmed.startsWith('['))
        body.json = QJsonDocument::fromJson(trimmed);
    const QByteArray start = trimmed.left(400).toLower();
    body.isHtml = !body.isJson()
        && (type == "text/html" || type == "application/xhtml+xml" || start.startsWith("<!doctype html")
            || start.contains("<html"));
    if (body.isHtml) {
        static const QRegularExpression title(u"<title[^>]*>(.*?)</title>"_s,
                                              QRegularExpression::CaseInsensitiveOption
                                                  | QRegularExpression::DotMatchesEverythingOption);
        static const QRegularExpression password(u"<input\\b[^>]{0,500}\\btype\\s*=\\s*[\"']?password\\b"_s,
                                                 QRegularExpression::CaseInsensitiveOption);
        const QString html = displayText(body.head);
        body.title = title.match(html).captured(1).simplified();
        body.hasPasswordField = password.match(html).hasMatch();
        body.isSignInForm = isSignInForm(html);
        body.leadsToSignIn = leadsToSignIn(html);
        body.text = stripTags(body.head);
    } else if (!body.isJson() && isValidUtf8(body.head.left(1024))) {
        body.text = displayText(body.head.left(4096)).remove(u'\u240d');
    }
    return body;
}

ByteRange findInBody(const Exchange &exchange, QByteArrayView text)
{
    if (exchange.bodyOffset < 0 || text.isEmpty() || !exchange.response.contentCoding.isEmpty())
        return {};
    const QByteArray raw = exchange.rawResponse.read(exchange.bodyOffset, headSize);
    const qsizetype at = raw.indexOf(text);
    if (at < 0)
        return {};
    const qsizetype begin = qsizetype(exchange.bodyOffset) + at;
    return {begin, begin + text.size()};
}

QList<ServerWord> collectServerWords(const Exchange &exchange, int index, const ChallengeList &challenges,
                                     const BodyFacts &body)
{
    Collector collector(exchange, index);
    const Headers &headers = exchange.response.headers;
    for (const Challenge &challenge : challenges.challenges) {
        qsizetype line = 0;
        for (const HeaderField &field : headers) {
            if (!field.is("WWW-Authenticate"))
                continue;
            if (line++ != challenge.line)
                continue;
            for (const AuthParam &param : challenge.params) {
                const QByteArray name = param.name.toLower();
                if (name == "error" || name == "error_description" || name == "error_message" || name == "message"
                    || name == "reason" || name == "detail" || name == "oauth_problem" || name == "oauth_problem_advice")
                    collector.addHeader(field, param.range, param.name, param.value);
            }
        }
    }
    for (const HeaderField &field : headers) {
        const QByteArray name = field.name.toLower();
        static constexpr std::array reasons{"x-authentication-denied-reason", "x-seraph-loginreason", "x-amzn-errortype",
                                            "x-squid-error", "x-error", "x-error-message", "x-error-code",
                                            "x-auth-error", "x-auth-reason", "grpc-message", "x-ms-error-code",
                                            "x-okta-verify", "x-github-sso", "x-reason", "x-denied-reason"};
        if (std::ranges::any_of(reasons, [&](const char *known) { return name == known; }))
            collector.addHeader(field, {}, {}, field.value);
    }
    if (body.isJson()) {
        if (body.json.isArray())
            collector.addJson(body.json.array(), {}, 0);
        else
            collector.addJson(body.json.object(), u"metadata"_s, 0);
        return collector.m_words;
    }
    const QByteArray start = body.head.left(4096).trimmed();
    if (!body.isHtml && start.startsWith('<')) {
        static const QRegularExpression element(u"<(?:[A-Za-z0-9]+:)?(Code|Message|faultcode|faultstring|Reason|Text|Error|Description)\\b[^>]*>([^<]{1,400})<"_s);
        auto matches = element.globalMatch(displayText(start));
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            collector.addBody(match.captured(1).toUtf8(), match.captured(2));
        }
        return collector.m_words;
    }
    if (body.isHtml && !body.title.isEmpty())
        collector.addBody("title", body.title);
    if (!body.text.isEmpty() && !body.hasPasswordField)
        collector.addBody({}, body.text.left(longestWord));
    return collector.m_words;
}

const QRegularExpression &missingWords()
{
    static const QRegularExpression words(
        u"\\bno (valid )?((authorization|authentication|auth|access|api|bearer|jwt|security|session|client|csrf)[ _-]?)*(api )?(token|key|credentials?|header|authentication|jwt)( mechanism)?\\b"
        "|(authorization|token|key|credentials?|jwt|authentication|auth)( header)? (is |was |were |are |has )?(been )?(missing|not provided|not present|not set|not supplied|not given|not sent|absent|empty)"
        "|authorization header (was )?not found|header not found"
        "|(authentication|login) (is )?(required|needed)|requires? (user |full )?authentication|full authentication is required"
        "|\\bnot_?( )?(authenticated|authed|logged in|signed in)\\b|login_required|please (sign|log) ?in"
        "|(did not|didn't|must|need to|have to) (provide|include|send|supply|specify) (an?|your|the|valid)? ?(valid )?(api|access|auth|bearer|token|key|credential)"
        "|missing ([a-z_]+ ){0,3}(token|key|credentials?|jwt|authorization|authentication|auth header|api[ _-]?key)"
        "|\\bsystem:anonymous\\b|unregistered callers|user ?name is empty|no client authentication"_s,
        QRegularExpression::CaseInsensitiveOption);
    return words;
}

const QRegularExpression &rejectedWords()
{
    static const QRegularExpression words(
        u"bad (credentials?|password|token|api ?key|user)\\b|invalid[ _-]?((user ?name|user|password|credentials?|auth|account)(?! (id|group|role|agent|input))\\b|login\\b(?! name))|invalid (e-?mail|identifier|login|user ?name)( address)?( or |/| and )(the )?password|invalid_login_credentials|incorrect_password"
        "|(incorrect|wrong|unknown|unrecogni[sz]ed) (user|password|login|api|access|credential|token|key|email)"
        "|(password|credentials?|user ?name|login) (is|are|was|were) (invalid|incorrect|wrong|not valid|not recogni[sz]ed|rejected)"
        "|could not validate|authentication (has )?failed|auth(entication)? failure|login (has )?failed|(user|account) not found|no such user"
        "|invalid[ _-](access[ _-]|bearer[ _-]|api[ _-]|auth[ _-]|security[ _-])?(token|key)"
        "|failed verification|FailedAuthentication|(signature|token|key|credentials?) (verification|validation) failed|failed to authenticate|not ?authori[sz]ed ?exception"
        "|(?<!foreign )\\b(token|key) (is |was )?(invalid|not valid|not recogni[sz]ed|unknown|rejected)|invalid_auth\\b|AUTHENTICATION_DENIED|AUTHENTICATED_FAILED"_s,
        QRegularExpression::CaseInsensitiveOption);
    return words;
}

} // namespace realmscope
