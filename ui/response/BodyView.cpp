// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/BodyView.h"

#include "ui/theme/Theme.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/SearchField.h"
#include "ui/widgets/Sentence.h"

#include <QtCore/QBuffer>
#include <QtCore/QLocale>
#include <QtCore/QSaveFile>
#include <QtGui/QImageReader>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr qint64 FirstPart = 2 * 1024 * 1024;
constexpr qint64 LargestImage = 16 * 1024 * 1024;  // bytes
constexpr int LargestImageMegabytes = 128;         // decoded
constexpr qint64 SavePiece = 1024 * 1024;

bool isJson(const QByteArray &type)
{
    return type == "application/json" || type.endsWith("+json") || type == "text/json";
}

bool isXml(const QByteArray &type)
{
    return type == "application/xml" || type == "text/xml" || type.endsWith("+xml");
}

} // namespace

BodyView::BodyView(QWidget *parent)
    : QWidget(parent), m_modes(new QButtonGroup(this)), m_bar(new QWidget(this)), m_note(new ElidedLabel(FontStyle::Small, Token::Fg2, this)),
      m_search(new SearchField(tr("Search"), this)), m_matches(new QLabel(this)), m_more(new QPushButton(this)),
      m_save(new QPushButton(tr("Save as…"), this)), m_stack(new QStackedWidget(this)), m_view(new TextView(this)),
      m_imageArea(new QScrollArea(this)), m_image(new QLabel(this))
{
    auto *bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(12, 4, 12, 4);
    bar->setSpacing(4);
    const QList<std::pair<Mode, QString>> modes{
        {Mode::Pretty, tr("Pretty")}, {Mode::Raw, tr("Raw")}, {Mode::Hex, tr("Hex")}};
    for (const auto &[mode, name] : modes) {
        auto *button = new QPushButton(name, m_bar);
        button->setCheckable(true);
        button->setProperty("small", true);
        button->setFixedHeight(24);
        button->setAccessibleName(tr("Show body as %1").arg(name));
        m_modes->addButton(button, static_cast<int>(mode));
        bar->addWidget(button);
    }
    m_modes->button(static_cast<int>(Mode::Pretty))->setChecked(true);
    bar->addSpacing(8);
    bar->addWidget(m_note, 1);
    m_matches->setFont(Theme::font(FontStyle::Small));
    bar->addWidget(m_matches);
    m_search->setAccessibleName(tr("Search in body"));
    m_search->setMaximumWidth(220);
    m_search->setMinimumWidth(80);
    m_search->setFixedHeight(24);
    bar->addWidget(m_search);
    m_more->setProperty("small", true);
    m_save->setProperty("small", true);
    m_more->setFixedHeight(24);
    m_save->setFixedHeight(24);
    bar->addWidget(m_more);
    bar->addWidget(m_save);

    m_view->setAccessibleName(tr("Response body"));
    m_image->setAlignment(Qt::AlignCenter);
    m_imageArea->setWidget(m_image);
    m_imageArea->setWidgetResizable(true);
    m_imageArea->setFrameShape(QFrame::NoFrame);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_imageArea);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_stack, 1);

    connect(m_modes, &QButtonGroup::idClicked, this, [this](int id) { setMode(static_cast<Mode>(id)); });
    connect(m_search, &QLineEdit::textChanged, this, [this] { search(0); });
    connect(m_search, &QLineEdit::returnPressed, this, [this] { search(1); });
    connect(m_more, &QPushButton::clicked, this, [this] {
        m_limit *= 4;
        rebuild();
    });
    connect(m_save, &QPushButton::clicked, this, &BodyView::saveAs);
    clear();
}

void BodyView::clear()
{
    setExchange({}, {});
}

void BodyView::setExchange(const Exchange &exchange, const Redactor &redactor)
{
    m_exchange = exchange;
    m_redactor = redactor;
    m_limit = FirstPart;
    rebuild();
}

void BodyView::setMode(Mode mode)
{
    m_mode = mode;
    m_modes->button(static_cast<int>(mode))->setChecked(true);
    rebuild();
}

// That the body is not whole matters more than how it is shown.
void BodyView::setNote(const QString &text)
{
    const bool isPartial = m_exchange.error && m_exchange.hasResponse();
    m_note->setText(isPartial ? tr("Not whole: %1").arg(m_exchange.error->message) : text);
}

