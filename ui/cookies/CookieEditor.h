// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/http/CookieJar.h"

#include <QtWidgets/QDialog>

#include <functional>

class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QLabel;
class QLineEdit;

namespace realmscope {

class SecretField;

// One cookie to write by hand. What a jar does not take is said under the fields, and the dialog stays. Open it with
// open().
class CookieEditor : public QDialog
{
    Q_OBJECT
public:
    // keep: takes the cookie; an error keeps the dialog open.
    using Keep = std::function<Result<void>(const Cookie &cookie)>;
    CookieEditor(const Cookie &cookie, bool isNew, qint64 nowMs, Keep keep, QWidget *parent = nullptr);

    void accept() override;

private:
    [[nodiscard]] Cookie cookie() const;

    Cookie m_cookie;
    qint64 m_nowMs = 0;
    Keep m_keep;
    QLineEdit *m_name = nullptr;
    SecretField *m_value = nullptr;
    QLineEdit *m_domain = nullptr;
    QCheckBox *m_below = nullptr;
    QLineEdit *m_path = nullptr;
    QCheckBox *m_secure = nullptr;
    QCheckBox *m_httpOnly = nullptr;
    QComboBox *m_sameSite = nullptr;
    QCheckBox *m_ends = nullptr;
    QDateTimeEdit *m_expires = nullptr;
    QLabel *m_error = nullptr;
};

} // namespace realmscope
