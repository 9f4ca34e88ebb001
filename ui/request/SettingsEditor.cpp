// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/SettingsEditor.h"

#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int LongestTimeoutSeconds = 24 * 60 * 60;

QSpinBox *makeSeconds(const QString &name, const QString &zero, QWidget *parent)
{
    auto *box = new QSpinBox(parent);
    box->setRange(0, LongestTimeoutSeconds);
    box->setSuffix(SettingsEditor::tr(" s"));
    box->setSpecialValueText(zero);
    box->setAccessibleName(name);
    box->setMaximumWidth(140);
    return box;
}

QLineEdit *makeText(const QString &name, const QString &hint, QWidget *parent)
{
    auto *edit = new QLineEdit(parent);
    edit->setPlaceholderText(hint);
    edit->setAccessibleName(name);
    return edit;
}

QComboBox *makeVersions(const QString &name, const QString &standard, QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->addItem(standard, QString());
    box->addItem(SettingsEditor::tr("TLS 1.2"), u"1.2"_s);
    box->addItem(SettingsEditor::tr("TLS 1.3"), u"1.3"_s);
    box->setAccessibleName(name);
    box->setMaximumWidth(180);
    return box;
}

} // namespace

SettingsEditor::SettingsEditor(RequestSession &session, QWidget *parent) : QScrollArea(parent), m_session(session)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Request settings"));
    auto *page = new QWidget;
    auto *form = new QFormLayout(page);
    form->setContentsMargins(24, 12, 24, 12);
    form->setVerticalSpacing(8);
    form->setHorizontalSpacing(24);
    m_follow = new QCheckBox(tr("Follow redirects"), page);
    m_maxRedirects = new QSpinBox(page);
    m_maxRedirects->setRange(1, 100);
    m_maxRedirects->setMaximumWidth(140);
    m_maxRedirects->setAccessibleName(tr("Redirects at most"));
    m_trusted = new QCheckBox(tr("Send the credential to other origins too (risky)"), page);
    m_cookies = new QCheckBox(tr("Send and keep cookies"), page);
    m_verify = new QCheckBox(tr("Verify the server's certificate"), page);
    m_decode = new QCheckBox(tr("Ask for and undo compression"), page);
    m_asIs = new QCheckBox(tr("Keep /../ and /./ in the path"), page);
    m_version = new QComboBox(page);
    m_version->addItem(tr("The server chooses (HTTP/2 or 1.1)"), static_cast<int>(HttpVersion::Auto));
    m_version->addItem(tr("HTTP/1.1"), static_cast<int>(HttpVersion::Http11));
    m_version->addItem(tr("HTTP/2, else HTTP/1.1"), static_cast<int>(HttpVersion::Http2));
    m_version->addItem(tr("HTTP/2 only (prior knowledge)"), static_cast<int>(HttpVersion::Http2PriorKnowledge));
    m_version->addItem(tr("HTTP/1.0"), static_cast<int>(HttpVersion::Http10));
    m_version->setAccessibleName(tr("HTTP version"));
    m_version->setMaximumWidth(280);
    m_family = new QComboBox(page);
    m_family->addItem(tr("IPv4 and IPv6"), 0);
    m_family->addItem(tr("IPv4 only"), 4);
    m_family->addItem(tr("IPv6 only"), 6);
    m_family->setAccessibleName(tr("Address family"));
    m_family->setMaximumWidth(140);
    m_connectTimeout = makeSeconds(tr("Time limit for the connection"), tr("Default"), page);
    m_totalTimeout = makeSeconds(tr("Time limit for the whole exchange"), tr("None"), page);
    m_caFile = new QLineEdit(page);
    m_caFile->setPlaceholderText(tr("PEM file with more trusted certificates"));
    m_caFile->setAccessibleName(tr("Trusted certificates file"));
    m_certificate = makeText(tr("Client certificate file"), tr("PEM, DER or PKCS#12 file"), page);
    m_key = makeText(tr("Key of the client certificate"), tr("where it is not in the same file"), page);
    m_tlsMin = makeVersions(tr("Oldest TLS version"), tr("TLS 1.2 or later"), page);
    m_tlsMax = makeVersions(tr("Newest TLS version"), tr("Newest there is"), page);
    m_proxy = makeText(tr("Proxy"), tr("http://host:port, socks5h://host:port, none; empty: as the environment says"), page);
    m_noProxy = makeText(tr("Hosts without proxy"), tr("example.com, 10.0.0.0/8; empty: as the environment says"), page);
    m_proxyProfile = makeText(tr("Credential profile for the proxy"), tr("name of a profile that names the proxy"), page);
    form->addRow(tr("Redirects"), m_follow);
    form->addRow(tr("At most"), m_maxRedirects);
    form->addRow(QString(), m_trusted);
    form->addRow(tr("Cookies"), m_cookies);
    form->addRow(tr("TLS"), m_verify);
    form->addRow(tr("Trusted file"), m_caFile);
    form->addRow(tr("Client certificate"), m_certificate);
    form->addRow(tr("Its key"), m_key);
    form->addRow(tr("TLS from"), m_tlsMin);
    form->addRow(tr("TLS up to"), m_tlsMax);
    form->addRow(tr("Proxy"), m_proxy);
    form->addRow(tr("Not for"), m_noProxy);
    form->addRow(tr("Proxy profile"), m_proxyProfile);
    form->addRow(tr("Body"), m_decode);
    form->addRow(tr("Path"), m_asIs);
    form->addRow(tr("Version"), m_version);
    form->addRow(tr("Addresses"), m_family);
    form->addRow(tr("Connect within"), m_connectTimeout);
    form->addRow(tr("Finish within"), m_totalTimeout);
    viewport()->setBackgroundRole(QPalette::Base);
    page->setBackgroundRole(QPalette::Base);
    setWidget(page);

    for (QCheckBox *box : {m_follow, m_trusted, m_cookies, m_verify, m_decode, m_asIs})
        connect(box, &QCheckBox::toggled, this, &SettingsEditor::store);
    for (QSpinBox *box : {m_maxRedirects, m_connectTimeout, m_totalTimeout})
        connect(box, &QSpinBox::valueChanged, this, &SettingsEditor::store);
    for (QComboBox *box : {m_version, m_family, m_tlsMin, m_tlsMax})
        connect(box, &QComboBox::currentIndexChanged, this, &SettingsEditor::store);
    for (QLineEdit *edit : {m_caFile, m_certificate, m_key, m_proxy, m_noProxy, m_proxyProfile})
        connect(edit, &QLineEdit::textChanged, this, &SettingsEditor::store);
    connect(&m_session, &RequestSession::specChanged, this, &SettingsEditor::refresh);
    refresh();
}

