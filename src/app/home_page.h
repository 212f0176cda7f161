// GET /: that Sluice runs, and how to use it from a command line.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace sluice {

// Without scripts and under a strict Content-Security-Policy. `public_url` has no slash at its end.
http::Response home_page(std::string_view public_url, bool allow_signup);

}  // namespace sluice
