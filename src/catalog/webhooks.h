// Webhooks as stored: whom to tell of the events of a user's videos, and what became of each
// telling.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "catalog/webhook_event.h"

namespace sluice {

using WebhookId = Id<struct WebhookTag>;
using EventId = Id<struct EventTag>;

// A disabled one hears of nothing, and what it still had to hear of has failed.
struct Webhook {
  WebhookId id;
  UserId user_id;
  std::string url;
  std::string description;
  std::vector<WebhookEvent> events;
  bool enabled = true;
  std::string disabled_reason;  // "gone" or "failing" when Sluice has disabled it
  Timestamp created_at{};
  std::optional<Timestamp> failing_since{};  // no success since then
};

struct WebhookChanges {
  std::optional<std::string> url{};
  std::optional<std::string> description{};
  std::optional<std::vector<WebhookEvent>> events{};
  std::optional<bool> enabled{};
};

enum class DeliveryState { waiting, delivered, failed };
std::string_view to_string(DeliveryState state);

// One event for one webhook.
struct WebhookDelivery {
  EventId event_id;  // the same for all webhooks that hear of it, and in all attempts
  VideoId video_id;
  std::string type;
  std::string body;
  Timestamp created_at{};
  DeliveryState state = DeliveryState::waiting;
  int attempts = 0;             // since it was made, or replayed
  Timestamp next_attempt_at{};  // while it waits
  std::optional<Timestamp> last_attempt_at{};
  std::optional<int> last_status{};  // what the receiver answered, if it did
  std::string last_error;            // a sentence; "" after a success
};

struct DeliveryPage {
  std::vector<WebhookDelivery> deliveries;  // newest first
  std::optional<std::string> next_cursor;
};

inline constexpr int kMaxWebhooksPerUser = 20;

// Without a success for so long, a webhook is disabled when the next of its deliveries is given up.
inline constexpr std::chrono::hours kDisableAfter{72};

// What its owner does with a webhook. One that isn't there and one of somebody else are both
// `not_found`, code webhook_not_found. Thread-safe. Transient faults are `unavailable`.
//
// Secrets are stored as they are, since every delivery is signed with them: whoever can read the
// database can sign in Sluice's name. No call gives one back to its owner.
class Webhooks {
 public:
  virtual ~Webhooks() = default;

  // `conflict`, code too_many_webhooks, beyond kMaxWebhooksPerUser.
  virtual Result<> add_webhook(const Webhook& webhook, const Secret& secret) = 0;
  virtual Result<std::vector<Webhook>> list_webhooks(const UserId& user) = 0;  // oldest first
  virtual Result<Webhook> find_webhook(const UserId& user, const WebhookId& id) = 0;
  // A new URL or enabling it again forgets how often it failed.
  virtual Result<Webhook> change_webhook(const UserId& user, const WebhookId& id,
                                         const WebhookChanges& changes) = 0;
  // Until then deliveries are signed with the secret before this one as well.
  virtual Result<> rotate_secret(const UserId& user, const WebhookId& id, const Secret& secret,
                                 Timestamp previous_until) = 0;
  // With its deliveries.
  virtual Result<> remove_webhook(const UserId& user, const WebhookId& id) = 0;

  // A malformed cursor is `invalid`, code invalid_cursor. `limit` from 1 to 100.
  virtual Result<DeliveryPage> list_deliveries(const UserId& user, const WebhookId& id,
                                               std::string_view cursor, int limit) = 0;
  // Due now, with all its attempts before it. `not_found`, code delivery_not_found; `conflict`,
  // code webhook_disabled.
  virtual Result<WebhookDelivery> replay(const UserId& user, const WebhookId& id,
                                         const EventId& event, Timestamp now) = 0;
};

// A delivery in a sender's hands: nobody else sends to this webhook until the lease is over.
struct WebhookJob {
  WebhookId webhook;
  std::int64_t fence = 0;
  std::string url;
  std::vector<Secret> secrets;  // the current one first
  int failures_in_row = 0;      // of the webhook, before this attempt
  WebhookDelivery delivery;
};

// How an attempt ended.
struct WebhookAttempt {
  Timestamp at{};
  bool delivered = false;
  std::optional<int> status{};
  std::string error{};
  std::optional<Timestamp> next_attempt_at{};  // after a failure; without one it is given up
  Timestamp rest_until{};  // after a failure: nothing is sent to this webhook before
  bool gone = false;       // the receiver wants nothing any more: disables the webhook
};

// The rows are written by the transactions that move the videos, so an event is never lost and
// never told of something that did not happen. Deliveries go out at least once: a sender that dies
// between sending and recording leaves it to the next one. Thread-safe. Transient faults are
// `unavailable`.
class WebhookOutbox {
 public:
  virtual ~WebhookOutbox() = default;

  // The delivery that has been due longest of each of up to `limit` webhooks, those first that were
  // served least recently.
  virtual Result<std::vector<WebhookJob>> claim_deliveries(Timestamp now,
                                                           std::chrono::milliseconds lease,
                                                           int limit) = 0;
  // Ends the lease. A failure recorded after the lease was lost changes nothing.
  virtual Result<> record_attempt(const WebhookJob& job, const WebhookAttempt& attempt) = 0;
  // Ends the lease as if there had been no attempt.
  virtual Result<> give_back(const WebhookJob& job, Timestamp now) = 0;
  // Forgets events of before that time, whatever became of them.
  virtual Result<> forget_deliveries(Timestamp created_before) = 0;
};

}  // namespace sluice
