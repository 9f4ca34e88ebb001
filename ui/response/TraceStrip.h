// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtCore/QTimer>
#include <QtWidgets/QAbstractButton>

class QFrame;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QScrollArea;

namespace realmscope {

// One exchange as a chip: method, status, role, time, and whether a credential went along.
class TraceChip : public QAbstractButton
{
    Q_OBJECT
public:
    explicit TraceChip(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange, bool isAnswered); // isAnswered: the flow went on from its 401
    void setRunning(const QString &method, const QString &phase);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Part
    {
        QString text; // or the name of an icon
        bool isIcon = false;
        int font = 0; // a FontStyle
        QColor color;
        int token = 0; // of an icon
        int width = 0;
    };
    void addText(const QString &text, int font, const QColor &color);
    void addIcon(const QString &name, int token);
    void finish(const QString &accessibleName);

    QList<Part> m_parts;
    bool m_isDashed = false;
};

// All exchanges of a trace as chips in order, probes after a divider. A click or Alt+Left/Right chooses one.
class TraceStrip : public QWidget
{
    Q_OBJECT
public:
    explicit TraceStrip(RequestSession &session, QWidget *parent = nullptr);
    void selectNext(int step); // -1 or 1
    [[nodiscard]] QList<TraceChip *> chips() const { return m_chips; }
    void setEditorShown(bool isShown); // a button brings a folded editor back

Q_SIGNALS:
    void editorRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void rebuild();
    void updateRunning();
    void updateRemark();

    RequestSession &m_session;
    QList<TraceChip *> m_chips;
    QList<int> m_order; // exchange index of each chip, probes last
    TraceChip *m_running = nullptr;
    QScrollArea *m_area = nullptr;
    QWidget *m_row = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_remark = nullptr;
    QLabel *m_remarkIcon = nullptr;
    QLabel *m_total = nullptr;
    QLabel *m_count = nullptr;
    QFrame *m_divider = nullptr;
    QPushButton *m_showEditor = nullptr; // while the request editor is folded away
    QTimer m_tick;
};

[[nodiscard]] QString phaseText(TransportPhase phase);
[[nodiscard]] QString millisecondsText(double milliseconds); // "118 ms", "1.2 s"; "–" when negative

} // namespace realmscope
