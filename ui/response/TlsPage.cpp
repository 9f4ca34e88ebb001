// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/TlsPage.h"

#include "ui/theme/Theme.h"

#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

void ChainModel::setChain(const QList<CertificateInfo> &chain, const QDateTime &now)
{
    beginResetModel();
    m_chain = chain;
    m_now = now;
    endResetModel();
}

int ChainModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_chain.size());
}

int ChainModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChainModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const CertificateInfo &certificate = m_chain.at(index.row());
    if (role == Qt::ForegroundRole) {
        const bool isOver = (index.column() == Until && certificate.notAfter < m_now)
            || (index.column() == From && certificate.notBefore > m_now) || index.column() == Problem;
        return isOver ? QVariant(QBrush(Theme::instance().color(Token::Bad))) : QVariant();
    }
    if (role == Qt::FontRole)
        return index.column() == Problem ? QVariant() : QVariant(Theme::font(FontStyle::Code));
    if (role == Qt::ToolTipRole && index.column() == Fingerprint)
        return QString::fromLatin1(certificate.sha256Fingerprint.toHex(':'));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case Subject:
        return certificate.commonName.isEmpty() || role == Qt::ToolTipRole ? certificate.subject
                                                                           : certificate.commonName;
    case Issuer:
        return certificate.issuer;
    case From:
        return certificate.notBefore.toUTC().toString(u"yyyy-MM-dd HH:mm"_s);
    case Until:
        return certificate.notAfter.toUTC().toString(u"yyyy-MM-dd HH:mm"_s);
    case Key:
        return certificate.keyDescription;
    case Fingerprint:
        return QString::fromLatin1(certificate.sha256Fingerprint.toHex(':')).left(23) + u'…';
    case Problem:
        return certificate.errors.join(u"; "_s);
    default:
        return {};
    }
}

QVariant ChainModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Subject:
        return tr("Subject");
    case Issuer:
        return tr("Issuer");
    case From:
        return tr("Valid from (UTC)");
    case Until:
        return tr("Until");
    case Key:
        return tr("Key");
    case Fingerprint:
        return tr("SHA-256");
    case Problem:
        return tr("Problem");
    default:
        return {};
    }
}

TlsPage::TlsPage(QWidget *parent)
    : QWidget(parent), m_summary(new QLabel(this)), m_problems(new QLabel(this)), m_details(new QLabel(this)),
      m_table(new QTableView(this)), m_model(new ChainModel(this))
{
    for (QLabel *label : {m_summary, m_problems, m_details}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setFocusPolicy(Qt::NoFocus);
        label->setContentsMargins(12, 8, 12, 8);
        label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    }
    m_summary->setFont(Theme::font(FontStyle::Code));
    m_details->setFont(Theme::font(FontStyle::Code));
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Certificate chain"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setMinimumSectionSize(28);
    m_table->verticalHeader()->setDefaultSectionSize(28);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setFixedHeight(24);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_summary);
    layout->addWidget(m_problems);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_details);
    layout->addStretch(0);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &row) {
        if (!row.isValid() || row.row() >= m_chain.size()) {
            m_details->hide();
            return;
        }
        const CertificateInfo &certificate = m_chain.at(row.row());
        m_details->setText(tr("Subject %1\nIssuer %2\nSerial %3\nNames %4\nSHA-256 %5")
                               .arg(certificate.subject, certificate.issuer, certificate.serial,
                                    certificate.alternativeNames.join(u", "_s),
                                    QString::fromLatin1(certificate.sha256Fingerprint.toHex(':'))));
        m_details->show();
    });
    clear();
}

void TlsPage::clear()
{
    m_chain.clear();
    m_model->setChain({}, {});
    m_summary->setText(tr("No TLS here: the request went over plain http."));
    m_problems->hide();
    m_details->hide();
    m_table->hide();
}

void TlsPage::setExchange(const Exchange &exchange)
{
    clear();
    if (!exchange.tls) {
        if (exchange.request.url.isSecure())
            m_summary->setText(tr("No TLS connection was made."));
        return;
    }
    const TlsInfo &tls = *exchange.tls;
    QStringList lines;
    lines.append(tls.protocol.isEmpty() ? tr("The handshake did not finish") : u"%1, %2"_s.arg(tls.protocol, tls.cipher));
    lines.append(tr("Server name %1").arg(tls.serverName.isEmpty() ? tr("not sent") : tls.serverName)
                 + (tls.alpn.isEmpty() ? QString() : tr(", ALPN %1").arg(tls.alpn)));
    lines.append(tls.verificationSkipped ? tr("Verification is OFF for this request: anyone could have answered")
                     : tls.verified      ? tr("Verified")
                                         : tr("Not verified"));
    if (tls.clientCertificateRequested)
        lines.append(*tls.clientCertificateRequested ? tr("The server asked for a client certificate")
                                                     : tr("The server did not ask for a client certificate"));
    if (tls.clientCertificateSent)
        lines.append(tr("Client certificate shown: %1").arg(tls.clientCertificateSubject));
    else if (tls.clientCertificateOffered)
        lines.append(tr("Client certificate ready, not shown: %1").arg(tls.clientCertificateSubject));
    lines += tls.events;
    m_summary->setText(lines.join(u'\n'));
    QStringList problems = tls.errors;
    if (!tls.alert.isEmpty())
        problems.append(tr("The server's alert: %1").arg(tls.alert));
    m_problems->setVisible(!problems.isEmpty());
    m_problems->setText(problems.join(u'\n'));
    QPalette palette = m_problems->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(Token::Bad));
    m_problems->setPalette(palette);
    m_chain = tls.chain;
    m_model->setChain(tls.chain, QDateTime::fromMSecsSinceEpoch(exchange.startedAtMs, Qt::UTC));
    m_table->setVisible(!tls.chain.isEmpty());
    m_table->resizeColumnsToContents();
}

} // namespace realmscope
