#include "queue/amqp/amqp_job_queue.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

using std::chrono::milliseconds;

// So many are on their way before the first confirmation is read.
constexpr std::size_t kBatch = 500;

AmqpLinkSettings link_settings(std::string name, const AmqpAddress& address, milliseconds limit) {
  AmqpLinkSettings settings;
  settings.name = std::move(name);
  settings.address = address;
  settings.limit = limit;
  return settings;
}

}  // namespace

AmqpJobQueue::AmqpJobQueue(AmqpAddress address, const Clock& clock, AmqpJobQueueOptions options)
    : address_(std::move(address)),
      clock_(clock),
      options_(options),
      queues_(address_.prefix),
      publisher_(queues_),
      publishing_(link_settings("publishing", address_, options_.limit), publisher_),
      receiver_(link_settings("receiving", address_, options_.limit), queues_, clock_) {}

AmqpJobQueue::~AmqpJobQueue() = default;

Result<> AmqpJobQueue::publish(std::span<const OutgoingMessage> messages) {
  while (!messages.empty()) {
    const auto now = messages.first(std::min(messages.size(), kBatch));
    messages = messages.subspan(now.size());
    std::vector<AmqpPublication> publications;
    for (const auto& [lane, body] : now) {
      publications.push_back({queues_.lane(lane), new_amqp_message(body, clock_.now()), {}});
    }
    SLUICE_TRY(store(std::move(publications)));
  }
  return {};
}

Result<> AmqpJobQueue::store(std::vector<AmqpPublication> publications) {
  return publishing_.run([publications = std::move(publications)](AmqpConnection& broker) {
    return broker.publish(publications);
  });
}

Result<std::optional<Delivery>> AmqpJobQueue::receive(milliseconds wait) {
  return receiver_.receive(wait);
}

Result<> AmqpJobQueue::acknowledge(const Delivery& delivery) {
  const auto held = receiver_.take_over(delivery);
  if (!held) return {};
  return receiver_.acknowledge(*held);
}

Result<> AmqpJobQueue::give_back(const Delivery& delivery, milliseconds delay, bool undelivered) {
  const auto held = receiver_.take_over(delivery);
  if (!held) return {};
  auto message = held->delivery.message;
  if (!undelivered && message.deliveries() >= kMaxDeliveries) {
    return bury(*held, kDeliveredTooOften);
  }
  if (!undelivered && delay <= milliseconds{0}) return receiver_.requeue(*held);
  message.deliveries_before = message.deliveries() - (undelivered ? 1 : 0);
  if (delay <= milliseconds{0}) return move(*held, {queues_.lane(held->lane), message, {}});
  return move(*held, {queues_.delay(held->lane, delay), message, std::to_string(delay.count())});
}

Result<> AmqpJobQueue::move(const AmqpReceiver::Held& held, AmqpPublication to) {
  if (const auto stored = store({std::move(to)}); !stored) {
    SLUICE_TRY(receiver_.requeue(held));
    return stored;
  }
  return receiver_.acknowledge(held);
}

Result<> AmqpJobQueue::extend(const Delivery&) { return {}; }

Result<> AmqpJobQueue::reject(const Delivery& delivery, std::string_view reason) {
  const auto held = receiver_.take_over(delivery);
  if (!held) return {};
  return bury(*held, reason);
}

Result<> AmqpJobQueue::bury(const AmqpReceiver::Held& held, std::string_view reason) {
  auto message = held.delivery.message;
  message.deliveries_before = message.deliveries();
  message.reason = reason;
  message.died_at = clock_.now();
  return move(held, {queues_.dead(), std::move(message), {}});
}

Result<QueueDepth> AmqpJobQueue::depth() {
  const auto depth = std::make_shared<QueueDepth>();
  SLUICE_TRY(publishing_.run([depth, queues = queues_](AmqpConnection& broker) -> Result<> {
    for (const auto lane : {Lane::first, Lane::rest}) {
      auto& waiting = lane == Lane::first ? depth->first_waiting : depth->rest_waiting;
      SLUICE_TRY_ASSIGN(waiting, broker.count(queues.lane(lane)));
      for (const auto& delay : queues.delays(lane)) {
        SLUICE_TRY_ASSIGN(const auto delayed, broker.count(delay));
        waiting += delayed;
      }
    }
    SLUICE_TRY_ASSIGN(depth->dead, broker.count(queues.dead()));
    return {};
  }));
  depth->in_flight = receiver_.in_flight();
  return *depth;
}

void AmqpJobQueue::interrupt() { receiver_.interrupt(); }

}  // namespace sluice
