// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/Section.h"

#include "ui/theme/Theme.h"
#include "ui/widgets/Hairline.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace realmscope {

namespace {

// The border and fill of a card, painted here so that it follows the theme without a style sheet.
class CardFrame final : public QFrame
{
public:
    explicit CardFrame(QWidget *parent) : QFrame(parent)
    {
        QObject::connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Theme::instance().color(Token::Line));
        painter.setBrush(Theme::instance().color(Token::Surf));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
};

class IconLabel final : public QLabel
{
public:
    IconLabel(QString name, Token color, int size, int height, QWidget *parent)
        : QLabel(parent), m_name(std::move(name)), m_color(color), m_size(size)
    {
        setFixedSize(size, std::max(size, height));
        QObject::connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        Theme::instance().paintIcon(painter, m_name, QRectF(0, (height() - m_size) / 2, m_size, m_size), m_color);
    }

private:
    QString m_name;
    Token m_color;
    int m_size;
};

} // namespace

Section::Section(const QString &title, const QString &remark, QWidget *parent) : QWidget(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    if (!title.isEmpty()) {
        auto *head = new QHBoxLayout;
        head->setSpacing(8);
        head->addWidget(makeText(title, FontStyle::TinyStrong, Token::Fg3));
        head->addStretch();
        if (!remark.isEmpty())
            head->addWidget(makeText(remark, FontStyle::Tiny, Token::Fg3));
        layout->addLayout(head);
    }
    m_box = new CardFrame(this);
    m_boxLayout = new QVBoxLayout(m_box);
    m_boxLayout->setContentsMargins(1, 1, 1, 1);
    m_boxLayout->setSpacing(0);
    layout->addWidget(m_box);
}

QHBoxLayout *Section::addRow(int minimumHeight)
{
    if (m_rows++ > 0)
        m_boxLayout->addWidget(new Hairline(m_box));
    auto *row = new QWidget(m_box);
    row->setMinimumHeight(minimumHeight - 1); // the hairline is part of the row
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(10, 3, 10, 4);
    layout->setSpacing(8);
    m_boxLayout->addWidget(row);
    return layout;
}

QLabel *makeText(const QString &text, FontStyle style, Token color, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText); // server text is never markup
    label->setText(text);
    label->setFont(Theme::font(style));
    label->setForegroundRole(QPalette::WindowText); // on a Base ground a label would take Text
    const auto paint = [label, color] {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, Theme::instance().color(color));
        label->setPalette(palette);
    };
    paint();
    QObject::connect(&Theme::instance(), &Theme::changed, label, paint);
    return label;
}

QLabel *makeIcon(const QString &name, Token color, int size, QWidget *parent, int lineHeight)
{
    return new IconLabel(name, color, size, lineHeight, parent);
}

} // namespace realmscope
