#include "queue/amqp/amqp_connection.h"

#include <sys/time.h>

#include <algorithm>
#include <charconv>

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <fmt/format.h>

#include "base/log.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

constexpr amqp_channel_t kCalls = 1;      // everything but:
constexpr amqp_channel_t kConsumers = 2;  // what the broker hands us by itself
constexpr amqp_channel_t kLock = 3;       // the broker closes it when somebody else has the lock
constexpr int kFrameBytes = 131072;
// Without this a fault while saying goodbye would cost as much as any other call.
constexpr milliseconds kGoodbye{1000};

timeval to_timeval(milliseconds time) {
  timeval value{};
  value.tv_sec = time.count() / 1000;
  value.tv_usec = (time.count() % 1000) * 1000;
  return value;
}

struct ServerFault {
  int code = 0;
  std::string text;
  bool of_channel = false;
};

std::optional<ServerFault> server_fault(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto& close = *static_cast<amqp_channel_close_t*>(method.decoded);
    return ServerFault{close.reply_code, std::string(text_of(close.reply_text)), true};
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<amqp_connection_close_t*>(method.decoded);
    return ServerFault{close.reply_code, std::string(text_of(close.reply_text)), false};
  }
  return std::nullopt;
}

bool is_certificate_fault(int status) {
  return status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED ||
         status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED;
}

}  // namespace

AmqpConnection::AmqpConnection(const AmqpAddress& address, milliseconds limit)
    : address_(address), limit_(limit), state_(amqp_new_connection()) {}

AmqpConnection::~AmqpConnection() {
  if (!broken_) {
    const auto limit = to_timeval(std::min(limit_, kGoodbye));
    amqp_set_rpc_timeout(state_, &limit);
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
  }
  amqp_destroy_connection(state_);
}

Result<std::unique_ptr<AmqpConnection>> AmqpConnection::open(const AmqpAddress& address,
                                                             milliseconds limit) {
  std::unique_ptr<AmqpConnection> connection(new AmqpConnection(address, limit));
  SLUICE_TRY(connection->connect());
  SLUICE_TRY(connection->log_in());
  SLUICE_TRY(connection->check_version());
  SLUICE_TRY(connection->open_channel(kCalls));
  SLUICE_TRY(connection->open_channel(kConsumers));
  amqp_confirm_select(connection->state_, kCalls);
  SLUICE_TRY(connection->checked(amqp_get_rpc_reply(connection->state_), "confirm.select"));
  // Counted for each consumer: there is a new one for each message.
  amqp_basic_qos(connection->state_, kConsumers, 0, 1, false);
  SLUICE_TRY(connection->checked(amqp_get_rpc_reply(connection->state_), "basic.qos"));
  return connection;
}

Result<> AmqpConnection::connect() {
  auto* socket = address_.tls ? amqp_ssl_socket_new(state_) : amqp_tcp_socket_new(state_);
  if (!socket) return break_off("no socket could be made");
  if (address_.tls) {
    amqp_ssl_socket_set_verify_peer(socket, true);
    amqp_ssl_socket_set_verify_hostname(socket, true);
    amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    if (amqp_ssl_socket_set_cacert(socket, address_.ca_file.c_str()) != AMQP_STATUS_OK) {
      return break_off({ErrorKind::invalid, "queue_certificate",
                        fmt::format("The certificates that the message broker is checked against "
                                    "can't be read from {}.",
                                    address_.ca_file)});
    }
  }
  const auto limit = to_timeval(limit_);
  const int status = amqp_socket_open_noblock(socket, address_.host.c_str(), address_.port, &limit);
  if (is_certificate_fault(status)) {
    return break_off({ErrorKind::invalid, "queue_certificate",
                      fmt::format("The certificate of the message broker at {} is not one of that "
                                  "host that {} vouches for.",
                                  address_.host_and_port(), address_.ca_file)});
  }
  if (status == AMQP_STATUS_SOCKET_ERROR || status == AMQP_STATUS_TCP_ERROR) {
    return break_off("it accepts no connection");
  }
  return checked(status, "connect");
}

