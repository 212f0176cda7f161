// Values on their way into and out of SQL, with our own types on one side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/id.h"
#include "base/time.h"

namespace sluice {

enum class SqlType { integer, real, text };

// Typed even when null: a statement is prepared once and its parameters keep their types.
struct SqlValue {
  SqlType type = SqlType::integer;
  bool null = false;
  long long integer = 0;
  double real = 0;
  std::string text;

  SqlValue() = default;
  SqlValue(bool value) : integer(value) {}
  SqlValue(int value) : integer(value) {}
  SqlValue(std::int64_t value) : integer(value) {}
  SqlValue(double value) : type(SqlType::real), real(value) {}
  SqlValue(std::string value) : type(SqlType::text), text(std::move(value)) {}
  SqlValue(std::string_view value) : SqlValue(std::string(value)) {}
  SqlValue(const char* value) : SqlValue(std::string(value)) {}
  SqlValue(Timestamp value) : SqlValue(to_unix_ms(value)) {}
  template <class Tag>
  SqlValue(const Id<Tag>& id) : SqlValue(id.str()) {}
  template <class T>
  SqlValue(const std::optional<T>& value) : SqlValue(value ? SqlValue(*value) : SqlValue(T{})) {
    null = !value;
  }

  static SqlValue null_of(SqlType type) {
    SqlValue value;
    value.type = type;
    value.null = true;
    return value;
  }
};

// One parameter: `:name` in the statement.
struct SqlParam {
  const char* name;
  SqlValue value;
};

// How a column becomes a T: its SQL type, and `from` its value.
template <class T>
struct SqlColumn;

template <class T>
requires std::is_integral_v<T>
struct SqlColumn<T> {
  static constexpr SqlType kType = SqlType::integer;
  static T from(SqlValue value) {
    if constexpr (std::is_same_v<T, bool>) return value.integer != 0;
    return static_cast<T>(value.integer);
  }
};

template <>
struct SqlColumn<double> {
  static constexpr SqlType kType = SqlType::real;
  static double from(SqlValue value) { return value.real; }
};

template <>
struct SqlColumn<std::string> {
  static constexpr SqlType kType = SqlType::text;
  static std::string from(SqlValue value) { return std::move(value.text); }
};

template <class Tag>
struct SqlColumn<Id<Tag>> {
  static constexpr SqlType kType = SqlType::text;
  static Id<Tag> from(SqlValue value) { return Id<Tag>(std::move(value.text)); }
};

template <>
struct SqlColumn<Timestamp> {
  static constexpr SqlType kType = SqlType::integer;
  static Timestamp from(SqlValue value) { return from_unix_ms(value.integer); }
};

template <class T>
struct SqlColumn<std::optional<T>> {
  static constexpr SqlType kType = SqlColumn<T>::kType;
  static std::optional<T> from(SqlValue value) {
    if (value.null) return std::nullopt;
    return SqlColumn<T>::from(std::move(value));
  }
};

}  // namespace sluice
