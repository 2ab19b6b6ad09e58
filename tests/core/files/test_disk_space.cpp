#include <QtTest>

#include <limits>

#include "core/files/disk_space.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom;
using namespace headroom::files;

class TestDiskSpace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNearestExistingParentCounts()
    {
        const fixture::Folder folder;
        const auto here = free_bytes(folder.path());
        const auto below = free_bytes(folder.path() / "not" / "there" / "yet");
        QVERIFY(here.has_value() && below.has_value());
        QVERIFY(*here > 0);
        QVERIFY(std::abs(*here - *below) < std::int64_t{1} << 33);
        QVERIFY(free_bytes("relative/and/not/there").has_value());
        QVERIFY(free_bytes("").has_value());
    }

    void acceptsANewFileInAFolder()
    {
        const fixture::Folder folder;
        QVERIFY(check_writable_output(folder.path() / "clip.mp4", 1000, Existing::Refuse).has_value());
        QVERIFY(std::filesystem::is_empty(folder.path()));
    }

    void anExistingFileIsReplacedOnlyWhenAllowed()
    {
        const fixture::Folder folder;
        const auto path = folder.write("clip.mp4", "old");
        COMPARE_REFUSAL(check_writable_output(path, 0, Existing::Refuse), ErrorCode::BadOutput, "exists already");
        QVERIFY(check_writable_output(path, 0, Existing::Replace).has_value());
    }

    void refusesWhatCantBeWritten()
    {
        const fixture::Folder folder;
        const auto file = folder.write("file", "");
        const auto bad = ErrorCode::BadOutput;
        COMPARE_REFUSAL(check_writable_output(folder.path() / "none" / "clip.mp4", 0, Existing::Replace), bad,
                        "none does not exist");
        COMPARE_REFUSAL(check_writable_output(file / "clip.mp4", 0, Existing::Replace), bad, "not a folder");
        COMPARE_REFUSAL(check_writable_output(folder.path(), 0, Existing::Replace), bad, "is a folder");
        COMPARE_REFUSAL(check_writable_output(folder.path() / "", 0, Existing::Replace), bad, "not the name of a file");
        COMPARE_REFUSAL(check_writable_output("", 0, Existing::Replace), bad, "not the name of a file");
        COMPARE_REFUSAL(check_writable_output("/dev/null", 0, Existing::Replace), bad, "not a regular file");
        COMPARE_REFUSAL(check_writable_output("/proc/clip.mp4", 1, Existing::Replace), bad, "/proc");
        COMPARE_REFUSAL(check_writable_output("/proc/clip.mp4", 0, Existing::Replace), bad, "takes no new files");
        COMPARE_REFUSAL(check_writable_output(folder.path() / std::string(252, 'x'), 0, Existing::Replace), bad, "too long");
    }

    void refusesMoreThanTheDiskHolds()
    {
        const fixture::Folder folder;
        const auto checked =
            check_writable_output(folder.path() / "clip.mp4", std::numeric_limits<std::int64_t>::max(), Existing::Refuse);
        COMPARE_REFUSAL(checked, ErrorCode::BadOutput, "not enough disk space");
    }
};

QTEST_APPLESS_MAIN(TestDiskSpace)
#include "test_disk_space.moc"
