#include <QAbstractItemView>
#include <QAction>
#include <QActionGroup>
#include <QCheckBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>

#include "core/base/byte_size.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/byte_text.h"
#include "ui/models/memory_table_model.h"
#include "ui/panels/memory_panel.h"
#include "ui/widgets/budget_slider.h"
#include "ui/widgets/byte_size_box.h"
#include "ui/widgets/legal_spin_box.h"
#include "ui/widgets/memory_bars.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/strategy_chips.h"
#include "ui/widgets/verdict_box.h"

using namespace headroom;
using headroom::test::WindowFixture;
using headroom::ui::RunState;

class TestMemoryPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<WindowFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void beginsAutomaticAndFits()
    {
        openWan();
        QVERIFY(budget().isAutomatic());
        QCOMPARE(budget().budgetBytes(), budget().outlook()->auto_budget_bytes);
        QVERIFY(m_fixture->child<QCheckBox>("budgetAutomatic")->isChecked());
        QCOMPARE(m_fixture->child<QLabel>("budgetOf")->text(), QStringLiteral("of 24.0 GiB"));
        QVERIFY2(verdict().startsWith(QStringLiteral("Fits: about")), qPrintable(verdict()));
        QVERIFY(m_fixture->child<QLabel>("planDevice")->text().startsWith(QStringLiteral("GPU 0 · bf16")));
    }

    void movingTheSliderChangesThePlanAtOnce()
    {
        openWan();
        const int before = m_fixture->engine.outlooks;
        const QString fast = chip("chipDenoiser")->text();
        slider()->setValue(4 * 1024);
        QCOMPARE(budget().budgetBytes(), 4 * kGiB);
        QVERIFY(chip("chipDenoiser")->text() != fast);
        QVERIFY2(verdict().contains(QStringLiteral("of 4.0 GiB")), qPrintable(verdict()));
        QVERIFY(!m_fixture->child<QCheckBox>("budgetAutomatic")->isChecked());
        QCOMPARE(m_fixture->child<ui::ByteSizeBox>("budgetSize")->bytes(), 4 * kGiB);
        QTest::qWait(400);
        QCOMPARE(m_fixture->engine.outlooks.load(), before);
        for (const StagePlan& stage : budget().plan().stages) QVERIFY(stage.predicted_peak_bytes <= 4 * kGiB);
    }

    void theAutomaticBoxLiftsTheLimit()
    {
        openWan();
        slider()->setValue(6 * 1024);
        m_fixture->child<QCheckBox>("budgetAutomatic")->click();
        QVERIFY(budget().isAutomatic());
        QCOMPARE(budget().budgetBytes(), budget().outlook()->auto_budget_bytes);
        m_fixture->child<QCheckBox>("budgetAutomatic")->click();
        QVERIFY(!budget().isAutomatic());
    }

    void aTypedSizeIsTaken_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<qint64>("bytes");
        QTest::newRow("a bare number is GiB") << QStringLiteral("7.5") << qint64(7.5 * double(kGiB));
        QTest::newRow("with its unit") << QStringLiteral("6144 MiB") << qint64(6 * kGiB);
        QTest::newRow("more than the device has") << QStringLiteral("99") << qint64(24 * kGiB);
        QTest::newRow("nonsense changes nothing") << QStringLiteral("much") << qint64(8 * kGiB);
        QTest::newRow("below zero changes nothing") << QStringLiteral("-4") << qint64(8 * kGiB);
    }

    void aTypedSizeIsTaken()
    {
        QFETCH(QString, typed);
        QFETCH(qint64, bytes);
        openWan();
        budget().setBudget(8 * kGiB);
        auto* box = m_fixture->child<ui::ByteSizeBox>("budgetSize");
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, typed);
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(budget().budgetBytes(), bytes);
    }

    void belowTheMinimumGenerateIsDisabledAndRemediesAreOffered()
    {
        openWan();
        budget().setBudget(kGiB);
        QVERIFY(!m_fixture->child<QPushButton>("generate")->isEnabled());
        QVERIFY2(verdict().startsWith(QStringLiteral("Needs at least")), qPrintable(verdict()));
        QVERIFY(verdict().contains(ui::byteText(budget().zones().minimum)));
        QVERIFY(m_fixture->child<QPushButton>("remedy0")->isVisible());
        m_fixture->window->session().generate();
        QCOMPARE(m_fixture->state(), RunState::Idle);
        QVERIFY(m_fixture->child<ui::MessageBanner>("banner")->message().startsWith(QStringLiteral("Needs at least")));
        QCOMPARE(m_fixture->engine.runs.load(), 0);
    }

    void aRemedyRaisesTheBudgetToTheLeastThatWorks()
    {
        openWan();
        budget().setBudget(kGiB);
        m_fixture->child<QPushButton>("remedy0")->click();
        QVERIFY(budget().fits());
        QVERIFY(budget().budgetBytes() >= budget().zones().minimum && budget().budgetBytes() < budget().zones().minimum + kMiB);
        QVERIFY(m_fixture->child<QPushButton>("generate")->isEnabled());
        QVERIFY(!m_fixture->child<QPushButton>("remedy0")->isVisible());
    }

    void aRemedyChangesTheClip()
    {
        openWan();
        budget().setBudget(std::int64_t(1.9 * double(kGiB)));
        QPushButton* frames = nullptr;
        for (const char* name : {"remedy0", "remedy1", "remedy2", "remedy3"}) {
            auto* button = m_fixture->child<QPushButton>(name);
            if (button->isVisible() && button->text().contains(QStringLiteral("41 frames"))) frames = button;
        }
        QVERIFY(frames);
        frames->click();
        QCOMPARE(m_fixture->child<ui::LegalSpinBox>("frames")->value(), 41);
        QTRY_VERIFY(budget().fits());
        QVERIFY(m_fixture->child<QPushButton>("generate")->isEnabled());
    }

    void theWholeVerdictIsSeenWhenItWraps()
    {
        openWan();
        m_fixture->window->resize(1180, 760);
        const auto* label = m_fixture->child<QLabel>("verdict");
        for (const double gib : {22.0, 5.2, 4.0, 22.0, 3.3}) {
            budget().setBudget(std::int64_t(gib * double(kGiB)));
            QTest::qWait(20);
            const int lines =
                label->fontMetrics().boundingRect(QRect(0, 0, label->width(), 1000), Qt::TextWordWrap, label->text()).height();
            QVERIFY2(label->height() >= lines, qPrintable(label->text()));
            QVERIFY2(label->height() < lines + label->fontMetrics().height(), qPrintable(label->text()));
        }
    }

    void budgetAndPinsReachTheRequest()
    {
        openWan();
        budget().setBudget(7 * kGiB);
        chooseFromChip("chipGuidance", QStringLiteral("together"));
        chooseFromChip("chipVae", QStringLiteral("4 strips"));
        QTRY_VERIFY(chip("chipVae")->accessibleName().contains(QStringLiteral("4 strips, pinned")));
        m_fixture->engine.behaviour.unit = std::chrono::milliseconds(0);
        setSmallClip();
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        const ExecutionOptions& execution = m_fixture->engine.last_request.execution;
        QCOMPARE(execution.budget_bytes, std::optional(7 * kGiB));
        QCOMPARE(execution.pins.guidance, std::optional(GuidanceOrder::Batched));
        QCOMPARE(execution.pins.vae, std::optional(VaeMethod::Strips));
        QCOMPARE(execution.pins.strips, std::optional(4));
        QVERIFY(!execution.pins.denoiser_residency);
    }

    void anAutomaticBudgetIsLeftToTheEngine()
    {
        m_fixture->open();
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        QVERIFY(!m_fixture->engine.last_request.execution.budget_bytes);
    }

    void unpinningBringsThePlannerBack()
    {
        openWan();
        chooseFromChip("chipDenoiser", QStringLiteral("streamed"));
        QTRY_COMPARE(chip("chipDenoiser")->text(), QStringLiteral("Transformer: streamed"));
        QVERIFY(m_fixture->child<QPushButton>("unpinAll")->isVisible());
        chooseFromChip("chipDenoiser", QStringLiteral("Automatic"));
        QTRY_VERIFY(chip("chipDenoiser")->text() != QStringLiteral("Transformer: streamed"));
        QVERIFY(!m_fixture->child<QPushButton>("unpinAll")->isVisible());
    }

    void pinsThatContradictAreSaidAndCanBeTakenBack()
    {
        openWan();
        chooseFromChip("chipDenoiser", QStringLiteral("streamed, 35 stay"));
        QTRY_VERIFY(verdict().contains(QStringLiteral("contradict")));
        auto* unpin = m_fixture->child<QPushButton>("remedy0");
        QVERIFY(unpin->isVisible());
        unpin->click();
        QTRY_VERIFY(verdict().startsWith(QStringLiteral("Fits")));
    }

    void approximatePlansAreMarked()
    {
        openWan();
        chooseFromChip("chipVae", QStringLiteral("≈ tiles 256 × 256"));
        QTRY_VERIFY2(verdict().startsWith(QStringLiteral("Fits with ≈")), qPrintable(verdict()));
        QVERIFY(chip("chipVae")->text().contains(u'≈'));
    }

    void budgetsAreRememberedForEachDeviceAndPinsForAll()
    {
        openWan();
        budget().setBudget(6 * kGiB);
        chooseFromChip("chipGuidance", QStringLiteral("together"));
        m_fixture->window->session().openModel("/fake/demo");
        QTRY_COMPARE(budget().outlook()->device, std::string("cpu"));
        QVERIFY(budget().isAutomatic());
        budget().setBudget(512 * kMiB);
        m_fixture->window->session().openModel("/fake/wan");
        QTRY_COMPARE(budget().outlook()->device, std::string("cuda:0"));
        QCOMPARE(budget().chosenBudget(), std::optional(6 * kGiB));
        m_fixture->window->close();
        m_fixture->open();
        QTRY_VERIFY(budget().outlook());
        QCOMPARE(budget().chosenBudget(), std::optional(6 * kGiB));
        QCOMPARE(m_fixture->window->memory().chips().pins().guidance, std::optional(GuidanceOrder::Batched));
    }

    void theKeyboardReachesEverything()
    {
        openWan();
        budget().setBudget(8 * kGiB);
        slider()->setFocus();
        QTest::keyClick(slider(), Qt::Key_Home);
        QVERIFY(budget().fits());
        QVERIFY(budget().budgetBytes() - budget().zones().minimum < kMiB);
        const double slowest = budget().seconds();
        QTest::keyClick(slider(), Qt::Key_PageUp);
        QVERIFY(budget().seconds() < slowest);
        QTest::keyClick(slider(), Qt::Key_PageDown);
        QCOMPARE(budget().seconds(), slowest);
        QTest::keyClick(slider(), Qt::Key_End);
        QCOMPARE(budget().seconds(), budget().breakpoints().back().seconds);
        const std::int64_t fastest = budget().budgetBytes();
        QTest::keyClick(slider(), Qt::Key_Left);
        QCOMPARE(fastest - budget().budgetBytes(), 102 * kMiB);
        m_fixture->child<QPushButton>("moreChips")->click();

        QStringList order;
        QWidget* focused = slider();
        for (int i = 0; i < 80; ++i) {
            QTest::keyClick(focused, Qt::Key_Tab);
            focused = m_fixture->window->focusWidget();
            if (order.contains(focused->objectName())) break;
            order << focused->objectName();
        }
        for (const char* name : {"showAsTable", "chipText", "chipDenoiser", "chipGuidance", "chipVae", "chipTokens", "chipChunk",
                                 "budgetSize", "budgetAutomatic"}) {
            QVERIFY2(order.contains(QLatin1String(name)), name);
        }
    }

    void aShortcutLeadsToTheSlider()
    {
        openWan();
        m_fixture->child<QTabWidget>("runTabs")->setCurrentIndex(1);
        m_fixture->child<QWidget>("prompt")->setFocus();
        QTest::keyClick(m_fixture->child<QWidget>("prompt"), Qt::Key_M, Qt::ControlModifier);
        QVERIFY(slider()->hasFocus());
        QVERIFY(slider()->isVisible());
    }

    void remediesAreReachedByTab()
    {
        openWan();
        budget().setBudget(kGiB);
        auto* remedy = m_fixture->child<QPushButton>("remedy0");
        QVERIFY(remedy->focusPolicy() & Qt::TabFocus);
        remedy->setFocus();
        QTest::keyClick(remedy, Qt::Key_Space);
        QVERIFY(budget().fits());
    }

    void theTableSaysWhatTheBarsDraw()
    {
        openWan();
        budget().setBudget(8 * kGiB);
        const auto* bars = m_fixture->child<ui::MemoryBars>("memoryBars");
        const QAbstractItemModel* table = m_fixture->child<QAbstractItemView>("memoryTable")->model();
        QCOMPARE(table->rowCount(), 4);
        int compared = 0;
        for (const ui::MemoryBars::Segment& segment : bars->segments()) {
            const int column = ui::MemoryTableModel::FirstPartColumn + int(segment.part.kind);
            QCOMPARE(table->index(segment.stage, column).data(Qt::UserRole).toLongLong(), qlonglong(segment.part.size_bytes));
            ++compared;
        }
        QVERIFY(compared >= 9);
        for (int row = 0; row < 3; ++row) {
            qlonglong sum = 0;
            for (int column = ui::MemoryTableModel::FirstPartColumn; column < ui::MemoryTableModel::HowColumn; ++column) {
                sum += table->index(row, column).data(Qt::UserRole).toLongLong();
            }
            QCOMPARE(table->index(row, ui::MemoryTableModel::PeakColumn).data(Qt::UserRole).toLongLong(), sum);
        }
        m_fixture->child<QPushButton>("showAsTable")->click();
        QVERIFY(m_fixture->child<QWidget>("memoryTable")->isVisible());
        QVERIFY(!m_fixture->child<QWidget>("memoryBars")->isVisible());
    }

    void nothingIsScrolledForNothing()
    {
        openWan();
        m_fixture->window->resize(1180, 900);
        for (const double gib : {22.0, 5.2, 1.0, 4.0}) {
            budget().setBudget(std::int64_t(gib * double(kGiB)));
            QTest::qWait(50);
            const auto* scroll = m_fixture->window->memory().findChild<QScrollArea*>();
            const QWidget* content = scroll->widget();
            const int needed = content->layout()->totalHeightForWidth(content->width());
            QCOMPARE(content->height(), std::max(scroll->viewport()->height(), needed));
        }
    }

    void theTableShowsTheTimeInANarrowPanel()
    {
        openWan();
        m_fixture->window->resize(1180, 760);
        budget().setBudget(8 * kGiB);
        m_fixture->child<QPushButton>("showAsTable")->click();
        const auto* table = m_fixture->child<QTableView>("memoryTable");
        const int time = ui::MemoryTableModel::TimeColumn;
        const auto rightOfTime = [&] { return table->columnViewportPosition(time) + table->columnWidth(time); };
        QTRY_VERIFY2(rightOfTime() <= table->viewport()->width(), qPrintable(QString::number(table->viewport()->width())));
        budget().setMeasured({Stage::Denoise, "transformer"}, {5 * kGiB, 6 * kGiB, true});
        QVERIFY(rightOfTime() <= table->viewport()->width());
    }

    void oneChoiceOfAChipHolds()
    {
        openWan();
        QMenu* menu = chip("chipGuidance")->menu();
        Q_EMIT menu->aboutToShow();
        int checked = 0;
        for (const QAction* action : menu->actions()) {
            if (action->isSeparator()) continue;
            QVERIFY(action->actionGroup() && action->actionGroup()->isExclusive());
            checked += action->isChecked();
        }
        QCOMPARE(checked, 1);
    }

    void barsEndAtThePeakOfTheirStage()
    {
        openWan();
        const auto* bars = m_fixture->child<ui::MemoryBars>("memoryBars");
        const ui::BudgetAxis axis{budget().zones().end, double(bars->width())};
        for (int row = 0; row < 3; ++row) {
            double right = 0;
            for (const auto& segment : bars->segments()) {
                if (segment.stage == row) right = std::max(right, segment.rect.right());
            }
            QVERIFY(std::abs(right - axis.x(budget().plan().stages[row].predicted_peak_bytes)) < 0.01);
        }
    }

    void measuredPeaksGrowDuringTheRunAndAreComparedAfter()
    {
        m_fixture->engine.behaviour.hold_at = Stage::Denoise;
        m_fixture->open();
        QTRY_VERIFY(budget().outlook());
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_VERIFY(budget().measured().contains({Stage::Denoise, "transformer"}));
        QVERIFY(budget().isRunning());
        QVERIFY(!slider()->isEnabled());
        QVERIFY(budget().measured().at({Stage::EncodeText, "text_encoder"}).ended);
        QVERIFY(!budget().measured().at({Stage::Denoise, "transformer"}).ended);
        const std::int64_t predicted = budget().plan().stages[1].predicted_peak_bytes;
        QVERIFY(budget().measured().at({Stage::Denoise, "transformer"}).peakBytes > 0);
        QVERIFY(budget().measured().at({Stage::Denoise, "transformer"}).peakBytes < predicted);
        m_fixture->child<QPushButton>("stop")->click();
        QTRY_COMPARE(m_fixture->state(), RunState::Idle);
        m_fixture->engine.behaviour.hold_at.reset();
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        const auto* bars = m_fixture->child<ui::MemoryBars>("memoryBars");
        QVERIFY2(bars->accessibleDescription().contains(QStringLiteral("(−3 %)")), qPrintable(bars->accessibleDescription()));
        QVERIFY(slider()->isEnabled());
        budget().setBudget(budget().zones().minimum);
        QVERIFY(budget().measured().empty());
    }

    void withoutAForecastNothingIsRefused()
    {
        m_fixture->engine.behaviour.forecasts = false;
        m_fixture->open();
        QTRY_VERIFY(budget().outlook());
        budget().setBudget(kMiB);
        QVERIFY(budget().fits());
        QVERIFY(verdict().isEmpty());
        QVERIFY(m_fixture->child<QPushButton>("generate")->isEnabled());
        QCOMPARE(budget().plan().stages.size(), std::size_t(3));
    }

    void aRefusedOutlookIsSaid()
    {
        m_fixture->engine.behaviour.outlook_failure = Error{ErrorCode::Device, "cuda:0 is not there any more"};
        m_fixture->open();
        QTRY_COMPARE(verdict(), QStringLiteral("cuda:0 is not there any more"));
        QVERIFY(!m_fixture->child<QWidget>("remedy0")->isVisible());
    }

    void lookingAheadNeverHoldsTheWindowUp()
    {
        m_fixture->engine.behaviour.outlook_takes = std::chrono::milliseconds(400);
        m_fixture->open();
        qint64 longest_ms = 0;
        QElapsedTimer sinceTick;
        QTimer ticker;
        connect(&ticker, &QTimer::timeout, this, [&] { longest_ms = std::max(longest_ms, sinceTick.restart()); });
        ticker.setTimerType(Qt::PreciseTimer);
        sinceTick.start();
        ticker.start(1);
        QTRY_VERIFY(budget().outlook());
        QVERIFY(m_fixture->engine.outlook_thread.load() != std::this_thread::get_id());
        qInfo("longest gap of the event loop while looking ahead for 400 ms: %lld ms", longest_ms);
    }

    void manyChangesAskOnceAndStaleAnswersAreDropped()
    {
        m_fixture->engine.behaviour.outlook_takes = std::chrono::milliseconds(150);
        m_fixture->open();
        QTRY_VERIFY(budget().outlook());
        const int before = m_fixture->engine.outlooks;
        auto* frames = m_fixture->child<ui::LegalSpinBox>("frames");
        for (int i = 1; i <= 20; ++i) frames->setLegalValue(i * 4 + 1);
        QTRY_COMPARE(budget().request().frames, std::optional(81));
        QCOMPARE(m_fixture->engine.outlooks.load(), before + 1);
        QSignalSpy changes(&budget(), &ui::BudgetModel::changed);
        frames->setLegalValue(41);
        QTRY_VERIFY(m_fixture->engine.outlooks == before + 2);
        frames->setLegalValue(9);
        QTRY_COMPARE(budget().request().frames, std::optional(9));
    }

    void aFileThatIsNotToCarryThePromptIsNotNamedAfterIt()
    {
        m_fixture->settings->set(ui::keys::kStorePrompt, false);
        m_fixture->open();
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        QVERIFY(!m_fixture->engine.last_request.output.store_prompt);
        QVERIFY(m_fixture->engine.last_request.output.path.string().find("red") == std::string::npos);
    }

    void theEndOfARunIsToldWhenTheWindowIsNotInFront()
    {
        m_fixture->open();
        QStringList told;
        m_fixture->window->setNotifier([&](const QString& title, const QString&) { told << title; });
        QWidget other;
        other.show();
        other.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&other));
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(told, QStringList{QStringLiteral("The clip is ready")}, 20000);
        m_fixture->settings->set(ui::keys::kNotify, false);
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        QCOMPARE(told.size(), 1);
        m_fixture->settings->set(ui::keys::kNotify, true);
        m_fixture->window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_fixture->window.get()));
        m_fixture->child<QPushButton>("generate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->state(), RunState::Idle, 20000);
        QCOMPARE(told.size(), 1);
    }

