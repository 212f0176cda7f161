// Origins (RFC 6454): scheme, host and port of a URL, as browsers write them.
#pragma once

#include <string>
#include <string_view>

namespace sluice::http {

// "https://a.example:8443/path" → "https://a.example:8443", in lower case; empty when `url` has no
// scheme.
std::string origin_of(std::string_view url);

}  // namespace sluice::http
