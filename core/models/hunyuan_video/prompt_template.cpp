#include "core/models/hunyuan_video/prompt_template.h"

namespace headroom::models::hunyuan_video {

std::string in_template(std::string_view prompt)
{
    std::string text =
        "<|start_header_id|>system<|end_header_id|>\n\nDescribe the video by detailing the following aspects: "
        "1. The main content and theme of the video."
        "2. The color, shape, size, texture, quantity, text, and spatial relationships of the objects."
        "3. Actions, events, behaviors temporal relationships, physical movement changes of the objects."
        "4. background environment, light, style and atmosphere."
        "5. camera angles, movements, and transitions used in the video:<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\n";
    text += prompt;
    return text += "<|eot_id|>";
}

}  // namespace headroom::models::hunyuan_video
