#include <QAbstractItemView>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTemporaryFile>
#include <QTextEdit>
#include <QTimer>
#include <QToolButton>

#include "tests/ui/window_fixture.h"
#include "ui/models/model_list_model.h"
#include "ui/models/run_progress.h"
#include "ui/panels/viewer_panel.h"
#include "ui/widgets/clip_player.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/legal_spin_box.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/run_status.h"

using namespace headroom;
using headroom::test::WindowFixture;
using headroom::ui::RunState;

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<WindowFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void opensWithTheDemoModelAndItsDefaults()
    {
        m_fixture->open();
        QCOMPARE(spin("width")->value(), 128);
        QCOMPARE(spin("frames")->value(), 33);
        QCOMPARE(spin("steps")->value(), 20);
        QCOMPARE(prompt()->toPlainText(), QStringLiteral("a red square moving right on a blue background"));
        QTRY_VERIFY(label("summary").contains(QStringLiteral("33 frames")));
    }

    void showsTheSettingsThatAModelHasBesides()
    {
        m_fixture->open();
        QVERIFY(!m_fixture->window->findChild<QDoubleSpinBox*>("flow_shift"));
        m_fixture->window->session().openModel("/fake/wan");
        QTRY_VERIFY(m_fixture->window->findChild<QDoubleSpinBox*>("flow_shift"));
        auto* shift = m_fixture->child<QDoubleSpinBox>("flow_shift");
        auto* dynamic = m_fixture->child<QCheckBox>("dynamic_guidance");
        QVERIFY(shift->isVisible() && dynamic->isVisible());
        QCOMPARE(shift->value(), 3.0);

        auto* preset = m_fixture->child<QComboBox>("sizePreset");
        const int index = preset->findText(QStringLiteral("720p, as the authors run it"));
        QVERIFY(index >= 0);
        preset->setCurrentIndex(index);
        Q_EMIT preset->activated(index);
        QCOMPARE(spin("height")->value(), 720);
        QCOMPARE(shift->value(), 5.0);
        QCOMPARE(preset->currentIndex(), index);
        dynamic->setChecked(true);
        click("generate");
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 20000);
        QCOMPARE(m_fixture->engine.last_request.extra,
                 (std::map<std::string, double>{{"dynamic_guidance", 1}, {"flow_shift", 5}}));
        shift->setValue(4);
        QVERIFY(preset->currentIndex() != index);
        m_fixture->child<QPushButton>("resetDefaults")->click();
        QCOMPARE(shift->value(), 3.0);
        QVERIFY(!dynamic->isChecked());
    }

    void generatesAClipAndSaysWhereItIs()
    {
        m_fixture->open();
        QTRY_VERIFY(label("summary").contains(QStringLiteral("33 frames")));  // It would replace what is said of the run.
        click("generate");
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 10000);
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 33);
        QVERIFY(m_fixture->window->viewer().player().isPlaying());
        const QString saved = m_fixture->child<ui::ElidedLabel>("savedLabel")->fullText();
        QVERIFY2(saved.contains(QStringLiteral("a-red-square-moving-right")), qPrintable(saved));
        QVERIFY(m_fixture->child<QWidget>("openFile")->isVisible());
        QVERIFY(label("summary").startsWith(QStringLiteral("Done in")));
    }

    void showsLatentsThenFramesWhileRunning()
    {
        m_fixture->engine.behaviour.hold_at = Stage::Decode;
        m_fixture->open();
        QSize firstPicture;
        click("generate");
        const ui::FrameView& view = m_fixture->window->viewer().view();
        QTRY_VERIFY(!view.image().isNull());
        firstPicture = view.image().size();
        QCOMPARE(firstPicture, QSize(16, 16));
        QTRY_COMPARE(view.image().size(), QSize(128, 128));
        QVERIFY(view.accessibleDescription().startsWith(QStringLiteral("Decoding")));
        stopAndWait();
    }

    void stopsInEachStageAndStartsAgain_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("encode text") << int(Stage::EncodeText);
        QTest::newRow("denoise") << int(Stage::Denoise);
        QTest::newRow("decode") << int(Stage::Decode);
    }

    void stopsInEachStageAndStartsAgain()
    {
        QFETCH(int, stage);
        m_fixture->engine.behaviour.hold_at = static_cast<Stage>(stage);
        m_fixture->open();
        click("generate");
        QTRY_COMPARE(state(), RunState::Running);
        QTRY_VERIFY(status().contains(ui::stageTitle(static_cast<Stage>(stage))));
        click("stop");
        QCOMPARE(state(), RunState::Stopping);
        QCOMPARE(m_fixture->child<QPushButton>("stop")->text(), QStringLiteral("Stopping…"));
        QTRY_COMPARE(state(), RunState::Idle);
        QVERIFY(!m_fixture->child<QWidget>("savedLabel")->isVisible());
        m_fixture->engine.behaviour.hold_at.reset();
        click("generate");
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->child<QWidget>("savedLabel")->isVisible(), 10000);
    }

    void errorsAreShownAsSentences()
    {
        m_fixture->engine.behaviour.fail_at = Stage::Decode;
        m_fixture->open();
        click("generate");
        QTRY_VERIFY(!banner().isEmpty());
        QCOMPARE(banner(), QString::fromStdString(m_fixture->engine.behaviour.failure.message));
        QCOMPARE(state(), RunState::Idle);
        QVERIFY(m_fixture->child<QPushButton>("generate")->isEnabled());
    }

    void aClipWhoseDecodeEndedIsFinishedWithoutDenoisingAgain_data()
    {
        QTest::addColumn<bool>("stopped");
        QTest::newRow("it failed") << false;
        QTest::newRow("it was stopped") << true;
    }
    void aClipWhoseDecodeEndedIsFinishedWithoutDenoisingAgain()
    {
        QFETCH(bool, stopped);
        QTemporaryFile latents;
        QVERIFY(latents.open());
        test::FakeBehaviour& behaviour = m_fixture->engine.behaviour;
        behaviour.kept_latents = latents.fileName().toStdString();
        (stopped ? behaviour.hold_at : behaviour.fail_at) = Stage::Decode;
        m_fixture->open();
        auto* action = m_fixture->child<QPushButton>("bannerAction");
        click("generate");
        if (stopped) {
            QTRY_VERIFY(m_fixture->window->viewer().player().frameCount() > 0);
            click("stop");
        }
        QTRY_COMPARE(state(), RunState::Idle);
        QVERIFY(action->isVisible());
        QCOMPARE(m_fixture->engine.runs, 1);

        behaviour.hold_at.reset();
        behaviour.fail_at.reset();
        action->click();
        QTRY_VERIFY2(!QFile::exists(latents.fileName()), "latents whose clip is finished are of no use");
        QCOMPARE(state(), RunState::Idle);
        QCOMPARE(m_fixture->engine.runs, 1);
        QCOMPARE(m_fixture->engine.last_decode.latents, behaviour.kept_latents);
        QVERIFY(!m_fixture->engine.last_decode.output.path.empty());
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 33);
        QVERIFY(banner().isEmpty());
    }

    void aWrongModelFolderIsSaidAndTheOldModelStays()
    {
        m_fixture->open();
        m_fixture->window->session().openModel("/fake/nothing");
        QTRY_VERIFY(banner().contains(QStringLiteral("model_index.json is missing")));
        QCOMPARE(QString::fromStdString(m_fixture->window->session().model()->display_name), QStringLiteral("Demo model"));
        QCOMPARE(m_fixture->child<QComboBox>("modelPicker")->currentText(), QStringLiteral("Demo model"));
    }

    void aMissingRememberedModelFallsBackToTheDemo()
    {
        m_fixture->settings->set(ui::keys::kModelDir, QStringLiteral("/fake/nothing"));
        m_fixture->open();
        QVERIFY(banner().contains(QStringLiteral("/fake/nothing")));
        QCOMPARE(QString::fromStdString(m_fixture->window->session().model()->display_name), QStringLiteral("Demo model"));
    }

    void aLongMessageIsReadWhole()
    {
        m_fixture->open();
        auto* shown = m_fixture->child<ui::MessageBanner>("banner");
        const QString path = QStringLiteral("/models/") + QString(150, u'x');
        shown->showMessage(ui::MessageBanner::Kind::Error, path + QStringLiteral(" can't be read."));
        QTest::qWait(20);
        const auto* text = m_fixture->child<QTextEdit>("bannerText");
        QCOMPARE(text->horizontalScrollBar()->maximum(), 0);
        QVERIFY(text->height() >= text->document()->size().height());
        QCOMPARE(banner(), path + QStringLiteral(" can't be read."));

        const int before = m_fixture->window->height();
        shown->showMessage(ui::MessageBanner::Kind::Error, path + QString(5000, u'y'));
        QTest::qWait(20);
        QCOMPARE(m_fixture->window->height(), before);
        QVERIFY(text->verticalScrollBar()->isVisible());
    }

    void theCounterIsNeverCut()
    {
        m_fixture->open();
        generateAndWait();
        ui::ClipPlayer& player = m_fixture->window->viewer().player();
        const auto* counter = m_fixture->child<QLabel>("frameCounter");
        player.seek(2);
        const int width = counter->width();
        for (const int frame : {0, 9, 32}) {
            player.seek(frame);
            QVERIFY2(counter->fontMetrics().horizontalAdvance(counter->text()) <= counter->width(), qPrintable(counter->text()));
            QCOMPARE(counter->width(), width);
        }
    }

    void withoutAModelTheWindowSaysSo()
    {
        m_fixture->engine.behaviour.has_models = false;
        m_fixture->window = std::make_unique<ui::MainWindow>(m_fixture->engine, *m_fixture->settings, m_fixture->theme,
                                                             ui::AboutText{QStringLiteral("test"), {}});
        m_fixture->window->show();
        QTRY_VERIFY(!banner().isEmpty());
        QTRY_VERIFY2(label("summary").startsWith(QStringLiteral("No model is open")), qPrintable(label("summary")));
        QVERIFY(!m_fixture->child<QPushButton>("generate")->isEnabled());
    }

    void choosingAModelTakesItsRulesAndDefaults()
    {
        m_fixture->open();
        m_fixture->window->session().openModel("/fake/wan");
        QTRY_COMPARE(spin("width")->value(), 832);
        QCOMPARE(spin("frames")->value(), 81);
        QCOMPARE(m_fixture->child<QComboBox>("sizePreset")->currentText(), QStringLiteral("832 × 480 default"));
        click("swapSides");
        QCOMPARE(spin("width")->value(), 480);
        QCOMPARE(spin("height")->value(), 832);
        click("resetDefaults");
        QCOMPARE(spin("width")->value(), 832);
    }

    void theSeedIsResolvedAtSubmitAndShown()
    {
        m_fixture->open();
        auto* seed = m_fixture->child<QLineEdit>("seed");
        seed->setText(QStringLiteral("1"));
        generateAndWait();
        QCOMPARE(seed->text(), QString::number(m_fixture->engine.last_request.seed));
        const std::uint64_t first = m_fixture->engine.last_request.seed;
        QVERIFY(m_fixture->child<ui::ElidedLabel>("clipSeed")->fullText().endsWith(seed->text()));
        click("seedLock");
        generateAndWait();
        QCOMPARE(m_fixture->engine.last_request.seed, first);
        click("seedDice");
        generateAndWait();
        QVERIFY(m_fixture->engine.last_request.seed != first);
    }

    void theCaptionKeepsTheSeedOfTheClipShown()
    {
        m_fixture->open();
        generateAndWait();
        const QString shown = m_fixture->child<ui::ElidedLabel>("clipSeed")->fullText();
        auto* seed = m_fixture->child<QLineEdit>("seed");
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("77"));
        QCOMPARE(m_fixture->child<ui::ElidedLabel>("clipSeed")->fullText(), shown);
    }

    void anEmptyPromptIsNotRun()
    {
        m_fixture->open();
        prompt()->setPlainText(QStringLiteral("  "));
        click("generate");
        QVERIFY(banner().contains(QStringLiteral("prompt is empty")));
        QCOMPARE(state(), RunState::Idle);
    }

    void keysStartAndStop()
    {
        m_fixture->engine.behaviour.hold_at = Stage::Denoise;
        m_fixture->open();
        prompt()->setFocus();
        QTest::keyClick(prompt(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(state(), RunState::Running);
        QTest::keyClick(prompt(), Qt::Key_Escape);
        QTRY_COMPARE(state(), RunState::Idle);
        QCOMPARE(m_fixture->engine.runs.load(), 1);
        QVERIFY(!prompt()->toPlainText().contains(u'\n'));
    }

    void keysPlayAndStep()
    {
        m_fixture->open();
        generateAndWait();
        ui::ClipPlayer& player = m_fixture->window->viewer().player();
        QWidget* view = &m_fixture->window->viewer().view();
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Space);
        QVERIFY(!player.isPlaying());
        QTest::keyClick(view, Qt::Key_Home);
        QCOMPARE(player.index(), 0);
        QTest::keyClick(view, Qt::Key_Right);
        QTest::keyClick(view, Qt::Key_Right);
        QTest::keyClick(view, Qt::Key_Left);
        QCOMPARE(player.index(), 1);
        QCOMPARE(label("frameCounter"), QStringLiteral("2 / 33 · 0:00.06"));
        QTest::keyClick(view, Qt::Key_End);
        QCOMPARE(player.index(), 32);
    }

    void spaceAfterAClickedGenerateDoesNotStartAgain()
    {
        m_fixture->open();
        auto* generate = m_fixture->child<QPushButton>("generate");
        generate->setFocus();
        QTest::mouseClick(generate, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 10000);
        QTest::keyClick(m_fixture->window->focusWidget(), Qt::Key_Space);
        QCOMPARE(state(), RunState::Idle);
        QCOMPARE(m_fixture->engine.runs.load(), 1);
    }

    void closingWhileRunningStopsThenCloses()
    {
        m_fixture->engine.behaviour.hold_at = Stage::Denoise;
        m_fixture->open();
        click("generate");
        QTRY_COMPARE(state(), RunState::Running);
        m_fixture->window->close();
        QVERIFY(m_fixture->window->isVisible());
        QVERIFY(m_fixture->window->windowTitle().startsWith(QStringLiteral("Stopping")));
        QTRY_VERIFY(!m_fixture->window->isVisible());
        QVERIFY(!m_fixture->engine.is_running);
    }

    void settingsAndLayoutComeBack()
    {
        m_fixture->open();
        prompt()->setPlainText(QStringLiteral("a green ball"));
        spin("frames")->setLegalValue(25);
        spin("width")->setLegalValue(192);
        click("seedLock");
        m_fixture->child<QLineEdit>("seed")->setText(QStringLiteral("4242"));
        m_fixture->child<QWidget>("runDock")->hide();
        m_fixture->window->close();
        m_fixture->open();
        QCOMPARE(prompt()->toPlainText(), QStringLiteral("a green ball"));
        QCOMPARE(spin("frames")->value(), 25);
        QCOMPARE(spin("width")->value(), 192);
        QCOMPARE(m_fixture->child<QLineEdit>("seed")->text(), QStringLiteral("4242"));
        QVERIFY(m_fixture->child<QToolButton>("seedLock")->isChecked());
        QVERIFY(!m_fixture->child<QWidget>("runDock")->isVisible());
    }

    void theEventLoopStaysResponsiveUnderAFlood()
    {
        m_fixture->engine.behaviour.floods_per_unit = 50;
        m_fixture->open();
        qint64 longest_ms = 0;
        QElapsedTimer sinceTick;
        QTimer ticker;
        connect(&ticker, &QTimer::timeout, this, [&] { longest_ms = std::max(longest_ms, sinceTick.restart()); });
        ticker.setTimerType(Qt::PreciseTimer);
        sinceTick.start();
        ticker.start(1);
        spin("width")->setLegalValue(384);
        spin("height")->setLegalValue(384);
        click("generate");
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 60000);
        qInfo("longest gap of the event loop under a flood of events: %lld ms (aim: under 100 ms)", longest_ms);
        QVERIFY(longest_ms < 5000);
    }

private:
    RunState state() const { return m_fixture->state(); }
    ui::LegalSpinBox* spin(const char* name) const { return m_fixture->child<ui::LegalSpinBox>(name); }
    QPlainTextEdit* prompt() const { return m_fixture->child<QPlainTextEdit>("prompt"); }
    QString label(const char* name) const { return m_fixture->child<QLabel>(name)->text(); }
    QString banner() const { return m_fixture->child<ui::MessageBanner>("banner")->message(); }
    QString status() const { return m_fixture->window->findChild<ui::RunStatus*>()->text(); }
    void click(const char* name) const { m_fixture->child<QAbstractButton>(name)->click(); }

    void generateAndWait() const
    {
        click("generate");
        QVERIFY(state() != RunState::Idle);
        QTRY_COMPARE_WITH_TIMEOUT(state(), RunState::Idle, 10000);
    }

    void stopAndWait() const
    {
        click("stop");
        QTRY_COMPARE(state(), RunState::Idle);
    }

    std::unique_ptr<WindowFixture> m_fixture;
};

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
