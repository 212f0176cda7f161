// What is in the dead-letter queue, for operators.
#pragma once

#include "queue/job_queue.h"
#include "queue/sqs/sqs_api.h"

namespace sluice {

// SQS shows a message only by handing it out, so a look takes all letters and puts them back. Two
// looks at the same time see a part each.
class SqsDeadLetters final : public DeadLetters {
 public:
  // `api` outlives it.
  SqsDeadLetters(SqsApi& api, const SqsOptions& options)
      : api_(api), wait_(options.dead_letter_wait) {}

  // By the time of publishing: when a message died SQS doesn't tell.
  Result<std::vector<DeadLetter>> list(int limit) override;
  Result<> remove(std::string_view id) override;

  // Puts a copy there.
  Result<> add(std::string_view body, int deliveries, std::string_view reason,
               Timestamp published_at);

 private:
  Result<std::vector<SqsMessage>> take_all();
  void put_back(const std::vector<SqsMessage>& messages);

  SqsApi& api_;
  const std::chrono::seconds wait_;
};

}  // namespace sluice
