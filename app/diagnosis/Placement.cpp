// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/Placement.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

std::optional<Placement> namedPlacement(const Facts &facts)
{
    static const QRegularExpression before(
        u"\\b([A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)['\"`]? (?:request |http )?(header|query|cookie|parameter|param)\\b"_s);
    static const QRegularExpression after(
        u"\\b(header|query parameter|parameter|cookie)(?: field| name| named)?[:=]? ['\"`]?([A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*)['\"`]?"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto isName = [](const QString &name) {
        return name.contains(u'-') || name.contains(u'_') || name.compare(u"apikey", Qt::CaseInsensitive) == 0
            || name.compare(u"key", Qt::CaseInsensitive) == 0 || name.compare(u"token", Qt::CaseInsensitive) == 0
            || name.compare(u"authorization", Qt::CaseInsensitive) == 0;
    };
    const auto placeOf = [](const QString &word) {
        const QString low = word.toLower();
        return low == u"header" ? u"header"_s : low == u"cookie" ? u"cookie"_s : u"query parameter"_s;
    };
    for (const ServerWord &word : facts.words) {
        auto matches = before.globalMatch(word.text);
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            if (isName(match.captured(1)))
                return Placement{match.captured(1).toUtf8(), placeOf(match.captured(2)), &word};
        }
        if (const QRegularExpressionMatch match = after.match(word.text); match.hasMatch() && isName(match.captured(2)))
            return Placement{match.captured(2).toUtf8(), placeOf(match.captured(1)), &word};
    }
    return std::nullopt;
}

bool isSentAt(const Facts &facts, const Placement &wish)
{
    if (wish.place == u"header"_s)
        return facts.request().headers.contains(wish.name);
    if (wish.place == u"cookie"_s)
        return std::ranges::any_of(facts.cookies, [&](const SentCredential &cookie) { return cookie.name == wish.name; });
    const QList<NamedValue> items = splitForm(facts.request().url.query.value_or(QByteArray()));
    return std::ranges::any_of(items, [&](const NamedValue &item) { return item.name == wish.name; });
}

const SentCredential *placedCredential(const Facts &facts)
{
    const auto found = std::ranges::find_if(facts.credentials, [](const SentCredential &sent) {
        return sent.certain && sent.place != CredentialPlace::Certificate && !isMessageProofName(sent.name);
    });
    return found == facts.credentials.end() ? nullptr : &*found;
}

std::optional<Placement> wantedPlacement(const Facts &facts)
{
    if (std::optional<Placement> named = namedPlacement(facts))
        return isSentAt(facts, *named) ? std::nullopt : named;
    if (facts.offers("Bearer") && facts.authorizations.isEmpty())
        return Placement{"Authorization", u"header"_s, nullptr};
    return std::nullopt;
}

} // namespace realmscope
