#include <QAbstractItemModelTester>
#include <QTest>

#include "tests/support/fake_engine.h"
#include "ui/models/memory_table_model.h"
#include "ui/models/model_list_model.h"
#include "ui/models/run_progress.h"
#include "ui/models/size_presets.h"

using namespace headroom;
using namespace headroom::ui;

class TestModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void modelListIsASoundModel()
    {
        ModelListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setModels(test::FakeEngine().list_models({}));
        model.ensureModel({"/fake/other", "Other", "WanPipeline", true, {}});
        model.ensureModel({"/fake/other", "Other", "WanPipeline", true, {}});
        QCOMPARE(model.rowCount(), 4);
    }

    void unsupportedModelsAreListedDisabledWithTheReason()
    {
        ModelListModel model;
        model.setModels(test::FakeEngine().list_models({}));
        const QModelIndex hunyuan = model.index(model.rowOf("/fake/hunyuan"));
        QVERIFY(!(model.flags(hunyuan) & Qt::ItemIsEnabled));
        QVERIFY(hunyuan.data().toString().contains("HunyuanVideoPipeline"));
        QVERIFY(model.flags(model.index(0)) & Qt::ItemIsEnabled);
    }

    void incompleteModelsAreMarkedWithTheReason()
    {
        ModelListModel model;
        model.setModels({{"/fake/half", "Half", "WanPipeline", true, "transformer/config.json is missing."}});
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Half (incomplete)"));
        QVERIFY(
            model.index(0).data(Qt::ToolTipRole).toString().startsWith(QStringLiteral("transformer/config.json is missing.")));
        QVERIFY(model.flags(model.index(0)) & Qt::ItemIsEnabled);
    }

    void memoryTableIsASoundModel()
    {
        BudgetModel budget;
        MemoryTableModel model(budget);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        const test::FakeEngine engine;
        const GenerateRequest request = *engine.resolve({});
        budget.setOutlook(request, *engine.outlook(request));
        budget.setMeasured({Stage::Denoise, "transformer"}, {200 << 20, 210 << 20, true});
        QCOMPARE(model.index(1, MemoryTableModel::MeasuredColumn).data().toString(), QStringLiteral("200 MiB"));
        QCOMPARE(model.index(2, MemoryTableModel::MeasuredColumn).data().toString(), QStringLiteral("–"));
        budget.setRefusal(QStringLiteral("no"));
        QCOMPARE(model.rowCount(), 0);
    }

    void presetsAreLegalAndBeginWithTheDefault()
    {
        for (const char* dir : {"/fake/demo", "/fake/wan"}) {
            const ModelInfo model = *test::FakeEngine().inspect(dir);
            const auto presets = sizePresets(model);
            QVERIFY(presets.size() > 3);
            QCOMPARE(presets.front().width, model.defaults.width);
            for (const SizePreset& preset : presets) {
                QVERIFY2(model.width_rule.allows(preset.width) && model.height_rule.allows(preset.height),
                         qPrintable(preset.title));
            }
        }
    }

    void secondRunOfAKindKnowsItsWholeTime()
    {
        RunProgress progress;
        progress.beginRun("a");
        QVERIFY(!progress.totalRemainingSeconds());
        for (const Stage stage : {Stage::EncodeText, Stage::Denoise, Stage::Decode}) {
            progress.beginStage(stage, 10);
            progress.endStage({.stage = stage, .component = "any", .seconds = 10.0});
        }
        progress.endRun();
        progress.beginRun("a");
        QCOMPARE(*progress.totalRemainingSeconds(), 30.0);
        progress.beginRun("b");
        QVERIFY(!progress.totalRemainingSeconds());
    }

    void componentsOfAStageAddUp()
    {
        RunProgress progress;
        progress.beginRun("a");
        for (const char* encoder : {"text_encoder", "text_encoder_2"}) {
            progress.beginStage(Stage::EncodeText, 3);
            progress.endStage({.stage = Stage::EncodeText, .component = encoder, .seconds = 2.0});
        }
        QCOMPARE(progress.view(Stage::EncodeText).elapsedSeconds, 4.0);
        progress.beginStage(Stage::Denoise, 8);
        progress.advance({Stage::Denoise, "transformer", 5, 8, 5.0});
        progress.endStage({.stage = Stage::Denoise, .component = "transformer", .ends_stage = false, .seconds = 5.0});
        QCOMPARE(progress.view(Stage::Denoise).state, StageState::Active);
        QCOMPARE(progress.view(Stage::Denoise).done, 5);
        progress.endStage({.stage = Stage::Denoise, .component = "transformer_2", .seconds = 3.0});
        QCOMPARE(progress.view(Stage::Denoise).state, StageState::Done);
        QCOMPARE(progress.view(Stage::Denoise).elapsedSeconds, 8.0);
    }
};

QTEST_MAIN(TestModels)
#include "test_models.moc"
