#include "webhooks/requests.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using nlohmann::json;

constexpr int kMostPerPage = 100;

Result<std::string> read_url(const json& value, const WebhookRules& rules) {
  if (!value.is_string()) {
    return fail(ErrorKind::invalid, "invalid_url", "url has to be a string.");
  }
  auto url = value.get<std::string>();
  SLUICE_TRY(check_webhook_url(url, rules));
  return url;
}

Result<std::string> read_description(const json& value) {
  if (!value.is_string()) {
    return fail(ErrorKind::invalid, "invalid_description", "description has to be a string.");
  }
  auto text = value.get<std::string>();
  SLUICE_TRY(check_webhook_description(text));
  return text;
}

tl::unexpected<Error> invalid_events() {
  return fail(ErrorKind::invalid, "invalid_events",
              "events is a list of video.playable, video.complete, video.failed and "
              "video.deleted, each at most once.");
}

Result<std::vector<WebhookEvent>> read_events(const json& value) {
  if (!value.is_array() || value.empty()) return invalid_events();
  std::vector<WebhookEvent> events;
  for (const json& name : value) {
    if (!name.is_string()) return invalid_events();
    const auto event = parse_webhook_event(name.get_ref<const std::string&>());
    if (!event || std::ranges::find(events, *event) != events.end()) return invalid_events();
    events.push_back(*event);
  }
  return events;
}

tl::unexpected<Error> unknown_field(std::string message) {
  return fail(ErrorKind::invalid, "unknown_field", std::move(message));
}

}  // namespace

Result<WebhookChanges> read_webhook_changes(const json& body, const WebhookRules& rules) {
  WebhookChanges changes;
  for (const auto& [name, value] : body.items()) {
    if (name == "url") {
      SLUICE_TRY_ASSIGN(changes.url, read_url(value, rules));
    } else if (name == "description") {
      SLUICE_TRY_ASSIGN(changes.description, read_description(value));
    } else if (name == "events") {
      SLUICE_TRY_ASSIGN(changes.events, read_events(value));
    } else if (name == "enabled") {
      if (!value.is_boolean()) {
        return fail(ErrorKind::invalid, "invalid_enabled", "enabled is true or false.");
      }
      changes.enabled = value.get<bool>();
    } else {
      return unknown_field("Of a webhook url, events, description and enabled can be changed.");
    }
  }
  return changes;
}

Result<NewWebhook> read_new_webhook(const json& body, const WebhookRules& rules) {
  if (body.contains("enabled")) {
    return unknown_field("A new webhook has url, events and description, and nothing else.");
  }
  SLUICE_TRY_ASSIGN(auto given, read_webhook_changes(body, rules));
  if (!given.url) return fail(ErrorKind::invalid, "invalid_url", "A webhook needs a url.");
  NewWebhook webhook;
  webhook.url = *std::move(given.url);
  webhook.description = given.description.value_or("");
  webhook.events = given.events.value_or(
      std::vector(std::begin(kAllWebhookEvents), std::end(kAllWebhookEvents)));
  return webhook;
}

Result<DeliveryQuery> read_delivery_query(const http::Request& request) {
  DeliveryQuery query;
  query.cursor = request.query_value("cursor");
  const auto text = request.query_value("limit");
  if (text.empty()) return query;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, query.limit);
  if (read.ec != std::errc() || read.ptr != end || query.limit < 1 || query.limit > kMostPerPage) {
    return fail(ErrorKind::invalid, "invalid_limit", "limit is a number from 1 to 100.");
  }
  return query;
}

}  // namespace sluice
