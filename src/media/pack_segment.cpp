#include "media/pack_segment.h"

#include "video/object_key.h"

namespace sluice::media {
namespace {

// A fragment ends with its samples, one right behind the other.
std::int64_t bytes_behind_first(const std::vector<Sample>& samples) {
  std::size_t bytes = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) bytes += samples[i].data.size();
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

Output pack_segment(const Plan& plan, const std::string& track, const std::vector<Sample>& samples,
                    std::int64_t end, int index) {
  Output output;
  output.name = track + "/" + segment_name(index);
  output.bytes = write_media_segment(samples, end, index);
  StoredSegment segment;
  segment.track = track;
  segment.index = index;
  segment.start_ticks = samples.front().pts;
  segment.duration_ticks = end - samples.front().pts;
  segment.size_bytes = static_cast<std::int64_t>(output.bytes.size());
  segment.work = segment_work(plan, track);
  segment.first_sample_end_bytes = segment.size_bytes - bytes_behind_first(samples);
  output.segment = segment;
  return output;
}

}  // namespace sluice::media
