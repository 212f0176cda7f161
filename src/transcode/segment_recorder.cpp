#include "transcode/segment_recorder.h"

#include "transcode/check_segment.h"
#include "transcode/outside_error.h"
#include "video/object_key.h"

namespace sluice {

SegmentRecorder::SegmentRecorder(Parts parts, const Claim& claim, const Plan& plan,
                                 const std::vector<StoredSegment>& known)
    : parts_(parts), claim_(claim), plan_(plan), last_flush_(parts.clock.now()) {
  for (const auto& segment : known) known_.emplace(segment.track, segment.index);
}

Result<> SegmentRecorder::take(const EngineOutput& output) {
  if (output.note) {
    return from_outside(parts_.tasks.record_notes(claim_, {*output.note}, parts_.clock.now()));
  }
  if (output.loudness) return {};
  SLUICE_TRY(check_output_name(plan_, output.name));
  if (output.segment && known_.contains({output.segment->track, output.segment->index})) return {};
  int sample_count = 0;
  if (output.segment) {
    SLUICE_TRY_ASSIGN(sample_count, check_segment(plan_, *output.segment, output.bytes,
                                                  static_cast<std::int64_t>(output.bytes.size())));
  }
  SLUICE_TRY(from_outside(
      parts_.media.put(video_prefix(claim_.task.video_id) + output.name, output.bytes)));
  if (output.poster_rank) {
    return from_outside(parts_.tasks.record_poster(claim_, {output.name, *output.poster_rank},
                                                   parts_.clock.now()));
  }
  if (!output.segment) return {};

  auto segment = *output.segment;
  segment.size_bytes = static_cast<std::int64_t>(output.bytes.size());
  segment.work = segment_work(plan_, segment.track);
  segment.sample_count = sample_count;
  pending_.push_back(segment);
  const bool first_of_track = begun_.insert(segment.track).second;
  if (first_of_track || parts_.clock.now() - last_flush_ >= kBatchTime) return flush();
  return {};
}

Result<> SegmentRecorder::flush() {
  last_flush_ = parts_.clock.now();
  if (pending_.empty()) return {};
  SLUICE_TRY(from_outside(parts_.tasks.record_segments(claim_, pending_, last_flush_)));
  for (const auto& segment : pending_) known_.emplace(segment.track, segment.index);
  pending_.clear();
  return {};
}

}  // namespace sluice
