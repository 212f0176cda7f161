// Short words for the contract tests of webhooks.
#pragma once

#include "catalog/catalog_contract.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_webhooks.h"

namespace sluice {

// Webhooks of the catalog under test: they live in its database, since its transactions write the
// deliveries.
inline SqlWebhooks webhooks_of(Videos& videos) {
  return SqlWebhooks(dynamic_cast<SqlCatalog&>(videos).database());
}

inline Webhook webhook(const std::string& id, const UserId& user, Timestamp now = {}) {
  Webhook webhook;
  webhook.id = WebhookId(id);
  webhook.user_id = user;
  webhook.url = "https://example.com/" + id;
  webhook.events.assign(std::begin(kAllWebhookEvents), std::end(kAllWebhookEvents));
  webhook.created_at = now;
  return webhook;
}

inline WebhookId add(Webhooks& webhooks, const Webhook& webhook) {
  must(webhooks.add_webhook(webhook, Secret("secret of " + webhook.id.str())));
  return webhook.id;
}

// The log of a webhook, oldest first, as "type state".
inline std::vector<std::string> log_of(Webhooks& webhooks, const UserId& user,
                                       const WebhookId& id) {
  std::vector<std::string> log;
  const auto page = webhooks.list_deliveries(user, id, "", 100).value();
  for (const auto& delivery : page.deliveries) {
    log.insert(log.begin(), delivery.type + " " + std::string(to_string(delivery.state)));
  }
  return log;
}

}  // namespace sluice
