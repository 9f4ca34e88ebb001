// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/HeadersPage.h"

#include "app/base/Encoding.h"
#include "ui/response/HeaderDetail.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/SearchField.h"

#include <QtCore/QDateTime>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTableView>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int MeaningBelow = 760; // narrower: no Meaning column

class RowDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const auto level = static_cast<LintLevel>(index.data(ResponseHeadersModel::LintLevelRole).toInt());
        const auto change = static_cast<HeaderChange>(index.data(ResponseHeadersModel::ChangeRole).toInt());
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool hasPaneFocus = option.widget && option.widget->hasFocus();
        Token fill = change == HeaderChange::Gone ? Token::Alt : Token::Surf;
        if (isSelected)
            fill = hasPaneFocus ? Token::AccSoft : Token::Press;
        else if (option.state.testFlag(QStyle::State_MouseOver))
            fill = Token::Hover;
        painter->save();
        painter->fillRect(option.rect, theme.color(fill));
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme.color(Token::Line));
        QRect rect = option.rect.adjusted(8, 0, -8, -1);
        QFont font = Theme::font(FontStyle::Body);
        Token token = Token::Fg;
        switch (index.column()) {
        case ResponseHeadersModel::Change:
            font = Theme::font(FontStyle::Tag);
            rect.adjust(4, 0, 4, 0);
            token = change == HeaderChange::New ? Token::Good
                : change == HeaderChange::Changed ? Token::Warn
                                                  : Token::Bad;
            break;
        case ResponseHeadersModel::Name:
            font = Theme::font(FontStyle::CodeMedium);
            break;
        case ResponseHeadersModel::Value:
            font = Theme::font(FontStyle::Code);
            break;
        case ResponseHeadersModel::Meaning:
            token = Token::Fg2;
            break;
        case ResponseHeadersModel::SetBy:
            theme.paintIcon(*painter, index.data(ResponseHeadersModel::IconNameRole).toString(),
                            QRectF(rect.left(), rect.center().y() - 6, 13, 13), Token::Fg2);
            rect.adjust(19, 0, 0, 0);
            break;
        case ResponseHeadersModel::Lint:
            font = Theme::font(FontStyle::Small);
            if (level != LintLevel::None) {
                const bool isGood = level == LintLevel::Good;
                token = isGood ? Token::Good
                    : level == LintLevel::Note ? Token::Info
                    : level == LintLevel::Warning ? Token::Warn
                                                  : Token::Bad;
                const QString icon = isGood ? u"circle-check"_s
                    : level == LintLevel::Note ? u"info"_s
                    : level == LintLevel::Warning ? u"triangle-alert"_s
                                                  : u"circle-x"_s;
                theme.paintIcon(*painter, icon, QRectF(rect.left(), rect.center().y() - 6, 13, 13), token);
                rect.adjust(19, 0, 0, 0);
            }
            break;
        default:
            break;
        }
        if (change == HeaderChange::Gone && index.column() != ResponseHeadersModel::Change) {
            token = Token::Fg3;
            font.setStrikeOut(index.column() == ResponseHeadersModel::Name
                              || index.column() == ResponseHeadersModel::Value);
        }
        painter->setFont(font);
        painter->setPen(theme.color(token));
        painter->drawText(rect, Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
        painter->restore();
    }
};

} // namespace

