// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QDialog>

class QLabel;
class QPushButton;
class QSortFilterProxyModel;

namespace realmscope {

class CookieJarModel;
class FlatTable;
class SearchField;

// The jar of a request's environment: look, add, edit, delete, clear. Every change is saved at once and can be undone
// while the dialog is open. Open it with open().
class CookieManager : public QDialog
{
    Q_OBJECT
public:
    // The session has a jar, and outlives the dialog.
    explicit CookieManager(RequestSession &session, QWidget *parent = nullptr);
    void select(const CookieKey &key);
    [[nodiscard]] CookieJarModel *model() const { return m_model; }

private:
    void refresh();
    void updateButtons();
    void edit(const Cookie &cookie, bool isNew);
    void change(const std::function<void(CookieJar &)> &work);
    void undo();
    [[nodiscard]] const Cookie *current() const;

    RequestSession &m_session;
    std::shared_ptr<CookieJar> m_jar;
    QList<QList<Cookie>> m_before; // for undo; the latest is last
    CookieJarModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    SearchField *m_filter = nullptr;
    FlatTable *m_table = nullptr;
    QLabel *m_count = nullptr;
    QPushButton *m_edit = nullptr;
    QPushButton *m_delete = nullptr;
    QPushButton *m_clearSite = nullptr;
    QPushButton *m_clearAll = nullptr;
    QPushButton *m_undo = nullptr;
};

} // namespace realmscope
