#pragma once

#include <memory>
#include <vector>

#include "core/files/weight_index.h"
#include "core/nn/parameter.h"

namespace headroom::memory {

class WeightSource;

/// Holds a block's weights while it lives: every parameter of the block is defined, of its declared shape, on the run's device.
/// Movable; the destructor gives the block back to its source.
class ScopedWeights {
public:
    ScopedWeights() = default;
    ScopedWeights(WeightSource& source, nn::ParameterBlock& block) : m_source(&source), m_block(&block) {}
    ScopedWeights(ScopedWeights&& other) noexcept;
    ScopedWeights& operator=(ScopedWeights&& other) noexcept;
    ~ScopedWeights();

private:
    WeightSource* m_source = nullptr;
    nn::ParameterBlock* m_block = nullptr;
};

/// Who holds the weights, where, and what is fetched ahead: the only thing a model knows of memory. A model says which block it
/// is about to use; resident, streamed or read from disk is the source's business and never changes a bit of the result.
/// One engine thread uses a source.
class WeightSource {
public:
    virtual ~WeightSource() = default;

    /// Defines every parameter of the block for as long as the result lives. Throws c10::OutOfMemoryError or c10::Error as
    /// LibTorch does; the engine turns these into errors at one place. The block was checked against the files before the run, so
    /// a missing tensor can't happen here.
    [[nodiscard]] ScopedWeights acquire(nn::ParameterBlock& block);

    /// Whether the walk over this block may be left out, because a dry run has already counted one like it. Ask after acquiring;
    /// false in every real run.
    virtual bool counts_as_walked(const nn::ParameterBlock&) { return false; }

protected:
    virtual void fetch(nn::ParameterBlock& block) = 0;
    virtual void release(nn::ParameterBlock& block) = 0;
    friend class ScopedWeights;
};

/// Opens the weight source of a component: the seam between a model, which computes, and the plan, which says where weights lie.
class WeightSources {
public:
    virtual ~WeightSources() = default;

    /// index: the component's files, nullptr for a model that is known by its configs only (a dry run reads nothing). blocks: all
    /// of the component's blocks in the order of use. Both must outlive the result.
    virtual std::unique_ptr<WeightSource> open(const files::WeightIndex* index, std::vector<nn::ParameterBlock*> blocks) = 0;
};

}  // namespace headroom::memory
