// The socket a server listens on.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sluice::http {

// `address` is HOST:PORT or [v6]:PORT. Non-blocking and not inherited by child processes.
// `invalid` (bad_listen_address) or `unavailable` (port_taken, port_not_allowed).
Result<UniqueFd> listen_on(std::string_view address);

int local_port(int socket);

}  // namespace sluice::http
