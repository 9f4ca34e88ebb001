// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/credentials/OriginDifference.h"

#include <QtCore/QUrl>

#include <algorithm>
#include <array>
#include <vector>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString inLetters(const QString &host)
{
    // fromAce() leaves names of scripts that it does not trust in ACE; here they are to be seen.
    const QString letters = QUrl::fromAce(host.toLatin1(), QUrl::IgnoreIDNWhitelist);
    return letters.isEmpty() ? host : letters;
}

struct Confusable
{
    char16_t letter;
    const char *like;
};
// Of the table of UTS 39 those that can stand in a host name and look like a Latin letter there.
constexpr std::array confusables{
    Confusable{u'\u0430', "a"}, Confusable{u'\u0435', "e"}, Confusable{u'\u043e', "o"}, Confusable{u'\u0440', "p"}, Confusable{u'\u0441', "c"}, Confusable{u'\u0443', "y"},
    Confusable{u'\u0445', "x"}, Confusable{u'\u0456', "i"}, Confusable{u'\u0458', "j"}, Confusable{u'\u0455', "s"}, Confusable{u'\u0501', "d"}, Confusable{u'\u051b', "q"},
    Confusable{u'\u04bb', "h"}, Confusable{u'\u051d', "w"}, Confusable{u'\u0475', "v"}, Confusable{u'\u0433', "r"}, Confusable{u'\u043a', "k"}, Confusable{u'\u043c', "m"},
    Confusable{u'\u0442', "t"}, Confusable{u'\u043d', "h"}, Confusable{u'\u03bf', "o"}, Confusable{u'\u03b1', "a"}, Confusable{u'\u03bd', "v"}, Confusable{u'\u03c1', "p"},
    Confusable{u'\u03b9', "i"}, Confusable{u'\u03ba', "k"}, Confusable{u'\u03c5', "u"}, Confusable{u'\u0131', "i"}, Confusable{u'\u0261', "g"}, Confusable{u'\u026a', "i"},
    Confusable{u'\u0269', "i"}, Confusable{u'\u0573', "n"}, Confusable{u'\u0585', "o"}, Confusable{u'\u057d', "u"}, Confusable{u'\u0581', "g"}, Confusable{u'\u0570', "h"},
    Confusable{u'0', "o"}, Confusable{u'1', "l"}, Confusable{u'i', "l"}, Confusable{u'|', "l"},
};

// Two hosts with the same one are taken for one another.
QString skeleton(const QString &host)
{
    QString out;
    for (const QChar c : host.normalized(QString::NormalizationForm_KD)) {
        if (c.isMark())
            continue; // á beside a
        const auto *found = std::ranges::find(confusables, c.unicode(), &Confusable::letter);
        out += found == confusables.end() ? QString(c.toLower()) : QString::fromLatin1(found->like);
    }
    out.replace(u'i', u'l'); // what became an i is an l as well
    return out.replace(u"rn"_s, u"m"_s).replace(u"vv"_s, u"w"_s);
}

