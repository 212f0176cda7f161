#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "queue/amqp/amqp_job_queue.h"

namespace sluice {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPauseWhileLocked{20};
constexpr std::size_t kMostLookedAt = 20'000;

DeadLetter to_letter(const AmqpMessage& message) {
  DeadLetter letter;
  letter.id = message.id;
  letter.body = message.body;
  letter.published_at = message.published_at;
  letter.reason = message.reason.empty() ? std::string{kDeliveredTooOften} : message.reason;
  // The broker does not tell, but this was its limit.
  letter.deliveries = message.deliveries_before + (message.limit_reached ? kMaxDeliveries : 0);
  return letter;
}

// Back they go, and only when they are there the next one may look.
Result<> put_back(AmqpConnection& broker, const std::string& queue,
                  const std::vector<AmqpTag>& tags) {
  for (const auto& tag : tags) SLUICE_TRY(broker.requeue(tag));
  const auto give_up = Steady::now() + std::chrono::seconds{1};
  while (Steady::now() < give_up) {
    SLUICE_TRY_ASSIGN(const auto waiting, broker.count(queue));
    if (waiting >= static_cast<std::int64_t>(tags.size())) break;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<AmqpConnection>> AmqpJobQueue::open_dead_letters() {
  SLUICE_TRY_ASSIGN(auto broker, AmqpConnection::open(address_, options_.limit));
  SLUICE_TRY(queues_.declare(*broker));
  const auto give_up = Steady::now() + options_.limit;
  while (true) {
    SLUICE_TRY_ASSIGN(const bool locked, broker->lock(queues_.dead_lock()));
    if (locked) return broker;
    if (Steady::now() > give_up) {
      return fail(ErrorKind::unavailable, "queue_unavailable",
                  fmt::format("Another process has the dead letters of the message broker at {} in "
                              "hand; try again.",
                              address_.host_and_port()));
    }
    std::this_thread::sleep_for(kPauseWhileLocked);
  }
}

Result<std::vector<DeadLetter>> AmqpJobQueue::list(int limit) {
  SLUICE_TRY_ASSIGN(const auto broker, open_dead_letters());
  std::vector<AmqpMessage> found;
  std::vector<AmqpTag> tags;
  while (found.size() < kMostLookedAt) {
    SLUICE_TRY_ASSIGN(auto next, broker->get(queues_.dead()));
    if (!next) break;
    found.push_back(std::move(next->message));
    tags.push_back(next->tag);
  }
  SLUICE_TRY(put_back(*broker, queues_.dead(), tags));
  // Whoever looked before may have left them in any order.
  std::ranges::stable_sort(found, {}, &AmqpMessage::died_at);
  std::vector<DeadLetter> letters;
  for (const auto& message : found) {
    if (static_cast<int>(letters.size()) == limit) break;
    letters.push_back(to_letter(message));
  }
  return letters;
}

Result<> AmqpJobQueue::remove(std::string_view id) {
  SLUICE_TRY_ASSIGN(const auto broker, open_dead_letters());
  std::vector<AmqpTag> others;
  bool removed = false;
  while (true) {
    SLUICE_TRY_ASSIGN(const auto found, broker->get(queues_.dead()));
    if (!found) break;
    if (found->message.id != id) {
      others.push_back(found->tag);
      continue;
    }
    SLUICE_TRY(broker->acknowledge(found->tag));
    removed = true;
  }
  SLUICE_TRY(put_back(*broker, queues_.dead(), others));
  if (!removed) return dead_letter_not_found();
  return {};
}

}  // namespace sluice
