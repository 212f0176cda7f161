// The long-running commands.
#pragma once

#include "app/configuration.h"
#include "base/result.h"

namespace sluice {

// API and workers in one process, until SIGTERM or SIGINT. Errors are for the operator: one line.
Result<> serve(const Configuration& configuration);

// The same without an API.
Result<> work(const Configuration& configuration);

}  // namespace sluice
