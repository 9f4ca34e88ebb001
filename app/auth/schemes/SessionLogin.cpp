// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/CredentialText.h"
#include "app/auth/schemes/LoginPage.h"
#include "app/auth/schemes/OneShotFlow.h"
#include "app/auth/schemes/Schemes.h"
#include "app/base/Encoding.h"
#include "app/http/CookieJar.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

const auto sessionKey = u"session"_s; // settings that the session was opened with

// "name=value" a line. Error: InvalidInput for a line without '='.
Result<QList<std::pair<QString, QString>>> extraItems(const QString &text)
{
    QList<std::pair<QString, QString>> items;
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        if (line.trimmed().isEmpty())
            continue;
        const qsizetype equals = line.indexOf(u'=');
        if (equals < 1)
            return Error{ErrorCode::InvalidInput, u"Session login: \"%1\" under More fields is not name=value"_s.arg(line.trimmed()), {},
                         u"Write one name=value a line."_s};
        items.append({line.left(equals).trimmed(), line.mid(equals + 1).trimmed()});
    }
    return items;
}

QByteArray pathOf(const Url &url) { return url.path.isEmpty() ? "/"_ba : url.path; }

// Logs in as a browser would, keeps the cookies that come, and sends them. They are the profile's own, whether the workspace
// keeps a cookie jar or not.
class SessionFlow final : public AuthFlow
{
public:
    SessionFlow(AuthContext context, Url loginUrl, Url pageUrl)
        : m_context(std::move(context)), m_loginUrl(std::move(loginUrl)), m_pageUrl(std::move(pageUrl))
    {
        if (!m_context.memory->cookies)
            m_context.memory->cookies = std::make_shared<CookieJar>();
        m_jar = m_context.memory->cookies;
    }

    Step next(const Exchange *last) override
    {
        if (!last) {
            m_isFromMemory = m_context.memory->values.value(sessionKey).toByteArray() == mark();
            return m_isFromMemory ? sendFinal({}) : begin({});
        }
        keepCookies(*last);
        switch (m_state) {
        case State::Page:
            return pageCame(*last);
        case State::Login:
            return loginAnswered(*last);
        default:
            return finalAnswered(*last);
        }
    }

private:
    enum class State { Page, Login, Final };

    [[nodiscard]] QString text(const char *id) const { return m_context.values.text(QLatin1StringView(id)); }

    // Another user, password or address means another session.
    [[nodiscard]] QByteArray mark() const
    {
        QByteArray all = m_context.values.secret(u"password"_s).revealBytes();
        for (const auto &[id, value] : m_context.values.texts().asKeyValueRange())
            all += '\n' + id.toUtf8() + '=' + value.toUtf8();
        return hash(HashAlgorithm::Sha256, all + m_loginUrl.toString().toUtf8());
    }

    void keepCookies(const Exchange &last)
    {
        const QList<QByteArray> lines = last.response.headers.values("Set-Cookie");
        for (const QByteArray &line : lines) {
            const CookieVerdict verdict = m_jar->store(line, {last.request.url, last.request.method, m_context.clock->nowMs(), std::nullopt});
            m_cookiesCame = m_cookiesCame || verdict.decision == CookieDecision::Stored || verdict.decision == CookieDecision::Replaced;
        }
    }

    void addCookies(Request &request) const
    {
        const QByteArray ours = m_jar->take({request.url, request.method, m_context.clock->nowMs(), std::nullopt}).header();
        if (ours.isEmpty())
            return;
        const QByteArray written = request.headers.combined("Cookie");
        request.headers.set("Cookie", written.isEmpty() ? ours : written + "; " + ours, HeaderSource::Profile);
    }

    Step begin(const QString &why)
    {
        m_why = why;
        m_jar->clear();
        m_token.clear();
        m_page = {};
        m_cookiesCame = false;
        m_context.memory->values.remove(sessionKey);
        if (text("csrf") == "none"_L1 || text("csrf").isEmpty())
            return logIn();
        m_state = State::Page;
        SendStep step = ownRequest("GET"_ba, m_pageUrl);
        step.label = m_why.isEmpty() ? u"the page with the token"_s : m_why + u": the page with the token"_s;
        return step;
    }

    // With what the request says about itself, but for its body.
    [[nodiscard]] SendStep ownRequest(const QByteArray &method, const Url &url) const
    {
        SendStep step;
        step.request.method = method;
        step.request.url = url;
        step.request.version = m_context.request.version;
        step.request.headers.append("Host", url.hostHeader(), HeaderSource::Default);
        for (const char *name : {"User-Agent", "Accept-Language"}) {
            if (const HeaderField *field = m_context.request.headers.find(name))
                step.request.headers.append(field->name, field->value, field->source);
        }
        step.request.headers.append("Accept", text("format") == "json"_L1 ? "application/json"_ba : "text/html,*/*"_ba, HeaderSource::Default);
        step.role = ExchangeRole::Token;
        step.namedByProfile = true;
        addCookies(step.request);
        return step;
    }

