// Takes messages from the lanes, one for each receive() that waits, and knows which are in our
// hands.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "queue/amqp/amqp_link.h"
#include "queue/amqp/amqp_queues.h"
#include "queue/job_queue.h"

namespace sluice {

// Asks the lanes for a message when somebody wants one, `first` before `rest`; when both are empty
// it becomes their consumer until one comes. So nothing ever lies here that another worker could
// have, and no more is in our hands than was asked for. Thread-safe.
class AmqpReceiver final : private AmqpLinkUser {
 public:
  AmqpReceiver(AmqpLinkSettings settings, const AmqpQueues& queues, const Clock& clock);

  // As JobQueue says.
  Result<std::optional<Delivery>> receive(std::chrono::milliseconds wait);
  void interrupt();

  // Out of our books, for the one who settles it now; nothing if it is not in our hands.
  struct Held {
    AmqpDelivery delivery;
    Lane lane = Lane::first;
    std::string connection;
  };
  std::optional<Held> take_over(const Delivery& delivery);

  // Nothing happens when its connection is gone, and with it the message.
  Result<> acknowledge(const Held& held);
  Result<> requeue(const Held& held);

  std::int64_t in_flight();

 private:
  struct Waiter {
    Time deadline;
    bool looked = false;  // the lanes were empty after it came
    std::optional<Result<std::optional<Delivery>>> answer;
  };

  Result<> connected(AmqpConnection& broker) override;
  void lost() override;
  std::optional<Time> work(AmqpConnection& broker) override;
  void wait_for_connection(const Error& fault) override;
  bool wants_connection() override;

  Result<> look(AmqpConnection& broker);
  Result<std::optional<AmqpDelivery>> next(AmqpConnection& broker);
  Result<> follow(AmqpConnection& broker);
  Result<> take_in(AmqpConnection& broker);
  Result<> give_back_surplus(AmqpConnection& broker);
  bool is_spent(const AmqpDelivery& delivery) const;
  Result<> bury(AmqpConnection& broker, const AmqpDelivery& delivery);
  Lane lane_of(const AmqpDelivery& delivery) const;

  // With the mutex held.
  void hand_out();
  void answer(Waiter& waiter, Result<std::optional<Delivery>> answer);
  void end_waits(Time now);
  bool is_anybody_new() const;
  Result<> settle(const Held& held, Result<> (AmqpConnection::*how)(const AmqpTag&));

  const AmqpQueues& queues_;
  const Clock& clock_;
  const std::chrono::milliseconds limit_;

  // Of the link's thread.
  bool consuming_ = false;
  bool handed_us_one_ = false;  // since consuming began: there won't be another one

  std::mutex mutex_;
  std::condition_variable answered_;
  std::list<std::shared_ptr<Waiter>> waiters_;
  std::deque<AmqpDelivery> surplus_;  // came for somebody who did not wait any more
  std::map<std::string, Held> held_;  // by receipt
  std::string connection_;
  bool interrupted_ = false;

  AmqpLink link_;  // last: its thread ends before what it uses
};

}  // namespace sluice
