#include "base/rational.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Rational, IsKeptInLowestTerms) {
  EXPECT_EQ(Rational::of(60000, 2002).num, 30000);
  EXPECT_EQ(Rational::of(1, -2).num, -1);
  EXPECT_EQ(Rational::of(7, 0).den, 1);
}

TEST(Rational, ComparesWithoutOverflow) {
  const Rational huge{9'000'000'000'000'000'000, 7};
  EXPECT_LT((Rational{1, 3}), huge);
  EXPECT_EQ((Rational{30000, 1001}), (Rational{60000, 2002}));
}

TEST(Scale, RoundsAsAsked) {
  EXPECT_EQ(scale(7, {1, 2}, Round::down), 3);
  EXPECT_EQ(scale(7, {1, 2}, Round::up), 4);
  EXPECT_EQ(scale(7, {1, 2}, Round::nearest), 4);
  EXPECT_EQ(scale(-7, {1, 2}, Round::down), -4);
  EXPECT_EQ(scale(-7, {1, 2}, Round::up), -3);
}

TEST(Rescale, KeepsNtscFramesExact) {
  for (std::int64_t frame = 0; frame < 100'000; frame += 997) {
    EXPECT_EQ(rescale(frame * 1001, 30000, 90000), frame * 3003);
  }
}

}  // namespace
}  // namespace sluice
