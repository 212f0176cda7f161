#include "webhooks/requests.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kUrl = "https://example.com/";

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "" : result.error().code;
}

TEST(WebhookRequests, ANewWebhookHearsOfEverythingUnlessSaidOtherwise) {
  const auto all = read_new_webhook({{"url", kUrl}}, {}).value();
  EXPECT_EQ(all.url, kUrl);
  EXPECT_EQ(all.description, "");
  EXPECT_EQ(all.events.size(), 4u);
  const auto some = read_new_webhook({{"url", kUrl},
                                      {"description", "Billing"},
                                      {"events", {"video.failed", "video.complete"}}},
                                     {})
                        .value();
  EXPECT_EQ(some.description, "Billing");
  EXPECT_EQ(some.events, (std::vector{WebhookEvent::failed, WebhookEvent::complete}));
}

TEST(WebhookRequests, RefuseFormsThatMakeNoSense) {
  const std::pair<json, const char*> cases[] = {
      {json::object(), "invalid_url"},
      {{{"url", 1}}, "invalid_url"},
      {{{"url", "example.com"}}, "invalid_url"},
      {{{"url", "https://10.0.0.1/"}}, "address_refused"},
      {{{"url", kUrl}, {"events", json::array()}}, "invalid_events"},
      {{{"url", kUrl}, {"events", "video.complete"}}, "invalid_events"},
      {{{"url", kUrl}, {"events", nullptr}}, "invalid_events"},
      {{{"url", kUrl}, {"events", {"video.made"}}}, "invalid_events"},
      {{{"url", kUrl}, {"events", {1}}}, "invalid_events"},
      {{{"url", kUrl}, {"events", {"video.failed", "video.failed"}}}, "invalid_events"},
      {{{"url", kUrl}, {"description", 1}}, "invalid_description"},
      {{{"url", kUrl}, {"description", std::string(201, 'a')}}, "invalid_description"},
      {{{"url", kUrl}, {"enabled", true}}, "unknown_field"},
      {{{"url", kUrl}, {"secret", "mine"}}, "unknown_field"},
  };
  for (const auto& [form, code] : cases)
    EXPECT_EQ(code_of(read_new_webhook(form, {})), code) << form;
}

TEST(WebhookRequests, ChangesNameWhatChanges) {
  const auto none = read_webhook_changes(json::object(), {}).value();
  EXPECT_FALSE(none.url || none.description || none.events || none.enabled);
  const auto all =
      read_webhook_changes(
          {{"url", kUrl}, {"description", ""}, {"events", {"video.deleted"}}, {"enabled", false}},
          {})
          .value();
  EXPECT_EQ(all.url, kUrl);
  EXPECT_EQ(all.description, "");
  EXPECT_EQ(all.events, std::vector{WebhookEvent::deleted});
  EXPECT_EQ(all.enabled, false);
  EXPECT_EQ(code_of(read_webhook_changes({{"enabled", 1}}, {})), "invalid_enabled");
  EXPECT_EQ(code_of(read_webhook_changes({{"url", "http://example.com/"}}, {})), "invalid_url");
  EXPECT_EQ(code_of(read_webhook_changes({{"id", "x"}}, {})), "unknown_field");
}

TEST(WebhookRequests, ALogIsReadInPages) {
  http::Request request;
  EXPECT_EQ(read_delivery_query(request).value().limit, 24);
  request.query = {{"limit", "100"}, {"cursor", "abc"}};
  EXPECT_EQ(read_delivery_query(request).value().limit, 100);
  EXPECT_EQ(read_delivery_query(request).value().cursor, "abc");
  for (const auto* bad : {"0", "101", "x", "1x", "-1"}) {
    request.query = {{"limit", bad}};
    EXPECT_EQ(code_of(read_delivery_query(request)), "invalid_limit") << bad;
  }
}

}  // namespace
}  // namespace sluice
