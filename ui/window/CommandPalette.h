// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include <functional>

class QLineEdit;
class QListView;

namespace realmscope {

struct Command
{
    QString icon;
    QString title;
    QString hint;   // keys, or what it is: "request"
    QString words;  // more to be found by
    std::function<void()> run;
};

// The commands that have every word of a text, best first: those that begin with it, then those that hold it in the
// title, then those found by their other words.
class CommandModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { IconRole = Qt::UserRole + 1, HintRole };
    using QAbstractListModel::QAbstractListModel;
    void setCommands(QList<Command> commands);
    void setFilter(const QString &text);
    [[nodiscard]] const Command &command(int row) const { return m_commands.at(m_shown.at(row)); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<Command> m_commands;
    QList<qsizetype> m_shown;
    QString m_filter;
};

// Ctrl+K: everything that can be done, over the top third of the window. Escape gives the focus back.
class CommandPalette : public QWidget
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget *window);
    void open(QList<Command> commands);
    [[nodiscard]] QLineEdit *field() const { return m_field; }
    [[nodiscard]] QListView *list() const { return m_list; }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void place();
    void close();
    void runCurrent();

    CommandModel *m_model = nullptr;
    QLineEdit *m_field = nullptr;
    QListView *m_list = nullptr;
    QPointer<QWidget> m_focusBefore;
};

} // namespace realmscope
