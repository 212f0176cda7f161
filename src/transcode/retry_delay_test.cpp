#include "transcode/retry_delay.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::milliseconds;

constexpr RetryDelays kDelays{milliseconds{1'000}, milliseconds{10'000}};

TEST(RetryDelay, DoublesUpToTheLongest) {
  EXPECT_EQ(retry_delay(kDelays, 1, 1), milliseconds{1'000});
  EXPECT_EQ(retry_delay(kDelays, 2, 1), milliseconds{2'000});
  EXPECT_EQ(retry_delay(kDelays, 4, 1), milliseconds{8'000});
  EXPECT_EQ(retry_delay(kDelays, 5, 1), milliseconds{10'000});
  EXPECT_EQ(retry_delay(kDelays, 1'000, 1), milliseconds{10'000});
}

TEST(RetryDelay, SpreadsOverTheUpperHalf) {
  EXPECT_EQ(retry_delay(kDelays, 2, 0), milliseconds{1'000});
  EXPECT_EQ(retry_delay(kDelays, 2, 0.5), milliseconds{1'500});
}

TEST(RetryDelay, TakesNoFailureForTheFirst) {
  EXPECT_EQ(retry_delay(kDelays, 0, 1), milliseconds{1'000});
}

}  // namespace
}  // namespace sluice