Result<> AmqpConnection::log_in() {
  const auto limit = to_timeval(limit_);
  amqp_set_handshake_timeout(state_, &limit);
  amqp_set_rpc_timeout(state_, &limit);
  amqp_table_entry_t entries[] = {amqp_entry("product", "Sluice"),
                                  amqp_entry("connection_name", "Sluice")};
  const amqp_table_t properties{2, entries};
  const auto reply = amqp_login_with_properties(
      state_, address_.vhost.c_str(), 0, kFrameBytes, static_cast<int>(address_.heartbeat.count()),
      &properties, AMQP_SASL_METHOD_PLAIN, address_.user.c_str(),
      address_.password.reveal().c_str());
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    const auto fault = server_fault(reply.reply);
    if (fault && fault->code == AMQP_ACCESS_REFUSED) {
      return break_off({ErrorKind::denied, "queue_denied",
                        fmt::format("The message broker at {} does not accept this user and "
                                    "password.",
                                    address_.host_and_port())});
    }
    if (fault && fault->code == AMQP_NOT_ALLOWED) {
      return break_off({ErrorKind::invalid, "queue_vhost_unknown",
                        fmt::format("The message broker at {} has no virtual host \"{}\" that this "
                                    "user may use.",
                                    address_.host_and_port(), address_.vhost)});
    }
  }
  return checked(reply, "log-in");
}

// Delays need the time to live that quorum queues have had since 3.10.
Result<> AmqpConnection::check_version() {
  const auto& properties = *amqp_get_server_properties(state_);
  for (const auto& [key, value] :
       std::span{properties.entries, static_cast<std::size_t>(properties.num_entries)}) {
    if (text_of(key) != "version" || value.kind != AMQP_FIELD_KIND_UTF8) continue;
    const auto version = text_of(value.value.bytes);
    int major = 0;
    int minor = 0;
    const auto* end = version.data() + version.size();
    const auto point = std::from_chars(version.data(), end, major);
    if (point.ptr != end) std::from_chars(point.ptr + 1, end, minor);
    if (major > 3 || (major == 3 && minor >= 10)) return {};
    return break_off({ErrorKind::invalid, "queue_too_old",
                      fmt::format("The message broker at {} is RabbitMQ {}; Sluice needs 3.10 or a "
                                  "newer one.",
                                  address_.host_and_port(), version)});
  }
  return {};
}

Result<> AmqpConnection::open_channel(amqp_channel_t channel) {
  amqp_channel_open(state_, channel);
  return checked(amqp_get_rpc_reply(state_), "channel.open");
}

amqp_table_t AmqpConnection::table(const std::vector<amqp_table_entry_t>& entries) {
  return {static_cast<int>(entries.size()), const_cast<amqp_table_entry_t*>(entries.data())};
}

tl::unexpected<Error> AmqpConnection::break_off(Error error) {
  if (!broken_) broken_ = std::move(error);
  return fail(*broken_);
}

tl::unexpected<Error> AmqpConnection::break_off(std::string_view why) {
  return break_off(
      {ErrorKind::unavailable, "queue_unavailable",
       fmt::format("The message broker at {} can't be used: {}.", address_.host_and_port(), why)});
}

Result<> AmqpConnection::checked(int status, std::string_view what) {
  if (broken_) return fail(*broken_);
  if (status == AMQP_STATUS_OK) return {};
  return break_off(fmt::format("{} ({})", amqp_error_string2(status), what));
}

Result<> AmqpConnection::checked(const amqp_rpc_reply_t& reply, std::string_view what) {
  if (broken_) return fail(*broken_);
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL: return {};
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: return checked(reply.library_error, what);
    default: break;
  }
  const auto fault = server_fault(reply.reply);
  return break_off(fault ? fmt::format("{} ({})", fault->text, what) : std::string(what));
}

Result<> AmqpConnection::declare_queue(const std::string& name,
                                       const std::vector<amqp_table_entry_t>& arguments) {
  if (broken_) return fail(*broken_);
  amqp_queue_declare(state_, kCalls, amqp_bytes(name), false, true, false, false, table(arguments));
  const auto reply = amqp_get_rpc_reply(state_);
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    const auto fault = server_fault(reply.reply);
    if (fault && fault->code == AMQP_PRECONDITION_FAILED) {
      return break_off(
          {ErrorKind::invalid, "queue_differs",
           fmt::format("The message broker at {} has a queue \"{}\" that was declared in another "
                       "way ({}). Remove it when it is empty, or choose another name for our "
                       "queues by ?prefix=NAME in the queue's URL.",
                       address_.host_and_port(), name, fault->text)});
    }
  }
  return checked(reply, fmt::format("declaring {}", name));
}

Result<> AmqpConnection::declare_fanout(const std::string& exchange, const std::string& queue) {
  if (broken_) return fail(*broken_);
  amqp_exchange_declare(state_, kCalls, amqp_bytes(exchange), amqp_cstring_bytes("fanout"), false,
                        true, false, false, amqp_empty_table);
  SLUICE_TRY(checked(amqp_get_rpc_reply(state_), fmt::format("declaring {}", exchange)));
  amqp_queue_bind(state_, kCalls, amqp_bytes(queue), amqp_bytes(exchange), amqp_empty_bytes,
                  amqp_empty_table);
  return checked(amqp_get_rpc_reply(state_), fmt::format("binding {}", queue));
}

