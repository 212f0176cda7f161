#include "queue/sqs/sqs_job_queue.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Real = std::chrono::steady_clock;

constexpr seconds kMostDelay{12 * 3600};    // of a message that is given back
constexpr seconds kMostSendDelay{15 * 60};  // of one that is sent
// Where there was a message there will be more of the other lane.
constexpr seconds kShortWait{1};
constexpr int kShortWaits = 15;
constexpr seconds kForgotten{24 * 3600};  // nobody will ask for a message of so long ago

SqsQueue queue_of(Lane lane) { return lane == Lane::first ? SqsQueue::first : SqsQueue::rest; }

seconds whole_seconds(milliseconds time, seconds most) {
  return std::clamp(std::chrono::ceil<seconds>(time), seconds{0}, most);
}

}  // namespace

SqsJobQueue::SqsJobQueue(AwsClient& client, const Clock& clock, SqsOptions options)
    : options_(std::move(options)),
      clock_(clock),
      api_(client, options_),
      dead_letters_(api_, options_) {}

SqsJobQueue::~SqsJobQueue() {
  interrupt();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kLongestWait + seconds{2}, [this] { return looking_ == 0; });
  lock.unlock();
  stop_.request_stop();
  for (auto& thread : abandoned_) thread.join();
}

Result<> SqsJobQueue::publish(std::span<const OutgoingMessage> messages) {
  for (const OutgoingMessage& message : messages) {
    if (message.body.size() > kSqsBatchBytes) {
      return fail(ErrorKind::too_large, "message_too_large", "The message is too large for SQS.");
    }
  }
  for (const Lane lane : {Lane::first, Lane::rest}) {
    std::vector<SqsOutgoing> outgoing;
    for (const OutgoingMessage& message : messages) {
      if (message.lane == lane) outgoing.push_back({.body = message.body});
    }
    SLUICE_TRY(api_.send(queue_of(lane), outgoing));
  }
  return {};
}

// Giving up a request that waits could lose a message that SQS is handing out just then, until its
// time-out. So a thread sees it through, and only the caller is let go.
Result<std::optional<Delivery>> SqsJobQueue::receive(milliseconds wait) {
  const auto look = std::make_shared<Look>();
  {
    std::lock_guard lock(mutex_);
    if (interrupted_) return std::nullopt;
    ++looking_;
  }
  std::thread thread([this, look, wait] { this->look(*look, wait); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return look->done || interrupted_; });
  if (!look->done) {
    look->abandoned = true;
    abandoned_.push_back(std::move(thread));
    return std::nullopt;
  }
  lock.unlock();
  thread.join();
  return std::move(look->result);
}

void SqsJobQueue::look(Look& look, milliseconds wait) {
  auto result = find(wait);
  std::unique_lock lock(mutex_);
  if (look.abandoned && result && *result) {
    lock.unlock();
    if (const auto done = give_back(**result, milliseconds{0}, true); !done) {
      log_warn("message not given back", {{"error", done.error().code}});
    }
    lock.lock();
  }
  look.result = std::move(result);
  look.done = true;
  --looking_;
  changed_.notify_all();
}

Result<std::optional<Delivery>> SqsJobQueue::find(milliseconds wait) {
  const auto deadline = Real::now() + wait;
  seconds first_wait{0};
  while (true) {
    SLUICE_TRY_ASSIGN(auto delivery, take(SqsQueue::first, first_wait));
    if (delivery) return delivery;
    if (is_interrupted()) return std::nullopt;
    SLUICE_TRY_ASSIGN(delivery, take(SqsQueue::rest, seconds{0}));
    if (delivery) return delivery;
    const auto left = std::chrono::ceil<seconds>(deadline - Real::now());
    if (left <= seconds{0} || is_interrupted()) return std::nullopt;
    std::lock_guard lock(mutex_);
    first_wait = std::min(left, empty_waits_ < kShortWaits ? kShortWait : kLongestWait);
    ++empty_waits_;
  }
}

Result<std::optional<Delivery>> SqsJobQueue::take(SqsQueue queue, seconds wait) {
  while (true) {
    SLUICE_TRY_ASSIGN(
        const auto messages,
        api_.receive(queue, {1, wait, options_.visibility_timeout}, stop_.get_token()));
    if (messages.empty()) return std::nullopt;
    const SqsMessage& message = messages.front();
    if (message.earlier_deliveries + message.receives <= kMaxDeliveries) {
      return hold(queue, message);
    }
    SLUICE_TRY(bury(queue, message));
  }
}

Delivery SqsJobQueue::hold(SqsQueue queue, const SqsMessage& message) {
  Delivery delivery;
  delivery.body = message.body;
  delivery.deliveries = message.earlier_deliveries + std::max(1, message.receives);
  delivery.receipt = message.handle;
  const auto now = clock_.now();
  std::lock_guard lock(mutex_);
  empty_waits_ = 0;
  std::erase_if(held_, [&](const auto& one) { return one.second.extended_at + kForgotten < now; });
  held_.insert_or_assign(delivery.receipt, Held{queue, message.published_at, now});
  return delivery;
}

