// A card of another generation than the other tests have: CMakeLists.txt builds this once for each (CARD_CAPABILITY: 75 is 7.5).
#include <QTemporaryDir>
#include <QtTest>

#include "tests/card/engine_with_card.h"
#include "tests/support/family_cases.h"
#include "tests/support/recording_listener.h"
#include "tests/support/unwrap.h"

using namespace headroom;

class TestCardGenerations : public QObject {
    Q_OBJECT

    QTemporaryDir m_state;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Devices> m_devices = test::devices_with_card();
    GenerateRequest m_request = test::family_cases().front().request;

private Q_SLOTS:
    void initTestCase()
    {
        m_engine = test::engine_with_card(m_state.path().toStdString());
        m_request.steps = 1;
        m_request.execution.device = "cuda:0";
        m_request.execution.dtype = ComputeDtype::Auto;
    }

    void isUsedAsItCan()
    {
        if (CARD_CAPABILITY < 75) {
            isRefusedForItsAge();
            return;
        }
        const bool computes_bf16 = CARD_CAPABILITY >= 80;
        QCOMPARE(m_devices->find("auto")->compute_capability, CARD_CAPABILITY);
        const Plan plan = test::unwrap(m_engine->plan(m_request));
        QCOMPARE(plan.dtype, computes_bf16 ? ComputeDtype::BFloat16 : ComputeDtype::Float16);
        test::RecordingListener listener;
        const auto report = m_engine->generate(test::unwrap(m_engine->resolve(m_request)), plan, listener, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        for (const StageReport& stage : report->stages)
            QVERIFY2(stage.measured_peak_bytes <= stage.predicted_peak_bytes, stage.component.c_str());

        m_request.execution.dtype = ComputeDtype::BFloat16;
        const auto pinned = m_engine->plan(m_request);
        QCOMPARE(pinned.has_value(), computes_bf16);
        if (computes_bf16) return;
        QCOMPARE(pinned.error().code, ErrorCode::Usage);
        QVERIFY2(QString::fromStdString(pinned.error().message).contains("fp16"), pinned.error().message.c_str());
    }

private:
    void isRefusedForItsAge()
    {
        const auto found = m_devices->find("cuda:0");
        QCOMPARE(found.error().code, ErrorCode::Device);
        QVERIFY2(QString::fromStdString(found.error().message).contains("6.1"), found.error().message.c_str());
        QCOMPARE(m_devices->list().size(), std::size_t(1));
        QCOMPARE(m_devices->find("auto")->name, std::string("cpu"));
        QCOMPARE(m_engine->plan(m_request).error().code, ErrorCode::Device);
    }
};

QTEST_GUILESS_MAIN(TestCardGenerations)
#include "test_card_generations.moc"
