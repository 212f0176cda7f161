#include "media/tone_mapping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace sluice::media {
namespace {

TEST(ToneCurve, KeepsWhatIsDarkerThanDiffuseWhiteAndUsesAllThereIs) {
  for (const double peak : {400.0, 1000.0, 4000.0}) {
    for (const double nits : {0.0, 1.0, 10.0, 30.0}) {
      EXPECT_NEAR(tone_curve(nits, peak), nits / 250, 0.002) << nits << " of " << peak;
    }
    EXPECT_NEAR(tone_curve(peak, peak), 1, 1e-6);
    double before = -1;
    for (double nits = 0; nits <= peak; nits += peak / 500) {
      const double now = tone_curve(nits, peak);
      EXPECT_GT(now, before) << "nothing below the peak is burnt out";
      before = now;
    }
  }
}

TEST(ToneCurve, LeavesAPictureWithoutHighlightsAlone) {
  EXPECT_NEAR(tone_curve(150, 250), 150.0 / 250, 1e-9);
  EXPECT_NEAR(tone_curve(90, 100), 90.0 / 250, 1e-9);
}

TEST(BelievedPeak, IsTheFirstThatCanBeTrue) {
  EXPECT_EQ(believed_peak_nits(600, 1000), 600);
  EXPECT_EQ(believed_peak_nits(0, 4000), 4000);
  EXPECT_EQ(believed_peak_nits(1, 0.005), 1000) << "left over from a tool";
  EXPECT_EQ(believed_peak_nits(65535, 0), 1000);
}

TEST(ToSdr, IsNothingForWhatIsSdrAlready) {
  for (const Rgb color : {Rgb{0, 0, 0}, Rgb{0.2, 0.5, 0.7}, Rgb{1, 1, 1}, Rgb{1, 0, 0}}) {
    const Rgb same = to_sdr(color, {});
    EXPECT_NEAR(same.r, color.r, 1e-6);
    EXPECT_NEAR(same.g, color.g, 1e-6);
    EXPECT_NEAR(same.b, color.b, 1e-6);
  }
}

TEST(ToSdr, IsAlwaysAColorThatCanBeShown) {
  for (const auto transfer : {HdrTransfer::none, HdrTransfer::pq, HdrTransfer::hlg}) {
    for (const auto primaries : {Primaries::bt709, Primaries::bt2020, Primaries::p3}) {
      for (int i = 0; i < 1000; ++i) {
        const Rgb color =
            to_sdr({i % 10 / 9.0, i / 10 % 10 / 9.0, i / 100 / 9.0}, {transfer, primaries, 1000});
        for (const double part : {color.r, color.g, color.b}) {
          ASSERT_GE(part, 0);
          ASSERT_LE(part, 1);
        }
      }
    }
  }
}

TEST(ToSdr, KeepsHues) {
  // Skin at 80 nits, sky at 200, in PQ and BT.2020.
  const LightSignal pq{HdrTransfer::pq, Primaries::bt2020, 1000};
  const Rgb skin = to_sdr({0.51, 0.46, 0.42}, pq);
  EXPECT_GT(skin.r, skin.g);
  EXPECT_GT(skin.g, skin.b);
  EXPECT_GT(skin.r - skin.b, 0.15) << "not grey";
  EXPECT_LT(skin.r - skin.b, 0.35) << "nor sunburnt";
  const Rgb sky = to_sdr({0.50, 0.56, 0.62}, pq);
  EXPECT_GT(sky.b, sky.g);
  EXPECT_GT(sky.g, sky.r);
  EXPECT_GT(sky.b - sky.r, 0.2) << "not grey";
}

TEST(ToSdr, DrawsInWhatBt709CannotShowWithoutLosingItsSteps) {
  const LightSignal wide{HdrTransfer::none, Primaries::bt2020, 0};
  double before = 1;
  for (double other = 0.6; other >= 0; other -= 0.05) {
    const Rgb green = to_sdr({other, 0.9, other}, wide);
    EXPECT_LT(green.r, before) << "each a little greener than the one before, at " << other;
    before = green.r;
  }
}

}  // namespace
}  // namespace sluice::media
