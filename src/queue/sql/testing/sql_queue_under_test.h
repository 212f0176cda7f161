// For tests: the SQL queue as one process has it, on a database that the test's other ones share.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "queue/job_queue_contract.h"
#include "queue/sql/sql_job_queue.h"

namespace sluice {

// A database with today's tables, and the clock of everybody who uses it.
struct SqlWorld {
  std::string url;
  FakeClock clock;
  std::shared_ptr<void> database;  // kept as long as somebody needs it
};

class SqlQueueUnderTest final : public JobQueueUnderTest {
 public:
  static constexpr auto kHidden = JobQueueVisibilityContract::kVisibility;

  explicit SqlQueueUnderTest(std::shared_ptr<SqlWorld> world)
      : world_(std::move(world)),
        database_(SqlDatabase::open(world_->url).value()),
        queue_(*database_, world_->clock,
               {.visibility_timeout = kHidden, .poll_interval = std::chrono::milliseconds{20}}) {}

  SqlJobQueue& queue() override { return queue_; }
  std::unique_ptr<JobQueueUnderTest> other_process() override {
    return std::make_unique<SqlQueueUnderTest>(world_);
  }
  Timestamp now() override { return world_->clock.now(); }
  void pass(std::chrono::milliseconds time) override { world_->clock.advance(time); }
  void lose_holders() override { pass(kHidden); }

 private:
  std::shared_ptr<SqlWorld> world_;
  std::unique_ptr<SqlDatabase> database_;
  SqlJobQueue queue_;
};

}  // namespace sluice
