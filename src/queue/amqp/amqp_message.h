// A message as the broker has it: the bytes, and what we and the broker wrote beside them.
#pragma once

#include <cstdint>
#include <string>

#include <amqp.h>

#include "base/time.h"
#include "video/task.h"

namespace sluice {

struct AmqpMessage {
  std::string body;
  std::string id;             // kept for ever, in whichever queue it is
  Timestamp published_at{};   // for the first time
  int deliveries_before = 0;  // how often it was handed out before it was put into this queue
  std::string reason;         // why it is dead; empty while it lives
  Timestamp died_at{};

  // Written by the broker.
  int redeliveries = 0;  // since it was put into this queue
  bool limit_reached = false;

  // Handed out so often with this time, or when it died.
  int deliveries() const { return deliveries_before + redeliveries + 1; }
};

AmqpMessage new_amqp_message(std::string_view body, Timestamp now);

// What goes beside the body. Points into `message`, so it must not outlive it, nor move.
class AmqpProperties {
 public:
  // With an `expiration` it leaves the queue after that time.
  AmqpProperties(const AmqpMessage& message, std::string expiration);
  AmqpProperties(const AmqpProperties&) = delete;
  AmqpProperties& operator=(const AmqpProperties&) = delete;

  const amqp_basic_properties_t& get() const { return properties_; }

 private:
  std::string expiration_;
  amqp_table_entry_t headers_[4];
  amqp_basic_properties_t properties_{};
};

AmqpMessage to_amqp_message(std::string body, const amqp_basic_properties_t& properties);

inline amqp_bytes_t amqp_bytes(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};
}
inline std::string_view text_of(const amqp_bytes_t& bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}
amqp_table_entry_t amqp_entry(const char* name, std::string_view value);
amqp_table_entry_t amqp_entry(const char* name, std::int64_t value);

}  // namespace sluice
