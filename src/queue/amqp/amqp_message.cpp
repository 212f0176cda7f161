#include "queue/amqp/amqp_message.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/random.h"

namespace sluice {
namespace {

constexpr const char* kDeliveries = "sluice-deliveries";
constexpr const char* kPublishedAt = "sluice-published-at";
constexpr const char* kReason = "sluice-reason";
constexpr const char* kDiedAt = "sluice-died-at";

std::optional<std::int64_t> integer_of(const amqp_field_value_t& value) {
  switch (value.kind) {
    case AMQP_FIELD_KIND_I8: return value.value.i8;
    case AMQP_FIELD_KIND_U8: return value.value.u8;
    case AMQP_FIELD_KIND_I16: return value.value.i16;
    case AMQP_FIELD_KIND_U16: return value.value.u16;
    case AMQP_FIELD_KIND_I32: return value.value.i32;
    case AMQP_FIELD_KIND_U32: return value.value.u32;
    case AMQP_FIELD_KIND_I64: return value.value.i64;
    case AMQP_FIELD_KIND_TIMESTAMP: return static_cast<std::int64_t>(value.value.u64);
    default: return std::nullopt;
  }
}

int count_of(const amqp_field_value_t& value) {
  return static_cast<int>(std::clamp<std::int64_t>(integer_of(value).value_or(0), 0, 1'000'000));
}

Timestamp time_of(const amqp_field_value_t& value) {
  return from_unix_ms(integer_of(value).value_or(0));
}

// The broker's own record of moving it to where it is, the last time first: after a delay (it had
// "expired" in the queue before), or to the dead letters. To the second.
void read_last_move(const amqp_field_value_t& moves, AmqpMessage& message) {
  if (moves.kind != AMQP_FIELD_KIND_ARRAY || moves.value.array.num_entries == 0) return;
  const auto& move = moves.value.array.entries[0];
  if (move.kind != AMQP_FIELD_KIND_TABLE) return;
  const auto& table = move.value.table;
  for (const auto& [key, value] :
       std::span{table.entries, static_cast<std::size_t>(table.num_entries)}) {
    const auto name = text_of(key);
    if (name == "time") message.died_at = from_unix_ms(integer_of(value).value_or(0) * 1000);
    if (name == "reason" && value.kind == AMQP_FIELD_KIND_UTF8) {
      message.limit_reached = text_of(value.value.bytes) == "delivery_limit";
    }
  }
}

}  // namespace

AmqpMessage new_amqp_message(std::string_view body, Timestamp now) {
  AmqpMessage message;
  message.body = body;
  message.id = random_id();
  message.published_at = now;
  return message;
}

amqp_table_entry_t amqp_entry(const char* name, std::string_view value) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp_bytes(value);
  return entry;
}

amqp_table_entry_t amqp_entry(const char* name, std::int64_t value) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_I64;
  entry.value.value.i64 = value;
  return entry;
}

AmqpProperties::AmqpProperties(const AmqpMessage& message, std::string expiration)
    : expiration_(std::move(expiration)),
      headers_{amqp_entry(kDeliveries, std::int64_t{message.deliveries_before}),
               amqp_entry(kPublishedAt, to_unix_ms(message.published_at)),
               amqp_entry(kReason, message.reason),
               amqp_entry(kDiedAt, to_unix_ms(message.died_at))} {
  properties_._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                       AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG;
  properties_.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties_.content_type = amqp_cstring_bytes("application/json");
  properties_.message_id = amqp_bytes(message.id);
  properties_.headers = {message.reason.empty() ? 2 : 4, headers_};
  if (expiration_.empty()) return;
  properties_._flags |= AMQP_BASIC_EXPIRATION_FLAG;
  properties_.expiration = amqp_bytes(expiration_);
}

AmqpMessage to_amqp_message(std::string body, const amqp_basic_properties_t& properties) {
  AmqpMessage message;
  message.body = std::move(body);
  if (properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) message.id = text_of(properties.message_id);
  // Somebody else published it.
  if (message.id.empty()) {
    message.id = fmt::format("body-{:x}", std::hash<std::string>{}(message.body));
  }
  if (!(properties._flags & AMQP_BASIC_HEADERS_FLAG)) return message;
  const std::span headers{properties.headers.entries,
                          static_cast<std::size_t>(properties.headers.num_entries)};
  for (const auto& [key, value] : headers) {
    const auto name = text_of(key);
    const bool is_text = value.kind == AMQP_FIELD_KIND_UTF8;
    if (name == kDeliveries) message.deliveries_before = count_of(value);
    if (name == kPublishedAt) message.published_at = time_of(value);
    if (name == kDiedAt) message.died_at = time_of(value);
    if (name == "x-death") read_last_move(value, message);
    if (name == kReason && is_text) message.reason = text_of(value.value.bytes);
    if (name == "x-delivery-count") message.redeliveries = count_of(value);
  }
  return message;
}

}  // namespace sluice
