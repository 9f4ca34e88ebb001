// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/Target.h"

#include "app/auth/SchemeRegistry.h"
#include "app/interop/CookieFile.h"
#include "app/interop/CurlCommand.h"
#include "app/runner/CredentialResolver.h"
#include "app/workspace/PrivateFile.h"
#include "app/workspace/Workspace.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString profilesPathIn(const QString &folder) { return QDir(folder).filePath(u"profiles.json"_s); }

RunCredential credentialFor(const QString &schemeId, const FieldValues &values, const QStringList &origins)
{
    RunCredential credential;
    credential.profile.schemeId = schemeId;
    credential.profile.fields = values.texts();
    credential.profile.secretFields = values.secrets().keys();
    credential.profile.origins = origins;
    credential.values = values;
    if (const AuthScheme *scheme = findScheme(schemeId)) {
        for (const SchemeField &field : scheme->fields()) {
            if (field.kind != FieldKind::Secret && credential.values.text(field.id).isEmpty())
                credential.values.setText(field.id, field.defaultValue);
        }
    }
    return credential;
}

// The proxies that this request may go through; after a redirect from http to https, or back, another variable decides.
QStringList proxiesOf(const Url &url, const RequestSettings &settings, const ProxyEnvironment &environment)
{
    QStringList origins;
    for (const QString &scheme : {u"http"_s, u"https"_s}) {
        Url other = url;
        other.scheme = scheme;
        const Result<ProxyChoice> choice = chooseProxy(other, settings.proxy, settings.noProxy, environment);
        if (choice && choice->server && !origins.contains(choice->server->origin().toString()))
            origins << choice->server->origin().toString();
    }
    return origins;
}

// A curl command's credentials, bound to the origin of its URL and to its proxy.
Result<void> takeCurl(const CurlCommand &command, Target &target)
{
    target.job.spec = command.spec;
    target.job.literal = true;
    target.job.clientKeyPassphrase = command.clientKeyPassphrase;
    target.job.cookies = command.cookies;
    target.cookieJarFile = command.cookieJarFile;
    target.warnings += command.warnings;
    const Result<Url> url = Url::parse(command.spec.url);
    if (!url)
        return command.schemeId.isEmpty() ? Result<void>() : url.error();
    if (!command.schemeId.isEmpty())
        target.job.credential = credentialFor(command.schemeId, command.values, {url->origin().toString()});
    if (!command.proxySchemeId.isEmpty())
        target.job.proxyCredential =
            credentialFor(command.proxySchemeId, command.proxyValues, proxiesOf(*url, command.spec.settings, target.job.proxyEnvironment));
    return {};
}

// The nearest folder above a file that is a workspace.
QString workspaceOf(const QString &file)
{
    QDir dir = QFileInfo(file).absoluteDir();
    QString outermost = dir.absolutePath(); // with settings of a folder, where no file says that it is a workspace
    for (int depth = 0; depth < 20; ++depth) {
        for (const QString &name : {u"profiles.json"_s, u"environments.json"_s, u"http-client.env.json"_s}) {
            if (dir.exists(name))
                return dir.absolutePath();
        }
        if (dir.exists(u"folder.json"_s))
            outermost = dir.absolutePath();
        if (!dir.cdUp())
            break;
    }
    return outermost;
}

// The requests whose answers `index` uses, by "# @ref NAME" and by {{NAME.response…}}, each after what it needs itself.
QList<qsizetype> requestsBefore(const HttpFile &file, qsizetype index)
{
    QList<qsizetype> order;
    QList<qsizetype> open{index};
    const std::function<void(qsizetype)> visit = [&](qsizetype i) {
        const RequestSpec &spec = file.request(i);
        QStringList names = spec.after;
        for (const QString &text : templatesOf(spec)) {
            for (const VariableUse &use : Variables().uses(text))
                names << NamedResponses::requestNameIn(use.name);
        }
        for (const QString &name : std::as_const(names)) {
            const qsizetype needed = name.isEmpty() ? -1 : file.indexOf(name);
            if (needed < 0 || order.contains(needed) || open.contains(needed))
                continue;
            open.append(needed);
            visit(needed);
            open.removeLast();
            order.append(needed);
        }
    };
    visit(index);
    return order;
}

