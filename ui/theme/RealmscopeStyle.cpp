// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/RealmscopeStyle.h"

#include "ui/theme/StylePaint.h"
#include "ui/theme/Theme.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractScrollArea>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyleFactory>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QTextEdit>
#include <QtWidgets/QToolButton>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int controlHeight = 28;
constexpr int compactHeight = 24;
constexpr int scrollBarWidth = 10;
constexpr int menuRowHeight = 28;
constexpr int tabHeight = 36;

QColor color(Token token)
{
    return Theme::instance().color(token);
}

bool isTextEdit(const QWidget *widget)
{
    return qobject_cast<const QPlainTextEdit *>(widget) || qobject_cast<const QTextEdit *>(widget);
}

int mnemonicFlags(const QStyle &style, const QStyleOption &option, const QWidget *widget)
{
    return style.styleHint(QStyle::SH_UnderlineShortcut, &option, widget) ? Qt::TextShowMnemonic
                                                                          : Qt::TextHideMnemonic;
}

} // namespace

RealmscopeStyle::RealmscopeStyle() : QProxyStyle(QStyleFactory::create(u"Fusion"_s))
{
    setObjectName(u"realmscope"_s);
}

void RealmscopeStyle::polish(QApplication *application)
{
    QProxyStyle::polish(application);
    application->installEventFilter(this);
}

void RealmscopeStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QLineEdit *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (qobject_cast<QPushButton *>(widget) && widget->font().weight() == QFont::Normal
        && !widget->testAttribute(Qt::WA_SetFont))
        widget->setFont(Theme::font(paint::isCompact(widget) ? FontStyle::SmallMedium : FontStyle::BodyMedium));
}

bool RealmscopeStyle::eventFilter(QObject *object, QEvent *event)
{
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        // Who points does not need the ring that shows where the keyboard is.
        if (auto *widget = qobject_cast<QWidget *>(object))
            widget->window()->setAttribute(Qt::WA_KeyboardFocusChange, false);
        break;
    case QEvent::DynamicPropertyChange: {
        auto *widget = qobject_cast<QWidget *>(object);
        if (!widget)
            break;
        if (auto *button = qobject_cast<QPushButton *>(widget); button && paint::isCompact(button)
            && button->font() == Theme::font(FontStyle::BodyMedium)) {
            button->setFont(Theme::font(FontStyle::SmallMedium));
            button->updateGeometry();
        }
        widget->update();
        break;
    }
    case QEvent::FocusIn:
    case QEvent::FocusOut:
        // Rows of a pane that loses the focus change colour, also when one of its children had it.
        if (auto *view = qobject_cast<QAbstractItemView *>(object))
            view->viewport()->update();
        break;
    default:
        break;
    }
    return QProxyStyle::eventFilter(object, event);
}

void RealmscopeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                                    const QWidget *widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        paint::button(*painter, *option, paint::buttonKind(widget), option->state & State_On);
        return;
    case PE_PanelButtonTool:
        paint::button(*painter, *option, paint::ButtonKind::Flat, option->state & State_On);
        return;
    case PE_PanelLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (!frame || frame->lineWidth <= 0)
            return; // stands in something that draws the field
        paint::field(*painter, *option, widget, option->state & State_ReadOnly);
        return;
    }
    case PE_FrameLineEdit:
        return; // part of the panel
    case PE_FrameDefaultButton:
        return;
    case PE_FrameFocusRect:
        if (option->state & State_KeyboardFocusChange)
            paint::focusRing(*painter, QRectF(option->rect), 4, false);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        paint::checkBox(*painter, QRectF(option->rect), *option);
        return;
    case PE_IndicatorRadioButton:
        paint::radioButton(*painter, QRectF(option->rect), *option);
        return;
    case PE_Frame: {
        if (isTextEdit(widget)) {
            QStyleOption copy(*option);
            copy.state.setFlag(State_HasFocus, widget->hasFocus());
            const auto *plain = qobject_cast<const QPlainTextEdit *>(widget);
            const auto *rich = qobject_cast<const QTextEdit *>(widget);
            paint::field(*painter, copy, widget, (plain && plain->isReadOnly()) || (rich && rich->isReadOnly()));
            return;
        }
        if (qobject_cast<const QAbstractItemView *>(widget) && widget->window()->windowType() == Qt::Popup)
            return; // the list of a combo box: the popup has the border
        painter->save();
        painter->setPen(color(Token::Line));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5));
        painter->restore();
        return;
    }
    case PE_FrameMenu:
    case PE_PanelMenu:
    case PE_PanelTipLabel:
        painter->save();
        painter->setPen(color(Token::Line2));
        painter->setBrush(element == PE_FrameMenu ? QBrush(Qt::NoBrush) : QBrush(color(Token::Surf)));
        painter->drawRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5));
        painter->restore();
        return;
    case PE_FrameGroupBox:
        paint::box(*painter, QRectF(option->rect), {}, color(Token::Line));
        return;
    case PE_FrameStatusBarItem:
    case PE_FrameTabBarBase:
        return;
    case PE_FrameTabWidget:
        painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1), color(Token::Line));
        return;
    case PE_IndicatorBranch: {
        if (!(option->state & State_Children))
            return;
        const QRectF area(option->rect.right() - 16, option->rect.center().y() - 6, 13, 13);
        Theme::instance().paintIcon(*painter, option->state & State_Open ? u"chevron-down"_s : u"chevron-right"_s, area,
                                    Token::Fg2);
        return;
    }
    case PE_PanelItemViewRow:
        return; // the item paints the whole row
    case PE_PanelItemViewItem: {
        QColor fill = paint::rowFill(*option, widget);
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
            item && item->backgroundBrush.style() != Qt::NoBrush && !fill.isValid()) {
            painter->fillRect(option->rect, item->backgroundBrush);
            return;
        }
        if (fill.isValid())
            painter->fillRect(option->rect, fill);
        return;
    }
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight: {
        const QString name = element == PE_IndicatorArrowDown ? u"chevron-down"_s
                             : element == PE_IndicatorArrowUp ? u"chevron-up"_s
                             : element == PE_IndicatorArrowLeft ? u"chevron-left"_s
                                                                : u"chevron-right"_s;
        const QPointF center = QRectF(option->rect).center();
        Theme::instance().paintIcon(*painter, name, QRectF(center.x() - 7, center.y() - 7, 14, 14),
                                    option->state & State_Enabled ? Token::Fg2 : Token::Dis);
        return;
    }
    case PE_IndicatorHeaderArrow: {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (header && header->sortIndicator != QStyleOptionHeader::None)
            Theme::instance().paintIcon(*painter, header->sortIndicator == QStyleOptionHeader::SortUp
                                            ? u"chevron-up"_s : u"chevron-down"_s,
                                        QRectF(option->rect), Token::Fg3);
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void RealmscopeStyle::drawButtonLabel(const QStyleOptionButton &option, QPainter &painter, const QWidget *widget) const
{
    const paint::ButtonKind kind = paint::buttonKind(widget);
    const bool isEnabled = option.state & State_Enabled;
    QRect area = option.rect.adjusted(8, 0, -8, 0);
    const bool hasMenu = option.features & QStyleOptionButton::HasMenu;
    if (hasMenu) {
        const QString menuIcon = widget ? widget->property("menuIcon").toString() : QString();
        Theme::instance().paintIcon(painter, menuIcon.isEmpty() ? u"chevron-down"_s : menuIcon,
                                    QRectF(area.right() - 13, option.rect.center().y() - 6, 14, 14),
                                    kind == paint::ButtonKind::Primary ? Token::OnAcc
                                                                       : (isEnabled ? Token::Fg2 : Token::Dis));
        area.adjust(0, 0, -20, 0);
    }
    const int flags = mnemonicFlags(*this, option, widget);
    const int gap = option.icon.isNull() || option.text.isEmpty() ? 0 : 6;
    const int iconWidth = option.icon.isNull() ? 0 : option.iconSize.width();
    const QString text = option.fontMetrics.elidedText(option.text, Qt::ElideRight, area.width() - iconWidth - gap,
                                                       Qt::TextShowMnemonic);
    const int textWidth = option.fontMetrics.size(Qt::TextShowMnemonic, text).width();
    const bool isLeft = widget && widget->property("leftAligned").toBool();
    int x = isLeft ? area.left() : area.left() + qMax(0, (area.width() - iconWidth - gap - textWidth) / 2);
    const bool isIconAfter = widget && widget->property("iconAfter").toBool();
    if (iconWidth > 0) {
        const QRect iconRect(isIconAfter ? x + textWidth + gap : x, option.rect.center().y() - option.iconSize.height() / 2 + (option.rect.height() % 2 == 0),
                             iconWidth, option.iconSize.height());
        option.icon.paint(&painter, iconRect, Qt::AlignCenter, isEnabled ? QIcon::Normal : QIcon::Disabled,
                          option.state & State_On ? QIcon::On : QIcon::Off);
        if (!isIconAfter)
            x += iconWidth + gap;
    }
    painter.setPen(color(paint::buttonText(kind, option)));
    painter.drawText(QRect(x, option.rect.top(), area.right() - x + 1, option.rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | flags, text);
}

void RealmscopeStyle::drawMenuItem(const QStyleOptionMenuItem &option, QPainter &painter) const
{
    const QRect rect = option.rect;
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), color(Token::Line));
        return;
    }
    const bool isEnabled = option.state & State_Enabled;
    if ((option.state & State_Selected) && isEnabled)
        paint::box(painter, QRectF(rect), color(Token::AccSoft), {}, 4);
    const Theme &theme = Theme::instance();
    int x = rect.left() + 10;
    const QRectF mark(x, rect.center().y() - 6, 14, 14);
    if (option.checkType != QStyleOptionMenuItem::NotCheckable) {
        if (option.checked)
            theme.paintIcon(painter, u"check"_s, mark, isEnabled ? Token::Acc : Token::Dis);
    } else if (!option.icon.isNull()) {
        option.icon.paint(&painter, mark.toRect(), Qt::AlignCenter, isEnabled ? QIcon::Normal : QIcon::Disabled);
    }
    if (option.maxIconWidth > 0 || option.menuHasCheckableItems)
        x += 14 + 8;
    const qsizetype tab = option.text.indexOf(u'\t');
    const QString label = tab < 0 ? option.text : option.text.left(tab);
    painter.setFont(option.font);
    painter.setPen(color(isEnabled ? Token::Fg : Token::Dis));
    painter.drawText(QRect(x, rect.top(), rect.right() - x - 10, rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic, label);
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu) {
        theme.paintIcon(painter, u"chevron-right"_s, QRectF(rect.right() - 22, rect.center().y() - 6, 14, 14), Token::Fg2);
    } else if (tab >= 0) {
        painter.setFont(Theme::font(FontStyle::Small));
        painter.setPen(color(isEnabled ? Token::Fg3 : Token::Dis));
        painter.drawText(rect.adjusted(0, 0, -10, 0), Qt::AlignRight | Qt::AlignVCenter, option.text.mid(tab + 1));
    }
}

