#include <QtTest>

#include <limits>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "tests/support/golden_tensors.h"

using namespace headroom;
using namespace headroom::test;

class TestGoldenTensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAFileOfTransformers()
    {
        const Tensors tensors = read_golden("tiny_wan/text_encoder/model.safetensors");
        const Tensor& norm = tensors.at("encoder.final_layer_norm.weight");
        QCOMPARE(norm.numel(), 32);
        QCOMPARE(norm.scalar_type(), at::kFloat);
        QCOMPARE(max_abs_difference(norm, at::ones({32})), 0.0);
    }

    void namesAMissingFile()
    {
        try {
            read_golden("no_such.safetensors");
        } catch (const std::exception& error) {
            QVERIFY(QString(error.what()).contains("no_such.safetensors"));
            return;
        }
        QFAIL("a missing file was read");
    }

    void measuresDifferences()
    {
        const double infinity = std::numeric_limits<double>::infinity();
        QCOMPARE(max_abs_difference(at::full({2}, 3.0), at::full({2}, 2.5)), 0.5);
        QCOMPARE(relative_difference(at::full({2}, 3.0), at::full({2}, 2.0)), 0.5);
        QCOMPARE(relative_difference(at::zeros({2}), at::zeros({2})), 0.0);
        QCOMPARE(max_abs_difference(at::zeros({2}), at::zeros({3})), infinity);
        QCOMPARE(max_abs_difference(at::full({2}, std::numeric_limits<float>::quiet_NaN()), at::zeros({2})), infinity);
    }

    void definesAndReleasesParameters()
    {
        nn::Parameter compute, exact;
        nn::ParameterBlock block{"b", {}};
        const nn::Declare declare(block, "x.");
        declare(compute, "w", {2});
        declare.in_float32()(exact, "v", {1});
        exact.alias = "y.v";
        TestWeights weights({{"x.w", at::full({2}, 0.1)}, {"y.v", at::full({1}, 0.1)}, {"z", at::zeros({1})}}, at::kBFloat16);
        {
            const auto held = weights.acquire(block);
            QCOMPARE(compute.value.scalar_type(), at::kBFloat16);
            QCOMPARE(exact.value.scalar_type(), at::kFloat);
            QCOMPARE(weights.held(), std::size_t(1));
        }
        QVERIFY(!compute.value.defined() && !exact.value.defined());
        QCOMPARE(weights.held(), std::size_t(0));
        QCOMPARE(weights.unused(), std::vector<std::string>{"z"});
    }
};

QTEST_APPLESS_MAIN(TestGoldenTensors)
#include "test_golden_tensors.moc"
