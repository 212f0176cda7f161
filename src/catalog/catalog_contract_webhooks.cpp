#include <nlohmann/json.hpp>

#include "catalog/catalog_contract_webhooks.h"

namespace sluice {
namespace {

using Texts = std::vector<std::string>;
using nlohmann::json;

std::vector<std::string> ids(const std::vector<Webhook>& webhooks) {
  std::vector<std::string> ids;
  for (const auto& webhook : webhooks) ids.push_back(webhook.id.str());
  return ids;
}

TEST_P(CatalogContract, KeepsAWebhookAsItWasGiven) {
  auto webhooks = webhooks_of(videos());
  auto given = webhook("w1", owner(), now());
  given.description = "Téléphone";
  given.events = {WebhookEvent::failed, WebhookEvent::playable};
  add(webhooks, given);
  reopen();
  const auto kept = webhooks_of(videos()).find_webhook(owner(), given.id).value();
  EXPECT_EQ(kept.url, given.url);
  EXPECT_EQ(kept.user_id, owner());
  EXPECT_EQ(kept.description, "Téléphone");
  EXPECT_EQ(kept.events, given.events);
  EXPECT_EQ(kept.created_at, now());
  EXPECT_TRUE(kept.enabled);
  EXPECT_EQ(kept.disabled_reason, "");
  EXPECT_EQ(kept.failing_since, std::nullopt);
}

TEST_P(CatalogContract, WebhooksAreTheirOwnersAlone) {
  auto webhooks = webhooks_of(videos());
  const auto other = add_user("other@example.com");
  add(webhooks, webhook("b", owner(), now()));
  add(webhooks, webhook("a", owner(), now() + std::chrono::seconds{1}));
  const auto id = add(webhooks, webhook("c", other, now()));
  EXPECT_EQ(ids(webhooks.list_webhooks(owner()).value()), (Texts{"b", "a"}));
  EXPECT_EQ(ids(webhooks.list_webhooks(other).value()), Texts{"c"});

  const auto mine = owner();
  EXPECT_EQ(code_of(webhooks.find_webhook(mine, id)), "webhook_not_found");
  EXPECT_EQ(code_of(webhooks.change_webhook(mine, id, {})), "webhook_not_found");
  EXPECT_EQ(code_of(webhooks.rotate_secret(mine, id, Secret("x"), now())), "webhook_not_found");
  EXPECT_EQ(code_of(webhooks.list_deliveries(mine, id, "", 10)), "webhook_not_found");
  EXPECT_EQ(code_of(webhooks.replay(mine, id, EventId("evt_1"), now())), "webhook_not_found");
  EXPECT_EQ(code_of(webhooks.remove_webhook(mine, id)), "webhook_not_found");
  EXPECT_TRUE(webhooks.find_webhook(other, id));
}

TEST_P(CatalogContract, AUserHasALimitedNumberOfWebhooks) {
  auto webhooks = webhooks_of(videos());
  for (int i = 0; i < kMaxWebhooksPerUser; ++i) {
    add(webhooks, webhook("w" + std::to_string(i), owner()));
  }
  const auto more = webhooks.add_webhook(webhook("more", owner()), Secret("x"));
  EXPECT_EQ(code_of(more), "too_many_webhooks");
  add(webhooks, webhook("another's", add_user("other@example.com")));
  must(webhooks.remove_webhook(owner(), WebhookId("w0")));
  add(webhooks, webhook("more", owner()));
}

TEST_P(CatalogContract, AWebhookChangesOnlyInWhatIsNamed) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  const auto moved = webhooks.change_webhook(owner(), id, {.url = "https://example.org/"}).value();
  EXPECT_EQ(moved.url, "https://example.org/");
  EXPECT_EQ(moved.events.size(), 4u);
  WebhookChanges fewer{.description = "few", .events = {{WebhookEvent::failed}}};
  webhooks.change_webhook(owner(), id, fewer).value();
  const auto kept = webhooks.find_webhook(owner(), id).value();
  EXPECT_EQ(kept.url, "https://example.org/");
  EXPECT_EQ(kept.description, "few");
  EXPECT_EQ(kept.events, std::vector{WebhookEvent::failed});
}

TEST_P(CatalogContract, WebhooksHearOfTheMovesOfTheirOwnersVideos) {
  auto webhooks = webhooks_of(videos());
  const auto all = add(webhooks, webhook("all", owner()));
  auto few = webhook("few", owner());
  few.events = {WebhookEvent::failed};
  add(webhooks, few);
  const auto other = add_user("other@example.com");
  const auto others = add(webhooks, webhook("other", other));

  const auto v1 = add_prepared("v1");
  EXPECT_EQ(log_of(webhooks, owner(), all), Texts{});
  const auto first = claim(task(v1, 0));
  const auto sound = claim(task(v1, 2));
  must(tasks().record_segments(first, {segment("240p", 0)}, now()));
  EXPECT_EQ(log_of(webhooks, owner(), all), Texts{}) << "not playable without its sound";
  must(tasks().record_segments(sound, {segment("audio-0", 0)}, now()));
  must(tasks().record_segments(sound, {segment("audio-0", 1)}, now()));
  EXPECT_EQ(log_of(webhooks, owner(), all), Texts{"video.playable waiting"}) << "once";
  EXPECT_FALSE(tasks().fail_task(first, permanent_error(), now()).value());
  must(videos().remove_video(v1, now()));
  EXPECT_EQ(log_of(webhooks, owner(), all),
            (Texts{"video.playable waiting", "video.failed waiting", "video.deleted waiting"}));
  EXPECT_EQ(log_of(webhooks, owner(), few.id), Texts{"video.failed waiting"});
  EXPECT_EQ(log_of(webhooks, other, others), Texts{});
}

TEST_P(CatalogContract, AnEventTellsTheVideoAsItWasThen) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  const auto v1 = add_complete("v1");
  const auto completed_at = video(v1).updated_at;
  videos().update_video(v1, {"Renamed", std::nullopt}, now()).value();
  must(videos().remove_video(v1, now()));

