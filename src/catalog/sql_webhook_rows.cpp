#include "catalog/sql_webhook_rows.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

DeliveryState parse_delivery_state(std::string_view text) {
  if (text == "delivered") return DeliveryState::delivered;
  return text == "failed" ? DeliveryState::failed : DeliveryState::waiting;
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::waiting: return "waiting";
    case DeliveryState::delivered: return "delivered";
    case DeliveryState::failed: return "failed";
  }
  return "";
}

std::string to_column(const std::vector<WebhookEvent>& events) {
  std::string column;
  for (const auto event : events) {
    if (!column.empty()) column += ' ';
    column += to_string(event);
  }
  return column;
}

std::vector<WebhookEvent> events_of_column(std::string_view column) {
  std::vector<WebhookEvent> events;
  while (!column.empty()) {
    const auto end = std::min(column.find(' '), column.size());
    if (const auto event = parse_webhook_event(column.substr(0, end))) events.push_back(*event);
    column.remove_prefix(std::min(end + 1, column.size()));
  }
  return events;
}

bool hears_of(std::string_view column, WebhookEvent event) {
  const auto events = events_of_column(column);
  return std::ranges::find(events, event) != events.end();
}

std::vector<Webhook> select_webhooks(SqlSession& sql, std::string_view where,
                                     const std::vector<SqlParam>& params) {
  std::vector<Webhook> webhooks;
  for (auto& [id, user, url, description, events, enabled, reason, created_at, failing_since] :
       sql.rows<WebhookId, UserId, std::string, std::string, std::string, bool,
                std::optional<std::string>, Timestamp, std::optional<Timestamp>>(
           fmt::format("SELECT id, user_id, url, description, events, enabled, disabled_reason,"
                       " created_at, failing_since FROM webhooks {}",
                       where),
           params)) {
    webhooks.push_back({id, user, url, description, events_of_column(events), enabled,
                        reason.value_or(""), created_at, failing_since});
  }
  return webhooks;
}

std::vector<DeliveryRow> select_deliveries(SqlSession& sql, std::string_view where,
                                           const std::vector<SqlParam>& params) {
  std::vector<DeliveryRow> rows;
  for (auto& [number, event, video, type, body, created_at, state, attempts, next_attempt_at,
              last_attempt_at, last_status, last_error] :
       sql.rows<std::int64_t, EventId, VideoId, std::string, std::string, Timestamp, std::string,
                int, Timestamp, std::optional<Timestamp>, std::optional<int>,
                std::optional<std::string>>(
           fmt::format("SELECT number, event_id, video_id, type, body, created_at, state, attempts,"
                       " next_attempt_at, last_attempt_at, last_status, last_error"
                       " FROM webhook_deliveries {}",
                       where),
           params)) {
    rows.push_back({number,
                    {event, video, type, body, created_at, parse_delivery_state(state), attempts,
                     next_attempt_at, last_attempt_at, last_status, last_error.value_or("")}});
  }
  return rows;
}

void give_up_deliveries(SqlSession& sql, const WebhookId& webhook) {
  sql.run(
      "UPDATE webhook_deliveries SET state = 'failed', last_error = :error "
      "WHERE webhook_id = :webhook_id AND state = 'waiting'",
      {{"error", "The webhook was disabled."}, {"webhook_id", webhook}});
}

}  // namespace sluice
