#include "core/memory/streamed_weights.h"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

namespace headroom::memory {

namespace {

std::vector<std::int64_t> sizes_of(const std::vector<nn::ParameterBlock*>& blocks, at::ScalarType compute)
{
    std::vector<std::int64_t> sizes;
    for (const nn::ParameterBlock* block : blocks) sizes.push_back(device_bytes(*block, compute));
    return sizes;
}

std::vector<std::size_t> streamed_blocks(const WeightLayout& layout, std::size_t count)
{
    std::vector<std::size_t> streamed;
    for (std::size_t i = 0; i < count; ++i) {
        if (!layout.stays(i)) streamed.push_back(i);
    }
    return streamed;
}

}  // namespace

StreamedWeights::StreamedWeights(const files::WeightIndex& index, const std::vector<nn::ParameterBlock*>& blocks,
                                 const WeightPlan& plan, at::Device device, at::ScalarType compute,
                                 const MakeDeviceCopies& make_copies)
    : m_device(device),
      m_layout(sizes_of(blocks, compute), plan),
      m_order(streamed_blocks(m_layout, blocks.size())),
      m_copies(make_copies(m_layout.slots() + 1))  // the last lane is for blocks that stay
{
    for (nn::ParameterBlock* block : blocks) m_blocks.push_back({block, BlockImage(*block, index, compute), {}, false});
}

StreamedWeights::~StreamedWeights()
{
    if (m_io.joinable()) {
        m_io.request_stop();
        m_io.join();
    }
    for (const Block& block : m_blocks) {
        if (block.is_bound) block.image.unbind();
    }
    m_copies.reset();  // before the memory that it may still be filling
}

std::size_t StreamedWeights::index_of(const nn::ParameterBlock& parameters) const
{
    const auto block = std::ranges::find(m_blocks, &parameters, &Block::parameters);
    TORCH_CHECK(block != m_blocks.end(), "the block ", parameters.name, " was not announced to its weight source");
    return std::size_t(block - m_blocks.begin());
}

void StreamedWeights::fetch(nn::ParameterBlock& parameters)
{
    const std::size_t index = index_of(parameters);
    if (m_layout.stays(index)) {
        load_to_stay(m_blocks[index]);
    } else {
        make_slots();
        hold_in_slot(index);
    }
}

void StreamedWeights::load_to_stay(Block& block)
{
    if (block.is_bound) return;
    block.memory = block.image.allocate(m_device);
    if (block.memory.defined()) {
        const int lane = m_layout.slots();
        m_copies->release(lane);  // computing queued before may still use the memory that was handed out anew
        m_copies->begin_fill(lane);
        block.image.copy_to(block.memory, *m_copies, CopyThreads::Pool);
        m_copies->end_fill(lane);
        m_copies->wait_until_filled(lane);
        block.image.forget_pages();
    }
    block.image.bind(block.memory);
    block.is_bound = true;
}

void StreamedWeights::make_slots()
{
    if (m_io.joinable()) return;
    std::vector<Slot> slots(std::size_t(m_layout.slots()));
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i].memory = at::empty({m_layout.slot_bytes()}, at::TensorOptions().dtype(at::kByte).device(m_device));
        m_copies->release(int(i));
    }
    m_slots = std::move(slots);
    m_io = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void StreamedWeights::hold_in_slot(std::size_t index)
{
    Block& block = m_blocks[index];
    Slot* slot = nullptr;
    std::unique_lock lock(m_mutex);
    TORCH_CHECK(has_room_for(index), "the block ", block.parameters->name, " is asked for while others hold all ", m_slots.size(),
                " slots");
    m_order.use(index);
    m_changed.notify_all();
    m_changed.wait(lock, [&] {
        slot = slot_of(index);
        return slot && slot->state != SlotState::Filling;
    });
    if (slot->state == SlotState::Failed) {
        slot->state = SlotState::Empty;
        std::rethrow_exception(std::exchange(slot->failure, nullptr));
    }
    if (!block.is_bound) {
        m_copies->wait_until_filled(int(slot - m_slots.data()));
        block.image.bind(slot->memory);
        block.is_bound = true;
    }
    ++slot->holders;
}

void StreamedWeights::release(nn::ParameterBlock& parameters)
{
    const std::size_t index = index_of(parameters);
    if (m_layout.stays(index)) return;
    const std::lock_guard lock(m_mutex);
    Slot& slot = *slot_of(index);
    if (--slot.holders > 0) return;
    m_blocks[index].image.unbind();
    m_blocks[index].is_bound = false;
    m_copies->release(int(&slot - m_slots.data()));
    m_changed.notify_all();
}

StreamedWeights::Slot* StreamedWeights::slot_of(std::size_t block)
{
    const auto slot =
        std::ranges::find_if(m_slots, [&](const Slot& s) { return s.state != SlotState::Empty && s.block == block; });
    return slot == m_slots.end() ? nullptr : &*slot;
}

bool StreamedWeights::has_room_for(std::size_t block)
{
    return slot_of(block) || std::ranges::any_of(m_slots, [](const Slot& slot) { return slot.holders == 0; });
}

/// The first block, of the one in use and those expected next, that is in no slot yet, and a slot that none of them needs. The
/// one in use takes the slot of the one expected last if there is no other.
std::optional<StreamedWeights::Job> StreamedWeights::next_job()
{
    const auto wanted = m_order.ahead(m_slots.size());
    const auto place_of = [&](const Slot& slot) {  // in the list; past its end for a slot that nothing of the list needs
        return slot.state == SlotState::Empty ? wanted.end() : std::ranges::find(wanted, slot.block);
    };
    for (auto block = wanted.begin(); block != wanted.end(); ++block) {
        if (slot_of(*block)) continue;
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            if (m_slots[i].holders > 0 || m_slots[i].state == SlotState::Filling) continue;
            if (!best || place_of(m_slots[i]) > place_of(m_slots[*best])) best = i;
        }
        const bool may_take = best && (block == wanted.begin() || place_of(m_slots[*best]) == wanted.end());
        if (may_take) return Job{*best, *block};
        return std::nullopt;
    }
    return std::nullopt;
}

void StreamedWeights::work(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    std::optional<Job> job;
    while (m_changed.wait(lock, stop, [&] { return (job = next_job()).has_value(); })) {
        if (stop.stop_requested()) return;
        Slot& slot = m_slots[job->slot];
        slot.state = SlotState::Filling;
        slot.block = job->block;
        lock.unlock();
        std::exception_ptr failure;
        try {
            fill(*job, stop);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        slot.state = failure ? SlotState::Failed : SlotState::Filled;
        slot.failure = std::move(failure);
        m_changed.notify_all();
    }
}

void StreamedWeights::fill(const Job& job, const std::stop_token& stop)
{
    const BlockImage& image = m_blocks[job.block].image;
    image.read_ahead();
    m_copies->begin_fill(int(job.slot));
    image.copy_to(m_slots[job.slot].memory, *m_copies, CopyThreads::Caller, stop);
    m_copies->end_fill(int(job.slot));
    // The disk goes on while the ring is full.
    const auto following = [&] {
        const std::lock_guard lock(m_mutex);
        return m_order.ahead(m_slots.size() + 1).back();
    }();
    m_blocks[following].image.read_ahead();
}

}  // namespace headroom::memory
