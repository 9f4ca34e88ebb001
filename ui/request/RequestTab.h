// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QPushButton;
class QSplitter;
class QStandardItemModel;

namespace realmscope {

class FlatTable;
class NoticeBar;
class RefusalBanner;
class RequestEditor;
class ResponseView;
class TraceStrip;
class UrlRow;

// One request tab: URL row, request editor, trace strip, refusal banner, response.
class RequestTab : public QWidget
{
    Q_OBJECT
public:
    explicit RequestTab(AppContext &context, QWidget *parent = nullptr);
    [[nodiscard]] RequestSession *session() const { return m_session; }
    void focusUrl();     // Ctrl+L
    void focusProfile(); // Ctrl+E
    void applyBannerFix(); // Ctrl+Shift+Return: the fix that the banner offers
    void toggleDiff();     // Ctrl+D
    void toggleEditor();   // Ctrl+Shift+E: folds the request editor away, or brings it back
    [[nodiscard]] RequestEditor *editor() const { return m_editor; }
    [[nodiscard]] ResponseView *response() const { return m_response; }

Q_SIGNALS:
    void troubleshootRequested();
    void titleChanged(); // name, method or modified state
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void newProfileRequested();
    void cookieManagerRequested();
    void requestWanted(const QString &name); // by its name, to be opened
    void folderSettingsRequested(const QString &folder);
    void saveRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitEditor();
    void setEditorShown(bool shown);
    void showUse(const UnresolvedUse &use);
    void refreshNotes();
    void refreshFileState();

    RequestSession *m_session = nullptr;
    UrlRow *m_urlRow = nullptr;
    RequestEditor *m_editor = nullptr;
    NoticeBar *m_fileBar = nullptr;  // what another program did to the file
    QPushButton *m_keep = nullptr;
    QPushButton *m_take = nullptr;
    QPushButton *m_compare = nullptr;
    QPushButton *m_restore = nullptr;
    FlatTable *m_differences = nullptr;
    QStandardItemModel *m_differenceRows = nullptr;
    NoticeBar *m_notes = nullptr; // what the file asks for and is not done
    QString m_closedNotes;        // that the user has put away
    QSplitter *m_splitter = nullptr;
    TraceStrip *m_strip = nullptr;
    RefusalBanner *m_banner = nullptr;
    ResponseView *m_response = nullptr;
    bool m_isSplitByHand = false; // from then on the editor's height is the user's
};

} // namespace realmscope
