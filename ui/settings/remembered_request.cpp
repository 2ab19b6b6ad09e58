#include "ui/settings/remembered_request.h"

#include <cmath>

#include <QCoreApplication>

#include "ui/settings/output_location.h"
#include "ui/settings/settings_keys.h"

namespace headroom::ui {

namespace {

std::optional<int> keptNumber(const SettingsStore& settings, const Setting<int>& key)
{
    const int value = settings.get(key);
    return value > 0 ? std::optional(value) : std::nullopt;
}

/// The class exists for its name: the context that translators see.
class Differences {
    Q_DECLARE_TR_FUNCTIONS(Differences)
};

}  // namespace

void rememberRequest(SettingsStore& settings, const GenerateRequest& request)
{
    settings.set(keys::kPrompt, QString::fromStdString(request.prompt));
    settings.set(keys::kNegativePrompt, QString::fromStdString(request.negative_prompt));
    settings.set(keys::kModelDir, fromPath(request.model_dir));
    settings.set(keys::kWidth, request.width.value_or(0));
    settings.set(keys::kHeight, request.height.value_or(0));
    settings.set(keys::kFrames, request.frames.value_or(0));
    settings.set(keys::kFps, request.fps.value_or(0));
    settings.set(keys::kSteps, request.steps.value_or(0));
    settings.set(keys::kGuidance, request.guidance.value_or(-1));
    QStringList extra;
    for (const auto& [key, value] : request.extra)
        extra << QStringLiteral("%1=%2").arg(QString::fromStdString(key)).arg(value, 0, 'g', 12);
    settings.set(keys::kExtra, extra);
    settings.set(keys::kSeed, QString::number(request.seed));
}

GenerateRequest rememberedNumbers(const SettingsStore& settings)
{
    GenerateRequest request;
    request.width = keptNumber(settings, keys::kWidth);
    request.height = keptNumber(settings, keys::kHeight);
    request.frames = keptNumber(settings, keys::kFrames);
    request.fps = keptNumber(settings, keys::kFps);
    request.steps = keptNumber(settings, keys::kSteps);
    if (const double guidance = settings.get(keys::kGuidance); guidance >= 0) request.guidance = guidance;
    for (const QString& entry : settings.get(keys::kExtra)) {
        bool isNumber = false;
        const double value = entry.section('=', 1).toDouble(&isNumber);
        if (isNumber) request.extra[entry.section('=', 0, 0).toStdString()] = value;
    }
    return request;
}

QStringList differences(const GenerateRequest& wanted, const GenerateRequest& got)
{
    QStringList phrases;
    const auto compare = [&](const QString& name, const std::optional<int>& want, const std::optional<int>& have) {
        if (!want || !have || *want == *have || *want <= 0) return;
        phrases << Differences::tr("%1 %2 (now %3)").arg(name).arg(*want).arg(*have);
    };
    compare(Differences::tr("width"), wanted.width, got.width);
    compare(Differences::tr("height"), wanted.height, got.height);
    compare(Differences::tr("frames"), wanted.frames, got.frames);
    compare(Differences::tr("frames a second"), wanted.fps, got.fps);
    compare(Differences::tr("steps"), wanted.steps, got.steps);
    if (wanted.guidance && got.guidance && std::abs(*wanted.guidance - *got.guidance) > 1e-6) {
        phrases << Differences::tr("%1 %2 (now %3)").arg(Differences::tr("guidance")).arg(*wanted.guidance).arg(*got.guidance);
    }
    return phrases;
}

}  // namespace headroom::ui
