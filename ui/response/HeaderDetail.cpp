// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/response/HeaderDetail.h"

#include "app/auth/Challenge.h"
#include "app/base/Encoding.h"
#include "ui/theme/Theme.h"
#include "ui/widgets/Buttons.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Hairline.h"
#include "ui/widgets/ProseLabel.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QRegularExpression>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QPainter>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPushButton>

#include <array>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int detailNameWidth = 128;
constexpr int changeWidth = 400;
constexpr int changeBelow = 860; // narrower: no second column

struct Part
{
    QString name;
    QString value;
    QString says; // what it means, one sentence
    bool isBad = false;
};

struct Meaning
{
    const char *name; // lower case
    const char *says;
};

// Parameters of challenges (RFC 9110 section 11, RFC 6750 section 3, RFC 7616 section 3.3) and of Set-Cookie.
constexpr std::array Meanings{
    Meaning{"realm", QT_TRANSLATE_NOOP("HeaderDetail", "What the credential is for.")},
    Meaning{"scope", QT_TRANSLATE_NOOP("HeaderDetail", "What the token must be good for.")},
    Meaning{"error", QT_TRANSLATE_NOOP("HeaderDetail", "Why the token was refused.")},
    Meaning{"error_description", QT_TRANSLATE_NOOP("HeaderDetail", "The server's own words.")},
    Meaning{"error_uri", QT_TRANSLATE_NOOP("HeaderDetail", "Where the server explains it.")},
    Meaning{"nonce", QT_TRANSLATE_NOOP("HeaderDetail", "Goes into the answer, so that it works once.")},
    Meaning{"opaque", QT_TRANSLATE_NOOP("HeaderDetail", "To be sent back as it is.")},
    Meaning{"algorithm", QT_TRANSLATE_NOOP("HeaderDetail", "How the answer is computed.")},
    Meaning{"qop", QT_TRANSLATE_NOOP("HeaderDetail", "What the answer covers.")},
    Meaning{"stale", QT_TRANSLATE_NOOP("HeaderDetail", "Whether only the nonce was refused.")},
    Meaning{"domain", QT_TRANSLATE_NOOP("HeaderDetail", "Where the same credential works.")},
    Meaning{"charset", QT_TRANSLATE_NOOP("HeaderDetail", "How user name and password are encoded.")},
    Meaning{"userhash", QT_TRANSLATE_NOOP("HeaderDetail", "Whether the user name may be sent as a hash.")},
    Meaning{"path", QT_TRANSLATE_NOOP("HeaderDetail", "Below which path it is sent.")},
    Meaning{"max-age", QT_TRANSLATE_NOOP("HeaderDetail", "Seconds that it stays.")},
    Meaning{"expires", QT_TRANSLATE_NOOP("HeaderDetail", "When it goes.")},
    Meaning{"secure", QT_TRANSLATE_NOOP("HeaderDetail", "Over https only.")},
    Meaning{"httponly", QT_TRANSLATE_NOOP("HeaderDetail", "Not for scripts in a page.")},
    Meaning{"samesite", QT_TRANSLATE_NOOP("HeaderDetail", "Whether other sites' pages send it.")},
};

QString meaningOf(const QString &name)
{
    for (const Meaning &meaning : Meanings) {
        if (name.compare(QLatin1StringView(meaning.name), Qt::CaseInsensitive) == 0)
            return QCoreApplication::translate("HeaderDetail", meaning.says);
    }
    return {};
}

// RFC 6750 section 3.1.
QString errorMeaning(const QString &code)
{
    if (code == "invalid_token"_L1)
        return HeaderDetail::tr("Expired, revoked or malformed.");
    if (code == "insufficient_scope"_L1)
        return HeaderDetail::tr("Good, but not for this.");
    if (code == "invalid_request"_L1)
        return HeaderDetail::tr("The request itself is malformed.");
    return {};
}

