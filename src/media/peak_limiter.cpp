#include "media/peak_limiter.h"

#include <algorithm>
#include <cmath>

namespace sluice::media {
namespace {

// Per AAC frame: back to full in 12 frames, a quarter of a second.
constexpr float kRelease = 1.0f / 12;

float* plane(AVFrame& frame, int channel) {
  return reinterpret_cast<float*>(frame.extended_data[channel]);
}

float peak_of(AVFrame& frame) {
  float peak = 0;
  for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
    const float* samples = plane(frame, channel);
    for (int i = 0; i < frame.nb_samples; ++i) peak = std::max(peak, std::abs(samples[i]));
  }
  return peak;
}

void apply(AVFrame& frame, float from, float to) {
  for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
    float* samples = plane(frame, channel);
    for (int i = 0; i < frame.nb_samples; ++i) {
      const float at = static_cast<float>(i) / static_cast<float>(frame.nb_samples);
      samples[i] = std::clamp(samples[i] * (from + (to - from) * at), -1.0f, 1.0f);
    }
  }
}

}  // namespace

Result<> PeakLimiter::add(const AVFrame& frame) {
  auto next = make_frame_ref(&frame);
  const float peak = peak_of(*next);
  const float next_bound = peak > 1.0f ? 1.0f / peak : 1.0f;
  if (held_) {
    // Both frames must bear the gain where they meet; within a frame it runs straight from one of
    // its ends to the other.
    SLUICE_TRY(give(std::min({bound_, next_bound, gain_ + kRelease})));
  } else {
    gain_ = next_bound;
  }
  held_ = std::move(next);
  bound_ = next_bound;
  return {};
}

Result<> PeakLimiter::give(float gain_after) {
  if (gain_ < 1.0f || gain_after < 1.0f) {
    if (av_frame_make_writable(held_.get()) < 0) {
      return fail(ErrorKind::internal, "encoding_failed", "Sound could not be copied.");
    }
    apply(*held_, gain_, gain_after);
  }
  gain_ = gain_after;
  return take_(*held_);
}

Result<> PeakLimiter::finish() {
  if (!held_) return {};
  SLUICE_TRY(give(std::min(bound_, gain_ + kRelease)));
  held_.reset();
  return {};
}

}  // namespace sluice::media