    Step failed(const QString &what, const QString &action) const
    {
        m_context.memory->values.remove(sessionKey);
        return FailedStep{{ErrorCode::AuthFailed, u"Session login: "_s + what, {}, action}};
    }

    Step pageCame(const Exchange &last)
    {
        if (last.response.status >= 400)
            return failed(u"the page with the token, %1, answered %2"_s.arg(m_pageUrl.toString()).arg(last.response.status), u"Check the address of the page."_s);
        m_page = readLoginPage(last.response.body.all());
        const QByteArray name = text("csrf-name").toUtf8();
        if (text("csrf") == "cookie"_L1) {
            const QByteArray found = cookieValue(name);
            if (found.isEmpty())
                return failed(u"%1 set no cookie %2"_s.arg(m_pageUrl.toString(), displayText(name)), u"Check the name of the cookie; the exchange shows those that came."_s);
            m_token = percentDecode(found); // as browsers' scripts do it
            return logIn();
        }
        const auto named = [&](const QList<std::pair<QByteArray, QByteArray>> &list) {
            const auto it = std::ranges::find(list, name, &std::pair<QByteArray, QByteArray>::first);
            return it == list.end() ? QByteArray() : it->second;
        };
        m_token = named(m_page.hidden);
        if (m_token.isEmpty())
            m_token = named(m_page.metas);
        if (m_token.isEmpty() && name.isEmpty() && m_page.hidden.size() == 1) // it can only be this one
            m_token = m_page.hidden.first().second;
        if (m_token.isEmpty() && (!name.isEmpty() || m_page.hidden.isEmpty()))
            return failed(name.isEmpty() ? u"the page %1 has no form with a hidden field"_s.arg(m_pageUrl.toString())
                                         : u"the page %1 has no hidden field and no meta tag %2"_s.arg(m_pageUrl.toString(), displayText(name)),
                          u"Check the address of the page and the name of the token."_s);
        return logIn();
    }

    Step logIn()
    {
        Url to = m_loginUrl;
        if (text("csrf") == "page"_L1 && text("page-url").isEmpty() && !m_page.action.isEmpty()) {
            const Result<Url> action = m_loginUrl.resolve(m_page.action);
            if (!action)
                return failed(u"the form goes to an address that can't be read: %1"_s.arg(displayText(m_page.action)), u"Give the address as login URL."_s);
            if (action->origin() != m_loginUrl.origin())
                return failed(u"the form would go to another origin, %1"_s.arg(action->origin().toString()),
                              u"Where that is right, give it as login URL, and this page as login page."_s);
            to = *action;
            to.fragment.reset();
        }
        m_state = State::Login;
        SendStep step = ownRequest("POST"_ba, to);
        const bool isJson = text("format") == "json"_L1;
        QList<std::pair<QByteArray, QByteArray>> items{{text("username-field").toUtf8(), text("username").toUtf8()},
                                                       {text("password-field").toUtf8(), m_context.values.secret(u"password"_s).revealBytes()}};
        const Result<QList<std::pair<QString, QString>>> extra = extraItems(text("extra"));
        for (const auto &[name, value] : *extra)
            items.append({name.toUtf8(), value.toUtf8()});
        for (const auto &[name, value] : std::as_const(m_page.hidden)) {
            if (text("csrf") == "page"_L1 && std::ranges::none_of(items, [&name = name](const auto &item) { return item.first == name; }))
                items.append({name, value});
        }
        QJsonObject object;
        for (const auto &[name, value] : std::as_const(items)) {
            object.insert(QString::fromUtf8(name), QString::fromUtf8(value));
            step.request.body += (step.request.body.isEmpty() ? "" : "&") + formEncode(name) + '=' + formEncode(value);
        }
        if (isJson)
            step.request.body = QJsonDocument(object).toJson(QJsonDocument::Compact);
        step.request.headers.append("Content-Type", isJson ? "application/json"_ba : "application/x-www-form-urlencoded"_ba, HeaderSource::Default);
        step.request.headers.append("Content-Length", QByteArray::number(step.request.body.size()), HeaderSource::Default);
        if (!m_token.isEmpty()) {
            step.request.headers.append("Referer", m_pageUrl.toString().toUtf8(), HeaderSource::Default); // some compare it with the host
            addToken(step.request);
        }
        step.carriesCredential = true;
        step.label = m_why.isEmpty() ? u"logs in"_s : m_why + u": logs in"_s;
        return step;
    }

