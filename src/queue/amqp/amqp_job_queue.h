// The queue on RabbitMQ: quorum queues, publisher confirms, dead letters kept by the broker.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "queue/amqp/amqp_address.h"
#include "queue/amqp/amqp_link.h"
#include "queue/amqp/amqp_queues.h"
#include "queue/amqp/amqp_receiver.h"
#include "queue/job_queue.h"

namespace sluice {

struct AmqpJobQueueOptions {
  // For every call, and for every step of one that waits for the broker.
  std::chrono::milliseconds limit{10'000};
};

// Connects at the first call and from then on whenever the connection is lost: calls fail while
// there is none, but receive() waits for it. What was in our hands then is the broker's again, and
// settling it is harmless. While the connection lives a message stays in its holder's hands, up to
// the broker's consumer_timeout (30 minutes, if nobody has changed it).
//
// Two connections: one that publishes, which the broker may hold back when it is short of memory or
// disk, and one that receives and acknowledges.
class AmqpJobQueue final : public JobQueue, public DeadLetters {
 public:
  // The clock tells when messages are published, and must outlive the queue.
  AmqpJobQueue(AmqpAddress address, const Clock& clock, AmqpJobQueueOptions options = {});
  ~AmqpJobQueue() override;

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

  // Each on a connection of its own, so that many letters hold up nobody.
  Result<std::vector<DeadLetter>> list(int limit) override;
  Result<> remove(std::string_view id) override;

 private:
  class Publisher final : public AmqpLinkUser {
   public:
    explicit Publisher(const AmqpQueues& queues) : queues_(queues) {}
    Result<> connected(AmqpConnection& broker) override { return queues_.declare(broker); }

   private:
    const AmqpQueues& queues_;
  };

  Result<> store(std::vector<AmqpPublication> publications);
  // Into another queue; where that fails it goes back to the front of its own.
  Result<> move(const AmqpReceiver::Held& held, AmqpPublication to);
  Result<> bury(const AmqpReceiver::Held& held, std::string_view reason);
  Result<std::unique_ptr<AmqpConnection>> open_dead_letters();

  const AmqpAddress address_;
  const Clock& clock_;
  const AmqpJobQueueOptions options_;
  const AmqpQueues queues_;
  Publisher publisher_;
  AmqpLink publishing_;
  AmqpReceiver receiver_;
};

}  // namespace sluice
