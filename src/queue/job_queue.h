// How workers hear of tasks. The catalog's task rows are the truth; a message is a doorbell.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "video/task.h"

namespace sluice {

// One message in a worker's hands. Neither acknowledged nor returned, it comes back to somebody
// after the queue's visibility time-out (or when the connection drops).
struct Delivery {
  std::string body;     // as published
  int deliveries = 1;   // how often this message was handed out, this time included
  std::string receipt;  // opaque, for the calls below
};

struct QueueDepth {
  std::int64_t first_waiting = 0;
  std::int64_t rest_waiting = 0;
  std::int64_t in_flight = 0;
  std::int64_t dead = 0;
};

// At-least-once, in order of publishing within a lane as far as redelivery allows; `first` is
// always served before `rest`.
// Thread-safe. Transient faults are `unavailable`.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Returns only when the message would survive a crash of the queue.
  virtual Result<> publish(Lane lane, std::string_view body) = 0;

  // Waits up to `wait` for a message; nothing if none came. Wakes early on interrupt().
  virtual Result<std::optional<Delivery>> receive(std::chrono::milliseconds wait) = 0;

  // The message is done with. Late or repeated calls are harmless.
  virtual Result<> acknowledge(const Delivery& delivery) = 0;

  // Back on the queue after `delay`. The delivery after the kMaxDeliveries-th moves it to the dead
  // letters instead; `undelivered` takes this delivery out of that count (a clean shutdown).
  virtual Result<> give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                             bool undelivered) = 0;

  // The message stays in the holder's hands for another visibility time-out.
  virtual Result<> extend(const Delivery& delivery) = 0;

  // Bodies of messages that went to the dead letters; each is returned once and is then gone.
  virtual Result<std::vector<std::string>> take_dead() = 0;

  virtual Result<QueueDepth> depth() = 0;

  // Wakes every receive() of this process, now and from then on: for shutting down.
  virtual void interrupt() = 0;
};

}  // namespace sluice
