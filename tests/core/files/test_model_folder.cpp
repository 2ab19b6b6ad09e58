#include <QtTest>

#include "core/files/model_folder.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

class TestModelFolder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAPublishedLayout()
    {
        const auto model = ModelFolder::open(std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan");
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        QCOMPARE(model->pipeline_class(), std::string("WanPipeline"));
        QCOMPARE(model->components().size(), std::size_t(5));
        const ComponentRef* vae = model->component("vae");
        QVERIFY(vae);
        QCOMPARE(vae->library, std::string("diffusers"));
        QCOMPARE(vae->class_name, std::string("AutoencoderKLWan"));
        QCOMPARE(vae->dir, model->path() / "vae");
        QCOMPARE(model->config("vae")->at("z_dim").get<int>(), 16);
        QVERIFY(model->config("scheduler")->contains("_class_name"));
        QVERIFY(model->config("tokenizer").has_value());
        QVERIFY(!model->component("image_encoder"));
        COMPARE_REFUSAL(model->config("image_encoder"), ErrorCode::BadModel, "has no component 'image_encoder'");
    }

    void nullComponentsAreAbsentAndSettingsAreKept()
    {
        const fixture::Folder folder;
        folder.make_folder("vae");
        folder.write("model_index.json",
                     R"({"_class_name": "WanPipeline", "_ignore_files": ["a", "b"], "vae": ["diffusers", "AutoencoderKLWan"],
                                             "transformer_2": [null, null], "boundary_ratio": 0.9, "expand_timesteps": false, "sizes": [1, 2]})");
        const auto model = ModelFolder::open(folder.path() / "");
        QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
        QCOMPARE(model->components().size(), std::size_t(1));
        QVERIFY(!model->component("transformer_2"));
        QCOMPARE(model->index_json().at("boundary_ratio").get<double>(), 0.9);
        COMPARE_REFUSAL(model->config("vae"), ErrorCode::BadModel, "vae has no config.json");
        folder.write("vae/config.json", "[1]");
        COMPARE_REFUSAL(model->config("vae"), ErrorCode::BadModel, "config.json is not a JSON object");
        folder.write("vae/config.json", "{\"z_dim\": ");
        COMPARE_REFUSAL(model->config("vae"), ErrorCode::BadModel, "config.json is not valid JSON");
    }

    void refusesMalformedIndexes_data()
    {
        QTest::addColumn<QByteArray>("index");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QByteArray& index, const char* says) {
            QTest::newRow(name) << index << says;
        };
        row("empty", "", "model_index.json is empty");
        row("not JSON", "{", "not valid JSON");
        row("a list", "[]", "not a JSON object");
        row("Git LFS pointer", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer");
        row("JSON bomb", QByteArray(100'000, '['), "nested deeper");
        row("no pipeline", "{}", "does not name its pipeline");
        row("pipeline is a number", R"({"_class_name": 1})", "does not name its pipeline");
        row("pipeline is empty", R"({"_class_name": ""})", "does not name its pipeline");
        row("folder missing", R"({"_class_name": "P", "vae": ["diffusers", "V"]})", "names the component 'vae', but the folder");
        row("path upwards", R"({"_class_name": "P", "../vae": ["diffusers", "V"]})", "'../vae', which is not a folder inside");
        row("absolute path", R"({"_class_name": "P", "/etc": ["diffusers", "V"]})", "'/etc', which is not a folder inside");
        row("the folder itself", R"({"_class_name": "P", ".": ["diffusers", "V"]})", "'.', which is not a folder inside");
        row("the folder above", R"({"_class_name": "P", "..": ["diffusers", "V"]})", "'..', which is not a folder inside");
        row("empty name", R"({"_class_name": "P", "": ["diffusers", "V"]})", "'', which is not a folder inside");
        row("zero byte in a name", R"({"_class_name": "P", "vae\u0000x": ["diffusers", "V"]})", "which is not a folder inside");
        row("a library alone", R"({"_class_name": "P", "vae": ["diffusers"]})", "describes 'vae' by something other");
        row("half a component", R"({"_class_name": "P", "vae": ["diffusers", null]})", "describes 'vae' by something other");
        row("three texts", R"({"_class_name": "P", "vae": ["a", "b", "c"]})", "describes 'vae' by something other");
        row("component is a file", R"({"_class_name": "P", "model_index.json": ["a", "b"]})", "folder");
    }
    void refusesMalformedIndexes()
    {
        QFETCH(QByteArray, index);
        QFETCH(QString, says);
        const fixture::Folder folder;
        folder.write("model_index.json", index.toStdString());
        COMPARE_REFUSAL(ModelFolder::open(folder.path()), ErrorCode::BadModel, says.toStdString());
    }

    void saysWhatAnotherFolderLooksLike_data()
    {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("says");
        const char* layout = "a folder in the diffusers layout is needed";
        QTest::newRow("missing") << QStringList{} << "none"
                                 << "none does not exist";
        QTest::newRow("empty") << QStringList{} << ""
                               << "is empty, but a folder in the diffusers layout";
        QTest::newRow("single checkpoint") << QStringList{"wan.safetensors"} << "wan.safetensors"
                                           << "is a single checkpoint file, but";
        QTest::newRow("some file") << QStringList{"notes.txt"} << "notes.txt"
                                   << "is a file, but";
        QTest::newRow("the index itself") << QStringList{"model_index.json"} << "model_index.json"
                                          << "give the folder it lies in";
        QTest::newRow("original checkpoint")
            << QStringList{"config.json", "Wan2.1_VAE.pth", "diffusion_pytorch_model.safetensors"} << ""
            << "looks like a model in its original layout";
        QTest::newRow("one component") << QStringList{"model_index.json", "vae/config.json"} << "vae"
                                       << "is one component of a model: give the folder above it";
        QTest::newRow("one component with a slash") << QStringList{"model_index.json", "vae/config.json"} << "vae/"
                                                    << "is one component of a model";
        QTest::newRow("cache entry") << QStringList{"refs/main", "snapshots/abc/model_index.json"} << ""
                                     << "give the folder below its 'snapshots'";
        QTest::newRow("something else") << QStringList{"letters/a.txt"} << "" << layout;
    }
    void saysWhatAnotherFolderLooksLike()
    {
        QFETCH(QStringList, files);
        QFETCH(QString, given);
        QFETCH(QString, says);
        const fixture::Folder folder;
        for (const QString& file : files) folder.write(file.toStdString(), "{}");
        COMPARE_REFUSAL(ModelFolder::open(folder.path() / given.toStdString()), ErrorCode::BadModel, says.toStdString());
    }

    void aLinkToAnIndexThatIsNotThereIsAnIncompleteDownload()
    {
        const fixture::Folder folder;
        std::filesystem::create_symlink("../blobs/1", folder.path() / "model_index.json");
        COMPARE_REFUSAL(ModelFolder::open(folder.path()), ErrorCode::BadModel, "the download is incomplete");
    }
};

QTEST_APPLESS_MAIN(TestModelFolder)
#include "test_model_folder.moc"
