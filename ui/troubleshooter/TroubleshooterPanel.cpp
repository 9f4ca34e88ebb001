// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/troubleshooter/TroubleshooterPanel.h"

#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/troubleshooter/StepList.h"
#include "ui/troubleshooter/VerdictBadge.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/CodeBlock.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/Sentence.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QDateTime>
#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QClipboard>
#include <QtGui/QDragEnterEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int narrowPanel = 600; // narrower: the link to the bytes stands under its words

ProseLabel *wrapped(const QString &text, FontStyle style, Token color)
{
    return new ProseLabel(text, style, color);
}

// An icon that stands on the first line of the text beside it.
QLabel *lineIcon(const QString &name, Token color)
{
    return makeIcon(name, color, 14, nullptr, 20);
}

bool isSameBody(const Response &a, const Response &b)
{
    constexpr qint64 compared = 1024 * 1024; // more would be read from a file, for a remark
    return a.body.size() == b.body.size() && a.body.head(compared) == b.body.head(compared);
}

// Whether two answers are the same but for the time in them.
bool isSameAnswer(const Response &a, const Response &b)
{
    const auto lines = [](const Response &response) {
        QList<QByteArray> all;
        for (const HeaderField &field : response.headers) {
            if (!field.is("Date"))
                all.append(field.name + ':' + field.value);
        }
        return all;
    };
    return a.status == b.status && isSameBody(a, b) && lines(a) == lines(b);
}

QPushButton *smallButton(const QString &text, const QString &icon, const char *kind)
{
    auto *button = new QPushButton(text);
    button->setProperty("kind", QString::fromLatin1(kind));
    button->setProperty("compact", true);
    button->setFont(Theme::font(FontStyle::SmallMedium));
    button->setFixedHeight(qstrcmp(kind, "link") == 0 ? 20 : 24);
    if (!icon.isEmpty())
        button->setIcon(Theme::instance().icon(icon, qstrcmp(kind, "primary") == 0 ? Token::OnAcc
                                                                 : qstrcmp(kind, "link") == 0  ? Token::Acc
                                                                                               : Token::Fg2));
    button->setIconSize({13, 13});
    return button;
}

QString evidenceIcon(EvidencePart part)
{
    switch (part) {
    case EvidencePart::RequestLine:
    case EvidencePart::RequestHeader:
    case EvidencePart::RequestBody:
        return u"file-text"_s;
    case EvidencePart::Tls:
        return u"shield-check"_s;
    case EvidencePart::Timing:
        return u"clock"_s;
    case EvidencePart::Token:
        return u"key-round"_s;
    default:
        return u"server"_s;
    }
}

// "request, bytes 101–935", as a person counts the exchanges when there are several.
QString evidencePlace(const Evidence &evidence, qsizetype exchanges)
{
    const bool inRequest = evidence.part == EvidencePart::RequestLine || evidence.part == EvidencePart::RequestHeader
        || evidence.part == EvidencePart::RequestBody;
    if (evidence.part == EvidencePart::Log)
        return TroubleshooterPanel::tr("server's log");
    QString place = inRequest ? TroubleshooterPanel::tr("request") : TroubleshooterPanel::tr("response");
    if (exchanges > 1)
        place += u' ' + QString::number(evidence.exchange + 1);
    if (evidence.range.isEmpty())
        return place;
    return TroubleshooterPanel::tr("%1, bytes %2–%3").arg(place).arg(evidence.range.begin).arg(evidence.range.end - 1);
}

} // namespace

