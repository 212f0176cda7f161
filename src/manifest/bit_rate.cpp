#include "manifest/bit_rate.h"

#include <algorithm>

#include "base/rational.h"
#include "plan/timeline.h"

namespace sluice {
namespace {

std::int64_t bits_per_second(std::int64_t bytes, std::int64_t ticks, std::int64_t timescale) {
  if (ticks <= 0) return 0;
  return scale(bytes, Rational{8 * timescale, ticks}, Round::up);
}

}  // namespace

BitRate measure_bit_rate(std::span<const StoredSegment> segments, std::int64_t timescale,
                         int target_seconds) {
  const std::int64_t shortest = target_seconds * timescale / 2;
  const std::int64_t longest = target_seconds * timescale * 3 / 2;
  BitRate rate;
  std::int64_t all_bytes = 0;
  std::int64_t all_ticks = 0;
  for (std::size_t first = 0; first < segments.size(); ++first) {
    all_bytes += segments[first].size_bytes;
    all_ticks += segments[first].duration_ticks;
    std::int64_t bytes = 0;
    std::int64_t ticks = 0;
    for (std::size_t i = first; i < segments.size(); ++i) {
      bytes += segments[i].size_bytes;
      ticks += segments[i].duration_ticks;
      if (ticks > longest) break;
      if (ticks >= shortest) {
        rate.peak_bps = std::max(rate.peak_bps, bits_per_second(bytes, ticks, timescale));
      }
    }
  }
  rate.average_bps = bits_per_second(all_bytes, all_ticks, timescale);
  rate.peak_bps = std::max(rate.peak_bps, rate.average_bps);
  return rate;
}

BitRate advertised_rate(const Plan& plan, const PublishedTracks& tracks, const std::string& track,
                        std::int64_t cap_bps, Growth growth) {
  BitRate rate = measure_bit_rate(tracks.find(track)->second, *track_timescale(plan, track),
                                  target_duration_seconds(plan.timeline));
  if (growth == Growth::growing) rate.peak_bps = std::max(rate.peak_bps, cap_bps);
  return rate;
}

}  // namespace sluice