Result<void> takeHttpFile(const QString &path, const QString &name, const QString &environment, const QString &workspace,
                          Target &target)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the request file can't be read: %1"_s.arg(path), file.errorString(),
                     u"Check its path and permissions."_s};
    const Result<HttpFile> http = HttpFile::parse(file.readAll());
    if (!http) {
        Error error = http.error();
        error.message = u"%1: %2"_s.arg(path, error.message);
        return error;
    }
    QStringList names;
    for (qsizetype i = 0; i < http->requestCount(); ++i)
        names << (http->request(i).name.isEmpty() ? u"(request %1, without a name)"_s.arg(i + 1) : http->request(i).name);
    if (http->requestCount() == 0)
        return Error{ErrorCode::Parse, u"%1 holds no request"_s.arg(path), {}, u"Write one, for example: GET https://api.example.com/me"_s};
    const qsizetype index = name.isEmpty() ? 0 : http->indexOf(name);
    if (index < 0)
        return invalidInput(u"%1 has no request called %2"_s.arg(path, name), u"It has: %1."_s.arg(names.join(", "_L1)));
    if (name.isEmpty() && http->requestCount() > 1)
        target.warnings << u"%1 holds %2 requests and the first is taken; name another with #NAME: %3"_s.arg(path).arg(http->requestCount()).arg(names.join(", "_L1));
    target.job.cookies = std::make_shared<CookieJar>(); // for this run: what one hop sets, the next one sends
    target.responses = std::make_shared<NamedResponses>();
    for (const HttpFileNote &note : http->notes(index))
        target.warnings << u"%1, line %2: %3"_s.arg(path).arg(note.line).arg(note.text);

    const QString root = workspace.isEmpty() ? workspaceOf(path) : workspace;
    const QDir dir(root);
    const bool isJetBrains = !dir.exists(u"environments.json"_s) && dir.exists(u"http-client.env.json"_s);
    const Result<Environments> environments =
        Environments::load(dir.filePath(isJetBrains ? u"http-client.env.json"_s : u"environments.json"_s));
    if (!environments)
        return environments.error();
    if (!environment.isEmpty() && !environments->named.contains(environment))
        return invalidInput(u"there is no environment called %1 in %2"_s.arg(environment, root),
                       environments->named.isEmpty() ? u"Add environments.json to the folder."_s
                                                     : u"There is: %1."_s.arg(QStringList(environments->named.keys()).join(", "_L1)));
    const QString relative = QDir(root).relativeFilePath(QFileInfo(path).absoluteFilePath());
    const Result<QList<FolderLevel>> levels = foldersAbove(root, relative.startsWith("../"_L1) ? QString() : relative);
    if (!levels)
        return levels.error();
    const auto jobOf = [&](qsizetype i) {
        RunJob job;
        job.spec = withInherited(http->request(i), *levels);
        job.cookies = target.job.cookies;
        job.proxyEnvironment = target.job.proxyEnvironment;
        job.variables = environments->variables(environment);
        addVariables(job.variables, *levels);
        for (const auto &[key, value] : http->fileVariables().asKeyValueRange())
            job.variables.set(key, value, VariableScope::File, QFileInfo(path).fileName());
        for (const auto &[key, value] : http->requestVariables(i).asKeyValueRange())
            job.variables.set(key, value, VariableScope::Request, QFileInfo(path).fileName());
        job.variables.setFolders(QFileInfo(path).absolutePath(), root);
        job.variables.setResponses(target.responses);
        return job;
    };
    target.job = jobOf(index);
    for (const qsizetype first : requestsBefore(*http, index)) {
        const QString used = http->request(first).name;
        const RunJob job = jobOf(first);
        target.before.append({used, job, job.spec.profileName});
        target.notes << u"%1 is sent first: its answer is used"_s.arg(used);
    }
    target.profileName = target.job.spec.profileName;
    if (workspace.isEmpty() && QFile::exists(profilesPathIn(root)))
        target.profilesPath = profilesPathIn(root);
    return {};
}

