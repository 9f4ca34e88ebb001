// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/diagnosis/Diagnoser.h"
#include "app/http/Exchange.h"

namespace realmscope {

// Exchanges out of the bytes of a request and a response, through the real serializeRequest() and ResponseParser, so
// that positions are the ones a recording has. Line ends may be LF; they become CR LF in the heads.
//
// Written in a request or response, these are replaced: {basic:USER:PASSWORD} by its Base64, {base64:TEXT},
// {jwt:{CLAIMS}} and {jwt:{HEADER}.{CLAIMS}} by a token with a made-up signature, {x:HEX} by bytes.
[[nodiscard]] QByteArray expandFixture(const QByteArray &text);
[[nodiscard]] Exchange makeExchange(const QByteArray &request, const QByteArray &response,
                                    ExchangeRole role = ExchangeRole::Final, const QString &scheme = QStringLiteral("http"));

// A case of a rule, read from a file in cases/ (see cases/README.md).
struct RuleCase
{
    QString cause;     // of the file
    QString name;
    bool isCause = false;
    QString verdict;   // when isCause: what is expected at least to stand there; empty: any but possible
    QString instead;   // when not: the cause that is first; empty: any other or none
    Trace trace;
    DiagnosisContext context;
};
[[nodiscard]] QList<RuleCase> readRuleCases(const QString &path, QString *error);

inline constexpr qint64 fixtureNow = 1795530000; // 2026-11-24 14:20:00 UTC

} // namespace realmscope
