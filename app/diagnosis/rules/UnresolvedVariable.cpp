// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/diagnosis/rules/Fixes.h"
#include "app/diagnosis/rules/Rules.h"

#include <QtCore/QJsonObject>

using namespace Qt::StringLiterals;

namespace realmscope {

// Explains: the text of a variable stands where its value should be.
// Contradicted by: nothing; but braces in a body that is no credential (a template) are left alone.
namespace {

const QRegularExpression &template_()
{
    static const QRegularExpression pattern(
        u"\\{\\{[^{}\\r\\n]{1,80}\\}\\}|\\$\\{[A-Za-z_][A-Za-z0-9_.-]{0,60}\\}|<%[^%]{1,80}%>"_s);
    return pattern;
}

// The whole value is a name to be replaced: $TOKEN, %TOKEN%, <your-token>, YOUR_API_KEY.
const QRegularExpression &wholeName()
{
    static const QRegularExpression pattern(
        u"^(\\$[A-Za-z_][A-Za-z0-9_]{1,60}|%[A-Za-z_][A-Za-z0-9_]{1,60}%|<[A-Za-z][A-Za-z0-9 _-]{2,60}>"
        "|\\[(?!object )[A-Za-z][A-Za-z _-]{2,60}\\]|(YOUR|MY)[_-][A-Z_-]{2,60}|(your|my|the|insert|replace)[-_](api[-_]?|access[-_]?|auth[-_]?)?(token|key|secret)([-_]here)?)$"_s);
    return pattern;
}

QString variableIn(const QByteArray &value)
{
    const QString text = QString::fromUtf8(value).trimmed();
    if (const QRegularExpressionMatch match = template_().match(text); match.hasMatch())
        return match.captured(0);
    return wholeName().match(text).captured(0);
}

// In a password such characters may be meant: only a whole one that looks like nothing else is a proof.
Verdict passwordVerdict(const QByteArray &password, const QString &variable)
{
    static const QRegularExpression certain(u"^(\\{\\{[^{}]+\\}\\}|\\$\\{[A-Za-z_][A-Za-z0-9_.-]*\\}|\\$[A-Z][A-Z_]+[A-Z]|<%.+%>|%[A-Z][A-Z_]+%|<[a-z][a-z _-]+>|(YOUR|MY)[_-][A-Z_-]+)$"_s);
    const QString text = QString::fromUtf8(password).trimmed();
    return text == variable && certain.match(text).hasMatch() ? Verdict::Proven : Verdict::Possible;
}

// The name alone: the text with its braces stands where a secret should be, and is masked like one everywhere.
QString nameOf(const QString &variable)
{
    static const QRegularExpression around(u"^(\\{\\{|\\$\\{|<%=?|\\$|%|<|\\[)\\s*|\\s*(\\}\\}|\\}|%>|%|>|\\])$"_s);
    QString name = variable;
    return name.remove(around);
}

std::optional<Finding> found(const QString &text, const Evidence &where, Verdict verdict)
{
    const QString variable = nameOf(text);
    Finding finding = makeFinding(
        verdict, 88, u"The variable \"%1\" was sent as it stands"_s.arg(variable),
        u"the name \"%1\" went out instead of its value"_s.arg(variable),
        u"Where a value should be, the request has the name of a variable. Nobody replaced it: the variable is not "
        "defined in the environment in use, its name is misspelt, or it was written in a place where this program does "
        "not replace variables. The server took the text itself for the credential."_s);
    finding.evidence.append(where);
    finding.fixes.append(advice(u"define-variable"_s, u"Give \"%1\" a value and resend"_s.arg(variable),
                                u"Choose the environment that defines it, or write the value in its place."_s));
    return finding;
}

std::optional<Finding> unresolvedVariable(const Facts &facts)
{
    if (!facts.final && facts.trace.error && facts.trace.error->code == ErrorCode::UnresolvedVariable) {
        Finding finding = makeFinding(Verdict::Proven, 88, u"A variable has no value, so nothing was sent"_s,
                                      facts.trace.error->message,
                                      u"The request uses a variable that the environment in use does not define. "
                                      "Realmscope does not send such a request."_s);
        finding.evidence.append({-1, EvidencePart::RequestLine, {}, facts.trace.error->message, {}});
        finding.fixes.append(advice(u"define-variable"_s, u"Give the variable a value and resend"_s));
        return finding;
    }
    if (!facts.mayBeRefusal())
        return std::nullopt;
    for (const AuthorizationLine &line : facts.authorizations) {
        QString variable = variableIn(line.credentials);
        Verdict verdict = Verdict::Proven;
        if (variable.isEmpty() && line.basic && line.basic->isBase64 && !line.basic->hasColon)
            variable = variableIn(line.basic->decoded);
        if (variable.isEmpty() && line.basic && line.basic->hasColon) {
            variable = variableIn(line.basic->user);
            if (variable.isEmpty()) {
                variable = variableIn(line.basic->password);
                verdict = passwordVerdict(line.basic->password, variable);
            }
        }
        if (!variable.isEmpty())
            return found(variable, facts.requestHeader(line.field, u"%1 holds the name \"%2\""_s.arg(QString::fromUtf8(line.field.name), nameOf(variable)),
                                                       line.credentialsRange()), verdict);
    }
    for (const SentCredential &sent : facts.credentials + facts.bodyCredentials) {
        const QString variable = variableIn(sent.value);
        if (!variable.isEmpty())
            return found(variable, facts.credential(sent, u"%1 holds the name \"%2\""_s.arg(placeText(sent), nameOf(variable))),
                         sent.name.toLower().contains("pass") ? passwordVerdict(sent.value, variable) : Verdict::Proven);
    }
    const QString target = QString::fromUtf8(facts.request().effectiveTarget());
    if (const QRegularExpressionMatch match = template_().match(target); match.hasMatch())
        return found(match.captured(0), facts.requestLine(u"the path or query holds the name \"%1\""_s.arg(nameOf(match.captured(0)))), Verdict::Likely);
    return std::nullopt;
}

} // namespace

Rule unresolvedVariableRule()
{
    return {u"unresolved-variable"_s, ChecklistStep::Sent, RuleKind::Cause, {u"RFC 6750 section 2.1"_s}, unresolvedVariable};
}

} // namespace realmscope