// SQS does this itself but for copies, and for queues that were made without its redrive policy.
Result<> SqsJobQueue::bury(SqsQueue queue, const SqsMessage& message) {
  SLUICE_TRY(
      dead_letters_.add(message.body, kMaxDeliveries, kDeliveredTooOften, message.published_at));
  return api_.remove(queue, message.handle);
}

Result<> SqsJobQueue::acknowledge(const Delivery& delivery) {
  std::optional<SqsQueue> queue;
  {
    std::lock_guard lock(mutex_);
    const auto found = held_.find(delivery.receipt);
    if (found != held_.end()) queue = found->second.queue;
  }
  // Late, too: nobody needs to do again what is done.
  if (queue) {
    SLUICE_TRY(api_.remove(*queue, delivery.receipt));
    let_go(delivery);
  }
  return {};
}

Result<> SqsJobQueue::give_back(const Delivery& delivery, milliseconds delay, bool undelivered) {
  const auto held = this->held(delivery);
  if (!held) return {};
  if (undelivered) {
    SLUICE_TRY(send_again(*held, delivery, delay));
    let_go(delivery);
    return {};
  }
  const auto hidden = whole_seconds(delay, kMostDelay);
  SLUICE_TRY(api_.hide(held->queue, delivery.receipt, hidden));
  let_go(delivery);
  if (hidden.count() > 0) {
    std::lock_guard lock(mutex_);
    delayed_.insert_or_assign(delivery.receipt, std::pair{held->queue, clock_.now() + hidden});
  }
  return {};
}

Result<> SqsJobQueue::send_again(const Held& held, const Delivery& delivery, milliseconds delay) {
  SqsOutgoing copy;
  copy.body = delivery.body;
  copy.deliveries = delivery.deliveries - 1;
  copy.published_at = held.published_at;
  copy.delay = whole_seconds(delay, kMostSendDelay);
  SLUICE_TRY(api_.send(held.queue, copy));
  return api_.remove(held.queue, delivery.receipt);
}

Result<> SqsJobQueue::extend(const Delivery& delivery) {
  const auto held = this->held(delivery);
  const auto now = clock_.now();
  if (!held || now - held->extended_at < milliseconds(options_.visibility_timeout) / 4) return {};
  SLUICE_TRY(api_.hide(held->queue, delivery.receipt, options_.visibility_timeout));
  std::lock_guard lock(mutex_);
  const auto found = held_.find(delivery.receipt);
  if (found != held_.end()) found->second.extended_at = now;
  return {};
}

Result<> SqsJobQueue::reject(const Delivery& delivery, std::string_view reason) {
  const auto held = this->held(delivery);
  if (!held) return {};
  SLUICE_TRY(dead_letters_.add(delivery.body, delivery.deliveries, reason, held->published_at));
  SLUICE_TRY(api_.remove(held->queue, delivery.receipt));
  let_go(delivery);
  return {};
}

Result<QueueDepth> SqsJobQueue::depth() {
  SLUICE_TRY_ASSIGN(const auto first, api_.count(SqsQueue::first));
  SLUICE_TRY_ASSIGN(const auto rest, api_.count(SqsQueue::rest));
  SLUICE_TRY_ASSIGN(const auto dead, api_.count(SqsQueue::dead));
  std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  std::erase_if(delayed_, [&](const auto& one) { return one.second.second <= now; });
  const auto given_back = [&](SqsQueue queue) {
    return std::ranges::count_if(delayed_, [&](const auto& d) { return d.second.first == queue; });
  };
  const auto waiting = [&](const SqsCounts& counts, SqsQueue queue) {
    return counts.visible + counts.delayed + std::min(counts.in_flight, given_back(queue));
  };
  QueueDepth depth;
  depth.first_waiting = waiting(first, SqsQueue::first);
  depth.rest_waiting = waiting(rest, SqsQueue::rest);
  const auto ours =
      std::ranges::count_if(held_, [&](const auto& one) { return is_ours(one.second, now); });
  depth.in_flight =
      std::max<std::int64_t>(first.in_flight + rest.in_flight - std::ssize(delayed_), ours);
  depth.dead = dead.visible + dead.in_flight;
  return depth;
}

std::optional<SqsJobQueue::Held> SqsJobQueue::held(const Delivery& delivery) {
  std::lock_guard lock(mutex_);
  const auto found = held_.find(delivery.receipt);
  if (found == held_.end()) return std::nullopt;
  if (!is_ours(found->second, clock_.now())) return std::nullopt;
  return found->second;
}

void SqsJobQueue::let_go(const Delivery& delivery) {
  std::lock_guard lock(mutex_);
  held_.erase(delivery.receipt);
}

bool SqsJobQueue::is_ours(const Held& held, Timestamp now) const {
  return now < held.extended_at + options_.visibility_timeout;
}

bool SqsJobQueue::is_interrupted() {
  std::lock_guard lock(mutex_);
  return interrupted_;
}

void SqsJobQueue::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

}  // namespace sluice
