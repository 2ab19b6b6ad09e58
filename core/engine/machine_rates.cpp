#include "core/engine/machine_rates.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/headeronly/version.h>

#include "core/base/byte_size.h"
#include "core/engine/measuring.h"
#include "core/engine/stage_meter.h"
#include "core/engine/state_file.h"
#include "core/nn/attention.h"
#include "core/tensor/dtype.h"
#include "core/tensor/tensor.h"

namespace headroom {

namespace {

constexpr double kUsualDiskBytes = 1e9;
constexpr double kCardUploadDrag = 0.05;
constexpr const char* kFileName = "machine_rates.json";

/// Sizes at which a device is near its best and a measurement takes milliseconds.
struct Sizes {
    std::int64_t product;  // rows and columns of both matrices
    std::int64_t tokens, heads, head_dim;
    std::int64_t channels, height, width;
    std::int64_t moved_bytes;
};

constexpr Sizes kCpuSizes{.product = 512,
                          .tokens = 512,
                          .heads = 8,
                          .head_dim = 64,
                          .channels = 48,
                          .height = 96,
                          .width = 96,
                          .moved_bytes = 32 * kMiB};
constexpr Sizes kCardSizes{.product = 4096,
                           .tokens = 8192,
                           .heads = 16,
                           .head_dim = 128,
                           .channels = 96,
                           .height = 480,
                           .width = 832,
                           .moved_bytes = 64 * kMiB};

/// Times an action on a device whose work is queued.
class DeviceTimer {
public:
    explicit DeviceTimer(at::Device device) : m_device(device) {}

