#include "media/segment_cutter.h"

#include <gtest/gtest.h>

#include "plan/timeline.h"

namespace sluice::media {
namespace {

Timeline timeline(double seconds) {
  Timeline result;
  result.timescale = 1000;
  result.duration_seconds = seconds;
  result.segment_count = count_segments(seconds);
  result.chunks = cut_chunks(result);
  return result;
}

struct Cut {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> repeats;
  int pictures = 0;
  std::int64_t end = 0;
};

// Runs frames (from the start of the source) through the cutter of one chunk.
Cut cut(const Timeline& line, Chunk chunk, const std::vector<std::int64_t>& frames,
        std::int64_t last_end) {
  SegmentCutter cutter(line, chunk);
  Cut result;
  const auto take = [&](const std::vector<Placement>& placements) {
    for (const auto& placement : placements) {
      ++result.pictures;
      if (placement.starts_segment) result.starts.push_back(placement.ticks);
      if (placement.repeat_previous) result.repeats.push_back(placement.ticks);
    }
  };
  for (std::size_t i = 0; i < frames.size() && !cutter.finished(); ++i) {
    take(cutter.next(frames[i], i > 0));
  }
  take(cutter.finish(last_end));
  result.end = cutter.end();
  return result;
}

std::vector<std::int64_t> frames(std::int64_t step, std::int64_t end) {
  std::vector<std::int64_t> times;
  for (std::int64_t at = 0; at < end; at += step) times.push_back(at);
  return times;
}

using Times = std::vector<std::int64_t>;

TEST(SegmentCutter, StartsSegmentsWithTheFirstFrameAtOrAfterTheBoundary) {
  const auto line = timeline(12);
  const auto result = cut(line, {0, 3}, frames(33, 12000), 12000);
  EXPECT_EQ(result.starts, (Times{0, 4026, 8019}));
  EXPECT_EQ(result.pictures, 364);
  EXPECT_EQ(result.end, 12000);
}

TEST(SegmentCutter, ChunksMeetWithoutGapOrOverlap) {
  const auto line = timeline(40);
  const std::vector<Times> sources = {
      frames(33, 40000), frames(1000, 40000), frames(3700, 40000),
      {0, 100, 200, 3999, 15000, 15040, 27900, 28000, 39000},
      {0}, {0, 39999}, {700, 800, 4100, 20000, 36300}};
  for (const auto& source : sources) {
    std::int64_t expected = 0;
    int pictures = 0;
    for (const auto& chunk : line.chunks) {
      const auto part = cut(line, chunk, source, 40000);
      ASSERT_EQ(part.starts.size(), static_cast<std::size_t>(chunk.end_segment - chunk.first_segment));
      EXPECT_EQ(part.starts.front(), expected);
      expected = part.end;
      pictures += part.pictures;
    }
    const auto whole = cut(line, {0, line.segment_count}, source, 40000);
    EXPECT_EQ(pictures, whole.pictures);
    EXPECT_EQ(expected, whole.end);
  }
}

TEST(SegmentCutter, NeverMakesASegmentLongerThanTheTargetDuration) {
  const auto line = timeline(30);
  for (const std::int64_t step : {1, 17, 33, 40, 399, 401, 1000, 3900, 4100, 9000}) {
    const auto result = cut(line, {0, line.segment_count}, frames(step, 30000), 30000);
    auto starts = result.starts;
    starts.push_back(result.end);
    for (std::size_t i = 1; i < starts.size(); ++i) {
      EXPECT_LT(starts[i] - starts[i - 1], 4500) << step;
      EXPECT_GT(starts[i], starts[i - 1]) << step;
    }
  }
}

TEST(SegmentCutter, RepeatsTheFrameBeforeInAGap) {
  const auto result = cut(timeline(16), {0, 4}, {0, 40, 80, 13000}, 16000);
  EXPECT_EQ(result.starts, (Times{0, 4000, 8000, 12000}));
  EXPECT_EQ(result.repeats, (Times{4000, 8000, 12000}));
}

TEST(SegmentCutter, FollowsBoundariesOfKeyFramesToTheTick) {
  Timeline line;
  line.timescale = 1000;
  line.duration_seconds = 12;
  line.boundaries = {0, 5005, 9009, 12012};
  line.segment_count = 3;
  line.chunks = {{0, 1}, {1, 3}};
  std::vector<std::int64_t> source;
  for (std::int64_t at = 0; at < 12012; at += 77) source.push_back(at);
  EXPECT_EQ(cut(line, {0, 3}, source, 12012).starts, (Times{0, 5005, 9009}));
  EXPECT_EQ(cut(line, {0, 1}, source, 12012).end, 5005);
  EXPECT_EQ(cut(line, {1, 3}, source, 11990).end, 12012) << "ends where the plan says";
  std::erase(source, 9009);
  const auto damaged = cut(line, {1, 3}, source, 12012);
  EXPECT_EQ(damaged.starts, (Times{5005, 9009})) << "where a frame is lost the one before is shown";
  EXPECT_EQ(damaged.repeats, (Times{9009}));
}

TEST(SegmentCutter, ShowsTheFirstFrameFromTheStart) {
  const auto result = cut(timeline(8), {0, 2}, {700, 740, 5000}, 8000);
  EXPECT_EQ(result.starts, (Times{0, 4000}));
}

TEST(SegmentCutter, HoldsTheLastPictureOverLongerSound) {
  const auto result = cut(timeline(10), {0, 3}, frames(40, 5000), 5000);
  EXPECT_EQ(result.starts, (Times{0, 4000, 8000}));
  EXPECT_EQ(result.repeats, (Times{8000}));
  EXPECT_EQ(result.end, 10000);
}

TEST(SegmentCutter, DoesNotBelieveALastFrameThatLastsForAges) {
  EXPECT_EQ(cut(timeline(8), {0, 2}, frames(40, 8000), 900'000).end, 8400);
  EXPECT_EQ(cut(timeline(0.1), {0, 1}, {0, 1, 2}, 900'000).end, 4400);
}

TEST(SegmentCutter, DropsWhatComesLongAfterThePlannedEnd) {
  const auto result = cut(timeline(8), {0, 2}, frames(40, 60000), 60000);
  EXPECT_EQ(result.end, 8400);
}

}  // namespace
}  // namespace sluice::media
