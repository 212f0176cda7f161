// On a server that speaks SQS's protocol. Run by `tests/services/with.py sqs -- queue_sqs_test`.
#include "queue/sqs/sqs_job_queue.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <future>

#include "base/random.h"
#include "queue/job_queue_contract.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr milliseconds kNoWait{0};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(std::string(name) +
                             " is not set: run tests/services/with.py sqs -- queue_sqs_test");
  }
  return value;
}

std::string tell_server(const std::string& order) {
  HttpClient http;
  FetchRequest request;
  request.method = "POST";
  request.url = variable("SLUICE_TEST_SQS_ENDPOINT") + "/test/" + order;
  const auto answer = http.send(request).value();
  EXPECT_EQ(answer.status, 200);
  return answer.body;
}

// Comes back when somebody waits for a message there.
void wait_for_a_receiver() {
  const auto give_up = std::chrono::steady_clock::now() + seconds{20};
  while (tell_server("waiting") == "0") {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nobody waits");
  }
}

// As far ahead of the system's as the server's: the server never forgets what went by.
class ServersClock final : public Clock {
 public:
  Timestamp now() const override { return SystemClock().now() + ahead(); }
  static void advance(milliseconds by) {
    tell_server("advance/" + std::to_string(by.count()));
    ahead_ = ahead_.load() + by.count();
  }

 private:
  static milliseconds ahead() { return milliseconds(ahead_.load()); }
  static inline std::atomic<std::int64_t> ahead_ = 0;
};

AwsCredentials credentials() {
  return {variable("AWS_ACCESS_KEY_ID"), Secret(variable("AWS_SECRET_ACCESS_KEY")), {}};
}

AwsClientOptions client_options() {
  AwsClientOptions options;
  options.scope = sqs_scope("us-east-1");
  return options;
}

SqsOptions options_of(const std::string& name) {
  auto options =
      parse_sqs_url("sqs://us-east-1/" + name + "?endpoint=" + variable("SLUICE_TEST_SQS_ENDPOINT"))
          .value();
  options.visibility_timeout =
      std::chrono::duration_cast<seconds>(JobQueueVisibilityContract::kVisibility);
  options.dead_letter_wait = seconds{0};
  return options;
}

class SqsQueueUnderTest final : public JobQueueUnderTest {
 public:
  explicit SqsQueueUnderTest(std::string name, AwsClientOptions client = client_options(),
                             AwsCredentials with = credentials())
      : name_(std::move(name)),
        credentials_(std::move(with)),
        client_(http_, credentials_, system_, client),
        queue_(client_, clock_, options_of(name_)) {}

  SqsJobQueue& queue() override { return queue_; }
  Timestamp now() override { return clock_.now(); }
  std::unique_ptr<JobQueueUnderTest> other_process() override {
    return std::make_unique<SqsQueueUnderTest>(name_);
  }
  void pass(milliseconds time) override { ServersClock::advance(time); }
  void lose_holders() override { pass(JobQueueVisibilityContract::kVisibility); }

  // What the server says itself.
  nlohmann::json ask(const std::string& action, const nlohmann::json& request) {
    const auto body = request.dump();
    AwsCall call;
    call.origin = variable("SLUICE_TEST_SQS_ENDPOINT");
    call.method = "POST";
    call.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                    {"X-Amz-Target", "AmazonSQS." + action}};
    call.body = body;
    const auto answer = client_.send(call).value();
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body.empty() ? "{}" : answer.body);
  }

 private:
  const std::string name_;
  SystemClock system_;
  ServersClock clock_;
  HttpClient http_;
  FixedCredentials credentials_;
  AwsClient client_;
  SqsJobQueue queue_;
};

std::string new_name() { return "test-" + random_id(); }

const auto kBackends = testing::Values(
    JobQueueBackend{"Sqs", [] { return std::make_unique<SqsQueueUnderTest>(new_name()); }});
INSTANTIATE_TEST_SUITE_P(Sqs, JobQueueContract, kBackends, queue_backend_name);
INSTANTIATE_TEST_SUITE_P(Sqs, JobQueueVisibilityContract, kBackends, queue_backend_name);

TEST(SqsJobQueue, MovesACopyThatWasDeliveredTooOftenItself) {
  SqsQueueUnderTest under_test(new_name());
  auto& queue = under_test.queue();
  const auto published = under_test.now();
  ASSERT_TRUE(queue.publish(Lane::rest, "one"));
  for (int i = 1; i < kMaxDeliveries; ++i) {
    ASSERT_TRUE(queue.give_back(queue.receive(kNoWait).value().value(), kNoWait, false));
  }
  // A clean shutdown in the middle: SQS counts the copy from one on.
  ASSERT_TRUE(queue.give_back(queue.receive(kNoWait).value().value(), kNoWait, true));
  const auto last = queue.receive(kNoWait).value().value();
  EXPECT_EQ(last.deliveries, kMaxDeliveries);
  ASSERT_TRUE(queue.give_back(last, kNoWait, false));
  EXPECT_FALSE(queue.receive(kNoWait).value());
  const auto letters = queue.dead_letters().list(10).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].deliveries, kMaxDeliveries);
  EXPECT_EQ(letters[0].reason, kDeliveredTooOften);
  EXPECT_LT(letters[0].published_at - published, seconds{5});
}