Result<bool> AmqpConnection::lock(const std::string& name) {
  if (broken_) return fail(*broken_);
  SLUICE_TRY(open_channel(kLock));
  amqp_queue_declare(state_, kLock, amqp_bytes(name), false, false, true, true, amqp_empty_table);
  const auto reply = amqp_get_rpc_reply(state_);
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    const auto fault = server_fault(reply.reply);
    if (fault && fault->of_channel && fault->code == AMQP_RESOURCE_LOCKED) {
      amqp_channel_close_ok_t closed{};
      SLUICE_TRY(checked(amqp_send_method(state_, kLock, AMQP_CHANNEL_CLOSE_OK_METHOD, &closed),
                         "channel.close-ok"));
      return false;
    }
  }
  SLUICE_TRY(checked(reply, fmt::format("declaring {}", name)));
  return true;
}

Result<> AmqpConnection::remove_queue(const std::string& name) {
  if (broken_) return fail(*broken_);
  amqp_queue_delete(state_, kCalls, amqp_bytes(name), false, false);
  return checked(amqp_get_rpc_reply(state_), fmt::format("removing {}", name));
}

Result<> AmqpConnection::remove_exchange(const std::string& name) {
  if (broken_) return fail(*broken_);
  amqp_exchange_delete(state_, kCalls, amqp_bytes(name), false);
  return checked(amqp_get_rpc_reply(state_), fmt::format("removing {}", name));
}

Result<std::int64_t> AmqpConnection::count(const std::string& queue) {
  if (broken_) return fail(*broken_);
  const auto* declared = amqp_queue_declare(state_, kCalls, amqp_bytes(queue), true, false, false,
                                            false, amqp_empty_table);
  SLUICE_TRY(checked(amqp_get_rpc_reply(state_), fmt::format("looking at {}", queue)));
  const std::int64_t count = declared->message_count;
  amqp_maybe_release_buffers(state_);
  return count;
}

Result<> AmqpConnection::publish(std::span<const AmqpPublication> publications) {
  if (broken_) return fail(*broken_);
  refused_ = false;
  for (const auto& publication : publications) {
    const AmqpProperties properties(publication.message, publication.expiration);
    SLUICE_TRY(
        checked(amqp_basic_publish(state_, kCalls, amqp_empty_bytes, amqp_bytes(publication.queue),
                                   /*mandatory=*/true, false, &properties.get(),
                                   amqp_bytes(publication.message.body)),
                "publishing"));
    unconfirmed_.insert(++published_);
  }
  return await_confirms();
}

Result<> AmqpConnection::await_confirms() {
  const auto give_up = std::chrono::steady_clock::now() + limit_;
  while (!unconfirmed_.empty()) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(give_up - std::chrono::steady_clock::now());
    if (left <= milliseconds{0}) {
      return break_off(held_back_ ? "it is out of memory or disk and takes no messages"
                                  : "it did not confirm in time that a message is stored");
    }
    SLUICE_TRY_ASSIGN(const auto frame, next_frame(left));
    if (frame) SLUICE_TRY(handle(*frame));
  }
  amqp_maybe_release_buffers(state_);
  // A queue is gone or full: a new connection declares what is missing.
  if (refused_) return break_off("it did not take a message");
  return {};
}

void AmqpConnection::confirm(std::uint64_t number, bool multiple, bool refused) {
  refused_ = refused_ || refused;
  if (multiple) {
    unconfirmed_.erase(unconfirmed_.begin(), unconfirmed_.upper_bound(number));
  } else {
    unconfirmed_.erase(number);
  }
}

Result<AmqpMessage> AmqpConnection::read_message(amqp_channel_t channel) {
  amqp_message_t read;
  SLUICE_TRY(checked(amqp_read_message(state_, channel, &read, 0), "reading a message"));
  auto message = to_amqp_message(std::string(text_of(read.body)), read.properties);
  amqp_destroy_message(&read);
  return message;
}

Result<std::optional<AmqpDelivery>> AmqpConnection::get(const std::string& queue) {
  if (broken_) return fail(*broken_);
  const auto reply = amqp_basic_get(state_, kCalls, amqp_bytes(queue), false);
  SLUICE_TRY(checked(reply, fmt::format("asking {}", queue)));
  if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD) {
    amqp_maybe_release_buffers(state_);
    return std::nullopt;
  }
  AmqpDelivery delivery;
  delivery.queue = queue;
  delivery.tag = {kCalls, static_cast<amqp_basic_get_ok_t*>(reply.reply.decoded)->delivery_tag};
  SLUICE_TRY_ASSIGN(delivery.message, read_message(kCalls));
  amqp_maybe_release_buffers(state_);
  return delivery;
}

