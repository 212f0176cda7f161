#include "webhooks/send_webhook.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kNow{std::chrono::milliseconds{1614265330'999}};

WebhookJob job(int attempts = 0, int failures_in_row = 0) {
  WebhookJob job;
  job.url = "https://example.com/hook";
  job.secrets = {Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
  job.failures_in_row = failures_in_row;
  job.delivery.event_id = EventId("msg_p5jXN8AQM9LWM0D4loKWxJek");
  job.delivery.body = R"({"test": 2432232314})";
  job.delivery.attempts = attempts;
  return job;
}

FetchResponse answer(int status) {
  FetchResponse response;
  response.status = status;
  return response;
}

TEST(SendWebhook, SignsWhatItSends) {
  const auto of = job();
  const auto request = webhook_request(of, kNow);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://example.com/hook");
  EXPECT_EQ(request.body, of.delivery.body);
  EXPECT_EQ(request.timeout, seconds{15});
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Type", "application/json"},
      {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
      {"webhook-timestamp", "1614265330"},
      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  EXPECT_EQ(request.headers, headers);
}

TEST(SendWebhook, TakesEvery2xxForASuccessAndNothingElse) {
  for (const int status : {200, 201, 202, 204, 299}) {
    const auto attempt = judge_answer(job(), answer(status), kNow, 0);
    EXPECT_TRUE(attempt.delivered) << status;
    EXPECT_EQ(attempt.status, status);
    EXPECT_EQ(attempt.error, "");
    EXPECT_EQ(attempt.at, kNow);
  }
  for (const int status : {100, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503}) {
    const auto attempt = judge_answer(job(), answer(status), kNow, 0);
    EXPECT_FALSE(attempt.delivered) << status;
    EXPECT_EQ(attempt.status, status);
    EXPECT_NE(attempt.error.find(std::to_string(status)), std::string::npos);
    EXPECT_EQ(attempt.next_attempt_at, kNow + seconds{5});
    EXPECT_EQ(attempt.rest_until, kNow + seconds{1});
    EXPECT_FALSE(attempt.gone);
  }
}

TEST(SendWebhook, TakesNoAnswerForAFailure) {
  const auto attempt = judge_answer(
      job(), fail(ErrorKind::unavailable, "timed_out", "example.com did not answer in time."), kNow,
      0);
  EXPECT_FALSE(attempt.delivered);
  EXPECT_EQ(attempt.status, std::nullopt);
  EXPECT_EQ(attempt.error, "example.com did not answer in time.");
  EXPECT_EQ(attempt.next_attempt_at, kNow + seconds{5});
}

TEST(SendWebhook, TriesNineTimesAgainAndThenGivesUp) {
  EXPECT_EQ(judge_answer(job(8), answer(500), kNow, 0).next_attempt_at, kNow + hours{24});
  EXPECT_EQ(judge_answer(job(9), answer(500), kNow, 0).next_attempt_at, std::nullopt);
}

TEST(SendWebhook, RestsLongerTheMoreInARowHaveFailed) {
  EXPECT_EQ(judge_answer(job(0, 3), answer(500), kNow, 0).rest_until, kNow + seconds{8});
}

TEST(SendWebhook, DoesNotAskAgainAReceiverThatIsGone) {
  const auto attempt = judge_answer(job(), answer(410), kNow, 0);
  EXPECT_TRUE(attempt.gone);
  EXPECT_EQ(attempt.next_attempt_at, std::nullopt);
}

TEST(SendWebhook, WaitsAsLongAsTheReceiverAsksFor) {
  auto later = answer(429);
  later.headers = {{"retry-after", "90"}};
  EXPECT_EQ(judge_answer(job(), later, kNow, 0).next_attempt_at, kNow + seconds{90});
  EXPECT_EQ(judge_answer(job(3), later, kNow, 0).next_attempt_at, kNow + hours{2}) << "not sooner";
}

}  // namespace
}  // namespace sluice