TroubleshooterPanel::TroubleshooterPanel(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("Troubleshooter"));
    setAcceptDrops(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto *head = new QWidget;
    head->setFixedHeight(40);
    auto *headLayout = new QHBoxLayout(head);
    headLayout->setContentsMargins(12, 0, 8, 0);
    headLayout->setSpacing(8);
    headLayout->addWidget(makeIcon(u"list-checks"_s, Token::Fg2, 16));
    m_title = makeText({}, FontStyle::BodyStrong, Token::Fg);
    m_subtitle = makeText({}, FontStyle::Body, Token::Fg2);
    m_subtitle->setMinimumWidth(40);
    m_probeCount = makeText({}, FontStyle::Small, Token::Fg3);
    headLayout->addWidget(m_title);
    headLayout->addWidget(m_subtitle, 1);
    headLayout->addWidget(m_probeCount);
    auto *close = new QToolButton;
    close->setIcon(Theme::instance().icon(u"x"_s, Token::Fg2));
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close the troubleshooter"));
    close->setToolTip(tr("Close"));
    connect(close, &QToolButton::clicked, this, &TroubleshooterPanel::closeRequested);
    headLayout->addWidget(close);
    layout->addWidget(head);

    auto *body = new QHBoxLayout;
    body->setSpacing(0);
    auto *left = new QVBoxLayout;
    left->setSpacing(0);
    m_steps = new StepList;
    left->addWidget(m_steps);
    m_checkedAt = makeText({}, FontStyle::Tiny, Token::Fg3);
    m_checkedAt->setWordWrap(true);
    m_checkedAt->setContentsMargins(12, 12, 8, 8);
    m_checkedAt->setFixedWidth(180);
    left->addWidget(m_checkedAt);
    left->addStretch();
    body->addLayout(left);

    m_scroll = new QScrollArea;
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Step details"));
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);
    body->addWidget(m_scroll, 1);
    layout->addLayout(body, 1);

    auto *foot = new QWidget;
    foot->setFixedHeight(48);
    auto *footLayout = new QHBoxLayout(foot);
    footLayout->setContentsMargins(12, 0, 12, 0);
    footLayout->setSpacing(8);
    m_copyReport = new QPushButton(tr("Copy sanitised report"));
    m_copyReport->setProperty("kind", u"flat"_s);
    m_copyReport->setAccessibleName(m_copyReport->text()); // also where the text is shorter
    m_copyReport->setIcon(Theme::instance().icon(u"clipboard"_s, Token::Fg2));
    m_saveReport = new IconButton(u"download"_s, tr("Save sanitised report…"));
    m_next = new QPushButton(tr("Next step"));
    m_resend = new QPushButton(tr("Resend and compare"));
    m_resend->setProperty("kind", u"primary"_s);
    m_resend->setIcon(Theme::instance().icon(u"git-compare"_s, Token::OnAcc));
    footLayout->addWidget(m_copyReport);
    footLayout->addWidget(m_saveReport);
    footLayout->addStretch();
    footLayout->addWidget(m_next);
    footLayout->addWidget(m_resend);
    layout->addWidget(foot);

    connect(m_steps, &StepList::currentChanged, this, [this] { rebuild(); });
    connect(m_next, &QPushButton::clicked, this, &TroubleshooterPanel::goToNextStep);
    connect(m_resend, &QPushButton::clicked, this, [this] {
        if (m_session)
            m_session->send();
    });
    connect(m_copyReport, &QPushButton::clicked, this, [this] {
        if (m_session)
            QGuiApplication::clipboard()->setText(m_session->reportMarkdown());
    });
    connect(m_saveReport, &IconButton::clicked, this, &TroubleshooterPanel::saveReportRequested);
    connect(&Theme::instance(), &Theme::changed, this, [this, close] {
        close->setIcon(Theme::instance().icon(u"x"_s, Token::Fg2));
        m_copyReport->setIcon(Theme::instance().icon(u"clipboard"_s, Token::Fg2));
        m_resend->setIcon(Theme::instance().icon(u"git-compare"_s, Token::OnAcc));
        rebuild();
    });
    rebuild();
}

void TroubleshooterPanel::setSession(RequestSession *session)
{
    if (m_session == session)
        return;
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_shownResult.clear();
    if (session) {
        connect(session, &RequestSession::resultChanged, this, &TroubleshooterPanel::resultChanged);
        connect(session, &RequestSession::logFailed, this, [this](const Error &error) {
            m_logError = error;
            rebuild();
        });
        connect(session, &RequestSession::stateChanged, this, [this] {
            m_resend->setEnabled(m_session && m_session->state() == RequestSession::State::Idle);
        });
        connect(session, &QObject::destroyed, this, [this] {
            m_session = nullptr;
            rebuild();
        });
    }
    resultChanged();
}

