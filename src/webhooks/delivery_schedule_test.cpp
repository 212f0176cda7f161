#include "webhooks/delivery_schedule.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DeliverySchedule, IsThatOfStandardWebhooks) {
  const milliseconds expected[] = {seconds{5}, minutes{5}, minutes{30}, hours{2}, hours{5},
                                   hours{10},  hours{14},  hours{20},   hours{24}};
  int failures = 0;
  milliseconds together{0};
  for (const auto delay : expected) {
    EXPECT_EQ(delay_after_failure(++failures, 0), delay);
    together += delay;
  }
  EXPECT_EQ(together, hours{75} + minutes{35} + seconds{5});
  EXPECT_EQ(delay_after_failure(++failures, 0), std::nullopt);
  EXPECT_EQ(delay_after_failure(1000, 0), std::nullopt);
}

TEST(DeliverySchedule, IsSpreadByUpToATenth) {
  EXPECT_EQ(delay_after_failure(1, 0.5), milliseconds{5'250});
  EXPECT_LT(delay_after_failure(2, 0.999), minutes{5} + seconds{30});
}

TEST(DeliverySchedule, AWebhookRestsLongerTheMoreItFails) {
  EXPECT_EQ(rest_after_failure(1), seconds{1});
  EXPECT_EQ(rest_after_failure(2), seconds{2});
  EXPECT_EQ(rest_after_failure(6), seconds{32});
  EXPECT_EQ(rest_after_failure(7), seconds{60});
  EXPECT_EQ(rest_after_failure(1'000'000), seconds{60});
}

TEST(DeliverySchedule, ReadsRetryAfter) {
  EXPECT_EQ(parse_retry_after("120"), seconds{120});
  EXPECT_EQ(parse_retry_after("0"), seconds{0});
  EXPECT_EQ(parse_retry_after("99999999999"), hours{24});
  for (const auto* text :
       {"", "-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999999"}) {
    EXPECT_EQ(parse_retry_after(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice
