#include "plan/timeline.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Timescale, KeepsEverySourceTimestampWhole) {
  for (const Rational base : {Rational{1, 90000}, Rational{1, 30000}, Rational{1001, 30000},
                              Rational{1, 1000}, Rational{1, 600}, Rational{1, 25}}) {
    const auto timescale = choose_timescale(base);
    EXPECT_EQ(timescale % base.den, 0) << base.num << "/" << base.den;
    EXPECT_GE(timescale, 10'000);
  }
  EXPECT_EQ(choose_timescale({1, 1'000'000'000}), 90'000);
}

TEST(SegmentCount, JoinsAShortRestToTheLastSegment) {
  EXPECT_EQ(count_segments(0), 1);
  EXPECT_EQ(count_segments(0.5), 1);
  EXPECT_EQ(count_segments(4.3), 1);
  EXPECT_EQ(count_segments(4.5), 2);
  EXPECT_EQ(count_segments(8), 2);
  EXPECT_EQ(count_segments(12.08), 3);
}

TEST(Chunks, DoubleUpToEightSegmentsAndCoverEverything) {
  for (int count = 1; count < 200; ++count) {
    const auto chunks = cut_chunks(count);
    int next = 0;
    for (const auto& chunk : chunks) {
      EXPECT_EQ(chunk.first_segment, next);
      EXPECT_GT(chunk.end_segment, chunk.first_segment);
      EXPECT_LE(chunk.end_segment - chunk.first_segment, 8);
      next = chunk.end_segment;
    }
    EXPECT_EQ(next, count);
    EXPECT_EQ(chunks.front().end_segment, 1);
  }
}

TEST(Slack, NeverMovesASegmentAboveTheTargetDuration) {
  EXPECT_EQ(std::lround(kSegmentSeconds + kBoundarySlackSeconds), kSegmentSeconds);
}

}  // namespace
}  // namespace sluice
