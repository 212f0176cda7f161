// Delivers the events that wait for webhooks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/time.h"
#include "catalog/webhooks.h"
#include "fetch/http_client.h"
#include "webhooks/webhook_rules.h"

namespace sluice {

struct WebhookDispatcherSettings {
  WebhookRules rules{};
  // How late an event is that another process wrote.
  std::chrono::milliseconds poll{1'000};
  // The same while the database does not answer.
  std::chrono::milliseconds poll_after_error{10'000};
  // Deliveries under way at a time; never two to the same webhook.
  int senders = 8;
  // Longer than an attempt can last: a receiver hears of an event from one process of a fleet only.
  std::chrono::milliseconds lease{45'000};
  // How long an event can be looked up and replayed.
  std::chrono::hours keep{24 * 30};
  std::chrono::milliseconds upkeep_interval = std::chrono::hours{1};
};

// Every process of a fleet may run one: they share the work. When it stops, what is under way is
// cut off and left to the next one.
class WebhookDispatcher {
 public:
  // Both outlive it.
  WebhookDispatcher(WebhookDispatcherSettings settings, WebhookOutbox& outbox, const Clock& clock);
  ~WebhookDispatcher();  // stops

  void start();

  // There may be something to deliver. Returns at once; from any thread.
  void wake();

 private:
  struct Sender {
    bool done = false;  // behind mutex_
    std::jthread thread;
  };

  void loop(std::stop_token stop);
  Result<> start_senders(std::stop_token stop);
  void end_senders();
  void deliver(const WebhookJob& job, std::stop_token stop);
  Result<FetchResponse> send(const WebhookJob& job, std::stop_token stop);
  void keep_up();

  const WebhookDispatcherSettings settings_;
  WebhookOutbox& outbox_;
  const Clock& clock_;
  HttpClient client_;
  std::optional<Timestamp> last_upkeep_;  // the loop's alone, as is the list of senders
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::vector<std::unique_ptr<Sender>> senders_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace sluice
