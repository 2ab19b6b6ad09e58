#include <QtTest>

#include <array>
#include <cstring>

#include <sys/stat.h>

#include "core/files/part_file.h"
#include "core/files/safetensors_writer.h"
#include "tests/core/files/file_fixture.h"
#include "tests/support/full_disk.h"

using namespace headroom;
using namespace headroom::files;
using headroom::test::FileSizeLimit;
using headroom::test::SmallDisk;

namespace {

std::span<const std::byte> bytes_of(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

std::vector<std::string> names_in(const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

}  // namespace

class TestSafetensorsWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead()
    {
        const fixture::Folder folder;
        const auto path = folder.path() / "latents.safetensors";
        const std::vector<TensorEntry> tensors = {
            {"flag", StoredDtype::Bool, {3}, bytes_of("abc")},
            {"latents", StoredDtype::F32, {1, 2, 2}, bytes_of("0123456789abcdef")},
            {"half \xE5\x9C\x86 \"quoted\"", StoredDtype::BF16, {2}, bytes_of("wxyz")},
            {"nothing", StoredDtype::F64, {0, 4}, {}},
            {"scalar", StoredDtype::I64, {}, bytes_of("01234567")},
        };
        const std::map<std::string, std::string> metadata = {{"prompt", "a \"red\" circle\nmoving"}, {"seed", "7"}};
        const auto written = write_safetensors(path, tensors, metadata);
        QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
        QCOMPARE(names_in(folder.path()), std::vector<std::string>{"latents.safetensors"});

        const auto file = SafetensorsFile::open(path);
        QVERIFY2(file.has_value(), file ? "" : file.error().message.c_str());
        QCOMPARE(file->metadata(), metadata);
        QCOMPARE(file->entries().size(), tensors.size());
        for (const TensorEntry& wanted : tensors) {
            const TensorEntry* found = file->find(wanted.name);
            QVERIFY(found);
            QCOMPARE(found->dtype, wanted.dtype);
            QCOMPARE(found->shape, wanted.shape);
            QVERIFY(std::ranges::equal(found->bytes, wanted.bytes));
            const auto address = reinterpret_cast<std::uintptr_t>(found->bytes.data());
            QCOMPARE(address % std::uintptr_t(bits_per_element(found->dtype) / 8), std::uintptr_t(0));
        }
    }

    void aFileThatPythonWroteComesOutTheSame()
    {
        const fixture::Folder folder;
        const auto source =
            std::filesystem::path(HEADROOM_GOLDENS_DIR) / "tiny_wan/transformer/diffusion_pytorch_model.safetensors";
        const auto original = SafetensorsFile::open(source);
        QVERIFY(original.has_value());
        QVERIFY(write_safetensors(folder.path() / "copy", original->entries(), original->metadata()).has_value());
        QVERIFY(fixture::read(folder.path() / "copy") == fixture::read(source));
    }

    void anOlderFileIsReplacedAndALinkFollowed()
    {
        const fixture::Folder folder;
        const auto target = folder.write("real", "old");
        std::filesystem::create_symlink("real", folder.path() / "link");
        QVERIFY(write_safetensors(folder.path() / "link", {}).has_value());
        QVERIFY(std::filesystem::is_symlink(folder.path() / "link"));
        QVERIFY(SafetensorsFile::open(target).has_value());
    }

    void refusesWhatWouldBeNoGoodFile()
    {
        const fixture::Folder folder;
        const auto path = folder.path() / "out";
        const auto write = [&](const std::vector<TensorEntry>& tensors) { return write_safetensors(path, tensors); };
        const TensorEntry good{"a", StoredDtype::U8, {1}, bytes_of("x")};
        COMPARE_REFUSAL(write({good, good}), ErrorCode::Internal, "'a' would be written twice");
        COMPARE_REFUSAL(write({{"__metadata__", StoredDtype::U8, {1}, bytes_of("x")}}), ErrorCode::Internal, "can't be the name");
        COMPARE_REFUSAL(write({{"\xFF", StoredDtype::U8, {1}, bytes_of("x")}}), ErrorCode::Internal, "'?' can't be the name");
        COMPARE_REFUSAL(write({{"a", StoredDtype::F32, {1}, bytes_of("x")}}), ErrorCode::Internal, "has 1 bytes");
        COMPARE_REFUSAL(write({{"a", StoredDtype::F32, {-1}, bytes_of("x")}}), ErrorCode::Internal, "[-1]");
        QVERIFY(names_in(folder.path()).empty());
    }

    void refusesPathsThatCantBeWritten()
    {
        const fixture::Folder folder;
        COMPARE_REFUSAL(write_safetensors(folder.path(), {}), ErrorCode::BadOutput, "is a folder");
        COMPARE_REFUSAL(write_safetensors(folder.path() / "none" / "out", {}), ErrorCode::BadOutput, "folder does not exist");
        COMPARE_REFUSAL(write_safetensors("/dev/null", {}), ErrorCode::BadOutput, "not a regular file");
        folder.make_folder("taken.part");
        COMPARE_REFUSAL(write_safetensors(folder.path() / "taken", {}), ErrorCode::BadOutput, "can't be written");
        QCOMPARE(::mkfifo((folder.path() / "pipe.part").c_str(), 0600), 0);
        COMPARE_REFUSAL(write_safetensors(folder.path() / "pipe", {}), ErrorCode::BadOutput, "can't be written");
    }

    void aFileLimitLeavesNoFile()
    {
        const fixture::Folder folder;
        const auto older = folder.write("out", "older content");
        const std::string content(1 << 20, 'x');
        const std::vector<TensorEntry> tensors = {{"a", StoredDtype::U8, {1 << 20}, bytes_of(content)}};
        Result<void> written;
        {
            const FileSizeLimit limit(64 * 1024);
            written = write_safetensors(folder.path() / "out", tensors);
        }
        COMPARE_REFUSAL(written, ErrorCode::BadOutput, "larger than files may be");
        QCOMPARE(names_in(folder.path()), std::vector<std::string>{"out"});
        QCOMPARE(fixture::read(older), std::string("older content"));
    }

    void aFullDiskLeavesNoFile()
    {
        const fixture::Folder folder;
        const SmallDisk disk(folder.path());
        if (!disk.is_mounted()) QSKIP("this process may not mount a small disk; aFileLimitLeavesNoFile covers a failing write");
        const std::string content(1 << 20, 'x');
        const std::vector<TensorEntry> tensors = {{"a", StoredDtype::U8, {1 << 20}, bytes_of(content)}};
        COMPARE_REFUSAL(write_safetensors(folder.path() / "out", tensors), ErrorCode::BadOutput, "the disk is full");
        QVERIFY(names_in(folder.path()).empty());
    }

    void aPartIsRemovedUnlessCommitted()
    {
        const fixture::Folder folder;
        folder.write("clip.part", "left by a run that was killed");
        {
            auto part = PartFile::create(folder.path() / "clip");
            QVERIFY(part.has_value());
            QVERIFY(part->write(bytes_of("new")).has_value());
            QCOMPARE(fixture::read(folder.path() / "clip.part"), std::string("new"));
            PartFile moved = std::move(*part);
            QCOMPARE(names_in(folder.path()), std::vector<std::string>{"clip.part"});
        }
        QVERIFY(names_in(folder.path()).empty());
    }

    void twoWritersOfOneFileDontMix()
    {
        const fixture::Folder folder;
        auto first = PartFile::create(folder.path() / "clip");
        QVERIFY(first.has_value());
        QVERIFY(first->write(bytes_of("first")).has_value());
        COMPARE_REFUSAL(PartFile::create(folder.path() / "clip"), ErrorCode::BadOutput, "written by another program");
        QVERIFY(first->commit().has_value());
        QCOMPARE(fixture::read(folder.path() / "clip"), std::string("first"));
        QVERIFY(PartFile::create(folder.path() / "clip").has_value());
        QCOMPARE(names_in(folder.path()), std::vector<std::string>{"clip"});
    }
};

QTEST_APPLESS_MAIN(TestSafetensorsWriter)
#include "test_safetensors_writer.moc"