void TroubleshooterPanel::focusSteps()
{
    m_steps->focusCurrent();
}

void TroubleshooterPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape) {
        QWidget::keyPressEvent(event);
        return;
    }
    const bool isBusy = m_session && (m_session->state() == RequestSession::State::Sending || m_session->isProbing());
    if (isBusy)
        m_session->cancel();
    else
        Q_EMIT closeRequested();
}

void TroubleshooterPanel::resultChanged()
{
    m_logError.reset();
    if (m_session && m_session->hasResult()) {
        const Diagnosis &diagnosis = m_session->diagnosis();
        m_steps->setItems(diagnosis.checklist);
        const Finding *primary = diagnosis.primary();
        const QString key = primary ? primary->cause : outcomeKindId(diagnosis.outcome.kind);
        if (key != m_shownResult) {
            m_shownResult = key;
            m_steps->setCurrent(primary ? primary->step : ChecklistStep::Retest);
        }
    } else {
        QList<ChecklistItem> notRun;
        for (int step = int(ChecklistStep::Sent); step <= int(ChecklistStep::Retest); ++step)
            notRun.append({ChecklistStep(step), StepVerdict::NotRun, {}});
        m_steps->setItems(notRun);
        m_shownResult.clear();
    }
    rebuild();
}

void TroubleshooterPanel::rebuild()
{
    // An answer that comes in meanwhile must not throw somebody out who works here with the keyboard.
    const QString focused = focusedName(m_scroll->widget());
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    m_detail = new QVBoxLayout(content);
    m_detail->setContentsMargins(16, 12, 16, 16);
    m_detail->setSpacing(14);

    const bool hasResult = m_session && m_session->hasResult();
    for (QAbstractButton *button : std::initializer_list<QAbstractButton *>{m_copyReport, m_saveReport, m_next, m_resend})
        button->setEnabled(hasResult);
    if (hasResult) {
        const Diagnosis &diagnosis = m_session->diagnosis();
        m_title->setText(diagnosis.outcome.status > 0 ? tr("Troubleshoot %1").arg(diagnosis.outcome.status)
                                                      : tr("Troubleshoot: no answer"));
        const QUrl url(diagnosis.outcome.url);
        m_subtitle->setText(diagnosis.outcome.method + u' ' + (url.path().isEmpty() ? u"/"_s : url.path()));
        const int probes = int(diagnosis.probes.size());
        m_probeCount->setText(probes == 0 ? tr("no probe used") : tr("%1 of 6 probe requests used").arg(probes));
        m_checkedAt->setText(tr("Checked at %1 from the bytes of 1 trace and %2.")
                                 .arg(QDateTime::fromMSecsSinceEpoch(m_session->sentAtMs()).toString(u"HH:mm:ss"_s),
                                      probes == 0   ? tr("no probe")
                                      : probes == 1 ? tr("1 probe")
                                                    : tr("%1 probes").arg(probes)));
        showStep(m_steps->current());
    } else {
        m_title->setText(tr("Troubleshoot"));
        m_subtitle->clear();
        m_probeCount->clear();
        m_checkedAt->clear();
        addMessage(tr("Send the request first. What the server refuses is explained here, step by step."));
    }
    m_detail->addStretch();
    if (!focused.isNull())
        focusSteps(); // what has the focus is about to go
    // A button of the old content may be what got us here: it goes when its click is over.
    if (QWidget *old = m_scroll->takeWidget())
        old->deleteLater();
    m_scroll->setWidget(content);
    setTabOrderByLayout(window());
    focusNamed(content, focused);
}

