// How Sluice is, for people and machines: /, /healthz, /readyz, /metrics, /api/openapi.json.
#pragma once

#include <functional>
#include <map>
#include <string>

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
  std::string public_url;
  bool allow_signup = false;
};

void add_status_routes(http::Router& router, StatusParts parts);

}  // namespace sluice
