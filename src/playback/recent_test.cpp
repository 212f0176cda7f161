#include "playback/recent.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::seconds;

std::shared_ptr<const int> number(int value) { return std::make_shared<const int>(value); }

TEST(Recent, ForgetsTheLeastRecentlyUsed) {
  Recent<int> recent(2, seconds{60});
  const FakeClock clock;
  recent.put("a", number(1), clock.now());
  recent.put("b", number(2), clock.now());
  ASSERT_NE(recent.find("a", clock.now()), nullptr);
  recent.put("c", number(3), clock.now());
  EXPECT_EQ(recent.find("b", clock.now()), nullptr);
  EXPECT_EQ(*recent.find("a", clock.now()), 1);
  EXPECT_EQ(*recent.find("c", clock.now()), 3);
}

TEST(Recent, ForgetsByAgeHoweverOftenUsed) {
  Recent<int> recent(2, seconds{60});
  FakeClock clock;
  recent.put("a", number(1), clock.now());
  clock.advance(seconds{59});
  EXPECT_NE(recent.find("a", clock.now()), nullptr);
  clock.advance(seconds{1});
  EXPECT_EQ(recent.find("a", clock.now()), nullptr);
}

TEST(Recent, LetsGoOfEverythingOldWhenSomethingNewComes) {
  Recent<int> recent(10, seconds{60});
  FakeClock clock;
  const auto held = number(1);
  recent.put("a", held, clock.now());
  clock.advance(seconds{60});
  recent.put("b", number(2), clock.now());
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Recent, ReplacesAValue) {
  Recent<int> recent(2, seconds{60});
  const FakeClock clock;
  recent.put("a", number(1), clock.now());
  recent.put("a", number(2), clock.now());
  EXPECT_EQ(*recent.find("a", clock.now()), 2);
}

}  // namespace
}  // namespace sluice
