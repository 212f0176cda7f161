// A text track (subtitles, captions) as plain values, whatever format it came in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice {

struct Cue {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::string text;      // WebVTT cue text: escaped, tags closed, no blank line
  std::string settings;  // WebVTT cue settings, "line:0"; "" for none
};

// Limits of one track: more than anybody reads, and little enough to be held in memory.
inline constexpr std::size_t kMaxCues = 50'000;
inline constexpr std::size_t kMaxCueBytes = 4'000;
inline constexpr std::size_t kMaxTextBytes = 4 * 1024 * 1024;

}  // namespace sluice
