// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Facts.h"

namespace realmscope {

// How a rule stands among the others.
enum class RuleKind {
    Cause,    // speaks for itself
    Fallback, // what is left: not heard when a finer cause is at least as sure
    Aside,    // a mistake of the server's: a cause only when there is nothing better, else a note
};

// One cause of the public list: what explains it, how sure that is, what to do. A value, made by one factory a file
// and listed in Rules.cpp.
struct Rule
{
    QString id;                 // of the cause
    ChecklistStep step = ChecklistStep::Sent;
    RuleKind kind = RuleKind::Cause;
    QStringList sources;        // what the wording rests on
    // The finding without cause, step and sources (Diagnoser fills them in); nullopt when this is not the cause.
    std::optional<Finding> (*evaluate)(const Facts &facts) = nullptr;
};

[[nodiscard]] const QList<Rule> &allRules();

// Case-insensitive pattern for the words of a server.
[[nodiscard]] QRegularExpression wordPattern(const QString &pattern);
[[nodiscard]] const QRegularExpression &lockoutWords(); // after which nothing may be tried again
[[nodiscard]] Finding makeFinding(Verdict verdict, double weight, const QString &title, const QString &summary,
                                  const QString &explanation);

// Weights, so that all rules measure alike. Among findings of one verdict the larger is more probable.
namespace weight {
inline constexpr double Said = 90;     // the server's own words, and the bytes agree
inline constexpr double Bytes = 70;    // a mistake in the bytes that were sent
inline constexpr double Shape = 50;    // follows from the challenge, the status or a comparison
inline constexpr double Default = 20;  // nothing finer is known
}

} // namespace realmscope
