#include "transcode/engine_limits.h"

#include <algorithm>

namespace sluice {
namespace {

// Slow machines, sources that are hard to decode, and whatever encoding costs more than estimated.
constexpr double kCpuMargin = 40;

constexpr double kOutputMargin = 4;

int segments_in(const EngineJob& job) {
  const auto& chunks = job.plan->timeline.chunks;
  const auto count = static_cast<int>(chunks.size());
  const int first = std::clamp(job.first_chunk, 0, count);
  const int end = std::clamp(job.end_chunk, first, count);
  if (first == end) return 0;
  return chunks[static_cast<std::size_t>(end - 1)].end_segment -
         chunks[static_cast<std::size_t>(first)].first_segment;
}

bool has(const EngineJob& job, const std::string& track) {
  return std::find(job.tracks.begin(), job.tracks.end(), track) != job.tracks.end();
}

double bits_per_second(const EngineJob& job) {
  double bits = 0;
  for (const auto& rendition : job.plan->renditions) {
    if (has(job, rendition.name)) bits += static_cast<double>(rendition.max_rate_bps);
  }
  for (const auto& audio : job.plan->audio) {
    if (has(job, audio.name)) bits += static_cast<double>(audio.bitrate_bps);
  }
  return bits;
}

// A segment of nominal length; one of a video that is shorter is no longer than that.
double seconds_in(const EngineJob& job) {
  const double each = std::max<double>(
      kSegmentSeconds, job.plan->timeline.duration_seconds /
                           std::max(1, job.plan->timeline.segment_count));
  return segments_in(job) * each;
}

}  // namespace

std::chrono::seconds cpu_limit(const EngineLimits& limits, const EngineJob& job) {
  if (!job.plan) return limits.cpu;
  double work = 0;
  for (const auto& track : job.tracks) work += segments_in(job) * segment_work(*job.plan, track);
  return limits.cpu + std::chrono::seconds(static_cast<std::int64_t>(work * kCpuMargin));
}

std::int64_t output_limit(const EngineLimits& limits, const EngineJob& job) {
  if (!job.plan) return limits.output_base_bytes;
  return limits.output_base_bytes +
         static_cast<std::int64_t>(kOutputMargin * seconds_in(job) * bits_per_second(job) / 8);
}

}  // namespace sluice
