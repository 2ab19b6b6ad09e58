#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/fake_engine.h"
#include "ui/bridge/engine_bridge.h"

using namespace headroom;
using namespace headroom::ui;

class TestEngineBridge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversEveryFrameInOrder()
    {
        test::FakeEngine engine;
        engine.behaviour.unit = std::chrono::milliseconds(0);
        EngineBridge bridge(engine);
        std::vector<int> indices;
        connect(&bridge, &EngineBridge::frameDecoded, this, [&](int, int index, const QImage& frame) {
            QCOMPARE(frame.size(), QSize(128, 128));
            indices.push_back(index);
        });
        QSignalSpy finished(&bridge, &EngineBridge::runFinished);
        bridge.start({});
        QVERIFY(finished.wait());
        QCOMPARE(indices.size(), std::size_t(33));
        for (int i = 0; i < 33; ++i) QCOMPARE(indices[i], i);
    }

    void goesThroughItsStates()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        std::vector<RunState> states;
        connect(&bridge, &EngineBridge::stateChanged, this, [&](RunState state) { states.push_back(state); });
        QSignalSpy finished(&bridge, &EngineBridge::runFinished);
        bridge.start({});
        bridge.start({});
        QVERIFY(finished.wait());
        QCOMPARE(states, (std::vector{RunState::Planning, RunState::Running, RunState::Idle}));
        QCOMPARE(engine.runs.load(), 1);
    }

    void stopsFromEachStage_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("encode text") << int(Stage::EncodeText);
        QTest::newRow("denoise") << int(Stage::Denoise);
        QTest::newRow("decode") << int(Stage::Decode);
    }

    void stopsFromEachStage()
    {
        QFETCH(int, stage);
        test::FakeEngine engine;
        engine.behaviour.hold_at = static_cast<Stage>(stage);
        EngineBridge bridge(engine);
        QSignalSpy cancelled(&bridge, &EngineBridge::runCancelled);
        bool reached = false;
        connect(&bridge, &EngineBridge::stageStarted, this,
                [&](Stage started) { reached = reached || started == static_cast<Stage>(stage); });
        bridge.start({});
        QTRY_VERIFY(reached);
        bridge.cancel();
        QCOMPARE(bridge.state(), RunState::Stopping);
        QVERIFY(cancelled.wait());
        QCOMPARE(bridge.state(), RunState::Idle);
        engine.behaviour.hold_at.reset();
        QSignalSpy finished(&bridge, &EngineBridge::runFinished);
        bridge.start({});
        QVERIFY(finished.wait());
    }

    void refusedRequestsDoNotRun()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        QSignalSpy failed(&bridge, &EngineBridge::runFailed);
        GenerateRequest request;
        request.model_dir = "/fake/nothing";
        bridge.start(request);
        QVERIFY(failed.wait());
        QCOMPARE(engine.runs.load(), 0);
    }

    void previewsAndProgressAreThrottledAndTheLastArrives()
    {
        test::FakeEngine engine;
        engine.behaviour.unit = std::chrono::milliseconds(10);
        engine.behaviour.floods_per_unit = 200;
        EngineBridge bridge(engine);
        int previews = 0;
        int lastStep = 0;
        int progresses = 0;
        connect(&bridge, &EngineBridge::latentsPreviewed, this,
                [&](int step, const std::vector<QImage>&) { ++previews, lastStep = step; });
        connect(&bridge, &EngineBridge::stageProgressed, this, [&] { ++progresses; });
        QSignalSpy finished(&bridge, &EngineBridge::runFinished);
        QElapsedTimer clock;
        clock.start();
        bridge.start({});
        QVERIFY(finished.wait(30000));
        const double seconds = double(clock.elapsed()) / 1000;
        QCOMPARE(lastStep, 20);
        QVERIFY2(previews <= 4 * seconds + 2, qPrintable(QString::number(previews)));
        QVERIFY2(progresses <= 15 * seconds + 6, qPrintable(QString::number(progresses)));
    }

    void onlyTheNewestInspectionIsTold()
    {
        test::FakeEngine engine;
        EngineBridge bridge(engine);
        std::vector<std::string> names;
        connect(&bridge, &EngineBridge::modelInspected, this,
                [&](const ModelInfo& model) { names.push_back(model.display_name); });
        for (int i = 0; i < 20; ++i) bridge.inspectModel(i % 2 ? "/fake/demo" : "/fake/wan");
        QTRY_VERIFY(!names.empty());
        QTest::qWait(30);
        QCOMPARE(names, std::vector<std::string>{"Demo model"});
    }

    void destructionStopsARun()
    {
        test::FakeEngine engine;
        engine.behaviour.hold_at = Stage::Denoise;
        {
            EngineBridge bridge(engine);
            bridge.start({});
            QTRY_VERIFY(engine.is_running);
        }
        QVERIFY(!engine.is_running);
    }

    void damagedPicturesBecomeNone()
    {
        QVERIFY(toImage({4, 4, {1, 2, 3}}).isNull());
        QVERIFY(toImage({}).isNull());
    }
};

QTEST_MAIN(TestEngineBridge)
#include "test_engine_bridge.moc"
