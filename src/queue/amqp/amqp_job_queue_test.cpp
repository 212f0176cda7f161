#include "queue/amqp/amqp_job_queue.h"

#include <thread>

#include "queue/amqp/testing/test_queues.h"
#include "queue/job_queue_contract.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class AmqpQueueUnderTest final : public JobQueueUnderTest {
 public:
  explicit AmqpQueueUnderTest(std::shared_ptr<TestQueues> queues)
      : queues_(std::move(queues)), queue_(make()) {}

  AmqpJobQueue& queue() override { return *queue_; }
  Timestamp now() override { return clock_.now(); }
  std::unique_ptr<JobQueueUnderTest> other_process() override {
    return std::make_unique<AmqpQueueUnderTest>(queues_);
  }
  // The broker's clock can't be turned.
  void pass(milliseconds time) override { std::this_thread::sleep_for(time); }
  void lose_holders() override {
    queue_.reset();
    queue_ = make();
  }

 private:
  std::unique_ptr<AmqpJobQueue> make() {
    return std::make_unique<AmqpJobQueue>(queues_->address(), clock_);
  }

  SystemClock clock_;
  std::shared_ptr<TestQueues> queues_;
  std::unique_ptr<AmqpJobQueue> queue_;
};

INSTANTIATE_TEST_SUITE_P(
    Amqp, JobQueueContract,
    testing::Values(JobQueueBackend{
        "RabbitMq",
        [] { return std::make_unique<AmqpQueueUnderTest>(std::make_shared<TestQueues>()); }}),
    queue_backend_name);

}  // namespace
}  // namespace sluice
