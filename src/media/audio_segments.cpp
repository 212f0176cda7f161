#include "media/audio_segments.h"

#include <algorithm>
#include <cmath>

#include "media/pack_segment.h"
#include "plan/timeline.h"

namespace sluice::media {
namespace {

// In a damaged file there may be more sound than the plan knows of.
std::int64_t end_of_sound(const Timeline& timeline) {
  const double end = timeline.duration_seconds + kMaxOverhangSeconds;
  return std::min(latest_end_ticks(timeline),
                  std::int64_t{std::llround(end * static_cast<double>(timeline.timescale))});
}

}  // namespace

std::int64_t first_aac_frame(const Timeline& timeline, int segment, int sample_rate) {
  const std::int64_t ticks = segment == timeline.segment_count ? end_of_sound(timeline)
                                                               : boundary_ticks(timeline, segment);
  return scale(ticks, Rational::of(sample_rate, timeline.timescale * kAacFrame), Round::up);
}

AudioSegments::AudioSegments(const Plan& plan, const AudioRendition& track, int first_segment,
                             int end_segment)
    : plan_(plan), track_(track), segment_(first_segment), end_segment_(end_segment) {}

Result<> AudioSegments::add(std::int64_t number, std::string_view frame, const OutputSink& sink) {
  if (number < frame_of(segment_) || number >= frame_of(end_segment_)) return {};
  if (segment_ + 1 < end_segment_ && number >= frame_of(segment_ + 1)) SLUICE_TRY(close(sink));
  samples_.push_back({std::string(frame), number * kAacFrame, true});
  return {};
}

Result<> AudioSegments::close(const OutputSink& sink) {
  if (samples_.empty()) return {};
  const std::int64_t end = samples_.back().pts + kAacFrame;
  auto output = pack_segment(plan_, track_.name, samples_, end, segment_++);
  samples_.clear();
  return sink(std::move(output));
}

Result<> AudioSegments::finish(const OutputSink& sink) { return close(sink); }

}  // namespace sluice::media
