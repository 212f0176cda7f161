// What becomes of messages when connections, brokers and messages are bad.
#include <cstdlib>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "queue/amqp/amqp_job_queue.h"
#include "queue/amqp/testing/test_queues.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr milliseconds kNoWait{0};
constexpr seconds kLongWait{60};

// The broker itself, from outside.
class Broker {
 public:
  static void kill() { control("kill"); }
  static void start() { control("start"); }
  static void freeze() { control("freeze"); }
  static void thaw() { control("thaw"); }

 private:
  static void control(const std::string& what) {
    const auto command = test_service("SLUICE_TEST_RABBITMQ") + " " + what;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
};

class AmqpFaults : public testing::Test {
 protected:
  AmqpJobQueue make(AmqpJobQueueOptions options = {}) {
    return AmqpJobQueue(queues_.address(), clock_, options);
  }
  static Delivery take(JobQueue& queue) { return queue.receive(kLongWait).value().value(); }

  SystemClock clock_;
  TestQueues queues_;
};

TEST_F(AmqpFaults, AMessageIsKeptLongerThanTwoHeartbeats) {
  queues_.address().heartbeat = seconds{1};
  auto queue = make();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  const auto held = take(queue);
  std::this_thread::sleep_for(seconds{3});
  auto other = make();
  EXPECT_FALSE(other.receive(kNoWait).value()) << "the broker thinks that we are gone";
  EXPECT_TRUE(queue.extend(held));
  ASSERT_TRUE(queue.acknowledge(held));
  EXPECT_FALSE(other.receive(kNoWait).value());
  EXPECT_EQ(queue.depth()->in_flight, 0);
}

TEST_F(AmqpFaults, NothingIsLostWhenTheBrokerIsKilledAndStartedAgain) {
  auto queue = make();
  for (const auto* body : {"held", "waiting"}) ASSERT_TRUE(queue.publish(Lane::first, body));
  const auto held = take(queue);
  EXPECT_EQ(held.body, "held");
  Broker::kill();
  const auto down = queue.publish(Lane::first, "refused");
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(queue.receive(kNoWait));
  std::thread starting(Broker::start);
  const auto first = take(queue);
  const auto second = take(queue);
  starting.join();
  EXPECT_THAT((std::vector{first.body, second.body}),
              testing::UnorderedElementsAre("held", "waiting"));
  EXPECT_TRUE(queue.acknowledge(held)) << "of before, and harmless";
  EXPECT_FALSE(queue.receive(kNoWait).value());
  EXPECT_EQ(queue.depth()->in_flight, 2);
  EXPECT_TRUE(queue.acknowledge(first));
  EXPECT_TRUE(queue.acknowledge(second));
  EXPECT_TRUE(queue.publish(Lane::first, "next"));
  EXPECT_EQ(take(queue).body, "next");
}

TEST_F(AmqpFaults, AFrozenBrokerIsNoticed) {
  auto queue = make({.limit = seconds{1}});
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  const auto held = take(queue);
  Broker::freeze();
  const auto start = Steady::now();
  const auto published = queue.publish(Lane::first, "two");
  const auto acknowledged = queue.acknowledge(held);
  const auto received = queue.receive(kNoWait);
  const auto depth = queue.depth();
  const auto took = Steady::now() - start;
  Broker::thaw();
  for (const auto* error : {&published.error(), &received.error(), &depth.error()}) {
    EXPECT_EQ(error->kind, ErrorKind::unavailable);
    EXPECT_EQ(error->code, "queue_unavailable");
  }
  EXPECT_LT(took, seconds{15});
  EXPECT_TRUE(acknowledged) << "sent, as far as we know";
  const auto give_up = Steady::now() + kLongWait;
  while (!queue.publish(Lane::first, "three")) ASSERT_LT(Steady::now(), give_up);
}

TEST_F(AmqpFaults, ADestructorDoesNotWaitForAFrozenBroker) {
  auto queue = std::make_unique<AmqpJobQueue>(queues_.address(), clock_);
  ASSERT_TRUE(queue->publish(Lane::first, "one"));
  Broker::freeze();
  const auto start = Steady::now();
  queue.reset();
  const auto took = Steady::now() - start;
  Broker::thaw();
  EXPECT_LT(took, seconds{5});
}

TEST_F(AmqpFaults, APoisonousMessageIsNotHandedOutForEver) {
  {
    auto queue = make();
    ASSERT_TRUE(queue.publish(Lane::first, "poison"));
  }
  for (int i = 1; i <= kMaxDeliveries; ++i) {
    auto queue = make();  // each of them dies of it
    EXPECT_EQ(take(queue).deliveries, i);
  }
  auto queue = make();
  while (queue.depth()->dead == 0) ASSERT_FALSE(queue.receive(kNoWait).value());
  ASSERT_EQ(queue.list(10)->size(), 1u);
  EXPECT_EQ(queue.list(10)->front().reason, kDeliveredTooOften);
}

TEST_F(AmqpFaults, LossesAndFailuresCountTogether) {
  {
    auto queue = make();
    ASSERT_TRUE(queue.publish(Lane::rest, "one"));
    for (int i = 1; i < kMaxDeliveries - 1; ++i) {
      ASSERT_TRUE(queue.give_back(take(queue), milliseconds{1}, false));
    }
    EXPECT_EQ(take(queue).deliveries, kMaxDeliveries - 1);
  }
  {
    auto queue = make();
    EXPECT_EQ(take(queue).deliveries, kMaxDeliveries);
  }
  auto queue = make();
  EXPECT_FALSE(queue.receive(milliseconds{200}).value());
  const auto letters = queue.list(10).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].deliveries, kMaxDeliveries);
}

