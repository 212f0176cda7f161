// One attempt at a delivery: the request, and what its answer means.
#pragma once

#include <stop_token>

#include "base/time.h"
#include "catalog/webhooks.h"
#include "fetch/http_client.h"

namespace sluice {

inline constexpr std::chrono::seconds kWebhookTimeout{15};

// Signed as Standard Webhooks says. `job` outlives the request.
FetchRequest webhook_request(const WebhookJob& job, Timestamp now);

// 2xx is a success, all else a failure: redirects as well, and what never came. 410 means that the
// receiver wants nothing any more. `jitter` as delay_after_failure. Pure.
WebhookAttempt judge_answer(const WebhookJob& job, const Result<FetchResponse>& answer,
                            Timestamp now, double jitter);

}  // namespace sluice
