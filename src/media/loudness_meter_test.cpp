#include "media/loudness_meter.h"

#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

#include "video/loudness.h"

namespace sluice::media {
namespace {

constexpr int kFrame = 1024;

Loudness measure(int rate, int channels, double seconds,
                 const std::function<double(double)>& signal) {
  LoudnessMeter meter(rate, channels);
  auto frame = make_frame();
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->nb_samples = kFrame;
  av_channel_layout_default(&frame->ch_layout, channels);
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  for (int first = 0; first < seconds * rate; first += kFrame) {
    for (int channel = 0; channel < channels; ++channel) {
      auto* samples = reinterpret_cast<float*>(frame->extended_data[channel]);
      for (int i = 0; i < kFrame; ++i) {
        samples[i] = static_cast<float>(signal(static_cast<double>(first + i) / rate));
      }
    }
    meter.add(*frame, true);
  }
  return integrate({{"audio-0", 0, meter.blocks(), meter.true_peak()}}).value();
}

std::function<double(double)> tone(double hertz, double decibels, double phase = 0) {
  return [=](double at) {
    return std::pow(10, decibels / 20) * std::sin(2 * std::numbers::pi * hertz * at + phase);
  };
}

// EBU Tech 3341, test signals 1 and 2: tones of 1 kHz in both channels.
TEST(LoudnessMeter, MeasuresTheTestSignalsOfTheStandard) {
  for (const int rate : {44100, 48000}) {
    EXPECT_NEAR(measure(rate, 2, 20, tone(1000, -23)).integrated_lufs, -23.0, 0.1) << rate;
    EXPECT_NEAR(measure(rate, 2, 20, tone(1000, -33)).integrated_lufs, -33.0, 0.1) << rate;
    EXPECT_NEAR(measure(rate, 1, 20, tone(1000, -23)).integrated_lufs, -26.0, 0.1) << rate;
  }
}

// Test signal 3: 10 s at -36, 60 s at -23, 10 s at -36.
TEST(LoudnessMeter, GatesQuietPassages) {
  const auto loudness = measure(
      48000, 2, 80, [](double at) { return tone(1000, at < 10 || at >= 70 ? -36 : -23)(at); });
  EXPECT_NEAR(loudness.integrated_lufs, -23.0, 0.1);
}

TEST(LoudnessMeter, HearsBassLessThanTreble) {
  const double middle = measure(48000, 2, 5, tone(1000, -23)).integrated_lufs;
  EXPECT_LT(measure(48000, 2, 5, tone(30, -23)).integrated_lufs, middle - 4);
  EXPECT_NEAR(measure(48000, 2, 5, tone(8000, -23)).integrated_lufs, middle + 3.3, 0.3);
}

// Test signal 15 of Tech 3341: a quarter of the rate, sampled beside its peaks.
TEST(LoudnessMeter, FindsPeaksBetweenSamples) {
  const auto loudness = measure(48000, 2, 2, tone(12000, -6, std::numbers::pi / 4));
  EXPECT_NEAR(loudness.true_peak_dbtp, -6.0, 0.4) << "the samples alone say -9";
}

}  // namespace
}  // namespace sluice::media