void RealmscopeStyle::drawTab(const QStyleOptionTab &option, QPainter &painter) const
{
    const bool isChosen = option.state & State_Selected;
    const QRect rect = option.rect;
    painter.setFont(Theme::font(isChosen ? FontStyle::BodyMedium : FontStyle::Body));
    painter.setPen(color(!(option.state & State_Enabled) ? Token::Dis
                         : isChosen || (option.state & State_MouseOver) ? Token::Fg : Token::Fg2));
    painter.drawText(rect, Qt::AlignCenter | Qt::TextShowMnemonic, option.text);
    if (isChosen)
        painter.fillRect(QRect(rect.left() + 6, rect.bottom() - 1, rect.width() - 12, 2), color(Token::AccFill));
    if ((option.state & State_HasFocus) && (option.state & State_KeyboardFocusChange))
        paint::focusRing(painter, QRectF(rect).adjusted(1, 4, -1, -4), 4, false);
}

void RealmscopeStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                                  const QWidget *widget) const
{
    switch (element) {
    case CE_PushButtonBevel:
        paint::button(*painter, *option, paint::buttonKind(widget), option->state & State_On);
        return;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option))
            drawButtonLabel(*button, *painter, widget);
        return;
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            painter->save();
            drawMenuItem(*item, *painter);
            painter->restore();
        }
        return;
    case CE_MenuEmptyArea:
        return;
    case CE_TabBarTabShape:
        return;
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            painter->save();
            drawTab(*tab, *painter);
            painter->restore();
        }
        return;
    case CE_Splitter: {
        const QRect rect = option->rect;
        const bool isVertical = rect.height() > rect.width();
        const QRect line = isVertical ? QRect(rect.center().x(), rect.top(), 1, rect.height())
                                      : QRect(rect.left(), rect.center().y(), rect.width(), 1);
        painter->fillRect(line, color(option->state & State_MouseOver ? Token::AccLine : Token::Line));
        return;
    }
    case CE_Header:
        // QCommonStyle asks its own subElementRect() for the label, not the proxy's: a margin of 8 above and below
        // would cut the text of a head of 24 px.
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            drawControl(CE_HeaderSection, header, painter, widget);
            QStyleOptionHeader label(*header);
            label.rect = subElementRect(SE_HeaderLabel, header, widget);
            if (header->sortIndicator != QStyleOptionHeader::None) {
                QStyleOptionHeader arrow(*header);
                arrow.rect = QRect(label.rect.right() - 11, header->rect.center().y() - 5, 12, 12);
                drawPrimitive(PE_IndicatorHeaderArrow, &arrow, painter, widget);
                label.rect.adjust(0, 0, -16, 0);
            }
            if (label.rect.isValid())
                drawControl(CE_HeaderLabel, &label, painter, widget);
        }
        return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, color(Token::Alt));
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), color(Token::Line));
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            painter->save();
            painter->setFont(Theme::font(FontStyle::TinyMedium));
            painter->setPen(color(Token::Fg3));
            const QRect rect = option->rect.adjusted(0, 0, 0, -1);
            painter->drawText(rect, static_cast<int>(Qt::AlignVCenter | (header->textAlignment & Qt::AlignHorizontal_Mask)),
                              painter->fontMetrics().elidedText(header->text, Qt::ElideRight, rect.width()));
            painter->restore();
        }
        return;
    case CE_ItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            QStyleOptionViewItem copy(*item);
            // Selection is a soft fill here, so its text keeps its colour.
            const QBrush text = copy.palette.brush(QPalette::Active, QPalette::Text);
            for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive})
                copy.palette.setBrush(group, QPalette::HighlightedText, text);
            QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        return;
    case CE_ComboBoxLabel:
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            if (combo->editable)
                return;
            QRect area = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
            painter->save();
            if (!combo->currentIcon.isNull()) {
                const QRect iconRect(area.left(), area.center().y() - combo->iconSize.height() / 2 + 1,
                                     combo->iconSize.width(), combo->iconSize.height());
                combo->currentIcon.paint(painter, iconRect, Qt::AlignCenter,
                                         combo->state & State_Enabled ? QIcon::Normal : QIcon::Disabled);
                area.setLeft(iconRect.right() + 7);
            }
            painter->setPen(combo->state & State_Enabled
                                ? (widget ? widget->palette().color(QPalette::ButtonText) : color(Token::Fg))
                                : color(Token::Dis));
            painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                              combo->fontMetrics.elidedText(combo->currentText, Qt::ElideRight, area.width()));
            painter->restore();
        }
        return;
    case CE_ProgressBarGroove:
        paint::box(*painter, QRectF(option->rect), color(Token::Press), {}, 2);
        return;
    case CE_ProgressBarContents:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option)) {
            const double total = qMax(1, bar->maximum - bar->minimum);
            const double part = qBound(0.0, (bar->progress - bar->minimum) / total, 1.0);
            QRectF done(option->rect);
            done.setWidth(done.width() * part);
            paint::box(*painter, done, color(Token::AccFill), {}, 2);
        }
        return;
    case CE_SizeGrip:
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void RealmscopeStyle::drawComboBox(const QStyleOptionComboBox &option, QPainter &painter, const QWidget *widget) const
{
    QStyleOption copy(option);
    if (option.frame) {
        const bool isKeyboard = option.editable || (option.state & State_KeyboardFocusChange);
        copy.state.setFlag(State_HasFocus, (option.state & State_HasFocus) && isKeyboard);
        paint::field(painter, copy, widget, false);
        if (!option.editable && (option.state & State_Enabled) && (option.state & (State_MouseOver | State_On)))
            paint::box(painter, QRectF(option.rect).adjusted(1, 1, -1, -1), color(Token::Hover), {}, 5);
    } else if ((option.state & State_HasFocus) && (option.state & State_KeyboardFocusChange)) {
        paint::focusRing(painter, QRectF(option.rect).adjusted(2, 2, -2, -2), 4, false);
    }
    if (option.subControls & SC_ComboBoxArrow) {
        const QRectF arrow(subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, widget));
        Theme::instance().paintIcon(painter, u"chevron-down"_s,
                                    QRectF(arrow.center().x() - 7, arrow.center().y() - 7, 14, 14),
                                    option.state & State_Enabled ? Token::Fg2 : Token::Dis);
    }
}

