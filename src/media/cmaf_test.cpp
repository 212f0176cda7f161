#include "media/cmaf.h"

#include <gtest/gtest.h>

#include "media/h264.h"

namespace sluice::media {
namespace {

std::uint64_t number(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

// Position behind the type of the first box of this type, wherever it is nested.
std::size_t inside(std::string_view bytes, std::string_view type) {
  return bytes.find(type) + 4;
}

std::vector<Sample> pyramid() {
  return {{"IIII", 3000, true}, {"PP", 6003, false}, {"b", 4001, false}, {"b", 5002, false}};
}

TEST(MediaSegment, StartsAtItsFirstPictureAndRunsOnToItsEnd) {
  const auto segment = write_media_segment(pyramid(), 7004, 4);
  EXPECT_EQ(number(segment, inside(segment, "mfhd") + 4, 4), 5u);
  EXPECT_EQ(number(segment, inside(segment, "tfdt") + 4, 8), 3000u);
  const auto run = inside(segment, "trun");
  EXPECT_EQ(number(segment, run + 4, 4), 4u);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 4; ++i) sum += number(segment, run + 12 + 16 * i, 4);
  EXPECT_EQ(sum, 4004u);
}

// What decode_times promises, for one order of presentation times.
void expect_sound(const std::vector<std::int64_t>& shown, std::int64_t end) {
  std::vector<Sample> samples;
  for (const auto pts : shown) samples.push_back({"x", pts, samples.empty()});
  const auto times = decode_times(samples, end);
  EXPECT_EQ(times.front(), shown.front());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::int64_t next = i + 1 < times.size() ? times[i + 1] : end;
    EXPECT_LT(times[i], next) << i;
    EXPECT_LE(times[i], shown[i]) << i;
    EXPECT_LE(shown[i] + next - times[i], end) << i;
  }
}

TEST(DecodeTimes, NeverComeAfterThePictureAndNeverLastBeyondTheEnd) {
  expect_sound({0}, 1001);
  expect_sound({0, 1001, 2002, 3003}, 4004);
  expect_sound({3000, 6003, 4001, 5002}, 7004);
  expect_sound({0, 4000, 2000, 1000, 3000, 8000, 6000, 5000, 7000, 9000}, 10000);
  expect_sound({0, 4000, 2000, 1000, 3000, 6000, 5000}, 7000);
  expect_sound({0, 400, 200, 100, 300, 90000, 70000, 60000, 80000}, 95000);
  expect_sound({0, 90000, 89000, 100, 89500}, 91000);
}

TEST(DecodeTimes, ArePlainWithoutReorderingAndSteadyWithIt) {
  const std::vector<Sample> plain = {{"", 5, true}, {"", 6, false}, {"", 9, false}};
  EXPECT_EQ(decode_times(plain, 12), (std::vector<std::int64_t>{5, 6, 9}));
  std::vector<Sample> pyramid_run = {{"", 0, true}};
  for (std::int64_t group = 0; group < 10; ++group) {
    for (const std::int64_t shown : {4, 2, 1, 3}) pyramid_run.push_back({"", (group * 4 + shown) * 100, false});
  }
  const auto times = decode_times(pyramid_run, 4100);
  for (std::size_t i = 4; i + 4 < times.size(); ++i) EXPECT_EQ(times[i + 1] - times[i], 100);
}

TEST(MediaSegment, PointsAtItsDataAndMarksOnlyTheIdrAsSync) {
  const auto segment = write_media_segment(pyramid(), 7004, 0);
  const auto moof = segment.find("moof") - 4;
  const auto run = inside(segment, "trun");
  EXPECT_EQ(segment.substr(moof + number(segment, run + 8, 4)), "IIIIPPbb");
  EXPECT_EQ(number(segment, run + 12 + 8, 4), 0x02000000u);
  EXPECT_EQ(number(segment, run + 12 + 16 + 8, 4), 0x01010000u);
}

TEST(InitSegment, DependsOnNothingButItsValues) {
  VideoInit init{12800, 1280, 720, "config", {1, 1, 1, false}};
  EXPECT_EQ(write_init_segment(init), write_init_segment(init));
  const auto bytes = write_init_segment(init);
  EXPECT_EQ(number(bytes, 0, 4) + number(bytes, number(bytes, 0, 4), 4), bytes.size());
  EXPECT_NE(bytes.find("avcCconfig"), std::string::npos);
  EXPECT_EQ(bytes.find("edts"), std::string::npos) << "no edit list";
}

TEST(AnnexB, IsSplitAtStartCodesOfBothLengths) {
  const std::string stream("\0\0\0\1\x67sps\0\0\1\x68pps\0\0\0\1\x65idr", 23);
  const auto nals = split_annex_b(stream);
  ASSERT_EQ(nals.size(), 3u);
  EXPECT_EQ(nals[0], "\x67sps");
  EXPECT_EQ(nals[1], "\x68pps");
  EXPECT_EQ(nals[2], "\x65idr");
}

TEST(AvcConfig, HoldsTheParameterSetsAndNamesTheCodec) {
  const std::string sets("\0\0\0\1\x67\x64\x00\x1f\xac\0\0\0\1\x68\xeb", 15);
  const auto config = make_avc_config(sets);
  EXPECT_EQ(avc_codecs(config), "avc1.64001f");
  EXPECT_EQ(config.substr(config.size() - 4), std::string("\xFD\xF8\xF8\0", 4));
  EXPECT_EQ(make_avc_config("nothing"), "");
}

TEST(LengthPrefixed, LeavesOutWhatTheInitSegmentHolds) {
  const std::string stream("\0\0\0\1\x67sps\0\0\0\1\x09x\0\0\0\1\x65idr", 22);
  EXPECT_EQ(to_length_prefixed(stream), std::string("\0\0\0\4\x65idr", 8));
}

}  // namespace
}  // namespace sluice::media
