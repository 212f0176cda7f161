#include "webhooks/webhook_dispatcher.h"

#include <nlohmann/json.hpp>

#include "http/testing_client.h"
#include "signing/webhook_signature.h"
#include "webhooks/webhook_fixture.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using http::testing::RunningServer;
using http::testing::Signal;
using nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;

// Counts how deliveries end, so that a test can wait for it.
class WatchedOutbox final : public WebhookOutbox {
 public:
  explicit WatchedOutbox(WebhookOutbox& outbox) : outbox_(outbox) {}

  Result<std::vector<WebhookJob>> claim_deliveries(Timestamp now, std::chrono::milliseconds lease,
                                                   int limit) override {
    return outbox_.claim_deliveries(now, lease, limit);
  }
  Result<> record_attempt(const WebhookJob& job, const WebhookAttempt& attempt) override {
    const auto recorded = outbox_.record_attempt(job, attempt);
    count(recorded_);
    return recorded;
  }
  Result<> give_back(const WebhookJob& job, Timestamp now) override {
    const auto given = outbox_.give_back(job, now);
    count(given_back_);
    return given;
  }
  Result<> forget_deliveries(Timestamp created_before) override {
    const auto forgotten = outbox_.forget_deliveries(created_before);
    count(forgotten_);
    return forgotten;
  }

  bool wait_recorded(int number) { return wait(recorded_, number); }
  bool wait_forgotten(int number) { return wait(forgotten_, number); }
  int given_back() const { return given_back_; }

 private:
  void count(int& what) {
    std::lock_guard lock(mutex_);
    ++what;
    changed_.notify_all();
  }
  bool wait(const int& what, int number) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{10}, [&] { return what >= number; });
  }

  WebhookOutbox& outbox_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int recorded_ = 0, given_back_ = 0, forgotten_ = 0;
};

// A receiver that answers every POST by `answer`.
class Receiver {
 public:
  explicit Receiver(std::function<Response(const Request&)> answer)
      : server_(router(std::move(answer))) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }

 private:
  static http::Router router(std::function<Response(const Request&)> answer) {
    http::Router router;
    router.add("POST", "/hook", std::move(answer));
    return router;
  }
  RunningServer server_;
};

class WebhookDispatcherTest : public WebhookFixture {
 protected:
  static WebhookDispatcherSettings settings() {
    WebhookDispatcherSettings settings;
    settings.rules.allow_private_addresses = true;
    settings.poll = hours{1};  // what isn't told by wake() is not noticed
    return settings;
  }
  void start(WebhookDispatcherSettings with = settings()) {
    dispatcher_ = std::make_unique<WebhookDispatcher>(with, outbox_, clock_);
    dispatcher_->start();
  }

  WatchedOutbox outbox_{webhooks_};
  std::unique_ptr<WebhookDispatcher> dispatcher_;
};

TEST_F(WebhookDispatcherTest, SendsAnEventThatTheReceiverCanVerify) {
  Request seen;
  Receiver receiver([&](const Request& request) {
    seen = request;
    return Response::empty(204);
  });
  const auto webhook = add_webhook(receiver.url());
  delete_a_video();
  start();
  ASSERT_TRUE(outbox_.wait_recorded(1));

  const auto delivery = newest_delivery(webhook);
  EXPECT_EQ(delivery.state, DeliveryState::delivered);
  EXPECT_EQ(delivery.last_status, 204);
  EXPECT_EQ(seen.body, delivery.body);
  EXPECT_EQ(json::parse(seen.body)["type"], "video.deleted");
  EXPECT_EQ(seen.header("content-type"), "application/json");
  EXPECT_EQ(seen.header("webhook-id"), delivery.event_id.str());
  const std::int64_t sent_at = std::stoll(std::string(seen.header("webhook-timestamp")));
  EXPECT_EQ(sent_at, to_unix_ms(clock_.now()) / 1000);
  EXPECT_EQ(seen.header("webhook-signature"),
            sign_webhook(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                         {delivery.event_id.str(), sent_at, seen.body}));
}

TEST_F(WebhookDispatcherTest, SendsTheSameEventAgainAfterAFailure) {
  std::vector<std::string> ids;
  Receiver receiver([&](const Request& request) {
    ids.emplace_back(request.header("webhook-id"));
    return Response::empty(ids.size() == 1 ? 500 : 200);
  });
  const auto webhook = add_webhook(receiver.url());
  delete_a_video();
  start();
  ASSERT_TRUE(outbox_.wait_recorded(1));
  const auto failed = newest_delivery(webhook);
  EXPECT_EQ(failed.state, DeliveryState::waiting);
  EXPECT_GE(failed.next_attempt_at, clock_.now() + seconds{5});
  clock_.advance(seconds{6});
  dispatcher_->wake();
  ASSERT_TRUE(outbox_.wait_recorded(2));
  EXPECT_EQ(newest_delivery(webhook).state, DeliveryState::delivered);
  EXPECT_EQ(ids, std::vector(2, failed.event_id.str()));
}

