// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/AppContext.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace realmscope {

class HistoryModel;
class HistoryTree;
class IconButton;
class ProseLabel;
class SearchField;

// What was sent, by day: search, look, open again, delete. What is deleted can be taken back until something else is deleted
// or the window closes; its files go only then.
class HistoryPage : public QWidget
{
    Q_OBJECT
public:
    explicit HistoryPage(AppContext &context, QWidget *parent = nullptr);
    ~HistoryPage() override;

    void takeFocus();   // where the keyboard begins when this place is shown
    void focusSearch(); // Ctrl+F
    void removeAll();
    void purgeRemoved(); // deletes for good what can still be taken back
    void keepingChanged(); // History::isKeeping() is another now
    [[nodiscard]] HistoryModel *model() const { return m_model; }

Q_SIGNALS:
    void openRequested(const realmscope::HistoryRecord &record, bool sendAgain);
    void keepingChosen(bool keeps);
    void newRequestRequested();
    void failed(const realmscope::Error &error);
    void saved(const QString &path); // a report

protected:
    void showEvent(QShowEvent *event) override;

private:
    void listChanged();
    void arrange(); // which of the states is shown, and the counts
    void showCurrent();
    void showNothing(const QString &text);
    void open(bool sendAgain);
    void remove(const QStringList &ids, const QString &what);
    void removeCurrent();
    void showContextMenu(const QPoint &position);
    void saveCurrent();
    [[nodiscard]] QString currentId() const;

    AppContext &m_context;
    HistoryModel *m_model = nullptr;
    HistoryTree *m_tree = nullptr;
    SearchField *m_search = nullptr;
    QLabel *m_count = nullptr;
    IconButton *m_clear = nullptr;
    QStackedWidget *m_stack = nullptr; // of the list: tree, or why there is none
    ProseLabel *m_emptyText = nullptr;
    QPushButton *m_emptyAction = nullptr;
    QVBoxLayout *m_left = nullptr;
    QWidget *m_undo = nullptr;
    QScrollArea *m_scroll = nullptr;
    QTimer m_showTimer; // the list is walked through faster than entries are read
    QStringList m_removed;
    bool m_isOutdated = false; // the list changed while the page was hidden
};

} // namespace realmscope
