// Webhooks and their deliveries in an SQL database.
#pragma once

#include "catalog/sql_database.h"
#include "catalog/webhooks.h"

namespace sluice {

class SqlWebhooks final : public Webhooks, public WebhookOutbox {
 public:
  // The catalog's, which outlives it.
  explicit SqlWebhooks(SqlDatabase& database) : database_(database) {}

  // In sql_webhooks.cpp.
  Result<> add_webhook(const Webhook& webhook, const Secret& secret) override;
  Result<std::vector<Webhook>> list_webhooks(const UserId& user) override;
  Result<Webhook> find_webhook(const UserId& user, const WebhookId& id) override;
  Result<Webhook> change_webhook(const UserId& user, const WebhookId& id,
                                 const WebhookChanges& changes) override;
  Result<> rotate_secret(const UserId& user, const WebhookId& id, const Secret& secret,
                         Timestamp previous_until) override;
  Result<> remove_webhook(const UserId& user, const WebhookId& id) override;
  Result<DeliveryPage> list_deliveries(const UserId& user, const WebhookId& id,
                                       std::string_view cursor, int limit) override;
  Result<WebhookDelivery> replay(const UserId& user, const WebhookId& id, const EventId& event,
                                 Timestamp now) override;

  // In sql_webhook_outbox.cpp.
  Result<std::vector<WebhookJob>> claim_deliveries(Timestamp now, std::chrono::milliseconds lease,
                                                   int limit) override;
  Result<> record_attempt(const WebhookJob& job, const WebhookAttempt& attempt) override;
  Result<> give_back(const WebhookJob& job, Timestamp now) override;
  Result<> forget_deliveries(Timestamp created_before) override;
  // Ends every lease: at start-up, where no other process can hold one.
  Result<> release_all(Timestamp now);

 private:
  SqlDatabase& database_;
};

}  // namespace sluice
