#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include <c10/core/Device.h>

#include "core/files/weight_index.h"
#include "core/nn/parameter.h"
#include "core/tensor/device_copies.h"

namespace headroom::memory {

/// The dtype that a parameter has on the device in a run of dtype `compute`.
at::ScalarType device_dtype(const nn::Parameter& parameter, at::ScalarType compute);

/// What a block takes on the device: its parameters one behind the other, each at a multiple of kWeightAlignment; tables that
/// stay in the file take nothing. The forecast counts with it too.
std::int64_t device_bytes(const nn::ParameterBlock& block, at::ScalarType compute);

/// What the block's weights take in its component's files; those that are not there take nothing.
std::int64_t file_bytes(const nn::ParameterBlock& block, const files::WeightIndex& index);

/// How one block's weights lie in its component's files and in one piece of device memory.
class BlockImage {
public:
    /// The block was checked against the index (check_weights); both must outlive the image.
    BlockImage(nn::ParameterBlock& block, const files::WeightIndex& index, at::ScalarType compute);

    /// What it takes on the device; equal to device_bytes.
    std::int64_t size_bytes() const { return m_size_bytes; }
    /// Equal for two blocks that hold the same weights in the same dtypes.
    std::string key() const;

    /// Memory for it on the device, of LibTorch's allocator: uint8, [size_bytes]; undefined for a block that needs none.
    Tensor allocate(at::Device device) const;
    /// Asks the system to read the weights into the page cache; returns at once.
    void read_ahead() const;
    /// Queues copies of all weights to `memory` (at least size_bytes long), converted. Leaves off between two parameters once
    /// `stop` is requested; what is in the memory is then useless.
    void copy_to(const Tensor& memory, DeviceCopies& copies, CopyThreads threads, const std::stop_token& stop = {}) const;
    /// Drops the files' pages from resident memory, for weights that are not read again soon.
    void forget_pages() const;

    /// Defines the block's parameters as views into `memory`, and tables that stay in the file as views of the mapping.
    void bind(const Tensor& memory) const;
    void unbind() const;

private:
    struct Part {
        nn::Parameter* parameter;
        const files::TensorEntry* entry;
        at::ScalarType dtype;
        std::int64_t offset_bytes;
    };

    Tensor view_of(const Part& part, const Tensor& memory) const;

    const files::WeightIndex& m_index;
    std::vector<Part> m_parts;
    std::int64_t m_size_bytes = 0;
};

}  // namespace headroom::memory
