#include "queue/amqp/amqp_receiver.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"

namespace sluice {

using Steady = std::chrono::steady_clock;

AmqpReceiver::AmqpReceiver(AmqpLinkSettings settings, const AmqpQueues& queues, const Clock& clock)
    : queues_(queues), clock_(clock), limit_(settings.limit), link_(std::move(settings), *this) {}

Result<std::optional<Delivery>> AmqpReceiver::receive(std::chrono::milliseconds wait) {
  const auto waiter = std::make_shared<Waiter>();
  waiter->deadline = Steady::now() + wait;
  std::unique_lock lock(mutex_);
  if (interrupted_) return std::nullopt;
  waiters_.push_back(waiter);
  link_.wake();
  answered_.wait_until(lock, waiter->deadline + limit_ * 3 / 2,
                       [&] { return waiter->answer.has_value(); });
  if (waiter->answer) return std::move(*waiter->answer);
  waiters_.remove(waiter);
  return fail(ErrorKind::unavailable, "queue_unavailable", "The message broker does not answer.");
}

void AmqpReceiver::interrupt() {
  {
    std::lock_guard lock(mutex_);
    interrupted_ = true;
    while (!waiters_.empty()) answer(*waiters_.front(), std::nullopt);
  }
  link_.wake();
}

std::optional<AmqpReceiver::Held> AmqpReceiver::take_over(const Delivery& delivery) {
  std::lock_guard lock(mutex_);
  auto found = held_.extract(delivery.receipt);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

Result<> AmqpReceiver::acknowledge(const Held& held) {
  return settle(held, &AmqpConnection::acknowledge);
}

Result<> AmqpReceiver::requeue(const Held& held) { return settle(held, &AmqpConnection::requeue); }

Result<> AmqpReceiver::settle(const Held& held, Result<> (AmqpConnection::*how)(const AmqpTag&)) {
  return link_.run([this, how, tag = held.delivery.tag,
                    connection = held.connection](AmqpConnection& broker) -> Result<> {
    {
      std::lock_guard lock(mutex_);
      if (connection != connection_) return {};
    }
    return (broker.*how)(tag);
  });
}

std::int64_t AmqpReceiver::in_flight() {
  std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(held_.size() + surplus_.size());
}

Result<> AmqpReceiver::connected(AmqpConnection& broker) {
  {
    std::lock_guard lock(mutex_);
    connection_ = random_id();
  }
  return queues_.declare(broker);
}

void AmqpReceiver::lost() {
  consuming_ = false;
  std::lock_guard lock(mutex_);
  connection_.clear();
  held_.clear();
  surplus_.clear();
  for (const auto& waiter : waiters_) waiter->looked = false;
}

bool AmqpReceiver::wants_connection() {
  std::lock_guard lock(mutex_);
  return !waiters_.empty();
}

void AmqpReceiver::wait_for_connection(const Error& fault) {
  std::lock_guard lock(mutex_);
  const auto now = Steady::now();
  for (auto next = waiters_.begin(); next != waiters_.end();) {
    const auto waiter = *next++;
    // What an operator must mend does not pass by itself.
    if (fault.permanent() || waiter->deadline <= now) answer(*waiter, fail(fault));
  }
}

std::optional<AmqpLinkUser::Time> AmqpReceiver::work(AmqpConnection& broker) {
  if (!take_in(broker) || !look(broker) || !follow(broker)) return std::nullopt;
  if (!give_back_surplus(broker)) return std::nullopt;
  std::lock_guard lock(mutex_);
  std::optional<Time> until;
  for (const auto& waiter : waiters_) {
    if (!until || waiter->deadline < *until) until = waiter->deadline;
  }
  return until;
}

// Somebody came: is there a message already?
Result<> AmqpReceiver::look(AmqpConnection& broker) {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (!is_anybody_new()) break;
    }
    SLUICE_TRY_ASSIGN(auto found, next(broker));
    std::lock_guard lock(mutex_);
    if (found) {
      surplus_.push_back(std::move(*found));
      hand_out();
    } else {
      for (const auto& waiter : waiters_) waiter->looked = true;
    }
  }
  std::lock_guard lock(mutex_);
  end_waits(Steady::now());
  return {};
}

