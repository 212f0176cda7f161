#include "webhooks/webhook_routes.h"

#include <nlohmann/json.hpp>

#include "webhooks/webhook_fixture.h"

namespace sluice {
namespace {

using nlohmann::json;

struct Answer {
  int status = 0;
  json body;
  std::string code() const { return body.value("code", ""); }
};

class WebhookRoutesTest : public WebhookFixture {
 protected:
  WebhookRoutesTest() : caller_(user_) {
    add_webhook_routes(router_, {webhooks_,
                                 clock_,
                                 [this](const http::Request&) -> Result<std::optional<User>> {
                                   if (caller_.empty()) return std::nullopt;
                                   return User{caller_, "user@example.com"};
                                 },
                                 {}});
  }

  Answer call(std::string_view method, const std::string& path, const json& body = nullptr,
              http::Fields query = {}) {
    const auto match = router_.match(method, path);
    http::Request request;
    request.method = method;
    request.headers = {{"content-type", "application/json"}};
    request.query = std::move(query);
    if (!body.is_null()) request.body = body.dump();
    request.params = match.params;
    const auto response = (*match.handler)(request);
    const auto& text = std::get<std::string>(response.body);
    return {response.status, text.empty() ? json() : json::parse(text)};
  }

  json create(const json& form = {{"url", "https://example.com/hook"}}) {
    const auto answer = call("POST", "/api/webhooks", form);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.body;
  }
  static std::string path_of(const json& webhook) {
    return "/api/webhooks/" + webhook["id"].get<std::string>();
  }

