#include "media/audio_timeline.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::media {
namespace {

constexpr int kRate = 48000;

// What was laid: the left channel from sample 0 on.
struct Laid {
  std::vector<float> left;
  AudioTimeline timeline;
  explicit Laid(int end_seconds = 3600)
      : timeline(kRate, 2, 0, std::int64_t{end_seconds} * kRate,
                 [this](AVFrame& frame) -> Result<> {
                   const auto* samples = reinterpret_cast<const float*>(frame.extended_data[0]);
                   left.insert(left.end(), samples, samples + frame.nb_samples);
                   return {};
                 }) {}
  bool sounds(std::int64_t at) const {
    return std::abs(left[static_cast<std::size_t>(at)]) +
               std::abs(left[static_cast<std::size_t>(at + 7)]) >
           0.05;
  }
};

// A tone of 440 Hz.
Frame tone(int rate, int channels, int samples, std::int64_t first_sample) {
  auto frame = make_frame();
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->nb_samples = samples;
  frame->sample_rate = rate;
  av_channel_layout_default(&frame->ch_layout, channels);
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  for (int channel = 0; channel < channels; ++channel) {
    auto* out = reinterpret_cast<float*>(frame->extended_data[channel]);
    for (int i = 0; i < samples; ++i) {
      const double seconds = static_cast<double>(first_sample + i) / rate;
      out[i] = static_cast<float>(0.5 * std::sin(2 * M_PI * 440 * seconds));
    }
  }
  return frame;
}

TEST(AudioTimeline, FillsHolesAndLeavesOutWhatOverlaps) {
  Laid laid;
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kRate, 0), kRate));                  // 1 s to 2 s
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kRate, 0), 3 * kRate));              // 3 s to 4 s
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kRate, 0), 3 * kRate + kRate / 2));  // to 4.5 s
  ASSERT_TRUE(laid.timeline.finish(5 * kRate));
  for (const double second : {0.1, 0.9, 2.1, 2.9, 4.6, 4.9}) {
    EXPECT_FALSE(laid.sounds(static_cast<std::int64_t>(second * kRate))) << second;
  }
  for (const double second : {1.1, 1.9, 3.1, 3.9, 4.1, 4.4}) {
    EXPECT_TRUE(laid.sounds(static_cast<std::int64_t>(second * kRate))) << second;
  }
  EXPECT_GE(laid.left.size(), 5u * kRate);
  EXPECT_LT(laid.left.size(), 5u * kRate + 1024);
}

TEST(AudioTimeline, LeavesOutWhatIsBeyondTheEnd) {
  Laid laid(4);
  constexpr std::int64_t kDay = std::int64_t{86400} * kRate;
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kRate, 0), 0));
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, 1024, 0), kDay)) << "one broken time stamp";
  ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kRate, 0), 2 * kRate));
  EXPECT_EQ(laid.timeline.position(), 3 * kRate);
  EXPECT_FALSE(laid.sounds(kRate * 3 / 2));
  EXPECT_TRUE(laid.sounds(kRate * 5 / 2));
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, 1024, 0), 30 * kDay + i * 1024));
  }
  EXPECT_EQ(laid.timeline.position(), 4 * kRate) << "nobody need read on";
}

TEST(AudioTimeline, FollowsAChangeOfRateChannelsAndFormat) {
  Laid laid;
  ASSERT_TRUE(laid.timeline.add(*tone(44100, 1, 44100, 0), 0));
  ASSERT_TRUE(laid.timeline.add(*tone(22050, 6, 22050, 0), kRate));
  ASSERT_TRUE(laid.timeline.add(*tone(192000, 12, 192000, 0), 2 * kRate));
  ASSERT_TRUE(laid.timeline.add(*tone(8000, 2, 8000, 0), 3 * kRate));
  ASSERT_TRUE(laid.timeline.finish(4 * kRate));
  for (int tenth = 1; tenth < 40; ++tenth) EXPECT_TRUE(laid.sounds(tenth * kRate / 10)) << tenth;
  EXPECT_NEAR(static_cast<double>(laid.left.size()), 4.0 * kRate, 1100);
}

// The sound card's clock runs at 48.01 kHz: 0.75 s in an hour.
TEST(AudioTimeline, FollowsAClockThatRunsFastWithoutTearingTheSound) {
  Laid laid;
  constexpr double kClock = 48010;
  constexpr int kPacket = 1024;
  constexpr int kSeconds = 600;
  std::int64_t fed = 0;
  while (fed < std::int64_t{kSeconds} * kRate) {
    const auto at =
        static_cast<std::int64_t>(std::llround(static_cast<double>(fed) / kClock * 1000) * 48);
    const std::int64_t off = laid.timeline.position() - at;
    EXPECT_LT(std::abs(static_cast<double>(off)), 0.008 * kRate + kPacket) << fed;
    ASSERT_TRUE(laid.timeline.add(*tone(kRate, 2, kPacket, fed), at));
    fed += kPacket;
  }
  ASSERT_TRUE(laid.timeline.finish(0));
  const double expected = static_cast<double>(fed) / kClock * kRate;
  EXPECT_NEAR(static_cast<double>(laid.left.size()), expected, 0.005 * kRate + 1024);
  // A tone of 440 Hz never moves by more than 0.03 from one sample to the next; a tear would.
  double steepest = 0;
  for (std::size_t i = 2; i < laid.left.size() - 4096; ++i) {
    steepest = std::max(steepest, static_cast<double>(std::abs(laid.left[i] - laid.left[i - 1])));
  }
  EXPECT_LT(steepest, 0.06);
}

}  // namespace
}  // namespace sluice::media
