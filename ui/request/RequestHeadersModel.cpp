// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestHeadersModel.h"

#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/runner/RunCookies.h"
#include "ui/request/MaskedHeader.h"
#include "ui/request/VariableText.h"
#include "ui/widgets/SecretClipboard.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

QString sourceIcon(HeaderSource source)
{
    switch (source) {
    case HeaderSource::User:
        return u"user-pen"_s;
    case HeaderSource::Profile:
        return u"key-round"_s;
    case HeaderSource::CookieJar:
        return u"cookie"_s;
    case HeaderSource::Proxy:
        return u"waypoints"_s;
    case HeaderSource::Default:
    case HeaderSource::Transport:
    case HeaderSource::Unknown:
        break;
    }
    return u"settings"_s;
}

} // namespace

RequestHeadersModel::RequestHeadersModel(RequestSession &session, QObject *parent)
    : QAbstractTableModel(parent), m_session(session)
{
    m_rows = build(); // of members that are there by now
    m_hide.setSingleShot(true);
    m_hide.setInterval(secretVisibleSeconds * 1000);
    connect(&m_hide, &QTimer::timeout, this, &RequestHeadersModel::hideRevealed);
    connect(&m_session, &RequestSession::specChanged, this, &RequestHeadersModel::refresh);
    connect(&m_session, &RequestSession::cookiesChanged, this, &RequestHeadersModel::refresh);
    connect(&m_session, &RequestSession::resultChanged, this, &RequestHeadersModel::refresh); // tells kind and size of a token
    refresh();
}

QString RequestHeadersModel::secretOf(int row) const
{
    const int userIndex = row >= 0 && row < m_rows.size() ? m_rows.at(row).userIndex : -1;
    return userIndex < 0 ? QString() : m_session.spec().headers.value(userIndex).value;
}

int RequestHeadersModel::rowOf(qsizetype userIndex) const
{
    const auto it = std::ranges::find(m_rows, static_cast<int>(userIndex), &Row::userIndex);
    return it == m_rows.end() ? -1 : static_cast<int>(it - m_rows.begin());
}

void RequestHeadersModel::reveal(int row, const QString &value)
{
    if (row < 0 || row >= m_rows.size())
        return;
    m_revealed = Revealed{m_rows.at(row).name, m_rows.at(row).userIndex, value};
    m_hide.start();
    refresh();
}

void RequestHeadersModel::hideRevealed()
{
    if (!m_revealed)
        return;
    m_revealed.reset();
    m_hide.stop();
    refresh();
}

bool RequestHeadersModel::isRevealed(const Row &row) const
{
    return m_revealed && row.masked && row.name == m_revealed->name && row.userIndex == m_revealed->userIndex;
}

// Known once the profile's token was read for a Send; before that nobody asks the keychain for a remark.
QString RequestHeadersModel::sentTokenRemark(const CredentialProfile &profile) const
{
    if (!m_session.hasResult() || m_session.sentSpec().profileName != profile.name)
        return {};
    for (const QString &id : {u"token"_s, u"key"_s}) {
        if (const Secret token = m_session.sentValues().secret(id); !token.isEmpty())
            return tokenRemark(token.revealBytes());
    }
    return {};
}

void RequestHeadersModel::setShowDefaults(bool show)
{
    m_showDefaults = show;
    refresh();
}

// RFC 9110 sections 5.1 and 5.5. The text stays as typed; only the row says what is wrong with it.
QString RequestHeadersModel::problemOf(const SpecHeader &header)
{
    const QByteArray name = header.name.toUtf8();
    if (header.name.isEmpty())
        return header.value.isEmpty() ? QString() : tr("Give the header a name");
    if (!header.name.contains("{{"_L1) && !isToken(name)) {
        if (header.name.contains(u':'))
            return tr("A header name has no colon: put what follows it into Value");
        if (std::ranges::any_of(header.name, [](QChar c) { return c.isSpace(); }))
            return tr("A header name has no spaces or line breaks");
        return tr("Only letters, digits and !#$%&'*+-.^_`|~ may stand in a header name");
    }
    for (const QChar c : header.value) {
        if (c == u'\r' || c == u'\n')
            return tr("A header value can't hold a line break: remove it");
        if (c.isNull())
            return tr("A header value can't hold a NUL character: remove it");
    }
    return {};
}

