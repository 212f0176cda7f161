#include "transcode/check_output.h"

#include <gtest/gtest.h>

#include "video/object_key.h"

namespace sluice {
namespace {

const VideoId kVideo{"v1"};

// Two renditions and sound, ten seconds in three segments.
struct Output {
  Plan plan;
  std::vector<StoredSegment> segments;
  std::vector<ObjectInfo> objects;

  Output() {
    plan.mode = VideoMode::chunked;
    plan.timeline = {90'000, 10.0, 3, {{0, 1}, {1, 3}}};
    plan.renditions.resize(2);
    plan.renditions[0].name = "720p";
    plan.renditions[1].name = "240p";
    plan.storyboard = Storyboard{1, 256, 144};
    objects.push_back({video_prefix(kVideo) + "images/00000.jpg", 9'000});
    objects.push_back({video_prefix(kVideo) + "images/00001.jpg", 9'000});
    plan.audio.resize(1);
    plan.audio[0].name = "audio-0";
    for (const std::string track : {"720p", "240p", "audio-0"}) {
      const std::int64_t timescale = timescale_of(plan, track);
      objects.push_back({init_key(kVideo, track), 700});
      for (int i = 0; i < 3; ++i) {
        const std::int64_t length = (i < 2 ? 4 : 2) * timescale;
        segments.push_back({track, i, i * 4 * timescale, length, 1'000 + i, 1});
        objects.push_back({segment_key(kVideo, track, i), 1'000 + i});
      }
    }
  }

  std::string fault() const {
    const auto checked = check_output(kVideo, plan, segments, objects);
    if (checked) return "";
    EXPECT_EQ(checked.error().kind, ErrorKind::internal);
    EXPECT_EQ(checked.error().code, "output_incomplete");
    return checked.error().message;
  }
};

TEST(CheckOutput, AcceptsWhatIsComplete) { EXPECT_EQ(Output{}.fault(), ""); }

TEST(CheckOutput, MissesASegment) {
  Output output;
  output.segments.erase(output.segments.begin() + 1);
  EXPECT_EQ(output.fault(), "720p has 2 of 3 segments.");
}

TEST(CheckOutput, MissesATrack) {
  Output output;
  std::erase_if(output.segments, [](const auto& s) { return s.track == "audio-0"; });
  EXPECT_EQ(output.fault(), "audio-0 has 0 of 3 segments.");
}

TEST(CheckOutput, SeesAGapInTime) {
  Output output;
  output.segments[1].start_ticks += 1;
  EXPECT_EQ(output.fault(), "720p has a gap before segment 1.");
}

TEST(CheckOutput, MissesAnObject) {
  Output output;
  std::erase_if(output.objects,
                [](const auto& o) { return o.key == segment_key(kVideo, "240p", 2); });
  EXPECT_EQ(output.fault(), "Segment 2 of 240p is missing.");
}

TEST(CheckOutput, SeesAnObjectOfAnotherSize) {
  Output output;
  output.objects[4].size_bytes = 1;
  EXPECT_EQ(output.fault(), "Segment 1 of 720p is of another size.");
}

TEST(CheckOutput, MissesAnInitSegment) {
  Output output;
  output.objects.erase(output.objects.begin() + 2);
  EXPECT_EQ(output.fault(), "The init segment of 720p is missing.");
}

TEST(CheckOutput, MissesASheetOfTheStoryboard) {
  Output output;
  output.objects.erase(output.objects.begin() + 1);
  EXPECT_EQ(output.fault(), "images/00001.jpg of the storyboard is missing.");
  output.plan.storyboard.reset();
  EXPECT_EQ(output.fault(), "");
}

TEST(CheckOutput, SeesRenditionsThatEndApart) {
  Output output;
  output.segments[5].duration_ticks += 3'000;
  EXPECT_EQ(output.fault(), "240p does not end with the other renditions.");
}

TEST(CheckOutput, SeesATrackThatEndsFarFromThePlan) {
  Output output;
  output.plan.timeline.duration_seconds = 60;
  EXPECT_EQ(output.fault(), "720p ends at 10.000 s of 60.000 s.");
}

}  // namespace
}  // namespace sluice
