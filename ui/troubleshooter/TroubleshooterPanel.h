// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace realmscope {

class IconButton;
class StepList;

// The nine-step checklist beside the request: steps with verdicts at the left; at the right what it means, the
// evidence (a click jumps to the bytes), the three-way comparison, the probes, the fixes, what is not ruled out, and
// before/after once a fix was tried.
class TroubleshooterPanel : public QWidget
{
    Q_OBJECT
public:
    explicit TroubleshooterPanel(QWidget *parent = nullptr);
    void setSession(RequestSession *session); // not owned; null: empty
    void focusSteps();

Q_SIGNALS:
    void closeRequested();
    void saveReportRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override; // a log of the server
    void dropEvent(QDropEvent *event) override;

private:
    void resultChanged();
    void rebuild();
    void showStep(ChecklistStep step);
    void goToNextStep();

    void addFinding(const Finding &finding, bool isPrimary);
    void addEvidence(const Finding &finding);
    void addComparison();
    void addProbes();
    void addLogs();
    void chooseLog();
    void addFixes(const Finding &finding);
    void addNotRuledOut(const Finding *shown);
    void addBeforeAfter();
    void addMessage(const QString &text);

    RequestSession *m_session = nullptr;
    StepList *m_steps = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_subtitle = nullptr;
    QLabel *m_probeCount = nullptr;
    QLabel *m_checkedAt = nullptr;
    QLabel *m_causeLabel = nullptr; // of the shown step; remade with it
    QScrollArea *m_scroll = nullptr;
    QVBoxLayout *m_detail = nullptr;
    QVBoxLayout *m_lead = nullptr; // step, title and explanation, closer together than the cards
    QPushButton *m_copyReport = nullptr;
    IconButton *m_saveReport = nullptr;
    QPushButton *m_next = nullptr;
    QPushButton *m_resend = nullptr;
    bool m_isNarrow = false;
    std::optional<Error> m_logError;
    QString m_shownResult; // what the steps were last opened for, so that a new refusal opens at its own step
};

} // namespace realmscope
