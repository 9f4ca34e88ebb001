// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/Sentence.h"

using namespace Qt::StringLiterals;

namespace realmscope {

QString capitalized(QString text)
{
    if (!text.isEmpty())
        text[0] = text.at(0).toUpper();
    return text;
}

QString errorSentence(const Error &error)
{
    const auto closed = [](const QString &text) { return text.endsWith(u'.') || text.endsWith(u'?') ? text : text + u'.'; };
    const QString text = closed(capitalized(error.message));
    return error.action.isEmpty() ? text : text + u' ' + closed(capitalized(error.action));
}

} // namespace realmscope
