// How loud a track is, by EBU R 128 (ITU-R BS.1770-4). Measured in parts, which may be put together
// in any order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice {

// Blocks of 400 ms by their loudness, in tenths of a LUFS, and the highest peak. Blocks under the
// absolute gate of -70 LUFS don't count. What parts have measured is added up before the relative
// gate is applied, so a track in parts has the loudness of a track in one piece.
struct LoudnessPart {
  std::string track;    // "audio-0"
  int first_chunk = 0;  // of the part
  std::map<int, std::int64_t> blocks;
  double true_peak = 0;  // 1 is full scale

  friend bool operator==(const LoudnessPart&, const LoudnessPart&) = default;
};

struct Loudness {
  double integrated_lufs = 0;
  double true_peak_dbtp = 0;
};

inline constexpr double kAbsoluteGateLufs = -70;

// Nothing of silence.
std::optional<Loudness> integrate(const std::vector<LoudnessPart>& parts);

// `source`, what the API shows of a source (JSON), with "loudness_lufs" and "true_peak_dbtp" at its
// audio track of that name ("audio-3" is the fourth); null where nothing is known. Unchanged where
// there is no such track.
std::string with_loudness(const std::string& source, std::string_view track,
                          const std::optional<Loudness>& loudness);

std::string to_json(const LoudnessPart& part);
Result<LoudnessPart> loudness_part_from_json(std::string_view json);  // `internal`, bad_loudness

}  // namespace sluice
