#include "ui/models/size_presets.h"

#include <algorithm>

#include <QCoreApplication>

namespace headroom::ui {

namespace {

constexpr int kCommonSizes[][2] = {{64, 64},   {96, 96},   {128, 96},  {128, 128}, {192, 128}, {192, 192}, {256, 256}, {384, 256},
                                   {512, 288}, {512, 512}, {624, 624}, {640, 368}, {832, 480}, {960, 544}, {1280, 720}};

QString shapeName(int width, int height)
{
    if (width == height) return QCoreApplication::translate("headroom::ui::sizePresets", "square");
    return width > height ? QCoreApplication::translate("headroom::ui::sizePresets", "landscape")
                          : QCoreApplication::translate("headroom::ui::sizePresets", "portrait");
}

}  // namespace

std::vector<SizePreset> sizePresets(const ModelInfo& model)
{
    const GenerationDefaults& defaults = model.defaults;
    const qint64 ownArea = qint64(defaults.width) * defaults.height;
    std::vector<SizePreset> presets;
    const auto offer = [&](int width, int height, const QString& kind) {
        const auto same = [&](const SizePreset& known) { return known.width == width && known.height == height; };
        if (width <= 0 || !model.width_rule.allows(width) || !model.height_rule.allows(height)) return;
        if (std::any_of(presets.begin(), presets.end(), same)) return;
        presets.push_back({QStringLiteral("%1 × %2 %3").arg(width).arg(height).arg(kind), width, height});
    };
    offer(defaults.width, defaults.height, QCoreApplication::translate("headroom::ui::sizePresets", "default"));
    offer(defaults.height, defaults.width, shapeName(defaults.height, defaults.width));
    for (const auto& [width, height] : kCommonSizes) {
        const qint64 area = qint64(width) * height;
        if (area > 4 * ownArea || 8 * area < ownArea) continue;
        offer(width, height, shapeName(width, height));
        offer(height, width, shapeName(height, width));
    }
    return presets;
}

}  // namespace headroom::ui
