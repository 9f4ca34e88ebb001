// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QTabBar>

namespace realmscope {

// The flat tabs of a pane: 36 px, a 2 px line under the chosen one, a count or a mark beside the name.
class SectionBar : public QTabBar
{
    Q_OBJECT
public:
    explicit SectionBar(QWidget *parent = nullptr);
    int addSection(const QString &name);
    void setBrief(bool isBrief); // without the counts, where there is no room for them
    void setCount(int index, const QString &count); // "6", "312 B"; empty: none
    void setMark(int index, const QString &iconName, int token); // empty: none

protected:
    QSize tabSizeHint(int index) const override;
    QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Section
    {
        QString count;
        QString icon;
        int token = 0;
    };
    QList<Section> m_sections;
    bool m_isBrief = false;
};

} // namespace realmscope
