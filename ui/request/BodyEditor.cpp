// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/request/BodyEditor.h"

#include "app/workspace/HttpFileLines.h"
#include "ui/request/PairTable.h"
#include "ui/request/VariableText.h"
#include "ui/theme/Theme.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

// The type that is sent: of a header that the user wrote, else of the body.
const SpecHeader *typeHeader(const RequestSpec &spec)
{
    const auto it = std::ranges::find_if(spec.headers, [](const SpecHeader &header) {
        return header.enabled && header.name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0;
    });
    return it == spec.headers.end() ? nullptr : &*it;
}

} // namespace

BodyEditor::BodyEditor(RequestSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_kinds(new QButtonGroup(this)), m_stack(new QStackedWidget(this)),
      m_text(new VariableTextEdit), m_contentType(new QComboBox(this)), m_remark(new QLabel(this)),
      m_form(new PairModel(tr("Add field"), true, this)), m_file(new VariableLineEdit)
{
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 6, 12, 6);
    bar->setSpacing(12);
    const QList<std::pair<BodyKind, QString>> kinds{{BodyKind::None, tr("None")},
                                                    {BodyKind::Text, tr("Text")},
                                                    {BodyKind::Form, tr("Form")},
                                                    {BodyKind::File, tr("File")}};
    for (const auto &[kind, name] : kinds) {
        auto *button = new QRadioButton(name, this);
        button->setAccessibleName(tr("Body: %1").arg(name));
        m_kinds->addButton(button, static_cast<int>(kind));
        bar->addWidget(button);
    }
    bar->addStretch(1);
    m_remark->setTextFormat(Qt::PlainText);
    m_remark->setFont(Theme::font(FontStyle::Small));
    bar->addWidget(m_remark);
    m_contentType->setEditable(true);
    m_contentType->setInsertPolicy(QComboBox::NoInsert);
    m_contentType->addItems({u"application/json"_s, u"text/plain; charset=utf-8"_s, u"application/xml"_s,
                             u"application/x-www-form-urlencoded"_s, u"application/octet-stream"_s});
    m_contentType->setAccessibleName(tr("Content type"));
    m_contentType->lineEdit()->setPlaceholderText(tr("No Content-Type"));
    m_contentType->setMinimumWidth(200);
    bar->addWidget(m_contentType);

    auto *none = new QLabel(tr("This request has no body."), this);
    none->setAlignment(Qt::AlignCenter);
    m_text->setFont(Theme::font(FontStyle::Code));
    m_text->setAccessibleName(tr("Body text"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setTabChangesFocus(true);
    m_formTable = new PairTable;
    PairTable *table = m_formTable;
    table->setModel(m_form);
    table->setAccessibleName(tr("Form fields"));
    connect(table, &PairTable::removeRequested, m_form, &PairModel::removePair);
    auto *file = new QWidget;
    auto *fileRows = new QVBoxLayout(file);
    fileRows->setContentsMargins(12, 12, 12, 12);
    fileRows->setSpacing(8);
    auto *fileLayout = new QHBoxLayout;
    fileRows->addLayout(fileLayout);
    m_fileTemplate = new QCheckBox(tr("Replace {{variables}} in it"), file);
    fileRows->addWidget(m_fileTemplate);
    fileRows->addStretch(1);
    m_file->setAccessibleName(tr("Body file"));
    m_file->setPlaceholderText(tr("Path of the file to send"));
    auto *choose = new QPushButton(tr("Choose…"), file);
    choose->setAccessibleName(tr("Choose body file"));
    fileLayout->addWidget(m_file, 1, Qt::AlignTop);
    fileLayout->addWidget(choose, 0, Qt::AlignTop);
    m_stack->addWidget(none);
    m_stack->addWidget(m_text);
    m_stack->addWidget(table);
    m_stack->addWidget(file);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_stack, 1);

    connect(m_kinds, &QButtonGroup::idClicked, this, [this](int id) {
        SpecBody body = m_session.spec().body;
        body.kind = static_cast<BodyKind>(id);
        if (body.kind == BodyKind::Text && body.contentType.isEmpty() && !typeHeader(m_session.spec()))
            body.contentType = u"application/json"_s;
        store(body);
    });
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        SpecBody body = m_session.spec().body;
        const QString text = m_text->toPlainText();
        if (text == body.text)
            return; // only its colours changed
        body.text = text;
        body.bytes.clear(); // what is typed is what is sent
        body.pieces.clear();
        store(body);
    });
    connect(m_contentType, &QComboBox::editTextChanged, this, [this](const QString &text) {
        RequestSpec spec = m_session.spec();
        const SpecHeader *header = typeHeader(spec);
        if (header && text.isEmpty())
            spec.headers.removeAt(header - spec.headers.constData());
        else if (header)
            spec.headers[header - spec.headers.constData()].value = text;
        else
            spec.body.contentType = text;
        m_session.setSpec(spec);
    });
    connect(m_form, &PairModel::edited, this, [this] {
        SpecBody body = m_session.spec().body;
        body.form.clear();
        for (const Pair &pair : m_form->pairs())
            body.form.append({pair.name, pair.value, pair.enabled});
        store(body);
    });
    connect(m_file, &QLineEdit::textChanged, this, [this](const QString &text) {
        SpecBody body = m_session.spec().body;
        body.filePath = text;
        store(body);
    });
    connect(m_fileTemplate, &QCheckBox::toggled, this, [this](bool isOn) {
        SpecBody body = m_session.spec().body;
        body.fileIsTemplate = isOn;
        store(body);
    });
    connect(choose, &QPushButton::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("Body file"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
        dialog->open();
    });
    connect(&m_session, &RequestSession::specChanged, this, &BodyEditor::refresh);
    refresh();
}

