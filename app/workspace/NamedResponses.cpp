// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/workspace/NamedResponses.h"

#include "app/credentials/Redactor.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 largestKept = 8 * 1024 * 1024; // bytes of a body

Error noValue(const QString &message, const QString &action)
{
    return {ErrorCode::UnresolvedVariable, message, {}, action};
}

// "$.a['b c'][0]" as names and indexes. nullopt: it is no such path.
std::optional<QStringList> stepsOf(const QString &path)
{
    QStringList steps;
    QString rest = path;
    if (rest.startsWith(u'$'))
        rest = rest.mid(1);
    else if (!rest.isEmpty() && !rest.startsWith(u'['))
        rest.prepend(u'.');
    static const QRegularExpression step(u"^(?:\\.([^.\\[\\]*\\s]+)|\\[(\\d+)\\]|\\['([^']*)'\\]|\\[\"([^\"]*)\"\\])"_s);
    while (!rest.isEmpty()) {
        const auto match = step.match(rest);
        if (!match.hasMatch())
            return std::nullopt;
        for (int group = 1; group <= 4; ++group) {
            if (match.capturedStart(group) >= 0)
                steps << match.captured(group);
        }
        rest = rest.mid(match.capturedLength());
    }
    return steps;
}

QString textOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    return value.isNull() ? u"null"_s : value.toVariant().toString();
}

struct Reference
{
    QString name;
    bool isRequest = false;
    QString part; // "body", "headers"
    QString rest;
};

std::optional<Reference> referenceOf(const QString &expression)
{
    static const QRegularExpression pattern(u"^(\\S+?)\\.(response|request)\\.(body|headers)(?:\\.(.*)|(\\[.*))?$"_s);
    const auto match = pattern.match(expression);
    if (!match.hasMatch() || expression.startsWith(u'$'))
        return std::nullopt;
    return Reference{match.captured(1), match.captured(2) == "request"_L1, match.captured(3),
                     match.hasCaptured(5) ? match.captured(5) : match.captured(4)};
}

} // namespace

Result<QString> jsonValueAt(const QByteArray &json, const QString &path)
{
    const std::optional<QStringList> steps = stepsOf(path);
    if (!steps)
        return noValue(u"the path %1 is not understood"_s.arg(path), u"Write names and indexes only, for example $.data[0].id."_s);
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError)
        return noValue(u"the body is no JSON, so that %1 leads nowhere"_s.arg(path), u"Use the whole body, or a header."_s);
    QJsonValue value = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    for (const QString &step : *steps) {
        bool isIndex = false;
        const qsizetype index = step.toLongLong(&isIndex);
        if (value.isArray() && isIndex)
            value = value.toArray().at(index);
        else if (value.isObject())
            value = value.toObject().value(step);
        else
            value = QJsonValue(QJsonValue::Undefined);
        if (value.isUndefined())
            return noValue(u"the body has nothing at %1: there is no %2"_s.arg(path, step), u"Compare it with the answer's body."_s);
    }
    return textOf(value);
}

void NamedResponses::keep(const QString &name, const Exchange &exchange)
{
    if (name.isEmpty() || !exchange.hasResponse())
        return;
    Kept kept;
    kept.request = {exchange.request.headers, exchange.request.body, !exchange.request.streamedBody};
    kept.response.headers = exchange.response.headers;
    kept.response.hasBody = exchange.response.body.size() <= largestKept;
    if (kept.response.hasBody)
        kept.response.body = exchange.response.body.all();
    m_kept.insert(name, kept);
    Q_EMIT changed();
}

QStringList NamedResponses::names() const
{
    QStringList names = m_kept.keys();
    names.sort();
    return names;
}

QString NamedResponses::requestNameIn(const QString &expression)
{
    const std::optional<Reference> reference = referenceOf(expression);
    return reference ? reference->name : QString();
}

std::optional<Result<ResponseValue>> NamedResponses::value(const QString &expression) const
{
    std::optional<Reference> reference = referenceOf(expression);
    if (!reference) {
        // httpYac: the name is the parsed body.
        const qsizetype dot = expression.indexOf(QRegularExpression(u"[.\\[]"_s));
        if (dot <= 0 || !m_kept.contains(expression.left(dot)))
            return std::nullopt;
        reference = Reference{expression.left(dot), false, u"body"_s, expression.mid(expression.at(dot) == u'.' ? dot + 1 : dot)};
    }
    const auto it = m_kept.constFind(reference->name);
    if (it == m_kept.constEnd())
        return noValue(u"{{%1}} needs the answer of %2, which was not sent yet"_s.arg(expression, reference->name),
                       u"Send %1 first."_s.arg(reference->name));
    const Message &message = reference->isRequest ? it->request : it->response;
    const QString what = reference->isRequest ? u"the request of %1"_s.arg(reference->name) : u"the answer of %1"_s.arg(reference->name);
    const Redactor redactor;
    if (reference->part == "headers"_L1) {
        const HeaderField *field = message.headers.find(reference->rest.toUtf8());
        if (!field)
            return noValue(u"%1 has no header %2"_s.arg(what, reference->rest), u"Compare it with the headers that came."_s);
        return ResponseValue{QString::fromUtf8(field->value), redactor.headerValue(field->name, field->value) != field->value, what};
    }
    if (!message.hasBody)
        return noValue(u"the body of %1 was too long to be kept"_s.arg(what), u"Write the value as a variable."_s);
    if (reference->rest.startsWith(u'/'))
        return noValue(u"XPath is not understood: %1"_s.arg(reference->rest), u"Write the value as a variable."_s);
    const QByteArray masked = redactor.text(message.body);
    if (reference->rest.isEmpty() || reference->rest == u'*')
        return ResponseValue{QString::fromUtf8(message.body), masked != message.body, what};
    const Result<QString> value = jsonValueAt(message.body, reference->rest);
    if (!value) {
        Error error = value.error();
        error.message = u"%1: %2"_s.arg(what, error.message);
        return error;
    }
    // Whoever masks bodies says what is a secret: the value at the same place is another one there.
    const Result<QString> shown = jsonValueAt(masked, reference->rest);
    return ResponseValue{*value, !shown || *shown != *value, what};
}

} // namespace realmscope
