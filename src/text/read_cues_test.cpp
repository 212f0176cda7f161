#include "text/read_cues.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<Cue> read(std::string_view file) {
  auto cues = read_cues(file);
  EXPECT_TRUE(cues) << cues.error().code;
  return cues.value_or(std::vector<Cue>());
}

void expect_cue(const Cue& cue, std::int64_t start_ms, std::int64_t end_ms, std::string_view text) {
  EXPECT_EQ(cue.start_ms, start_ms);
  EXPECT_EQ(cue.end_ms, end_ms);
  EXPECT_EQ(cue.text, text);
}

TEST(ReadCues, ReadsSubRip) {
  const auto cues = read(
      "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nline two\r\n\r\n"
      "2\r\n01:00:00,040 --> 01:00:01,000 X1:10 X2:20\r\n<i>Two</i>\r\n");
  ASSERT_EQ(cues.size(), 2u);
  expect_cue(cues[0], 1000, 2500, "One\nline two");
  expect_cue(cues[1], 3'600'040, 3'601'000, "<i>Two</i>");
}

TEST(ReadCues, ReadsSubRipAsPeopleWriteIt) {
  const auto cues = read(
      "\n\n0:00:01.5 --> 0:00:02,5\nno number\n\nafter a blank line\n"
      "3\n00:00:03,000-->00:00:04,000\nnumber without a blank line, and 7\n"
      "\n5\n00:00:05,000 --> 00:00:06,000\n1984\n\n"
      "6\n00:00:09,000 --> 00:00:08,000\nends before it starts\n\n"
      "7\n00:00:xx,000 --> 00:00:08,000\nnot a time");
  ASSERT_EQ(cues.size(), 3u);
  expect_cue(cues[0], 1500, 2500, "no number\nafter a blank line\n3");
  expect_cue(cues[1], 3000, 4000, "number without a blank line, and 7");
  expect_cue(cues[2], 5000, 6000, "1984");
}

TEST(ReadCues, ReadsWebVtt) {
  const auto cues = read(
      "\xEF\xBB\xBFWEBVTT - a title\nKind: captions\n\nNOTE\nnot shown\n\nSTYLE\n::cue { color: red }\n\n"
      "first\n00:01.000 --> 00:02.000 line:0 align:start\n<v Ann>Hello\n\n"
      "00:00:03.000 --> 00:00:04.000\nBye &amp; <b>out</b>\n");
  ASSERT_EQ(cues.size(), 2u);
  expect_cue(cues[0], 1000, 2000, "<v Ann>Hello</v>");
  EXPECT_EQ(cues[0].settings, "line:0 align:start");
  expect_cue(cues[1], 3000, 4000, "Bye &amp; <b>out</b>");
}

TEST(ReadCues, RefusesWhatIsNoText) {
  EXPECT_EQ(read_cues("").error().code, "no_cues");
  EXPECT_EQ(read_cues("WEBVTT\n\n").error().code, "no_cues");
  EXPECT_EQ(read_cues("Dear Sir or Madam,\n\nnothing here").error().code, "no_cues");
  EXPECT_EQ(read_cues(std::string_view("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16)).error().code,
            "unknown_encoding");
}

TEST(ReadCues, RefusesMoreThanATrackMayHold) {
  EXPECT_EQ(read_cues(std::string(kMaxTextBytes + 1, ' ')).error().code, "text_too_large");
  std::string many = "WEBVTT\n\n";
  for (std::size_t i = 0; i <= kMaxCues; ++i) many += "00:00.000 --> 00:01.000\nx\n\n";
  ASSERT_LT(many.size(), kMaxTextBytes);
  EXPECT_EQ(read_cues(many).error().code, "text_too_large");
}

TEST(ReadCueTime, TakesHoursOrNot) {
  for (const auto& [text, ms] : {std::pair<std::string_view, std::int64_t>{"01:02.5", 62'500},
                                 {"00:01:02.345", 62'345},
                                 {"100:00:00,001", 360'000'001}}) {
    auto rest = text;
    EXPECT_EQ(read_cue_time(rest).value(), ms) << text;
    EXPECT_EQ(rest, "");
  }
  for (std::string_view text : {"", "12", "1:2", "00:61:00.000", "-1:00.000", "99999:00:00.000"}) {
    EXPECT_FALSE(read_cue_time(text)) << text;
  }
}

}  // namespace
}  // namespace sluice
