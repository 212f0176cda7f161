#include "accounts/sign_in_limit.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kStart = Timestamp{std::chrono::hours{500'000}};

void fail_often(SignInLimit& limit, const std::string& who, std::size_t times, Timestamp now) {
  for (std::size_t i = 0; i < times; ++i) limit.failed(who, now);
}

TEST(SignInLimit, StopsAfterTooManyFailuresAndSaysForHowLong) {
  SignInLimit limit;
  fail_often(limit, "a", SignInLimit::kFailures - 1, kStart);
  EXPECT_EQ(limit.wait("a", kStart), std::nullopt);
  limit.failed("a", kStart + minutes{5});
  EXPECT_EQ(limit.wait("a", kStart + minutes{5}), seconds{600});
  EXPECT_EQ(limit.wait("b", kStart + minutes{5}), std::nullopt);
}

TEST(SignInLimit, LetsGoWhenTheWindowHasPassed) {
  SignInLimit limit;
  fail_often(limit, "a", SignInLimit::kFailures, kStart);
  const auto later = kStart + SignInLimit::kWindow;
  EXPECT_EQ(limit.wait("a", later - std::chrono::milliseconds{1}), seconds{1});
  EXPECT_EQ(limit.wait("a", later), std::nullopt);
  limit.failed("a", later);
  EXPECT_EQ(limit.wait("a", later), std::nullopt) << "the old ones are forgotten";
}

TEST(SignInLimit, ForgetsFailuresAfterASuccess) {
  SignInLimit limit;
  fail_often(limit, "a", SignInLimit::kFailures, kStart);
  limit.succeeded("a");
  fail_often(limit, "a", SignInLimit::kFailures - 1, kStart);
  EXPECT_EQ(limit.wait("a", kStart), std::nullopt);
}

TEST(SignInLimit, StaysBoundedAndForgetsTheExpiredFirst) {
  SignInLimit limit;
  for (std::size_t i = 0; i < SignInLimit::kMaxKnown - 1; ++i) {
    limit.failed(std::to_string(i), kStart);
  }
  const auto later = kStart + SignInLimit::kWindow;
  fail_often(limit, "a", SignInLimit::kFailures, later - seconds{1});
  limit.failed("b", later);
  EXPECT_TRUE(limit.wait("a", later)) << "still known";
  EXPECT_EQ(limit.known(), 2u);
}

}  // namespace
}  // namespace sluice
