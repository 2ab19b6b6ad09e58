#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "core/files/weight_index.h"
#include "core/memory/block_image.h"
#include "core/memory/use_order.h"
#include "core/memory/weight_layout.h"
#include "core/memory/weight_source.h"

namespace headroom::memory {

/// Some blocks stay on the device once loaded, the others pass through a ring of slots (WeightLayout says which). An io thread
/// fills the slots ahead of use, in the order in which blocks are used; with one slot each block is fetched when it is asked for.
/// What staying blocks and slots take is allocated by the engine thread when first needed and given back with the source.
///
/// A model may hold as many streamed blocks at a time as there are slots; holding one suffices for every model of the program.
/// What goes wrong on the io thread is thrown where the block is acquired, and acquiring it again tries again. The source may be
/// destroyed at any time; it waits for the parameter that is being copied.
class StreamedWeights final : public WeightSource {
public:
    /// blocks: all that will be acquired, in the order of use. They and `index` must outlive the source.
    StreamedWeights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks, const WeightPlan& plan,
                    at::Device device, at::ScalarType compute, const MakeDeviceCopies& make_copies);
    ~StreamedWeights() override;
    StreamedWeights(const StreamedWeights&) = delete;
    StreamedWeights& operator=(const StreamedWeights&) = delete;

    /// Where everything lies.
    const WeightLayout& layout() const { return m_layout; }

protected:
    void fetch(nn::ParameterBlock& block) override;
    void release(nn::ParameterBlock& block) override;

private:
    struct Block {
        nn::ParameterBlock* parameters;
        BlockImage image;
        Tensor memory;  ///< Of a block that stays.
        bool is_bound = false;
    };
    enum class SlotState { Empty, Filling, Filled, Failed };
    struct Slot {
        Tensor memory;
        SlotState state = SlotState::Empty;
        std::size_t block = 0;  ///< Unless Empty.
        int holders = 0;
        std::exception_ptr failure;
    };
    struct Job {
        std::size_t slot;
        std::size_t block;
    };

    std::size_t index_of(const nn::ParameterBlock& block) const;
    void load_to_stay(Block& block);
    void make_slots();
    void hold_in_slot(std::size_t block);
    Slot* slot_of(std::size_t block);
    bool has_room_for(std::size_t block);
    std::optional<Job> next_job();
    void work(const std::stop_token& stop);
    void fill(const Job& job, const std::stop_token& stop);

    at::Device m_device;
    std::vector<Block> m_blocks;
    WeightLayout m_layout;
    std::vector<Slot> m_slots;  ///< Their memory is the engine thread's while they are held, the io thread's while Filling.
    UseOrder m_order;
    std::unique_ptr<DeviceCopies> m_copies;
    std::mutex m_mutex;  ///< Guards the slots' other members and the order.
    std::condition_variable_any m_changed;
    std::jthread m_io;  ///< Runs from the first streamed block on. The last member: joined before what it uses is gone.
};

}  // namespace headroom::memory