void SettingsEditor::store()
{
    if (m_isRefreshing)
        return;
    RequestSpec spec = m_session.spec();
    RequestSettings &settings = spec.settings;
    settings.followRedirects = m_follow->isChecked();
    settings.maxRedirects = m_maxRedirects->value();
    settings.locationTrusted = m_trusted->isChecked();
    settings.useCookies = m_cookies->isChecked();
    settings.verifyTls = m_verify->isChecked();
    settings.decodeContent = m_decode->isChecked();
    settings.pathAsIs = m_asIs->isChecked();
    settings.version = static_cast<HttpVersion>(m_version->currentData().toInt());
    settings.addressFamily = m_family->currentData().toInt();
    settings.caFile = m_caFile->text();
    settings.clientCertificateFile = m_certificate->text();
    settings.clientKeyFile = m_key->text();
    settings.tlsMin = m_tlsMin->currentData().toString();
    settings.tlsMax = m_tlsMax->currentData().toString();
    settings.proxy = m_proxy->text();
    // An empty list in a file ("nothing goes straight") stays as long as nobody writes into the field.
    if (!m_noProxy->text().isEmpty() || (settings.noProxy && !settings.noProxy->isEmpty()))
        settings.noProxy = m_noProxy->text().isEmpty() ? std::nullopt : std::optional(m_noProxy->text());
    settings.proxyProfile = m_proxyProfile->text();
    // Whole seconds here; a finer value from a file stays as long as nobody touches it.
    if (m_connectTimeout->value() != settings.connectTimeoutMs / 1000)
        settings.connectTimeoutMs = m_connectTimeout->value() * 1000;
    if (m_totalTimeout->value() != settings.totalTimeoutMs / 1000)
        settings.totalTimeoutMs = m_totalTimeout->value() * 1000;
    m_session.setSpec(spec);
}

void SettingsEditor::refresh()
{
    const RequestSettings settings = m_session.spec().settings;
    m_isRefreshing = true;
    m_follow->setChecked(settings.followRedirects);
    m_maxRedirects->setValue(settings.maxRedirects);
    m_maxRedirects->setEnabled(settings.followRedirects);
    m_trusted->setChecked(settings.locationTrusted);
    m_trusted->setEnabled(settings.followRedirects);
    m_cookies->setChecked(settings.useCookies);
    m_verify->setChecked(settings.verifyTls);
    m_decode->setChecked(settings.decodeContent);
    m_asIs->setChecked(settings.pathAsIs);
    m_version->setCurrentIndex(std::max(0, m_version->findData(static_cast<int>(settings.version))));
    m_family->setCurrentIndex(std::max(0, m_family->findData(settings.addressFamily)));
    m_connectTimeout->setValue(settings.connectTimeoutMs / 1000);
    m_totalTimeout->setValue(settings.totalTimeoutMs / 1000);
    const auto show = [](QLineEdit *edit, const QString &text) {
        if (edit->text() != text)
            edit->setText(text);
    };
    show(m_caFile, settings.caFile);
    show(m_certificate, settings.clientCertificateFile);
    show(m_key, settings.clientKeyFile);
    m_tlsMin->setCurrentIndex(std::max(0, m_tlsMin->findData(settings.tlsMin)));
    m_tlsMax->setCurrentIndex(std::max(0, m_tlsMax->findData(settings.tlsMax)));
    show(m_proxy, settings.proxy);
    show(m_noProxy, settings.noProxy.value_or(QString()));
    show(m_proxyProfile, settings.proxyProfile);
    m_isRefreshing = false;
}

} // namespace realmscope
