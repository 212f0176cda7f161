#include "webhooks/send_webhook.h"

#include <algorithm>

#include <fmt/format.h>

#include "signing/webhook_signature.h"
#include "webhooks/delivery_schedule.h"

namespace sluice {
namespace {

// Nobody reads it, but a receiver that answers with a page has taken the event all the same.
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;
constexpr int kGone = 410;

bool is_success(const Result<FetchResponse>& answer) {
  return answer && answer->status >= 200 && answer->status < 300;
}

std::string why_failed(const Result<FetchResponse>& answer) {
  if (!answer) return answer.error().message;
  const bool redirect = answer->status >= 300 && answer->status < 400;
  return fmt::format("The receiver answered {}{}.", answer->status,
                     redirect ? "; redirects are not followed" : "");
}

// The schedule's, or later if the receiver asks for it.
std::optional<Timestamp> next_attempt(const WebhookJob& job, const Result<FetchResponse>& answer,
                                      Timestamp now, double jitter) {
  const auto delay = delay_after_failure(job.delivery.attempts + 1, jitter);
  if (!delay) return std::nullopt;
  const auto asked = answer ? parse_retry_after(answer->header("retry-after")) : std::nullopt;
  return now + std::max<std::chrono::milliseconds>(*delay, asked.value_or(std::chrono::seconds{0}));
}

}  // namespace

FetchRequest webhook_request(const WebhookJob& job, Timestamp now) {
  const auto& id = job.delivery.event_id.str();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  FetchRequest request;
  request.method = "POST";
  request.url = job.url;
  request.body = job.delivery.body;
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", id},
                     {"webhook-timestamp", std::to_string(seconds)},
                     {"webhook-signature",
                      webhook_signature_header(job.secrets, {id, seconds, job.delivery.body})}};
  request.timeout = kWebhookTimeout;
  request.max_response_bytes = kMaxAnswerBytes;
  return request;
}

WebhookAttempt judge_answer(const WebhookJob& job, const Result<FetchResponse>& answer,
                            Timestamp now, double jitter) {
  WebhookAttempt attempt;
  attempt.at = now;
  if (answer) attempt.status = answer->status;
  attempt.delivered = is_success(answer);
  if (attempt.delivered) return attempt;
  attempt.error = why_failed(answer);
  attempt.gone = answer && answer->status == kGone;
  if (!attempt.gone) attempt.next_attempt_at = next_attempt(job, answer, now, jitter);
  attempt.rest_until = now + rest_after_failure(job.failures_in_row + 1);
  return attempt;
}

}  // namespace sluice
