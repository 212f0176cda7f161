#include "webhooks/webhook_routes.h"

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "signing/webhook_signature.h"
#include "webhooks/requests.h"
#include "webhooks/webhook_json.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;
using nlohmann::json;

constexpr std::size_t kSecretBytes = 32;
// Time enough to give receivers the new secret, one after the other.
constexpr std::chrono::hours kBothSecretsSign{24};

Result<User> require_user(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(auto user, parts.find_user(request));
  if (!user) return fail(ErrorKind::denied, "unauthenticated", "Sign in first.");
  return *std::move(user);
}

WebhookId webhook_id(const Request& request) { return WebhookId(std::string(request.param("id"))); }

Result<Response> list(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY_ASSIGN(const auto webhooks, parts.webhooks.list_webhooks(user.id));
  auto listed = json::array();
  for (const auto& webhook : webhooks) listed.push_back(webhook_json(webhook));
  return Response::json(200, {{"webhooks", std::move(listed)}});
}

Result<Response> create(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY_ASSIGN(const auto body, http::json_body(request));
  SLUICE_TRY_ASSIGN(auto wanted, read_new_webhook(body, parts.rules));
  Webhook webhook;
  webhook.id = WebhookId(random_id());
  webhook.user_id = user.id;
  webhook.url = std::move(wanted.url);
  webhook.description = std::move(wanted.description);
  webhook.events = std::move(wanted.events);
  webhook.created_at = parts.clock.now();
  const auto secret = to_webhook_secret(random_bytes(kSecretBytes));
  SLUICE_TRY(parts.webhooks.add_webhook(webhook, secret));
  auto created = webhook_json(webhook);
  created["secret"] = secret.reveal();
  return Response::json(201, created);
}

Result<Response> show(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY_ASSIGN(const auto webhook, parts.webhooks.find_webhook(user.id, webhook_id(request)));
  return Response::json(200, webhook_json(webhook));
}

Result<Response> change(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY_ASSIGN(const auto body, http::json_body(request));
  SLUICE_TRY_ASSIGN(const auto changes, read_webhook_changes(body, parts.rules));
  SLUICE_TRY_ASSIGN(const auto webhook,
                    parts.webhooks.change_webhook(user.id, webhook_id(request), changes));
  return Response::json(200, webhook_json(webhook));
}

Result<Response> rotate_secret(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  const auto secret = to_webhook_secret(random_bytes(kSecretBytes));
  const auto previous_until = parts.clock.now() + kBothSecretsSign;
  SLUICE_TRY(parts.webhooks.rotate_secret(user.id, webhook_id(request), secret, previous_until));
  return Response::json(
      200, {{"secret", secret.reveal()}, {"previous_expires_at", to_rfc3339(previous_until)}});
}

Result<Response> remove(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY(parts.webhooks.remove_webhook(user.id, webhook_id(request)));
  return Response::empty(204);
}

Result<Response> list_deliveries(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  SLUICE_TRY_ASSIGN(const auto query, read_delivery_query(request));
  SLUICE_TRY_ASSIGN(const auto page, parts.webhooks.list_deliveries(user.id, webhook_id(request),
                                                                    query.cursor, query.limit));
  auto listed = json::array();
  for (const auto& delivery : page.deliveries) listed.push_back(delivery_json(delivery));
  json value = {{"deliveries", std::move(listed)}, {"next_cursor", nullptr}};
  if (page.next_cursor) value["next_cursor"] = *page.next_cursor;
  return Response::json(200, value);
}

Result<Response> replay(const WebhookParts& parts, const Request& request) {
  SLUICE_TRY_ASSIGN(const User user, require_user(parts, request));
  const EventId event{std::string(request.param("event_id"))};
  SLUICE_TRY_ASSIGN(const auto delivery,
                    parts.webhooks.replay(user.id, webhook_id(request), event, parts.clock.now()));
  return Response::json(202, delivery_json(delivery));
}

}  // namespace

void add_webhook_routes(http::Router& router, const WebhookParts& parts) {
  using Action = Result<Response> (*)(const WebhookParts&, const Request&);
  const auto add = [&](std::string_view method, std::string_view path, Action action) {
    router.add(method, path, [parts, action](const Request& request) {
      auto response = action(parts, request);
      if (!response) return Response::problem(response.error());
      return std::move(response->set("Cache-Control", "no-store"));
    });
  };
  add("GET", "/api/webhooks", list);
  add("POST", "/api/webhooks", create);
  add("GET", "/api/webhooks/:id", show);
  add("PATCH", "/api/webhooks/:id", change);
  add("DELETE", "/api/webhooks/:id", remove);
  add("POST", "/api/webhooks/:id/rotate-secret", rotate_secret);
  add("GET", "/api/webhooks/:id/deliveries", list_deliveries);
  add("POST", "/api/webhooks/:id/deliveries/:event_id/replay", replay);
}

}  // namespace sluice
