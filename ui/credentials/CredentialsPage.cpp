// SPDX-FileCopyrightText: The Realmscope authors
// SPDX-License-Identifier: Apache-2.0
#include "ui/credentials/CredentialsPage.h"

#include "app/auth/SchemeRegistry.h"
#include "ui/credentials/ProfileForm.h"
#include "ui/credentials/ProfileModel.h"
#include "ui/theme/Theme.h"
#include "ui/troubleshooter/Section.h"
#include "ui/widgets/ListPane.h"
#include "ui/widgets/SearchField.h"
#include "ui/widgets/TabOrder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoopLocker>
#include <QtCore/QSortFilterProxyModel>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QToolButton>

using namespace Qt::StringLiterals;

namespace realmscope {

namespace {

constexpr int ExpiryTickMs = 1000; // "expires in 40 s" goes by seconds

// 56 px: name and scheme; origin and place under them.
class ProfileDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, 56}; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Theme &theme = Theme::instance();
        const QRect r = option.rect;
        const bool hasFocus = option.widget && option.widget->hasFocus();
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->fillRect(r, theme.color(hasFocus ? Token::AccSoft : Token::Press));
            painter->fillRect(QRect(r.left(), r.top(), 2, r.height()), theme.color(Token::AccFill));
        } else if (option.state.testFlag(QStyle::State_MouseOver)) {
            painter->fillRect(r, theme.color(Token::Hover));
        }
        theme.paintIcon(*painter, index.data(ProfileModel::IconRole).toString(),
                        QRectF(r.left() + 12, r.top() + 11, 14, 14), Token::Fg2);
        const int left = r.left() + 38;
        const int right = r.right() - 12;
        const QString place = index.data(ProfileModel::PlaceRole).toString();
        painter->setFont(Theme::font(FontStyle::Small));
        const int placeWidth = QFontMetrics(painter->font()).horizontalAdvance(place);
        painter->setPen(theme.color(Token::Fg2));
        painter->drawText(QRect(right - placeWidth, r.top() + 30, placeWidth, 18), Qt::AlignVCenter | Qt::AlignRight, place);
        theme.paintIcon(*painter, index.data(ProfileModel::PlaceIconRole).toString(),
                        QRectF(right - placeWidth - 17, r.top() + 33, 12, 12), Token::Fg2);

        // When the token ends, on the line of the name.
        const QString expiry = index.data(ProfileModel::ExpiryRole).toString();
        const Expiry state = Expiry(index.data(ProfileModel::ExpiryStateRole).toInt());
        const int expiryWidth = expiry.isEmpty() ? 0 : QFontMetrics(painter->font()).horizontalAdvance(expiry);
        painter->setPen(theme.color(expiryToken(state)));
        painter->drawText(QRect(right - expiryWidth, r.top() + 8, expiryWidth, 20), Qt::AlignVCenter | Qt::AlignRight, expiry);
        const int nameRight = right - (expiryWidth > 0 ? expiryWidth + 8 : 0);

        painter->setFont(Theme::font(FontStyle::BodyMedium));
        painter->setPen(theme.color(Token::Fg));
        const QFontMetrics nameMetrics(painter->font());
        const QString name = nameMetrics.elidedText(index.data().toString(), Qt::ElideRight, (nameRight - left) * 2 / 3);
        painter->drawText(QRect(left, r.top() + 8, nameRight - left, 20), Qt::AlignVCenter | Qt::AlignLeft, name);
        const int schemeLeft = left + nameMetrics.horizontalAdvance(name) + 8;
        painter->setFont(Theme::font(FontStyle::Small));
        painter->setPen(theme.color(Token::Fg2));
        painter->drawText(QRect(schemeLeft, r.top() + 8, nameRight - schemeLeft, 20), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(painter->font()).elidedText(index.data(ProfileModel::SchemeRole).toString(), Qt::ElideRight, nameRight - schemeLeft));
        painter->setFont(Theme::font(FontStyle::TagMedium));
        const int originWidth = right - placeWidth - 17 - 12 - left;
        painter->drawText(QRect(left, r.top() + 30, originWidth, 18), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(painter->font()).elidedText(index.data(ProfileModel::OriginsRole).toString(), Qt::ElideRight, originWidth));
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), theme.color(Token::Line));
    }
};

} // namespace

