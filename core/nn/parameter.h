#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor/tensor.h"

namespace headroom::nn {

/// Which dtype a parameter has while it is acquired.
enum class Precision {
    Compute,  ///< The dtype of the run (fp32, bf16 or fp16).
    Float32,  ///< Always float32: the parts that the reference keeps so (`_keep_in_fp32_modules`).
};

/// Where a parameter is while it is acquired.
enum class Place {
    Device,
    InFile,  ///< Left where it lies, in its stored dtype on the CPU: a table of which few rows are needed. Read it by gather_rows
             ///< alone.
};

/// One weight of a checkpoint: its full key, the shape the config demands, and the tensor, which is undefined until a
/// WeightSource has acquired the block that the parameter belongs to.
struct Parameter {
    std::string name;
    /// Another key under which some checkpoints store the same tensor (a tied weight); empty where there is none.
    std::string alias;
    std::vector<std::int64_t> shape;
    Precision precision = Precision::Compute;
    Place place = Place::Device;
    Tensor value;
};

/// The unit of residency: parameters that are acquired and released together (a transformer block, the layers around them,
/// a whole decoder). Holds pointers into the layers that declared them, so layers must not move once declared.
struct ParameterBlock {
    std::string name;
    std::vector<Parameter*> parameters;
};

/// Where layers declare their parameters while a model is being built: a checkpoint key prefix, the block that collects them, and
/// the precision that the layers below it have.
class Declare {
public:
    explicit Declare(ParameterBlock& block, std::string prefix = {}, Precision precision = Precision::Compute,
                     Place place = Place::Device);

    /// The same block one level down: `Declare("blocks.0.").at("attn1")` declares keys below "blocks.0.attn1.".
    Declare at(const std::string& name) const;
    /// The same place with parameters always in float32.
    Declare in_float32() const;
    /// The same place with parameters left in the file.
    Declare in_file() const;
    /// Names the parameter `prefix + key`, gives it its shape, and adds it to the block.
    void operator()(Parameter& parameter, const std::string& key, std::vector<std::int64_t> shape) const;

private:
    ParameterBlock* m_block;
    std::string m_prefix;
    Precision m_precision;
    Place m_place;
};

}  // namespace headroom::nn
