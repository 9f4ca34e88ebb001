// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/StepList.h"

#include "ui/theme/Theme.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr std::array allSteps{ChecklistStep::Sent,       ChecklistStep::Understood,     ChecklistStep::Correct,
                              ChecklistStep::Fresh,      ChecklistStep::StaleState,     ChecklistStep::Reauthenticate,
                              ChecklistStep::Allowed,    ChecklistStep::ServerSide,     ChecklistStep::Retest};

constexpr int fullHeight = 48; // of a row: its title and the word of its verdict

class StepRow final : public QAbstractButton
{
public:
    StepRow(ChecklistStep step, QWidget *parent) : QAbstractButton(parent), m_step(step)
    {
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumHeight(28); // in a low window, without the word
        setMaximumHeight(fullHeight);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        setAttribute(Qt::WA_Hover);
        setItem({step, StepVerdict::NotRun, {}});
        QObject::connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }
    [[nodiscard]] ChecklistStep step() const { return m_step; }
    void setItem(const ChecklistItem &item)
    {
        m_item = item;
        const QString name = u"%1 %2: %3"_s.arg(int(m_step) + 1).arg(checklistStepTitle(m_step),
                                                                      stepVerdictLook(item.verdict).word);
        setAccessibleName(name);
        setAccessibleDescription(item.note);
        setToolTip(item.note);
        update();
    }
    [[nodiscard]] QSize sizeHint() const override { return {180, fullHeight}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (isChecked()) {
            painter.fillRect(rect(), theme.color(Token::AccSoft));
            painter.fillRect(QRect(0, 0, 2, height()), theme.color(Token::AccFill));
        } else if (underMouse()) {
            painter.fillRect(rect(), theme.color(Token::Hover));
        }
        const StepVerdictLook look = stepVerdictLook(m_item.verdict);
        const bool isLow = height() < fullHeight - 4;
        const QRectF line(36, isLow ? 0 : 6, width() - 40, isLow ? height() : 20);
        theme.paintIcon(painter, look.icon, QRectF(12, line.center().y() - 8, 16, 16), look.color);
        painter.setPen(theme.color(Token::Fg));
        painter.setFont(Theme::font(isChecked() ? FontStyle::BodyMedium : FontStyle::Body));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         u"%1  %2"_s.arg(int(m_step) + 1).arg(checklistStepTitle(m_step)));
        if (!isLow) {
            painter.setFont(Theme::font(FontStyle::Tiny));
            painter.setPen(theme.color(look.color));
            painter.drawText(QRectF(36, 25, width() - 40, 16), Qt::AlignLeft | Qt::AlignVCenter, look.word);
        }
        if (hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.color(Token::Acc), 2));
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
        }
    }

    void keyPressEvent(QKeyEvent *event) override
    {
        const int delta = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
        const int next = int(m_step) + delta;
        if (delta == 0 || next < 0 || next >= int(allSteps.size())) {
            QAbstractButton::keyPressEvent(event);
            return;
        }
        const auto rows = parentWidget()->findChildren<QAbstractButton *>(QString(), Qt::FindDirectChildrenOnly);
        rows.at(next)->setFocus(Qt::TabFocusReason);
        rows.at(next)->click();
    }

private:
    ChecklistStep m_step;
    ChecklistItem m_item;
};

} // namespace

StepVerdictLook stepVerdictLook(StepVerdict verdict)
{
    switch (verdict) {
    case StepVerdict::Passed:
        return {u"circle-check"_s, Token::Good, StepList::tr("Passed")};
    case StepVerdict::Problem:
        return {u"circle-x"_s, Token::Bad, StepList::tr("Problem")};
    case StepVerdict::CantTell:
        return {u"circle-question-mark"_s, Token::Info, StepList::tr("Can't tell")};
    case StepVerdict::NeedsYou:
        return {u"hand"_s, Token::Warn, StepList::tr("Needs you")};
    case StepVerdict::NotRun:
        break;
    }
    return {u"circle-dashed"_s, Token::Fg3, StepList::tr("Not run")};
}

StepList::StepList(QWidget *parent) : QWidget(parent)
{
    setFixedWidth(180);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (const ChecklistStep step : allSteps) {
        auto *row = new StepRow(step, this);
        layout->addWidget(row);
        m_rows.append(row);
        connect(row, &QAbstractButton::clicked, this, [this, step] {
            m_current = step;
            Q_EMIT currentChanged(step);
        });
    }
    m_rows.first()->setChecked(true);
}

void StepList::setItems(const QList<ChecklistItem> &items)
{
    for (const ChecklistItem &item : items)
        static_cast<StepRow *>(m_rows.at(int(item.step)))->setItem(item);
}

void StepList::setCurrent(ChecklistStep step)
{
    const bool hadFocus = std::ranges::any_of(m_rows, &QAbstractButton::hasFocus);
    m_current = step;
    m_rows.at(int(step))->setChecked(true);
    if (hadFocus)
        focusCurrent();
}

void StepList::focusCurrent()
{
    m_rows.at(int(m_current))->setFocus(Qt::ShortcutFocusReason);
}

} // namespace realmscope
