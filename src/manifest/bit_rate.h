// Bit rates of a track, measured from what is stored of it.
#pragma once

#include <cstdint>
#include <span>

#include "video/task.h"

namespace sluice {

struct BitRate {
  std::int64_t peak_bps = 0;
  std::int64_t average_bps = 0;
};

// RFC 8216 section 4.1: the peak is the largest rate of any run of segments that lasts between half
// and one and a half target durations, so a last segment of a few frames doesn't count alone.
// Zero without segments.
BitRate measure_bit_rate(std::span<const StoredSegment> segments, std::int64_t timescale,
                         int target_seconds);

}  // namespace sluice
