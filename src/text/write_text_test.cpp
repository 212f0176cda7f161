#include "text/write_text.h"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::int64_t> kBorders = {0, 4000, 8000, 10'000};

TEST(WriteText, SegmentsHoldEveryCueThatIsShownInThem) {
  const auto files = write_text_files({{5000, 6000, "second", ""},
                                       {1000, 2000, "first", "line:0"},
                                       {3000, 9000, "through all", ""},
                                       {8000, 8500, "starts at a border", ""}},
                                      kBorders)
                         .value();
  ASSERT_EQ(files.segments.size(), 3u);
  EXPECT_EQ(files.segments[0],
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
            "\n00:00:01.000 --> 00:00:02.000 line:0\nfirst\n"
            "\n00:00:03.000 --> 00:00:09.000\nthrough all\n");
  EXPECT_EQ(files.segments[1],
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
            "\n00:00:03.000 --> 00:00:09.000\nthrough all\n"
            "\n00:00:05.000 --> 00:00:06.000\nsecond\n");
  EXPECT_THAT(files.segments[2], HasSubstr("through all"));
  EXPECT_THAT(files.segments[2], HasSubstr("starts at a border"));
  EXPECT_THAT(files.segments[2], Not(HasSubstr("second")));
}

TEST(WriteText, TheWholeFileHoldsEachCueOnceInOrder) {
  const auto files =
      write_text_files({{5000, 9000, "two", ""}, {0, 1000, "one", ""}}, kBorders).value();
  EXPECT_EQ(files.whole,
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\none\n"
            "\n00:00:05.000 --> 00:00:09.000\ntwo\n");
}

TEST(WriteText, ASegmentWithoutCuesIsStillAFile) {
  const auto files = write_text_files({{0, 1000, "one", ""}}, kBorders).value();
  EXPECT_EQ(files.segments[2], "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n");
}

TEST(WriteText, LeavesOutWhatIsNotInTheVideo) {
  const auto files = write_text_files({{-3000, -1000, "before", ""},
                                       {-1000, 1000, "from before on", ""},
                                       {10'000, 11'000, "after", ""}},
                                      kBorders)
                         .value();
  EXPECT_EQ(files.whole, "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nfrom before on\n");
  EXPECT_EQ(write_text_files({{10'000, 11'000, "after", ""}}, kBorders).error().code, "no_cues");
}

TEST(WriteText, BoundsWhatCuesOfAllTimesCanMake) {
  std::vector<std::int64_t> borders;
  for (int i = 0; i <= 100; ++i) borders.push_back(i * 60'000);
  const std::vector<Cue> cues(10'000, {0, 6'000'000, std::string(100, 'x'), ""});
  EXPECT_EQ(write_text_files(cues, borders).error().code, "text_too_large");
}

}  // namespace
}  // namespace sluice
