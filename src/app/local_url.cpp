#include "app/local_url.h"

#include <fmt/format.h>

namespace sluice {
namespace {

// "Every address" is none that one could connect to everywhere.
std::string_view local_host(std::string_view listen) {
  const auto host = listen.substr(0, listen.rfind(':'));
  return host == "0.0.0.0" || host == "[::]" || host == "*" ? "127.0.0.1" : host;
}

}  // namespace

std::string local_url(std::string_view listen, int port) {
  return fmt::format("http://{}:{}", local_host(listen), port);
}

std::string local_url(std::string_view listen) {
  return fmt::format("http://{}:{}", local_host(listen), listen.substr(listen.rfind(':') + 1));
}

}  // namespace sluice
