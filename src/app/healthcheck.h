// `sluice healthcheck`: what a container's health check runs, so that its image needs no HTTP
// client.
#pragma once

#include "app/configuration.h"
#include "base/result.h"

namespace sluice {

// Asks the process that runs here with the same settings: can it work (/readyz), or with `live`
// only whether it is there (/healthz). Given up after five seconds.
Result<> check_health(const Configuration& configuration, bool live);

}  // namespace sluice
