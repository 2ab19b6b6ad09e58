#pragma once

#include <cstdint>

#include "core/tensor/tensor.h"

namespace headroom {

/// The device whose memory and whose kernels a dry run imitates.
enum class ImitatedDevice { Cpu, Cuda };

/// Work that a dry run met, by what bounds its speed.
struct CountedWork {
    double product_flops = 0;
    double attention_flops = 0;
    double convolution_flops = 0;
    double moved_bytes = 0;  ///< Read and written by element-wise work.

    CountedWork& operator+=(const CountedWork& other);
    CountedWork& operator-=(const CountedWork& other);
    CountedWork& operator*=(double factor);
};

/// While it lives, meta tensors of this thread are counted as if they lay on the imitated device, so that walking a model's own
/// code on `meta` tells what it would take there. On the CPU each tensor counts its bytes, as HostMemory counts them; on CUDA
/// they are rounded up as the caching allocator rounds.
///
/// One a thread; several threads may each have one. It belongs to the thread that made it, and so do the tensors made under it;
/// those that outlive it are no longer counted.
class DryRun {
public:
    /// threads: of LibTorch on the imitated CPU; some kernels take a buffer each. Throws c10::Error when this thread has a dry
    /// run.
    DryRun(ImitatedDevice device, int threads);
    ~DryRun();
    DryRun(const DryRun&) = delete;
    DryRun& operator=(const DryRun&) = delete;

    /// The dry run of this thread, null in every real run.
    static DryRun* current();

    ImitatedDevice device() const { return m_device; }
    int threads() const { return m_threads; }

    /// Bytes on the imitated device now, and the most since the last restart_peak().
    std::int64_t live_bytes() const { return m_on_device.live; }
    std::int64_t peak_bytes() const { return m_on_device.peak; }
    void restart_peak() { m_on_device.peak = m_on_device.live; }
    /// Takes `live_bytes` as seen, for work that is known and not walked.
    void note_live(std::int64_t live_bytes);

    /// The same for the computer's memory where the device is another: tensors made in a DryPlacement at Host.
    std::int64_t host_peak_bytes() const { return m_on_host.peak; }

    /// Everything counted so far.
    const CountedWork& work() const { return m_work; }
    void count(CountedWork work);

private:
    friend class DryPlacement;
    friend class DryRepeat;
    friend class CountingMetaAllocator;

    enum class Place { Device, Host, Nowhere };
    struct Count {
        std::int64_t live = 0;
        std::int64_t peak = 0;
    };

    Count& at(Place place) { return place == Place::Host ? m_on_host : m_on_device; }

    ImitatedDevice m_device;
    int m_threads;
    std::uint64_t m_number;  ///< Tells this dry run from an earlier one of the thread.
    Place m_place = Place::Device;
    double m_repeats = 1;
    Count m_on_device;
    Count m_on_host;
    CountedWork m_work;
};

/// While it lives, new meta tensors of this thread lie elsewhere. Does nothing without a dry run.
class DryPlacement {
public:
    enum class Where {
        Host,     ///< In the computer's memory; the same place as the device where the CPU is imitated.
        Nowhere,  ///< Counted by somebody else: weights.
    };
    explicit DryPlacement(Where where);
    ~DryPlacement();
    DryPlacement(const DryPlacement&) = delete;
    DryPlacement& operator=(const DryPlacement&) = delete;

private:
    DryRun::Place m_before = DryRun::Place::Device;
};

/// While it lives, counted work counts `times` times: one piece is walked for many alike. Does nothing without a dry run.
class DryRepeat {
public:
    explicit DryRepeat(std::int64_t times);
    ~DryRepeat();
    DryRepeat(const DryRepeat&) = delete;
    DryRepeat& operator=(const DryRepeat&) = delete;

private:
    double m_before = 1;
};

/// Whether work on this tensor takes the CPU's way: it lies there, or a dry run walks it that imitates a CPU.
bool computes_on_cpu(const Tensor& tensor);

/// x in the computer's memory, `x.cpu()`; a dry run counts it there.
Tensor copy_to_host(const Tensor& x);
/// A tensor of the computer's memory on the device, `x.to(device)`; a dry run (`device` is meta) counts it there.
Tensor copy_to_device(const Tensor& x, at::Device device);
/// x as the operand of element-wise work with a tensor of `dtype`: LibTorch's CPU kernels make such a copy of operands of another
/// dtype, others read x as it is. The same numbers, but memory that dry runs see.
Tensor as_operand(const Tensor& x, at::ScalarType dtype);

/// Counts work for the thread's dry run, if there is one. rows · in · out multiplications and additions; bytes of element-wise
/// work.
void count_product(double rows, double in, double out);
void count_moved(double bytes);

}  // namespace headroom