Result<std::optional<AmqpDelivery>> AmqpReceiver::next(AmqpConnection& broker) {
  for (const auto lane : {Lane::first, Lane::rest}) {
    while (true) {
      SLUICE_TRY_ASSIGN(auto found, broker.get(queues_.lane(lane)));
      if (!found) break;
      if (!is_spent(*found)) return found;
      SLUICE_TRY(bury(broker, *found));
    }
  }
  return std::nullopt;
}

// Is a consumer of the lanes exactly while somebody waits. One that was handed a message gets no
// other one until that is acknowledged, so it is replaced.
Result<> AmqpReceiver::follow(AmqpConnection& broker) {
  bool wanted = wants_connection();
  if (consuming_ && (!wanted || handed_us_one_)) {
    SLUICE_TRY(broker.stop_consuming());
    consuming_ = false;
    SLUICE_TRY(take_in(broker));
    wanted = wants_connection();
  }
  if (!wanted || consuming_) return {};
  consuming_ = true;
  handed_us_one_ = false;
  return broker.consume({queues_.lane(Lane::first), queues_.lane(Lane::rest)});
}

Result<> AmqpReceiver::take_in(AmqpConnection& broker) {
  while (auto delivery = broker.take_delivered()) {
    handed_us_one_ = true;
    if (is_spent(*delivery)) {
      SLUICE_TRY(bury(broker, *delivery));
      continue;
    }
    std::lock_guard lock(mutex_);
    if (lane_of(*delivery) == Lane::first) {
      surplus_.push_front(std::move(*delivery));
    } else {
      surplus_.push_back(std::move(*delivery));
    }
  }
  std::lock_guard lock(mutex_);
  hand_out();
  return {};
}

// Somebody else may have a hand free for it.
Result<> AmqpReceiver::give_back_surplus(AmqpConnection& broker) {
  while (true) {
    AmqpDelivery delivery;
    {
      std::lock_guard lock(mutex_);
      if (surplus_.empty()) return {};
      delivery = std::move(surplus_.front());
      surplus_.pop_front();
    }
    auto message = delivery.message;
    message.deliveries_before = message.deliveries() - 1;
    SLUICE_TRY(broker.move(delivery, {delivery.queue, std::move(message), {}}));
  }
}

bool AmqpReceiver::is_spent(const AmqpDelivery& delivery) const {
  return delivery.message.deliveries() > kMaxDeliveries;
}

Result<> AmqpReceiver::bury(AmqpConnection& broker, const AmqpDelivery& delivery) {
  auto message = delivery.message;
  message.deliveries_before = message.deliveries() - 1;
  message.reason = kDeliveredTooOften;
  message.died_at = clock_.now();
  return broker.move(delivery, {queues_.dead(), std::move(message), {}});
}

Lane AmqpReceiver::lane_of(const AmqpDelivery& delivery) const {
  return delivery.queue == queues_.lane(Lane::first) ? Lane::first : Lane::rest;
}

void AmqpReceiver::hand_out() {
  while (!surplus_.empty() && !waiters_.empty()) {
    auto delivery = std::move(surplus_.front());
    surplus_.pop_front();
    Delivery handed;
    handed.body = delivery.message.body;
    handed.deliveries = delivery.message.deliveries();
    handed.receipt =
        fmt::format("{}:{}:{}", connection_, delivery.tag.channel, delivery.tag.number);
    const auto lane = lane_of(delivery);
    held_.emplace(handed.receipt, Held{std::move(delivery), lane, connection_});
    answer(*waiters_.front(), std::optional{std::move(handed)});
  }
}

void AmqpReceiver::answer(Waiter& waiter, Result<std::optional<Delivery>> answer) {
  waiter.answer = std::move(answer);
  std::erase_if(waiters_, [&](const auto& other) { return other.get() == &waiter; });
  answered_.notify_all();
}

void AmqpReceiver::end_waits(Time now) {
  for (auto next = waiters_.begin(); next != waiters_.end();) {
    const auto waiter = *next++;
    if (waiter->deadline <= now) answer(*waiter, std::nullopt);
  }
}

bool AmqpReceiver::is_anybody_new() const {
  return std::ranges::any_of(waiters_, [](const auto& waiter) { return !waiter->looked; });
}

}  // namespace sluice