    void addToken(Request &request) const
    {
        const QByteArray header = text("csrf-header").toUtf8();
        if (header.isEmpty())
            return;
        const QByteArray fresh = text("csrf") == "cookie"_L1 ? percentDecode(cookieValue(text("csrf-name").toUtf8())) : QByteArray();
        request.headers.set(header, fresh.isEmpty() ? m_token : fresh, HeaderSource::Profile);
    }

    [[nodiscard]] QByteArray cookieValue(const QByteArray &name) const
    {
        const auto &cookies = m_jar->cookies();
        const auto it = std::ranges::find_if(cookies, [&](const Cookie &cookie) { return cookie.name == name; });
        return it == cookies.end() ? QByteArray() : it->value;
    }

    // An answer that sends to the login page.
    [[nodiscard]] bool sendsToLogin(const Exchange &last) const
    {
        if (last.response.status < 300 || last.response.status > 399)
            return false;
        const Result<Url> target = last.request.url.resolve(last.response.headers.value("Location"));
        return target && ((target->origin() == m_loginUrl.origin() && pathOf(*target) == pathOf(m_loginUrl))
                          || (target->origin() == m_pageUrl.origin() && pathOf(*target) == pathOf(m_pageUrl)));
    }

    Step loginAnswered(const Exchange &last)
    {
        const int status = last.response.status;
        const QString check = u"Check user name and password; the exchange shows what the server says."_s;
        if (status >= 400)
            return failed(u"the login was refused: %1 %2"_s.arg(status).arg(displayText(last.response.reason)), check);
        if (sendsToLogin(last))
            return failed(u"the login was refused: the server sends back to the login page"_s, check);
        if (status == 200 && last.response.headers.value("Content-Type").toLower().startsWith("text/html") && readLoginPage(last.response.body.all()).hasPassword)
            return failed(u"the login was refused: the login page came again"_s, check);
        const QByteArray wanted = text("session-cookie").toUtf8();
        if (!wanted.isEmpty() && cookieValue(wanted).isEmpty())
            return failed(u"no cookie %1 came with the answer to the login"_s.arg(displayText(wanted)), check);
        if (!m_cookiesCame)
            return failed(u"no cookie came with the answer to the login, so there is no session"_s,
                          u"If the server answers with a token, use Bearer or OAuth 2.0 in place of this."_s);
        m_context.memory->values.insert(sessionKey, mark());
        m_context.memory->values.insert(u"session-token"_s, m_token);
        return sendFinal(u"with the cookies of the session"_s);
    }

    Step sendFinal(const QString &label)
    {
        m_state = State::Final;
        if (m_isFromMemory)
            m_token = m_context.memory->values.value(u"session-token"_s).toByteArray();
        SendStep step;
        step.request = m_context.request;
        addCookies(step.request);
        if (!step.request.isSafe())
            addToken(step.request);
        step.carriesCredential = true;
        step.label = label;
        return step;
    }

    Step finalAnswered(const Exchange &last)
    {
        constexpr int laravelExpired = 419; // what Laravel says of a token whose session is over
        const int status = last.response.status;
        const bool isOver = status == 401 || status == laravelExpired || sendsToLogin(last);
        if (!isOver)
            return DoneStep{};
        if (!std::exchange(m_isFromMemory, false))
            return DoneStep{u"the session was opened a moment ago, and the server does not take it for this request"_s, false};
        return begin(u"the session has ended"_s);
    }

    AuthContext m_context;
    Url m_loginUrl, m_pageUrl;
    std::shared_ptr<CookieJar> m_jar;
    State m_state = State::Final;
    LoginPage m_page;
    QByteArray m_token;
    QString m_why;
    bool m_isFromMemory = false;
    bool m_cookiesCame = false;
};

