#include "catalog/catalog_contract_webhooks.h"

#include <atomic>
#include <set>
#include <thread>

namespace sluice {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::hours;
using std::chrono::seconds;

WebhookAttempt succeeded_at(Timestamp at) { return {.at = at, .delivered = true, .status = 204}; }

WebhookAttempt failed_at(Timestamp at, std::optional<Timestamp> next = std::nullopt) {
  return {.at = at,
          .status = 500,
          .error = "The receiver answered 500.",
          .next_attempt_at = next,
          .rest_until = at};
}

// Due deliveries one at a time, as one sender would take them.
std::optional<WebhookJob> take(WebhookOutbox& outbox, Timestamp now) {
  auto jobs = outbox.claim_deliveries(now, seconds{60}, 1).value();
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

WebhookDelivery newest(Webhooks& webhooks, const UserId& user, const WebhookId& id) {
  return webhooks.list_deliveries(user, id, "", 1).value().deliveries.at(0);
}

TEST_P(CatalogContract, HandsOutADeliveryWithAllThatIsNeededToSendIt) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  EXPECT_FALSE(take(webhooks, now()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  const auto job = take(webhooks, now()).value();
  EXPECT_EQ(job.webhook, id);
  EXPECT_EQ(job.url, "https://example.com/w1");
  ASSERT_EQ(job.secrets.size(), 1u);
  EXPECT_EQ(job.secrets[0].reveal(), "secret of w1");
  EXPECT_EQ(job.delivery.type, "video.deleted");
  EXPECT_EQ(job.delivery.attempts, 0);
  EXPECT_EQ(job.delivery.event_id, newest(webhooks, owner(), id).event_id);
  EXPECT_FALSE(job.delivery.body.empty());
}

TEST_P(CatalogContract, SendsToAWebhookOneAfterTheOtherInOrder) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  add_complete("v1");
  pass(seconds{1});
  for (const auto* type : {"video.playable", "video.complete"}) {
    const auto job = take(webhooks, now());
    ASSERT_TRUE(job) << type;
    EXPECT_EQ(job->delivery.type, type);
    EXPECT_FALSE(take(webhooks, now())) << "while one is under way";
    must(webhooks.record_attempt(*job, succeeded_at(now())));
  }
  EXPECT_FALSE(take(webhooks, now()));
  EXPECT_EQ(log_of(webhooks, owner(), id),
            (Texts{"video.playable delivered", "video.complete delivered"}));
  const auto delivery = newest(webhooks, owner(), id);
  EXPECT_EQ(delivery.attempts, 1);
  EXPECT_EQ(delivery.last_status, 204);
  EXPECT_EQ(delivery.last_error, "");
  EXPECT_EQ(delivery.last_attempt_at, now());
}

TEST_P(CatalogContract, ServesWebhooksSideBySideAndTheLeastRecentOneFirst) {
  auto webhooks = webhooks_of(videos());
  for (const auto* name : {"a", "b", "c"}) add(webhooks, webhook(name, owner()));
  for (const auto* name : {"v1", "v2"}) must(videos().remove_video(add_pending(name), now()));
  pass(seconds{1});
  const auto both = webhooks.claim_deliveries(now(), kLease, 2).value();
  ASSERT_EQ(both.size(), 2u);
  for (const auto& job : both) must(webhooks.record_attempt(job, succeeded_at(now())));
  const auto third = take(webhooks, now()).value();
  EXPECT_EQ((std::set{both[0].webhook, both[1].webhook, third.webhook}.size()), 3u);
}

TEST_P(CatalogContract, TriesAFailedDeliveryAgainWhenItIsTime) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  const auto first = take(webhooks, now()).value();
  must(webhooks.record_attempt(first, failed_at(now(), now() + seconds{5})));
  const auto waiting = newest(webhooks, owner(), id);
  EXPECT_EQ(waiting.state, DeliveryState::waiting);
  EXPECT_EQ(waiting.attempts, 1);
  EXPECT_EQ(waiting.last_status, 500);
  EXPECT_EQ(waiting.last_error, "The receiver answered 500.");
  EXPECT_EQ(waiting.next_attempt_at, now() + seconds{5});
  EXPECT_EQ(webhooks.find_webhook(owner(), id).value().failing_since, now());
  EXPECT_FALSE(take(webhooks, now()));
  pass(seconds{5});
  const auto second = take(webhooks, now()).value();
  EXPECT_EQ(second.delivery.event_id, first.delivery.event_id);
  EXPECT_EQ(second.delivery.attempts, 1);
  EXPECT_EQ(second.failures_in_row, 1);
  must(webhooks.record_attempt(second, succeeded_at(now())));
  EXPECT_EQ(webhooks.find_webhook(owner(), id).value().failing_since, std::nullopt);
}

TEST_P(CatalogContract, AWebhookThatFailsRestsWithAllItsDeliveries) {
  auto webhooks = webhooks_of(videos());
  add(webhooks, webhook("w1", owner()));
  for (const auto* name : {"v1", "v2"}) must(videos().remove_video(add_pending(name), now()));
  pass(seconds{1});
  auto failed = failed_at(now(), now() + hours{1});
  failed.rest_until = now() + seconds{30};
  must(webhooks.record_attempt(take(webhooks, now()).value(), failed));
  EXPECT_FALSE(take(webhooks, now()));
  pass(seconds{30});
  EXPECT_EQ(take(webhooks, now()).value().delivery.video_id, VideoId("v2"));
}

TEST_P(CatalogContract, ADeliveryWithoutAnotherAttemptHasFailedAndCanBeReplayed) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  const auto job = take(webhooks, now()).value();
  must(webhooks.record_attempt(job, failed_at(now())));
  pass(hours{200});
  EXPECT_FALSE(take(webhooks, now()));
  EXPECT_EQ(log_of(webhooks, owner(), id), Texts{"video.deleted failed"});