void RealmscopeStyle::drawScrollBar(const QStyleOptionSlider &option, QPainter &painter, const QWidget *widget) const
{
    QColor ground = color(Token::Surf);
    const QWidget *above = widget ? widget->parentWidget() : nullptr;
    while (above && !qobject_cast<const QAbstractScrollArea *>(above))
        above = above->parentWidget();
    if (const auto *area = qobject_cast<const QAbstractScrollArea *>(above))
        ground = area->viewport()->palette().color(area->viewport()->backgroundRole());
    if (ground.alpha() == 255)
        painter.fillRect(option.rect, ground);
    if (option.maximum <= option.minimum)
        return;
    const QRectF slider(subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget));
    const bool isActive = (option.activeSubControls & SC_ScrollBarSlider) && (option.state & (State_MouseOver | State_Sunken));
    const QRectF thumb = option.orientation == Qt::Vertical ? slider.adjusted(2, 1, -2, -1) : slider.adjusted(1, 2, -1, -2);
    paint::box(painter, thumb, color(isActive ? Token::Ctl : Token::Line2), {}, 3);
}

void RealmscopeStyle::drawSpinBox(const QStyleOptionSpinBox &option, QPainter &painter, const QWidget *widget) const
{
    QStyleOption copy(option);
    copy.state.setFlag(State_HasFocus, paint::hasFocusInside(widget));
    if (option.frame)
        paint::field(painter, copy, widget, false);
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const auto arrow = [&](SubControl control, const QString &icon, QAbstractSpinBox::StepEnabledFlag flag) {
        const QRectF rect(subControlRect(CC_SpinBox, &option, control, widget));
        const bool isOn = (option.stepEnabled & flag) && (option.state & State_Enabled);
        if (isOn && option.activeSubControls == control && (option.state & State_MouseOver))
            paint::box(painter, rect, color(Token::Hover), {}, 3);
        Theme::instance().paintIcon(painter, icon, QRectF(rect.center().x() - 5, rect.center().y() - 5, 10, 10),
                                    isOn ? Token::Fg2 : Token::Dis);
    };
    arrow(SC_SpinBoxUp, u"chevron-up"_s, QAbstractSpinBox::StepUpEnabled);
    arrow(SC_SpinBoxDown, u"chevron-down"_s, QAbstractSpinBox::StepDownEnabled);
}