// A URL with options of our own: the same as curl's, so curl's reader takes them.
Result<void> takeUrl(const ParsedLine &line, const CurlSurroundings &surroundings, Target &target)
{
    QStringList words;
    for (const QString &name : {u"request"_s, u"header"_s, u"data"_s, u"user"_s, u"cookie"_s, u"cookie-jar"_s, u"proxy"_s}) {
        for (const QString &value : line.values(name))
            words << "--"_L1 + name << value;
    }
    for (const QString &name : {u"location"_s, u"insecure"_s, u"junk-session-cookies"_s}) {
        if (line.has(name))
            words << "--"_L1 + name;
    }
    words << u"--globoff"_s << u"--compressed"_s << u"--"_s << line.words.first();
    const Result<CurlCommand> command = parseCurl(words, surroundings);
    if (!command)
        return command.error();
    return takeCurl(*command, target);
}

} // namespace

std::vector<OptionSpec> targetOptions()
{
    std::vector<OptionSpec> list{{"profile", 0, "NAME", "use this credential profile"},
            {"workspace", 0, "DIR", "folder with profiles.json and environments.json (default: the window's)"},
            {"env", 0, "NAME", "environment whose variables a .http file uses"},
            {"request", 'X', "METHOD", "with a URL: the method"},
            {"header", 'H', "LINE", "with a URL: one header, repeatable"},
            {"data", 'd', "DATA", "with a URL: the body, as curl -d"},
            {"user", 'u', "USER:PASSWORD", "with a URL: Basic credential (better: a profile)"},
            {"cookie", 'b', "NAME=VALUE|FILE", "with a URL: send this cookie, or those of a file that fit"},
            {"cookie-jar", 'c', "FILE", "with a URL: keep cookies, and write them to this file (0600)"},
            {"junk-session-cookies", 'j', nullptr, "with a URL: leave out the session cookies of -b FILE"},
            {"proxy", 'x', "URL", "with a URL: the proxy, or none (default: as the *_proxy variables say)"},
            {"proxy-profile", 0, "NAME", "use this credential profile for the proxy"},
            {"location", 'L', nullptr, "with a URL: follow redirects"},
            {"insecure", 'k', nullptr, "with a URL: do not verify the server's certificate"}};
    const std::vector<OptionSpec> vault = vaultPassphraseOptions();
    list.insert(list.end(), vault.begin(), vault.end());
    return list;
}

Result<Target> readTarget(const ParsedLine &line, const CliStreams &streams, CliSession &session)
{
    Target target;
    target.job.proxyEnvironment = streams.environment;
    const QString workspace = line.value(u"workspace"_s);
    target.profilesPath = profilesPathIn(workspace.isEmpty() ? defaultWorkspaceFolder() : workspace);
    const auto nobody = [](const QString &) -> Result<Secret> { return invalidInput(u"there is nobody to ask for it"_s, {}); };
    const CurlSurroundings surroundings{streams.readStandardInput, &session.clock(), &session.random(), true,
                                        streams.askSecret ? streams.askSecret : nobody};
    const bool hasOwn = line.has(u"request"_s) || line.has(u"header"_s) || line.has(u"data"_s) || line.has(u"user"_s)
        || line.has(u"location"_s) || line.has(u"insecure"_s) || line.has(u"cookie"_s) || line.has(u"cookie-jar"_s)
        || line.has(u"junk-session-cookies"_s) || line.has(u"proxy"_s);

    if (line.isCurl) {
        if (hasOwn)
            return invalidInput(u"-X, -H, -d, -u, -b, -c, -j, -x, -L and -k belong behind the word curl"_s, u"Write them there."_s);
        const Result<CurlCommand> command = parseCurl(line.curl, surroundings);
        if (!command)
            return command.error();
        if (const Result<void> taken = takeCurl(*command, target); !taken)
            return taken.error();
    } else if (line.words.isEmpty()) {
        return invalidInput(u"there is nothing to send"_s, u"Name a curl command, a URL or a .http file; see --help."_s);
    } else if (line.words.size() > 1) {
        return invalidInput(u"one target too many: %1"_s.arg(line.words.at(1)), u"Name one; quote a URL that holds & or spaces."_s);
    } else {
        const QString &word = line.words.first();
        const qsizetype hash = word.indexOf(u'#');
        const QString path = hash < 0 ? word : word.left(hash);
        const bool isUrl = path.contains("://"_L1);
        if (!isUrl && path.endsWith(".har"_L1, Qt::CaseInsensitive))
            return Error{ErrorCode::Unsupported, u"a recording can be explained, and not sent: %1"_s.arg(path), {},
                         u"Use realmscope-cli why %1."_s.arg(word)};
        if (!isUrl && (path.endsWith(".http"_L1) || path.endsWith(".rest"_L1))) {
            if (hasOwn)
                return invalidInput(u"-X, -H, -d, -u, -b, -c, -j, -x, -L and -k do not go with a .http file"_s, u"Write them into the file."_s);
            const QString name = hash < 0 ? QString() : word.mid(hash + 1);
            if (const Result<void> taken = takeHttpFile(path, name, line.value(u"env"_s), workspace, target); !taken)
                return taken.error();
        } else if (const Result<void> taken = takeUrl(line, surroundings, target); !taken) {
            return taken.error();
        }
    }
    if (line.has(u"profile"_s)) {
        if (target.job.credential)
            target.warnings << u"the credential of the command is not used: --profile is there as well"_s;
        target.job.credential.reset();
        target.profileName = line.value(u"profile"_s);
        target.job.spec.profileName = target.profileName;
    }
    if (line.has(u"proxy-profile"_s)) {
        target.job.proxyCredential.reset();
        target.job.spec.settings.proxyProfile = line.value(u"proxy-profile"_s);
    }
    return target;
}

