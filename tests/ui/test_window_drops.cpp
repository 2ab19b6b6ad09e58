#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QUrl>

#include "core/media/video_writer.h"
#include "tests/ui/window_fixture.h"
#include "ui/panels/viewer_panel.h"
#include "ui/settings/output_location.h"
#include "ui/widgets/clip_player.h"
#include "ui/widgets/legal_spin_box.h"
#include "ui/widgets/message_banner.h"

using namespace headroom;
using headroom::test::FakeEngine;
using headroom::test::WindowFixture;

namespace {

/// Writes a clip with these settings as the engine does.
void writeClip(const std::filesystem::path& path, const ClipSettings& settings)
{
    const std::string title = settings.request.output.store_prompt ? settings.request.prompt : "";
    auto metadata = media::make_clip_metadata(title, to_json(settings));
    QVERIFY(metadata);
    auto writer = media::open_frame_writer(path, {64, 64, 8}, *metadata, media::Overwrite::No);
    QVERIFY2(writer, writer ? "" : writer.error().message.c_str());
    for (int i = 0; i < 5; ++i) QVERIFY((*writer)->write(FakeEngine::picture(64, 64, i, 5)));
    QVERIFY((*writer)->finish());
}

ClipSettings someSettings()
{
    ClipSettings settings;
    settings.model_name = "Demo model";
    settings.request.model_dir = "/fake/demo";
    settings.request.prompt = "a dropped clip";
    settings.request.negative_prompt = "noise";
    settings.request.width = 192;
    settings.request.height = 64;
    settings.request.frames = 17;
    settings.request.fps = 8;
    settings.request.steps = 7;
    settings.request.guidance = 3.5;
    settings.request.seed = 123456789;
    return settings;
}

}  // namespace

