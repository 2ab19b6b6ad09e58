#include "ui/panels/memory_panel.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/models/byte_text.h"
#include "ui/models/plan_text.h"
#include "ui/theme/button_role.h"
#include "ui/widgets/budget_slider.h"
#include "ui/widgets/byte_size_box.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/memory_bars.h"
#include "ui/widgets/memory_table.h"
#include "ui/widgets/strategy_chips.h"
#include "ui/widgets/time_curve.h"

namespace headroom::ui {

namespace {

constexpr int kOffers = 2;

QPushButton* linkButton(const char* objectName, QWidget* parent)
{
    auto* button = new QPushButton(parent);
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAutoDefault(false);
    setButtonRole(button, ButtonRole::Link);
    return button;
}

}  // namespace

QString dtypeText(ComputeDtype dtype)
{
    switch (dtype) {
    case ComputeDtype::Auto: return QStringLiteral("auto");
    case ComputeDtype::Float32: return QStringLiteral("fp32");
    case ComputeDtype::BFloat16: return QStringLiteral("bf16");
    case ComputeDtype::Float16: return QStringLiteral("fp16");
    }
    return {};
}

QString deviceText(const std::string& device)
{
    const QString name = QString::fromStdString(device);
    if (name == QStringLiteral("cpu")) return QCoreApplication::translate("headroom::ui::deviceText", "CPU");
    if (name.startsWith(QStringLiteral("cuda:")))
        return QCoreApplication::translate("headroom::ui::deviceText", "GPU %1").arg(name.mid(5));
    return name;
}

MemoryPanel::MemoryPanel(QWidget* parent) : QWidget(parent)
{
    auto* content = new QWidget(this);
    auto* contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins(7, 12, 0, 12);  // The slider's axis has margins of its own, the scroll bar the right one's.
    contentLayout->setSpacing(12);
    contentLayout->addWidget(buildBudget());
    contentLayout->addWidget(buildStages());
    contentLayout->addWidget(buildReasons());
    contentLayout->addStretch(1);
    // The width says how tall it is; wrapped texts hint at more, which would be scrolled for nothing.
    content->setMinimumHeight(1);

    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Memory"));
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    connect(&m_model, &BudgetModel::changed, this, &MemoryPanel::adopt);
    adopt();
}

QWidget* MemoryPanel::buildBudget()
{
    auto* group = new QWidget(this);
    m_size = new ByteSizeBox(group);
    m_size->setObjectName(QStringLiteral("budgetSize"));
    m_size->setAccessibleName(tr("Use at most"));
    auto* label = new QLabel(tr("&Use at most"), group);
    label->setBuddy(m_size);
    m_ofDevice = new QLabel(group);
    m_ofDevice->setObjectName(QStringLiteral("budgetOf"));
    m_automatic = new QCheckBox(tr("Au&tomatic"), group);
    m_automatic->setObjectName(QStringLiteral("budgetAutomatic"));
    m_automatic->setAccessibleName(tr("Automatic budget"));
    m_automatic->setToolTip(tr("What is free when the run begins, less a margin"));
    m_device = new QLabel(group);
    m_device->setObjectName(QStringLiteral("planDevice"));
    m_device->setAccessibleName(tr("Device"));
    m_device->setForegroundRole(QPalette::PlaceholderText);
    m_device->setWordWrap(true);
    m_slider = new BudgetSlider(m_model, group);
    m_curve = new TimeCurve(m_model, group);

    auto* size = new QWidget(group);
    QSizePolicy flowing(QSizePolicy::Expanding, QSizePolicy::Fixed);
    flowing.setHeightForWidth(true);
    size->setSizePolicy(flowing);
    auto* sizeRow = new FlowLayout(size, 8);
    for (QWidget* part : std::initializer_list<QWidget*>{label, m_size, m_ofDevice, m_automatic}) sizeRow->addWidget(part);
    auto* texts = new QVBoxLayout;
    texts->setContentsMargins(9, 0, 9, 4);
    texts->setSpacing(6);
    texts->addWidget(size);
    texts->addWidget(m_device);
    auto* layout = new QVBoxLayout(group);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(texts);
    layout->addWidget(m_slider);
    layout->addWidget(m_curve);
    connect(m_size, &ByteSizeBox::chosen, this, [this](std::int64_t bytes) { m_model.setBudget(bytes); });
    connect(m_automatic, &QCheckBox::clicked, this, [this](bool automatic) {
        const std::int64_t now = m_model.budgetBytes();
        m_model.setBudget(automatic || now == 0 ? std::nullopt : std::optional(now));
    });
    return group;
}

QWidget* MemoryPanel::buildStages()
{
    auto* group = new QWidget(this);
    m_bars = new MemoryBars(m_model, group);
    m_table = new MemoryTable(m_model, group);
    m_table->hide();
    m_asTable = linkButton("showAsTable", group);
    m_asTable->setCheckable(true);

    auto* layout = new QVBoxLayout(group);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_bars);
    auto* tableRow = new QHBoxLayout;
    tableRow->setContentsMargins(9, 0, 9, 0);
    tableRow->addWidget(m_table);
    layout->addLayout(tableRow);
    auto* linkRow = new QHBoxLayout;
    linkRow->setContentsMargins(8, 0, 9, 0);
    linkRow->addWidget(m_asTable, 0, Qt::AlignLeft);
    layout->addLayout(linkRow);
    const auto name = [this](bool table) {
        m_asTable->setText(table ? tr("Show as bars") : tr("Show as table"));
        m_asTable->setAccessibleName(m_asTable->text());
    };
    name(false);
    connect(m_asTable, &QPushButton::toggled, this, [this, name](bool table) {
        m_table->setVisible(table);
        m_bars->setVisible(!table);
        name(table);
    });
    return group;
}