namespace {

using GotCredential = std::function<void(const Result<RunCredential> &)>;

void resolveNamed(const QString &name, const QString &path, CliSession &session, QObject *context, const GotCredential &callback)
{
    ProfileStore profiles(path);
    if (const Result<void> loaded = profiles.load(); !loaded) {
        callback(loaded.error());
        return;
    }
    const CredentialProfile *profile = profiles.findByName(name);
    if (!profile) {
        QStringList names;
        for (const CredentialProfile &known : profiles.profiles())
            names << known.name;
        callback(invalidInput(u"there is no credential profile called %1 in %2"_s.arg(name, profiles.path()),
                         names.isEmpty() ? u"Add it with realmscope-cli profile add."_s : u"There is: %1."_s.arg(names.join(", "_L1))));
        return;
    }
    if (profile->place == SecretPlace::Memory && !profile->secretFields.isEmpty()) {
        callback(invalidInput(u"the secrets of profile %1 are kept only while the window runs"_s.arg(profile->name),
                         u"Store them with realmscope-cli profile set %1, or keep them in the keychain."_s.arg(profile->name)));
        return;
    }
    SecretStores stores = session.stores();
    stores.folder = QFileInfo(path).path();
    resolveCredential(*profile, [&profiles](const QString &id) { return profiles.findById(id); }, stores, context,
                      [name, callback](const Result<RunCredential> &credential) {
                          if (credential || credential.error().code != ErrorCode::ProfileNotApproved) {
                              callback(credential);
                              return;
                          }
                          Error error = credential.error();
                          error.action = u"Look at it with realmscope-cli profile show, and allow it with realmscope-cli profile approve %1."_s.arg(name);
                          callback(error);
                      });
}

} // namespace

