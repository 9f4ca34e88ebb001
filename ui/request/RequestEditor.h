// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

#include <functional>

class QCheckBox;
class QStackedWidget;

namespace realmscope {

class BodyEditor;
class PairModel;
class PairTable;
class RequestHeadersModel;
class SectionBar;

// What the request is made of besides method and URL, in sections.
class RequestEditor : public QWidget
{
    Q_OBJECT
public:
    enum Section { Params, Headers, Auth, Body, Settings };

    explicit RequestEditor(RequestSession &session, QWidget *parent = nullptr);
    void showSection(Section section);
    void showUse(const UnresolvedUse &use); // of a header, the body or the settings: selects it
    [[nodiscard]] PairTable *headersTable() const { return m_headersTable; }
    [[nodiscard]] PairTable *paramsTable() const { return m_paramsTable; }
    [[nodiscard]] int contentHeight() const; // that the shown section would like to have

Q_SIGNALS:
    void contentHeightChanged();
    void folderSettingsRequested(const QString &folder); // where something inherited stands
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void newProfileRequested();

protected:
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    // The value of a masked row, read from the profile's store when need be; nothing when there is none yet.
    void withSecretOf(int row, const std::function<void(const QString &)> &use);

    RequestSession &m_session;
    SectionBar *m_tabs = nullptr;
    QCheckBox *m_showDefaults = nullptr;
    QStackedWidget *m_pages = nullptr;
    PairModel *m_params = nullptr;
    PairTable *m_paramsTable = nullptr;
    RequestHeadersModel *m_headers = nullptr;
    PairTable *m_headersTable = nullptr;
    BodyEditor *m_body = nullptr;
};

} // namespace realmscope
