// The rows of the webhooks and webhook_deliveries tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/sql_session.h"
#include "catalog/webhooks.h"

namespace sluice {

// The column `events`: names with a space between them.
std::string to_column(const std::vector<WebhookEvent>& events);
std::vector<WebhookEvent> events_of_column(std::string_view column);
bool hears_of(std::string_view column, WebhookEvent event);

// `where` is everything behind FROM webhooks.
std::vector<Webhook> select_webhooks(SqlSession& sql, std::string_view where,
                                     const std::vector<SqlParam>& params);

struct DeliveryRow {
  std::int64_t number = 0;
  WebhookDelivery delivery;
};

// `where` is everything behind FROM webhook_deliveries.
std::vector<DeliveryRow> select_deliveries(SqlSession& sql, std::string_view where,
                                           const std::vector<SqlParam>& params);

// What still waits has failed.
void give_up_deliveries(SqlSession& sql, const WebhookId& webhook);

}  // namespace sluice
