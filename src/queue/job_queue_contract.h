// What every job queue must do. A back end's test program adds job_queue_contract.cpp to its own
// and runs it against its factory:
//
//   INSTANTIATE_TEST_SUITE_P(Sql, JobQueueContract, testing::Values(JobQueueBackend{…}),
//                            queue_backend_name);
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "queue/job_queue.h"

namespace sluice {

// One queue, empty at first.
class JobQueueUnderTest {
 public:
  virtual ~JobQueueUnderTest() = default;
  virtual JobQueue& queue() = 0;
  virtual Timestamp now() = 0;
  // The same queue as another process has it.
  virtual std::unique_ptr<JobQueueUnderTest> other_process() = 0;
  // Lets time go by for the queue.
  virtual void pass(std::chrono::milliseconds time) = 0;
  // Whoever holds a message of this queue vanishes; returns when the queue knows. queue() may be
  // another object from then on.
  virtual void lose_holders() = 0;
};

struct JobQueueBackend {
  std::string name;
  std::function<std::unique_ptr<JobQueueUnderTest>()> make;

  friend std::ostream& operator<<(std::ostream& out, const JobQueueBackend& backend) {
    return out << backend.name;
  }
};

inline std::string queue_backend_name(const testing::TestParamInfo<JobQueueBackend>& info) {
  return info.param.name;
}

class JobQueueContract : public testing::TestWithParam<JobQueueBackend> {
 protected:
  JobQueueContract();

  JobQueue& queue() { return under_test_->queue(); }
  JobQueueUnderTest& under_test() { return *under_test_; }
  void pass(std::chrono::milliseconds time) { under_test_->pass(time); }

  void publish(const std::string& body, Lane lane = Lane::first);
  // The next message; fails the test if there is none.
  Delivery take();
  bool is_empty();
  // The dead letters, as soon as there are so many.
  std::vector<DeadLetter> dead(std::size_t count);

 private:
  std::unique_ptr<JobQueueUnderTest> under_test_;
};

// For queues whose messages stay hidden for kVisibility, whatever becomes of their holder.
class JobQueueVisibilityContract : public JobQueueContract {
 public:
  static constexpr std::chrono::milliseconds kVisibility{2000};
};

}  // namespace sluice
