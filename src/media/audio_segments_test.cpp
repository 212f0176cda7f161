#include "media/audio_segments.h"

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

// Where sound ends at the latest, in seconds.
double end_of_sound(double duration_seconds, int segments) {
  Timeline timeline;
  timeline.duration_seconds = duration_seconds;
  timeline.segment_count = segments;
  return static_cast<double>(first_aac_frame(timeline, segments, 48'000)) * kAacFrame / 48'000;
}

TEST(AudioSegments, EndWithTheVideoAndItsOverhang) {
  EXPECT_NEAR(end_of_sound(4.437, 2), 4.937, 0.022) << "not where the last segment could end";
  EXPECT_NEAR(end_of_sound(8, 2), 8.4, 0.022) << "the slack is less than the overhang";
}

TEST(AudioSegments, StartAtTheFirstFrameBehindTheirBoundary) {
  Timeline timeline;
  timeline.duration_seconds = 10;
  timeline.segment_count = 3;
  EXPECT_EQ(first_aac_frame(timeline, 0, 48'000), 0);
  EXPECT_EQ(first_aac_frame(timeline, 1, 48'000), 188);
}

}  // namespace
}  // namespace sluice::media
