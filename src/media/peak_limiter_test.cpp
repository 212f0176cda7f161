#include "media/peak_limiter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::media {
namespace {

constexpr int kFrame = 1024;

// A tone whose loudness is given for each frame.
std::vector<float> limited(const std::vector<float>& peaks) {
  std::vector<float> out;
  PeakLimiter limiter([&](AVFrame& frame) -> Result<> {
    const auto* samples = reinterpret_cast<const float*>(frame.extended_data[1]);
    out.insert(out.end(), samples, samples + frame.nb_samples);
    return {};
  });
  for (const float peak : peaks) {
    auto frame = make_frame();
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->nb_samples = kFrame;
    av_channel_layout_default(&frame->ch_layout, 2);
    EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
    for (int channel = 0; channel < 2; ++channel) {
      auto* samples = reinterpret_cast<float*>(frame->extended_data[channel]);
      for (int i = 0; i < kFrame; ++i) samples[i] = peak * std::sin(static_cast<float>(i) * 0.3f);
    }
    EXPECT_TRUE(limiter.add(*frame));
  }
  EXPECT_TRUE(limiter.finish());
  return out;
}

float peak_in(const std::vector<float>& samples, int frame) {
  float peak = 0;
  for (int i = 0; i < kFrame; ++i) {
    peak = std::max(peak, std::abs(samples[static_cast<std::size_t>(frame * kFrame + i)]));
  }
  return peak;
}

TEST(PeakLimiter, LeavesWhatFitsAlone) {
  const auto out = limited({0.5f, 1.0f, 0.25f});
  ASSERT_EQ(out.size(), 3u * kFrame);
  for (int i = 0; i < kFrame; ++i) {
    EXPECT_EQ(out[static_cast<std::size_t>(i)], 0.5f * std::sin(static_cast<float>(i) * 0.3f));
  }
}

TEST(PeakLimiter, TurnsLoudSoundDownWithoutCuttingItOff) {
  std::vector<float> peaks(40, 0.5f);
  peaks[4] = peaks[5] = 2.4f;  // 5.1 at full scale in stereo
  const auto out = limited(peaks);
  ASSERT_EQ(out.size(), 40u * kFrame);
  EXPECT_NEAR(peak_in(out, 5), 1.0f, 0.04f);
  // Cut off, whole runs would stand at full scale.
  for (std::size_t i = 1; i < out.size(); ++i)
    EXPECT_FALSE(out[i] >= 1.0f && out[i - 1] >= 1.0f) << i;
  EXPECT_NEAR(peak_in(out, 2), 0.5f, 0.01f) << "long before";
  EXPECT_NEAR(peak_in(out, 30), 0.5f, 0.01f) << "after a quarter of a second";
}

}  // namespace
}  // namespace sluice::media
