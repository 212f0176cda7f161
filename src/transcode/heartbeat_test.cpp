#include "transcode/heartbeat.h"

#include "queue/sql/sql_job_queue.h"
#include "transcode/testing/faulty_tasks.h"
#include "transcode/testing/installation.h"
#include "transcode/testing/watched_queue.h"

namespace sluice {
namespace {

constexpr auto kLease = TestInstallation::kLease;

// Beats when told.
class HeartbeatTest : public testing::Test {
 protected:
  HeartbeatTest() {
    installation_.upload("v", "source");
    held_ = std::make_shared<HeldTask>(*installation_.claim_next(), Delivery{});
    heartbeat_.hold(held_);
  }

  TestInstallation installation_;
  SqlJobQueue sql_queue_{installation_.catalog().database(), installation_.clock()};
  WatchedQueue queue_{sql_queue_};
  FaultyTasks tasks_{installation_.catalog(), -1, false};
  Heartbeat heartbeat_{{tasks_, queue_, installation_.clock()}, std::chrono::hours{1}, kLease};
  std::shared_ptr<HeldTask> held_;
};

TEST_F(HeartbeatTest, KeepsALeaseForAsLongAsItBeats) {
  for (int i = 0; i < 5; ++i) {
    installation_.clock().advance(kLease - std::chrono::milliseconds{1});
    heartbeat_.beat();
    EXPECT_FALSE(held_->lost());
  }
}

TEST_F(HeartbeatTest, StopsATaskThatSomebodyElseHas) {
  installation_.clock().advance(2 * kLease);
  ASSERT_TRUE(installation_.claim(held_->claim().task.id));
  heartbeat_.beat();
  EXPECT_TRUE(held_->lost());
  EXPECT_TRUE(held_->stop().stop_requested());
}

TEST_F(HeartbeatTest, BearsADatabaseThatIsAwayForAShortTime) {
  tasks_.set_down(true);
  installation_.clock().advance(kLease - std::chrono::milliseconds{1});
  heartbeat_.beat();
  EXPECT_FALSE(held_->lost());
  tasks_.set_down(false);
  heartbeat_.beat();
  installation_.clock().advance(kLease - std::chrono::milliseconds{1});
  heartbeat_.beat();
  EXPECT_FALSE(held_->lost());
}

TEST_F(HeartbeatTest, GivesUpWhenTheLeaseMayBeSomebodyElses) {
  tasks_.set_down(true);
  installation_.clock().advance(kLease);
  heartbeat_.beat();
  EXPECT_TRUE(held_->lost());
  EXPECT_TRUE(held_->stop().stop_requested());
}

TEST_F(HeartbeatTest, LeavesAReleasedTaskAlone) {
  heartbeat_.release(held_);
  installation_.clock().advance(2 * kLease);
  heartbeat_.beat();
  EXPECT_FALSE(held_->lost());
  EXPECT_EQ(queue_.wait_until([](const auto&) { return true; }).extended, 0);
}

}  // namespace
}  // namespace sluice
