#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/device/devices.h"

namespace headroom {

/// The wall around a run: while it lives, the device's allocator refuses what would pass the budget. On a card it can stand
/// closer, at what a stage was forecast to take: the allocator there keeps what it once had as long as it may, and would hold
/// more of the card than was announced.
class BudgetWall {
public:
    /// 0 bytes: no wall. context_bytes: what the device's context may grow to. Errors: Device; DoesNotFit when the context alone
    /// is larger.
    static Result<std::unique_ptr<BudgetWall>> raise(const Devices& devices, at::Device device, std::int64_t budget_bytes,
                                                     std::int64_t context_bytes)
    {
        TRY(devices.set_limit(device, budget_bytes, context_bytes));
        return std::unique_ptr<BudgetWall>(new BudgetWall(devices, device, budget_bytes, context_bytes));
    }
    ~BudgetWall() { static_cast<void>(m_devices.set_limit(m_device, 0)); }
    BudgetWall(const BudgetWall&) = delete;
    BudgetWall& operator=(const BudgetWall&) = delete;

    /// Moves the wall closer, on a card; never past the budget. Errors: as raise().
    Result<void> come_closer(std::int64_t size_bytes)
    {
        if (m_device.is_cpu() || m_budget_bytes == 0) return {};
        m_is_close = size_bytes < m_budget_bytes;
        return m_devices.set_limit(m_device, std::min(size_bytes, m_budget_bytes), m_context_bytes);
    }
    /// Moves it back to the budget. False when it stands there already.
    Result<bool> step_back()
    {
        if (!m_is_close) return false;
        m_is_close = false;
        TRY(m_devices.set_limit(m_device, m_budget_bytes, m_context_bytes));
        return true;
    }

private:
    BudgetWall(const Devices& devices, at::Device device, std::int64_t budget_bytes, std::int64_t context_bytes)
        : m_devices(devices), m_device(device), m_budget_bytes(budget_bytes), m_context_bytes(context_bytes)
    {
    }

    const Devices& m_devices;
    at::Device m_device;
    std::int64_t m_budget_bytes;
    std::int64_t m_context_bytes;
    bool m_is_close = false;
};

}  // namespace headroom
