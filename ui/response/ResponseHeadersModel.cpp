// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/ResponseHeadersModel.h"

#include "app/base/Encoding.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

void ResponseHeadersModel::setExchange(const Exchange &exchange, const Redactor &redactor)
{
    m_exchange = exchange;
    m_redactor = redactor;
    rebuild();
}

void ResponseHeadersModel::setOther(const std::optional<Exchange> &other)
{
    m_other = other;
    rebuild();
}

void ResponseHeadersModel::clear()
{
    m_exchange = {};
    m_other.reset();
    rebuild();
}

void ResponseHeadersModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    QList<HeaderField> left; // of the other response, not matched yet
    if (m_other)
        left = QList<HeaderField>(m_other->response.headers.begin(), m_other->response.headers.end());
    const auto take = [&left](const HeaderField &field) -> std::optional<HeaderField> {
        // The same value first, so that several lines of one name pair up as well as they can.
        auto it = std::ranges::find_if(
            left, [&](const HeaderField &other) { return other.is(field.name) && other.value == field.value; });
        if (it == left.end())
            it = std::ranges::find_if(left, [&](const HeaderField &other) { return other.is(field.name); });
        if (it == left.end())
            return std::nullopt;
        const HeaderField found = *it;
        left.erase(it);
        return found;
    };
    const auto shown = [this](const HeaderField &field) {
        return displayText(m_redactor.headerValue(field.name, field.value)).replace(u'\n', u'␊');
    };
    for (const HeaderField &field : m_exchange.response.headers) {
        Row row{field, shown(field), headerMeaning(field, m_exchange), headerOrigin(field, m_exchange),
                lintHeader(field, m_exchange), HeaderChange::Same, {}};
        if (m_other) {
            const std::optional<HeaderField> other = take(field);
            if (!other) {
                row.change = HeaderChange::New;
            } else {
                row.before = shown(*other);
                if (other->value != field.value && !field.is("Date"))
                    row.change = HeaderChange::Changed;
            }
        }
        m_rows.append(row);
    }
    for (const HeaderField &field : std::as_const(left)) {
        m_rows.append({field, shown(field), tr("Was in the previous answer only"), headerOrigin(field, *m_other), {},
                       HeaderChange::Gone, shown(field)});
    }
    endResetModel();
}

int ResponseHeadersModel::count(HeaderChange change) const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [&](const Row &row) { return row.change == change; }));
}

int ResponseHeadersModel::warnings() const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [](const Row &row) {
        return row.lint.level == LintLevel::Warning || row.lint.level == LintLevel::Problem;
    }));
}

int ResponseHeadersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ResponseHeadersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ResponseHeadersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows.at(index.row());
    if (role == LintLevelRole)
        return static_cast<int>(row.lint.level);
    if (role == ChangeRole)
        return static_cast<int>(row.change);
    if (role == IconNameRole && index.column() == SetBy)
        return row.origin.icon;
    const bool isText = role == Qt::DisplayRole;
    const bool isHelp = role == Qt::ToolTipRole || role == Qt::AccessibleTextRole;
    if (!isText && !isHelp)
        return {};
    switch (index.column()) {
    case Change:
        switch (row.change) {
        case HeaderChange::Same:
            return isText ? QVariant(QString()) : QVariant();
        case HeaderChange::New:
            return isText ? u"+"_s : tr("New");
        case HeaderChange::Changed:
            return isText ? u"~"_s : tr("Changed, was: %1").arg(row.before);
        case HeaderChange::Gone:
            return isText ? u"−"_s : tr("Gone");
        }
        break;
    case Name:
        return displayText(row.field.name);
    case Value:
        return row.shownValue;
    case Meaning:
        return row.meaning;
    case SetBy:
        return row.origin.text;
    case Lint:
        if (role == Qt::AccessibleTextRole && row.lint.level == LintLevel::Good)
            return tr("Fine");
        return isText || row.lint.more.isEmpty() ? row.lint.text : row.lint.more;
    default:
        break;
    }
    return {};
}

QVariant ResponseHeadersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Header");
    case Value:
        return tr("Value");
    case Meaning:
        return tr("Meaning");
    case SetBy:
        return tr("Set by");
    case Lint:
        return tr("Lint");
    default:
        return QString();
    }
}

} // namespace realmscope
