// How a process of this machine reaches a server that listens on `listen` (HOST:PORT).
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// `port` counts where `listen` says 0.
std::string local_url(std::string_view listen, int port);
std::string local_url(std::string_view listen);

}  // namespace sluice
