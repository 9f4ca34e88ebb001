// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/response/TextView.h"

#include <QtWidgets/QWidget>

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace realmscope {

class ElidedLabel;

// The decoded body: pretty, as it is, or hex; an image as an image. Lays out the first part only, more on demand.
class BodyView : public QWidget
{
    Q_OBJECT
public:
    enum class Mode { Pretty, Raw, Hex };

    explicit BodyView(QWidget *parent = nullptr);
    void setExchange(const Exchange &exchange, const Redactor &redactor);
    void clear();
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const { return m_mode; }
    void startSearch(); // Ctrl+F
    [[nodiscard]] TextView *view() const { return m_view; }

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void rebuild();
    void setNote(const QString &text);
    bool showImage(const QByteArray &bytes);
    void search(int step);
    void saveAs();

    Exchange m_exchange;
    Redactor m_redactor;
    Mode m_mode = Mode::Pretty;
    qint64 m_limit = 0;
    QButtonGroup *m_modes = nullptr;
    QWidget *m_bar = nullptr;
    ElidedLabel *m_note = nullptr;
    QLineEdit *m_search = nullptr;
    QLabel *m_matches = nullptr;
    QPushButton *m_more = nullptr;
    QPushButton *m_save = nullptr;
    QStackedWidget *m_stack = nullptr;
    TextView *m_view = nullptr;
    QScrollArea *m_imageArea = nullptr;
    QLabel *m_image = nullptr;
    QList<LineRange> m_found;
    qsizetype m_foundAt = -1;
};

} // namespace realmscope
