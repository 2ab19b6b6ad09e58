#include "ui/panels/clip_panel.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

#include "ui/models/family_text.h"
#include "ui/models/size_presets.h"
#include "ui/theme/button_role.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/extra_settings_form.h"
#include "ui/widgets/glyph_icon.h"
#include "ui/widgets/legal_spin_box.h"
#include "ui/widgets/seed_field.h"

namespace headroom::ui {

namespace {

constexpr int kMostSteps = 1000;
constexpr int kHighestFps = 120;

LegalSpinBox* numberBox(const char* objectName, const QString& accessibleName, QWidget* parent)
{
    auto* box = new LegalSpinBox(parent);
    box->setObjectName(QString::fromLatin1(objectName));
    box->setAccessibleName(accessibleName);
    box->setMinimumWidth(64);
    return box;
}

}  // namespace

ClipPanel::ClipPanel(QWidget* parent) : QWidget(parent)
{
    build();
    connectAll();
}

void ClipPanel::build()
{
    m_preset = new QComboBox(this);
    m_preset->setObjectName(QStringLiteral("sizePreset"));
    m_preset->setAccessibleName(tr("Size preset"));
    m_preset->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_preset->setMinimumContentsLength(8);
    m_swap = new QToolButton(this);
    m_swap->setObjectName(QStringLiteral("swapSides"));
    m_swap->setIcon(glyphIcon(Glyph::Swap));
    m_swap->setAutoRaise(true);
    m_swap->setFocusPolicy(Qt::StrongFocus);
    m_swap->setAccessibleName(tr("Swap width and height"));
    m_swap->setToolTip(tr("Swap width and height"));
    m_width = numberBox("width", tr("Width in pixels"), this);
    m_height = numberBox("height", tr("Height in pixels"), this);
    m_frames = numberBox("frames", tr("Number of frames"), this);
    m_fps = numberBox("fps", tr("Frames a second"), this);
    m_steps = numberBox("steps", tr("Denoising steps"), this);
    m_fps->setRule({1, kHighestFps, 1, 0});
    m_steps->setRule({1, kMostSteps, 1, 0});
    m_guidance = new QDoubleSpinBox(this);
    m_guidance->setObjectName(QStringLiteral("guidance"));
    m_guidance->setAccessibleName(tr("Guidance"));
    m_guidance->setToolTip(tr("How strongly the prompt is followed; 1 and less turn guidance off, which halves the time"));
    m_guidance->setRange(0, 50);
    m_guidance->setSingleStep(0.5);
    m_guidance->setDecimals(1);
    m_guidance->setMinimumWidth(64);
    m_extra = new ExtraSettingsForm(this);
    m_seed = new SeedField(this);
    m_reset = new QPushButton(tr("&Reset to model defaults"), this);
    m_reset->setObjectName(QStringLiteral("resetDefaults"));
    m_reset->setAccessibleName(tr("Reset to model defaults"));
    setButtonRole(m_reset, ButtonRole::Link);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    buildRows(*grid);
}

void ClipPanel::buildRows(QGridLayout& grid)
{
    constexpr int kGroupGap = 12;
    int row = 0;
    const auto gap = [&] { grid.setRowMinimumHeight(row++, kGroupGap - 2 * grid.verticalSpacing()); };
    const auto pair = [&](const QString& leftText, QWidget* left, const QString& rightText, QWidget* right) {
        grid.addWidget(makeFieldLabel(leftText, left, this), row, 0);
        grid.addWidget(makeFieldLabel(rightText, right, this), row++, 1);
        grid.addWidget(left, row, 0);
        grid.addWidget(right, row++, 1);
    };
    grid.addWidget(makeFieldLabel(tr("Si&ze"), m_preset, this), row++, 0, 1, 2);
    auto* presetRow = new QHBoxLayout;
    presetRow->setSpacing(4);
    presetRow->addWidget(m_preset, 1);
    presetRow->addWidget(m_swap);
    grid.addLayout(presetRow, row++, 0, 1, 2);
    gap();
    pair(tr("&Width"), m_width, tr("He&ight"), m_height);
    gap();
    pair(tr("Fr&ames"), m_frames, tr("Frames a sec&ond"), m_fps);
    m_seconds = makeFieldLabel({}, nullptr, this);
    m_seconds->setObjectName(QStringLiteral("clipSeconds"));
    m_seconds->setAccessibleName(tr("Length of the clip"));
    m_seconds->setForegroundRole(QPalette::PlaceholderText);
    grid.addWidget(m_seconds, row - 2, 0, Qt::AlignRight);
    gap();
    pair(tr("&Steps"), m_steps, tr("&Guidance"), m_guidance);
    grid.addWidget(m_extra, row++, 0, 1, 2);
    gap();
    grid.addWidget(makeFieldLabel(tr("See&d of the clip shown"), m_seed, this), row++, 0, 1, 2);
    grid.addWidget(m_seed, row++, 0, 1, 2);
    gap();
    grid.addWidget(m_reset, row, 0, 1, 2, Qt::AlignLeft);
}

void ClipPanel::connectAll()
{
    connect(m_preset, &QComboBox::activated, this, &ClipPanel::applyPreset);
    connect(m_swap, &QToolButton::clicked, this, &ClipPanel::swapSides);
    connect(m_reset, &QPushButton::clicked, this, &ClipPanel::resetToDefaults);
    for (LegalSpinBox* box : {m_width, m_height, m_frames, m_fps, m_steps}) {
        connect(box, &QSpinBox::valueChanged, this, [this] {
            showPreset();
            showSeconds();
            Q_EMIT changed();
        });
    }
    connect(m_guidance, &QDoubleSpinBox::valueChanged, this, [this] {
        showPreset();
        Q_EMIT changed();
    });
    connect(m_extra, &ExtraSettingsForm::changed, this, [this] {
        showPreset();
        Q_EMIT changed();
    });
}

void ClipPanel::setModelRules(const ModelInfo& model)
{
    m_model = model;
    m_width->setRule(model.width_rule);
    m_height->setRule(model.height_rule);
    m_frames->setRule(model.frames_rule);
    m_extra->setSettings(model.extra_settings);
    fillPresets();
    showPreset();
    showSeconds();
}

void ClipPanel::resetToDefaults()
{
    applyValues(m_model.defaults);
    m_extra->resetToDefaults();
}

void ClipPanel::applyValues(const GenerationDefaults& values)
{
    m_width->setLegalValue(values.width);
    m_height->setLegalValue(values.height);
    m_frames->setLegalValue(values.frames);
    m_fps->setLegalValue(values.fps);
    m_steps->setLegalValue(values.steps);
    m_guidance->setValue(values.guidance);
}

void ClipPanel::apply(const GenerateRequest& request)
{
    if (request.width) m_width->setLegalValue(*request.width);
    if (request.height) m_height->setLegalValue(*request.height);
    if (request.frames) m_frames->setLegalValue(*request.frames);
    if (request.fps) m_fps->setLegalValue(*request.fps);
    if (request.steps) m_steps->setLegalValue(*request.steps);
    if (request.guidance) m_guidance->setValue(*request.guidance);
    m_extra->setValues(request.extra);
}

void ClipPanel::fill(GenerateRequest& request) const
{
    request.width = m_width->value();
    request.height = m_height->value();
    request.frames = m_frames->value();
    request.fps = m_fps->value();
    request.steps = m_steps->value();
    request.guidance = m_guidance->value();
    request.extra = m_extra->values();
    request.seed = m_seed->seed();
}

void ClipPanel::fillPresets()
{
    m_preset->clear();
    for (std::size_t i = 0; i < m_model.presets.size(); ++i) {
        m_preset->addItem(familyText(m_model.presets[i].name), int(i));
    }
    for (const SizePreset& preset : sizePresets(m_model)) m_preset->addItem(preset.title, QSize(preset.width, preset.height));
    m_preset->addItem(tr("Custom"));
}

void ClipPanel::applyPreset(int index)
{
    if (index >= 0 && std::size_t(index) < m_model.presets.size()) {
        const Preset preset = m_model.presets[std::size_t(index)];
        applyValues(preset.values);
        m_extra->setValues(preset.extra);
        return;
    }
    const QSize size = m_preset->itemData(index).toSize();
    if (!size.isValid() || size.isEmpty()) return;
    m_width->setLegalValue(size.width());
    m_height->setLegalValue(size.height());
}

void ClipPanel::swapSides()
{
    const int width = m_width->value();
    m_width->setLegalValue(m_height->value());
    m_height->setLegalValue(width);
}

bool ClipPanel::shows(const Preset& preset) const
{
    const GenerationDefaults& values = preset.values;
    const auto extra = m_extra->values();
    const bool sameExtra = std::all_of(preset.extra.begin(), preset.extra.end(), [&](const auto& entry) {
        const auto shown = extra.find(entry.first);
        return shown == extra.end() || std::abs(shown->second - entry.second) < 1e-6;
    });
    return sameExtra && m_width->value() == values.width && m_height->value() == values.height &&
           m_frames->value() == values.frames && m_fps->value() == values.fps && m_steps->value() == values.steps &&
           std::abs(m_guidance->value() - values.guidance) < 1e-6;
}

void ClipPanel::showPreset()
{
    for (std::size_t i = 0; i < m_model.presets.size(); ++i) {
        if (!shows(m_model.presets[i])) continue;
        m_preset->setCurrentIndex(int(i));
        return;
    }
    const int index = m_preset->findData(QSize(m_width->value(), m_height->value()));
    m_preset->setCurrentIndex(index >= 0 ? index : m_preset->count() - 1);
}

void ClipPanel::showSeconds()
{
    const double seconds = double(m_frames->value()) / std::max(1, m_fps->value());
    m_seconds->setText(tr("%1 s").arg(QLocale().toString(seconds, 'f', 2)));
}

}  // namespace headroom::ui
