#include "media/pack_segment.h"

#include "video/object_key.h"

namespace sluice::media {

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
  output.segment = segment;
  return output;
}

}  // namespace sluice::media
