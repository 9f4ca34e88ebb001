// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <utility>

namespace realmscope {

// What a session login needs of an HTML page. Tolerant: tags are found by "<name", attributes with any quotes; scripts and
// comments are passed over. Values have the character references of the XML five, and numeric ones, resolved.
struct LoginPage
{
    QByteArray action; // of the form with the password; empty: none, or the page itself
    QList<std::pair<QByteArray, QByteArray>> hidden; // name and value of its hidden inputs, in order; of the page without such a form
    QList<std::pair<QByteArray, QByteArray>> metas;  // name and content
    bool hasPassword = false; // an input of type password
};
[[nodiscard]] LoginPage readLoginPage(const QByteArray &html);

} // namespace realmscope
