// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/credentials/Redactor.h"
#include "app/diagnosis/Diagnosis.h"

#include <QtCore/QJsonObject>

namespace realmscope {

// "realmscope.diagnosis/1" (docs/CLI). Everything passes the redactor unless reveal is true.
[[nodiscard]] QJsonObject diagnosisToJson(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor,
                                          bool reveal = false);
// "realmscope.trace/1": the exchanges alone, for `send --json`.
[[nodiscard]] QJsonObject traceToJson(const Trace &trace, const Redactor &redactor, bool reveal = false);

// Sanitised report to hand to the server's owner.
[[nodiscard]] QString reportMarkdown(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor);
// The same as one HTML page that needs nothing else: no script, no address, nothing of the server's becomes markup.
[[nodiscard]] QString reportHtml(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor);
// The exchanges as an HTTP Archive (HAR 1.2), for other tools. A body of more than 16 MiB is left out, and its entry says so.
[[nodiscard]] QJsonObject traceToHar(const Trace &trace, const Redactor &redactor, bool reveal = false);

// The kinds of report by the ending of a file's name: .md, .html, .json, .har.
[[nodiscard]] bool isReportName(const QString &path);
// Writes that kind of report, sanitised: it is made to be passed on. Error: FileUnwritable, InvalidInput for another ending.
[[nodiscard]] Result<void> saveReport(const QString &path, const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor);

// The explanation that `why` prints for a person, plain text, 80 columns.
[[nodiscard]] QString explainText(const Trace &trace, const Diagnosis &diagnosis, const Redactor &redactor);

} // namespace realmscope
