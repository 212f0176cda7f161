// One audio track's AAC frames, cut into CMAF segments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "media/cmaf.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

inline constexpr int kAacFrame = 1024;  // samples
// Sound that ends this much later than the picture is still heard, over the last picture.
inline constexpr double kMaxOverhangSeconds = 0.5;

// First AAC frame of a segment: the first at or after the segment's boundary. `segment_count`
// itself stands for the end of the last segment, which may be longer by the slack, but by no more
// than the overhang behind the end of the video.
std::int64_t first_aac_frame(const Timeline& timeline, int segment, int sample_rate);

// Frame n is samples n × 1024 to (n + 1) × 1024 of the timeline; frames come with rising numbers.
class AudioSegments {
 public:
  // Frames outside of these segments are left out. `plan` and `track` outlive this.
  AudioSegments(const Plan& plan, const AudioRendition& track, int first_segment, int end_segment);

  Result<> add(std::int64_t number, std::string_view frame, const OutputSink& sink);
  Result<> finish(const OutputSink& sink);

 private:
  std::int64_t frame_of(int segment) const {
    return first_aac_frame(plan_.timeline, segment, track_.sample_rate);
  }
  Result<> close(const OutputSink& sink);

  const Plan& plan_;
  const AudioRendition& track_;
  int segment_;
  int end_segment_;
  std::vector<Sample> samples_;
};

}  // namespace sluice::media
