#include "http/origin.h"

#include <algorithm>
#include <cctype>

namespace sluice::http {

std::string origin_of(std::string_view url) {
  const auto host = url.find("://");
  if (host == std::string_view::npos) return {};
  std::string origin(url.substr(0, url.find_first_of("/?#", host + 3)));
  std::transform(origin.begin(), origin.end(), origin.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return origin;
}

}  // namespace sluice::http