void TroubleshooterPanel::showStep(ChecklistStep step)
{
    const Diagnosis &diagnosis = m_session->diagnosis();
    QString question = checklistStepQuestion(step);
    if (!question.isEmpty())
        question[0] = question.at(0).toLower();
    auto *stepLine = new QHBoxLayout;
    stepLine->setContentsMargins(0, 0, 0, 0);
    stepLine->setSpacing(12);
    stepLine->addWidget(wrapped(tr("Step %1 of 9: %2").arg(int(step) + 1).arg(question), FontStyle::Small, Token::Fg3), 1);
    m_causeLabel = new ElidedLabel(FontStyle::TagMedium, Token::Fg2);
    m_causeLabel->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_causeLabel->hide();
    stepLine->addWidget(m_causeLabel);
    m_lead = new QVBoxLayout;
    m_lead->setSpacing(4);
    m_lead->addLayout(stepLine);
    m_detail->addLayout(m_lead);
    bool shown = false;
    const Finding *firstShown = nullptr;
    for (const Finding &finding : diagnosis.findings) {
        const bool belongs = finding.step == step && (finding.role == FindingRole::Note || &finding == diagnosis.primary()
                                                      || !firstShown);
        if (!belongs)
            continue;
        addFinding(finding, &finding == diagnosis.primary());
        if (!firstShown)
            firstShown = &finding;
        shown = true;
    }
    if (!shown) {
        for (const ChecklistItem &item : diagnosis.checklist) {
            if (item.step != step)
                continue;
            const StepVerdictLook look = stepVerdictLook(item.verdict);
            auto *line = new QHBoxLayout;
            line->setSpacing(6);
            line->addWidget(makeIcon(look.icon, look.color, 16));
            line->addWidget(makeText(look.word, FontStyle::Title, look.color));
            line->addStretch();
            m_lead->addLayout(line);
            m_lead->addWidget(wrapped(item.note, FontStyle::Body, Token::Fg2));
        }
    }
    if (step == ChecklistStep::Retest)
        addBeforeAfter();
    else if (shown || diagnosis.outcome.isRefusal()) {
        addComparison();
        addProbes();
        addLogs();
    }
    if (shown && step != ChecklistStep::Retest)
        addNotRuledOut(firstShown);
}

void TroubleshooterPanel::addFinding(const Finding &finding, bool isPrimary)
{
    auto *title = new QHBoxLayout;
    title->setSpacing(8);
    ProseLabel *name = wrapped(finding.title, FontStyle::Title, Token::Fg);
    name->setAccessibleName(finding.title);
    title->addWidget(name);
    // On the first line of a title that wraps.
    title->addWidget(finding.role == FindingRole::Note ? VerdictBadge::note() : VerdictBadge::verdict(finding.verdict), 0, Qt::AlignTop);
    title->addStretch(1);
    QVBoxLayout *lead = m_lead; // the first finding stands close to its step
    if (m_causeLabel->text().isEmpty()) {
        m_causeLabel->setText(finding.cause);
        m_causeLabel->show();
        lead->addLayout(title);
    } else {
        lead = new QVBoxLayout;
        lead->setSpacing(4);
        m_detail->addLayout(lead);
        lead->addLayout(title);
        lead->addWidget(makeText(finding.cause, FontStyle::TagMedium, Token::Fg2));
    }
    ProseLabel *explanation = wrapped(finding.explanation, FontStyle::Body, Token::Fg2);
    explanation->setCode({});
    lead->addWidget(explanation);
    addEvidence(finding);
    addFixes(finding);
    if (isPrimary && !finding.sources.isEmpty())
        m_detail->addWidget(wrapped(finding.sources.join(u" · "_s), FontStyle::Tiny, Token::Fg3));
}

