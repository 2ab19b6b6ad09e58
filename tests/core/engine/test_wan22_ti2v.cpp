#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <functional>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>

#include "core/engine/compute_dtype.h"
#include "core/engine/engine.h"
#include "core/engine/forecasting.h"
#include "core/engine/latent_file.h"
#include "core/models/registry.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;
using test::unwrap;
namespace fs = std::filesystem;

namespace {

const fs::path kTiny = fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan22_ti2v";
const fs::path kCatalog = fs::path(HEADROOM_SOURCE_DIR) / "resources" / "catalog";
constexpr double kGiB = 1 << 30;

VaePlan strips(int count)
{
    VaePlan how;
    how.method = count > 1 ? VaeMethod::Strips : VaeMethod::Whole;
    how.strips = count;
    return how;
}

VaePlan tiles()
{
    VaePlan how;
    how.method = VaeMethod::Tiles;
    return how;
}

}  // namespace

/// Wan 2.2 TI2V, text to video (test_family_pipelines holds the whole chain against diffusers): its plans against each other and
/// against their forecasts, and what a published folder of it is taken for.
class TestWan22Ti2v : public QObject {
    Q_OBJECT

    using Pin = std::function<void(Pins&)>;
    using Damage = std::function<void(const fs::path&)>;

    struct Clip {
        Tensor latents;
        std::vector<RgbFrame> frames;
        RunReport report;
    };

    QTemporaryDir m_dir;
    std::unique_ptr<Engine> m_engine;

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    GenerateRequest golden_request() const
    {
        GenerateRequest request;
        request.model_dir = kTiny;
        request.prompt = "a red circle moving right on a blue background";
        request.negative_prompt = "cat";
        request.width = 96;
        request.height = 64;
        request.frames = 9;
        request.steps = 12;
        request.guidance = 5.0;
        request.seed = 7;
        request.latents_out = path("latents.safetensors");
        request.execution.device = "cpu";
        request.execution.dtype = ComputeDtype::Float32;
        return request;
    }

    Clip make_clip(const GenerateRequest& request)
    {
        const auto resolved = unwrap(m_engine->resolve(request));
        test::RecordingListener listener;
        RunReport report = unwrap(m_engine->generate(resolved, unwrap(m_engine->plan(resolved)), listener, {}));
        Clip clip{unwrap(read_latents(request.latents_out)), std::move(listener.frames), std::move(report)};
        fs::remove(request.latents_out);
        return clip;
    }

    Clip short_clip(const Pin& pin, ComputeDtype dtype = ComputeDtype::Float32)
    {
        GenerateRequest request = golden_request();
        request.width = 32;
        request.height = 192;
        request.frames = 13;
        request.steps = 2;
        request.execution.dtype = dtype;
        pin(request.execution.pins);
        return make_clip(request);
    }

    /// [values further apart than 1/255, values].
    static std::pair<std::size_t, std::size_t> apart(const RgbFrame& frame, const RgbFrame& expected)
    {
        std::size_t beyond = 0;
        for (std::size_t i = 0; i < frame.pixels.size(); ++i) {
            beyond += std::abs(int(frame.pixels[i]) - int(expected.pixels[i])) > 1;
        }
        return {beyond, frame.pixels.size()};
    }

    static Damage set(const std::string& file, const std::string& key, const nlohmann::json& value)
    {
        return [=](const fs::path& folder) {
            nlohmann::json json = nlohmann::json::parse(std::ifstream(folder / file));
            json[key] = value;
            std::ofstream(folder / file) << json;
        };
    }

private Q_SLOTS:
    void initTestCase()
    {
        at::set_num_threads(1);
        m_engine = make_engine({.demo_model_dir = kTiny, .state_dir = path("state"), .modules_dir = {}});
    }

