// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/CookiesPage.h"

#include "ui/troubleshooter/Section.h"
#include "ui/widgets/FlatTable.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int AttributesBelow = 900; // narrower: no Attributes column

class CookieDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const bool hasPaneFocus = option.widget && option.widget->hasFocus();
        Token fill = Token::Surf;
        if (option.state.testFlag(QStyle::State_Selected))
            fill = hasPaneFocus ? Token::AccSoft : Token::Press;
        else if (option.state.testFlag(QStyle::State_MouseOver))
            fill = Token::Hover;
        painter->save();
        painter->fillRect(option.rect, theme.color(fill));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), theme.color(Token::Line));
        QRect rect = option.rect.adjusted(8, 0, -8, -1);
        const auto token = static_cast<Token>(index.data(CookieVerdictModel::TokenRole).toInt());
        Token pen = Token::Fg;
        QFont font = Theme::font(FontStyle::Body);
        switch (index.column()) {
        case CookieVerdictModel::Outcome:
            rect.adjust(4, 0, 4, 0);
            theme.paintIcon(*painter, index.data(CookieVerdictModel::IconNameRole).toString(),
                            QRectF(rect.left(), rect.center().y() - 6, 13, 13), token);
            rect.adjust(19, 0, 0, 0);
            pen = token;
            break;
        case CookieVerdictModel::Name:
            font = Theme::font(FontStyle::CodeMedium);
            break;
        case CookieVerdictModel::Scope:
        case CookieVerdictModel::Attributes:
            font = Theme::font(FontStyle::Code);
            break;
        default:
            pen = Token::Fg2;
            break;
        }
        painter->setFont(font);
        painter->setPen(theme.color(pen));
        painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
        painter->restore();
    }
};

} // namespace

CookiesPage::CookiesPage(QWidget *parent)
    : QWidget(parent), m_model(new CookieVerdictModel(this)), m_table(new FlatTable(tr("Cookies of this exchange"), this)),
      m_counts(makeText({}, FontStyle::Body, Token::Fg2)), m_empty(makeText({}, FontStyle::Body, Token::Fg2)),
      m_detail(makeText({}, FontStyle::Body, Token::Fg))
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CookieDelegate(m_table));
    auto *manage = new QPushButton(tr("Manage cookies…"), this);
    manage->setProperty("small", true);
    manage->setFixedHeight(24);
    m_empty->setText(tr("No cookie came with this response, and the jar holds none for this site."));
    m_empty->setAlignment(Qt::AlignCenter);
    m_detail->setWordWrap(true);
    m_detail->setContentsMargins(12, 8, 12, 8);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detail->setFocusPolicy(Qt::NoFocus);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->addWidget(m_counts, 1);
    bar->addWidget(manage);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_detail);

    connect(manage, &QPushButton::clicked, this, &CookiesPage::manageRequested);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &index) { showDetail(index.isValid() ? index.row() : -1); });
    connect(m_table, &FlatTable::rowActivated, this, [this](int row) {
        if (const CookieVerdict &verdict = m_model->verdict(row); !verdict.range.isEmpty())
            Q_EMIT bytesRequested(verdict);
    });
    setExchange({});
}

QTableView *CookiesPage::table() const { return m_table; }

void CookiesPage::setExchange(const Exchange &exchange)
{
    m_model->setExchange(exchange);
    QStringList parts;
    const auto add = [&](int count, const QString &text) {
        if (count > 0)
            parts.append(text.arg(count));
    };
    add(m_model->received(), tr("%1 received"));
    add(m_model->rejected(), tr("%1 of them rejected"));
    add(m_model->count(CookieDecision::Sent), tr("%1 sent"));
    add(m_model->count(CookieDecision::Withheld), tr("%1 withheld"));
    m_counts->setText(parts.join(u"   "_s));
    const bool isEmpty = m_model->rowCount() == 0;
    m_empty->setVisible(isEmpty);
    m_table->setVisible(!isEmpty);
    showDetail(-1);
    fitColumns();
}

void CookiesPage::showDetail(int row)
{
    m_detail->setVisible(row >= 0);
    if (row < 0)
        return;
    const CookieVerdict &verdict = m_model->verdict(row);
    QStringList lines;
    if (const QString why = m_model->index(row, CookieVerdictModel::Why).data().toString(); !why.isEmpty())
        lines.append(why + u'.');
    lines.append(cookieScope(verdict.domain, verdict.hostOnly, verdict.path) + u"   "_s
                 + cookieAttributes(verdict.secure, verdict.httpOnly, verdict.sameSite, verdict.expiresAt));
    for (const CookieDeviation &deviation : verdict.deviations)
        lines.append(tr("Odd: %1").arg(deviation.text));
    if (!verdict.range.isEmpty())
        lines.append(verdict.isReceived() ? tr("Response, bytes %1–%2 (Return shows them)").arg(verdict.range.begin).arg(verdict.range.end - 1)
                                          : tr("Request, bytes %1–%2 (Return shows them)").arg(verdict.range.begin).arg(verdict.range.end - 1));
    m_detail->setText(lines.join(u'\n'));
}

void CookiesPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

void CookiesPage::fitColumns()
{
    const bool isWide = width() >= AttributesBelow;
    m_table->setColumnHidden(CookieVerdictModel::Attributes, !isWide);
    m_table->horizontalHeader()->setSectionResizeMode(CookieVerdictModel::Why, QHeaderView::Stretch);
    m_table->setColumnWidth(CookieVerdictModel::Outcome, 112);
    m_table->setColumnWidth(CookieVerdictModel::Name, isWide ? 168 : 132);
    m_table->setColumnWidth(CookieVerdictModel::Scope, isWide ? 224 : 176);
    m_table->setColumnWidth(CookieVerdictModel::Attributes, 248);
}

} // namespace realmscope