private:
    ui::BudgetModel& budget() const { return m_fixture->window->memory().budget(); }
    ui::BudgetSlider* slider() const { return m_fixture->child<ui::BudgetSlider>("budgetSlider"); }
    QPushButton* chip(const char* name) const { return m_fixture->child<QPushButton>(name); }
    QString verdict() const { return m_fixture->child<QLabel>("verdict")->text(); }

    void openWan() const
    {
        m_fixture->settings->set(ui::keys::kModelDir, QStringLiteral("/fake/wan"));
        m_fixture->open();
        QTRY_VERIFY(budget().outlook());
        QTRY_COMPARE(budget().outlook()->device, std::string("cuda:0"));
    }

    void setSmallClip() const
    {
        m_fixture->child<ui::LegalSpinBox>("width")->setLegalValue(128);
        m_fixture->child<ui::LegalSpinBox>("height")->setLegalValue(128);
        m_fixture->child<ui::LegalSpinBox>("frames")->setLegalValue(9);
        m_fixture->child<ui::LegalSpinBox>("steps")->setLegalValue(4);
    }

    void chooseFromChip(const char* name, const QString& text) const
    {
        QMenu* menu = chip(name)->menu();
        Q_EMIT menu->aboutToShow();
        for (QAction* action : menu->actions()) {
            if (action->text() == text) return action->trigger();
        }
        QFAIL(qPrintable(QStringLiteral("%1 offers no “%2”").arg(QLatin1String(name), text)));
    }

    std::unique_ptr<WindowFixture> m_fixture;
};

QTEST_MAIN(TestMemoryPanel)
#include "test_memory_panel.moc"
