#include <fstream>

#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/engine/machine_rates.h"

using namespace headroom;

namespace {

const DeviceInfo kCpu{.name = "cpu", .description = "CPU", .device = at::kCPU, .total_bytes = 0, .free_bytes = 0};

std::filesystem::path path_of(const QTemporaryDir& folder)
{
    return folder.path().toStdString();
}

bool all_known(const MachineRates& rates)
{
    return rates.product_flops > 0 && rates.attention_flops > 0 && rates.convolution_flops > 0 && rates.memory_bytes > 0 &&
           rates.upload_bytes > 0 && rates.disk_bytes > 0 && rates.upload_drag > 0;
}

/// Changes every stored number to `number`.
void overwrite(const std::filesystem::path& path, double number)
{
    nlohmann::json state = nlohmann::json::parse(std::ifstream(path));
    for (auto& [key, entry] : state.items()) {
        for (auto& [name, value] : entry.items()) value = number;
    }
    std::ofstream(path) << state;
}

}  // namespace

class TestMachineRates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void measuresOnceAndRemembers()
    {
        const QTemporaryDir folder;
        const MachineRates first = machine_rates(kCpu, at::kFloat, path_of(folder));
        QVERIFY(all_known(first));
        qInfo("product %.3g, attention %.3g, convolution %.3g flop/s; memory %.3g, upload %.3g bytes/s", first.product_flops,
              first.attention_flops, first.convolution_flops, first.memory_bytes, first.upload_bytes);
        const auto file = path_of(folder) / "machine_rates.json";
        overwrite(file, 42);
        const MachineRates again = machine_rates(kCpu, at::kFloat, path_of(folder));
        QCOMPARE(again.product_flops, 42.0);
        QCOMPARE(again.upload_bytes, 42.0);
        const nlohmann::json state = nlohmann::json::parse(std::ifstream(file));
        QCOMPARE(state.size(), std::size_t(1));
        QVERIFY(QString::fromStdString(state.begin().key()).endsWith("| fp32"));  // each dtype has its own

        overwrite(file, -1);
        const MachineRates anew = machine_rates(kCpu, at::kFloat, path_of(folder));
        QVERIFY(anew.product_flops > 0 && anew.product_flops != 42);
    }

    void readsADiskOnce()
    {
        const QTemporaryDir folder;
        QVERIFY(disk_rate(path_of(folder) / "missing", path_of(folder)) > 0);
        const auto file = path_of(folder) / "weights";
        std::ofstream(file) << std::string(std::size_t(9) << 20, 'w');
        const double rate = disk_rate(file, path_of(folder));
        QVERIFY(rate > 0);
        QCOMPARE(disk_rate(file, path_of(folder)), rate);
    }

    void assumesACardThatIsNotThere()
    {
        QVERIFY(all_known(assumed_card_rates(at::kBFloat16)));
        QVERIFY(assumed_card_rates(at::kBFloat16).product_flops > assumed_card_rates(at::kFloat).product_flops);
    }
};

QTEST_APPLESS_MAIN(TestMachineRates)
#include "test_machine_rates.moc"