void TroubleshooterPanel::addEvidence(const Finding &finding)
{
    if (finding.evidence.isEmpty())
        return;
    auto *section = new Section(tr("Evidence"));
    for (const Evidence &evidence : finding.evidence) {
        QHBoxLayout *row = section->addRow();
        row->addWidget(lineIcon(evidenceIcon(evidence.part), Token::Fg2), 0, Qt::AlignTop);
        QString words = evidence.text;
        if (!words.isEmpty() && (evidence.name.isEmpty() || !words.startsWith(QString::fromUtf8(evidence.name))))
            words = capitalized(words); // a name stays as it is spelt
        ProseLabel *text = wrapped(words, FontStyle::Body, Token::Fg);
        text->setCode(QString::fromUtf8(evidence.name));
        auto *texts = new QBoxLayout(m_isNarrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
        texts->setSpacing(m_isNarrow ? 0 : 8);
        texts->addWidget(text, 1);
        row->addLayout(texts, 1);
        const QString place = evidencePlace(evidence, m_session->trace().exchanges.size());
        if (evidence.range.isEmpty()) {
            texts->addWidget(wrapped(place, FontStyle::Small, Token::Fg3));
            continue;
        }
        auto *link = smallButton(place, u"arrow-right"_s, "link");
        link->setProperty("iconAfter", true);
        link->setFont(Theme::font(FontStyle::Small));
        link->setAccessibleName(tr("Show the bytes: %1, %2").arg(evidence.text, place));
        connect(link, &QPushButton::clicked, this, [this, evidence] {
            if (m_session)
                m_session->showEvidence(evidence);
        });
        texts->addWidget(link, 0, m_isNarrow ? Qt::AlignRight : Qt::AlignTop);
    }
    m_detail->addWidget(section);
}

void TroubleshooterPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (const bool isNarrow = width() < narrowPanel; isNarrow != m_isNarrow) {
        m_isNarrow = isNarrow;
        m_copyReport->setText(isNarrow ? tr("Copy report") : tr("Copy sanitised report"));
        rebuild();
    }
}

void TroubleshooterPanel::addComparison()
{
    const Trace &trace = m_session->trace();
    const Exchange *own = trace.final();
    if (!own || !own->hasResponse())
        return;
    QList<std::pair<QString, const Exchange *>> rows;
    for (const Exchange &exchange : trace.exchanges) {
        if (exchange.probeId == "anonymous"_L1 && exchange.hasResponse())
            rows.append({tr("None"), &exchange});
        else if (exchange.probeId == "garbage"_L1 && exchange.hasResponse())
            rows.append({tr("Made up"), &exchange});
    }
    if (rows.isEmpty())
        return;
    rows.append({tr("Yours"), own});
    const bool isSame = std::ranges::all_of(
        rows, [&](const auto &row) { return isSameAnswer(row.second->response, own->response); });
    auto *section = new Section(rows.size() > 2 ? tr("Three-way comparison") : tr("Comparison"),
                                isSame ? tr("identical apart from Date") : tr("the same request, another credential"));
    const auto line = [&](const QStringList &cells, bool isHead, Token statusColor) {
        QHBoxLayout *row = section->addRow(isHead ? 24 : 28);
        static constexpr std::array stretches{20, 12, 46, 22};
        for (int i = 0; i < 4; ++i) {
            const FontStyle style = isHead ? FontStyle::TinyMedium
                : i == 0                   ? FontStyle::Body
                : i == 1                   ? FontStyle::Tag
                                           : FontStyle::Code;
            auto *label = new ElidedLabel(style, isHead ? Token::Fg3 : i == 1 ? statusColor : Token::Fg);
            label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // the columns line up
            label->setText(cells.at(i));
            row->addWidget(label, stretches[i]);
        }
    };
    line({tr("Credential"), tr("Status"), u"WWW-Authenticate"_s, tr("Body")}, true, Token::Fg);
    for (const auto &[name, exchange] : rows) {
        const QString challenge = QString::fromUtf8(exchange->response.headers.combined("WWW-Authenticate"));
        QString body = tr("%1 B").arg(exchange->response.body.size());
        if (exchange != own && isSameBody(exchange->response, own->response))
            body = tr("%1, same").arg(body);
        line({name, QString::number(exchange->response.status), challenge.isEmpty() ? u"–"_s : challenge, body},
             false, exchange->response.status >= 400 ? Token::Bad : Token::Good);
    }
    m_detail->addWidget(section);
}

