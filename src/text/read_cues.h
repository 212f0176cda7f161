// Files of subtitles as their cues. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/cue.h"

namespace sluice {

// A WebVTT or SubRip file, in any encoding that to_utf8 knows. Cues that can't be read are left
// out. `invalid`: unknown_encoding, no_cues when there is nothing to show; `too_large`, code
// text_too_large, over the limits.
Result<std::vector<Cue>> read_cues(std::string_view file);

// "00:01:02.345", "01:02.345", "0:01:02,345"; at the start of `text`, which is moved behind it.
std::optional<std::int64_t> read_cue_time(std::string_view& text);

}  // namespace sluice
