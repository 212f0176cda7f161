// What stands between method and version in a request line (RFC 9112 section 3.2).
#pragma once

#include <string_view>

#include "http/message.h"

namespace sluice::http {

// Sets path and query from an origin-form or absolute-form target ("*" is a path of its own).
// `invalid` (invalid_target, invalid_query) when it is malformed.
Result<> read_target(std::string_view target, Request& request);

}  // namespace sluice::http
