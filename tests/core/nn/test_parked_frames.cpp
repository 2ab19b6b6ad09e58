#include <QtTest>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>

#include "core/nn/causal_conv3d.h"
#include "core/nn/parked_frames.h"
#include "tests/support/random_seed.h"

using namespace headroom;
using namespace headroom::nn;

class TestParkedFrames : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::seed_random_numbers(); }

    void givesTheLastFramesOldestFirst()
    {
        // Chunks of all sizes in any order: what the frames' order in the slots must survive.
        ParkedFrames parked;
        Tensor all;
        for (const std::int64_t frames : {1, 1, 1, 4, 1, 2, 1, 1, 3}) {
            const Tensor chunk = at::randn({frames, 2, 3, 4, 5});
            parked.push(chunk);
            all = all.defined() ? at::cat({all, chunk}) : chunk;
            for (std::int64_t count = 1; count <= std::min<std::int64_t>(2, all.size(0)); ++count) {
                QVERIFY(parked.fetch(count).equal(all.narrow(0, all.size(0) - count, count)));
            }
        }
    }

    void whatIsFetchedIsACopy()
    {
        ParkedFrames parked;
        const Tensor chunk = at::randn({2, 1, 2, 2, 3});
        parked.push(chunk);
        parked.fetch(2).zero_();
        QVERIFY(parked.fetch(2).equal(chunk));
    }

    void countsItsBytes()
    {
        ParkedFrames parked;
        QCOMPARE(parked.size_bytes(), 0);
        parked.push(at::randn({1, 2, 3, 4, 5}).to(at::kBFloat16));
        QCOMPARE(parked.size_bytes(), 2 * 2 * 3 * 4 * 5 * 2);
    }

    void aHistoryOnTheHostOfMetaChunksHasShapesAlone()
    {
        CausalHistory history(CausalHistory::Place::Host);
        QVERIFY(!history.tail().defined());
        history.push(at::empty({1, 2, 3, 4, 5}, at::TensorOptions().device(at::kMeta).dtype(at::kHalf)));
        QCOMPARE(history.tail().sizes(), at::IntArrayRef({1, 2, 3, 4, 5}));
        history.push(at::empty({4, 2, 3, 4, 5}, at::TensorOptions().device(at::kMeta).dtype(at::kHalf)));
        QVERIFY(history.tail().is_meta());
        QVERIFY(history.tail().scalar_type() == at::kHalf);
        QCOMPARE(history.tail().sizes(), at::IntArrayRef({2, 2, 3, 4, 5}));
        QCOMPARE(history.size_bytes(), 2 * 2 * 3 * 4 * 5 * 2);
        QCOMPARE(history.parked_bytes(), history.size_bytes());
    }

    void aHistoryOnTheHostOfChunksThereParksNothing()
    {
        CausalHistory history(CausalHistory::Place::Host);
        history.push(at::randn({2, 1, 2, 2, 3}));
        QCOMPARE(history.parked_bytes(), 0);
        QCOMPARE(history.tail().const_data_ptr(), history.tail().const_data_ptr());
    }
};

QTEST_APPLESS_MAIN(TestParkedFrames)
#include "test_parked_frames.moc"
