// One audio track's AAC encoder.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "media/audio_segments.h"
#include "media/av.h"
#include "plan/plan.h"

namespace sluice::media {

// Takes samples from a given AAC frame on. The encoder's first packet only primes the decoder's
// overlap: it is dropped, so that sample n of the stream is sample n of the timeline without an
// edit list.
class AudioEncoder {
 public:
  // A coded frame with its number.
  using TakePacket = std::function<Result<>(std::int64_t number, std::string_view data)>;

  static Result<std::unique_ptr<AudioEncoder>> open(const AudioRendition& track);

  std::string init_segment() const;

  // Samples start at AAC frame `fed_frame`.
  void start(std::int64_t fed_frame, TakePacket take);

  // Planar floats, kAacFrame samples a channel.
  Result<> encode(AVFrame& samples);
  Result<> finish();

 private:
  explicit AudioEncoder(const AudioRendition& track) : track_(track) {}
  Result<> take_packets();

  const AudioRendition& track_;
  TakePacket take_;
  Codec codec_;
  std::int64_t next_fed_ = 0;     // AAC frame number of the next samples
  std::int64_t next_packet_ = 0;  // AAC frame number that the next packet is of
};

// One AAC frame of nothing, for a track of this rate and these channels.
Result<std::string> silent_frame(const AudioRendition& track);

}  // namespace sluice::media