void RequestHeadersModel::appendProfileRows(QList<Row> &rows) const
{
    const CredentialProfile *profile = m_session.profile();
    const AuthScheme *scheme = profile ? findScheme(profile->schemeId) : nullptr;
    if (!scheme)
        return;
    FieldValues values; // without secrets: the names and what is no secret are enough to show the row
    for (const SchemeField &field : scheme->fields()) {
        if (field.kind != FieldKind::Secret)
            values.setText(field.id, profile->fields.value(field.id, field.defaultValue));
    }
    const QList<QByteArray> names = scheme->credentialHeaders(values);
    if (names.isEmpty() || values.text(u"location"_s) == "query"_L1)
        return; // goes into the query
    const std::optional<Origin> origin = m_session.origin();
    const bool isAllowed = origin && profile->allows(*origin);
    const QString bullets(24, u'•');
    for (const QByteArray &name : names) {
        Row row;
        // Lower case as the scheme gives it; written the way it will be sent.
        row.name = name == "authorization" ? u"Authorization"_s : name == "cookie" ? u"Cookie"_s
                                                                : values.text(u"name"_s);
        if (row.name.isEmpty())
            row.name = QString::fromLatin1(name);
        row.source = HeaderSource::Profile;
        row.sourceDetail = profile->name;
        row.masked = true;
        const QString user = values.text(u"username"_s);
        if (scheme->id() == "basic"_L1) {
            row.value = u"Basic "_s + bullets;
            row.remark = user;
        } else if (scheme->id() == "digest"_L1) {
            row.value = u"Digest "_s + bullets;
            row.remark = tr("%1, computed from the server's challenge").arg(user);
        } else if (scheme->id() == "bearer"_L1) {
            const QString prefix = values.text(u"prefix"_s);
            row.value = (prefix.isEmpty() ? u"Bearer"_s : prefix) + u' ' + bullets;
            row.remark = sentTokenRemark(*profile);
        } else if (name == "cookie") {
            row.value = values.text(u"name"_s) + u'=' + bullets;
        } else {
            row.value = bullets;
        }
        if (origin && !isAllowed) {
            row.enabled = false;
            row.remark = tr("withheld: the profile does not name %1").arg(origin->toString());
        }
        rows.append(row);
    }
}

// What the jar would add, by name; the values are secrets.
void RequestHeadersModel::appendCookieRow(QList<Row> &rows, const Request &preview) const
{
    const std::shared_ptr<CookieJar> jar = m_session.cookieJar();
    if (!jar || !m_session.spec().settings.useCookies)
        return;
    Request request = preview;
    RunCookies cookies(std::make_shared<CookieJar>(*jar), true, *m_session.context().clock); // a copy: nothing is sent yet
    const QList<CookieVerdict> verdicts = cookies.addTo(request);
    if (verdicts.isEmpty())
        return;
    Row row;
    row.name = u"Cookie"_s;
    row.source = HeaderSource::CookieJar;
    row.masked = true;
    QStringList pairs;
    QStringList reasons;
    for (const CookieVerdict &verdict : verdicts) {
        const QString name = displayText(verdict.name);
        if (verdict.decision == CookieDecision::Sent)
            pairs.append((name.isEmpty() ? QString() : name + u'=') + QString(8, u'•'));
        else
            reasons.append(tr("%1 withheld: %2").arg(name, verdict.reason));
    }
    row.sourceDetail = tr("%1 of %2").arg(pairs.size()).arg(verdicts.size());
    row.value = pairs.join(u"; "_s);
    row.enabled = !pairs.isEmpty();
    row.remark = reasons.size() > 1 ? tr("%1, and %2 more").arg(reasons.first()).arg(reasons.size() - 1) : reasons.value(0);
    rows.append(row);
}

void RequestHeadersModel::describe(Row &row, const Variables &variables, const SpecHeader &header)
{
    row.nameVariables = describeVariables(variables, header.name);
    row.valueVariables = describeVariables(variables, header.value);
    for (const VariableUse &use : variables.uses(header.name + u'\n' + header.value)) {
        if (!use.resolved)
            row.unresolved << use.name;
    }
}

