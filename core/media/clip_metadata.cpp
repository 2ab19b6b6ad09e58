#include "core/media/clip_metadata.h"

namespace headroom::media {

namespace {

bool continues_code_point(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::string_view first_code_points(std::string_view text, std::size_t count)
{
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!continues_code_point(text[i]) && seen++ == count) return text.substr(0, i);
    }
    return text;
}

}  // namespace

Result<ClipMetadata> make_clip_metadata(std::string_view prompt, std::string_view settings_json)
{
    if (settings_json.size() > kLargestCommentBytes) {
        return fail(ErrorCode::Usage,
                    "the settings to store in the clip are {} bytes, more than the {} that players bear: shorten the prompt",
                    settings_json.size(), kLargestCommentBytes);
    }
    return ClipMetadata{std::string(first_code_points(prompt, kTitleCharacters)), std::string(settings_json)};
}

}  // namespace headroom::media
