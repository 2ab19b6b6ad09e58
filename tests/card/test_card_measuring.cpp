#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include "core/base/byte_size.h"
#include "core/engine/card_measuring.h"
#include "tests/card/stand_in_card.h"

using namespace headroom;

/// The stand-in's context takes 300 MiB, its libraries another 64, a convolution asks for 24 MiB of workspace.
class TestCardMeasuring : public QObject {
    Q_OBJECT

    std::unique_ptr<Devices> m_devices = test::devices_with_card();
    QTemporaryDir m_dir;

    std::filesystem::path state_dir() const { return m_dir.path().toStdString(); }
    DeviceInfo card() const { return m_devices->find("cuda:0").value(); }

private Q_SLOTS:
    void aNewContextIsMeasuredAlone()
    {
        const DeviceInfo info = card();
        QCOMPARE(info.context_bytes, 300 * kMiB);
        QCOMPARE(info.total_bytes, 4096 * kMiB);
        QCOMPARE(info.others_bytes(), 500 * kMiB);
        QCOMPARE(info.description, std::string("Stand-in card"));
    }

    void librariesAreMeasuredOnceAndRemembered()
    {
        const CardTerms terms = card_terms(*m_devices, card(), at::kBFloat16, state_dir());
        QCOMPARE(terms.context_bytes, (300 + 64) * kMiB);
        // Beside the convolution's 24 MiB what LibTorch keeps for cuBLAS: 8 MiB or a little more on such a card.
        QVERIFY2(terms.workspace_bytes > 32 * kMiB && terms.workspace_bytes < 34 * kMiB,
                 qPrintable(QString::number(terms.workspace_bytes)));
        QVERIFY(terms.allocator_bytes > 0 && terms.allocator_share > 0);

        const auto file = state_dir() / "card_terms.json";
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        QVERIFY(QString::fromStdString(text.str()).contains("Stand-in card"));
        std::string changed = text.str();
        changed.replace(changed.find(std::to_string(terms.workspace_bytes)), std::to_string(terms.workspace_bytes).size(),
                        "12345678");
        std::ofstream(file) << changed;
        QCOMPARE(card_terms(*m_devices, card(), at::kBFloat16, state_dir()).workspace_bytes, std::int64_t(12345678));
        QVERIFY(card_terms(*m_devices, card(), at::kHalf, state_dir()).workspace_bytes > 20 * kMiB);  // each dtype has its own
    }

    void aContextThatGrewIsRemembered()
    {
        DeviceInfo grown = card();
        grown.context_bytes += 50 * kMiB;
        note_context(grown, state_dir());
        QCOMPARE(card_terms(*m_devices, card(), at::kBFloat16, state_dir()).context_bytes, grown.context_bytes);
        note_context(card(), state_dir());  // smaller: says nothing
        QCOMPARE(card_terms(*m_devices, card(), at::kBFloat16, state_dir()).context_bytes, grown.context_bytes);
    }

    void aFullCardGivesWhatIsAssumed()
    {
        QVERIFY(m_devices->set_limit(test::kCard, card().context_bytes + 40 * kMiB));
        const QTemporaryDir other;
        const CardTerms terms = card_terms(*m_devices, card(), at::kFloat, other.path().toStdString());
        QVERIFY(m_devices->set_limit(test::kCard, 0));
        QCOMPARE(terms.workspace_bytes, assumed_card_terms().workspace_bytes);
        QVERIFY(!std::filesystem::exists(other.path().toStdString() + "/card_terms.json"));
    }

    void theWallHoldsPagesAndContext()
    {
        const std::int64_t budget = 1000 * kMiB;
        QVERIFY(m_devices->set_limit(test::kCard, budget));
        std::vector<Tensor> held;
        m_devices->restart_peak(test::kCard);
        std::string refusal;
        try {
            while (held.size() < 10'000) held.push_back(test::on_card({1'000'003}));
        } catch (const c10::OutOfMemoryError& error) {
            refusal = error.what_without_backtrace();
        }
        QVERIFY(!refusal.empty());
        const std::int64_t peak = m_devices->peak_bytes(test::kCard);
        held.clear();
        m_devices->release_cached(test::kCard);
        QVERIFY(m_devices->set_limit(test::kCard, 0));
        QVERIFY2(peak <= budget && peak > budget - 30 * kMiB, qPrintable(QString::number(peak)));

        const auto too_small = m_devices->set_limit(test::kCard, 200 * kMiB);
        QCOMPARE(too_small.error().code, ErrorCode::DoesNotFit);
        QVERIFY(!m_devices->set_limit(test::kCard, 800 * kMiB, 900 * kMiB));  // what the context may grow to counts
    }

    void aDeviceThatIsNotThereIsNamed()
    {
        const auto missing = m_devices->find("cuda:1");
        QCOMPARE(missing.error().code, ErrorCode::Device);
        QVERIFY(QString::fromStdString(missing.error().message).contains("cuda:1"));
        QCOMPARE(m_devices->find("auto")->name, std::string("cuda:0"));
    }
};

QTEST_GUILESS_MAIN(TestCardMeasuring)
#include "test_card_measuring.moc"
