#include <QCryptographicHash>
#include <QtTest>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/engine/forecasting.h"
#include "core/memory/dry_run_weights.h"
#include "core/models/registry.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using namespace headroom::models;
using test::unwrap;
namespace fs = std::filesystem;

namespace {

const fs::path kCatalog = fs::path(HEADROOM_SOURCE_DIR) / "resources" / "catalog";

std::vector<std::string> catalog_names()
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kCatalog)) {
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

/// A dry run's sources that note which weights a model asks for.
class NotedWeights final : public memory::WeightSources {
public:
    explicit NotedWeights(DryRun& run) : m_sources(run, at::kBFloat16) {}

    std::unique_ptr<memory::WeightSource> open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks) override
    {
        for (const nn::ParameterBlock* block : blocks) {
            for (const nn::Parameter* parameter : block->parameters) shapes[parameter->name] = parameter->shape;
        }
        return m_sources.open(index, std::move(blocks));
    }

    std::map<std::string, std::vector<std::int64_t>> shapes;

private:
    memory::DryRunWeightSources m_sources;
};

/// Names and shapes of the weights that the stage's component must have, as its model declares them.
std::map<std::string, std::vector<std::int64_t>> declared_weights(const VideoModel& model, const StagePlan& stage)
{
    const c10::InferenceMode inference;
    DryRun run(ImitatedDevice::Cuda, 1);
    NotedWeights sources(run);
    StageContext context;
    context.device = at::kMeta;
    context.dtype = at::kBFloat16;
    context.sources = &sources;
    const DenoiseSettings settings{.steps = 1, .guidance = 1, .extra = {}};
    const ClipSize size{model.info().width_rule.minimum, model.info().height_rule.minimum, model.info().frames_rule.minimum};
    Conditioning conditioning;
    for (const auto& [component, tokens] : model.longest_prompts(settings)) {
        if (stage.stage == Stage::EncodeText && component != stage.component) continue;
        NotedWeights others(run);
        StageContext own = context;
        if (stage.stage != Stage::EncodeText) own.sources = &others;
        conditioning.merge(unwrap(model.encode_text(component, tokens, own)));
    }
    if (stage.stage == Stage::Denoise) unwrap(model.load_denoiser(stage.component, conditioning, settings, {}, context));
    if (stage.stage == Stage::Decode) {
        const auto options = at::TensorOptions().dtype(at::kFloat).device(at::kMeta);
        unwrap(model.load_decoder(at::empty(model.latent_shape(size, 1), options), {}, context));
    }
    return sources.shapes;
}

}  // namespace

/// Every published model below resources/catalog.
class TestCatalog : public QObject {
    Q_OBJECT

    void add_models() const
    {
        QTest::addColumn<QString>("name");
        for (const std::string& name : catalog_names()) QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

private Q_SLOTS:
    void holdsEveryFamily()
    {
        std::string left = supported_pipelines();
        QVERIFY(!left.empty());
        for (const std::string& name : catalog_names()) {
            const auto found = left.find(unwrap(open_catalog_model(kCatalog / name))->info().pipeline_class);
            if (found != std::string::npos) left.erase(found, left.find(',', found) - found);
        }
        QVERIFY2(left.find_first_not_of(", ") == std::string::npos, left.c_str());
    }

    /// The weights that our models declare from a config are those that diffusers and transformers make of it.
    void weightsAreThoseOfTheReference_data() { add_models(); }
    void weightsAreThoseOfTheReference()
    {
        QFETCH(QString, name);
        const auto golden =
            nlohmann::json::parse(std::ifstream(fs::path(HEADROOM_GOLDENS_DIR) / "catalog_shapes.json")).at(name.toStdString());
        const auto model = unwrap(open_catalog_model(kCatalog / name.toStdString()));
        QCOMPARE(golden.size(), model->chain().size());
        for (const StagePlan& stage : model->chain()) {
            const auto& expected = golden.at(stage.component);
            std::string lines;
            std::int64_t elements = 0;
            const auto shapes = declared_weights(*model, stage);
            for (const auto& [weight, shape] : shapes) {
                std::int64_t product = 1;
                for (const std::int64_t length : shape) product *= length;
                elements += product;
                lines += fmt::format("{} {}\n", weight, fmt::join(shape, "x"));
            }
            const QByteArray hash = QCryptographicHash::hash(QByteArray::fromStdString(lines), QCryptographicHash::Sha1).toHex();
            QVERIFY2(shapes.size() == expected.at("tensors") && elements == expected.at("elements") &&
                         hash.toStdString() == expected.at("sha1"),
                     fmt::format("{}: {} tensors of {} elements, {}, the first {}", stage.component, shapes.size(), elements,
                                 hash.toStdString(), lines.substr(0, lines.find('\n')))
                         .c_str());
        }
    }

    /// As `plan` does with the model's own size: the forecast of each stage's fastest way.
    void canBeForecast_data() { add_models(); }
    void canBeForecast()
    {
        QFETCH(QString, name);
        const auto model = unwrap(open_catalog_model(kCatalog / name.toStdString()));
        const ModelInfo& info = model->info();
        const GenerationDefaults& defaults = info.defaults;
        QVERIFY(info.width_rule.allows(defaults.width) && info.height_rule.allows(defaults.height) &&
                info.frames_rule.allows(defaults.frames));
        QVERIFY(!model->check_weights().has_value());  // configs only
        ForecastSubject subject{.size = {defaults.width, defaults.height, defaults.frames},
                                .settings = {},
                                .tokens = {},
                                .device = ImitatedDevice::Cuda,
                                .dtype = at::kBFloat16};
        subject.settings = {.steps = defaults.steps, .guidance = defaults.guidance, .extra = {}};
        for (const ExtraSetting& setting : info.extra_settings) subject.settings.extra[setting.key] = setting.value;
        for (const StagePlan& stage : model->chain()) {
            const StageForecast forecast = unwrap(forecast_stage(*model, stage, subject));
            const std::int64_t weights = weight_bytes(forecast);
            qInfo("%-14s weights %6.2f GiB, peak %6.2f GiB", stage.component.c_str(), double(weights) / (1 << 30),
                  double(peak_bytes(forecast, {})) / (1 << 30));
            QVERIFY(weights > (100 << 20) && peak_bytes(forecast, {}) > weights);
        }
    }
};

QTEST_APPLESS_MAIN(TestCatalog)
#include "test_catalog.moc"
