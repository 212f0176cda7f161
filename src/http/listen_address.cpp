#include "http/listen_address.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice::http {
namespace {

struct HostPort {
  std::string host;
  std::string port;
};

std::optional<HostPort> split(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = address.substr(0, colon);
  const auto port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const bool is_number = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (host.empty() || port.empty() || port.size() > 5 || !is_number) return std::nullopt;
  if (std::stoi(std::string(port)) > 65535) return std::nullopt;
  return HostPort{std::string(host), std::string(port)};
}

tl::unexpected<Error> bad_address(std::string_view address) {
  return fail(ErrorKind::invalid, "bad_listen_address",
              fmt::format("Can't listen on \"{}\": it has to be HOST:PORT, like 127.0.0.1:8080, "
                          "with an address of this machine.",
                          address));
}

tl::unexpected<Error> bind_fault(int error, std::string_view address) {
  if (error == EADDRINUSE) {
    return fail(ErrorKind::unavailable, "port_taken",
                fmt::format("Can't listen on {}: another program already does.", address));
  }
  if (error == EACCES) {
    return fail(ErrorKind::unavailable, "port_not_allowed",
                fmt::format("Can't listen on {}: this port needs more rights.", address));
  }
  return bad_address(address);
}

}  // namespace

Result<UniqueFd> listen_on(std::string_view address) {
  const auto parts = split(address);
  if (!parts) return bad_address(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found) != 0) {
    return bad_address(address);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);

  UniqueFd socket(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return bind_fault(errno, address);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0) {
    return bind_fault(errno, address);
  }
  return socket;
}

int local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
  return ntohs(address.ss_family == AF_INET6 ? v6->sin6_port : v4->sin_port);
}

}  // namespace sluice::http
