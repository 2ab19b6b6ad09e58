// The functions of the CUDA runtime that LibTorch and Headroom call: memory, copies, streams and events are real, kernels are not
// run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <cuda_runtime_api.h>

#include "card_memory.h"
#include "streams.h"

using namespace stand_in;

extern "C" void* stand_in_driver_function(const char* name);

namespace {

constexpr int kDriverVersion = 13000;
thread_local cudaError_t t_last_error = cudaSuccess;

cudaError_t result(cudaError_t error)
{
    if (error != cudaSuccess) t_last_error = error;
    return error;
}

Stream& stream_of(cudaStream_t stream)
{
    return Streams::instance().of(stream);
}

Event& event_of(cudaEvent_t event)
{
    return *reinterpret_cast<Event*>(event);
}

/// In the stream's order. Where the host's side isn't pinned the driver reads it before it returns, and has written it when it
/// returns.
cudaError_t copy(void* to, const void* from, std::size_t size_bytes, Stream& stream)
{
    CardMemory& memory = CardMemory::instance();
    const auto is_later = [&](const void* side) { return memory.holds(side) || memory.is_pinned(side); };
    if (!is_later(from)) {
        std::vector<std::byte> kept(static_cast<const std::byte*>(from), static_cast<const std::byte*>(from) + size_bytes);
        stream.add([to, kept = std::move(kept)] { std::memcpy(to, kept.data(), kept.size()); });
    } else {
        stream.add([to, from, size_bytes] { std::memmove(to, from, size_bytes); });
    }
    if (!is_later(to)) stream.synchronize();
    return cudaSuccess;
}

}  // namespace

extern "C" {

// --- devices

cudaError_t cudaGetDeviceCount(int* count)
{
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device)
{
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    if (device != 0) return result(cudaErrorInvalidDevice);
    CardMemory::instance().make_context();
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version)
{
    *version = kDriverVersion;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version)
{
    *version = kDriverVersion;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device)
{
    if (device != 0) return result(cudaErrorInvalidDevice);
    *properties = {};
    std::strcpy(properties->name, "Stand-in card");
    properties->totalGlobalMem = std::size_t(card_facts().total_bytes);
    properties->major = card_facts().capability / 10;
    properties->minor = card_facts().capability % 10;
    properties->sharedMemPerBlock = 48 << 10;
    properties->sharedMemPerBlockOptin = 99 << 10;
    properties->sharedMemPerMultiprocessor = 100 << 10;
    properties->regsPerBlock = properties->regsPerMultiprocessor = 65536;
    properties->warpSize = 32;
    properties->maxThreadsPerBlock = 1024;
    properties->maxThreadsPerMultiProcessor = 1536;
    properties->maxBlocksPerMultiProcessor = 24;
    for (int& size : properties->maxThreadsDim) size = 1024;
    properties->maxGridSize[0] = 2147483647;
    properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
    properties->multiProcessorCount = 46;
    properties->textureAlignment = 512;
    properties->l2CacheSize = 36 << 20;
    properties->concurrentKernels = properties->unifiedAddressing = 1;
    properties->asyncEngineCount = 1;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device)
{
    cudaDeviceProp properties;
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, device); error != cudaSuccess) return error;
    switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor: *value = properties.major; break;
    case cudaDevAttrComputeCapabilityMinor: *value = properties.minor; break;
    case cudaDevAttrMultiProcessorCount: *value = properties.multiProcessorCount; break;
    case cudaDevAttrMaxSharedMemoryPerBlock: *value = int(properties.sharedMemPerBlock); break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = int(properties.sharedMemPerBlockOptin); break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor: *value = int(properties.sharedMemPerMultiprocessor); break;
    case cudaDevAttrMaxThreadsPerBlock: *value = properties.maxThreadsPerBlock; break;
    case cudaDevAttrMaxThreadsPerMultiProcessor: *value = properties.maxThreadsPerMultiProcessor; break;
    case cudaDevAttrMaxGridDimX: *value = properties.maxGridSize[0]; break;
    case cudaDevAttrMaxGridDimY: *value = properties.maxGridSize[1]; break;
    case cudaDevAttrMaxGridDimZ: *value = properties.maxGridSize[2]; break;
    case cudaDevAttrWarpSize: *value = properties.warpSize; break;
    default: *value = 0;
    }
    return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char* text, int size, int device)
{
    if (device != 0) return result(cudaErrorInvalidDevice);
    std::snprintf(text, std::size_t(size), "0000:01:00.0");
    return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest)
{
    *least = 0;
    *greatest = -5;
    return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int, int)
{
    *can = 0;
    return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize()
{
    Streams::instance().synchronize_all();
    return cudaSuccess;
}

/// Functions of the driver by name.
cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** function, unsigned, unsigned long long,
                                             cudaDriverEntryPointQueryResult* found)
{
    *function = stand_in_driver_function(name);
    if (found) *found = cudaDriverEntryPointSuccess;
    return cudaSuccess;
}

// --- errors

cudaError_t cudaGetLastError()
{
    return std::exchange(t_last_error, cudaSuccess);
}

cudaError_t cudaPeekAtLastError()
{
    return t_last_error;
}

const char* cudaGetErrorString(cudaError_t error)
{
    return error == cudaSuccess                 ? "no error"
           : error == cudaErrorMemoryAllocation ? "out of memory"
                                                : "an error of the stand-in card";
}

const char* cudaGetErrorName(cudaError_t error)
{
    return error == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation" : "cudaErrorOfTheStandIn";
}

// --- memory

