// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/base/Secret.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <optional>

class QLabel;
class QLineEdit;

namespace realmscope {

class IconButton;

// A field for a secret. Masked by a fixed number of bullets, so that its length is not told; one that is kept in a store
// is not even read before somebody asks to see it. What is shown hides after 30 s, when the tab changes and when the
// window loses the focus. Alt+R reveals and hides.
class SecretField : public QWidget
{
    Q_OBJECT
public:
    explicit SecretField(const QString &name, QWidget *parent = nullptr);

    void setStored(bool isStored);       // there is one in the store, which stays unless something is typed
    void setTyped(const Secret &secret); // as if typed, masked
    void showSecret(const Secret &secret); // the owner's answer to revealRequested()
    [[nodiscard]] bool isEdited() const { return m_edited; }
    [[nodiscard]] bool isVisibleNow() const { return m_isVisible; }
    [[nodiscard]] Secret typed() const;  // what was typed; empty when nothing was
    void hideSecret();
    void setCopyable(bool isCopyable); // it is by default
    void setEmptyText(const QString &text) // what stands in it while nothing does; "Not set" by default
    {
        m_emptyText = text;
        refresh();
    }
    [[nodiscard]] QLineEdit *lineEdit() const { return m_edit; }

Q_SIGNALS:
    void edited();
    void revealRequested(); // a stored secret is wanted: answer with showSecret()
    void copyRequested();   // a stored secret is wanted on the clipboard: answer with copySecret()

protected:
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    void toggle();
    void copy();
    void reveal();
    void tick();
    void refresh();

    QLineEdit *m_edit = nullptr;
    IconButton *m_eye = nullptr;
    IconButton *m_copy = nullptr;
    QLabel *m_note = nullptr;
    QTimer m_timer;
    QString m_name;
    QString m_emptyText = tr("Not set");
    int m_secondsLeft = 0;
    bool m_isStored = false;
    bool m_edited = false;
    bool m_isVisible = false;
};

} // namespace realmscope
