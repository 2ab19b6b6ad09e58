#pragma once

#include <string>
#include <string_view>

namespace headroom::text {

/// Replaces HTML character references as Python's html.unescape: names with or without ";" (the longest that HTML 5 knows),
/// decimal and hexadecimal numbers, with Windows-1252 meant where a number is a C1 control, and what is no character dropped or
/// U+FFFD. One pass.
std::u32string unescape_html(std::u32string_view text);

/// The careful form of ftfy.fixes.unescape_html: only references that end in ";", and names in capitals where that is
/// unambiguous.
std::u32string unescape_unambiguous_html(std::u32string_view text);

}  // namespace headroom::text
