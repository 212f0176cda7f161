// Titles: what people may call a video.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

// The title without spaces around it: 1 to 200 characters of UTF-8, no control characters; else
// `invalid`, code invalid_title.
Result<std::string> check_title(std::string_view text);

// What to call a video whose uploader gave no title: its file's name without folders and
// extension, as far as that makes a title.
std::string title_from_filename(std::string_view filename);

}  // namespace sluice