void RealmscopeStyle::drawToolButton(const QStyleOptionToolButton &option, QPainter &painter, const QWidget *widget) const
{
    QStyleOptionToolButton copy(option);
    if (option.state & State_AutoRaise || paint::buttonKind(widget) == paint::ButtonKind::Flat)
        paint::button(painter, copy, paint::ButtonKind::Flat, option.state & State_On);
    else
        paint::button(painter, copy, paint::buttonKind(widget), option.state & State_On);
    copy.state &= ~(State_Sunken | State_Raised); // nothing moves
    copy.features &= ~(QStyleOptionToolButton::HasMenu | QStyleOptionToolButton::MenuButtonPopup
                       | QStyleOptionToolButton::PopupDelay);
    drawControl(CE_ToolButtonLabel, &copy, &painter, widget);
}

void RealmscopeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                         const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option))
            return drawComboBox(*combo, *painter, widget);
    } else if (control == CC_ScrollBar) {
        if (const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option))
            return drawScrollBar(*slider, *painter, widget);
    } else if (control == CC_SpinBox) {
        if (const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option))
            return drawSpinBox(*spin, *painter, widget);
    } else if (control == CC_ToolButton) {
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option))
            return drawToolButton(*button, *painter, widget);
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect RealmscopeStyle::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    switch (element) {
    case SE_LineEditContents: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            return option->rect.adjusted(6, 1, -6, -1); // and 2 px that QLineEdit adds itself
        return option->rect;
    }
    case SE_PushButtonFocusRect:
    case SE_PushButtonContents:
        return option->rect;
    case SE_TabBarTabText:
        return option->rect;
    case SE_HeaderLabel: // Fusion takes the margin off above and below as well, which cuts 24 px heads
        return option->rect.adjusted(8, 0, -8, 0);
    default:
        return QProxyStyle::subElementRect(element, option, widget);
    }
}