    void exactPlansAgree_data()
    {
        QTest::addColumn<Pin>("pin");
        const auto row = [](const char* name, const Pin& pin) { QTest::newRow(name) << pin; };
        for (const int count : {2, 3, 8}) {
            row(qPrintable(QString("%1 strips").arg(count)), [count](Pins& pins) {
                pins.vae = VaeMethod::Strips;
                pins.strips = count;
            });
        }
        row("2 latents a chunk", [](Pins& pins) { pins.latents_per_chunk = 2; });
        row("cache on the host", [](Pins& pins) { pins.cache = CachePlace::Host; });
        row("interleaved and streamed", [](Pins& pins) {
            pins.guidance = GuidanceOrder::Interleaved;
            pins.denoiser_residency = memory::Residency::Streamed;
            pins.resident_blocks = 0;
        });
        row("16 tokens at a time", [](Pins& pins) { pins.token_rows = 16; });
    }
    void exactPlansAgree()
    {
        QFETCH(Pin, pin);
        const Clip expected = short_clip([](Pins& pins) {
            pins.vae = VaeMethod::Whole;
            pins.latents_per_chunk = 1;
        });
        const Clip found = short_clip(pin);
        QCOMPARE(found.frames.size(), expected.frames.size());
        std::size_t beyond = 0, values = 0;
        for (std::size_t i = 0; i < found.frames.size(); ++i) {
            QCOMPARE(found.frames[i].height, 192);
            const auto [more, all] = apart(found.frames[i], expected.frames[i]);
            beyond += more;
            values += all;
        }
        qInfo("%zu of %zu pixel values more than 1/255 away", beyond, values);
        QVERIFY(double(beyond) <= 1e-4 * double(values));
    }

    void predictsTheMeasuredPeak_data()
    {
        QTest::addColumn<Pin>("pin");
        QTest::addColumn<bool>("bf16");
        for (const bool bf16 : {false, true}) {
            const auto row = [&](const char* name, const Pin& pin) {
                QTest::addRow("%s, %s", name, bf16 ? "bf16" : "fp32") << pin << bf16;
            };
            row("whole", [](Pins& pins) { pins.vae = VaeMethod::Whole; });
            row("strips", [](Pins& pins) {
                pins.vae = VaeMethod::Strips;
                pins.strips = 4;
            });
            row("tiles", [](Pins& pins) {
                pins.vae = VaeMethod::Tiles;
                pins.tiles = TileGeometry{64, 64, 48, 48};
            });
            row("two latents a chunk", [](Pins& pins) {
                pins.vae = VaeMethod::Whole;
                pins.latents_per_chunk = 2;
            });
        }
    }
    void predictsTheMeasuredPeak()
    {
        QFETCH(Pin, pin);
        QFETCH(bool, bf16);
        const RunReport report = short_clip(pin, bf16 ? ComputeDtype::BFloat16 : ComputeDtype::Float32).report;
        for (const StageReport& stage : report.stages) {
            qInfo("%-12s predicted %lld, measured %lld", stage_name(stage.stage), (long long)stage.predicted_peak_bytes,
                  (long long)stage.measured_peak_bytes);
            QVERIFY(std::llabs(stage.predicted_peak_bytes - stage.measured_peak_bytes) <=
                    std::max<std::int64_t>(stage.measured_peak_bytes * 3 / 100, 64 << 10));
        }
    }

    void describesAFolderAsTheAuthorsRunIt()
    {
        const ModelInfo info = unwrap(m_engine->inspect(kTiny));
        QCOMPARE(info.family_name, std::string("Wan 2.2"));
        QCOMPARE(info.width_rule.step, 32);
        QCOMPARE(info.height_rule.step, 32);
        QCOMPARE(info.defaults.frames, 121);
        QCOMPARE(info.defaults.fps, 24);
        QCOMPARE(info.defaults.steps, 50);
        QCOMPARE(info.defaults.guidance, 5.0);
        const auto published = unwrap(models::open_catalog_model(kCatalog / "wan2.2-ti2v-5b"));
        QCOMPARE(published->info().defaults.width, 1280);
        QCOMPARE(published->info().defaults.height, 704);
        QCOMPARE(published->latent_rgb().factors.size(), std::size_t(48));
        QVERIFY(published->latent_shape({1280, 704, 121}, 1) == (std::vector<std::int64_t>{1, 48, 31, 44, 80}));
    }

