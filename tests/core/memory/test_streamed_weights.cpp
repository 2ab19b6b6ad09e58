#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <ATen/ops/randn.h>

#include "core/memory/planned_weights.h"
#include "core/memory/streamed_weights.h"
#include "core/nn/gather_rows.h"
#include "core/tensor/host_memory.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::memory;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kWidth = 33;  // not a multiple of the alignment

/// A component of some blocks of two weights, in a file whose tensors begin at odd addresses.
struct Component {
    explicit Component(int block_count, nn::Place table_place = nn::Place::Device)
        : blocks(std::size_t(block_count)), weights(blocks.size())
    {
        std::string header = "{\"first\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
        std::string data(1, 'x');
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            blocks[i].name = "block" + std::to_string(i);
            const nn::Declare declare(blocks[i], blocks[i].name + ".");
            declare(weights[i].matrix, "matrix", {4, kWidth});
            (i == 0 && table_place == nn::Place::InFile ? declare.in_file() : declare)(weights[i].table, "table", {5, kWidth});
            for (const nn::Parameter* parameter : blocks[i].parameters) {
                values[parameter->name] = at::randn(parameter->shape);
                append(*parameter, values[parameter->name], header, data);
            }
        }
        header += "}";
        const std::uint64_t size = header.size();
        std::ofstream file(dir.path().toStdString() + "/model.safetensors", std::ios::binary);
        file.write(reinterpret_cast<const char*>(&size), sizeof size);
        file << header << data;
        file.close();
        index.emplace(files::WeightIndex::open(dir.path().toStdString()).value());
    }

    static void append(const nn::Parameter& parameter, const Tensor& value, std::string& header, std::string& data)
    {
        const std::size_t begin = data.size();
        data.append(static_cast<const char*>(value.const_data_ptr()), value.nbytes());
        header += fmt::format(",\"{}\":{{\"dtype\":\"F32\",\"shape\":[{},{}],\"data_offsets\":[{},{}]}}", parameter.name,
                              parameter.shape[0], parameter.shape[1], begin, data.size());
    }

    std::vector<nn::ParameterBlock*> all()
    {
        std::vector<nn::ParameterBlock*> pointers;
        for (auto& block : blocks) pointers.push_back(&block);
        return pointers;
    }

    bool is_right(std::size_t block) const
    {
        for (const nn::Parameter* parameter : blocks[block].parameters) {
            if (!parameter->value.defined() || !parameter->value.equal(values.at(parameter->name))) return false;
        }
        return true;
    }

    struct Weights {
        nn::Parameter matrix, table;
    };
    QTemporaryDir dir;
    std::vector<nn::ParameterBlock> blocks;
    std::vector<Weights> weights;
    std::map<std::string, Tensor> values;
    std::optional<files::WeightIndex> index;
};

/// Counts, delays and breaks copies.
struct Probe {
    std::atomic<int> copies{0};
    std::atomic<int> fail_at{0};  ///< The copy that throws, counted from 1; 0: none.
    std::chrono::milliseconds delay{0};

    MakeDeviceCopies maker()
    {
        return [this](int) { return std::make_unique<Copies>(*this); };
    }

    struct Copies final : DeviceCopies {
        explicit Copies(Probe& p) : probe(p) {}
        void begin_fill(int) override {}
        void copy(const StoredNumbers& from, const Tensor& target, CopyThreads threads) override
        {
            std::this_thread::sleep_for(probe.delay);
            if (++probe.copies == probe.fail_at) throw std::runtime_error("the disk is gone");
            read_numbers(from, target, threads);
        }
        void end_fill(int) override {}
        void wait_until_filled(int) override {}
        void release(int) noexcept override {}
        Probe& probe;
    };
};

}  // namespace

class TestStreamedWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { HostMemory::start_counting(); }
    void init() { test::seed_random_numbers(); }

    void givesEveryBlockItsWeightsInEachPass()
    {
        Component component(6);
        for (int slots = 1; slots <= 7; ++slots) {
            for (int resident = 0; resident <= 6; ++resident) {
                const std::int64_t before = HostMemory::live_bytes();
                auto source = std::make_unique<StreamedWeights>(*component.index, component.all(),
                                                                WeightPlan{Residency::Streamed, resident, slots}, at::kCPU,
                                                                at::kFloat, make_blocking_copies);
                for (int pass = 0; pass < 3; ++pass) {
                    for (std::size_t i = pass == 0 ? 0 : 1; i < 6; ++i) {  // the first block is used once
                        const auto held = source->acquire(component.blocks[i]);
                        QVERIFY(component.is_right(i));
                    }
                }
                QCOMPARE(qint64(HostMemory::live_bytes() - before), qint64(source->layout().held_bytes()));
                source.reset();
                QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
            }
        }
    }

    void takesBlocksInAnyOrder()
    {
        Component component(6);
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 1, 2}, at::kCPU, at::kFloat,
                               make_blocking_copies);
        std::uint32_t random = 1;
        for (int i = 0; i < 300; ++i) {
            random = random * 1664525 + 1013904223;
            const std::size_t block = (random >> 16) % 6;
            const auto held = source.acquire(component.blocks[block]);
            QVERIFY(component.is_right(block));
        }
    }

    void undefinesStreamedParametersOnRelease()
    {
        Component component(3);
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 2}, at::kCPU, at::kFloat,
                               make_blocking_copies);
        {
            const auto held = source.acquire(component.blocks[0]);
            const auto again = source.acquire(component.blocks[0]);
            QVERIFY(component.is_right(0));
        }
        QVERIFY(!component.weights[0].matrix.value.defined());
    }

    void fetchesAheadWhileABlockIsHeld()
    {
        Component component(5);
        Probe probe;
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 3}, at::kCPU, at::kFloat,
                               probe.maker());
        {
            const auto held = source.acquire(component.blocks[0]);
            QTRY_COMPARE_WITH_TIMEOUT(probe.copies.load(), 6, 5000);  // two weights of three blocks
        }
        const auto held = source.acquire(component.blocks[1]);
        QTRY_COMPARE_WITH_TIMEOUT(probe.copies.load(), 8, 5000);
        std::this_thread::sleep_for(20ms);
        QCOMPARE(probe.copies.load(), 8);
    }

    void fetchesOnDemandWithOneSlot()
    {
        Component component(4);
        Probe probe;
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 1}, at::kCPU, at::kFloat,
                               probe.maker());
        {
            const auto held = source.acquire(component.blocks[0]);
        }
        std::this_thread::sleep_for(20ms);
        QCOMPARE(probe.copies.load(), 2);
    }

    void passesAFailureToWhoeverAcquires()
    {
        Component component(4);
        Probe probe;
        probe.fail_at = 3;  // in the second block, which is fetched ahead
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 2}, at::kCPU, at::kFloat,
                               probe.maker());
        {
            const auto held = source.acquire(component.blocks[0]);
            QVERIFY(component.is_right(0));
        }
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, (void)source.acquire(component.blocks[1]));
        const auto held = source.acquire(component.blocks[1]);  // trying again is allowed
        QVERIFY(component.is_right(1));
    }

    void refusesMoreBlocksThanSlots()
    {
        Component component(4);
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 2}, at::kCPU, at::kFloat,
                               make_blocking_copies);
        const auto first = source.acquire(component.blocks[0]);
        const auto second = source.acquire(component.blocks[2]);  // in the place of the second, which was fetched ahead
        QVERIFY(component.is_right(0) && component.is_right(2));
        QVERIFY_THROWS_EXCEPTION(c10::Error, (void)source.acquire(component.blocks[3]));
        QVERIFY(component.is_right(0) && component.is_right(2));
    }

    void isDestroyedWhileFetching()
    {
        Component component(5);
        Probe probe;
        probe.delay = 10ms;
        const std::int64_t before = HostMemory::live_bytes();
        for (int i = 0; i < 5; ++i) {
            StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 1, 3}, at::kCPU, at::kFloat,
                                   probe.maker());
            const auto stays = source.acquire(component.blocks[0]);
            const auto held = source.acquire(component.blocks[1]);
        }
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
        QVERIFY(!component.weights[0].matrix.value.defined());
    }

    void survivesARefusalOfTheSlots()
    {
        Component component(4);
        const std::int64_t before = HostMemory::live_bytes();
        StreamedWeights source(*component.index, component.all(), {Residency::Streamed, 0, 2}, at::kCPU, at::kFloat,
                               make_blocking_copies);
        {
            const HostMemoryLimit limit(before + source.layout().slot_bytes());
            QVERIFY_THROWS_EXCEPTION(c10::OutOfMemoryError, (void)source.acquire(component.blocks[0]));
        }
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
        const auto held = source.acquire(component.blocks[0]);
        QVERIFY(component.is_right(0));
    }

    void leavesTablesInTheFile()
    {
        Component component(2, nn::Place::InFile);
        for (const auto residency : {Residency::WhileStageRuns, Residency::Streamed}) {
            for (const auto compute : {at::kFloat, at::kBFloat16}) {
                const std::int64_t before = HostMemory::live_bytes();
                KeptWeights kept;
                PlannedWeightSources sources({residency, 0, 1}, at::kCPU, compute, kept);
                const auto source = sources.open(&*component.index, component.all());
                const auto held = source->acquire(component.blocks[0]);
                QCOMPARE(qint64(HostMemory::live_bytes() - before),
                         qint64(device_bytes(component.blocks[0], compute)) +
                             (residency == Residency::Streamed ? qint64(device_bytes(component.blocks[1], compute) -
                                                                        device_bytes(component.blocks[0], compute))
                                                               : 0));
                const std::vector<std::int32_t> ids{4, 0, 4};
                const Tensor rows = nn::gather_rows(component.weights[0].table, ids, at::kCPU, compute);
                const Tensor& table = component.values.at("block0.table");
                QCOMPARE(rows.scalar_type(), compute);
                for (int i = 0; i < 3; ++i) QVERIFY(rows[i].equal(table[ids[std::size_t(i)]].to(compute)));
            }
        }
    }

    /// Read once for all runs that want them to stay, also where the files are opened anew; gone with the first plan that
    /// doesn't.
    void keepsTheWholeRunsWeights()
    {
        Component component(3);
        Probe probe;
        KeptWeights kept;
        const std::int64_t before = HostMemory::live_bytes();
        const auto acquire_all = [&](const files::WeightIndex& index, Residency residency) {
            PlannedWeightSources sources({residency}, at::kCPU, at::kFloat, kept, probe.maker());
            const auto source = sources.open(&index, component.all());
            bool right = true;
            for (std::size_t i = 0; i < 3; ++i) {
                const auto held = source->acquire(component.blocks[i]);
                right = right && component.is_right(i);
            }
            return right;
        };
        for (int run = 0; run < 2; ++run) {
            QVERIFY(acquire_all(*component.index, Residency::WholeRun));
            QCOMPARE(probe.copies.load(), 6);
            QVERIFY(!component.weights[0].matrix.value.defined());
        }
        const auto anew = files::WeightIndex::open(component.index->main_path().parent_path());
        QVERIFY(anew && acquire_all(*anew, Residency::WholeRun));
        QCOMPARE(probe.copies.load(), 6);

        const std::string name = KeptWeights::name_of(*anew, at::kCPU, at::kFloat);
        QCOMPARE(qint64(kept.size_bytes(name)), qint64(HostMemory::live_bytes() - before));
        QCOMPARE(kept.bytes_on(at::kCPU), kept.size_bytes(name));
        QCOMPARE(kept.size_bytes(KeptWeights::name_of(*anew, at::kCPU, at::kBFloat16)), std::int64_t(0));
        kept.forget_all_but({name});
        QVERIFY(kept.size_bytes(name) > 0);
        QVERIFY(acquire_all(*anew, Residency::WhileStageRuns));
        QCOMPARE(probe.copies.load(), 12);
        QCOMPARE(qint64(HostMemory::live_bytes()), qint64(before));
    }

    void doesNotOpenWhatIsNotLoaded()
    {
        Component component(1);
        KeptWeights kept;
        PlannedWeightSources sources({Residency::NotLoaded}, at::kCPU, at::kFloat, kept);
        QVERIFY_THROWS_EXCEPTION(c10::Error, (void)sources.open(&*component.index, component.all()));
    }
};

QTEST_APPLESS_MAIN(TestStreamedWeights)
#include "test_streamed_weights.moc"
