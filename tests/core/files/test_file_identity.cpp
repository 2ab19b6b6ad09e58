#include <QtTest>

#include <chrono>

#include "core/files/file_identity.h"
#include "tests/core/files/file_fixture.h"

using namespace headroom::files;

class TestFileIdentity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesWithTheFile()
    {
        const fixture::Folder folder;
        const auto path = folder.write("a.bin", "12345");
        const std::string first = file_identity(path);
        QCOMPARE(file_identity(path), first);
        QVERIFY(file_identity(folder.write("b.bin", "12345")) != first);
        std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - std::chrono::seconds(1));
        const std::string older = file_identity(path);
        QVERIFY(older != first);
        folder.write("a.bin", "123456");
        QVERIFY(file_identity(path) != older);
        std::filesystem::remove(path);
        QVERIFY(file_identity(path).find("is missing") != std::string::npos);
    }

    void followsLinks()
    {
        const fixture::Folder folder;
        const auto path = folder.write("blobs/1", "12345");
        std::filesystem::create_symlink(path, folder.path() / "model.safetensors");
        QCOMPARE(file_identity(folder.path() / "model.safetensors"), file_identity(path));
    }
};

QTEST_APPLESS_MAIN(TestFileIdentity)
#include "test_file_identity.moc"
