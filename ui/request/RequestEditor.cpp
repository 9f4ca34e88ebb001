// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestEditor.h"

#include "app/auth/SchemeRegistry.h"
#include "app/base/Encoding.h"
#include "app/credentials/SecretResolver.h"
#include "ui/request/AuthEditor.h"
#include "ui/request/BodyEditor.h"
#include "ui/request/PairModel.h"
#include "ui/request/PairTable.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/request/SectionBar.h"
#include "ui/request/SettingsEditor.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Hairline.h"
#include "ui/widgets/SecretClipboard.h"

#include <QtCore/QEvent>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

RequestEditor::RequestEditor(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_tabs(new SectionBar(this)),
      m_showDefaults(new QCheckBox(tr("Show defaults"), this)), m_pages(new QStackedWidget(this)),
      m_params(new PairModel(tr("Add parameter"), false, this)), m_paramsTable(new PairTable),
      m_headers(new RequestHeadersModel(session, this)), m_headersTable(new PairTable)
{
    m_tabs->setAccessibleName(tr("Request sections"));
    for (const QString &name : {tr("Params"), tr("Headers"), tr("Auth"), tr("Body"), tr("Settings")})
        m_tabs->addSection(name);
    m_showDefaults->setLayoutDirection(Qt::RightToLeft);
    m_showDefaults->setFont(Theme::font(FontStyle::Small));
    m_showDefaults->setChecked(true);
    const auto quieten = [this] {
        QPalette colours = m_showDefaults->palette();
        colours.setColor(QPalette::WindowText, Theme::instance().color(Token::Fg2));
        m_showDefaults->setPalette(colours);
    };
    quieten();
    connect(&Theme::instance(), &Theme::changed, this, quieten);
    m_showDefaults->setAccessibleName(tr("Show default headers"));
    m_paramsTable->setModel(m_params);
    m_paramsTable->setAccessibleName(tr("Query parameters"));
    m_headersTable->setModel(m_headers);
    m_headersTable->setAccessibleName(tr("Request headers"));
    auto *auth = new AuthEditor(session);
    m_pages->addWidget(m_paramsTable);
    m_pages->addWidget(m_headersTable);
    m_pages->addWidget(auth);
    m_body = new BodyEditor(session);
    m_pages->addWidget(m_body);
    m_pages->addWidget(new SettingsEditor(session));

    auto *head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 12, 0);
    head->addWidget(m_tabs);
    head->addStretch(1);
    head->addWidget(m_showDefaults);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(new Hairline(this));
    layout->addWidget(m_pages, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        m_pages->setCurrentIndex(index);
        m_showDefaults->setVisible(index == Headers);
    });
    connect(m_showDefaults, &QCheckBox::toggled, m_headers, &RequestHeadersModel::setShowDefaults);
    connect(m_params, &PairModel::edited, this, [this] {
        RequestSpec spec = m_session.spec();
        spec.url = withQueryPairs(spec.url, m_params->pairs());
        m_session.setSpec(spec);
    });
    connect(m_paramsTable, &PairTable::removeRequested, m_params, &PairModel::removePair);
    connect(m_headersTable, &PairTable::removeRequested, m_headers, &RequestHeadersModel::removeHeader);
    connect(m_headersTable, &PairTable::lockedActivated, this, [this, auth](int row) {
        const QModelIndex source = m_headers->index(row, RequestHeadersModel::Source);
        if (const QVariant folder = source.data(RequestHeadersModel::FolderRole); folder.isValid()) {
            Q_EMIT folderSettingsRequested(folder.toString());
            return;
        }
        if (source.data(RequestHeadersModel::MaskedRole).toBool()) {
            showSection(Auth);
            auth->setFocus();
        }
    });
    connect(m_headersTable, &PairTable::revealRequested, this, [this](int row) {
        if (m_headers->index(row, RequestHeadersModel::Value).data(RequestHeadersModel::RevealedRole).toBool())
            m_headers->hideRevealed();
        else
            withSecretOf(row, [this, row](const QString &value) { m_headers->reveal(row, value); });
    });
    connect(m_headersTable, &PairTable::copyRequested, this, [this](int row) {
        withSecretOf(row, [](const QString &value) { copySecret(value); });
    });
    for (const QAbstractItemModel *model : std::initializer_list<QAbstractItemModel *>{m_params, m_headers}) {
        connect(model, &QAbstractItemModel::modelReset, this, &RequestEditor::contentHeightChanged);
        connect(model, &QAbstractItemModel::rowsInserted, this, &RequestEditor::contentHeightChanged);
        connect(model, &QAbstractItemModel::rowsRemoved, this, &RequestEditor::contentHeightChanged);
    }
    connect(m_tabs, &QTabBar::currentChanged, this, &RequestEditor::contentHeightChanged);
    connect(auth, &AuthEditor::editProfileRequested, this, &RequestEditor::editProfileRequested);
    connect(auth, &AuthEditor::newProfileRequested, this, &RequestEditor::newProfileRequested);
    connect(&m_session, &RequestSession::specChanged, this, &RequestEditor::refresh);
    m_tabs->setCurrentIndex(Headers);
    refresh();
}

