#include "queue/amqp/amqp_queues.h"

#include <array>

#include <fmt/format.h>

#include "queue/job_queue.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct DelayStep {
  std::string_view name;
  milliseconds up_to;
};

constexpr std::array kDelaySteps{DelayStep{"2s", seconds{2}}, DelayStep{"15s", seconds{15}},
                                 DelayStep{"1m", seconds{60}},
                                 DelayStep{"long", milliseconds::max()}};

// A message that dies stays until its grave has confirmed it.
std::vector<amqp_table_entry_t> quorum(std::string_view dead_letter_exchange) {
  return {amqp_entry("x-queue-type", "quorum"),
          amqp_entry("x-dead-letter-exchange", dead_letter_exchange),
          amqp_entry("x-dead-letter-strategy", "at-least-once"),
          amqp_entry("x-overflow", "reject-publish")};
}

}  // namespace

std::string AmqpQueues::lane(Lane lane) const {
  return fmt::format("{}.{}", prefix_, to_string(lane));
}

std::string AmqpQueues::delay(Lane lane, milliseconds delay) const {
  for (const auto& step : kDelaySteps) {
    if (delay <= step.up_to) return fmt::format("{}.delay-{}", this->lane(lane), step.name);
  }
  return {};
}

std::vector<std::string> AmqpQueues::delays(Lane lane) const {
  std::vector<std::string> names;
  for (const auto& step : kDelaySteps) {
    names.push_back(fmt::format("{}.delay-{}", this->lane(lane), step.name));
  }
  return names;
}

std::vector<std::string> AmqpQueues::all() const {
  std::vector<std::string> names{dead()};
  for (const auto lane : {Lane::first, Lane::rest}) {
    names.push_back(this->lane(lane));
    for (auto& name : delays(lane)) names.push_back(std::move(name));
  }
  return names;
}

Result<> AmqpQueues::declare(AmqpConnection& broker) const {
  // Looking at the letters hands them out and takes them back: no limit must end that.
  SLUICE_TRY(broker.declare_queue(
      dead(),
      {amqp_entry("x-queue-type", "quorum"), amqp_entry("x-delivery-limit", std::int64_t{1} << 30),
       amqp_entry("x-message-ttl", std::chrono::milliseconds{kDeadLettersKept}.count())}));
  SLUICE_TRY(broker.declare_fanout(dead(), dead()));
  for (const auto lane : {Lane::first, Lane::rest}) SLUICE_TRY(declare_lane(broker, lane));
  return {};
}

Result<> AmqpQueues::declare_lane(AmqpConnection& broker, Lane lane) const {
  const auto name = this->lane(lane);
  const auto grave = dead();
  auto arguments = quorum(grave);
  // The first delivery is not counted.
  arguments.push_back(amqp_entry("x-delivery-limit", std::int64_t{kMaxDeliveries - 1}));
  SLUICE_TRY(broker.declare_queue(name, arguments));
  for (const auto& delay : delays(lane)) {
    auto back = quorum("");
    back.push_back(amqp_entry("x-dead-letter-routing-key", name));
    SLUICE_TRY(broker.declare_queue(delay, back));
  }
  return {};
}

}  // namespace sluice
