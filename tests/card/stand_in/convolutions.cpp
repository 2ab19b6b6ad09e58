// cuDNN's graph interface: descriptors keep what is set, each convolution has one engine, whose workspace is the card's, and none
// is computed.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "card_memory.h"

using namespace stand_in;

namespace {

// As cudnn_graph.h of cuDNN 9 numbers them.
enum AttributeName { HeuristicResults = 202, PlanWorkspaceSize = 402, EngineConfigurationEngine = 300 };
enum AttributeType { Int64 = 3, Descriptor = 15 };

std::size_t size_of(int type)
{
    switch (type) {
    case 0:
    case 3:
    case 5:
    case 6:
    case 15: return 8;  // handle, int64, double, pointer, descriptor
    case 2:
    case 24: return 1;   // boolean, char
    case 26: return 16;  // fraction
    default: return 4;
    }
}

struct Attribute {
    std::int64_t count = 0;
    std::vector<std::byte> bytes;
};

struct BackendDescriptor {
    int type = 0;
    std::map<int, Attribute> attributes;
};

BackendDescriptor& of(void* descriptor)
{
    return *static_cast<BackendDescriptor*>(descriptor);
}

}  // namespace

extern "C" {

std::size_t cudnnGetVersion()
{
    return 91900;
}
std::size_t cudnnGetCudartVersion()
{
    return 13000;
}
const char* cudnnGetErrorString(int)
{
    return "an error of the stand-in card";
}
void cudnnGetLastErrorString(char* text, std::size_t)
{
    *text = 0;
}

int cudnnCreate(void** handle)
{
    static int one_handle = 0;
    *handle = &one_handle;
    CardMemory::instance().load_libraries();
    return 0;
}

int cudnnSetStream(void*, void*)
{
    return 0;
}

int cudnnGetStream(void*, void** stream)
{
    *stream = nullptr;
    return 0;
}

int cudnnBackendCreateDescriptor(int type, void** descriptor)
{
    *descriptor = new BackendDescriptor{type, {}};
    return 0;
}

int cudnnBackendDestroyDescriptor(void* descriptor)
{
    delete static_cast<BackendDescriptor*>(descriptor);
    return 0;
}

int cudnnBackendFinalize(void*)
{
    return 0;
}
int cudnnBackendExecute(void*, void*, void*)
{
    return 0;
}

int cudnnBackendSetAttribute(void* descriptor, int name, int type, std::int64_t count, const void* elements)
{
    Attribute& attribute = of(descriptor).attributes[name];
    attribute.count = count;
    const auto* bytes = static_cast<const std::byte*>(elements);
    attribute.bytes.assign(bytes, bytes + std::size_t(count) * size_of(type));
    return 0;
}

int cudnnBackendGetAttribute(void* descriptor, int name, int type, std::int64_t requested, std::int64_t* count, void* elements)
{
    std::int64_t ignored = 0;
    std::int64_t& given = count ? *count : ignored;
    given = 0;
    if (name == HeuristicResults) {
        given = 1;
        return 0;
    }
    if (name == PlanWorkspaceSize && type == Int64 && elements) {
        given = 1;
        const std::int64_t size_bytes = card_facts().workspace_bytes;
        std::memcpy(elements, &size_bytes, sizeof size_bytes);
        return 0;
    }
    if (name == EngineConfigurationEngine && type == Descriptor) {
        given = 1;
        return 0;
    }
    const auto found = of(descriptor).attributes.find(name);
    if (found == of(descriptor).attributes.end()) return 0;
    given = found->second.count;
    if (elements)
        std::memcpy(elements, found->second.bytes.data(),
                    std::min(found->second.bytes.size(), std::size_t(requested) * size_of(type)));
    return 0;
}

}  // extern "C"