TEST(SqsJobQueue, AsksForAnExtensionOnlyWhenItIsDue) {
  const auto name = new_name();
  SqsQueueUnderTest under_test(name);
  auto& queue = under_test.queue();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  const auto held = queue.receive(kNoWait).value().value();
  ASSERT_TRUE(queue.extend(held)) << "too early: not asked";
  under_test.pass(JobQueueVisibilityContract::kVisibility);
  EXPECT_TRUE(queue.extend(held)) << "too late, and harmless";
  EXPECT_EQ(queue.receive(kNoWait).value()->deliveries, 2);
}

TEST(SqsJobQueue, MakesItsQueuesAgainWhenTheyAreGone) {
  const auto name = new_name();
  SqsQueueUnderTest under_test(name);
  ASSERT_TRUE(under_test.queue().connect());
  for (const char* suffix : {"-first", "-rest", "-dead"}) {
    const auto found = under_test.ask("GetQueueUrl", {{"QueueName", name + suffix}});
    under_test.ask("DeleteQueue", {{"QueueUrl", found["QueueUrl"]}});
  }
  const auto failed = under_test.queue().publish(Lane::first, "one");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(under_test.queue().publish(Lane::first, "one"));
  EXPECT_EQ(under_test.queue().receive(kNoWait).value()->body, "one");
}

TEST(SqsJobQueue, MakesQueuesThatKeepADeadLetterForTwoWeeks) {
  const auto name = new_name();
  SqsQueueUnderTest under_test(name);
  ASSERT_TRUE(under_test.queue().connect());
  for (const char* suffix : {"-first", "-rest", "-dead"}) {
    const auto found = under_test.ask("GetQueueUrl", {{"QueueName", name + suffix}});
    const auto told = under_test.ask(
        "GetQueueAttributes", {{"QueueUrl", found["QueueUrl"]}, {"AttributeNames", {"All"}}});
    EXPECT_EQ(told["Attributes"]["MessageRetentionPeriod"], "1209600");
    EXPECT_EQ(told["Attributes"].contains("RedrivePolicy"), suffix != std::string("-dead"));
  }
}

TEST(SqsJobQueue, AWaitingReceiverHearsOfTheOtherLaneSoon) {
  SqsQueueUnderTest under_test(new_name());
  auto received = std::async(std::launch::async,
                             [&] { return under_test.queue().receive(std::chrono::hours{1}); });
  wait_for_a_receiver();
  ASSERT_TRUE(under_test.queue().publish(Lane::rest, "one"));
  if (received.wait_for(SqsJobQueue::kLongestWait + seconds{5}) != std::future_status::ready) {
    under_test.queue().interrupt();
    FAIL() << "still waiting";
  }
  EXPECT_EQ(received.get().value()->body, "one");
}

TEST(SqsJobQueue, SaysUnavailableWhileItsServerIsDownAndGoesOnAfterwards) {
  auto once = client_options();
  once.max_attempts = 1;
  SqsQueueUnderTest under_test(new_name(), once);
  auto& queue = under_test.queue();
  ASSERT_TRUE(queue.publish(Lane::first, "before"));
  tell_server("down/300");
  EXPECT_EQ(queue.publish(Lane::first, "lost").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(queue.receive(seconds{60}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(queue.depth().error().kind, ErrorKind::unavailable);
  const auto give_up = std::chrono::steady_clock::now() + seconds{20};
  while (!queue.depth() && std::chrono::steady_clock::now() < give_up) {
  }
  EXPECT_EQ(queue.receive(kNoWait).value()->body, "before");
}

TEST(SqsJobQueue, AWrongKeyIsDenied) {
  SqsQueueUnderTest under_test(new_name(), client_options(),
                               {variable("AWS_ACCESS_KEY_ID"), Secret("another secret"), {}});
  const auto failed = under_test.queue().connect();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::denied) << failed.error().message;
}

TEST(SqsJobQueue, RefusesWhatIsTooLarge) {
  SqsQueueUnderTest under_test(new_name());
  const auto failed = under_test.queue().publish(Lane::first, std::string(kSqsBatchBytes + 1, 'x'));
  EXPECT_EQ(failed.error().kind, ErrorKind::too_large);
  EXPECT_EQ(under_test.queue().depth()->first_waiting, 0);
}

TEST(SqsJobQueue, GivesBackWhatComesAfterItsReceiverWasInterrupted) {
  const auto name = new_name();
  SqsQueueUnderTest next(name);
  ASSERT_TRUE(next.queue().connect());
  {
    SqsQueueUnderTest stopping(name);
    ASSERT_TRUE(stopping.queue().connect());
    auto received = std::async(std::launch::async,
                               [&] { return stopping.queue().receive(std::chrono::hours{1}); });
    wait_for_a_receiver();
    stopping.queue().interrupt();
    EXPECT_FALSE(received.get().value());
    ASSERT_TRUE(next.queue().publish(Lane::first, "one"));
  }
  const auto delivery = next.queue().receive(kNoWait).value();
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->body, "one");
  EXPECT_EQ(delivery->deliveries, 1);
}

}  // namespace
}  // namespace sluice