void BodyEditor::store(const SpecBody &body)
{
    RequestSpec spec = m_session.spec();
    spec.body = body;
    m_session.setSpec(spec);
}

void BodyEditor::refresh()
{
    const SpecBody body = m_session.spec().body; // a copy: setting the widgets may come back here
    m_kinds->button(static_cast<int>(body.kind))->setChecked(true);
    m_stack->setCurrentIndex(static_cast<int>(body.kind));
    m_contentType->setVisible(body.kind == BodyKind::Text || body.kind == BodyKind::File);
    if (m_text->toPlainText() != body.text)
        m_text->setPlainText(body.text);
    const SpecHeader *header = typeHeader(m_session.spec());
    const QString type = header ? header->value : body.contentType;
    if (m_contentType->currentText() != type)
        m_contentType->setEditText(type);
    if (m_file->text() != body.filePath)
        m_file->setText(body.filePath);
    m_fileTemplate->setChecked(body.fileIsTemplate);
    QList<Pair> pairs;
    for (const SpecFormItem &item : body.form)
        pairs.append({item.name, item.value, item.enabled});
    m_form->setPairs(pairs);
    const Variables variables = m_session.variables();
    m_form->setVariables(variables);
    m_formTable->setVariables(variables);
    m_text->setVariables(variables);
    m_file->setVariables(variables);
    check();
}

void BodyEditor::showUse(const UnresolvedUse &use)
{
    using Part = UnresolvedUse::Part;
    if (use.part == Part::Body)
        m_text->selectUse(use.use);
    else if (use.part == Part::BodyFile)
        m_file->selectUse(use.use);
    else
        m_formTable->showRow(static_cast<int>(use.index), use.part == Part::FormName ? PairModel::Name : PairModel::Value);
}

// Says whether the text is what its type claims; never keeps it from being sent.
void BodyEditor::check()
{
    const SpecBody &body = m_session.spec().body;
    QString remark;
    bool isProblem = false;
    const SpecHeader *header = typeHeader(m_session.spec());
    const QString type = header ? header->value : body.contentType;
    if (body.kind == BodyKind::Text && type.contains("json"_L1) && !isGraphQl(m_session.spec()) && !body.text.trimmed().isEmpty()) {
        QJsonParseError problem;
        QJsonDocument::fromJson(m_session.variables().preview(body.text).toUtf8(), &problem);
        isProblem = problem.error != QJsonParseError::NoError;
        remark = isProblem ? tr("Not JSON at byte %1: %2").arg(problem.offset).arg(problem.errorString())
                           : tr("Well-formed JSON");
    } else if (body.kind == BodyKind::File && !body.filePath.isEmpty()) {
        const QFileInfo info(body.filePath);
        isProblem = !info.isReadable() || info.isDir();
        remark = isProblem ? tr("This file can't be read") : tr("%1 bytes").arg(info.size());
    }
    m_remark->setText(remark);
    QPalette palette = m_remark->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().color(isProblem ? Token::Bad : Token::Fg3));
    m_remark->setPalette(palette);
}

} // namespace realmscope