void TroubleshooterPanel::addProbes()
{
    const Diagnosis &diagnosis = m_session->diagnosis();
    const QList<ProbePlan> open = m_session->openProbes();
    if (diagnosis.probes.isEmpty() && open.isEmpty())
        return;
    auto *section = new Section(tr("Probes"));
    const auto words = [](const QString &title, const QString &remark) {
        auto *texts = new QVBoxLayout;
        texts->setSpacing(0);
        texts->addWidget(wrapped(title, FontStyle::BodyMedium, Token::Fg));
        texts->addWidget(wrapped(remark, FontStyle::Tiny, Token::Fg3));
        return texts;
    };
    for (const ProbeRecord &probe : diagnosis.probes) {
        QHBoxLayout *row = section->addRow(44);
        row->addWidget(makeIcon(u"check"_s, Token::Good));
        QString title = probe.why;
        QString remark = probe.concluded;
        if (probe.exchange >= 0 && probe.exchange < m_session->trace().exchanges.size()) {
            const Exchange &exchange = m_session->trace().exchanges.at(probe.exchange);
            if (!exchange.label.isEmpty())
                title = QString(exchange.label).remove(u"probe: "_s);
            const QString ran = QDateTime::fromMSecsSinceEpoch(exchange.startedAtMs).toString(u"HH:mm:ss"_s);
            const QString got = exchange.hasResponse() ? QString::number(exchange.response.status) : tr("no answer");
            remark = tr("%1, ran %2, got %3. %4").arg(QString::fromUtf8(exchange.request.method), ran, got, probe.concluded);
        }
        row->addLayout(words(title, remark), 1);
    }
    for (const ProbePlan &plan : open) {
        QHBoxLayout *row = section->addRow(44);
        row->addWidget(makeIcon(u"circle-dashed"_s, Token::Fg3));
        row->addLayout(words(plan.title, u"%1. %2"_s.arg(plan.request, plan.why)), 1);
        QPushButton *run = smallButton(tr("Run probe"), u"play"_s, "secondary");
        run->setAccessibleName(tr("Run probe: %1").arg(plan.title));
        run->setEnabled(m_session->state() == RequestSession::State::Idle);
        connect(run, &QPushButton::clicked, this, [this, id = plan.id, run] {
            run->setEnabled(false);
            if (m_session)
                m_session->runProbe(id);
        });
        row->addWidget(run);
    }
    m_detail->addWidget(section);
}

// What the server wrote down settles what can't be seen from outside.
void TroubleshooterPanel::addLogs()
{
    const QList<LogSummary> &logs = m_session->diagnosis().logs;
    const QStringList &paths = m_session->logPaths();
    auto *section = new Section(tr("Server's log"), logs.isEmpty() ? tr("read on this computer, sent nowhere") : QString());
    for (qsizetype i = 0; i < logs.size() && i < paths.size(); ++i) {
        const LogSummary &log = logs.at(i);
        QHBoxLayout *row = section->addRow(44);
        row->addWidget(lineIcon(log.matches.isEmpty() ? u"circle-question-mark"_s : u"check"_s, log.matches.isEmpty() ? Token::Fg3 : Token::Good),
                       0, Qt::AlignTop);
        auto *texts = new QVBoxLayout;
        texts->setSpacing(0);
        texts->addWidget(wrapped(tr("%1, %2").arg(log.name, log.format), FontStyle::BodyMedium, Token::Fg));
        for (const QString &match : log.matches)
            texts->addWidget(wrapped(match, FontStyle::Code, Token::Fg2));
        if (!log.note.isEmpty())
            texts->addWidget(wrapped(log.note, FontStyle::Small, Token::Fg2));
        row->addLayout(texts, 1);
        auto *remove = new QToolButton;
        remove->setIcon(Theme::instance().icon(u"x"_s, Token::Fg2));
        remove->setAutoRaise(true);
        remove->setAccessibleName(tr("Leave out the log %1").arg(log.name));
        remove->setToolTip(tr("Leave out"));
        connect(remove, &QToolButton::clicked, this, [this, path = paths.at(i)] {
            if (m_session)
                m_session->removeLog(path);
        });
        row->addWidget(remove, 0, Qt::AlignTop);
    }
    if (m_logError) {
        QHBoxLayout *row = section->addRow();
        row->addWidget(lineIcon(u"circle-alert"_s, Token::Bad), 0, Qt::AlignTop);
        row->addWidget(wrapped(errorSentence(*m_logError), FontStyle::Body, Token::Bad), 1);
    }
    QHBoxLayout *row = section->addRow(40);
    row->addWidget(wrapped(tr("Drop a log of the server here: nginx, Apache, Caddy, HAProxy, IIS, JSON lines or plain text."),
                           FontStyle::Small, Token::Fg2), 1);
    QPushButton *add = smallButton(tr("Add a log…"), u"file-text"_s, "secondary");
    add->setAccessibleName(tr("Add a log of the server"));
    connect(add, &QPushButton::clicked, this, &TroubleshooterPanel::chooseLog);
    row->addWidget(add);
    m_detail->addWidget(section);
}

