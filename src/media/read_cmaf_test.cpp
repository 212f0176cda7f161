#include "media/read_cmaf.h"

#include <gtest/gtest.h>

namespace sluice::media {
namespace {

std::string nal(char header, std::size_t size) {
  std::string unit("\0\0\0", 3);
  unit.push_back(static_cast<char>(size));
  unit.push_back(header);
  unit.append(size - 1, 'x');
  return unit;
}

std::vector<Sample> three_pictures() {
  return {{nal(0x65, 30), 0, true}, {nal(0x41, 10), 7200, false}, {nal(0x41, 12), 3600, false}};
}

TEST(ReadCmaf, ReadsWhatWasWritten) {
  const auto bytes = write_media_segment(three_pictures(), 10'800, 4);
  const auto size = static_cast<std::int64_t>(bytes.size());
  const auto read = read_media_segment(bytes, size);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->sequence, 5u);
  EXPECT_EQ(read->start(), 0);
  EXPECT_EQ(read->end(), 10'800);
  ASSERT_EQ(read->samples.size(), 3u);
  EXPECT_TRUE(read->samples[0].sync);
  EXPECT_FALSE(read->samples[1].sync);
  EXPECT_EQ(read->samples[1].presentation_time, 7'200);
  EXPECT_EQ(read->samples[2].presentation_time, 3'600);
  EXPECT_EQ(read->samples[2].size_bytes, 16);
  const auto first = std::string_view(bytes).substr(static_cast<std::size_t>(read->data_offset));
  EXPECT_EQ(first_slice_type(first), 5);
  EXPECT_TRUE(is_length_prefixed(first.substr(0, 34)));
  EXPECT_FALSE(is_length_prefixed(first.substr(0, 33)));
}

TEST(ReadCmaf, NeedsNoMoreThanTheHeadOfASegment) {
  const auto bytes = write_media_segment(three_pictures(), 10'800, 0);
  const auto size = static_cast<std::int64_t>(bytes.size());
  const auto whole = read_media_segment(bytes, size).value();
  const auto head = std::string_view(bytes).substr(0, static_cast<std::size_t>(whole.data_offset));
  const auto read = read_media_segment(head, size);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->samples.size(), 3u);
  EXPECT_FALSE(read_media_segment(head.substr(0, head.size() - 9), size)) << "no mdat in sight";
}

TEST(ReadCmaf, ReadsInitSegments) {
  VideoInit video{90'000, 640, 360, std::string("\1\x64\0\x1f\xff", 5), {1, 1, 1, false}};
  const auto picture = read_init_segment(write_init_segment(video));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->handler, "vide");
  EXPECT_EQ(picture->timescale, 90'000);
  EXPECT_EQ(picture->width, 640);
  EXPECT_EQ(picture->height, 360);
  EXPECT_EQ(codecs_of(*picture), "avc1.64001f");
  ASSERT_TRUE(picture->color);
  EXPECT_EQ(picture->color->matrix, 1);
  EXPECT_FALSE(picture->has_edit_list);

  const AudioInit audio{44'100, 2, 128'000, "\x12\x10", "eng"};
  const auto sound = read_init_segment(write_init_segment(audio));
  ASSERT_TRUE(sound) << sound.error().message;
  EXPECT_EQ(sound->handler, "soun");
  EXPECT_EQ(sound->timescale, 44'100);
  EXPECT_EQ(sound->sample_rate, 44'100);
  EXPECT_EQ(sound->channels, 2);
  EXPECT_EQ(codecs_of(*sound), "mp4a.40.2");
}

// Every prefix, and every byte replaced: an answer of some kind, and no more.
TEST(ReadCmaf, SurvivesAnyBytes) {
  const auto segment = write_media_segment(three_pictures(), 10'800, 0);
  const auto init = write_init_segment(VideoInit{90'000, 640, 360, "\1\x64 \x1f", {1, 1, 1, false}});
  for (const auto& whole : {segment, init}) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const auto cut = whole.substr(0, i);
      EXPECT_FALSE(read_media_segment(cut, static_cast<std::int64_t>(cut.size())));
      for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
        auto changed = whole;
        changed[i] = value;
        (void)read_media_segment(changed, static_cast<std::int64_t>(changed.size()));
        (void)read_init_segment(changed);
        (void)first_slice_type(std::string_view(changed).substr(i));
        (void)is_length_prefixed(std::string_view(changed).substr(i));
      }
    }
  }
}

}  // namespace
}  // namespace sluice::media