CredentialsPage::CredentialsPage(AppContext &context, QWidget *parent) : QWidget(parent), m_context(context)
{
    setAccessibleName(tr("Credentials"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto *left = new ListPane;
    auto *leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 1, 0);
    leftLayout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 8, 4);
    head->setSpacing(6);
    head->addWidget(makeText(tr("Credentials"), FontStyle::BodyStrong, Token::Fg));
    m_count = makeText({}, FontStyle::Body, Token::Fg2);
    head->addWidget(m_count);
    head->addStretch();
    auto *add = new QToolButton;
    add->setIcon(Theme::instance().icon(u"plus"_s));
    add->setAutoRaise(true);
    add->setAccessibleName(tr("New profile"));
    add->setToolTip(tr("New profile"));
    head->addWidget(add);
    leftLayout->addLayout(head);
    auto *filter = new SearchField(tr("Filter by name, scheme or origin"));
    m_filter = filter;
    m_filter->setAccessibleName(tr("Filter profiles"));
    auto *filterBox = new QHBoxLayout;
    filterBox->setContentsMargins(8, 0, 8, 8);
    filterBox->addWidget(m_filter);
    leftLayout->addLayout(filterBox);

    m_model = new ProfileModel(*context.profiles, *context.clock, this);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterRole(ProfileModel::SearchRole);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list = new QListView;
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new ProfileDelegate(m_list));
    m_list->setAccessibleName(tr("Profiles"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setBackgroundRole(QPalette::Window);
    leftLayout->addWidget(m_list, 1);

    m_undo = new QWidget;
    m_undo->hide();
    leftLayout->addWidget(m_undo);
    layout->addWidget(left);

    m_stack = new QStackedWidget;
    auto *empty = new QWidget;
    auto *emptyLayout = new QVBoxLayout(empty);
    emptyLayout->addStretch(2);
    emptyLayout->setSpacing(12);
    QLabel *sentence = makeText(tr("A profile keeps how you log in, and where that may be sent. Its secrets live in the system keychain or the encrypted vault."),
                                FontStyle::Body, Token::Fg2);
    sentence->setAlignment(Qt::AlignCenter);
    sentence->setWordWrap(true);
    emptyLayout->addWidget(sentence);
    m_create = new QPushButton(tr("New profile"));
    m_create->setProperty("kind", u"primary"_s);
    m_create->setAccessibleName(tr("New credential profile"));
    emptyLayout->addWidget(m_create, 0, Qt::AlignHCenter);
    emptyLayout->addStretch(3);
    m_stack->addWidget(empty);
    m_form = new ProfileForm(context);
    m_scroll = new QScrollArea;
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(m_form);
    m_scroll->setAccessibleName(tr("Profile"));
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);
    m_stack->addWidget(m_scroll);
    m_stack->setAutoFillBackground(true);
    m_stack->setBackgroundRole(QPalette::Base);
    layout->addWidget(m_stack, 1);

    connect(add, &QToolButton::clicked, this, [this] { createProfile(); });
    connect(m_create, &QPushButton::clicked, this, [this] { createProfile(); });
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(filter, &SearchField::moveDown, this, [this] {
        m_list->setFocus(Qt::TabFocusReason);
        if (!m_list->currentIndex().isValid())
            m_list->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(m_list, &QListView::activated, this, [this] { m_form->focusField(u"name"_s); });
    auto *deleteKey = new QShortcut(QKeySequence(QKeySequence::Delete), m_list);
    deleteKey->setContext(Qt::WidgetShortcut);
    connect(deleteKey, &QShortcut::activated, this,
            [this] { removeProfile(m_list->currentIndex().data(ProfileModel::IdRole).toString()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { showCurrent(); });
    connect(m_form, &ProfileForm::saved, this, [this](const QString &id) {
        const QSignalBlocker blocker(m_list->selectionModel());
        m_list->setCurrentIndex(m_proxy->mapFromSource(m_model->index(m_model->rowOf(id))));
        m_list->viewport()->update();
    });
    connect(m_form, &ProfileForm::renamed, this, &CredentialsPage::profileRenamed);
    connect(m_form, &ProfileForm::discarded, this, [this] {
        m_stack->setCurrentIndex(0);
        m_list->setCurrentIndex(m_proxy->index(0, 0));
        takeFocus();
    });
    connect(m_form, &ProfileForm::removeRequested, this, &CredentialsPage::removeProfile);
    connect(m_form, &ProfileForm::duplicateRequested, this, &CredentialsPage::duplicateProfile);
    connect(m_model, &QAbstractItemModel::modelReset, this, &CredentialsPage::profilesChanged);
    if (m_context.vault)
        connect(m_context.vault.get(), &VaultStore::stateChanged, m_form, &ProfileForm::showPlaceRemark);
    m_clockTimer.setInterval(ExpiryTickMs);
    connect(&m_clockTimer, &QTimer::timeout, this, &CredentialsPage::tick);
    connect(&Theme::instance(), &Theme::changed, this, [add] { add->setIcon(Theme::instance().icon(u"plus"_s)); });
    updateCount();
    if (m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_proxy->index(0, 0));
}

CredentialsPage::~CredentialsPage()
{
    purgeRemoved();
}

void CredentialsPage::updateCount()
{
    const int count = m_model->rowCount();
    m_count->setText(count == 1 ? tr("1 profile") : tr("%1 profiles").arg(count));
}

void CredentialsPage::takeFocus()
{
    QWidget *target = m_model->rowCount() > 0 ? static_cast<QWidget *>(m_list) : m_create;
    target->setFocus(Qt::ShortcutFocusReason);
}

void CredentialsPage::profilesChanged()
{
    updateCount();
    m_form->storeChanged();
    // The list forgot its current row with the old rows.
    const QSignalBlocker blocker(m_list->selectionModel());
    if (m_stack->currentIndex() == 1)
        m_list->setCurrentIndex(m_proxy->mapFromSource(m_model->index(m_model->rowOf(m_form->profile().id))));
    m_list->viewport()->update();
}

void CredentialsPage::tick()
{
    m_model->tick();
    m_form->showExpiry();
}

void CredentialsPage::showEvent(QShowEvent *event)
{
    tick();
    m_clockTimer.start();
    QWidget::showEvent(event);
}

void CredentialsPage::hideEvent(QHideEvent *event)
{
    m_clockTimer.stop();
    QWidget::hideEvent(event);
}

void CredentialsPage::setTabUses(std::function<int(const QString &)> count)
{
    m_form->setTabUses(std::move(count));
}

void CredentialsPage::save()
{
    if (m_stack->currentIndex() == 1)
        m_form->save();
}

void CredentialsPage::showCurrent()
{
    const QString id = m_list->currentIndex().data(ProfileModel::IdRole).toString();
    const CredentialProfile *profile = m_context.profiles->findById(id);
    if (!profile) {
        if (m_context.profiles->profiles().isEmpty() && !m_form->isModified())
            m_stack->setCurrentIndex(0);
        return;
    }
    m_form->show(*profile, false);
    m_stack->setCurrentIndex(1);
}

void CredentialsPage::editProfile(const QString &name, const QString &fieldId)
{
    const CredentialProfile *profile = m_context.profiles->findByName(name);
    if (!profile)
        return;
    m_filter->clear();
    m_list->setCurrentIndex(m_proxy->mapFromSource(m_model->index(m_model->rowOf(profile->id))));
    showCurrent();
    m_form->focusField(fieldId);
}

void CredentialsPage::createProfile(const QString &origin)
{
    // One that was begun comes back: what was typed into it is not lost.
    const std::optional<CredentialProfile> begun = m_form->unsavedNew();
    CredentialProfile profile = begun ? *begun : CredentialProfile::create({}, u"basic"_s);
    if (!origin.isEmpty() && !profile.origins.contains(origin))
        profile.origins.append(origin);
    if (!begun)
        profile.place = m_context.usualPlace();
    m_list->selectionModel()->clear();
    m_form->show(profile, true);
    m_stack->setCurrentIndex(1);
    m_form->focusField(u"name"_s);
}

void CredentialsPage::duplicateProfile(const QString &id)
{
    const CredentialProfile *profile = m_context.profiles->findById(id);
    if (!profile)
        return;
    CredentialProfile copy = CredentialProfile::create(tr("%1 (copy)").arg(profile->name), profile->schemeId);
    copy.fields = profile->fields;
    copy.origins = profile->origins;
    copy.place = profile->place;
    m_list->selectionModel()->clear();
    m_form->show(copy, true); // the secret is typed again: a copy of it would be one place more to look after
    m_stack->setCurrentIndex(1);
    m_form->focusField(u"name"_s);
}

void CredentialsPage::removeProfile(const QString &id)
{
    const CredentialProfile *found = m_context.profiles->findById(id);
    if (!found)
        return;
    purgeRemoved();
    m_removed = *found;
    const QString name = found->name;
    m_form->forget(id);
    m_context.profiles->remove(id);
    m_stack->setCurrentIndex(0);
    if (m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_proxy->index(0, 0));
    const Result<void> saved = m_context.profiles->save();
    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(12, 6, 8, 6);
    QLabel *text = makeText(saved ? tr("%1 was deleted").arg(name) : saved.error().message, FontStyle::Body, Token::Fg);
    layout->addWidget(text, 1);
    auto *undo = new QPushButton(tr("Undo"));
    undo->setProperty("compact", true);
    undo->setAccessibleName(tr("Undo deleting %1").arg(name));
    auto *purge = new QPushButton(tr("Delete for good"));
    purge->setProperty("compact", true);
    purge->setAccessibleName(tr("Delete %1 for good").arg(name));
    layout->addWidget(undo);
    layout->addWidget(purge);
    QWidget *old = std::exchange(m_undo, bar);
    delete qobject_cast<QVBoxLayout *>(old->parentWidget()->layout())->replaceWidget(old, bar); // the item of the old one
    old->hide();
    old->deleteLater();
    bar->show();
    setTabOrderByLayout(window());
    m_list->setFocus(Qt::OtherFocusReason);
    connect(undo, &QPushButton::clicked, this, [this, bar, text] {
        const CredentialProfile back = *m_removed;
        Result<void> kept = m_context.profiles->put(back);
        if (kept)
            kept = m_context.profiles->save();
        if (!kept) {
            text->setText(kept.error().message);
            return;
        }
        m_removed.reset();
        bar->hide();
        editProfile(back.name);
    });
    connect(purge, &QPushButton::clicked, this, [this, bar] {
        bar->hide();
        purgeRemoved();
        takeFocus();
    });
}

void CredentialsPage::purgeRemoved()
{
    if (!m_removed)
        return;
    // All at once and for the whole program, not for this page: it may be about to go.
    const auto keepsRunning = std::make_shared<QEventLoopLocker>();
    SecretStore *store = m_context.stores().at(m_removed->place);
    for (const QString &fieldId : std::as_const(m_removed->secretFields))
        store->remove(m_removed->secretKey(fieldId), qApp, [keepsRunning](const Result<void> &) {});
    m_removed.reset();
}

} // namespace realmscope
