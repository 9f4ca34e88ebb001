// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/cookies/CookieManager.h"

#include "ui/cookies/CookieEditor.h"
#include "ui/cookies/CookieJarModel.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/FlatTable.h"
#include "ui/widgets/SearchField.h"

#include <QtCore/QDir>
#include <QtCore/QSortFilterProxyModel>
#include <QtGui/QShortcut>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>

using namespace Qt::StringLiterals;

namespace realmscope {

CookieManager::CookieManager(RequestSession &session, QWidget *parent)
    : QDialog(parent), m_session(session), m_jar(session.cookieJar()), m_model(new CookieJarModel(this)),
      m_proxy(new QSortFilterProxyModel(this)), m_filter(new SearchField(tr("Filter cookies"), this)),
      m_table(new FlatTable(tr("Cookies in the jar"), this)), m_count(makeText({}, FontStyle::Body, Token::Fg2))
{
    Q_ASSERT(m_jar);
    setWindowTitle(tr("Cookies"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(760, 480);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setModel(m_proxy);
    m_table->horizontalHeader()->setSectionResizeMode(CookieJarModel::Attributes, QHeaderView::Stretch);
    m_table->setColumnWidth(CookieJarModel::Name, 168);
    m_table->setColumnWidth(CookieJarModel::Domain, 208);
    m_table->setColumnWidth(CookieJarModel::Path, 112);

    QPushButton *add = makeButton(tr("New cookie…"), "secondary", u"plus"_s, this);
    m_edit = makeButton(tr("Edit…"), "secondary", u"pencil"_s, this);
    m_delete = makeButton(tr("Delete"), "secondary", u"trash-2"_s, this);
    m_clearSite = makeButton(tr("Clear the site"), "secondary", {}, this);
    m_clearAll = makeButton(tr("Clear all"), "secondary", {}, this);
    m_undo = makeButton(tr("Undo"), "secondary", u"undo-2"_s, this);
    QPushButton *close = makeButton(tr("Close"), "primary", {}, this);
    add->setAutoDefault(false);
    for (QPushButton *button : {m_edit, m_delete, m_clearSite, m_clearAll, m_undo, close})
        button->setAutoDefault(false);

    auto *head = new QHBoxLayout;
    head->addWidget(makeText(tr("Cookies"), FontStyle::Title, Token::Fg));
    const QString workspace = QDir(session.context().workspace->root()).dirName();
    head->addWidget(makeText(session.environment().isEmpty() ? workspace : tr("%1, environment %2").arg(workspace, session.environment()),
                             FontStyle::Body, Token::Fg2));
    head->addStretch();
    head->addWidget(m_count);
    auto *row = new QHBoxLayout;
    row->addWidget(m_filter, 1);
    row->addWidget(add);
    auto *tools = new QHBoxLayout;
    tools->setSpacing(8);
    for (QPushButton *button : {m_edit, m_delete, m_clearSite, m_clearAll, m_undo})
        tools->addWidget(button);
    tools->addStretch();
    tools->addWidget(close);
    auto *keepSession = new QCheckBox(tr("Keep session cookies when the program ends"), this);
    keepSession->setChecked(session.keepsSessionCookies());
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(10);
    layout->addLayout(head);
    layout->addLayout(row);
    layout->addWidget(m_table, 1);
    layout->addWidget(keepSession);
    layout->addLayout(tools);

    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(add, &QPushButton::clicked, this, [this] {
        Cookie cookie;
        if (const std::optional<Origin> origin = m_session.origin())
            cookie.domain = origin->host;
        cookie.createdAtMs = m_session.context().clock->nowMs();
        cookie.usedAtMs = cookie.createdAtMs;
        edit(cookie, true);
    });
    connect(m_edit, &QPushButton::clicked, this, [this] {
        if (const Cookie *cookie = current())
            edit(*cookie, false);
    });
    const auto removeCurrent = [this] {
        if (const Cookie *cookie = current())
            change([key = cookie->key()](CookieJar &jar) { jar.remove(key); });
    };
    connect(m_delete, &QPushButton::clicked, this, removeCurrent);
    connect(m_clearSite, &QPushButton::clicked, this, [this] {
        if (const Cookie *cookie = current())
            change([domain = cookie->domain](CookieJar &jar) { jar.removeSite(domain); });
    });
    connect(m_clearAll, &QPushButton::clicked, this, [this] { change([](CookieJar &jar) { jar.clear(); }); });
    connect(m_undo, &QPushButton::clicked, this, &CookieManager::undo);
    connect(keepSession, &QCheckBox::toggled, this, [this](bool on) { m_session.setKeepsSessionCookies(on); });
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_filter, &QLineEdit::textChanged, this, &CookieManager::updateButtons);
    connect(m_filter, &SearchField::moveDown, this, [this] {
        m_table->setFocus(Qt::OtherFocusReason);
        if (!m_table->currentIndex().isValid())
            m_table->selectRow(0);
    });
    connect(m_table, &FlatTable::rowActivated, m_edit, &QPushButton::click);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CookieManager::updateButtons);
    auto *keys = new QShortcut(QKeySequence(QKeySequence::Delete), m_table);
    keys->setContext(Qt::WidgetShortcut);
    connect(keys, &QShortcut::activated, this, removeCurrent);
    connect(&session, &RequestSession::cookiesChanged, this, &CookieManager::refresh);
    refresh();
    m_filter->setFocus(Qt::OtherFocusReason);
}

void CookieManager::select(const CookieKey &key)
{
    const int row = m_model->rowOf(key);
    if (row >= 0)
        m_table->selectRow(m_proxy->mapFromSource(m_model->index(row, 0)).row());
}

const Cookie *CookieManager::current() const
{
    const QModelIndex index = m_proxy->mapToSource(m_table->currentIndex());
    return index.isValid() ? &m_model->cookie(index.row()) : nullptr;
}

void CookieManager::refresh()
{
    const Cookie *chosen = current();
    const std::optional<CookieKey> key = chosen ? std::optional(chosen->key()) : std::nullopt;
    m_model->setCookies(*m_jar, m_session.context().clock->nowMs());
    if (key)
        select(*key);
    updateButtons();
}

void CookieManager::updateButtons()
{
    const bool isChosen = current() != nullptr;
    for (QPushButton *button : {m_edit, m_delete, m_clearSite})
        button->setEnabled(isChosen);
    m_clearSite->setText(isChosen ? tr("Clear %1").arg(current()->domain) : tr("Clear the site"));
    m_clearAll->setEnabled(m_model->rowCount() > 0);
    m_undo->setEnabled(!m_before.isEmpty());
    m_count->setText(m_model->rowCount() == 1 ? tr("1 cookie") : tr("%1 cookies").arg(m_model->rowCount()));
}

void CookieManager::change(const std::function<void(CookieJar &)> &work)
{
    m_before.append(m_jar->cookies());
    work(*m_jar);
    m_session.cookiesEdited(); // comes back as refresh()
}

void CookieManager::undo()
{
    if (m_before.isEmpty())
        return;
    const QList<Cookie> before = m_before.takeLast();
    m_jar->clear();
    for (const Cookie &cookie : before) {
        [[maybe_unused]] const Result<void> put = m_jar->put(cookie); // it was in there
        Q_ASSERT(put);
    }
    m_session.cookiesEdited();
}

void CookieManager::edit(const Cookie &cookie, bool isNew)
{
    const CookieKey key = cookie.key();
    auto *editor = new CookieEditor(cookie, isNew, m_session.context().clock->nowMs(), [this, key, isNew](const Cookie &written) -> Result<void> {
        // A jar of its own tells whether it is any good, before anything changes.
        CookieJar trial;
        if (const Result<void> good = trial.put(written); !good)
            return good.error();
        change([&](CookieJar &jar) {
            if (!isNew && !(written.key() == key))
                jar.remove(key);
            [[maybe_unused]] const Result<void> put = jar.put(written);
        });
        select(written.key());
        return {};
    }, this);
    editor->open();
}

} // namespace realmscope
