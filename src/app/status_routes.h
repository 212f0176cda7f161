// How Sluice is, for machines: /healthz, /readyz, /metrics, /api/instance, /api/openapi.json.
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
  Tasks& tasks;
  JobQueue& queue;
  Metrics& metrics;
  const Configuration& configuration;
};

// The same check, asked at most every so often: what a probe asks each second should not cost a
// store three requests. Thread-safe.
std::function<Result<>()> occasional(std::function<Result<>()> check,
                                     std::chrono::milliseconds pause = std::chrono::seconds{10});

void add_status_routes(http::Router& router, StatusParts parts);

}  // namespace sluice
