// sqs://REGION/QUEUE: which queues of Amazon SQS, or of a service that speaks its protocol. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "signing/aws_signature.h"

namespace sluice {

struct SqsOptions {
  std::string region;
  std::string queue;     // the queues are QUEUE-first, QUEUE-rest and QUEUE-dead
  std::string endpoint;  // "https://sqs.REGION.amazonaws.com"; all requests go there
  // Longer than the holder takes to call extend(), by a wide margin. Whole seconds.
  std::chrono::seconds visibility_timeout = std::chrono::minutes{2};
  // What one look at the dead letters waits for more of them: without waiting, SQS asks only some
  // of its servers.
  std::chrono::seconds dead_letter_wait{1};
};

// With ?endpoint=http://… (percent-encoded or not). `invalid`, bad_queue_url.
Result<SqsOptions> parse_sqs_url(std::string_view url);

inline AwsScope sqs_scope(std::string region) { return {std::move(region), "sqs"}; }

}  // namespace sluice
