// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/history/HistoryPage.h"

#include "app/base/Encoding.h"
#include "app/diagnosis/Report.h"
#include "app/diagnosis/StoredDiagnosis.h"
#include "ui/history/HistoryModel.h"
#include "ui/history/HistoryTree.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/troubleshooter/VerdictBadge.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/ListPane.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/SearchField.h"
#include "ui/widgets/Sentence.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QLocale>
#include <QtGui/QShortcut>
#include <QtGui/QShowEvent>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int showDelayMs = 60;
constexpr int factLabelWidth = 132;

QString durationText(qint64 microseconds)
{
    const double ms = double(microseconds) / 1000;
    return ms >= 1000 ? HistoryPage::tr("%1 s").arg(ms / 1000, 0, 'f', 2) : HistoryPage::tr("%1 ms").arg(ms, 0, 'f', ms < 10 ? 1 : 0);
}

QString roleText(ExchangeRole role)
{
    switch (role) {
    case ExchangeRole::Final: return HistoryPage::tr("request");
    case ExchangeRole::Challenge: return HistoryPage::tr("challenge");
    case ExchangeRole::Token: return HistoryPage::tr("token");
    case ExchangeRole::Redirect: return HistoryPage::tr("redirect");
    case ExchangeRole::Proxy: return HistoryPage::tr("proxy");
    case ExchangeRole::Preflight: return HistoryPage::tr("preflight");
    case ExchangeRole::Probe: return HistoryPage::tr("probe");
    }
    return {};
}

QLabel *historyProse(const QString &text, FontStyle style, Token color)
{
    auto *label = new ProseLabel(text, style, color);
    label->setCode({});
    return label;
}

// A name and its value, which may be long.
void addFact(Section &section, const QString &name, const QString &value, FontStyle style = FontStyle::Code)
{
    if (value.isEmpty())
        return;
    QHBoxLayout *row = section.addRow();
    QLabel *label = historyProse(name, FontStyle::Body, Token::Fg2);
    label->setFixedWidth(factLabelWidth);
    row->addWidget(label);
    auto *text = new ProseLabel(value, style, Token::Fg);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(text, 1);
}

} // namespace

HistoryPage::HistoryPage(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context)
{
    setAccessibleName(tr("History"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto *pane = new ListPane;
    m_left = new QVBoxLayout(pane);
    m_left->setContentsMargins(0, 0, 1, 0);
    m_left->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 8, 4);
    head->setSpacing(6);
    head->addWidget(makeText(tr("History"), FontStyle::BodyStrong, Token::Fg));
    m_count = makeText({}, FontStyle::Body, Token::Fg2);
    head->addWidget(m_count);
    head->addStretch();
    m_clear = new IconButton(u"trash-2"_s, tr("Clear the history"));
    m_clear->setName(tr("Clear the history"));
    head->addWidget(m_clear);
    m_left->addLayout(head);
    m_search = new SearchField(tr("Search URL, status, profile or cause"));
    m_search->setAccessibleName(tr("Search the history"));
    auto *searchBox = new QHBoxLayout;
    searchBox->setContentsMargins(8, 0, 8, 8);
    searchBox->addWidget(m_search);
    m_left->addLayout(searchBox);

    m_model = new HistoryModel(*context.clock, this);
    m_tree = new HistoryTree;
    m_tree->setModel(m_model);
    auto *empty = new QWidget;
    auto *emptyLayout = new QVBoxLayout(empty);
    emptyLayout->setContentsMargins(12, 8, 12, 8);
    emptyLayout->setSpacing(10);
    m_emptyText = new ProseLabel({}, FontStyle::Body, Token::Fg2);
    m_emptyAction = makeButton({}, "secondary");
    emptyLayout->addWidget(m_emptyText);
    emptyLayout->addWidget(m_emptyAction, 0, Qt::AlignLeft);
    emptyLayout->addStretch();
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_tree);
    m_stack->addWidget(empty);
    m_left->addWidget(m_stack, 1);
    m_undo = new QWidget;
    m_undo->hide();
    m_left->addWidget(m_undo);
    layout->addWidget(pane);

    m_scroll = new QScrollArea;
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setAccessibleName(tr("History entry"));
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);
    layout->addWidget(m_scroll, 1);

    m_showTimer.setSingleShot(true);
    m_showTimer.setInterval(showDelayMs);
    connect(&m_showTimer, &QTimer::timeout, this, &HistoryPage::showCurrent);
    connect(m_clear, &QToolButton::clicked, this, &HistoryPage::removeAll);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setFilter(text);
        arrange();
    });
    connect(m_search, &SearchField::moveDown, this, [this] { m_tree->setFocus(Qt::TabFocusReason); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { open(false); });
    connect(m_model, &QAbstractItemModel::modelReset, m_tree, &QTreeView::expandAll);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { m_showTimer.start(); });
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (index.parent().isValid())
            open(false);
        else
            m_tree->setExpanded(index, !m_tree->isExpanded(index));
    });
    connect(m_tree, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (!index.parent().isValid())
            m_tree->setExpanded(index, !m_tree->isExpanded(index));
    });
    connect(m_tree, &QWidget::customContextMenuRequested, this, &HistoryPage::showContextMenu);
    auto *deleteKey = new QShortcut(QKeySequence(QKeySequence::Delete), m_tree);
    deleteKey->setContext(Qt::WidgetShortcut);
    connect(deleteKey, &QShortcut::activated, this, &HistoryPage::removeCurrent);
    auto *find = new QShortcut(QKeySequence(QKeySequence::Find), this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, &HistoryPage::focusSearch);
    connect(m_emptyAction, &QPushButton::clicked, this, [this] {
        if (!m_search->text().isEmpty() && m_model->total() > 0) {
            m_search->clear();
            m_search->setFocus(Qt::OtherFocusReason);
        } else if (m_context.history && m_context.history->problem()) {
            m_context.history->reload();
        } else if (!m_context.history || !m_context.history->isKeeping()) {
            Q_EMIT keepingChosen(true);
        } else {
            Q_EMIT newRequestRequested();
        }
    });
    if (m_context.history) {
        connect(m_context.history.get(), &History::changed, this, &HistoryPage::listChanged);
        connect(m_context.history.get(), &History::failed, this, &HistoryPage::failed);
    }
    connect(&Theme::instance(), &Theme::changed, this, &HistoryPage::showCurrent);
    m_isOutdated = true;
    showNothing({});
}

