#include "queue/amqp/amqp_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AmqpAddress, TakesEverythingFromTheUrl) {
  const auto address = parse_amqp_url(
      "amqps://us%40er:p%3Aa%2Fss@broker.example:5555/my%2Fhost?heartbeat=7&prefix=video.test&"
      "cacertfile=/etc/ca%20file.pem");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->tls);
  EXPECT_EQ(address->user, "us@er");
  EXPECT_EQ(address->password.reveal(), "p:a/ss");
  EXPECT_EQ(address->host_and_port(), "broker.example:5555");
  EXPECT_EQ(address->vhost, "my/host");
  EXPECT_EQ(address->heartbeat, std::chrono::seconds{7});
  EXPECT_EQ(address->prefix, "video.test");
  EXPECT_EQ(address->ca_file, "/etc/ca file.pem");
}

TEST(AmqpAddress, HasTheUsualDefaults) {
  for (const auto* url : {"amqp://host", "amqp://host/", "amqp://host/%2f"}) {
    const auto address = parse_amqp_url(url);
    ASSERT_TRUE(address) << url;
    EXPECT_FALSE(address->tls);
    EXPECT_EQ(address->host_and_port(), "host:5672");
    EXPECT_EQ(address->user, "guest");
    EXPECT_EQ(address->password.reveal(), "guest");
    EXPECT_EQ(address->vhost, "/");
    EXPECT_EQ(address->prefix, "sluice");
  }
  EXPECT_EQ(parse_amqp_url("amqps://host")->port, 5671);
  EXPECT_EQ(parse_amqp_url("amqp://user@host")->user, "user");
  EXPECT_EQ(parse_amqp_url("amqp://user:@host")->password.reveal(), "");
  EXPECT_EQ(parse_amqp_url("amqp://[::1]:1234/")->host, "::1");
  EXPECT_EQ(parse_amqp_url("amqp://[::1]")->host_and_port(), "[::1]:5672");
}

TEST(AmqpAddress, RefusesWhatItDoesNotUnderstandWithoutRepeatingThePassword) {
  for (const auto* url :
       {"http://host", "amqp:host", "amqp://", "amqp://user:hush@", "amqp://user:hush@host:port",
        "amqp://user:hush@host:0", "amqp://user:hush@host:70000", "amqp://:hush@host",
        "amqp://user:hush%2@host", "amqp://user:hush@host/%zz", "amqp://user:hush@host?heartbeat=0",
        "amqp://user:hush@host?heartbeat=x",
        "amqp://user:hush@host?prefix=", "amqp://user:hush@host?prefix=a%20b",
        "amqp://user:hush@host?cacertfile=", "amqp://user:hush@host?wrong=hush"}) {
    const auto address = parse_amqp_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().kind, ErrorKind::invalid);
    EXPECT_EQ(address.error().code, "bad_queue_url");
    EXPECT_THAT(address.error().message, Not(HasSubstr("hush"))) << url;
  }
}

}  // namespace
}  // namespace sluice
