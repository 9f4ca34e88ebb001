// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/SpecMerge.h"

#include "app/credentials/Redactor.h"
#include "app/workspace/HttpFile.h"
#include "app/workspace/HttpFileSettings.h"

#include <QtCore/QMap>

#include <optional>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Merges one value into both results. text: what a person reads of it.
class Merger
{
public:
    explicit Merger(MergedSpec &out) : m_out(out) {}

    template <typename Value, typename Text, typename Put>
    void field(const QString &name, const Value &base, const Value &mine, const Value &theirs, const Text &text, const Put &put, bool isSecret = false)
    {
        if (mine == theirs || theirs == base) {
            put(m_out.mine, mine);
            put(m_out.theirs, mine);
        } else if (mine == base) {
            put(m_out.mine, theirs);
            put(m_out.theirs, theirs);
            m_out.taken << name;
        } else {
            put(m_out.mine, mine);
            put(m_out.theirs, theirs);
            m_out.conflicts.append({name, text(mine), text(theirs), isSecret});
        }
    }

    void text(const QString &name, const RequestSpec &base, const RequestSpec &mine, const RequestSpec &theirs, QString RequestSpec::*member)
    {
        field(name, base.*member, mine.*member, theirs.*member, [](const QString &value) { return value; },
              [member](RequestSpec &spec, const QString &value) { spec.*member = value; });
    }

private:
    MergedSpec &m_out;
};

using SettingMap = QMap<QString, QStringList>;

SettingMap settingMap(const RequestSettings &settings)
{
    SettingMap map;
    for (const QString &key : dialectSettings(settings))
        map[key] << QString();
    for (const auto &[key, value] : ownSettings(settings))
        map[key] << value;
    if (const QString version = httpVersionSuffix(settings.version).trimmed(); !version.isEmpty())
        map[u"version"_s] << (settings.version == HttpVersion::Http2PriorKnowledge ? u"2-prior-knowledge"_s : version.mid(5));
    return map;
}

RequestSettings settingsOf(const SettingMap &map)
{
    RequestSettings settings = httpFileDefaults();
    for (auto it = map.cbegin(); it != map.cend(); ++it) {
        for (const QString &value : *it) {
            if (isDialectSetting(it.key()))
                (void)applyDialectSetting(settings, it.key(), value);
            else
                applyHttpFileSetting(settings, it.key(), value);
        }
    }
    return settings;
}

// A header by its name and its number among those of that name.
struct HeaderKey
{
    QString name;
    int number = 0;
    bool operator==(const HeaderKey &) const = default;
};

QList<std::pair<HeaderKey, SpecHeader>> keyed(const QList<SpecHeader> &headers)
{
    QList<std::pair<HeaderKey, SpecHeader>> list;
    QMap<QString, int> counts;
    for (const SpecHeader &header : headers) {
        const QString name = header.name.toLower();
        list.append({{name, counts[name]++}, header});
    }
    return list;
}

std::optional<SpecHeader> headerFor(const QList<std::pair<HeaderKey, SpecHeader>> &list, const HeaderKey &key)
{
    for (const auto &[other, header] : list) {
        if (other == key)
            return header;
    }
    return std::nullopt;
}

QString headerWords(const std::optional<SpecHeader> &header)
{
    return !header ? QString() : header->enabled ? header->value : header->value + u" (off)"_s;
}

// The body as a person would compare it.
QString bodyWords(const SpecBody &body)
{
    switch (body.kind) {
    case BodyKind::None:
        return {};
    case BodyKind::Text:
        return body.pieces.isEmpty() && body.bytes.isEmpty() ? body.text : u"%1 bytes"_s.arg(body.bytes.size());
    case BodyKind::File:
        return u"< "_s + body.filePath;
    case BodyKind::Form: {
        QStringList lines;
        for (const SpecFormItem &item : body.form)
            lines << item.name + u'=' + item.value + (item.enabled ? QString() : u" (off)"_s);
        return lines.join(u'\n');
    }
    }
    return {};
}

void mergeHeaders(Merger &merger, MergedSpec &out, const RequestSpec &base, const RequestSpec &mine, const RequestSpec &theirs)
{
    const auto olds = keyed(base.headers);
    const auto ours = keyed(mine.headers);
    const auto others = keyed(theirs.headers);
    out.mine.headers.clear();
    out.theirs.headers.clear();
    const auto merge = [&](const HeaderKey &key, const QString &spelling) {
        merger.field(u"header %1"_s.arg(spelling), headerFor(olds, key), headerFor(ours, key), headerFor(others, key), headerWords,
                     [](RequestSpec &spec, const std::optional<SpecHeader> &header) {
                         if (header)
                             spec.headers.append(*header);
                     },
                     Redactor::isCredentialHeader(spelling.toUtf8()));
    };
    for (const auto &[key, header] : ours) // in my order; what they added comes behind
        merge(key, header.name);
    for (const auto &[key, header] : others) {
        if (!headerFor(ours, key))
            merge(key, header.name);
    }
}

void mergeSettings(Merger &merger, MergedSpec &out, const RequestSettings &base, const RequestSettings &mine, const RequestSettings &theirs)
{
    const SettingMap olds = settingMap(base);
    const SettingMap ours = settingMap(mine);
    const SettingMap others = settingMap(theirs);
    SettingMap all = olds;
    all.insert(ours);
    all.insert(others);
    SettingMap kept;
    SettingMap taken;
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        const QString &key = it.key();
        const auto has = [&](const SettingMap &map) { return map.contains(key) ? std::optional(map.value(key)) : std::nullopt; };
        merger.field(u"setting %1"_s.arg(key), has(olds), has(ours), has(others),
                     [](const std::optional<QStringList> &values) { return !values ? QString() : values->join(u'\n').isEmpty() ? u"on"_s : values->join(u'\n'); },
                     [&](const RequestSpec &spec, const std::optional<QStringList> &values) {
                         if (values)
                             (&spec == &out.mine ? kept : taken).insert(key, *values);
                     });
    }
    out.mine.settings = settingsOf(kept);
    out.theirs.settings = settingsOf(taken);
}

} // namespace

MergedSpec mergeSpecs(const RequestSpec &base, const RequestSpec &mine, const RequestSpec &theirs)
{
    MergedSpec out{mine, mine, {}, {}};
    Merger merger(out);
    merger.text(u"name"_s, base, mine, theirs, &RequestSpec::name);
    merger.text(u"method"_s, base, mine, theirs, &RequestSpec::method);
    merger.text(u"URL"_s, base, mine, theirs, &RequestSpec::url);
    merger.text(u"credential profile"_s, base, mine, theirs, &RequestSpec::profileName);
    mergeHeaders(merger, out, base, mine, theirs);
    merger.field(u"body"_s, base.body, mine.body, theirs.body, bodyWords, [](RequestSpec &spec, const SpecBody &body) { spec.body = body; });
    const auto joined = [](const QStringList &list) { return list.join(u", "_s); };
    merger.field(u"headers that are not added"_s, base.suppressedDefaults, mine.suppressedDefaults, theirs.suppressedDefaults, joined,
                 [](RequestSpec &spec, const QStringList &list) { spec.suppressedDefaults = list; });
    merger.field(u"requests before this one"_s, base.after, mine.after, theirs.after, joined,
                 [](RequestSpec &spec, const QStringList &list) { spec.after = list; });
    mergeSettings(merger, out, base.settings, mine.settings, theirs.settings);
    return out;
}

} // namespace realmscope