  const auto again = webhooks.replay(owner(), id, job.delivery.event_id, now()).value();
  EXPECT_EQ(again.state, DeliveryState::waiting);
  EXPECT_EQ(again.attempts, 0);
  const auto replayed = take(webhooks, now()).value();
  EXPECT_EQ(replayed.delivery.event_id, job.delivery.event_id);
  EXPECT_EQ(replayed.delivery.body, job.delivery.body);
  must(webhooks.record_attempt(replayed, succeeded_at(now())));
  EXPECT_TRUE(webhooks.replay(owner(), id, job.delivery.event_id, now())) << "delivered ones too";
  EXPECT_TRUE(take(webhooks, now()));
  EXPECT_EQ(code_of(webhooks.replay(owner(), id, EventId("evt_x"), now())), "delivery_not_found");
}

TEST_P(CatalogContract, AReceiverThatIsGoneHearsNothingMore) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  for (const auto* name : {"v1", "v2"}) must(videos().remove_video(add_pending(name), now()));
  pass(seconds{1});
  auto gone = failed_at(now());
  gone.gone = true;
  must(webhooks.record_attempt(take(webhooks, now()).value(), gone));
  const auto disabled = webhooks.find_webhook(owner(), id).value();
  EXPECT_FALSE(disabled.enabled);
  EXPECT_EQ(disabled.disabled_reason, "gone");
  EXPECT_EQ(log_of(webhooks, owner(), id), (Texts{"video.deleted failed", "video.deleted failed"}));
  const auto enabled = webhooks.change_webhook(owner(), id, {.enabled = true}).value();
  EXPECT_EQ(enabled.disabled_reason, "");
  EXPECT_EQ(enabled.failing_since, std::nullopt);
}

TEST_P(CatalogContract, AWebhookThatFailsForDaysIsDisabled) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  for (const auto* name : {"v1", "v2"}) must(videos().remove_video(add_pending(name), now()));
  pass(seconds{1});
  must(webhooks.record_attempt(take(webhooks, now()).value(), failed_at(now())));
  EXPECT_TRUE(webhooks.find_webhook(owner(), id).value().enabled) << "not for one delivery";
  pass(kDisableAfter);
  must(webhooks.record_attempt(take(webhooks, now()).value(), failed_at(now())));
  const auto disabled = webhooks.find_webhook(owner(), id).value();
  EXPECT_FALSE(disabled.enabled);
  EXPECT_EQ(disabled.disabled_reason, "failing");
}