  const auto log = webhooks.list_deliveries(owner(), id, "", 10).value().deliveries;
  ASSERT_EQ(log.size(), 3u);
  const auto deleted = json::parse(log[0].body), complete = json::parse(log[1].body);
  EXPECT_EQ(complete["type"], "video.complete");
  EXPECT_EQ(complete["timestamp"], to_rfc3339(completed_at));
  EXPECT_EQ(complete["data"]["title"], "Video v1");
  EXPECT_EQ(complete["data"]["status"], "complete");
  EXPECT_EQ(deleted["data"]["title"], "Renamed");
  EXPECT_EQ(log[0].created_at, from_unix_ms(to_unix_ms(log[0].created_at)));
  EXPECT_GT(deleted["timestamp"], complete["timestamp"]) << "even within one millisecond";
  EXPECT_EQ(json::parse(log[2].body)["type"], "video.playable") << "before complete";
  EXPECT_EQ(log[0].video_id, v1);
  EXPECT_TRUE(log[0].event_id.str().starts_with("evt_"));
}

TEST_P(CatalogContract, UploadsThatExpireAndVideosThatNeverCameAreEventsToo) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  add_expired("v1");
  must(videos().remove_video(add_pending("v2"), now()));
  EXPECT_EQ(log_of(webhooks, owner(), id),
            (Texts{"video.failed waiting", "video.deleted waiting"}));
  const auto page = webhooks.list_deliveries(owner(), id, "", 1).value();
  EXPECT_EQ(json::parse(page.deliveries[0].body)["data"]["status"], "pending");
}

TEST_P(CatalogContract, ARetriedVideoIsHeardOfAgain) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  const auto v1 = add_failed("v1");
  tasks().retry_video(v1, now()).value();
  while (!outbox(v1).empty()) finish(task(v1, 0));
  EXPECT_EQ(log_of(webhooks, owner(), id),
            (Texts{"video.failed waiting", "video.playable waiting", "video.complete waiting"}));
}

TEST_P(CatalogContract, AnEventIsTheSameForAllWhoHearOfIt) {
  auto webhooks = webhooks_of(videos());
  const auto a = add(webhooks, webhook("a", owner())), b = add(webhooks, webhook("b", owner()));
  add_expired("v1");
  const auto of_a = webhooks.list_deliveries(owner(), a, "", 1).value().deliveries.at(0);
  const auto of_b = webhooks.list_deliveries(owner(), b, "", 1).value().deliveries.at(0);
  EXPECT_EQ(of_a.event_id, of_b.event_id);
  EXPECT_EQ(of_a.body, of_b.body);
}

TEST_P(CatalogContract, PagesThroughTheLogOfAWebhook) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  for (const auto* name : {"v1", "v2", "v3"}) must(videos().remove_video(add_pending(name), now()));
  Texts seen;
  std::string cursor;
  for (int pages = 1; pages <= 2; ++pages) {
    const auto page = webhooks.list_deliveries(owner(), id, cursor, 2).value();
    for (const auto& delivery : page.deliveries) seen.push_back(delivery.video_id.str());
    EXPECT_EQ(page.next_cursor.has_value(), pages == 1);
    cursor = page.next_cursor.value_or("");
  }
  EXPECT_EQ(seen, (Texts{"v3", "v2", "v1"}));
  for (const auto* bad : {"!", "eA", "MQ=="}) {
    EXPECT_EQ(code_of(webhooks.list_deliveries(owner(), id, bad, 2)), "invalid_cursor") << bad;
  }
}

TEST_P(CatalogContract, ADisabledWebhookHearsNothing) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  webhooks.change_webhook(owner(), id, {.enabled = false}).value();
  must(videos().remove_video(add_pending("v2"), now()));
  EXPECT_EQ(log_of(webhooks, owner(), id), Texts{"video.deleted failed"})
      << "and waits for nothing";
  const auto event = webhooks.list_deliveries(owner(), id, "", 1).value().deliveries[0].event_id;
  EXPECT_EQ(code_of(webhooks.replay(owner(), id, event, now())), "webhook_disabled");
  EXPECT_TRUE(webhooks.change_webhook(owner(), id, {.enabled = true}).value().enabled);
  must(videos().remove_video(add_pending("v3"), now()));
  EXPECT_EQ(log_of(webhooks, owner(), id),
            (Texts{"video.deleted failed", "video.deleted waiting"}));
  EXPECT_EQ(webhooks.replay(owner(), id, event, now()).value().state, DeliveryState::waiting);
}

TEST_P(CatalogContract, ARemovedWebhookTakesItsLogAlong) {
  auto webhooks = webhooks_of(videos());
  const auto id = add(webhooks, webhook("w1", owner()));
  must(videos().remove_video(add_pending("v1"), now()));
  must(webhooks.remove_webhook(owner(), id));
  EXPECT_EQ(code_of(webhooks.find_webhook(owner(), id)), "webhook_not_found");
  EXPECT_TRUE(webhooks.claim_deliveries(now() + std::chrono::hours{1}, kLease, 10).value().empty());
  add(webhooks, webhook("w1", owner()));
  EXPECT_EQ(log_of(webhooks, owner(), id), Texts{});
}

}  // namespace
}  // namespace sluice