HistoryPage::~HistoryPage() { purgeRemoved(); }

void HistoryPage::showEvent(QShowEvent *event)
{
    if (m_isOutdated) {
        if (m_context.history)
            (void)m_context.history->index(); // reads it at the first time
        m_isOutdated = false;
        listChanged();
        if (!m_tree->currentIndex().isValid())
            m_tree->setCurrentIndex(m_model->first());
    } else if (m_context.history) {
        m_context.history->refresh();
    }
    QWidget::showEvent(event);
}

void HistoryPage::listChanged()
{
    if (!m_context.history)
        return arrange();
    // Nothing is arranged for nobody to see. showEvent() makes up for it.
    m_isOutdated = m_isOutdated || !isVisible();
    if (m_isOutdated)
        return;
    const QString current = currentId();
    const int scrolled = m_tree->verticalScrollBar()->value();
    {
        const QSignalBlocker blocker(m_tree->selectionModel());
        m_model->setList(m_context.history->index());
        if (const QModelIndex same = m_model->find(current); same.isValid())
            m_tree->setCurrentIndex(same);
        m_tree->verticalScrollBar()->setValue(scrolled);
    }
    arrange();
    if (currentId() != current || current.isEmpty())
        m_showTimer.start();
}

void HistoryPage::arrange()
{
    const History *history = m_context.history.get();
    const int total = m_model->total();
    const int shown = m_model->shown();
    const std::optional<Error> problem = history ? history->problem() : std::nullopt;
    m_count->setText(shown != total ? tr("%1 of %2").arg(shown).arg(total) : total == 1 ? tr("1 entry") : tr("%1 entries").arg(QLocale().toString(total)));
    m_clear->setEnabled(total > 0);
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
    if (shown > 0) {
        if (!m_tree->currentIndex().isValid() || !m_tree->currentIndex().parent().isValid())
            m_tree->setCurrentIndex(m_model->first());
        return;
    }
    if (problem) {
        m_emptyText->setText(errorSentence(*problem));
        m_emptyAction->setText(tr("Try again"));
    } else if (total > 0) {
        m_emptyText->setText(tr("No entry has all of these words in its URL, status, name, profile or cause."));
        m_emptyAction->setText(tr("Clear the search"));
    } else if (!history || !history->isKeeping()) {
        m_emptyText->setText(tr("The history is off: nothing of what you send is kept."));
        m_emptyAction->setText(tr("Keep a history"));
    } else {
        m_emptyText->setText(tr("What you send appears here, with every exchange and without its secrets."));
        m_emptyAction->setText(tr("New request  Ctrl+N"));
    }
    m_emptyAction->setAccessibleName(QString(m_emptyAction->text()).remove(u"  Ctrl+N"_s));
    m_showTimer.stop();
    showNothing({});
}