TEST_F(WebhookDispatcherTest, ASlowReceiverHoldsUpNobodyElse) {
  Signal open;
  Receiver slow([&](const Request&) { return Response::empty(open.wait() ? 200 : 500); });
  Receiver quick([](const Request&) { return Response::empty(200); });
  const auto slow_one = add_webhook(slow.url()), quick_one = add_webhook(quick.url());
  for (int i = 0; i < 3; ++i) delete_a_video();
  start();
  ASSERT_TRUE(outbox_.wait_recorded(3)) << "all of the quick one's";
  EXPECT_EQ(newest_delivery(quick_one).state, DeliveryState::delivered);
  EXPECT_EQ(newest_delivery(slow_one).state, DeliveryState::waiting);
  open.raise();
  ASSERT_TRUE(outbox_.wait_recorded(6));
  EXPECT_EQ(newest_delivery(slow_one).state, DeliveryState::delivered);
}

TEST_F(WebhookDispatcherTest, NeverFollowsARedirect) {
  std::atomic<int> followed = 0;
  Receiver aim([&](const Request&) {
    ++followed;
    return Response::empty(200);
  });
  Receiver receiver(
      [&](const Request&) { return Response::empty(307).set("Location", aim.url()); });
  const auto webhook = add_webhook(receiver.url());
  delete_a_video();
  start();
  ASSERT_TRUE(outbox_.wait_recorded(1));
  EXPECT_EQ(newest_delivery(webhook).last_status, 307);
  EXPECT_EQ(newest_delivery(webhook).state, DeliveryState::waiting);
  EXPECT_EQ(followed, 0);
}

TEST_F(WebhookDispatcherTest, ReceiversThatAreGoneAreDisabled) {
  Receiver receiver([](const Request&) { return Response::empty(410); });
  const auto webhook = add_webhook(receiver.url());
  delete_a_video();
  start();
  ASSERT_TRUE(outbox_.wait_recorded(1));
  EXPECT_EQ(webhooks_.find_webhook(user_, webhook).value().disabled_reason, "gone");
}

TEST_F(WebhookDispatcherTest, ConnectsToNoPrivateAddressUnlessAllowed) {
  std::atomic<int> called = 0;
  Receiver receiver([&](const Request&) {
    ++called;
    return Response::empty(200);
  });
  // What the second leads to is not known before its name is looked up.
  const auto rest = receiver.url().substr(std::string("http://127.0.0.1").size());
  std::vector<WebhookId> refused;
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    refused.push_back(add_webhook("https://" + host + rest));
  }
  delete_a_video();
  auto strict = settings();
  strict.rules.allow_private_addresses = false;
  start(strict);
  ASSERT_TRUE(outbox_.wait_recorded(2));
  for (const auto& webhook : refused) {
    const auto delivery = newest_delivery(webhook);
    EXPECT_EQ(delivery.state, DeliveryState::waiting);
    EXPECT_EQ(delivery.last_status, std::nullopt);
    EXPECT_NE(delivery.last_error.find("address"), std::string::npos) << delivery.last_error;
  }
  EXPECT_EQ(called, 0);
}

TEST_F(WebhookDispatcherTest, LeavesWhatIsUnderWayToTheNextOneWhenItStops) {
  Signal asked, over;
  Receiver receiver([&](const Request&) {
    asked.raise();
    over.wait();
    return Response::empty(200);
  });
  const auto webhook = add_webhook(receiver.url());
  delete_a_video();
  start();
  ASSERT_TRUE(asked.wait());
  dispatcher_.reset();
  over.raise();
  EXPECT_EQ(outbox_.given_back(), 1);
  EXPECT_EQ(newest_delivery(webhook).attempts, 0);
  start();
  ASSERT_TRUE(outbox_.wait_recorded(1)) << "at once: the lease was given back";
  EXPECT_EQ(newest_delivery(webhook).state, DeliveryState::delivered);
}

TEST_F(WebhookDispatcherTest, ForgetsEventsOfAMonthAgo) {
  const auto webhook = add_webhook("http://127.0.0.1:1/");
  delete_a_video();
  clock_.advance(hours{24 * 30});
  start();
  ASSERT_TRUE(outbox_.wait_forgotten(1));
  EXPECT_TRUE(webhooks_.list_deliveries(user_, webhook, "", 10).value().deliveries.empty());
}

}  // namespace
}  // namespace sluice
