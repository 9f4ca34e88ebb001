// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtWidgets/QFrame>
#include <QtWidgets/QWidget>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace realmscope {

enum class FontStyle;
enum class Token;

// A headed card of rows, as the troubleshooter, the credential form and the practice page use it: a small strong title
// with a remark at the right (none when the title is empty), and under it rows in one border.
class Section : public QWidget
{
    Q_OBJECT
public:
    explicit Section(const QString &title, const QString &remark = {}, QWidget *parent = nullptr);

    // A row with its own horizontal layout (spacing 8), separated by a hairline. One line of text at 20 px fills 28.
    QHBoxLayout *addRow(int minimumHeight = 28);
    [[nodiscard]] int rowCount() const { return m_rows; }

private:
    QFrame *m_box = nullptr;
    QVBoxLayout *m_boxLayout = nullptr;
    int m_rows = 0;
};

// Plain text in a style and a colour of the theme, following theme changes.
[[nodiscard]] QLabel *makeText(const QString &text, FontStyle style, Token color, QWidget *parent = nullptr);
// A Lucide icon of 14 px as a label; decorative, so without an accessible name.
// (A box of `lineHeight` around an icon sets it on the first line of a text that wraps.)
[[nodiscard]] QLabel *makeIcon(const QString &name, Token color, int size = 14, QWidget *parent = nullptr,
                               int lineHeight = 0);

} // namespace realmscope
