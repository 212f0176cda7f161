// Bit rates of a track, measured from what is stored of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "manifest/published.h"
#include "plan/plan.h"
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

// What a manifest says of a published track. While a video grows nobody knows its peak yet; the
// section on BANDWIDTH then asks for what the same settings are known to reach, which is `cap_bps`.
BitRate advertised_rate(const Plan& plan, const PublishedTracks& tracks, const std::string& track,
                        std::int64_t cap_bps, Growth growth);

}  // namespace sluice
