#include "webhooks/public_address.h"

#include <array>
#include <cstring>

#include <arpa/inet.h>

namespace sluice {
namespace {

using V6 = std::array<unsigned char, 16>;

struct V4Block {
  std::uint32_t network;
  int bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr V4Block kClosedV4[] = {
    {v4(0, 0, 0, 0), 8},        // this network
    {v4(10, 0, 0, 0), 8},       // private
    {v4(100, 64, 0, 0), 10},    // shared by a carrier's customers
    {v4(127, 0, 0, 0), 8},      // loopback
    {v4(169, 254, 0, 0), 16},   // link-local
    {v4(172, 16, 0, 0), 12},    // private
    {v4(192, 0, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2, 0), 24},     // documentation
    {v4(192, 88, 99, 0), 24},   // 6to4 relays
    {v4(192, 168, 0, 0), 16},   // private
    {v4(198, 18, 0, 0), 15},    // benchmarking
    {v4(198, 51, 100, 0), 24},  // documentation
    {v4(203, 0, 113, 0), 24},   // documentation
    {v4(224, 0, 0, 0), 4},      // multicast
    {v4(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  for (const auto& [network, bits] : kClosedV4) {
    if ((address ^ network) >> (32 - bits) == 0) return false;
  }
  return true;
}

// An IPv6 network by its first bytes.
struct V6Block {
  std::array<unsigned char, 12> first;
  int bits;
};

bool is_in(const V6& address, const V6Block& block) {
  for (int bit = 0; bit < block.bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int kept = std::min(8, block.bits - bit);
    const auto mask = static_cast<unsigned>(0xff << (8 - kept)) & 0xffu;
    if (((address[at] ^ block.first[at]) & mask) != 0) return false;
  }
  return true;
}

constexpr V6Block kMapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr V6Block kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr V6Block kGlobal = {{0x20}, 3};
constexpr V6Block kClosedV6[] = {
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff, 0x00}, 20},        // documentation
};

bool is_public_v6(const V6& address) {
  if (is_in(address, kMapped) || is_in(address, kNat64)) {
    std::uint32_t wrapped = 0;
    std::memcpy(&wrapped, &address[12], sizeof wrapped);
    return is_public_v4(ntohl(wrapped));
  }
  if (!is_in(address, kGlobal)) return false;
  for (const auto& block : kClosedV6) {
    if (is_in(address, block)) return false;
  }
  return true;
}

template <class Address>
sockaddr_storage storage_of(const Address& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return storage;
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4_address;
    std::memcpy(&v4_address, &address, sizeof v4_address);
    return is_public_v4(ntohl(v4_address.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6_address;
    std::memcpy(&v6_address, &address, sizeof v6_address);
    V6 bytes;
    std::memcpy(bytes.data(), &v6_address.sin6_addr, bytes.size());
    return is_public_v6(bytes);
  }
  return false;
}

std::optional<sockaddr_storage> parse_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    const std::string inside(host.substr(1, host.size() - 2));
    if (::inet_pton(AF_INET6, inside.c_str(), &address.sin6_addr) != 1) return std::nullopt;
    return storage_of(address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (::inet_aton(std::string(host).c_str(), &address.sin_addr) == 0) return std::nullopt;
  return storage_of(address);
}

}  // namespace sluice
