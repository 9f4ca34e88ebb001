// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/Section.h"

#include "ui/theme/Theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

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

class Hairline final : public QWidget
{
public:
    explicit Hairline(QWidget *parent) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent *) override { QPainter(this).fillRect(rect(), Theme::instance().color(Token::Line)); }
};

class IconLabel final : public QLabel
{
public:
    IconLabel(QString name, Token color, int size, QWidget *parent)
        : QLabel(parent), m_name(std::move(name)), m_color(color)
    {
        setFixedSize(size, size);
        QObject::connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        Theme::instance().paintIcon(painter, m_name, QRectF(rect()), m_color);
    }

private:
    QString m_name;
    Token m_color;
};

} // namespace

Section::Section(const QString &title, const QString &remark, QWidget *parent) : QWidget(parent)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeText(title, FontStyle::TinyStrong, Token::Fg2));
    head->addStretch();
    if (!remark.isEmpty())
        head->addWidget(makeText(remark, FontStyle::Tiny, Token::Fg3));
    layout->addLayout(head);
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
    row->setMinimumHeight(minimumHeight);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(10, 3, 8, 3);
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

QLabel *makeIcon(const QString &name, Token color, int size, QWidget *parent)
{
    return new IconLabel(name, color, size, parent);
}

} // namespace realmscope