    double operator()(const std::function<void()>& action) const
    {
        return shortest_seconds([&] {
            action();
            if (!m_device.is_cpu()) c10::impl::VirtualGuardImpl(m_device.type()).synchronizeDevice(m_device.index());
        });
    }

private:
    at::Device m_device;
};

double upload_rate(const Sizes& sizes, at::Device device, const DeviceTimer& seconds)
{
    const auto bytes = at::TensorOptions().dtype(at::kByte);
    const Tensor target = at::empty({sizes.moved_bytes}, bytes.device(device));
    const Tensor source = at::ones({sizes.moved_bytes}, bytes.pinned_memory(!device.is_cpu()));
    const double spent =
        device.is_cpu()
            ? seconds([&] { std::memcpy(target.data_ptr(), source.const_data_ptr(), std::size_t(sizes.moved_bytes)); })
            : seconds([&] { target.copy_(source, /*non_blocking=*/true); });
    return double(sizes.moved_bytes) / spent;
}

MachineRates measure(at::Device device, at::ScalarType dtype)
{
    const Sizes& sizes = device.is_cpu() ? kCpuSizes : kCardSizes;
    const auto options = at::TensorOptions().device(device).dtype(dtype);
    const DeviceTimer seconds(device);
    MachineRates rates;

    const Tensor matrix = at::ones({sizes.product, sizes.product}, options);
    rates.product_flops =
        2 * double(sizes.product * sizes.product * sizes.product) / seconds([&] { at::matmul(matrix, matrix); });

    const Tensor query = at::ones({1, sizes.tokens, sizes.heads, sizes.head_dim}, options);
    rates.attention_flops = 4 * double(sizes.tokens * sizes.tokens * sizes.heads * sizes.head_dim) /
                            seconds([&] { nn::attention(query, query, query); });

    const Tensor image = at::ones({1, sizes.channels, sizes.height, sizes.width}, options);
    const Tensor kernel = at::ones({sizes.channels, sizes.channels, 3, 3}, options);
    rates.convolution_flops = 2 * 9 * double(sizes.channels * sizes.channels * sizes.height * sizes.width) / seconds([&] {
                                  at::conv2d(image, kernel, {}, at::IntArrayRef{1, 1}, at::IntArrayRef{1, 1});
                              });

    const Tensor moved = at::ones({sizes.moved_bytes / std::int64_t(c10::elementSize(dtype))}, options);
    rates.memory_bytes = 2 * double(sizes.moved_bytes) / seconds([&] { moved.mul_(0.5); });

    rates.upload_bytes = upload_rate(sizes, device, seconds);
    return rates;
}

struct Field {
    const char* name;
    double MachineRates::*value;
};
constexpr Field kFields[] = {{"product_flops", &MachineRates::product_flops},
                             {"attention_flops", &MachineRates::attention_flops},
                             {"convolution_flops", &MachineRates::convolution_flops},
                             {"memory_bytes", &MachineRates::memory_bytes},
                             {"upload_bytes", &MachineRates::upload_bytes}};

/// The stored rates; nothing unless each is there.
std::optional<MachineRates> parse_rates(const nlohmann::json& entry)
{
    MachineRates rates;
    for (const Field& field : kFields) {
        const auto number = positive_of(entry, field.name);
        if (!number) return std::nullopt;
        rates.*field.value = *number;
    }
    return rates;
}

std::string key_of(const DeviceInfo& device, at::ScalarType dtype)
{
    const std::string name = device.device.is_cpu() ? processor_name() : device.description;
    return fmt::format("{} |{} | {} threads | LibTorch {} | {}", device.name, name, at::get_num_threads(), TORCH_VERSION,
                       dtype_name(dtype));
}

/// Bytes a second of reading a part of the file past the system's cache; nothing where that isn't possible.
std::optional<double> read_rate(const std::filesystem::path& file)
{
#ifdef O_DIRECT
    constexpr std::size_t kPieceBytes = 4 * kMiB, kAlignment = 4096;
    constexpr int kPieces = 8;
    constexpr double kEnoughSeconds = 0.2;
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    const std::unique_ptr<void, decltype(&std::free)> piece(std::aligned_alloc(kAlignment, kPieceBytes), &std::free);
    double read_bytes = 0;
    const Stopwatch watch;
    for (int i = 0; piece && i < kPieces && watch.seconds() < kEnoughSeconds; ++i) {
        const auto count = ::pread(descriptor, piece.get(), kPieceBytes, off_t(i) * off_t(kPieceBytes));
        if (count < ssize_t(kPieceBytes)) break;
        read_bytes += double(count);
    }
    const double spent = watch.seconds();
    ::close(descriptor);
    if (read_bytes > 0) return read_bytes / spent;
#endif
    return std::nullopt;
}

}  // namespace

MachineRates machine_rates(const DeviceInfo& device, at::ScalarType dtype, const std::filesystem::path& state_dir)
{
    nlohmann::json state = read_state(state_dir / kFileName);
    const std::string key = key_of(device, dtype);
    const auto known = state.find(key);
    auto rates = known == state.end() ? std::nullopt : parse_rates(*known);
    if (!rates) {
        rates = measure(device.device, dtype);
        nlohmann::json entry;
        for (const Field& field : kFields) entry[field.name] = (*rates).*field.value;
        state[key] = std::move(entry);
        write_state(state_dir / kFileName, state);
    }
    rates->disk_bytes = kUsualDiskBytes;
    // Beside a card's computing an upload costs some memory bandwidth; on the CPU one of the threads.
    rates->upload_drag = device.device.is_cpu() ? 1.0 / at::get_num_threads() : kCardUploadDrag;
    return *rates;
}

double disk_rate(const std::filesystem::path& file, const std::filesystem::path& state_dir)
{
    struct stat facts = {};
    if (::stat(file.c_str(), &facts) != 0) return kUsualDiskBytes;
    nlohmann::json state = read_state(state_dir / kFileName);
    const std::string key = fmt::format("disk {}", facts.st_dev);
    if (const auto known = positive_of(state, key)) return *known;
    const auto measured = read_rate(file);
    if (!measured) return kUsualDiskBytes;
    state[key] = *measured;
    write_state(state_dir / kFileName, state);
    return *measured;
}

MachineRates assumed_card_rates(at::ScalarType dtype)
{
    const bool half = c10::elementSize(dtype) == 2;
    return {.product_flops = half ? 22e12 : 8e12,
            .attention_flops = half ? 23e12 : 8e12,
            .convolution_flops = half ? 12e12 : 6e12,
            .memory_bytes = 360e9,
            .upload_bytes = 12e9,
            .disk_bytes = kUsualDiskBytes,
            .upload_drag = kCardUploadDrag};
}

}  // namespace headroom