  http::Router router_;
  UserId caller_;
};

TEST_F(WebhookRoutesTest, TheSecretIsShownOnce) {
  auto created = create({{"url", "https://example.com/hook"}, {"description", "Billing"}});
  const std::string secret = created["secret"];
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_EQ(secret.size(), 6u + 44u) << "32 bytes";
  created.erase("secret");
  EXPECT_EQ(created,
            (json{{"id", created["id"]},
                  {"url", "https://example.com/hook"},
                  {"description", "Billing"},
                  {"events", {"video.playable", "video.complete", "video.failed", "video.deleted"}},
                  {"enabled", true},
                  {"disabled_reason", nullptr},
                  {"failing_since", nullptr},
                  {"created_at", to_rfc3339(clock_.now())}}));
  EXPECT_EQ(call("GET", path_of(created)).body, created);
  EXPECT_EQ(call("GET", "/api/webhooks").body, (json{{"webhooks", {created}}}));
  EXPECT_NE(create()["secret"], secret) << "each has its own";
}

TEST_F(WebhookRoutesTest, ARotatedSecretIsShownOnceToo) {
  const auto created = create();
  const auto rotated = call("POST", path_of(created) + "/rotate-secret");
  EXPECT_EQ(rotated.status, 200);
  EXPECT_NE(rotated.body["secret"], created["secret"]);
  EXPECT_EQ(rotated.body["previous_expires_at"], to_rfc3339(clock_.now() + std::chrono::hours{24}));
  delete_a_video();
  const auto jobs = webhooks_.claim_deliveries(clock_.now(), std::chrono::seconds{60}, 1).value();
  ASSERT_EQ(jobs.at(0).secrets.size(), 2u);
  EXPECT_EQ(jobs[0].secrets[0].reveal(), rotated.body["secret"]);
  EXPECT_EQ(jobs[0].secrets[1].reveal(), created["secret"]);
}

TEST_F(WebhookRoutesTest, AWebhookIsChangedAndRemoved) {
  const auto path = path_of(create());
  const auto changed = call("PATCH", path, {{"events", {"video.failed"}}, {"enabled", false}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body["events"], json{"video.failed"});
  EXPECT_EQ(changed.body["enabled"], false);
  EXPECT_EQ(changed.body["url"], "https://example.com/hook");
  EXPECT_EQ(call("PATCH", path, {{"url", "https://127.0.0.1/"}}).status, 403);
  EXPECT_EQ(call("PATCH", path, {{"secret", "x"}}).code(), "unknown_field");
  EXPECT_EQ(call("DELETE", path).status, 204);
  for (const auto* method : {"GET", "DELETE"}) {
    EXPECT_EQ(call(method, path).code(), "webhook_not_found") << method;
  }
}

TEST_F(WebhookRoutesTest, TheLogTellsWhatBecameOfEachEvent) {
  const auto path = path_of(create());
  delete_a_video();
  delete_a_video();
  const auto page = call("GET", path + "/deliveries", nullptr, {{"limit", "1"}});
  EXPECT_EQ(page.status, 200);
  ASSERT_EQ(page.body["deliveries"].size(), 1u);
  const auto& delivery = page.body["deliveries"][0];
  EXPECT_EQ(delivery["type"], "video.deleted");
  EXPECT_EQ(delivery["state"], "waiting");
  EXPECT_EQ(delivery["attempts"], 0);
  EXPECT_EQ(delivery["last_status"], nullptr);
  EXPECT_EQ(delivery["last_error"], nullptr);
  EXPECT_EQ(delivery["next_attempt_at"], delivery["created_at"]);
  EXPECT_EQ(delivery["payload"]["data"]["id"], delivery["video_id"]);
  const std::string cursor = page.body["next_cursor"];
  const auto last = call("GET", path + "/deliveries", nullptr, {{"cursor", cursor}});
  EXPECT_EQ(last.body["deliveries"].size(), 1u);
  EXPECT_NE(last.body["deliveries"][0]["event_id"], delivery["event_id"]);
  EXPECT_EQ(last.body["next_cursor"], nullptr);
  EXPECT_EQ(call("GET", path + "/deliveries", nullptr, {{"cursor", "?"}}).code(), "invalid_cursor");
  EXPECT_EQ(call("GET", path + "/deliveries", nullptr, {{"limit", "0"}}).code(), "invalid_limit");
}

TEST_F(WebhookRoutesTest, AnEventCanBeReplayed) {
  const auto webhook = create();
  const auto path = path_of(webhook);
  delete_a_video();
  const auto event = newest_delivery(WebhookId(webhook["id"])).event_id.str();
  const auto job =
      webhooks_.claim_deliveries(clock_.now(), std::chrono::seconds{60}, 1).value().at(0);
  must(webhooks_.record_attempt(job, {.at = clock_.now(), .delivered = true, .status = 200}));
  const auto replayed = call("POST", path + "/deliveries/" + event + "/replay");
  EXPECT_EQ(replayed.status, 202);
  EXPECT_EQ(replayed.body["state"], "waiting");
  EXPECT_EQ(replayed.body["event_id"], event);
  EXPECT_EQ(call("POST", path + "/deliveries/evt_none/replay").code(), "delivery_not_found");
  call("PATCH", path, {{"enabled", false}});
  const auto refused = call("POST", path + "/deliveries/" + event + "/replay");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "webhook_disabled");
}

TEST_F(WebhookRoutesTest, WebhooksOfOthersAreOutOfReach) {
  const auto path = path_of(create());
  delete_a_video();
  const std::pair<const char*, std::string> requests[] = {
      {"GET", path},
      {"PATCH", path},
      {"DELETE", path},
      {"POST", path + "/rotate-secret"},
      {"GET", path + "/deliveries"},
      {"POST", path + "/deliveries/evt_1/replay"}};
  caller_ = add_user("other@example.com");
  EXPECT_EQ(call("GET", "/api/webhooks").body["webhooks"], json::array());
  for (const auto& [method, target] : requests) {
    EXPECT_EQ(call(method, target, json::object()).code(), "webhook_not_found") << method << target;
  }
  caller_ = UserId();
  for (const auto& [method, target] : requests) {
    EXPECT_EQ(call(method, target, json::object()).status, 401) << method << target;
  }
  EXPECT_EQ(call("GET", "/api/webhooks").status, 401);
  EXPECT_EQ(call("POST", "/api/webhooks", {{"url", "https://example.com/"}}).status, 401);
}

TEST_F(WebhookRoutesTest, RefuseWhatMayNotBeCalled) {
  const auto form = [](const char* url) { return json{{"url", url}}; };
  const auto answer = call("POST", "/api/webhooks", form("https://169.254.169.254/latest"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "address_refused");
  EXPECT_EQ(call("POST", "/api/webhooks", form("http://example.com/")).status, 400);
  for (int i = 0; i < kMaxWebhooksPerUser; ++i) create();
  EXPECT_EQ(call("POST", "/api/webhooks", form("https://example.com/")).code(),
            "too_many_webhooks");
}

}  // namespace
}  // namespace sluice