class SessionLoginScheme final : public AuthScheme
{
public:
    QString id() const override { return u"session"_s; }
    QString whenItFails() const override
    {
        return u"Look at the login leg: was the token against forgery found, and sent under the name that the form has? Status 200 with the form again means a refused login. The session cookie's name tells when it has ended."_s;
    }
    QString title() const override { return u"Session login"_s; }
    QString summary() const override
    {
        return u"Sends the login form as a browser would, keeps the cookies, and sends them along; logs in again when the session ends."_s;
    }
    QString safety() const override
    {
        return u"The password goes to the login URL once a session; whoever gets the cookie is logged in. Only over TLS."_s;
    }
    QStringList sources() const override { return {u"RFC 6265bis"_s, u"HTML Standard section 4.10.21"_s}; }
    QList<SchemeField> fields() const override
    {
        const QList<FieldCondition> withToken{{u"csrf"_s, {u"page"_s, u"cookie"_s}}};
        return {{.id = u"login-url"_s, .label = u"Login URL"_s, .required = true, .help = u"Where the form is sent; a path counts from the URL of the request."_s,
                 .placeholder = u"https://app.example.com/login"_s},
                {.id = u"username"_s, .label = u"User name"_s, .required = true},
                {.id = u"password"_s, .label = u"Password"_s, .kind = FieldKind::Secret},
                {.id = u"format"_s, .label = u"Sent as"_s, .kind = FieldKind::Choice, .defaultValue = u"form"_s,
                 .choices = {{u"form"_s, u"Form"_s}, {u"json"_s, u"JSON"_s}}},
                {.id = u"username-field"_s, .label = u"User name field"_s, .required = true, .defaultValue = u"username"_s},
                {.id = u"password-field"_s, .label = u"Password field"_s, .required = true, .defaultValue = u"password"_s},
                {.id = u"extra"_s, .label = u"More fields"_s, .kind = FieldKind::MultiLine, .help = u"One name=value a line."_s},
                {.id = u"csrf"_s, .label = u"CSRF token"_s, .kind = FieldKind::Choice, .defaultValue = u"none"_s,
                 .choices = {{u"none"_s, u"None"_s}, {u"page"_s, u"In the login page"_s}, {u"cookie"_s, u"In a cookie"_s}}},
                {.id = u"page-url"_s, .label = u"Login page"_s, .help = u"Where the server sends those who are not logged in, and where the token stands. Empty: the login URL."_s},
                {.id = u"csrf-name"_s, .label = u"Name of the token"_s, .help = u"Of the hidden field, meta tag or cookie. Empty: all hidden fields of the form are sent; the only one is the token."_s,
                 .placeholder = u"csrf_token"_s, .onlyWhen = withToken},
                {.id = u"csrf-header"_s, .label = u"Header for the token"_s, .help = u"Also sent with later requests that change something."_s,
                 .placeholder = u"X-CSRF-Token"_s, .onlyWhen = withToken},
                {.id = u"session-cookie"_s, .label = u"Session cookie"_s, .help = u"Name of the cookie without which there is no session. Empty: any that comes."_s}};
    }
    QList<QByteArray> credentialHeaders(const FieldValues &values) const override
    {
        QList<QByteArray> names{"cookie"_ba};
        if (const QByteArray header = values.text(u"csrf-header"_s).toUtf8().toLower(); !header.isEmpty())
            names << header;
        return names;
    }
    bool remembersByOrigin() const override { return false; } // the jar knows which cookie is whose

    Result<void> validate(const FieldValues &values) const override
    {
        if (const Result<void> base = AuthScheme::validate(values); !base)
            return base;
        if (values.text(u"csrf"_s) == "cookie"_L1 && values.text(u"csrf-name"_s).isEmpty())
            return Error{ErrorCode::InvalidInput, u"Session login: the token is in a cookie, and the name of the cookie is missing"_s, {},
                         u"Give its name, for example XSRF-TOKEN."_s};
        const QByteArray header = values.text(u"csrf-header"_s).toUtf8();
        if (!header.isEmpty() && !isToken(header))
            return Error{ErrorCode::InvalidInput, u"Session login: \"%1\" is no name of a header"_s.arg(values.text(u"csrf-header"_s)), {},
                         u"Write for example X-CSRF-Token."_s};
        if (const auto extra = extraItems(values.text(u"extra"_s)); !extra)
            return extra.error();
        return {};
    }

    std::unique_ptr<AuthFlow> start(AuthContext context) const override
    {
        if (const Result<void> valid = validate(context.values); !valid)
            return std::make_unique<OneShotFlow>(valid.error());
        if (context.proxy)
            return std::make_unique<OneShotFlow>(Error{ErrorCode::InvalidInput, u"Session login: a proxy can't be logged in to in this way"_s, {},
                                                       u"Choose another credential profile for the proxy."_s});
        const auto address = [&](const char *id) { return context.request.url.resolve(context.values.text(QLatin1StringView(id)).trimmed().toUtf8()); };
        const Result<Url> login = address("login-url");
        const Result<Url> page = context.values.text(u"page-url"_s).trimmed().isEmpty() ? login : address("page-url");
        for (const Result<Url> &url : {login, page}) {
            if (!url)
                return std::make_unique<OneShotFlow>(Error{ErrorCode::InvalidInput, u"Session login: the address of the login can't be read: %1"_s.arg(url.error().message),
                                                           url.error().detail, u"Write for example https://app.example.com/login."_s});
        }
        Url loginUrl = *login;
        loginUrl.fragment.reset();
        return std::make_unique<SessionFlow>(std::move(context), loginUrl, *page);
    }
};

} // namespace

std::unique_ptr<AuthScheme> makeSessionLoginScheme() { return std::make_unique<SessionLoginScheme>(); }

} // namespace realmscope
