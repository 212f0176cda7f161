#include "app/local_url.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(LocalUrl, LeadsToAnAddressThatCanBeConnectedTo) {
  EXPECT_EQ(local_url("0.0.0.0:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(local_url("[::]:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(local_url("[::1]:8080"), "http://[::1]:8080");
  EXPECT_EQ(local_url("10.0.0.7:80"), "http://10.0.0.7:80");
  EXPECT_EQ(local_url("127.0.0.1:0", 31'000), "http://127.0.0.1:31000");
}

}  // namespace
}  // namespace sluice
