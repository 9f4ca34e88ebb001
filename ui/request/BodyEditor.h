// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/request/PairModel.h"
#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;

namespace realmscope {

class PairTable;
class VariableLineEdit;
class VariableTextEdit;

// The body: none, text with a content type, a form, or a file.
class BodyEditor : public QWidget
{
    Q_OBJECT
public:
    explicit BodyEditor(RequestSession &session, QWidget *parent = nullptr);
    void showUse(const UnresolvedUse &use); // selects it, and takes the focus

private:
    void refresh();
    void store(const SpecBody &body);
    void check();

    RequestSession &m_session;
    QButtonGroup *m_kinds = nullptr;
    QStackedWidget *m_stack = nullptr;
    VariableTextEdit *m_text = nullptr;
    QComboBox *m_contentType = nullptr;
    QLabel *m_remark = nullptr;
    PairModel *m_form = nullptr;
    PairTable *m_formTable = nullptr;
    VariableLineEdit *m_file = nullptr;
    QCheckBox *m_fileTemplate = nullptr;
};

} // namespace realmscope