void TroubleshooterPanel::chooseLog()
{
    auto *dialog = new QFileDialog(this, tr("Add a log of the server"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList &paths) {
        for (const QString &path : paths) {
            if (m_session)
                m_session->addLog(path);
        }
    });
    dialog->open();
}

void TroubleshooterPanel::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (m_session && m_session->hasResult() && std::ranges::any_of(urls, &QUrl::isLocalFile))
        event->acceptProposedAction();
}

void TroubleshooterPanel::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    for (const QUrl &url : urls) {
        if (m_session && url.isLocalFile())
            m_session->addLog(url.toLocalFile());
    }
    event->acceptProposedAction();
}

void TroubleshooterPanel::addFixes(const Finding &finding)
{
    if (finding.fixes.isEmpty())
        return;
    auto *section = new Section(tr("Fixes"));
    bool hasPrimary = false;
    for (const Fix &fix : finding.fixes) {
        QHBoxLayout *outer = section->addRow(36);
        auto *column = new QVBoxLayout;
        column->setSpacing(6);
        outer->addLayout(column, 1);
        auto *row = new QHBoxLayout;
        row->setSpacing(8);
        column->addLayout(row);
        row->addWidget(lineIcon(fix.forServerOwner ? u"server"_s : u"user"_s, Token::Fg2), 0, Qt::AlignTop);
        auto *texts = new QVBoxLayout;
        texts->setSpacing(0);
        ProseLabel *title = wrapped(fix.forServerOwner ? tr("Server's owner: %1").arg(fix.title) : fix.title,
                                    FontStyle::Body, Token::Fg);
        title->setCode({});
        texts->addWidget(title);
        if (!fix.detail.isEmpty())
            texts->addWidget(wrapped(fix.detail, FontStyle::Tiny, Token::Fg3));
        row->addLayout(texts, 1);
        if (fix.automatic) {
            QPushButton *apply = smallButton(hasPrimary ? tr("Apply") : tr("Apply and resend"), {},
                                             hasPrimary ? "secondary" : "primary");
            apply->setAccessibleName(tr("Apply: %1").arg(fix.title));
            connect(apply, &QPushButton::clicked, this, [this, fix] {
                if (m_session)
                    m_session->applyFix(fix, true);
            });
            row->addWidget(apply, 0, Qt::AlignVCenter);
            hasPrimary = true;
        } else if (!fix.edits.isEmpty()) {
            QPushButton *open = smallButton(tr("Open"), {}, "secondary");
            open->setAccessibleName(tr("Open: %1").arg(fix.title));
            connect(open, &QPushButton::clicked, this, [this, fix] {
                if (m_session)
                    m_session->applyFix(fix, false);
            });
            row->addWidget(open);
        }
        if (!fix.snippet.isEmpty()) {
            QPushButton *copy = smallButton(tr("Copy"), u"copy"_s, "secondary");
            copy->setAccessibleName(tr("Copy the snippet: %1").arg(fix.title));
            connect(copy, &QPushButton::clicked, this,
                    [text = fix.snippet] { QGuiApplication::clipboard()->setText(text); });
            row->addWidget(copy, 0, Qt::AlignTop);
            column->addWidget(new CodeBlock(fix.snippet));
            column->addSpacing(4);
        }
    }
    m_detail->addWidget(section);
}

