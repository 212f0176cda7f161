// One connection to the broker, as rabbitmq-c has it, with a time limit on everything.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <amqp.h>

#include "base/result.h"
#include "queue/amqp/amqp_address.h"
#include "queue/amqp/amqp_message.h"

namespace sluice {

// Names a message in our hands; worth nothing on another connection.
struct AmqpTag {
  amqp_channel_t channel = 0;
  std::uint64_t number = 0;
};

struct AmqpDelivery {
  AmqpMessage message;
  AmqpTag tag;
  std::string queue;
};

struct AmqpPublication {
  std::string queue;
  AmqpMessage message;
  std::string expiration;  // milliseconds as text; empty for ever
};

// Belongs to one thread at a time, which must call process() at least every quarter of a heartbeat.
// After most faults it is broken: everything fails from then on, and the broker gives what was in
// our hands to others. Those faults are `unavailable`.
class AmqpConnection {
 public:
  // `limit` is for each single step that waits for the broker. For the operator: `denied`
  // (queue_denied), `invalid` (queue_vhost_unknown, queue_too_old, queue_certificate), or
  // `unavailable`, with a sentence that names the broker.
  static Result<std::unique_ptr<AmqpConnection>> open(const AmqpAddress& address,
                                                      std::chrono::milliseconds limit);
  ~AmqpConnection();
  AmqpConnection(const AmqpConnection&) = delete;
  AmqpConnection& operator=(const AmqpConnection&) = delete;

  bool broken() const { return broken_.has_value(); }
  const Error& fault() const { return *broken_; }
  int descriptor() const { return amqp_get_sockfd(state_); }

  // `invalid`, code queue_differs, when there is one that was declared in another way.
  Result<> declare_queue(const std::string& name, const std::vector<amqp_table_entry_t>& arguments);
  Result<> declare_fanout(const std::string& exchange, const std::string& queue);
  // Ours alone as long as we are connected; false while somebody else has it.
  Result<bool> lock(const std::string& name);
  Result<> remove_queue(const std::string& name);
  Result<> remove_exchange(const std::string& name);

  // Messages that wait in a queue.
  Result<std::int64_t> count(const std::string& queue);

  // Returns when all of them are stored by the broker.
  Result<> publish(std::span<const AmqpPublication> publications);

  Result<std::optional<AmqpDelivery>> get(const std::string& queue);

  // From now on the broker hands us one message of each of these queues, which take_delivered()
  // gives, until stop_consuming().
  Result<> consume(const std::vector<std::string>& queues);
  Result<> stop_consuming();
  std::optional<AmqpDelivery> take_delivered();

  Result<> acknowledge(const AmqpTag& tag);
  // Back to the front of its queue, counted as a delivery.
  Result<> requeue(const AmqpTag& tag);
  // Into another queue, under our own count.
  Result<> move(const AmqpDelivery& delivery, AmqpPublication to);

  // Sends heartbeats that are due, and takes in what has arrived. Does not wait.
  Result<> process();
  // Has something arrived that process() would find, without the descriptor telling?
  bool has_more() const { return amqp_frames_enqueued(state_) || amqp_data_in_buffer(state_); }

 private:
  AmqpConnection(const AmqpAddress& address, std::chrono::milliseconds limit);

  Result<> connect();
  Result<> log_in();
  Result<> check_version();
  Result<> open_channel(amqp_channel_t channel);
  amqp_table_t table(const std::vector<amqp_table_entry_t>& entries);

  Result<> checked(const amqp_rpc_reply_t& reply, std::string_view what);
  Result<> checked(int status, std::string_view what);
  tl::unexpected<Error> break_off(Error error);
  tl::unexpected<Error> break_off(std::string_view why);

  Result<std::optional<amqp_frame_t>> next_frame(std::chrono::milliseconds wait);
  Result<> handle(const amqp_frame_t& frame);
  Result<> receive(const amqp_basic_deliver_t& deliver, amqp_channel_t channel);
  Result<> await_confirms();
  void confirm(std::uint64_t number, bool multiple, bool refused);
  Result<AmqpMessage> read_message(amqp_channel_t channel);

  const AmqpAddress address_;
  const std::chrono::milliseconds limit_;
  amqp_connection_state_t state_;
  std::optional<Error> broken_;
  std::map<std::string, std::string> consumers_;  // tag → queue
  int consumers_made_ = 0;
  std::deque<AmqpDelivery> delivered_;
  std::uint64_t published_ = 0;  // numbers of publications, as the broker counts them
  std::set<std::uint64_t> unconfirmed_;
  bool refused_ = false;    // one of the unconfirmed was refused or had no queue
  bool held_back_ = false;  // the broker takes no publications: out of memory or disk
};

}  // namespace sluice
