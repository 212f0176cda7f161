#include "webhooks/webhook_json.h"

namespace sluice {
namespace {

using nlohmann::json;

json time_json(const std::optional<Timestamp>& time) {
  return time ? json(to_rfc3339(*time)) : json(nullptr);
}

json text_json(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

}  // namespace

json webhook_json(const Webhook& webhook) {
  auto events = json::array();
  for (const auto event : webhook.events) events.push_back(to_string(event));
  return {{"id", webhook.id.str()},
          {"url", webhook.url},
          {"description", webhook.description},
          {"events", std::move(events)},
          {"enabled", webhook.enabled},
          {"disabled_reason", text_json(webhook.disabled_reason)},
          {"failing_since", time_json(webhook.failing_since)},
          {"created_at", to_rfc3339(webhook.created_at)}};
}

json delivery_json(const WebhookDelivery& delivery) {
  const bool waits = delivery.state == DeliveryState::waiting;
  return {{"event_id", delivery.event_id.str()},
          {"type", delivery.type},
          {"video_id", delivery.video_id.str()},
          {"created_at", to_rfc3339(delivery.created_at)},
          {"state", to_string(delivery.state)},
          {"attempts", delivery.attempts},
          {"last_attempt_at", time_json(delivery.last_attempt_at)},
          {"last_status", delivery.last_status ? json(*delivery.last_status) : json(nullptr)},
          {"last_error", text_json(delivery.last_error)},
          {"next_attempt_at", waits ? json(to_rfc3339(delivery.next_attempt_at)) : json(nullptr)},
          {"payload", json::parse(delivery.body)}};
}

}  // namespace sluice