    void refusesDamagedFolders_data()
    {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("mentions");
        const auto row = [](const char* name, const Damage& damage, const char* mentions) {
            QTest::newRow(name) << damage << QString(mentions);
        };
        row("expand_timesteps is a word", set("model_index.json", "expand_timesteps", "yes"), "expand_timesteps");
        row(
            "autoencoder of Wan 2.1",
            [](const fs::path& folder) {
                fs::remove_all(folder / "vae");
                fs::copy(fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / "vae", folder / "vae");
            },
            "z_dim");
        row("autoencoder said to be of the plain form", set("vae/config.json", "is_residual", false), "up_blocks");
        row("no patches", set("vae/config.json", "patch_size", nullptr), "3 colour channels");
        row("another scale", set("vae/config.json", "scale_factor_spatial", 8), "scale_factor_spatial");
        row("statistics of 16 channels", set("vae/config.json", "latents_std", nlohmann::json::array({1.0})), "latents_std");
        row("levels that no shortcut joins", set("vae/config.json", "dim_mult", nlohmann::json::array({1, 3, 3, 3})), "dim_mult");
    }
    void refusesDamagedFolders()
    {
        QFETCH(Damage, damage);
        QFETCH(QString, mentions);
        QTemporaryDir copy;
        GenerateRequest request = golden_request();
        request.model_dir = fs::path(copy.path().toStdString()) / "model";
        fs::copy(kTiny, request.model_dir, fs::copy_options::recursive);
        damage(request.model_dir);
        const auto resolved = m_engine->resolve(request);
        QVERIFY2(!resolved.has_value(), "a damaged folder was taken");
        QCOMPARE(resolved.error().code, ErrorCode::BadModel);
        QVERIFY2(resolved.error().message.find(mentions.toStdString()) != std::string::npos, resolved.error().message.c_str());
    }

    void refusesSizesBetweenItsSteps()
    {
        GenerateRequest request = golden_request();
        request.width = 48;
        const auto resolved = m_engine->resolve(request);
        QVERIFY(!resolved.has_value());
        QCOMPARE(resolved.error().code, ErrorCode::Usage);
    }

    void thePublishedSizeCanBeForecast()
    {
        const auto model = unwrap(models::open_catalog_model(kCatalog / "wan2.2-ti2v-5b"));
        const auto billions = [&](std::size_t component) { return double(model->info().components[component].parameters) / 1e9; };
        QVERIFY(std::abs(billions(1) - 5.0) < 0.05);
        QVERIFY(std::abs(billions(2) - 0.555) < 0.001);
        const ForecastSubject subject{.size = {1280, 704, 121},
                                      .batch = 1,
                                      .settings = {.steps = 50, .guidance = 5.0, .extra = {}},
                                      .tokens = {},
                                      .device = ImitatedDevice::Cuda,
                                      .threads = 16,
                                      .dtype = at::kBFloat16};
        const auto decode = [&](const char* name, VaePlan how) {
            StagePlan stage = model->chain().back();
            stage.vae = how;
            const StageForecast forecast = unwrap(forecast_stage(*model, stage, subject));
            std::int64_t others = forecast.between_peak_bytes;
            for (const Visit& visit : forecast.visits) others = std::max(others, visit.other_peak_bytes);
            qInfo("%s, cache on the %s: %.3f GiB beside the weights, %.3f with all of them, %.3f streamed", name,
                  how.cache == CachePlace::Host ? "host" : "device", double(others) / kGiB,
                  double(peak_bytes(forecast, {})) / kGiB,
                  double(peak_bytes(forecast, {.residency = memory::Residency::Streamed})) / kGiB);
            return others;
        };
        for (const CachePlace cache : {CachePlace::Device, CachePlace::Host}) {
            const auto placed = [&](VaePlan how) {
                how.cache = cache;
                return how;
            };
            const std::int64_t whole = decode("whole", placed(strips(1)));
            for (const int count : {2, 4, 8}) {
                QVERIFY(decode(qPrintable(QString("%1 strips").arg(count)), placed(strips(count))) < whole);
            }
            QVERIFY(decode("tiles of 256", placed(tiles())) < whole);
        }
    }

    /// The aim, without any plan that changes pixels.
    void thePublishedSizeFitsIntoThreeAndAHalfGiB()
    {
        GenerateRequest request;
        request.model_dir = "wan2.2-ti2v-5b";
        request.execution.device_memory_bytes = std::int64_t(24 * kGiB);
        const auto engine =
            make_engine({.demo_model_dir = kTiny, .state_dir = path("state"), .modules_dir = {}, .catalog_dir = kCatalog});
        const PlanOutlook outlook = unwrap(engine->outlook(request));
        QCOMPARE(outlook.height, 704);
        QCOMPARE(outlook.frames, 121);
        for (const StageChoices& stage : outlook.stages) {
            const StagePlan& least = stage.exact.front();
            qInfo("%s: least %.3f GiB, most %.3f", least.component.c_str(), double(least.predicted_peak_bytes) / kGiB,
                  double(stage.exact.back().predicted_peak_bytes) / kGiB);
            QVERIFY(double(least.predicted_peak_bytes) <= 3.5 * kGiB);
        }
    }
};

QTEST_GUILESS_MAIN(TestWan22Ti2v)
#include "test_wan22_ti2v.moc"
