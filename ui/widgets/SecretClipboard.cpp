// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/SecretClipboard.h"

#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// One for the program: only one secret can be on the clipboard. Holds no copy of it, only whether it is ours.
class Cleaner final : public QObject
{
public:
    explicit Cleaner(QObject *parent) : QObject(parent)
    {
        m_timer.setSingleShot(true);
        connect(&m_timer, &QTimer::timeout, this, &Cleaner::clear);
        connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, this, [this] {
            m_isOurs = QGuiApplication::clipboard()->ownsClipboard() && m_expectsChange;
            m_expectsChange = false;
        });
        connect(qApp, &QCoreApplication::aboutToQuit, this, &Cleaner::clear);
    }
    void put(const QString &secret, int seconds)
    {
        auto *data = new QMimeData;
        data->setText(secret);
        data->setData(u"x-kde-passwordManagerHint"_s, "secret"_ba); // Klipper and others keep no history of it
        m_expectsChange = true;
        QGuiApplication::clipboard()->setMimeData(data);
        m_isOurs = true;
        m_timer.start(seconds * 1000);
    }

private:
    void clear()
    {
        if (m_isOurs)
            QGuiApplication::clipboard()->clear();
        m_isOurs = false;
    }
    QTimer m_timer;
    bool m_isOurs = false;
    bool m_expectsChange = false;
};

} // namespace

void copySecret(const QString &secret, int seconds)
{
    static const auto name = u"realmscope-clipboard-cleaner"_s;
    auto *cleaner = static_cast<Cleaner *>(qApp->findChild<QObject *>(name, Qt::FindDirectChildrenOnly));
    if (!cleaner) {
        cleaner = new Cleaner(qApp);
        cleaner->setObjectName(name);
    }
    cleaner->put(secret, seconds);
}

} // namespace realmscope
