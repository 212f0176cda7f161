#include "media/h264_copy.h"

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

using namespace std::string_literals;

AvcConfig config(std::size_t length_size = 4) {
  return {length_size, {"\x67\x64\x00\x1F\xAC"s}, {"\x68\xCE\x3C\x80"s}};
}

std::string unit(const std::string& bytes, std::size_t length_size = 4) {
  std::string out(length_size, '\0');
  out.back() = static_cast<char>(bytes.size());
  return out + bytes;
}

TEST(CopyPicture, TellsIdrPicturesFromOthers) {
  EXPECT_TRUE(copy_picture(unit("\x65\x88"), config())->idr);
  EXPECT_FALSE(copy_picture(unit("\x41\x9A"), config())->idr);
  EXPECT_TRUE(copy_picture(unit("\x06\x05") + unit("\x65\x88") + unit("\x65\x11"), config())->idr);
}

TEST(CopyPicture, WritesLengthsOfFourBytes) {
  for (const std::size_t size : {1u, 2u, 4u}) {
    const auto picture =
        copy_picture(unit("\x06\x01\x80", size) + unit("\x41\x9A\x02", size), config(size));
    ASSERT_TRUE(picture) << size;
    EXPECT_EQ(picture->data, unit("\x06\x01\x80") + unit("\x41\x9A\x02"));
  }
}

TEST(CopyPicture, LeavesOutWhatTheInitSegmentHasAndWhatSaysNothing) {
  const auto picture =
      copy_picture(unit("\x09\xF0") + unit(config().sps[0]) + unit(config().pps[0]) +
                       unit("\x0C\xFF\xFF\x80") + unit("\x65\x88"),
                   config());
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->data, unit("\x65\x88"));
}

TEST(CopyPicture, RefusesWhatARenditionMustNotHold) {
  const auto refused = [](const std::string& packet) { return !copy_picture(packet, config()); };
  EXPECT_TRUE(refused(unit("\x67\x64\x00\x28\xAC"s) + unit("\x65\x88"))) << "other parameters";
  EXPECT_TRUE(refused(unit("\x68\xCE\x3C\x81") + unit("\x41\x9A")));
  EXPECT_TRUE(refused(unit("\x65\x88") + unit("\x41\x9A"))) << "half an IDR picture";
  EXPECT_TRUE(refused(unit("\x42\x9A"))) << "a partition";
  EXPECT_TRUE(refused(unit("\x41\x9A") + unit("\x74\x01"))) << "a second layer";
  EXPECT_TRUE(refused(unit("\x06\x01\x80"))) << "no picture at all";
  EXPECT_TRUE(refused(""));
}

TEST(CopyPicture, RefusesDamage) {
  EXPECT_FALSE(copy_picture("\0\0\0\x05\x41\x9A"s, config())) << "longer than the packet";
  EXPECT_FALSE(copy_picture(unit("\x41\x9A") + "\0\0"s, config())) << "half a length";
  EXPECT_FALSE(copy_picture(unit("\x41\x9A") + "\0\0\0\0"s, config())) << "nothing";
  EXPECT_FALSE(copy_picture("\xFF\xFF\xFF\xFF\x41"s, config()));
}

TEST(WriteAvcConfig, IsReadBackTheSame) {
  SequenceParameters sps;
  sps.profile = 100;
  auto written = config();
  written.pps.push_back("\x68\xEE");
  const auto record = write_avc_config(written, sps);
  const auto read = parse_avc_config(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sps, written.sps);
  EXPECT_EQ(read->pps, written.pps);
  EXPECT_EQ(read->length_size, 4u);
  EXPECT_EQ(record.substr(record.size() - 4), "\xFD\xF8\xF8\0"s);
  sps.profile = 77;
  EXPECT_EQ(write_avc_config(written, sps).size(), record.size() - 4);
}

}  // namespace
}  // namespace sluice::media