// Letters to add, take away or change (Levenshtein).
int distance(const QString &a, const QString &b)
{
    std::vector<int> row(size_t(b.size()) + 1);
    for (size_t j = 0; j < row.size(); ++j)
        row[j] = int(j);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = std::exchange(row[0], int(i) + 1);
        for (size_t j = 1; j < row.size(); ++j) {
            const int changed = diagonal + (a.at(i) == b.at(qsizetype(j) - 1) ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

struct Named
{
    QString text; // as the profile has it
    QString scheme, host; // host in letters, without "*."
    quint16 port = 0;     // 0: any
    bool isWildcard = false;
};

Named readPattern(const QString &text)
{
    Named out;
    out.text = text;
    QString plain = text;
    const bool anyPort = plain.endsWith(":*"_L1);
    if (anyPort)
        plain.chop(2);
    out.isWildcard = plain.contains("://*."_L1);
    plain.replace("://*."_L1, "://"_L1);
    const Result<Url> url = Url::parse(plain);
    if (!url)
        return out;
    const Origin origin = url->origin();
    out.scheme = origin.scheme;
    out.host = inLetters(origin.host);
    out.port = anyPort ? quint16(0) : origin.port;
    return out;
}

// Where two texts begin and end to differ, of the first.
std::pair<qsizetype, qsizetype> differing(const QString &a, const QString &b)
{
    qsizetype front = 0;
    while (front < a.size() && front < b.size() && a.at(front) == b.at(front))
        ++front;
    qsizetype back = 0;
    while (back < a.size() - front && back < b.size() - front && a.at(a.size() - 1 - back) == b.at(b.size() - 1 - back))
        ++back;
    return {front, a.size() - back};
}

QString characterName(QChar c)
{
    const QString script = c.script() == QChar::Script_Cyrillic ? u"Cyrillic"_s : c.script() == QChar::Script_Greek ? u"Greek"_s : c.script() == QChar::Script_Armenian ? u"Armenian"_s : QString();
    return u"“%1” (U+%2%3)"_s.arg(QString(c), QString::number(c.unicode(), 16).toUpper().rightJustified(4, u'0'), script.isEmpty() ? QString() : ", "_L1 + script);
}

} // namespace

OriginDifference originDifference(const Origin &wanted, const QStringList &allowed)
{
    using Kind = OriginDifference::Kind;
    OriginDifference best;
    const QString host = inLetters(wanted.host);
    Origin shown = wanted;
    shown.host = host;
    best.shown = shown.toString();
    const qsizetype hostBegin = best.shown.indexOf("://"_L1) + 3;
    best.begin = 0;
    best.end = best.shown.size();
    const qsizetype hostEnd = hostBegin + host.size() + (host.contains(u':') ? 2 : 0); // [::1]
    if (allowed.isEmpty()) {
        best.kind = Kind::NothingNamed;
        best.words = u"the profile names no origin yet"_s;
        return best;
    }
    const QString bones = skeleton(host);
    int rank = 100;
    const auto take = [&](int at, Kind kind, const Named &named, const QString &words, qsizetype begin, qsizetype end) {
        if (at >= rank)
            return;
        rank = at;
        best.kind = kind;
        best.nearest = named.text;
        best.words = words;
        best.begin = begin;
        best.end = end;
    };
    for (const QString &text : allowed) {
        const Named named = readPattern(text);
        if (named.host.isEmpty())
            continue;
        const auto [from, to] = differing(host, named.host);
        const bool isSameHost = host == named.host || (named.isWildcard && host.endsWith(u'.' + named.host));
        if (isSameHost && wanted.scheme != named.scheme && (host != named.host || !named.isWildcard)) {
            take(1, Kind::Scheme, named,
                 wanted.scheme == "http"_L1 ? u"it is http in place of https: everybody on the way could read the credential"_s
                                            : u"it is %1 in place of %2"_s.arg(wanted.scheme, named.scheme),
                 0, wanted.scheme.size());
        } else if (isSameHost && wanted.port != named.port && (host != named.host || !named.isWildcard)) {
            take(2, Kind::Port, named, u"it is another port, %1 in place of %2: another program may listen there"_s.arg(wanted.port).arg(named.port), hostEnd, best.shown.size());
        } else if (host == named.host) { // of a wildcard
            take(4, Kind::Parent, named, u"the profile is for the hosts below %1, not for it"_s.arg(named.host), hostBegin, hostBegin + host.size());
        } else if (bones == skeleton(named.host)) {
            const QChar odd = from < to ? host.at(from) : QChar();
            take(0, Kind::LooksAlike, named,
                 odd.unicode() > 0x7f ? u"it looks like %1 and is another name: its %2 is another letter"_s.arg(named.host, characterName(odd))
                                      : u"it looks like %1 and is another name"_s.arg(named.host),
                 hostBegin + from, hostBegin + std::max(to, from + 1));
        } else if (host.startsWith(named.host + u'.') || host.startsWith(named.host + u'-')) {
            take(0, Kind::Contains, named, u"it only begins like %1; it belongs to %2"_s.arg(named.host, host.section(u'.', -2)), hostBegin + named.host.size(), hostBegin + host.size());
        } else if (host.endsWith(u'.' + named.host)) {
            take(3, Kind::Subdomain, named, u"it is a host below %1"_s.arg(named.host), hostBegin, hostBegin + host.size() - named.host.size());
        } else if (named.host.endsWith(u'.' + host)) {
            take(3, Kind::Parent, named, u"the profile is for a host below it"_s, hostBegin, hostBegin + host.size());
        } else if (host.endsWith(named.host)) {
            take(0, Kind::Contains, named, u"it only ends like %1, and is another name"_s.arg(named.host), hostBegin, hostBegin + host.size() - named.host.size());
        } else if (named.host.size() >= 5 && distance(host, named.host) == 1) {
            take(0, Kind::LooksAlike, named, u"it is one letter away from %1"_s.arg(named.host), hostBegin + from, hostBegin + std::max(to, std::min(from + 1, host.size())));
        } else {
            take(50 + distance(host, named.host), Kind::Other, named, u"it is another host"_s, hostBegin, hostEnd);
        }
    }
    return best;
}

} // namespace realmscope
