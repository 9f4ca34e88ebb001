// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/HarTarget.h"

#include "app/interop/HarFile.h"

#include <QtCore/QFileInfo>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// Without the query, which may hold a secret.
QString shortLine(const HarFile &file, int index)
{
    const HarEntry &entry = file.entries.at(index);
    return u"%1 %2 %3%4 %5"_s.arg(QString::number(index), QString::fromLatin1(entry.method),
                                  entry.url.origin().toString(), QString::fromLatin1(entry.url.path),
                                  QString::number(entry.status));
}

QStringList otherRefusals(const HarFile &file, int chosen)
{
    constexpr qsizetype most = 8;
    QStringList others;
    for (int i = 0; i < file.entries.size(); ++i) {
        if (i != chosen && !file.entries.at(i).method.isEmpty() && file.entries.at(i).isRefused())
            others.append(shortLine(file, i));
    }
    if (others.size() > most)
        others = others.first(most) << u"and %1 more"_s.arg(others.size() - most);
    return others;
}

Result<int> chosenEntry(const HarFile &file, const QString &name, const QString &index)
{
    if (index.isEmpty())
        return chooseHarEntry(file);
    bool isNumber = false;
    const int number = index.toInt(&isNumber);
    if (!isNumber || number < 0 || number >= file.entries.size())
        return invalidInput(u"%1 has no entry %2"_s.arg(name, index),
                            u"Its entries are 0 to %1."_s.arg(file.entries.size() - 1));
    for (const auto &[unusable, reason] : file.unusable) {
        if (unusable == number)
            return Error{ErrorCode::Parse,
                         u"entry %1 of %2 can't be used: %3"_s.arg(index, name, reason),
                         {},
                         u"Choose another."_s};
    }
    return number;
}

} // namespace

Result<OpenedHar> openHar(const QString &word)
{
    const bool isWhole = QFileInfo::exists(word);
    const qsizetype hash = isWhole ? -1 : word.lastIndexOf(u'#');
    const QString path = hash < 0 ? word : word.left(hash);
    const QString name = QFileInfo(path).fileName();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::FileUnreadable, u"the recording can't be read: %1"_s.arg(path),
                     file.errorString(), u"Check its path and permissions."_s};
    const Result<HarFile> har = readHar(file.readAll(), name);
    if (!har)
        return har.error();
    const Result<int> index = chosenEntry(*har, name, hash < 0 ? QString() : word.mid(hash + 1));
    if (!index)
        return index.error();
    OpenedHar opened{harTrace(*har, *index), {}};
    opened.recording.source =
        har->creatorName.isEmpty()
            ? name
            : u"%1, saved by %2 %3"_s.arg(name, har->creatorName, har->creatorVersion).trimmed();
    opened.recording.entry = *index;
    opened.recording.entries = int(har->entries.size());
    opened.recording.others = otherRefusals(*har, *index);
    opened.recording.limits = harLimits(*har, *index);
    opened.recording.mayLackCredentials = harMayLackCredentials(*har);
    return opened;
}

} // namespace realmscope