QList<Part> partsOf(const ResponseHeadersModel::Row &row)
{
    QList<Part> parts;
    if (row.field.is("WWW-Authenticate") || row.field.is("Proxy-Authenticate")) {
        const ChallengeList list = parseChallenges({row.field.value});
        for (const Challenge &challenge : list.challenges) {
            if (list.challenges.size() > 1 || challenge.params.isEmpty())
                parts.append({HeaderDetail::tr("scheme"), displayText(challenge.scheme), {}, false});
            for (const AuthParam &param : challenge.params) {
                Part part{displayText(param.name), displayText(param.value), meaningOf(displayText(param.name)), false};
                part.isBad = part.name.compare("error"_L1, Qt::CaseInsensitive) == 0;
                if (const QString says = part.isBad ? errorMeaning(part.value) : QString(); !says.isEmpty())
                    part.says = says;
                parts.append(part);
            }
            for (const ChallengeProblem &problem : challenge.problems)
                parts.append({HeaderDetail::tr("problem"), problem.text, {}, true});
        }
        for (const ChallengeProblem &problem : list.problems)
            parts.append({HeaderDetail::tr("problem"), problem.text, {}, true});
    } else if (row.field.is("Set-Cookie")) {
        const QStringList pieces = row.shownValue.split(u';');
        for (const QString &piece : pieces) {
            const qsizetype equals = piece.indexOf(u'=');
            const QString name = (equals < 0 ? piece : piece.left(equals)).trimmed();
            parts.append({name, equals < 0 ? QString() : piece.mid(equals + 1).trimmed(),
                          parts.isEmpty() ? HeaderDetail::tr("The cookie itself.") : meaningOf(name), false});
        }
    }
    return parts;
}

// Where to read about it: the address of "RFC 9110 §11.6.1"; empty for what is no RFC.
QUrl sourceUrl(const QString &source)
{
    static const QRegularExpression rfc(u"^RFC (\\d+)(?: §([\\d.]+))?$"_s);
    const QRegularExpressionMatch match = rfc.match(source);
    if (!match.hasMatch())
        return {};
    QString address = u"https://www.rfc-editor.org/rfc/rfc"_s + match.captured(1);
    if (!match.captured(2).isEmpty())
        address += u"#section-"_s + match.captured(2);
    return QUrl(address);
}

// The head of a pane, or one parameter: painted ground and lines.
class Cell final : public QWidget
{
public:
    Cell(Token fill, bool hasRightLine) : m_fill(fill), m_hasRightLine(hasRightLine) {}

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Theme &theme = Theme::instance();
        painter.fillRect(rect(), theme.color(m_fill));
        painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Line));
        if (m_hasRightLine)
            painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.color(Token::Line));
    }

private:
    Token m_fill;
    bool m_hasRightLine;
};

QHBoxLayout *addHead(QVBoxLayout *column)
{
    auto *head = new Cell(Token::Alt, false);
    head->setFixedHeight(32);
    auto *layout = new QHBoxLayout(head);
    layout->setContentsMargins(12, 0, 12, 1);
    layout->setSpacing(8);
    column->addWidget(head);
    return layout;
}

QWidget *makePart(const Part &part, bool isLeft)
{
    auto *cell = new Cell(Token::Surf, isLeft);
    auto *layout = new QHBoxLayout(cell);
    layout->setContentsMargins(12, 6, 12, 7);
    layout->setSpacing(8);
    auto *name = new ElidedLabel(FontStyle::Code, Token::Fg2);
    name->setText(part.name);
    name->setFixedSize(detailNameWidth, 20);
    layout->addWidget(name, 0, Qt::AlignTop);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(new ProseLabel(part.value.isEmpty() ? u"–"_s : part.value,
                                    part.isBad ? FontStyle::CodeMedium : FontStyle::Code,
                                    part.isBad ? Token::Bad : Token::Fg));
    if (!part.says.isEmpty())
        texts->addWidget(new ProseLabel(part.says, FontStyle::Small, Token::Fg2));
    texts->addStretch();
    layout->addLayout(texts, 1);
    return cell;
}

} // namespace

HeaderDetail::HeaderDetail(QWidget *parent) : QScrollArea(parent)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Header in detail"));
    viewport()->setBackgroundRole(QPalette::Base);
}

