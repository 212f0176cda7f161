// The queues on the broker: their names and how they are declared.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "queue/amqp/amqp_connection.h"
#include "video/task.h"

namespace sluice {

// PREFIX.first, PREFIX.rest: the lanes. PREFIX.dead: the dead letters, behind the exchange of that
// name. PREFIX.first.delay-2s …: what was given back and comes back to its lane later. Quorum
// queues know no delays; a message waits in one of these until its time to live is over. It can be
// held up by one before it that has longer to live, so there are some, each for delays of its own
// size.
class AmqpQueues {
 public:
  explicit AmqpQueues(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string lane(Lane lane) const;
  std::string delay(Lane lane, std::chrono::milliseconds delay) const;
  std::vector<std::string> delays(Lane lane) const;
  std::string dead() const { return prefix_ + ".dead"; }
  // Held by whoever has the dead letters in hand: two at a time would each see some of them.
  std::string dead_lock() const { return prefix_ + ".dead.lock"; }
  std::vector<std::string> all() const;

  // Harmless when they are there.
  Result<> declare(AmqpConnection& broker) const;

 private:
  Result<> declare_lane(AmqpConnection& broker, Lane lane) const;

  const std::string prefix_;
};

}  // namespace sluice
