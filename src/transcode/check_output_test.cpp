// The gate's own test: for each check an output that is broken in that one way.
#include "transcode/check_output.h"

#include <gmock/gmock.h>

#include "manifest/published.h"
#include "video/object_key.h"

namespace sluice {
namespace {

using testing::HasSubstr;

const VideoId kVideo{"v1"};

// Two renditions and sound, ten seconds in three segments.
struct Output {
  Plan plan;
  std::vector<StoredSegment> segments;
  std::vector<ObjectInfo> objects;

  Output() {
    plan.mode = VideoMode::chunked;
    plan.timeline.duration_seconds = 10;
    plan.timeline.segment_count = 3;
    plan.timeline.chunks = {{0, 1}, {1, 3}};
    plan.frame_rate = {25, 1};
    plan.source.video.emplace();
    plan.source.video->frame_rate = {25, 1};
    plan.source.video->frame_count = 250;
    plan.renditions.resize(2);
    plan.renditions[0].name = "720p";
    plan.renditions[1].name = "240p";
    plan.storyboard = Storyboard{1, 256, 144};
    plan.audio.resize(1);
    plan.audio[0].name = "audio-0";
    for (const std::string sheet : {"images/00000.jpg", "images/00001.jpg"}) {
      objects.push_back({video_prefix(kVideo) + sheet, 9'000});
    }
    for (const std::string track : {"720p", "240p", "audio-0"}) add_track(track);
  }

  void add_track(const std::string& track) {
    const std::int64_t timescale = track_timescale(plan, track).value();
    objects.push_back({init_key(kVideo, track), 700});
    for (int i = 0; i < 3; ++i) {
      StoredSegment segment;
      segment.track = track;
      segment.index = i;
      segment.start_ticks = i * 4 * timescale;
      segment.duration_ticks = (i < 2 ? 4 : 2) * timescale;
      segment.size_bytes = 1'000 + i;
      segment.sample_count = i < 2 ? 100 : 50;
      segments.push_back(segment);
      objects.push_back({segment_key(kVideo, track, i), 1'000 + i});
    }
  }

  StoredSegment& segment(const std::string& track, int index) {
    for (auto& one : segments) {
      if (one.track == track && one.index == index) return one;
    }
    throw std::logic_error("no such segment");
  }

  std::string fault() const {
    const auto checked = check_output(kVideo, plan, segments, objects);
    if (checked) return "";
    EXPECT_EQ(checked.error().kind, ErrorKind::internal);
    EXPECT_EQ(checked.error().code, "output_invalid");
    return checked.error().message;
  }
};

TEST(CheckOutput, LetsPassWhatIsComplete) { EXPECT_EQ(Output{}.fault(), ""); }

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

TEST(CheckOutput, SeesAGapInTimeAndAnOverlap) {
  Output output;
  output.segment("720p", 1).start_ticks += 1;
  EXPECT_EQ(output.fault(), "720p: segment 1 starts at 360001, the one before it ends at 360000.");
  output.segment("720p", 1).start_ticks -= 2;
  EXPECT_EQ(output.fault(), "720p: segment 1 starts at 359999, the one before it ends at 360000.");
}

TEST(CheckOutput, SeesATrackThatDoesNotStartAtZero) {
  for (const std::string track : {"720p", "audio-0"}) {
    Output output;
    for (int i = 0; i < 3; ++i) output.segment(track, i).start_ticks += 1'000;
    EXPECT_EQ(output.fault(), track + ": segment 0 starts at 1000, the one before it ends at 0.");
  }
}

TEST(CheckOutput, SeesRenditionsThatAreCutApart) {
  Output output;
  output.segment("240p", 0).duration_ticks += 3'600;
  output.segment("240p", 1).start_ticks += 3'600;
  output.segment("240p", 1).duration_ticks -= 3'600;
  EXPECT_EQ(output.fault(),
            "Segment 0 of 240p starts at 0 and lasts 363600, of 720p at 0 and 360000.");
}

TEST(CheckOutput, SeesRenditionsThatEndApart) {
  Output output;
  output.segment("240p", 2).duration_ticks += 3'000;
  EXPECT_THAT(output.fault(), HasSubstr("Segment 2 of 240p starts at 720000 and lasts 183000"));
}

TEST(CheckOutput, SeesAPictureThatOneRenditionLacks) {
  Output output;
  output.segment("240p", 1).sample_count = 99;
  EXPECT_EQ(output.fault(), "Segment 1 of 240p has 99 pictures, of 720p 100.");
  output.segment("240p", 1).sample_count = 0;
  EXPECT_EQ(output.fault(), "") << "not counted by an older version";
}

TEST(CheckOutput, SeesMorePicturesThanTheSourceHas) {
  Output output;
  for (const std::string track : {"720p", "240p"}) output.segment(track, 2).sample_count = 55;
  EXPECT_EQ(output.fault(), "720p has 255 pictures; the source has 250.");
  output.plan.source.video->frame_count = 0;
  EXPECT_EQ(output.fault(), "") << "nobody knows";
}

TEST(CheckOutput, CountsEverySecondPictureOfAFastSource) {
  Output output;
  output.plan.source.video->frame_rate = {100, 1};
  output.plan.source.video->frame_count = 1'000;
  output.plan.frame_rate = {50, 1};
  for (const std::string track : {"720p", "240p"}) output.segment(track, 2).sample_count = 300;
  EXPECT_EQ(output.fault(), "");
  for (const std::string track : {"720p", "240p"}) output.segment(track, 2).sample_count = 400;
  EXPECT_EQ(output.fault(), "720p has 600 pictures; the source has 1000.");
}

TEST(CheckOutput, CountsPicturesThatAreMissing) {
  Output output;
  const auto missing = [&] { return missing_pictures(output.plan, output.segments); };
  EXPECT_FALSE(missing());
  output.segment("720p", 2).sample_count = 40;
  EXPECT_FALSE(missing()) << "ten are no news";
  output.segment("720p", 2).sample_count = 39;
  ASSERT_TRUE(missing());
  EXPECT_EQ(missing()->made, 239);
  EXPECT_EQ(missing()->promised, 250);
  EXPECT_EQ(output.fault().find("pictures; the source"), std::string::npos) << "no fault of ours";

  output.plan.source.video->frame_count = 500;
  EXPECT_EQ(missing()->promised, 250) << "the index also lists what an edit list cuts off";
  output.plan.source.video->frame_count = 0;
  EXPECT_FALSE(missing()) << "nobody knows";
  output.plan.source.video->frame_count = 250;
  output.segment("720p", 1).sample_count = 0;
  EXPECT_FALSE(missing()) << "not counted by an older version";
}

TEST(CheckOutput, ExpectsEverySecondPictureOfAFastSource) {
  Output output;
  output.plan.source.video->frame_rate = {50, 1};
  output.plan.source.video->frame_count = 500;
  EXPECT_FALSE(missing_pictures(output.plan, output.segments));
  output.segment("720p", 0).sample_count = 60;
  EXPECT_EQ(missing_pictures(output.plan, output.segments)->made, 210);
}

TEST(CheckOutput, SeesAPictureThatEndsFarFromThePlan) {
  Output output;
  output.plan.timeline.duration_seconds = 10.5;
  EXPECT_EQ(output.fault(), "720p ends at 10.000 s of 10.500 s.");
  output.plan.timeline.duration_seconds = 10;
  for (const std::string track : {"720p", "240p"})
    output.segment(track, 2).duration_ticks = 495'000;
  EXPECT_EQ(output.fault(), "720p ends at 13.500 s of 10.000 s.");
}

TEST(CheckOutput, SeesSoundThatDoesNotEndWithThePicture) {
  Output output;
  output.segment("audio-0", 2).duration_ticks = 48'000;
  EXPECT_EQ(output.fault(), "audio-0 ends at 9.000 s, 720p at 10.000 s.");
  output.segment("audio-0", 2).duration_ticks = 3 * 48'000;
  EXPECT_EQ(output.fault(), "audio-0 ends at 11.000 s, 720p at 10.000 s.");
}

TEST(CheckOutput, SeesSoundAloneThatEndsFarFromThePlan) {
  Output output;
  output.plan.renditions.clear();
  output.plan.source.video.reset();
  output.plan.storyboard.reset();
  EXPECT_EQ(output.fault(), "");
  output.plan.timeline.duration_seconds = 12;
  EXPECT_EQ(output.fault(), "audio-0 ends at 10.000 s of 12.000 s.");
}

TEST(CheckOutput, SeesASegmentThatNeedsMoreBandwidthThanIsAdvertised) {
  const Output output;
  const auto playlist = [](int bandwidth) {
    return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=1\n240p/playlist.m3u8\n"
           "#EXT-X-STREAM-INF:BANDWIDTH=" +
           std::to_string(bandwidth) + ",AVERAGE-BANDWIDTH=1\n720p/playlist.m3u8\n";
  };
  // The last one: 1002 bytes in two seconds.
  EXPECT_TRUE(check_bandwidth(output.plan, output.segments, playlist(4'008)));
  const auto low = check_bandwidth(output.plan, output.segments, playlist(4'000));
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().message,
            "Segment 2 of 720p needs 4008 bit/s; the playlist advertises 4000.");
  const auto missing = check_bandwidth(output.plan, output.segments, "#EXTM3U\n");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "720p is in no playlist.");
}

TEST(CheckOutput, MissesAnObject) {
  Output output;
  std::erase_if(output.objects,
                [](const auto& o) { return o.key == segment_key(kVideo, "240p", 2); });
  EXPECT_EQ(output.fault(), "Segment 2 of 240p is missing.");
}

TEST(CheckOutput, SeesAnObjectOfAnotherSize) {
  Output output;
  for (auto& object : output.objects) {
    if (object.key == segment_key(kVideo, "720p", 1)) object.size_bytes = 1;
  }
  EXPECT_EQ(output.fault(), "Segment 1 of 720p is of another size.");
}

TEST(CheckOutput, MissesAnInitSegment) {
  Output output;
  std::erase_if(output.objects, [](const auto& o) { return o.key == init_key(kVideo, "720p"); });
  EXPECT_EQ(output.fault(), "The init segment of 720p is missing.");
}

TEST(CheckOutput, MissesASheetOfTheStoryboard) {
  Output output;
  output.objects.erase(output.objects.begin() + 1);
  EXPECT_EQ(output.fault(), "images/00001.jpg of the storyboard is missing.");
  output.plan.storyboard.reset();
  EXPECT_EQ(output.fault(), "");
}

}  // namespace
}  // namespace sluice
