#include "plan/timeline.h"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

// Short enough that a crash costs half a minute of video, long enough that starting encoders and
// decoding up to the first frame cost about two per cent.
constexpr int kMaxChunkSeconds = 8 * kSegmentSeconds;

// Audio is cut at whole AAC frames, so a segment may be longer than the picture's by one (of 1024
// samples at 8 kHz).
constexpr double kLongestAudioFrame = 0.128;

constexpr int kLeastTextSeconds = 60;
constexpr int kMostTextSegments = 120;

constexpr std::int64_t kLeastTimescale = 10'000;
constexpr std::int64_t kLargestTimescale = 10'000'000;

std::int64_t grid_slack_ticks(const Timeline& timeline) {
  return static_cast<std::int64_t>(kBoundarySlackSeconds * static_cast<double>(timeline.timescale));
}

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

std::vector<Chunk> cut_chunks(const Timeline& timeline) {
  std::vector<Chunk> chunks;
  int seconds = kSegmentSeconds;
  for (int first = 0; first < timeline.segment_count;) {
    // Key frames of 29.97 pictures a second come a little late.
    const auto latest = boundary_ticks(timeline, first) + seconds * timeline.timescale * 11 / 10;
    int end = first + 1;
    while (end < timeline.segment_count && boundary_ticks(timeline, end + 1) <= latest) ++end;
    chunks.push_back({first, end});
    first = end;
    seconds = std::min(seconds * 2, kMaxChunkSeconds);
  }
  return chunks;
}

int text_segment_seconds(double duration_seconds) {
  return std::max(kLeastTextSeconds, static_cast<int>(duration_seconds / kMostTextSegments));
}

std::vector<std::int64_t> text_borders_ms(const Timeline& timeline, int segment_seconds) {
  const std::int64_t step = std::int64_t{1000} * segment_seconds;
  const auto end = static_cast<std::int64_t>(std::ceil(timeline.duration_seconds * 1000));
  std::vector<std::int64_t> borders = {0};
  for (int i = 1; i < timeline.segment_count; ++i) {
    const auto at = rescale(boundary_ticks(timeline, i), timeline.timescale, 1000);
    if (at - borders.back() >= step && at < end) borders.push_back(at);
  }
  borders.push_back(std::max(end, borders.back() + 1));
  return borders;
}

std::int64_t boundary_ticks(const Timeline& timeline, int index) {
  if (!timeline.boundaries.empty()) return timeline.boundaries[static_cast<std::size_t>(index)];
  return std::int64_t{kSegmentSeconds} * index * timeline.timescale;
}

double boundary_seconds(const Timeline& timeline, int index) {
  return static_cast<double>(boundary_ticks(timeline, index)) /
         static_cast<double>(timeline.timescale);
}

std::int64_t slack_ticks(const Timeline& timeline) {
  return timeline.boundaries.empty() ? grid_slack_ticks(timeline) : 0;
}

std::int64_t latest_end_ticks(const Timeline& timeline) {
  return boundary_ticks(timeline, timeline.segment_count) + grid_slack_ticks(timeline);
}

int target_duration_seconds(const Timeline& timeline) {
  if (timeline.boundaries.empty()) return kSegmentSeconds;
  double longest = kSegmentSeconds;
  for (int i = 0; i < timeline.segment_count; ++i) {
    const bool last = i + 1 == timeline.segment_count;
    const double end = static_cast<double>(last ? latest_end_ticks(timeline)
                                                : boundary_ticks(timeline, i + 1)) /
                       static_cast<double>(timeline.timescale);
    longest = std::max(longest, end - boundary_seconds(timeline, i) + kLongestAudioFrame);
  }
  return static_cast<int>(std::lround(longest));
}

}  // namespace sluice
