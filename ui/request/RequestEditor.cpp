// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/RequestEditor.h"

#include "ui/request/AuthEditor.h"
#include "ui/request/BodyEditor.h"
#include "ui/request/PairModel.h"
#include "ui/request/PairTable.h"
#include "ui/request/RequestHeadersModel.h"
#include "ui/request/SectionBar.h"
#include "ui/request/SettingsEditor.h"
#include "ui/theme/Theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

class Hairline : public QWidget
{
public:
    explicit Hairline(QWidget *parent) : QWidget(parent) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter(this).fillRect(rect(), Theme::instance().color(Token::Line));
    }
};

} // namespace

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
    m_showDefaults->setChecked(true);
    m_showDefaults->setAccessibleName(tr("Show default headers"));
    m_paramsTable->setModel(m_params);
    m_paramsTable->setAccessibleName(tr("Query parameters"));
    m_headersTable->setModel(m_headers);
    m_headersTable->setAccessibleName(tr("Request headers"));
    auto *auth = new AuthEditor(session);
    m_pages->addWidget(m_paramsTable);
    m_pages->addWidget(m_headersTable);
    m_pages->addWidget(auth);
    m_pages->addWidget(new BodyEditor(session));
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
        if (source.data(RequestHeadersModel::MaskedRole).toBool()) {
            showSection(Auth);
            auth->setFocus();
        }
    });
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

void RequestEditor::refresh()
{
    m_params->setPairs(queryPairs(m_session.spec().url));
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