TEST_F(AmqpFaults, AWaitingReceiverHearsAlsoOfWhatIsGivenBackLater) {
  auto queue = make();
  auto other = make();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  ASSERT_TRUE(queue.give_back(take(queue), milliseconds{300}, false));
  const auto again = take(other);
  EXPECT_EQ(again.body, "one");
  EXPECT_EQ(again.deliveries, 2);
}

TEST_F(AmqpFaults, AWaitingReceiverKeepsNoMoreThanItAskedFor) {
  auto publisher = make();
  auto queue = make();
  auto other = make();
  for (int round = 0; round < 10; ++round) {
    auto received = std::async(std::launch::async, [&] { return take(queue); });
    ASSERT_TRUE(publisher.publish(
        std::vector<OutgoingMessage>{{Lane::rest, "rest"}, {Lane::first, "first"}}));
    const auto one = received.get();
    const auto two = take(other);
    EXPECT_NE(one.body, two.body);
    EXPECT_EQ(one.deliveries, 1);
    // What we give back by the way does not count; what was still under way when we stopped consuming
    // the broker takes back itself, and counts.
    EXPECT_LE(two.deliveries, 2);
    EXPECT_TRUE(queue.acknowledge(one));
    EXPECT_TRUE(other.acknowledge(two));
  }
}

TEST_F(AmqpFaults, SaysWhatIsWrongInOneSentence) {
  const auto fault_of = [&](const AmqpAddress& address) {
    AmqpJobQueue queue(address, clock_, {.limit = seconds{2}});
    return queue.depth().error();
  };
  auto address = queues_.address();
  address.password = Secret{"hush"};
  const auto denied = fault_of(address);
  EXPECT_EQ(denied.kind, ErrorKind::denied);
  EXPECT_EQ(denied.code, "queue_denied");
  EXPECT_THAT(denied.message, AllOf(HasSubstr(address.host_and_port()), Not(HasSubstr("hush"))));

  address = queues_.address();
  address.vhost = "nowhere";
  EXPECT_EQ(fault_of(address).code, "queue_vhost_unknown");
  EXPECT_THAT(fault_of(address).message, HasSubstr("\"nowhere\""));

  address = queues_.address();
  address.port = 1;
  const auto refused = fault_of(address);
  EXPECT_EQ(refused.kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.message, HasSubstr("127.0.0.1:1 can't be used: it accepts no connection"));
}

TEST_F(AmqpFaults, SaysWhichQueueDiffers) {
  const AmqpQueues queues{queues_.address().prefix};
  const auto broker = AmqpConnection::open(queues_.address(), seconds{5}).value();
  ASSERT_TRUE(broker->declare_queue(queues.lane(Lane::first), {}));
  const auto differs = make().depth();
  ASSERT_FALSE(differs);
  EXPECT_EQ(differs.error().code, "queue_differs");
  EXPECT_THAT(differs.error().message, HasSubstr('"' + queues.lane(Lane::first) + '"'));
}

TEST_F(AmqpFaults, DeclaresAgainWhatSomebodyRemoved) {
  auto queue = make();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  const AmqpQueues queues{queues_.address().prefix};
  const auto broker = AmqpConnection::open(queues_.address(), seconds{5}).value();
  ASSERT_TRUE(broker->remove_queue(queues.lane(Lane::first)));
  EXPECT_FALSE(queue.publish(Lane::first, "two")) << "nothing is accepted and forgotten";
  EXPECT_TRUE(queue.publish(Lane::first, "three"));
  EXPECT_EQ(take(queue).body, "three");
}

TEST_F(AmqpFaults, TalksTlsToABrokerThatItTrusts) {
  auto address = parse_amqp_url(test_service("SLUICE_TEST_AMQPS")).value();
  address.prefix = queues_.address().prefix;
  AmqpJobQueue queue(address, clock_);
  ASSERT_TRUE(queue.publish(Lane::first, "one")) << queue.publish(Lane::first, "x").error().message;
  EXPECT_EQ(take(queue).body, "one");

  address.ca_file = AmqpAddress{}.ca_file;
  const auto stranger = AmqpJobQueue(address, clock_).depth();
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, "queue_certificate");

  address.ca_file = "/nowhere.pem";
  EXPECT_THAT(AmqpJobQueue(address, clock_).depth().error().message, HasSubstr("/nowhere.pem"));
}

}  // namespace
}  // namespace sluice
