#include "ui/widgets/seed_field.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QRegularExpressionValidator>
#include <QToolButton>

#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

namespace {

QToolButton* modeButton(Glyph glyph, const QString& name, const QString& tip, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(glyphIcon(glyph));
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    return button;
}

}  // namespace

SeedField::SeedField(QWidget* parent) : QWidget(parent)
{
    m_edit = new QLineEdit(QStringLiteral("0"), this);
    m_edit->setObjectName(QStringLiteral("seed"));
    m_edit->setAccessibleName(tr("Seed"));
    m_edit->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), m_edit));
    m_dice = modeButton(Glyph::Dice, tr("New seed for every clip"), tr("New seed for every clip: rolled when you press Generate"),
                        this);
    m_dice->setObjectName(QStringLiteral("seedDice"));
    m_lock =
        modeButton(Glyph::Lock, tr("Keep this seed"), tr("Keep this seed: the same settings give the same clip again"), this);
    m_lock->setObjectName(QStringLiteral("seedLock"));
    auto* group = new QButtonGroup(this);
    group->addButton(m_dice);
    group->addButton(m_lock);
    m_dice->setChecked(true);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_dice);
    layout->addWidget(m_lock);
    setFocusProxy(m_edit);

    connect(m_edit, &QLineEdit::textEdited, this, [this] {
        m_lock->setChecked(true);
        Q_EMIT changed();
    });
    connect(m_edit, &QLineEdit::editingFinished, this, [this] { m_edit->setText(QString::number(seed())); });
    connect(group, &QButtonGroup::buttonToggled, this, [this] { Q_EMIT changed(); });
}

std::uint64_t SeedField::seed() const
{
    bool fits = false;
    const std::uint64_t value = m_edit->text().toULongLong(&fits);
    return fits || m_edit->text().isEmpty() ? value : UINT64_MAX;
}

SeedMode SeedField::mode() const
{
    return m_lock->isChecked() ? SeedMode::Kept : SeedMode::Fresh;
}

void SeedField::setSeed(std::uint64_t seed)
{
    m_edit->setText(QString::number(seed));
}

void SeedField::setMode(SeedMode mode)
{
    (mode == SeedMode::Kept ? m_lock : m_dice)->setChecked(true);
}

std::uint64_t SeedField::resolveSeed()
{
    if (mode() == SeedMode::Fresh) setSeed(QRandomGenerator::global()->generate());
    return seed();
}

}  // namespace headroom::ui
