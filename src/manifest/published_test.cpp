#include "manifest/published.h"

#include <gtest/gtest.h>

#include "manifest/dash.h"
#include "manifest/hls.h"

namespace sluice {
namespace {

StoredSegment segment(std::string track, int index) {
  StoredSegment one;
  one.track = std::move(track);
  one.index = index;
  return one;
}

TEST(Publish, StopsAtTheFirstGap) {
  const auto tracks = publish({segment("720p", 0), segment("720p", 1), segment("720p", 3)});
  ASSERT_EQ(tracks.at("720p").size(), 2u);
  EXPECT_EQ(tracks.at("720p").back().index, 1);
}

TEST(Publish, LeavesOutATrackWithoutItsFirstSegment) {
  const auto tracks = publish({segment("480p", 1), segment("240p", 0)});
  EXPECT_FALSE(tracks.contains("480p"));
  EXPECT_TRUE(tracks.contains("240p"));
}

TEST(Publish, SortsAndDropsRepeats) {
  const auto tracks = publish({segment("240p", 10), segment("240p", 2), segment("240p", 0),
                               segment("240p", 1), segment("240p", 1)});
  ASSERT_EQ(tracks.at("240p").size(), 3u);
  EXPECT_EQ(tracks.at("240p")[2].index, 2);
}

Plan plan_of_one_rendition() {
  Plan plan;
  plan.timeline.timescale = 30000;
  Rendition rendition;
  rendition.name = "240p";
  plan.renditions.push_back(rendition);
  return plan;
}

TEST(MediaPlaylist, IsNothingForATrackOutsideThePlan) {
  const Plan plan = plan_of_one_rendition();
  EXPECT_TRUE(hls_media_playlist(plan, "240p", {}, Growth::growing, {}));
  EXPECT_FALSE(hls_media_playlist(plan, "1080p", {}, Growth::growing, {}));
  EXPECT_FALSE(hls_media_playlist(plan, "../240p", {}, Growth::growing, {}));
}

TEST(MultivariantPlaylist, IsNothingBeforeThereIsSomethingToPlay) {
  EXPECT_FALSE(hls_multivariant_playlist(plan_of_one_rendition(), {}, Growth::growing));
}

TEST(DashManifest, IsNothingWhileTheVideoGrowsOrHasNothingToPlay) {
  const Plan plan = plan_of_one_rendition();
  const auto tracks = publish({segment("240p", 0)});
  EXPECT_FALSE(dash_manifest(plan, tracks, Growth::growing, {}));
  EXPECT_FALSE(dash_manifest(plan, publish({segment("audio-0", 0)}), Growth::complete, {}));
  EXPECT_TRUE(dash_manifest(plan, tracks, Growth::stopped, {}));
}

// Ten hours of 4.004 s: a duration that was rounded by itself each time would be off by
// milliseconds.
TEST(MediaPlaylist, DurationsAddUpExactly) {
  const Plan plan = plan_of_one_rendition();
  std::vector<StoredSegment> segments;
  constexpr std::int64_t kTicks = 120'121;  // 4.0040333… s
  for (int i = 0; i < 9000; ++i) {
    auto one = segment("240p", i);
    one.start_ticks = i * kTicks;
    one.duration_ticks = kTicks;
    segments.push_back(one);
  }
  const std::string text = hls_media_playlist(plan, "240p", segments, Growth::complete, {}).value();
  std::int64_t sum = 0;
  for (std::size_t at = text.find("#EXTINF:"); at != std::string::npos;
       at = text.find("#EXTINF:", at + 1)) {
    const std::string number = text.substr(at + 8, text.find(',', at) - at - 8);
    sum += std::stoll(number.substr(0, 1)) * 1'000'000 + std::stoll(number.substr(2));
  }
  EXPECT_EQ(sum, 9000 * kTicks * 1'000'000 / 30000);
}

}  // namespace
}  // namespace sluice
