// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/PairModel.h"

#include "ui/request/RequestHeadersModel.h"
#include "ui/request/VariableText.h"

using namespace Qt::StringLiterals;

namespace realmscope {

PairModel::PairModel(QString addText, bool canDisable, QObject *parent)
    : QAbstractTableModel(parent), m_addText(std::move(addText)), m_canDisable(canDisable)
{}

void PairModel::setPairs(const QList<Pair> &pairs)
{
    if (pairs == m_pairs)
        return;
    if (pairs.size() == m_pairs.size()) { // keeps selection and an open editor
        m_pairs = pairs;
        if (!pairs.isEmpty())
            Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(pairs.size()) - 1, ColumnCount - 1));
        return;
    }
    beginResetModel();
    m_pairs = pairs;
    endResetModel();
}

void PairModel::setVariables(const Variables &variables)
{
    m_variables = variables;
    if (!m_pairs.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(m_pairs.size()) - 1, ColumnCount - 1));
}

void PairModel::removePair(int row)
{
    if (row < 0 || row >= m_pairs.size())
        return;
    beginRemoveRows({}, row, row);
    m_pairs.removeAt(row);
    endRemoveRows();
    Q_EMIT edited();
}

int PairModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_pairs.size()) + 1;
}

int PairModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PairModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (isAddRow(index.row())) {
        if (index.column() == Name && (role == Qt::DisplayRole || role == Qt::AccessibleTextRole))
            return m_addText;
        return {};
    }
    const Pair &pair = m_pairs.at(index.row());
    if (role == RequestHeadersModel::UnresolvedRole) {
        QStringList names;
        for (const VariableUse &use : m_variables.uses(pair.name + u'\n' + pair.value)) {
            if (!use.resolved)
                names << use.name;
        }
        return names;
    }
    if ((role == Qt::AccessibleDescriptionRole || role == Qt::ToolTipRole) && index.column() != Check) {
        const QString text = describeVariables(m_variables, index.column() == Name ? pair.name : pair.value);
        if (role == Qt::AccessibleDescriptionRole || text.isEmpty())
            return text.isEmpty() ? QVariant() : QVariant(text);
        return u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', "<br>"_L1));
    }
    if (role == Qt::CheckStateRole && index.column() == Check && m_canDisable)
        return pair.enabled ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::AccessibleTextRole && index.column() == Check && m_canDisable)
        return pair.enabled ? tr("Sent") : tr("Off");
    if (role == Qt::DisplayRole || role == Qt::EditRole) {
        if (index.column() == Name)
            return pair.name;
        if (index.column() == Value)
            return pair.value;
    }
    return {};
}

bool PairModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    if (isAddRow(index.row())) {
        if (role != Qt::EditRole || value.toString().isEmpty() || index.column() == Check)
            return false;
        const int row = static_cast<int>(m_pairs.size());
        beginInsertRows({}, row, row);
        m_pairs.append(index.column() == Name ? Pair{value.toString(), {}, true} : Pair{{}, value.toString(), true});
        endInsertRows();
        Q_EMIT edited();
        return true;
    }
    Pair &pair = m_pairs[index.row()];
    const Pair before = pair;
    if (role == Qt::CheckStateRole && index.column() == Check && m_canDisable)
        pair.enabled = value.toInt() == Qt::Checked;
    else if (role == Qt::EditRole && index.column() == Name)
        pair.name = value.toString();
    else if (role == Qt::EditRole && index.column() == Value)
        pair.value = value.toString();
    else
        return false;
    if (pair == before)
        return true;
    Q_EMIT dataChanged(index.siblingAtColumn(0), index.siblingAtColumn(ColumnCount - 1));
    Q_EMIT edited();
    return true;
}

Qt::ItemFlags PairModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid())
        return flags;
    if (index.column() == Check) {
        if (m_canDisable && !isAddRow(index.row()))
            flags |= Qt::ItemIsUserCheckable;
        return flags;
    }
    return flags | Qt::ItemIsEditable;
}

QVariant PairModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Name ? tr("Name") : section == Value ? tr("Value") : QString();
}

namespace {

struct QueryPlace
{
    qsizetype begin = -1; // after '?', -1 when there is none
    qsizetype end = 0;    // before '#', or the end
};

QueryPlace findQuery(const QString &url)
{
    QueryPlace place;
    const qsizetype fragment = url.indexOf(u'#');
    place.end = fragment < 0 ? url.size() : fragment;
    const qsizetype mark = url.indexOf(u'?');
    if (mark >= 0 && mark < place.end)
        place.begin = mark + 1;
    return place;
}

QString encodePart(const QString &text, bool isName)
{
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        // {{$randomInt 1 10}}: what stands between braces is replaced before the URL is read.
        if (const qsizetype close = text.mid(i, 2) == "{{"_L1 ? text.indexOf("}}"_L1, i) : -1; close > 0) {
            out += text.mid(i, close + 2 - i);
            i = close + 1;
            continue;
        }
        const bool ends = c == u'&' || c == u'#' || c.isSpace() || c.unicode() < 0x20 || (isName && c == u'=');
        if (!ends) {
            out += c;
            continue;
        }
        for (const char byte : QString(c).toUtf8())
            out += u'%' + QString::number(static_cast<unsigned char>(byte), 16).toUpper().rightJustified(2, u'0');
    }
    return out;
}

} // namespace

QList<Pair> queryPairs(const QString &url)
{
    QList<Pair> pairs;
    const QueryPlace place = findQuery(url);
    if (place.begin < 0 || place.begin == place.end)
        return pairs;
    const QStringList parts = url.sliced(place.begin, place.end - place.begin).split(u'&');
    for (const QString &part : parts) {
        const qsizetype equals = part.indexOf(u'=');
        // A null value (not an empty one) says that there was no '='.
        pairs.append({equals < 0 ? part : part.first(equals),
                      equals < 0 ? QString() : QString(u""_s + part.sliced(equals + 1)), true});
        if (equals >= 0 && pairs.last().value.isNull())
            pairs.last().value = u""_s;
    }
    return pairs;
}

QString withQueryPairs(const QString &url, const QList<Pair> &pairs)
{
    QStringList parts;
    for (const Pair &pair : pairs) {
        if (!pair.enabled)
            continue;
        QString part = encodePart(pair.name, true);
        if (!pair.value.isNull())
            part += u'=' + encodePart(pair.value, false);
        parts.append(part);
    }
    const QueryPlace place = findQuery(url);
    const QString before = place.begin < 0 ? url.first(place.end) : url.first(place.begin - 1);
    const QString query = parts.isEmpty() ? QString() : QString(u'?' + parts.join(u'&'));
    return before + query + url.sliced(place.end);
}

} // namespace realmscope
