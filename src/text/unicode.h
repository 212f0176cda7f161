// Text of unknown encoding as valid UTF-8. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

void append_utf8(std::string& text, char32_t character);

// UTF-8 and UTF-16 by their byte order marks or by what the bytes can be; else Windows-1252, which
// holds Latin-1, if that is likely. `invalid`, code unknown_encoding, for anything else. No mark is
// left in front.
Result<std::string> to_utf8(std::string_view bytes);

// The same for text that has to become something: what isn't valid is replaced by U+FFFD.
std::string repaired_utf8(std::string_view bytes);

}  // namespace sluice
