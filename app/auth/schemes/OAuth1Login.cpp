// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/auth/schemes/OAuth1.h"

#include "app/auth/schemes/Placement.h"
#include "app/base/Encoding.h"

#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// In AuthMemory.
const QString oauth1Access = u"oauth1.access"_s;   // the token and its secret, as the server gave them
const QString oauth1Busy = u"oauth1.busy"_s;       // a flow is getting the token

constexpr int oauth1BusyWaitMs = 50;
constexpr qsizetype maxTokenAnswer = 64 * 1024;

struct OAuth1Token
{
    QByteArray token;
    Secret secret;
};

QByteArray parameter(const OAuth1Parameters &parameters, QByteArrayView name)
{
    const auto found = std::ranges::find_if(parameters, [&](const auto &one) { return one.first == name; });
    return found == parameters.end() ? QByteArray() : found->second;
}

std::optional<OAuth1Token> readToken(const QByteArray &text)
{
    const OAuth1Parameters parameters = formPairs(text);
    const QByteArray token = parameter(parameters, "oauth_token");
    const bool hasSecret = std::ranges::any_of(parameters, [](const auto &one) { return one.first == "oauth_token_secret"; });
    if (token.isEmpty() || !hasSecret) // RFC 5849 section 2.1: both are required
        return std::nullopt;
    return OAuth1Token{token, Secret(parameter(parameters, "oauth_token_secret"))};
}

// What a server that says no has to say: its own words, or the start of the page.
QString wordsOfRefusal(const Response &response)
{
    const QByteArray problem = parameter(formPairs(response.body.head(maxTokenAnswer)), "oauth_problem");
    if (!problem.isEmpty())
        return QString::fromUtf8(problem);
    const QString text = QString::fromUtf8(response.body.head(200)).simplified();
    return text.isEmpty() || text.startsWith(u'<') ? u"status %1"_s.arg(response.status) : u"status %1, %2"_s.arg(response.status).arg(text);
}

// RFC 5849 section 2.
class OAuth1Login final : public AuthFlow
{
public:
    explicit OAuth1Login(AuthContext context) : m_context(std::move(context)), m_values(m_context.values) {}
    ~OAuth1Login() override { release(); }

    Step next(const Exchange *last) override
    {
        switch (m_leg) {
        case Leg::Begin: return begin();
        case Leg::Listener: return askForTemporaryToken();
        case Leg::Temporary: return temporaryTokenCame(*last);
        case Leg::Browser: return browserCameBack();
        case Leg::Access: return tokenCame(*last);
        case Leg::Resource: return DoneStep{};
        }
        Q_UNREACHABLE();
    }
    void supply(const QString &text) override { m_answer = text; }

private:
    enum class Leg { Begin, Listener, Temporary, Browser, Access, Resource };

    [[nodiscard]] AuthMemory &memory() const { return *m_context.memory; }
    [[nodiscard]] bool isOutOfBand() const { return m_values.text(u"redirect-uri"_s) == "oob"_L1; }

    void release()
    {
        if (std::exchange(m_isBusy, false))
            memory().values.remove(oauth1Busy);
    }

    Step fail(const QString &message, const QString &action, const QString &detail = {})
    {
        release();
        return FailedStep{Error{ErrorCode::AuthFailed, u"OAuth 1.0: "_s + message, detail, action}};
    }

    Step begin()
    {
        if (memory().values.value(oauth1Busy).toBool())
            return WaitStep{oauth1BusyWaitMs, u"another request gets the token of this profile"_s, {}, {}};
        const Secret kept = memory().secrets.value(oauth1Access);
        if (const std::optional<OAuth1Token> token = readToken((kept.isEmpty() ? m_values.secret(u"access"_s) : kept).revealBytes()))
            return sendResource(*token);
        memory().values.insert(oauth1Busy, true);
        m_isBusy = true;
        m_leg = Leg::Listener;
        if (!isOutOfBand())
            return ListenStep{QUrl(m_values.text(u"redirect-uri"_s))};
        m_answer = u"oob"_s;
        return askForTemporaryToken();
    }

    Step post(const QString &fieldId, const OAuth1Token &token, const OAuth1Parameters &extra, const QString &label)
    {
        const Result<Url> url = Url::parse(m_values.text(fieldId));
        if (!url)
            return fail(url.error().message, url.error().action);
        OAuth1Call call;
        call.request.method = "POST";
        call.request.url = *url;
        call.request.version = m_context.request.version;
        call.request.headers.append("Host"_ba, url->hostHeader(), HeaderSource::Default);
        if (const HeaderField *agent = m_context.request.headers.find("User-Agent"))
            call.request.headers.append(*agent);
        call.request.headers.append("Accept"_ba, "*/*"_ba, HeaderSource::Default);
        call.request.headers.append("Content-Length"_ba, "0"_ba, HeaderSource::Default);
        call.token = token.token;
        call.tokenSecret = token.secret;
        call.extra = extra;
        call.location = u"header"_s;
        Result<SendStep> step = oauth1Sign(call, m_values, *m_context.clock, *m_context.random);
        if (!step)
            return fail(step.error().message, step.error().action, step.error().detail);
        step->role = ExchangeRole::Token;
        step->label = label;
        step->namedByProfile = true;
        return *step;
    }

