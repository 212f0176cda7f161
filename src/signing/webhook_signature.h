// Signatures of webhooks as Standard Webhooks 1.0.0 says (symmetric scheme, "v1"). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sluice {

// "whsec_" and the Base64 of `random_bytes`: 24 to 64 of them, fresh for each webhook.
Secret to_webhook_secret(std::string_view random_bytes);

struct WebhookMessage {
  std::string_view id;            // of the event: no '.' in it
  std::int64_t unix_seconds = 0;  // of this attempt
  std::string_view body;
};

// "v1,…". Nothing for a secret that is not one; the prefix may be missing.
std::optional<std::string> sign_webhook(const Secret& secret, const WebhookMessage& message);

// The value of `webhook-signature`: one signature for each secret, with a space between.
std::string webhook_signature_header(const std::vector<Secret>& secrets,
                                     const WebhookMessage& message);

}  // namespace sluice
