#include "webhooks/webhook_dispatcher.h"

#include <random>

#include "base/log.h"
#include "webhooks/public_address.h"
#include "webhooks/send_webhook.h"

namespace sluice {
namespace {

// For events in a row; between them nobody should pay for connections.
constexpr std::size_t kIdleConnections = 4;

HttpClientOptions client_options(const WebhookRules& rules) {
  HttpClientOptions options;
  if (!rules.allow_private_addresses) options.allow_address = is_public_address;
  options.idle_connections = kIdleConnections;
  return options;
}

double random_jitter() {
  thread_local std::minstd_rand source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(source);
}

void log_failure(const WebhookJob& job, const WebhookAttempt& attempt) {
  log_warn("webhook not delivered", {{"webhook_id", job.webhook.str()},
                                     {"event_id", job.delivery.event_id.str()},
                                     {"attempt", job.delivery.attempts + 1},
                                     {"error", attempt.error},
                                     {"gives_up", !attempt.next_attempt_at}});
}

}  // namespace

WebhookDispatcher::WebhookDispatcher(WebhookDispatcherSettings settings, WebhookOutbox& outbox,
                                     const Clock& clock)
    : settings_(settings),
      outbox_(outbox),
      clock_(clock),
      client_(client_options(settings.rules)) {}

WebhookDispatcher::~WebhookDispatcher() = default;

void WebhookDispatcher::start() {
  thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
}

void WebhookDispatcher::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void WebhookDispatcher::loop(std::stop_token stop) {
  while (!stop.stop_requested()) {
    end_senders();
    const auto looked = start_senders(stop);
    if (!looked) log_warn("webhooks not looked at", {{"error", looked.error().code}});
    keep_up();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, looked ? settings_.poll : settings_.poll_after_error,
                      [this] { return woken_; });
    woken_ = false;
  }
  senders_.clear();  // waits for them: they have the same stop token
}

Result<> WebhookDispatcher::start_senders(std::stop_token stop) {
  const auto free = settings_.senders - static_cast<int>(senders_.size());
  if (free <= 0) return {};
  SLUICE_TRY_ASSIGN(const auto jobs, outbox_.claim_deliveries(clock_.now(), settings_.lease, free));
  for (const auto& job : jobs) {
    auto& sender = *senders_.emplace_back(std::make_unique<Sender>());
    sender.thread = std::jthread([this, &sender, job, stop] {
      deliver(job, stop);
      std::lock_guard lock(mutex_);
      sender.done = woken_ = true;
      changed_.notify_all();
    });
  }
  return {};
}

void WebhookDispatcher::end_senders() {
  std::vector<std::unique_ptr<Sender>> done;  // joined outside the lock
  std::lock_guard lock(mutex_);
  for (auto& sender : senders_) {
    if (sender->done) done.push_back(std::move(sender));
  }
  std::erase(senders_, nullptr);
}

Result<FetchResponse> WebhookDispatcher::send(const WebhookJob& job, std::stop_token stop) {
  // The operator may have become stricter since it was registered.
  SLUICE_TRY(check_webhook_url(job.url, settings_.rules));
  auto request = webhook_request(job, clock_.now());
  request.stop = std::move(stop);
  return client_.send(request);
}

void WebhookDispatcher::deliver(const WebhookJob& job, std::stop_token stop) {
  const auto answer = send(job, std::move(stop));
  const auto now = clock_.now();
  Result<> recorded;
  if (!answer && answer.error().kind == ErrorKind::canceled) {
    recorded = outbox_.give_back(job, now);
  } else {
    const auto attempt = judge_answer(job, answer, now, random_jitter());
    if (!attempt.delivered) log_failure(job, attempt);
    recorded = outbox_.record_attempt(job, attempt);
  }
  // The lease runs out, and it is sent once more.
  if (!recorded) log_warn("webhook attempt not recorded", {{"error", recorded.error().code}});
}

void WebhookDispatcher::keep_up() {
  const auto now = clock_.now();
  if (last_upkeep_ && now - *last_upkeep_ < settings_.upkeep_interval) return;
  last_upkeep_ = now;
  const auto forgotten = outbox_.forget_deliveries(now - settings_.keep);
  if (!forgotten) log_warn("old webhook events kept", {{"error", forgotten.error().code}});
}

}  // namespace sluice
