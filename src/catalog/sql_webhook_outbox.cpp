#include <fmt/format.h>

#include "catalog/sql_webhook_rows.h"
#include "catalog/sql_webhooks.h"

namespace sluice {
namespace {

// Webhooks that are free and have something due.
constexpr std::string_view kServable =
    "FROM webhooks WHERE enabled = 1 AND free_at <= :now AND id IN"
    " (SELECT webhook_id FROM webhook_deliveries"
    "  WHERE state = 'waiting' AND next_attempt_at <= :now) "
    "ORDER BY free_at, id LIMIT :limit";

std::optional<WebhookDelivery> first_due(SqlSession& sql, const WebhookId& webhook, Timestamp now) {
  auto rows = select_deliveries(sql,
                                "WHERE webhook_id = :webhook_id AND state = 'waiting'"
                                " AND next_attempt_at <= :now "
                                "ORDER BY next_attempt_at, number LIMIT 1",
                                {{"webhook_id", webhook}, {"now", now}});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front().delivery);
}

// Free webhooks with nothing but their delivery, locked until the transaction ends.
std::vector<WebhookJob> lock_servable(SqlSession& sql, Timestamp now, int limit) {
  std::vector<WebhookJob> jobs;
  for (auto& [id, fence, url, secret, previous, previous_until, failures] :
       sql.rows<WebhookId, std::int64_t, std::string, std::string, std::optional<std::string>,
                std::optional<Timestamp>, int>(
           fmt::format("SELECT id, fence, url, secret, previous_secret, previous_secret_until,"
                       " failures_in_row {}{}",
                       kServable, sql.dialect().lock_free_rows),
           {{"now", now}, {"limit", limit}})) {
    WebhookJob job{id, fence, url, {Secret(secret)}, failures, {}};
    if (previous && previous_until > now) job.secrets.push_back(Secret(*previous));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

void disable(SqlSession& sql, const WebhookId& webhook, std::string_view reason) {
  sql.run("UPDATE webhooks SET enabled = 0, disabled_reason = :reason WHERE id = :id",
          {{"reason", reason}, {"id", webhook}});
  give_up_deliveries(sql, webhook);
}

bool has_failed_too_long(SqlSession& sql, const WebhookId& webhook, Timestamp now) {
  const auto since = sql.row<std::optional<Timestamp>>(
      "SELECT failing_since FROM webhooks WHERE id = :id", {{"id", webhook}});
  return since && std::get<0>(*since) && now - *std::get<0>(*since) >= kDisableAfter;
}

void record_success(SqlSession& sql, const WebhookJob& job, const WebhookAttempt& attempt) {
  sql.run(
      "UPDATE webhooks SET free_at = :now, failures_in_row = 0, failing_since = NULL "
      "WHERE id = :id AND fence = :fence",
      {{"now", attempt.at}, {"id", job.webhook}, {"fence", job.fence}});
  // Whatever else has become of it in the meantime: it is there.
  sql.run(
      "UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1,"
      " last_attempt_at = :now, last_status = :status, last_error = NULL "
      "WHERE webhook_id = :webhook_id AND event_id = :event_id AND state <> 'delivered'",
      {{"now", attempt.at},
       {"status", attempt.status},
       {"webhook_id", job.webhook},
       {"event_id", job.delivery.event_id}});
}

void record_failure(SqlSession& sql, const WebhookJob& job, const WebhookAttempt& attempt) {
  const auto ours = sql.run(
      "UPDATE webhooks SET free_at = :rest_until, failures_in_row = failures_in_row + 1,"
      " failing_since = COALESCE(failing_since, :now) WHERE id = :id AND fence = :fence",
      {{"rest_until", attempt.rest_until},
       {"now", attempt.at},
       {"id", job.webhook},
       {"fence", job.fence}});
  if (ours == 0) return;
  sql.run(
      "UPDATE webhook_deliveries SET state = :state, attempts = attempts + 1,"
      " next_attempt_at = :next, last_attempt_at = :now, last_status = :status,"
      " last_error = :error "
      "WHERE webhook_id = :webhook_id AND event_id = :event_id AND state = 'waiting'",
      {{"state",
        to_string(attempt.next_attempt_at ? DeliveryState::waiting : DeliveryState::failed)},
       {"next", attempt.next_attempt_at.value_or(attempt.at)},
       {"now", attempt.at},
       {"status", attempt.status},
       {"error", attempt.error},
       {"webhook_id", job.webhook},
       {"event_id", job.delivery.event_id}});
  if (attempt.gone) {
    disable(sql, job.webhook, "gone");
  } else if (!attempt.next_attempt_at && has_failed_too_long(sql, job.webhook, attempt.at)) {
    disable(sql, job.webhook, "failing");
  }
}

}  // namespace

Result<std::vector<WebhookJob>> SqlWebhooks::claim_deliveries(Timestamp now,
                                                              std::chrono::milliseconds lease,
                                                              int limit) {
  // Mostly there is nothing, and looking must not cost a turn at writing.
  SLUICE_TRY_ASSIGN(const bool any, database_.read([&](SqlSession& sql) -> Result<bool> {
    return sql.row<WebhookId>(fmt::format("SELECT id {}", kServable), {{"now", now}, {"limit", 1}})
        .has_value();
  }));
  if (!any) return std::vector<WebhookJob>{};
  return database_.write([&](SqlSession& sql) -> Result<std::vector<WebhookJob>> {
    std::vector<WebhookJob> claimed;
    for (auto& job : lock_servable(sql, now, limit)) {
      auto delivery = first_due(sql, job.webhook, now);
      if (!delivery) continue;
      job.delivery = std::move(*delivery);
      ++job.fence;
      sql.run("UPDATE webhooks SET free_at = :lease_until, fence = :fence WHERE id = :id",
              {{"lease_until", now + lease}, {"fence", job.fence}, {"id", job.webhook}});
      claimed.push_back(std::move(job));
    }
    return claimed;
  });
}

Result<> SqlWebhooks::record_attempt(const WebhookJob& job, const WebhookAttempt& attempt) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    attempt.delivered ? record_success(sql, job, attempt) : record_failure(sql, job, attempt);
    return {};
  });
}

Result<> SqlWebhooks::give_back(const WebhookJob& job, Timestamp now) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    sql.run("UPDATE webhooks SET free_at = :now WHERE id = :id AND fence = :fence",
            {{"now", now}, {"id", job.webhook}, {"fence", job.fence}});
    return {};
  });
}

Result<> SqlWebhooks::forget_deliveries(Timestamp created_before) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    sql.run("DELETE FROM webhook_deliveries WHERE created_at < :created_before",
            {{"created_before", created_before}});
    return {};
  });
}

Result<> SqlWebhooks::release_all(Timestamp now) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    sql.run("UPDATE webhooks SET free_at = :now WHERE free_at > :now", {{"now", now}});
    return {};
  });
}

}  // namespace sluice
