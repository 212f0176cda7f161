#include "media/h264_parameters.h"

#include <gtest/gtest.h>

#include "media/testing/h264_source.h"

namespace sluice::media {
namespace {

// What x264 writes for these settings.
struct Headers {
  AvcConfig config;
  SequenceParameters sps;
};

Headers headers_of(const H264Source& wanted) {
  std::string extradata;
  auto asked = wanted;
  asked.frames = 1;
  asked.edit = [](AVPacket&, int) { return true; };
  const auto file = make_file(asked);
  const auto box = file.find("avcC");
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(file[box - 2])) << 8 |
                    static_cast<unsigned char>(file[box - 1]);
  const auto config = parse_avc_config(std::string_view(file).substr(box + 4, size - 8));
  EXPECT_TRUE(config);
  EXPECT_EQ(config->sps.size(), 1u);
  const auto sps = parse_sps(config->sps.front());
  EXPECT_TRUE(sps);
  return {*config, *sps};
}

TEST(SequenceParameters, SayWhatTheStreamIs) {
  const auto plain = headers_of({.x264 = "keyint=infinite:level=3.1"}).sps;
  EXPECT_EQ(plain.profile, 100);
  EXPECT_EQ(plain.level, 31);
  EXPECT_EQ(plain.chroma_format, 1);
  EXPECT_EQ(plain.luma_bits, 8);
  EXPECT_EQ(plain.width, 640);
  EXPECT_EQ(plain.height, 360) << "360 lines are 22.5 macroblocks: the rest is cropped";
  EXPECT_TRUE(plain.frames_only);
  EXPECT_EQ(plain.sample_aspect, (Rational{1, 1}));
  EXPECT_FALSE(plain.full_range);
  EXPECT_EQ(plain.primaries, 2);
}

TEST(SequenceParameters, TellFramesFromFieldsSquareFromOblongAndLimitedFromFull) {
  EXPECT_FALSE(headers_of({.x264 = "interlaced=1"}).sps.frames_only);
  EXPECT_EQ(headers_of({.x264 = "interlaced=1"}).sps.height, 360);
  EXPECT_EQ(headers_of({.sample_aspect = {4, 3}}).sps.sample_aspect, (Rational{4, 3}));
  EXPECT_EQ(headers_of({.sample_aspect = {45, 64}}).sps.sample_aspect, (Rational{45, 64}));
  EXPECT_TRUE(headers_of({.full_range = true}).sps.full_range);
  EXPECT_EQ(headers_of({.profile = "high444"}).sps.chroma_format, 3);
  const auto baseline = headers_of({.x264 = "bframes=0:cabac=0:8x8dct=0:weightp=0", .profile = "baseline"}).sps;
  EXPECT_EQ(baseline.profile, 66);
  EXPECT_EQ(baseline.constraints & 0x40, 0x40);
}

TEST(SequenceParameters, NameColours) {
  const auto sps = headers_of({.configure = [](AVCodecContext& codec) {
                     codec.color_primaries = AVCOL_PRI_BT709;
                     codec.color_trc = AVCOL_TRC_IEC61966_2_1;
                     codec.colorspace = AVCOL_SPC_SMPTE170M;
                   }}).sps;
  EXPECT_EQ(sps.primaries, 1);
  EXPECT_EQ(sps.transfer, 13);
  EXPECT_EQ(sps.matrix, 6);
}

TEST(SequenceParameters, AreRefusedWhenCutShort) {
  const auto whole = headers_of({}).config.sps.front();
  EXPECT_TRUE(parse_sps(whole));
  for (std::size_t size = 0; size < 8; ++size) {
    EXPECT_FALSE(parse_sps(std::string_view(whole).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_sps(std::string(40, '\xFF')));
  EXPECT_FALSE(parse_sps(std::string("\x67") + std::string(40, '\0')));
}

TEST(AvcConfig, IsRefusedWhenItIsNone) {
  EXPECT_FALSE(parse_avc_config(""));
  EXPECT_FALSE(parse_avc_config(std::string_view("\0\0\0\1\x67\x64\0\x1F", 8)));
  const std::string good("\x01\x64\0\x1F\xFF\xE1\0\2\x67\x64\1\0\2\x68\xCE", 15);
  const auto config = parse_avc_config(good);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->length_size, 4u);
  EXPECT_EQ(config->pps.front(), "\x68\xCE");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_avc_config(std::string_view(good).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace sluice::media
