#include "app/progress_line.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ProgressLine, TellsPaceAndTimeLeft) {
  EXPECT_EQ(progress_line(0.5, 300, 100),
            "[###############---------------]  50 %  3.0x  1:40 left");
}

TEST(ProgressLine, SaysNothingOfThePaceAtFirst) {
  EXPECT_EQ(progress_line(0, 0, 1), "[------------------------------]   0 %");
}

TEST(ProgressLine, IsNeverFullTooEarlyNorTooFull) {
  EXPECT_NE(progress_line(0.999, 1, 1).find(" 99 %"), std::string::npos);
  EXPECT_NE(progress_line(1.2, 1, 1).find("100 %"), std::string::npos);
}

TEST(ProgressLine, WritesTimesLikeAClock) {
  EXPECT_EQ(clock_time(0), "0:00");
  EXPECT_EQ(clock_time(75), "1:15");
  EXPECT_EQ(clock_time(3'675), "1:01:15");
}

}  // namespace
}  // namespace sluice
