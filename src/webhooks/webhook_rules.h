// What may be registered as a webhook. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

struct WebhookRules {
  // Receivers in the operator's own networks, also by plain http. Whoever has an account can then
  // make Sluice call every server that it can reach.
  bool allow_private_addresses = false;
};

inline constexpr std::size_t kMaxWebhookUrlBytes = 2'000;

// An absolute https URL without user, password or fragment. A host that is an address has to be a
// public one; a name is looked at when it is called. Else `invalid`, code invalid_url, or `denied`,
// code address_refused.
Result<> check_webhook_url(std::string_view url, const WebhookRules& rules);

// At most 200 characters of text without control characters; else `invalid`, code
// invalid_description.
Result<> check_webhook_description(std::string_view text);

}  // namespace sluice
