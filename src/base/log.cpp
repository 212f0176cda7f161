#include "base/log.h"

#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/time.h"

namespace sluice {
namespace {

struct Output {
  LogFormat format = LogFormat::text;
  std::shared_ptr<spdlog::logger> logger;
};

Output& output() {
  static Output instance = [] {
    Output made;
    made.logger = std::make_shared<spdlog::logger>(
        "sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.logger->set_pattern("%v");
    return made;
  }();
  return instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

const char* name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "info";
}

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void start_logging(LogFormat format, LogLevel level) {
  output().format = format;
  output().logger->set_level(to_spdlog(level));
  output().logger->flush_on(spdlog::level::info);
}

void log(LogLevel level, std::string_view message, nlohmann::json fields) {
  auto& out = output();
  if (!out.logger->should_log(to_spdlog(level))) return;
  const auto now = to_rfc3339(SystemClock{}.now());
  std::string line;
  if (out.format == LogFormat::json) {
    nlohmann::ordered_json event = {{"time", now}, {"level", name(level)}, {"message", message}};
    for (const auto& [key, value] : fields.items()) event[key] = value;
    line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  } else {
    line = fmt::format("{} {:5} {}", now, name(level), message);
    for (const auto& [key, value] : fields.items()) line += " " + key + "=" + dump(value);
  }
  out.logger->log(to_spdlog(level), "{}", line);
}

}  // namespace sluice
