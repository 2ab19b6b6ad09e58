#include <QtTest>

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/files/mapped_file.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

namespace {

/// Pages of the range that the process has mapped in, as /proc/self/pagemap says (bit 63).
std::size_t resident_pages(std::span<const std::byte> range)
{
    const auto page = std::uint64_t(::sysconf(_SC_PAGESIZE));
    const int pagemap = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    std::size_t count = 0;
    for (std::uint64_t address = std::uint64_t(range.data()); address < std::uint64_t(range.data()) + range.size();
         address += page) {
        std::uint64_t entry = 0;
        if (::pread(pagemap, &entry, sizeof(entry), off_t(address / page * sizeof(entry))) == sizeof(entry))
            count += std::size_t(entry >> 63);
    }
    ::close(pagemap);
    return count;
}

}  // namespace

class TestMappedFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesTheFilesBytes()
    {
        const fixture::Folder folder;
        const auto file = MappedFile::open(folder.write("a", "hello"));
        QVERIFY(file.has_value());
        QCOMPARE(file->bytes().size(), std::size_t(5));
        QCOMPARE(char(file->bytes()[4]), 'o');
        QCOMPARE(file->path(), folder.path() / "a");
    }

    void anEmptyFileHasNoBytes()
    {
        const fixture::Folder folder;
        const auto file = MappedFile::open(folder.write("a", ""));
        QVERIFY(file.has_value());
        QVERIFY(file->bytes().empty());
        file->advise_sequential();
        file->will_need({});
    }

    void bytesStayWhereTheyAreWhenMoved()
    {
        const fixture::Folder folder;
        auto first = MappedFile::open(folder.write("a", "hello"));
        const auto bytes = first->bytes();
        MappedFile second = std::move(*first);
        QVERIFY(first->bytes().empty());
        QCOMPARE(second.bytes().data(), bytes.data());
        MappedFile third = std::move(*MappedFile::open(folder.write("b", "other")));
        third = std::move(second);
        QCOMPARE(third.bytes().data(), bytes.data());
        QCOMPARE(char(bytes[0]), 'h');
    }

    void droppedPagesLeaveMemoryAndComeBack()
    {
        const fixture::Folder folder;
        const std::string content(1 << 20, 'z');
        const auto file = MappedFile::open(folder.write("a", content));
        const auto bytes = file->bytes();
        const auto all_z = [&] { return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte('z'); }); };
        QVERIFY(all_z());
        QCOMPARE(resident_pages(bytes), std::size_t((1 << 20) / ::sysconf(_SC_PAGESIZE)));
        file->dont_need(bytes);
        QCOMPARE(resident_pages(bytes), std::size_t(0));
        file->will_need(bytes.subspan(5000, 100'000));
        QVERIFY(all_z());
    }

    void adviceOutsideTheFileIsIgnored()
    {
        const fixture::Folder folder;
        const auto file = MappedFile::open(folder.write("a", "hello"));
        const std::array<std::byte, 3> elsewhere = {std::byte(1), std::byte(2), std::byte(3)};
        file->dont_need(elsewhere);
        file->will_need({file->bytes().data() + 3, 1 << 20});
        QCOMPARE(elsewhere[1], std::byte(2));
        QCOMPARE(char(file->bytes()[4]), 'o');
    }

    void refusesWhatIsNoFile()
    {
        const fixture::Folder folder;
        COMPARE_REFUSAL(MappedFile::open(folder.path() / "none"), ErrorCode::BadModel, "none does not exist");
        COMPARE_REFUSAL(MappedFile::open(folder.path()), ErrorCode::BadModel, "is a folder");
        std::filesystem::create_symlink("nowhere", folder.path() / "link");
        COMPARE_REFUSAL(MappedFile::open(folder.path() / "link"), ErrorCode::BadModel, "link to a file that does not exist");
        QCOMPARE(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
        COMPARE_REFUSAL(MappedFile::open(folder.path() / "pipe", ErrorCode::BadInput), ErrorCode::BadInput, "not a regular file");
        COMPARE_REFUSAL(MappedFile::open("/dev/null"), ErrorCode::BadModel, "not a regular file");
    }
};

QTEST_APPLESS_MAIN(TestMappedFile)
#include "test_mapped_file.moc"