void HistoryPage::keepingChanged() { arrange(); }

void HistoryPage::takeFocus()
{
    QWidget *target = m_stack->currentIndex() == 0 ? static_cast<QWidget *>(m_tree) : m_emptyAction;
    target->setFocus(Qt::ShortcutFocusReason);
}

void HistoryPage::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

QString HistoryPage::currentId() const { return m_tree->currentIndex().data(HistoryModel::IdRole).toString(); }

void HistoryPage::showNothing(const QString &text)
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(24, 20, 24, 24);
    if (!text.isEmpty())
        layout->addWidget(historyProse(text, FontStyle::Body, Token::Fg2));
    layout->addStretch();
    if (QWidget *old = m_scroll->takeWidget())
        old->deleteLater();
    m_scroll->setWidget(content);
    m_scroll->setFocusPolicy(Qt::NoFocus); // there is nothing to scroll
}

void HistoryPage::showCurrent()
{
    const QString id = currentId();
    if (id.isEmpty() || !m_context.history) {
        showNothing({});
        return;
    }
    const Result<HistoryRecord> record = m_context.history->read(id);
    if (!record) {
        showNothing(errorSentence(record.error()));
        return;
    }
    const QString focused = focusedName(m_scroll->widget());
    const HistoryEntry &entry = record->entry;
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(24, 20, 24, 24);
    layout->setSpacing(12);

    auto *title = new QHBoxLayout;
    title->setSpacing(8);
    QLabel *method = makeText(entry.method, FontStyle::Tag, Token::Fg2);
    QPalette colours = method->palette();
    colours.setColor(QPalette::WindowText, Theme::instance().methodColor(entry.method));
    method->setPalette(colours);
    title->addWidget(method);
    auto *url = new ElidedLabel(FontStyle::Title, Token::Fg);
    url->setElideMode(Qt::ElideMiddle);
    url->setText(pathOf(entry.url));
    title->addWidget(url, 1);
    QPushButton *openButton = makeButton(tr("Open"), "primary");
    openButton->setAccessibleName(tr("Open in a tab"));
    openButton->setToolTip(tr("Request, answer and diagnosis as they were (Return)"));
    QPushButton *again = makeButton(tr("Send again"), "secondary", u"send"_s);
    auto *save = new IconButton(u"download"_s, tr("Save as a report…"));
    save->setName(tr("Save as a report…"));
    auto *trash = new IconButton(u"trash-2"_s, tr("Delete this entry"));
    trash->setName(tr("Delete this entry"), u"Del"_s);
    title->addWidget(again);
    title->addWidget(openButton);
    title->addWidget(save);
    title->addWidget(trash);
    layout->addLayout(title);
    connect(openButton, &QPushButton::clicked, this, [this] { open(false); });
    connect(again, &QPushButton::clicked, this, [this] { open(true); });
    connect(save, &QToolButton::clicked, this, &HistoryPage::saveCurrent);
    connect(trash, &QToolButton::clicked, this, &HistoryPage::removeCurrent);

    const Exchange *last = record->trace.final();
    QStringList facts;
    facts.append(tr("Sent %1").arg(momentText(entry.sentAtMs)));
    if (entry.totalUs > 0)
        facts.append(tr("took %1").arg(durationText(entry.totalUs)));
    facts.append(QLocale().formattedDataSize(entry.bytes, 1, QLocale::DataSizeTraditionalFormat));
    auto *line = new QHBoxLayout;
    line->setSpacing(8);
    if (entry.status > 0) {
        QLabel *status = makeText(u"%1 %2"_s.arg(QString::number(entry.status), last ? displayText(last->response.reason) : QString()).trimmed(), FontStyle::Tag, Token::Fg);
        QPalette statusColours = status->palette();
        statusColours.setColor(QPalette::WindowText, Theme::instance().statusColor(entry.status));
        status->setPalette(statusColours);
        line->addWidget(status);
    } else {
        line->addWidget(makeIcon(u"unplug"_s, Token::Fg2));
        line->addWidget(makeText(tr("No answer"), FontStyle::BodyMedium, Token::Fg));
    }
    line->addWidget(historyProse(facts.join(u", "_s), FontStyle::Small, Token::Fg2), 1);
    layout->addLayout(line);

    const Diagnosis diagnosis = restoreDiagnosis(record->diagnosis, record->trace);
    if (const Finding *cause = diagnosis.primary()) {
        auto *section = new Section(tr("Cause"), cause->cause);
        QHBoxLayout *row = section->addRow(36);
        row->addWidget(VerdictBadge::verdict(cause->verdict), 0, Qt::AlignTop);
        auto *words = new QVBoxLayout;
        words->setSpacing(2);
        words->addWidget(historyProse(cause->title, FontStyle::BodyStrong, Token::Fg));
        if (!cause->summary.isEmpty())
            words->addWidget(historyProse(cause->summary, FontStyle::Body, Token::Fg2));
        row->addLayout(words, 1);
        layout->addWidget(section);
    } else if (last && last->error) {
        layout->addWidget(historyProse(errorSentence(*last->error), FontStyle::Body, Token::Fg2));
    }

    auto *request = new Section(tr("Request"));
    addFact(*request, tr("URL"), entry.url);
    addFact(*request, tr("Name"), entry.name, FontStyle::Body);
    addFact(*request, tr("Profile"), entry.profile.isEmpty() ? tr("none") : entry.profile, FontStyle::Body);
    addFact(*request, tr("Environment"), entry.environment, FontStyle::Body);
    addFact(*request, tr("Left out"), record->leftOut.join(u", "_s), FontStyle::Body);
    layout->addWidget(request);

    const int count = static_cast<int>(record->trace.exchanges.size());
    auto *exchanges = new Section(tr("Exchanges"), count == 1 ? tr("1 exchange") : tr("%1 exchanges").arg(count));
    for (const Exchange &exchange : record->trace.exchanges) {
        QHBoxLayout *row = exchanges->addRow();
        QLabel *role = makeText(roleText(exchange.role), FontStyle::Body, Token::Fg2);
        role->setFixedWidth(factLabelWidth);
        row->addWidget(role);
        auto *target = new ElidedLabel(FontStyle::Code, Token::Fg);
        target->setText(displayText(exchange.request.method) + u' ' + displayText(exchange.request.effectiveTarget()));
        row->addWidget(target, 1);
        QLabel *status = makeText(exchange.hasResponse() ? QString::number(exchange.response.status) : tr("no answer"), FontStyle::Tag, Token::Fg2);
        if (exchange.hasResponse()) {
            QPalette statusColours = status->palette();
            statusColours.setColor(QPalette::WindowText, Theme::instance().statusColor(exchange.response.status));
            status->setPalette(statusColours);
        }
        row->addWidget(status);
        QLabel *time = makeText(exchange.timings.total >= 0 ? durationText(static_cast<qint64>(exchange.timings.total * 1000)) : QString(), FontStyle::TagMedium, Token::Fg2);
        time->setFixedWidth(72);
        time->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        row->addWidget(time);
    }
    layout->addWidget(exchanges);

    auto *masked = new QHBoxLayout;
    masked->setSpacing(6);
    masked->addWidget(makeIcon(u"shield-check"_s, Token::Fg2));
    masked->addWidget(historyProse(tr("Secrets were left out before this was written to the disk."), FontStyle::Small, Token::Fg2), 1);
    layout->addLayout(masked);
    layout->addStretch();
    content->setMaximumWidth(960);
    if (QWidget *old = m_scroll->takeWidget())
        old->deleteLater();
    m_scroll->setWidget(content);
    m_scroll->setFocusPolicy(Qt::StrongFocus);
    setTabOrderByLayout(window());
    if (!focused.isNull() && !focusNamed(content, focused))
        m_tree->setFocus(Qt::OtherFocusReason);
}

