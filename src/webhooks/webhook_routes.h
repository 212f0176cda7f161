// The routes below /api/webhooks: whom to tell of one's videos, and the log of it.
#pragma once

#include <functional>
#include <optional>

#include "base/time.h"
#include "catalog/users.h"
#include "catalog/webhooks.h"
#include "http/router.h"
#include "webhooks/webhook_rules.h"

namespace sluice {

// Who makes a request: nobody for a request without credentials.
using FindUser = std::function<Result<std::optional<User>>(const http::Request&)>;

// All outlive the router.
struct WebhookParts {
  Webhooks& webhooks;
  const Clock& clock;
  FindUser find_user;
  WebhookRules rules{};
};

// A webhook of somebody else and one that isn't there are answered alike.
void add_webhook_routes(http::Router& router, const WebhookParts& parts);

}  // namespace sluice