QWidget *HeaderDetail::makeParts(const ResponseHeadersModel::Row &row) const
{
    auto *pane = new QWidget;
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QHBoxLayout *head = addHead(column);
    auto *name = new ElidedLabel(FontStyle::CodeMedium, Token::Fg);
    name->setText(displayText(row.field.name));
    head->addWidget(name);
    const QList<Part> parts = partsOf(row);
    auto *about = new ElidedLabel(FontStyle::Small, Token::Fg3);
    about->setText(row.meaning);
    head->addWidget(about, 1);
    if (const QString source = headerSource(row.field.name); !source.isEmpty()) {
        const QUrl url = sourceUrl(source);
        if (url.isEmpty()) {
            head->addWidget(new ProseLabel(source, FontStyle::Small, Token::Fg3));
        } else {
            QPushButton *link = makeButton(source, "link", {});
            link->setProperty("compact", true);
            link->setProperty("iconAfter", true);
            link->setFont(Theme::font(FontStyle::Small));
            link->setIcon(Theme::instance().icon(u"external-link"_s, Token::Acc));
            link->setIconSize({12, 12});
            link->setToolTip(url.toString());
            connect(link, &QPushButton::clicked, link, [url] { QDesktopServices::openUrl(url); });
            head->addWidget(link);
        }
    }
    auto *value = new Cell(Token::Surf, false);
    auto *valueLayout = new QVBoxLayout(value);
    valueLayout->setContentsMargins(12, 6, 12, 7);
    valueLayout->setSpacing(4);
    valueLayout->addWidget(new ProseLabel(row.shownValue, FontStyle::Code, Token::Fg2));
    if (!row.lint.more.isEmpty())
        valueLayout->addWidget(new ProseLabel(row.lint.more, FontStyle::Small,
                                              row.lint.level == LintLevel::Problem   ? Token::Bad
                                              : row.lint.level == LintLevel::Warning ? Token::Warn
                                                                                     : Token::Fg2));
    column->addWidget(value);
    auto *grid = new QGridLayout;
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(0);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    const int rows = static_cast<int>(parts.size() + 1) / 2;
    for (int index = 0; index < parts.size(); ++index) // down the left column, then down the right one
        grid->addWidget(makePart(parts.at(index), index < rows), index % rows, index / rows);
    column->addLayout(grid);
    column->addStretch();
    return pane;
}

QWidget *HeaderDetail::makeChange(const ResponseHeadersModel::Row &row, int status, const ComparedResponse &before) const
{
    auto *pane = new QWidget;
    pane->setFixedWidth(changeWidth);
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QHBoxLayout *head = addHead(column);
    const QString time = QDateTime::fromMSecsSinceEpoch(before.startedAtMs).toString(u"HH:mm:ss"_s);
    head->addWidget(new ProseLabel(row.change == HeaderChange::Same ? tr("The same as at %1").arg(time)
                                                                    : tr("Changed since %1").arg(time),
                                   FontStyle::BodyStrong, Token::Fg));
    head->addStretch();
    if (!row.field.valueRange.isEmpty() && row.change != HeaderChange::Gone)
        head->addWidget(new ProseLabel(tr("response, bytes %1–%2").arg(row.field.nameRange.begin).arg(row.field.valueRange.end - 1),
                                       FontStyle::Small, Token::Fg3));
    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 8, 12, 8);
    body->setSpacing(4);
    const auto add = [body](const QString &title, const QString &value, bool isThere) {
        body->addWidget(new ProseLabel(title, FontStyle::Small, Token::Fg3));
        body->addWidget(new ProseLabel(isThere ? value : HeaderDetail::tr("header absent"), FontStyle::Code,
                                       isThere ? Token::Fg : Token::Fg3));
    };
    add(tr("Then (%1)").arg(before.status), row.before,
        row.change != HeaderChange::New);
    body->addSpacing(4);
    add(tr("Now (%1)").arg(status), row.shownValue, row.change != HeaderChange::Gone);
    column->addLayout(body);
    column->addStretch();
    return pane;
}

void HeaderDetail::show(const ResponseHeadersModel::Row &row, int status, const std::optional<ComparedResponse> &before)
{
    auto *page = new QWidget;
    page->setBackgroundRole(QPalette::Base);
    auto *layout = new QHBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeParts(row), 1);
    if (before && width() >= changeBelow) {
        auto *line = new Cell(Token::Line, false);
        line->setFixedWidth(1);
        layout->addWidget(line);
        layout->addWidget(makeChange(row, status, *before));
    }
    setWidget(page);
    setTabOrderByLayout(window());
}

} // namespace realmscope