void HistoryPage::open(bool sendAgain)
{
    const QString id = currentId();
    if (id.isEmpty() || !m_context.history)
        return;
    const Result<HistoryRecord> record = m_context.history->read(id);
    if (record)
        Q_EMIT openRequested(*record, sendAgain);
    else
        Q_EMIT failed(record.error());
}

void HistoryPage::saveCurrent()
{
    const Result<HistoryRecord> record = m_context.history ? m_context.history->read(currentId()) : Result<HistoryRecord>(Error{});
    if (!record) {
        Q_EMIT failed(record.error());
        return;
    }
    auto *dialog = new QFileDialog(this, tr("Save as a report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters({tr("HTTP Archive (*.har)"), tr("Web page (*.html)"), tr("Markdown (*.md)"), tr("JSON (*.json)")});
    dialog->setDefaultSuffix(u"har"_s);
    dialog->selectFile(u"entry"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.section(u"*."_s, -1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, kept = *record](const QString &path) {
        const Result<void> written = saveReport(path, kept.trace, restoreDiagnosis(kept.diagnosis, kept.trace), Redactor());
        if (written)
            Q_EMIT saved(path);
        else
            Q_EMIT failed(written.error());
    });
    dialog->open();
}

void HistoryPage::removeCurrent()
{
    const QModelIndex index = m_tree->currentIndex();
    if (!index.isValid())
        return;
    if (index.parent().isValid()) {
        const auto entry = index.data(HistoryModel::EntryRole).value<HistoryEntry>();
        remove({entry.id}, tr("Deleted: %1 %2").arg(entry.method, pathOf(entry.url)));
        return;
    }
    const QStringList ids = m_model->ids(index);
    remove(ids, ids.size() == 1 ? tr("1 entry deleted") : tr("%1 entries deleted").arg(ids.size()));
}

void HistoryPage::removeAll()
{
    if (m_context.history)
        m_model->setList(m_context.history->index());
    const QStringList ids = m_model->ids({});
    if (!ids.isEmpty())
        remove(ids, ids.size() == 1 ? tr("1 entry deleted") : tr("%1 entries deleted").arg(ids.size()));
}

void HistoryPage::remove(const QStringList &ids, const QString &what)
{
    if (ids.isEmpty())
        return;
    purgeRemoved();
    // The one below takes its place.
    const QModelIndex current = m_tree->currentIndex();
    QModelIndex next = m_tree->indexBelow(current);
    while (next.isValid() && (!next.parent().isValid() || ids.contains(next.data(HistoryModel::IdRole).toString())))
        next = m_tree->indexBelow(next);
    const QString nextId = next.data(HistoryModel::IdRole).toString();
    m_removed = ids;
    m_model->setHidden(QSet<QString>(ids.begin(), ids.end()));
    if (const QModelIndex there = m_model->find(nextId); there.isValid())
        m_tree->setCurrentIndex(there);

    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(12, 6, 8, 6);
    auto *text = new ElidedLabel(FontStyle::Body, Token::Fg, bar);
    text->setText(what);
    layout->addWidget(text, 1);
    auto *undo = new QPushButton(tr("Undo"));
    undo->setProperty("compact", true);
    undo->setAccessibleName(tr("Undo: %1").arg(what));
    auto *purge = new QPushButton(tr("Delete for good"));
    purge->setProperty("compact", true);
    layout->addWidget(undo);
    layout->addWidget(purge);
    QWidget *old = std::exchange(m_undo, bar);
    delete m_left->replaceWidget(old, bar); // the item of the old one
    old->hide();
    old->deleteLater();
    bar->show();
    arrange();
    setTabOrderByLayout(window());
    takeFocus();
    connect(undo, &QPushButton::clicked, this, [this, bar] {
        const QString first = m_removed.value(0);
        m_removed.clear();
        m_model->setHidden({});
        bar->hide();
        arrange();
        if (const QModelIndex back = m_model->find(first); back.isValid())
            m_tree->setCurrentIndex(back);
        takeFocus();
    });
    connect(purge, &QPushButton::clicked, this, [this] {
        purgeRemoved();
        takeFocus();
    });
}

void HistoryPage::purgeRemoved()
{
    if (m_removed.isEmpty())
        return;
    // They stay hidden: the list without them comes a moment later.
    if (m_context.history)
        m_context.history->remove(m_removed);
    m_removed.clear();
    m_undo->hide();
}

void HistoryPage::showContextMenu(const QPoint &position)
{
    QPoint at = position;
    QModelIndex index = m_tree->indexAt(position);
    if (!m_tree->viewport()->rect().contains(position)) { // by keyboard
        index = m_tree->currentIndex();
        at = m_tree->visualRect(index).bottomLeft();
    }
    if (!index.isValid())
        return;
    m_tree->setCurrentIndex(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (index.parent().isValid()) {
        menu->addAction(tr("Open"), this, [this] { open(false); });
        menu->addAction(tr("Send again"), this, [this] { open(true); });
        menu->addAction(tr("Save as a report…"), this, &HistoryPage::saveCurrent);
        menu->addSeparator();
        menu->addAction(tr("Delete"), this, &HistoryPage::removeCurrent);
        const QModelIndex day = index.parent();
        menu->addAction(tr("Delete this day"), this, [this, ids = m_model->ids(day)] {
            remove(ids, ids.size() == 1 ? tr("1 entry deleted") : tr("%1 entries deleted").arg(ids.size()));
        });
    } else {
        menu->addAction(tr("Delete this day"), this, &HistoryPage::removeCurrent);
    }
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

} // namespace realmscope
