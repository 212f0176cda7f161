#include "base/time.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Rfc3339, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_unix_ms(1'700'000'000'123)), "2023-11-14T22:13:20.123Z");
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock;
  const auto before = clock.now();
  EXPECT_EQ(clock.now(), before);
  clock.advance(std::chrono::milliseconds{5});
  EXPECT_EQ(clock.now(), before + std::chrono::milliseconds{5});
}

}  // namespace
}  // namespace sluice