QRect RealmscopeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl,
                                      const QWidget *widget) const
{
    const QRect rect = option->rect;
    if (control == CC_ComboBox) {
        if (subControl == SC_ComboBoxArrow)
            return QRect(rect.right() - 23, rect.top(), 20, rect.height());
        if (subControl == SC_ComboBoxEditField)
            return rect.adjusted(9, 1, -26, -1);
        if (subControl == SC_ComboBoxListBoxPopup)
            return rect;
    } else if (control == CC_ScrollBar) {
        const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!slider)
            return {};
        const bool isVertical = slider->orientation == Qt::Vertical;
        const int length = isVertical ? rect.height() : rect.width();
        const double range = double(slider->maximum) - slider->minimum;
        int thumb = length;
        if (range > 0)
            thumb = qBound(28, int(length * (slider->pageStep / (range + slider->pageStep))), length);
        const int start = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition, length - thumb,
                                                  slider->upsideDown);
        const auto part = [&](int from, int size) {
            return isVertical ? QRect(rect.left(), rect.top() + from, rect.width(), size)
                              : QRect(rect.left() + from, rect.top(), size, rect.height());
        };
        switch (subControl) {
        case SC_ScrollBarGroove:
            return rect;
        case SC_ScrollBarSlider:
            return part(start, thumb);
        case SC_ScrollBarSubPage:
            return part(0, start);
        case SC_ScrollBarAddPage:
            return part(start + thumb, length - start - thumb);
        default:
            return {}; // no arrows
        }
    } else if (control == CC_SpinBox) {
        const int buttons = 20;
        const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
        const bool hasButtons = spin && spin->buttonSymbols != QAbstractSpinBox::NoButtons;
        switch (subControl) {
        case SC_SpinBoxUp:
            return QRect(rect.right() - buttons - 1, rect.top() + 3, buttons, rect.height() / 2 - 3);
        case SC_SpinBoxDown:
            return QRect(rect.right() - buttons - 1, rect.top() + rect.height() / 2, buttons, rect.height() / 2 - 3);
        case SC_SpinBoxEditField:
            return rect.adjusted(6, 1, hasButtons ? -buttons - 3 : -6, -1);
        default:
            return rect;
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QSize RealmscopeStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                        const QWidget *widget) const
{
    const int height = paint::isCompact(widget) ? compactHeight : controlHeight;
    switch (type) {
    case CT_PushButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (!button)
            break;
        const bool hasIcon = !button->icon.isNull();
        int width = option->fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
        if (hasIcon)
            width += button->iconSize.width() + (button->text.isEmpty() ? 0 : 6);
        if (button->features & QStyleOptionButton::HasMenu)
            width += 20;
        return QSize(width + (paint::isCompact(widget) ? 18 : 22), height);
    }
    case CT_LineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            return QSize(size.width() + 12, height);
        return size;
    }
    case CT_ComboBox:
        return QSize(size.width() + 38, height);
    case CT_SpinBox:
        return QSize(size.width() + 34, height);
    case CT_ToolButton: {
        const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
        if (button && button->toolButtonStyle == Qt::ToolButtonIconOnly)
            return QSize(height, height);
        return QSize(size.width() + 12, height);
    }
    case CT_HeaderSection:
        return QSize(QProxyStyle::sizeFromContents(type, option, size, widget).width(), 24);
    case CT_ItemViewItem: {
        QSize item = QProxyStyle::sizeFromContents(type, option, size, widget);
        return QSize(item.width(), qMax(item.height(), controlHeight));
    }
    case CT_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (!item)
            break;
        if (item->menuItemType == QStyleOptionMenuItem::Separator)
            return QSize(10, 9);
        const qsizetype tab = item->text.indexOf(u'\t');
        int width = item->fontMetrics.size(Qt::TextShowMnemonic, tab < 0 ? item->text : item->text.left(tab)).width();
        if (tab >= 0)
            width += QFontMetrics(Theme::font(FontStyle::Small)).horizontalAdvance(item->text.mid(tab + 1)) + 32;
        if (item->maxIconWidth > 0 || item->menuHasCheckableItems)
            width += 22;
        return QSize(width + 32, menuRowHeight);
    }
    case CT_TabBarTab:
        return QSize(option->fontMetrics.size(Qt::TextShowMnemonic,
                         qstyleoption_cast<const QStyleOptionTab *>(option)
                             ? qstyleoption_cast<const QStyleOptionTab *>(option)->text : QString()).width() + 24,
                     tabHeight);
    default:
        break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int RealmscopeStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
    case PM_ListViewIconSize:
    case PM_LineEditIconSize:
    case PM_TabBarIconSize:
        return 14;
    case PM_ToolBarIconSize:
        return 16;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_DefaultFrameWidth:
        return isTextEdit(widget) ? 4 : 1;
    case PM_SpinBoxFrameWidth:
    case PM_ComboBoxFrameWidth:
        return 1;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 14;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return 8;
    case PM_ScrollBarExtent:
        return scrollBarWidth;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_SplitterWidth:
        return 1;
    case PM_HeaderMargin:
        return 8;
    case PM_HeaderMarkSize:
        return 12;
    case PM_FocusFrameHMargin:
        return 7; // cells are padded by 8
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin:
        return 4;
    case PM_MenuButtonIndicator:
        return 0;
    case PM_ToolTipLabelFrameWidth:
        return 5;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabOverlap:
        return 0;
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin:
        return 12;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    case PM_TreeViewIndentation:
        return 20;
    case PM_ScrollView_ScrollBarSpacing:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int RealmscopeStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                               QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_ComboBox_Popup:
    case SH_EtchDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_Widget_Animation_Duration:
    case SH_ItemView_ActivateItemOnSingleClick:
    case SH_TabBar_PreferNoArrows:
    case SH_Menu_SubMenuPopupDelay:
        return 0;
    case SH_ComboBox_ListMouseTracking:
    case SH_ItemView_ShowDecorationSelected:
    case SH_Menu_MouseTracking:
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 1;
    case SH_ToolTipLabel_Opacity:
        return 255;
    case SH_ItemView_PaintAlternatingRowColorsForEmptyArea:
        return 0;
    case SH_FormLayoutLabelAlignment:
    case SH_Header_ArrowAlignment:
        return static_cast<int>(hint == SH_FormLayoutLabelAlignment ? Qt::AlignLeft | Qt::AlignVCenter
                                                                    : Qt::AlignRight | Qt::AlignVCenter);
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QIcon RealmscopeStyle::standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const
{
    const Theme &theme = Theme::instance();
    switch (icon) {
    case SP_LineEditClearButton:
    case SP_TitleBarCloseButton:
        return theme.icon(u"x"_s, Token::Fg2);
    case SP_MessageBoxWarning:
        return theme.icon(u"triangle-alert"_s, Token::Warn);
    case SP_MessageBoxCritical:
        return theme.icon(u"circle-x"_s, Token::Bad);
    case SP_MessageBoxInformation:
        return theme.icon(u"info"_s, Token::Info);
    case SP_MessageBoxQuestion:
        return theme.icon(u"circle-question-mark"_s, Token::Info);
    default:
        return QProxyStyle::standardIcon(icon, option, widget);
    }
}

} // namespace realmscope
