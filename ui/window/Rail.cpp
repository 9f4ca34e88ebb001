// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/window/Rail.h"

#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"

#include <QtGui/QPainter>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QMenu>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int railWidth = 44;
constexpr int itemSize = 36;

IconButton *makeItem(const QString &icon, const QString &name, QWidget *parent)
{
    auto *button = new IconButton(icon, name, parent);
    button->setFixedSize(itemSize, itemSize);
    button->setIconSize({18, 18});
    return button;
}

void openMenuAt(QMenu *menu, const QWidget *button)
{
    const QPoint corner = button->mapToGlobal(QPoint(button->width() + 4, button->height()));
    menu->popup(corner - QPoint(0, menu->sizeHint().height()));
}

} // namespace

QString placeKeys(Place place)
{
    switch (place) {
    case Place::Requests:
        return u"Alt+1"_s;
    case Place::Credentials:
        return u"Alt+2"_s;
    case Place::History:
        return u"Alt+3"_s;
    case Place::Practice:
        break;
    }
    return u"Alt+5"_s; // 4 is kept for the access matrix
}

Rail::Rail(QWidget *parent) : QWidget(parent)
{
    setFixedWidth(railWidth);
    setAccessibleName(tr("Places"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 52, 4, 4);
    layout->setSpacing(4);
    auto *group = new QButtonGroup(this);
    m_places = {makeItem(u"folder-tree"_s, tr("Requests"), this), makeItem(u"key-round"_s, tr("Credentials"), this),
                makeItem(u"history"_s, tr("History"), this), makeItem(u"flask-conical"_s, tr("Practice"), this)};
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        IconButton *button = m_places.at(i);
        button->setCheckable(true);
        button->setName(button->accessibleName(), placeKeys(static_cast<Place>(i)));
        group->addButton(button, static_cast<int>(i));
        layout->addWidget(button);
    }
    m_places.front()->setChecked(true);
    layout->addStretch();
    m_help = makeItem(u"circle-question-mark"_s, tr("Help"), this);
    m_settings = makeItem(u"settings"_s, tr("Settings"), this);
    layout->addWidget(m_help);
    layout->addWidget(m_settings);
    connect(group, &QButtonGroup::idClicked, this, [this](int id) { Q_EMIT placeChosen(static_cast<Place>(id)); });
}

void Rail::setPlace(Place place)
{
    m_places.at(static_cast<std::size_t>(place))->setChecked(true);
}

void Rail::setHelpMenu(QMenu *menu)
{
    connect(m_help, &QToolButton::clicked, menu, [this, menu] { openMenuAt(menu, m_help); });
}

void Rail::setSettingsMenu(QMenu *menu)
{
    connect(m_settings, &QToolButton::clicked, menu, [this, menu] { openMenuAt(menu, m_settings); });
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::instance();
    painter.fillRect(rect(), theme.color(Token::Win));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.color(Token::Line));
    theme.paintIcon(painter, u"square-activity"_s, QRectF(11, 11, 22, 22), Token::Acc);
}

} // namespace realmscope