HeadersPage::HeadersPage(QWidget *parent)
    : QWidget(parent), m_model(new ResponseHeadersModel(this)), m_proxy(new QSortFilterProxyModel(this)),
      m_filter(new SearchField(tr("Filter headers"), this)), m_diff(new QCheckBox(this)),
      m_new(makeText({}, FontStyle::Small, Token::Good, this)), m_changed(makeText({}, FontStyle::Small, Token::Warn, this)),
      m_gone(makeText({}, FontStyle::Small, Token::Bad, this)),
      m_leftOut(makeText(tr("Date is left out of the diff"), FontStyle::Small, Token::Fg3, this)),
      m_warningIcon(makeIcon(u"triangle-alert"_s, Token::Warn, 14, this)),
      m_warnings(makeText({}, FontStyle::Small, Token::Warn, this)),
      m_copy(makeButton(tr("Copy as received"), "secondary", u"copy"_s, this)), m_table(new QTableView(this)),
      m_splitter(new QSplitter(Qt::Vertical, this)), m_detail(new HeaderDetail)
{
    m_filter->setAccessibleName(tr("Filter response headers"));
    m_filter->setFixedWidth(220);
    m_diff->setFont(Theme::font(FontStyle::Small));
    m_copy->setProperty("compact", true);
    m_copy->setFixedHeight(24);
    m_copy->setToolTip(tr("Copies the headers in the order they came, secrets masked"));
    m_copy->setAccessibleName(tr("Copy response headers, secrets masked"));
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);

    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new RowDelegate(m_table));
    m_table->setAccessibleName(tr("Response headers"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setMouseTracking(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(28);
    m_table->verticalHeader()->setDefaultSectionSize(28);
    m_table->horizontalHeader()->setFixedHeight(24);
    m_table->horizontalHeader()->setMinimumSectionSize(24);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setWordWrap(false);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(12);
    bar->addWidget(m_filter);
    bar->addWidget(m_diff);
    bar->addWidget(m_new);
    bar->addWidget(m_changed);
    bar->addWidget(m_gone);
    bar->addStretch(1);
    bar->addWidget(m_leftOut);
    auto *warnings = new QHBoxLayout;
    warnings->setSpacing(6);
    warnings->addWidget(m_warningIcon);
    warnings->addWidget(m_warnings);
    bar->addLayout(warnings);
    bar->addWidget(m_copy);

    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 2);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_detail->hide();
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        m_detail->setVisible(index.isValid());
        showDetail(index);
    });

    connect(m_model, &QAbstractItemModel::modelReset, m_detail, &QWidget::hide); // nothing is chosen any more

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_splitter, 1);

    connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_diff, &QCheckBox::toggled, this, &HeadersPage::updateDiff);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QStringList lines;
        for (const HeaderField &field : m_exchange.response.headers)
            lines.append(displayText(field.name + ": " + m_redactor.headerValue(field.name, field.value)));
        QGuiApplication::clipboard()->setText(lines.join(u'\n'));
    });
    clear();
}

void HeadersPage::clear()
{
    m_exchange = {};
    m_previous.reset();
    m_model->clear();
    updateDiff();
}

void HeadersPage::setExchange(const Exchange &exchange, const Redactor &redactor)
{
    m_exchange = exchange;
    m_redactor = redactor;
    m_model->setExchange(exchange, redactor);
    updateDiff();
    fitColumns();
}

void HeadersPage::setPrevious(const std::optional<Exchange> &previous)
{
    m_previous = previous;
    updateDiff();
}

void HeadersPage::toggleDiff()
{
    if (m_diff->isEnabled())
        m_diff->toggle();
}

void HeadersPage::updateDiff()
{
    m_diff->setVisible(m_previous.has_value());
    m_diff->setEnabled(m_previous.has_value());
    if (m_previous)
        m_diff->setText(tr("Diff with previous attempt, %1, %2")
                            .arg(QDateTime::fromMSecsSinceEpoch(m_previous->startedAtMs).toString(u"HH:mm:ss"_s))
                            .arg(m_previous->response.status));
    const bool isOn = m_previous && m_diff->isChecked();
    m_model->setOther(isOn ? m_previous : std::nullopt);
    m_new->setText(tr("+ %1 new").arg(m_model->count(HeaderChange::New)));
    m_changed->setText(tr("~ %1 changed").arg(m_model->count(HeaderChange::Changed)));
    m_gone->setText(tr("− %1 gone").arg(m_model->count(HeaderChange::Gone)));
    for (QLabel *label : {m_new, m_changed, m_gone})
        label->setVisible(isOn);
    m_leftOut->setVisible(isOn && width() >= MeaningBelow);
    const int warnings = m_model->warnings();
    m_warnings->setText(warnings == 1 ? tr("1 warning") : tr("%1 warnings").arg(warnings));
    m_warnings->setVisible(warnings > 0);
    m_warningIcon->setVisible(warnings > 0);
}

void HeadersPage::showDetail(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const bool isCompared = m_previous && m_diff->isChecked();
    m_detail->show(m_model->row(m_proxy->mapToSource(index).row()), m_exchange.response.status,
                   isCompared ? std::optional(ComparedResponse{m_previous->response.status, m_previous->startedAtMs})
                              : std::nullopt);
}

void HeadersPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

void HeadersPage::fitColumns()
{
    const bool isWide = width() >= MeaningBelow;
    m_table->setColumnHidden(ResponseHeadersModel::Meaning, !isWide);
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionResizeMode(ResponseHeadersModel::Value, QHeaderView::Stretch);
    m_table->setColumnWidth(ResponseHeadersModel::Change, 28);
    m_table->setColumnWidth(ResponseHeadersModel::Name, isWide ? 228 : 170);
    m_table->setColumnWidth(ResponseHeadersModel::Meaning, 252);
    m_table->setColumnWidth(ResponseHeadersModel::SetBy, isWide ? 136 : 112);
    m_table->setColumnWidth(ResponseHeadersModel::Lint, isWide ? 136 : 112);
}

} // namespace realmscope