QWidget* MemoryPanel::buildReasons()
{
    auto* group = new QWidget(this);
    m_chips = new StrategyChips(m_model, group);
    m_why = new QLabel(group);
    m_why->setObjectName(QStringLiteral("why"));
    m_why->setAccessibleName(tr("Why"));
    m_why->setWordWrap(true);
    m_why->setTextFormat(Qt::PlainText);
    m_why->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* layout = new QVBoxLayout(group);
    layout->setContentsMargins(9, 0, 9, 0);
    layout->setSpacing(8);
    layout->addWidget(m_chips);
    layout->addWidget(m_why);
    auto* offers = new QVBoxLayout;
    offers->setSpacing(0);
    for (int i = 0; i < kOffers; ++i) {
        m_offers.push_back(linkButton(i == 0 ? "offerNext" : "offerFastest", group));
        m_offers.back()->setAccessibleName(tr("A larger budget"));
        offers->addWidget(m_offers.back(), 0, Qt::AlignLeft);
        connect(m_offers.back(), &QPushButton::clicked, this, [this, i] {
            const auto offered = m_model.offers();
            // Whole MiB, as on the slider; up, so that the plan offered still fits.
            if (i < int(offered.size())) m_model.setBudget(((offered[i].point.budget_bytes >> 20) + 1) << 20);
        });
    }
    layout->addLayout(offers);
    return group;
}

void MemoryPanel::focusBudget()
{
    m_slider->setFocus(Qt::ShortcutFocusReason);
}

void MemoryPanel::adopt()
{
    const bool known = m_model.outlook().has_value();
    const bool editable = known && !m_model.isRunning();
    m_size->setEnabled(editable);
    m_automatic->setEnabled(editable);
    m_automatic->setChecked(m_model.isAutomatic());
    m_size->setBytes(m_model.budgetBytes());
    if (known) {
        const PlanOutlook& outlook = *m_model.outlook();
        m_size->setMaximum(outlook.device_bytes);
        m_size->setStep(std::int64_t(m_slider->singleStep()) << 20);
        m_ofDevice->setText(outlook.device_bytes > 0 ? tr("of %1").arg(byteText(outlook.device_bytes)) : QString());
        QString device = QStringLiteral("%1 · %2").arg(deviceText(outlook.device), dtypeText(outlook.dtype));
        if (outlook.others_bytes > 0) device += tr(" · others use %1").arg(byteText(outlook.others_bytes));
        m_device->setText(device);
    }
    m_why->setText(m_model.fits() ? m_model.why() : verdictText(m_model));
    m_why->setVisible(!m_why->text().isEmpty());
    m_asTable->setVisible(!m_model.plan().stages.empty());
    showOffers();
}

void MemoryPanel::showOffers()
{
    const auto offered = m_model.offers();
    for (std::size_t i = 0; i < m_offers.size(); ++i) {
        QPushButton* button = m_offers[i];
        button->setVisible(i < offered.size());
        if (i >= offered.size()) continue;
        button->setText(offerText(offered[i]));
        button->setAccessibleName(button->text());
        button->setToolTip(tr("Allow %1\n%2").arg(byteText(offered[i].point.budget_bytes), offered[i].change));
    }
}

}  // namespace headroom::ui