void RequestEditor::showSection(Section section)
{
    m_tabs->setCurrentIndex(section);
}

void RequestEditor::showUse(const UnresolvedUse &use)
{
    using Part = UnresolvedUse::Part;
    if (use.part == Part::Inherited) {
        Q_EMIT folderSettingsRequested(use.folder);
    } else if (use.part == Part::Settings) {
        showSection(Settings);
        m_pages->currentWidget()->setFocus(Qt::OtherFocusReason);
    } else if (use.part == Part::HeaderName || use.part == Part::HeaderValue) {
        showSection(Headers);
        m_headersTable->showRow(m_headers->rowOf(use.index),
                                use.part == Part::HeaderName ? RequestHeadersModel::Name : RequestHeadersModel::Value);
    } else {
        showSection(Body);
        m_body->showUse(use);
    }
}

int RequestEditor::contentHeight() const
{
    constexpr int barHeight = 37; // the tabs and their hairline
    constexpr int formHeight = 220;
    const auto *table = qobject_cast<const PairTable *>(m_pages->currentWidget());
    return barHeight + (table ? table->contentHeight() : formHeight);
}

void RequestEditor::withSecretOf(int row, const std::function<void(const QString &)> &use)
{
    const QModelIndex name = m_headers->index(row, RequestHeadersModel::Name);
    if (const QVariant folder = name.data(RequestHeadersModel::FolderRole); folder.isValid()) {
        Q_EMIT folderSettingsRequested(folder.toString()); // where it stands
        return;
    }
    if (!name.data(RequestHeadersModel::LockedRole).toBool()) {
        use(m_headers->secretOf(row));
        return;
    }
    const CredentialProfile *profile = m_session.profile();
    if (!profile)
        return;
    resolveProfile(*profile, m_session.context().stores(), this,
                   [this, use, header = name.data().toString().toUtf8(),
                    schemeId = profile->schemeId](const Result<FieldValues> &values) {
        const AuthScheme *scheme = values ? findScheme(schemeId) : nullptr;
        AuthMemory memory;
        AuthContext context;
        if (const Result<Request> request = m_session.preview(); scheme && request) {
            context.request = *request;
            context.values = *values;
            context.clock = m_session.context().clock.get();
            context.random = m_session.context().random.get();
            context.memory = &memory;
            const std::unique_ptr<AuthFlow> flow = scheme->start(std::move(context));
            const Step first = flow->next(nullptr);
            if (const auto *send = std::get_if<SendStep>(&first); send && send->role == ExchangeRole::Final) {
                if (const HeaderField *field = send->request.headers.find(header)) {
                    use(displayText(field->value));
                    return;
                }
            }
        }
        showSection(Auth); // it can't be told from here: the profile is where to look
    });
}

void RequestEditor::hideEvent(QHideEvent *event)
{
    m_headers->hideRevealed();
    QWidget::hideEvent(event);
}

void RequestEditor::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ActivationChange && !isActiveWindow())
        m_headers->hideRevealed();
    QWidget::changeEvent(event);
}

void RequestEditor::refresh()
{
    m_params->setPairs(queryPairs(m_session.spec().url));
    const Variables variables = m_session.variables();
    m_params->setVariables(variables);
    m_paramsTable->setVariables(variables);
    m_headersTable->setVariables(variables);
    const auto count = [](qsizetype number) { return number == 0 ? QString() : QString::number(number); };
    m_tabs->setCount(Params, count(m_params->pairs().size()));
    m_tabs->setCount(Headers, count(m_headers->sentCount()));
    const BodyKind kind = m_session.spec().body.kind;
    m_tabs->setCount(Body, kind == BodyKind::Text ? tr("text")
                         : kind == BodyKind::Form ? tr("form")
                         : kind == BodyKind::File ? tr("file")
                                                  : QString());
    const CredentialProfile *profile = m_session.profile();
    const std::optional<Origin> origin = m_session.origin();
    const bool isWithheld = profile && origin && profile->schemeId != "none"_L1 && !profile->allows(*origin);
    m_tabs->setMark(Auth, isWithheld ? u"ban"_s : QString(), static_cast<int>(Token::Warn));
}

} // namespace realmscope
