#include "catalog/sql_webhook_events.h"

#include "base/random.h"
#include "catalog/sql_webhook_rows.h"

namespace sluice {

void tell_webhooks(SqlSession& sql, WebhookEvent event, const Video& video) {
  const auto webhooks = sql.rows<WebhookId, std::string>(
      "SELECT id, events FROM webhooks WHERE user_id = :user_id AND enabled = 1",
      {{"user_id", video.user_id}});
  if (webhooks.empty()) return;
  const auto event_id = "evt_" + random_id();
  const auto body = webhook_body(event, video);
  for (const auto& [webhook, events] : webhooks) {
    if (!hears_of(events, event)) continue;
    sql.run(
        "INSERT INTO webhook_deliveries (webhook_id, event_id, video_id, type, body, created_at,"
        " state, attempts, next_attempt_at) "
        "VALUES (:webhook_id, :event_id, :video_id, :type, :body, :now, 'waiting', 0, :now)",
        {{"webhook_id", webhook},
         {"event_id", event_id},
         {"video_id", video.id},
         {"type", to_string(event)},
         {"body", body},
         {"now", video.updated_at}});
  }
}

void tell_webhooks(SqlSession& sql, const Video& before, const Video& after) {
  for (const auto event : events_between(before, after)) tell_webhooks(sql, event, after);
}

}  // namespace sluice
