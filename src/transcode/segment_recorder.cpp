#include "transcode/segment_recorder.h"

#include "transcode/check_segment.h"
#include "transcode/outside_error.h"
#include "video/object_key.h"

namespace sluice {
namespace {

// Tenths of a LUFS from the gate to far beyond full scale.
constexpr std::size_t kMostKindsOfBlocks = 1000;

// What was measured is of this task's part of its track, and no larger than a measurement can be.
Result<> check_loudness(const Claim& claim, const LoudnessPart& part) {
  const auto& spec = claim.task.spec;
  if (spec.kind == TaskKind::audio && spec.tracks.size() == 1 && spec.tracks[0] == part.track &&
      spec.first_chunk == part.first_chunk && part.blocks.size() <= kMostKindsOfBlocks) {
    return {};
  }
  return fail(ErrorKind::internal, "output_invalid", "A loudness measurement is of something else.");
}

}  // namespace

SegmentRecorder::SegmentRecorder(Parts parts, const Claim& claim, const Plan& plan,
                                 const std::vector<StoredSegment>& known)
    : parts_(parts), claim_(claim), plan_(plan), last_flush_(parts.clock.now()) {
  for (const auto& segment : known) known_.emplace(segment.track, segment.index);
}

Result<> SegmentRecorder::take(const EngineOutput& output) {
  if (output.note) {
    return from_outside(parts_.tasks.record_notes(claim_, {*output.note}, parts_.clock.now()));
  }
  if (output.loudness) {
    SLUICE_TRY(check_loudness(claim_, *output.loudness));
    return from_outside(
        parts_.tasks.record_loudness(claim_, *output.loudness, parts_.clock.now()));
  }
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
