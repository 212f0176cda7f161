#include "plan/ladder.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<std::string> names(PictureSize size) {
  std::vector<std::string> result;
  for (const auto& rendition : make_ladder(size, {30, 1})) {
    result.push_back(fmt::format("{}:{}x{}", rendition.name, rendition.width, rendition.height));
  }
  return result;
}

using Names = std::vector<std::string>;

TEST(Ladder, TakesTheRungsNotAboveTheSource) {
  EXPECT_EQ(names({1920, 1080}), (Names{"1080p:1920x1080", "720p:1280x720", "480p:854x480",
                                        "360p:640x360", "240p:426x240"}));
  EXPECT_EQ(names({720, 405}), (Names{"360p:640x360", "240p:426x240"}));
  EXPECT_EQ(names({3840, 2160}).front(), "2160p:3840x2160");
}

TEST(Ladder, GoesByTheShortSideOfPortraitPictures) {
  EXPECT_EQ(names({1080, 1920}), (Names{"1080p:1080x1920", "720p:720x1280", "480p:480x854",
                                        "360p:360x640", "240p:240x426"}));
}

TEST(Ladder, KeepsTheSizeOfTinyPicturesButMakesItEven) {
  EXPECT_EQ(names({161, 121}), (Names{"120p:160x120"}));
  EXPECT_EQ(names({64, 64}), (Names{"64p:64x64"}));
  EXPECT_EQ(names({3, 2}), (Names{"2p:2x2"}));
}

TEST(Ladder, NeverUpscalesAndIsAlwaysEven) {
  for (int width = 2; width < 4200; width += 37) {
    for (int height = 2; height < 4200; height += 41) {
      for (const auto& rendition : make_ladder({width, height}, {25, 1})) {
        EXPECT_LE(std::min(rendition.width, rendition.height), std::min(width, height));
        EXPECT_EQ(rendition.width % 2, 0);
        EXPECT_EQ(rendition.height % 2, 0);
      }
    }
  }
}

TEST(DisplayedSize, AppliesSampleAspectAndRotation) {
  VideoStreamFacts video;
  video.coded_width = 1280;
  video.coded_height = 1080;
  video.sample_aspect = {3, 2};
  EXPECT_EQ(displayed_size(video), (PictureSize{1920, 1080}));
  video.rotation = 90;
  EXPECT_EQ(displayed_size(video), (PictureSize{1080, 1920}));
  video.sample_aspect = {1, 2};
  video.rotation = 180;
  EXPECT_EQ(displayed_size(video), (PictureSize{1280, 2160}));
}

TEST(DisplayedSize, DoesNotBelieveAbsurdSampleAspects) {
  VideoStreamFacts video;
  video.coded_width = video.coded_height = 64;
  for (const Rational absurd : {Rational{32767, 1}, Rational{1, 32767}}) {
    video.sample_aspect = absurd;
    EXPECT_EQ(displayed_size(video), (PictureSize{64, 64}));
  }
}

TEST(OutputFrameRate, IsHalvedAboveSixty) {
  EXPECT_EQ(output_frame_rate({60, 1}), (Rational{60, 1}));
  EXPECT_EQ(output_frame_rate({120000, 1001}), (Rational{60000, 1001}));
  EXPECT_EQ(output_frame_rate({240, 1}), (Rational{60, 1}));
  EXPECT_EQ(output_frame_rate({90, 1}), (Rational{45, 1}));
  EXPECT_EQ(output_frame_rate({0, 1}).num, 0);
}

TEST(Level, FollowsTableA1) {
  EXPECT_EQ(h264_level(1920, 1080, 30, 6'000'000), 40);
  EXPECT_EQ(h264_level(1920, 1080, 60, 9'000'000), 42);
  EXPECT_EQ(h264_level(1280, 720, 30, 3'500'000), 31);
  EXPECT_EQ(h264_level(854, 480, 30, 1'700'000), 31);
  EXPECT_EQ(h264_level(640, 360, 30, 1'000'000), 30);
  EXPECT_EQ(h264_level(426, 240, 30, 500'000), 21);
  EXPECT_EQ(h264_level(3840, 2160, 60, 27'000'000), 52);
}

}  // namespace
}  // namespace sluice
