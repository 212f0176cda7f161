// `sluice transcode` and `sluice probe`: the engine without a server.
#pragma once

#include <string>

#include "app/configuration.h"
#include "base/result.h"

namespace sluice {

// Shows a progress bar when standard error is a terminal. Ctrl-C stops it.
Result<> transcode_file(const Configuration& configuration, const std::string& input,
                        const std::string& folder);

Result<> probe_file(const Configuration& configuration, const std::string& input);

}  // namespace sluice
