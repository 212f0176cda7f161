// One audio track's AAC encoder, cutting its packets into CMAF segments.
#pragma once

#include <memory>
#include <string>

#include "media/av.h"
#include "media/cmaf.h"
#include "media/output.h"
#include "plan/plan.h"

namespace sluice::media {

inline constexpr int kAacFrame = 1024;  // samples

// First AAC frame of a segment: the first at or after the segment's boundary. `segment_count`
// itself stands for the end of the last segment, which may be longer by the slack.
std::int64_t first_aac_frame(const Timeline& timeline, int segment, int sample_rate);

// Takes samples from a given AAC frame on. The encoder's first packet only primes the decoder's
// overlap: it is dropped, so that sample n of the stream is sample n of the timeline without an
// edit list.
class AudioEncoder {
 public:
  static Result<std::unique_ptr<AudioEncoder>> open(const Plan& plan, const AudioRendition& track);

  std::string init_segment() const;
  std::string codecs() const { return "mp4a.40.2"; }

  // Samples start at AAC frame `fed_frame`; packets are kept from `first_segment` on, and none of
  // `end_segment` or later.
  void start(std::int64_t fed_frame, int first_segment, int end_segment);

  // Planar floats, kAacFrame samples a channel.
  Result<> encode(AVFrame& samples, const OutputSink& sink);
  Result<> finish(const OutputSink& sink);

 private:
  AudioEncoder(const Plan& plan, const AudioRendition& track) : plan_(plan), track_(track) {}
  Result<> take_packets(const OutputSink& sink);
  Result<> close_segment(const OutputSink& sink);

  const Plan& plan_;
  const AudioRendition& track_;
  Codec codec_;
  std::int64_t next_fed_ = 0;      // AAC frame number of the next samples
  std::int64_t next_packet_ = 0;   // AAC frame number that the next packet is of
  int segment_ = 0;
  int end_segment_ = 0;
  std::vector<Sample> samples_;
};

}  // namespace sluice::media
