#include "http/pace.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

using std::chrono::seconds;

constexpr Pace::Time kStart{};

Pace a_pace() { return {seconds{30}, 512}; }

TEST(Pace, KeepsADeadline) {
  Pace pace = a_pace();
  pace.until(kStart + seconds{15});
  EXPECT_FALSE(pace.too_slow(kStart + seconds{14}, 0));
  EXPECT_TRUE(pace.too_slow(kStart + seconds{15}, 0));
  pace.unwatched();
  EXPECT_FALSE(pace.too_slow(kStart + seconds{1000}, 0));
}

TEST(Pace, DropsABodyBelowTheRate) {
  Pace pace = a_pace();
  pace.receiving(kStart);
  pace.received(30 * 512);
  EXPECT_FALSE(pace.too_slow(kStart + seconds{30}, 0));
  pace.received(30 * 512 - 1);
  EXPECT_FALSE(pace.too_slow(kStart + seconds{59}, 0));
  EXPECT_TRUE(pace.too_slow(kStart + seconds{60}, 0));
}

TEST(Pace, TakesTheKernelsProgressForTheReaders) {
  Pace pace = a_pace();
  pace.sending(kStart);
  EXPECT_FALSE(pace.too_slow(kStart + seconds{10}, 5000));
  EXPECT_FALSE(pace.too_slow(kStart + seconds{39}, 4000));
  EXPECT_FALSE(pace.too_slow(kStart + seconds{68}, 4000));
  EXPECT_TRUE(pace.too_slow(kStart + seconds{69}, 4000));
}

}  // namespace
}  // namespace sluice::http
