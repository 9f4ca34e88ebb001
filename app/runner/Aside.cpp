// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "app/runner/Aside.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QThreadPool>

namespace realmscope {

void runAside(std::function<void()> work, QObject *context, std::function<void()> then)
{
    QThreadPool::globalInstance()->start([work = std::move(work), then = std::move(then), guard = QPointer(context)] {
        work();
        QCoreApplication *application = QCoreApplication::instance();
        if (!application) // the program ends
            return;
        QMetaObject::invokeMethod(
            application,
            [guard, then] {
                if (guard)
                    then();
            },
            Qt::QueuedConnection);
    });
}

} // namespace realmscope
