// Tasks on Amazon SQS: two standard queues, one for each lane, and one for dead letters.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/time.h"
#include "queue/job_queue.h"
#include "queue/sqs/sqs_api.h"
#include "queue/sqs/sqs_dead_letters.h"

namespace sluice {

// Order within a lane is what SQS makes of it: nearly that of publishing.
//
// SQS counts how often it handed a message out and moves it to the dead letters after
// kMaxDeliveries; nobody can lower that number. So what is given back undelivered is sent again as
// a copy that carries the count of before, and this one deleted.
//
// A process looks for messages by about 30 requests a minute while there are none: `first` is asked
// with a wait of up to kLongestWait, `rest` without one in between. So a message of `first` is
// heard of at once and one of `rest` within that time. Busy workers ask for nothing; a running task
// costs two requests a minute for keeping its message hidden.
class SqsJobQueue final : public JobQueue {
 public:
  static constexpr std::chrono::seconds kLongestWait{5};

  // Both outlive the queue. The clock says when a message is no longer in our hands.
  SqsJobQueue(AwsClient& client, const Clock& clock, SqsOptions options);
  // Waits until no request is under way any more, up to some seconds.
  ~SqsJobQueue() override;

  // Finds or makes the queues; calls below do it when it was not done yet. `denied`, code
  // queue_missing: a sentence for the operator.
  Result<> connect() { return api_.connect(); }

  using JobQueue::publish;
  // `too_large`: a body of more than 256 KiB.
  Result<> publish(std::span<const OutgoingMessage> messages) override;
  // May wait a second longer than it was told to.
  Result<std::optional<Delivery>> receive(std::chrono::milliseconds wait) override;
  Result<> acknowledge(const Delivery& delivery) override;
  Result<> give_back(const Delivery& delivery, std::chrono::milliseconds delay,
                     bool undelivered) override;
  // Asks SQS only when a quarter of the time has gone by since it was asked last.
  Result<> extend(const Delivery& delivery) override;
  Result<> reject(const Delivery& delivery, std::string_view reason) override;
  DeadLetters& dead_letters() override { return dead_letters_; }
  // As exact as SQS is, within about a minute. What another process gave back with a delay counts
  // as in flight.
  Result<QueueDepth> depth() override;
  // A request that is under way goes on for some seconds; a message that it brings is given back.
  void interrupt() override;

 private:
  // A message in our hands.
  struct Held {
    SqsQueue queue = SqsQueue::first;
    Timestamp published_at{};
    Timestamp extended_at{};
  };
  // One receive(), shared by its caller and the thread that asks for him.
  struct Look {
    bool done = false;
    bool abandoned = false;
    Result<std::optional<Delivery>> result{std::nullopt};
  };

  void look(Look& look, std::chrono::milliseconds wait);
  Result<std::optional<Delivery>> find(std::chrono::milliseconds wait);
  Result<std::optional<Delivery>> take(SqsQueue queue, std::chrono::seconds wait);
  Delivery hold(SqsQueue queue, const SqsMessage& message);
  Result<> bury(SqsQueue queue, const SqsMessage& message);

  Result<> send_again(const Held& held, const Delivery& delivery, std::chrono::milliseconds delay);
  // What is known of it; nothing when it isn't in our hands, or not any more.
  std::optional<Held> held(const Delivery& delivery);
  bool is_ours(const Held& held, Timestamp now) const;
  void let_go(const Delivery& delivery);
  bool is_interrupted();

  const SqsOptions options_;
  const Clock& clock_;
  SqsApi api_;
  SqsDeadLetters dead_letters_;
  std::stop_source stop_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Held, std::less<>> held_;                  // by receipt
  std::map<std::string, std::pair<SqsQueue, Timestamp>> delayed_;  // given back until then
  int empty_waits_ = 0;                                            // since the last message
  bool interrupted_ = false;
  int looking_ = 0;
  std::vector<std::thread> abandoned_;
};

}  // namespace sluice