    Step askForTemporaryToken()
    {
        m_leg = Leg::Temporary;
        return post(u"request-token-url"_s, {}, {{"oauth_callback", m_answer.toUtf8()}}, u"a temporary token is asked for"_s);
    }

    // Section 2.1.
    Step temporaryTokenCame(const Exchange &last)
    {
        const QByteArray body = last.response.body.head(maxTokenAnswer);
        const std::optional<OAuth1Token> token = readToken(body);
        if (last.response.status < 200 || last.response.status > 299)
            return fail(u"the server gave no temporary token: %1"_s.arg(wordsOfRefusal(last.response)), u"Check the client key and its secret, and the callback that is registered."_s);
        if (!token)
            return fail(u"the answer holds no oauth_token with its oauth_token_secret"_s, u"Check the temporary token URL."_s, QString::fromUtf8(body.left(200)));
        if (parameter(formPairs(body), "oauth_callback_confirmed") != "true")
            return fail(u"the server did not confirm the callback (oauth_callback_confirmed), so it is one of OAuth 1.0 before 1.0a"_s,
                        u"Nobody could tell then who has logged in: ask the server's owner for OAuth 1.0a, or put a token into the profile by hand."_s);
        m_temporary = *token;
        m_leg = Leg::Browser;
        QUrl url(m_values.text(u"authorization-url"_s));
        QUrlQuery query(url);
        query.addQueryItem(u"oauth_token"_s, QString::fromLatin1(percentEncode(m_temporary.token)));
        url.setQuery(query);
        return OpenBrowserStep{url, isOutOfBand() ? u"log in there, allow what is asked for, and paste the code that it shows"_s : u"log in there, and allow what is asked for"_s};
    }

    // Section 2.2.
    Step browserCameBack()
    {
        QByteArray verifier = m_answer.trimmed().toUtf8();
        if (m_answer.contains("://"_L1)) {
            const qsizetype question = m_answer.indexOf(u'?');
            const OAuth1Parameters parameters = formPairs(question < 0 ? QByteArray() : m_answer.mid(question + 1).section(u'#', 0, 0).toUtf8());
            verifier = parameter(parameters, "oauth_verifier");
            const QByteArray token = parameter(parameters, "oauth_token");
            if (!token.isEmpty() && token != m_temporary.token)
                return fail(u"the browser came back with another temporary token than the one that was asked for"_s, u"Send again, and log in in the window that opens then."_s);
            const QByteArray problem = parameter(parameters, "oauth_problem");
            if (verifier.isEmpty())
                return fail(problem.isEmpty() ? u"the browser came back without oauth_verifier: nobody allowed it"_s : u"the server said no: %1"_s.arg(QString::fromUtf8(problem)),
                            u"Send again, log in, and allow what is asked for."_s);
        } else if (verifier.isEmpty()) {
            return fail(u"no code was pasted"_s, u"Send again, and paste the code that the page shows."_s);
        }
        m_leg = Leg::Access;
        return post(u"access-token-url"_s, m_temporary, {{"oauth_verifier", verifier}}, u"the temporary token is exchanged for the token"_s);
    }

    // Section 2.3.
    Step tokenCame(const Exchange &last)
    {
        const QByteArray body = last.response.body.head(maxTokenAnswer);
        const std::optional<OAuth1Token> token = readToken(body);
        if (last.response.status < 200 || last.response.status > 299 || !token)
            return fail(last.response.status < 200 || last.response.status > 299 ? u"the server gave no token: %1"_s.arg(wordsOfRefusal(last.response))
                                                                                : u"the answer holds no oauth_token with its oauth_token_secret"_s,
                        u"Send again to log in once more; look whether the token URL is right."_s);
        const Secret kept("oauth_token=" + percentEncode(token->token) + "&oauth_token_secret=" + percentEncode(token->secret.revealBytes()));
        memory().secrets.insert(oauth1Access, kept);
        memory().renewedFields.insert(u"access"_s, kept);
        release();
        return sendResource(*token);
    }

    Step sendResource(const OAuth1Token &token)
    {
        m_leg = Leg::Resource;
        const Result<SendStep> step = oauth1Sign({m_context.request, token.token, token.secret, {}, m_values.text(u"location"_s), m_context.proxy}, m_values,
                                                 *m_context.clock, *m_context.random);
        if (!step)
            return fail(step.error().message, step.error().action, step.error().detail);
        return *step;
    }

    AuthContext m_context;
    FieldValues m_values;
    Leg m_leg = Leg::Begin;
    QString m_answer;
    OAuth1Token m_temporary;
    bool m_isBusy = false;
};

} // namespace

std::unique_ptr<AuthFlow> makeOAuth1Login(AuthContext context) { return std::make_unique<OAuth1Login>(std::move(context)); }

} // namespace realmscope
