// `sluice doctor`: buckets, browsers' way into them, and the CDN.
#pragma once

#include <vector>

#include "app/configuration.h"
#include "app/doctor.h"
#include "app/installation.h"

namespace sluice {

// Tries what Sluice, a browser and a player will do; nothing of it is left behind.
std::vector<Finding> examine_buckets(const Configuration& configuration, Stores& stores,
                                     const std::string& public_url);

// Fetches an object by a signed URL and without one, as a player and as a stranger.
std::vector<Finding> examine_cdn(const Configuration& configuration, Stores& stores,
                                 const Clock& clock);

}  // namespace sluice
