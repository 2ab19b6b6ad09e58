// The functions of the driver itself that LibTorch looks up by name: the context, and memory that is mapped to addresses bit by
// bit.
#include <cstring>

#include <cuda.h>
#include <dlfcn.h>
#include <sys/mman.h>

#include "card_memory.h"

using namespace stand_in;

namespace {

constexpr std::size_t kGranularity = 2 << 20;

/// Memory that cuMemCreate took.
struct Piece {
    std::int64_t size_bytes;
};

void* address_of(CUdeviceptr pointer)
{
    return reinterpret_cast<void*>(pointer);
}

}  // namespace

extern "C" {

CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned* flags, int* is_active)
{
    *flags = 0;
    *is_active = CardMemory::instance().has_context();
    return CUDA_SUCCESS;
}

/// One context, current in every thread.
CUresult cuCtxGetCurrent(CUcontext* context)
{
    static int one_context = 0;
    *context = reinterpret_cast<CUcontext>(&one_context);
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice* device, int ordinal)
{
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice)
{
    *value = attribute == CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED;
    return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult, const char** text)
{
    *text = "an error of the stand-in card";
    return CUDA_SUCCESS;
}

CUresult cuMemGetAllocationGranularity(std::size_t* granularity, const CUmemAllocationProp*, CUmemAllocationGranularity_flags)
{
    *granularity = kGranularity;
    return CUDA_SUCCESS;
}

CUresult cuMemCreate(CUmemGenericAllocationHandle* handle, std::size_t size_bytes, const CUmemAllocationProp*, unsigned long long)
{
    if (size_bytes % kGranularity != 0) return CUDA_ERROR_INVALID_VALUE;
    if (!CardMemory::instance().take(std::int64_t(size_bytes))) return CUDA_ERROR_OUT_OF_MEMORY;
    *handle = reinterpret_cast<CUmemGenericAllocationHandle>(new Piece{std::int64_t(size_bytes)});
    return CUDA_SUCCESS;
}

CUresult cuMemRelease(CUmemGenericAllocationHandle handle)
{
    auto* piece = reinterpret_cast<Piece*>(handle);
    CardMemory::instance().give_back(piece->size_bytes);
    delete piece;
    return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr* pointer, std::size_t size_bytes, std::size_t, CUdeviceptr, unsigned long long)
{
    void* address = CardMemory::instance().reserve_addresses(std::int64_t(size_bytes));
    *pointer = reinterpret_cast<CUdeviceptr>(address);
    return address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemAddressFree(CUdeviceptr pointer, std::size_t size_bytes)
{
    CardMemory::instance().release_addresses(address_of(pointer), std::int64_t(size_bytes));
    return CUDA_SUCCESS;
}

CUresult cuMemMap(CUdeviceptr, std::size_t, std::size_t, CUmemGenericAllocationHandle, unsigned long long)
{
    return CUDA_SUCCESS;
}

CUresult cuMemSetAccess(CUdeviceptr pointer, std::size_t size_bytes, const CUmemAccessDesc*, std::size_t)
{
    return mprotect(address_of(pointer), size_bytes, PROT_READ | PROT_WRITE) == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuMemUnmap(CUdeviceptr pointer, std::size_t size_bytes)
{
    madvise(address_of(pointer), size_bytes, MADV_DONTNEED);
    return mprotect(address_of(pointer), size_bytes, PROT_NONE) == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/// Called in place of a function that the stand-in doesn't have: what asks for its address seldom calls it.
static CUresult cuNothing()
{
    return CUDA_ERROR_NOT_SUPPORTED;
}

void* stand_in_driver_function(const char* name)
{
    Dl_info self{};
    dladdr(reinterpret_cast<void*>(&cuNothing), &self);
    void* library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    void* function = library ? dlsym(library, name) : nullptr;
    return function ? function : reinterpret_cast<void*>(&cuNothing);
}

}  // extern "C"