namespace {

using GotJob = std::function<void(const Result<RunJob> &)>;

void resolveJob(const RunJob &wanted, const QString &profileName, const QString &profilesPath, CliSession &session, QObject *context,
                const GotJob &callback)
{
    const auto withProxy = [profilesPath, &session, context, callback](const RunJob &job) {
        const QString name = job.spec.settings.proxyProfile;
        if (name.isEmpty() || job.proxyCredential) {
            callback(job);
            return;
        }
        resolveNamed(name, profilesPath, session, context, [job, callback](const Result<RunCredential> &credential) {
            if (!credential) {
                callback(credential.error());
                return;
            }
            RunJob ready = job;
            ready.proxyCredential = *credential;
            callback(ready);
        });
    };
    if (profileName.isEmpty()) {
        withProxy(wanted);
        return;
    }
    resolveNamed(profileName, profilesPath, session, context, [job = wanted, withProxy, callback](const Result<RunCredential> &credential) {
        if (!credential) {
            callback(credential.error());
            return;
        }
        RunJob ready = job;
        ready.credential = *credential;
        withProxy(ready);
    });
}

// Sends target.before from `next` on, keeps the answers, then calls back.
void sendBefore(const Target &target, qsizetype next, CliSession &session, QObject *context, const std::function<void(const Result<void> &)> &callback)
{
    if (next == target.before.size()) {
        callback({});
        return;
    }
    const Target::Before &first = target.before.at(next);
    resolveJob(first.job, first.profileName, target.profilesPath, session, context,
               [target, next, &session, context, callback, name = first.name](const Result<RunJob> &job) {
        if (!job) {
            callback(job.error());
            return;
        }
        Run *run = session.runner().start(*job);
        run->setParent(context);
        QObject::connect(run, &Run::finished, context, [target, next, &session, context, callback, name, run](const Trace &trace) {
            const Exchange *final = trace.final();
            if (trace.error || !final || !final->hasResponse()) {
                Error error = trace.error.value_or(Error{ErrorCode::ConnectionClosed, u"there was no answer"_s, {}, {}});
                error.message = u"%1, which has to be sent first: %2"_s.arg(name, error.message);
                run->deleteLater();
                callback(error);
                return;
            }
            target.responses->keep(name, *final);
            run->deleteLater();
            sendBefore(target, next + 1, session, context, callback);
        });
    });
}

} // namespace

void resolveTarget(const Target &target, CliSession &session, QObject *context,
                   std::function<void(const Result<RunJob> &)> callback)
{
    sendBefore(target, 0, session, context, [target, &session, context, callback](const Result<void> &sent) {
        if (sent)
            resolveJob(target.job, target.profileName, target.profilesPath, session, context, callback);
        else
            callback(sent.error());
    });
}

Result<QString> writeCookieJar(const Target &target, qint64 nowMs)
{
    if (target.cookieJarFile.isEmpty() || !target.job.cookies)
        return QString();
    int left = 0;
    const Result<void> written =
        writePrivateFile(target.cookieJarFile, toCookieFile(*target.job.cookies, nowMs, &left), u"the cookie jar of -c"_s);
    if (!written)
        return written.error();
    return left == 0 ? QString() : u"-c: %1 cookies without a name, or with a tab, have no place in this format and were left out"_s.arg(left);
}

Redactor redactorFor(const RunJob &job)
{
    Redactor redactor;
    redactor.addSecret(job.clientKeyPassphrase);
    if (!job.literal) {
        for (const QString &text : templatesOf(job.spec)) {
            for (const QString &secret : job.variables.secrets(text))
                redactor.addSecret(Secret::fromString(secret));
        }
    }
    std::vector<RunCredential> all;
    for (const std::optional<RunCredential> &credential : {job.credential, job.proxyCredential}) {
        if (!credential)
            continue;
        all.push_back(*credential);
        all.insert(all.end(), credential->together.begin(), credential->together.end());
    }
    for (const RunCredential &credential : all) {
        const FieldValues &values = credential.values;
        for (const Secret &secret : values.secrets())
            redactor.addSecret(secret);
        if (!values.text(u"username"_s).isEmpty())
            redactor.addBasicPair(values.text(u"username"_s), values.secret(u"password"_s));
        if (const AuthScheme *scheme = findScheme(credential.profile.schemeId)) {
            for (const QByteArray &name : scheme->credentialHeaders(values)) {
                if (name != "authorization" && name != "cookie") // known by structure
                    redactor.addCredentialName(name);
            }
        }
    }
    QStringList proxies = job.proxyEnvironment.values();
    proxies << job.spec.settings.proxy;
    for (const QString &text : std::as_const(proxies)) {
        const Result<ProxyChoice> proxy = parseProxy(text);
        if (proxy && proxy->userName) {
            redactor.addSecret(proxy->password);
            redactor.addBasicPair(*proxy->userName, proxy->password);
        }
    }
    return redactor;
}

} // namespace realmscope
