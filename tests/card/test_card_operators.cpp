// What each operator takes of LibTorch's CUDA allocator against what a dry run says that it takes.
#include <functional>

#include <QtTest>

#include <ATen/ops/empty.h>

#include "core/nn/attention.h"
#include "core/nn/causal_conv3d.h"
#include "core/nn/conv2d.h"
#include "core/nn/group_norm.h"
#include "core/nn/linear.h"
#include "core/nn/piece_conv3d.h"
#include "core/tensor/dry_run.h"
#include "tests/card/stand_in_card.h"
#include "tests/support/peaks.h"

using namespace headroom;

namespace {

using Shape = std::vector<std::int64_t>;

/// Makes a tensor where the operator is tried: on the card or on meta.
using Make = std::function<Tensor(const Shape&)>;
using Operator = std::function<void(const Make&)>;

}  // namespace

class TestCardOperators : public QObject {
    Q_OBJECT

    std::unique_ptr<Devices> m_devices = test::devices_with_card();

    std::int64_t measured(const std::function<void(const Make&, const std::function<void()>&)>& tried, at::ScalarType dtype)
    {
        std::int64_t before = 0;
        const Make make = [&](const Shape& shape) {
            return at::empty(shape, at::TensorOptions().dtype(dtype).device(test::kCard));
        };
        tried(make, [&] {
            m_devices->restart_peak(test::kCard);
            before = m_devices->tensor_peak_bytes(test::kCard);
        });
        return m_devices->tensor_peak_bytes(test::kCard) - before;
    }

    static std::int64_t forecast(const std::function<void(const Make&, const std::function<void()>&)>& tried,
                                 at::ScalarType dtype)
    {
        DryRun run(ImitatedDevice::Cuda, 1);
        std::int64_t before = 0;
        const Make make = [&](const Shape& shape) {
            return at::empty(shape, at::TensorOptions().dtype(dtype).device(at::kMeta));
        };
        tried(make, [&] {
            before = run.live_bytes();
            run.restart_peak();
        });
        return run.peak_bytes() - before;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_devices->find("cuda:0")); }

    void takesWhatWasForecast_data()
    {
        QTest::addColumn<at::ScalarType>("dtype");
        QTest::addColumn<int>("which");
        for (const auto dtype : {at::kBFloat16, at::kHalf, at::kFloat}) {
            for (int which = 0; which < int(cases().size()); ++which) {
                QTest::addRow("%s %s", c10::toString(dtype), cases()[std::size_t(which)].first) << dtype << which;
            }
        }
    }

    void takesWhatWasForecast()
    {
        QFETCH(at::ScalarType, dtype);
        QFETCH(int, which);
        const auto& tried = cases()[std::size_t(which)].second;
        measured(tried, dtype);  // The first call pays for handles and workspaces that stay.
        const std::int64_t taken = measured(tried, dtype), expected = forecast(tried, dtype);
        const std::int64_t rounding = 8 * 512;  // A dry run rounds each tensor up to 512 bytes, as the allocator will.
        QVERIFY2(taken <= expected && expected <= taken + rounding,
                 qPrintable(QString("takes %1, forecast %2").arg(taken).arg(expected)));
    }

private:
    using Case = std::function<void(const Make&, const std::function<void()>&)>;
    static const std::vector<std::pair<const char*, Case>>& cases();
};

const std::vector<std::pair<const char*, TestCardOperators::Case>>& TestCardOperators::cases()
{
    static const std::vector<std::pair<const char*, Case>> all = {
        {"linear",
         [](const Make& make, const auto& start) {
             const Tensor x = make({1, 3000, 256}), weight = make({512, 256}), bias = make({512});
             start();
             nn::linear(x, weight, bias);
         }},
        {"attention",
         [](const Make& make, const auto& start) {
             const Tensor query = make({1, 1000, 8, 64}), key = make({1, 700, 8, 64}), value = make({1, 700, 8, 64});
             start();
             nn::attention(query, key, value);
         }},
        {"attention, one wide head",
         [](const Make& make, const auto& start) {
             const Tensor query = make({2, 1000, 1, 384});
             start();
             nn::attention(query, query, query);
         }},
        {"attention with a bias",
         [](const Make& make, const auto& start) {
             const Tensor query = make({1, 77, 8, 64}), bias = make({1, 8, 77, 77});
             start();
             nn::attention(query, query, query, bias);
         }},
        {"causal attention",
         [](const Make& make, const auto& start) {
             const Tensor query = make({1, 77, 12, 64});
             start();
             nn::causal_attention(query, query, query);
         }},
        {"causal convolution, first chunk",
         [](const Make& make, const auto& start) {
             const Tensor x = make({1, 1, 40, 56, 96}), weight = make({96, 96, 3, 3, 3}), bias = make({96});
             nn::CausalHistory history;
             start();
             nn::causal_conv3d(x, weight, bias, history);
         }},
        {"causal convolution, later chunk",
         [](const Make& make, const auto& start) {
             const Tensor x = make({4, 1, 40, 56, 96}), weight = make({192, 96, 3, 3, 3}), bias = make({192});
             nn::CausalHistory history;
             history.push(x);
             start();
             nn::causal_conv3d(x, weight, bias, history);
         }},
        {"causal convolution that adds",
         [](const Make& make, const auto& start) {
             const Tensor x = make({4, 1, 40, 56, 96}), weight = make({96, 96, 3, 3, 3}), bias = make({96});
             Tensor sum = make({4, 1, 40, 56, 96});
             nn::CausalHistory history;
             history.push(x);
             start();
             nn::add_causal_conv3d(sum, x, weight, bias, history);
         }},
        {"causal convolution of two clips",
         [](const Make& make, const auto& start) {
             const Tensor x = make({4, 2, 24, 40, 96}), weight = make({96, 96, 3, 3, 3}), bias = make({96});
             nn::CausalHistory history;
             history.push(x);
             start();
             nn::causal_conv3d(x, weight, bias, history);
         }},
        {"frame doubling",
         [](const Make& make, const auto& start) {
             const Tensor x = make({2, 1, 40, 56, 96});
             nn::FrameDoublingConv conv;
             conv.weight.value = make({192, 96, 3, 1, 1});
             conv.bias.value = make({192});
             nn::CausalHistory history;
             history.push(x);
             start();
             conv.forward(x, history);
         }},
        {"convolution of images",
         [](const Make& make, const auto& start) {
             const Tensor x = make({4, 80, 112, 96}), weight = make({48, 96, 3, 3}), bias = make({48});
             start();
             nn::conv2d_same(x, weight, bias);
         }},
        {"convolution of images, halving",
         [](const Make& make, const auto& start) {
             const Tensor x = make({4, 81, 113, 96}), weight = make({96, 96, 3, 3}), bias = make({96});
             start();
             nn::conv2d_inside(x, weight, bias, 2);
         }},
        {"piece of a convolution",
         [](const Make& make, const auto& start) {
             const Tensor piece = make({6, 1, 42, 58, 96}), weight = make({96, 96, 3, 3, 3}), bias = make({96});
             const nn::PieceConv3d conv(weight, bias, {});
             start();
             conv(piece);
         }},
    };
    return all;
}

QTEST_GUILESS_MAIN(TestCardOperators)
#include "test_card_operators.moc"
