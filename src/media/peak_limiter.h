// Keeps sound within full scale: a downmix or a resampler can go beyond it.
#pragma once

#include "media/audio_timeline.h"
#include "media/av.h"

namespace sluice::media {

// Turns the sound down where it would be cut off, from one frame before to a quarter of a second
// after, all channels alike. Sound that stays within full scale passes through unchanged.
class PeakLimiter {
 public:
  explicit PeakLimiter(AudioTimeline::TakeFrame take) : take_(std::move(take)) {}

  // Planar floats, always the same number of samples. Handed on one frame later.
  Result<> add(const AVFrame& frame);
  Result<> finish();

 private:
  Result<> give(float gain_after);

  AudioTimeline::TakeFrame take_;
  Frame held_;
  float gain_ = 1.0f;   // at the beginning of the held frame
  float bound_ = 1.0f;  // the most that the held frame bears
};

}  // namespace sluice::media
