// How Sluice is, for machines: /healthz, /readyz, /metrics; and for pages and programs:
// /api/instance, /api/openapi.json.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "app/configuration.h"
#include "app/metrics.h"
#include "http/router.h"

namespace sluice {

// All outlive the router.
struct StatusParts {
  // What has to answer for Sluice to be ready, by name.
  std::map<std::string, std::function<Result<>()>> checks;
  std::function<Metrics::Now()> now;  // what is asked for when the metrics are
  Metrics& metrics;
};

// The same check, asked at most every so often: what a probe asks each second should not cost a
// store three requests. Thread-safe.
std::function<Result<>()> occasional(std::function<Result<>()> check,
                                     std::chrono::milliseconds pause = std::chrono::seconds{10});

// What `Metrics::render` shows of the work that there is. A part that does not answer is left out.
Metrics::Now work_now(Tasks& tasks, JobQueue& queue);

void add_probe_routes(http::Router& router, const StatusParts& parts);
void add_metrics_route(http::Router& router, const StatusParts& parts);
// `configuration` outlives the router.
void add_instance_routes(http::Router& router, const Configuration& configuration);

}  // namespace sluice
