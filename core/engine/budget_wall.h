#pragma once

#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/device/devices.h"

namespace headroom {

/// The wall around a run: while it lives, the device's allocator refuses what would pass the budget.
class BudgetWall {
public:
    /// 0 bytes: no wall. Errors: Device; DoesNotFit when the device's context alone is larger.
    static Result<std::unique_ptr<BudgetWall>> raise(const Devices& devices, at::Device device, std::int64_t budget_bytes)
    {
        TRY(devices.set_limit(device, budget_bytes));
        return std::unique_ptr<BudgetWall>(new BudgetWall(devices, device));
    }
    ~BudgetWall() { static_cast<void>(m_devices.set_limit(m_device, 0)); }
    BudgetWall(const BudgetWall&) = delete;
    BudgetWall& operator=(const BudgetWall&) = delete;

private:
    BudgetWall(const Devices& devices, at::Device device) : m_devices(devices), m_device(device) {}

    const Devices& m_devices;
    at::Device m_device;
};

}  // namespace headroom
