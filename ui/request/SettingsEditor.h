// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/session/RequestSession.h"

#include <QtWidgets/QScrollArea>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

namespace realmscope {

// How this request is carried.
class SettingsEditor : public QScrollArea
{
    Q_OBJECT
public:
    explicit SettingsEditor(RequestSession &session, QWidget *parent = nullptr);

private:
    void refresh();
    void store();

    RequestSession &m_session;
    QCheckBox *m_follow = nullptr;
    QSpinBox *m_maxRedirects = nullptr;
    QCheckBox *m_cookies = nullptr;
    QCheckBox *m_verify = nullptr;
    QCheckBox *m_decode = nullptr;
    QCheckBox *m_trusted = nullptr;
    QCheckBox *m_asIs = nullptr;
    QComboBox *m_version = nullptr;
    QComboBox *m_family = nullptr;
    QSpinBox *m_connectTimeout = nullptr;
    QSpinBox *m_totalTimeout = nullptr;
    QLineEdit *m_caFile = nullptr;
    QLineEdit *m_certificate = nullptr;
    QLineEdit *m_key = nullptr;
    QComboBox *m_tlsMin = nullptr;
    QComboBox *m_tlsMax = nullptr;
    QLineEdit *m_proxy = nullptr;
    QLineEdit *m_noProxy = nullptr;
    QLineEdit *m_proxyProfile = nullptr;
    bool m_isRefreshing = false;
};

} // namespace realmscope
