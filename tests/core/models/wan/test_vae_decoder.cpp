#include <QtTest>

#include <limits>

#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include "core/tensor/host_memory.h"
#include "tests/core/models/wan/vae_goldens.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::models::wan;
using namespace headroom::test;

namespace {

constexpr double kParity = 1e-5;
constexpr double kRounding = 5e-6;

VaePlan chunks_of(int latents)
{
    VaePlan how;
    how.latents_per_chunk = latents;
    return how;
}

/// Peak of the bytes that a decode holds beyond its latents, frames thrown away as they come.
std::int64_t counted_peak(Golden& golden, std::int64_t latent_frames)
{
    test::TestWeights weights(golden.weights);
    const Tensor latents = at::zeros({1, 16, latent_frames, 4, 5});
    const std::int64_t before = HostMemory::live_bytes();
    HostMemory::restart_peak();
    auto decoding = golden.decoder->begin(latents, chunks_of(1), weights);
    while (*decoding->next()) {
    }
    return HostMemory::peak_bytes() - before;
}

}  // namespace

class TestWanVaeDecoder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    // The tensors are tiny and ctest runs tests side by side: threads would only wait for each other.
    void initTestCase() { at::set_num_threads(1); }

    void equalsDiffusers_data()
    {
        QTest::addColumn<bool>("is_tiny");
        QTest::addColumn<QString>("name");
        for (const char* name : {"1", "1_smallest", "5", "9_batch", "17"})
            QTest::addRow("tiny_wan %s", name) << true << QString(name);
        for (const char* name : {"1", "3", "9"}) QTest::addRow("uneven %s", name) << false << QString(name);
    }
    void equalsDiffusers()
    {
        QFETCH(bool, is_tiny);
        QFETCH(QString, name);
        Golden golden = is_tiny ? tiny_wan() : uneven();
        test::TestWeights weights(golden.weights);
        const Tensor& latents = golden.cases.at(name.toStdString() + ".latents");
        const Tensor& pixels = golden.cases.at(name.toStdString() + ".pixels");
        const double one = test::relative_difference(decode(*golden.decoder, latents, chunks_of(1), weights), pixels);
        const double two = test::relative_difference(decode(*golden.decoder, latents, chunks_of(2), weights), pixels);
        qInfo("relative max|d|: %.2e with 1 latent a chunk, %.2e with 2", one, two);
        QVERIFY(one <= kParity);
        QVERIFY(two <= kParity);
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.most_held(), std::size_t(1));
    }

    void everyDecoderKeyIsDeclared()
    {
        Golden golden = uneven();
        test::TestWeights weights(golden.weights);
        decode(*golden.decoder, golden.cases.at("1.latents"), chunks_of(1), weights);
        const auto unused = weights.unused();
        QVERIFY2(unused.empty(), unused.empty() ? "" : unused.front().c_str());
    }

    void bf16StaysWithinTheReferencesOwnDistance()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights, at::kBFloat16);
        const Tensor pixels = decode(*golden.decoder, golden.cases.at("5.latents"), chunks_of(1), weights);
        QVERIFY(pixels.scalar_type() == at::kBFloat16);
        const Tensor distance = pixels.to(at::kFloat).sub(golden.cases.at("5.pixels")).abs();
        const double greatest = distance.max().item<double>(), mean = distance.mean().item<double>();
        const double allowed = golden.cases.at("bf16.greatest").item<double>(),
                     allowed_mean = golden.cases.at("bf16.mean").item<double>();
        qInfo("bf16: greatest %.4f (reference %.4f), mean %.5f (reference %.5f)", greatest, allowed, mean, allowed_mean);
        QVERIFY(greatest <= allowed);
        QVERIFY(mean <= allowed_mean);
    }

    void oneAndTwoLatentsAChunkAgree()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor latents = at::randn({1, 16, 6, 3, 4});
        const double distance = test::max_abs_difference(decode(*golden.decoder, latents, chunks_of(2), weights),
                                                         decode(*golden.decoder, latents, chunks_of(1), weights));
        qInfo("max|d| between 1 and 2 latents a chunk: %.2e", distance);
        QVERIFY(distance <= kRounding);
    }

    void theSameRequestTwiceGivesTheSameBits()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor latents = at::randn({1, 16, 4, 5, 3});
        for (int latents_per_chunk : {1, 2}) {
            const Tensor first = decode(*golden.decoder, latents, chunks_of(latents_per_chunk), weights);
            QVERIFY(first.equal(decode(*golden.decoder, latents, chunks_of(latents_per_chunk), weights)));
        }
    }

    void decodesSideBySideDoNotMix()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor latents_a = at::randn({1, 16, 3, 2, 3}), latents_b = at::randn({1, 16, 3, 4, 2});
        const auto expected_a = decode_chunks(*golden.decoder, latents_a, chunks_of(1), weights);
        const auto expected_b = decode_chunks(*golden.decoder, latents_b, chunks_of(1), weights);
        auto a = golden.decoder->begin(latents_a, chunks_of(1), weights);
        auto b = golden.decoder->begin(latents_b, chunks_of(1), weights);
        for (std::size_t chunk = 0; chunk < 3; ++chunk) {
            QVERIFY((**a->next()).equal(expected_a[chunk]));
            QVERIFY((**b->next()).equal(expected_b[chunk]));
        }
    }

    void handsOutFramesChunkByChunk()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor latents = at::randn({2, 16, 4, 2, 3});
        auto decoding = golden.decoder->begin(latents, chunks_of(2), weights);
        QCOMPARE(decoding->frame_count(), 13);
        for (std::int64_t frames : {1, 8, 4}) {
            const Tensor chunk = **decoding->next();
            QCOMPARE(chunk.sizes(), at::IntArrayRef({2, 3, frames, 16, 24}));
            QVERIFY(chunk.permute({2, 0, 3, 4, 1}).is_contiguous());
            QVERIFY(chunk.abs().max().item<double>() <= 1);
        }
        QCOMPARE(decoding->frames_done(), 13);
        QVERIFY(!decoding->next()->has_value());
        QVERIFY(!decoding->next()->has_value());
    }

    void theFirstFrameNeedsTheFirstLatentAlone()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        const Tensor latents = golden.cases.at("17.latents").clone();
        latents.narrow(2, 1, 4).fill_(std::numeric_limits<float>::quiet_NaN());
        auto decoding = golden.decoder->begin(latents, chunks_of(2), weights);
        const Tensor first = **decoding->next();
        QVERIFY(test::relative_difference(first, golden.cases.at("17.pixels").narrow(2, 0, 1)) <= kParity);
        QVERIFY((**decoding->next()).isnan().any().item<bool>());
    }

    void memoryDoesNotDependOnTheNumberOfFrames()
    {
        HostMemory::start_counting();
        Golden golden = tiny_wan();
        const std::int64_t few = counted_peak(golden, 9), many = counted_peak(golden, 41);  // 33 and 161 pixel frames
        qInfo("counted peak: %lld bytes for 33 frames, %lld for 161", static_cast<long long>(few), static_cast<long long>(many));
        QVERIFY(few > 0);
        QCOMPARE(many, few);
    }

    void thePastStopsGrowingWithTheThirdChunk()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        auto decoding = golden.decoder->begin(at::randn({1, 16, 6, 3, 2}), chunks_of(1), weights);
        QCOMPARE(decoding->past_bytes(), 0);
        std::vector<std::int64_t> sizes;
        while (*decoding->next()) sizes.push_back(decoding->past_bytes());
        QVERIFY(sizes[0] < sizes[1]);
        for (std::size_t chunk = 2; chunk < sizes.size(); ++chunk) QCOMPARE(sizes[chunk], sizes[1]);
    }

    void stopsBetweenChunksAndBlocks()
    {
        // Stops as the named block's weights are asked for.
        class StoppingWeights : public test::TestWeights {
        public:
            StoppingWeights(test::Tensors tensors, std::string name) : TestWeights(std::move(tensors)), m_name(std::move(name)) {}
            std::stop_source stop;

        protected:
            void fetch(nn::ParameterBlock& block) override
            {
                if (block.name == m_name) stop.request_stop();
                TestWeights::fetch(block);
            }

        private:
            std::string m_name;
        };
        Golden golden = tiny_wan();
        const auto blocks = golden.decoder->blocks();
        for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
            StoppingWeights weights(golden.weights, blocks[i]->name);
            auto decoding = golden.decoder->begin(at::randn({1, 16, 2, 2, 2}), chunks_of(1), weights, weights.stop.get_token());
            const auto chunk = decoding->next();
            QVERIFY(!chunk.has_value());
            QCOMPARE(chunk.error().code, ErrorCode::Cancelled);
            QCOMPARE(weights.history().size(), i + 1);
            QCOMPARE(weights.held(), std::size_t(0));
            QVERIFY(!decoding->next().has_value());
        }
    }

    void refusesWhatIsNoLatents()
    {
        Golden golden = tiny_wan();
        test::TestWeights weights(golden.weights);
        for (const auto& shape :
             std::vector<std::vector<std::int64_t>>{{1, 8, 1, 2, 2}, {16, 1, 2, 2}, {1, 16, 0, 2, 2}, {0, 16, 1, 2, 2}}) {
            const auto decoding = golden.decoder->begin(at::zeros(shape), chunks_of(1), weights);
            QVERIFY(!decoding.has_value());
            QCOMPARE(decoding.error().code, ErrorCode::BadInput);
        }
        for (int latents_per_chunk : {0, 3}) {
            const auto decoding = golden.decoder->begin(at::zeros({1, 16, 1, 2, 2}), chunks_of(latents_per_chunk), weights);
            QVERIFY(!decoding.has_value());
            QCOMPARE(decoding.error().code, ErrorCode::Usage);
        }
    }
};

QTEST_APPLESS_MAIN(TestWanVaeDecoder)
#include "test_vae_decoder.moc"
