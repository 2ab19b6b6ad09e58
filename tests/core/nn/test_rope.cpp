#include <QtTest>

#include <array>
#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/view_as_real.h>

#include "core/nn/rope.h"
#include "core/nn/row_chunks.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::test;

namespace {

constexpr std::array<nn::RotaryAxis, 3> kAxes{{{3, 8}, {4, 4}, {5, 4}}};

/// The angle of one pair of channels of one token, by the definition.
double angle(std::int64_t token, std::int64_t pair)
{
    const std::array<std::int64_t, 3> position{token / 20, token / 5 % 4, token % 5};
    std::size_t axis = 0;
    while (pair >= kAxes[axis].channels / 2) pair -= kAxes[axis++].channels / 2;
    return double(position[axis]) * std::pow(10000.0, -2.0 * double(pair) / double(kAxes[axis].channels));
}

}  // namespace

class TestRope : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }
    void initTestCase() { at::set_num_threads(1); }

    void theTableHoldsEveryTokensRotation()
    {
        const Tensor table = at::view_as_real(nn::rotary_table(kAxes));  // [tokens, pairs, 2]
        QCOMPARE(table.size(0), 60);
        QCOMPARE(table.size(1), 8);
        for (std::int64_t token = 0; token < 60; ++token) {
            for (std::int64_t pair = 0; pair < 8; ++pair) {
                QVERIFY(std::abs(table[token][pair][0].item<double>() - std::cos(angle(token, pair))) < 1e-7);
                QVERIFY(std::abs(table[token][pair][1].item<double>() - std::sin(angle(token, pair))) < 1e-7);
            }
        }
    }

    void turnsInterleavedPairs()
    {
        Tensor x = at::randn({2, 60, 3, 16});
        const Tensor before = x.clone();
        nn::rotate_in_place(x, nn::rotary_table(kAxes));
        for (const std::int64_t token : {0, 1, 7, 59}) {
            for (std::int64_t pair = 0; pair < 8; ++pair) {
                const double cosine = std::cos(angle(token, pair));
                const double sine = std::sin(angle(token, pair));
                const double first = before[1][token][2][2 * pair].item<double>();
                const double second = before[1][token][2][2 * pair + 1].item<double>();
                QVERIFY(std::abs(x[1][token][2][2 * pair].item<double>() - (first * cosine - second * sine)) < 1e-6);
                QVERIFY(std::abs(x[1][token][2][2 * pair + 1].item<double>() - (first * sine + second * cosine)) < 1e-6);
            }
        }
        QVERIFY(x.select(1, 0).equal(before.select(1, 0)));
    }

    void smallerDtypesTurnInFloat32()
    {
        const std::array<nn::RotaryAxis, 1> axis{{{nn::kChunkRows + 7, 4}}};
        const Tensor table = nn::rotary_table(axis);
        Tensor x = at::randn({2, nn::kChunkRows + 7, 2, 4}).to(at::kBFloat16);
        Tensor wide = x.to(at::kFloat);
        nn::rotate_in_place(wide, table);
        nn::rotate_in_place(x, table);
        QVERIFY(x.equal(wide.to(at::kBFloat16)));
    }

    void anAxisMayHaveNoChannels()
    {
        const std::array<nn::RotaryAxis, 3> axes{{{2, 4}, {3, 0}, {3, 0}}};  // a head of 4 channels
        QCOMPARE(nn::rotary_table(axes).size(0), 18);
        QCOMPARE(nn::rotary_table(axes).size(1), 2);
    }
};

QTEST_APPLESS_MAIN(TestRope)
#include "test_rope.moc"
