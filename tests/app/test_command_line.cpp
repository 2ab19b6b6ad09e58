#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <cstring>
#include <filesystem>

#include <nlohmann/json.hpp>

/// The executable as a person or a script runs it, without a display.
class TestCommandLine : public QObject {
    Q_OBJECT

    struct Outcome {
        int status;
        QString output;
        QString errors;
    };

    QTemporaryDir m_dir;

    QString path(const char* name) const { return m_dir.filePath(name); }
    static QString tinyModel() { return QStringLiteral(HEADROOM_GOLDENS_DIR "/tiny_wan"); }

    static QProcessEnvironment headlessEnvironment()
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
        return environment;
    }

    static Outcome run(const QStringList& arguments, const QString& program = HEADROOM_PROGRAM, const QString& state = {})
    {
        QProcess process;
        QProcessEnvironment environment = headlessEnvironment();
        if (!state.isEmpty()) environment.insert("XDG_STATE_HOME", state);
        process.setProcessEnvironment(environment);
        process.start(program, arguments);
        process.waitForFinished(120'000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
    }

    /// By a shell, which has $0 for the program and $1 for this test's folder: for bytes that QString can't hold, and
    /// redirections.
    Outcome runInShell(const QString& command) const { return run({"-c", command, HEADROOM_PROGRAM, m_dir.path()}, "/bin/sh"); }

    QString written(const char* name, const QByteArray& content) const
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) qFatal("%s can't be written", name);
        return path(name);
    }

    /// Whether the program has begun to watch for interrupts itself: SIGINT is then blocked in its threads.
    static bool blocksInterrupts(qint64 process_id)
    {
        QFile status(QStringLiteral("/proc/%1/status").arg(process_id));
        if (!status.open(QIODevice::ReadOnly)) return false;
        for (const QByteArray& line : status.readAll().split('\n')) {
            if (line.startsWith("SigBlk:")) return line.mid(7).trimmed().toULongLong(nullptr, 16) & (1ULL << (SIGINT - 1));
        }
        return false;
    }

    QStringList tinyClip(const QString& output) const
    {
        return {"generate", "--model", tinyModel(), "--prompt", "a cat",    "--width", "48",       "--height", "32",
                "--frames", "5",       "--steps",   "2",        "--device", "cpu",     "--output", output};
    }

    QStringList tinyEncode(const QString& input, const QString& latents) const
    {
        return {"encode", "--model", tinyModel(), "--input",       input,  "--device",
                "cpu",    "--dtype", "fp32",      "--latents-out", latents};
    }

