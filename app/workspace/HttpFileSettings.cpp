// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/HttpFileSettings.h"

#include <QtCore/QRegularExpression>

#include <algorithm>
#include <limits>
#include <type_traits>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The limits that a file can change; their names are those of Limits.
struct LimitSetting
{
    const char *name;
    qint64 (*get)(const Limits &);
    void (*set)(Limits &, qint64);
};
template <auto Member>
constexpr LimitSetting limitSetting(const char *name)
{
    using Value = std::remove_reference_t<decltype(std::declval<Limits>().*Member)>;
    return {name, [](const Limits &limits) { return qint64(limits.*Member); },
            [](Limits &limits, qint64 value) { limits.*Member = Value(std::clamp<qint64>(value, 0, std::numeric_limits<Value>::max())); }};
}
constexpr LimitSetting limitSettings[] = {
    limitSetting<&Limits::headerBytes>("headerBytes"),
    limitSetting<&Limits::headerCount>("headerCount"),
    limitSetting<&Limits::bodyBytes>("bodyBytes"),
    limitSetting<&Limits::decodedBodyBytes>("decodedBodyBytes"),
    limitSetting<&Limits::decompressionRatio>("decompressionRatio"),
    limitSetting<&Limits::informationalResponses>("informationalResponses"),
    limitSetting<&Limits::idleTimeoutMs>("idleTimeoutMs"),
    limitSetting<&Limits::expectTimeoutMs>("expectTimeoutMs"),
};

// "100 ms", "5 s", "2m". Without a unit it is seconds for JetBrains IDEs and milliseconds for httpYac: nothing.
std::optional<int> milliseconds(const QString &value)
{
    static const QRegularExpression pattern(u"^(\\d{1,6})\\s*(ms|s|m)$"_s);
    const auto match = pattern.match(value);
    if (!match.hasMatch())
        return std::nullopt;
    const int unit = match.captured(2) == "ms"_L1 ? 1 : match.captured(2) == "s"_L1 ? 1000 : 60'000;
    return static_cast<int>(std::min<qint64>(match.captured(1).toLongLong() * unit, std::numeric_limits<int>::max()));
}

} // namespace

HttpVersion httpVersionOf(const QString &value)
{
    if (value == "1.0"_L1)
        return HttpVersion::Http10;
    if (value == "1.1"_L1)
        return HttpVersion::Http11;
    if (value == "2"_L1 || value == "2.0"_L1)
        return HttpVersion::Http2;
    if (value == "2-prior-knowledge"_L1)
        return HttpVersion::Http2PriorKnowledge;
    return HttpVersion::Auto;
}

// As the IDEs of JetBrains have it at the end of a request line.
QString httpVersionSuffix(HttpVersion version)
{
    switch (version) {
    case HttpVersion::Auto:
        return {};
    case HttpVersion::Http10:
        return u" HTTP/1.0"_s;
    case HttpVersion::Http11:
        return u" HTTP/1.1"_s;
    case HttpVersion::Http2:
        return u" HTTP/2"_s;
    case HttpVersion::Http2PriorKnowledge:
        return u" HTTP/2 (Prior Knowledge)"_s;
    }
    return {};
}

RequestSettings httpFileDefaults()
{
    RequestSettings settings;
    settings.followRedirects = true;
    return settings;
}

bool isDialectSetting(const QString &key)
{
    return key == "no-redirect"_L1 || key == "no-cookie-jar"_L1 || key == "no-reject-unauthorized"_L1 || key == "no-auto-encoding"_L1;
}

// JetBrains: "HTTP request in editor"; REST Client: "Request settings"; httpYac: "Meta data".
bool applyDialectSetting(RequestSettings &settings, const QString &key, const QString &value)
{
    if (key == "no-redirect"_L1) {
        settings.followRedirects = false;
    } else if (key == "no-cookie-jar"_L1) {
        settings.useCookies = false;
    } else if (key == "no-reject-unauthorized"_L1) {
        settings.verifyTls = false;
    } else if (key == "no-auto-encoding"_L1) {
        settings.encodeForm = false;
    } else if (key == "no-proxy"_L1) {
        settings.proxy = u"none"_s;
    } else if (key == "timeout"_L1 || key == "connection-timeout"_L1) {
        const std::optional<int> time = milliseconds(value);
        if (!time)
            return false;
        (key == "timeout"_L1 ? settings.totalTimeoutMs : settings.connectTimeoutMs) = *time;
    } else {
        return false;
    }
    return true;
}

QStringList dialectSettings(const RequestSettings &settings)
{
    QStringList list;
    if (!settings.followRedirects)
        list << u"no-redirect"_s;
    if (!settings.useCookies)
        list << u"no-cookie-jar"_s;
    if (!settings.verifyTls)
        list << u"no-reject-unauthorized"_s;
    if (!settings.encodeForm)
        list << u"no-auto-encoding"_s;
    return list;
}

