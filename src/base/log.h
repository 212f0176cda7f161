// Structured logging: one event, one line, fields by name.
#pragma once

#include <initializer_list>
#include <string_view>

#include <nlohmann/json.hpp>

namespace sluice {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

// Once, from main, before other threads exist. Lines go to standard error.
void start_logging(LogFormat format, LogLevel level = LogLevel::info);

// `log(LogLevel::info, "task done", {{"video_id", id}, {"seconds", 1.5}})`. Thread-safe.
// As JSON: {"time":…,"level":…,"message":…,fields…}. As text: time level message key=value….
void log(LogLevel level, std::string_view message, nlohmann::json fields = nlohmann::json::object());

inline void log_info(std::string_view message, nlohmann::json fields = nlohmann::json::object()) {
  log(LogLevel::info, message, std::move(fields));
}
inline void log_warn(std::string_view message, nlohmann::json fields = nlohmann::json::object()) {
  log(LogLevel::warn, message, std::move(fields));
}
inline void log_error(std::string_view message, nlohmann::json fields = nlohmann::json::object()) {
  log(LogLevel::error, message, std::move(fields));
}

}  // namespace sluice
