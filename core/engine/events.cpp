#include "core/engine/events.h"

namespace headroom {

const char* stage_name(Stage stage)
{
    switch (stage) {
    case Stage::EncodeText: return "text_encoder";
    case Stage::Denoise: return "denoise";
    case Stage::Decode: return "decode";
    case Stage::Encode: return "encode";
    }
    return "unknown";
}

}  // namespace headroom
