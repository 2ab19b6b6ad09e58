#include "ui/widgets/strategy_chips.h"

#include <QActionGroup>
#include <QMenu>
#include <QPushButton>

#include "ui/theme/button_role.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/glyph_icon.h"

namespace headroom::ui {

StrategyChips::StrategyChips(const BudgetModel& model, QWidget* parent)
    : QWidget(parent), m_model(model), m_decisions(pinnableDecisions())
{
    auto* layout = new FlowLayout(this);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    for (std::size_t i = 0; i < m_decisions.size(); ++i) {
        auto* chip = new QPushButton(this);
        chip->setObjectName(QString::fromLatin1(m_decisions[i].objectName));
        chip->setAutoDefault(false);
        chip->setIconSize({12, 12});
        setButtonRole(chip, ButtonRole::Chip);
        auto* menu = new QMenu(chip);
        new QActionGroup(menu);
        connect(menu, &QMenu::aboutToShow, this, [this, i] { fillMenu(i); });
        chip->setMenu(menu);
        m_chips.push_back(chip);
        layout->addWidget(chip);
    }
    m_more = new QPushButton(this);
    m_more->setObjectName(QStringLiteral("moreChips"));
    m_more->setCheckable(true);
    m_more->setAutoDefault(false);
    setButtonRole(m_more, ButtonRole::Quiet);
    layout->addWidget(m_more);
    connect(m_more, &QPushButton::toggled, this, &StrategyChips::adopt);
    m_reset = new QPushButton(tr("Unpin all"), this);
    m_reset->setObjectName(QStringLiteral("unpinAll"));
    m_reset->setAccessibleName(m_reset->text());
    m_reset->setAutoDefault(false);
    setButtonRole(m_reset, ButtonRole::Quiet);
    layout->addWidget(m_reset);
    connect(m_reset, &QPushButton::clicked, this, [this] { choosePins({}); });
    for (QPushButton* button : {m_more, m_reset}) button->setFixedHeight(fontMetrics().height() + 9);  // As tall as a chip.
    connect(&m_model, &BudgetModel::changed, this, &StrategyChips::adopt);
    adopt();
}

void StrategyChips::setPins(const Pins& pins)
{
    m_pins = pins;
    adopt();
}

void StrategyChips::choosePins(const Pins& pins)
{
    setPins(pins);
    Q_EMIT pinsChanged();
}

bool StrategyChips::matters(const PinnableDecision& decision) const
{
    if (decision.isPinned(m_pins)) return true;
    const bool guided = m_model.isGuided();
    if (QLatin1String(decision.objectName) == QLatin1String("chipGuidance") && !guided) return false;
    if (!m_more->isChecked() && decision.isUsual && decision.isUsual(m_model.plan())) return false;
    return !decision.current(m_model.plan()).isEmpty();
}

void StrategyChips::adopt()
{
    bool anyVisible = false;
    for (std::size_t i = 0; i < m_decisions.size(); ++i) {
        const PinnableDecision& decision = m_decisions[i];
        QPushButton* chip = m_chips[i];
        const bool pinned = decision.isPinned(m_pins);
        const QString current = decision.current(m_model.plan());
        const QString text = QStringLiteral("%1: %2").arg(decision.title, current.isEmpty() ? QStringLiteral("–") : current);
        if (chip->text() != text) chip->setText(text);
        chip->setIcon(pinned ? glyphIcon(Glyph::Lock) : QIcon());
        chip->setEnabled(!m_model.isRunning());
        chip->setAccessibleName(pinned ? tr("%1, pinned").arg(text) : tr("%1, automatic").arg(text));
        chip->setToolTip(QStringLiteral("%1\n%2").arg(decision.hint, pinned ? tr("Pinned by you") : tr("Chosen automatically")));
        chip->setVisible(matters(decision));
        anyVisible = anyVisible || matters(decision);
    }
    m_more->setText(m_more->isChecked() ? tr("Less") : tr("More"));
    m_more->setAccessibleName(m_more->isChecked() ? tr("Fewer decisions") : tr("More decisions"));
    m_reset->setVisible(hasPins(m_pins));
    m_reset->setEnabled(!m_model.isRunning());
    setVisible(anyVisible);
    updateGeometry();
}

void StrategyChips::fillMenu(std::size_t index)
{
    const PinnableDecision& decision = m_decisions[index];
    QMenu* menu = m_chips[index]->menu();
    menu->clear();
    auto* group = menu->findChild<QActionGroup*>();  // One of them holds: the style marks it as such.
    const bool pinned = decision.isPinned(m_pins);
    const auto add = [&](const QString& text, bool checked, const std::function<void(Pins&)>& change) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        group->addAction(action);
        action->setChecked(checked);
        connect(action, &QAction::triggered, this, [this, change] {
            Pins pins = m_pins;
            change(pins);
            choosePins(pins);
        });
    };
    add(tr("Automatic"), !pinned, decision.unpin);
    menu->addSeparator();
    const QString current = decision.current(m_model.plan());
    for (const PinChoice& choice : decision.choices) add(choice.text, pinned && choice.text == current, choice.pin);
}

}  // namespace headroom::ui
