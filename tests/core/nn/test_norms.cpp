#include <QtTest>

#include <ATen/Parallel.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/var.h>

#include "core/nn/gated_add.h"
#include "core/nn/layer_norm.h"
#include "core/nn/rms_norm.h"
#include "core/nn/row_chunks.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::test;

namespace {

constexpr double kEps = 1e-6;
// Half a unit in the last place of bfloat16, relative to the largest value.
constexpr double kBfloat16Rounding = 1.0 / 256;

/// The definition in float64.
Tensor layer_norm_by_definition(const Tensor& input, const Tensor& scale, const Tensor& shift)
{
    const Tensor x = input.to(at::kDouble);
    const Tensor centred = x.sub(x.mean(-1, true));
    const Tensor variance = at::var(x, at::OptionalIntArrayRef({-1}), 0, true);
    return centred.div(variance.add(kEps).sqrt()).mul(scale.to(at::kDouble)).add(shift.to(at::kDouble));
}

}  // namespace

class TestNorms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase() { at::set_num_threads(1); }

    void modulatesInOneCall()
    {
        const Tensor x = at::randn({2, 7, 48}).mul_(3).add_(1);
        const Tensor scale = at::randn({48});
        const Tensor shift = at::randn({48});
        QVERIFY(relative_difference(nn::layer_norm(x, scale, shift, kEps), layer_norm_by_definition(x, scale, shift)) <= 1e-6);
    }

    void roundsSmallerDtypesOnce()
    {
        const Tensor x = at::randn({2, 7, 48}).to(at::kBFloat16);
        const Tensor scale = at::randn({48});
        const Tensor shift = at::randn({48});
        const Tensor normed = nn::layer_norm(x, scale, shift, kEps);
        QCOMPARE(normed.scalar_type(), at::kBFloat16);
        QVERIFY(normed.equal(nn::layer_norm(x.to(at::kFloat), scale, shift, kEps).to(at::kBFloat16)));
    }

    void layerNormHasTheCheckpointsKeys()
    {
        nn::ParameterBlock block;
        nn::LayerNorm norm;
        norm.declare(nn::Declare(block, "norm2."), 48, 1e-5);
        QCOMPARE(block.parameters.size(), std::size_t(2));
        QCOMPARE(norm.weight.name, std::string("norm2.weight"));
        QCOMPARE(norm.bias.name, std::string("norm2.bias"));
        norm.weight.value = at::randn({48}).to(at::kBFloat16);
        norm.bias.value = at::randn({48}).to(at::kBFloat16);
        norm.eps = kEps;
        const Tensor x = at::randn({1, 3, 48});
        QVERIFY(relative_difference(norm.forward(x), layer_norm_by_definition(x, norm.weight.value, norm.bias.value)) <= 1e-6);
    }

    void rmsNormEqualsLibTorchs_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("rows");
        QTest::newRow("float32") << int(at::kFloat) << 5;
        QTest::newRow("float32, more rows than a piece") << int(at::kFloat) << int(nn::kChunkRows) + 3;
        QTest::newRow("bfloat16") << int(at::kBFloat16) << 5;
        QTest::newRow("bfloat16, more rows than a piece") << int(at::kBFloat16) << int(nn::kChunkRows) + 3;
    }
    void rmsNormEqualsLibTorchs()
    {
        QFETCH(int, dtype);
        QFETCH(int, rows);
        nn::ParameterBlock block;
        nn::RmsNorm norm;
        norm.declare(nn::Declare(block, "norm_q."), 24, kEps);
        QCOMPARE(norm.weight.name, std::string("norm_q.weight"));
        norm.weight.value = at::randn({24}).to(at::ScalarType(dtype));
        Tensor x = at::randn({2, rows, 24}).to(at::ScalarType(dtype));
        const Tensor expected = at::rms_norm(x, {24}, norm.weight.value, kEps);
        norm.forward_in_place(x);
        QCOMPARE(x.scalar_type(), at::ScalarType(dtype));
        QVERIFY(relative_difference(x, expected) <= (dtype == int(at::kFloat) ? 1e-6 : kBfloat16Rounding));
    }

    void gatedAddIsTheOutOfPlaceFormToTheBit_data()
    {
        QTest::addColumn<int>("dtype");
        QTest::newRow("float32") << int(at::kFloat);
        QTest::newRow("bfloat16") << int(at::kBFloat16);
        QTest::newRow("float16") << int(at::kHalf);
    }
    void gatedAddIsTheOutOfPlaceFormToTheBit()
    {
        QFETCH(int, dtype);
        const Tensor hidden = at::randn({2, nn::kChunkRows + 9, 8}).to(at::ScalarType(dtype));
        const Tensor update = at::randn({2, nn::kChunkRows + 9, 8}).to(at::ScalarType(dtype));
        const Tensor gate = at::randn({8});
        const Tensor expected = hidden.to(at::kFloat).add(update.to(at::kFloat).mul(gate)).to(at::ScalarType(dtype));
        nn::gated_add_in_place(hidden, update, gate);
        QVERIFY(hidden.equal(expected));
    }
};

QTEST_APPLESS_MAIN(TestNorms)
#include "test_norms.moc"