cudaError_t cudaMalloc(void** address, std::size_t size_bytes)
{
    *address = CardMemory::instance().allocate(std::int64_t(size_bytes));
    return *address ? cudaSuccess : result(cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* address)
{
    if (!address) {
        CardMemory::instance().make_context();
        return cudaSuccess;
    }
    Streams::instance().synchronize_all();
    return CardMemory::instance().release(address) ? cudaSuccess : result(cudaErrorInvalidValue);
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes)
{
    CardMemory::instance().make_context();
    *free_bytes = std::size_t(std::max<std::int64_t>(0, CardMemory::instance().free_bytes()));
    *total_bytes = std::size_t(card_facts().total_bytes);
    return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** address, std::size_t size_bytes, unsigned)
{
    *address = std::aligned_alloc(4096, (std::max<std::size_t>(size_bytes, 1) + 4095) / 4096 * 4096);
    if (!*address) return result(cudaErrorMemoryAllocation);
    CardMemory::instance().note_pinned(*address, std::int64_t(size_bytes));
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void* address)
{
    if (!address) return cudaSuccess;
    Streams::instance().synchronize_all();
    if (CardMemory::instance().forget_pinned(address) == 0) return result(cudaErrorInvalidValue);
    std::free(address);
    return cudaSuccess;
}

cudaError_t cudaHostRegister(void* address, std::size_t size_bytes, unsigned)
{
    CardMemory::instance().note_pinned(address, std::int64_t(size_bytes));
    return cudaSuccess;
}

cudaError_t cudaHostUnregister(void* address)
{
    Streams::instance().synchronize_all();
    return CardMemory::instance().forget_pinned(address) ? cudaSuccess : result(cudaErrorInvalidValue);
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* address)
{
    *attributes = {};
    const CardMemory& memory = CardMemory::instance();
    attributes->type = memory.holds(address)       ? cudaMemoryTypeDevice
                       : memory.is_pinned(address) ? cudaMemoryTypeHost
                                                   : cudaMemoryTypeUnregistered;
    attributes->devicePointer = attributes->hostPointer = const_cast<void*>(address);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t size_bytes, cudaMemcpyKind, cudaStream_t stream)
{
    return copy(to, from, size_bytes, stream_of(stream));
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t size_bytes, cudaMemcpyKind)
{
    Stream& stream = stream_of(nullptr);
    const cudaError_t error = copy(to, from, size_bytes, stream);
    stream.synchronize();
    return error;
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t size_bytes, cudaStream_t stream)
{
    stream_of(stream).add([=] { std::memset(to, value, size_bytes); });
    return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int value, std::size_t size_bytes)
{
    cudaMemsetAsync(to, value, size_bytes, nullptr);
    stream_of(nullptr).synchronize();
    return cudaSuccess;
}

// --- streams and events

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned, int)
{
    *stream = reinterpret_cast<cudaStream_t>(Streams::instance().make());
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    stream_of(stream).synchronize();
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    stream_of(stream).synchronize();
    return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    return stream_of(stream).is_idle() ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t, cudaStreamCaptureStatus* status)
{
    *status = cudaStreamCaptureStatusNone;
    return cudaSuccess;
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t, cudaStreamCaptureStatus* status, unsigned long long* id, cudaGraph_t*,
                                     const cudaGraphNode_t**, const cudaGraphEdgeData**, std::size_t*)
{
    *status = cudaStreamCaptureStatusNone;
    if (id) *id = 0;
    return cudaSuccess;
}

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode)
{
    *mode = cudaStreamCaptureModeGlobal;
    return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    if (const auto moment = event_of(event).last()) stream_of(stream).add([moment] { moment->wait(); });
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned)
{
    *event = reinterpret_cast<cudaEvent_t>(new Event);
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event)
{
    return cudaEventCreateWithFlags(event, 0);
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete &event_of(event);
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    const auto moment = std::make_shared<Moment>();
    {
        const std::lock_guard lock(event_of(event).mutex);
        event_of(event).moment = moment;
    }
    stream_of(stream).add([moment] { moment->reach(); });
    return cudaSuccess;
}

cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned)
{
    return cudaEventRecord(event, stream);
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    const auto moment = event_of(event).last();
    return !moment || moment->is_reached() ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    if (const auto moment = event_of(event).last()) moment->wait();
    return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end)
{
    const auto first = event_of(start).last(), last = event_of(end).last();
    if (!first || !last) return result(cudaErrorInvalidResourceHandle);
    *milliseconds = std::chrono::duration<float, std::milli>(last->time() - first->time()).count();
    return cudaSuccess;
}

// --- kernels: registered, never run

void** __cudaRegisterFatBinary(void*)
{
    static void* handle = nullptr;
    return &handle;
}

void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
void __cudaRegisterVar(void**, char*, char*, const char*, int, std::size_t, int, int) {}
void __cudaRegisterFunction(void**, const char*, char*, const char*, int, void*, void*, void*, void*, int*) {}

/// Other than 0: the caller skips its kernel.
unsigned __cudaPushCallConfiguration(dim3, dim3, std::size_t, void*)
{
    return 1;
}

cudaError_t __cudaPopCallConfiguration(dim3*, dim3*, std::size_t*, void*)
{
    return cudaErrorMissingConfiguration;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function)
{
    *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(function));
    return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t, dim3, dim3, void**, std::size_t, cudaStream_t)
{
    return cudaSuccess;
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t*, const void*, void**)
{
    return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*)
{
    *attributes = {};
    attributes->maxThreadsPerBlock = 1024;
    attributes->maxDynamicSharedSizeBytes = 48 << 10;
    attributes->numRegs = 32;
    attributes->ptxVersion = attributes->binaryVersion = card_facts().capability;
    return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int)
{
    return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void*, int, std::size_t, unsigned)
{
    *blocks = 1;
    return cudaSuccess;
}

}  // extern "C"
