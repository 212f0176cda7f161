// What requests about webhooks say, checked. Pure.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "catalog/webhooks.h"
#include "http/message.h"
#include "webhooks/webhook_rules.h"

namespace sluice {

struct NewWebhook {
  std::string url;
  std::string description;
  std::vector<WebhookEvent> events;  // all of them unless said otherwise
};

// {url, events?, description?} of POST /api/webhooks. `invalid`: invalid_events, unknown_field, and
// as webhook_rules.h.
Result<NewWebhook> read_new_webhook(const nlohmann::json& body, const WebhookRules& rules);

// {url?, events?, description?, enabled?} of PATCH /api/webhooks/:id. The same, and
// invalid_enabled.
Result<WebhookChanges> read_webhook_changes(const nlohmann::json& body, const WebhookRules& rules);

// ?limit=&cursor= of a log. `invalid`: invalid_limit.
struct DeliveryQuery {
  std::string cursor;
  int limit = 24;
};
Result<DeliveryQuery> read_delivery_query(const http::Request& request);

}  // namespace sluice
