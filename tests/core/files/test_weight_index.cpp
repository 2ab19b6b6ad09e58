#include <QtTest>

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/files/fetch_ahead.h"
#include "core/files/weight_index.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

namespace {

/// A file of one-byte tensors with these names.
std::string weights(const std::vector<std::string>& names)
{
    std::string header = "{";
    for (std::size_t index = 0; index < names.size(); ++index) {
        header += fmt::format(R"({}"{}":{{"dtype":"U8","shape":[1],"data_offsets":[{},{}]}})", index ? "," : "", names[index],
                              index, index + 1);
    }
    return fixture::safetensors(header + "}", names.size());
}

constexpr const char* kIndex = "vae/diffusion_pytorch_model.safetensors.index.json";
constexpr const char* kFirst = "vae/diffusion_pytorch_model-00001-of-00002.safetensors";
constexpr const char* kSecond = "vae/diffusion_pytorch_model-00002-of-00002.safetensors";

std::string shard_index(const std::string& first, const std::string& second)
{
    return fmt::format(R"({{"metadata": {{"total_size": 3}}, "weight_map": {{"a": "{0}", "b": "{1}", "c": "{1}"}}}})", first,
                       second);
}

const std::string kGoodIndex =
    shard_index("diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors");

}  // namespace

class TestWeightIndex : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsASingleFile()
    {
        auto opened = WeightIndex::open(std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan" / "transformer");
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
        const TensorEntry* before = opened->entries().front();
        const WeightIndex index = std::move(*opened);
        QCOMPARE(index.find(before->name), before);
        QVERIFY(!index.find("nothing"));
        QCOMPARE(index.main_path().filename().string(), std::string("diffusion_pytorch_model.safetensors"));
        QVERIFY(index.variant().empty());
        QVERIFY(index.total_bytes() > 1000);
        index.will_need(*before);
        index.dont_need(*before);
        QVERIFY(index.file_of(*before).holds(*before));
    }

    /// All of a file that is out of the page cache comes back, also of tensors that are larger than the system reads of one piece
    /// of advice.
    void fetchesAhead()
    {
        const fixture::Folder folder;
        constexpr std::size_t kBytes = 24 << 20;
        const auto file =
            folder.write("vae/diffusion_pytorch_model.safetensors",
                         fixture::safetensors(
                             fmt::format(R"({{"a":{{"dtype":"U8","shape":[{0}],"data_offsets":[0,{0}]}}}})", kBytes), kBytes));
        const int descriptor = ::open(file.c_str(), O_RDONLY);
        QVERIFY(descriptor >= 0 && ::fsync(descriptor) == 0);
        ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
        ::close(descriptor);
        const auto index = WeightIndex::open(folder.path() / "vae");
        QVERIFY(index.has_value());
        const auto bytes = index->entries().front()->bytes;
        const auto cached_pages = [&] {
            const std::size_t page = std::size_t(::sysconf(_SC_PAGESIZE));
            const auto first = reinterpret_cast<std::uintptr_t>(bytes.data()) / page * page;
            std::vector<unsigned char> pages(bytes.size() / page);
            ::mincore(reinterpret_cast<void*>(first), pages.size() * page, pages.data());
            return std::ranges::count_if(pages, [](unsigned char flags) { return (flags & 1) != 0; });
        };
        const auto all = std::ptrdiff_t(bytes.size() / std::size_t(::sysconf(_SC_PAGESIZE)));
        const auto before = cached_pages();
        if (before == all) QSKIP("This file system keeps its files in memory");
        const FetchAhead fetch(*index);
        QTRY_COMPARE_WITH_TIMEOUT(cached_pages(), all, 20000);
        qInfo("%td of %td pages were there before", before, all);
    }

    void readsShards()
    {
        const fixture::Folder folder;
        folder.write(kIndex, kGoodIndex);
        folder.write(kFirst, weights({"a", "unlisted"}));
        folder.write(kSecond, weights({"b", "c"}));
        const auto index = WeightIndex::open(folder.path() / "vae");
        QVERIFY2(index.has_value(), index ? "" : index.error().message.c_str());
        QCOMPARE(index->entries().size(), std::size_t(4));
        QCOMPARE(index->total_bytes(), std::int64_t(4));
        QCOMPARE(index->file_of(*index->find("c")).path(), folder.path() / kSecond);
        QCOMPARE(index->main_path(), folder.path() / kIndex);
    }

    void chooses_data()
    {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<QString>("main");
        QTest::addColumn<QString>("variant");
        const QString plain = "diffusion_pytorch_model.safetensors";
        const QString fp16 = "diffusion_pytorch_model.fp16.safetensors";
        const QString bf16 = "diffusion_pytorch_model.bf16.safetensors";
        QTest::newRow("the plain name before variants") << QStringList{bf16, fp16, plain} << plain << "";
        QTest::newRow("bf16 before fp16") << QStringList{fp16, bf16} << bf16 << "bf16";
        QTest::newRow("the only variant") << QStringList{fp16} << fp16 << "fp16";
        QTest::newRow("any variant") << QStringList{"model.non_ema.safetensors"} << "model.non_ema.safetensors"
                                     << "non_ema";
        QTest::newRow("transformers' name") << QStringList{"model.safetensors"} << "model.safetensors"
                                            << "";
        QTest::newRow("diffusers' name first") << QStringList{"model.safetensors", plain} << plain << "";
        QTest::newRow("safetensors beside PyTorch files")
            << QStringList{"pytorch_model.bin", "model.safetensors"} << "model.safetensors"
            << "";
    }
    void chooses()
    {
        QFETCH(QStringList, files);
        QFETCH(QString, main);
        QFETCH(QString, variant);
        const fixture::Folder folder;
        for (const QString& file : files) folder.write(file.toStdString(), weights({"a"}));
        const auto index = WeightIndex::open(folder.path());
        QVERIFY2(index.has_value(), index ? "" : index.error().message.c_str());
        QCOMPARE(QString::fromStdString(index->main_path().filename().string()), main);
        QCOMPARE(QString::fromStdString(index->variant()), variant);
    }

    void shardsOfAVariantHaveEitherSpelling()
    {
        for (const char* name : {"model.safetensors.index.fp16.json", "model.fp16.safetensors.index.json"}) {
            const fixture::Folder folder;
            folder.write(name, shard_index("model.fp16-00001-of-00002.safetensors", "model.fp16-00002-of-00002.safetensors"));
            folder.write("model.fp16-00001-of-00002.safetensors", weights({"a"}));
            folder.write("model.fp16-00002-of-00002.safetensors", weights({"b", "c"}));
            const auto index = WeightIndex::open(folder.path());
            QVERIFY2(index.has_value(), index ? "" : index.error().message.c_str());
            QCOMPARE(index->variant(), std::string("fp16"));
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QStringList>("contents");
        QTest::addColumn<QString>("says");
        const auto text = [](const std::string& content) {
            return QString::fromLatin1(content.data(), qsizetype(content.size()));
        };
        const QString a = text(weights({"a"}));
        const QString b = text(weights({"b", "c"}));
        const QString good = text(kGoodIndex);
        const auto index = [&](const char* first) {
            return text(shard_index(first, "diffusion_pytorch_model-00002-of-00002.safetensors"));
        };
        QTest::newRow("nothing") << QStringList{"vae/config.json"} << QStringList{"{}"} << "vae holds no weights";
        QTest::newRow("PyTorch file") << QStringList{"vae/diffusion_pytorch_model.bin"} << QStringList{"x"} << "save_pretrained";
        QTest::newRow("PyTorch checkpoint") << QStringList{"vae/Wan2.1_VAE.pth"} << QStringList{"x"}
                                            << "Wan2.1_VAE.pth is a PyTorch file";
        QTest::newRow("GGUF") << QStringList{"vae/model.gguf"} << QStringList{"GGUF"} << "GGUF file";
        QTest::newRow("shards without index") << QStringList{kFirst} << QStringList{a} << "but not the *.safetensors.index.json";
        QTest::newRow("missing shard")
            << QStringList{kIndex, kFirst} << QStringList{good, a}
            << "names the shard 'diffusion_pytorch_model-00002-of-00002.safetensors', which is missing";
        QTest::newRow("damaged shard") << QStringList{kIndex, kFirst, kSecond} << QStringList{good, a, "abc"}
                                       << "00002-of-00002.safetensors has only 3 bytes";
        QTest::newRow("tensor not in its shard")
            << QStringList{kIndex, kFirst, kSecond} << QStringList{good, text(weights({"z"})), b} << "tensor 'a' should be in";
        QTest::newRow("tensor in another shard")
            << QStringList{kIndex, kFirst, kSecond} << QStringList{good, text(weights({"b"})), text(weights({"a", "c"}))}
            << "should be in";
        QTest::newRow("tensor in two shards") << QStringList{kIndex, kFirst, kSecond}
                                              << QStringList{good, text(weights({"a", "b"})), b} << "tensor 'b' is in two shards";
        QTest::newRow("path upwards") << QStringList{kIndex, kSecond} << QStringList{index("../secret.safetensors"), b}
                                      << "puts tensor 'a' into '../secret.safetensors'";
        QTest::newRow("absolute path") << QStringList{kIndex, kSecond} << QStringList{index("/etc/passwd.safetensors"), b}
                                       << "in the same folder";
        QTest::newRow("shard of another kind")
            << QStringList{kIndex, kSecond} << QStringList{index("pytorch_model.bin"), b} << "not the name of a safetensors file";
        QTest::newRow("no weight map") << QStringList{kIndex} << QStringList{"{}"} << "no 'weight_map'";
        QTest::newRow("index is a list") << QStringList{kIndex} << QStringList{"[1]"} << "no 'weight_map'";
        QTest::newRow("empty weight map") << QStringList{kIndex} << QStringList{R"({"weight_map": {}})"} << "no 'weight_map'";
        QTest::newRow("weight map is a list")
            << QStringList{kIndex} << QStringList{R"({"weight_map": ["a"]})"} << "no 'weight_map'";
        QTest::newRow("number for a file name")
            << QStringList{kIndex} << QStringList{R"({"weight_map": {"a": 1}})"} << "no file name for tensor 'a'";
        QTest::newRow("broken index") << QStringList{kIndex} << QStringList{R"({"weight_map": {)"} << "not valid JSON at line 1";
        QTest::newRow("nested index") << QStringList{kIndex} << QStringList{QString(100, '[')} << "nested deeper";
    }
    void refuses()
    {
        QFETCH(QStringList, names);
        QFETCH(QStringList, contents);
        QFETCH(QString, says);
        const fixture::Folder folder;
        for (qsizetype file = 0; file < names.size(); ++file)
            folder.write(names[file].toStdString(), contents[file].toLatin1().toStdString());
        COMPARE_REFUSAL(WeightIndex::open(folder.path() / "vae"), ErrorCode::BadModel, says.toStdString());
    }

    void refusesFoldersThatAreNoneAndLinksThatLeadNowhere()
    {
        const fixture::Folder folder;
        COMPARE_REFUSAL(WeightIndex::open(folder.path() / "none"), ErrorCode::BadModel, "can't be read");
        std::filesystem::create_symlink("../../blobs/0123", folder.path() / "model.safetensors");
        COMPARE_REFUSAL(WeightIndex::open(folder.path()), ErrorCode::BadModel,
                        "link to a file that does not exist: the download is incomplete");
    }
};

QTEST_APPLESS_MAIN(TestWeightIndex)
#include "test_weight_index.moc"
