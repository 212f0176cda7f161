#include "plan/source_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

SourceFacts phone_clip() {
  SourceFacts source;
  source.container = "mov,mp4,m4a,3gp,3g2,mj2";
  source.size_bytes = 57191;
  source.duration_seconds = 1.667;
  VideoStreamFacts video;
  video.codec = "hevc";
  video.pixel_format = "yuv420p10le";
  video.coded_width = 1920;
  video.coded_height = 1080;
  video.rotation = 90;
  video.frame_rate = {30000, 1001};
  video.color_primaries = "bt2020";
  video.color_transfer = "arib-std-b67";
  video.color_matrix = "bt2020nc";
  source.video = video;
  AudioStreamFacts audio;
  audio.codec = "aac";
  audio.sample_rate = 48000;
  audio.channels = 2;
  audio.language = "en";
  audio.is_default = true;
  source.audio = {audio};
  return source;
}

TEST(SourceJson, IsWhatTheInterfacePromises) {
  const json expected = json::parse(R"({
    "container": "mov,mp4,m4a,3gp,3g2,mj2", "size_bytes": 57191, "duration_seconds": 1.667,
    "video": {"codec": "hevc", "width": 1920, "height": 1080, "sample_aspect": [1, 1],
              "frame_rate": 29.97, "rotation": 90, "mirrored": false, "interlaced": false,
              "hdr": "hlg", "pixel_format": "yuv420p10le",
              "color": {"primaries": "bt2020", "transfer": "arib-std-b67", "matrix": "bt2020nc",
                        "full_range": false}},
    "audio": [{"codec": "aac", "channels": 2, "sample_rate": 48000, "language": "en",
               "title": null, "is_default": true, "loudness_lufs": null, "true_peak_dbtp": null}]})");
  EXPECT_EQ(json::parse(source_json(phone_clip())), expected);
}

TEST(SourceJson, NamesTheKindOfHdr) {
  auto source = phone_clip();
  source.video->dolby_vision_profile = 8;
  EXPECT_EQ(hdr_format(*source.video), "dolby_vision");
  source.video->color_transfer = "smpte2084";
  source.video->dolby_vision_profile = 0;
  EXPECT_EQ(hdr_format(*source.video), "hdr10");
  source.video->color_transfer = "bt709";
  EXPECT_EQ(hdr_format(*source.video), "");
  EXPECT_TRUE(json::parse(source_json(source))["video"]["hdr"].is_null());
}

TEST(SourceJson, StaysSmallWithAThousandTracks) {
  auto source = phone_clip();
  source.video.reset();
  source.audio.resize(1000);
  const auto value = json::parse(source_json(source));
  EXPECT_TRUE(value["video"].is_null());
  EXPECT_EQ(value["audio"].size(), kMaxShownTracks);
}

}  // namespace
}  // namespace sluice
