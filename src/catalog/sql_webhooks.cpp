#include "catalog/sql_webhooks.h"

#include <charconv>

#include <fmt/format.h>

#include "base/encoding.h"
#include "catalog/sql_webhook_rows.h"

namespace sluice {
namespace {

constexpr int kMaxLimit = 100;

tl::unexpected<Error> webhook_not_found() {
  return fail(ErrorKind::not_found, "webhook_not_found", "There is no such webhook.");
}

tl::unexpected<Error> delivery_not_found() {
  return fail(ErrorKind::not_found, "delivery_not_found",
              "This webhook was not told of such an event.");
}

Result<Webhook> find(SqlSession& sql, const UserId& user, const WebhookId& id,
                     std::string_view lock = "") {
  auto found = select_webhooks(sql, fmt::format("WHERE id = :id AND user_id = :user_id{}", lock),
                               {{"id", id}, {"user_id", user}});
  if (found.empty()) return webhook_not_found();
  return std::move(found.front());
}

// The same, and it stays as it is before the transaction ends.
Result<Webhook> lock(SqlSession& sql, const UserId& user, const WebhookId& id) {
  return find(sql, user, id, sql.dialect().lock_rows);
}

Webhook changed(Webhook webhook, const WebhookChanges& changes) {
  const bool starts_anew = changes.url || (changes.enabled && *changes.enabled != webhook.enabled);
  if (starts_anew) webhook.failing_since.reset();
  if (changes.enabled) webhook.disabled_reason.clear();
  webhook.url = changes.url.value_or(std::move(webhook.url));
  webhook.description = changes.description.value_or(std::move(webhook.description));
  webhook.events = changes.events.value_or(std::move(webhook.events));
  webhook.enabled = changes.enabled.value_or(webhook.enabled);
  return webhook;
}

SqlValue text_or_null(const std::string& text) {
  return text.empty() ? SqlValue::null_of(SqlType::text) : SqlValue(text);
}

std::optional<std::int64_t> parse_cursor(std::string_view text) {
  const auto decoded = from_base64url(text);
  if (!decoded) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = decoded->data() + decoded->size();
  const auto read = std::from_chars(decoded->data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

DeliveryPage page_of(std::vector<DeliveryRow> rows, std::size_t limit) {
  DeliveryPage page;
  if (rows.size() > limit) {
    rows.resize(limit);
    page.next_cursor = to_base64url(std::to_string(rows.back().number));
  }
  for (auto& row : rows) page.deliveries.push_back(std::move(row.delivery));
  return page;
}

}  // namespace

Result<> SqlWebhooks::add_webhook(const Webhook& webhook, const Secret& secret) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    // The user's row makes two that come at once take turns.
    sql.rows<UserId>(
        fmt::format("SELECT id FROM users WHERE id = :user_id{}", sql.dialect().lock_rows),
        {{"user_id", webhook.user_id}});
    const auto count = sql.value<std::int64_t>(
        "SELECT COUNT(*) FROM webhooks WHERE user_id = :user_id", {{"user_id", webhook.user_id}});
    if (count >= kMaxWebhooksPerUser) {
      return fail(ErrorKind::conflict, "too_many_webhooks",
                  fmt::format("There can be {} webhooks; remove one first.", kMaxWebhooksPerUser));
    }
    sql.run(
        "INSERT INTO webhooks (id, user_id, url, description, events, enabled, secret, created_at,"
        " free_at, fence, failures_in_row) "
        "VALUES (:id, :user_id, :url, :description, :events, 1, :secret, :created_at, 0, 0, 0)",
        {{"id", webhook.id},
         {"user_id", webhook.user_id},
         {"url", webhook.url},
         {"description", webhook.description},
         {"events", to_column(webhook.events)},
         {"secret", secret.reveal()},
         {"created_at", webhook.created_at}});
    return {};
  });
}

Result<std::vector<Webhook>> SqlWebhooks::list_webhooks(const UserId& user) {
  return database_.read([&](SqlSession& sql) -> Result<std::vector<Webhook>> {
    return select_webhooks(sql, "WHERE user_id = :user_id ORDER BY created_at, id",
                           {{"user_id", user}});
  });
}

Result<Webhook> SqlWebhooks::find_webhook(const UserId& user, const WebhookId& id) {
  return database_.read([&](SqlSession& sql) { return find(sql, user, id); });
}

