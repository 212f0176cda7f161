#include "plan/timeline.h"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

// Short enough that a crash costs half a minute of video, long enough that starting encoders and
// decoding up to the first frame cost about two per cent.
constexpr int kMaxChunkSegments = 8;

constexpr std::int64_t kLeastTimescale = 10'000;
constexpr std::int64_t kLargestTimescale = 10'000'000;

}  // namespace

std::int64_t choose_timescale(Rational source_time_base) {
  // A timestamp is ticks × num / den seconds, so it is whole in units of 1/den.
  const std::int64_t den = source_time_base.den;
  if (source_time_base.num <= 0 || den > kLargestTimescale) return 90'000;
  return den * ((kLeastTimescale + den - 1) / den);
}

int count_segments(double duration_seconds) {
  return std::max(
      1, static_cast<int>(std::ceil((duration_seconds - kBoundarySlackSeconds) / kSegmentSeconds)));
}

std::vector<Chunk> cut_chunks(int segment_count) {
  std::vector<Chunk> chunks;
  int length = 1;
  for (int first = 0; first < segment_count;) {
    const int end = std::min(first + length, segment_count);
    chunks.push_back({first, end});
    first = end;
    length = std::min(length * 2, kMaxChunkSegments);
  }
  return chunks;
}

std::int64_t boundary_ticks(const Timeline& timeline, int index) {
  return std::int64_t{kSegmentSeconds} * index * timeline.timescale;
}

std::int64_t slack_ticks(const Timeline& timeline) {
  return static_cast<std::int64_t>(kBoundarySlackSeconds * static_cast<double>(timeline.timescale));
}

}  // namespace sluice
