// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtCore/QAbstractTableModel>
#include <QtCore/QTimer>

namespace realmscope {

// The headers of a request: those the user wrote (editable, with a checkbox), and those that Realmscope makes (locked,
// with their source). The last row is the one to add with.
class RequestHeadersModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Check, Name, Value, Source, ColumnCount };
    enum Role { LockedRole = Qt::UserRole + 1, ProblemRole, IconNameRole, OffRole, RemarkRole, AddRowRole, MaskedRole,
                RevealedRole, FolderRole /* QString: of an inherited header; null otherwise */, UnresolvedRole /* QStringList: variables without a value */ };

    explicit RequestHeadersModel(RequestSession &session, QObject *parent = nullptr);

    void setShowDefaults(bool show);
    [[nodiscard]] bool showsDefaults() const { return m_showDefaults; }
    void refresh(); // reads the session again
    void removeHeader(int row); // one of the user's
    [[nodiscard]] bool isAddRow(int row) const { return row == m_rows.size(); }
    [[nodiscard]] int sentCount() const { return m_sentCount; }
    // The value of a masked row that the user wrote; empty when the row is a profile's.
    [[nodiscard]] QString secretOf(int row) const;
    [[nodiscard]] int rowOf(qsizetype userIndex) const; // -1
    // Shows the value in its row for 30 s, or until hideRevealed(); one row at a time.
    void reveal(int row, const QString &value);
    void hideRevealed();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        int userIndex = -1; // in the spec's headers; -1: locked
        QString name;
        QString value;
        QString remark;     // after the value, in a quieter colour
        bool enabled = true;
        bool masked = false;
        bool revealed = false;
        HeaderSource source = HeaderSource::User;
        QString sourceDetail;
        QString problem;
        QString nameVariables;  // what its variables are, for a person
        QString valueVariables;
        QStringList unresolved;
        QString folder; // inherited from this one; null: not inherited
    };

    [[nodiscard]] QList<Row> build() const;
    // Rows that stay keep selection and an open editor: the one block that differs is removed and inserted.
    void replaceRows(const QList<Row> &rows);
    static void describe(Row &row, const Variables &variables, const SpecHeader &header); // its variables
    void appendProfileRows(QList<Row> &rows) const;
    void appendCookieRow(QList<Row> &rows, const Request &preview) const;
    [[nodiscard]] QString sentTokenRemark(const CredentialProfile &profile) const;
    [[nodiscard]] static QString problemOf(const SpecHeader &header);

    RequestSession &m_session;
    QList<Row> m_rows;
    struct Revealed
    {
        QString name;
        int userIndex = -1;
        QString value;
    };
    [[nodiscard]] bool isRevealed(const Row &row) const;

    bool m_showDefaults = true;
    int m_sentCount = 0;
    std::optional<Revealed> m_revealed;
    QTimer m_hide;
};

} // namespace realmscope
