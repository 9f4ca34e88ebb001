// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;

namespace realmscope {

class VerdictBadge;

// A piece of BannerText. link: what linkActivated() tells when it is pressed; -1 for plain words.
struct BannerPart
{
    QString text;
    int link = -1;
};

// One line of plain text with links in it, which ends in "…" where there is no room; never asks for more than a little.
// Left and Right choose a link, Return follows it.
class BannerText : public QWidget
{
    Q_OBJECT
public:
    explicit BannerText(QWidget *parent = nullptr);
    void setText(const QString &text);
    void setParts(const QList<BannerPart> &parts);
    [[nodiscard]] QString text() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void linkActivated(int link);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Placed // a part where it is painted
    {
        QString text;
        int link = -1;
        QRectF rect;
    };
    [[nodiscard]] QList<Placed> placed() const;
    [[nodiscard]] int linkAt(const QPointF &position) const;

    QList<BannerPart> m_parts;
    int m_linkCount = 0;
    int m_current = 0;  // the link that Return follows
    int m_hovered = -1;
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
    void placeRequested(const realmscope::UnresolvedUse &use); // where a variable has no value
    void requestWanted(const QString &name); // whose answer is used and was not got yet

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum class Look { Proven, Likely, Possible, Good, Neutral };
    enum class Action { None, ApplyFix, ShowCredential, AllowOrigin, EditProfile, EditUrl, ShowVariable, OpenRequest, Resend };

    void refresh();
    void showError(const Error &error, const QString &title);
    void offerPlace(const UnresolvedUse &unresolved);
    void showFinding(const Finding &finding, const std::optional<Error> &failure);
    void showEvidence(const Finding &finding, const std::optional<Error> &failure);
    void setLook(Look look, const QString &icon, const QString &badge, const QString &badgeIcon);
    void setAction(Action action, const QString &text, const QString &icon);
    void act();
    void askForOrigin();
    void layoutForWidth();

    RequestSession &m_session;
    QLabel *m_icon = nullptr;
    QLabel *m_title = nullptr;
    VerdictBadge *m_badge = nullptr;
    BannerText *m_text = nullptr;
    QPushButton *m_button = nullptr;
    QPushButton *m_troubleshoot = nullptr;
    Look m_look = Look::Neutral;
    QString m_iconName;
    Action m_action = Action::None;
    Fix m_fix;
    QList<Evidence> m_evidence; // behind the links
    std::optional<Error> m_fixError;
    UnresolvedUse m_unresolved;
    QString m_announced;
};

} // namespace realmscope