private Q_SLOTS:
    void makesAClipAndAReport()
    {
        const Outcome outcome = run(tinyClip(path("clip.mp4")) << "--report" << path("report.json") << "--quiet");
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        QVERIFY(outcome.output.isEmpty() && outcome.errors.isEmpty());
        QVERIFY(QFileInfo(path("clip.mp4")).size() > 0);

        QFile file(path("report.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto report = nlohmann::json::parse(file.readAll().toStdString());
        QCOMPARE(report["frames"].get<int>(), 5);
        QCOMPARE(report["device"].get<std::string>(), std::string("cpu"));
        QCOMPARE(report["stages"].size(), std::size_t(3));
    }

    void latentsGoRound()
    {
        QCOMPARE(run(tinyClip(path("first.mkv")) << "--latents-out" << path("latents.safetensors")).status, 0);
        const Outcome decoded =
            run({"decode", "--model", tinyModel(), "--latents", path("latents.safetensors"), "--output", path("second.mkv")});
        QVERIFY2(decoded.status == 0, qPrintable(decoded.errors));
        QVERIFY(QFileInfo(path("second.mkv")).size() > 0);
    }

    void encodesAClipAndReports()
    {
        QCOMPARE(run(tinyClip(path("source.mkv"))).status, 0);
        const Outcome outcome =
            run(tinyEncode(path("source.mkv"), path("encoded.safetensors")) << "--report" << path("encode.json") << "--quiet");
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        QVERIFY(outcome.output.isEmpty() && outcome.errors.isEmpty());
        QFile file(path("encode.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto report = nlohmann::json::parse(file.readAll().toStdString());
        QCOMPARE(report["frames"].get<int>(), 5);
        QCOMPARE(report["stages"].size(), std::size_t(1));
        QCOMPARE(report["stages"][0]["name"].get<std::string>(), std::string("encode"));
        QVERIFY(report["peak_bytes"].get<std::int64_t>() > 0);
        QCOMPARE(QString::fromStdString(report["output"].get<std::string>()), path("encoded.safetensors"));

        const Outcome decoded =
            run({"decode", "--model", tinyModel(), "--latents", path("encoded.safetensors"), "--output", path("again.mkv")});
        QVERIFY2(decoded.status == 0, qPrintable(decoded.errors));
    }

    void encodesABatchAndSaysWhatItLeavesOut()
    {
        QCOMPARE(run(tinyClip(path("one.mkv"))).status, 0);
        QStringList longer = tinyClip(path("two.mkv"));
        longer[longer.indexOf("--frames") + 1] = "9";
        QCOMPARE(run(longer).status, 0);
        const Outcome outcome =
            run(tinyEncode(path("one.mkv"), path("pair.safetensors")) << "--input" << path("two.mkv") << "--vae"
                                                                      << "tiles:32x32+24x24"
                                                                      << "--slicing"
                                                                      << "off");
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        QVERIFY2(outcome.errors.contains("5 of 9 frames"), qPrintable(outcome.errors));
        QVERIFY2(outcome.output.contains("pair.safetensors: 5 frames"), qPrintable(outcome.output));
    }

    void refusesToEncodeWithTheRightStatus_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("status");
        QCOMPARE(run(tinyClip(path("short.mkv"))).status, 0);
        const QString source = path("short.mkv"), latents = path("refused.safetensors");
        QStringList wider = tinyClip(path("wider.mkv"));
        wider[wider.indexOf("--width") + 1] = "64";
        QCOMPARE(run(wider).status, 0);
        QTest::newRow("no input") << QStringList{"encode", "--model", tinyModel(), "--latents-out", latents} << 2;
        QTest::newRow("no output") << QStringList{"encode", "--model", tinyModel(), "--input", source} << 2;
        QTest::newRow("input missing") << tinyEncode("/nowhere.mp4", latents) << 3;
        QTest::newRow("input is no video") << tinyEncode(HEADROOM_GOLDENS_DIR "/tiny_wan/model_index.json", latents) << 3;
        QTest::newRow("too short") << (tinyEncode(source, latents) << "--frames"
                                                                   << "9")
                                   << 3;
        QTest::newRow("illegal frames") << (tinyEncode(source, latents) << "--frames"
                                                                        << "4")
                                        << 2;
        QTest::newRow("illegal height") << (tinyEncode(source, latents) << "--height"
                                                                        << "33")
                                        << 2;
        QTest::newRow("different sizes") << (tinyEncode(source, latents) << "--input" << path("wider.mkv")) << 2;
        QTest::newRow("tiles with gaps") << (tinyEncode(source, latents) << "--vae"
                                                                         << "tiles:32x32+48x48")
                                         << 2;
        QTest::newRow("latents folder missing") << tinyEncode(source, "/nowhere/latents.safetensors") << 3;
        QTest::newRow("latents are a folder") << tinyEncode(source, m_dir.path()) << 3;
        QTest::newRow("model missing") << QStringList{"encode", "--model",       "/nowhere", "--input",
                                                      source,   "--latents-out", latents}
                                       << 3;
    }
    void refusesToEncodeWithTheRightStatus()
    {
        QFETCH(QStringList, options);
        QFETCH(int, status);
        const Outcome outcome = run(options);
        QVERIFY2(outcome.status == status, qPrintable(QString::number(outcome.status) + ": " + outcome.errors));
        QVERIFY2(outcome.errors.count('\n') == 1, qPrintable(outcome.errors));
        QVERIFY(!QFileInfo::exists(path("refused.safetensors")) && !QFileInfo::exists(path("refused.safetensors.part")));
    }

    void describesAModelQuietlyAsAsked()
    {
        const Outcome json = run({"inspect", tinyModel(), "--json", "--quiet"});
        QCOMPARE(json.status, 0);
        QVERIFY(nlohmann::json::accept(json.output.toStdString()));
        const Outcome table = run({"inspect", tinyModel(), "--quiet"});
        QVERIFY(table.status == 0 && table.output.isEmpty());
    }

    void describesAModel()
    {
        const Outcome outcome = run({"inspect", tinyModel(), "--json"});
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        const auto info = nlohmann::json::parse(outcome.output.toStdString());
        QCOMPARE(info["pipeline"].get<std::string>(), std::string("WanPipeline"));
        QCOMPARE(info["components"].size(), std::size_t(3));
    }

    void helpNamesEveryOption_data()
    {
        QTest::addColumn<QString>("verb");
        QTest::addColumn<QStringList>("options");
        QTest::newRow("generate") << "generate"
                                  << QStringList{"--model",  "--prompt",    "--output",  "--negative-prompt", "--width",
                                                 "--height", "--frames",    "--steps",   "--guidance",        "--guidance-2",
                                                 "--seed",   "--fps",       "--batch",   "--device",          "--dtype",
                                                 "--budget", "--vae",       "--slicing", "--latents-in",      "--latents-out",
                                                 "--report", "--overwrite", "--quiet"};
        QTest::newRow("decode") << "decode" << QStringList{"--model", "--latents", "--output", "--fps",     "--device",
                                                           "--dtype", "--budget",  "--vae",    "--slicing", "--report"};
        QTest::newRow("encode") << "encode" << QStringList{"--model",   "--input",  "--latents-out", "--frames", "--width",
                                                           "--height",  "--device", "--dtype",       "--budget", "--vae",
                                                           "--slicing", "--report", "--quiet"};
        QTest::newRow("plan") << "plan"
                              << QStringList{"--model",  "--width", "--height", "--frames",        "--batch",      "--budget",
                                             "--device", "--dtype", "--json",   "--device-memory", "--host-memory"};
        QTest::newRow("inspect") << "inspect" << QStringList{"--json"};
    }
    void helpNamesEveryOption()
    {
        QFETCH(QString, verb);
        QFETCH(QStringList, options);
        const Outcome outcome = run({verb, "--help"});
        QCOMPARE(outcome.status, 0);
        for (const QString& option : options) QVERIFY2(outcome.output.contains(option), qPrintable(option));
    }

    void refusesWithTheRightStatus_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        const QString output = path("refused.mp4");
        QTest::newRow("unknown verb") << QStringList{"dance"} << 2;
        QTest::newRow("unknown option") << (tinyClip(output) << "--wings") << 2;
        QTest::newRow("prompt left out") << QStringList{"generate", "--output", output} << 2;
        QTest::newRow("number that is none") << (tinyClip(output) << "--seed"
                                                                  << "many")
                                             << 2;
        QTest::newRow("guidance not a number") << (tinyClip(output) << "--guidance"
                                                                    << "nan")
                                               << 2;
        QTest::newRow("illegal width") << QStringList{"generate", "--model", tinyModel(), "--prompt", "x",
                                                      "--width",  "50",      "--output",  output}
                                       << 2;
        QTest::newRow("illegal frames") << QStringList{"generate", "--model", tinyModel(), "--prompt", "x",
                                                       "--frames", "8",       "--output",  output}
                                        << 2;
        QTest::newRow("nonsense budget") << (tinyClip(output) << "--budget"
                                                              << "lots")
                                         << 2;
        QTest::newRow("budget below the least") << (tinyClip(output) << "--budget"
                                                                     << "0.05 MB")
                                                << 4;
        QTest::newRow("unknown dtype") << (tinyClip(output) << "--dtype"
                                                            << "fp8")
                                       << 2;
        QTest::newRow("no such device") << (tinyClip(output) << "--device"
                                                             << "cuda:9")
                                        << 2;
        QTest::newRow("model missing") << QStringList{"generate", "--model", "/nowhere", "--prompt", "x", "--output", output}
                                       << 3;
        QTest::newRow("output folder missing") << tinyClip("/nowhere/clip.mp4") << 3;
        QTest::newRow("latents missing") << QStringList{"decode",   "--model", tinyModel(), "--latents", "/nowhere.safetensors",
                                                        "--output", output}
                                         << 3;
        QTest::newRow("latents are no safetensors")
            << QStringList{"decode",   "--model", tinyModel(), "--latents", HEADROOM_GOLDENS_DIR "/tiny_wan/model_index.json",
                           "--output", output}
            << 3;
        QTest::newRow("unknown option without a verb") << QStringList{"--bogus"} << 2;
        QTest::newRow("nothing to show it on") << QStringList{} << 2;
        QTest::newRow("empty output") << tinyClip("") << 2;
        QTest::newRow("empty latents-out") << (tinyClip(output) << "--latents-out"
                                                                << "")
                                           << 2;
        QTest::newRow("empty report") << (tinyClip(output) << "--report"
                                                           << "")
                                      << 2;
        QTest::newRow("seed too large") << (tinyClip(output) << "--seed"
                                                             << "18446744073709551616")
                                        << 2;
        QTest::newRow("seed too small") << (tinyClip(output) << "--seed"
                                                             << "-9223372036854775809")
                                        << 2;
        QTest::newRow("hexadecimal frames") << (tinyClip(output) << "--frames"
                                                                 << "0x5")
                                            << 2;
        QTest::newRow("plan writes no report") << QStringList{"plan", "--model", tinyModel(), "--report", path("plan.json")} << 2;
        QTest::newRow("report is a folder") << (tinyClip(output) << "--report" << m_dir.path()) << 3;
        QTest::newRow("report folder missing") << (tinyClip(output) << "--report" << path("none/report.json")) << 3;
        QTest::newRow("report is the clip") << (tinyClip(output) << "--report" << output) << 2;
        QTest::newRow("inspect nothing") << QStringList{"inspect", "/nowhere"} << 3;
    }
    void refusesWithTheRightStatus()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.status == status, qPrintable(QString::number(outcome.status) + ": " + outcome.errors));
        QVERIFY2(outcome.errors.count('\n') == 1, qPrintable(outcome.errors));
        QVERIFY(!QFileInfo::exists(path("refused.mp4")) && !QFileInfo::exists(path("refused.mp4.part")));
    }

    void saysWhatIsAtFault_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        const QStringList plan{"plan", "--model", tinyModel()};
        QTest::newRow("verb") << QStringList{"frob"} << "'frob' is not a verb";
        QTest::newRow("option") << QStringList{"--bogus"} << "'--bogus'";
        QTest::newRow("no display") << QStringList{} << "generate";
        QTest::newRow("budget") << (plan + QStringList{"--budget", "foo"}) << "--budget 'foo'";
        QTest::newRow("device memory") << (plan + QStringList{"--device-memory", "foo"}) << "--device-memory 'foo'";
        QTest::newRow("host memory") << (plan + QStringList{"--host-memory", "foo"}) << "--host-memory 'foo'";
        QTest::newRow("strides") << (plan + QStringList{"--vae", "tiles:8x8+4x4"}) << "--vae";
        QTest::newRow("frames") << (plan + QStringList{"--frames", "2147483647"}) << "the nearest it can is ";
        QTest::newRow("empty output") << tinyClip("") << "--output";
        QTest::newRow("budget of a byte") << (tinyClip(path("byte.mp4")) << "--budget"
                                                                         << "0.000001 MB")
                                          << "1 byte is too little";
    }
    void saysWhatIsAtFault()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const Outcome outcome = run(arguments);
        QVERIFY2(outcome.status == 2 || outcome.status == 4, qPrintable(outcome.errors));
        QVERIFY2(outcome.errors.contains(says) && !outcome.errors.contains("is -"), qPrintable(outcome.errors));
    }

    void namesOfTheCatalogAreFolders()
    {
        QProcess process;  // elsewhere than in the repository, which has a README.md too
        process.setWorkingDirectory(m_dir.path());
        process.start(HEADROOM_PROGRAM, {"plan", "--model", "README.md"});
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 3);
        const QByteArray errors = process.readAllStandardError();
        QVERIFY2(!errors.contains("catalog"), errors.constData());
    }

    void readsSeedsAsTorchDoes()
    {
        const auto latents_of = [&](const char* seed) {
            const QString file = path("seed.safetensors");
            QFile::remove(file);
            const Outcome outcome = run(tinyClip(path("seed.mkv")) << "--overwrite"
                                                                   << "--seed" << seed << "--latents-out" << file);
            QFile written(file);
            if (outcome.status != 0 || !written.open(QIODevice::ReadOnly)) return outcome.errors.toUtf8();
            const QByteArray content = written.readAll();
            const auto size = std::size_t(content.size());
            std::uint64_t header = 0;
            std::memcpy(&header, content.constData(), sizeof header);
            return content.mid(qsizetype(std::min(size, header + 8)));  // the settings name the seed
        };
        QCOMPARE(latents_of("010"), latents_of("10"));
        QCOMPARE(latents_of("-1"), latents_of("18446744073709551615"));
        QVERIFY(latents_of("010") != latents_of("8"));
    }

    void pathsNeedNotBeUtf8()
    {
        const QString clip =
            QString("exec \"$0\" generate --model %1 --prompt x --width 32 --height 32 --frames 1 --steps 1 --device cpu ")
                .arg(tinyModel());
        const Outcome made = runInShell(clip + "--output \"$1/$(printf 'bad\\377').mkv\" --report \"$1/bad.json\"");
        QVERIFY2(made.status == 0, qPrintable(made.errors));
        QFile report(path("bad.json"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        QVERIFY(nlohmann::json::accept(report.readAll().toStdString()));
        const Outcome copied = runInShell(QString("cp -r %1 \"$1/$(printf 'model\\377')\"").arg(tinyModel()));
        QVERIFY2(copied.status == 0, qPrintable(copied.errors));
        for (const char* command : {"inspect --json", "plan --json --model"}) {
            const Outcome outcome = runInShell(QString("exec \"$0\" %1 \"$1/$(printf 'model\\377')\"").arg(command));
            QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
            QVERIFY(nlohmann::json::accept(outcome.output.toStdString()));
        }
        const Outcome odd = runInShell(
            "exec \"$0\" generate --prompt x --width 32 --height 32 --frames 1 --steps 1 --device cpu --output \"$1/odd.mkv\" "
            "--model \"$1/$(printf 'model\\377')\"");
        QVERIFY2(odd.status == 0, qPrintable(odd.errors));
    }

    void saysWhenOutputIsNotTaken()
    {
        for (const char* arguments : {"plan", "plan --json", "inspect", "--help", "--version"}) {
            const Outcome outcome = runInShell(QString("exec \"$0\" %1 > /dev/full").arg(arguments));
            QVERIFY2(outcome.status == 3, qPrintable(arguments + QString(": ") + outcome.errors));
            QVERIFY2(outcome.errors.count('\n') == 1 && outcome.errors.contains("standard output"), qPrintable(outcome.errors));
        }
    }

    void finishesWithoutAStateFolder()
    {
        const Outcome outcome = run(tinyClip(path("stateless.mkv")), HEADROOM_PROGRAM, "/proc/nowhere");
        QVERIFY2(outcome.status == 0, qPrintable(outcome.errors));
        QVERIFY(QFileInfo(path("stateless.mkv")).size() > 0);
    }

    void replacesAnOlderReport()
    {
        const QString report = written("older.json", "older");
        QCOMPARE(run(tinyClip(path("reported.mkv")) << "--report" << report).status, 0);
        QVERIFY(QFileInfo(report).size() > 5);
    }

    /// A device can't be asked beforehand whether it takes the report: the clip and its line are there all the same.
    void aReportThatFailsCostsNothing()
    {
        const Outcome piped = run(tinyClip(path("piped.mkv")) << "--report"
                                                              << "/dev/stdout"
                                                              << "--quiet");
        QVERIFY2(piped.status == 0 && nlohmann::json::accept(piped.output.toStdString()), qPrintable(piped.errors));
        const Outcome full = run(tinyClip(path("full.mkv")) << "--report"
                                                            << "/dev/full");
        QCOMPARE(full.status, 3);
        QVERIFY2(full.output.contains("full.mkv: 5 frames"), qPrintable(full.output));
        QVERIFY(QFileInfo(path("full.mkv")).size() > 0);
    }

    void keepsAnExistingFile()
    {
        QFile file(path("precious.mp4"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("precious");
        file.close();
        QCOMPARE(run(tinyClip(path("precious.mp4"))).status, 3);
        QCOMPARE(QFileInfo(path("precious.mp4")).size(), qint64(8));
        QCOMPARE(run(tinyClip(path("precious.mp4")) << "--overwrite").status, 0);
        QVERIFY(QFileInfo(path("precious.mp4")).size() > 8);
    }

    /// With the run's prompt the least budget of `plan` is the run's, to the byte.
    void plansForThePrompt()
    {
        const QStringList clip{"--model", tinyModel(), "--width", "32",       "--height", "32",      "--frames",
                               "5",       "--steps",   "1",       "--device", "cpu",      "--dtype", "fp32"};
        const auto least_of = [&](const QStringList& prompt) {
            const Outcome outcome = run(QStringList{"plan", "--json"} + clip + prompt);
            return nlohmann::json::parse(outcome.output.toStdString())["minimum_budget_bytes"].get<qint64>();
        };
        const QStringList prompt{"--prompt", "a cat", "--negative-prompt", "a dog"};
        const qint64 least = least_of(prompt);
        QVERIFY(least < least_of({}));
        const auto generate = [&](qint64 budget) {
            return run(QStringList{"generate", "--overwrite", "--output", path("least.mkv"), "--budget",
                                   QString::number(double(budget) / 1e6, 'f', 6) + "MB"} +
                       clip + prompt);
        };
        QCOMPARE(generate(least).status, 0);
        QCOMPARE(generate(least - 1).status, 4);
        QCOMPARE(run({"plan", "--model", "wan2.1-t2v-14b", "--prompt", "a cat", "--device-memory", "24", "--frames", "5"}).status,
                 0);
    }

    void budgetsThatCannotBeHadAreRefused()
    {
        const Outcome above =
            run({"plan", "--model", "wan2.1-t2v-1.3b", "--frames", "5", "--device-memory", "8", "--budget", "9"});
        QCOMPARE(above.status, 2);
        QVERIFY2(above.errors.contains("9.0 GiB are more than the 8.0 GiB"), qPrintable(above.errors));
        // What is sold as 8 GB has a little less.
        QCOMPARE(run({"plan", "--model", "wan2.1-t2v-1.3b", "--frames", "5", "--device-memory", "7.8", "--budget", "8"}).status,
                 0);
        // On the CPU what is free is the device's limit too.
        const Outcome swaps = run({"plan", "--model", "wan2.1-t2v-1.3b", "--frames", "5", "--device", "cpu", "--budget", "2",
                                   "--host-memory", "200MiB"});
        QCOMPARE(swaps.status, 4);
        QVERIFY2(swaps.errors.contains("200.0 MiB"), qPrintable(swaps.errors));
        QCOMPARE(run({"plan", "--device-memory", "8", "--device", "gpu"}).status, 2);
    }

    /// A model of two transformers on a card that is not there, beside much and little of the computer's memory.
    void plansForTheComputersMemory()
    {
        const QStringList plan{"plan",     "--model", "wan2.2-t2v-a14b", "--frames", "5", "--steps", "4", "--device-memory", "24",
                               "--budget", "8"};
        const auto second_of = [&](const char* host_memory) {
            const Outcome outcome = run(QStringList(plan) << "--json"
                                                          << "--host-memory" << host_memory);
            return outcome.status == 0 ? nlohmann::json::parse(outcome.output.toStdString())["plan"][2] : nlohmann::json();
        };
        const auto much = second_of("256"), little = second_of("20");
        QVERIFY2(much["component"] == "transformer_2" && much["fetched_ahead"] == true, much.dump().c_str());
        QVERIFY2(little["component"] == "transformer_2" && little["fetched_ahead"] == false, little.dump().c_str());
        const Outcome text = run(QStringList(plan) << "--host-memory"
                                                   << "20");
        QVERIFY2(text.output.contains("not fetched ahead: 26.7 GiB of files don't fit into the computer's memory"),
                 qPrintable(text.output));
        const Outcome refused = run(QStringList(plan) << "--host-memory"
                                                      << "16MiB");
        QCOMPARE(refused.status, 4);
        QVERIFY2(refused.errors.contains("of the computer's memory besides the device, and 16.0 MiB are free"),
                 qPrintable(refused.errors));
    }

    void interruptEndsWithoutAFile()
    {
        QProcess process;
        process.setProcessEnvironment(headlessEnvironment());
        QStringList arguments = tinyClip(path("interrupted.mp4"));
        arguments[arguments.indexOf("--steps") + 1] = "1000";
        arguments[arguments.indexOf("--frames") + 1] = "81";
        process.start(HEADROOM_PROGRAM, arguments);
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(blocksInterrupts(process.processId()), 30'000);
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(!QFileInfo::exists(path("interrupted.mp4")) && !QFileInfo::exists(path("interrupted.mp4.part")));
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "test_command_line.moc"