QList<RequestHeadersModel::Row> RequestHeadersModel::build() const
{
    const RequestSpec &spec = m_session.spec();
    const Variables variables = m_session.variables();
    QList<Row> own;
    for (int index = 0; index < spec.headers.size(); ++index) {
        const SpecHeader &header = spec.headers.at(index);
        Row row;
        row.userIndex = index;
        row.name = header.name;
        row.value = header.value;
        row.enabled = header.enabled;
        row.problem = problemOf(header);
        describe(row, variables, header);
        if (const std::optional<MaskedHeader> masked = maskedHeader(header.name, header.value);
            masked && row.problem.isEmpty()) {
            row.value = masked->shown;
            row.remark = masked->remark;
            row.masked = true;
        }
        own.append(row);
    }
    QList<Row> rows;
    QList<Row> defaults;
    // Only what Realmscope adds is taken from the preview: the user's rows are shown as typed, also when the request
    // as a whole can't be built.
    RequestSpec bare = m_session.effectiveSpec();
    bare.headers.removeIf([](const SpecHeader &header) { return !header.enabled || !problemOf(header).isEmpty(); });
    if (bare.body.kind == BodyKind::File)
        bare.body = {}; // not read for a table
    // Inherited ones are shown as the folder has them.
    QList<Row> inherited;
    for (const SpecHeader &header : std::as_const(bare.headers)) {
        if (header.from.isEmpty())
            continue;
        Row row;
        row.name = header.name;
        row.value = header.value;
        row.sourceDetail = header.from;
        row.folder = u""_s;
        for (const FolderLevel &level : m_session.levels()) {
            if (level.label() == header.from && !level.folder.isEmpty())
                row.folder = level.folder;
        }
        describe(row, variables, header);
        if (const std::optional<MaskedHeader> masked = maskedHeader(header.name, header.value)) {
            row.value = masked->shown;
            row.remark = masked->remark;
            row.masked = true;
        }
        inherited.append(row);
    }
    const Result<Request> preview = prepareRequest(bare, variables, *m_session.context().clock,
                                                   *m_session.context().random);
    if (preview) {
        for (const HeaderField &field : preview->headers) {
            if (field.source == HeaderSource::User)
                continue;
            Row row;
            row.name = displayText(field.name);
            row.value = displayText(field.value);
            row.source = field.source;
            row.sourceDetail = field.sourceDetail;
            (field.is("Host") ? rows : defaults).append(row);
        }
    }
    QList<Row> result = m_showDefaults ? rows : QList<Row>();
    result += inherited;
    result += own;
    appendProfileRows(result);
    if (preview)
        appendCookieRow(result, *preview);
    if (m_showDefaults)
        result += defaults;
    return result;
}

void RequestHeadersModel::refresh()
{
    QList<Row> rows = build();
    for (Row &row : rows) {
        if (isRevealed(row)) {
            row.value = m_revealed->value;
            row.remark.clear();
            row.revealed = true;
        }
    }
    m_sentCount = static_cast<int>(std::ranges::count_if(rows, [](const Row &row) { return row.enabled; }));
    replaceRows(rows);
}

void RequestHeadersModel::replaceRows(const QList<Row> &rows)
{
    const auto isSame = [](const Row &a, const Row &b) {
        return a.userIndex == b.userIndex && (a.userIndex >= 0 || a.name == b.name);
    };
    const qsizetype common = std::min(rows.size(), m_rows.size());
    qsizetype head = 0;
    while (head < common && isSame(m_rows.at(head), rows.at(head)))
        ++head;
    qsizetype tail = 0;
    while (tail < common - head && isSame(m_rows.at(m_rows.size() - 1 - tail), rows.at(rows.size() - 1 - tail)))
        ++tail;
    const auto first = static_cast<int>(head);
    if (const qsizetype removed = m_rows.size() - head - tail; removed > 0) {
        beginRemoveRows({}, first, first + static_cast<int>(removed) - 1);
        m_rows.remove(head, removed);
        endRemoveRows();
    }
    if (const qsizetype inserted = rows.size() - head - tail; inserted > 0) {
        beginInsertRows({}, first, first + static_cast<int>(inserted) - 1);
        m_rows = rows.first(head + inserted) + m_rows.sliced(head);
        endInsertRows();
    }
    m_rows = rows;
    if (!rows.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(rows.size()) - 1, ColumnCount - 1));
}

void RequestHeadersModel::removeHeader(int row)
{
    if (row < 0 || row >= m_rows.size() || m_rows.at(row).userIndex < 0)
        return;
    RequestSpec spec = m_session.spec();
    spec.headers.removeAt(m_rows.at(row).userIndex);
    m_session.setSpec(spec);
}

int RequestHeadersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size()) + 1;
}

int RequestHeadersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RequestHeadersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (isAddRow(index.row())) {
        if (role == AddRowRole)
            return true;
        if (index.column() == Name && (role == Qt::DisplayRole || role == Qt::AccessibleTextRole))
            return tr("Add header");
        return {};
    }
    const Row &row = m_rows.at(index.row());
    const bool isLocked = row.userIndex < 0;
    switch (role) {
    case LockedRole:
        return isLocked;
    case OffRole:
        return !row.enabled;
    case ProblemRole:
        return row.problem;
    case MaskedRole:
        return row.masked;
    case RevealedRole:
        return row.revealed;
    case UnresolvedRole:
        return row.unresolved;
    case Qt::AccessibleDescriptionRole:
        return index.column() == Name ? row.nameVariables : index.column() == Value ? row.valueVariables : QString();
    case RemarkRole:
        return index.column() == Value ? QVariant(row.remark) : QVariant();
    case IconNameRole:
        return index.column() != Source ? QVariant() : QVariant(row.folder.isNull() ? sourceIcon(row.source) : u"folder"_s);
    case FolderRole:
        return row.folder.isNull() ? QVariant() : QVariant(row.folder);
    case Qt::CheckStateRole:
        if (index.column() == Check && !isLocked)
            return row.enabled ? Qt::Checked : Qt::Unchecked;
        return {};
    case Qt::AccessibleTextRole:
        if (index.column() == Check)
            return isLocked ? tr("Locked") : row.enabled ? tr("Sent") : tr("Off");
        if (index.column() == Value && row.masked && !row.revealed)
            return tr("%1, masked").arg(row.name);
        break;
    case Qt::EditRole:
        if (index.column() == Value && !isLocked) // the mask is for looking, not for editing
            return m_session.spec().headers.value(row.userIndex).value;
        break;
    case Qt::DisplayRole:
        break;
    case Qt::ToolTipRole:
        if (!row.problem.isEmpty())
            return row.problem;
        if (index.column() == Name || index.column() == Value) {
            const QString text = index.column() == Name ? row.nameVariables : row.valueVariables;
            return text.isEmpty() ? QVariant() : QVariant(u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', "<br>"_L1)));
        }
        return index.column() == Check && isLocked ? QVariant(row.folder.isNull() ? tr("Made by Realmscope") : tr("Inherited from %1").arg(row.sourceDetail)) : QVariant();
    default:
        return {};
    }
    switch (index.column()) {
    case Name:
        return row.name;
    case Value:
        return row.value;
    case Source:
        if (!row.folder.isNull())
            return row.folder.isEmpty() ? tr("Workspace") : tr("Folder · %1").arg(row.folder);
        switch (row.source) {
        case HeaderSource::User:
            return row.enabled ? tr("You") : tr("You · off");
        case HeaderSource::Profile:
            return tr("Profile · %1").arg(row.sourceDetail);
        case HeaderSource::CookieJar:
            return tr("Cookie jar · %1").arg(row.sourceDetail);
        default:
            return tr("Default");
        }
    default:
        return {};
    }
}

bool RequestHeadersModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    RequestSpec spec = m_session.spec();
    if (isAddRow(index.row())) {
        if (role != Qt::EditRole || value.toString().isEmpty() || (index.column() != Name && index.column() != Value))
            return false;
        spec.headers.append(index.column() == Name ? SpecHeader{value.toString(), {}, true}
                                                   : SpecHeader{{}, value.toString(), true});
        m_session.setSpec(spec);
        return true;
    }
    const int userIndex = m_rows.at(index.row()).userIndex;
    if (userIndex < 0 || userIndex >= spec.headers.size())
        return false;
    SpecHeader &header = spec.headers[userIndex];
    if (role == Qt::CheckStateRole && index.column() == Check)
        header.enabled = value.toInt() == Qt::Checked;
    else if (role == Qt::EditRole && index.column() == Name)
        header.name = value.toString();
    else if (role == Qt::EditRole && index.column() == Value)
        header.value = value.toString();
    else
        return false;
    if (header.name.isEmpty() && header.value.isEmpty())
        spec.headers.removeAt(userIndex); // emptied: gone
    m_session.setSpec(spec); // comes back as refresh()
    return true;
}

Qt::ItemFlags RequestHeadersModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid())
        return flags;
    const bool isLocked = !isAddRow(index.row()) && m_rows.at(index.row()).userIndex < 0;
    if (isLocked || index.column() == Source)
        return flags;
    if (index.column() == Check)
        return isAddRow(index.row()) ? flags : flags | Qt::ItemIsUserCheckable;
    return flags | Qt::ItemIsEditable;
}

QVariant RequestHeadersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Value:
        return tr("Value");
    case Source:
        return tr("Source");
    default:
        return QString();
    }
}

} // namespace realmscope
