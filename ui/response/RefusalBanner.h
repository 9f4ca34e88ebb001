// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;

namespace realmscope {

// One line of plain text that ends in "…" where there is no room; never asks for more than a little.
class BannerText : public QWidget
{
    Q_OBJECT
public:
    explicit BannerText(QWidget *parent = nullptr);
    void setText(const QString &text);
    [[nodiscard]] QString text() const { return m_text; }
    void setIsLink(bool on); // underlined on hover, reacts to clicks and Return
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    QString m_text;
    bool m_isLink = false;
};

// What stopped the request, in one line: icon, cause, badge, evidence, the fix, and the way to the troubleshooter. Also
// tells why nothing was sent, and that a fix worked. Hidden when there is nothing to say.
class RefusalBanner : public QWidget
{
    Q_OBJECT
public:
    explicit RefusalBanner(RequestSession &session, QWidget *parent = nullptr);
    void applyFix(); // the one that the button shows; nothing when there is none

Q_SIGNALS:
    void troubleshootRequested();
    void editProfileRequested(const QString &profileName, const QString &fieldId);
    void urlEditRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum class Look { Proven, Likely, Possible, Good, Neutral };
    enum class Action { None, ApplyFix, ShowCredential, AllowOrigin, EditProfile, EditUrl, Resend };

    void refresh();
    void showError(const Error &error, const QString &title);
    void showFinding(const Finding &finding);
    void setLook(Look look, const QString &icon, const QString &badge, const QString &badgeIcon);
    void setAction(Action action, const QString &text, const QString &icon);
    void act();
    void layoutForWidth();

    RequestSession &m_session;
    QLabel *m_icon = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_badge = nullptr;
    BannerText *m_text = nullptr;
    QPushButton *m_button = nullptr;
    QPushButton *m_troubleshoot = nullptr;
    Look m_look = Look::Neutral;
    QString m_iconName;
    Action m_action = Action::None;
    Fix m_fix;
    std::optional<Evidence> m_evidence;
    std::optional<Error> m_fixError;
    QString m_announced;
};

} // namespace realmscope
