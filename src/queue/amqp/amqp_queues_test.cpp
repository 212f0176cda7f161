#include "queue/amqp/amqp_queues.h"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsSupersetOf;

TEST(AmqpQueues, ADelayWaitsBehindDelaysOfItsOwnSize) {
  const AmqpQueues queues{"sluice"};
  EXPECT_EQ(queues.delay(Lane::first, milliseconds{1}), "sluice.first.delay-2s");
  EXPECT_EQ(queues.delay(Lane::first, seconds{2}), "sluice.first.delay-2s");
  EXPECT_EQ(queues.delay(Lane::rest, milliseconds{2001}), "sluice.rest.delay-15s");
  EXPECT_EQ(queues.delay(Lane::rest, seconds{60}), "sluice.rest.delay-1m");
  EXPECT_EQ(queues.delay(Lane::first, seconds{61}), "sluice.first.delay-long");
  EXPECT_EQ(queues.delay(Lane::first, std::chrono::hours{1000}), "sluice.first.delay-long");
}

TEST(AmqpQueues, AreAllUnderOnePrefix) {
  const AmqpQueues queues{"video.test"};
  EXPECT_THAT(queues.all(),
              IsSupersetOf({"video.test.first", "video.test.rest", "video.test.dead",
                            "video.test.first.delay-2s", "video.test.rest.delay-long"}));
  EXPECT_EQ(queues.all().size(), 11u);
}

}  // namespace
}  // namespace sluice
