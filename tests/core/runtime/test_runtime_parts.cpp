#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <map>

#include "core/runtime/nvidia_driver.h"
#include "core/runtime/package_index.h"
#include "core/runtime/pip_settings.h"
#include "core/runtime/runtime_manifest.h"
#include "core/runtime/runtime_place.h"
#include "core/runtime/sha256.h"

using namespace headroom;
using namespace headroom::runtime;
namespace fs = std::filesystem;

/// The pieces of the GPU runtime's installation that need no network. The whole is tested by tests/app/test_runtime.py.
class TestRuntimeParts : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    static void write(const fs::path& file, const std::string& text)
    {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }

    /// Text with its single quotes made double: moc stumbles over raw strings.
    static QString quoted(const char* text) { return QString::fromLatin1(text).replace(QLatin1Char('\''), QLatin1Char('"')); }

    static Environment environment(std::map<std::string, std::string> values)
    {
        return [values](const char* name) -> std::optional<std::string> {
            const auto found = values.find(name);
            return found == values.end() ? std::nullopt : std::optional(found->second);
        };
    }

private Q_SLOTS:
    void theShippedManifestIsWhole()
    {
        const auto manifest = read_runtime_manifest(fs::path(HEADROOM_SOURCE_DIR) / "resources" / "gpu_runtime.json");
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        QCOMPARE(int(manifest->wheels.size()), 12);
        QVERIFY(manifest->download_bytes() < 2'400'000'000);
        QVERIFY(manifest->unpacked_bytes() < 2'900'000'000);
        QCOMPARE(int(manifest->tree_name().size()), 16);
    }

    void aManifestIsRefusedThatCouldDoHarm_data()
    {
        QTest::addColumn<QString>("wheel");
        const QString good = quoted("'project': 'p', 'file': 'p.whl', 'sha256': '%1', 'size_bytes': 5, 'files': {'a/b.so': 3}");
        const QString sum(64, QLatin1Char('a'));
        QTest::newRow("a short checksum") << good.arg("abc");
        QTest::newRow("an upper-case checksum") << good.arg(sum.toUpper());
        QTest::newRow("a file name with a folder") << good.arg(sum).replace("p.whl", "../p.whl");
        QTest::newRow("a file that leads out") << good.arg(sum).replace("a/b.so", "a/../../b.so");
        QTest::newRow("an absolute file") << good.arg(sum).replace("a/b.so", "/etc/b.so");
        QTest::newRow("no files") << good.arg(sum).replace(quoted("{'a/b.so': 3}"), "{}");
        QTest::newRow("a negative size") << good.arg(sum).replace(": 5", ": -5");
        QTest::newRow("a size that is text") << good.arg(sum).replace(": 3", quoted(": '3'"));
    }

    void aManifestIsRefusedThatCouldDoHarm()
    {
        QFETCH(QString, wheel);
        write(path("m.json"), "{\"wheels\": [{" + wheel.toStdString() + "}]}");
        const auto manifest = read_runtime_manifest(path("m.json"));
        QVERIFY(!manifest);
        QCOMPARE(manifest.error().code, ErrorCode::BadInput);
    }

    void anIndexPageGivesAFilesAddress_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("address");
        const QString json = "application/vnd.pypi.simple.v1+json";
        QTest::newRow("JSON, absolute") << quoted("{'files':[{'filename':'a.whl','url':'https://f/x/a.whl'}]}") << json
                                        << "https://f/x/a.whl";
        QTest::newRow("JSON, relative")
            << quoted("{'files':[{'filename':'b.whl','url':'z'},{'filename':'a.whl','url':'../../p/a.whl'}]}") << json
            << "https://h/p/a.whl";
        QTest::newRow("JSON without it") << quoted("{'files':[{'filename':'b.whl','url':'z'}, 3, {}]}") << json << "";
        QTest::newRow("HTML") << quoted("<a href='/p/a.whl?x=1&amp;y=2#sha256=00' rel='q'> a.whl </a>")
                              << "text/html; charset=utf-8"
                              << "https://h/p/a.whl?x=1&y=2";
        QTest::newRow("HTML, single quotes") << "<A></A><a data-x='1' href='a.whl'>a.whl</a>"
                                             << "text/html"
                                             << "https://h/simple/p/a.whl";
        QTest::newRow("HTML, cut short") << quoted("<a href='/p/a.whl") << "text/html"
                                         << "";
    }

    void anIndexPageGivesAFilesAddress()
    {
        QFETCH(QString, page);
        QFETCH(QString, type);
        QFETCH(QString, address);
        const auto found = find_file_url(page.toStdString(), type.toStdString(), "https://h/simple/p/", "a.whl");
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QCOMPARE(QString::fromStdString(found->value_or("")), address);
    }

    void messagesNeverShowAPassword()
    {
        QCOMPARE(QString::fromStdString(shown_url("https://me:secret@host/simple/")), QStringLiteral("https://host/simple/"));
    }

    void pipsSettingsAreRead_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("index");
        QTest::newRow("nothing") << ""
                                 << ""
                                 << "";
        QTest::newRow("global") << "[global]\nindex-url = https://one/simple\n"
                                << ""
                                << "https://one/simple";
        QTest::newRow("install") << "# x\n[install]\nindex-url: https://two/simple\n"
                                 << ""
                                 << "https://two/simple";
        QTest::newRow("another section") << "[list]\nindex-url = https://no\n"
                                         << ""
                                         << "";
        QTest::newRow("the environment wins") << "[global]\nindex-url = https://one/simple\n"
                                              << "https://env/simple"
                                              << "https://env/simple";
    }

    void pipsSettingsAreRead()
    {
        QFETCH(QString, file);
        QFETCH(QString, variable);
        QFETCH(QString, index);
        write(path("pip.conf"), file.toStdString() + "cert = /my/bundle.pem\n");
        std::map<std::string, std::string> values{{"PIP_CONFIG_FILE", path("pip.conf").string()}};
        if (!variable.isEmpty()) values["PIP_INDEX_URL"] = variable.toStdString();
        const auto settings = read_pip_settings(environment(values));
        // The machine's own file, if it has one, is asked last.
        if (!index.isEmpty()) QCOMPARE(QString::fromStdString(settings.index_url), index);
        if (!file.isEmpty() && !file.startsWith("[list]")) QCOMPARE(settings.ca_bundle, fs::path("/my/bundle.pem"));
    }

    void theChosenFolderIsRememberedAndForgotten()
    {
        const auto env = environment({{"HOME", path("home").string()}});
        const fs::path usual = runtime_folder(env);
        QCOMPARE(usual, path("home/.local/share/headroom/gpu-runtime"));
        QVERIFY(remember_runtime_folder(env, path("elsewhere")));
        QCOMPARE(runtime_folder(env), path("elsewhere"));
        QVERIFY(remember_runtime_folder(env, usual));
        QCOMPARE(runtime_folder(env), usual);
        QCOMPARE(runtime_folder(environment({{"HEADROOM_GPU_RUNTIME", "/g"}})), fs::path("/g"));
    }

    void cardsAndDriversAreFoundWithoutLoadingThem()
    {
        QVERIFY(!find_nvidia(path("empty")).has_card());
        write(path("bus/sys/bus/pci/devices/0000:01:00.0/vendor"), "0x10de\n");
        write(path("bus/sys/bus/pci/devices/0000:01:00.0/class"), "0x030000\n");
        write(path("bus/sys/bus/pci/devices/0000:01:00.1/vendor"), "0x10de\n");
        write(path("bus/sys/bus/pci/devices/0000:01:00.1/class"), "0x040300\n");
        const NvidiaFacts bare = find_nvidia(path("bus"));
        QCOMPARE(int(bare.cards.size()), 1);
        QVERIFY(bare.driver.empty());
        write(path("full/proc/driver/nvidia/gpus/0000:01:00.0/information"), "Model: \t NVIDIA GeForce RTX 4090\nIRQ: 1\n");
        write(path("full/proc/driver/nvidia/version"),
              "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 2025\n");
        const NvidiaFacts full = find_nvidia(path("full"));
        QCOMPARE(QString::fromStdString(full.cards.at(0)), QStringLiteral("NVIDIA GeForce RTX 4090"));
        QCOMPARE(QString::fromStdString(full.driver), QStringLiteral("580.95.05"));
    }

    void versionsAreComparedByNumbers()
    {
        QVERIFY(is_at_least("580.95.05", "580.65.06"));
        QVERIFY(is_at_least("580.65.06", "580.65.06"));
        QVERIFY(is_at_least("1000.1", "580.65.06"));
        QVERIFY(!is_at_least("580.65", "580.65.06"));
        QVERIFY(!is_at_least("99.1", "580"));
        QVERIFY(!is_at_least("", "1"));
    }

    void sha256IsSha256()
    {
        Sha256 sum;
        const std::string text = "abc";
        sum.add(std::as_bytes(std::span(text)).first(1));
        sum.add(std::as_bytes(std::span(text)).subspan(1));
        QCOMPARE(sum.hex(), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }
};

QTEST_APPLESS_MAIN(TestRuntimeParts)
#include "test_runtime_parts.moc"