Result<Webhook> SqlWebhooks::change_webhook(const UserId& user, const WebhookId& id,
                                            const WebhookChanges& changes) {
  return database_.write([&](SqlSession& sql) -> Result<Webhook> {
    SLUICE_TRY_ASSIGN(const auto before, lock(sql, user, id));
    auto after = changed(before, changes);
    sql.run(
        "UPDATE webhooks SET url = :url, description = :description, events = :events,"
        " enabled = :enabled, disabled_reason = :disabled_reason, failing_since = :failing_since,"
        " failures_in_row = CASE WHEN :starts_anew = 1 THEN 0 ELSE failures_in_row END "
        "WHERE id = :id",
        {{"url", after.url},
         {"description", after.description},
         {"events", to_column(after.events)},
         {"enabled", after.enabled},
         {"disabled_reason", text_or_null(after.disabled_reason)},
         {"failing_since", after.failing_since},
         {"starts_anew", before.failing_since.has_value() && !after.failing_since},
         {"id", id}});
    if (before.enabled && !after.enabled) give_up_deliveries(sql, id);
    return after;
  });
}

Result<> SqlWebhooks::rotate_secret(const UserId& user, const WebhookId& id, const Secret& secret,
                                    Timestamp previous_until) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto rotated = sql.run(
        "UPDATE webhooks SET previous_secret = secret, previous_secret_until = :previous_until,"
        " secret = :secret WHERE id = :id AND user_id = :user_id",
        {{"previous_until", previous_until},
         {"secret", secret.reveal()},
         {"id", id},
         {"user_id", user}});
    if (rotated == 0) return webhook_not_found();
    return {};
  });
}

Result<> SqlWebhooks::remove_webhook(const UserId& user, const WebhookId& id) {
  return database_.write([&](SqlSession& sql) -> Result<> {
    const auto removed = sql.run("DELETE FROM webhooks WHERE id = :id AND user_id = :user_id",
                                 {{"id", id}, {"user_id", user}});
    if (removed == 0) return webhook_not_found();
    sql.run("DELETE FROM webhook_deliveries WHERE webhook_id = :id", {{"id", id}});
    return {};
  });
}

Result<DeliveryPage> SqlWebhooks::list_deliveries(const UserId& user, const WebhookId& id,
                                                  std::string_view cursor, int limit) {
  std::string where = "WHERE webhook_id = :webhook_id";
  std::vector<SqlParam> params = {{"webhook_id", id}};
  if (!cursor.empty()) {
    const auto before = parse_cursor(cursor);
    if (!before) {
      return fail(ErrorKind::invalid, "invalid_cursor", "The cursor is not one of this list.");
    }
    where += " AND number < :before";
    params.push_back({"before", *before});
  }
  const auto count = static_cast<std::size_t>(std::clamp(limit, 1, kMaxLimit));
  where += " ORDER BY number DESC LIMIT :limit";
  params.push_back({"limit", static_cast<std::int64_t>(count) + 1});  // one more: is there a next?
  return database_.read([&](SqlSession& sql) -> Result<DeliveryPage> {
    SLUICE_TRY(find(sql, user, id));
    return page_of(select_deliveries(sql, where, params), count);
  });
}

Result<WebhookDelivery> SqlWebhooks::replay(const UserId& user, const WebhookId& id,
                                            const EventId& event, Timestamp now) {
  return database_.write([&](SqlSession& sql) -> Result<WebhookDelivery> {
    SLUICE_TRY_ASSIGN(const auto webhook, lock(sql, user, id));
    if (!webhook.enabled) {
      return fail(ErrorKind::conflict, "webhook_disabled",
                  "The webhook is disabled; enable it first.");
    }
    const std::vector<SqlParam> which = {{"webhook_id", id}, {"event_id", event}};
    const auto replayed = sql.run(
        "UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_attempt_at = :now "
        "WHERE webhook_id = :webhook_id AND event_id = :event_id",
        {{"now", now}, which[0], which[1]});
    if (replayed == 0) return delivery_not_found();
    auto rows =
        select_deliveries(sql, "WHERE webhook_id = :webhook_id AND event_id = :event_id", which);
    return std::move(rows.front().delivery);
  });
}

}  // namespace sluice
