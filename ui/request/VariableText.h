// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/workspace/Variables.h"

#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>

class QCompleter;
class QStandardItemModel;

namespace realmscope {

// "environment Staging", for a person.
[[nodiscard]] QString variableOrigin(const VariableUse &use);
// One line: "{{baseUrl}} is https://…, from environment Staging", or why it has no value and what to do.
[[nodiscard]] QString describeVariable(const VariableUse &use);
// All of a text, a line each; empty without variables.
[[nodiscard]] QString describeVariables(const Variables &variables, const QString &text);

// The list that opens behind "{{": what may stand there, with its value and where it is from. Belongs to an editor, which
// calls typed() after each key and asks takesKey() before it handles one itself.
class VariableCompletion : public QObject
{
    Q_OBJECT
public:
    explicit VariableCompletion(QWidget *editor);
    void setVariables(const Variables &variables) { m_variables = variables; }
    // cursorRect: in the editor's coordinates. Opens, narrows or closes the list.
    void typed(const QString &text, qsizetype cursor, const QRect &cursorRect);
    void close();
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] bool takesKey(const QKeyEvent &event) const; // Return, Tab, Escape while the list is open

Q_SIGNALS:
    void chosen(qsizetype from, const QString &name); // from: after "{{"

private:
    void fill();

    QWidget *m_editor = nullptr;
    Variables m_variables;
    QCompleter *m_completer = nullptr;
    QStandardItemModel *m_model = nullptr;
    qsizetype m_from = 0;
};

// A line in which {{variables}} have a colour of their own, red without a value; the tooltip tells the value.
class VariableLineEdit : public QLineEdit
{
    Q_OBJECT
public:
    explicit VariableLineEdit(QWidget *parent = nullptr);
    virtual void setVariables(const Variables &variables);
    [[nodiscard]] const QList<VariableUse> &uses() const { return m_uses; }
    void selectUse(const VariableUse &use); // and takes the focus

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    [[nodiscard]] double textOrigin() const; // x of the first character, scrolled or not
    [[nodiscard]] double xOf(qsizetype position) const;
    void colourVariables();

private:
    Variables m_variables;
    QList<VariableUse> m_uses;
    VariableCompletion *m_completion = nullptr;
};

// The same for a text of many lines.
class VariableTextEdit : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit VariableTextEdit(QWidget *parent = nullptr);
    void setVariables(const Variables &variables);
    void selectUse(const VariableUse &use);

protected:
    bool viewportEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    class Highlighter;
    Variables m_variables;
    Highlighter *m_highlighter = nullptr;
    VariableCompletion *m_completion = nullptr;
};

} // namespace realmscope