bool BodyView::showImage(const QByteArray &bytes)
{
    const QByteArray type = m_exchange.response.mediaType();
    if (type != "image/png" && type != "image/jpeg")
        return false;
    QBuffer buffer;
    buffer.setData(bytes);
    QImageReader reader(&buffer, type == "image/png" ? "png" : "jpeg");
    reader.setAutoTransform(true);
    QImageReader::setAllocationLimit(LargestImageMegabytes);
    const QImage image = reader.read();
    if (image.isNull()) {
        setNote(tr("The image can't be shown: %1").arg(reader.errorString()));
        return false;
    }
    m_image->setPixmap(QPixmap::fromImage(image));
    m_image->setAccessibleName(tr("Image, %1 × %2").arg(image.width()).arg(image.height()));
    setNote(tr("%1 × %2").arg(image.width()).arg(image.height()));
    m_stack->setCurrentWidget(m_imageArea);
    return true;
}

void BodyView::rebuild()
{
    const RecordedBytes &body = m_exchange.response.body;
    const qint64 total = body.size();
    m_more->setVisible(total > m_limit);
    m_more->setText(tr("Show more (%1 left)")
                        .arg(QLocale::c().formattedDataSize(total - m_limit, 1, QLocale::DataSizeTraditionalFormat)));
    m_save->setEnabled(total > 0);
    m_stack->setCurrentWidget(m_view);
    TextDocument document;
    setNote({});
    if (total == 0) {
        m_note->clear();
        if (m_exchange.error)
            document.addNote(errorSentence(*m_exchange.error));
        else if (m_exchange.hasResponse())
            document.addNote(tr("The response has no body."));
        m_view->setLineNumbers(false);
        m_view->setDocument(document);
        return;
    }
    const QByteArray bytes = body.head(m_limit);
    if (m_mode == Mode::Hex) {
        document.addHex(0, bytes, m_redactor.ranges(bytes));
        m_view->setLineNumbers(false);
        m_view->setDocument(document);
        return;
    }
    const QByteArray type = m_exchange.response.mediaType();
    if (m_mode == Mode::Pretty && total <= LargestImage && showImage(total <= m_limit ? bytes : body.all()))
        return;
    const QByteArray shown = m_redactor.text(bytes);
    QString text;
    if (m_mode == Mode::Pretty && total <= m_limit) {
        const QByteArray start = shown.left(64).trimmed();
        if (isJson(type) || (!isXml(type) && (start.startsWith('{') || start.startsWith('['))))
            text = prettyJson(shown);
        else if (isXml(type))
            text = prettyXml(shown);
        if (text.isEmpty() && (isJson(type) || isXml(type)))
            setNote(isJson(type) ? tr("Not well-formed JSON: shown as received") : tr("Not well-formed XML: shown as received"));
    } else if (m_mode == Mode::Pretty && total > m_limit) {
        setNote(tr("Too large to indent: shown as received"));
    }
    if (text.isEmpty())
        document.addBytes(0, shown, {});
    else
        document.addText(text);
    m_view->setLineNumbers(true);
    m_view->setDocument(document);
    if (!m_search->text().isEmpty())
        search(0);
}

void BodyView::startSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void BodyView::search(int step)
{
    if (step == 0 || m_found.isEmpty()) {
        m_found = m_view->document().find(m_search->text());
        m_foundAt = m_found.isEmpty() ? -1 : 0;
        m_view->highlight(m_found, SpanKind::Match);
    } else {
        m_foundAt = (m_foundAt + step + m_found.size()) % m_found.size();
        m_view->reveal(m_found.at(m_foundAt));
    }
    if (m_search->text().isEmpty())
        m_matches->clear();
    else
        m_matches->setText(m_found.isEmpty() ? tr("Nothing found")
                                             : tr("%1 of %2").arg(m_foundAt + 1).arg(m_found.size()));
}

void BodyView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Find)) {
        startSearch();
    } else if (event->matches(QKeySequence::FindNext)) {
        search(1);
    } else if (event->matches(QKeySequence::FindPrevious)) {
        search(-1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void BodyView::saveAs()
{
    auto *dialog = new QFileDialog(this, tr("Save response body"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const RecordedBytes body = m_exchange.response.body; // shares the content; a new Send does not change it
    connect(dialog, &QFileDialog::fileSelected, this, [this, body](const QString &path) {
        QSaveFile file(path);
        bool isFine = file.open(QIODevice::WriteOnly);
        for (qint64 at = 0; isFine && at < body.size(); at += SavePiece) {
            const QByteArray piece = body.read(at, SavePiece);
            isFine = file.write(piece) == piece.size();
        }
        isFine = isFine && file.commit();
        m_note->setText(isFine ? tr("Saved to %1").arg(path)
                               : tr("Not saved to %1: %2").arg(path, file.errorString()));
    });
    dialog->open();
}

} // namespace realmscope
