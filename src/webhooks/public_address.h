// Which addresses anybody may make Sluice call: those of the public internet. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice {

// Not: private, shared (CGNAT), loopback, link-local (where clouds keep their credentials),
// documentation, benchmarking, multicast and reserved addresses (the IANA special-purpose
// registries, RFC 6890), nor IPv6 addresses that wrap one of these (IPv4-mapped, NAT64), nor
// tunnels (6to4, Teredo).
bool is_public_address(const sockaddr& address);

// A host of a URL that is an address by itself, in every way in which a resolver would read it:
// 127.0.0.1, 127.1, 0x7f000001, 2130706433, [::1].
std::optional<sockaddr_storage> parse_address(std::string_view host);

}  // namespace sluice
