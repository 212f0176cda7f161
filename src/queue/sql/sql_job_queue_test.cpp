#include "queue/sql/sql_job_queue.h"

#include <functional>
#include <future>
#include <semaphore>
#include <thread>

#include "catalog/temporary_database.h"
#include "queue/sql/testing/sql_queue_under_test.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<SqlWorld> make_world() {
  auto database = std::make_shared<TemporaryDatabase>();
  auto world = std::make_shared<SqlWorld>();
  world->url = database->url();
  world->database = std::move(database);
  return world;
}

const auto kBackends = testing::Values(
    JobQueueBackend{"Sqlite", [] { return std::make_unique<SqlQueueUnderTest>(make_world()); }});
INSTANTIATE_TEST_SUITE_P(Sql, JobQueueContract, kBackends, queue_backend_name);
INSTANTIATE_TEST_SUITE_P(Sql, JobQueueVisibilityContract, kBackends, queue_backend_name);

constexpr milliseconds kNoWait{0};

// A clock that stands still and tells when somebody has looked at it.
class WatchedClock final : public Clock {
 public:
  Timestamp now() const override {
    if (std::this_thread::get_id() != owner_) looks_.release();
    return {};
  }
  void wait_for_another_thread() { looks_.acquire(); }
  void forget() {
    while (looks_.try_acquire()) {
    }
  }

 private:
  const std::thread::id owner_ = std::this_thread::get_id();
  mutable std::counting_semaphore<> looks_{0};
};

TEST(SqlJobQueue, DoesNotWaitForItsPollingToHearOfAMessageOfItsOwnProcess) {
  constexpr std::chrono::hours kHour{1};
  const TemporaryDatabase file;
  const auto database = SqlDatabase::open(file.url()).value();
  WatchedClock clock;
  SqlJobQueue queue(*database, clock, {.visibility_timeout = kHour, .poll_interval = kHour});
  const auto receive_and = [&](const std::function<void()>& act) {
    auto received = std::async(std::launch::async, [&] { return queue.receive(kHour); });
    clock.wait_for_another_thread();  // it has looked and found nothing
    act();
    if (received.wait_for(std::chrono::seconds{30}) != std::future_status::ready) {
      ADD_FAILURE() << "still waiting";
      queue.interrupt();
      return Delivery{};
    }
    clock.forget();
    return received.get().value().value();
  };
  const auto held = receive_and([&] { EXPECT_TRUE(queue.publish(Lane::rest, "one")); });
  EXPECT_EQ(held.body, "one");
  const auto publishes = [&] { EXPECT_TRUE(queue.publish(Lane::rest, "two")); };
  EXPECT_EQ(receive_and(publishes).body, "two");
  EXPECT_EQ(receive_and([&] { EXPECT_TRUE(queue.give_back(held, kNoWait, true)); }).body, "one");
}

TEST(SqlJobQueue, AnOldReceiptIsWorthNothing) {
  SqlQueueUnderTest under_test(make_world());
  auto& queue = under_test.queue();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  const auto lost = queue.receive(kNoWait).value().value();
  under_test.pass(SqlQueueUnderTest::kHidden);
  const auto held = queue.receive(kNoWait).value().value();
  EXPECT_TRUE(queue.acknowledge(lost));
  EXPECT_TRUE(queue.give_back(lost, kNoWait, true));
  EXPECT_FALSE(queue.receive(kNoWait).value()) << "the new holder still has it";
  EXPECT_TRUE(queue.give_back(held, kNoWait, false));
  EXPECT_TRUE(queue.acknowledge(held)) << "given back already";
  EXPECT_EQ(queue.receive(kNoWait).value()->deliveries, 3);
  for (const auto* receipt : {"", ":", "1", "1:", "x:1", "1:x", "99:1"}) {
    EXPECT_TRUE(queue.acknowledge({"one", 1, receipt}));
  }
  EXPECT_EQ(queue.depth().value().in_flight, 1);
}

TEST(SqlJobQueue, ReleasesWhatIsHeldAsIfItHadNotBeenDelivered) {
  SqlQueueUnderTest under_test(make_world());
  auto& queue = under_test.queue();
  for (const auto* body : {"delayed", "one", "two", "waiting"}) {
    ASSERT_TRUE(queue.publish(Lane::first, body));
  }
  const auto delayed = queue.receive(kNoWait).value().value();
  ASSERT_TRUE(queue.give_back(delayed, std::chrono::seconds{1}, false));
  const auto one = queue.receive(kNoWait).value().value();
  ASSERT_TRUE(queue.receive(kNoWait).value());

  EXPECT_EQ(queue.release_all().value(), 2);

  for (const auto* body : {"one", "two", "waiting"}) {
    const auto delivery = queue.receive(kNoWait).value().value();
    EXPECT_EQ(delivery.body, body);
    EXPECT_EQ(delivery.deliveries, 1);
  }
  EXPECT_FALSE(queue.receive(kNoWait).value()) << "a delay stays a delay";
  EXPECT_TRUE(queue.acknowledge(one)) << "of before the release";
  EXPECT_EQ(queue.depth().value().in_flight, 3);
  EXPECT_EQ(queue.release_all().value(), 3);
  EXPECT_EQ(queue.release_all().value(), 0);
}

TEST(SqlJobQueue, ForgetsADeadLetterAfterTwoWeeks) {
  SqlQueueUnderTest under_test(make_world());
  auto& queue = under_test.queue();
  ASSERT_TRUE(queue.publish(Lane::first, "one"));
  ASSERT_TRUE(queue.reject(queue.receive(kNoWait).value().value(), "bad"));
  under_test.pass(kDeadLettersKept - milliseconds{1});
  EXPECT_EQ(queue.list(10)->size(), 1u);
  under_test.pass(milliseconds{1});
  EXPECT_TRUE(queue.list(10)->empty());
  EXPECT_EQ(queue.depth()->dead, 0);
}

}  // namespace
}  // namespace sluice