TEST_P(CatalogContract, ASenderThatDiedIsReplacedWhenItsLeaseIsOver) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  const auto lost = take(webhooks, now()).value();
  pass(seconds{59});
  EXPECT_FALSE(take(webhooks, now()));
  pass(seconds{1});
  const auto ours = take(webhooks, now()).value();
  EXPECT_EQ(ours.delivery.event_id, lost.delivery.event_id);
  EXPECT_GT(ours.fence, lost.fence);

  must(webhooks.record_attempt(lost, failed_at(now())));
  EXPECT_EQ(newest(webhooks, owner(), id).attempts, 0) << "too late to say so";
  EXPECT_FALSE(take(webhooks, now())) << "and the lease is still ours";
  must(webhooks.record_attempt(lost, succeeded_at(now())));
  EXPECT_EQ(newest(webhooks, owner(), id).state, DeliveryState::delivered) << "but this is a fact";
  must(webhooks.record_attempt(ours, failed_at(now(), now())));
  EXPECT_EQ(newest(webhooks, owner(), id).state, DeliveryState::delivered);
}

TEST_P(CatalogContract, ADeliveryGivenBackIsDueAsBefore) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  must(webhooks.give_back(take(webhooks, now()).value(), now()));
  EXPECT_EQ(newest(webhooks, owner(), id).attempts, 0);
  EXPECT_TRUE(take(webhooks, now()));
}

TEST_P(CatalogContract, AfterARestartNobodyHoldsADeliveryAnyMore) {
  auto webhooks = webhooks_of(videos());
  add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(seconds{1});
  ASSERT_TRUE(take(webhooks, now()));
  must(webhooks.release_all(now()));
  EXPECT_TRUE(take(webhooks, now()));
}

TEST_P(CatalogContract, TwoSecretsSignWhileOneReplacesTheOther) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  must(webhooks.rotate_secret(owner(), id, Secret("new"), now() + hours{24}));
  pass(seconds{1});
  const auto both = take(webhooks, now()).value();
  ASSERT_EQ(both.secrets.size(), 2u);
  EXPECT_EQ(both.secrets[0].reveal(), "new");
  EXPECT_EQ(both.secrets[1].reveal(), "secret of w1");
  must(webhooks.give_back(both, now()));
  pass(hours{24});
  EXPECT_EQ(take(webhooks, now()).value().secrets.size(), 1u);
}

TEST_P(CatalogContract, ForgetsOldEvents) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  pass(hours{1});
  must(videos().remove_video(add_pending("v2"), now()));
  must(webhooks.forget_deliveries(now() - seconds{1}));
  const auto left = webhooks.list_deliveries(owner(), id, "", 10).value().deliveries;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].video_id, VideoId("v2"));
}

// Several processes of a fleet over one database.
TEST_P(CatalogContract, ManySendersDeliverEachEventOnce) {
  auto webhooks = webhooks_of(videos());
  for (const auto* name : {"a", "b", "c"}) add(webhooks, webhook(name, owner()));
  for (int i = 0; i < 5; ++i) {
    must(videos().remove_video(add_pending("v" + std::to_string(i)), now()));
  }
  pass(seconds{1});
  std::atomic<int> sent = 0;
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < 3; ++i) {
      senders.emplace_back([&] {
        while (sent < 15) {
          const auto job = take(webhooks, now());
          if (!job) continue;
          ++sent;
          must(webhooks.record_attempt(*job, succeeded_at(now())));
        }
      });
    }
  }
  EXPECT_EQ(sent, 15);
  for (const auto* name : {"a", "b", "c"}) {
    EXPECT_EQ(log_of(webhooks, owner(), WebhookId(name)), Texts(5, "video.deleted delivered"));
  }
}

}  // namespace
}  // namespace sluice
