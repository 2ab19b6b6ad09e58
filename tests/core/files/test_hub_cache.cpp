#include <QtTest>

#include <chrono>

#include "core/files/hub_cache.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom::files;
namespace fs = std::filesystem;

namespace {

constexpr const char* kIndex =
    R"({"_class_name": "WanPipeline", "vae": ["diffusers", "AutoencoderKLWan"], "scheduler": ["diffusers", "UniPCMultistepScheduler"]})";

void make_model(const fixture::Folder& folder, const fs::path& where, bool is_complete = true)
{
    folder.write(where / "model_index.json", kIndex);
    folder.make_folder(where / "scheduler");
    folder.write(where / "vae" / "config.json", "{}");
    if (is_complete) folder.write(where / "vae" / "diffusion_pytorch_model.safetensors", fixture::safetensors("{}"));
}

std::vector<std::string> names(const std::vector<FoundModel>& models)
{
    std::vector<std::string> result;
    for (const FoundModel& model : models) result.push_back(model.display_name);
    return result;
}

using Names = std::vector<std::string>;

}  // namespace

class TestHubCache : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCacheFolderFollowsTheEnvironment()
    {
        QCOMPARE(hub_cache_dir({"/a", "/b", "/c", "/home"}), fs::path("/a"));
        QCOMPARE(hub_cache_dir({"", "/b", "/c", "/home"}), fs::path("/b/hub"));
        QCOMPARE(hub_cache_dir({"", "", "/c", "/home"}), fs::path("/c/huggingface/hub"));
        QCOMPARE(hub_cache_dir({"", "", "", "/home"}), fs::path("/home/.cache/huggingface/hub"));
        QCOMPARE(hub_cache_dir({"~/models", "", "", "/home"}), fs::path("/home/models"));
        QCOMPARE(hub_cache_dir({"", "~", "", "/home"}), fs::path("/home/hub"));
        QVERIFY(hub_cache_dir({}).empty());
        qputenv("HF_HUB_CACHE", "/from/the/environment");
        QCOMPARE(hub_cache_dir_from_environment(), fs::path("/from/the/environment"));
        qunsetenv("HF_HUB_CACHE");
    }

    void listsTheSnapshotThatMainNames()
    {
        const fixture::Folder cache;
        make_model(cache, "models--Wan-AI--Wan2.1-T2V--Diffusers/snapshots/old");
        make_model(cache, "models--Wan-AI--Wan2.1-T2V--Diffusers/snapshots/new");
        cache.write("models--Wan-AI--Wan2.1-T2V--Diffusers/refs/main", "old\n");
        const auto found = scan_hub_cache(cache.path());
        QCOMPARE(names(found), Names{"Wan-AI/Wan2.1-T2V--Diffusers"});
        QCOMPARE(found[0].path.filename().string(), std::string("old"));
        QCOMPARE(found[0].pipeline_class, std::string("WanPipeline"));
        QVERIFY2(found[0].is_complete, found[0].problem.c_str());
        QVERIFY(found[0].problem.empty());
    }

    void withoutMainACompleteSnapshotComesFirst()
    {
        const fixture::Folder cache;
        make_model(cache, "models--a--b/snapshots/complete");
        make_model(cache, "models--a--b/snapshots/incomplete", false);
        fs::last_write_time(cache.path() / "models--a--b/snapshots/complete",
                            fs::file_time_type::clock::now() - std::chrono::hours(1));
        QCOMPARE(scan_hub_cache(cache.path()).at(0).path.filename().string(), std::string("complete"));
    }

    void anIncompleteModelIsListedWithItsProblem()
    {
        const fixture::Folder cache;
        make_model(cache, "models--a--b/snapshots/1", false);
        auto found = scan_hub_cache(cache.path());
        QCOMPARE(names(found), Names{"a/b"});
        QVERIFY(!found[0].is_complete);
        QVERIFY2(found[0].problem.find("holds no weights") != std::string::npos, found[0].problem.c_str());
        fs::create_symlink("../../../blobs/missing",
                           cache.path() / "models--a--b/snapshots/1/vae/diffusion_pytorch_model.safetensors");
        found = scan_hub_cache(cache.path());
        QVERIFY(!found[0].is_complete);
        QCOMPARE(found[0].problem, std::string("vae/diffusion_pytorch_model.safetensors is missing: the download is incomplete"));
    }

    void filesThatAreLinksIntoBlobsCount()
    {
        const fixture::Folder cache;
        make_model(cache, "models--a--b/snapshots/1", false);
        cache.write("models--a--b/blobs/0123", fixture::safetensors("{}"));
        fs::create_symlink("../../../blobs/0123",
                           cache.path() / "models--a--b/snapshots/1/vae/diffusion_pytorch_model.safetensors");
        QVERIFY(scan_hub_cache(cache.path()).at(0).is_complete);
    }

    void oddEntriesArePassedOver()
    {
        const fixture::Folder cache;
        QVERIFY(scan_hub_cache(cache.path() / "none").empty());
        cache.write("models--a--file", "");
        cache.write("version.txt", "1");
        cache.make_folder("models--");
        cache.make_folder("models--no--snapshots");
        cache.make_folder("datasets--a--b/snapshots/1");
        cache.write("models--no--index/snapshots/1/config.json", "{}");
        cache.write("models--escaping--main/refs/main", "../../../etc");
        cache.make_folder("models--escaping--main/snapshots");
        cache.write("models--long--main/refs/main", std::string(100'000, 'a'));
        cache.make_folder("models--long--main/snapshots");
        cache.make_folder("models--folder--main/refs/main");
        cache.write("models--file--snapshots/snapshots", "");
        fs::create_symlink(".", cache.path() / "models--loop");
        fs::create_symlink("itself", cache.path() / "itself");
        fs::create_symlink("nowhere", cache.path() / "models--dangling--link");
        cache.write("models--broken--index/snapshots/1/model_index.json", "{");
        cache.make_folder("models--locked--repo/snapshots/1");
        fs::permissions(cache.path() / "models--locked--repo/snapshots", fs::perms::none);
        const auto found = scan_hub_cache(cache.path());
        fs::permissions(cache.path() / "models--locked--repo/snapshots", fs::perms::owner_all);
        QCOMPARE(names(found), Names{"broken/index"});
        QVERIFY(found[0].pipeline_class.empty());
        QVERIFY(!found[0].problem.empty());
    }

    void foldersAreSearchedTwoLevelsDeep()
    {
        const fixture::Folder folder;
        make_model(folder, "models/top");
        make_model(folder, "models/wan/small");
        make_model(folder, "models/wan/small/vae/inner");  // part of a model, not one of its own
        make_model(folder, "models/too/deep/down/here");
        make_model(folder, "models/hub/models--a--b/snapshots/1");
        fs::create_directory_symlink(folder.path() / "models/top", folder.path() / "models/zz-the-same");
        fs::create_directory_symlink("..", folder.path() / "models/wan/up");
        const std::vector<fs::path> folders = {folder.path() / "models", folder.path() / "models/top/", folder.path() / "none"};
        const auto found = scan_folders(folders);
        QCOMPARE(names(found), (Names{"a/b", "small", "top"}));
        QVERIFY(found[2].is_complete);
    }

    void theTinyModelIsComplete()
    {
        const auto model = inspect_model(fs::path(HEADROOM_GOLDENS_DIR) / "tiny_wan", "tiny");
        QVERIFY2(model.is_complete, model.problem.c_str());
        QCOMPARE(model.pipeline_class, std::string("WanPipeline"));
    }
};

QTEST_APPLESS_MAIN(TestHubCache)
#include "test_hub_cache.moc"
