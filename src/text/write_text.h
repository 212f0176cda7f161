// Cues as the WebVTT files that players read. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "text/cue.h"

namespace sluice {

struct TextFiles {
  std::vector<std::string> segments;  // as RFC 8216 section 3.5 wants them
  std::string whole;                  // the same cues in one file
};

// Segment i covers the time from border i to border i + 1; a cue is in every segment in which it is
// shown, with its full times. Cues outside all of them are left out. `invalid`, code no_cues, when
// none is left; `too_large`, code text_too_large, over the limits, which count cues that are shown
// for long as often as they are repeated.
Result<TextFiles> write_text_files(std::vector<Cue> cues, std::span<const std::int64_t> borders_ms);

}  // namespace sluice
