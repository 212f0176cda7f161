// The queue that needs no broker: messages in the catalog's database.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/time.h"
#include "catalog/sql_database.h"
#include "queue/job_queue.h"

namespace sluice {

struct SqlJobQueueOptions {
  // Longer than the holder takes to call extend(), by a wide margin.
  std::chrono::milliseconds visibility_timeout = std::chrono::minutes{2};
  // How soon a message of another process is seen; one of this process is seen at once. Looking is
  // one read of an index, and only who waits for a message looks.
  std::chrono::milliseconds poll_interval{200};
};

class SqlJobQueue final : public JobQueue, public DeadLetters {
 public:
  // The clock says when delays and time-outs are over; waiting itself is in real time. Both
  // arguments must outlive the queue.
  SqlJobQueue(SqlDatabase& database, const Clock& clock, SqlJobQueueOptions options = {});

  using JobQueue::publish;
  Result<> publish(std::span<const OutgoingMessage> messages) override;
  Result<std::optional<Delivery>> receive(std::chrono::milliseconds wait) override;
  Result<> acknowledge(const Delivery& delivery) override;
  Result<> give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                     bool undelivered) override;
  Result<> extend(const Delivery& delivery) override;
  Result<> reject(const Delivery& delivery, std::string_view reason) override;
  DeadLetters& dead_letters() override { return *this; }
  Result<QueueDepth> depth() override;
  void interrupt() override;

  Result<std::vector<DeadLetter>> list(int limit) override;
  Result<> remove(std::string_view id) override;

  // Every message in somebody's hands can be received again, as if it had not been delivered: at
  // start-up, where no other process can hold one. Returns how many there were.
  Result<int> release_all();

 private:
  Result<std::optional<Delivery>> take_next();
  Result<std::optional<Timestamp>> next_visible();
  void announce();

  SqlDatabase& database_;
  const Clock& clock_;
  const SqlJobQueueOptions options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t announcements_ = 0;  // rises whenever there may be something to receive
  bool interrupted_ = false;
};

}  // namespace sluice