Result<> AmqpConnection::consume(const std::vector<std::string>& queues) {
  for (const auto& queue : queues) {
    if (broken_) return fail(*broken_);
    const auto tag = fmt::format("sluice-{}", ++consumers_made_);
    consumers_[tag] = queue;
    amqp_basic_consume(state_, kConsumers, amqp_bytes(queue), amqp_bytes(tag), false, false, false,
                       amqp_empty_table);
    SLUICE_TRY(checked(amqp_get_rpc_reply(state_), fmt::format("waiting for {}", queue)));
  }
  return {};
}

Result<> AmqpConnection::stop_consuming() {
  for (const auto& [tag, queue] : consumers_) {
    if (broken_) return fail(*broken_);
    amqp_basic_cancel(state_, kConsumers, amqp_bytes(tag));
    SLUICE_TRY(checked(amqp_get_rpc_reply(state_), fmt::format("leaving {}", queue)));
  }
  // What was on its way has arrived before the answer.
  SLUICE_TRY(process());
  consumers_.clear();
  return {};
}

std::optional<AmqpDelivery> AmqpConnection::take_delivered() {
  if (delivered_.empty()) return std::nullopt;
  auto delivery = std::move(delivered_.front());
  delivered_.pop_front();
  return delivery;
}

Result<> AmqpConnection::acknowledge(const AmqpTag& tag) {
  if (broken_) return fail(*broken_);
  return checked(amqp_basic_ack(state_, tag.channel, tag.number, false), "basic.ack");
}

Result<> AmqpConnection::requeue(const AmqpTag& tag) {
  if (broken_) return fail(*broken_);
  return checked(amqp_basic_nack(state_, tag.channel, tag.number, false, true), "basic.nack");
}

Result<> AmqpConnection::move(const AmqpDelivery& delivery, AmqpPublication to) {
  SLUICE_TRY(publish({&to, 1}));
  return acknowledge(delivery.tag);
}

Result<> AmqpConnection::process() {
  while (true) {
    SLUICE_TRY_ASSIGN(const auto frame, next_frame(milliseconds{0}));
    if (!frame) break;
    SLUICE_TRY(handle(*frame));
  }
  amqp_maybe_release_buffers(state_);
  return {};
}

Result<std::optional<amqp_frame_t>> AmqpConnection::next_frame(milliseconds wait) {
  if (broken_) return fail(*broken_);
  amqp_frame_t frame;
  const auto limit = to_timeval(wait);
  const int status = amqp_simple_wait_frame_noblock(state_, &frame, &limit);
  if (status == AMQP_STATUS_TIMEOUT) return std::nullopt;
  SLUICE_TRY(checked(status, "waiting"));
  return frame;
}

Result<> AmqpConnection::handle(const amqp_frame_t& frame) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return {};
  const auto& method = frame.payload.method;
  if (const auto fault = server_fault(method)) return break_off(fault->text);
  switch (method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto& ack = *static_cast<amqp_basic_ack_t*>(method.decoded);
      confirm(ack.delivery_tag, ack.multiple, false);
      return {};
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto& nack = *static_cast<amqp_basic_nack_t*>(method.decoded);
      confirm(nack.delivery_tag, nack.multiple, true);
      return {};
    }
    case AMQP_BASIC_RETURN_METHOD: {
      // Its confirmation still comes.
      refused_ = true;
      SLUICE_TRY(read_message(frame.channel));
      return {};
    }
    case AMQP_BASIC_DELIVER_METHOD:
      return receive(*static_cast<amqp_basic_deliver_t*>(method.decoded), frame.channel);
    case AMQP_BASIC_CANCEL_METHOD: return break_off("a queue was removed or has lost its leader");
    case AMQP_CONNECTION_BLOCKED_METHOD:
      held_back_ = true;
      log_warn("message broker takes no messages", {{"broker", address_.host_and_port()}});
      return {};
    case AMQP_CONNECTION_UNBLOCKED_METHOD: held_back_ = false; return {};
    default: return {};
  }
}

Result<> AmqpConnection::receive(const amqp_basic_deliver_t& deliver, amqp_channel_t channel) {
  AmqpDelivery delivery;
  delivery.tag = {channel, deliver.delivery_tag};
  const auto consumer = consumers_.find(std::string(text_of(deliver.consumer_tag)));
  if (consumer != consumers_.end()) delivery.queue = consumer->second;
  SLUICE_TRY_ASSIGN(delivery.message, read_message(channel));
  delivered_.push_back(std::move(delivery));
  return {};
}

}  // namespace sluice
