// How workers hear of tasks. The catalog's task rows are the truth; a message is a doorbell.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "video/task.h"

namespace sluice {

// One message on its way to the queue.
struct OutgoingMessage {
  Lane lane = Lane::first;
  std::string body;
};

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
  std::int64_t in_flight = 0;  // as far as the queue can tell; always those of this process
  std::int64_t dead = 0;
};

// How long an operator can find a dead letter.
inline constexpr std::chrono::hours kDeadLettersKept{14 * 24};

// Why a message is there that was handed out kMaxDeliveries times.
inline constexpr std::string_view kDeliveredTooOften = "delivered too often";

struct DeadLetter {
  std::string id;  // stays the same as long as the message is there
  std::string body;
  int deliveries = 0;
  std::string reason;        // kDeliveredTooOften, or what was said to JobQueue::reject()
  Timestamp published_at{};  // for the first time, however often it was given back
};

inline tl::unexpected<Error> dead_letter_not_found() {
  return fail(ErrorKind::not_found, "dead_letter_not_found", "There is no such dead letter.");
}

// Messages that nobody will be given any more. They stay for kDeadLettersKept, where operators and
// alarms look for them.
// Thread-safe. Transient faults are `unavailable`.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;

  // Oldest first. They stay.
  virtual Result<std::vector<DeadLetter>> list(int limit) = 0;

  // `not_found`, code dead_letter_not_found.
  virtual Result<> remove(std::string_view id) = 0;
};

// At-least-once, in order of publishing within a lane as far as redelivery allows; `first` is
// always served before `rest`.
// Thread-safe. Transient faults are `unavailable`.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Returns only when the messages would survive a crash of the queue. After an error some may be
  // there; publishing them again is harmless.
  virtual Result<> publish(std::span<const OutgoingMessage> messages) = 0;
  Result<> publish(Lane lane, std::string_view body) {
    const OutgoingMessage message{lane, std::string(body)};
    return publish({&message, 1});
  }

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

  // Straight to the dead letters: a message that nobody can ever read.
  virtual Result<> reject(const Delivery& delivery, std::string_view reason) = 0;

  virtual DeadLetters& dead_letters() = 0;

  virtual Result<QueueDepth> depth() = 0;

  // Wakes every receive() of this process, now and from then on: for shutting down.
  virtual void interrupt() = 0;
};

}  // namespace sluice