void TroubleshooterPanel::addNotRuledOut(const Finding *shown)
{
    QList<const Finding *> others;
    for (const Finding &finding : m_session->diagnosis().findings) {
        if (&finding != shown && finding.role == FindingRole::Cause)
            others.append(&finding);
    }
    if (others.isEmpty())
        return;
    auto *section = new Section(tr("Not ruled out"));
    for (const Finding *finding : others) {
        QHBoxLayout *row = section->addRow();
        row->addWidget(VerdictBadge::verdict(finding->verdict));
        row->addWidget(wrapped(finding->title, FontStyle::Body, Token::Fg), 1);
        auto *link = smallButton(finding->cause, {}, "link");
        link->setFont(Theme::font(FontStyle::Code));
        link->setAccessibleName(tr("Go to: %1").arg(finding->title));
        connect(link, &QPushButton::clicked, this, [this, step = finding->step] {
            m_steps->setCurrent(step);
            rebuild();
        });
        row->addWidget(link);
    }
    m_detail->addWidget(section);
}

void TroubleshooterPanel::addBeforeAfter()
{
    const std::optional<Attempt> &before = m_session->previous();
    const Diagnosis &after = m_session->diagnosis();
    if (!before) {
        addMessage(tr("Nothing to compare yet: apply a fix, or change the request, and send it again."));
        return;
    }
    const auto words = [](const Diagnosis &diagnosis) {
        return diagnosis.outcome.status > 0 ? QString::number(diagnosis.outcome.status)
                                            : TroubleshooterPanel::tr("no answer");
    };
    auto *section = new Section(tr("Before and after"));
    const auto line = [&](const QString &name, const QString &a, const QString &b) {
        QHBoxLayout *row = section->addRow();
        QLabel *label = makeText(name, FontStyle::Body, Token::Fg2);
        label->setFixedWidth(90);
        row->addWidget(label);
        row->addWidget(wrapped(a, FontStyle::Code, Token::Fg2), 1);
        row->addWidget(makeIcon(u"arrow-right"_s, Token::Fg3));
        row->addWidget(wrapped(b, FontStyle::Code, a == b ? Token::Fg2 : Token::Fg), 1);
    };
    line(tr("Status"), words(before->diagnosis), words(after));
    line(tr("Verdict"), before->diagnosis.summary, after.summary);
    const Exchange *oldFinal = before->trace.final();
    const Exchange *newFinal = m_session->trace().final();
    if (oldFinal && newFinal) {
        const Redactor &redactor = m_session->redactor();
        const auto sent = [&](const Exchange *exchange) {
            const QByteArray value = exchange->request.headers.value("Authorization");
            return value.isNull() ? tr("no Authorization")
                                  : QString::fromUtf8(redactor.headerValue("Authorization"_ba, value));
        };
        line(tr("Sent"), sent(oldFinal), sent(newFinal));
        line(tr("Request"), QString::fromUtf8(oldFinal->request.method) + u' ' + before->diagnosis.outcome.url,
             QString::fromUtf8(newFinal->request.method) + u' ' + after.outcome.url);
    }
    m_detail->addWidget(section);
}

void TroubleshooterPanel::addMessage(const QString &text)
{
    m_detail->addWidget(wrapped(text, FontStyle::Body, Token::Fg2));
}

void TroubleshooterPanel::goToNextStep()
{
    const int next = (int(m_steps->current()) + 1) % 9;
    m_steps->setCurrent(ChecklistStep(next));
    rebuild();
}

} // namespace realmscope