void applyHttpFileSetting(RequestSettings &settings, const QString &key, const QString &value)
{
    const bool on = value == "true"_L1;
    if (key == "followRedirects"_L1)
        settings.followRedirects = on;
    else if (key == "maxRedirects"_L1)
        settings.maxRedirects = value.toInt();
    else if (key == "verifyTls"_L1)
        settings.verifyTls = on;
    else if (key == "decodeContent"_L1)
        settings.decodeContent = on;
    else if (key == "locationTrusted"_L1)
        settings.locationTrusted = on;
    else if (key == "keepPost301"_L1)
        settings.keepPost301 = on;
    else if (key == "keepPost302"_L1)
        settings.keepPost302 = on;
    else if (key == "keepPost303"_L1)
        settings.keepPost303 = on;
    else if (key == "keepMethod"_L1)
        settings.keepMethod = on;
    else if (key == "bodyAfterChallenge"_L1)
        settings.bodyAfterChallenge = on;
    else if (key == "useCookies"_L1)
        settings.useCookies = on;
    else if (key == "pathAsIs"_L1)
        settings.pathAsIs = on;
    else if (key == "encodeForm"_L1)
        settings.encodeForm = on;
    else if (key == "version"_L1)
        settings.version = httpVersionOf(value);
    else if (key == "connectTimeoutMs"_L1)
        settings.connectTimeoutMs = value.toInt();
    else if (key == "totalTimeoutMs"_L1)
        settings.totalTimeoutMs = value.toInt();
    else if (key == "addressFamily"_L1)
        settings.addressFamily = value.toInt();
    else if (key == "caFile"_L1)
        settings.caFile = value;
    else if (key == "trustSystemCas"_L1)
        settings.trustSystemCas = on;
    else if (key == "clientCertificateFile"_L1)
        settings.clientCertificateFile = value;
    else if (key == "clientKeyFile"_L1)
        settings.clientKeyFile = value;
    else if (key == "clientCertificateType"_L1)
        settings.clientCertificateType = value;
    else if (key == "clientCertificateOrigin"_L1)
        settings.clientCertificateOrigins << value;
    else if (key == "resolve"_L1)
        settings.resolve.insert(value.section(u' ', 0, 0), value.section(u' ', 1).trimmed());
    else if (key == "connectTo"_L1)
        settings.connectTo << value;
    else if (key == "tlsMin"_L1)
        settings.tlsMin = value;
    else if (key == "tlsMax"_L1)
        settings.tlsMax = value;
    else if (key == "serverName"_L1)
        settings.serverName = value;
    else if (key == "caFolder"_L1)
        settings.caFolder = value;
    else if (key == "insecureOrigin"_L1)
        settings.insecureOrigins << value;
    else if (key == "proxy"_L1)
        settings.proxy = value;
    else if (key == "noProxy"_L1)
        settings.noProxy = value;
    else if (key == "proxyProfile"_L1)
        settings.proxyProfile = value;
    else if (key == "proxyTunnel"_L1)
        settings.proxyTunnel = on;
    else if (key == "expectContinue"_L1)
        settings.expectContinue = on;
    else
        for (const LimitSetting &limit : limitSettings) {
            if (key == QLatin1StringView(limit.name))
                limit.set(settings.limits, value.toLongLong());
        }
}

QList<std::pair<QString, QString>> ownSettings(const RequestSettings &settings)
{
    const RequestSettings defaults;
    QList<std::pair<QString, QString>> list;
    const auto flag = [&](const char *name, bool value, bool standard) {
        if (value != standard)
            list.append({QString::fromLatin1(name), value ? u"true"_s : u"false"_s});
    };
    const auto number = [&](const char *name, int value, int standard) {
        if (value != standard)
            list.append({QString::fromLatin1(name), QString::number(value)});
    };
    const auto text = [&](const char *name, const QString &value) {
        if (!value.isEmpty())
            list.append({QString::fromLatin1(name), value});
    };
    number("maxRedirects", settings.maxRedirects, defaults.maxRedirects);
    flag("decodeContent", settings.decodeContent, defaults.decodeContent);
    flag("locationTrusted", settings.locationTrusted, defaults.locationTrusted);
    flag("keepPost301", settings.keepPost301, defaults.keepPost301);
    flag("keepPost302", settings.keepPost302, defaults.keepPost302);
    flag("keepPost303", settings.keepPost303, defaults.keepPost303);
    flag("keepMethod", settings.keepMethod, defaults.keepMethod);
    flag("bodyAfterChallenge", settings.bodyAfterChallenge, defaults.bodyAfterChallenge);
    flag("pathAsIs", settings.pathAsIs, defaults.pathAsIs);
    number("connectTimeoutMs", settings.connectTimeoutMs, defaults.connectTimeoutMs);
    number("totalTimeoutMs", settings.totalTimeoutMs, defaults.totalTimeoutMs);
    number("addressFamily", settings.addressFamily, defaults.addressFamily);
    text("caFile", settings.caFile);
    flag("trustSystemCas", settings.trustSystemCas, defaults.trustSystemCas);
    text("clientCertificateFile", settings.clientCertificateFile);
    text("clientKeyFile", settings.clientKeyFile);
    text("clientCertificateType", settings.clientCertificateType);
    const auto texts = [&](const char *name, const QStringList &values) {
        for (const QString &value : values)
            text(name, value);
    };
    texts("clientCertificateOrigin", settings.clientCertificateOrigins);
    QStringList hosts = settings.resolve.keys();
    hosts.sort(); // a file must not change by itself
    for (const QString &host : std::as_const(hosts))
        text("resolve", host + u' ' + settings.resolve.value(host));
    texts("connectTo", settings.connectTo);
    text("tlsMin", settings.tlsMin);
    text("tlsMax", settings.tlsMax);
    text("serverName", settings.serverName);
    text("caFolder", settings.caFolder);
    texts("insecureOrigin", settings.insecureOrigins);
    text("proxy", settings.proxy);
    if (settings.noProxy)
        list.append({u"noProxy"_s, *settings.noProxy}); // also an empty one: nothing goes straight
    text("proxyProfile", settings.proxyProfile);
    flag("proxyTunnel", settings.proxyTunnel, defaults.proxyTunnel);
    flag("expectContinue", settings.expectContinue, defaults.expectContinue);
    for (const LimitSetting &limit : limitSettings) {
        if (limit.get(settings.limits) != limit.get(defaults.limits))
            list.append({QString::fromLatin1(limit.name), QString::number(limit.get(settings.limits))});
    }
    return list;
}

} // namespace realmscope
