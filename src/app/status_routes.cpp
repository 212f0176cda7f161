#include "app/status_routes.h"

#include <chrono>
#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include "app/openapi.h"
#include "base/log.h"

namespace sluice {
namespace {

using http::Request;
using http::Response;

Response readiness(const StatusParts& parts) {
  auto checks = nlohmann::json::object();
  bool ready = true;
  for (const auto& [name, check] : parts.checks) {
    const auto answered = check();
    checks[name] = answered ? "ok" : answered.error().code;
    ready = ready && answered.has_value();
  }
  auto response = Response::json(ready ? 200 : 503,
                                 {{"status", ready ? "ready" : "not ready"}, {"checks", checks}});
  response.set("Cache-Control", "no-store");
  return response;
}

Response metrics(const StatusParts& parts) {
  return Response::text(200, "text/plain; version=0.0.4; charset=utf-8",
                        parts.metrics.render(parts.now()));
}

// What a page needs to know before anybody signs in or sends a byte.
Response instance(const Configuration& configuration) {
  return Response::json(200, {{"version", SLUICE_VERSION},
                              {"allow_signup", configuration.allow_signup},
                              {"max_upload_bytes", configuration.max_upload_bytes},
                              {"max_duration_seconds", configuration.max_duration.count()},
                              {"default_visibility", to_string(configuration.default_visibility)},
                              {"embed_origins", configuration.embed_origins}})
      .set("Cache-Control", "no-cache");
}

}  // namespace

std::function<Result<>()> occasional(std::function<Result<>()> check,
                                     std::chrono::milliseconds pause) {
  struct Last {
    std::mutex mutex;
    std::optional<std::chrono::steady_clock::time_point> at;
    Result<> result;
  };
  return [check = std::move(check), pause, last = std::make_shared<Last>()] {
    const auto now = std::chrono::steady_clock::now();
    std::lock_guard lock(last->mutex);
    // What is out of order is looked at again at once: whoever waits for it waits no longer.
    if (last->at && last->result && now - *last->at < pause) return last->result;
    last->result = check();
    last->at = now;
    return last->result;
  };
}

Metrics::Now work_now(Tasks& tasks, JobQueue& queue) {
  Metrics::Now now;
  if (auto counts = tasks.count_tasks()) now.tasks = *counts;
  if (auto depth = queue.depth()) now.queue = *depth;
  return now;
}

void add_probe_routes(http::Router& router, const StatusParts& parts) {
  router.add("GET", "/healthz",
             [](const Request&) { return Response::text(200, "text/plain", "ok\n"); },
             {.quick = true});
  router.add("GET", "/readyz", [parts](const Request&) { return readiness(parts); });
}

void add_metrics_route(http::Router& router, const StatusParts& parts) {
  router.add("GET", "/metrics", [parts](const Request&) { return metrics(parts); });
}

void add_instance_routes(http::Router& router, const Configuration& configuration) {
  router.add("GET", "/api/openapi.json",
             [](const Request&) {
               return Response::text(200, "application/json", std::string{openapi_json()});
             },
             {.quick = true});
  router.add("GET", "/api/instance",
             [&configuration](const Request&) { return instance(configuration); }, {.quick = true});
}

}  // namespace sluice
