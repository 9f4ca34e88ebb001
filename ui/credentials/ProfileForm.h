// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/runner/TokenRevocation.h"
#include "ui/session/AppContext.h"

#include <QtWidgets/QWidget>

#include <functional>
#include <optional>

class QBoxLayout;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace realmscope {

// One profile, drawn from the fields of its scheme. Nothing is stored before Save; a secret field that was not touched
// keeps what the store has.
class ProfileForm : public QWidget
{
    Q_OBJECT
public:
    explicit ProfileForm(AppContext &context, QWidget *parent = nullptr);

    // Edits of another profile that are not saved are kept, and come back when it is shown again.
    void show(const CredentialProfile &profile, bool isNew);
    [[nodiscard]] std::optional<CredentialProfile> unsavedNew() const; // a new profile that was begun
    void forget(const QString &profileId);                             // its unsaved edits
    void storeChanged();                                               // shows what the store has now, unless edited
    // How many requests of open tabs use it that the workspace's files do not tell of.
    void setTabUses(std::function<int(const QString &profile)> count) { m_countTabUses = std::move(count); }
    void showExpiry(); // by the clock
    void showPlaceRemark(); // the vault was locked or unlocked
    void focusField(const QString &fieldId);
    [[nodiscard]] const CredentialProfile &profile() const { return m_profile; }
    [[nodiscard]] bool isModified() const { return m_modified; }
    void save(); // asynchronous; saved() or an error line

Q_SIGNALS:
    void saved(const QString &profileId);
    void renamed(const QString &from, const QString &to); // before saved()
    void removeRequested(const QString &profileId);
    void discarded(); // a new profile that is not wanted
    void duplicateRequested(const QString &profileId);

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Draft
    {
        CredentialProfile profile;
        QMap<QString, Secret> secrets;
        QMap<QString, QString> references;
        bool isElsewhere = false;
        bool isNew = false;
    };

    void rebuild();
    void discard();
    void addField(QFormLayout *form, const SchemeField &field);
    void showFieldsThatCount();
    void showUses();
    [[nodiscard]] QBoxLayout *withRemark(QWidget *field, const QString &remark);
    void placeRemarks();
    void addTogether(QVBoxLayout *layout);
    void addTokens(QVBoxLayout *layout);
    void revoke();
    void revoked(const QString &profileId);
    void addApproval(QVBoxLayout *layout);
    void approve();
    void changePlace();
    [[nodiscard]] QString placeRemark() const;
    void addOrigins(QVBoxLayout *layout);
    void addTest(QVBoxLayout *layout);
    void runTest();
    void touch();
    void showError(const Error &error);
    void showMessage(const QString &text, bool good);
    [[nodiscard]] CredentialProfile collected() const;

    AppContext &m_context;
    CredentialProfile m_profile;
    bool m_isNew = false;
    bool m_modified = false;
    QVBoxLayout *m_layout = nullptr;
    QWidget *m_content = nullptr;
    QLineEdit *m_name = nullptr;
    QComboBox *m_scheme = nullptr;
    QComboBox *m_place = nullptr;
    QLabel *m_placeRemark = nullptr; // behind it
    QLineEdit *m_newOrigin = nullptr;
    QLineEdit *m_testUrl = nullptr;
    QLabel *m_message = nullptr;
    QLabel *m_uses = nullptr;
    QLabel *m_expiry = nullptr;
    std::function<int(const QString &)> m_countTabUses;
    QPushButton *m_save = nullptr;
    QPushButton *m_discard = nullptr;
    QPushButton *m_testButton = nullptr;
    QMap<QString, QWidget *> m_editors; // by field id
    QList<QBoxLayout *> m_remarkRows;
    QFormLayout *m_fieldForm = nullptr; // of the scheme's fields
    QMap<QString, int> m_fieldRows;     // by field id
    QMap<QString, Secret> m_typedSecrets;
    bool m_isElsewhere = false;               // the secret fields take references
    QMap<QString, QString> m_referenceTexts; // what stands in them, by field id
    QPushButton *m_revokeButton = nullptr;
    std::unique_ptr<QObject> m_test; // the running Test
    std::unique_ptr<TokenRevocation> m_revocation;
    QHash<QString, Draft> m_drafts;  // by profile id
};

} // namespace realmscope
