// NVML, as far as Headroom asks it: what the card's memory holds for all processes.
#include <unistd.h>

#include "card_memory.h"

using namespace stand_in;

namespace {

constexpr int kNvmlNotSupported = 3;

}  // namespace

extern "C" {

struct StandInMemoryInfo {
    unsigned long long total, free, used;
};

struct StandInProcess {
    unsigned id;
    unsigned long long used;
};

struct StandInProcessOfVersion3 {
    unsigned id;
    unsigned long long used;
    unsigned gpu_instance, compute_instance;
};

int nvmlInit_v2()
{
    return 0;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char*, void** device)
{
    static int card = 0;
    *device = &card;
    return 0;
}

int nvmlDeviceGetMemoryInfo(void*, StandInMemoryInfo* memory)
{
    const CardMemory& card = CardMemory::instance();
    *memory = {static_cast<unsigned long long>(card_facts().total_bytes), static_cast<unsigned long long>(card.free_bytes()),
               static_cast<unsigned long long>(card.used_bytes())};
    return 0;
}

/// This process alone: LibTorch says who holds what when it runs out of memory.
int nvmlDeviceGetComputeRunningProcesses(void*, unsigned* count, StandInProcess* processes)
{
    if (*count == 0) return kNvmlNotSupported;
    *count = 1;
    processes[0] = {unsigned(getpid()),
                    static_cast<unsigned long long>(CardMemory::instance().used_bytes() - CardMemory::instance().others_bytes())};
    return 0;
}

/// The same, as Headroom asks it.
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, StandInProcessOfVersion3* processes)
{
    StandInProcess process{};
    if (const int error = nvmlDeviceGetComputeRunningProcesses(device, count, &process)) return error;
    processes[0] = {process.id, process.used, 0, 0};
    return 0;
}

// Asked for by LibTorch with the others, and not called by what Headroom does.
int nvmlDeviceGetNvLinkRemoteDeviceType()
{
    return kNvmlNotSupported;
}
int nvmlDeviceGetNvLinkRemotePciInfo_v2()
{
    return kNvmlNotSupported;
}
int nvmlSystemGetCudaDriverVersion_v2()
{
    return kNvmlNotSupported;
}
int nvmlDeviceGetGpuFabricInfoV()
{
    return kNvmlNotSupported;
}

// For tests, by name (stand_in_card.h).
long long stand_in_card_peak_bytes()
{
    return CardMemory::instance().peak_bytes();
}
void stand_in_card_restart_peak()
{
    CardMemory::instance().restart_peak();
}
void stand_in_card_let_others_hold(long long size_bytes)
{
    CardMemory::instance().let_others_hold(size_bytes);
}
void stand_in_card_refuse(long long granted, long long refused)
{
    CardMemory::instance().refuse(granted, refused);
}

}  // extern "C"