class TestWindowDrops : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<WindowFixture>();
        m_fixture->open();
    }
    void cleanup() { m_fixture.reset(); }

    void droppedTextBecomesThePrompt()
    {
        QMimeData data;
        data.setText(QStringLiteral("a blue star spinning"));
        drop(data);
        QCOMPARE(prompt(), QStringLiteral("a blue star spinning"));
    }

    void whatADropWouldDoIsSaidWhileDragging()
    {
        const ui::FrameView& view = m_fixture->window->viewer().view();
        QMimeData text;
        text.setText(QStringLiteral("a blue star"));
        drag(text);
        QVERIFY(view.dropHint().contains(QStringLiteral("prompt")));
        QMimeData folder;
        folder.setUrls({QUrl::fromLocalFile(m_fixture->folder.path())});
        drag(folder);
        QVERIFY(view.dropHint().contains(QStringLiteral("folder")));
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(m_fixture->window.get(), &leave);
        QVERIFY(view.dropHint().isEmpty());
        drag(text);
        drop(text);
        QVERIFY(view.dropHint().isEmpty());
    }

    void aDroppedClipBringsItsSettingsBack_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("mp4") << "clip.mp4";
        QTest::newRow("mkv") << "clip.mkv";
        QTest::newRow("gif") << "clip.gif";
    }

    void aDroppedClipBringsItsSettingsBack()
    {
        QFETCH(QString, name);
        const QString path = m_fixture->folder.filePath(name);
        writeClip(ui::toPath(path), someSettings());
        dropFile(path);
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QCOMPARE(m_fixture->child<QPlainTextEdit>("negativePrompt")->toPlainText(), QStringLiteral("noise"));
        QCOMPARE(spin("width"), 192);
        QCOMPARE(spin("height"), 64);
        QCOMPARE(spin("frames"), 17);
        QCOMPARE(spin("steps"), 7);
        QCOMPARE(m_fixture->child<QLineEdit>("seed")->text(), QStringLiteral("123456789"));
        QVERIFY(m_fixture->child<QToolButton>("seedLock")->isChecked());
        QVERIFY(banner().endsWith(QStringLiteral("are back.")));
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 5);
    }

    void aClipDroppedOnThePromptIsAClipToo()
    {
        const QString path = m_fixture->folder.filePath(QStringLiteral("clip.mp4"));
        writeClip(ui::toPath(path), someSettings());
        dropFile(path, "prompt");
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
    }

    void aDroppedFrameStandsForItsSequence()
    {
        const QString folder = m_fixture->folder.filePath(QStringLiteral("sequence"));
        QVERIFY(QDir().mkpath(folder));
        writeClip(ui::toPath(folder + QStringLiteral("/frame-%04d.png")), someSettings());
        dropFile(folder + QStringLiteral("/frame-0002.png"));
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 5);
    }

    void theSettingsBesideAClipBringTheClipToo_data()
    {
        QTest::addColumn<QString>("clip");
        QTest::addColumn<QString>("settings");
        QTest::newRow("gif") << "clip.gif"
                             << "clip.gif.json";
        QTest::newRow("frames") << "frame-%04d.png"
                                << "frame-info.json";
    }

    void theSettingsBesideAClipBringTheClipToo()
    {
        QFETCH(QString, clip);
        QFETCH(QString, settings);
        writeClip(ui::toPath(m_fixture->folder.filePath(clip)), someSettings());
        dropFile(m_fixture->folder.filePath(settings));
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QCOMPARE(spin("steps"), 7);
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 5);
        QVERIFY2(banner().contains(settings + QStringLiteral(" are back.")), qPrintable(banner()));
    }

    void settingsWhoseClipIsGoneComeAlone()
    {
        const QString path = m_fixture->folder.filePath(QStringLiteral("clip.gif"));
        writeClip(ui::toPath(path), someSettings());
        QVERIFY(QFile::remove(path));
        dropFile(path + QStringLiteral(".json"));
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QCOMPARE(m_fixture->window->viewer().player().frameCount(), 0);
    }

    void otherJsonIsRefusedAsASentence()
    {
        QFile file(m_fixture->folder.filePath(QStringLiteral("package-info.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"name\": \"something else\"}");
        file.close();
        dropFile(file.fileName());
        QTRY_VERIFY2(banner().contains(QStringLiteral("no settings of Headroom")), qPrintable(banner()));
    }

    void whatCannotComeBackIsListed()
    {
        ClipSettings settings = someSettings();
        settings.model_name = "Some/OtherModel";
        settings.request.model_dir = "/fake/gone";
        settings.request.width = 200;
        const QString path = m_fixture->folder.filePath(QStringLiteral("other.mp4"));
        writeClip(ui::toPath(path), settings);
        dropFile(path);
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QVERIFY2(banner().contains(QStringLiteral("Some/OtherModel")), qPrintable(banner()));
        QVERIFY2(banner().contains(QStringLiteral("width 200 (now 192)")), qPrintable(banner()));
    }

    void aClipWithoutItsPromptKeepsTheOneInTheWindow()
    {
        ClipSettings settings = someSettings();
        settings.request.output.store_prompt = false;
        m_fixture->child<QPlainTextEdit>("prompt")->setPlainText(QStringLiteral("what I had written"));
        const QString path = m_fixture->folder.filePath(QStringLiteral("secret.mp4"));
        writeClip(ui::toPath(path), settings);
        dropFile(path);
        QTRY_VERIFY2(banner().contains(QStringLiteral("the file does not carry it")), qPrintable(banner()));
        QCOMPARE(prompt(), QStringLiteral("what I had written"));
    }

    void aClipOfAnotherModelOpensThatModel()
    {
        ClipSettings settings = someSettings();
        settings.model_name = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers";
        settings.request.model_dir = "/elsewhere/wan";
        const QString path = m_fixture->folder.filePath(QStringLiteral("wan.mp4"));
        writeClip(ui::toPath(path), settings);
        dropFile(path);
        QTRY_COMPARE(prompt(), QStringLiteral("a dropped clip"));
        QCOMPARE(m_fixture->window->session().model()->dir, std::filesystem::path("/fake/wan"));
        QCOMPARE(m_fixture->child<QComboBox>("modelPicker")->currentIndex(), 1);
        QCOMPARE(spin("steps"), 7);
    }

    void aFileWithoutSettingsIsRefusedAsASentence()
    {
        QFile file(m_fixture->folder.filePath(QStringLiteral("notes.txt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("hello");
        file.close();
        dropFile(file.fileName());
        QTRY_VERIFY(!banner().isEmpty());
        QVERIFY(banner().size() > 20);
    }

    void aDroppedFolderIsOpenedAsAModel()
    {
        dropFile(m_fixture->folder.path());
        QTRY_VERIFY(banner().contains(QStringLiteral("model_index.json is missing")));
    }

private:
    /// Drags over the middle of this part of the window and drops, as a person does.
    void drag(const QMimeData& data, const char* target = "viewer")
    {
        QWidget* widget = m_fixture->child<QWidget>(target);
        QDragEnterEvent enter(widget->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(widget, &enter);
        QVERIFY(enter.isAccepted());
    }
    void drop(const QMimeData& data, const char* target = "viewer")
    {
        drag(data, target);
        QWidget* widget = m_fixture->child<QWidget>(target);
        const QPoint middle = widget->rect().center();
        QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(widget, &event);
    }
    void dropFile(const QString& path, const char* target = "viewer")
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        drop(data, target);
    }
    QString prompt() const { return m_fixture->child<QPlainTextEdit>("prompt")->toPlainText(); }
    QString banner() const { return m_fixture->child<ui::MessageBanner>("banner")->message(); }
    int spin(const char* name) const { return m_fixture->child<ui::LegalSpinBox>(name)->value(); }

    std::unique_ptr<WindowFixture> m_fixture;
};

QTEST_MAIN(TestWindowDrops)
#include "test_window_drops.moc"
