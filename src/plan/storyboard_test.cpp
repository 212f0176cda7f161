#include "plan/storyboard.h"

#include <gtest/gtest.h>

#include "plan/timeline.h"

namespace sluice {
namespace {

Rendition rendition(int width, int height) {
  Rendition made;
  made.width = width;
  made.height = height;
  return made;
}

Plan plan_of(double seconds) {
  Plan plan;
  plan.timeline.duration_seconds = seconds;
  plan.timeline.segment_count = count_segments(seconds);
  plan.timeline.chunks = cut_chunks(plan.timeline);
  plan.renditions.push_back(rendition(426, 240));
  plan.storyboard = plan_storyboard(seconds, plan.renditions.back());
  return plan;
}

struct TileCase {
  int width, height;  // of the smallest rendition
  int tile_width, tile_height;
};

TEST(PlanStoryboard, FitsTheTileIntoItsBoxAndNeverEnlarges) {
  const TileCase cases[] = {{426, 240, 256, 144}, {240, 426, 82, 144}, {320, 240, 192, 144},
                            {574, 240, 256, 108}, {64, 64, 64, 64},    {2, 2, 2, 2},
                            {160, 120, 160, 120}, {4096, 2, 256, 2},   {2, 4096, 2, 144}};
  for (const auto& one : cases) {
    const auto made = plan_storyboard(60, rendition(one.width, one.height));
    EXPECT_EQ(made.tile_width, one.tile_width) << one.width << "x" << one.height;
    EXPECT_EQ(made.tile_height, one.tile_height) << one.width << "x" << one.height;
  }
}

TEST(PlanStoryboard, HasRarerTilesInLongerVideos) {
  const std::pair<double, int> cases[] = {{0.04, 1}, {120, 1},    {120.1, 2},   {1200, 2},
                                          {1201, 4}, {10'800, 4}, {10'801, 8}, {43'200, 8}};
  for (const auto& [seconds, interval] : cases) {
    EXPECT_EQ(plan_storyboard(seconds, rendition(426, 240)).interval_seconds, interval) << seconds;
  }
}

TEST(Sheets, HoldEveryTileOfTheVideoOnceAndInOrder) {
  for (const double seconds : {0.04, 1.0, 4.3, 8.39, 12.0, 61.7, 119.99, 130.0, 1201.0, 10'900.0}) {
    const auto plan = plan_of(seconds);
    const int interval = plan.storyboard->interval_seconds;
    int next = 0;
    for (int chunk = 0; chunk < static_cast<int>(plan.timeline.chunks.size()); ++chunk) {
      const auto sheet = sheet_of(plan, chunk);
      if (sheet.tile_count == 0) continue;
      EXPECT_EQ(sheet.first_tile, next) << seconds;
      EXPECT_LE(sheet.columns, 5);
      EXPECT_GE(sheet.columns * sheet.rows, sheet.tile_count);
      EXPECT_LT(sheet.columns * (sheet.rows - 1), sheet.tile_count) << "no empty row";
      const auto& own = plan.timeline.chunks[static_cast<std::size_t>(chunk)];
      EXPECT_GE(next * interval, own.first_segment * kSegmentSeconds) << seconds;
      next += sheet.tile_count;
    }
    EXPECT_GE(next * interval, seconds);
    EXPECT_LT((next - 1) * interval, seconds);
  }
}

TEST(Sheets, TakeTheTilesWhoseTimeIsInTheChunk) {
  const auto plan = plan_of(60.3);  // chunks of 1, 2, 4 and 8 segments
  const auto first = sheet_of(plan, 0);
  EXPECT_EQ(first.tile_count, 4);
  EXPECT_EQ(first.columns, 4);
  EXPECT_EQ(first.rows, 1);
  const auto last = sheet_of(plan, 3);
  EXPECT_EQ(last.first_tile, 28);
  EXPECT_EQ(last.tile_count, 33) << "to 60 s";
  EXPECT_EQ(last.columns, 5);
  EXPECT_EQ(last.rows, 7);
}

TEST(Sheets, AreMissingWhereNoTileFalls) {
  auto plan = plan_of(12'000);  // one tile in eight seconds
  plan.timeline.chunks = {{0, 1}, {1, 2}, {2, 3}};
  EXPECT_EQ(sheet_of(plan, 0).tile_count, 1);
  EXPECT_EQ(sheet_of(plan, 1).tile_count, 0);
  plan.storyboard.reset();
  EXPECT_EQ(sheet_of(plan, 0).tile_count, 0);
}

TEST(PosterSearch, CoversTheFirstHalfMinuteOrAFifthUpToTenMinutes) {
  const auto searched = [](double seconds) {
    const auto timeline = plan_of(seconds).timeline;
    int end = 0;
    for (int chunk = 0; chunk < static_cast<int>(timeline.chunks.size()); ++chunk) {
      if (may_hold_poster(timeline, chunk)) {
        end = timeline.chunks[static_cast<std::size_t>(chunk)].first_segment * kSegmentSeconds;
      }
    }
    return end;  // where the last chunk that is searched starts
  };
  EXPECT_EQ(searched(3), 0);
  EXPECT_EQ(searched(60), 28);
  EXPECT_EQ(searched(600), 92);       // the fifth ends at 120 s, the next chunk starts at 124 s
  EXPECT_EQ(searched(7200), 572);     // the next one would start at 604 s
  EXPECT_EQ(preferred_poster_seconds(plan_of(60).timeline), 6);
}

}  // namespace
}  // namespace sluice
