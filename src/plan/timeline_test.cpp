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
    Timeline timeline;
    timeline.segment_count = count;
    const auto chunks = cut_chunks(timeline);
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

Timeline following_key_frames() {
  Timeline timeline;
  timeline.timescale = 1000;
  timeline.boundaries = {0, 4004, 8008, 14008, 24008, 28000, 32000, 36000, 38000};
  timeline.segment_count = 8;
  timeline.duration_seconds = 38;
  return timeline;
}

TEST(KeyFrameTimeline, StartsSegmentsWhereItIsTold) {
  const auto timeline = following_key_frames();
  EXPECT_EQ(boundary_ticks(timeline, 3), 14008);
  EXPECT_EQ(boundary_ticks(timeline, 8), 38000);
  EXPECT_DOUBLE_EQ(boundary_seconds(timeline, 1), 4.004);
  EXPECT_EQ(slack_ticks(timeline), 0);
  EXPECT_EQ(latest_end_ticks(timeline), 38400);
}

TEST(KeyFrameTimeline, HasTheLongestSegmentAsTargetDuration) {
  auto timeline = following_key_frames();
  EXPECT_EQ(target_duration_seconds(timeline), 10);
  timeline.boundaries = {0, 4004, 8008, 12012, 16016, 20020, 24024, 28028, 30000};
  EXPECT_EQ(target_duration_seconds(timeline), 4);
  // Sound may go on behind the picture.
  timeline.boundaries.back() = 32232;
  EXPECT_EQ(target_duration_seconds(timeline), 5);
  EXPECT_EQ(target_duration_seconds(Timeline{}), kSegmentSeconds);
}

TEST(KeyFrameTimeline, HasChunksOfNoMoreSecondsThanTheGrid) {
  const auto timeline = following_key_frames();
  const auto chunks = cut_chunks(timeline);
  int next = 0;
  for (const auto& chunk : chunks) {
    EXPECT_EQ(chunk.first_segment, next);
    next = chunk.end_segment;
  }
  EXPECT_EQ(next, 8);
  EXPECT_EQ(chunks.front().end_segment, 1);
  EXPECT_EQ(chunks[1].end_segment, 2) << "the third segment would make it longer than 8 s";
  EXPECT_EQ(chunks[2].end_segment, 4) << "16 s";
  EXPECT_EQ(chunks[3].end_segment, 8);
}

Timeline timeline_of(double seconds) {
  Timeline timeline;
  timeline.duration_seconds = seconds;
  timeline.segment_count = count_segments(seconds);
  return timeline;
}

TEST(TextBorders, FallOnStartsOfSegmentsAndCoverTheVideo) {
  EXPECT_EQ(text_borders_ms(timeline_of(10), 60), (std::vector<std::int64_t>{0, 10'000}));
  EXPECT_EQ(text_borders_ms(timeline_of(130.0004), 60),
            (std::vector<std::int64_t>{0, 60'000, 120'000, 130'001}));
  EXPECT_EQ(text_borders_ms(timeline_of(100), 30),
            (std::vector<std::int64_t>{0, 32'000, 64'000, 96'000, 100'000}));
  EXPECT_EQ(text_borders_ms(following_key_frames(), 10),
            (std::vector<std::int64_t>{0, 14'008, 24'008, 36'000, 38'000}));
}

TEST(TextBorders, AreFewForTheLongestVideo) {
  for (const double seconds : {0.04, 59.0, 3600.0, 12 * 3600.0}) {
    const auto borders = text_borders_ms(timeline_of(seconds), text_segment_seconds(seconds));
    EXPECT_GE(borders.size(), 2u);
    EXPECT_LE(borders.size(), 122u) << seconds;
    EXPECT_GE(static_cast<double>(borders.back()), seconds * 1000);
  }
}

TEST(Slack, NeverMovesASegmentAboveTheTargetDuration) {
  EXPECT_EQ(std::lround(kSegmentSeconds + kBoundarySlackSeconds), kSegmentSeconds);
}

}  // namespace
}  // namespace sluice
