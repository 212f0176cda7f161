#include "webhooks/public_address.h"

#include <gtest/gtest.h>
#include <sys/un.h>

namespace sluice {
namespace {

bool is_public(std::string_view host) {
  const auto address = parse_address(host);
  EXPECT_TRUE(address) << host;
  return address && is_public_address(reinterpret_cast<const sockaddr&>(*address));
}

TEST(PublicAddress, IsOfTheInternet) {
  for (const auto* host : {"1.1.1.1",
                           "8.8.8.8",
                           "9.255.255.255",
                           "11.0.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "126.255.255.255",
                           "128.0.0.0",
                           "169.253.255.255",
                           "169.255.0.0",
                           "172.15.255.255",
                           "172.32.0.0",
                           "192.0.1.0",
                           "192.0.3.0",
                           "192.167.255.255",
                           "192.169.0.0",
                           "198.17.255.255",
                           "198.20.0.0",
                           "198.51.99.255",
                           "203.0.114.0",
                           "223.255.255.255",
                           "134744072",
                           "[2600::1]",
                           "[2001:200::1]",
                           "[2001:4860:4860::8888]",
                           "[2a00:1450:4001:800::200e]",
                           "[::ffff:8.8.8.8]",
                           "[64:ff9b::8.8.8.8]"}) {
    EXPECT_TRUE(is_public(host)) << host;
  }
}

TEST(PublicAddress, IsNoneOfTheSpecialOnes) {
  for (const auto* host :
       {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
        "100.64.0.0",      "100.127.255.255", "127.0.0.1",       "127.255.255.255",
        "169.254.0.0",     "169.254.169.254", "169.254.255.255", "172.16.0.0",
        "172.31.255.255",  "192.0.0.0",       "192.0.0.192",     "192.0.2.1",
        "192.88.99.1",     "192.168.0.0",     "192.168.255.255", "198.18.0.0",
        "198.19.255.255",  "198.51.100.1",    "203.0.113.1",     "224.0.0.1",
        "239.255.255.255", "240.0.0.1",       "255.255.255.255"}) {
    EXPECT_FALSE(is_public(host)) << host;
  }
}

TEST(PublicAddress, IsReadInEveryFormThatAResolverReads) {
  for (const auto* host : {"127.1", "127.0.1", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1",
                           "017700000001", "10.1", "0xa9fea9fe", "0"}) {
    EXPECT_FALSE(is_public(host)) << host;
  }
}

TEST(PublicAddress, IsNotASpecialOneOfVersionSix) {
  for (const auto* host :
       {"[::]",          "[::1]",          "[fe80::1]",       "[febf::1]",     "[fec0::1]",
        "[fc00::1]",     "[fd12:3456::1]", "[fd00:ec2::254]", "[ff02::1]",     "[100::1]",
        "[2001:db8::1]", "[2001::1]",      "[2001:1ff::1]",   "[2001:10::1]",  "[3fff::1]",
        "[3fff:fff::1]", "[4000::1]",      "[5f00::1]",       "[::127.0.0.1]", "[::8.8.8.8]"}) {
    EXPECT_FALSE(is_public(host)) << host;
  }
}

TEST(PublicAddress, IsNotOneThatWrapsAnother) {
  for (const auto* host :
       {"[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]",
        "[64:ff9b::169.254.169.254]", "[64:ff9b::7f00:1]", "[64:ff9b:1::8.8.8.8]",
        "[2002:7f00:1::1]", "[2002:808:808::1]", "[::ffff:0:127.0.0.1]"}) {
    EXPECT_FALSE(is_public(host)) << host;
  }
}

TEST(PublicAddress, NamesAreNoAddresses) {
  for (const auto* host : {"example.com", "localhost", "", "[", "[]", "[::1", "::1", "[fe80::1%1]",
                           "[example]", "1.2.3.4.5", "256.1.1.1", "0x", "1.2.3.four"}) {
    EXPECT_FALSE(parse_address(host)) << host;
  }
}

TEST(PublicAddress, OtherFamiliesAreClosed) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(reinterpret_cast<const sockaddr&>(local)));
}

}  // namespace
}  // namespace sluice
